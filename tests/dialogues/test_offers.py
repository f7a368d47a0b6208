"""Offers of freed and new seats: to whom, until when, and what follows from the answer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from dialogues import selectors, services, tasks
from dialogues.enums import RegistrationMove, RegistrationState, SessionState
from dialogues.models import Registration, Session, Site
from network.models import User
from notifications.outbox import Message
from tests.clock import Clock
from tests.dialogues.places import act, join, state_of, states, steps_of, taken, told
from tests.factories.dialogues import SessionFactory, seat
from tests.factories.network import coordinator
from tests.state import Broken, break_the_journal, break_the_outbox, everything

pytestmark = pytest.mark.django_db

State = RegistrationState
BREAKS = pytest.mark.parametrize("breaks", [break_the_outbox, break_the_journal])


# --- offers -------------------------------------------------------------------------------------------------------------


def full(waiting: int, **fields: Any) -> list[Registration]:
    """Return a session's registrations: one confirmed on its only seat, the others waiting."""
    session = SessionFactory(site__seats=1, **fields)
    return [join(session) for _ in range(waiting + 1)]


def test_a_freed_seat_is_offered_to_the_first_who_waits(clock: Clock) -> None:
    seated, first, second = full(2)

    act(services.withdraw, seated)

    first.refresh_from_db()
    assert (first.state, state_of(second)) == (State.OFFERED, State.WAITING)
    assert (first.offered_at, first.offer_expires_at) == (
        clock.now,
        clock.now + min(settings.OFFER_TIME, (first.session.starts_at - clock.now) / 3),
    )
    assert taken(first.session) == 1
    assert steps_of(first)[-1] == (RegistrationMove.OFFER, State.WAITING, State.OFFERED, None)
    assert told(first) == ["seat-waiting", "seat-offered"]
    assert Message.objects.get(kind="seat-offered").expires_at == first.offer_expires_at


def test_an_offered_seat_is_not_free_for_others() -> None:
    seated, first, _ = full(2)
    act(services.withdraw, seated)

    newcomer = join(first.session)

    assert (newcomer.state, selectors.queue_position(newcomer)) == (State.WAITING, 2)


def test_accept(clock: Clock) -> None:
    seated, first = full(1)
    act(services.withdraw, seated)
    first.refresh_from_db()
    clock.set(first.offer_expires_at)
    clock.forward(seconds=-1)

    accepted = act(services.accept_offer, first)

    assert (accepted.state, accepted.confirmed_at) == (State.CONFIRMED, clock.now)
    assert taken(first.session) == 1
    assert steps_of(first)[-1] == (RegistrationMove.ACCEPT, State.OFFERED, State.CONFIRMED, first.practitioner.user_id)
    assert told(first)[-1] == "seat-confirmed"


def test_accepting_twice_is_accepting_once() -> None:
    seated, first = full(1)
    act(services.withdraw, seated)
    act(services.accept_offer, first)
    before = everything()

    assert act(services.accept_offer, first) == first
    assert everything() == before


def test_accepting_at_the_deadline_is_too_late(clock: Clock) -> None:
    seated, first = full(1)
    act(services.withdraw, seated)
    first.refresh_from_db()
    clock.set(first.offer_expires_at)
    before = everything()

    with pytest.raises(services.OfferIsOver):
        act(services.accept_offer, first)

    assert everything() == before


@pytest.mark.parametrize(
    ("service", "state"),
    [
        *((services.accept_offer, state) for state in sorted(set(State) - {State.OFFERED, State.CONFIRMED})),
        *((services.decline_offer, state) for state in sorted(set(State) - {State.OFFERED})),
    ],
)
def test_without_an_offer_there_is_nothing_to_take_or_leave(service: Callable[..., Registration], state: State) -> None:
    registration = seat(state=state)
    before = everything()

    with pytest.raises(services.OfferIsOver):
        act(service, registration)

    assert everything() == before


@pytest.mark.parametrize("service", [services.accept_offer, services.decline_offer])
@pytest.mark.parametrize("state", [SessionState.CANCELLED, SessionState.HELD, SessionState.CLOSED])
def test_an_offer_of_a_session_that_takes_no_more_people_is_over(
    service: Callable[..., Registration], state: SessionState
) -> None:
    registration = seat(state=State.OFFERED, session__state=state)
    before = everything()

    with pytest.raises(services.OfferIsOver):
        act(service, registration)

    assert everything() == before


def test_a_declined_seat_goes_to_the_next_and_never_back() -> None:
    seated, first, second = full(2)
    act(services.withdraw, seated)

    act(services.decline_offer, first)

    assert (state_of(first), state_of(second), taken(first.session)) == (State.DECLINED, State.OFFERED, 1)
    assert steps_of(first)[-1][0] == RegistrationMove.DECLINE
    act(services.decline_offer, second)
    assert (state_of(first), state_of(second), taken(first.session)) == (State.DECLINED, State.DECLINED, 0)
    with pytest.raises(services.OfferIsOver):
        act(services.accept_offer, first)


