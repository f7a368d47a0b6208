"""What everybody is told of outreach: whatever is entered, corrected and struck out, two readings differ by nothing or by five people."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import Phase, given, settings, strategies as st

from impact import metrics
from network import months
from network.disclosure import SMALLEST
from network.models import Municipality
from outreach import atoms, figures, services, tasks
from outreach.atoms import Counted
from outreach.enums import AgeGroup, ReferredTo, Sex, Subject
from outreach.figures import Numbers
from outreach.models import Closing, DailyReport, MobileUnit, ToldFigure, TrainingTopic
from tests.clock import Clock
from tests.factories import outreach as make
from tests.factories.facilities import municipality
from tests.factories.network import MunicipalityFactory, coordinator
from tests.factories.outreach import GIRLS, MEN, WOMEN
from tests.readings import Reading, differ_by_few, undone

pytestmark = pytest.mark.either
often = settings(max_examples=300, derandomize=True, deadline=None, database=None)
CELLS = [atoms.cell(sex, age) for sex in Sex for age in AgeGroup]
COUNTS = st.integers(0, 12)
SEEN = st.dictionaries(st.sampled_from(CELLS), COUNTS)
TOPICS = st.dictionaries(st.sampled_from(["mhpss", "ipc", "gbv"]), COUNTS)


@st.composite
def counted(draw: Any) -> Counted:
    seen, left = draw(SEEN), 0
    left, referred = sum(seen.values()), {}
    for level in ReferredTo.values:
        referred[level] = draw(st.integers(0, left))
        left -= referred[level]
    return Counted(seen, referred, draw(TOPICS))


# --- one atom --------------------------------------------------------------------------------------------------------------


@often
@given(counted())
def test_an_atom_and_all_that_follows_from_it_by_taking_away_are_of_five_or_of_nobody(found: Counted) -> None:
    told = atoms.tellable(found)
    assert all(count >= SMALLEST for count in told.values())
    for whole, part in (
        (Subject.PEOPLE, Subject.CELL),
        (Subject.REFERRED, Subject.LEVEL),
        (Subject.TRAINED, Subject.TOPIC),
    ):
        parts = [count for (subject, _key), count in told.items() if subject == part]
        rest = told.get((whole, ""), 0) - sum(parts)
        assert rest == 0 or rest >= SMALLEST
    stayed = told.get((Subject.PEOPLE, ""), 0) - told.get((Subject.REFERRED, ""), 0)
    assert stayed == 0 or stayed >= SMALLEST


@pytest.mark.parametrize(
    ("seen", "referred", "told"),
    [
        ({"a": 4}, {}, {}),
        ({"a": 5}, {}, {"people": 5, "cell a": 5}),
        # Three girls, and with them the twelve men: else the girls would follow from the total.
        ({"a": 30, "b": 12, "c": 3}, {}, {"people": 45, "cell a": 30}),
        # Two of nine were not referred: they would follow too.
        ({"a": 9}, {"x": 7}, {"people": 9, "cell a": 9}),
        ({"a": 9}, {"x": 9}, {"people": 9, "cell a": 9, "referred": 9, "level x": 9}),
        ({"a": 20}, {"x": 8, "y": 1}, {"people": 20, "cell a": 20, "referred": 9}),
    ],
)
def test_few_people_are_hidden_with_whoever_would_give_them_away(
    seen: Any, referred: Any, told: dict[str, int]
) -> None:
    found = atoms.tellable(Counted(seen, referred))
    assert {" ".join(filter(None, key)): people for key, people in found.items()} == told


# --- two readings -----------------------------------------------------------------------------------------------------------


def reading(today: date) -> Reading:
    """Return every figure about people that a page or a file tells everybody."""
    told = figures.told_to_all()
    found: dict[Any, int | None] = {"people": told.people, "referred": told.referred, "trained": told.trained}
    for row in told.ages:
        found |= {(str(row.name), place): cell for place, cell in enumerate(row.cells)}
    found |= {("bar", str(bar.name)): bar.number for bar in (*told.levels, *told.topics)}
    found |= {("district", row.district.pk): row.people for row in figures.districts(today)}
    return {key: number or 0 for key, number in found.items()}


@dataclass
class Story:
    """Weeks in which things are reported, put right and struck out, with a reading after each."""

    clock: Clock
    units: list[MobileUnit]
    places: list[Municipality]
    readings: list[Reading] = field(default_factory=list)

    def tell(self, steps: list[Any]) -> list[Reading]:
        self.clock.set(timezone.make_aware(datetime(2026, 3, 1, 12)))
        self.readings = []
        for what, number, back, people in steps:
            today = timezone.localdate()
            getattr(self, what)(number, back, people)
            # What a worker that missed some nights would do too.
            if number % 3:
                tasks.close_month()
            self.readings.append(reading(today))
            self.clock.forward(days=1 + number % 9)
        return self.readings

    def enter(self, number: int, back: int, people: dict[Any, int]) -> None:
        if not sum(people.values()):
            return
        place = number % len(self.units)
        on = timezone.localdate() - timedelta(days=back)
        referred = {"tertiary": sum(people.values()) // 3} if number % 2 else {}
        make.report(self.units[place], people, referred, on=on, municipality=self.places[place])

    def train(self, number: int, back: int, people: dict[Any, int]) -> None:
        if sum(people.values()):
            on = timezone.localdate() - timedelta(days=back)
            make.training(staff=sum(people.values()), on=on, topic=make.topic(("mhpss", "ipc")[number % 2]))

    def correct(self, number: int, back: int, people: dict[Any, int]) -> None:
        rows = list(DailyReport.objects.order_by("pk"))
        if not rows:
            return
        report = rows[number % len(rows)]
        if figures.numbers_of([report])[report.pk] != Numbers({key: n for key, n in people.items() if n}):
            services.correct_report(
                report=report,
                uid=uuid.uuid4(),
                seen=report.corrections.count(),
                numbers=Numbers(people),
                why="miscounted",
                by=coordinator(report.side.code),
            )


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["enter", "enter", "enter", "correct", "correct", "train"]),
        st.integers(0, 40),
        st.integers(0, 80),
        st.dictionaries(st.sampled_from([WOMEN, MEN, GIRLS]), COUNTS),
    ),
    min_size=6,
    max_size=14,
)


@pytest.fixture
def story(db: None, clock: Clock) -> Story:
    west, east = make.unit(), make.unit("east")
    # Two names: by these the reading knows its bars.
    TrainingTopic.objects.create(code="ipc", name_ar="مكافحة العدوى", name_en="Infection control")
    clock.set(timezone.make_aware(datetime(2026, 3, 1, 12)))
    other = MunicipalityFactory(district=municipality("east").district)
    return Story(clock, [west, east, east], [municipality("west"), municipality("east"), other])


def test_between_two_readings_lies_nobody_or_five(story: Story) -> None:
    told = 0

    @settings(max_examples=40, derandomize=True, deadline=None, database=None, phases=[Phase.generate])
    @given(STEPS)
    def over_weeks(steps: list[Any]) -> None:
        nonlocal told
        readings = undone(lambda: story.tell(steps))
        for before, after in pairwise(readings):
            assert differ_by_few(before, after) == []
        # Not of neighbours alone: whoever reads once a month sees no more.
        assert differ_by_few(readings[0], readings[-1]) == []
        told += readings[-1]["people"] > 0

    over_weeks()
    assert told > 5


@pytest.mark.django_db
def test_one_young_woman_seen_and_referred_today_changes_nothing_that_is_told(clock: Clock) -> None:
    clock.set(timezone.make_aware(datetime(2026, 10, 2, 12)))
    unit = make.unit()
    make.report(unit, {WOMEN: 30, MEN: 20}, {"tertiary": 12}, on=date(2026, 9, 20))
    clock.set(timezone.make_aware(datetime(2026, 10, 11, 3)))
    tasks.close_month()
    today = timezone.localdate()
    before, tag = reading(today), Client().get("/data/outreach.csv")["ETag"]
    assert before["people"] == 50
    report = make.report(unit, {("female", "15-24"): 1}, {"tertiary": 1})
    assert reading(today) == before
    services.correct_report(
        report=report, uid=uuid.uuid4(), seen=0, numbers=Numbers(), why="mistyped", by=coordinator("west")
    )
    tasks.close_month()
    assert reading(today) == before
    assert Client().get("/data/outreach.csv")["ETag"] == tag


# --- when ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "month"),
    [(date(2026, 10, 10), date(2026, 8, 1)), (date(2026, 10, 11), date(2026, 9, 1)), (date(2026, 1, 11), date(2025, 12, 1)),
     (date(2026, 1, 1), date(2025, 11, 1))],
)  # fmt: skip
def test_a_month_is_closed_when_ten_days_of_the_next_are_over(today: date, month: date) -> None:
    assert months.month_to_close(today) == month


@pytest.mark.django_db
def test_what_is_late_counts_with_the_next_closing_and_what_is_put_right_later_with_none(clock: Clock) -> None:
    def at(month: int, day: int) -> None:
        clock.set(timezone.make_aware(datetime.combine(date(2026, month, day), time(3))))

    unit = make.unit()
    at(9, 30)
    first = make.report(unit, 20)
    at(10, 5)
    make.report(unit, 30)
    services.correct_report(
        report=first, uid=uuid.uuid4(), seen=0, numbers=Numbers({WOMEN: 25}), why="miscounted", by=first.entered_by
    )
    at(10, 11)
    tasks.close_month()
    assert (figures.told_to_all().people, figures.told_until()) == (25, date(2026, 9, 1))
    at(10, 12)
    make.report(unit, 7, on=date(2026, 9, 15))
    right = Numbers({WOMEN: 26})
    services.correct_report(report=first, uid=uuid.uuid4(), seen=1, numbers=right, why="mistyped", by=first.entered_by)
    tasks.close_month()
    assert (figures.told_to_all().people, Closing.objects.count()) == (25, 1)
    at(11, 11)
    tasks.close_month()
    assert figures.told_to_all().people == 25 + 30 + 7


@pytest.mark.django_db
def test_the_database_keeps_no_figure_of_four() -> None:
    make.report(make.unit(), 20)
    closing = make.close()
    district = municipality("west").district
    with pytest.raises(IntegrityError), transaction.atomic():
        ToldFigure.objects.create(closing=closing, district=district, subject=Subject.TRAINED, people=4)


# --- the pages ------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_districts_are_told_by_the_month_and_never_by_the_day(clock: Clock) -> None:
    clock.set(timezone.make_aware(datetime(2026, 10, 9, 12)))
    west, near = make.unit(), municipality("west")
    far = MunicipalityFactory(district=near.district)
    make.report(west, 20, on=date(2026, 9, 17))
    make.report(west, 20, on=date(2026, 10, 8), municipality=far)
    make.report(make.unit("east"), 3, on=date(2026, 8, 5))
    today = timezone.localdate()
    assert {(row.month, row.visited, row.people) for row in figures.districts(today)} == {(None, 0, None)}
    assert metrics.coverage() == {}
    clock.set(timezone.make_aware(datetime(2026, 10, 11, 3)))
    tasks.close_month()
    found = {
        row.district.region.code: (row.month, row.visited, row.municipalities, row.people)
        for row in figures.districts(today)
    }
    assert found == {"west": (date(2026, 9, 1), 1, 2, 20), "east": (date(2026, 8, 1), 0, 1, None)}
    assert metrics.coverage()[near.district_id].part == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "month"), [("ar", "سبتمبر 2026"), ("en", "September 2026")])
def test_pages_say_up_to_when_they_tell(language: str, month: str, clock: Clock) -> None:
    clock.set(timezone.make_aware(datetime(2026, 10, 11, 12)))
    pages = [f"/{language}/outreach/", f"/{language}/outreach/coverage/"]
    make.report(make.unit(), {WOMEN: 20, GIRLS: 6}, on=date(2026, 9, 17))
    for page in pages:
        cache.clear()
        assert "26" not in Client().get(page).text.replace("2026", "")
    tasks.close_month()
    for page in pages:
        cache.clear()
        text = Client().get(page).text
        assert month in text
        assert ">26<" in text


@pytest.mark.django_db
def test_pages_ask_as_much_for_many_closings_as_for_one(django_assert_max_num_queries: Any, clock: Clock) -> None:
    unit, client, counts = make.unit(), Client(), []
    for number in range(1, 4):
        make.report(unit, {WOMEN: 20 * number, MEN: 9}, {"tertiary": 6})
        make.training(topic=make.topic(f"topic-{number}"))
        clock.forward(days=45)
        tasks.close_month()
        asked = []
        for page in ("/ar/outreach/", "/ar/outreach/coverage/", "/data/outreach.csv"):
            cache.clear()
            with django_assert_max_num_queries(10) as seen:
                assert b"".join(client.get(page))
            asked.append(len(seen))
        counts.append(asked)
    assert counts[0] == counts[1] == counts[2]
