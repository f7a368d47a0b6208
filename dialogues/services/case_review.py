"""What reviewers do with the case studies of their side's authors: never with their own, and never to the author's own words."""

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
    CaseMove,
    CaseState,
    SessionState,
)
from dialogues.models import CaseStudy, Session
from dialogues.services.cases import (
    TEXTS,
    CaseHasChanged,
    IncompleteCase,
    keep_texts,
    lock_own,
    require_no_identifiers,
)
from network.enums import DomainError
from network.models import User
from network.services import IllegalMove, record_edit, record_transition, require_move


class NotYourReview(DomainError):
    message = _("Only a coordinator of the author's side can decide on this case study, and nobody on their own.")


class CaseReasonMissing(DomainError):
    message = _("Please give the reason: the author will read it.")


class NoSuchAgenda(DomainError):
    message = _("A case study goes on the agenda of a coming case-study session that you run. Please choose one.")


class NotHeldYet(DomainError):
    message = _("The session has not taken place yet.")


class AuthorsOwnWords(DomainError):
    message = _("These are the author's own words. Only the other language can be written here.")


def _lock(case: CaseStudy) -> CaseStudy:
    return CaseStudy.objects.select_for_update(of=("self",)).select_related("author", "session").get(pk=case.pk)


def _locked(case: CaseStudy, by: User) -> CaseStudy:
    case = _lock(case)
    if not policies.can_review(by, case):
        raise NotYourReview
    return case


def _move(case: CaseStudy, move: CaseMove, *, by: User, fields: Collection[str], reason: str = "", **told: Any) -> None:
    """Record a move whose fields are set already, and tell the author."""
    before, now = case.state, timezone.now()
    case.state = require_move(CASE_MOVES, move, case)
    case.save(update_fields=["state", *fields])
    step = record_transition(case, move, from_state=before, to_state=case.state, by=by, at=now, reason=reason, **told)
    notices.tell_author(case, move, again=step.pk, at=now, reason=reason)


@transaction.atomic
def accept_case(*, case: CaseStudy, by: User) -> CaseStudy:
    """Accept a submitted case. Raises IllegalMove, NotYourReview."""
    case = _locked(case, by)
    case.decided_at, case.decided_by = timezone.now(), by
    _move(case, CaseMove.ACCEPT, by=by, fields=["decided_at", "decided_by"])
    return case


@transaction.atomic
def return_case(*, case: CaseStudy, by: User, reason: str) -> CaseStudy:
    """Give a case back to its author, saying why. Raises IllegalMove, NotYourReview, CaseReasonMissing."""
    case = _locked(case, by)
    if not reason.strip():
        raise CaseReasonMissing
    case.session = case.presented_at = case.presented_by = None
    case.decided_at, case.decided_by = timezone.now(), by
    fields = ["session", "presented_at", "presented_by", "decided_at", "decided_by"]
    _move(case, CaseMove.RETURN, by=by, fields=fields, reason=reason)
    return case


@transaction.atomic
def schedule_case(*, case: CaseStudy, session: Session | None, by: User) -> CaseStudy:
    """Put an accepted case on the agenda of a coming case-study session, or move it to another.

    A side's coordinator has the sessions of the side; a national one puts a case of any side on a joint one. Raises IllegalMove,
    NotYourReview, NoSuchAgenda.
    """
    case = _lock(case)
    if not policies.can_schedule(by, case):
        raise NotYourReview
    require_move(CASE_MOVES, CaseMove.SCHEDULE, case)
    session = Session.objects.select_for_update(of=("self",)).filter(pk=session.pk).first() if session else None
    if session is None or not policies.takes_cases(session, timezone.now()) or not policies.can_manage(by, session):
        raise NoSuchAgenda
    if case.session_id == session.pk:
        return case
    case.session = session
    _move(case, CaseMove.SCHEDULE, by=by, fields=["session"], changes={"session": session.pk})
    return case


@transaction.atomic
def unschedule_case(*, case: CaseStudy, by: User) -> CaseStudy:
    """Take a case off the agenda. Raises IllegalMove, NotYourReview."""
    case = _lock(case)
    if not policies.can_schedule(by, case):
        raise NotYourReview
    session = case.session
    case.session = None
    changes = {"session": session.pk} if session else {}
    _move(case, CaseMove.UNSCHEDULE, by=by, fields=["session"], changes=changes)
    return case


