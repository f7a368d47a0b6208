"""Open lists are credited wherever everybody reads of them what they hold."""

import pytest
from django.test import Client
from django.utils import timezone

from facilities.models import Record
from tests.factories import facilities as make

pytestmark = pytest.mark.django_db
CREDIT = "© OpenStreetMap contributors – ODbL 1.0"


def test_the_list_and_a_facility_s_page_credit_the_open_lists_of_which_they_tell(client: Client) -> None:
    listed, own = make.facility(), make.facility()
    assert CREDIT not in client.get("/ar/facilities/").text
    source = make.source("openstreetmap", is_open=True, licence="ODbL 1.0", credit="© OpenStreetMap contributors")
    survey = make.source("survey", licence="Nobody's", credit="Surveyors")
    for number, (row, said) in enumerate([(listed, source), (own, survey)]):
        Record.objects.create(facility=row, source=said, external_id=str(number), row={}, read_at=timezone.now())

    assert CREDIT in client.get("/ar/facilities/").text
    assert CREDIT in client.get(listed.get_absolute_url()).text
    for page in (client.get(own.get_absolute_url()).text, client.get("/ar/facilities/").text):
        assert "Surveyors" not in page
    assert CREDIT not in client.get(own.get_absolute_url()).text
