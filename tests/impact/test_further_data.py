"""The tables of services, needs and mobile units: what everybody reads, as files; nothing of a hidden facility."""

import csv
import io
import uuid
from datetime import date, datetime, timedelta
from typing import Any

import hxl
import pytest
from django.test import Client
from django.utils import timezone

from facilities import services
from facilities.enums import Precision
from facilities.models import Facility, ServiceDomain, ServiceStatus
from facilities.upkeep_enums import Availability
from impact import datasets
from needs.models import Item
from network.models import District
from network.services import keep_reference
from outreach import services as outreach_services
from outreach.figures import Numbers
from tests.clock import Clock
from tests.factories import facilities as make, needs, outreach
from tests.factories.network import MunicipalityFactory, coordinator

pytestmark = pytest.mark.django_db
TABLES = ["services", "needs", "outreach"]


def table(slug: str, query: str = "") -> list[dict[str, str]]:
    response: Any = Client().get(f"/data/{slug}.csv{query}")
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


def offers(facility: Facility, name: str = "Antenatal care", said: str = Availability.PARTLY, days: int = 0) -> str:
    """Keep what was said of a service so many days ago, and return the code of its row."""
    domain = make.service(name)
    ServiceStatus.objects.create(
        facility=facility, domain=domain, availability=said, barriers=[] if said == Availability.AVAILABLE else ["staff"],
        as_of=timezone.localdate() - timedelta(days=days), entered_at=timezone.now(), entered_by=coordinator("west"),
    )  # fmt: skip
    return f"{facility.code}-{domain.code}"


def same(slug: str, headers: dict[str, str]) -> bool:
    """Tell whether a file is still the one that somebody has."""
    return Client().get(f"/data/{slug}.csv", headers=headers).status_code == 304


def had(slug: str, clock: Clock) -> list[dict[str, str]]:
    """Return by what each of two clients, who took a file along a minute ago, asks whether it is the same."""
    clock.forward(minutes=1)
    headers = Client().get(f"/data/{slug}.csv").headers
    found = [{"if-none-match": headers["ETag"]}, {"if-modified-since": headers["Last-Modified"]}]
    assert [same(slug, each) for each in found] == [True, True]
    clock.forward(minutes=1)
    return found


@pytest.mark.parametrize("slug", TABLES)
def test_hxl_reads_every_table(slug: str) -> None:
    offers(needs.need(make.facility()).facility)
    response: Any = Client().get(f"/data/{slug}.csv?hxl=1")
    found = hxl.data(hxl.make_input(io.BytesIO(b"".join(response)), hxl.InputOptions(allow_local=True)))
    assert list(found)
    assert hxl.schema().validate(found)


def test_a_need_is_told_with_its_sums_and_no_more_exactly_than_its_place() -> None:
    need = needs.need(make.facility(), 10)
    needs.pledged(need, 4)
    (row,) = table("needs")
    assert (row["code"], row["facility_code"], row["asked"], row["pledged"], row["open"]) == (
        need.code, need.facility.code, "10", "4", "6",
    )  # fmt: skip
    need.facility.public_precision = Precision.DISTRICT
    need.facility.save()
    (row,) = table("needs")
    assert row["facility_code"] == ""
    assert row["district_pcode"] == need.facility.district.pcode


@pytest.mark.parametrize(
    ("precision", "district"), [("exact", True), ("municipality", True), ("district", True), ("hidden", False)]
)
def test_everybody_is_told_of_a_need_s_place_what_they_may_know_and_not_what_members_may(
    precision: str, district: bool
) -> None:
    need = needs.need(make.facility(public_precision=precision, member_precision=Precision.EXACT))
    (row,) = table("needs")
    assert bool(row["facility_code"]) == (precision in {"exact", "municipality"})
    assert bool(row["district_pcode"]) == district
    assert row["side_pcode"] == need.facility.side.pcode


