import secrets
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy as _

from dialogues import allocation, notices, policies, seating, selectors
from dialogues.enums import SESSION_MOVES, RegistrationState, SessionMove, SessionState, SiteKind
from dialogues.models import CaseStudy, Session, Site
from dialogues.planning import clock, moment
from dialogues.services.case_review import free_cases
from dialogues.services.seats import lock, offer_free_seats
from network.enums import DomainError
from network.models import Practitioner, User
from network.services import record_edit, record_transition, require_move
from notifications import outbox

TIMES = frozenset({"starts_at", "ends_at"})
SHARING = frozenset({"starts_at", "floors_until"})
# Fields that a member's calendar or mail shows: changing one of a published session is told to those who come.
TOLD = frozenset({"title_ar", "title_en", "chatham_house"})
TOLD_OF_SITE = frozenset({"name_ar", "name_en", "address_ar", "address_en", "municipality", "kind"})
STALE_AFTER_A_CHANGE = (
    "session-reminder",
    "session-reminder-hour",
    "seat-confirmed",
    "seat-waiting",
    "session-rescheduled",
    "session-rescheduled-waiting",
    "session-changed",
    "session-changed-waiting",
)
STALE_AFTER_CANCELLING = (*STALE_AFTER_A_CHANGE, "session-published", "seat-offered", "seat-offer-expired")


class NotYourSession(DomainError):
    message = _("Only the coordinators who run this session can change it.")


class IncompleteSession(DomainError):
    message = _("Before it can be published, this session needs: %(missing)s.")


class SeatsTaken(DomainError):
    message = _("%(taken)s seats are taken here: there can't be fewer.")


class FloorsDontFit(DomainError):
    message = _("%(site)s has %(seats)s seats: more can't be kept.")


class SiteInUse(DomainError):
    message = _("Somebody has a place at this site: it can't be removed.")


def _locked(session: Session, by: User) -> Session:
    if not policies.can_manage(by, session):
        raise NotYourSession
    return lock(session)


def seats_plan(session: Session) -> dict[str, Any]:
    """Return what the journal keeps of how seats are shared whenever that changes: `replay_seats` reads it."""
    return {"seats": seating.plan(session)}


def keep_apart(session: Session, *, with_series: bool) -> None:
    """Remember that a session of a series was changed on its own: what is changed in the following ones passes it by."""
    if session.series_id and not with_series and not session.changed_alone:
        session.changed_alone = True
        session.save(update_fields=["changed_alone"])


def create_session(*, session: Session, by: User) -> Session:
    """Keep a new draft. A regional coordinator's session belongs to their side; raises NotYourSession for any other."""
    if not policies.can_manage(by, session):
        raise NotYourSession
    now = timezone.now()
    with transaction.atomic():
        session.state, session.created_at, session.created_by = SessionState.DRAFT, now, by
        session.slug = f"{slugify(session.title_en or '')[:60] or 'session'}-{secrets.token_hex(3)}"
        session.save()
        record_transition(session, "create", from_state="", to_state=session.state, by=by, at=now)
    return session


@transaction.atomic
def edit_session(*, session: Session, changed: Collection[str], by: User, with_series: bool = False) -> Session:
    """Keep the changed fields of a session that was edited in a form, and tell whom it concerns.

    `session` carries the new values; only `changed` is written. A new time of a published session is a move of its own: calendars
    follow, offers end before the new start. `with_series` tells that the following ones of its series are changed alike.
    """
    now = timezone.now()
    kept = _locked(session, by)
    if not policies.can_manage(by, kept):
        raise NotYourSession
    fields = [f.name for f in Session._meta.concrete_fields if f.name in set(changed) and f.editable]
    old = {field: getattr(kept, field) for field in TIMES & set(fields)}
    for field in fields:
        setattr(kept, field, getattr(session, field))
    if "starts_at" in old and kept.floors_until and "floors_until" not in fields:
        # Seats are kept as long before the start as they were.
        kept.floors_until = moment(clock(kept.floors_until) + (clock(kept.starts_at) - clock(old["starts_at"])))
        fields.append("floors_until")
    published = kept.state == SessionState.PUBLISHED
    moved = any(getattr(kept, field) != value for field, value in old.items())
    if moved and not published and kept.state != SessionState.DRAFT:
        require_move(SESSION_MOVES, SessionMove.RESCHEDULE, kept)
    if published and (moved or TOLD & set(fields)):
        kept.sequence += 1
        fields.append("sequence")
    kept.save(update_fields=fields)
    if fields:
        keep_apart(kept, with_series=with_series)
    if published and moved:
        _reschedule(kept, old=old, by=by, at=now)
    else:
        shared = seats_plan(kept) if published and SHARING & set(fields) else {}
        record_edit(kept, changed={"fields": sorted(changed), **shared} if changed else {}, by=by, at=now)
        if published and TOLD & set(fields):
            _tell_changed(kept, "session-changed", at=now)
    if published and SHARING & set(fields):
        for site in kept.sites.order_by("pk"):
            offer_free_seats(kept, site, at=now)
    return kept


