"""The rules of seats that follow from times, states and invitations."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dialogues import policies, selectors, services
from dialogues.enums import SessionState
from dialogues.models import Registration, Session
from network.enums import MemberState
from network.models import Practitioner
from tests.factories.dialogues import SessionFactory
from tests.factories.network import PractitionerFactory, ProfessionFactory, RegionFactory
from tests.state import everything

NOON = datetime(2020, 9, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@given(
    left=st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400)),
    usual=st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=30)),
)
def test_an_offer_ends_well_before_the_start_and_none_is_made_in_the_last_quarter(
    left: timedelta, usual: timedelta
) -> None:
    starts_at = NOON + left

    deadline = policies.offer_deadline(now=NOON, starts_at=starts_at, usual=usual)

    if left < timedelta(minutes=15):
        assert deadline is None
    else:
        assert deadline is not None
        assert NOON < deadline < starts_at
        assert deadline - NOON <= usual
        assert deadline - NOON <= left / 3


@given(minutes=st.integers(15, 100_000))
def test_an_offer_that_runs_out_leaves_time_for_the_next(minutes: int) -> None:
    starts_at = NOON + timedelta(minutes=minutes)

    deadline = policies.offer_deadline(now=NOON, starts_at=starts_at, usual=timedelta(days=1))

    assert deadline is not None
    assert starts_at - deadline >= timedelta(minutes=10)


def at(**fields: Any) -> SimpleNamespace:
    usual = {
        "state": SessionState.PUBLISHED,
        "published_at": NOON - 48 * HOUR,
        "starts_at": NOON + 48 * HOUR,
        "ends_at": NOON + 50 * HOUR,
        "registration_opens_at": None,
        "registration_closes_at": None,
        "join_link": "https://meet.example/1",
        "join_link_minutes": 30,
    }
    return SimpleNamespace(**usual | fields)


@pytest.mark.parametrize(
    ("fields", "is_open"),
    [
        ({}, True),
        ({"starts_at": NOON}, False),
        ({"starts_at": NOON + timedelta(seconds=1)}, True),
        ({"registration_opens_at": NOON}, True),
        ({"registration_opens_at": NOON + timedelta(seconds=1)}, False),
        ({"registration_closes_at": NOON}, False),
        ({"registration_closes_at": NOON + timedelta(seconds=1)}, True),
        ({"registration_closes_at": NOON + HOUR, "starts_at": NOON - HOUR}, False),
        ({"published_at": None}, False),
        *(({"state": state}, False) for state in sorted(set(SessionState) - {SessionState.PUBLISHED})),
    ],
)
def test_registration_is_open(fields: dict[str, Any], is_open: bool) -> None:
    assert policies.registration_is_open(at(**fields), NOON) is is_open


@pytest.mark.parametrize(
    ("state", "starts_in", "is_open"),
    [
        (SessionState.PUBLISHED, HOUR, True),
        (SessionState.PUBLISHED, HOUR + timedelta(seconds=1), False),
        (SessionState.PUBLISHED, -999 * HOUR, True),
        (SessionState.HELD, -HOUR, True),
        (SessionState.CLOSED, -HOUR, False),
        (SessionState.CANCELLED, -HOUR, False),
        (SessionState.DRAFT, -HOUR, False),
    ],
)
def test_attendance_is_open(state: str, starts_in: timedelta, is_open: bool) -> None:
    assert policies.attendance_is_open(at(state=state, starts_at=NOON + starts_in), NOON) is is_open


@pytest.mark.parametrize(
    ("fields", "is_shown"),
    [
        ({"starts_at": NOON + timedelta(minutes=30)}, True),
        ({"starts_at": NOON + timedelta(minutes=31)}, False),
        ({"starts_at": NOON - 9 * HOUR, "ends_at": NOON - HOUR}, True),
        ({"starts_at": NOON - 9 * HOUR, "ends_at": NOON - HOUR - timedelta(seconds=1)}, False),
        ({"starts_at": NOON, "join_link": ""}, False),
        ({"starts_at": NOON, "state": SessionState.CANCELLED}, False),
        ({"starts_at": NOON, "state": SessionState.HELD}, True),
    ],
)
def test_join_link_is_shown(fields: dict[str, Any], is_shown: bool) -> None:
    assert policies.join_link_is_shown(at(**fields), NOON) is is_shown


# --- who is invited -----------------------------------------------------------------------------------------------------


def session_for(host: str | None, invited: list[str], professions: list[str], *, abroad: bool) -> Session:
    session = SessionFactory(host_region=RegionFactory(code=host) if host else None, abroad_invited=abroad)
    session.invited_regions.set([RegionFactory(code=code) for code in invited])
    session.invited_professions.set([ProfessionFactory(code=code) for code in professions])
    return session


def everybody() -> dict[str, Practitioner]:
    """Return a doctor of each side and one abroad, and a nurse of the west."""
    doctor, nurse = ProfessionFactory(code="2212"), ProfessionFactory(code="2221")
    people = {side: PractitionerFactory(side=side, profession=doctor) for side in ("east", "west", "south")}
    people["abroad"] = PractitionerFactory(side=None, profession=doctor)
    people["nurse"] = PractitionerFactory(side="west", profession=nurse)
    return people


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("host", "regions", "professions", "abroad", "invited"),
    [
        (None, [], [], True, {"east", "west", "south", "abroad", "nurse"}),
        (None, [], [], False, {"east", "west", "south", "nurse"}),
        (None, ["east", "south"], [], False, {"east", "south"}),
        (None, ["east"], [], True, {"east", "abroad"}),
        (None, [], ["2221"], True, {"nurse"}),
        (None, ["east"], ["2221"], True, set()),
        ("west", [], [], True, {"west", "nurse"}),
        ("west", [], ["2212"], True, {"west"}),
    ],
)
def test_who_is_invited_is_told_and_may_register_and_nobody_else(
    host: str | None, regions: list[str], professions: list[str], abroad: bool, invited: set[str]
) -> None:
    people = everybody()
    session = session_for(host, regions, professions, abroad=abroad)

    told = set(selectors.invited_user_ids(session))
    registered = set()
    for name, person in people.items():
        try:
            services.register(session=session, site=session.sites.get(), practitioner=person, by=person.user)
        except services.NotInvited:
            continue
        registered.add(name)

    named = {
        "regions": set(session.invited_regions.values_list("pk", flat=True)),
        "professions": set(session.invited_professions.values_list("pk", flat=True)),
    }
    assert {name for name, person in people.items() if person.user_id in told} == invited
    assert registered == invited
    assert {name for name, person in people.items() if policies.invites(session, person, **named)} == invited


@pytest.mark.django_db
@pytest.mark.parametrize("state", sorted(set(MemberState) - {MemberState.ACTIVE}))
def test_only_active_members_register(state: MemberState) -> None:
    person, session = PractitionerFactory(state=state), SessionFactory()
    before = everything()

    with pytest.raises(services.NotInvited):
        services.register(session=session, site=session.sites.get(), practitioner=person, by=person.user)

    assert everything() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"state": SessionState.DRAFT},
        {"state": SessionState.HELD},
        {"state": SessionState.CLOSED},
        {"state": SessionState.CANCELLED},
        {"in_hours": -1},
    ],
    ids=lambda fields: "-".join(map(str, fields.values())),
)
def test_registration_that_is_not_open(fields: dict[str, Any]) -> None:
    person, session = PractitionerFactory(), SessionFactory(**fields)
    before = everything()

    with pytest.raises(services.RegistrationClosed):
        services.register(session=session, site=session.sites.get(), practitioner=person, by=person.user)

    assert everything() == before


@pytest.mark.django_db
def test_what_changed_since_the_page_was_read_is_seen_under_the_lock() -> None:
    person, session = PractitionerFactory(), SessionFactory()
    Session.objects.filter(pk=session.pk).update(starts_at=NOON, ends_at=NOON + HOUR)

    with pytest.raises(services.RegistrationClosed):
        services.register(session=session, site=session.sites.get(), practitioner=person, by=person.user)

    assert Registration.objects.count() == 0