def test_a_need_that_nobody_verified_or_that_was_withdrawn_is_in_no_table() -> None:
    needs.reported(make.facility())
    withdrawn = needs.need(make.facility())
    assert [row["code"] for row in table("needs")] == [withdrawn.code]
    needs.services.withdraw_need(need=withdrawn, reason="Bought.", by=coordinator("west"))
    assert table("needs") == []


@pytest.mark.parametrize("slug", ["services", "needs"])
def test_a_hidden_facility_is_in_no_table_and_the_file_is_another_at_once(slug: str, clock: Clock) -> None:
    need = needs.need(make.facility())
    offers(need.facility)
    before = had(slug, clock)
    assert len(table(slug)) == 1
    services.raise_concern(facility=need.facility, reason="Threats", by=coordinator("west"))
    assert [same(slug, each) for each in before] == [False, False]
    assert table(slug) == []


@pytest.mark.parametrize("slug", ["services", "needs"])
def test_a_closed_facility_is_in_no_table(slug: str) -> None:
    need = needs.need(make.facility())
    offers(need.facility)
    services.close_facility(facility=need.facility, reason="Gone.", by=coordinator("west"))
    assert table(slug) == []


def test_a_service_is_told_once_as_of_the_newest_day() -> None:
    facility = make.facility()
    key = offers(facility, said=Availability.NOT)
    offers(facility, said=Availability.AVAILABLE, days=3)
    offers(facility, "Mental health care")
    told = {row["id"]: row["availability"] for row in table("services")}
    assert told == {key: "not", f"{facility.code}-mental-health-care": "partly"}


@pytest.mark.parametrize("slug", TABLES)
def test_no_table_names_a_person(slug: str) -> None:
    facility = make.facility(head="Canary Head")
    by = coordinator("west", email="canary@example.org")
    needs.need(facility, by=needs.keeper(facility))
    offers(facility)
    outreach.report(outreach.unit(), 20, by=by)
    outreach.close()
    names = [str(row) for row in (by, *make.Posting.objects.values_list("practitioner__name_latin", flat=True))]
    text = str(table(slug))
    assert text != "[]"
    assert not [name for name in (*names, "Canary Head", "canary@") if name in text]


def test_no_text_of_a_need_or_of_a_service_is_a_formula() -> None:
    facility = make.facility()
    needs.need(facility, item=None, words="=HYPERLINK(1)")
    offers(facility)
    ServiceDomain.objects.update(name_en="@care", name_ar="+رعاية")
    District.objects.update(name_en="-district")
    (need,), (service,), (place, *_) = (table(slug) for slug in ("needs", "services", "outreach"))
    assert (need["item_en"], need["item_ar"], need["item"]) == ("'=HYPERLINK(1)", "'=HYPERLINK(1)", "")
    assert (service["service_en"], service["service_ar"]) == ("'@care", "'+رعاية")
    assert place["district_en"] == "'-district"


def test_a_new_entry_in_the_book_makes_another_file(clock: Clock) -> None:
    need = needs.need(make.facility(), 10)
    needs.pledged(need, 1)
    before = had("needs", clock)
    # The need is pledged already: it moves nowhere, and less of it is open.
    needs.pledged(need, 1)
    assert [same("needs", each) for each in before] == [False, False]


def test_a_step_without_an_entry_makes_another_file(clock: Clock) -> None:
    need = needs.need(make.facility())
    before = had("needs", clock)
    needs.services.withdraw_need(need=need, reason="Bought.", by=coordinator("west"))
    assert [same("needs", each) for each in before] == [False, False]


def test_a_newer_word_about_a_service_makes_another_file(clock: Clock) -> None:
    facility = make.facility()
    offers(facility)
    before = had("services", clock)
    offers(facility, said=Availability.NOT)
    assert [same("services", each) for each in before] == [False, False]


@pytest.mark.parametrize(("slug", "model"), [("services", ServiceDomain), ("needs", Item), ("outreach", District)])
def test_another_name_makes_another_file(slug: str, model: Any, clock: Clock) -> None:
    offers(needs.need(make.facility()).facility)
    outreach.report(outreach.unit())
    outreach.close()
    before, row = had(slug, clock), model.objects.first()
    row.name_en = "Another"
    keep_reference(row=row, changed=["name_en"], by=coordinator(None))
    assert [same(slug, each) for each in before] == [False, False]
    assert "Another" in str(table(slug))


