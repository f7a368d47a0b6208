from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext, gettext_lazy as _

from facilities.lists.columns import Column
from facilities.models import FacilityImport, Source
from facilities.services import LIST_LARGEST
from network.models import Region

NOT_TAKEN = _("not taken: kept with the row")


class UploadForm(forms.ModelForm):
    """A list, where it comes from and for which side it is."""

    upload = forms.FileField(label=_("file"), widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}))

    class Meta:
        model = FacilityImport
        fields = ("source", "side", "official")

    def __init__(self, *args: Any, sides: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"] = forms.ModelChoiceField(
            label=_("source"),
            queryset=Source.objects.order_by("code", "pk"),
            help_text=_("Its licence and credit are kept with every row. National coordinators add sources."),
        )
        side = forms.ModelChoiceField(label=_("side"), queryset=Region.objects.filter(pk__in=sides).order_by("pk"))
        side.initial = min(sides, default=None)
        self.fields["side"] = side
        self.fields["upload"].help_text = gettext(
            "CSV of at most %(megabytes)s MB, or Excel (xlsx) of at most %(fewer)s MB, with a heading in the first row."
        ) % {"megabytes": LIST_LARGEST // 1_000_000, "fewer": settings.MATERIAL_LARGEST // 1_000_000}


def column_choices() -> list[tuple[str, str]]:
    return [("", str(NOT_TAKEN)), *((code, str(label)) for code, label in Column.choices)]


def chosen(batch: FacilityImport, posted: Any) -> dict[str, str]:
    """Return which column somebody chose for each heading; headings are numbered, for they may hold anything."""
    return {heading: posted.get(f"column-{place}", "") for place, heading in enumerate(batch.headings)}
