"""FHIR: every resource is valid, every parameter does what is said of it, nothing hidden is found."""

import json
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings as examples, strategies as st

from facilities import services
from facilities.models import Facility, Record
from tests.factories import facilities as make
from tests.factories.network import RegionFactory, coordinator
from tests.impact.fhir_asked import POINT, ask, codes, ids, issues, offers, post, valid

pytestmark = pytest.mark.django_db


# --- what is read -------------------------------------------------------------------------------------------------------


def test_it_tells_what_it_offers_and_no_more() -> None:
    told = ask("metadata")
    assert (told["fhirVersion"], told["format"]) == ("4.0.1", ["json", "application/fhir+json"])
    assert "XML is not offered" in told["rest"][0]["documentation"]
    offered = {row["type"]: row for row in told["rest"][0]["resource"]}
    assert set(offered) == {"Location", "Organization", "HealthcareService"}
    assert offered["Location"]["searchInclude"] == ["Location:organization"]
    assert offered["Organization"]["searchRevInclude"] == ["Location:organization"]
    assert {p["name"] for p in offered["Location"]["searchParam"]} == {
        "_id", "_lastUpdated", "identifier", "name", "type", "status", "partof", "organization",
    }  # fmt: skip
    assert {p["name"] for p in offered["Organization"]["searchParam"]} == {
        "_id", "_lastUpdated", "identifier", "name", "type", "active", "partof",
    }  # fmt: skip
    assert {p["name"] for p in offered["HealthcareService"]["searchParam"]} == {
        "_id", "_lastUpdated", "active", "identifier", "location", "name", "organization", "service-type",
    }  # fmt: skip
    (rest,) = told["rest"]
    assert "interaction" not in rest
    assert "operation" not in rest
    for row in offered.values():
        assert row["interaction"] == [{"code": "read"}, {"code": "search-type"}]


# What R4 knows for these types besides, and is not offered.
OTHERS = (
    "near", "endpoint", "operational-status", "address", "address-city", "phonetic", "specialty", "characteristic", "program",
    "coverage-area", "_sort", "_summary", "_elements", "_content", "_text", "_has", "_tag", "_profile", "_security",
)  # fmt: skip


def test_what_it_tells_that_it_offers_it_does_and_nothing_else(palms: Facility) -> None:
    """Ask strictly for every parameter that there is, and for each include: answered is what the statement lists."""
    key, strict = offers(palms), {"prefer": "handling=strict"}
    values = {"_lastUpdated": "gt2020", "active": "true", "_id": f"{palms.code},{key}"}
    told = {row["type"]: row for row in ask("metadata")["rest"][0]["resource"]}
    every = {p["name"] for row in told.values() for p in row["searchParam"]} | set(OTHERS)
    includes = {one for row in told.values() for one in row.get("searchInclude", []) + row.get("searchRevInclude", [])}
    for kind, row in told.items():
        named = {p["name"]: p for p in row["searchParam"]}
        for name in every:
            asked = f"{kind}?{name}={values.get(name, 'x')}"
            ask(asked, 200 if name in named else 400, **strict)
            if name in named:
                told_modifiers = set(re.findall(r" :(\w+)", named[name]["documentation"]))
                for modifier in ("contains", "exact", "missing", "not", "above", "below", "in", "text", "identifier"):
                    status = 200 if modifier in told_modifiers else 400
                    ask(f"{kind}?{name}:{modifier}={values.get(name, 'x')}", status, **strict)
        for one in includes | {"Location:endpoint", "*"}:
            ask(f"{kind}?_include={one}", 200 if one in row.get("searchInclude", []) else 400, **strict)
            ask(f"{kind}?_revinclude={one}", 200 if one in row.get("searchRevInclude", []) else 400, **strict)


def test_a_facility_is_a_pair(palms: Facility) -> None:
    place, institution = ask(f"Location/{palms.code}"), ask(f"Organization/{palms.code}")

    assert place["name"] == institution["name"] == "مستشفى النخيل"
    assert place["_name"]["extension"][0]["extension"][1]["valueString"] == "Palms Hospital"
    assert place["managingOrganization"] == {"reference": f"Organization/{palms.code}"}
    assert place["partOf"] == {"reference": f"Location/district-{palms.district.pcode}"}
    assert institution["partOf"] == {"reference": f"Organization/district-{palms.district.pcode}"}
    assert place["position"] == {"longitude": 13.1873, "latitude": 32.8775}
    assert (place["status"], institution["active"], len(place["type"])) == ("active", True, 2)
    assert "Canary" not in str(place) + str(institution)


def test_areas_are_pairs_one_within_the_other(palms: Facility) -> None:
    district = ask(f"Location/district-{palms.district.pcode}")
    assert district["partOf"] == {"reference": f"Location/side-{palms.side.pcode}"}
    assert district["type"][0]["coding"][0]["code"] == "jurisdiction"
    assert ask(f"Organization/side-{palms.side.pcode}")["active"] is True


