"""Reads across the models of the dialogues."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from dialogues import policies
from dialogues.enums import (
    LIVE_STATES,
    SHOWN_STATES,
    WITHDRAWABLE_STATES,
    RegistrationMove,
    RegistrationState,
    SessionState,
)
from dialogues.models import Minutes, Presence, Registration, Session, Site
from dialogues.models.sessions import LONGEST
from dialogues.selectors.attendance import (
    attendance_list as attendance_list,
    counts_by_side as counts_by_side,
    door_list as door_list,
    markable as markable,
    sessions_without_codes as sessions_without_codes,
    walk_ins as walk_ins,
)
from network import policies as network_policies
from network.models import Practitioner, Transition

ATTENDED_SHOWN = 10


def with_sites(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Return sessions with all that a list of them shows, in three queries however many there are."""
    sites = Site.objects.select_related("municipality").order_by("pk")
    return sessions.select_related("host_region").prefetch_related(Prefetch("sites", sites))


def coming_public(limit: int) -> list[Session]:
    """Return the next sessions that everybody may know of."""
    return list(coming(Session.objects.public().filter(state=SessionState.PUBLISHED))[:limit])


def is_invited(session: Session, practitioner: Practitioner) -> bool:
    """Tell whether a session invites the member; what it names is asked plainly, for everybody who signs up waits for this."""
    invited = Session.objects.rewrite(False).filter(pk=session.pk)
    rows = list(invited.values_list("invited_regions", "invited_professions"))
    regions, professions = ({row[column] for row in rows} - {None} for column in (0, 1))
    return policies.invites(session, practitioner, regions=regions, professions=professions)


def is_active(practitioner: Practitioner) -> bool:
    """Tell whether somebody is a member at this moment."""
    return bool(list(Practitioner.objects.active().filter(pk=practitioner.pk).values_list("pk", flat=True)))


def invited_user_ids(session: Session) -> list[int]:
    """Return the accounts of all active members whom a session invites by side and profession."""
    people = Practitioner.objects.active()
    if session.host_region_id:
        people = people.filter(region_id=session.host_region_id)
    else:
        regions = list(session.invited_regions.values_list("pk", flat=True))
        here = Q(region_id__in=regions) if regions else Q(region__isnull=False)
        people = people.filter(here | Q(region__isnull=True) if session.abroad_invited else here)
    professions = list(session.invited_professions.values_list("pk", flat=True))
    if professions:
        people = people.filter(profession_id__in=professions)
    return list(people.order_by("pk").values_list("user_id", flat=True))


def live_registration(session: Session, practitioner: Practitioner) -> Registration | None:
    """Return the person's one place in the session, if they have any."""
    rows = Registration.objects.filter(session_id=session.pk, practitioner_id=practitioner.pk, state__in=LIVE_STATES)
    # Most often there is none: the question is put so that it costs little.
    found = list(rows.values_list("pk", flat=True))
    if not found:
        return None
    registration = Registration.objects.select_related("site", "practitioner").get(pk=found[0])
    registration.session = session
    return registration


def queue_position(registration: Registration) -> int:
    """Return the place on the waiting list, the first being 1."""
    return (
        Registration.objects.filter(
            site_id=registration.site_id, state=RegistrationState.WAITING, pk__lt=registration.pk
        ).count()
        + 1
    )


def registrations_of(practitioner: Practitioner, sessions: Iterable[Session]) -> dict[int, Registration]:
    """Return the person's live places by session id."""
    rows = Registration.objects.live().filter(practitioner=practitioner, session__in=[s.pk for s in sessions])
    return {row.session_id: row for row in rows.select_related("site")}


def mine(practitioner: Practitioner) -> QuerySet[Registration]:
    """Return a member's places in sessions that are not over, next one first."""
    return (
        Registration.objects.live()
        .filter(practitioner=practitioner, session__ends_at__gte=timezone.now() - timedelta(hours=12))
        .exclude(session__state=SessionState.CANCELLED)
        .select_related("session", "site")
        .order_by("session__starts_at", "pk")
    )


def attended_by(practitioner: Practitioner) -> QuerySet[Registration]:
    """Return the sessions at which a member was present, latest first."""
    return (
        Registration.objects.filter(practitioner=practitioner, state=RegistrationState.ATTENDED)
        .select_related("session", "site", "certificate")
        .order_by("-session__starts_at", "pk")
    )


