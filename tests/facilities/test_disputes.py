"""What sides say differently reaches who may settle it, and the side whose facility it is."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from facilities import services, upkeep_selectors
from facilities.models import Facility
from network.enums import Role
from network.models import Region, User
from notifications import render
from notifications.kinds import Contact
from notifications.models import Message
from tests.desk import at_the_desk
from tests.factories import facilities as make
from tests.factories.network import RegionFactory, RoleGrantFactory, auditor, coordinator

pytestmark = pytest.mark.django_db
LISTED = "/en/admin/facilities/facility/?disputed=yes&state__exact=open"
TITLE = "Sides say different things"


@pytest.fixture
def facility() -> Facility:
    RegionFactory(code="east")
    return make.facility()


def says(facility: Facility, side: str, value: str, field: str = "functionality", *, by: User | None = None) -> None:
    region, by = Region.objects.get(code=side), by or coordinator(side)
    services.make_claim(facility=facility, field=field, value=value, side=region, by=by)


def disputed(facility: Facility, *, by: User | None = None) -> Facility:
    says(facility, "west", "full")
    says(facility, "east", "none", by=by)
    return facility


def settle(facility: Facility, value: str = "full") -> None:
    services.settle_claims(
        facility=facility, field="functionality", value=value, reason="A joint visit.", by=coordinator(None)
    )


def card(client: Client) -> Any:
    found = [each for each in client.get("/en/admin/").context["cards"] if each.title == TITLE]
    return found[0] if found else None


def count(user: User) -> int:
    found: int = card(at_the_desk(user)).count
    return found


def told() -> list[int]:
    rows = Message.objects.filter(kind="facility-disputed").order_by("recipient_id", "pk")
    return list(rows.values_list("recipient_id", flat=True))


# --- at the desk ------------------------------------------------------------------------------------------------------


def test_who_may_settle_finds_it_in_a_box_and_in_the_list(facility: Facility) -> None:
    make.facility()
    national = at_the_desk(coordinator(None))
    assert (card(national).count, card(national).rows) == (0, [])
    disputed(facility)

    found = card(national)
    assert (found.count, found.url) == (1, LISTED)
    (row,) = found.rows
    assert (row["label"], row["detail"]) == (facility.shown_name, "functionality")
    assert 'id="disputed"' in national.get(row["url"]).text
    assert list(national.get(LISTED).context["cl"].result_list) == [facility]
    settle(facility)
    assert card(national).count == 0
    assert list(national.get(LISTED).context["cl"].result_list) == []


def test_only_who_may_settle_it_has_the_box(facility: Facility) -> None:
    both = coordinator(None)
    RoleGrantFactory(user=both, role=Role.REGIONAL_COORDINATOR, region=RegionFactory(code="south"))
    disputed(facility, by=_also_national("east"))
    for user in (coordinator("west"), coordinator("east"), auditor()):
        assert card(at_the_desk(user)) is None
    assert count(coordinator(None)) == count(both) == 1
    # Whoever coordinates a side that has spoken is involved; so is who has spoken and coordinates it no more.
    involved = _also_national("west")
    assert count(involved) == 0
    said = User.objects.get(pk=facility.claims.get(side__code="east").entered_by_id)
    said.role_grants.filter(role=Role.REGIONAL_COORDINATOR).delete()
    assert count(User.objects.get(pk=said.pk)) == 0


def _also_national(side: str) -> User:
    user = coordinator(side)
    RoleGrantFactory(user=user)
    return user


def test_a_dispute_on_another_value_is_theirs_to_settle(facility: Facility) -> None:
    both = _also_national("south")
    says(facility, "south", "7", "beds", by=both)
    disputed(facility)
    assert count(both) == 1


def test_a_side_finds_its_own_disputes_and_no_others(facility: Facility) -> None:
    disputed(facility)
    west, east = (at_the_desk(coordinator(side)).get(LISTED) for side in ("west", "east"))
    assert list(west.context["cl"].result_list) == [facility]
    assert list(east.context["cl"].result_list) == []


def test_what_is_closed_or_merged_is_not_counted(facility: Facility) -> None:
    disputed(facility)
    Facility.objects.update(state="closed")
    national = coordinator(None)
    assert count(national) == 0
    other = make.facility()
    Facility.objects.filter(pk=facility.pk).update(state="merged", merged_into=other)
    found = at_the_desk(coordinator(None)).get("/en/admin/facilities/facility/?disputed=yes")
    assert list(found.context["cl"].result_list) == []


def test_the_box_costs_the_same_of_one_and_of_many(facility: Facility) -> None:
    national, asked = at_the_desk(coordinator(None)), []
    disputed(facility)
    for _ in range(3):
        national.get("/en/admin/")
        with CaptureQueriesContext(connection) as queries:
            national.get("/en/admin/")
        asked.append(len(queries))
        disputed(make.facility())
    assert len(set(asked)) == 1


# --- the notice -------------------------------------------------------------------------------------------------------


def test_the_side_of_the_facility_hears_of_each_value_when_it_becomes_disputed(facility: Facility) -> None:
    speaker, reader = coordinator("west"), coordinator("west")
    others = [coordinator("west", is_active=False), coordinator("south"), coordinator(None), auditor()]
    west = sorted(upkeep_selectors.coordinators_of(facility.side_id))
    assert {speaker.pk, reader.pk} <= set(west)
    assert not {user.pk for user in others} & set(west)
    says(facility, "west", "full", by=speaker)
    assert told() == []
    says(facility, "east", "none")
    assert told() == west
    # It is disputed already, whatever else is said of it; another value is another thing.
    says(facility, "east", "partial")
    assert told() == west
    says(facility, "west", "7", "beds", by=speaker)
    says(facility, "east", "9", "beds")
    assert told() == sorted(west * 2)
    # Settled, and opened again.
    settle(facility)
    says(facility, "east", "none")
    assert told() == sorted(west * 3)


def test_nobody_is_told_of_what_their_own_side_says_or_of_what_agrees(facility: Facility) -> None:
    coordinator("west")
    says(facility, "east", "none")
    says(facility, "west", "full")
    assert Facility.objects.get(pk=facility.pk).disputed == ["functionality"]
    assert told() == []
    other = make.facility()
    says(other, "west", "full")
    says(other, "east", "full")
    assert told() == []


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_mail_leads_to_the_facility_and_names_nobody(language: str, facility: Facility) -> None:
    reader, speaker = coordinator("west"), coordinator("east", email="speaker@example.org")
    services.raise_concern(facility=facility, reason="Shelling", by=coordinator("west"))
    disputed(facility, by=speaker)
    message = Message.objects.get(kind="facility-disputed", recipient_id=reader.pk)
    message.language = language
    mail = render.email(message, Contact(reader.pk, "", reader.email, "", language, discreet=False))
    said = f"{mail.subject}\n{mail.body}\n{mail.alternatives[0].content}\n{message.context}"

    # It is hidden, but not from the side that keeps it.
    assert facility.name_in(language) in str(mail.body)
    assert f"/{language}/admin/facilities/facility/{facility.pk}/change/" in str(mail.body)
    assert "speaker" not in said
    assert at_the_desk(reader).get(f"/{language}/admin/facilities/facility/{facility.pk}/change/").status_code == 200
