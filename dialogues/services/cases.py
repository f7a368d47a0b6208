"""What authors do with their case studies: write, submit, take back. Nobody else changes an author's own words."""

import hashlib
import secrets
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from dialogues import notices, policies
from dialogues.enums import (
    CASE_MOVES,
    TRANSLATABLE_CASES,
    WRITABLE_CASES,
    CaseMove,
    CasePoint,
    CaseState,
    FindingKind,
)
from dialogues.models import CaseStudy, CaseSubmission
from network import search, selectors
from network.enums import DomainError
from network.models import Practitioner, Transition, User
from network.services import IllegalMove, record_edit, record_transition, require_move
from notifications import outbox

TEXTS = policies.CASE_TEXTS
COLUMNS = tuple(f"{field}_{code}" for field in TEXTS for code, _name in settings.LANGUAGES)
CHOICES = ("language", "specialty", "facility_type", "district", "credited")
LONGEST_INDEX = 60_000


class NotYourCase(DomainError):
    message = _("Only its author can do this with a case study.")


class CaseHasChanged(DomainError):
    message = _("In the meantime this case study was changed elsewhere, perhaps in another tab or on another phone.")


class IncompleteCase(DomainError):
    message = _("Before it can go on, this case study needs: %(missing)s.")


class EmptyCase(DomainError):
    message = _("Please write at least a title or a few words.")


class CouldIdentify(DomainError):
    message = _("It holds what could tell who a patient is: %(found)s. Please take it out first.")


class FindingsNotConfirmed(DomainError):
    message = _("Please look at what was found, and say for each kind that it identifies no patient: %(found)s.")


class PointsMissing(DomainError):
    message = _("Please tick every point of the list: each protects the patient.")


def names_of(kinds: Collection[str]) -> str:
    """Return kinds of findings in words."""
    return gettext("; ").join(str(FindingKind(kind).label) for kind in sorted(kinds))


def text_hash(case: CaseStudy) -> str:
    """Return the hash of all texts of a case, in hexadecimal."""
    return hashlib.sha256("\0".join(getattr(case, column) or "" for column in COLUMNS).encode()).hexdigest()


def lock_own(case: CaseStudy, by: User) -> CaseStudy:
    """Return the row under lock; raises NotYourCase for anybody but its author, who must be an active member."""
    kept = CaseStudy.objects.select_for_update(of=("self",)).select_related("author").get(pk=case.pk)
    if kept.author.user_id != by.pk or not kept.author.is_active_member:
        raise NotYourCase
    return kept


def keep_texts(case: CaseStudy, texts: Mapping[str, Any]) -> list[str]:
    """Put texts and choices into a case, with the words by which it is found; return the names of those that differ."""
    changed = [name for name, value in texts.items() if (getattr(case, name) or None) != (value or None)]
    for name in changed:
        setattr(case, name, texts[name])
    case.search = search.text_index(*(getattr(case, column) or "" for column in COLUMNS))[:LONGEST_INDEX]
    return changed


def _keep_conditions(case: CaseStudy, conditions: Collection[Any] | None) -> list[str]:
    if conditions is None or {c.pk for c in conditions} == set(case.conditions.values_list("pk", flat=True)):
        return []
    case.conditions.set(conditions)
    return ["conditions"]


def create_case(
    *, author: Practitioner, content: Mapping[str, Any], conditions: Collection[Any], uid: uuid.UUID, by: User
) -> CaseStudy:
    """Keep a new draft, however little of it there is. The same `uid` again is the same case. Raises EmptyCase, NotYourCase."""
    if author.user_id != by.pk or not author.is_active_member:
        raise NotYourCase
    if not any(content.get(column) for column in COLUMNS):
        raise EmptyCase
    now = timezone.now()
    with transaction.atomic():
        # Under the author's lock, so that the second of two clicks finds what the first has made.
        Practitioner.objects.select_for_update(of=("self",)).get(pk=author.pk)
        known = CaseStudy.objects.filter(uid=uid).first()
        if known:
            if known.author_id != author.pk:
                raise NotYourCase
            return known
        # Nothing of the title: an address stands in logs and notices, and a draft's title may name somebody.
        case = CaseStudy(uid=uid, author=author, created_at=now, slug=f"case-{secrets.token_hex(6)}")
        keep_texts(case, {name: content[name] for name in (*COLUMNS, *CHOICES) if name in content})
        case.save()
        _keep_conditions(case, conditions)
        record_transition(case, "create", from_state="", to_state=case.state, by=by, at=now)
    return case


@transaction.atomic
def edit_case(
    *, case: CaseStudy, version: int, content: Mapping[str, Any], conditions: Collection[Any] | None, by: User
) -> CaseStudy:
    """Keep what the author typed on the page that showed `version`. Raises CaseHasChanged, IllegalMove, NotYourCase."""
    case = lock_own(case, by)
    if case.state not in WRITABLE_CASES:
        raise IllegalMove(state=case.get_state_display())
    if case.version != version:
        raise CaseHasChanged
    wanted = {name: content[name] for name in (*COLUMNS, *CHOICES) if name in content}
    changed = keep_texts(case, wanted) + _keep_conditions(case, conditions)
    if changed:
        case.version += 1
        case.save(update_fields=[*(name for name in changed if name in wanted), "version", "search"])
        record_edit(case, changed={"fields": sorted(changed)}, by=by, at=timezone.now())
    return case


