"""FHIR: every resource is valid, every parameter does what is said of it, nothing hidden is found."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.healthcareservice import HealthcareService
from fhir.resources.R4B.location import Location
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.organization import Organization
from hypothesis import HealthCheck, given, settings as examples, strategies as st

from facilities import services
from facilities.models import Facility, Record, ServiceStatus
from impact.fhir import resources, searching
from tests.factories import facilities as make
from tests.factories.cases import FacilityTypeFactory
from tests.factories.network import RegionFactory, coordinator

pytestmark = pytest.mark.django_db
POINT = {"latitude": "32.877500", "longitude": "13.187300", "public_precision": "exact"}
MODELS = {
    "Bundle": Bundle, "CapabilityStatement": CapabilityStatement, "HealthcareService": HealthcareService, "Location": Location,
    "OperationOutcome": OperationOutcome, "Organization": Organization,
}  # fmt: skip


def valid(response: Any, status: int = 200) -> dict[str, Any]:
    """Return what was answered, once those who define FHIR have read it."""
    assert response.status_code == status, response.content[:300]
    assert response.headers["Content-Type"] == "application/fhir+json; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    content: dict[str, Any] = json.loads(response.content)
    MODELS[content["resourceType"]].model_validate(content)
    for entry in content.get("entry", []):
        MODELS[entry["resource"]["resourceType"]].model_validate(entry["resource"])
    return content


def ask(path: str, status: int = 200, **headers: str) -> dict[str, Any]:
    return valid(Client().get(f"/fhir/{path}", headers=headers), status)


def post(path: str, form: dict[str, str], client: Client | None = None) -> Any:
    return (client or Client()).post(f"/fhir/{path}", urlencode(form), content_type="application/x-www-form-urlencoded")


def ids(bundle: dict[str, Any], mode: str = "match") -> list[str]:
    return [entry["resource"]["id"] for entry in bundle.get("entry", []) if entry["search"]["mode"] == mode]


def codes(path: str) -> set[str]:
    """Return the ids of the facilities that a search finds."""
    return {one for one in ids(ask(path)) if not one.startswith(("side-", "district-"))}


def issues(bundle: dict[str, Any]) -> list[str]:
    found = [e["resource"] for e in bundle.get("entry", []) if e["search"]["mode"] == "outcome"]
    return [issue["diagnostics"] for outcome in found for issue in outcome["issue"]]


@pytest.fixture
def palms() -> Facility:
    return make.facility(
        **POINT, municipality=make.municipality(), phones="021 000 0000", hours="8-14", head="Canary Head"
    )


@pytest.fixture
def oasis() -> Facility:
    kind = FacilityTypeFactory(code="clinic", name_ar="عيادة", name_en="Clinic")
    return make.facility("south", name_ar="عيادة الواحة", name_en="Oasis Clinic", kind=kind)


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


# --- searches -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("_id={palms}", "p"),
        ("_id={palms},{oasis}", "po"),
        ("_id=nothing", ""),
        ("identifier={palms}", "p"),
        ("identifier={codes}|{palms}", "p"),
        ("identifier=http://other|{palms}", ""),
        ("identifier={codes}|", "po"),
        ("name=Palms", "p"),
        ("name=palms hos", "p"),
        ("name=hospital", ""),
        ("name=مستشفى", "p"),
        ("name:contains=LINIC", "o"),
        ("name:exact=Oasis Clinic", "o"),
        ("name:exact=oasis clinic", ""),
        ("name=Old Palms", "p"),
        ("name=Palms,Oasis", "po"),
        ("type=facility", "po"),
        ("type=clinic", "o"),
        ("type={kinds}|clinic", "o"),
        ("type={types}|clinic", ""),
        ("type=jurisdiction", ""),
        ("partof={west}", "p"),
        ("partof={kind}/{west}", "p"),
        ("partof={base}/{kind}/{west}", "p"),
        ("partof=Other/{west}", ""),
        ("type=facility&name=Oasis", "o"),
        ("type=clinic&name=Palms", ""),
        ("_lastUpdated=gt2020-01-01", "po"),
        ("_lastUpdated=lt2020-01-01", ""),
        ("name=", "po"),
    ],
)
@pytest.mark.parametrize("kind", ["Location", "Organization"])
def test_each_parameter(palms: Facility, oasis: Facility, kind: str, search: str, found: str) -> None:
    services.add_name(facility=palms, name="Old Palms Hospital", kind="former", by=coordinator("west"))
    given = search.format(
        palms=palms.code, oasis=oasis.code, codes=resources.CODES, kinds=resources.KINDS, types=resources.TYPES,
        west=f"district-{palms.district.pcode}", kind=kind, base=resources.BASE,
    )  # fmt: skip
    assert codes(f"{kind}?{given}") == {{"p": palms, "o": oasis}[letter].code for letter in found}
    name, _, value = given.partition("=")
    if "&" not in given:
        posted = valid(post(f"{kind}/_search", {name: value}))
        assert ids(posted) == ids(ask(f"{kind}?{given}"))


def test_parameters_of_one_kind(palms: Facility, oasis: Facility) -> None:
    assert codes(f"Location?organization=Organization/{palms.code}") == {palms.code}
    assert codes(f"Location?organization={oasis.code}") == {oasis.code}
    assert codes("Location?status=http://hl7.org/fhir/location-status|active") == {palms.code, oasis.code}
    assert codes("Location?status=suspended") == set()
    assert codes("Organization?active=true") == {palms.code, oasis.code}
    ask("Organization?active=perhaps", 400)


def test_areas_are_found_too(palms: Facility, oasis: Facility) -> None:
    assert ids(ask("Location?type=jurisdiction&name=West")) == [f"side-{palms.side.pcode}"]
    assert ids(ask(f"Location?identifier={palms.side.pcode}")) == [f"side-{palms.side.pcode}"]
    assert ids(ask(f"Location?partof=side-{palms.side.pcode}")) == [f"district-{palms.district.pcode}"]
    assert ids(ask("Location?type=jurisdiction&_lastUpdated=gt2000")) == []


@pytest.mark.parametrize(
    ("prefix", "at", "found"),
    [
        ("", "2026-03-10", True), ("eq", "2026-03", True), ("eq", "2026-03-11", False), ("ne", "2026-03-10", False),
        ("gt", "2026-03-09", True), ("gt", "2026-03-10", False), ("gt", "2026-03-10T11:59:59Z", True),
        ("gt", "2026-03-10T12:00:00Z", False),
        ("lt", "2026-03-11", True), ("lt", "2026-03-10", False), ("ge", "2026-03-10", True), ("ge", "2026-03-10T12:00:00.000Z", True),
        ("le", "2026-03-10", True), ("le", "2026-03-09", False), ("sa", "2026-03-10", False), ("sa", "2026-03-09", True),
        ("eb", "2026-03-11", True), ("eb", "2026-03-10", False), ("eq", "2026", True), ("eq", "2025", False),
        ("ge", "2026-03-10T14:00:00+02:00", True), ("ge", "2026-03-10T14:00:01%2B02:00", False), ("eq", "2026-03-10T12:00", True),
    ],
)  # fmt: skip
def test_dates_are_spans(palms: Facility, prefix: str, at: str, found: bool) -> None:
    Facility.objects.update(changed_at=datetime(2026, 3, 10, 12, tzinfo=UTC))
    assert bool(codes(f"Location?_lastUpdated={prefix}{at}")) == found


def test_several_dates_hold_together(palms: Facility) -> None:
    assert codes("Location?_lastUpdated=gt2020&_lastUpdated=lt2021") == set()


def test_a_change_is_found_from_the_last_time_that_was_told(palms: Facility, oasis: Facility) -> None:
    Facility.objects.filter(pk=palms.pk).update(changed_at=palms.changed_at - timedelta(days=1))
    last = ask(f"Location/{palms.code}")["meta"]["lastUpdated"]
    assert codes(f"Location?_lastUpdated=gt{last}") == {oasis.code}


def test_pairs_come_along(palms: Facility, oasis: Facility) -> None:
    bundle = ask("Location?type=facility&_include=Location:organization")
    assert sorted(ids(bundle, "include")) == sorted(ids(bundle)) == sorted([palms.code, oasis.code])
    for name in ("_revinclude", "_revInclude"):
        bundle = ask(f"Organization?_id={palms.code}&{name}=Location:organization")
        assert [e["resource"]["resourceType"] for e in bundle["entry"]] == ["Organization", "Location"]


def test_pages_lead_on_and_miss_nothing(palms: Facility, oasis: Facility) -> None:
    for number in range(5):
        make.facility(name_en=f"More {number}")
    everything = ids(ask("Location"))
    assert len(everything) == 7 + 4
    found: list[str] = []
    sizes = []
    path = "Location?_count=3&_include=Location:organization&_total=accurate"
    while path:
        bundle = ask(path)
        assert bundle["total"] == 11
        found += ids(bundle)
        sizes.append(len(ids(bundle)))
        nexts = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
        path = urlsplit(nexts[0])._replace(scheme="", netloc="").geturl().removeprefix("/fhir/") if nexts else ""
    assert found == everything
    assert sizes == [3, 3, 3, 2]
    assert "_include=Location%3Aorganization" in bundle["link"][0]["url"]
    assert ask("Location?_count=0&type=facility")["total"] == 7
    assert "entry" not in ask("Location?_count=0")


def test_no_page_is_longer_than_may_be(palms: Facility, oasis: Facility, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST", 1)
    bundle = ask("Location?type=facility&_count=1000")
    assert len(ids(bundle)) == 1
    assert [link["relation"] for link in bundle["link"]] == ["self", "next"]


# --- what is not understood ---------------------------------------------------------------------------------------------


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


# --- services ---------------------------------------------------------------------------------------------------------


def offers(facility: Facility, availability: str = "available", name: str = "Antenatal care") -> str:
    """Keep what is said of a service, and return its id."""
    domain = make.service(name)
    ServiceStatus.objects.create(
        facility=facility, domain=domain, availability=availability, barriers=[] if availability == "available" else ["staff"],
        as_of=timezone.localdate(), entered_at=timezone.now(), entered_by=coordinator("west"),
    )  # fmt: skip
    return f"{facility.code}-{domain.code}"


def test_what_is_there_is_a_service_and_what_is_not_is_none(palms: Facility) -> None:
    whole, part = offers(palms), offers(palms, "partly", "Mental health care")
    bundle = ask("HealthcareService?_include=HealthcareService:location&_include=HealthcareService:organization")
    kinds_found = sorted(entry["resource"]["resourceType"] for entry in bundle["entry"])
    assert kinds_found == ["HealthcareService", "HealthcareService", "Location", "Organization"]
    assert ask(f"HealthcareService/{whole}")["location"] == [{"reference": f"Location/{palms.code}"}]
    assert "staff" in ask(f"HealthcareService/{part}")["comment"]

    offers(palms, "not")
    valid(Client().get(f"/fhir/HealthcareService/{whole}"), 404)
    assert [entry["resource"]["id"] for entry in ask("HealthcareService")["entry"]] == [part]
    assert "HealthcareService" in {row["type"] for row in ask("metadata")["rest"][0]["resource"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("_id={id}", 1), ("_id=x", 0), ("active=true", 1), ("active=false", 0), ("identifier={id}", 1), ("identifier=x|{id}", 0),
        ("location=Location/{code}", 1), ("location={code}", 1), ("location=Location/x", 0), ("organization=Organization/{code}", 1),
        ("organization=Location/{code}", 0), ("name=ante", 1), ("name:contains=NATAL", 1), ("name:exact=Antenatal", 0),
        ("service-type={service}", 1), ("service-type=x|{service}", 0), ("_lastUpdated=gt2020", 1), ("_lastUpdated=lt2020", 0),
    ],
)  # fmt: skip
def test_services_are_found_by_each_parameter(query: str, found: int, palms: Facility) -> None:
    key = offers(palms)
    asked = query.format(id=key, code=palms.code, service=key.partition("-")[2])
    assert len(ask(f"HealthcareService?{asked}").get("entry", [])) == found


def test_services_of_a_hidden_facility_are_none(palms: Facility) -> None:
    key = offers(palms)
    services.raise_concern(facility=palms, reason="Threats", by=coordinator("west"))
    valid(Client().get(f"/fhir/HealthcareService/{key}"), 404)
    assert ask("HealthcareService").get("entry", []) == []


def test_services_of_a_closed_facility_are_none(palms: Facility) -> None:
    key = offers(palms)
    services.close_facility(facility=palms, reason="Gone.", by=coordinator("west"))
    ask(f"HealthcareService/{key}", 404)
    assert ids(ask("HealthcareService")) == []
