"""Sessions: made, published and changed by those who run them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from dialogues import selectors, services
from dialogues.enums import SessionMove, SessionState, SiteKind
from dialogues.models import Session, Site
from network import selectors as network_selectors, services as network_services
from network.models import User
from tests.dialogues.news import audience, mail, moved
from tests.factories.dialogues import SessionFactory, SiteFactory, seat
from tests.factories.network import (
    MunicipalityFactory,
    PractitionerFactory,
    ProfessionFactory,
    RegionFactory,
    UserFactory,
    auditor,
    coordinator,
)
from tests.state import Broken, break_the_journal, break_the_outbox, everything

pytestmark = pytest.mark.django_db

State = SessionState


@dataclass(frozen=True)
class Call:
    """A move of a session."""

    act: Callable[[Session, User], Any]
    sources: set[State]
    target: State
    move: SessionMove


MOVES = {
    "publish": Call(
        lambda session, by: services.publish_session(session=session, by=by),
        {State.DRAFT},
        State.PUBLISHED,
        SessionMove.PUBLISH,
    ),
    "cancel": Call(
        lambda session, by: services.cancel_session(session=session, by=by, reason="The road is closed."),
        {State.DRAFT, State.PUBLISHED},
        State.CANCELLED,
        SessionMove.CANCEL,
    ),
    "reschedule": Call(moved, {State.PUBLISHED}, State.PUBLISHED, SessionMove.RESCHEDULE),
    "close": Call(
        lambda session, by: services.close_attendance(session=session, by=by),
        {State.HELD, State.PUBLISHED},
        State.CLOSED,
        SessionMove.CLOSE,
    ),
    "reopen": Call(
        lambda session, by: services.reopen_attendance(session=session, by=by, reason="Two were forgotten."),
        {State.CLOSED},
        State.HELD,
        SessionMove.REOPEN,
    ),
}
EACH = pytest.mark.parametrize("call", MOVES.values(), ids=MOVES)
STRANGERS = {
    "the other side": lambda: coordinator("east"),
    "national, of a side's session": lambda: coordinator(None),
    "an auditor": auditor,
    "a member": lambda: PractitionerFactory().user,
    "deactivated": lambda: coordinator("west", is_active=False),
}


def of_west(call: Call, state: State | None = None) -> Session:
    """Return a session of the west from which the move starts, with somebody coming."""
    source = state or sorted(call.sources)[0]
    at_work = call.move in (SessionMove.CLOSE, SessionMove.REOPEN)
    session = SessionFactory(state=source, host_region=RegionFactory(code="west"), in_hours=0.5 if at_work else 48)
    seat(session=session, practitioner=PractitionerFactory())
    return session


def steps_of(session: Session) -> list[tuple[str, str, str, int | None, str]]:
    return [(s.move, s.from_state, s.to_state, s.by_id, s.reason) for s in network_selectors.steps(session)]


@EACH
def test_move(call: Call) -> None:
    for source in sorted(call.sources):
        session, by = of_west(call, source), coordinator("west")

        call.act(session, by)

        session.refresh_from_db()
        assert session.state == call.target
        move, _, target, who, _ = steps_of(session)[-1]
        assert (move, target, who) == (call.move, call.target, by.pk)


# A draft may be given another time without this being a move.
ILLEGAL = [
    (name, state)
    for name, call in MOVES.items()
    for state in State
    if state not in call.sources and (name, state) != ("reschedule", State.DRAFT)
]


@pytest.mark.parametrize(("name", "state"), ILLEGAL)
def test_move_from_another_state(name: str, state: State) -> None:
    call = MOVES[name]
    session, by = of_west(call, state), coordinator("west")
    before = everything()

    with pytest.raises((network_services.IllegalMove, services.AttendanceNotOpen)):
        call.act(session, by)

    assert everything() == before


@EACH
@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
def test_move_by_somebody_else(call: Call, stranger: Callable[[], User]) -> None:
    session, by = of_west(call), stranger()
    before = everything()

    with pytest.raises(services.NotYourSession):
        call.act(session, by)

    assert everything() == before


@EACH
def test_a_joint_session_is_run_by_national_coordinators(call: Call) -> None:
    session = of_west(call)
    Session.objects.update(host_region=None)
    session.refresh_from_db()
    regional, national = coordinator("west"), coordinator(None)

    with pytest.raises(services.NotYourSession):
        call.act(Session.objects.get(pk=session.pk), regional)
    call.act(session, national)

    session.refresh_from_db()
    assert session.state == call.target


@pytest.mark.parametrize("name", sorted(set(MOVES) - {"reschedule"}))
def test_a_second_move_is_refused(name: str) -> None:
    call = MOVES[name]
    session, by = of_west(call), coordinator("west")
    call.act(session, by)
    before = everything()

    with pytest.raises((network_services.IllegalMove, services.AttendanceNotOpen)):
        call.act(session, by)

    assert everything() == before


@pytest.mark.parametrize(
    ("name", "breaks"),
    [
        *((name, break_the_journal) for name in MOVES),
        *((name, break_the_outbox) for name in ("publish", "cancel", "reschedule")),
    ],
)
def test_a_move_whose_last_write_fails_changes_nothing(
    name: str, breaks: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    call = MOVES[name]
    session, by = of_west(call), coordinator("west")
    before = everything()
    breaks(monkeypatch)

    with pytest.raises(Broken):
        call.act(session, by)

    assert everything() == before


# --- made and published ---------------------------------------------------------------------------------------------------


def drafted(**fields: Any) -> Session:
    built = SessionFactory.build(state=State.DRAFT, created_by=None, **fields)
    built.slug = ""
    return built


def test_create() -> None:
    by = coordinator(None)

    session = services.create_session(session=drafted(title_en="Oxygen for all"), by=by)

    assert (session.state, session.created_by, session.slug[:15]) == (State.DRAFT, by, "oxygen-for-all-")
    assert steps_of(session) == [("create", "", State.DRAFT, by.pk, "")]


@pytest.mark.parametrize(("host", "side"), [("west", "east"), ("west", None), (None, "west")])
def test_nobody_makes_a_session_of_others(host: str | None, side: str | None) -> None:
    session = drafted(host_region=RegionFactory(code=host) if host else None)

    with pytest.raises(services.NotYourSession):
        services.create_session(session=session, by=coordinator(side))

    assert Session.objects.count() == 0


def test_publishing_tells_those_whom_it_invites() -> None:
    session = SessionFactory(state=State.DRAFT)
    session.invited_regions.set([RegionFactory(code="west"), RegionFactory(code="south")])
    invited = [PractitionerFactory(side=side) for side in ("west", "south", None)]
    PractitionerFactory(side="east")
    PractitionerFactory(side="west", state="suspended")

    services.publish_session(session=session, by=coordinator(None))

    assert mail("session-published") == sorted(person.user_id for person in invited)


@pytest.mark.parametrize(
    "fields",
    [
        {"title_en": ""},
        {"title_ar": ""},
        {"summary_en": ""},
        {"site": False},
        {"site__name_en": ""},
        {"site__kind": SiteKind.ONLINE},
        {"in_hours": -1},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_is_missing_is_named(fields: dict[str, Any]) -> None:
    session, by = SessionFactory(state=State.DRAFT, **fields), coordinator(None)
    before = everything()

    with pytest.raises(services.IncompleteSession) as refusal:
        services.publish_session(session=session, by=by)

    assert str(refusal.value).count(";") == 0
    assert everything() == before


def test_a_draft_is_deleted_and_more_than_a_draft_is_not() -> None:
    session, by = SessionFactory(state=State.DRAFT, site=False), coordinator(None)
    shown = SessionFactory()

    services.delete_draft(session=session, by=by)
    with pytest.raises(network_services.IllegalMove):
        services.delete_draft(session=shown, by=by)

    assert list(Session.objects.all()) == [shown]


# --- sites and people -----------------------------------------------------------------------------------------------------


def test_a_new_room_name_is_told() -> None:
    session, by = SessionFactory(), coordinator(None)
    people = audience(session)
    site = session.sites.get()
    site.name_en = "Other room"

    services.save_site(site=site, changed=["name_en"], by=by)

    assert mail("session-changed") == [people["confirmed"]]
    assert Session.objects.get().sequence == 1


def test_two_sites_changed_at_once_are_told_once() -> None:
    session, by = SessionFactory(), coordinator(None)
    people = audience(session)
    SiteFactory(session=session)

    for site in session.sites.order_by("pk"):
        site.name_en = "Other room"
        services.save_site(site=site, changed=["name_en"], by=by)

    assert mail("session-changed") == [people["confirmed"]]
    assert mail("session-changed-waiting").count(people["waiting"]) == 1


def test_a_site_is_added_and_removed_only_where_nobody_has_a_place() -> None:
    session, by = SessionFactory(), coordinator(None)
    used = session.sites.get()
    seat(session=session)
    added = services.save_site(
        site=SiteFactory.build(session=session, municipality=MunicipalityFactory()), changed=[], by=by
    )

    services.remove_site(site=added, by=by)
    with pytest.raises(services.SiteInUse):
        services.remove_site(site=used, by=by)

    assert list(Site.objects.all()) == [used]


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
def test_sites_and_people_are_changed_by_who_runs_the_session(stranger: Callable[[], User]) -> None:
    session, by = SessionFactory(host_region=RegionFactory(code="west")), stranger()
    site = session.sites.get()
    before = everything()

    for call in (
        lambda: services.save_site(site=site, changed=["seats"], by=by),
        lambda: services.remove_site(site=site, by=by),
        lambda: services.set_people(session=session, by=by, facilitators=[]),
    ):
        with pytest.raises(services.NotYourSession):
            call()

    assert everything() == before


def test_facilitators_whom_the_coordinator_can_not_see_stay() -> None:
    session = SessionFactory(host_region=RegionFactory(code="west"))
    hidden, seen, new = PractitionerFactory(side="east"), PractitionerFactory(), PractitionerFactory()
    session.facilitators.set([hidden, seen])

    services.set_people(session=session, by=coordinator("west"), facilitators=[new])

    assert set(session.facilitators.all()) == {hidden, new}


def test_who_is_invited_is_recorded_without_names() -> None:
    session, by = SessionFactory(), coordinator(None)
    invited = {"invited_regions": [RegionFactory(code="south")], "invited_professions": [ProfessionFactory()]}

    services.set_people(session=session, by=by, **invited)
    services.set_people(session=session, by=by, **invited)

    [step] = network_selectors.steps(session)
    assert step.changes == {"fields": ["invited_regions", "invited_professions"]}


def test_counts_by_side_tell_numbers_and_no_names() -> None:
    session = SessionFactory()
    for side, state, count in (
        ("east", "confirmed", 2),
        ("east", "waiting", 1),
        ("west", "attended", 3),
        (None, "absent", 1),
    ):
        for _ in range(count):
            seat(session=session, state=state, practitioner=PractitionerFactory(side=side))
    seat(practitioner=PractitionerFactory(side="south"))

    table = {row["side"] and row["side"].code: row for row in selectors.counts_by_side(session)}

    def line(code: str | None) -> tuple[int, ...]:
        return tuple(table[code][of] for of in ("seated", "offered", "waiting", "present", "absent", "walked_in"))

    assert line("east") == (2, 0, 1, 0, 0, 0)
    assert line("west") == (3, 0, 0, 3, 0, 0)
    assert line("south") == (0, 0, 0, 0, 0, 0)
    assert line(None) == (1, 0, 0, 0, 1, 0)


def test_a_person_who_moved_is_counted_where_they_signed_up() -> None:
    session, person = SessionFactory(in_hours=-48), PractitionerFactory(side="west", user=UserFactory())
    seat(session=session, state="attended", practitioner=person)
    network_services.edit_profile(
        user=person.user, profile={"municipality": MunicipalityFactory(district__region__code="east")}
    )

    counted = {row["side"].code: row["present"] for row in selectors.counts_by_side(session) if row["side"]}

    assert counted == {"west": 1, "east": 0}
