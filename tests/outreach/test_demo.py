"""The invented examples run through the services, on the reference data."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from facilities.management.demo import local_regions, reports
from facilities.models import LocalRegion, MonthlyReport
from network.models import District, Municipality, Region
from outreach import figures
from outreach.management.demo import outreach
from outreach.models import DailyReport, Pathway
from tests.factories import facilities as make
from tests.factories.network import PractitionerFactory, coordinator

pytestmark = pytest.mark.django_db
PLACES = {"west": "LY021104", "east": "LY010304", "south": "LY031901"}


class Cast:
    """Invented people of every side, by the logins that the demo knows."""

    def __init__(self) -> None:
        self.users = {f"coordinator.{side}": coordinator(side) for side in PLACES} | {
            "national.abroad": coordinator(None)
        }
        self.people: dict[str, Any] = {}
        for side, pcode in PLACES.items():
            place = Municipality.objects.get(pcode=pcode)
            self.people[f"member1.{side}"] = PractitionerFactory(municipality=place, region=place.district.region)

    def user(self, login: str) -> Any:
        return self.users[login]

    def person(self, login: str) -> Any:
        return self.people[login]


def test_the_examples_are_made_and_their_pages_shown() -> None:
    call_command("load_reference", verbosity=0)
    cast = Cast()
    for region in Region.objects.all():
        make.facility(region.code, district=District.objects.filter(region=region).order_by("pk").first())
    assert outreach.load(cast) == 3
    assert reports.load(cast) == 17
    assert local_regions.load(cast) == 2
    assert (DailyReport.objects.count(), Pathway.objects.count(), MonthlyReport.objects.count()) == (15, 3, 17)
    assert figures.told_to_all().people
    slug = LocalRegion.objects.order_by("pk").first().slug
    for page in ("outreach/", "outreach/coverage/", "facilities/reports/", f"local-regions/{slug}/"):
        for language in ("ar", "en"):
            assert Client().get(f"/{language}/{page}").status_code == 200
