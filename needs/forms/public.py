"""What a partner and a carrier type, without an account: in any digits, on an old phone."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from needs import policies
from needs.services import Giver
from network import codes
from network.forms import PhoneField, SafeForm

CODE = {"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class NumberField(forms.IntegerField):
    """A whole number in any digits: ٢٠ is 20. The bounds are the server's."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "class": "short", "autocomplete": "off"})

    def __init__(self, *, min_value: int = 1, **kwargs: Any) -> None:
        super().__init__(min_value=min_value, max_value=policies.QUANTITY_AT_MOST, **kwargs)

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = "".join(str(int(c)) if c.isdecimal() else c for c in value.strip())
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class CodeField(forms.CharField):
    """A code of twelve letters and digits, as it is kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=forms.TextInput(attrs=CODE), **kwargs)

    def clean(self, value: Any) -> str:
        code = codes.as_kept(super().clean(value))
        if not code:
            raise forms.ValidationError(gettext("A code has twelve letters and digits. Please look at it again."))
        return code


class PledgeForm(SafeForm):
    """What a partner would give."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    quantity = NumberField(label=_("How many will you give?"))
    ready_on = forms.DateField(
        label=_("When will it be ready?"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    name = forms.CharField(
        label=_("Name of your organisation"),
        max_length=120,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "organization"}),
        help_text=_("Only the coordinators and the facility read it."),
    )
    phone = PhoneField(required=False, help_text=_("We send a code to it. Nobody else gets it."))
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "email"}),
        help_text=_("If you have no mobile telephone."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("phone") or data.get("email") or {"phone", "email"} & set(self.errors)):
            self.add_error("phone", gettext("Please give a telephone number or an e-mail address."))
        return data

    def giver(self) -> Giver:
        return Giver(*(self.cleaned_data[name] for name in ("name", "phone", "email")))


class ProofForm(SafeForm):
    code = forms.CharField(
        label=_("The six digits that we sent you"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "one-time-code", "class": "short"}
        ),
    )


class LookupForm(SafeForm):
    """A pledge by its code and the contact that was given with it."""

    code = forms.CharField(
        label=_("The code of your pledge"),
        max_length=40,
        widget=forms.TextInput(attrs=CODE),
        help_text=_("Twelve letters and digits, from the page or the message after you pledged."),
    )
    contact = forms.CharField(
        label=_("Your telephone or e-mail"),
        max_length=254,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
        help_text=_("The same that you gave when you pledged."),
    )


class DeliverForm(SafeForm):
    uid = forms.UUIDField(widget=forms.HiddenInput)
    quantity = NumberField(label=_("How many go now?"))


class TakeBackForm(SafeForm):
    uid = forms.UUIDField(widget=forms.HiddenInput)
    quantity = NumberField(label=_("How many can you not give?"))
    why = forms.CharField(label=_("Why?"), max_length=300, widget=forms.TextInput(attrs={"dir": "auto"}))


class HandOverForm(SafeForm):
    """Whoever carries it types the code that they are shown."""

    code = CodeField(label=_("The code that you were shown"), help_text=_("Twelve letters and digits."))
    carrier = forms.CharField(
        label=_("Who takes it over?"),
        max_length=120,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        help_text=_("Your name, or that of the company."),
    )