def _reschedule(session: Session, *, old: dict[str, Any], by: User, at: Any) -> None:
    record_transition(
        session,
        SessionMove.RESCHEDULE,
        from_state=session.state,
        to_state=session.state,
        by=by,
        at=at,
        changes={field: [value.isoformat(), getattr(session, field).isoformat()] for field, value in old.items()}
        | seats_plan(session),
    )
    for offer in session.registrations.filter(state=RegistrationState.OFFERED, offer_expires_at__gt=session.starts_at):
        offer.offer_expires_at = session.starts_at
        offer.save(update_fields=["offer_expires_at"])
    _tell_changed(session, "session-rescheduled", at=at)


def _tell_changed(session: Session, kind: str, *, at: Any) -> None:
    """Send the new invitation to those who come, and the news to those who wait."""
    live = session.registrations.filter(
        state__in=[RegistrationState.CONFIRMED, RegistrationState.OFFERED, RegistrationState.WAITING]
    ).select_related("practitioner", "site")
    for registration in live.order_by("pk"):
        outbox.withdraw(subject_ref=f"dialogues.registration:{registration.pk}", kinds_=STALE_AFTER_A_CHANGE)
        registration.session = session
        coming = registration.state == RegistrationState.CONFIRMED
        notices.tell(registration, kind if coming else f"{kind}-waiting", at=at)
    leaders = [person.user_id for person in selectors.leaders(session)]
    notices.tell_all(session, f"{kind}-waiting", recipients=leaders, at=at)


@transaction.atomic
def set_people(*, session: Session, by: User, with_series: bool = False, **chosen: Collection[Any]) -> None:
    """Keep who leads a session and who is invited: `facilitators`, `invited_regions`, `invited_professions`, as far as given.

    Facilitators whom the coordinator can't see stay.
    """
    session = _locked(session, by)
    if "facilitators" in chosen:
        hidden = session.facilitators.exclude(pk__in=Practitioner.objects.visible_to(by).values("pk"))
        chosen["facilitators"] = [*chosen["facilitators"], *hidden]
    changed = []
    for field, rows in chosen.items():
        manager = getattr(session, field)
        wanted = {row.pk for row in rows}
        if wanted != set(manager.values_list("pk", flat=True)):
            manager.set(wanted)
            changed.append(field)
    if changed:
        keep_apart(session, with_series=with_series)
    record_edit(session, changed={"fields": changed} if changed else {}, by=by, at=timezone.now())


@transaction.atomic
def save_site(*, site: Site, changed: Collection[str], by: User, with_series: bool = False) -> Site:
    """Keep a new site, or the changed fields of one; new seats are offered to those who wait. Raises SeatsTaken."""
    session, now = _locked(site.session, by), timezone.now()
    if site.pk is None:
        site.save()
        keep_apart(session, with_series=with_series)
        record_edit(session, changed={"added_site": site.pk, **seats_plan(session)}, by=by, at=now)
        return site
    kept = Site.objects.select_for_update(of=("self",)).get(pk=site.pk, session=session)
    fields = [f.name for f in Site._meta.concrete_fields if f.name in set(changed) and f.editable]
    if site.local_host_id is None and kept.local_host_id and not _sees(by, kept.local_host_id):
        # Their form could not show this person: it did not mean to take them off.
        fields = [field for field in fields if field != "local_host"]
    for field in fields:
        setattr(kept, field, getattr(site, field))
    if kept.seats < kept.taken:
        raise SeatsTaken(taken=kept.taken)
    if not allocation.fits(seating.floors_of(kept.floors.all()), kept.seats):
        raise FloorsDontFit(site=kept.name, seats=kept.seats)
    kept.save(update_fields=fields)
    if fields:
        keep_apart(session, with_series=with_series)
    shared = seats_plan(session) if "seats" in fields else {}
    record_edit(
        session, changed={"site": kept.pk, "fields": sorted(changed), **shared} if fields else {}, by=by, at=now
    )
    if "seats" in fields:
        offer_free_seats(session, kept, at=now)
    if session.state == SessionState.PUBLISHED and TOLD_OF_SITE & set(fields):
        session.sequence += 1
        session.save(update_fields=["sequence"])
        _tell_changed(session, "session-changed", at=now)
    return kept


