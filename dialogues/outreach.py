"""Reads for what goes out to members around a session: calendars, reminders, thanks, feedback, messages of coordinators."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, override

from dialogues import calendars, policies, selectors
from dialogues.enums import AUDIENCE_STATES, SEATED_STATES, RegistrationState, Round, SessionMove, SessionState
from dialogues.models import Broadcast, CalendarFeed, FeedbackAnswer, FeedbackGiven, Registration, Session, SessionRound
from dialogues.models.feedback import SCORES
from dialogues.models.sessions import LONGEST
from network import disclosure
from network.enums import MemberState
from network.models import Practitioner, Region, Transition
from notifications import outbox

# How long a calendar keeps what is over, so that who looks back finds it.
FEED_KEEPS = timedelta(days=90)
FEED_ENTRIES = 500
AHEAD = {Round.HOUR: timedelta(hours=1), Round.DAY: timedelta(days=1), Round.WEEK: timedelta(days=7)}
# A mark of the attendance can be put right before anybody is thanked; where nobody closes it, thanks come half a day after the end.
THANKED_AFTER_CLOSING = timedelta(hours=1)
THANKED_UNCLOSED_AFTER = timedelta(hours=12)
MESSAGES_SHOWN, MESSAGES_SHOWN_FOR = 5, timedelta(days=30)


# --- calendars ----------------------------------------------------------------------------------------------------------


def feed_of_token(token: str) -> CalendarFeed | None:
    """Return the private calendar that has this token, of an active member."""
    return (
        CalendarFeed.objects.filter(
            token_sha256=hashlib.sha256(token.encode()).hexdigest(),
            practitioner__state=MemberState.ACTIVE,
            practitioner__user__is_active=True,
        )
        .select_related("practitioner__user")
        .first()
    )


def _revised(sessions: Iterable[Session]) -> dict[int, datetime]:
    """Return when each session was changed last."""
    pks = [session.pk for session in sessions]
    steps = Transition.objects.filter(subject_type=Session._meta.label_lower, subject_id__in=pks)
    return dict(steps.values_list("subject_id").annotate(last=Max("at")).order_by())


def own_entries(practitioner: Practitioner) -> list[calendars.Entry]:
    """Return what a member's private calendar shows: their seats, what they are offered, what they lead; not what they wait for.

    In the member's language; in discreet mode, and of sessions under the Chatham House Rule, only that there is an appointment.
    """
    now = timezone.now()
    recent = Q(session__starts_at__gte=now - FEED_KEEPS - LONGEST, session__ends_at__gte=now - FEED_KEEPS)
    places = list(
        Registration.objects.filter(recent, practitioner=practitioner, state__in=SEATED_STATES)
        .exclude(state=RegistrationState.OFFERED, offer_expires_at__lte=now)
        .select_related("session", "site")
        .order_by("-session__starts_at", "pk")[:FEED_ENTRIES]
    )
    led = list(
        Session.objects.filter(
            facilitators=practitioner, published_at__isnull=False, ends_at__gte=now - FEED_KEEPS
        ).order_by("-starts_at", "pk")[:FEED_ENTRIES]
    )
    seated = {row.session_id for row in places}
    rows = [(row.session, row) for row in places] + [(session, None) for session in led if session.pk not in seated]
    revised = _revised(session for session, _row in rows)
    with override(practitioner.user.language):
        return [
            calendars.Entry.of(
                session,
                location=_location(row),
                neutral=practitioner.user.discreet or session.chatham_house,
                tentative=row is not None and row.state == RegistrationState.OFFERED,
                revised=revised.get(session.pk, session.published_at),
            )
            for session, row in rows
        ]


def _location(row: Registration | None) -> str:
    """Return where a member's place is; the address is for those with a confirmed seat."""
    if row is None:
        return ""
    address = "" if row.state == RegistrationState.OFFERED else row.site.address
    return calendars.located(row.site.name, address)


def public_entries() -> list[calendars.Entry]:
    """Return the sessions of the public that come or were in the last months, called-off ones among them, in the language of the page."""
    since = timezone.now() - FEED_KEEPS
    rows = Session.objects.public().filter(starts_at__gte=since - LONGEST, ends_at__gte=since)
    sessions = list(selectors.with_sites(rows).order_by("-starts_at", "pk")[:FEED_ENTRIES])
    revised = _revised(sessions)
    return [
        calendars.Entry.of(
            session,
            location=" · ".join(site.name for site in session.sites.all()),
            neutral=session.chatham_house,
            revised=revised.get(session.pk, session.published_at),
        )
        for session in sessions
    ]


