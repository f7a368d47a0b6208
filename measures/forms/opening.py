"""What is chosen when a vote is opened, and the votes that are supposed beforehand to see what they would come to."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from measures import adoption, policies
from measures.adoption import Rule, Side, Tally
from measures.enums import CHOICES_OF, COUNTED_AS, Choice, Electorate, Method, Secrecy
from network.forms import SafeForm
from network.models import Region

USUAL_QUORUM, USUAL_THRESHOLD, USUAL_DAYS = 40, 60, 10
MINUTE = "%Y-%m-%dT%H:%M"
ABROAD = "abroad"


def _percent(label: Any, initial: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        initial=initial,
        min_value=1,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
    )


class OpeningForm(SafeForm):
    """The rules of a vote, each side's own. `sizes` is by electorate {side: how many may vote}; None is abroad."""

    method = forms.ChoiceField(
        label=_("How do you decide?"), choices=Method, widget=forms.RadioSelect, initial=Method.CONSENSUS
    )
    secrecy = forms.ChoiceField(
        label=_("Secret or open?"), choices=Secrecy, widget=forms.RadioSelect, initial=Secrecy.SECRET
    )
    electorate = forms.ChoiceField(
        label=_("Who may vote?"), choices=Electorate, widget=forms.RadioSelect, initial=Electorate.MEMBERS
    )
    closes_at = forms.DateTimeField(
        label=_("When does it close? (Tripoli time)"),
        input_formats=[MINUTE],
        widget=forms.DateTimeInput(format=MINUTE, attrs={"type": "datetime-local"}),
        help_text=_("After a day at the earliest, after sixty days at the latest."),
    )
    abroad = forms.BooleanField(
        label=_("Members abroad vote as a group of their own, which has to agree too"), required=False
    )

    def __init__(
        self,
        *args: Any,
        regions: list[Region],
        sizes: Mapping[str, Mapping[Side, int]],
        from_session: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.regions, self.sizes = regions, sizes
        self.keys: dict[str, Side] = {**{region.code: region.pk for region in regions}, ABROAD: None}
        self.names = {**{region.code: str(region) for region in regions}, ABROAD: gettext("Members abroad")}
        if not from_session:
            self.fields["electorate"].choices = [(Electorate.MEMBERS.value, Electorate.MEMBERS.label)]  # type: ignore[attr-defined]
        self.initial.setdefault("closes_at", self._usual_close())
        for key in self.keys:
            self.fields[f"quorum-{key}"] = _percent(_("Quorum, in percent"), USUAL_QUORUM)
            self.fields[f"threshold-{key}"] = _percent(_("Threshold, in percent"), USUAL_THRESHOLD)
            for choice in Choice:
                self.fields[f"{choice}-{key}"] = forms.IntegerField(
                    label=COUNTED_AS[choice],
                    required=False,
                    validators=[MinValueValidator(0), MaxValueValidator(1_000_000)],
                    widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0, "class": "short"}),
                )

    def _usual_close(self) -> Any:
        day = timezone.localtime() + timedelta(days=USUAL_DAYS)
        return day.replace(hour=20, minute=0, second=0, microsecond=0)

    def clean_closes_at(self) -> Any:
        closes = self.cleaned_data["closes_at"]
        if not policies.closing_is_sound(timezone.now(), closes):
            raise ValidationError(_("A vote lasts a day at least and sixty days at most."))
        return closes

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        empty = [self.names[key] for key in self.taking_part() if not self.roll(key)]
        if empty:
            self.add_error(
                None,
                gettext("Nobody may vote here, so that no vote could adopt the measure: %(sides)s.")
                % {"sides": gettext("; ").join(empty)},
            )
        return data

    # --- what was chosen ----------------------------------------------------------------------------------------------

    def chosen(self, name: str) -> Any:
        """Return what was chosen or, before anything was, what is usual."""
        if self.is_bound and name in getattr(self, "cleaned_data", {}):
            return self.cleaned_data[name]
        return self.initial.get(name, self.fields[name].initial)

    def taking_part(self) -> list[str]:
        return [key for key in self.keys if key != ABROAD or self.chosen("abroad")]

    def roll(self, key: str) -> int:
        kind = self.chosen("electorate") or Electorate.MEMBERS
        return self.sizes[kind].get(self.keys[key], 0)

    def rule(self, key: str) -> Rule:
        percent = self.chosen(f"quorum-{key}") or USUAL_QUORUM
        return Rule(policies.quorum_of(percent, self.roll(key)), self.chosen(f"threshold-{key}") or USUAL_THRESHOLD)

    def rules(self) -> dict[Side, Rule]:
        return {self.keys[key]: self.rule(key) for key in self.taking_part()}

    @property
    def method_chosen(self) -> Method:
        return Method(self.chosen("method") or Method.CONSENSUS)

    # --- what is supposed ---------------------------------------------------------------------------------------------

    def answers(self) -> tuple[Choice, ...]:
        return CHOICES_OF[self.method_chosen]

    def supposes(self) -> bool:
        """Tell whether any vote was supposed; before that, the fewest that would adopt stand there."""
        return any(self.chosen(f"{choice}-{key}") is not None for key in self.keys for choice in Choice)

    def tally(self, key: str) -> Tally:
        """Return the supposed votes of a side."""
        if not self.supposes():
            fewest = adoption.least(self.method_chosen, self.rule(key), self.roll(key))
            rest = max(fewest.votes - fewest.agree, 0)
            return Tally(agree=fewest.agree, abstain=rest) if rest else Tally(agree=fewest.agree)
        return Tally(**{choice.value: self.chosen(f"{choice}-{key}") or 0 for choice in self.answers()})

    def too_many(self) -> list[str]:
        """Return the sides of which more votes were supposed than may vote."""
        return [self.names[key] for key in self.taking_part() if self.tally(key).votes > self.roll(key)]
