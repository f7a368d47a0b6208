from needs.forms.public import DeliverForm, HandOverForm, LookupForm, PledgeForm, ProofForm, TakeBackForm
from needs.forms.room import (
    AssetForm,
    BrokenForm,
    CheckForm,
    GoneForm,
    NeedForm,
    QuantityForm,
    ReceiveForm,
    RecountForm,
    SurplusForm,
)

__all__ = [
    "AssetForm",
    "BrokenForm",
    "CheckForm",
    "DeliverForm",
    "GoneForm",
    "HandOverForm",
    "LookupForm",
    "NeedForm",
    "PledgeForm",
    "ProofForm",
    "QuantityForm",
    "ReceiveForm",
    "RecountForm",
    "SurplusForm",
    "TakeBackForm",
]
