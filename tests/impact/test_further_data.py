"""The tables of services, needs and mobile units: what everybody reads, as files; nothing of a hidden facility."""

import csv
import io
from typing import Any

import hxl
import pytest
from django.test import Client
from django.utils import timezone

from facilities import services
from facilities.enums import Precision
from facilities.models import ServiceStatus
from facilities.upkeep_enums import Availability
from tests.factories import facilities as make, needs
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db
TABLES = ["services", "needs", "outreach"]


def table(slug: str, query: str = "") -> list[dict[str, str]]:
    response: Any = Client().get(f"/data/{slug}.csv{query}")
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


@pytest.mark.parametrize("slug", TABLES)
def test_hxl_reads_every_table(slug: str) -> None:
    need = needs.need(make.facility())
    ServiceStatus.objects.create(
        facility=need.facility, domain=make.service("Antenatal care"), availability=Availability.PARTLY, barriers=["staff"],
        as_of=timezone.localdate(), entered_at=timezone.now(), entered_by=coordinator("west"),
    )  # fmt: skip
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


def test_a_hidden_facility_is_in_no_table_and_the_file_is_another_at_once() -> None:
    need = needs.need(make.facility())
    tag = Client().get("/data/needs.csv")["ETag"]
    assert Client().get("/data/needs.csv", headers={"if-none-match": tag}).status_code == 304
    services.raise_concern(facility=need.facility, reason="Threats", by=coordinator("west"))
    assert Client().get("/data/needs.csv", headers={"if-none-match": tag}).status_code == 200
    assert table("needs") == table("services") == []


def test_a_new_entry_in_the_book_makes_another_file() -> None:
    need = needs.need(make.facility(), 10)
    tag = Client().get("/data/needs.csv")["ETag"]
    needs.pledged(need, 1)
    assert Client().get("/data/needs.csv")["ETag"] != tag
