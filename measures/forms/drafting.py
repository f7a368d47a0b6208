"""A measure as its authors write it: all its parts, in both languages side by side."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _, pgettext

from facilities.models import ServiceDomain
from measures.enums import Audience, Effect
from measures.models import Measure, Version
from measures.models.measures import PART_LENGTH, PARTS, TEXT_LENGTH, TITLE_LENGTH
from network.forms import SafeForm

LABELS = {"title": _("Title"), "text": _("What is agreed"), "reasons": _("Reasons"), "evidence": _("Evidence")}
HELP = {
    "title": _("One line that says what is agreed."),
    "text": _("What the sides will do, in points that can be checked later."),
    "reasons": _("Why it is needed, for somebody who was not there."),
    "evidence": _("Figures, studies or experience that it rests on, each with its source."),
}
LENGTHS = {"title": TITLE_LENGTH, "text": TEXT_LENGTH, "reasons": PART_LENGTH, "evidence": PART_LENGTH}
ROWS = {"text": 14, "reasons": 5, "evidence": 5}
CHOICES = ("topic", "audience", "about", "effect", "review_on")
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


def label_of(part: str, code: str) -> str:
    """Return the name of a part with its language."""
    # Translators: a question of a form, and the language in which it is answered.
    words = pgettext("question and language", "%(question)s (%(language)s)")
    return words % {"question": LABELS[part], "language": dict(settings.LANGUAGES)[code]}


def _box(part: str, code: str) -> forms.CharField:
    attrs = {"lang": code, "dir": "rtl" if code == "ar" else "ltr"}
    widget = forms.TextInput(attrs=attrs) if part == "title" else forms.Textarea(attrs=attrs | {"rows": ROWS[part]})
    return forms.CharField(label=label_of(part, code), required=False, max_length=LENGTHS[part], widget=widget)


class _MeasureChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.reference} · {obj}"


class MeasureForm(SafeForm):
    """The texts, and what is chosen about them; `base` is the version that the page showed.

    Each choice comes back with what the page showed of it, so that only those are kept that this person changed.
    """

    uid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    base = forms.IntegerField(required=False, min_value=0, max_value=10**6, widget=forms.HiddenInput)
    topic = forms.ModelChoiceField(
        label=_("Topic"),
        queryset=ServiceDomain.objects.none(),
        required=False,
        empty_label=_("No topic"),
        show_hidden_initial=True,
    )
    audience = forms.ChoiceField(
        label=_("Who reads it once it is adopted?"),
        choices=Audience.choices,
        widget=forms.RadioSelect,
        show_hidden_initial=True,
    )
    review_on = forms.DateField(
        label=_("To be looked at again on"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        show_hidden_initial=True,
        help_text=_("On this day a new draft of it is begun, so that its authors see whether it still holds."),
    )
    about = _MeasureChoice(
        label=_("It changes a measure that is in force"),
        queryset=Measure.objects.none(),
        required=False,
        empty_label=_("No, it is new"),
        show_hidden_initial=True,
    )
    effect = forms.ChoiceField(
        label=_("What becomes of the other one"),
        choices=[("", _("Choose one")), *Effect.choices],
        required=False,
        show_hidden_initial=True,
    )
    note = forms.CharField(
        label=_("What you changed, and why"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("One line beside this version, for those who read the one before."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        measure: Measure | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        shown: dict[str, Any] = {"audience": Audience.EVERYBODY}
        if measure is not None:
            shown = {name: getattr(measure, name) for name in CHOICES}
            shown["base"] = measure.current.number if measure.current else 0
            shown |= _words(measure.current)
        super().__init__(data, initial=shown | dict(initial or {}))
        self.fields["topic"].queryset = ServiceDomain.objects.order_by("name", "pk")  # type: ignore[attr-defined]
        in_force = Measure.objects.in_force().select_related("current").order_by("-year", "-number")
        self.fields["about"].queryset = in_force.exclude(pk=measure.pk) if measure else in_force  # type: ignore[attr-defined]
        for part in PARTS:
            for code in LANGUAGES:
                self.fields[f"{part}_{code}"] = made = _box(part, code)
                self._protect(made)
        if measure is None:
            del self.fields["note"]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return the boxes of each part, one for each language, with its hint."""
        return [
            {"label": LABELS[part], "help": HELP[part], "boxes": [self[f"{part}_{code}"] for code in LANGUAGES]}
            for part in PARTS
        ]

    @property
    def texts(self) -> list[forms.BoundField]:
        return [box for row in self.rows for box in row["boxes"]]

    @property
    def unseen_choices(self) -> list[str]:
        """Return the choices as hidden boxes, each with what the page showed first."""
        return [self[name].as_hidden(only_initial=first) for name in CHOICES for first in (False, True)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data.get("title_ar") or data.get("title_en")):
            self.add_error("title_ar", _("Please write at least a title."))
        if data.get("about") and not data.get("effect"):
            self.add_error("effect", _("Please say what becomes of the other measure."))
        if not data.get("about"):
            data["effect"] = ""
        return data

    def words(self) -> dict[str, str]:
        """Return the cleaned texts by column."""
        return {box.name: self.cleaned_data[box.name].replace("\r\n", "\n").strip() for box in self.texts}

    def typed(self) -> dict[str, str]:
        """Return the texts as they stand in the boxes, right or wrong."""
        return {box.name: str(box.value() or "").replace("\r\n", "\n").strip() for box in self.texts}

    def all_choices(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CHOICES}

    def changed_choices(self) -> dict[str, Any]:
        """Return those choices that are no longer what the page showed; the other measure and its effect go together."""
        changed = set(self.changed_data)
        if changed & {"about", "effect"}:
            changed |= {"about", "effect"}
        return {name: value for name, value in self.all_choices().items() if name in changed}


def _words(version: Version | None) -> dict[str, str]:
    return {f"{part}_{code}": getattr(version, f"{part}_{code}", "") or "" for part in PARTS for code in LANGUAGES}
