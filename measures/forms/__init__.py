from measures.forms.drafting import MeasureForm
from measures.forms.following import FilterForm
from measures.forms.opening import OpeningForm
from measures.forms.reading import CommentForm, CompareForm, LeaningForm, SearchForm
from measures.forms.voting import BallotForm, ReceiptForm, WithdrawForm

__all__ = [
    "BallotForm",
    "CommentForm",
    "CompareForm",
    "FilterForm",
    "LeaningForm",
    "MeasureForm",
    "OpeningForm",
    "ReceiptForm",
    "SearchForm",
    "WithdrawForm",
]
