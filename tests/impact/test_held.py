"""What has been held, in figures: nothing under five is told, and nothing that is told lets it be computed."""

import re
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from hypothesis import given, settings, strategies as st

from dialogues.enums import Listing, RegistrationState, SessionKind, SessionState
from dialogues.models import WalkIn
from impact import selectors
from impact.selectors import Held, atom, rows_of
from tests.factories.dialogues import RegistrationFactory, SessionFactory
from tests.factories.network import PractitionerFactory, UserFactory

EAST, WEST, SOUTH, ABROAD = 1, 2, 3, None
SIDES = [EAST, WEST, SOUTH, ABROAD]
often = settings(max_examples=300, derandomize=True, deadline=None, database=None)
COUNTS = st.fixed_dictionaries({side: st.integers(0, 12) for side in SIDES})
MONTHS = st.sampled_from([date(2026, 9, 1), date(2026, 10, 1)])
SESSION = st.tuples(MONTHS, st.sampled_from(["dialogue", "workshop"]), st.booleans(), COUNTS)


def told(sessions: list[Any]) -> list[tuple[Any, ...]]:
    """Return all that the page tells of sessions."""
    atoms = [atom(month=m, kind=k, chatham_house=rule, present=present) for m, k, rule, present in sessions]
    return [
        (
            row.month,
            row.kind,
            row.chatham_house,
            row.sessions,
            row.people,
            row.untold,
            row.shares(SIDES),
            dict(row.sides),
        )
        for row in rows_of(atoms)
    ]


def test_a_session_of_four_people_is_counted_without_them():
    assert atom(month=date(2026, 1, 1), kind="dialogue", chatham_house=False, present={EAST: 4}).people is None
    assert atom(month=date(2026, 1, 1), kind="dialogue", chatham_house=False, present={EAST: 5}).people == 5


@pytest.mark.parametrize(
    ("present", "rule", "sides"),
    [
        ({EAST: 5, WEST: 9, SOUTH: 0}, False, {EAST: 5, WEST: 9}),
        ({EAST: 5, WEST: 4}, False, None),
        ({EAST: 20, ABROAD: 1}, False, None),
        ({EAST: 20, WEST: 20}, True, None),
        ({EAST: 1, WEST: 1, SOUTH: 1, ABROAD: 1}, False, None),
    ],
)
def test_sides_are_told_only_where_each_that_came_had_five_and_never_under_the_rule(present, rule, sides):
    assert atom(month=date(2026, 1, 1), kind="dialogue", chatham_house=rule, present=present).sides == sides


@often
@given(st.lists(SESSION, max_size=6), st.data())
def test_what_is_hidden_can_be_anything_without_a_word_of_the_page_changing(sessions, data):
    """Nobody can compute a hidden number from a page that is the same for every number that it could be."""
    other = []
    for month, kind, rule, present in sessions:
        held = atom(month=month, kind=kind, chatham_house=rule, present=present)
        if held.sides is None:
            total = sum(present.values())
            wanted = total if held.people is not None else data.draw(st.integers(0, 4))
            spread = Counter(data.draw(st.lists(st.sampled_from(SIDES), min_size=wanted, max_size=wanted)))
            hidden = rule or wanted < 5 or any(0 < n < 5 for n in spread.values())
            present = spread if hidden else present
        other.append((month, kind, rule, present))

    assert told(other) == told(sessions)


@often
@given(st.lists(SESSION, max_size=6), SESSION)
def test_the_figures_of_two_days_differ_by_nothing_that_may_not_be_told(sessions, new):
    before, after = (sum(row[4] for row in told(rows)) for rows in (sessions, [*sessions, new]))
    month, kind, rule, present = new
    held = atom(month=month, kind=kind, chatham_house=rule, present=present)

    assert after - before == (held.people or 0)
    assert not 0 < after - before < 5
    sides = [Counter() for _ in range(2)]
    for total, rows in zip(sides, (sessions, [*sessions, new]), strict=True):
        for row in told(rows):
            total.update(row[7])
    assert all(not 0 < sides[1][side] - sides[0][side] < 5 for side in SIDES)


def test_counting_what_is_hidden_into_the_totals_would_tell_it():
    """Take the control out: totals over everybody differ by the four of a small session."""
    large, small = {EAST: 10, WEST: 10}, {EAST: 4}
    naive = [sum(sum(present.values()) for present in rows) for rows in ([large], [large, small])]
    honest = [
        sum(row[4] for row in told([(date(2026, 9, 1), "dialogue", False, present) for present in rows]))
        for rows in ([large], [large, small])
    ]

    assert naive[1] - naive[0] == 4
    assert honest[1] - honest[0] == 0


@often
@given(COUNTS)
def test_shares_make_a_hundred(present):
    row = selectors.Row(None, "", False)
    row.add(Held(date(2026, 1, 1), "dialogue", False, sum(present.values()), present))
    shares = row.shares(SIDES)

    assert shares is None or sum(shares) == 100
    assert (shares is None) == (sum(present.values()) == 0)


