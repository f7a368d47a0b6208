"""What everybody is told of awareness: whatever is entered and put right, two readings differ by no single activity and no few people."""

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import Phase, given, settings, strategies as st

from campaigns import atoms, awareness, services, tasks
from campaigns.atoms import Counted
from campaigns.awareness import Numbers
from campaigns.enums import AgeGroup, Sex, Subject
from campaigns.models import Activity, ActivityClosing, Campaign, ToldFigure
from network.disclosure import ENOUGH, SMALLEST
from network.models import Municipality
from tests.clock import Clock
from tests.factories import campaigns as make
from tests.readings import Reading, differ_by_few, undone

pytestmark = pytest.mark.either
often = settings(max_examples=300, derandomize=True, deadline=None, database=None)
WOMEN, MEN, GIRLS = ("female", "25-49"), ("male", "25-49"), ("female", "0-14")
CELLS = [atoms.cell(sex, age) for sex in Sex for age in AgeGroup]


def at(month: int, day: int, hour: int = 12) -> datetime:
    return timezone.make_aware(datetime(2026, month, day, hour))


@pytest.fixture
def campaign(db: None, clock: Clock) -> Campaign:
    """A campaign from September to November, on the last day of September."""
    clock.set(at(9, 30))
    return make.aware(opens_at=at(9, 1, 8), closes_at=at(11, 20))


def three(campaign: Campaign, *people: dict[tuple[str, str], int] | int, **more: Any) -> list[Activity]:
    """Enter as many activities as may be told, of the people given or of ten each."""
    return [make.activity(campaign, reached, **more) for reached in people or (10, 10, 10)]


def correct(activity: Activity, numbers: Numbers) -> None:
    services.correct_activity(
        activity=activity,
        uid=uuid.uuid4(),
        seen=activity.corrections.count(),
        numbers=numbers,
        why="miscounted",
        by=activity.entered_by,
    )


def people(campaign: Campaign) -> int | None:
    told = awareness.told_to_all(campaign)
    assert told is not None
    return told.people


# --- one atom ---------------------------------------------------------------------------------------------------------------


@often
@given(
    st.dictionaries(st.sampled_from(CELLS), st.integers(0, 12)),
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 3)),
)
def test_an_atom_is_of_three_activities_and_its_groups_and_their_rest_of_five_or_of_nobody(
    reached: dict[str, int], activities: dict[str, int]
) -> None:
    told = atoms.tellable(Counted(reached, activities))
    if sum(activities.values()) < ENOUGH or sum(reached.values()) < SMALLEST:
        assert told == {}
        return
    cells = {key: number for (subject, key), number in told.items() if subject == Subject.CELL}
    rest = told[Subject.PEOPLE, ""] - sum(cells.values())
    assert all(number >= SMALLEST for number in cells.values())
    assert rest == 0 or rest >= SMALLEST
    assert {key: n for (subject, key), n in told.items() if subject == Subject.PLACE} == activities


@pytest.mark.parametrize(
    ("reached", "activities", "told"),
    [
        ({"a": 500}, {"x": 2}, {}),
        ({"a": 4}, {"x": 9}, {}),
        ({"a": 5}, {"x": 2, "y": 1}, {"people": 5, "cell a": 5, "place x": 2, "place y": 1}),
        # Three girls, and with them the twelve men: else the girls would follow from the total.
        ({"a": 30, "b": 12, "c": 3}, {"x": 3}, {"people": 45, "cell a": 30, "place x": 3}),
    ],
)
def test_few_activities_and_few_people_are_hidden_with_whatever_would_give_them_away(
    reached: dict[str, int], activities: dict[str, int], told: dict[str, int]
) -> None:
    found = atoms.tellable(Counted(reached, activities))
    assert {" ".join(filter(None, key)): number for key, number in found.items()} == told


# --- two readings -----------------------------------------------------------------------------------------------------------


def reading(campaign: Campaign) -> tuple[Reading, Reading]:
    """Return every figure of people that the page tells, and how many activities it tells of on each side."""
    told = awareness.told_to_all(campaign)
    assert told is not None
    reached: Reading = {"people": told.people or 0}
    for row in told.ages:
        reached |= {(str(row.name), str(sex)): number or 0 for sex, number in row.cells}
    reached |= {("side", bar.name.code): bar.number or 0 for bar in told.sides}
    reached |= {("month", bar.name): bar.number or 0 for bar in told.months}
    held: Reading = Counter({"activities": told.activities})
    for bar in told.places:
        held[bar.name.district.region.code] += bar.number or 0
    return reached, held


