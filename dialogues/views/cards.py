"""A session as a reader sees it: its doors, its sites with their seats, and the reader's own place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext, gettext_lazy as _, ngettext

from dialogues import notices, policies, selectors
from dialogues.enums import LIVE_STATES, WITHDRAWABLE_STATES, RegistrationState, SessionState, SiteKind
from dialogues.models import Registration, Session, Site
from network import disclosure
from network.models import Practitioner

HAS_SEAT = (RegistrationState.CONFIRMED, RegistrationState.ATTENDED)
# What can be done with a session → the state as which it looks, and the words.
DOORS = {
    "draft": ("draft", _("Draft")),
    "cancelled": ("cancelled", _("Cancelled")),
    "over": ("closed", _("It is over")),
    "running": ("held", _("Taking place now")),
    "soon": ("due", _("Sign-up opens later")),
    "closed": ("closed", _("Sign-up is closed")),
    "full": ("full", _("Waiting list")),
    "open": ("open", _("Open for sign-up")),
}
# These are told also to whoever has a place already.
TOLD_TO_ALL = frozenset({"draft", "cancelled", "over", "running"})


def door(session: Session, now: datetime) -> str:
    """Return what can be done with a session now: "draft", "cancelled", "over", "running", "soon", "open" or "closed"."""
    if session.state in (SessionState.DRAFT, SessionState.CANCELLED):
        return str(session.state)
    if now >= session.ends_at or session.state == SessionState.CLOSED:
        return "over"
    if now >= session.starts_at:
        return "running"
    if policies.registration_is_open(session, now):
        return "open"
    opens = policies.registration_opens(session)
    return "soon" if opens and now < opens else "closed"


@dataclass(frozen=True, slots=True)
class Place:
    """A site with its seats as this reader is told of them: how few people have signed up is not for everybody."""

    site: Site
    tells_count: bool

    @property
    def free(self) -> int:
        return max(self.site.free, 0)

    @property
    def icon(self) -> str:
        return "video" if self.site.kind == SiteKind.ONLINE else "pin"

    @property
    def seats(self) -> str:
        """How many seats are free, in words."""
        if not self.free:
            return gettext("No seat is free: waiting list")
        if not self.tells_count:
            return gettext("Seats are free")
        text = ngettext("%(free)s of %(seats)s seats free", "%(free)s of %(seats)s seats free", self.free)
        return text % {"free": self.free, "seats": self.site.seats}


@dataclass(frozen=True)
class Card:
    """One session for one reader. `practitioner` is their active membership, `invited` whether the session is for them."""

    session: Session
    now: datetime
    practitioner: Practitioner | None = None
    registration: Registration | None = None
    invited: bool = False
    for_visitor: bool = False

    @cached_property
    def door(self) -> str:
        return door(self.session, self.now)

    @cached_property
    def url(self) -> str:
        return self.session.get_absolute_url()

    @cached_property
    def own_badge(self) -> tuple[str, Any]:
        """The state of the reader's place, as a look and words."""
        return self.registration.state, self.registration.get_state_display()

    @cached_property
    def badges(self) -> list[tuple[str, Any]]:
        """The states that the session shows to this reader, each as a look and words."""
        badges = [self.own_badge] if self.has_place else []
        if not self.has_place or self.door in TOLD_TO_ALL:
            badges.append(DOORS["full" if self.door == "open" and self.full else self.door])
        return badges

    @cached_property
    def month_badge(self) -> tuple[str, Any] | None:
        """The one state that there is room for in a month."""
        if self.door == "cancelled":
            return DOORS["cancelled"]
        return self.own_badge if self.has_place else None

    @cached_property
    def places(self) -> list[Place]:
        return [
            Place(site, bool(self.practitioner) or site.taken >= disclosure.SMALLEST or site.free <= 0)
            for site in self.session.sites.all()
        ]

    @cached_property
    def tells_seats(self) -> bool:
        """Free seats matter as long as somebody could still want one."""
        return self.door in ("draft", "soon", "open") and not self.has_place

    @cached_property
    def full(self) -> bool:
        return all(not place.free for place in self.places)

    @property
    def waits(self) -> bool:
        return self.registration is not None and self.registration.state == RegistrationState.WAITING

    @cached_property
    def has_seat(self) -> bool:
        return bool(self.registration) and self.registration.state in HAS_SEAT

    @cached_property
    def has_place(self) -> bool:
        return bool(self.registration) and self.registration.state in LIVE_STATES

    @cached_property
    def offer_stands(self) -> bool:
        place = self.registration
        return bool(place) and place.state == RegistrationState.OFFERED and place.offer_expires_at > self.now

    @cached_property
    def can_register(self) -> bool:
        return self.door == "open" and self.invited and not self.has_place

    @property
    def why(self) -> str:
        """Why the reader waits or is offered a seat."""
        place = self.registration
        told = place is not None and place.state in (RegistrationState.WAITING, RegistrationState.OFFERED)
        return notices.explain(getattr(place, "why", None) or {}) if told else ""

    @property
    def offers_sign_up(self) -> bool:
        """Whether the way to signing up is shown: to invited members, and to those who may yet log in."""
        return self.can_register or (self.door == "open" and self.for_visitor)

    @property
    def can_withdraw(self) -> bool:
        return (
            self.has_place
            and self.registration.state in WITHDRAWABLE_STATES
            and self.session.state == SessionState.PUBLISHED
            and self.now < self.session.starts_at
        )

    @property
    def only_site(self) -> Site | None:
        """The site to which one press signs up, where there is no other to choose."""
        return self.places[0].site if len(self.places) == 1 else None


def cards(
    sessions: Iterable[Session], now: datetime, practitioner: Practitioner | None, *, for_visitor: bool
) -> list[Card]:
    """Return the cards of a list in two queries for a member and none for others."""
    sessions = list(sessions)
    if practitioner is None:
        return [Card(session, now, for_visitor=for_visitor) for session in sessions]
    places = selectors.registrations_of(practitioner, sessions)
    invited = selectors.invited_among(sessions, practitioner)
    return [Card(session, now, practitioner, places.get(session.pk), session.pk in invited) for session in sessions]
