from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns import selectors
from campaigns.models import Appearance, Outlet
from network.enums import SpokenLanguage
from network.filters import LONGEST_SEARCH, NO_SUCH_CHOICE

# In the address, for outlets of no side and for what names no outlet.
NO_SIDE = "none"


class AppearanceFilter(django_filters.FilterSet):
    """The media log by words, outlet, side, language and year; only what finds something is offered."""

    q = django_filters.CharFilter(
        label=_("Words, in Arabic or English"),
        method="search",
        max_length=LONGEST_SEARCH,
        error_messages={"max_length": _("Please search with fewer letters: this search is not used.")},
    )
    outlet = django_filters.ChoiceFilter(
        label=_("Media outlet"), empty_label=_("All outlets"), error_messages=NO_SUCH_CHOICE
    )
    side = django_filters.ChoiceFilter(
        label=_("Side of the outlet"), method="of_side", empty_label=_("All sides"), error_messages=NO_SUCH_CHOICE
    )
    language = django_filters.ChoiceFilter(
        label=_("Language"), empty_label=_("All languages"), error_messages=NO_SUCH_CHOICE
    )
    year = django_filters.ChoiceFilter(
        label=_("Year"), field_name="day__year", empty_label=_("All years"), error_messages=NO_SUCH_CHOICE
    )

    class Meta:
        model = Appearance
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The picture tells of all sides, whichever the list shows.
        self.of_all_sides: Any = self.queryset
        # Asked once for the boxes and for the check of what was chosen.
        used = Outlet.objects.filter(pk__in=self.queryset.order_by().values("outlet"))
        outlets = list(used.select_related("region").order_by("name", "pk"))
        languages, years = selectors.offered(self.queryset)  # type: ignore[arg-type]
        sides = {outlet.region for outlet in outlets if outlet.region}
        self._offer("outlet", [(str(outlet.pk), outlet.name) for outlet in outlets])
        named = [(side.code, side.name) for side in sorted(sides, key=lambda side: (side.position, side.pk))]
        self._offer("side", [*named, (NO_SIDE, _("No side named"))])
        self._offer("language", [(code, name) for code, name in SpokenLanguage.choices if code in languages])
        self._offer("year", [(str(year), str(year)) for year in sorted(years, reverse=True)])
        self.form.fields["q"].widget.input_type = "search"
        self.form.fields["q"].widget.attrs |= {"dir": "auto", "autocomplete": "off"}

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.filters[name].extra["choices"] = choices

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Narrow by everything but the side, keep that for the picture, then by the side."""
        chosen = dict(self.form.cleaned_data)
        side = chosen.pop("side", "")
        for name, value in chosen.items():
            queryset = self.filters[name].filter(queryset, value)
        self.of_all_sides = queryset
        return self.of_side(queryset, "side", side) if side else queryset

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.matching(value)  # type: ignore[attr-defined]

    def of_side(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == NO_SIDE:
            return queryset.filter(outlet__region=None)
        return queryset.filter(outlet__region__code=value)
