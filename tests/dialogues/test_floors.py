"""Kept seats: who gets them, when they are released, why somebody waits, and the seats computed anew from the journal."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils.translation import override

from dialogues import allocation, notices, services, tasks
from dialogues.allocation import Floors
from dialogues.enums import FloorKind, RegistrationState, SessionState
from dialogues.models import Registration, SeatFloor, Session
from dialogues.replay import replay
from network.models import Practitioner, Region, Transition, User
from notifications.outbox import Message
from tests.clock import Clock
from tests.dialogues.places import act, join, state_of, states, taken
from tests.factories.dialogues import SessionFactory, SiteFactory
from tests.factories.network import PractitionerFactory, ProfessionFactory, coordinator
from tests.state import Broken, break_the_journal, everything

pytestmark = pytest.mark.django_db

State = RegistrationState


@pytest.fixture
def national() -> User:
    return coordinator(None)


def draft(seats: int, **fields: Any) -> Session:
    return SessionFactory(state=SessionState.DRAFT, in_hours=400, site__seats=seats, **fields)


def of(side: str | None, **fields: Any) -> Practitioner:
    return PractitionerFactory(side=side, **fields)


def keeping(by: User, seats: int, *, professions: dict[int, int] | None = None, **sides: int) -> Session:
    """Return a published session of one site that keeps seats for sides."""
    session = draft(seats)
    ids = {code: of(code).region_id for code in sides}
    floors = Floors({ids[code]: kept for code, kept in sides.items()}, professions or {})
    services.set_floors(session=session, floors={session.sites.get().pk: floors}, until=None, by=by)
    return services.publish_session(session=session, by=by)


def last_reason(registration: Registration) -> dict[str, Any]:
    step = Transition.objects.of(registration).order_by("-pk").first()
    return step.changes


# --- who gets a seat ----------------------------------------------------------------------------------------------------


def test_kept_seats_wait_for_their_side(national: User) -> None:
    session = keeping(national, 3, west=2)
    east = [join(session, of("east")) for _ in range(3)]
    west = join(session, of("west"))

    assert [row.state for row in east] == [State.CONFIRMED, State.WAITING, State.WAITING]
    assert west.state == State.CONFIRMED
    assert last_reason(east[1]) | {"site": 0, "side": 0, "profession": 0} == {
        "rule": "kept", "free": 2, "site": 0, "side": 0, "profession": 0,
    }  # fmt: skip
    assert last_reason(west)["rule"] == "floor"
    assert replay(session).differences == []


def test_a_freed_seat_goes_to_the_side_furthest_below_its_floor(national: User) -> None:
    session = keeping(national, 4, west=2, east=1)
    first, *seated = [join(session, of(side)) for side in ("south", "west", "west", "east")]
    waiting = [join(session, of(side)) for side in ("south", "east", "west")]
    assert [row.state for row in waiting] == [State.WAITING] * 3

    act(services.withdraw, first)
    assert [state_of(row) for row in waiting] == [State.OFFERED, State.WAITING, State.WAITING]
    act(services.withdraw, seated[0])

    assert [state_of(row) for row in waiting] == [State.OFFERED, State.WAITING, State.OFFERED]
    assert last_reason(waiting[2]) == {
        "rule": "floor", "kind": "side", "id": seated[0].side_id, "held": 1, "floor": 2,
    }  # fmt: skip
    assert replay(session).differences == []


def test_seats_kept_for_a_profession(national: User) -> None:
    nurse = of("east", profession=ProfessionFactory(code="2221", name_ar="ممرّضة", name_en="Nurse"))
    doctor = of("east")
    session = keeping(national, 2, professions={nurse.profession_id: 1})
    rows = [join(session, person) for person in (doctor, of("west"), nurse)]

    assert [row.state for row in rows] == [State.CONFIRMED, State.WAITING, State.CONFIRMED]


def test_released_seats_are_offered_to_whoever_waits(clock: Clock, national: User) -> None:
    session = keeping(national, 3, west=2)
    rows = [join(session, of("east")) for _ in range(4)]
    tasks.release_seats()
    assert [state_of(row) for row in rows] == [State.CONFIRMED, *[State.WAITING] * 3]

    clock.set(session.starts_at - timedelta(hours=48))
    tasks.release_seats()
    tasks.release_seats()

    assert [state_of(row) for row in rows] == [State.CONFIRMED, State.OFFERED, State.OFFERED, State.WAITING]
    assert last_reason(rows[1])["rule"] == "turn"
    assert replay(session).differences == []


def test_new_floors_and_an_earlier_release_take_effect_at_once(clock: Clock, national: User) -> None:
    session = keeping(national, 3, west=2)
    rows = [join(session, of("east")) for _ in range(4)]
    site = session.sites.get()
    west = site.floors.get().region_id

    services.set_floors(session=session, floors={site.pk: Floors({west: 1})}, until=None, by=national)
    assert [state_of(row) for row in rows].count(State.OFFERED) == 1

    services.set_floors(session=session, floors={}, until=clock.now, by=national)
    assert [state_of(row) for row in rows].count(State.OFFERED) == 1, "A site that is not named is left alone."
    tasks.release_seats()
    assert [state_of(row) for row in rows].count(State.OFFERED) == 2
    assert replay(session).differences == []


def test_members_abroad_have_a_floor_too(national: User) -> None:
    session = draft(2)
    floors = {session.sites.get().pk: Floors({None: 1})}
    services.set_floors(session=session, floors=floors, until=None, by=national)
    session = services.publish_session(session=session, by=national)

    rows = [join(session, of(side)) for side in ("east", "east", None)]

    assert [row.state for row in rows] == [State.CONFIRMED, State.WAITING, State.CONFIRMED]
    with override("en"):
        assert "Members abroad were 1 seat below the 1 kept" in notices.explain(last_reason(rows[2]))


# --- why ----------------------------------------------------------------------------------------------------------------


def test_the_reason_is_told_in_the_readers_language(national: User) -> None:
    session = keeping(national, 10, west=8)
    rows = [join(session, of("west")) for _ in range(6)]
    side = Region.objects.get(pk=rows[0].side_id)

    why = {"rule": "floor", "kind": "side", "id": side.pk, "held": 6, "floor": 8}
    with override("en"):
        assert notices.explain(why) == f"{side.name_en} was 2 seats below its 8."
    with override("ar"):
        assert side.name_ar in notices.explain(why)
    said = Message.objects.filter(kind="seat-confirmed").order_by("pk").first().context["why"]
    assert said["en"] == f"{side.name_en} was 8 seats below its 8."
    assert said["ar"] != said["en"]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_rule_has_a_sentence(language: str) -> None:
    with override(language):
        sentences = [
            notices.explain({"rule": rule, "free": 2}) for rule in allocation.Rule if rule != allocation.Rule.FLOOR
        ]
    assert all(sentence.endswith(".") for sentence in sentences)
    assert len(set(sentences)) == len(sentences)


# --- keeping seats ------------------------------------------------------------------------------------------------------


def test_keeping_seats_is_recorded_with_all_that_a_replay_needs(national: User) -> None:
    session = keeping(national, 3, west=2)

    steps = Transition.objects.of(session).order_by("pk")

    assert [step.move for step in steps] == ["edit", "publish"]
    site = session.sites.get()
    assert steps[1].changes["seats"]["sites"] == {
        str(site.pk): {"seats": 3, "sides": [[site.floors.get().region_id, 2]], "professions": []}
    }


def test_more_seats_than_there_are_cannot_be_kept(national: User) -> None:
    session = draft(3)
    site, west = session.sites.get(), of("west").region_id
    before = everything()

    with pytest.raises(services.FloorsDontFit):
        services.set_floors(session=session, floors={site.pk: Floors({west: 4})}, until=None, by=national)
    assert everything() == before

    services.set_floors(session=session, floors={site.pk: Floors({west: 3})}, until=None, by=national)
    site.seats = 2
    with pytest.raises(services.FloorsDontFit):
        services.save_site(site=site, changed=["seats"], by=national)


@pytest.mark.parametrize("side", ["east", "west"])
def test_a_sides_coordinator_does_not_share_out_a_joint_session(side: str) -> None:
    session = draft(3)

    with pytest.raises(services.NotYourSession):
        services.set_floors(session=session, floors={}, until=None, by=coordinator(side))


def test_once_it_has_begun_the_sharing_is_fixed(clock: Clock, national: User) -> None:
    session = keeping(national, 3, west=2)
    clock.set(session.starts_at)

    with pytest.raises(services.FloorsAreFixed):
        services.set_floors(session=session, floors={}, until=None, by=national)


def test_floors_whose_last_write_fails_change_nothing(national: User, monkeypatch: pytest.MonkeyPatch) -> None:
    session = keeping(national, 3, west=2)
    join(session, of("east"))
    before = everything()
    break_the_journal(monkeypatch)

    with pytest.raises(Broken):
        services.set_floors(session=session, floors={session.sites.get().pk: Floors()}, until=None, by=national)

    assert everything() == before


def test_the_database_takes_no_floor_twice_and_none_of_nobody() -> None:
    site, region = SiteFactory(), of("west").region
    profession = of("west").profession
    wrong = [
        {"kind": FloorKind.SIDE, "region": region},
        {"kind": FloorKind.SIDE},
        {"kind": FloorKind.PROFESSION, "profession": profession},
    ]
    for fields in wrong:
        SeatFloor.objects.create(site=site, seats=1, **fields)
        with pytest.raises(IntegrityError), transaction.atomic():
            SeatFloor.objects.create(site=site, seats=1, **fields)
    other = SiteFactory()
    for fields in (
        {"kind": FloorKind.PROFESSION},
        {"kind": FloorKind.PROFESSION, "profession": profession, "region": region},
        {"kind": FloorKind.SIDE, "region": region, "profession": profession},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SeatFloor.objects.create(site=other, seats=1, **fields)


# --- computed anew ------------------------------------------------------------------------------------------------------


def busy(national: User) -> Session:
    """Return a session at which much has happened."""
    session = keeping(national, 6, west=2, east=2)
    sides = ("south", "south", "south", "west", "east", "east", "west", "south", "south", "south", "south")
    rows = [join(session, of(side)) for side in sides]
    act(services.withdraw, rows[0])
    act(services.withdraw, rows[4])
    offered = session.registrations.filter(state=State.OFFERED).order_by("pk")
    act(services.decline_offer, offered[0])
    site = session.sites.get()
    site.seats = 7
    services.save_site(site=site, changed=["seats"], by=national)
    return session


def test_a_replay_agrees_with_what_happened(national: User, clock: Clock) -> None:
    session = busy(national)
    clock.forward(hours=100)
    services.expire_offers(session=session, now=clock.now)

    out = StringIO()
    call_command("replay_seats", session.slug, stdout=out)

    assert "moves computed anew: everybody has what the rule gives them." in out.getvalue()
    assert replay(session).moves >= 10


def _taken_away(session: Session) -> None:
    Registration.objects.filter(session=session, state=State.CONFIRMED).update(state=State.WAITING)


def _slipped_in(session: Session) -> None:
    row = session.registrations.filter(state=State.WAITING).order_by("pk").last()
    Registration.objects.filter(pk=row.pk).update(state=State.CONFIRMED, confirmed_at=row.requested_at)


def _miscounted(session: Session) -> None:
    session.sites.update(taken=1)


@pytest.mark.parametrize("tampering", [_taken_away, _slipped_in, _miscounted])
def test_a_replay_finds_what_the_journal_does_not_tell(tampering: Any, national: User) -> None:
    session = busy(national)
    tampering(session)

    with pytest.raises(CommandError, match="differences"):
        call_command("replay_seats", str(session.pk), stderr=StringIO())


def test_a_replay_finds_an_offer_that_the_rule_did_not_make(national: User, monkeypatch: pytest.MonkeyPatch) -> None:
    session = keeping(national, 3, west=2)
    rows = [join(session, of(side)) for side in ("east", "west", "west", "east", "west")]
    wrong = (rows[3].pk, allocation.Verdict(allocation.Rule.TURN))
    with monkeypatch.context() as off:
        chosen = iter([wrong, None])
        off.setattr("dialogues.seating.next_in", lambda *args, **kwargs: next(chosen))
        act(services.withdraw, rows[1])

    assert replay(session).differences == [
        f"Registration {rows[3].pk} was offered the seat of registration {rows[4].pk}."
    ]


def test_a_replay_finds_an_offer_that_was_forgotten(national: User, monkeypatch: pytest.MonkeyPatch) -> None:
    session = keeping(national, 1)
    rows = [join(session, of("east")) for _ in range(2)]
    with monkeypatch.context() as off:
        off.setattr("dialogues.seating.next_in", lambda *args, **kwargs: None)
        act(services.withdraw, rows[0])

    [difference] = replay(session).differences
    assert difference.startswith(f"Registration {rows[1].pk} was to be offered a seat")


def test_a_replay_of_no_session() -> None:
    with pytest.raises(CommandError, match="There is no session"):
        call_command("replay_seats", "nothing")


def test_counts_stay_right(national: User) -> None:
    session = busy(national)

    assert taken(session) == sum(state in ("confirmed", "offered") for state in states(session))
