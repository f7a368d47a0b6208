from outreach.forms.reports import CorrectReportForm, ReportForm
from outreach.forms.trainings import CorrectTrainingForm, TrainingForm

__all__ = ["CorrectReportForm", "CorrectTrainingForm", "ReportForm", "TrainingForm"]
