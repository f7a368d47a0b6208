"""Which services a facility gives: who says so, what stands, and what another edition leaves alone."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from facilities import services, upkeep_selectors
from facilities.models import Facility, ServiceDomain, ServiceStatus
from facilities.services import Said
from network.models import Practitioner, User
from tests.factories import facilities as make
from tests.factories.network import PractitionerFactory, RegionFactory, coordinator
from tests.forms import untouched

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility() -> Facility:
    make.service("Antenatal care")
    make.service("Mental health care")
    return make.facility()


@pytest.fixture
def member(facility: Facility) -> Practitioner:
    row = PractitionerFactory(region=RegionFactory(code="west"))
    make.focal_point(facility, row)
    return row


def says(facility: Facility, by: User, availability: str, *barriers: str, day: date | None = None) -> Any:
    said = {make.service("Antenatal care").pk: Said(availability, barriers)}
    return services.say_services(facility=facility, said=said, as_of=day or timezone.localdate(), by=by)


def shown(facility: Facility) -> list[tuple[str, str]]:
    return [(row.domain.name_en, row.availability) for row in upkeep_selectors.shown_services(facility)]


def test_focal_points_and_the_side_s_coordinators_say_it_and_nobody_else(
    facility: Facility, member: Practitioner
) -> None:
    says(facility, member.user, "partly", "staff")
    says(facility, coordinator("west"), "not", "staff", "power")
    for stranger in (coordinator("east"), coordinator(None), PractitionerFactory().user):
        with pytest.raises(services.NotYourPage):
            says(facility, stranger, "available")
    assert shown(facility) == [("Antenatal care", "not")]
    assert ServiceStatus.objects.count() == 2


def test_each_change_is_a_row_and_the_newest_stands(facility: Facility, member: Practitioner) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    says(facility, member.user, "available", day=yesterday)
    assert says(facility, member.user, "available") == []
    says(facility, member.user, "not", "power")
    assert [row.availability for row in ServiceStatus.objects.order_by("pk")] == ["available", "not"]
    assert shown(facility) == [("Antenatal care", "not")]
    with pytest.raises(services.OlderThanKnown, match=re.escape(date_format(timezone.localdate()))):
        says(facility, member.user, "partly", day=yesterday)
    # On the same day the word that came last stands.
    says(facility, member.user, "partly", "power")
    assert shown(facility) == [("Antenatal care", "partly")]


def test_what_is_there_lacks_nothing(facility: Facility, member: Practitioner) -> None:
    says(facility, member.user, "available", "staff")
    says(facility, member.user, "not_here", "staff")
    assert [row.barriers for row in ServiceStatus.objects.order_by("pk")] == [[], []]


def test_nonsense_is_refused(facility: Facility, member: Practitioner) -> None:
    with pytest.raises(services.NoSuchService):
        says(facility, member.user, "perhaps")
    with pytest.raises(services.FromTheFuture):
        says(facility, member.user, "not", day=timezone.localdate() + timedelta(days=1))
    building = make.service("Basic amenities", group="general_readiness")
    with pytest.raises(services.NoSuchService):
        services.say_services(
            facility=facility, said={building.pk: Said("not")}, as_of=timezone.localdate(), by=member.user
        )
    services.close_facility(facility=facility, reason="Gone", by=coordinator("west"))
    with pytest.raises(services.NoLongerListed):
        says(facility, coordinator("west"), "not")
    assert not ServiceStatus.objects.exists()


def test_another_edition_takes_its_place_and_loses_no_answer(facility: Facility, member: Practitioner) -> None:
    says(facility, member.user, "not", "power")
    new = make.service("Renal care", edition=make.edition("sara-new", "2020-01-01"))
    make.service("Of tomorrow", edition=make.edition("sara-later", "2999-01-01"))
    assert upkeep_selectors.services_asked() == [new]
    # Until somebody answers by the new edition, what was said by the old one is shown.
    assert shown(facility) == [("Antenatal care", "not")]
    services.say_services(
        facility=facility, said={new.pk: Said("available")}, as_of=timezone.localdate(), by=member.user
    )
    assert shown(facility) == [("Renal care", "available")]
    assert {row.domain.name_en for row in upkeep_selectors.services_history(facility)} == {
        "Antenatal care",
        "Renal care",
    }


@pytest.mark.parametrize("language", ["ar", "en"])
def test_one_page_says_it_and_everybody_reads_it(language: str, facility: Facility, member: Practitioner) -> None:
    client = Client()
    client.force_login(member.user)
    first, second = make.service("Antenatal care"), make.service("Mental health care")
    address = f"/{language}/facilities/{facility.code}/services/"
    typed = {
        "as_of": timezone.localdate().isoformat(),
        f"service-{first.pk}": "partly",
        f"lacks-{first.pk}": ["staff"],
        f"service-{second.pk}": "",
    }
    assert client.post(address, typed | {"as_of": "2999-01-01"}).status_code == 400
    assert client.post(address, typed).status_code == 302
    assert ServiceStatus.objects.get().barriers == ["staff"]
    page = Client().get(f"/{language}/facilities/{facility.code}/").text
    assert getattr(first, f"name_{language}") in page
    assert getattr(second, f"name_{language}") not in page


def test_a_page_that_was_opened_before_undoes_nothing(facility: Facility, member: Practitioner) -> None:
    client, address = Client(), f"/ar/facilities/{facility.code}/services/"
    client.force_login(member.user)
    first, second = ServiceDomain.objects.order_by("pk")
    says(facility, member.user, "available")
    stale = untouched(client.get(address).context["form"])
    says(facility, member.user, "not", "power")
    assert client.post(address, stale | {f"service-{second.pk}": "available"}).status_code == 302
    standing = upkeep_selectors.standing_services(facility)
    assert {pk: row.availability for pk, row in standing.items()} == {first.pk: "not", second.pk: "available"}


def test_the_public_page_costs_the_same_whatever_was_said(
    facility: Facility, member: Practitioner, django_assert_max_num_queries: Any
) -> None:
    RegionFactory(code="east")
    region = make.district("east").region
    services.make_claim(facility=facility, field="beds", value="3", side=region, by=coordinator("east"))
    services.make_claim(facility=facility, field="beds", value="4", side=facility.side, by=coordinator("west"))
    for turn in range(6):
        says(facility, member.user, "not" if turn % 2 else "available")
    make.published(facility)
    make.published(facility, "absent")
    for page in ("", "readiness/"):
        with django_assert_max_num_queries(8):
            assert Client().get(f"/ar/facilities/{facility.code}/{page}").status_code == 200
