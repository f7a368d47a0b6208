from campaigns.forms.activities import ActivityForm, CorrectActivityForm
from campaigns.forms.desks import BroughtForm, CorrectCountForm, DayForm, DeskCodeForm, DistributionForm
from campaigns.forms.entries import (
    CodeForm,
    ContactForm,
    CorrectForm,
    EnterForm,
    LookupForm,
    PaperForm,
    ResumeForm,
    ToldContactForm,
)
from campaigns.forms.judging import ConflictForm, OrderForm, marks_form
from campaigns.forms.results import (
    AnswerForm,
    ComplaintForm,
    DeliverForm,
    DisqualifyForm,
    PrizeForm,
    PromiseForm,
    ToldComplaintForm,
    WordsForm,
    first_error,
)

__all__ = [
    "ActivityForm",
    "AnswerForm",
    "BroughtForm",
    "CodeForm",
    "ComplaintForm",
    "ConflictForm",
    "ContactForm",
    "CorrectActivityForm",
    "CorrectCountForm",
    "CorrectForm",
    "DayForm",
    "DeliverForm",
    "DeskCodeForm",
    "DisqualifyForm",
    "DistributionForm",
    "EnterForm",
    "LookupForm",
    "OrderForm",
    "PaperForm",
    "PrizeForm",
    "PromiseForm",
    "ResumeForm",
    "ToldComplaintForm",
    "ToldContactForm",
    "WordsForm",
    "first_error",
    "marks_form",
]