def calendar_feed(practitioner: Practitioner) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(practitioner=practitioner).first()


# --- reminders and thanks -----------------------------------------------------------------------------------------------


def rounds_due(now: datetime) -> list[tuple[str, Session]]:
    """Return the sessions that begin within a week, a day or an hour and of which nobody was reminded yet for that time and start.

    Only sessions are asked for, in the index of their starts, however many people have a place in them.
    """
    sessions = list(
        Session.objects.filter(
            starts_at__gt=now,
            starts_at__lte=now + AHEAD[Round.WEEK],
            state__in=[SessionState.PUBLISHED, SessionState.HELD],
        ).order_by("starts_at", "pk")
    )
    done = _done(sessions)
    due = [(next(what for what, ahead in AHEAD.items() if s.starts_at <= now + ahead), s) for s in sessions]
    return [(what, session) for what, session in due if (session.pk, what, session.starts_at) not in done]


def _done(sessions: list[Session]) -> set[tuple[int, str, datetime]]:
    rows = SessionRound.objects.filter(session__in=[session.pk for session in sessions])
    return set(rows.values_list("session_id", "what", "moment"))


def to_remind(session: Session, what: str, *, after: int = 0) -> QuerySet[Registration]:
    """Return the confirmed places of which their people are reminded.

    Whoever got the seat within that very time has just been told, as has everybody when the session was moved within it.
    """
    since = session.starts_at - AHEAD[Round(what)]
    rows = Registration.objects.filter(
        session=session, state=RegistrationState.CONFIRMED, confirmed_at__lt=since, pk__gt=after
    )
    if Transition.objects.of(session).filter(move=SessionMove.RESCHEDULE, at__gte=since).exists():
        rows = rows.none()
    return rows.select_related("session", "site", "practitioner").order_by("pk")


def reminders_due(now: datetime) -> list[tuple[str, Registration]]:
    """Return every single reminder that is due, with which it is."""
    return [(what, row) for what, session in rounds_due(now) for row in to_remind(session, what)]


def thanked_after(session: Session) -> datetime:
    """Return after what people are thanked: the closing of the attendance, or the end where nobody closes it."""
    return session.closed_at or session.ends_at


def thanks_due(now: datetime) -> list[Session]:
    """Return the sessions of the last month after which nobody was thanked yet."""
    held = Q(state=SessionState.HELD, ends_at__lte=now - THANKED_UNCLOSED_AFTER)
    closed = Q(state=SessionState.CLOSED, closed_at__lte=now - THANKED_AFTER_CLOSING)
    since = now - policies.FEEDBACK_LASTS
    rows = Session.objects.filter(
        held | closed, starts_at__gte=since - LONGEST, starts_at__lt=now, ends_at__gt=since, ends_at__lte=now
    )
    sessions = list(rows.order_by("starts_at", "pk"))
    done = _done(sessions)
    return [session for session in sessions if (session.pk, Round.THANKS, thanked_after(session)) not in done]


def to_thank(session: Session, *, after: int = 0) -> QuerySet[Registration]:
    """Return the places of those who were marked as present."""
    rows = Registration.objects.filter(session=session, state=RegistrationState.ATTENDED, pk__gt=after)
    return rows.select_related("session", "site", "practitioner").order_by("pk")


# --- feedback -----------------------------------------------------------------------------------------------------------


def was_present(session: Session, practitioner: Practitioner) -> bool:
    places = Registration.objects.filter(session=session, practitioner=practitioner)
    return places.filter(state=RegistrationState.ATTENDED).exists()


def has_answered(session: Session, practitioner: Practitioner) -> bool:
    return FeedbackGiven.objects.filter(session=session, practitioner=practitioner).exists()


def asks_how_it_was(session: Session, practitioner: Practitioner) -> bool:
    """Tell whether a member may still tell how this session was."""
    if not policies.feedback_is_open(session, timezone.now()):
        return False
    return was_present(session, practitioner) and not has_answered(session, practitioner)


def feedback_asked(practitioner: Practitioner) -> list[Session]:
    """Return the sessions on which a member may still tell how they were."""
    now = timezone.now()
    attended = Registration.objects.filter(
        practitioner=practitioner,
        state=RegistrationState.ATTENDED,
        session__ends_at__gt=now - policies.FEEDBACK_LASTS,
        session__ends_at__lte=now,
        session__state__in=[SessionState.HELD, SessionState.CLOSED],
    ).exclude(session__in=FeedbackGiven.objects.filter(practitioner=practitioner).values("session_id"))
    return list(Session.objects.filter(pk__in=attended.values("session_id")).order_by("-starts_at", "pk"))


