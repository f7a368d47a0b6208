from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dialogues import selectors
from dialogues.enums import SessionKind
from dialogues.models import Session
from network.filters import NO_SUCH_CHOICE
from network.models import Practitioner, Region


class SessionFilter(django_filters.FilterSet):
    """Sessions by kind and hosting side."""

    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=SessionKind.choices, empty_label=_("All kinds"), error_messages=NO_SUCH_CHOICE
    )
    side = django_filters.ModelChoiceFilter(
        label=_("Hosting side"),
        field_name="host_region",
        to_field_name="code",
        queryset=Region.objects.order_by("position", "pk"),
        empty_label=_("All sides"),
        null_label=_("Joint sessions"),
        null_value="joint",
        error_messages=NO_SUCH_CHOICE,
    )

    class Meta:
        model = Session
        fields: list[str] = []


class MemberSessionFilter(SessionFilter):
    """The same for a member, and those that are theirs."""

    mine = django_filters.BooleanFilter(
        label=_("Only mine"), method="of_member", widget=forms.CheckboxInput, required=False
    )

    def __init__(self, *args: Any, practitioner: Practitioner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.practitioner = practitioner

    def of_member(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return selectors.of_member(queryset, self.practitioner) if value else queryset
