"""The seats of a session once more, from the journal alone: who must have one by the rule, against who has one.

The journal tells what people did (asked, withdrew, declined, let an offer run out) and how many seats there were, kept for whom, until
when. What the rule made of it is computed anew and compared: with every answer and offer as recorded, and with the rows as they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.dateparse import parse_datetime

from dialogues import allocation, policies
from dialogues.allocation import Asker, Floors, Held, Verdict
from dialogues.enums import SEATED_STATES, RegistrationMove, RegistrationState, SessionState
from dialogues.models import Registration, Session
from network.models import Transition

ANSWERS = (RegistrationMove.CONFIRM, RegistrationMove.WAIT)
LEAVING = (RegistrationMove.CANCEL, RegistrationMove.DECLINE, RegistrationMove.EXPIRE)


@dataclass
class _Site:
    seats: int = 0
    floors: Floors = allocation.NO_FLOORS
    holding: dict[int, Asker] = field(default_factory=dict)
    waiting: dict[int, Asker] = field(default_factory=dict)

    def held(self) -> Held:
        sides: dict[int | None, int] = {}
        professions: dict[int | None, int] = {}
        for asker in self.holding.values():
            sides[asker.side] = sides.get(asker.side, 0) + 1
            professions[asker.profession] = professions.get(asker.profession, 0) + 1
        return Held(len(self.holding), sides, professions)


@dataclass
class Replay:
    """What came out: how many moves were computed anew, and every difference in a sentence with ids."""

    moves: int = 0
    differences: list[str] = field(default_factory=list)


def replay(session: Session) -> Replay:
    """Compute the session's seats anew and compare."""
    return _Replay(session).run()


class _Replay:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.rows = {row.pk: row for row in session.registrations.select_related("site").order_by("pk")}
        self.sites: dict[int, _Site] = {}
        self.until: datetime | None = None
        self.starts: datetime | None = None
        self.state = ""
        self.result = Replay()

    def run(self) -> Replay:
        for at, steps in groupby(self._steps(), key=lambda step: step.at):
            for step in steps:
                self._take(step)
            self._nothing_left_undone(at)
        self._compare_rows()
        return self.result

    def _steps(self) -> Iterator[Transition]:
        """Return the journal of the session and its registrations. All of it was written under one lock: its ids are its order."""
        own = Q(subject_type=Session._meta.label_lower, subject_id=self.session.pk)
        theirs = Q(subject_type=Registration._meta.label_lower, subject_id__in=list(self.rows))
        return Transition.objects.filter(own | theirs).order_by("pk").iterator()

    def _differs(self, sentence: str) -> None:
        self.result.differences.append(sentence)

    # --- one step ---------------------------------------------------------------------------------------------------

    def _take(self, step: Transition) -> None:
        if step.subject_type == Session._meta.label_lower:
            self.state = step.to_state or self.state
            if "seats" in step.changes:
                self._plan(step.changes["seats"])
            return
        row = self.rows[step.subject_id]
        asker = Asker(row.pk, step.changes.get("side", row.side_id), step.changes.get("profession", row.profession_id))
        site = self.sites.setdefault(row.site_id, _Site(seats=row.site.seats))
        if step.move in ANSWERS and step.from_state == RegistrationState.REQUESTED:
            self._answer(step, site, asker)
        elif step.move == RegistrationMove.OFFER:
            self._offer(step, site, asker)
        elif step.move in LEAVING:
            site.waiting.pop(row.pk, None)
            site.holding.pop(row.pk, None)

    def _plan(self, plan: dict[str, Any]) -> None:
        self.until, self.starts = parse_datetime(plan["until"]), parse_datetime(plan["starts"])
        for pk, kept in plan["sites"].items():
            site = self.sites.setdefault(int(pk), _Site())
            site.seats = kept["seats"]
            site.floors = Floors(dict(map(tuple, kept["sides"])), dict(map(tuple, kept["professions"])))

    def _floors(self, site: _Site, at: datetime) -> Floors:
        return allocation.NO_FLOORS if self.until is None or at >= self.until else site.floors

    def _answer(self, step: Transition, site: _Site, asker: Asker) -> None:
        self.result.moves += 1
        floors = self._floors(site, step.at)
        verdict = allocation.answer(
            asker, list(site.waiting.values()), seats=site.seats, floors=floors, held=site.held()
        )
        got = step.move == RegistrationMove.CONFIRM
        self._same(step, verdict, seated=got)
        (site.holding if got else site.waiting)[asker.number] = asker

    def _offer(self, step: Transition, site: _Site, asker: Asker) -> None:
        self.result.moves += 1
        chosen, verdict = self._next(site, step.at)
        if chosen is None or verdict is None:
            self._differs(f"Registration {asker.number} was offered a seat, the rule offers none.")
        elif chosen.number != asker.number:
            self._differs(f"Registration {asker.number} was offered the seat of registration {chosen.number}.")
        else:
            self._same(step, verdict, seated=True)
        site.waiting.pop(asker.number, None)
        site.holding[asker.number] = asker

    def _next(self, site: _Site, at: datetime) -> tuple[Asker, Verdict] | tuple[None, None]:
        floors = self._floors(site, at)
        return allocation.choose(site.waiting.values(), seats=site.seats, floors=floors, held=site.held())

    def _same(self, step: Transition, verdict: Verdict, *, seated: bool) -> None:
        recorded = step.changes.get("rule")
        if verdict.seated != seated:
            said = "has a seat and must wait" if seated else "waits and must have a seat"
            self._differs(f"Registration {step.subject_id} {said} ({verdict.rule}).")
        # The words of an erased person are gone, their reason with them.
        elif recorded and recorded != verdict.rule:
            self._differs(f"Registration {step.subject_id}: recorded “{recorded}”, the rule says “{verdict.rule}”.")

    def _nothing_left_undone(self, at: datetime) -> None:
        """Nobody who may have a seat is left waiting, as long as seats are offered at all."""
        if self.state != SessionState.PUBLISHED or self.starts is None:
            return
        if policies.offer_deadline(now=at, starts_at=self.starts, usual=settings.OFFER_TIME) is None:
            return
        for site in self.sites.values():
            chosen, _ = self._next(site, at)
            if chosen:
                self._differs(f"Registration {chosen.number} was to be offered a seat at {at.isoformat()}.")

    # --- the end ----------------------------------------------------------------------------------------------------

    def _compare_rows(self) -> None:
        must = {number for site in self.sites.values() for number in site.holding}
        has = {pk for pk, row in self.rows.items() if row.state in SEATED_STATES and not row.walked_in}
        self._list(must - has, "must have a seat and has none")
        self._list(has - must, "has a seat that the journal does not give it")
        for site in self.session.sites.order_by("pk"):
            counted = len(self.sites[site.pk].holding) if site.pk in self.sites else 0
            if counted != site.taken:
                self._differs(f"Site {site.pk} counts {site.taken} seats taken, the journal {counted}.")

    def _list(self, numbers: Iterable[int], said: str) -> None:
        for number in sorted(numbers):
            self._differs(f"Registration {number} {said}.")
