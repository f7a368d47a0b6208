from datetime import date
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from facilities.models import ServiceDomain
from measures.enums import ActionState
from measures.models import Action, Measure
from network.filters import LONGEST_SEARCH, NO_SUCH_CHOICE
from network.models import Region

LATE = "late"
OF_MEASURES = [
    ("open", _("Something is still to be done")),
    (LATE, _("Something is late")),
    ("done", _("All is done and confirmed")),
    ("none", _("Nothing is planned yet")),
]


def _side(label: Any, **options: Any) -> django_filters.ModelChoiceFilter:
    return django_filters.ModelChoiceFilter(
        label=label,
        to_field_name="code",
        queryset=Region.objects.order_by("position", "pk"),
        empty_label=_("All sides"),
        error_messages=NO_SUCH_CHOICE,
        **options,
    )


def _topic(path: str) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        label=_("Topic"), field_name=path, empty_label=_("All topics"), error_messages=NO_SUCH_CHOICE
    )


def _topics(measures: QuerySet) -> list[tuple[str, str]]:
    """Return the topics by which something is found."""
    used = measures.filter(topic__isnull=False).values("topic")
    return [(row.code, row.name) for row in ServiceDomain.objects.filter(pk__in=used).order_by("name", "pk")]


class MeasureFilter(django_filters.FilterSet):
    """Adopted measures by words, topic, year, and what is done about them; only what finds something is offered."""

    q = django_filters.CharFilter(
        label=_("Words, in Arabic or English"),
        method="search",
        max_length=LONGEST_SEARCH,
        error_messages={"max_length": _("Please search with fewer letters: this search is not used.")},
    )
    topic = _topic("topic__code")
    year = django_filters.ChoiceFilter(
        label=_("Year"), field_name="year", empty_label=_("All years"), error_messages=NO_SUCH_CHOICE
    )
    side = _side(_("Side that acts"), method="of_side")
    actions = django_filters.ChoiceFilter(
        label=_("Its actions"),
        method="of_state",
        choices=OF_MEASURES,
        empty_label=_("However far"),
        error_messages=NO_SUCH_CHOICE,
    )

    class Meta:
        model = Measure
        fields: list[str] = []

    def __init__(self, *args: Any, line: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        # Asked once for the boxes and for the check of what was chosen.
        self.filters["topic"].extra["choices"] = _topics(self.queryset)
        years = self.queryset.order_by("-year").values_list("year", flat=True).distinct()
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years]
        self.form.fields["q"].widget.input_type = "search"
        self.form.fields["q"].widget.attrs |= {"dir": "auto", "autocomplete": "off"}

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.matching(value)  # type: ignore[attr-defined]

    def of_side(self, queryset: QuerySet, name: str, value: Region) -> QuerySet:
        there = Action.objects.of_side(value).exclude(state=ActionState.DROPPED)
        return queryset.filter(Exists(there.filter(measure=OuterRef("pk"))))

    def of_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        actions = Action.objects.filter(measure=OuterRef("pk")).exclude(state=ActionState.DROPPED)
        match value:
            case "open":
                return queryset.filter(Exists(actions.unfinished()))
            case "late":
                return queryset.filter(Exists(actions.late(self.line)))
            case "done":
                return queryset.filter(Exists(actions), ~Exists(actions.unfinished()))
            case _:
                return queryset.filter(~Exists(actions))


class ActionFilter(django_filters.FilterSet):
    """Actions by side, topic and year of their measure, and how far they are."""

    side = _side(_("Side"), method="of_side")
    topic = _topic("measure__topic__code")
    year = django_filters.ChoiceFilter(
        label=_("Year of the measure"),
        field_name="measure__year",
        empty_label=_("All years"),
        error_messages=NO_SUCH_CHOICE,
    )
    state = django_filters.ChoiceFilter(
        label=_("How far"),
        method="of_state",
        choices=[(LATE, _("late")), *ActionState.choices],
        empty_label=_("However far"),
        error_messages=NO_SUCH_CHOICE,
    )

    class Meta:
        model = Action
        fields: list[str] = []

    def __init__(self, *args: Any, line: date, measures: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        # The picture tells of all states, whichever the table shows.
        self.of_all_states: QuerySet = self.queryset
        self.filters["topic"].extra["choices"] = _topics(measures)
        years = measures.order_by("-year").values_list("year", flat=True).distinct()
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years]

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Narrow by everything but the state, keep that for the picture, then by the state."""
        chosen = dict(self.form.cleaned_data)
        state = chosen.pop("state", "")
        for name, value in chosen.items():
            queryset = self.filters[name].filter(queryset, value)
        self.of_all_states = queryset
        return self.of_state(queryset, "state", state) if state else queryset

    def of_side(self, queryset: QuerySet, name: str, value: Region) -> QuerySet:
        return queryset.of_side(value)  # type: ignore[attr-defined]

    def of_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == LATE:
            return queryset.late(self.line)  # type: ignore[attr-defined]
        return queryset.filter(state=value)