def in_month(sessions: QuerySet[Session], first: date) -> QuerySet[Session]:
    """Return the sessions that start in the month of that day, in local time."""
    begin = timezone.make_aware(datetime(first.year, first.month, 1))
    end = timezone.make_aware(datetime(first.year + first.month // 12, first.month % 12 + 1, 1))
    return sessions.filter(starts_at__gte=begin, starts_at__lt=end)


def to_tell(session: Session, states: Iterable[str] = WITHDRAWABLE_STATES) -> list[int]:
    """Return the accounts of those with a place in the session, and of its facilitators."""
    registered = Registration.objects.filter(session=session, state__in=list(states))
    people = Practitioner.objects.active().filter(
        Q(pk__in=registered.values("practitioner_id")) | Q(pk__in=session.facilitators.values("pk"))
    )
    return list(people.order_by("pk").values_list("user_id", flat=True))


def sessions_with_overdue_offers(now: datetime) -> list[Session]:
    overdue = Registration.objects.filter(state=RegistrationState.OFFERED, offer_expires_at__lte=now)
    return list(Session.objects.filter(pk__in=overdue.values("session_id")).order_by("pk"))


def past_public() -> QuerySet[Session]:
    """Return the sessions of the public that are over, latest first."""
    return with_sites(Session.objects.public().filter(ends_at__lt=timezone.now(), state__in=SHOWN_STATES)).order_by(
        "-starts_at", "pk"
    )


def listed(user: Any, practitioner: Practitioner | None) -> QuerySet[Session]:
    """Return the sessions that a reader's list shows: to everybody the public ones, to a member those known to them.

    `practitioner` is the reader's active membership. A coordinator who is no member also finds the published ones of their role.
    """
    if practitioner:
        return Session.objects.known_to(practitioner)
    if network_policies.is_staff(user):
        return Session.objects.public() | Session.objects.visible_to(user).filter(published_at__isnull=False)
    return Session.objects.public()


def known(slug: str, user: Any, practitioner: Practitioner) -> Session | None:
    """Return a session that this member may know of; most are known to all members, which is asked first because it costs less."""
    return (
        Session.objects.known_to_members().filter(slug=slug).first()
        or listed(user, practitioner).filter(slug=slug).first()
    )


def session_for(slug: str, user: Any, practitioner: Practitioner | None) -> Session | None:
    """Return a session whose page this reader may see, a draft included for its coordinators; else None."""
    found = None
    if practitioner:
        # Most sessions; whether one that is not for everybody is for this member costs several times as much to ask.
        found = _page_of(Session.objects.known_to_members(), slug)
    if found is None:
        found = _page_of(listed(user, practitioner), slug)
    if found is None and network_policies.is_staff(user):
        found = _page_of(Session.objects.visible_to(user), slug)
    return found


def _page_of(sessions: QuerySet[Session], slug: str) -> Session | None:
    """Return a session with its sites; in `minutes_for` who reads its minutes if they are published; `is_followed`: others follow it up."""
    minutes = Minutes.objects.published().filter(session_id=OuterRef("pk")).values("audience")[:1]
    following = Exists(Session.objects.filter(follows=OuterRef("pk")))
    return with_sites(sessions.filter(slug=slug)).annotate(minutes_for=Subquery(minutes), is_followed=following).first()


def coming(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Return those of the sessions that are not over, next one first."""
    now = timezone.now()
    return with_sites(sessions.filter(starts_at__gte=now - LONGEST, ends_at__gte=now)).order_by("starts_at", "pk")


def past(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Return those of the sessions that took place, latest first."""
    now = timezone.now()
    over = sessions.filter(starts_at__lt=now, ends_at__lt=now, state__in=SHOWN_STATES)
    return with_sites(over).order_by("-starts_at", "-pk")


def of_member(sessions: QuerySet[Session], practitioner: Practitioner) -> QuerySet[Session]:
    """Return those of the sessions in which the member has a place, or which they lead."""
    places = Registration.objects.live().filter(practitioner=practitioner)
    led = Session.objects.filter(facilitators=practitioner)
    return sessions.filter(Q(pk__in=places.values("session_id")) | Q(pk__in=led.values("pk")))


def invited_among(sessions: Iterable[Session], practitioner: Practitioner) -> set[int]:
    """Return the ids of those of the sessions that invite the member."""
    rows = Session.objects.inviting(practitioner).filter(pk__in=[session.pk for session in sessions])
    return set(rows.values_list("pk", flat=True))


def with_place(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    """Add `place`, the place on the waiting list, the first being 1."""
    before = (
        Registration.objects.filter(site_id=OuterRef("site_id"), state=RegistrationState.WAITING, pk__lt=OuterRef("pk"))
        .order_by()
        .values("site_id")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return registrations.annotate(place=Coalesce(Subquery(before), 0) + 1)


def _last_reason() -> QuerySet[Any, Any]:
    """Select why the rule made the last move of a registration, as the journal keeps it."""
    steps = Transition.objects.filter(
        subject_type=Registration._meta.label_lower, subject_id=OuterRef("pk"), changes__has_key="rule"
    )
    return steps.order_by("-pk").values("changes")[:1]


def latest_registration(session: Session, practitioner: Practitioner) -> Registration | None:
    """Return what became of the member's last request for a seat: their one place if they have one, else what ended."""
    rows = Registration.objects.filter(session=session, practitioner=practitioner)
    rows = rows.select_related("site__municipality", "certificate")
    registration = rows.annotate(why=Subquery(_last_reason())).order_by("-pk").first()
    if registration:
        registration.session = session
    return registration


def steps_of_place(session: Session, practitioner: Practitioner) -> list[Transition]:
    """Return each step of a member's places in a session, the first one first."""
    places = Registration.objects.filter(session=session, practitioner=practitioner)
    steps = Transition.objects.filter(
        subject_type=Registration._meta.label_lower, subject_id__in=places.values("pk"), move__in=RegistrationMove
    )
    return list(steps.order_by("pk"))


def places_to_give_up(practitioner: Practitioner) -> list[Registration]:
    """Return the places that somebody holds in sessions that have not begun."""
    return list(
        Registration.objects.filter(
            practitioner=practitioner, state__in=WITHDRAWABLE_STATES, session__starts_at__gt=timezone.now()
        )
        .select_related("session")
        .order_by("session_id")
    )


def facilitators(session: Session, reader: Any, practitioner: Practitioner | None) -> list[Practitioner]:
    """Return those who lead a session and whom this reader may find: as a member in the directory, else by their role.

    Nobody under the Chatham House Rule.
    """
    if session.chatham_house:
        return []
    return _leading(session, findable(reader, practitioner))


def findable(reader: Any, practitioner: Practitioner | None) -> QuerySet[Practitioner]:
    """Return the people whom a reader may find: as a member in the directory, else by their role."""
    return Practitioner.objects.listed_for(practitioner) if practitioner else Practitioner.objects.visible_to(reader)


def leaders(session: Session) -> list[Practitioner]:
    """Return the active members who lead a session."""
    return _leading(session, Practitioner.objects.all())


def _leading(session: Session, people: QuerySet[Practitioner]) -> list[Practitioner]:
    rows = people.filter(pk__in=session.facilitators.values("pk")).active()  # type: ignore[attr-defined]
    return list(rows.select_related("profession").order_by("search", "pk"))


def leads(session: Session, practitioner: Practitioner) -> bool:
    return session.facilitators.filter(pk=practitioner.pk).exists()


def my_page(practitioner: Practitioner) -> dict[str, Any]:
    """Return what a member's own page shows of sessions: their places in what is coming, and where they were."""
    return {
        "places": list(with_place(mine(practitioner))),
        "attended": list(attended_by(practitioner)[:ATTENDED_SHOWN]),
        "now": timezone.now(),
    }


def my_copy(practitioner: Practitioner) -> list[Any]:
    """Return all registrations of a person as the copy of their data holds them, with when they were online."""
    rows = list(
        Registration.objects.filter(practitioner=practitioner)
        .order_by("pk")
        .values(
            "session__title_ar",
            "session__title_en",
            "session__starts_at",
            "site__name_ar",
            "site__name_en",
            "state",
            "requested_at",
            "confirmed_at",
            "offered_at",
            "offer_expires_at",
            "marked_at",
            "marked_via",
            "walked_in",
            "code",
            "pk",
            "certificate__code",
            "certificate__state",
            "certificate__name_ar",
            "certificate__name_latin",
            "certificate__hours",
            "certificate__issued_at",
            "certificate__revoked_at",
            "certificate__reason",
        )
    )
    online: dict[int, list[Any]] = {}
    for presence in Presence.objects.filter(registration__practitioner=practitioner).order_by("pk"):
        times = {name: getattr(presence, name) for name in ("started_at", "last_seen_at", "ended_at")}
        online.setdefault(presence.registration_id, []).append(times)
    kept = [{name: value for name, value in row.items() if name != "pk"} for row in rows]
    return [row | {"online": online.get(of["pk"], [])} for row, of in zip(kept, rows, strict=True)]
