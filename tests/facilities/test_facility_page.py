"""What the page of a facility tells, and whom."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from facilities import services
from facilities.enums import Position
from facilities.models import Claim, Facility
from network.models import Practitioner
from tests.factories import facilities as make
from tests.factories.network import PractitionerFactory, RegionFactory, coordinator

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility() -> Facility:
    RegionFactory(code="east")
    return make.facility()


def page_of(facility: Facility, client: Client) -> str:
    response = client.get(f"/en/facilities/{facility.code}/")
    assert response.status_code == 200
    return response.text


# --- who keeps it -----------------------------------------------------------------------------------------------------


def test_members_read_who_keeps_the_page_and_not_who_works_there(facility: Facility, client: Client) -> None:
    reader, keeper, worker, both = (PractitionerFactory(side="west") for _n in range(4))
    make.focal_point(facility, keeper)
    make.focal_point(facility, worker, position=Position.STAFF)
    client.force_login(reader.user)
    make.focal_point(facility, both)
    make.focal_point(facility, both, position=Position.STAFF)
    page = page_of(facility, client)
    found = [row.name_latin for row in (keeper, worker, both) if row.name_latin in page]
    assert found == [keeper.name_latin, both.name_latin]


def test_where_somebody_works_there_but_nobody_keeps_the_page_nobody_is_named(
    facility: Facility, client: Client
) -> None:
    worker = PractitionerFactory(side="west")
    make.focal_point(facility, worker, position=Position.STAFF)
    client.force_login(PractitionerFactory(side="west").user)
    assert 'id="focal"' not in page_of(facility, client)


# --- who says whether it works ----------------------------------------------------------------------------------------


def says(facility: Facility, side: str, value: str, **more: Any) -> None:
    services.make_claim(
        facility=facility,
        field="functionality",
        value=value,
        side=RegionFactory(code=side),
        by=coordinator(side),
        **more,
    )


def who_says_so(page: str) -> str:
    """Return what stands beside whether it works, in one line."""
    found = re.search(r'id="vouching">(.*?)</div>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group(1)).split()) if found else ""


def member() -> Client:
    client = Client()
    client.force_login(PractitionerFactory(side="south").user)
    return client


def test_beside_whether_it_works_stand_the_sides_that_say_so_and_how_they_know_for_members_alone(
    facility: Facility,
) -> None:
    west, east = (RegionFactory(code=side) for side in ("west", "east"))
    before = timezone.localdate() - timedelta(days=9)
    says(facility, "west", "none", evidence="An old word", said_on=before)
    says(facility, "west", "full", evidence="A visit", source=make.source(name_en="Field survey"))
    says(facility, "east", "full", evidence="A letter")
    public, inside = page_of(facility, Client()), page_of(facility, member())
    for page in (public, inside):
        told = who_says_so(page)
        assert all(name in told for name in (str(west.name_en), str(east.name_en), "Field survey"))
    assert [word for word in ("A visit", "A letter") if word in who_says_so(inside)] == ["A visit", "A letter"]
    assert "A visit" not in public
    assert "A letter" not in public
    assert "An old word" not in inside
    names = [row.entered_by.get_username() for row in Claim.objects.select_related("entered_by") if row.entered_by]
    assert names
    assert not [name for name in names if name in inside]


def test_a_source_of_no_side_is_named(facility: Facility) -> None:
    now = timezone.now()
    Claim.objects.create(
        facility=facility, field="functionality", value="full", source=make.source(name_en="An open map"), entered_at=now,
        said_on=timezone.localdate(now), evidence="Seen on a picture",
    )  # fmt: skip
    services.claims.follow(services.claims.lock(facility), at=now)
    told = who_says_so(page_of(facility, Client()))
    assert "An open map" in told
    assert "Seen on a picture" not in told


def test_where_sides_differ_members_read_how_each_knows_and_others_do_not(facility: Facility) -> None:
    says(facility, "west", "full", evidence="A visit")
    says(facility, "east", "none", evidence="A letter")
    public, inside = page_of(facility, Client()), page_of(facility, member())
    for page in (public, inside):
        assert 'id="disputed"' in page
        assert who_says_so(page) == ""
    assert all(word in inside for word in ("A visit", "A letter"))
    assert not [word for word in ("A visit", "A letter") if word in public]


def test_who_says_so_is_one_question_more_whoever_says_it(facility: Facility, django_assert_num_queries: Any) -> None:
    says(facility, "west", "full")
    with django_assert_num_queries(6):
        page_of(facility, Client())
    says(facility, "east", "full")
    with django_assert_num_queries(6):
        page_of(facility, Client())


def test_of_a_hidden_facility_nobody_reads_who_says_so(facility: Facility) -> None:
    says(facility, "west", "full", evidence="A visit")
    services.raise_concern(facility=facility, reason="Shelling", by=coordinator("west"))
    for client in (Client(), member()):
        assert client.get(f"/en/facilities/{facility.code}/").status_code == 404


@pytest.mark.parametrize("reason", ["I was there\nyesterday.", "word " * 199])
def test_what_a_focal_point_gave_as_the_reason_is_how_it_is_known(facility: Facility, reason: str) -> None:
    keeper: Practitioner = PractitionerFactory(side="west")
    make.focal_point(facility, keeper)
    request = services.ask_for_change(
        facility=facility, proposed={"functionality": "full", "phones": "021 111"}, said_on=timezone.localdate(),
        reason=reason, uid=uuid4(), by=keeper.user,
    )  # fmt: skip
    services.accept_request(request=request, by=coordinator("west"))
    claim = Claim.objects.get(facility=facility, field="functionality", value="full")
    assert len(claim.evidence) <= 300
    assert claim.evidence.startswith(" ".join(reason.split())[:290])
    assert claim.evidence in page_of(facility, member())
    assert claim.evidence not in page_of(facility, Client())