# --- the page -----------------------------------------------------------------------------------------------------------


def held(present: dict[str | None, int], **fields: Any) -> Any:
    """Make a closed public session of this month with so many people of each side."""
    starts = timezone.make_aware(datetime(2026, 10, 6, 10))
    session = SessionFactory(
        **{"state": SessionState.CLOSED, "starts_at": starts, "ends_at": starts + timedelta(hours=2)} | fields
    )
    for side, count in present.items():
        for _ in range(count):
            person = PractitionerFactory(side=side)
            RegistrationFactory(session=session, practitioner=person, state=RegistrationState.ATTENDED)
    return session


@pytest.fixture(autouse=True)
def _no_cached_page() -> None:
    cache.clear()


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_page_tells_it_in_pictures_and_a_table(client, language):
    session = held({"west": 6, "east": 5})
    WalkIn.objects.create(
        session=session, site=session.sites.get(), region=session.registrations.first().side, name="Guest",
        added_at=timezone.now(), added_by=UserFactory(),
    )  # fmt: skip

    page = client.get(f"/{language}/sessions/held/")

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "public, max-age=60"
    (row,) = page.context["table"]
    assert (row["people"], row["row"].sessions) == (12, 1)
    assert sorted(share for share in row["shares"] if share) == [42, 58]
    assert page.text.count("<rect") >= 4
    assert 'class="chart flip"' in page.text
    assert not re.search(r"\sstyle=", page.text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [{"listing": Listing.MEMBERS}, {"listing": Listing.INVITED}, {"state": SessionState.HELD}, {"state": SessionState.CANCELLED},
     {"state": SessionState.DRAFT}],
)  # fmt: skip
def test_only_closed_sessions_of_the_public_are_counted(client, fields):
    held({"west": 6}, **fields)

    assert client.get("/en/sessions/held/").context["table"] == []


@pytest.mark.django_db
def test_under_the_chatham_house_rule_sessions_and_people_are_counted_and_sides_are_not(client):
    held({"west": 6, "east": 6}, chatham_house=True)
    held({"west": 8}, kind=SessionKind.DIALOGUE)

    context = client.get("/en/sessions/held/").context

    rows = {row["row"].chatham_house: row for row in context["table"]}
    assert (rows[True]["people"], set(rows[True]["shares"])) == (12, {None})
    assert (rows[False]["people"], max(rows[False]["shares"])) == (8, 100)
    assert context["total"]["people"] == 20


@pytest.mark.django_db
@pytest.mark.parametrize("year", ["", "2026", "1999", "abcd", "99999999", "٢٠٢٦", "\x00"])
def test_a_year_that_is_none_is_the_latest(client, year):
    held({"west": 6})

    assert client.get("/en/sessions/held/", {"year": year}).context["year"] == 2026


@pytest.mark.django_db
def test_years_are_apart(client):
    held({"west": 6})
    starts = timezone.make_aware(datetime(2025, 1, 1, 0, 30))
    held({"west": 7}, starts_at=starts, ends_at=starts + timedelta(hours=1))

    assert client.get("/en/sessions/held/?year=2025").context["total"]["people"] == 7
    page = client.get("/en/sessions/held/")
    assert (page.context["total"]["people"], page.context["years"]) == (6, [2026, 2025])


@pytest.mark.django_db
def test_the_list_of_past_sessions_leads_there(client):
    assert "/en/sessions/held/" in client.get("/en/sessions/?view=past").text


@pytest.mark.django_db
def test_whoever_did_not_come_or_was_struck_out_is_not_counted(client):
    session = held({"west": 6})
    for state in set(RegistrationState.values) - {RegistrationState.ATTENDED}:
        RegistrationFactory(session=session, practitioner=PractitionerFactory(side="west"), state=state)
    region, now = session.registrations.first().side, timezone.now()
    for struck_out in ({"removed_at": now, "removed_by": UserFactory()}, {}):
        WalkIn.objects.create(
            session=session, site=session.sites.get(), region=region, name="Guest", added_at=now, added_by=UserFactory(),
            **struck_out,
        )  # fmt: skip

    (row,) = client.get("/en/sessions/held/").context["table"]

    assert row["people"] == 6 + 1


@pytest.mark.django_db
def test_no_figure_of_the_home_page_is_of_one_to_four_people(client):
    held({"west": 4})
    told = {str(figure["label"]): figure["value"] for figure in client.get("/en/").context["figures"]}
    assert told == {"members": "<5", "sessions held": "1", "seats filled": "<5"}

    cache.clear()
    held({"west": 5})
    told = {str(figure["label"]): figure["value"] for figure in client.get("/en/").context["figures"]}
    assert told == {"members": "9", "sessions held": "2", "seats filled": "9"}
