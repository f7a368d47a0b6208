"""Minutes: saved as revisions, published after a look for names, withdrawn, and cleared of who wrote and said what."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import minutes as reads, notices, policies, publication, selectors
from dialogues.enums import EXPECTED_STATES, MINUTES_MOVES, Listing, MinutesMove, MinutesState, Readers, SessionState
from dialogues.models import Attribution, Decision, Minutes, MinutesRevision, Session, Statement
from dialogues.services.seats import lock
from dialogues.services.sessions import NotYourSession
from network import disclosure, selectors as network_selectors
from network.enums import DomainError
from network.models import Practitioner, Region, User
from network.services import record_transition, require_move
from notifications import outbox


class MinutesNotOpen(DomainError):
    message = _("Minutes can be written from an hour before the start of a session on.")


class MinutesChanged(DomainError):
    message = _("Somebody else saved these minutes in the meantime. Please compare both texts.")


class NothingWritten(DomainError):
    message = _("There is nothing to publish yet: the minutes have no text and no decision.")


class AttendanceStillOpen(DomainError):
    message = _("Minutes are published once the attendance is closed: until then it is not certain who was there.")


class NotForEverybody(DomainError):
    message = _("This session is not listed publicly, so its minutes can't be for everybody.")


class NamesSomebody(DomainError):
    message = _(
        "These minutes tell who was there, so they can't be published. Please change the places that are marked."
    )


class WhyMissing(DomainError):
    message = _("Please say why; it is kept with the minutes.")


class LookFirst(DomainError):
    message = _("Some words may tell who was there. Please look at each of them and confirm that none does.")


class ReasonNames(DomainError):
    message = _("Your reason names somebody who was there. It is kept, so please give it without the name.")


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    ar: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A decision as it is typed."""

    words: Words
    responsible: str = ""
    side: Region | None = None
    due: date | None = None
    key: uuid.UUID | None = None


def contents(revision: MinutesRevision | None) -> tuple[Words, list[Item]]:
    """Return the text and the decisions of a revision, of an empty page for None."""
    if revision is None:
        return Words(), []
    items = [
        Item(Words(row.text_ar or "", row.text_en or ""), row.responsible, row.side, row.due, row.key)
        for row in revision.decisions.all()
    ]
    return Words(revision.text_ar or "", revision.text_en or ""), items


def _same(revision: MinutesRevision | None, words: Words, items: Sequence[Item]) -> bool:
    kept, decisions = contents(revision)
    return kept == words and [replace(item, key=None) for item in decisions] == [
        replace(item, key=None) for item in items
    ]


def _require_writer(session: Session, by: User) -> None:
    practitioner = network_selectors.active_practitioner(by)
    leads = practitioner is not None and selectors.leads(session, practitioner)
    if not policies.can_write_minutes(by, session, leads=leads):
        raise NotYourSession


def _kept(session: Session) -> Minutes:
    """Return the minutes of a locked session; what was written under the Rule stays under it."""
    minutes, _created = Minutes.objects.get_or_create(session=session)
    minutes.session = session
    if session.chatham_house and not minutes.chatham_house:
        minutes.chatham_house = True
        minutes.save(update_fields=["chatham_house"])
    return minutes