# --- mobile units -------------------------------------------------------------------------------------------------------


@pytest.fixture
def october(clock: Clock) -> Clock:
    """A day of October 2026 on which September is not closed yet."""
    clock.set(timezone.make_aware(datetime(2026, 10, 9, 12)))
    return clock


def test_mobile_units_are_told_of_up_to_the_month_that_is_closed(october: Clock) -> None:
    unit = outreach.unit()
    outreach.report(unit, 20, on=date(2026, 9, 17))
    outreach.report(unit, 30, on=date(2026, 10, 8), municipality=MunicipalityFactory(district=make.district()))
    outreach.report(outreach.unit("east"), 4, on=date(2026, 8, 5))
    columns = ("until", "last_visit", "municipalities", "visited", "people")
    assert {tuple(row[name] for name in columns) for row in table("outreach")} == {
        ("", "", "2", "0", ""),
        ("", "", "1", "0", ""),
    }

    october.set(timezone.make_aware(datetime(2026, 10, 11, 3)))
    outreach.close(timezone.localdate())

    told = {row["district_pcode"]: tuple(row[name] for name in columns) for row in table("outreach")}
    assert told[make.district("west").pcode] == ("2026-09", "2026-09", "2", "1", "20")
    # Four people: neither they nor a nought in their place.
    assert told[make.district("east").pcode] == ("2026-09", "2026-08", "1", "0", "")


def test_no_file_tells_that_somebody_reported_and_each_tells_that_a_month_was_closed(october: Clock) -> None:
    unit = outreach.unit()
    first = outreach.report(unit, 20, on=date(2026, 8, 17))
    outreach.close(date(2026, 9, 11))
    before = had("outreach", october)

    outreach.report(unit, 30, on=date(2026, 9, 17))
    right = Numbers({outreach.WOMEN: 25})
    outreach_services.correct_report(
        report=first, uid=uuid.uuid4(), seen=0, numbers=right, why="miscounted", by=coordinator("west")
    )
    assert [same("outreach", each) for each in before] == [True, True]

    outreach.close(date(2026, 10, 11))
    assert [same("outreach", each) for each in before] == [False, False]


def test_a_municipality_that_begins_with_a_night_makes_another_file(october: Clock) -> None:
    outreach.report(outreach.unit(), 20, on=date(2026, 8, 17))
    outreach.close(date(2026, 9, 11))
    MunicipalityFactory(district=make.district(), valid_from=date(2026, 10, 10))
    before = had("outreach", october)
    assert table("outreach")[0]["municipalities"] == "1"
    october.forward(days=1)
    assert table("outreach")[0]["municipalities"] == "2"
    assert [same("outreach", each) for each in before] == [False, False]


# --- what every table says of itself -----------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["facilities", *TABLES])
def test_a_file_has_the_columns_and_tags_of_its_dictionary_and_a_key_that_is_one(slug: str) -> None:
    for _ in range(2):
        offers(needs.need(make.facility()).facility)
    dataset = datasets.find(slug)
    assert dataset is not None
    response: Any = Client().get(f"/data/{slug}.csv?hxl=1")
    headings, tags, *rows = csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig")))
    schema = Client().get(f"/data/{slug}.schema.json").json()
    assert [(field["name"], field["hxl"]) for field in schema["fields"]] == list(zip(headings, tags, strict=True))
    assert len(set(headings)) == len(headings)
    assert len(set(tags)) == len(tags)
    keys = [row[headings.index(schema["primaryKey"])] for row in rows]
    assert len(set(keys)) == len(keys) > 0
    page = Client().get(f"/en/data/{slug}/").text
    assert all(f'<bdi dir="ltr">{tag}</bdi>' in page for tag in tags)