@pytest.mark.parametrize(
    ("precision", "position", "part_of", "city"),
    [
        ("municipality", False, "district", True),
        ("district", False, "district", False),
        ("hidden", False, "side", False),
    ],
)
def test_a_place_is_told_as_exactly_as_everybody_may_know_it(
    precision: str, position: bool, part_of: str, city: bool
) -> None:
    row = make.facility(
        **POINT | {"public_precision": precision, "member_precision": "exact"}, municipality=make.municipality()
    )
    place, institution = ask(f"Location/{row.code}"), ask(f"Organization/{row.code}")
    assert ("position" in place) == position
    for kind, found, address in (
        ("Location", place, place["address"]),
        ("Organization", institution, institution["address"][0]),
    ):
        assert ("city" in address, "district" in address) == (city, part_of == "district")
        assert found["partOf"]["reference"].startswith(f"{kind}/{part_of}-")
        within = codes(f"{kind}?partof=district-{row.district.pcode}")
        assert (row.code in within) == (part_of == "district")
        assert (row.code in codes(f"{kind}?partof=side-{row.side.pcode}")) == (part_of == "side")
    told = json.dumps([ask(f"{kind}?type=facility&_include=Location:organization&_revinclude=Location:organization")
                       for kind in ("Location", "Organization")])  # fmt: skip
    assert "13.1873" not in told


def test_what_is_closed_is_inactive(palms: Facility) -> None:
    services.close_facility(facility=palms, reason="Gone.", by=coordinator("west"))
    assert ask(f"Location/{palms.code}")["status"] == "inactive"
    assert ask(f"Organization/{palms.code}")["active"] is False
    assert codes("Location?status=active") == set()
    assert codes("Location?status=inactive") == {palms.code}
    assert codes("Organization?active=false") == {palms.code}


@pytest.mark.parametrize("then_closed", [False, True])
def test_what_is_hidden_is_nowhere(palms: Facility, oasis: Facility, then_closed: bool) -> None:
    by = coordinator("west")
    services.raise_concern(facility=palms, reason="Threatened.", by=by)
    if then_closed:
        services.close_facility(facility=palms, reason="Gone.", by=by)
    merged = make.facility("south", name_en="Twin")
    services.merge_facility(facility=merged, into=oasis, by=coordinator("south"))
    for kind in ("Location", "Organization"):
        for gone in (palms, merged):
            ask(f"{kind}/{gone.code}", 404)
        for search in (
            "", "?_lastUpdated=gt2020", f"?_id={palms.code},{merged.code},{oasis.code}", "?type=facility", "?name:contains=i",
            f"?identifier={palms.code},{oasis.code}", "?_total=accurate",
        ):  # fmt: skip
            bundle = ask(f"{kind}{search}")
            assert codes(f"{kind}{search}") == {oasis.code}, search
            assert palms.code not in json.dumps({**bundle, "link": []})
    assert ask("Location?type=facility&_total=accurate")["total"] == 1


def test_values_of_an_open_list_carry_its_credit(palms: Facility) -> None:
    source = make.source("openstreetmap", is_open=True, licence="ODbL 1.0", credit="© OpenStreetMap contributors")
    Record.objects.create(facility=palms, source=source, external_id="node/1", row={}, read_at=palms.changed_at)
    survey = make.source("survey", licence="Nobody's", credit="Surveyors")
    Record.objects.create(facility=palms, source=survey, external_id="1", row={}, read_at=palms.changed_at)
    for kind in ("Location", "Organization"):
        (tag,) = ask(f"{kind}/{palms.code}")["meta"]["tag"]
    assert "Surveyors" not in ask("metadata")["copyright"]
    assert tag["display"] == "© OpenStreetMap contributors – ODbL 1.0"
    assert "ODbL 1.0" in ask("metadata")["copyright"]


def test_what_sides_say_differently_is_marked(palms: Facility) -> None:
    for side, value in (("west", "40"), ("east", "12")):
        by = coordinator(side)
        services.make_claim(facility=palms, field="beds", value=value, side=RegionFactory(code=side), by=by)
        services.make_claim(facility=palms, field="head", value=f"Head {side}", side=RegionFactory(code=side), by=by)
    for kind in ("Location", "Organization"):
        tags = ask(f"{kind}/{palms.code}")["meta"]["tag"]
        assert [(tag["system"].rpartition("/")[2], tag["code"]) for tag in tags] == [("disputed", "beds")]


# --- what is not understood ----------------------------------------------------------------------------------------------


