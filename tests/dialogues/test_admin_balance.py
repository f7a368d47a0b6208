"""Sharing the seats in the admin: by whom, what is shown, what is refused."""

import pytest
from django.urls import reverse
from django.utils import translation

from dialogues.enums import FloorKind, SessionState
from dialogues.models import SeatFloor, Session
from network.models import Region
from tests.desk import at_the_desk
from tests.dialogues.places import join
from tests.factories.dialogues import SessionFactory
from tests.factories.network import PractitionerFactory, RegionFactory, coordinator
from tests.factories.planning import weekly

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]


@pytest.fixture(autouse=True)
def _sides() -> None:
    for code in ("east", "west", "south"):
        RegionFactory(code=code)


def page(session: Session, language: str = "en") -> str:
    with translation.override(language):
        return reverse("admin:dialogues_session_balance", args=[session.pk])


def typed(session: Session, **sides: object) -> dict[str, object]:
    """Return the form as a browser sends it."""
    site = session.sites.get().pk
    form: dict[str, object] = {"until_0": "", "until_1": ""}
    for region in Region.objects.all():
        form[f"{site}-side-{region.pk}"] = sides.get(region.code, 0)
    form[f"{site}-side-abroad"] = sides.get("abroad", 0)
    for number in range(3):
        form |= {f"{site}-profession-{number}": "", f"{site}-kept-{number}": ""}
    return form


def kept(session: Session) -> dict[str, int]:
    rows = SeatFloor.objects.filter(site__session=session).order_by("pk")
    return {
        row.region.code if row.region else "abroad" if row.kind == FloorKind.SIDE else row.profession.code: row.seats
        for row in rows
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_national_coordinator_shares_out_a_joint_session(language: str) -> None:
    session = SessionFactory(in_hours=400, site__seats=20)
    profession = join(session, PractitionerFactory(side="west")).profession
    client = at_the_desk(coordinator(None))
    site = session.sites.get().pk
    form = typed(session, east=6, west=8, abroad=2)
    form |= {f"{site}-profession-0": profession.pk, f"{site}-kept-0": 5}

    assert client.post(page(session, language), form).status_code == 302

    assert kept(session) == {"east": 6, "west": 8, "abroad": 2, profession.code: 5}
    shown = client.get(page(session, language)).text
    assert shown.count("<progress") == 4
    assert 'value="8"' in shown
    # Saving it unchanged keeps it.
    client.post(page(session, language), form)
    assert kept(session) == {"east": 6, "west": 8, "abroad": 2, profession.code: 5}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"east": 12, "west": 12}, "has 20 seats: more can&#x27;t be kept."),
        ({"east": -1}, "greater than or equal to 0"),
        ({"east": 21}, "less than or equal to 20"),
        ({"east": "many"}, "Enter a whole number."),
    ],
)
def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(change: dict[str, object], sentence: str) -> None:
    session = SessionFactory(in_hours=400, site__seats=20)
    client = at_the_desk(coordinator(None))

    answer = client.post(page(session), typed(session, **change))

    assert answer.status_code == 200
    assert sentence in answer.text
    assert f'value="{change["east"]}"' in answer.text
    assert kept(session) == {}


def test_a_profession_twice_and_a_release_after_the_start_are_refused() -> None:
    session = SessionFactory(in_hours=400, site__seats=20)
    profession = PractitionerFactory(side="west").profession
    site = session.sites.get().pk
    twice = {f"{site}-profession-{n}": profession.pk for n in range(2)} | {f"{site}-kept-{n}": 1 for n in range(2)}
    late = {"until_0": session.ends_at.date().isoformat(), "until_1": "23:59"}
    client = at_the_desk(coordinator(None))

    answer = client.post(page(session), typed(session) | twice | late)

    assert "each profession once, please." in answer.text
    assert "Seats can be kept until the start at the latest." in answer.text
    assert kept(session) == {}


def test_other_coordinators_look_or_see_nothing() -> None:
    joint = SessionFactory(in_hours=400, site__seats=20)
    eastern = SessionFactory(in_hours=400, host_region=Region.objects.get(code="east"))
    west = at_the_desk(coordinator("west"))

    assert '<form method="post" class="module">' not in west.get(page(joint)).text
    assert west.post(page(joint), typed(joint, west=20)).status_code == 404
    assert west.get(page(eastern)).status_code == 404
    assert west.post(page(eastern), typed(eastern, west=5)).status_code == 404
    assert kept(joint) == kept(eastern) == {}


@pytest.mark.parametrize(("hours", "state"), [(-1, SessionState.PUBLISHED), (400, SessionState.CANCELLED)])
def test_what_has_begun_or_is_cancelled_is_no_longer_shared_out(hours: float, state: str) -> None:
    session = SessionFactory(in_hours=hours, state=state)
    client = at_the_desk(coordinator(None))

    assert client.get(page(session)).status_code == 200
    assert client.post(page(session), typed(session, west=1)).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("reach", "reached"), [("one", [True, False, False]), ("following", [True, True, True])])
def test_in_a_series_somebody_says_for_which_sessions_the_seats_are_shared(
    language: str, reach: str, reached: list[bool]
) -> None:
    by = coordinator(None)
    sessions = weekly(by, dates=3, site__seats=20)
    client = at_the_desk(by)
    assert client.get(page(sessions[0], language)).text.count('name="reach"') == 2

    assert client.post(page(sessions[0], language), typed(sessions[0], east=6) | {"reach": reach}).status_code == 302

    assert [kept(session) == {"east": 6} for session in sessions] == reached


def test_a_session_by_itself_asks_for_no_reach() -> None:
    session = SessionFactory(in_hours=400, site__seats=20)
    assert 'name="reach"' not in at_the_desk(coordinator(None)).get(page(session)).text
