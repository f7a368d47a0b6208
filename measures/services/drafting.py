"""What authors do: write, ask others to write with them, open the draft for comments, take it back."""

import secrets
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from dialogues import minutes as dialogue_minutes
from dialogues.models import Decision, Session
from measures import notices, policies, selectors, texts
from measures.enums import (
    MEASURE_MOVES,
    MOVE_OF_EFFECT,
    WRITABLE_STATES,
    AuthorState,
    Effect,
    MeasureMove,
    MeasureState,
)
from measures.models import Author, Measure, Version, VoteKey
from measures.models.measures import COLUMNS, PARTS
from network import search
from network.enums import DomainError
from network.models import Practitioner, User
from network.services import IllegalMove, record_edit, record_transition, require_move

CHOICES = ("topic", "audience", "about", "effect", "review_on")
LONGEST_INDEX = 60_000


class NotAnAuthor(DomainError):
    message = _("Only the authors of a measure can do this.")


class EmptyMeasure(DomainError):
    message = _("Please write at least a title.")


class MeasureHasChanged(DomainError):
    message = _("Somebody else saved this measure in the meantime. Please compare both texts.")


class IncompleteMeasure(DomainError):
    message = _("Before it can go on, this measure needs: %(missing)s.")


class NotWhileVoting(DomainError):
    message = _("This measure is being voted on: nothing of it can be changed until the close.")


class TooManyAuthors(DomainError):
    message = _("A measure has twelve authors at most.")


class NoSuchDecision(DomainError):
    message = _("This decision is no longer in the published minutes.")


class WrongTarget(DomainError):
    message = _("This measure can’t be replaced or ended by another: it is neither in force nor was it voted down.")


def lock(measure: Measure) -> Measure:
    """Return the measure as it is now, held until the end of the transaction: everything about one measure happens in turn."""
    return Measure.objects.select_for_update(of=("self",)).select_related("current", "parity").get(pk=measure.pk)


def move(
    measure: Measure,
    step: MeasureMove,
    *,
    by: User | None,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    **fields: object,
) -> None:
    """Make one move of a locked measure, with these fields, and record it."""
    before, now = measure.state, timezone.now()
    measure.state = require_move(MEASURE_MOVES, step, measure)
    for name, value in fields.items():
        setattr(measure, name, value)
    measure.save(update_fields=["state", *fields])
    record_transition(
        measure, step, from_state=before, to_state=measure.state, by=by, at=now, reason=reason, changes=changes
    )


def _author_of(measure: Measure, by: User) -> Author:
    found = (
        Author.objects.current()
        .filter(measure=measure, practitioner__user=by, practitioner__state="active")
        .select_related("practitioner")
        .first()
    )
    if found is None:
        raise NotAnAuthor
    return found


def new_slug() -> str:
    """Return an address. Nothing of the title is in it: it stands in logs and notices, and a draft is its authors' alone."""
    return f"m-{secrets.token_hex(5)}"


def new_version(measure: Measure, words: Mapping[str, str], *, base: int, note: str, by: User) -> Version:
    """Keep the next text of a locked measure; the caller saves the measure's `current` and `search`."""
    said = {column: (words.get(column) or "").replace("\r\n", "\n").strip() for column in COLUMNS}
    version = Version.objects.create(
        measure=measure,
        number=base + 1,
        base=base,
        note=note,
        hash_ar=texts.sha256(said[f"{part}_ar"] for part in PARTS),
        hash_en=texts.sha256(said[f"{part}_en"] for part in PARTS),
        written_at=timezone.now(),
        written_by=by,
        **said,
    )
    measure.current = version
    measure.search = search.text_index(*said.values())[:LONGEST_INDEX]
    return version


