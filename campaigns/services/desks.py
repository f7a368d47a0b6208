"""Desks: who keeps and serves them, what is counted there under which receipt, and what is given out. Numbers are added, never changed."""

import uuid
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import chain, policies
from campaigns.enums import OUT_STATES
from campaigns.models import Desk, DeskCollector, Distribution, Entry, HandIn
from campaigns.services import entries as entry_services
from network.enums import DomainError, MemberState
from network.models import Municipality, Practitioner, User
from network.services import record_edit, record_transition, require_seen, take_changes


class NotYourDesk(DomainError):
    message = _("Only the coordinators of the side on which this desk stands can do this.")


class NotACollector(DomainError):
    message = _("Only somebody who collects at this desk today can do this.")


class NoActiveMember(DomainError):
    message = _("A collector is an active member of your side.")


class CollectsAlready(DomainError):
    message = _("This person is a collector of this desk already.")


class DeskInUse(DomainError):
    message = _("Receipts were given out here already: the campaign, the municipality and the letters stay.")


class NothingIsTakenIn(DomainError):
    message = _("This campaign takes nothing in at the moment.")


class EntryIsOut(DomainError):
    message = _("This entry takes no part any more: it was withdrawn or disqualified.")


class OwnEntry(DomainError):
    message = _(
        "You have entered this one yourself, or it has your telephone or e-mail. Somebody else has to count it."
    )


class FormUsed(DomainError):
    message = _("This form has counted another entry already. Please open it again.")


class NothingBrought(DomainError):
    message = _("Please write how many pieces they bring.")


class NothingChanges(DomainError):
    message = _("These are the numbers as they stand: there is nothing to correct.")


class NotANumber(DomainError):
    message = _("Please write a whole number and a reason.")


class BelowNothing(DomainError):
    message = _("A number can't be below zero.")


class NotThatMany(DomainError):
    message = _("So many are not at this desk: counted and not given out yet are %(left)s.")


# --- the desk and its people --------------------------------------------------------------------------------------------


def _lock_desk(desk: Desk) -> Desk:
    return Desk.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=desk.pk)


def _require_keeper(by: User, side_id: int) -> None:
    if not policies.keeps_desk(by, side_id):
        raise NotYourDesk


@transaction.atomic
def save_desk(*, desk: Desk, changed: Collection[str], by: User) -> Desk:
    """Keep a new desk of a contest, or of one that is there what was `changed`; its side is that of its municipality.

    Raises NotYourDesk, NothingIsTakenIn for another campaign, DeskInUse for what its receipts rest on, and ChangedMeanwhile.
    """
    now = timezone.now()
    side = Municipality.objects.select_related("district__region").get(pk=desk.municipality_id).district.region
    _require_keeper(by, side.pk)
    if not desk.campaign.is_contest:
        raise NothingIsTakenIn
    if desk.pk is None:
        desk.side = side
        desk.save()
        record_transition(desk, "create", from_state="", to_state="", by=by, at=now)
        return desk
    kept = _lock_desk(desk)
    _require_keeper(by, kept.side_id)
    fixed = {"campaign", "municipality", "prefix"} & set(changed)
    if kept.last_number and any(getattr(kept, name) != getattr(desk, name) for name in fixed):
        raise DeskInUse
    kept.save(update_fields=take_changes(kept, desk, changed))
    if "municipality" in changed and kept.side_id != side.pk:
        kept.side = side
        kept.save(update_fields=["side"])
    record_edit(kept, changed={"fields": sorted(changed)} if changed else {}, by=by, at=now)
    return kept


@transaction.atomic
def name_collector(
    *, desk: Desk, practitioner: Practitioner, starts_on: date, ends_on: date | None, by: User
) -> DeskCollector:
    """Let a member count at a desk, from a day to a day. Raises NotYourDesk, NoActiveMember, CollectsAlready."""
    desk, now = _lock_desk(desk), timezone.now()
    _require_keeper(by, desk.side_id)
    known = Practitioner.objects.visible_to(by).filter(pk=practitioner.pk, state=MemberState.ACTIVE)
    if not known.exists():
        raise NoActiveMember
    if desk.collectors.filter(practitioner=practitioner, ended_at__isnull=True).exists():
        raise CollectsAlready
    row = DeskCollector.objects.create(
        desk=desk, practitioner=practitioner, starts_on=starts_on, ends_on=ends_on, named_at=now, named_by=by
    )
    record_edit(desk, changed={"collector": row.pk}, by=by, at=now)
    return row


@transaction.atomic
def end_collector(*, collector: DeskCollector, by: User) -> DeskCollector:
    """Let somebody count no more; what they counted stays. Doing it twice is the same as once. Raises NotYourDesk."""
    desk = _lock_desk(collector.desk)
    _require_keeper(by, desk.side_id)
    return _end(DeskCollector.objects.get(pk=collector.pk), by, timezone.now())


def _end(row: DeskCollector, by: User, at: datetime) -> DeskCollector:
    if row.ended_at is None:
        row.ended_at, row.ended_by = at, by
        row.save(update_fields=["ended_at", "ended_by"])
        record_edit(row.desk, changed={"collector_ended": row.pk}, by=by, at=at)
    return row


@transaction.atomic
def give_up_desks(*, practitioner: Practitioner, by: User) -> None:
    """Let somebody who leaves or is suspended count nowhere any more."""
    now = timezone.now()
    rows = DeskCollector.objects.filter(practitioner=practitioner, ended_at__isnull=True).select_related("desk")
    for row in rows.order_by("pk"):
        _end(row, by, now)


