"""Local-regions: who groups what, one at a time, and what everybody reads of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from facilities import joint, services
from facilities.models import ContactPerson, Facility, Grouping, LocalRegion
from network.models import Municipality, Practitioner, Region, Transition, User
from network.services import parting
from tests.desk import at_the_desk
from tests.factories import facilities as make
from tests.factories.network import MunicipalityFactory, PractitionerFactory, RegionFactory, auditor, coordinator
from tests.security.forms_read import form_of

pytestmark = pytest.mark.django_db


def local_region(side: str | None = "west", slug: str = "jabal", **fields: Any) -> LocalRegion:
    region = RegionFactory(code=side) if side else None
    row = LocalRegion(slug=slug, name_ar="إقليم الجبل", name_en="Mountain region", side=region, **fields)
    return services.save_local_region(region=row, changed=(), by=coordinator(side))


def group(region: LocalRegion, place: Municipality, by: User | None = None, **days: Any) -> Grouping:
    given = {"starts_on": timezone.localdate(), "ends_on": None} | days
    return services.group_municipality(
        region=region, municipality=place, by=by or coordinator(place.district.region.code), **given
    )


def name(region: LocalRegion, person: Practitioner, by: User | None = None) -> ContactPerson:
    given = {"starts_on": timezone.localdate(), "ends_on": None}
    return services.name_contact(region=region, practitioner=person, by=by or coordinator(person.region.code), **given)


@pytest.fixture
def place() -> Municipality:
    return make.municipality("west")


def test_each_side_makes_its_own_and_a_national_coordinator_those_across_sides(place: Municipality) -> None:
    west = Region.objects.get(code="west")
    for by, side in ((coordinator("east"), west), (coordinator("west"), None), (auditor(), None)):
        with pytest.raises(services.NotYourLocalRegion):
            services.save_local_region(
                region=LocalRegion(slug="x", name_ar="x", name_en="x", side=side), changed=(), by=by
            )
    row = local_region()
    row.name_en = "Other"
    for by in (coordinator("west"), coordinator(None)):
        services.save_local_region(region=row, changed=["name_en"], by=by)
    with pytest.raises(services.NotYourLocalRegion):
        services.save_local_region(region=row, changed=["name_en"], by=coordinator("east"))
    row.side = RegionFactory(code="east")
    with pytest.raises(services.OfOneSide):
        services.save_local_region(region=row, changed=["side"], by=coordinator(None))
    assert Transition.objects.filter(subject_type="facilities.localregion", subject_id=row.pk).count() == 3


def test_an_older_page_brings_no_ended_local_region_back(place: Municipality) -> None:
    region, west = local_region(), at_the_desk(coordinator("west"))
    address = f"/en/admin/facilities/localregion/{region.pk}/change/"
    old = form_of(west.get(address).text)
    LocalRegion.objects.update(ends_on=region.starts_on)
    assert west.post(address, old | {"name_en": "Corrected"}).status_code == 302
    region.refresh_from_db()
    assert (region.name_en, region.ends_on) == ("Corrected", region.starts_on)


def test_each_side_adds_its_own_municipalities_alone(place: Municipality) -> None:
    east = make.municipality("east")
    across, own = local_region(None, "across"), local_region("west", "own")
    for by in (coordinator("east"), coordinator(None), PractitionerFactory(side="west").user):
        with pytest.raises(services.NotYourMunicipality):
            group(across, place, by=by)
    group(across, place)
    group(across, east)
    with pytest.raises(services.OfOneSide):
        group(own, MunicipalityFactory(district=east.district))
    row = Grouping.objects.get(municipality=place)
    with pytest.raises(services.NotYourMunicipality):
        services.end_grouping(grouping=row, by=coordinator("east"))
    services.end_grouping(grouping=row, by=coordinator("west"))
    assert services.end_grouping(grouping=row, by=coordinator(None)).ended_at


PERIODS = [
    (0, None, 5, None, True),
    (0, 10, 10, None, True),
    (0, 10, 11, None, False),
    (20, None, 0, 19, False),
    (20, None, 0, 20, True),
    (20, 30, 0, None, True),
    (0, 10, 3, 4, True),
]


@pytest.mark.parametrize(("first", "last", "begins", "ends", "taken"), PERIODS)
def test_a_municipality_is_in_one_local_region_at_a_time(
    first: int, last: int | None, begins: int, ends: int | None, taken: bool, place: Municipality
) -> None:
    today = timezone.localdate()

    def day(number: int | None) -> Any:
        return None if number is None else today + timedelta(days=number)

    one, other = local_region("west", "one"), local_region("west", "other")
    group(one, place, starts_on=day(first), ends_on=day(last))
    raw = {
        "local_region": other, "municipality": place, "side": place.district.region, "starts_on": day(begins),
        "ends_on": day(ends), "added_at": timezone.now(), "added_by": coordinator("west"),
    }  # fmt: skip
    if not taken:
        assert group(other, place, starts_on=day(begins), ends_on=day(ends))
        return
    with pytest.raises(services.GroupedAlready):
        group(other, place, starts_on=day(begins), ends_on=day(ends))
    # The database holds it too, whoever writes.
    with pytest.raises(DatabaseError), transaction.atomic():
        Grouping.objects.create(**raw)


def test_a_municipality_that_was_taken_out_can_join_another_the_same_day_and_not_before(place: Municipality) -> None:
    today = timezone.localdate()
    one = local_region("west", "one", starts_on=today - timedelta(days=9))
    other = local_region("west", "other", starts_on=today - timedelta(days=9))
    row = group(one, place, starts_on=today - timedelta(days=5))
    services.end_grouping(grouping=row, by=coordinator("west"))
    with pytest.raises(services.GroupedAlready):
        group(other, place, starts_on=today - timedelta(days=3))
    assert group(other, place)
    with pytest.raises(services.OutsideItsTime):
        group(other, MunicipalityFactory(district=place.district), starts_on=today - timedelta(days=20))


# --- what everybody reads -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en"])
def test_everybody_reads_its_municipalities_and_facilities(language: str, place: Municipality) -> None:
    region = local_region()
    group(region, place)
    make.facility(municipality=place, district=place.district, name_ar="مستوصف الوادي", name_en="Valley clinic")
    make.facility(name_ar="مستشفى آخر", name_en="Elsewhere")
    text = Client().get(f"/{language}/local-regions/jabal/").text
    assert str(getattr(place, f"name_{language}")) in text
    assert ("مستوصف الوادي" if language == "ar" else "Valley clinic") in text
    assert "مستشفى آخر" not in text
    assert "Elsewhere" not in text
    assert f"/{language}/local-regions/jabal/" in Client().get(f"/{language}/local-regions/").text
    assert Client().get(f"/{language}/local-regions/none/").status_code == 404


def test_a_facility_that_must_not_be_placed_is_not_placed_by_its_local_region(place: Municipality) -> None:
    region = local_region()
    group(region, place)
    given = {"municipality": place, "district": place.district}
    for precision in ("district", "hidden"):
        make.facility(public_precision=precision, name_ar="مخفي", name_en="Unplaced", **given)
    endangered = make.facility(name_ar="مهدد", name_en="Endangered", **given)
    assert "Endangered" in Client().get("/en/local-regions/jabal/").text
    services.raise_concern(facility=endangered, reason="Shelling", by=coordinator("west"))
    text = Client().get("/en/local-regions/jabal/").text
    assert "Endangered" not in text
    assert "Unplaced" not in text


@pytest.mark.parametrize("language", ["ar", "en"])
def test_its_services_are_counted_over_the_facilities_that_everybody_may_place(
    language: str, place: Municipality
) -> None:
    group(local_region(), place)
    given, west = {"municipality": place, "district": place.district}, coordinator("west")
    antenatal, dental = make.service("Antenatal care"), make.service("Dental care")
    make.service("Nobody told")
    said = [["not", "available"], ["available"], ["partly"], ["not"], ["not_here"], ["not"], ["not"]]
    rows = [make.facility(**given, public_precision="district" if number == 5 else "exact") for number in range(7)]
    services.raise_concern(facility=rows[6], reason="", by=west)
    for row, words in zip(rows, said, strict=True):
        for word in words:
            services.say_services(
                facility=row,
                said={antenatal.pk: services.Said(word)},
                as_of=timezone.localdate(),
                by=west,
            )
    services.say_services(
        facility=rows[0], said={dental.pk: services.Said("not_here")}, as_of=timezone.localdate(), by=west
    )
    page = Client().get(f"/{language}/local-regions/jabal/")
    (line,) = page.context["services"]
    assert (line.service, line.there, line.told, [number for _label, number in line.rest]) == (antenatal, 2, 4, [1, 1])
    assert "2 / 4" in page.text
    assert str(getattr(antenatal, f"name_{language}")) in page.text
    assert str(getattr(dental, f"name_{language}")) not in page.text


def test_apps_above_add_their_part_of_the_facilities_that_everybody_may_place(place: Municipality) -> None:
    region, given = local_region(), {"municipality": place, "district": place.district}
    group(region, place)
    shown, hidden = make.facility(**given), make.facility(public_precision="district", **given)
    asked: list[Any] = []
    joint.register(joint.Part("other", "facilities/_works.html", lambda ids: asked.append(list(ids))))
    try:
        assert Client().get("/ar/local-regions/jabal/").status_code == 200
    finally:
        joint.forget("other")
    assert asked == [[shown.pk]]
    assert Facility.objects.filter(pk=hidden.pk).exists()


def test_a_contact_person_is_shown_once_they_agree_and_only_as_long_as_they_do(place: Municipality) -> None:
    region = local_region()
    person = PractitionerFactory(side="west", name_ar="سالمة المتحدثة")
    with pytest.raises(services.NoContact):
        name(region, person)
    group(region, place)
    for stranger, by in (
        (PractitionerFactory(side="east"), coordinator("east")),
        (PractitionerFactory(side="east"), coordinator("west")),
        (PractitionerFactory(side="west", state="applied"), coordinator("west")),
        (person, coordinator(None)),
    ):
        with pytest.raises(services.NoContact):
            name(region, stranger, by=by)
    row = name(region, person)
    with pytest.raises(services.NamedAlready):
        name(region, person)
    page, own, other = "/ar/local-regions/jabal/", Client(), Client()
    own.force_login(person.user)
    other.force_login(PractitionerFactory(side="west").user)
    assert person.name_ar not in Client().get(page).text
    assert page in own.get("/ar/me/").text
    assert other.post(f"{page}contact/", {"answer": "yes"}).status_code == 404
    with pytest.raises(services.NoContact):
        services.answer_contact(contact=row, agrees=True, by=coordinator("west"))
    assert own.post(f"{page}contact/", {"answer": "yes"}).status_code == 302
    assert person.name_ar in Client().get(page).text
    own.post(f"{page}contact/", {"answer": "x"})
    assert person.name_ar not in Client().get(page).text
    assert own.post(f"{page}contact/", {"answer": "yes"}).status_code == 404


@pytest.mark.parametrize("how", ["suspended", "left", "ended"])
def test_who_is_gone_is_shown_no_more(how: str, place: Municipality) -> None:
    region, person = local_region(), PractitionerFactory(side="west", name_ar="سالمة المتحدثة")
    group(region, place)
    row = name(region, person)
    services.answer_contact(contact=row, agrees=True, by=person.user)
    if how == "suspended":
        Practitioner.objects.filter(pk=person.pk).update(state="suspended")
    elif how == "left":
        parting.leave(user=person.user)
        assert ContactPerson.objects.get().ended_at
    else:
        with pytest.raises(services.NotYourLocalRegion):
            services.end_contact(contact=row, by=coordinator("east"))
        services.end_contact(contact=row, by=coordinator("west"))
    assert person.name_ar not in Client().get("/ar/local-regions/jabal/").text


# --- at the desk ------------------------------------------------------------------------------------------------------------


def test_the_desk_groups_and_ends_for_its_own_side_alone(place: Municipality) -> None:
    east_place, region = make.municipality("east"), local_region(None, "across")
    person = PractitionerFactory(side="west")
    west, east = at_the_desk(coordinator("west")), at_the_desk(coordinator("east"))
    today = timezone.localdate().isoformat()
    sent = {"local_region": region.pk, "municipality": place.pk, "starts_on": today}
    add = "/ar/admin/facilities/grouping/add/"
    assert east.post(add, sent).status_code == 200
    assert west.post(add, sent | {"municipality": east_place.pk}).status_code == 200
    assert not Grouping.objects.exists()
    assert west.post(add, sent).status_code == 302
    assert west.post(add, sent).status_code == 200
    asked = {"local_region": region.pk, "practitioner": person.pk, "starts_on": today}
    assert west.post("/ar/admin/facilities/contactperson/add/", asked).status_code == 302
    for row in (Grouping.objects.get(), ContactPerson.objects.get()):
        listed = f"/ar/admin/facilities/{row._meta.model_name}/{row.pk}/"
        assert east.get(f"{listed}change/").status_code == 404
        assert east.post(f"{listed}end/").status_code == 404
        assert at_the_desk(auditor()).post(f"{listed}end/").status_code == 404
        assert west.get(f"{listed}change/").status_code == 200
        west.post(f"{listed}end/")
        row.refresh_from_db()
        assert row.ended_at
    own = {"name_ar": "س", "name_en": "s", "slug": "s", "starts_on": today, "side": place.district.region_id}
    new = "/ar/admin/facilities/localregion/add/"
    assert west.post(new, own | {"side": ""}).status_code == 200
    assert west.post(new, own | {"side": east_place.district.region_id}).status_code == 200
    assert west.post(new, own).status_code == 302
    change = f"/ar/admin/facilities/localregion/{LocalRegion.objects.get(slug='s').pk}/change/"
    assert east.post(change, own | {"name_en": "stolen"}).status_code in (403, 404)


def test_pages_ask_as_much_for_many_rows_as_for_few(place: Municipality, django_assert_max_num_queries: Any) -> None:
    region, desk, member = local_region(), at_the_desk(coordinator(None)), Client()
    member.force_login(PractitionerFactory(side="west").user)

    def more(number: int) -> None:
        there = MunicipalityFactory(district=place.district)
        group(region, there)
        group(local_region("west", f"r{number}"), MunicipalityFactory(district=place.district))
        row = make.facility(municipality=there, district=place.district)
        said = {make.service(f"Service {number}").pk: services.Said("partly")}
        services.say_services(facility=row, said=said, as_of=timezone.localdate(), by=coordinator("west"))
        person = PractitionerFactory(side="west")
        services.answer_contact(contact=name(region, person), agrees=True, by=person.user)

    def asked() -> list[int]:
        counts = []
        for client, address, most in (
            (Client(), "/ar/local-regions/", 8),
            (Client(), "/ar/local-regions/jabal/", 8),
            (member, "/ar/local-regions/jabal/", 15),
            *((desk, f"/ar/admin/facilities/{each}/", 25) for each in ("localregion", "grouping", "contactperson")),
        ):
            cache.clear()
            with django_assert_max_num_queries(most) as seen:
                assert client.get(address).status_code == 200
            counts.append(len(seen))
        return counts

    more(0)
    asked()
    first = asked()
    for number in range(1, 5):
        more(number)
    assert asked() == first