def create_measure(
    *,
    author: Practitioner,
    words: Mapping[str, str],
    uid: uuid.UUID,
    by: User,
    session: Session | None = None,
    decision: uuid.UUID | None = None,
    choices: Mapping[str, object] | None = None,
) -> Measure:
    """Keep a new draft; the same `uid` again is the same measure. Raises EmptyMeasure, NotAnAuthor, NoSuchDecision, WrongTarget."""
    if author.user_id != by.pk or not author.is_active_member:
        raise NotAnAuthor
    if not (words.get("title_ar") or words.get("title_en")):
        raise EmptyMeasure
    if decision is not None and (session is None or decision_of(session, decision, by) is None):
        raise NoSuchDecision
    now = timezone.now()
    with transaction.atomic():
        # Under the author's lock, so that the second of two clicks finds what the first has made.
        Practitioner.objects.select_for_update(of=("self",)).get(pk=author.pk)
        known = Measure.objects.filter(uid=uid).first()
        if known:
            if not selectors.is_author(known, author):
                raise NotAnAuthor
            return known
        measure = Measure(uid=uid, slug=new_slug(), created_at=now, session=session, decision=decision)
        _choose(measure, choices or {})
        measure.save()
        new_version(measure, words, base=0, note="", by=by)
        measure.save(update_fields=["current", "search"])
        Author.objects.create(
            measure=measure, practitioner=author, state=AuthorState.ACCEPTED, lead=True, added_at=now, added_by=by
        )
        record_transition(measure, MeasureMove.CREATE, from_state="", to_state=measure.state, by=by, at=now)
    return measure


def decision_of(session: Session, key: uuid.UUID, by: User) -> Decision | None:
    """Return a decision of the published minutes of a session, if this person may read them."""
    practitioner = Practitioner.objects.active().filter(user=by).first()
    found = dialogue_minutes.published(session, by, practitioner)
    if found is None:
        return None
    return Decision.objects.filter(revision_id=found.published_revision_id, key=key).first()


def _choose(measure: Measure, choices: Mapping[str, object]) -> list[str]:
    changed = [name for name in CHOICES if name in choices and getattr(measure, name) != choices[name]]
    for name in changed:
        setattr(measure, name, choices[name])
    if {"about", "effect"} & set(changed) and measure.about is not None:
        step = MOVE_OF_EFFECT[Effect(measure.effect or Effect.SUPERSEDE)]
        if measure.about.state not in MEASURE_MOVES[step].sources:
            raise WrongTarget
    return changed


@transaction.atomic
def edit_measure(
    *,
    measure: Measure,
    base: int,
    words: Mapping[str, str],
    by: User,
    note: str = "",
    choices: Mapping[str, object] | None = None,
) -> Measure:
    """Save a new version made from version `base`; saving what is there already changes nothing.

    Any change of the text undoes that both texts were confirmed as equal. After a vote that did not adopt it, it
    opens the way to another one. Raises NotAnAuthor, NotWhileVoting, MeasureHasChanged, EmptyMeasure, IllegalMove, WrongTarget.
    """
    measure = lock(measure)
    _author_of(measure, by)
    if measure.state == MeasureState.OPEN:
        raise NotWhileVoting
    if measure.state not in WRITABLE_STATES:
        raise IllegalMove(state=measure.get_state_display())
    current = measure.current
    said = {column: (words.get(column) or "").replace("\r\n", "\n").strip() for column in COLUMNS}
    if not (said["title_ar"] or said["title_en"]):
        raise EmptyMeasure
    same = current is not None and all((getattr(current, column) or "") == said[column] for column in COLUMNS)
    chosen = _choose(measure, choices or {})
    if chosen:
        measure.save(update_fields=chosen)
        record_edit(measure, changed={"fields": sorted(chosen)}, by=by, at=timezone.now())
    if same:
        return measure
    if base != (current.number if current else 0):
        raise MeasureHasChanged
    version = new_version(measure, said, base=base, note=note, by=by)
    measure.save(update_fields=["current", "search"])
    changes = {"version": version.number}
    if measure.state == MeasureState.PARITY:
        move(measure, MeasureMove.UNCONFIRM, by=by, changes=changes, parity=None)
    elif measure.state in (MeasureState.MEDIATION, MeasureState.NOT_ADOPTED):
        move(measure, MeasureMove.AMEND, by=by, changes=changes, parity=None, mediation_until=None)
        VoteKey.objects.filter(vote__measure=measure).delete()
    else:
        record_edit(measure, changed=changes, by=by, at=timezone.now())
    return measure


@transaction.atomic
def submit_measure(*, measure: Measure, by: User) -> Measure:
    """Open a draft to all members for reading and comments. Raises NotAnAuthor, IllegalMove, IncompleteMeasure."""
    measure = lock(measure)
    _author_of(measure, by)
    require_move(MEASURE_MOVES, MeasureMove.SUBMIT, measure)
    require_complete(measure)
    version = measure.current.number if measure.current else 0
    move(measure, MeasureMove.SUBMIT, by=by, changes={"version": version})
    return measure