class Story:
    """Weeks in which activities are entered, put right and struck out, with a reading after each."""

    def __init__(self, campaign: Campaign, clock: Clock) -> None:
        self.campaign, self.clock = campaign, clock
        self.places = [make.municipality(side) for side in ("west", "east", "east")]

    def tell(self, steps: list[Any]) -> Iterator[tuple[Reading, Reading]]:
        self.clock.set(at(9, 2))
        for place in self.places * 2:
            self.enter(place, 1, {WOMEN: 9, GIRLS: 6})
        for what, number, back, reached in steps:
            getattr(self, what)(self.places[number % 3], back, {key: n for key, n in reached.items() if n})
            # What a worker that missed some nights would do too.
            if number % 3:
                tasks.close_month()
            yield reading(self.campaign)
            self.clock.forward(days=1 + number % 9)

    def enter(self, place: Municipality, back: int, reached: dict[Any, int]) -> None:
        on = max(timezone.localdate() - timedelta(days=back), date(2026, 9, 1))
        if reached and on <= date(2026, 11, 20):
            side = place.district.region.code
            make.activity(self.campaign, reached, side=side, on=on, municipality=place)

    def correct(self, _place: Municipality, number: int, reached: dict[Any, int]) -> None:
        rows = list(Activity.objects.order_by("pk"))
        activity = rows[number % len(rows)]
        if awareness.numbers_of([activity])[activity.pk] != Numbers(reached):
            correct(activity, Numbers(reached))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["enter"] * 5 + ["correct"] * 2),
        st.integers(0, 40),
        st.integers(0, 60),
        st.dictionaries(st.sampled_from([WOMEN, MEN, GIRLS]), st.integers(0, 12)),
    ),
    min_size=16,
    max_size=24,
)


def test_between_two_readings_lies_no_single_activity_and_nobody_or_five(campaign: Campaign, clock: Clock) -> None:
    story, moved = Story(campaign, clock), 0

    @settings(max_examples=40, derandomize=True, deadline=None, database=None, phases=[Phase.generate])
    @given(STEPS)
    def over_weeks(steps: list[Any]) -> None:
        nonlocal moved
        readings = undone(lambda: list(story.tell(steps)))
        # Not of neighbours alone: whoever reads once a month sees no more.
        for (before, held), (after, held_after) in [*pairwise(readings), (readings[0], readings[-1])]:
            assert differ_by_few(before, after) == []
            assert differ_by_few(held, held_after, ENOUGH) == []
            # Nor do people move where no activities do.
            sides = {key[1] for key in after if key[0] == "side" and after[key] != before.get(key, 0)}
            assert sides == {key for key in held_after if key != "activities" and held_after[key] != held[key]}
        moved += len({told["people"] for told, _held in readings}) > 2

    over_weeks()
    assert moved > 5


def test_one_activity_entered_today_changes_nothing_that_is_told(campaign: Campaign, clock: Clock) -> None:
    three(campaign, 30, {MEN: 12}, {GIRLS: 8})
    clock.set(at(10, 11, 3))
    tasks.close_month()
    before = reading(campaign)
    assert (before[0]["people"], before[1]) == (50, {"activities": 3, "west": 3})
    activity = make.activity(campaign, {("female", "15-24"): 1})
    assert reading(campaign) == before
    correct(activity, Numbers())
    tasks.close_month()
    assert reading(campaign) == before


def test_a_correction_of_a_month_that_is_closed_counts_with_none(campaign: Campaign, clock: Clock) -> None:
    first, *_others = three(campaign)
    correct(first, Numbers({WOMEN: 12}))
    clock.set(at(10, 11, 3))
    tasks.close_month()
    assert people(campaign) == 32
    correct(first, Numbers({WOMEN: 11}))
    clock.set(at(11, 11, 3))
    tasks.close_month()
    assert (people(campaign), ActivityClosing.objects.count()) == (32, 2)


def test_what_is_late_counts_with_the_next_closing(campaign: Campaign, clock: Clock) -> None:
    three(campaign)
    clock.set(at(10, 5))
    three(campaign, 7, 7, 7)
    clock.set(at(10, 11, 3))
    tasks.close_month()
    assert people(campaign) == 30
    clock.set(at(10, 12))
    three(campaign, 6, 6, 6, on=date(2026, 9, 15))
    tasks.close_month()
    assert (people(campaign), ActivityClosing.objects.count()) == (30, 1)
    clock.set(at(11, 11, 3))
    tasks.close_month()
    told = awareness.told_to_all(campaign)
    assert told is not None
    assert (told.people, told.activities) == (30 + 21 + 18, 9)
    assert {bar.name: bar.number for bar in told.months} == {date(2026, 9, 1): 30, date(2026, 10, 1): 39}


def test_what_is_too_little_waits_until_it_is_enough_and_is_counted_once(campaign: Campaign, clock: Clock) -> None:
    three(campaign)
    three(campaign, 40, 40, side="east")
    clock.set(at(10, 11, 3))
    tasks.close_month()
    assert people(campaign) == 30
    make.activity(campaign, 9, side="east")
    make.activity(campaign, 8)
    clock.set(at(11, 11, 3))
    tasks.close_month()
    # The west's one activity of October waits; the east's are three by now.
    assert people(campaign) == 30 + 89
    three(campaign, 7, 7, on=date(2026, 11, 2))
    clock.set(at(12, 11, 3))
    tasks.close_month()
    assert people(campaign) == 30 + 89 + 22


