"""How a side stands, in words and as a picture: the same for a vote that is over and for one that is only supposed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_lazy as _, ngettext

from measures.adoption import Standing, Tally, needed
from measures.disclosure import Level
from measures.enums import CHOICES_OF, COUNTED_AS, Method
from measures.outcomes import SideResult
from network.disclosure import SMALLEST, figure

ABROAD = _("Members abroad")


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of 100: how far it is filled, and where the mark stands that it has to reach."""

    name: str
    filled: str
    mark: str


def _share(part: int, whole: int) -> str:
    """Return a share of 100 as SVG writes it, whatever the language."""
    return f"{min(100 * part / whole, 100):.1f}" if whole else "0"


@dataclass(frozen=True, slots=True)
class Side:
    """One side as it is drawn."""

    name: str
    method: str
    roll: int
    tally: Tally
    standing: Standing
    level: Level = Level.ALL

    @property
    def told(self) -> bool:
        return self.level >= Level.TURNOUT

    @property
    def all_told(self) -> bool:
        return self.level == Level.ALL

    @property
    def agreed_told(self) -> bool:
        return self.level >= Level.AGREED

    @property
    def others(self) -> int:
        return self.tally.votes - self.tally.agree

    def answers(self) -> list[tuple[Any, int]]:
        """Return (answer, votes) where each is told."""
        return [(COUNTED_AS[choice], getattr(self.tally, choice.value)) for choice in CHOICES_OF[Method(self.method)]]

    def bars(self) -> list[Bar]:
        if not self.told:
            return []
        rule = self.standing
        bars = [
            Bar(
                gettext("Votes, of all who may vote"),
                _share(self.tally.votes, self.roll),
                _share(rule.quorum, self.roll),
            )
        ]
        if self.all_told and self.method != Method.CONSENT:
            decided = self.tally.deciding
            bars.append(
                Bar(gettext("Agreed, of those who decided"), _share(self.tally.agree, decided), str(rule.threshold))
            )
        return bars

    def words(self) -> list[str]:
        """Say how the side stands, sentence by sentence."""
        if not self.told and self.tally.votes >= SMALLEST:
            return [
                gettext(
                    "So that nobody can tell which side objected, only this is told of it: it has reached what it had to."
                )
                if self.standing.reached
                else gettext(
                    "So that nobody can tell which side objected, only this is told of it: it has not reached what it had to."
                )
            ]
        if not self.told:
            return [
                gettext("Fewer than five of this side voted, so that only this is told: it has reached what it had to.")
                if self.standing.reached
                else gettext(
                    "Fewer than five of this side voted, so that only this is told: it has not reached what it had to."
                )
            ]
        return [self._quorum(), self._threshold()]

    def _quorum(self) -> str:
        values = {"votes": self.tally.votes, "roll": self.roll, "quorum": self.standing.quorum}
        if self.standing.quorum_reached:
            return gettext("Votes: %(votes)s of %(roll)s. The quorum is %(quorum)s, and is reached.") % values
        return gettext("Votes: %(votes)s of %(roll)s. The quorum is %(quorum)s, and is not reached.") % values

    def _threshold(self) -> str:
        standing, tally = self.standing, self.tally
        if self.method == Method.CONSENT:
            if standing.threshold_reached:
                return gettext("Somebody agreed; that is enough where nobody objects.")
            return gettext("Nobody agreed.")
        values = {
            "agreed": tally.agree,
            "decided": tally.deciding,
            "needed": max(needed(standing.threshold, tally.deciding), 1),
            "percent": standing.threshold,
        }
        if not self.all_told:
            if standing.threshold_reached:
                return gettext("The threshold of %(percent)s%% is reached.") % values
            return gettext("The threshold of %(percent)s%% is not reached.") % values
        if standing.threshold_reached:
            return (
                gettext("Agreed: %(agreed)s of %(decided)s who decided. %(percent)s%% asks for %(needed)s: reached.")
                % values
            )
        return (
            gettext("Agreed: %(agreed)s of %(decided)s who decided. %(percent)s%% asks for %(needed)s: not reached.")
            % values
        )


def of_result(result: SideResult, method: str) -> Side:
    name = str(result.rule.region or ABROAD)
    return Side(name, method, result.rule.roll, result.tally, result.standing, result.level)


def shown_rules(rules: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the rules of the sides as a voter reads them; how many may vote, below five, as "<5"."""
    return [
        {
            "name": str(row.region or ABROAD),
            "roll": figure(row.roll),
            "quorum": row.quorum if row.roll >= SMALLEST else None,
            "threshold": row.threshold,
        }
        for row in rules
    ]


def objections_sentence(count: int) -> str:
    return ngettext("%(count)s objection stands.", "%(count)s objections stand.", count) % {"count": count}
