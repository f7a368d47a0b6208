"""A daily report as it is typed on a phone: which stop, and two tables of numbers, in any digits."""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy as _, pgettext, pgettext_lazy

from network.forms import CorrectionForm, NumberField, SafeForm, place_choices
from network.models import Municipality
from outreach import figures, policies
from outreach.enums import AgeGroup, ReferredTo, Sex, SiteKind, Why
from outreach.figures import Numbers
from outreach.models import DailyReport, MobileUnit, Stop
from outreach.models.units import SEEN_AT_MOST

BIG = {"inputmode": "numeric", "dir": "ltr", "class": "short digits", "autocomplete": "off"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its name, and its boxes."""

    name: Any
    boxes: list[forms.BoundField]


def number_box(label: Any, most: int, stands: int | None) -> NumberField:
    """Return a big box for a number; empty is nobody."""
    widget = forms.TextInput(attrs=dict(BIG))
    return NumberField(label=label, min_value=0, max_value=most, required=False, initial=stands, widget=widget)


class NumbersForm(SafeForm):
    """How many were seen, and how many of them were referred. An empty box is nobody."""

    uid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, stands: Numbers | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stands = stands or Numbers()
        for age in AgeGroup:
            for sex in Sex:
                label = gettext(", ").join([str(sex.label), str(age.label)])
                self.fields[f"n-{sex}-{age}"] = number_box(label, SEEN_AT_MOST, stands.seen.get((sex, age)))
        for level in ReferredTo:
            self.fields[f"r-{level}"] = number_box(level.label, SEEN_AT_MOST, stands.referred.get(level))

    @property
    def sexes(self) -> list[Any]:
        return [sex.label for sex in Sex]

    @property
    def table(self) -> Iterator[Line]:
        for age in AgeGroup:
            yield Line(age.label, [self[f"n-{sex}-{age}"] for sex in Sex])

    @property
    def levels(self) -> Iterator[Line]:
        for level in ReferredTo:
            yield Line(level.label, [self[f"r-{level}"]])

    def numbers(self) -> Numbers:
        data = self.cleaned_data
        seen = {(str(sex), str(age)): data.get(f"n-{sex}-{age}") or 0 for sex in Sex for age in AgeGroup}
        referred = {str(level): data.get(f"r-{level}") or 0 for level in ReferredTo}
        return Numbers(
            {cell: people for cell, people in seen.items() if people},
            {level: people for level, people in referred.items() if people},
        )


class ReportForm(NumbersForm):
    """A new report: of a planned stop, or of a place that was not planned."""

    stop = forms.ChoiceField(
        label=_("Which planned stop was it?"), required=False, help_text=_("Then day and place follow from the plan.")
    )
    on = forms.DateField(label=_("On which day?"))
    municipality = forms.ChoiceField(label=_("In which municipality?"), required=False)
    site = forms.ChoiceField(
        label=_("What kind of place?"), choices=[("", _("Choose the kind of place")), *SiteKind.choices], required=False
    )
    place = forms.CharField(
        label=_("Where there?"), max_length=160, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )

    def __init__(
        self, *args: Any, unit: MobileUnit, stops: Collection[Stop], today: date, by: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unit, self.today, self.stops = unit, today, {str(stop.pk): stop for stop in stops}
        first, last = (today - policies.REPORTED_WITHIN).isoformat(), today.isoformat()
        self.fields["on"].widget = forms.DateInput(attrs={"type": "date", "min": first, "max": last}, format="%Y-%m-%d")
        reported = figures.reported(stops)
        planned = [(str(stop.pk), self._told(stop, reported=stop.pk in reported)) for stop in stops]
        if planned:
            self._choices("stop", [("", _("None of them")), *planned])
        else:
            del self.fields["stop"]
            for name in ("municipality", "site", "place"):
                self.fields[name].required = True
        self._choices("municipality", [("", _("Choose the municipality")), *place_choices({unit.side_id})])

    def _told(self, stop: Stop, *, reported: bool) -> str:
        where = gettext(", ").join([str(stop.municipality), stop.place])
        done = [pgettext("a stop", "reported")] if reported else []
        return " · ".join([date_format(stop.day, "SHORT_DATE_FORMAT"), where, *done])

    def _choices(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("stop"):
            asked = {
                "municipality": gettext("Please choose the municipality, or a planned stop."),
                "site": gettext("Please choose what kind of place it was."),
                "place": gettext("Please write where it was."),
            }
            for name, sentence in asked.items():
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
            if "on" in data and not policies.in_its_time(data["on"], self.today):
                self.add_error("on", gettext("The day can't be still to come, nor lie more than a year back."))
        if not self.errors and not self.numbers().people:
            self.add_error(None, gettext("Please write how many people came, at least in one box."))
        return data

    def report(self) -> DailyReport:
        data = self.cleaned_data
        report = DailyReport(uid=data["uid"] or uuid.uuid4(), unit=self.unit, on=data["on"])
        if data.get("stop"):
            report.stop = self.stops[data["stop"]]
        else:
            today = Municipality.objects.valid_on(timezone.localdate()).select_related("district__region")
            report.municipality = today.get(pk=data["municipality"])
            report.site, report.place = data["site"], data["place"]
        return report


class WhyForm(forms.Form):
    """Why numbers are corrected."""

    why = forms.ChoiceField(
        label=pgettext_lazy("of a correction", "Why?"), choices=Why.choices, widget=forms.RadioSelect
    )


class CorrectReportForm(WhyForm, CorrectionForm, NumbersForm):
    """The numbers as they should have been; what is kept is the difference."""
