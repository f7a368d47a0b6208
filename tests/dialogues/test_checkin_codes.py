"""Codes and passes: a slip is noticed, each script is read, nothing in them tells anything; and what typing them does."""

import pytest
from hypothesis import given, strategies as st

from dialogues import selectors, services, tasks
from dialogues.enums import CheckIn, RegistrationState, SessionState, Via
from dialogues.models import Registration, Session
from dialogues.services import codes
from network import selectors as network_selectors, services as network_services
from network.models import Practitioner
from tests.clock import Clock
from tests.dialogues.doors import Doors, doors, placed
from tests.factories.dialogues import RegistrationFactory, SessionFactory, seat
from tests.factories.network import PractitionerFactory, RegionFactory, auditor, coordinator
from tests.state import everything

pytestmark = pytest.mark.django_db
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


# --- the code itself ----------------------------------------------------------------------------------------------------


@pytest.fixture
def code() -> str:
    return codes.fresh(SessionFactory())


def test_a_code_is_seven_digits_the_first_of_which_nobody_leaves_out(code: str) -> None:
    assert len(code) == 7
    assert code.isdecimal()
    assert code[0] != "0"


def test_every_single_slip_and_every_swap_of_neighbours_is_noticed(code: str) -> None:
    slips = [code[:at] + other + code[at + 1 :] for at in range(7) for other in "0123456789" if other != code[at]]
    swaps = [code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(6) if code[at] != code[at + 1]]

    assert len(slips) == 63
    assert [wrong for wrong in [*slips, *swaps] if codes.read(wrong)] == []


def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    spellings = [
        code, f" {code} ", codes.shown(code), "-".join(code), code.translate(ARABIC_INDIC), code.translate(PERSIAN),
        f"\u200f{codes.shown(code).translate(ARABIC_INDIC)}", f"{code[:3]}\xa0{code[3:]}",
    ]  # fmt: skip

    assert {codes.read(typed) for typed in spellings} == {code}