def free_cases(session: Session, *, by: User) -> None:
    """Take the cases off the agenda of a session that is called off: they stay accepted, for another one. Runs inside its transaction."""
    rows = CaseStudy.objects.select_for_update(of=("self",)).select_related("author", "session")
    for case in rows.filter(session=session, state=CaseState.SCHEDULED).order_by("pk"):
        case.session = None
        _move(case, CaseMove.UNSCHEDULE, by=by, fields=["session"], changes={"session": session.pk})


@transaction.atomic
def present_case(*, case: CaseStudy, by: User) -> CaseStudy:
    """Record that a case was presented in its session. Raises IllegalMove, NotYourReview, NotHeldYet."""
    case = _lock(case)
    if not policies.can_schedule(by, case):
        raise NotYourReview
    require_move(CASE_MOVES, CaseMove.PRESENT, case)
    if case.session is None or case.session.state not in (SessionState.HELD, SessionState.CLOSED):
        raise NotHeldYet
    case.presented_at, case.presented_by = timezone.now(), by
    _move(case, CaseMove.PRESENT, by=by, fields=["presented_at", "presented_by"])
    return case


@transaction.atomic
def translate_case(*, case: CaseStudy, version: int, texts: Mapping[str, str], by: User) -> CaseStudy:
    """Keep a case's texts in the language that its author does not write in: by the author or a reviewer, before publication.

    `texts` maps columns ("title_en") to words. Raises AuthorsOwnWords, CaseHasChanged, IllegalMove, NotYourReview.
    """
    case = _lock(case)
    if not policies.can_review(by, case):
        lock_own(case, by)
    if case.state not in TRANSLATABLE_CASES:
        raise IllegalMove(state=case.get_state_display())
    if any(column not in {f"{field}_{other_language(case)}" for field in TEXTS} for column in texts):
        raise AuthorsOwnWords
    if case.version != version:
        raise CaseHasChanged
    if changed := keep_texts(case, texts):
        case.version += 1
        case.save(update_fields=[*changed, "version", "search"])
        record_edit(case, changed={"fields": sorted(changed)}, by=by, at=timezone.now())
    return case


def other_language(case: CaseStudy) -> str:
    """Return the language in which the author does not write."""
    return next(code for code, _name in settings.LANGUAGES if code != case.language)


@transaction.atomic
def publish_case(*, case: CaseStudy, by: User, confirmed: Collection[str] = ()) -> CaseStudy:
    """Make a case public as best practice. Needs both languages, and every finding confirmed: by the author, or now by the reviewer.

    Raises IllegalMove, NotYourReview, IncompleteCase, CouldIdentify, FindingsNotConfirmed.
    """
    case, now = _locked(case, by), timezone.now()
    require_move(CASE_MOVES, CaseMove.PUBLISH, case)
    languages = [code for code, _name in settings.LANGUAGES]
    if missing := policies.case_lacks(case, conditions=case.conditions.exists(), languages=languages):
        raise IncompleteCase(missing=gettext("; ").join(map(str, missing)))
    declared = case.submissions.order_by("-version").first()
    by_author = set(declared.confirmed) if declared else set()
    require_no_identifiers(case, by_author | set(confirmed))
    case.published_at, case.published_by = now, by
    changes = {"confirmed": sorted(set(confirmed) - by_author)}
    _move(case, CaseMove.PUBLISH, by=by, fields=["published_at", "published_by"], changes=changes)
    return case


@transaction.atomic
def unpublish_case(*, case: CaseStudy, by: User, reason: str) -> CaseStudy:
    """Take a case off the public pages and give it back to its author, saying why. Raises IllegalMove, NotYourReview, CaseReasonMissing."""
    case = _locked(case, by)
    if not reason.strip():
        raise CaseReasonMissing
    cleared = ["session", "presented_at", "presented_by", "published_at", "published_by"]
    for field in cleared:
        setattr(case, field, None)
    _move(case, CaseMove.UNPUBLISH, by=by, fields=cleared, reason=reason)
    return case
