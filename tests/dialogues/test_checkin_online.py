"""Minutes online: what is noted, what is counted of it, and who is present by the rule when the attendance is closed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from dialogues import selectors, services
from dialogues.enums import RegistrationState, SiteKind, Via
from dialogues.models import Presence, Registration, Session
from network import selectors as network_selectors, services as network_services
from network.models import Practitioner, User
from tests.clock import Clock
from tests.desk import at_the_desk
from tests.dialogues.doors import signed_in
from tests.factories.dialogues import RegistrationFactory, SessionFactory, seat
from tests.factories.network import PractitionerFactory, coordinator
from tests.state import everything

pytestmark = pytest.mark.django_db
LINK = "https://meet.example.org/oxygen-742"
LANGUAGES = ["ar", "en"]


@pytest.fixture
def session(clock: Clock) -> Session:
    """An online session of two hours that begins in ten minutes; an hour makes somebody present."""
    session = SessionFactory(in_hours=1 / 6, join_link=LINK, minimum_minutes=60, site__kind=SiteKind.ONLINE)
    clock.set(session.starts_at - timedelta(minutes=10))
    return session


@pytest.fixture
def member(session: Session) -> Practitioner:
    return seat(session=session).practitioner


def minutes(session: Session) -> list[int]:
    return list(Presence.objects.filter(registration__session=session).minutes().values())


def join(session: Session, member: Practitioner) -> Presence:
    return services.join_online(session=session, practitioner=member)


def leave(session: Session, member: Practitioner) -> Presence | None:
    return services.leave_online(session=session, practitioner=member)


def test_minutes_run_from_the_start_to_leaving(session: Session, member: Practitioner, clock: Clock) -> None:
    join(session, member)
    clock.forward(minutes=10 + 25, seconds=50)
    leave(session, member)

    assert minutes(session) == [25]


def test_time_away_does_not_count(session: Session, member: Practitioner, clock: Clock) -> None:
    clock.forward(minutes=10)
    join(session, member)
    clock.forward(minutes=20)
    leave(session, member)
    clock.forward(minutes=50)
    join(session, member)
    clock.forward(minutes=15)
    leave(session, member)
    leave(session, member)

    assert minutes(session) == [35]
    assert Presence.objects.count() == 2


def test_nothing_after_the_end_counts(session: Session, member: Practitioner, clock: Clock) -> None:
    clock.forward(minutes=10)
    join(session, member)
    clock.forward(minutes=150)
    leave(session, member)

    assert minutes(session) == [120]


def test_without_a_later_sign_nothing_is_counted(session: Session, member: Practitioner, clock: Clock) -> None:
    clock.forward(minutes=10)
    join(session, member)
    clock.forward(minutes=100)

    assert minutes(session) == [0]


def test_a_sign_now_and_then_counts_and_joining_twice_is_as_once(
    session: Session, member: Practitioner, clock: Clock
) -> None:
    clock.forward(minutes=10)
    join(session, member)
    clock.forward(minutes=30)
    join(session, member)
    clock.forward(minutes=12)
    services.still_online(session=session, practitioner=member)

    assert (minutes(session), Presence.objects.count()) == ([42], 1)


def test_a_sign_of_somebody_who_left_begins_nothing(session: Session, member: Practitioner, clock: Clock) -> None:
    assert services.still_online(session=session, practitioner=member) is None
    join(session, member)
    leave(session, member)
    before = everything()
    clock.forward(minutes=5)

    assert services.still_online(session=session, practitioner=member) is None
    assert everything() == before


@pytest.mark.parametrize("state", [RegistrationState.WAITING, RegistrationState.OFFERED, RegistrationState.CANCELLED])
def test_whoever_has_no_seat_does_not_join(session: Session, state: str) -> None:
    row = RegistrationFactory(session=session, state=state)
    for act in (services.join_online, services.still_online, services.leave_online):
        with pytest.raises(services.NotOnline):
            act(session=session, practitioner=row.practitioner)
    with pytest.raises(services.NotOnline):
        join(session, PractitionerFactory())


def test_nobody_joins_before_the_link_is_shown_nor_an_hour_after(
    session: Session, member: Practitioner, clock: Clock
) -> None:
    clock.set(session.starts_at - timedelta(minutes=31))
    with pytest.raises(services.NotOnline):
        join(session, member)
    clock.set(session.ends_at + timedelta(minutes=61))
    with pytest.raises(services.NotOnline):
        join(session, member)


def test_the_database_keeps_one_open_row(session: Session, member: Practitioner) -> None:
    presence = join(session, member)
    now = timezone.now()
    for fields in (
        {"started_at": now, "last_seen_at": now},
        {"started_at": now, "last_seen_at": now - timedelta(minutes=1), "ended_at": now - timedelta(minutes=1)},
        {"started_at": now, "last_seen_at": now, "ended_at": now + timedelta(minutes=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Presence.objects.create(registration=presence.registration, **fields)


# --- the rule -----------------------------------------------------------------------------------------------------------


def stayed(session: Session, clock: Clock, number: int) -> Registration:
    """Return somebody who was there for so many minutes."""
    row = seat(session=session)
    clock.set(session.starts_at)
    join(session, row.practitioner)
    clock.forward(minutes=number)
    leave(session, row.practitioner)
    return row


def test_who_was_there_long_enough_is_present_by_the_rule(session: Session, clock: Clock) -> None:
    long, short, never = stayed(session, clock, 60), stayed(session, clock, 59), seat(session=session)
    by = coordinator(None)

    services.close_attendance(session=session, by=by)

    states = [Registration.objects.get(pk=row.pk).state for row in (long, short, never)]
    assert states == [RegistrationState.ATTENDED, RegistrationState.ABSENT, RegistrationState.ABSENT]
    long.refresh_from_db()
    assert (long.marked_via, long.marked_by, long.marked_at) == (Via.MINUTES, None, None)
    assert [(step.move, step.by) for step in network_selectors.steps(long)] == [("attend", None)]


def test_without_a_minimum_nobody_is_present_by_themselves(session: Session, clock: Clock) -> None:
    row = stayed(session, clock, 119)
    Session.objects.filter(pk=session.pk).update(minimum_minutes=None)

    services.close_attendance(session=session, by=coordinator(None))

    row.refresh_from_db()
    assert row.state == RegistrationState.ABSENT


def test_whom_a_coordinator_marked_absent_stays_absent(session: Session, clock: Clock) -> None:
    row = stayed(session, clock, 119)
    services.mark(registration=row, as_="absent", by=coordinator("west"))
    services.close_attendance(session=session, by=coordinator(None))
    row.refresh_from_db()
    assert row.state == RegistrationState.ABSENT


def test_the_coordinator_sees_the_minutes_and_decides(session: Session, clock: Clock) -> None:
    stayed(session, clock, 12)
    page = at_the_desk(coordinator("west")).get(f"/en/admin/dialogues/session/{session.pk}/attendance/").text
    assert "12 of 60 minutes online" in page


# --- the pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_road_of_somebody_online(session: Session, member: Practitioner, clock: Clock, language: str) -> None:
    browser, base = signed_in(member), f"/{language}/sessions/{session.slug}/"
    page = browser.get(base).text
    assert f'action="{base}join/"' in page
    assert LINK not in page
    assert LINK not in browser.get(f"{base}online/").text
    clock.forward(minutes=10)

    for _ in range(2):
        assert browser.post(f"{base}join/").url == f"{base}online/"
    room = browser.get(f"{base}online/").text
    assert LINK in room
    assert 'target="_blank" rel="noopener noreferrer"' in room
    clock.forward(minutes=30)
    beat = browser.post(f"{base}online/", headers={"X-Requested-With": "fetch"})
    assert (beat.status_code, minutes(session)) == (204, [30])
    clock.forward(minutes=5)
    for _ in range(2):
        assert browser.post(f"{base}online/", {"do": "leave"}).url == base
    assert (minutes(session), LINK in browser.get(f"{base}online/").text) == ([35], False)


def test_looking_notes_nothing(session: Session, member: Practitioner) -> None:
    browser = signed_in(member)
    before = everything()
    for page in ("", "join/", "online/"):
        browser.get(f"/en/sessions/{session.slug}/{page}", follow=True)
    assert everything() == before


def test_the_online_room_is_not_for_others(session: Session) -> None:
    before_link = f"/en/sessions/{session.slug}/"
    waiting = RegistrationFactory(session=session, state=RegistrationState.WAITING).practitioner
    for browser in (signed_in(PractitionerFactory()), signed_in(waiting)):
        for page in ("join/", "online/"):
            assert browser.get(before_link + page).url == before_link
            assert browser.post(before_link + page).url == before_link
    assert "/accounts/login/" in Client().get(f"{before_link}online/").url
    assert not Presence.objects.exists()


# --- what is kept, and for how long ---------------------------------------------------------------------------------------


def test_the_copy_of_my_data_has_when_i_was_online(session: Session, member: Practitioner, clock: Clock) -> None:
    presence = join(session, member)
    (copied,) = selectors.my_copy(member)
    times = {"started_at": presence.started_at, "last_seen_at": presence.last_seen_at, "ended_at": None}
    assert copied["online"] == [times]


def test_erasure_takes_presences_and_codes_and_leaves_the_count(session: Session, clock: Clock) -> None:
    row = stayed(session, clock, 61)
    Registration.objects.filter(pk=row.pk).update(code="1234567")
    kept = stayed(session, clock, 5)
    services.close_attendance(session=session, by=coordinator(None))
    before = selectors.counts_by_side(session)
    network_services.leave(user=User.objects.get(pk=row.practitioner.user_id))
    network_services.erase(practitioner=row.practitioner)

    assert list(Presence.objects.values_list("registration_id", flat=True)) == [kept.pk]
    assert Registration.objects.get(pk=row.pk).code == ""
    assert selectors.counts_by_side(session) == before
