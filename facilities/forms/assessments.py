"""What assessors find: one page a domain, one row an item."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from facilities.models import Answer, TracerItem
from facilities.models.assessments import COUNT_AT_MOST
from facilities.services import Given
from facilities.upkeep_enums import Finding
from network.forms import NumberField
from network.validators import plain_line, plain_text

COUNT = {"inputmode": "numeric", "dir": "ltr", "class": "short"}


def _count() -> NumberField:
    return NumberField(
        label=_("How many work"),
        min_value=0,
        max_value=COUNT_AT_MOST,
        required=False,
        widget=forms.TextInput(attrs=COUNT),
    )


class AnswersForm(forms.Form):
    """The items of one domain, as one assessor found them; an unanswered one stays open."""

    marks_optional = False

    def __init__(self, *args: Any, items: list[TracerItem], known: Mapping[int, Answer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            answer = known.get(item.pk)
            self.fields[f"finding-{item.pk}"] = forms.ChoiceField(
                label=item.name,
                choices=Finding.choices,
                initial=answer.finding if answer else None,
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"count-{item.pk}"] = _count()
            self.fields[f"count-{item.pk}"].initial = answer.count if answer else None
            self.fields[f"note-{item.pk}"] = forms.CharField(
                label=_("Note"),
                max_length=200,
                required=False,
                initial=answer.note if answer else "",
                validators=[plain_line],
                widget=forms.TextInput(attrs={"dir": "auto"}),
            )

    def rows(self) -> list[dict[str, Any]]:
        rows = []
        for item in self.items:
            more = [self[f"count-{item.pk}"], self[f"note-{item.pk}"]]
            opened = any(field.errors or field.value() for field in more)
            rows.append({"finding": self[f"finding-{item.pk}"], "more": more, "open": opened})
        return rows

    def clean(self) -> dict[str, Any]:
        """Ask for the finding where there is only its number or note: alone they would be lost."""
        cleaned = super().clean() or self.cleaned_data
        for item in self.items:
            alone = cleaned.get(f"count-{item.pk}") is not None or cleaned.get(f"note-{item.pk}")
            if alone and not cleaned.get(f"finding-{item.pk}"):
                self.add_error(f"finding-{item.pk}", _("Please say first what you found here."))
        return cleaned

    def given(self) -> dict[int, Given]:
        """Return what the service takes: the items that have an answer."""
        data = self.cleaned_data
        return {
            item.pk: Given(data[f"finding-{item.pk}"], data[f"count-{item.pk}"], data[f"note-{item.pk}"])
            for item in self.items
            if data[f"finding-{item.pk}"]
        }


class AgreedForm(forms.Form):
    """What assessors agree on about one item, and why."""

    marks_optional = False
    finding = forms.ChoiceField(label=_("What you agree on"), choices=Finding.choices, widget=forms.RadioSelect)
    count = _count()
    note = forms.CharField(
        label=_("Why"),
        max_length=500,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def agreed(self) -> Given:
        return Given(self.cleaned_data["finding"], self.cleaned_data["count"], self.cleaned_data["note"])
