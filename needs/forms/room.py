"""What a focal point types about their facility, phone in hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from needs.enums import Cause, Priority, Unit
from needs.forms.public import CodeField, NumberField
from needs.models import Item
from needs.models.needs import WHY_LENGTH
from needs.services import Asked
from network.forms import CorrectionForm, SafeForm


def _items(*, durable: bool = False) -> Any:
    """Return the items by category, for a choice; equipment alone where only that is meant."""
    rows = Item.objects.filter(durable=True) if durable else Item.objects.all()
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows.select_related("category").order_by("category_id", "name", "pk"):
        groups.setdefault(str(row.category), []).append((str(row.pk), str(row)))
    return list(groups.items())


class ItemField(forms.ModelChoiceField):
    """An item, in the groups of its category."""

    def __init__(self, *, empty: Any, **kwargs: Any) -> None:
        super().__init__(queryset=Item.objects.all(), label=_("What?"), **kwargs)
        self.empty = empty

    def fill(self, *, durable: bool = False) -> None:
        self.choices = [("", self.empty), *_items(durable=durable)]


class NeedForm(SafeForm):
    """What is needed, in one page."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    item = ItemField(empty=_("Something else"), required=False)
    words = forms.CharField(
        label=_("What exactly"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Model, size, or what it is if it is not in the list."),
    )
    quantity = NumberField(label=_("How many?"))
    unit = forms.ChoiceField(
        label=_("Counted in"), choices=Unit.choices, help_text=_("Of what is in the list, the list says so.")
    )
    priority = forms.ChoiceField(
        label=_("How urgent is it?"), choices=Priority.choices, widget=forms.RadioSelect, initial=Priority.USUAL
    )
    why = forms.CharField(
        label=_("Why is it needed?"),
        max_length=WHY_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Everybody reads it once it is verified: no names, nothing about patients."),
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("What a photo says of its place and time is removed. No people on it, please."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].fill()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("item") and not data.get("words") and not {"item", "words"} & set(self.errors):
            self.add_error("item", gettext("Please choose an item, or write what is needed."))
        return data

    def asked(self) -> Asked:
        names = ("quantity", "item", "words", "unit", "priority", "why")
        return Asked(**{name: self.cleaned_data[name] for name in names})


class SurplusForm(SafeForm):
    uid = forms.UUIDField(widget=forms.HiddenInput)
    item = ItemField(empty=_("Choose from the list"))
    quantity = NumberField(label=_("How many can you give away?"))
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Model, condition, good until when. The coordinators of both sides read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].fill()  # type: ignore[attr-defined]


class QuantityForm(CorrectionForm):
    """A quantity as it should be; what is kept is the difference."""

    quantity = NumberField(label=_("How many is it really?"))
    why = forms.CharField(label=_("Why?"), max_length=300, widget=forms.TextInput(attrs={"dir": "auto"}))


class RecountForm(QuantityForm):
    """What is left over as it should be, 0 for nothing."""

    quantity = NumberField(label=_("How many are really left, besides what is promised?"), min_value=0)


class ReceiveForm(SafeForm):
    code = CodeField(label=_("The code on the slip"), help_text=_("It came with the goods: twelve letters and digits."))
    quantity = NumberField(
        label=_("How many came whole?"),
        min_value=0,
        help_text=_("Count them. What is missing or damaged is open again."),
    )


class CheckForm(SafeForm):
    works = NumberField(label=_("How many of them are in use?"), min_value=0)
    cause = forms.ChoiceField(label=_("If not all: why?"), choices=[("", "—"), *Cause.choices], required=False)


class BrokenForm(SafeForm):
    cause = forms.ChoiceField(label=_("Why does it not work?"), choices=Cause.choices, widget=forms.RadioSelect)


class AssetForm(SafeForm):
    uid = forms.UUIDField(widget=forms.HiddenInput)
    item = ItemField(empty=_("Choose from the list"))
    label = forms.CharField(
        label=_("Where it stands, or what you call it"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    serial = forms.CharField(
        label=_("Serial number"), max_length=80, required=False, widget=forms.TextInput(attrs={"dir": "ltr"})
    )
    cause = forms.ChoiceField(
        label=_("Does it work?"),
        choices=[("", pgettext_lazy("equipment", "It works")), *Cause.choices],
        required=False,
        help_text=_("If it does not: choose why."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].fill(durable=True)  # type: ignore[attr-defined]


class GoneForm(SafeForm):
    why = forms.CharField(label=_("Why?"), max_length=300, widget=forms.TextInput(attrs={"dir": "auto"}))