@transaction.atomic
def save_revision(
    *,
    session: Session,
    words: Words,
    items: Sequence[Item],
    base: int,
    by: User,
    restores: MinutesRevision | None = None,
) -> MinutesRevision:
    """Keep a new revision that was made from revision `base` (0: from nothing); saving what is there already changes nothing.

    Raises MinutesChanged where somebody else has saved another one since, NotYourSession and MinutesNotOpen. It leaves no row in
    the journal: under the Chatham House Rule that would tell for ever who wrote what.
    """
    session, now = lock(session), timezone.now()
    _require_writer(session, by)
    if not policies.minutes_are_open(session, now):
        raise MinutesNotOpen
    minutes = _kept(session)
    last = reads.latest(minutes)
    items = [item for item in items if item.words != Words()]
    if last is not None and _same(last, words, items):
        return last
    if base != (last.number if last else 0):
        raise MinutesChanged
    revision = MinutesRevision.objects.create(
        minutes=minutes,
        number=base + 1,
        base=base,
        restores=restores.number if restores else None,
        text_ar=words.ar,
        text_en=words.en,
        written_on=timezone.localdate(now),
    )
    seen: set[uuid.UUID] = set()
    for position, item in enumerate(items, 1):
        key = item.key if item.key and item.key not in seen else uuid.uuid4()
        seen.add(key)
        Decision.objects.create(
            revision=revision,
            key=key,
            position=position,
            text_ar=item.words.ar,
            text_en=item.words.en,
            responsible=item.responsible,
            side=item.side if item.responsible else None,
            due=item.due,
        )
    Attribution.objects.create(revision=revision, written_by=by, written_at=now)
    return revision


@transaction.atomic
def restore_revision(*, session: Session, number: int, base: int, by: User) -> MinutesRevision:
    """Bring an old revision back as a new one. Raises MinutesChanged, and NothingWritten for a number that there is not."""
    session = lock(session)
    minutes = reads.of_session(session)
    old = reads.revision(minutes, number) if minutes else None
    if old is None:
        raise NothingWritten
    words, items = contents(old)
    return save_revision(session=session, words=words, items=items, base=base, by=by, restores=old)


@transaction.atomic
def publish_minutes(
    *, session: Session, number: int, audience: str, by: User, confirmed: str = "", reason: str = ""
) -> Minutes:
    """Let readers see the last revision, `number`, and tell those with a place; publishing it twice is the same as once.

    Under the Chatham House Rule nothing that names somebody who was there is published. For words that may do so, `confirmed` is
    the fingerprint of what the coordinator has looked at, and `reason` why they tell of nobody.
    """
    if not policies.can_manage(by, session):
        raise NotYourSession
    session, now = lock(session), timezone.now()
    minutes = _kept(session)
    last = reads.latest(minutes)
    if last is None or _same(last, Words(), []):
        raise NothingWritten
    if last.number != number:
        raise MinutesChanged
    if session.state != SessionState.CLOSED:
        raise AttendanceStillOpen
    if audience == Readers.EVERYBODY and session.listing != Listing.PUBLIC:
        raise NotForEverybody
    published = minutes.state == MinutesState.PUBLISHED
    if published and minutes.published_revision_id == last.pk and minutes.audience == audience:
        return minutes
    move = MinutesMove.CORRECT if published else MinutesMove.PUBLISH
    before, target = minutes.state, require_move(MINUTES_MOVES, move, minutes)
    looked = _require_nobody_named(minutes, last, confirmed=confirmed, reason=reason)
    minutes.state, minutes.audience = target, audience
    minutes.published_revision, minutes.published_on = last, timezone.localdate(now)
    minutes.withdrawn_on, minutes.presence = None, reads.presence(session)
    minutes.save(update_fields=["state", "audience", "published_revision", "published_on", "withdrawn_on", "presence"])
    changes = {"revision": last.number, "audience": str(audience), "sha256": reads.digest(minutes)} | looked
    record_transition(minutes, move, from_state=before, to_state=target, by=by, at=now, reason=reason, changes=changes)
    people = selectors.to_tell(session, EXPECTED_STATES)
    notices.tell_minutes(session, revision=last.number, recipients=people, at=now)
    return minutes


def _require_nobody_named(
    minutes: Minutes, revision: MinutesRevision, *, confirmed: str, reason: str
) -> dict[str, Any]:
    """Return what the journal keeps of the look: how many words were confirmed, never which."""
    if not minutes.chatham_house:
        return {}
    found = reads.look(minutes.session, revision)
    if any(finding.sure for finding in found):
        raise NamesSomebody
    if found and confirmed != publication.fingerprint(found):
        raise LookFirst
    if found and not reason:
        raise WhyMissing
    if reason and reads.names_in(minutes.session, reason):
        raise ReasonNames
    return {"confirmed": len(found)} if found else {}


