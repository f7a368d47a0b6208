from facilities.forms.assessments import AgreedForm, AnswersForm
from facilities.forms.availability import ServicesForm
from facilities.forms.claims import ClaimForm
from facilities.forms.imports import UploadForm
from facilities.forms.reports import MonthlyReportForm
from facilities.forms.upkeep import ChangeForm, HideForm

__all__ = [
    "AgreedForm",
    "AnswersForm",
    "ChangeForm",
    "ClaimForm",
    "HideForm",
    "MonthlyReportForm",
    "ServicesForm",
    "UploadForm",
]
