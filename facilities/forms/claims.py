from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, gettext_lazy as _

from facilities.enums import Barrier, Contested, Functionality
from facilities.models.registry import LONGEST_EVIDENCE
from network.forms import SafeForm
from network.models import Region

SAYABLE = [choice for choice in Functionality.choices if choice[0] != Functionality.DISPUTED]


class ClaimForm(SafeForm):
    """What the sources of a side say of one contested value of a facility; emptied, a side takes back what it has said."""

    side = forms.ModelChoiceField(label=_("For which side"), queryset=Region.objects.none())
    value = forms.CharField(label=_("What they say"), max_length=160, required=False)
    barriers = forms.MultipleChoiceField(
        label=_("What it lacks"), choices=Barrier.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    said_on = forms.DateField(label=_("As of"), widget=forms.DateInput(attrs={"type": "date"}))
    evidence = forms.CharField(
        label=_("How this is known"),
        max_length=LONGEST_EVIDENCE,
        help_text=_("A visit, a letter, a list: without names of people. Members read it."),
    )

    def __init__(self, *args: Any, field: str, sides: Any, said: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.said = said
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
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"}),
            )
        elif field != Contested.FUNCTIONALITY:
            self.fields["value"].widget.attrs["dir"] = "auto"
        if field != Contested.FUNCTIONALITY:
            self._let_be_emptied()

    def _let_be_emptied(self) -> None:
        value: Any = self.fields["value"]
        value.needed = not self.said
        if self.said:
            told = format_html_join(
                " · ", '<bdi dir="auto">{}</bdi>', [[word] for word in dict.fromkeys(self.said.values())]
            )
            value.help_text = format_html(
                gettext("Your side says: {value}. Leave it empty to take that back."), value=told
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        side = given.get("side")
        if side and not given.get("value") and "value" not in self.errors and side.pk not in self.said:
            self.add_error("value", forms.Field.default_error_messages["required"])
        return given
