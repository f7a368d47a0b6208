from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from facilities.enums import Functionality, Level, Owner, Precision
from facilities.models import Facility, FacilityType
from network.filters import LONGEST_SEARCH, NO_SUCH_CHOICE
from network.models import District, Region


class FacilityFilter(django_filters.FilterSet):
    """Facilities by name in any spelling, place, kind and whether they work."""

    q = django_filters.CharFilter(
        label=_("Name or code, in either script"),
        method="search",
        max_length=LONGEST_SEARCH,
        error_messages={"max_length": _("Please search with fewer letters: this search is not used.")},
    )
    works = django_filters.ChoiceFilter(
        label=_("Does it work?"),
        field_name="functionality",
        choices=Functionality.choices,
        empty_label=_("All"),
        error_messages=NO_SUCH_CHOICE,
    )
    kind = django_filters.ModelChoiceFilter(
        label=_("Kind of facility"),
        to_field_name="code",
        queryset=FacilityType.objects.order_by("pk"),
        empty_label=_("All kinds of facilities"),
        error_messages=NO_SUCH_CHOICE,
    )
    district = django_filters.ModelChoiceFilter(
        label=_("District"),
        to_field_name="pcode",
        queryset=District.objects.order_by("name", "pk"),
        empty_label=_("All districts"),
        error_messages=NO_SUCH_CHOICE,
        method="in_district",
    )
    side = django_filters.ModelChoiceFilter(
        label=_("Side"),
        to_field_name="code",
        queryset=Region.objects.order_by("position", "pk"),
        empty_label=_("All sides"),
        error_messages=NO_SUCH_CHOICE,
    )
    owner = django_filters.ChoiceFilter(
        label=_("Owner"), choices=Owner.choices, empty_label=_("All owners"), error_messages=NO_SUCH_CHOICE
    )
    level = django_filters.ChoiceFilter(
        label=_("Level of care"), choices=Level.choices, empty_label=_("All levels"), error_messages=NO_SUCH_CHOICE
    )

    class Meta:
        model = Facility
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["q"].widget.input_type = "search"
        self.form.fields["q"].widget.attrs |= {"dir": "auto", "autocomplete": "off"}

    def in_district(self, queryset: QuerySet, name: str, value: District | None) -> QuerySet:
        """Find none whose district nobody is told."""
        return queryset.filter(district=value).exclude(public_precision=Precision.HIDDEN) if value else queryset

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.matching(value)  # type: ignore[attr-defined]
