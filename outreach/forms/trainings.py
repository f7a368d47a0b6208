"""A training as it is typed: what, when, where, and a line for each cadre that came."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from network.forms import CorrectionForm, SafeForm, place_choices
from network.models import Municipality, Profession
from outreach import policies
from outreach.enums import Sex
from outreach.figures import Staff
from outreach.forms.reports import WhyForm, number_box
from outreach.models import Training, TrainingTopic
from outreach.models.trainings import TRAINED_AT_MOST

# So many empty lines a form has beside those that stand.
LINES = 4


@dataclass(frozen=True, slots=True)
class CadreLine:
    cadre: forms.BoundField
    boxes: list[forms.BoundField]


class StaffForm(SafeForm):
    """How many staff of which cadre came. An empty box is nobody."""

    uid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, cadres: Iterable[Profession], stands: Staff | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing: dict[int, dict[str, int]] = {}
        for (cadre, sex), people in (stands or {}).items():
            standing.setdefault(cadre, {})[sex] = people
        given: list[tuple[int | None, Mapping[str, int]]] = [*standing.items()]
        self.lines = range(len(given) + LINES)
        choices = [("", _("Choose the cadre")), *((str(row.pk), row.name) for row in cadres)]
        for line in self.lines:
            cadre, numbers = given[line] if line < len(given) else (None, {})
            self.fields[f"cadre-{line}"] = forms.ChoiceField(
                label=_("Cadre"), choices=choices, required=False, initial=cadre and str(cadre)
            )
            for sex in Sex:
                self.fields[f"n-{line}-{sex}"] = number_box(self.words[sex], TRAINED_AT_MOST, numbers.get(sex))

    words: Mapping[str, Any] = {Sex.FEMALE: _("Women"), Sex.MALE: _("Men")}

    @property
    def table(self) -> Iterator[CadreLine]:
        for line in self.lines:
            yield CadreLine(self[f"cadre-{line}"], [self[f"n-{line}-{sex}"] for sex in Sex])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for line in self.lines:
            name = f"cadre-{line}"
            if any(data.get(f"n-{line}-{sex}") for sex in Sex) and not data.get(name) and name not in self.errors:
                self.add_error(name, gettext("Please choose the cadre."))
        return data

    def staff(self) -> dict[tuple[int, str], int]:
        """Return what stands in the lines; a cadre that is named twice is added up."""
        found: dict[tuple[int, str], int] = {}
        for line in self.lines:
            cadre = self.cleaned_data.get(f"cadre-{line}")
            for sex in Sex:
                people = self.cleaned_data.get(f"n-{line}-{sex}") or 0
                if cadre and people:
                    key = (int(cadre), str(sex))
                    found[key] = found.get(key, 0) + people
        return found


class TrainingForm(StaffForm):
    """A new training on one of the sides for which its writer enters them."""

    on = forms.DateField(label=_("On which day?"))
    topic = forms.ChoiceField(label=pgettext_lazy("a training", "What was it about?"))
    municipality = forms.ChoiceField(label=_("In which municipality?"))

    def __init__(
        self, *args: Any, sides: Collection[int], topics: Iterable[TrainingTopic], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        first, last = (today - policies.REPORTED_WITHIN).isoformat(), today.isoformat()
        self.fields["on"].widget = forms.DateInput(attrs={"type": "date", "min": first, "max": last}, format="%Y-%m-%d")
        named = [(str(topic.pk), topic.name) for topic in topics]
        self._choices("topic", [("", _("Choose the topic")), *named])
        self._choices("municipality", [("", _("Choose the municipality")), *place_choices(sides)])

    def _choices(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "on" in data and not policies.in_its_time(data["on"], self.today):
            self.add_error("on", gettext("The day can't be still to come, nor lie more than a year back."))
        if not self.errors and not self.staff():
            self.add_error(None, gettext("Please write how many staff came, at least in one line."))
        return data

    def training(self) -> Training:
        data = self.cleaned_data
        today = Municipality.objects.valid_on(timezone.localdate()).select_related("district__region")
        return Training(
            uid=data["uid"] or uuid.uuid4(),
            topic_id=int(data["topic"]),
            municipality=today.get(pk=data["municipality"]),
            on=data["on"],
        )


class CorrectTrainingForm(WhyForm, CorrectionForm, StaffForm):
    """Who should have been counted; what is kept is the difference."""
