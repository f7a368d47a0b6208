"""An activity as it is typed on a phone: where, when, by whom, and a table of numbers, in any digits."""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from campaigns.awareness import Numbers
from campaigns.enums import AgeGroup, Sex, Why
from campaigns.forms.desks import BIG
from campaigns.models import Activity, Campaign, Topic
from campaigns.models.awareness import GIVEN_AT_MOST, REACHED_AT_MOST
from network.forms import CorrectionForm, NumberField, SafeForm, place_choices
from network.models import Municipality, Practitioner

# So many kinds of material have a line in an empty form; one that stands has one of its own.
LINES = 3
GROUP = "group"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: an age group with a box for each sex."""

    name: Any
    boxes: list[forms.BoundField]


def box(sex: Sex, age: AgeGroup) -> str:
    return f"n-{sex}-{age}"


class NumbersForm(SafeForm):
    """How many came, and what they were given. An empty box is nobody."""

    uid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, stands: Numbers | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stands = stands or Numbers()
        for age in AgeGroup:
            for sex in Sex:
                self._number(
                    box(sex, age),
                    gettext(", ").join([str(sex.label), str(age.label)]),
                    REACHED_AT_MOST,
                    stands.reached.get((sex, age)),
                )
        given = list(stands.materials.items())
        self.lines = range(len(given) + LINES)
        for line in self.lines:
            what, pieces = given[line] if line < len(given) else ("", None)
            self.fields[f"what-{line}"] = forms.CharField(
                label=_("What was given"),
                max_length=80,
                required=False,
                initial=what,
                widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
            )
            self._protect(self.fields[f"what-{line}"])
            self._number(f"many-{line}", _("How many"), GIVEN_AT_MOST, pieces)

    def _number(self, name: str, label: Any, most: int, stands: int | None) -> None:
        self.fields[name] = NumberField(
            label=label,
            min_value=0,
            max_value=most,
            required=False,
            initial=stands,
            widget=forms.TextInput(attrs=dict(BIG)),
        )

    @property
    def sexes(self) -> list[Any]:
        return [sex.label for sex in Sex]

    @property
    def table(self) -> Iterator[Line]:
        """The boxes in the lines in which they are shown."""
        for age in AgeGroup:
            yield Line(age.label, [self[box(sex, age)] for sex in Sex])

    @property
    def materials(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        for line in self.lines:
            yield self[f"what-{line}"], self[f"many-{line}"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for line in self.lines:
            what, many = data.get(f"what-{line}"), data.get(f"many-{line}")
            if many and not what and f"what-{line}" not in self.errors:
                self.add_error(f"what-{line}", gettext("Please write what was given."))
        return data

    def numbers(self) -> Numbers:
        """Return what stands in the boxes; what is named twice is added up."""
        data = self.cleaned_data
        reached = {(str(sex), str(age)): data.get(box(sex, age)) or 0 for sex in Sex for age in AgeGroup}
        materials: dict[str, int] = {}
        for line in self.lines:
            what, many = data.get(f"what-{line}"), data.get(f"many-{line}") or 0
            if what and many:
                materials[what] = materials.get(what, 0) + many
        return Numbers({cell: people for cell, people in reached.items() if people}, materials)


class ActivityForm(NumbersForm):
    """A new activity of a campaign, on one of the sides for which its writer enters them."""

    on = forms.DateField(label=_("On which day?"))
    topic = forms.ChoiceField(label=_("What was it about?"))
    municipality = forms.ChoiceField(label=_("In which municipality?"))
    place = forms.CharField(
        label=_("Where there?"),
        max_length=160,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("A school, a clinic, a square, a camp."),
    )
    held_by = forms.ChoiceField(label=_("Who held it?"), widget=forms.RadioSelect)
    group = forms.CharField(
        label=_("Name of the group"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "data-when": "held_by:group"}),
        help_text=_("A team or an organisation, never a person by name."),
    )

    def __init__(
        self,
        *args: Any,
        campaign: Campaign,
        sides: Collection[int],
        topics: Collection[Topic],
        leaders: Collection[Practitioner],
        writer: Any,
        days: tuple[date, date],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.campaign, self.days = campaign, days
        first, last = (day.isoformat() for day in days)
        self.fields["on"].widget = forms.DateInput(attrs={"type": "date", "min": first, "max": last}, format="%Y-%m-%d")
        self._choices("topic", [("", _("Choose the topic")), *((str(topic.pk), topic.name) for topic in topics)])
        self._choices("municipality", [("", _("Choose the municipality")), *place_choices(sides)])
        people = [(str(person.pk), _("I myself") if person.user_id == writer.pk else person.name) for person in leaders]
        self._choices("held_by", [*people, (GROUP, _("A group"))])
        if leaders and next(iter(leaders)).user_id == writer.pk:
            self.fields["held_by"].initial = people[0][0]
        elif not people:
            self.fields["held_by"].initial = GROUP

    def _choices(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("held_by") == GROUP and not data.get("group") and "group" not in self.errors:
            self.add_error("group", gettext("Please write the name of the group."))
        if "on" in data and not self.days[0] <= data["on"] <= self.days[1]:
            self.add_error("on", gettext("The day has to lie within the campaign, and can't be still to come."))
        if not self.errors and not self.numbers().people:
            self.add_error(None, gettext("Please write how many people came, at least in one box."))
        return data

    def activity(self) -> Activity:
        data = self.cleaned_data
        today = Municipality.objects.valid_on(timezone.localdate()).select_related("district__region")
        by_group = data["held_by"] == GROUP
        return Activity(
            uid=data["uid"] or uuid.uuid4(),
            campaign=self.campaign,
            topic_id=int(data["topic"]),
            municipality=today.get(pk=data["municipality"]),
            place=data["place"],
            on=data["on"],
            practitioner_id=None if by_group else int(data["held_by"]),
            group=data["group"] if by_group else "",
        )


class CorrectActivityForm(CorrectionForm, NumbersForm):
    """The numbers as they should have been; what is kept is the difference."""

    why = forms.ChoiceField(
        label=pgettext_lazy("of a correction", "Why?"),
        choices=[(why.value, why.label) for why in (Why.MISCOUNTED, Why.MISTYPED, Why.ELSEWHERE)],
        widget=forms.RadioSelect,
    )