def test_an_unknown_parameter_is_left_out_with_a_warning_or_refused(palms: Facility) -> None:
    bundle = ask("Location?near=32|13&type=facility&_include=Location:endpoint")
    assert ids(bundle) == [palms.code]
    assert len(issues(bundle)) == 2
    assert not [name for name in ("near", "endpoint") if name in bundle["link"][0]["url"]]
    assert "type=facility" in bundle["link"][0]["url"]
    refused = ask("Location?near=32|13&type=facility", 400, prefer="handling=strict")
    assert refused["issue"][0]["severity"] == "error"
    ask("Location?type=facility", 200, prefer="return=minimal; handling=strict")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Location?name:below=x", 400), ("Location?type:not=facility", 400), ("Location?name:=x", 400),
        ("Location?_count=x", 400), ("Location?_count=-1", 400),
        ("Location?_lastUpdated=yesterday", 400), ("Location?_lastUpdated=ap2020", 400), ("Location?_lastUpdated=2026-13-01", 400),
        ("Location?_lastUpdated=lt0000", 400), ("Location?_lastUpdated=9999", 400), ("Location?name=%00", 400), ("Location?_total=x", 400),
        ("Location?_format=xml", 406), ("Location?_format=application/fhir%2Bxml", 406), ("Location?_after=%00", 400),
        ("Practitioner", 404), ("Practitioner/1", 404), ("HealthcareService/x", 404), ("Location/", 404), ("Location/x/_history", 404),
        ("", 404), ("Location/nothing", 404), ("Location/%00", 404), ("Location/" + "a" * 300, 404), ("Location?name=" + "a" * 300, 400),
        ("Location?_id=" + ",".join("a" * 51), 400),
    ],
)  # fmt: skip
def test_a_mistake_is_told_as_an_outcome(path: str, status: int) -> None:
    assert ask(path, status)["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    "form", ["json", "application/json", "application/fhir+json", "application/fhir%2Bjson", "text/json"]
)
def test_json_is_offered(form: str) -> None:
    ask(f"metadata?_format={form}")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/fhir+json", 200),
        ("application/fhir+json;fhirVersion=4.0, */*;q=.1", 200),
        ("text/html,application/xml", 200),
        ("application/fhir+xml", 406),
    ],
)
def test_what_is_accepted(accept: str, status: int) -> None:
    ask("metadata", status, accept=accept)


@pytest.mark.parametrize("method", ["put", "delete", "patch", "post"])
def test_nothing_is_written(method: str, palms: Facility) -> None:
    client = Client(enforce_csrf_checks=True)
    for path in (f"Location/{palms.code}", "Location", "metadata", ""):
        response = getattr(client, method)(f"/fhir/{path}")
        assert valid(response, 405)["resourceType"] == "OperationOutcome"
        assert response.headers["Allow"] == "GET, HEAD"
    assert Facility.objects.get().changed_at == palms.changed_at


def test_a_search_is_posted_as_a_form_without_a_token(palms: Facility) -> None:
    client = Client(enforce_csrf_checks=True)
    assert ids(valid(post("Location/_search?type=facility", {"name": "Palms"}, client))) == [palms.code]
    valid(client.post("/fhir/Location/_search", "{}", content_type="application/json"), 415)
    valid(post("Location/_search", {"_format": "json"}, client))
    valid(post("Location/_search", {"_format": "xml"}, client), 406)


def test_too_many_requests_are_asked_to_wait(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "fhir": "2/m/ip"}
    client = Client()
    assert [client.get("/fhir/Location").status_code for _ in range(3)] == [200, 200, 429]
    assert valid(client.get("/fhir/Location"), 429)["issue"][0]["code"] == "throttled"
    cache.clear()


def test_nobody_on_the_way_keeps_it(palms: Facility) -> None:
    for path in ("Location", f"Location/{palms.code}", "metadata"):
        assert "no-store" in Client().get(f"/fhir/{path}").headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["Location?_include=Location:organization", "Organization?name:contains=a&partof=district-x", "metadata"]
)
def test_it_asks_the_database_seldom_however_much_there_is(palms: Facility, path: str) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            ask(path)
        counts.append(len(captured))
        for number in range(3):
            row = make.facility(municipality=make.municipality(), **POINT)
            services.add_name(facility=row, name=f"Other {number}", kind="former", by=coordinator("west"))
    assert counts[0] == counts[1] <= 8


# Those that say the same through another door, and those that break something.
HOSTILE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "\x00",
            "|",
            "||",
            ",",
            "\\",
            "\\,",
            "%",
            "_",
            "'",
            "9" * 30,
            "gt",
            "2026-02-30",
            "0001",
            "9999-12-31",
            "a" * 5000,
            "," * 500,
        ]
    ),
)
NAMES = st.one_of(
    st.sampled_from(
        ["_id", "_lastUpdated", "identifier", "name", "name:contains", "name:exact", "type", "status", "partof", "organization", "active",
         "_count", "_after", "_total", "_include", "_revinclude", "_format", "_sort", ":", "name:", ""]
    ),
    st.text(max_size=10),
)  # fmt: skip


@examples(
    max_examples=150, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(kind=st.sampled_from(["Location", "Organization"]), asked=st.lists(st.tuples(NAMES, HOSTILE), max_size=4))
def test_whatever_is_asked_is_answered(palms: Facility, kind: str, asked: list[tuple[str, str]]) -> None:
    cache.clear()
    response = Client().get(f"/fhir/{kind}", asked)
    assert response.status_code in {200, 400, 406}
    valid(response, response.status_code)
