"""What the page of a facility tells, and whom."""

import pytest
from django.test import Client

from facilities.enums import Position
from facilities.models import Facility
from tests.factories import facilities as make
from tests.factories.network import PractitionerFactory, RegionFactory

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
