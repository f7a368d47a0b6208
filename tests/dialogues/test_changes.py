"""Sessions moved, changed and called off: who is told, and what calendars do."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from dialogues import notices, services, tasks
from dialogues.enums import RegistrationState, SessionState
from dialogues.models import Session
from network import selectors as network_selectors
from network.models import User
from notifications.outbox import Contact, Message, MessageState
from tests.clock import Clock
from tests.dialogues.news import audience, mail, moved
from tests.factories.dialogues import SessionFactory, seat
from tests.factories.network import (
    PractitionerFactory,
    RegionFactory,
    coordinator,
)
from tests.state import everything

pytestmark = pytest.mark.django_db

State = SessionState


# --- moved to another time ------------------------------------------------------------------------------------------------


def test_rescheduling_raises_the_sequence_and_tells_who_comes_and_who_waits() -> None:
    session, by = SessionFactory(), coordinator(None)
    people = audience(session)
    old = session.starts_at

    moved(session, by)

    session.refresh_from_db()
    assert session.sequence == 1
    assert mail("session-rescheduled") == [people["confirmed"]]
    assert mail("session-rescheduled-waiting") == sorted(people[who] for who in ("waiting", "offered", "leader"))
    [step] = network_selectors.steps(session)
    assert step.changes["starts_at"] == [old.isoformat(), session.starts_at.isoformat()]


def calendar(message: Message) -> Calendar:
    """Return what the mail of a notice carries."""
    attach = notices.revoke if message.kind in ("session-cancelled", "seat-withdrawn") else notices.invite
    contact = Contact(message.recipient_id, "", "amal@example.org", "", message.language, discreet=False)
    [attachment] = attach(context=message.context, contact=contact, discreet=False)
    return Calendar.from_ical(attachment.content)


def test_calendars_follow_by_the_same_uid_and_a_higher_sequence() -> None:
    session, by, person = SessionFactory(), coordinator(None), PractitionerFactory()
    services.register(session=session, site=session.sites.get(), practitioner=person, by=person.user)
    moved(Session.objects.get(pk=session.pk), by)
    services.cancel_session(session=session, by=by)

    rows = Message.objects.filter(recipient_id=person.user_id, channel="email").order_by("pk")
    events = [(calendar(row), calendar(row).walk("VEVENT")[0]) for row in rows]

    assert [str(entry["METHOD"]) for entry, _ in events] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [int(event["SEQUENCE"]) for _, event in events] == [0, 1, 2]
    assert len({str(event["UID"]) for _, event in events}) == 1
    assert [str(event["STATUS"]) for _, event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert events[1][1].decoded("DTSTART") - events[0][1].decoded("DTSTART") == timedelta(days=1)


def test_what_was_not_sent_yet_with_the_old_time_is_taken_back() -> None:
    session, by, person = SessionFactory(), coordinator(None), PractitionerFactory()
    services.register(session=session, site=session.sites.get(), practitioner=person, by=person.user)
    for _ in range(2):
        moved(Session.objects.get(pk=session.pk), by)

    rows = Message.objects.filter(recipient_id=person.user_id, channel="email").order_by("pk")
    assert list(rows.values_list("kind", "state")) == [
        ("seat-confirmed", MessageState.NOT_WANTED),
        ("session-rescheduled", MessageState.NOT_WANTED),
        ("session-rescheduled", MessageState.DUE),
    ]


def test_an_offer_does_not_outlast_an_earlier_start(clock: Clock) -> None:
    session, by = SessionFactory(), coordinator(None)
    offer = seat(session=session, state=RegistrationState.OFFERED)
    session.starts_at = clock.now + timedelta(hours=1)

    services.edit_session(session=session, changed=["starts_at"], by=by)

    offer.refresh_from_db()
    assert offer.offer_expires_at <= session.starts_at


def test_a_draft_is_moved_without_telling_anybody() -> None:
    session = SessionFactory(state=State.DRAFT)

    moved(session, coordinator(None))

    session.refresh_from_db()
    assert (session.sequence, Message.objects.count()) == (0, 0)
    assert network_selectors.steps(session).get().move == "edit"


def test_a_new_title_is_told_and_a_new_summary_is_not() -> None:
    session, by = SessionFactory(), coordinator(None)
    people = audience(session)

    session.summary_en = "New."
    services.edit_session(session=session, changed=["summary_en"], by=by)
    assert (Message.objects.count(), Session.objects.get().sequence) == (0, 0)
    session.title_en = "New."
    services.edit_session(session=session, changed=["title_en"], by=by)

    assert mail("session-changed") == [people["confirmed"]]
    assert Session.objects.get().sequence == 1


def test_only_what_was_changed_is_written() -> None:
    session, by = SessionFactory(), coordinator(None)
    stale = Session.objects.get()
    Session.objects.update(summary_en="Written meanwhile.")

    stale.agenda_en = "New."
    services.edit_session(session=stale, changed=["agenda_en"], by=by)

    session.refresh_from_db()
    assert (session.summary_en, session.agenda_en) == ("Written meanwhile.", "New.")


@pytest.mark.parametrize("to", ["east", None])
def test_nobody_gives_a_session_away_or_takes_one(to: str | None) -> None:
    session, by = SessionFactory(host_region=RegionFactory(code="west")), coordinator("west")
    other = coordinator(to)
    session.host_region = RegionFactory(code=to) if to else None
    before = everything()

    for actor in (by, other):
        with pytest.raises(services.NotYourSession):
            services.edit_session(session=session, changed=["host_region"], by=actor)

    assert everything() == before


# --- called off -----------------------------------------------------------------------------------------------------------


def test_cancelling_tells_all_who_have_a_place_or_lead_by_mail_and_sms() -> None:
    session, by = SessionFactory(), coordinator(None)
    people = audience(session)
    User.objects.filter(pk=people["waiting"]).update(phone="+218912345678", phone_verified=True)

    services.cancel_session(session=session, by=by, reason="The road is closed.")

    assert mail("session-cancelled") == sorted(people[who] for who in ("confirmed", "waiting", "offered", "leader"))
    assert Message.objects.get(channel="sms").recipient_id == people["waiting"]
    assert {row.context["reason"] for row in Message.objects.all()} == {"The road is closed."}
    assert network_selectors.steps(session).get().reason == "The road is closed."


def test_nothing_stale_is_sent_after_the_cancellation() -> None:
    session, by = SessionFactory(state=State.DRAFT, site__seats=1), coordinator(None)
    people = [PractitionerFactory() for _ in range(3)]
    services.publish_session(session=session, by=by)
    session.refresh_from_db()
    for person in people:
        services.register(session=session, site=session.sites.get(), practitioner=person, by=person.user)
    services.withdraw(session=session, practitioner=people[0], by=people[0].user)
    moved(Session.objects.get(), by)
    session.facilitators.add(people[0])

    services.cancel_session(session=session, by=by)

    due = Message.objects.filter(state=MessageState.DUE).order_by("pk").values_list("kind", flat=True)
    assert set(due) == {"seat-withdrawn", "session-cancelled"}


def test_offers_of_a_cancelled_session_end_in_silence(clock: Clock) -> None:
    session, by = SessionFactory(), coordinator(None)
    offer = seat(session=session, state=RegistrationState.OFFERED)
    seat(session=session, state=RegistrationState.WAITING)
    services.cancel_session(session=session, by=by)
    clock.forward(hours=6)

    tasks.expire_offers()

    offer.refresh_from_db()
    assert offer.state == RegistrationState.EXPIRED
    assert set(Message.objects.values_list("kind", flat=True)) == {"session-cancelled"}
