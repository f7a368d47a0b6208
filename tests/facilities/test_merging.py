"""Two rows of one place become one: nothing that was said, done or kept of the one that goes is lost from sight."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from facilities import services, upkeep_selectors
from facilities.models import Assessment, Facility, Posting, Record, ServiceStatus
from facilities.services import import_writes
from network.models import Transition
from network.services import IllegalMove
from notifications.models import Message
from tests.desk import at_the_desk
from tests.facilities.test_registry import now, says
from tests.factories import facilities as make
from tests.factories.network import PractitionerFactory, RegionFactory, coordinator
from tests.security.forms_read import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility() -> Facility:
    RegionFactory(code="east")
    return make.facility()


@pytest.fixture
def twin(facility: Facility) -> Facility:
    return make.facility(name_ar="مستشفى النخل", name_en="Nakhl Hospital")


def merged(gone: Facility, kept: Facility) -> Facility:
    services.merge_facility(facility=gone, into=kept, by=coordinator("west"))
    return now(kept)


def test_a_merged_code_leads_to_the_other_and_nothing_said_is_lost(facility: Facility, client: Client) -> None:
    twin = make.facility(name_ar="مستشفى النخل", name_en="Nakhl Hospital")
    says(twin, "east", "none")
    services.merge_facility(facility=twin, into=facility, by=coordinator("west"))

    assert client.get(f"/en/facilities/{twin.code}/")["Location"] == f"/en/facilities/{facility.code}/"
    row = now(facility)
    assert (row.functionality, row.name_en) == ("none", facility.name_en)
    assert "Nakhl Hospital" in row.other_names.values_list("name", flat=True)
    assert list(Facility.objects.public().matching("nakhl")) == [row]
    with pytest.raises(IllegalMove):
        services.merge_facility(facility=twin, into=facility, by=coordinator("west"))


def test_what_was_settled_of_the_one_that_goes_settles_nothing_of_the_other(facility: Facility, twin: Facility) -> None:
    """It was settled of another row, between its own names and its own claims."""
    says(facility, "west", "none")
    says(twin, "west", "full")
    says(twin, "east", "none")
    says(twin, "east", "Nakheel Clinic", field="name_en")
    for field, value in (("functionality", "full"), ("name_en", "Nakheel Clinic")):
        services.settle_claims(facility=twin, field=field, value=value, reason="A visit.", by=coordinator(None))
    assert (now(twin).functionality, now(twin).name_en) == ("full", "Nakheel Clinic")

    row = merged(twin, facility)
    assert (row.functionality, row.disputed, row.name_en) == ("disputed", ["functionality"], "Palms Hospital")
    # A list that is taken over reads it in the same way.
    import_writes.stand(row, import_writes.heard_of([row])[row.pk], at=timezone.now())
    assert (row.functionality, row.disputed, row.name_en) == ("disputed", ["functionality"], "Palms Hospital")
    services.settle_claims(facility=row, field="functionality", value="none", reason="Seen.", by=coordinator(None))
    assert now(facility).functionality == "none"


def test_what_is_hidden_is_not_merged_into_what_everybody_reads(facility: Facility) -> None:
    twin = make.facility(name_en="Nakhl Hospital")
    services.raise_concern(facility=twin, reason="Threats", by=coordinator("west"))
    with pytest.raises(services.HiddenIsNotMerged):
        services.merge_facility(facility=twin, into=facility, by=coordinator("west"))
    assert not facility.other_names.exists()
    services.merge_facility(facility=facility, into=twin, by=coordinator("west"))
    assert not Facility.objects.public().exists()


def test_facilities_of_two_sides_or_in_a_circle_are_not_merged(facility: Facility) -> None:
    other = make.facility("east")
    with pytest.raises(services.NotYourFacility):
        services.merge_facility(facility=facility, into=other, by=coordinator("west"))
    with pytest.raises(services.NotIntoItself):
        services.merge_facility(facility=facility, into=facility, by=coordinator("west"))


def test_old_codes_of_what_was_merged_twice_lead_to_where_it_ended(facility: Facility, twin: Facility) -> None:
    first = make.facility(name_en="First of all")
    merged(first, twin)
    merged(twin, facility)
    for row in (first, twin):
        assert Client().get(f"/en/facilities/{row.code}/")["Location"] == f"/en/facilities/{facility.code}/"
    assert "First of all" in Client().get(f"/en/facilities/{facility.code}/").text


def test_who_keeps_the_page_of_the_one_keeps_that_of_the_other(facility: Facility, twin: Facility) -> None:
    people = [PractitionerFactory(side="west") for _ in range(3)]
    tomorrow = timezone.localdate() + timedelta(days=1)
    make.focal_point(twin, people[0])
    make.focal_point(twin, people[1])
    make.focal_point(facility, people[1])
    make.focal_point(twin, people[2], starts_on=tomorrow, ends_on=tomorrow)
    merged(twin, facility)
    assert not Posting.objects.filter(facility=twin, ended_at__isnull=True).exists()
    for person in people[:2]:
        assert list(Facility.objects.kept_by(person.user)) == [facility]
    row = Posting.objects.get(facility=facility, practitioner=people[2])
    assert (row.starts_on, row.ends_on) == (tomorrow, tomorrow)
    assert Posting.objects.filter(facility=facility).count() == 3


def test_what_the_kept_one_does_not_know_it_takes_over_and_no_more(facility: Facility) -> None:
    place = make.municipality("west")
    point: dict[str, Any] = {"latitude": "32.877500", "longitude": "13.187300", "municipality": place}
    twin = make.facility(phones="021 111", catchment=900, owner="private", hours_en="8 to 2", **point)
    Facility.objects.filter(pk=facility.pk).update(phones="021 000")
    row = merged(twin, facility)
    assert (row.phones, row.catchment, row.owner, row.hours_en, row.municipality, str(row.latitude)) == (
        "021 000",
        900,
        "private",
        "8 to 2",
        place,
        "32.877500",
    )
    edit = Transition.objects.of(facility).filter(changes__merged=twin.pk).get()
    assert edit.changes["fields"] == ["catchment", "hours_en", "latitude", "longitude", "municipality", "owner"]


def test_no_place_is_told_more_exactly_than_before_and_nothing_of_an_open_list_is_mixed_in(facility: Facility) -> None:
    Facility.objects.filter(pk=facility.pk).update(public_precision="exact")
    point: dict[str, Any] = {"latitude": "32.877500", "longitude": "13.187300"}
    row = merged(make.facility(**point, municipality=make.municipality("west"), catchment=900), facility)
    assert (row.latitude, row.municipality, row.catchment) == (None, None, 900)
    taken = make.facility(phones="021 222")
    osm = make.source("openstreetmap", is_open=True, licence="ODbL 1.0", credit="© OpenStreetMap contributors")
    Record.objects.create(facility=taken, source=osm, external_id="node/1", row={}, read_at=timezone.now())
    assert merged(taken, facility).phones == ""


def test_words_about_services_go_on_where_nothing_newer_is_known(facility: Facility, twin: Facility) -> None:
    west, today = coordinator("west"), timezone.localdate()
    yesterday = today - timedelta(days=1)
    domains = [make.service(name) for name in ("Antenatal care", "Dental care", "Eye care")]
    for row, word, number, day in (
        (twin, "not", 0, yesterday),
        (twin, "not", 1, today),
        (facility, "available", 1, yesterday),
        (twin, "not", 2, yesterday),
        (facility, "available", 2, today),
    ):
        said = {domains[number].pk: services.Said(word, ["staff"])}
        services.say_services(facility=row, said=said, as_of=day, by=west)
    merged(twin, facility)
    stands = {row.domain_id: row for row in upkeep_selectors.standing_services(facility).values()}
    assert [stands[domain.pk].availability for domain in domains] == ["not", "not", "available"]
    assert (stands[domains[0].pk].as_of, stands[domains[0].pk].entered_by) == (yesterday, west)
    assert ServiceStatus.objects.filter(facility=twin).count() == 3


def test_visits_go_on_at_the_kept_one(facility: Facility, twin: Facility) -> None:
    make.questionnaire()
    make.published(twin)
    planned = make.visit(twin)
    merged(twin, facility)
    assert set(Assessment.objects.values_list("facility", flat=True)) == {facility.pk}
    assert Client().get(f"/en/facilities/{facility.code}/").context["visit"]
    make.answered(planned, 0)


def test_assessors_are_told_where_the_kept_one_is_hidden(facility: Facility, twin: Facility) -> None:
    make.questionnaire()
    row = make.visit(twin)
    services.raise_concern(facility=facility, reason="", by=coordinator("west"))
    merged(twin, facility)
    told = Message.objects.filter(kind="assessment-halted", channel="email").values_list("recipient_id", flat=True)
    assert sorted(told) == sorted(make.assessor(row, number).pk for number in (0, 1))
    third = make.facility(name_en="Hidden too")
    services.raise_concern(facility=third, reason="", by=coordinator("west"))
    # Who was told already is not told again.
    merged(now(facility), third)
    assert told.all().count() == 2


@pytest.mark.parametrize(("language", "words"), [("ar", "مرتين"), ("en", "was listed twice")])
def test_who_waits_for_a_change_is_told_to_ask_again(
    language: str, words: str, facility: Facility, twin: Facility
) -> None:
    member = PractitionerFactory(side="west", user__language=language)
    make.focal_point(twin, member)
    request = services.ask_for_change(
        facility=twin,
        proposed={"beds": "40"},
        said_on=timezone.localdate(),
        reason="Seen",
        uid="5d7d4b5e-7a3b-4a75-9d3e-0d0f3a3f8a11",  # type: ignore[arg-type]
        by=member.user,
    )
    merged(twin, facility)
    request.refresh_from_db()
    assert (request.state, words in request.answer) == ("declined", True)
    message = Message.objects.get(kind="facility-change-declined", channel="email")
    assert (message.recipient_id, words in message.context["reason"]) == (member.user_id, True)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_was_merged_is_read_at_the_desk_and_changed_where_it_went(
    facility: Facility, twin: Facility, language: str
) -> None:
    desk, page = at_the_desk(coordinator("west")), f"/{language}/admin/facilities/facility/{twin.pk}/change/"
    sent = form_of(desk.get(page).text) | {"beds": "77", "_continue": "1"}
    merged(twin, facility)

    shown = desk.get(page).text
    assert f'href="/{language}/admin/facilities/facility/{facility.pk}/change/"' in shown
    assert 'name="_save"' not in shown
    assert f"/{twin.pk}/hide/" not in shown
    desk.post(page, sent)
    assert now(twin).beds is None

    twin.beds = 77
    with pytest.raises(services.MergedAway):
        services.save_facility(facility=twin, changed={"beds"}, by=coordinator("west"))
