"""What is typed at a desk: a code, two numbers, a reason; in any digits."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from campaigns.enums import Why
from campaigns.forms.entries import CODE
from campaigns.models.desks import PIECES_AT_MOST
from network import codes
from network.forms import CorrectionForm, NumberField, SafeForm

BIG = {"inputmode": "numeric", "dir": "ltr", "class": "short digits", "autocomplete": "off"}


class DeskCodeForm(SafeForm):
    """The code of an entry, as it stands on its sender's receipt."""

    code = forms.CharField(
        label=_("The code of the entry"),
        max_length=40,
        widget=forms.TextInput(attrs={**CODE, "autofocus": True}),
        help_text=_("Twelve letters and digits. Or scan the square on the receipt with the camera of this telephone."),
    )

    def clean_code(self) -> str:
        code = codes.as_kept(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(gettext("A code has twelve letters and digits. Please look at it again."))
        return code


def _pieces(label: Any, **more: Any) -> NumberField:
    return NumberField(
        label=label, min_value=0, max_value=PIECES_AT_MOST, widget=forms.TextInput(attrs=dict(BIG)), **more
    )


class BroughtForm(SafeForm):
    """One hand-in: what they say they bring, and what was counted."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    brought = _pieces(_("How many do they say they bring?"))
    pieces = _pieces(_("How many have you counted?"), help_text=_("Only what lies on the table and is fit for use."))


class CorrectCountForm(CorrectionForm):
    """The numbers as they should have been; what is kept is the difference."""

    brought = _pieces(_("Brought, as they said"))
    pieces = _pieces(pgettext_lazy("pieces", "Counted"))
    why = forms.ChoiceField(label=_("Why?"), choices=Why.choices, widget=forms.RadioSelect)


class DistributionForm(SafeForm):
    """What a distribution should have been."""

    pieces = _pieces(_("How many was it really?"), help_text=_("0 if nothing was given out."))
    why = forms.ChoiceField(label=_("Why?"), choices=Why.choices)


class DayForm(SafeForm):
    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError(gettext("This day is still to come."))
        return day
