from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from network.models import District, Practitioner, Profession, Specialty

# Said at a filter that got a value which it doesn't have; the list is then shown without it.
NO_SUCH_CHOICE = {"invalid_choice": _("There is no such choice: this filter is not used.")}
LONGEST_SEARCH = 100


class PeopleFilter(django_filters.FilterSet):
    """The directory by name, profession, specialty and district."""

    q = django_filters.CharFilter(
        label=_("Name, in either script"),
        method="search",
        max_length=LONGEST_SEARCH,
        error_messages={"max_length": _("Please search with fewer letters: this search is not used.")},
    )
    profession = django_filters.ModelChoiceFilter(
        label=_("Profession"),
        queryset=Profession.objects.order_by("name", "pk"),
        empty_label=_("All professions"),
        error_messages=NO_SUCH_CHOICE,
    )
    specialty = django_filters.ModelChoiceFilter(
        label=_("Specialty"),
        queryset=Specialty.objects.order_by("name", "pk"),
        empty_label=_("All specialties"),
        error_messages=NO_SUCH_CHOICE,
    )
    district = django_filters.ModelChoiceFilter(
        label=_("District"),
        field_name="municipality__district",
        queryset=District.objects.order_by("name", "pk"),
        empty_label=_("All districts"),
        error_messages=NO_SUCH_CHOICE,
    )

    class Meta:
        model = Practitioner
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["q"].widget.input_type = "search"
        self.form.fields["q"].widget.attrs |= {"dir": "auto", "autocomplete": "off"}
        for field in self.form.fields.values():
            field.widget.is_required = False

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.matching(value)  # type: ignore[attr-defined]
