from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dialogues import case_selectors, selectors
from dialogues.enums import SessionKind
from dialogues.models import CaseStudy, Session
from facilities.models import FacilityType
from network.filters import LONGEST_SEARCH, NO_SUCH_CHOICE
from network.models import Condition, Practitioner, Region, Specialty


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


class CaseFilter(django_filters.FilterSet):
    """Published case studies by words, condition, specialty and kind of facility; only what finds something is offered."""

    q = django_filters.CharFilter(
        label=_("Words, in Arabic or English"),
        method="search",
        max_length=LONGEST_SEARCH,
        error_messages={"max_length": _("Please search with fewer letters: this search is not used.")},
    )
    condition = django_filters.ChoiceFilter(
        label=_("Condition or topic"),
        field_name="conditions__code",
        empty_label=_("All conditions and topics"),
        error_messages=NO_SUCH_CHOICE,
    )
    specialty = django_filters.ChoiceFilter(
        label=_("Specialty"),
        field_name="specialty__code",
        empty_label=_("All specialties"),
        error_messages=NO_SUCH_CHOICE,
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind of facility"),
        field_name="facility_type__code",
        empty_label=_("All kinds of facilities"),
        error_messages=NO_SUCH_CHOICE,
    )

    class Meta:
        model = CaseStudy
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Asked once for the boxes and for the check of what was chosen.
        for name, model, path in (
            ("condition", Condition, "conditions"),
            ("specialty", Specialty, "specialty"),
            ("kind", FacilityType, "facility_type"),
        ):
            self.filters[name].extra["choices"] = case_selectors.case_choices(model, path)
        self.form.fields["q"].widget.input_type = "search"
        self.form.fields["q"].widget.attrs |= {"dir": "auto", "autocomplete": "off"}

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.matching(value)  # type: ignore[attr-defined]