@pytest.mark.parametrize("typed", ["", "abc", "12", "1" * 5000, "²²²²²²²", "\x00", "123456O", "٣", "-", "½"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.read(typed) == ""


@given(st.text(max_size=30))
def test_nothing_that_is_typed_is_a_fault(typed: str) -> None:
    assert codes.read(typed) == "" or len(codes.read(typed)) == 7


def test_everybody_with_a_seat_has_another_code() -> None:
    session = SessionFactory(site__seats=3)
    people = PractitionerFactory.create_batch(5)
    rows = [
        services.register(session=session, site=session.sites.get(), practitioner=person, by=person.user)
        for person in people
    ]
    assert [bool(codes.read(row.code)) for row in rows] == [True, True, True, False, False]

    services.withdraw(session=session, practitioner=people[0], by=people[0].user)
    services.accept_offer(session=session, practitioner=people[3], by=people[3].user)

    given = [row.code for row in Registration.objects.filter(session=session).exclude(code="")]
    assert len(given) == len(set(given)) == 4
    assert codes.read(Registration.objects.get(practitioner=people[3]).code)


def test_whoever_had_none_gets_one_before_the_session_and_keeps_it() -> None:
    soon, later = SessionFactory(in_hours=20), SessionFactory(in_hours=200)
    rows = [seat(session=session) for session in (soon, soon, later)]

    for _ in range(2):
        tasks.prepare_check_in()
        now = [Registration.objects.get(pk=row.pk).code for row in rows]
        assert [bool(codes.read(code)) for code in now] == [True, True, False]
        rows[0].code = rows[0].code or now[0]
        assert rows[0].code == now[0]


def test_no_two_of_a_session_have_the_same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    session = SessionFactory()
    first = placed(session, session.sites.get(), PractitionerFactory())
    offered = iter([first.code, "1234567"])
    monkeypatch.setattr(codes, "_random", lambda length: next(offered))

    assert codes.fresh(session) == "1234567"


# --- the pass -----------------------------------------------------------------------------------------------------------


def test_a_pass_tells_nothing_and_is_of_the_configured_site(settings: object) -> None:
    settings.SITE_URL = "https://meet.example"  # type: ignore[attr-defined]
    registration = seat(practitioner=PractitionerFactory(name_latin="Carim Comes"))

    address = services.pass_url(registration)

    assert address.startswith("https://meet.example/ar/checkin/")
    for telling in ("jisr", "session", "Carim", registration.session.slug):
        assert telling not in address
    assert services.registration_of_pass(address.split("/")[-2]) == registration.pk


@pytest.mark.parametrize("token", ["", "1", "1.x", "abc", "1." + "A" * 43, "\x00", "٣.x", "9" * 5000])
def test_a_pass_that_we_did_not_make_is_none(token: str) -> None:
    assert services.registration_of_pass(token) is None


# --- typed at the door --------------------------------------------------------------------------------------------------


@pytest.fixture
def scene() -> Doors:
    return doors()


def outcomes(scene: Doors, by: Practitioner, *typed: str) -> list[CheckIn]:
    found = services.check_in_codes(session=scene.session, typed="\n".join(typed), by=by.user, via=Via.CODE)
    return [answer.outcome for answer in found]


def test_several_codes_are_each_answered(scene: Doors) -> None:
    waiting = RegistrationFactory(
        session=scene.session, site=scene.room, state=RegistrationState.WAITING, code=codes.fresh(scene.session)
    )
    foreign = RegistrationFactory(code=codes.fresh(scene.session))
    west, east = scene.rows["west"].code, scene.rows["east"].code
    mistyped = west[:-1] + str((int(west[-1]) + 1) % 10)
    services.mark(registration=scene.rows["east"], as_="present", by=scene.host.user)

    found = outcomes(
        scene, scene.host, west.translate(ARABIC_INDIC), "", east, mistyped, scene.rows["elsewhere"].code, waiting.code,
        foreign.code, west,
    )  # fmt: skip

    assert found[:5] == [CheckIn.DONE, CheckIn.ALREADY, CheckIn.MISTYPED, CheckIn.WRONG_SITE, CheckIn.NOT_EXPECTED]
    assert found[5:] == [CheckIn.UNKNOWN, CheckIn.ALREADY]
    states = {name: Registration.objects.get(pk=row.pk).state for name, row in scene.rows.items()}
    assert states == {"west": "attended", "east": "attended", "abroad": "confirmed", "elsewhere": "confirmed"}


def test_how_and_by_whom_is_kept_and_the_first_hand_stays(scene: Doors, clock: Clock) -> None:
    row = scene.rows["east"]
    outcomes(scene, scene.host, row.code)
    first = clock.now
    clock.forward(minutes=9)
    services.check_in(registration=row, by=coordinator("east"), via=Via.PASS)

    row.refresh_from_db()
    assert (row.marked_via, row.marked_by, row.marked_at) == (Via.CODE, scene.host.user, first)
    assert [(step.move, step.by) for step in network_selectors.steps(row)] == [("attend", scene.host.user)]


def test_the_code_of_an_old_place_does_not_open_the_door(scene: Doors) -> None:
    old = scene.rows["west"]
    Registration.objects.filter(pk=old.pk).update(state=RegistrationState.CANCELLED)
    new = placed(scene.session, scene.room, old.practitioner)

    assert outcomes(scene, scene.host, old.code, new.code) == [CheckIn.NOT_EXPECTED, CheckIn.DONE]


def test_a_coordinator_types_codes_of_their_side_and_others_are_unknown(scene: Doors) -> None:
    by = coordinator("west")
    typed = "\n".join(scene.rows[name].code for name in ("west", "elsewhere", "east", "abroad"))

    found = services.check_in_codes(session=scene.session, typed=typed, by=by, via=Via.SHEET)

    assert [answer.outcome for answer in found] == [CheckIn.DONE, CheckIn.DONE, CheckIn.UNKNOWN, CheckIn.UNKNOWN]
    assert Registration.objects.get(pk=scene.rows["west"].pk).marked_via == Via.SHEET


@pytest.mark.parametrize(
    "who",
    [lambda: PractitionerFactory().user, lambda: coordinator("south")],
    ids=["member", "south"],
)
def test_whoever_has_no_business_here_finds_no_code(scene: Doors, who: object) -> None:
    by = who()  # type: ignore[operator]
    before = everything()

    found = services.check_in_codes(session=scene.session, typed=scene.rows["west"].code, by=by, via=Via.CODE)

    assert [answer.outcome for answer in found] == [CheckIn.UNKNOWN]
    assert everything() == before


@pytest.mark.parametrize("who", [auditor, lambda: coordinator(None)], ids=["auditor", "national"])
def test_who_reads_all_hears_that_a_side_marks_its_own(scene: Doors, who: object) -> None:
    by = who()  # type: ignore[operator]
    before = everything()

    found = services.check_in_codes(session=scene.session, typed=scene.rows["west"].code, by=by, via=Via.CODE)

    assert [answer.outcome for answer in found] == [CheckIn.NOT_YOURS]
    assert everything() == before


def test_no_code_is_taken_before_or_after(scene: Doors, clock: Clock) -> None:
    clock.set(scene.session.starts_at)
    clock.forward(hours=-1, seconds=-1)
    with pytest.raises(services.AttendanceNotOpen):
        outcomes(scene, scene.host, scene.rows["west"].code)
    clock.forward(seconds=1)
    assert outcomes(scene, scene.host, scene.rows["west"].code) == [CheckIn.DONE]
    services.close_attendance(session=scene.session, by=coordinator(None))
    with pytest.raises(services.AttendanceNotOpen):
        outcomes(scene, scene.host, scene.rows["east"].code)


# --- who may ------------------------------------------------------------------------------------------------------------


def refused(scene: Doors, by: Practitioner, row: str = "east") -> None:
    before = everything()
    for as_ in ("present", "absent", "undo"):
        with pytest.raises(services.NotYoursToMark):
            services.mark(registration=scene.rows[row], as_=as_, by=by.user)
    assert everything() == before


def test_the_host_marks_whoever_has_a_seat_in_their_room_of_every_side(scene: Doors) -> None:
    for name in ("west", "east", "abroad"):
        row = services.check_in(registration=scene.rows[name], by=scene.host.user, via=Via.PASS)
        assert (row.state, row.marked_by) == (RegistrationState.ATTENDED, scene.host.user)
    assert services.mark(registration=scene.rows["east"], as_="undo", by=scene.host.user).marked_via == ""


def test_the_host_of_another_room_does_not(scene: Doors) -> None:
    refused(scene, scene.other_host)
    refused(scene, scene.host, "elsewhere")


def test_a_host_who_is_so_no_more_does_not(scene: Doors) -> None:
    scene.room.local_host = PractitionerFactory()
    scene.room.save()
    refused(scene, scene.host)


@pytest.mark.parametrize("state", ["suspended", "applied"])
def test_a_host_who_is_no_active_member_does_not(scene: Doors, state: str) -> None:
    verified = {} if state == "suspended" else {"verified_at": None, "verified_by": None}
    Practitioner.objects.filter(pk=scene.host.pk).update(state=state, **verified)
    refused(scene, scene.host)


def test_a_host_whose_account_is_closed_does_not(scene: Doors) -> None:
    scene.host.user.is_active = False
    scene.host.user.save()
    refused(scene, scene.host)


def test_a_host_does_not_undo_whom_a_coordinator_let_in(scene: Doors) -> None:
    scene.rows["guest"] = services.seat_walk_in(
        session=scene.session, site=scene.room, practitioner=PractitionerFactory(), by=coordinator("west")
    )
    refused(scene, scene.host, "guest")


def test_nobody_who_waits_or_gave_up_is_marked_by_a_host(scene: Doors) -> None:
    for state in (RegistrationState.WAITING, RegistrationState.CANCELLED, RegistrationState.OFFERED):
        row = RegistrationFactory(session=scene.session, site=scene.room, state=state)
        with pytest.raises(network_services.IllegalMove):
            services.check_in(registration=row, by=scene.host.user, via=Via.PASS)


# --- paper sheets that come late ------------------------------------------------------------------------------------------


@pytest.fixture
def closed() -> Session:
    """A session of the west whose attendance is closed."""
    session = SessionFactory(in_hours=-5, host_region=RegionFactory(code="west"))
    placed(session, session.sites.get(), PractitionerFactory(side="west"))
    services.close_attendance(session=session, by=coordinator("west"))
    return session


def test_a_late_sheet_opens_the_attendance_for_its_codes_and_closes_it(closed: Session) -> None:
    row, by = closed.registrations.get(), coordinator("west")
    assert row.state == RegistrationState.ABSENT

    found = services.enter_sheet(session=closed, typed=row.code, by=by, reason="The sheet came by taxi.")

    row.refresh_from_db()
    closed.refresh_from_db()
    assert [answer.outcome for answer in found] == [CheckIn.DONE]
    assert (row.state, row.marked_via, closed.state) == (RegistrationState.ATTENDED, Via.SHEET, SessionState.CLOSED)
    steps = [(step.move, step.reason) for step in network_selectors.steps(closed)][-2:]
    assert steps == [("reopen", "The sheet came by taxi."), ("close", "")]


def test_a_late_sheet_needs_a_reason_a_closed_attendance_and_whoever_runs_the_session(closed: Session) -> None:
    row = closed.registrations.get()
    before = everything()
    with pytest.raises(services.SheetNeedsReason):
        services.enter_sheet(session=closed, typed=row.code, by=coordinator("west"), reason="  ")
    before = everything()
    with pytest.raises(services.NotYourSession):
        services.enter_sheet(session=closed, typed=row.code, by=row.practitioner.user, reason="because")
    assert everything() == before
    running = SessionFactory(in_hours=0.2, host_region=RegionFactory(code="west"))
    with pytest.raises(services.SheetNotDue):
        services.enter_sheet(session=running, typed="", by=coordinator("west"), reason="because")


def test_the_copy_of_my_data_has_my_codes(scene: Doors) -> None:
    row = scene.rows["west"]

    (copied,) = selectors.my_copy(row.practitioner)

    assert (copied["code"], copied["online"]) == (row.code, [])
    assert "pk" not in copied
