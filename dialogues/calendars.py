"""Sessions as iCalendar (RFC 5545, 5546), times in UTC, one stable UID a session, SEQUENCE raised with every change."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Self

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext, override, pgettext
from icalendar import Calendar, Event, vCalAddress, vDuration, vText

# Neutral like the rest: an entry in discreet mode must not tell where it comes from.
PRODUCT = "-//Calendar//EN"
ENTRIES_KEPT = 64
# How often a calendar is asked to look again.
REFRESH = timedelta(hours=1)


def located(*parts: str) -> str:
    """Return a place in the words of the moment: its name, and its address where that may be told."""
    return pgettext("between the items of a list", ", ").join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Entry:
    """One session as a calendar shows it, in words that are already the reader's."""

    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    summary: str
    location: str = ""
    url: str = ""
    private: bool = True
    cancelled: bool = False
    tentative: bool = False
    # When the session was changed last; None: now.
    revised: datetime | None = None

    @classmethod
    def of(
        cls, session: Any, *, location: str, neutral: bool, tentative: bool = False, revised: datetime | None = None
    ) -> Self:
        """Return the entry of a session in the language of the moment. A neutral one says "Appointment" and no place."""
        language = (get_language() or "ar")[:2]
        return cls(
            uid=str(session.uid),
            sequence=session.sequence,
            starts=session.starts_at,
            ends=session.ends_at,
            summary=gettext("Appointment") if neutral else session.title,
            location="" if neutral else location,
            url="" if neutral else f"{settings.SITE_URL}/{language}/sessions/{session.slug}/",
            private=neutral,
            cancelled=session.cancelled_at is not None,
            tentative=tentative,
            revised=revised,
        )

    @classmethod
    def from_context(cls, context: dict[str, Any], *, language: str, discreet: bool) -> Self:
        """Return the entry of a notice. Discreet ones, and those under the Chatham House Rule, say "Appointment" and no place."""

        def pick(texts: dict[str, str]) -> str:
            return texts.get(language) or next((text for text in texts.values() if text), "")

        neutral = discreet or bool(context.get("chatham_house"))
        with override(language):
            appointment = gettext("Appointment")
            place = located(*(pick(context[key]) for key in ("site", "address") if key in context))
        return cls(
            uid=context["uid"],
            sequence=context["sequence"],
            starts=parse_datetime(context["starts"]["datetime"]),  # type: ignore[arg-type]
            ends=parse_datetime(context["ends"]["datetime"]),  # type: ignore[arg-type]
            summary=appointment if neutral else pick(context["title"]),
            location="" if neutral else place,
            url="" if neutral else f"{settings.SITE_URL}/{language}/sessions/{context['slug']}/",
            private=neutral,
        )


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{settings.SITE_HOST}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", (entry.revised or timezone.now()).astimezone(UTC))
    event.add("dtstart", entry.starts.astimezone(UTC))
    event.add("dtend", entry.ends.astimezone(UTC))
    event.add("summary", entry.summary)
    if entry.location:
        event.add("location", entry.location)
    if entry.url:
        event.add("url", entry.url)
    event.add("class", "PRIVATE" if entry.private else "PUBLIC")
    event.add("status", "CANCELLED" if entry.cancelled else "TENTATIVE" if entry.tentative else "CONFIRMED")
    organizer = vCalAddress(f"mailto:{settings.DEFAULT_FROM_EMAIL}")
    event["organizer"] = organizer
    return event


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


@lru_cache(maxsize=ENTRIES_KEPT)
def _to_all(entry: Entry, method: str, host: str, organizer: str) -> bytes:
    """Return what a message says to everybody: all but who reads it and when it was written."""
    calendar, event = _calendar(method), _event(entry)
    del event["dtstamp"]
    event["status"] = vText("CANCELLED" if method == "CANCEL" else "CONFIRMED")
    calendar.add_component(event)
    return calendar.to_ical()


def personal(entry: Entry, *, method: str, attendee: str) -> bytes:
    """Return the message to one person, with nobody else in it. `method` is REQUEST or CANCEL (RFC 5546, 3.2)."""
    person = vCalAddress(f"mailto:{attendee}")
    person.params["CUTYPE"] = vText("INDIVIDUAL")
    person.params["ROLE"] = vText("REQ-PARTICIPANT")
    person.params["PARTSTAT"] = vText("DECLINED" if method == "CANCEL" else "ACCEPTED")
    person.params["RSVP"] = vText("FALSE")
    own = Event()
    own.add("dtstamp", timezone.now().astimezone(UTC))
    own.add("attendee", person, encode=0)
    to_all = _to_all(entry, method, settings.SITE_HOST, settings.DEFAULT_FROM_EMAIL)
    return to_all.replace(b"END:VEVENT\r\n", own.to_ical().removeprefix(b"BEGIN:VEVENT\r\n"))


def published(entries: list[Entry]) -> bytes:
    """Return entries to take into a calendar by hand; nobody attends in them (RFC 5546, 3.2.1)."""
    calendar = _calendar("PUBLISH")
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def feed(entries: list[Entry], *, name: str) -> bytes:
    """Return a calendar that programs look at again and again. Nobody organises or attends in it; the same entries are the same bytes."""
    calendar = _calendar("PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for entry in entries:
        event = _event(entry)
        del event["organizer"]
        if entry.revised:
            event.add("last-modified", entry.revised.astimezone(UTC))
        # Whoever is invited is not on that account busy; what is called off takes no time.
        event.add("transp", "TRANSPARENT" if entry.cancelled or entry.tentative else "OPAQUE")
        calendar.add_component(event)
    return calendar.to_ical()
