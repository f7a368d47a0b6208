"""FHIR: every search parameter finds what it says, pages lead on and miss nothing."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from facilities import services
from facilities.models import Facility
from impact.fhir import resources, searching
from tests.factories import facilities as make
from tests.factories.network import coordinator
from tests.impact.fhir_asked import ask, codes, ids, post, valid

pytestmark = pytest.mark.django_db


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
