from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities.enums import Barrier, Contested, Functionality
from network.forms import SafeForm
from network.models import Region

SAYABLE = [choice for choice in Functionality.choices if choice[0] != Functionality.DISPUTED]


class ClaimForm(SafeForm):
    """What the sources of a side say of one contested value of a facility."""

    side = forms.ModelChoiceField(label=_("For which side"), queryset=Region.objects.none())
    value = forms.CharField(label=_("What they say"), max_length=160, required=False)
    barriers = forms.MultipleChoiceField(
        label=_("What it lacks"), choices=Barrier.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    said_on = forms.DateField(label=_("As of"), widget=forms.DateInput(attrs={"type": "date"}))
    evidence = forms.CharField(
        label=_("How this is known"),
        max_length=300,
        help_text=_("A visit, a letter, a list: without names of people."),
    )

    def __init__(self, *args: Any, field: str, sides: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["side"]
        choice.queryset = Region.objects.filter(pk__in=sides).order_by("position", "pk")
        choice.initial = min(sides, default=None)
        self.fields["said_on"].initial = timezone.localdate
        if field == Contested.FUNCTIONALITY:
            # Nothing is chosen for them: a claim stands beside those of other sides.
            self.fields["value"] = forms.ChoiceField(
                label=_("Does it work?"), choices=[("", _("Choose one")), *SAYABLE]
            )
        else:
            del self.fields["barriers"]
        if field == Contested.BEDS:
            self.fields["value"] = forms.CharField(
                label=_("Number of beds"),
                max_length=5,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"}),
            )
        elif field != Contested.FUNCTIONALITY:
            self.fields["value"].widget.attrs["dir"] = "auto"