# --- counting -----------------------------------------------------------------------------------------------------------


def _require_collector(desk: Desk, by: User) -> None:
    if not Desk.objects.kept_by(by, timezone.localdate()).filter(pk=desk.pk).exists():
        raise NotACollector


def _require_countable(entry: Entry, by: User) -> None:
    if by.pk in chain.own_of([entry])[entry.pk]:
        raise OwnEntry


def _add(desk: Desk, row: HandIn) -> HandIn:
    """Add a row under the desk's next number; the desk is locked."""
    desk.last_number += 1
    desk.save(update_fields=["last_number"])
    row.number = desk.last_number
    row.save(force_insert=True)
    return row


@transaction.atomic
def count_hand_in(*, desk: Desk, entry: Entry, uid: uuid.UUID, brought: int, pieces: int, by: User) -> HandIn:
    """Take in what an entry brings, and count it: a row with the desk's next number. The same `uid` again is the row that is there.

    `brought` is what its sender says, at least 1; `pieces` what `by` counted at the table. Raises NotACollector, NothingIsTakenIn,
    EntryIsOut, OwnEntry, NothingBrought, BelowNothing, FormUsed.
    """
    # Entry first, then desk: everybody takes both locks in this order.
    entry, desk, now = entry_services.lock(entry), _lock_desk(desk), timezone.now()
    _require_collector(desk, by)
    known = HandIn.objects.filter(uid=uid).select_related("desk", "entry").first()
    if known:
        if (known.desk_id, known.entry_id) != (desk.pk, entry.pk):
            raise FormUsed
        return known
    if entry.campaign_id != desk.campaign_id or not policies.takes_in(desk.campaign):
        raise NothingIsTakenIn
    if entry.state in OUT_STATES:
        raise EntryIsOut
    _require_countable(entry, by)
    if brought < 1:
        raise NothingBrought
    if pieces < 0:
        raise BelowNothing
    row = _add(
        desk, HandIn(uid=uid, desk=desk, entry=entry, brought=brought, pieces=pieces, counted_at=now, counted_by=by)
    )
    entry_services.settle(entry=entry, by=by, at=now)
    return row


@transaction.atomic
def correct_hand_in(*, row: HandIn, uid: uuid.UUID, seen: int, brought: int, pieces: int, why: str, by: User) -> HandIn:
    """Say what a receipt should have said: a row of the difference, with a number of its own.

    The same `uid` again is the row that is there; `seen` is how many corrections its writer knew of. Also of an entry that is out by
    now: what lies at the desk is what it is. Raises NotACollector, FormUsed, OwnEntry, BelowNothing, CorrectedMeanwhile, NothingChanges.
    """
    entry, desk, now = entry_services.lock(row.entry), _lock_desk(row.desk), timezone.now()
    _require_collector(desk, by)
    known = HandIn.objects.filter(uid=uid).select_related("desk", "entry").first()
    if known:
        if known.corrects_id != row.pk:
            raise FormUsed
        return known
    _require_countable(entry, by)
    if min(brought, pieces) < 0:
        raise BelowNothing
    stands = chain.as_it_stands(HandIn.objects.get(pk=row.corrects_id or row.pk))
    require_seen(stands.corrections.all(), seen)
    more = (brought - stands.brought_now, pieces - stands.pieces_now)  # type: ignore[attr-defined]
    if more == (0, 0):
        raise NothingChanges
    made = HandIn(
        uid=uid, desk=desk, entry=entry, brought=more[0], pieces=more[1], corrects=stands, why=why, counted_at=now, counted_by=by
    )  # fmt: skip
    _add(desk, made)
    entry_services.settle(entry=entry, by=by, at=now)
    return made


# --- giving out ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_distribution(*, given: Distribution, by: User) -> Distribution:
    """Keep what went from a desk to a group; the same `uid` again is the row that is there. Raises NotYourDesk, NotThatMany."""
    desk, now = _lock_desk(given.desk), timezone.now()
    _require_keeper(by, desk.side_id)
    known = Distribution.objects.filter(uid=given.uid, desk=desk).first()
    if known:
        return known
    left = chain.left_at(desk)
    if given.pieces > left:
        raise NotThatMany(left=max(left, 0))
    given.entered_at, given.entered_by = now, by
    given.save(force_insert=True)
    return given


@transaction.atomic
def correct_distribution(*, given: Distribution, pieces: int, why: str, by: User) -> Distribution:
    """Say how many a distribution really was, 0 for one that was none. Raises NotYourDesk, BelowNothing, NothingChanges, NotThatMany."""
    desk, now = _lock_desk(given.desk), timezone.now()
    _require_keeper(by, desk.side_id)
    if pieces < 0:
        raise BelowNothing
    stands = Distribution.objects.get(pk=given.corrects_id or given.pk)
    more = pieces - chain.given_now(stands)
    if not more:
        raise NothingChanges
    left = chain.left_at(desk)
    if more > left:
        raise NotThatMany(left=max(left, 0))
    made = Distribution(
        uid=uuid.uuid4(), desk=desk, pieces=more, municipality_id=stands.municipality_id, to_whom=stands.to_whom,
        given_on=stands.given_on, corrects=stands, why=why, entered_at=now, entered_by=by,
    )  # fmt: skip
    made.save(force_insert=True)
    return made
