"""What a focal point asks to change, and why."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities import upkeep_selectors
from facilities.enums import Barrier
from facilities.forms.claims import SAYABLE
from facilities.models import Facility
from facilities.models.upkeep import LONGEST_REASON
from network.forms import SafeForm
from network.validators import plain_text

SECTIONS = (
    (_("Does it work?"), ("functionality", "lacks", "beds", "hours_ar", "hours_en", "phones", "head")),
    (_("What it is called and what it is"), ("name_ar", "name_en", "kind", "owner", "level", "catchment")),
    (_("Where it is"), ("district", "municipality", "latitude", "longitude", "public_precision", "member_precision")),
)


class ChangeForm(forms.ModelForm):
    """The whole page of a facility as its side tells it; what the focal point changes here is what they ask for."""

    lacks = forms.MultipleChoiceField(
        label=_("What it lacks"), choices=Barrier.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    said_on = forms.DateField(
        label=_("Since which day is it so?"),
        widget=forms.DateInput(attrs={"type": "date"}),
        initial=timezone.localdate,
    )
    reason = forms.CharField(
        label=_("Why, and how you know it"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        validators=[plain_text],
        help_text=_(
            "The coordinators of your side read it, and if they accept it, members too. Write no names of people."
        ),
    )
    uid = forms.UUIDField(widget=forms.HiddenInput)
    marks_optional = False

    class Meta:
        model = Facility
        fields = upkeep_selectors.ASKABLE
        widgets = {
            "name_ar": forms.TextInput(attrs={"dir": "rtl", "lang": "ar"}),
            "name_en": forms.TextInput(attrs={"dir": "ltr", "lang": "en"}),
            "hours_ar": forms.TextInput(attrs={"dir": "rtl", "lang": "ar"}),
            "hours_en": forms.TextInput(attrs={"dir": "ltr", "lang": "en"}),
            "head": forms.TextInput(attrs={"dir": "auto"}),
            "phones": forms.TextInput(attrs={"dir": "ltr"}),
        }

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        own = upkeep_selectors.own_words(facility)
        barriers = own.pop("barriers")
        initial = own | {"lacks": barriers, "uid": uuid.uuid4()}
        super().__init__(*args, instance=facility, initial=initial, **kwargs)
        fields: dict[str, Any] = self.fields
        for name in (*upkeep_selectors.ASKABLE, "lacks"):
            # Asked for is what differs from the page that they saw, though others have changed it since.
            fields[name].show_hidden_initial = True
        fields["functionality"].choices = SAYABLE
        fields["kind"].queryset = fields["kind"].queryset.order_by("name", "pk")
        fields["district"].queryset = upkeep_selectors.districts_of(facility)
        fields["municipality"].queryset = upkeep_selectors.municipalities_of(facility)

    def sections(self) -> list[dict[str, Any]]:
        """Return the fields in groups; open are those in which something is wrong, and the first."""
        return [
            {
                "title": title,
                "rows": [self[name] for name in names],
                "open": not number or any(name in self.errors for name in names),
            }
            for number, (title, names) in enumerate(SECTIONS)
        ]

    def proposed(self) -> dict[str, Any]:
        """Return what was changed, as the service takes it."""
        changed = set(self.changed_data)
        data = self.cleaned_data
        words = {name: upkeep_selectors.primitive(data[name]) for name in upkeep_selectors.ASKABLE if name in changed}
        return words | ({"barriers": data["lacks"]} if "lacks" in changed else {})

    def day(self) -> date:
        return self.cleaned_data["said_on"]


class HideForm(SafeForm):
    """Why a facility must not be seen; it may stay empty where there is no time."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Only the coordinators of your side read it."),
    )