def test_an_offer_that_runs_out_passes_on(clock: Clock) -> None:
    seated, first, second, third = full(3)
    act(services.withdraw, seated)
    first.refresh_from_db()
    clock.set(first.offer_expires_at)

    assert services.expire_offers(session=first.session, now=clock.now) == 1
    assert services.expire_offers(session=first.session, now=clock.now) == 0

    assert [state_of(row) for row in (first, second, third)] == [State.EXPIRED, State.OFFERED, State.WAITING]
    assert steps_of(first)[-1] == (RegistrationMove.EXPIRE, State.OFFERED, State.EXPIRED, None)
    assert told(first)[-1] == "seat-offer-expired"
    assert taken(first.session) == 1


def test_an_offer_that_still_stands_does_not_run_out(clock: Clock) -> None:
    seated, first = full(1)
    act(services.withdraw, seated)
    clock.forward(minutes=1)
    before = everything()

    assert services.expire_offers(session=first.session, now=clock.now) == 0
    assert everything() == before


def test_offers_run_through_the_list_until_the_last_quarter_and_end_before_the_start(clock: Clock) -> None:
    seated, *waiting = full(30, in_hours=8)
    session = seated.session
    act(services.withdraw, seated)

    while clock.now < session.starts_at:
        tasks.expire_offers()
        clock.forward(minutes=1)

    rows = list(session.registrations.filter(offered_at__isnull=False).order_by("pk"))
    assert len(rows) > 5
    assert [row.pk for row in rows] == [row.pk for row in waiting[: len(rows)]]
    assert all(row.offer_expires_at < session.starts_at for row in rows)
    assert all((session.starts_at - row.offered_at).total_seconds() >= 15 * 60 for row in rows)
    assert all(row.offered_at < row.offer_expires_at for row in rows)
    assert states(session).count(State.OFFERED) == 0
    assert taken(session) == 0


@pytest.mark.parametrize(("minutes", "state"), [(15, State.OFFERED), (14, State.WAITING)])
def test_no_offer_is_made_in_the_last_quarter_before_the_start(clock: Clock, minutes: int, state: State) -> None:
    seated, first = full(1)
    clock.set(seated.session.starts_at)
    clock.forward(minutes=-minutes)

    act(services.withdraw, seated)

    assert state_of(first) == state


def test_nothing_is_given_up_or_offered_after_the_start(clock: Clock) -> None:
    seated, first = full(1)
    clock.set(seated.session.starts_at)
    before = everything()

    with pytest.raises(services.NotRegistered):
        act(services.withdraw, seated)
    services.release_seats(session=seated.session, now=clock.now)

    assert (everything(), state_of(first)) == (before, State.WAITING)


@BREAKS
@pytest.mark.parametrize("service", [services.accept_offer, services.decline_offer])
def test_an_answer_whose_last_write_fails_changes_nothing(
    breaks: Callable[[pytest.MonkeyPatch], None],
    service: Callable[..., Registration],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seated, first, _ = full(2)
    act(services.withdraw, seated)
    before = everything()
    breaks(monkeypatch)

    with pytest.raises(Broken):
        act(service, first)

    assert everything() == before


@BREAKS
def test_an_expiry_whose_last_write_fails_changes_nothing(
    breaks: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    seated, first, _ = full(2)
    act(services.withdraw, seated)
    clock.forward(days=1)
    before = everything()
    breaks(monkeypatch)

    with pytest.raises(Broken):
        services.expire_offers(session=first.session, now=clock.now)

    assert everything() == before


# --- seats added and taken away -------------------------------------------------------------------------------------------


def with_seats(session: Session, seats: int, by: User) -> Site:
    site = session.sites.get()
    site.seats = seats
    return services.save_site(site=site, changed=["seats"], by=by)


def test_new_seats_are_offered_to_the_first_who_wait() -> None:
    _, *waiting = full(4)

    with_seats(waiting[0].session, 3, coordinator(None))

    assert [state_of(row) for row in waiting] == [State.OFFERED] * 2 + [State.WAITING] * 2
    assert taken(waiting[0].session) == 3


def test_fewer_seats_than_are_taken_are_refused() -> None:
    session = SessionFactory(site__seats=3)
    for _ in range(2):
        join(session)
    by = coordinator(None)
    before = everything()

    with pytest.raises(services.SeatsTaken):
        with_seats(session, 1, by)

    assert everything() == before
    assert with_seats(session, 2, by).seats == 2


# --- reminders ------------------------------------------------------------------------------------------------------------


def test_reminders_go_out_a_week_a_day_and_an_hour_before_once_each_to_the_confirmed(clock: Clock) -> None:
    session = SessionFactory(site__seats=1, in_hours=240)
    seated, waiting = join(session), join(session)
    Message.objects.all().delete()
    log = []

    while clock.now < session.ends_at:
        before = set(Message.objects.values_list("pk", flat=True))
        tasks.remind()
        log += [session.starts_at - clock.now for _ in Message.objects.exclude(pk__in=before)]
        clock.forward(minutes=30)

    assert [round(left.total_seconds() / 3600, 1) for left in log] == [168, 24, 1]
    assert told(seated) == ["session-reminder", "session-reminder", "session-reminder-hour"]
    assert told(waiting) == []


def test_nobody_is_reminded_of_a_session_that_was_called_off() -> None:
    session = SessionFactory(in_hours=5)
    join(session)
    services.cancel_session(session=session, by=coordinator(None))
    Message.objects.all().delete()

    tasks.remind()

    assert Message.objects.count() == 0
    assert timezone.now() < session.starts_at