def require_complete(measure: Measure) -> None:
    """Raise IncompleteMeasure where the text lacks something in either language."""
    if lacks := policies.missing(measure.current):
        raise IncompleteMeasure(missing=gettext("; ").join(map(str, lacks)))


@transaction.atomic
def take_back(*, measure: Measure, by: User) -> Measure:
    """Take a measure back to its authors. Raises NotAnAuthor, IllegalMove."""
    measure = lock(measure)
    _author_of(measure, by)
    move(measure, MeasureMove.TAKE_BACK, by=by, parity=None)
    return measure


@transaction.atomic
def invite_author(*, measure: Measure, practitioner: Practitioner, by: User) -> Author:
    """Ask a member to write the measure too; asking twice is the same as once. Raises NotAnAuthor, TooManyAuthors, IllegalMove."""
    measure, now = lock(measure), timezone.now()
    _author_of(measure, by)
    if measure.state not in WRITABLE_STATES:
        raise IllegalMove(state=measure.get_state_display())
    if not practitioner.is_active_member:
        raise NotAnAuthor
    rows = Author.objects.filter(measure=measure).exclude(state=AuthorState.LEFT)
    found = Author.objects.filter(measure=measure, practitioner=practitioner).first()
    if found and found.state != AuthorState.LEFT:
        return found
    if rows.count() >= policies.AUTHORS_AT_MOST:
        raise TooManyAuthors
    if found:
        found.state = AuthorState.INVITED
        found.save(update_fields=["state"])
    else:
        found = Author.objects.create(
            measure=measure, practitioner=practitioner, state=AuthorState.INVITED, added_at=now, added_by=by
        )
    record_edit(measure, changed={"asked_to_write": practitioner.pk}, by=by, at=now)
    notices.tell(measure, "measure-author-asked", recipients=[practitioner.user_id], again=str(now.date()))
    return found


@transaction.atomic
def answer_invitation(*, measure: Measure, practitioner: Practitioner, accept: bool) -> None:
    """Become an author, or not. Raises NotAnAuthor for somebody who was not asked, IllegalMove where nothing is written now."""
    measure, now = lock(measure), timezone.now()
    row = Author.objects.filter(measure=measure, practitioner=practitioner).first()
    if row is None or row.state == AuthorState.LEFT or not practitioner.is_active_member:
        raise NotAnAuthor
    if row.state == AuthorState.ACCEPTED:
        return
    compared_it = measure.parity is not None and measure.parity.read_by_id == practitioner.pk
    if accept:
        # Whoever compared the texts can't be one of those who answer for them; in a mediation the comparison still counts.
        if measure.state not in WRITABLE_STATES or (compared_it and measure.state == MeasureState.MEDIATION):
            raise IllegalMove(state=measure.get_state_display())
        row.state = AuthorState.ACCEPTED
        row.save(update_fields=["state"])
        if compared_it and measure.state == MeasureState.PARITY:
            move(measure, MeasureMove.UNCONFIRM, by=practitioner.user, parity=None)
    else:
        row.delete()
    said = {"author": practitioner.pk} if accept else {"declined_to_write": practitioner.pk}
    record_edit(measure, changed=said, by=practitioner.user, at=now)


@transaction.atomic
def stop_writing(*, measure: Measure, practitioner: Practitioner, by: User) -> None:
    """Give up being an author; the next one leads. The last author withdraws the measure instead. Raises NotAnAuthor."""
    measure = lock(measure)
    row = Author.objects.current().filter(measure=measure, practitioner=practitioner).first()
    if row is None:
        raise NotAnAuthor
    others = Author.objects.current().filter(measure=measure).exclude(pk=row.pk).order_by("pk")
    heir = others.first()
    was_lead, row.lead, row.state = row.lead, False, AuthorState.LEFT
    row.save(update_fields=["lead", "state"])
    if heir and was_lead:
        heir.lead = True
        heir.save(update_fields=["lead"])
    record_edit(measure, changed={"stopped_writing": practitioner.pk}, by=by, at=timezone.now())
    if heir is None and measure.state in (MeasureState.DRAFT, MeasureState.REVIEW, MeasureState.PARITY):
        move(measure, MeasureMove.WITHDRAW, by=by, ended_at=timezone.now())
