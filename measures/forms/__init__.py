from measures.forms.following import FilterForm
from measures.forms.opening import OpeningForm
from measures.forms.voting import BallotForm, ReceiptForm, WithdrawForm

__all__ = [
    "BallotForm",
    "FilterForm",
    "OpeningForm",
    "ReceiptForm",
    "WithdrawForm",
]
