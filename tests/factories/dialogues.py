"""Invented sessions, and places in them."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from dialogues.enums import Listing, Readers, RegistrationState, SessionState, SiteKind
from dialogues.models import AgendaItem, Material, Minutes, MinutesRevision, Registration, Session, Site
from tests.factories.network import MunicipalityFactory, PractitionerFactory, UserFactory


class SessionFactory(DjangoModelFactory):
    """A published joint session of the day after tomorrow, open for sign-up; `in_hours` moves its start, `side` gives it a host."""

    class Meta:
        model = Session
        skip_postgeneration_save = True

    class Params:
        in_hours = 48

    slug = factory.Sequence(lambda n: f"session-{n}")
    state = SessionState.PUBLISHED
    title_ar = factory.Sequence(lambda n: f"جلسة الأكسجين {n}")
    title_en = factory.Sequence(lambda n: f"Oxygen session {n}")
    summary_ar = "ملخص الجلسة."
    summary_en = "What it is about."
    listing = Listing.PUBLIC
    starts_at = factory.LazyAttribute(lambda o: timezone.now() + timedelta(hours=o.in_hours))
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(hours=2))
    created_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=20))
    published_at = factory.LazyAttribute(
        lambda o: None if o.state == SessionState.DRAFT else timezone.now() - timedelta(days=10)
    )
    published_by = factory.LazyAttribute(lambda o: o.created_by if o.published_at else None)
    closed_at = factory.LazyAttribute(lambda o: timezone.now() if o.state == SessionState.CLOSED else None)
    closed_by = factory.LazyAttribute(lambda o: o.created_by if o.closed_at else None)
    cancelled_at = factory.LazyAttribute(lambda o: timezone.now() if o.state == SessionState.CANCELLED else None)
    cancelled_by = factory.LazyAttribute(lambda o: o.created_by if o.cancelled_at else None)

    @factory.post_generation
    def site(self, create: bool, extracted: Any, **fields: Any) -> None:
        """Add one room; `site=False` adds none, `site__seats=1` says what it is like."""
        if create and extracted is not False:
            SiteFactory(session=self, **fields)


class SiteFactory(DjangoModelFactory):
    class Meta:
        model = Site

    session = factory.SubFactory(SessionFactory, site=False)
    kind = SiteKind.ROOM
    name_ar = factory.Sequence(lambda n: f"قاعة {n}")
    name_en = factory.Sequence(lambda n: f"Room {n}")
    address_ar = "شارع الزاوية ٥"
    address_en = "5 Zawiya Street"
    municipality = factory.Maybe(
        factory.LazyAttribute(lambda o: o.kind == SiteKind.ROOM), factory.SubFactory(MunicipalityFactory), None
    )
    seats = 30


class RegistrationFactory(DjangoModelFactory):
    """A confirmed seat at the session's only site; the caller sees to `Site.taken`, or uses `seat`."""

    class Meta:
        model = Registration

    session = factory.SubFactory(SessionFactory)
    site = factory.LazyAttribute(lambda o: o.session.sites.get())
    practitioner = factory.SubFactory(PractitionerFactory)
    side = factory.LazyAttribute(lambda o: o.practitioner.region)
    profession = factory.LazyAttribute(lambda o: o.practitioner.profession)
    state = RegistrationState.CONFIRMED
    requested_at = factory.LazyFunction(timezone.now)
    confirmed_at = factory.LazyAttribute(
        lambda o: (
            o.requested_at
            if o.state in (RegistrationState.CONFIRMED, RegistrationState.ATTENDED, RegistrationState.ABSENT)
            else None
        )
    )
    offered_at = factory.LazyAttribute(lambda o: o.requested_at if o.state == RegistrationState.OFFERED else None)
    offer_expires_at = factory.LazyAttribute(lambda o: o.offered_at + timedelta(hours=5) if o.offered_at else None)


def seat(**fields: Any) -> Registration:
    """Return a registration that holds a seat, counted at its site."""
    registration = RegistrationFactory(**fields)
    registration.site.taken += 1
    registration.site.save(update_fields=["taken"])
    return registration


class MinutesFactory(DjangoModelFactory):
    """A draft of the minutes of a closed session, with one revision."""

    class Meta:
        model = Minutes
        skip_postgeneration_save = True

    session = factory.SubFactory(SessionFactory, state=SessionState.CLOSED, in_hours=-48)
    chatham_house = factory.SelfAttribute("session.chatham_house")
    audience = Readers.MEMBERS

    @factory.post_generation
    def text(self, create: bool, extracted: Any, **fields: Any) -> None:
        """Write the first revision; `text__text_en="…"` says what stands in it."""
        if create and extracted is not False:
            RevisionFactory(minutes=self, **fields)


class RevisionFactory(DjangoModelFactory):
    class Meta:
        model = MinutesRevision

    minutes = factory.SubFactory(MinutesFactory, text=False)
    number = factory.LazyAttribute(lambda o: o.minutes.revisions.count() + 1)
    base = factory.LazyAttribute(lambda o: o.number - 1)
    text_ar = "اتفقنا على قائمة واحدة."
    text_en = "We agreed on one list."
    written_on = factory.LazyFunction(timezone.localdate)


def published_minutes(session: Session, audience: str = Readers.MEMBERS, **text: Any) -> Minutes:
    """Return minutes that readers see, as the services leave them."""
    minutes = MinutesFactory(session=session, audience=audience, text=False)
    revision = RevisionFactory(minutes=minutes, **text)
    minutes.state, minutes.published_revision, minutes.published_on = "published", revision, timezone.localdate()
    minutes.presence = {"groups": [["LY-east", "7"]], "total": "13", "hides": True}
    minutes.save()
    return minutes


class AgendaItemFactory(DjangoModelFactory):
    class Meta:
        model = AgendaItem
        skip_postgeneration_save = True

    session = factory.SubFactory(SessionFactory)
    offset = 0
    minutes = 30
    title_ar = factory.Sequence(lambda n: f"فقرة {n}")
    title_en = factory.Sequence(lambda n: f"Item {n}")


class MaterialFactory(DjangoModelFactory):
    """A link for everybody who sees the session; `stored="…"` makes it a file, which the caller writes."""

    class Meta:
        model = Material

    session = factory.SubFactory(SessionFactory)
    title_ar = factory.Sequence(lambda n: f"ورقة {n}")
    title_en = factory.Sequence(lambda n: f"Paper {n}")
    stored = ""
    filename = factory.LazyAttribute(lambda o: "paper.pdf" if o.stored else "")
    size = factory.LazyAttribute(lambda o: 1_234_567 if o.stored else None)
    link = factory.LazyAttribute(lambda o: "" if o.stored else "https://elsewhere.example/paper")
    added_at = factory.LazyFunction(timezone.now)
    added_by = factory.LazyAttribute(lambda o: o.session.created_by)