def test_a_campaign_is_told_of_by_itself(campaign: Campaign, clock: Clock) -> None:
    other = make.aware(opens_at=at(9, 1, 8), closes_at=at(11, 20))
    three(campaign)
    make.activity(other, 50)
    make.activity(other, 50, side="east")
    clock.set(at(10, 11, 3))
    tasks.close_month()
    assert [people(campaign), people(other)] == [30, None]
    # What was told of the one has told nothing of the other.
    three(other, 7, 7, on=date(2026, 10, 1))
    clock.set(at(11, 11, 3))
    tasks.close_month()
    assert [people(campaign), people(other)] == [30, 64]


def test_no_month_is_closed_after_a_later_one(campaign: Campaign, clock: Clock) -> None:
    clock.set(at(10, 11, 3))
    tasks.close_month()
    assert services.close_month(today=date(2026, 10, 1)) is None
    assert services.close_month(today=date(2026, 11, 10)) is None
    assert [row.month for row in ActivityClosing.objects.all()] == [date(2026, 9, 1)]


# --- what is told -----------------------------------------------------------------------------------------------------------


def test_everybody_is_told_sums_by_sex_and_age_side_month_and_municipality(campaign: Campaign, clock: Clock) -> None:
    place = make.municipality("west")
    first, *_others = three(campaign, {WOMEN: 30, MEN: 12}, {GIRLS: 7}, {WOMEN: 5}, municipality=place)
    correct(first, Numbers({WOMEN: 28, MEN: 12}))
    clock.set(at(10, 11, 3))
    tasks.close_month()
    three(campaign, {WOMEN: 11}, {WOMEN: 6}, {WOMEN: 2}, side="east", municipality=make.municipality("east"))
    struck, *_others = three(campaign, 500, 8, 9, side="south")
    correct(struck, Numbers())
    clock.set(at(11, 11, 3))
    tasks.close_month()

    told = awareness.told_to_all(campaign)
    assert told is not None
    assert (told.people, told.activities, told.until) == (52 + 19, 6, date(2026, 10, 1))
    assert [[number for _sex, number in row.cells] for row in told.ages] == [
        [7, None],
        [None, None],
        [33 + 19, 12],
        [None, None],
    ]
    assert {bar.name.code: bar.number for bar in told.sides} == {"west": 52, "east": 19, "south": None}
    assert {bar.name: bar.number for bar in told.months} == {date(2026, 9, 1): 52, date(2026, 10, 1): 19}
    assert [bar.number for bar in told.places] == [3, 3]


def test_the_database_keeps_figures_as_they_are_and_none_of_four_people(campaign: Campaign) -> None:
    three(campaign)
    closing = make.close()
    side = make.municipality("west").district.region
    given = {"closing": closing, "campaign": campaign, "side": side, "key": "female 50-up"}
    with pytest.raises(IntegrityError), transaction.atomic():
        ToldFigure.objects.create(subject=Subject.CELL, number=4, **given)
    for table in ("activityclosing", "toldfigure"):
        for statement in (f"UPDATE campaigns_{table} SET id = id", f"DELETE FROM campaigns_{table}"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_nothing_is_told_before_it_begins_and_until_a_month_of_its_own_is_closed(
    campaign: Campaign, clock: Clock
) -> None:
    clock.set(at(8, 20))
    assert awareness.told_to_all(campaign) is None
    clock.set(at(9, 12))
    assert tasks.close_month() is None
    assert ActivityClosing.objects.get().month == date(2026, 8, 1)
    told = awareness.told_to_all(campaign)
    assert told is not None
    assert (told.until, told.whole, told.people) == (None, False, None)


@pytest.mark.parametrize(
    ("language", "none", "until", "whole"),
    [
        ("ar", "لم تُغلق أرقام أي شهر بعد", "الأرقام حتى نهاية سبتمبر 2026", "أرقام الحملة كلها، كما كانت عند إغلاق أرقام نوفمبر 2026"),
        ("en", "No month has been closed yet", "Figures up to September 2026", "the whole campaign, as they stood when November 2026"),
    ],
)  # fmt: skip
def test_the_page_says_to_which_month_its_numbers_run(
    language: str, none: str, until: str, whole: str, campaign: Campaign, clock: Clock
) -> None:
    def text() -> str:
        cache.clear()
        return Client().get(f"/{language}/campaigns/{campaign.slug}/").text

    three(campaign, 400, 20, 1)
    assert none in text()
    assert ">421<" not in text()
    clock.set(at(10, 11, 3))
    tasks.close_month()
    assert until in text()
    assert ">421<" in text()
    three(campaign, 100, 20, 2, on=date(2026, 10, 1))
    clock.set(at(12, 11, 3))
    assert until in text()
    tasks.close_month()
    assert whole in text()
    assert ">543<" in text()
