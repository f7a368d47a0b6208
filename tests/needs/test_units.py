"""A number and its unit agree, in both languages."""

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from needs.enums import Unit
from tests.desk import at_the_desk
from tests.factories import facilities as make_facilities, needs as make
from tests.factories.network import coordinator

NUMBERS = (1, 2, 5, 11, 100)
TOLD = {
    "piece": ("قطعة واحدة", "قطعتان", "5 قطع", "11 قطعة", "100 قطعة"),
    "set": ("طقم واحد", "طقمان", "5 أطقم", "11 طقمًا", "100 طقم"),
    "box": ("صندوق واحد", "صندوقان", "5 صناديق", "11 صندوقًا", "100 صندوق"),
    "litre": ("لتر واحد", "لتران", "5 لترات", "11 لترًا", "100 لتر"),
}


def told(number: int, unit: str) -> str:
    return Template("{% load quantities %}{% quantity number unit %}").render(Context({"number": number, "unit": unit}))


@pytest.mark.parametrize("unit", Unit.values)
def test_a_unit_follows_its_number(unit: str) -> None:
    with translation.override("ar"):
        assert tuple(told(number, unit) for number in NUMBERS) == TOLD[unit]
    with translation.override("en"):
        plural = "boxes" if unit == "box" else f"{unit}s"
        assert [told(number, unit) for number in (1, 2)] == [f"1 {unit}", f"2 {plural}"]


@pytest.mark.django_db
def test_pages_tell_a_quantity_with_its_unit() -> None:
    need = make.need(make_facilities.facility(), 5)
    slip = make.leg(make.delivery(make.pledged(need, 2), 2), "facility")
    pages = ["/ar/needs/", f"/ar/needs/{need.code}/pledge/", f"/ar/handovers/{slip.code}/slip/"]
    found = [Client().get(page).text for page in pages]
    assert ["3 قطع" in page for page in found] == [True, True, False]
    assert "قطعتان" in found[2]


@pytest.mark.django_db
def test_the_book_is_headed_by_time_and_entry() -> None:
    need = make.need(make_facilities.facility())
    page = at_the_desk(coordinator("west")).get(f"/ar/admin/needs/need/{need.pk}/change/").text
    headings = [f'<th scope="col">{name}</th>' for name in ("الوقت", "القيد", "الكمية", "السبب")]
    assert "".join(headings) in page
