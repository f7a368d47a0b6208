"""A monthly report as it is typed on a phone: a box for each indicator, with the month before beside it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from facilities.models import Indicator, ReportValue
from facilities.plausibility import Doubt
from facilities.services import Figure
from network.forms import NumberField, SafeForm

BIG = {"inputmode": "numeric", "dir": "ltr", "class": "short digits", "autocomplete": "off"}


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator: its box, the month before, and why it is doubted."""

    indicator: Indicator
    box: forms.BoundField
    word: forms.BoundField
    before: int | None
    doubt: Doubt | None
    shows_word: bool


class MonthlyReportForm(SafeForm):
    """The figures of a month. An empty box is not reported; 0 is none."""

    def __init__(
        self,
        *args: Any,
        indicators: Collection[Indicator],
        before: Mapping[str, int],
        stands: Mapping[str, ReportValue],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.indicators, self.before, self.stands = indicators, before, stands
        self.doubts: Mapping[str, Doubt] = {}
        for row in indicators:
            known = stands.get(row.family)
            self.fields[f"v-{row.family}"] = NumberField(
                label=row.name,
                min_value=0,
                max_value=row.highest,
                required=False,
                initial=known.value if known else None,
                show_hidden_initial=True,
                widget=forms.TextInput(attrs=dict(BIG)),
            )
            word = forms.CharField(
                label=_("Why it is right"),
                max_length=200,
                required=False,
                initial=known.word if known else "",
                show_hidden_initial=True,
                widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
            )
            self._protect(word)
            self.fields[f"w-{row.family}"] = word

    def doubt(self, found: Iterable[Doubt]) -> None:
        """Show these doubts beside their boxes."""
        self.doubts = {doubt.code: doubt for doubt in found}

    @property
    def lines(self) -> Iterator[Line]:
        for row in self.indicators:
            word, doubt = self[f"w-{row.family}"], self.doubts.get(row.family)
            shows = doubt is not None or bool(word.value()) or bool(word.errors)
            yield Line(row, self[f"v-{row.family}"], word, self.before.get(row.family), doubt, shows)

    def figures(self) -> dict[str, Figure]:
        """Return what was typed, of the boxes that do not say any more what they said when the page was opened."""
        data, changed = self.cleaned_data, set(self.changed_data)
        families = [row.family for row in self.indicators if changed & {f"v-{row.family}", f"w-{row.family}"}]
        return {family: Figure(data[f"v-{family}"], data[f"w-{family}"]) for family in families}
