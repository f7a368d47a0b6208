"""Attendance: each coordinator ticks their own people; others are counts."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from dialogues import selectors, services
from dialogues.enums import RegistrationMove, RegistrationState, SessionMove, SessionState
from dialogues.models import Registration, Session, WalkIn
from network import selectors as network_selectors, services as network_services
from network.models import User
from tests.clock import Clock
from tests.desk import at_the_desk
from tests.factories.dialogues import SessionFactory, SiteFactory, seat
from tests.factories.network import PractitionerFactory, RegionFactory, auditor, coordinator
from tests.state import Broken, break_the_journal, everything

pytestmark = pytest.mark.django_db

State = RegistrationState
LEGAL = {
    "present": ({State.CONFIRMED, State.ABSENT}, State.ATTENDED, RegistrationMove.ATTEND),
    "absent": ({State.CONFIRMED, State.ATTENDED}, State.ABSENT, RegistrationMove.MISS),
    "undo": ({State.ATTENDED, State.ABSENT}, State.CONFIRMED, RegistrationMove.UNDO),
}
EACH = pytest.mark.parametrize("as_", LEGAL)
STRANGERS = {
    "the other side": lambda: coordinator("east"),
    "national, of a side's person": lambda: coordinator(None),
    "an auditor": auditor,
    "a member": lambda: PractitionerFactory().user,
    "deactivated": lambda: coordinator("west", is_active=False),
}
EACH_STRANGER = pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)


@pytest.fixture
def session() -> Session:
    """A joint session that starts in half an hour."""
    return SessionFactory(in_hours=0.5)


@pytest.fixture
def west() -> User:
    return coordinator("west")


def steps_of(registration: Registration) -> list[tuple[str, str, str, int | None]]:
    return [(s.move, s.from_state, s.to_state, s.by_id) for s in network_selectors.steps(registration)]


# --- ticks --------------------------------------------------------------------------------------------------------------


@EACH
@pytest.mark.parametrize("state", State)
def test_mark(session: Session, west: User, as_: str, state: State) -> None:
    registration = seat(session=session, state=state)
    sources, target, move = LEGAL[as_]
    before = everything()

    if state in sources:
        services.mark(registration=registration, as_=as_, by=west)
        registration.refresh_from_db()
        assert registration.state == target
        assert registration.marked_by == (None if as_ == "undo" else west)
        assert steps_of(registration) == [(move, state, target, west.pk)]
        assert session.sites.get().taken == 1
        session.refresh_from_db()
        assert session.state == SessionState.HELD
    elif state == target:
        assert services.mark(registration=registration, as_=as_, by=west).state == state
        assert everything() == before
    else:
        with pytest.raises(network_services.IllegalMove):
            services.mark(registration=registration, as_=as_, by=west)
        assert everything() == before


def test_the_first_tick_says_that_the_session_takes_place(session: Session, west: User) -> None:
    for _ in range(2):
        services.mark(registration=seat(session=session), as_="present", by=west)

    assert [(step.move, step.by_id) for step in network_selectors.steps(session)] == [(SessionMove.HOLD, west.pk)]


@EACH
@EACH_STRANGER
def test_nobody_marks_people_of_others(session: Session, as_: str, stranger: Callable[[], User]) -> None:
    registration, by = seat(session=session), stranger()
    before = everything()

    with pytest.raises(services.NotYoursToMark):
        services.mark(registration=registration, as_=as_, by=by)

    assert everything() == before


def test_a_national_coordinator_marks_people_from_abroad(session: Session, west: User) -> None:
    registration = seat(session=session, practitioner=PractitionerFactory(side=None))

    with pytest.raises(services.NotYoursToMark):
        services.mark(registration=registration, as_="present", by=west)
    services.mark(registration=registration, as_="present", by=coordinator(None))


@EACH
@pytest.mark.parametrize("state", [SessionState.CLOSED, SessionState.CANCELLED, SessionState.DRAFT])
def test_nobody_is_marked_before_or_after(west: User, as_: str, state: SessionState) -> None:
    session = SessionFactory(in_hours=0.5, state=state)
    registration = seat(session=session)
    before = everything()

    with pytest.raises(services.AttendanceNotOpen):
        services.mark(registration=registration, as_=as_, by=west)

    assert everything() == before


def test_attendance_opens_an_hour_before_the_start(west: User, clock: Clock) -> None:
    registration = seat(session=SessionFactory(in_hours=2))
    clock.set(registration.session.starts_at)
    clock.forward(hours=-1, seconds=-1)

    with pytest.raises(services.AttendanceNotOpen):
        services.mark(registration=registration, as_="present", by=west)
    clock.forward(seconds=1)
    services.mark(registration=registration, as_="present", by=west)


@EACH
def test_a_mark_whose_last_write_fails_changes_nothing(
    session: Session, west: User, as_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    registration = seat(session=session, state=State.ATTENDED if as_ != "present" else State.CONFIRMED)
    before = everything()
    break_the_journal(monkeypatch)

    with pytest.raises(Broken):
        services.mark(registration=registration, as_=as_, by=west)

    assert everything() == before


# --- those who came without a seat ----------------------------------------------------------------------------------------


def test_a_member_without_a_seat_is_seated_beyond_the_seats(session: Session, west: User) -> None:
    person, site = PractitionerFactory(), session.sites.get()

    row = services.seat_walk_in(session=session, site=site, practitioner=person, by=west)

    site.refresh_from_db()
    assert (row.state, row.walked_in, row.marked_by, site.taken) == (State.ATTENDED, True, west, 0)
    assert steps_of(row) == [(RegistrationMove.ATTEND, "", State.ATTENDED, west.pk)]


@pytest.mark.parametrize("state", [State.CONFIRMED, State.ABSENT, State.ATTENDED])
def test_who_has_a_seat_is_simply_present(session: Session, west: User, state: State) -> None:
    registration = seat(session=session, state=state)
    other_site = SiteFactory(session=session)

    row = services.seat_walk_in(session=session, site=other_site, practitioner=registration.practitioner, by=west)

    assert (row.pk, row.state, row.walked_in) == (registration.pk, State.ATTENDED, False)
    assert Registration.objects.count() == 1


@pytest.mark.parametrize(("state", "taken"), [(State.WAITING, 1), (State.OFFERED, 0)])
def test_who_waited_waits_no_more(session: Session, west: User, state: State, taken: int) -> None:
    waited = seat(session=session, state=state)

    row = services.seat_walk_in(session=session, site=waited.site, practitioner=waited.practitioner, by=west)

    waited.refresh_from_db()
    waited.site.refresh_from_db()
    assert (waited.state, row.state, row.walked_in, waited.site.taken) == (State.EXPIRED, State.ATTENDED, True, taken)


@pytest.mark.parametrize("as_", ["undo", "absent"])
def test_a_walk_in_who_was_not_there_is_taken_off_and_frees_no_seat(session: Session, west: User, as_: str) -> None:
    held = seat(session=session)
    row = services.seat_walk_in(session=session, site=held.site, practitioner=PractitionerFactory(), by=west)

    services.mark(registration=row, as_=as_, by=west)

    row.refresh_from_db()
    held.site.refresh_from_db()
    assert (row.state, row.marked_at, held.site.taken) == (State.CANCELLED, None, 1)
    assert steps_of(row)[-1][0] == RegistrationMove.REMOVE
    with pytest.raises(services.NotRegistered):
        services.withdraw(session=session, practitioner=row.practitioner, by=row.practitioner.user)
    again = services.seat_walk_in(session=session, site=held.site, practitioner=row.practitioner, by=west)
    assert again.state == State.ATTENDED


@EACH_STRANGER
def test_nobody_seats_people_of_others(session: Session, stranger: Callable[[], User]) -> None:
    person, site, by = PractitionerFactory(), session.sites.get(), stranger()
    before = everything()

    with pytest.raises(services.NotYoursToMark):
        services.seat_walk_in(session=session, site=site, practitioner=person, by=by)

    assert everything() == before


def test_nobody_is_seated_who_is_no_active_member(session: Session, west: User) -> None:
    person = PractitionerFactory(state="suspended")

    with pytest.raises(services.NotYoursToMark):
        services.seat_walk_in(session=session, site=session.sites.get(), practitioner=person, by=west)


def add(session: Session, by: User, side: str | None = "west", name: str = "سالم المبروك") -> WalkIn:
    region = RegionFactory(code=side) if side else None
    return services.add_walk_in(session=session, site=session.sites.get(), name=name, phone="", region=region, by=by)


def test_somebody_without_an_account_is_noted_and_counted(session: Session, west: User) -> None:
    add(session, west)

    counted = {
        row["side"].code: (row["present"], row["walked_in"]) for row in selectors.counts_by_side(session) if row["side"]
    }
    assert counted["west"] == (1, 1)


@pytest.mark.parametrize(("by", "side"), [("west", "east"), ("west", None), ("east", "west")])
def test_a_walk_in_is_of_the_coordinators_own_side(session: Session, by: str, side: str | None) -> None:
    actor = coordinator(by)
    RegionFactory(code=side or "west")
    before = everything()

    with pytest.raises(services.NotYourSession):
        add(session, actor, side)

    assert everything() == before


@pytest.mark.parametrize("name", ["", "two\nlines", "a\u202eb", "a" * 121])
def test_a_bad_name_is_refused(session: Session, west: User, name: str) -> None:
    before = everything()

    with pytest.raises(ValidationError):
        add(session, west, name=name)

    assert everything() == before


@pytest.mark.parametrize("by", [lambda: coordinator("west"), lambda: coordinator(None)], ids=["own", "national"])
def test_a_walk_in_is_taken_off_and_the_row_stays(session: Session, west: User, by: Callable[[], User]) -> None:
    walk_in, actor = add(session, west), by()

    services.remove_walk_in(walk_in=walk_in, by=actor)

    walk_in.refresh_from_db()
    assert walk_in.removed_by == actor
    assert list(selectors.walk_ins(session, west)) == []
    with pytest.raises(services.NotStillRemovable):
        services.remove_walk_in(walk_in=walk_in, by=actor)


@pytest.mark.parametrize("by", [lambda: coordinator("east"), auditor], ids=["the other side", "an auditor"])
def test_a_walk_in_of_others_stays(session: Session, west: User, by: Callable[[], User]) -> None:
    walk_in, actor = add(session, west), by()
    before = everything()

    with pytest.raises(services.NotStillRemovable):
        services.remove_walk_in(walk_in=walk_in, by=actor)

    assert everything() == before


# --- closed and opened again ----------------------------------------------------------------------------------------------


def test_closing_settles_everybody(session: Session) -> None:
    by = coordinator(None)
    rows = {state: seat(session=session, state=state) for state in State}

    services.close_attendance(session=session, by=by)

    settled = {state: Registration.objects.get(pk=row.pk).state for state, row in rows.items()}
    assert settled == {
        **{state: state for state in State},
        State.CONFIRMED: State.ABSENT,
        State.WAITING: State.EXPIRED,
        State.OFFERED: State.EXPIRED,
    }
    assert session.sites.get().taken == len(State) - 1
    assert [(step.move, step.by_id) for step in network_selectors.steps(session)] == [
        (SessionMove.HOLD, by.pk),
        (SessionMove.CLOSE, by.pk),
    ]


def test_what_was_forgotten_is_put_right_after_opening_again(session: Session, west: User) -> None:
    by, registration = coordinator(None), seat(session=session)
    services.close_attendance(session=session, by=by)

    services.reopen_attendance(session=session, by=by, reason="One was forgotten.")
    services.mark(registration=registration, as_="present", by=west)
    services.close_attendance(session=session, by=by)

    registration.refresh_from_db()
    assert registration.state == State.ATTENDED
    assert [(step.move, step.reason) for step in network_selectors.steps(session)] == [
        (SessionMove.HOLD, ""),
        (SessionMove.CLOSE, ""),
        (SessionMove.REOPEN, "One was forgotten."),
        (SessionMove.CLOSE, ""),
    ]


def test_each_coordinator_reads_their_own_people_only(session: Session) -> None:
    people = {
        side: seat(session=session, practitioner=PractitionerFactory(side=side)) for side in ("west", "east", None)
    }
    for side in ("west", "east"):
        add(session, coordinator(side), side, name=f"walk-in of the {side}")

    for side in ("west", "east"):
        by = coordinator(side)
        assert list(selectors.attendance_list(session, by)) == [people[side]]
        assert [row.name for row in selectors.walk_ins(session, by)] == [f"walk-in of the {side}"]
    assert set(selectors.attendance_list(session, coordinator(None))) == set(people.values())
    assert list(selectors.attendance_list(session, PractitionerFactory().user)) == []


def test_only_those_can_be_ticked_whom_the_reader_marks(session: Session, west: User) -> None:
    own, abroad = seat(session=session), seat(session=session, practitioner=PractitionerFactory(side=None))
    services.mark(registration=own, as_="present", by=west)

    page = at_the_desk(coordinator(None)).get(f"/en/admin/dialogues/session/{session.pk}/attendance/").content.decode()

    def box(row: Registration) -> str:
        return page.partition(f'name="present" value="{row.pk}"')[2].partition(">")[0]

    assert "disabled" in box(own)
    assert "disabled" not in box(abroad)
    assert f'name="was" value="{own.pk}"' not in page