def _sees(user: User, practitioner_id: int) -> bool:
    return Practitioner.objects.visible_to(user).filter(pk=practitioner_id).exists()


@transaction.atomic
def remove_site(*, site: Site, by: User, with_series: bool = False) -> None:
    """Remove a site at which nobody ever had a place. Raises SiteInUse."""
    session = _locked(site.session, by)
    pk = site.pk
    if site.registrations.exists() or site.walk_ins.exists():
        raise SiteInUse
    site.delete()
    keep_apart(session, with_series=with_series)
    record_edit(session, changed={"removed_site": pk, **seats_plan(session)}, by=by, at=timezone.now())


def _missing(session: Session, now: Any) -> list[str]:
    sites = list(session.sites.all())
    gaps = [
        (not session.title_ar or not session.title_en, _("a title in both languages")),
        (not session.summary_ar or not session.summary_en, _("a summary in both languages")),
        (not sites, _("a site with seats")),
        (any(not s.name_ar or not s.name_en for s in sites), _("the names of its sites in both languages")),
        (any(s.kind == SiteKind.ONLINE for s in sites) and not session.join_link, _("the link of its online site")),
        (session.starts_at <= now, _("a start that is still to come")),
    ]
    return [str(words) for is_missing, words in gaps if is_missing]


@transaction.atomic
def publish_session(*, session: Session, by: User, telling: bool = True) -> Session:
    """Make a drafted session known and tell the members whom it invites. Raises IncompleteSession, naming what is missing.

    Without `telling` the caller tells them, of several sessions at once.
    """
    session, now = _locked(session, by), timezone.now()
    before = session.state
    target = require_move(SESSION_MOVES, SessionMove.PUBLISH, session)
    if missing := _missing(session, now):
        raise IncompleteSession(missing=gettext("; ").join(missing))
    session.state, session.published_at, session.published_by = target, now, by
    session.save(update_fields=["state", "published_at", "published_by"])
    shared = seats_plan(session)
    record_transition(session, SessionMove.PUBLISH, from_state=before, to_state=target, by=by, at=now, changes=shared)
    if telling:
        notices.tell_all(session, "session-published", recipients=selectors.invited_user_ids(session), at=now)
    return session


@transaction.atomic
def cancel_session(*, session: Session, by: User, reason: str = "") -> Session:
    """Call a session off: everybody with a place in it is told, calendars drop it, and its case studies wait for another agenda."""
    # In the order in which a case is put on an agenda: first the case, then the session.
    list(CaseStudy.objects.select_for_update(of=("self",)).filter(session=session).order_by("pk").values_list("pk"))
    session, now = _locked(session, by), timezone.now()
    before = session.state
    session.state = require_move(SESSION_MOVES, SessionMove.CANCEL, session)
    session.cancelled_at, session.cancelled_by = now, by
    session.sequence += 1
    session.save(update_fields=["state", "cancelled_at", "cancelled_by", "sequence"])
    record_transition(
        session, SessionMove.CANCEL, from_state=before, to_state=session.state, by=by, at=now, reason=reason
    )
    free_cases(session, by=by)
    for registration in session.registrations.live().order_by("pk"):
        outbox.withdraw(subject_ref=f"dialogues.registration:{registration.pk}", kinds_=STALE_AFTER_CANCELLING)
    outbox.withdraw(subject_ref=f"dialogues.session:{session.pk}", kinds_=STALE_AFTER_CANCELLING)
    notices.tell_all(session, "session-cancelled", recipients=selectors.to_tell(session), at=now, reason=reason)
    return session


@transaction.atomic
def delete_draft(*, session: Session, by: User) -> None:
    """Delete a draft that nobody but its coordinators has seen. Raises IllegalMove once it is more than a draft."""
    session = _locked(session, by)
    if session.state != SessionState.DRAFT:
        require_move(SESSION_MOVES, SessionMove.PUBLISH, session)
    record_transition(session, "delete", from_state=session.state, to_state="", by=by, at=timezone.now())
    session.delete()
