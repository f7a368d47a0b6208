"""Seats: registrations, the waiting list, withdrawals."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dialogues import outreach, selectors, services
from dialogues.enums import RegistrationMove, RegistrationState
from dialogues.models import Site
from notifications.outbox import Message, MessageState
from tests.dialogues.places import act, join, state_of, states, steps_of, taken, told
from tests.factories.dialogues import RegistrationFactory, SessionFactory, SiteFactory, seat
from tests.factories.network import PractitionerFactory
from tests.state import Broken, break_the_journal, break_the_outbox, everything

pytestmark = pytest.mark.django_db

State = RegistrationState
BREAKS = pytest.mark.parametrize("breaks", [break_the_outbox, break_the_journal])


# --- registering --------------------------------------------------------------------------------------------------------


def test_a_free_seat_is_confirmed() -> None:
    session, person = SessionFactory(), PractitionerFactory(side="east")

    registration = join(session, person)

    assert (registration.state, registration.side.code) == (State.CONFIRMED, "east")
    assert registration.confirmed_at is not None
    assert taken(session) == 1
    assert steps_of(registration) == [(RegistrationMove.CONFIRM, State.REQUESTED, State.CONFIRMED, person.user_id)]
    assert told(registration) == ["seat-confirmed"]


def test_beyond_the_seats_people_wait_in_the_order_in_which_they_came() -> None:
    session = SessionFactory(site__seats=2)

    rows = [join(session) for _ in range(5)]

    assert states(session) == [State.CONFIRMED] * 2 + [State.WAITING] * 3
    assert [selectors.queue_position(row) for row in rows[2:]] == [1, 2, 3]
    assert taken(session) == 2
    assert [told(row) for row in rows] == [["seat-confirmed"]] * 2 + [["seat-waiting"]] * 3
    assert [step[:3] for step in steps_of(rows[4])] == [(RegistrationMove.WAIT, State.REQUESTED, State.WAITING)]


@pytest.mark.parametrize("seats", [1, 5])
def test_asking_again_is_answered_the_same(seats: int) -> None:
    session, person = SessionFactory(site__seats=seats), PractitionerFactory()
    join(session)
    first = join(session, person)
    before = everything()

    assert join(session, person) == first
    assert everything() == before


def test_asking_for_another_site_returns_the_one_place() -> None:
    session, person = SessionFactory(), PractitionerFactory()
    first = join(session, person)

    assert join(session, person, SiteFactory(session=session)) == first


def test_each_site_has_its_own_seats_and_its_own_list() -> None:
    session = SessionFactory(site=False)
    rooms = [SiteFactory(session=session, seats=1) for _ in range(2)]

    rows = [join(session, site=rooms[number]) for number in (0, 1, 0, 0, 1)]

    assert [row.state for row in rows] == [State.CONFIRMED] * 2 + [State.WAITING] * 3
    assert [selectors.queue_position(row) for row in rows[2:]] == [1, 2, 1]


def test_a_site_of_another_session_is_refused() -> None:
    with pytest.raises(services.SiteGone):
        join(SessionFactory(), site=SiteFactory())


def test_who_withdrew_may_ask_again_and_waits_last() -> None:
    session = SessionFactory(site__seats=1)
    first, second = join(session), join(session)
    act(services.withdraw, first)

    again = join(session, first.practitioner)

    assert (state_of(second), again.state) == (State.OFFERED, State.WAITING)


@BREAKS
@pytest.mark.parametrize("seats", [1, 2])
def test_a_registration_whose_last_write_fails_changes_nothing(
    breaks: Callable[[pytest.MonkeyPatch], None], seats: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, person = SessionFactory(site__seats=seats), PractitionerFactory()
    join(session)
    before = everything()
    breaks(monkeypatch)

    with pytest.raises(Broken):
        join(session, person)

    assert everything() == before


def test_the_database_refuses_a_seat_too_many_and_a_second_place() -> None:
    registration = seat(session__site__seats=1)

    with pytest.raises(IntegrityError, match="site_never_over_capacity"), transaction.atomic():
        Site.objects.update(taken=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegistrationFactory(session=registration.session, practitioner=registration.practitioner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Site.objects.update(taken=-1)


# --- withdrawing --------------------------------------------------------------------------------------------------------

WITHDRAWS = {State.CONFIRMED, State.WAITING, State.OFFERED}


@pytest.mark.parametrize("state", State)
def test_withdraw(state: State) -> None:
    registration = seat(state=state)
    before, held = everything(), taken(registration.session)

    if state in WITHDRAWS:
        returned = act(services.withdraw, registration)
        assert (returned.state, state_of(registration)) == (State.CANCELLED, State.CANCELLED)
        assert taken(registration.session) == held - (state != State.WAITING)
        assert steps_of(registration) == [
            (RegistrationMove.CANCEL, state, State.CANCELLED, registration.practitioner.user_id)
        ]
        assert told(registration) == (["seat-withdrawn"] if state == State.CONFIRMED else [])
    else:
        with pytest.raises(services.NotRegistered):
            act(services.withdraw, registration)
        assert everything() == before


def test_withdrawing_twice_is_refused() -> None:
    registration = seat()
    act(services.withdraw, registration)
    before = everything()

    with pytest.raises(services.NotRegistered):
        act(services.withdraw, registration)

    assert everything() == before


def test_who_has_no_place_can_not_withdraw() -> None:
    person, session = PractitionerFactory(), SessionFactory()

    with pytest.raises(services.NotRegistered):
        services.withdraw(session=session, practitioner=person, by=person.user)


def test_what_was_not_sent_yet_about_the_seat_is_taken_back() -> None:
    registration = join(SessionFactory())

    act(services.withdraw, registration)

    assert list(Message.objects.order_by("pk").values_list("kind", "state")) == [
        ("seat-confirmed", MessageState.NOT_WANTED),
        ("seat-withdrawn", MessageState.DUE),
    ]


@BREAKS
def test_a_withdrawal_whose_last_write_fails_changes_nothing(
    breaks: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = SessionFactory(site__seats=1)
    registration = join(session)
    join(session)
    before = everything()
    breaks(monkeypatch)

    with pytest.raises(Broken):
        act(services.withdraw, registration)

    assert everything() == before


def test_a_site_that_was_removed_in_the_meantime_is_refused_in_words(db):
    session = SessionFactory()
    gone = SiteFactory(session=session)
    person = PractitionerFactory()
    stale = Site.objects.get(pk=gone.pk)
    gone.delete()
    with pytest.raises(services.SiteGone):
        services.register(session=session, site=stale, practitioner=person, by=person.user)


def test_nobody_overtakes_who_waits_in_the_last_minutes(db):
    session = SessionFactory(in_hours=0.1, site__seats=1)
    site = session.sites.get()
    first, second, third = PractitionerFactory.create_batch(3)
    for person in (first, second):
        services.register(session=session, site=site, practitioner=person, by=person.user)
    services.withdraw(session=session, practitioner=first, by=first.user)
    late = services.register(session=session, site=site, practitioner=third, by=third.user)
    assert (late.state, selectors.queue_position(late)) == ("waiting", 2)


def test_who_has_just_got_a_seat_is_not_reminded(db):
    session = SessionFactory(in_hours=5)
    person = PractitionerFactory()
    services.register(session=session, site=session.sites.get(), practitioner=person, by=person.user)
    assert outreach.reminders_due(timezone.now()) == []
