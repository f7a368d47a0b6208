"""Possible duplicates: found by a rule, decided by a person."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import duplicates, policies, selectors
from campaigns.enums import PAIR_MOVES, PairMove, PairState
from campaigns.models import Campaign, DuplicatePair
from network.enums import DomainError
from network.models import Transition, User
from network.services import record_transition, require_move

BATCH = 500


class NotYourPair(DomainError):
    message = _("This is decided by the coordinators of their side, across sides by the national ones.")


def find_pairs(*, campaign: Campaign, now: datetime) -> int:
    """Look through all entries of a campaign and keep the new pairs; return how many. What was decided stays.

    A pair that nobody has decided and that has nothing in common any more goes again.
    """
    of = {int(traits.id): traits for traits in selectors.traits(campaign)}
    found = duplicates.find(of.values())
    return _keep(campaign, of, {(int(first), int(second)): reasons for (first, second), reasons in found.items()}, now)


@transaction.atomic
def _keep(
    campaign: Campaign,
    of: dict[int, duplicates.Traits],
    found: dict[tuple[int, int], frozenset[duplicates.Reason]],
    now: datetime,
) -> int:
    # One after another, or two of them would each find what is new.
    Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)
    known = {(row.first_id, row.second_id): row for row in DuplicatePair.objects.filter(campaign=campaign)}
    gone = []
    for (first, second), row in known.items():
        # Asked of the two alone: of a crowd each is found with one other, and what was found before it was one stays.
        same = duplicates.in_common(of[first], of[second]) if first in of and second in of else frozenset()
        if not same and row.state == PairState.OPEN:
            gone.append(row.pk)
        elif same and row.reasons != _words(same):
            row.reasons = _words(same)
            row.save(update_fields=["reasons"])
    for number in range(0, len(gone), BATCH):
        DuplicatePair.objects.filter(pk__in=gone[number : number + BATCH]).delete()
    new = _insert(campaign, [(pair, _words(same)) for pair, same in found.items() if pair not in known], now)
    Campaign.objects.filter(pk=campaign.pk).update(compared_at=now)
    return new


def _words(reasons: frozenset[duplicates.Reason]) -> list[str]:
    return sorted(map(str, reasons))


def _insert(campaign: Campaign, rows: Iterable[tuple[tuple[int, int], list[str]]], now: datetime) -> int:
    made = DuplicatePair.objects.bulk_create(
        (
            DuplicatePair(campaign=campaign, first_id=first, second_id=second, reasons=reasons, found_at=now)
            for (first, second), reasons in rows
        ),
        batch_size=BATCH,
    )
    Transition.objects.bulk_create(
        (
            Transition(
                subject_type=DuplicatePair._meta.label_lower, subject_id=row.pk, move=PairMove.FIND, from_state="",
                to_state=row.state, at=now,
            )
            for row in made
        ),
        batch_size=BATCH,
    )  # fmt: skip
    return len(made)


@transaction.atomic
def decide_pair(*, pair: DuplicatePair, same: bool, by: User, note: str) -> DuplicatePair:
    """Say whether two entries are one person's; nothing else follows. Saying it twice is as once. Raises NotYourPair."""
    rows = DuplicatePair.objects.select_for_update(of=("self",)).select_related("first", "second")
    pair, now = rows.get(pk=pair.pk), timezone.now()
    if not policies.decides_pair(by, pair.first, pair.second):
        raise NotYourPair
    if pair.state == (PairState.SAME if same else PairState.DIFFERENT):
        return pair
    step, before = PairMove.JOIN if same else PairMove.PART, pair.state
    pair.state = require_move(PAIR_MOVES, step, pair)
    pair.decided_at, pair.decided_by, pair.note = now, by, note.strip()
    pair.save(update_fields=["state", "decided_at", "decided_by", "note"])
    record_transition(pair, step, from_state=before, to_state=pair.state, by=by, at=now, reason=pair.note)
    return pair
