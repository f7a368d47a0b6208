from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from facilities.enums import Precision
from facilities.models import Facility
from needs import policies
from needs.enums import Priority
from needs.models import ItemCategory, Need
from network.filters import NO_SUCH_CHOICE
from network.models import District, Region


class NeedFilter(django_filters.FilterSet):
    """Open needs by what, where as exactly as everybody may know, and how urgent."""

    category = django_filters.ModelChoiceFilter(
        label=_("What?"),
        field_name="item__category",
        to_field_name="code",
        queryset=ItemCategory.objects.order_by("pk"),
        empty_label=_("Everything"),
        error_messages=NO_SUCH_CHOICE,
    )
    district = django_filters.ModelChoiceFilter(
        label=_("District"),
        method="of_district",
        to_field_name="pcode",
        queryset=District.objects.order_by("name", "pk"),
        empty_label=_("All districts"),
        error_messages=NO_SUCH_CHOICE,
    )
    side = django_filters.ModelChoiceFilter(
        label=_("Side"),
        field_name="facility__side",
        to_field_name="code",
        queryset=Region.objects.order_by("position", "pk"),
        empty_label=_("All sides"),
        error_messages=NO_SUCH_CHOICE,
    )
    # From the page of the facility.
    facility = django_filters.CharFilter(method="of_facility", widget=forms.HiddenInput)
    priority = django_filters.ChoiceFilter(
        label=_("How urgent is it?"), choices=Priority.choices, empty_label=_("All"), error_messages=NO_SUCH_CHOICE
    )

    class Meta:
        model = Need
        fields: list[str] = []

    def of_facility(self, queryset: Any, name: str, value: str) -> Any:
        """Keep those of a facility, if its needs may name it."""
        found = Facility.objects.public().filter(code=value.upper()).first()
        return queryset.filter(facility=found) if found and policies.names_facility(found) else queryset.none()

    def of_district(self, queryset: Any, name: str, value: District) -> Any:
        """Leave out whose district is not told: a filter would tell it."""
        return queryset.filter(facility__district=value).exclude(facility__public_precision=Precision.HIDDEN)