@transaction.atomic
def withdraw_minutes(*, session: Session, by: User, reason: str) -> Minutes:
    """Take published minutes from all readers; what was written stays, with the reason. Raises WhyMissing."""
    if not policies.can_manage(by, session):
        raise NotYourSession
    if not reason:
        raise WhyMissing
    session, now = lock(session), timezone.now()
    minutes = _kept(session)
    before, target = minutes.state, require_move(MINUTES_MOVES, MinutesMove.WITHDRAW, minutes)
    if minutes.chatham_house and reads.names_in(session, reason):
        raise ReasonNames
    minutes.state, minutes.withdrawn_on = target, timezone.localdate(now)
    minutes.save(update_fields=["state", "withdrawn_on"])
    record_transition(minutes, MinutesMove.WITHDRAW, from_state=before, to_state=target, by=by, at=now, reason=reason)
    outbox.withdraw(subject_ref=network_selectors.reference(session), kinds_=["minutes-published"])
    return minutes


# --- notes --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_statement(
    *, session: Session, text: str, side: Region | None, speaker: Practitioner | None, by: User
) -> Statement:
    """Keep a note of what was said. The same note sent twice in a row is kept once."""
    if not policies.can_manage(by, session):
        raise NotYourSession
    session, now = lock(session), timezone.now()
    if not policies.minutes_are_open(session, now):
        raise MinutesNotOpen
    if speaker is not None and not reads.speakers(session, by).filter(pk=speaker.pk).exists():
        raise NotYourSession
    minutes = _kept(session)
    last = Statement.objects.filter(minutes=minutes).order_by("-pk").first()
    if last is not None and (last.text, last.side_id) == (text, side.pk if side else None):
        return last
    statement = Statement.objects.create(minutes=minutes, text=text, side=side, noted_on=timezone.localdate(now))
    Attribution.objects.create(statement=statement, written_by=by, written_at=now, speaker=speaker)
    return statement


@transaction.atomic
def remove_statement(*, statement: Statement, by: User) -> None:
    """Throw a note away; one that is gone already is gone."""
    session = lock(statement.minutes.session)
    if not policies.can_manage(by, session):
        raise NotYourSession
    Statement.objects.filter(pk=statement.pk, minutes__session=session).delete()


# --- attributions -------------------------------------------------------------------------------------------------------


@transaction.atomic
def purge_attributions(*, minutes: Minutes) -> dict[str, Any]:
    """Erase who wrote and who said what in minutes under the Rule, and the sides of which fewer than five were there.

    Leaves proof in the journal: how much was erased, and the SHA-256 of all that is left. Safe to repeat and to interrupt; what is
    written afterwards is erased by the next run.
    """
    session = lock(minutes.session)
    minutes = _kept(session)
    if not minutes.chatham_house:
        return {}
    mine = Q(revision__minutes=minutes) | Q(statement__minutes=minutes)
    rows = Attribution.objects.filter(mine)
    erased = {"authors": rows.count(), "speakers": rows.filter(speaker__isnull=False).count()}
    labelled = disclosure.groups_to_show(reads.present(session))
    small = Statement.objects.filter(minutes=minutes, side__isnull=False).exclude(side__pcode__in=labelled)
    rows.delete()
    erased["sides"] = small.update(side=None)
    repeated = reads.steps(minutes).filter(move=MinutesMove.PURGE).exists()
    if repeated and not any(erased.values()):
        return erased
    record_transition(
        minutes,
        MinutesMove.PURGE,
        from_state=minutes.state,
        to_state=minutes.state,
        by=None,
        at=timezone.now(),
        changes=erased | {"sha256": reads.digest(minutes)},
    )
    return erased


@transaction.atomic
def forget_attributions(*, practitioner: Practitioner) -> None:
    """Erase that somebody wrote or said anything in minutes; the texts stay, unattributed."""
    Attribution.objects.filter(speaker=practitioner).exclude(written_by_id=practitioner.user_id).update(speaker=None)
    Attribution.objects.filter(written_by_id=practitioner.user_id).delete()
