from measures.forms.opening import OpeningForm
from measures.forms.voting import BallotForm, ReceiptForm, WithdrawForm

__all__ = ["BallotForm", "OpeningForm", "ReceiptForm", "WithdrawForm"]