@dataclass(frozen=True, slots=True)
class Group:
    """What one group of people answered on the average; `averages` is None where it isn't shown."""

    side: Region | None
    count: int
    averages: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Results:
    """What may be shown of a session's feedback. `total` is None below five answers, `sides` is empty before answering is over."""

    total: Group | None
    sides: tuple[Group, ...]
    texts: tuple[str, ...]


def feedback_results(session: Session, *, with_words: bool) -> Results:
    """Return what may be shown of the answers to a session.

    Answers are shown five at a time, for the difference of two looks must not be one answer. For the same reason sides are told apart only
    when no more can come.
    """
    answers = FeedbackAnswer.objects.filter(session=session, released=True)
    averages = {score: Avg(score) for score in SCORES}
    whole = answers.aggregate(count=Count("pk"), **averages)
    if whole["count"] < disclosure.SMALLEST:
        return Results(None, (), ())
    sides: tuple[Group, ...] = ()
    if not session.chatham_house and timezone.now() >= policies.feedback_ends(session):
        rows = {
            row["side_id"]: row for row in answers.values("side_id").annotate(count=Count("pk"), **averages).order_by()
        }
        regions = list(Region.objects.order_by("position", "pk"))
        counts = {region.pk: rows[region.pk]["count"] if region.pk in rows else 0 for region in regions}
        shown = disclosure.groups_to_show(counts, rest=rows[None]["count"] if None in rows else 0)
        sides = tuple(
            Group(region, counts[region.pk], _averages(rows[region.pk]))
            if region.pk in shown
            else Group(region, 0, None)
            for region in regions
        )
    # In the order of their random keys.
    texts = answers.exclude(text="").order_by("pk").values_list("text", flat=True) if with_words else ()
    return Results(Group(None, whole["count"], _averages(whole)), sides, tuple(texts))


def _averages(row: dict[str, Any]) -> tuple[float, ...]:
    return tuple(round(row[score], 1) for score in SCORES)


# --- messages -----------------------------------------------------------------------------------------------------------


def recipients(broadcast: Broadcast) -> list[int]:
    """Return the accounts of those whom a message reaches now."""
    places = Registration.objects.filter(
        session_id=broadcast.session_id,
        state__in=AUDIENCE_STATES[broadcast.audience],  # type: ignore[index]
        practitioner__state=MemberState.ACTIVE,
        practitioner__user__is_active=True,
    )
    if broadcast.site_id:
        places = places.filter(site_id=broadcast.site_id)
    if broadcast.side_id:
        places = places.filter(practitioner__region_id=broadcast.side_id)
    users = places.order_by("practitioner__user_id").values_list("practitioner__user_id", flat=True)
    return list(users.distinct())


def broadcasts(session: Session, user: Any) -> list[Broadcast]:
    """Return the messages about a session that a coordinator may read: those of their own sides; all for those who read all."""
    rows = Broadcast.objects.visible_to(user).filter(session=session).select_related("side", "site")
    return list(rows.order_by("-written_at", "-pk"))


def my_messages(practitioner: Practitioner) -> list[dict[str, Any]]:
    """Return the messages of coordinators that a member got lately, in the language of the page."""
    language = (get_language() or "ar")[:2]
    rows = outbox.Message.objects.filter(
        recipient_id=practitioner.user_id,
        kind="broadcast",
        channel=outbox.Channel.EMAIL,
        created_at__gte=timezone.now() - MESSAGES_SHOWN_FOR,
    ).order_by("-pk")[:MESSAGES_SHOWN]
    return [
        {
            "at": row.created_at,
            "slug": row.context["slug"],
            **{part: _picked(row.context[part], language) for part in ("title", "subject", "text")},
        }
        for row in rows
        if not row.context.get("trial")
    ]


def _picked(texts: dict[str, str], language: str) -> str:
    return texts.get(language) or next((text for text in texts.values() if text), "")


# --- a member's own page ------------------------------------------------------------------------------------------------


def my_page(practitioner: Practitioner) -> dict[str, Any]:
    """Return what a member's own page shows of all this."""
    return {"asked": feedback_asked(practitioner), "messages": my_messages(practitioner)}


def my_copy(practitioner: Practitioner) -> dict[str, Any]:
    """Return what is kept about a person here, as the copy of their data holds it. What they answered can't be told apart any more."""
    given = FeedbackGiven.objects.filter(practitioner=practitioner).order_by("pk")
    return {
        "calendar_address_made_at": CalendarFeed.objects.filter(practitioner=practitioner)
        .values_list("made_at", flat=True)
        .first(),
        "feedback_given": list(given.values("session__title_ar", "session__title_en", "on")),
    }