@transaction.atomic
def submit_case(
    *,
    case: CaseStudy,
    version: int,
    points: Collection[str],
    patient_consent: str,
    confirmed: Collection[str],
    by: User,
) -> CaseStudy:
    """Hand a case to its reviewers, with what the author declares of exactly this text.

    `points` are all of CasePoint; `confirmed` the kinds of softer findings of which the author says that they identify no patient.
    Raises CaseHasChanged, IllegalMove, IncompleteCase, CouldIdentify, FindingsNotConfirmed, PointsMissing, NotYourCase.
    """
    case, now = lock_own(case, by), timezone.now()
    before = case.state
    target = require_move(CASE_MOVES, CaseMove.SUBMIT, case)
    if case.version != version:
        raise CaseHasChanged
    if missing := policies.case_lacks(case, conditions=case.conditions.exists(), languages=[case.language]):
        raise IncompleteCase(missing=gettext("; ").join(map(str, missing)))
    soft = require_no_identifiers(case, confirmed)
    if set(points) != set(CasePoint.values):
        raise PointsMissing
    case.state, case.submitted_at = target, now
    case.save(update_fields=["state", "submitted_at"])
    # The same words submitted again, as after taking them back, are declared anew.
    CaseSubmission.objects.update_or_create(
        case=case,
        version=case.version,
        defaults={
            "submitted_at": now,
            "language": case.language,
            "text_sha256": text_hash(case),
            "points": sorted(points),
            "patient_consent": patient_consent,
            "confirmed": sorted(soft),
        },
    )
    record_transition(case, CaseMove.SUBMIT, from_state=before, to_state=target, by=by, at=now)
    notices.tell_reviewers(case, at=now)
    return case


def require_no_identifiers(case: CaseStudy, confirmed: Collection[str]) -> set[str]:
    """Check both languages; return the softer kinds that were found. Raises CouldIdentify, FindingsNotConfirmed."""
    found = policies.case_findings(case)
    if blocking := {finding.kind for finding in found if finding.blocks}:
        raise CouldIdentify(found=names_of(blocking))
    soft = {str(finding.kind) for finding in found}
    if left := soft - set(confirmed):
        raise FindingsNotConfirmed(found=names_of(left))
    return soft


def to_draft(case: CaseStudy, *, by: User) -> None:
    """Take a locked case back to its author."""
    before, now = case.state, timezone.now()
    case.state = require_move(CASE_MOVES, CaseMove.WITHDRAW, case)
    case.session = case.presented_at = case.presented_by = case.published_at = case.published_by = None
    case.save(update_fields=["state", "session", "presented_at", "presented_by", "published_at", "published_by"])
    record_transition(case, CaseMove.WITHDRAW, from_state=before, to_state=case.state, by=by, at=now)
    outbox.withdraw(subject_ref=selectors.reference(case), kinds_=notices.CASE_KINDS)


@transaction.atomic
def withdraw_case(*, case: CaseStudy, by: User) -> CaseStudy:
    """Take one's own case back, from the public pages too. Raises IllegalMove, NotYourCase."""
    case = lock_own(case, by)
    to_draft(case, by=by)
    return case


@transaction.atomic
def take_name_off(*, case: CaseStudy, by: User) -> CaseStudy:
    """Let one's own case stand without one's name from now on. Raises NotYourCase."""
    case = lock_own(case, by)
    if case.credited:
        case.credited = False
        case.save(update_fields=["credited"])
        record_edit(case, changed={"fields": ["credited"]}, by=by, at=timezone.now())
    return case


@transaction.atomic
def delete_case(*, case: CaseStudy, by: User) -> None:
    """Delete one's own case while it is with oneself. Raises IllegalMove, NotYourCase."""
    case = lock_own(case, by)
    if case.state not in WRITABLE_CASES:
        raise IllegalMove(state=case.get_state_display())
    _delete(case, by=by)


def _delete(case: CaseStudy, *, by: User | None) -> None:
    if by:
        # Of an author who is erased, the erasure itself tells.
        record_transition(case, "delete", from_state=case.state, to_state="", by=by, at=timezone.now())
    Transition.objects.of(case).empty_words()
    outbox.withdraw(subject_ref=selectors.reference(case), kinds_=notices.CASE_KINDS)
    case.delete()


def give_up_cases(*, practitioner: Practitioner, by: User) -> None:
    """Take back what somebody who leaves, is suspended or changes side has under review; what is published stands, without their name."""
    for case in CaseStudy.objects.select_for_update(of=("self",)).filter(author=practitioner).order_by("pk"):
        if case.state in TRANSLATABLE_CASES:
            to_draft(case, by=by)


@transaction.atomic
def forget_cases(*, practitioner: Practitioner) -> None:
    """Erase the author: what is published stays and is nobody's, everything else goes."""
    for case in CaseStudy.objects.select_for_update(of=("self",)).filter(author=practitioner).order_by("pk"):
        if case.state == CaseState.PUBLISHED:
            CaseStudy.objects.filter(pk=case.pk).update(credited=False)
            Transition.objects.of(case).empty_words()
        else:
            _delete(case, by=None)
