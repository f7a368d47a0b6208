"""The registry: who keeps what, what sides contest, what is hidden, merged and found."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone, translation

from facilities import naming, policies, selectors, services
from facilities.enums import Audience, Precision
from facilities.models import Claim, Facility, Record
from network.enums import Role
from network.models import Region, RoleGrant, User
from tests.desk import at_the_desk
from tests.factories import facilities as make
from tests.factories.network import PractitionerFactory, RegionFactory, RoleGrantFactory, coordinator
from tests.security.forms_read import form_of

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


@pytest.fixture
def facility() -> Facility:
    RegionFactory(code="east")
    return make.facility()


def says(facility: Facility, side: str, value: str, field: str = "functionality", **more: Any) -> Claim | None:
    region = Region.objects.get(code=side)
    return services.make_claim(facility=facility, field=field, value=value, side=region, by=coordinator(side), **more)


def now(facility: Facility) -> Facility:
    return Facility.objects.get(pk=facility.pk)


def test_a_facility_is_kept_by_the_coordinators_of_its_side_alone(facility: Facility) -> None:
    for stranger in (coordinator("east"), coordinator(None)):
        with pytest.raises(services.NotYourFacility):
            services.save_facility(facility=now(facility), changed=["beds"], by=stranger)
        with pytest.raises(services.NotYourFacility):
            services.close_facility(facility=facility, reason="Gone", by=stranger)
    assert now(facility).state == "open"


def test_a_facility_does_not_move_to_another_side_by_being_edited(facility: Facility) -> None:
    row = now(facility)
    row.district = make.district("east")
    with pytest.raises(services.NotYourFacility):
        services.save_facility(facility=row, changed=["district"], by=coordinator("west"))


def test_claims_of_two_sides_stand_beside_each_other_until_settled(facility: Facility) -> None:
    says(facility, "west", "full")
    assert now(facility).functionality == "full"
    says(facility, "east", "none", barriers=["power"])

    row = now(facility)
    assert (row.functionality, row.disputed) == ("disputed", ["functionality"])
    ((field, rows),) = selectors.disputes(row)
    assert field == "functionality"
    assert {(claim.side.code, claim.value) for claim in rows} == {("west", "full"), ("east", "none")}

    with pytest.raises(services.NotYoursToSettle):
        services.settle_claims(facility=row, field="functionality", value="full", reason="Seen", by=coordinator("west"))
    services.settle_claims(
        facility=row, field="functionality", value="none", reason="A joint visit.", by=coordinator(None)
    )
    row = now(facility)
    assert (row.functionality, row.barriers, row.disputed) == ("none", ["power"], [])

    says(facility, "west", "partial")
    assert now(facility).functionality == "disputed"
    says(facility, "east", "partial")
    assert now(facility).functionality == "partial"


def test_nobody_settles_what_they_have_said_themselves(facility: Facility) -> None:
    both = coordinator(None)
    RoleGrantFactory(user=both, role=Role.REGIONAL_COORDINATOR, region=RegionFactory(code="east"))
    says(facility, "west", "full")
    east = Region.objects.get(code="east")
    services.make_claim(facility=facility, field="functionality", value="none", side=east, by=both)
    with pytest.raises(services.OwnClaim):
        services.settle_claims(facility=facility, field="functionality", value="none", reason="Seen", by=both)

    said_themselves = coordinator("south")
    RoleGrantFactory(user=said_themselves)
    south = RegionFactory(code="south")
    services.make_claim(facility=facility, field="functionality", value="partial", side=south, by=said_themselves)
    RoleGrant.objects.filter(user=said_themselves, role=Role.REGIONAL_COORDINATOR).delete()
    with pytest.raises(services.OwnClaim):
        services.settle_claims(
            facility=facility,
            field="functionality",
            value="none",
            reason="Seen",
            by=User.objects.get(pk=said_themselves.pk),
        )
    assert now(facility).functionality == "disputed"


def test_what_another_form_has_changed_meanwhile_stays(facility: Facility) -> None:
    Facility.objects.update(public_precision="exact")
    stale = now(facility)
    hidden = now(facility)
    hidden.public_precision = "hidden"
    services.save_facility(facility=hidden, changed=["public_precision"], by=coordinator("west"))

    stale.phones = "021 000 0000"
    services.save_facility(facility=stale, changed=["phones"], by=coordinator("west"))

    assert (now(facility).public_precision, now(facility).phones) == ("hidden", "021 000 0000")


def test_the_desk_s_form_tells_what_it_showed_from_what_was_typed(facility: Facility) -> None:
    client, address = at_the_desk(coordinator("west")), f"/en/admin/facilities/facility/{facility.pk}/change/"
    form = form_of(client.get(address).text)
    Facility.objects.update(public_precision="hidden")

    answer = client.post(address, form | {"phones": "021 000 0000"})

    assert answer.status_code == 302, answer.text
    assert (now(facility).public_precision, now(facility).phones) == ("hidden", "021 000 0000")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_others_dispute_becomes_no_word_of_a_side_that_saved_something_else(
    language: str, facility: Facility
) -> None:
    RegionFactory(code="south")
    says(facility, "east", "partial")
    says(facility, "south", "none")
    client, address = at_the_desk(coordinator("west")), f"/{language}/admin/facilities/facility/{facility.pk}/change/"
    sent = form_of(client.get(address).text)
    # Where no option is selected a browser sends the first.
    assert sent.setdefault("functionality", ["full"]) == ["unknown"]
    assert client.post(address, sent | {"phones": "021 000"}).status_code == 302
    row = now(facility)
    assert (row.phones, row.functionality) == ("021 000", "disputed")
    assert not Claim.objects.filter(field="functionality", side=facility.side).exists()

    assert client.post(address, sent | {"functionality": "none"}).status_code == 302
    assert Claim.objects.get(field="functionality", side=facility.side).value == "none"
    assert form_of(client.get(address).text)["functionality"] == ["none"]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_side_that_empties_its_word_takes_it_back(language: str, facility: Facility) -> None:
    words: dict[str, tuple[str, str, Any]] = {
        "functionality": ("full", "partial", "unknown"),
        "beds": ("12", "20", ""),
        "head": ("Salma", "Khalid", ""),
        "name_en": ("Palms Hospital", "Nakheel Clinic", ""),
    }
    for field, (ours, theirs, _nothing) in words.items():
        says(facility, "west", ours, field=field)
        says(facility, "east", theirs, field=field)
    assert set(now(facility).disputed) == set(words)

    client, address = at_the_desk(coordinator("west")), f"/{language}/admin/facilities/facility/{facility.pk}/change/"
    emptied = {field: nothing for field, (_ours, _theirs, nothing) in words.items()}
    assert client.post(address, form_of(client.get(address).text) | emptied).status_code == 302
    row = now(facility)
    assert row.disputed == []
    assert (row.functionality, row.beds, row.head, row.name_en) == ("partial", 20, "Khalid", "Nakheel Clinic")
    assert "Nakheel Clinic" in Client().get(f"/en/facilities/{facility.code}/").text

    # Nor does a third side lose the dispute with the second, or the emptied word stand for either.
    RegionFactory(code="south")
    says(facility, "south", "Murad", field="head")
    assert (now(facility).disputed, now(facility).head) == (["head"], "Khalid")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_opening_hours_are_changed_in_each_language_and_copied_into_none(language: str, facility: Facility) -> None:
    Facility.objects.filter(pk=facility.pk).update(hours_ar="من 8 إلى 2", hours_en="8 to 2")
    client, address = at_the_desk(coordinator("west")), f"/{language}/admin/facilities/facility/{facility.pk}/change/"
    for typed, stands in (
        ({"hours_ar": "من 8 إلى 4"}, ("من 8 إلى 4", "8 to 2")),
        ({"hours_en": "8 to 4"}, ("من 8 إلى 4", "8 to 4")),
        ({"hours_en": ""}, ("من 8 إلى 4", "")),
        ({"phones": "021 000"}, ("من 8 إلى 4", "")),
        ({"hours_ar": "", "hours_en": "8 to 3"}, ("", "8 to 3")),
        ({"phones": "021 111"}, ("", "8 to 3")),
    ):
        assert client.post(address, form_of(client.get(address).text) | typed).status_code == 302
        assert (now(facility).hours_ar or "", now(facility).hours_en or "") == stands


def test_a_side_says_what_its_own_sources_tell_and_no_other_s(facility: Facility) -> None:
    with pytest.raises(services.NotYourSay):
        services.make_claim(
            facility=facility, field="beds", value="3", side=Region.objects.get(code="east"), by=coordinator("west")
        )


def test_a_disputed_name_is_found_by_both_and_shown_by_its_own_side_s(facility: Facility) -> None:
    says(facility, "east", "مستشفى الشهيد صالح", field="name_ar")
    row = now(facility)
    assert row.name_ar == "مستشفى النخيل"
    assert row.disputed == ["name_ar"]
    for words in ("النخيل", "الشهيد صالح", "nakheel", row.code):
        assert list(Facility.objects.public().matching(words)) == [row], words


def test_a_spelling_is_no_dispute(facility: Facility) -> None:
    says(facility, "east", "مستشفي  النخيل", field="name_ar")
    assert now(facility).disputed == []


NO_VALUES = [
    ("functionality", "disputed"),
    ("functionality", ""),
    ("beds", "-1"),
    ("beds", "many"),
    ("beds", "99999"),
    ("state", "x"),
]


@pytest.mark.parametrize(("field", "value"), NO_VALUES)
def test_what_is_no_value_is_no_claim(field: str, value: str, facility: Facility) -> None:
    with pytest.raises(services.NotAFacilityValue):
        says(facility, "west", value, field=field)


def test_nobody_claims_for_tomorrow(facility: Facility) -> None:
    with pytest.raises(services.FromTheFuture):
        says(facility, "west", "full", said_on=timezone.localdate() + timedelta(days=1))


def test_the_same_word_again_adds_nothing(facility: Facility) -> None:
    says(facility, "west", "full")
    before = Claim.objects.count()
    assert says(facility, "west", "full") is None
    assert Claim.objects.count() == before


def test_the_database_keeps_every_claim(facility: Facility) -> None:
    says(facility, "west", "full")
    for statement in ("UPDATE facilities_claim SET value = 'none'", "DELETE FROM facilities_claim"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


# --- who is told what -------------------------------------------------------------------------------------------------


def test_a_security_concern_takes_it_off_every_page_at_once(facility: Facility, client: Client) -> None:
    address = f"/en/facilities/{facility.code}/"
    member = PractitionerFactory(region=RegionFactory(code="east"))
    assert client.get(address).status_code == 200
    services.raise_concern(facility=facility, reason="Shelling", by=coordinator("west"))

    assert client.get(address).status_code == 404
    assert facility.name_en not in client.get("/en/facilities/?q=palms").text
    assert not Facility.objects.readable_by(member.user).filter(pk=facility.pk).exists()
    assert not Facility.objects.readable_by(coordinator("east")).filter(pk=facility.pk).exists()
    assert Facility.objects.readable_by(coordinator("west")).filter(pk=facility.pk).exists()
    hidden = policies.place_for(now(facility), Audience.MEMBERS)
    assert (hidden.point, hidden.municipality, hidden.district) == (None, None, None)

    with pytest.raises(services.ReasonMissing):
        services.lift_concern(facility=facility, reason=" ", by=coordinator("west"))
    services.lift_concern(facility=facility, reason="Quiet again", by=coordinator("west"))
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("precision", "told"),
    [
        (Precision.EXACT, {"point", "municipality", "district"}),
        (Precision.MUNICIPALITY, {"municipality", "district"}),
        (Precision.DISTRICT, {"district"}),
        (Precision.HIDDEN, set()),
    ],
)
def test_its_place_is_told_as_exactly_as_the_audience_may_know(precision: str, told: set[str]) -> None:
    place = make.municipality()
    row = make.facility(
        municipality=place,
        district=place.district,
        latitude="32.100000",
        longitude="20.200000",
        public_precision=precision,
    )
    shown = policies.place_for(row, Audience.PUBLIC)
    assert {name for name in ("point", "municipality", "district") if getattr(shown, name)} == told
    page = Client().get(f"/en/facilities/{row.code}/").text
    assert ("32.1" in page) == ("point" in told)
    assert (place.name_en in page) == ("municipality" in told)
    assert (place.district.name_en in page) == ("district" in told)


def test_the_head_is_a_matter_of_members(facility: Facility) -> None:
    says(facility, "west", "Salma Invented", field="head")
    address = f"/en/facilities/{facility.code}/"
    assert "Salma Invented" not in Client().get(address).text
    inside = Client()
    inside.force_login(PractitionerFactory(region=RegionFactory(code="east")).user)
    assert "Salma Invented" in inside.get(address).text


def test_a_focal_point_reads_what_is_hidden_and_hides_it_but_can_not_show_it(facility: Facility) -> None:
    member = PractitionerFactory(region=RegionFactory(code="west"))
    with pytest.raises(services.NotYourFacility):
        services.raise_concern(facility=facility, reason="", by=member.user)
    make.focal_point(facility, member)
    services.raise_concern(facility=facility, reason="Threats", by=member.user)
    assert Facility.objects.readable_by(member.user).filter(pk=facility.pk).exists()
    with pytest.raises(services.NotYourFacility):
        services.lift_concern(facility=facility, reason="Over", by=member.user)


def test_who_leaves_keeps_nothing(facility: Facility) -> None:
    member = PractitionerFactory(region=RegionFactory(code="west"))
    make.focal_point(facility, member)
    assert list(Facility.objects.kept_by(member.user)) == [facility]
    services.give_up_postings(practitioner=member, by=member.user)
    assert not Facility.objects.kept_by(member.user).exists()


def test_only_a_member_of_the_side_is_posted(facility: Facility) -> None:
    with pytest.raises(services.NoActiveMember):
        make.focal_point(facility, PractitionerFactory(region=RegionFactory(code="east")))


# --- lists and search -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "stands"),
    [
        ("مستشفى الجلاء للنساء والتوليد", "الجلاء للنساء والتوليد"),
        ("المركز الصحي بن عاشور", "بن عاشور"),
        ("مركز صحي", "مركز صحي"),
        ("Palms Hospital", "Palms Hospital"),
        ("The General Hospital of Sirte", "Sirte"),
        ("", ""),
    ],
)
def test_a_name_stands_in_lists_by_what_tells_it_from_others(name: str, stands: str) -> None:
    assert naming.distinctive(name) == stands


def test_words_that_never_meet_find_nothing_and_those_that_do_are_found(
    monkeypatch: pytest.MonkeyPatch, facility: Facility
) -> None:
    make.facility(name_ar="مركز الأمل", name_en="Hope Centre")
    both = make.facility(name_ar="مستشفى الأمل", name_en="Hope Hospital")
    for few in (500, 0):
        monkeypatch.setattr("network.querysets.FEW", few)
        for query, names in {
            "مستشفى الأمل": {both.name_en},
            "hope hospital": {both.name_en},
            "مركز النخيل": set(),
            "ستشف أمل": {both.name_en},
        }.items():
            found = Facility.objects.public().matching(query)
            assert {row.name_en for row in found} == names, query


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_public_list_filters_and_survives_nonsense(language: str, facility: Facility, client: Client) -> None:
    says(facility, "west", "none")
    for query, found in {
        "": True,
        "works=none": True,
        "works=full": False,
        "works=nonsense": True,
        "kind=hospital": True,
        f"district={facility.district.pcode}": True,
        "side=east": False,
        "q=%D8%A7%D9%84%D9%86%D8%AE%D9%8A%D9%84": True,
        "q=zzzz": False,
        "page=-1": True,
    }.items():
        response = client.get(f"/{language}/facilities/?{query}")
        assert response.status_code == 200
        assert (facility.code in response.text) == found, query


def test_pages_cost_the_same_whatever_there_is(django_assert_max_num_queries: Any) -> None:
    rows = [make.facility(name_en=f"Hospital {n}") for n in range(12)]
    says(rows[0], "west", "full")
    RegionFactory(code="east")
    says(rows[0], "east", "none")
    source = make.source("openstreetmap", is_open=True, licence="ODbL 1.0", credit="© OpenStreetMap contributors")
    Record.objects.create(facility=rows[0], source=source, external_id="node/1", row={}, read_at=timezone.now())
    with django_assert_max_num_queries(8):
        Client().get("/ar/facilities/")
    with django_assert_max_num_queries(8):
        Client().get(f"/ar/facilities/{rows[0].code}/")


@pytest.mark.parametrize(("language", "between"), [("ar", "، "), ("en", ", ")])
def test_what_it_lacks_is_listed_as_the_language_lists(language: str, between: str, facility: Facility) -> None:
    says(facility, "west", "partial", barriers=["staff", "power"])
    with translation.override(language):
        lacks = between.join(now(facility).told_barriers)
    assert lacks in Client().get(f"/{language}/facilities/{facility.code}/").text


def test_a_coordinator_of_another_side_says_what_their_sources_tell(facility: Facility) -> None:
    east = Client()
    east.force_login(coordinator("east"))
    address = f"/en/facilities/{facility.code}/claims/functionality/"
    side = Region.objects.get(code="east").pk
    typed = {"side": side, "value": "none", "said_on": timezone.localdate().isoformat(), "evidence": "A visit"}
    # Whoever presses without choosing has said nothing.
    assert '<option value="" selected>' in east.get(address).text
    assert east.post(address, typed | {"value": ""}).status_code == 400
    assert east.post(address, typed | {"value": "disputed"}).status_code == 400
    assert not Claim.objects.filter(facility=facility, side=side).exists()
    assert east.post(address, typed).status_code == 302
    assert Claim.objects.filter(facility=facility, side=side, value="none").exists()
    member = Client()
    member.force_login(PractitionerFactory().user)
    assert member.get(address).status_code == 404


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_side_takes_back_what_it_has_said_by_emptying_it(language: str, facility: Facility, client: Client) -> None:
    client.force_login(coordinator("east"))
    address = f"/{language}/facilities/{facility.code}/claims/head/"
    east = Region.objects.get(code="east").pk
    given = {"side": east, "said_on": timezone.localdate().isoformat(), "evidence": "A letter"}
    # Whoever has said nothing takes nothing back.
    assert client.post(address, given | {"value": ""}).status_code == 400
    assert client.post(address, given | {"value": "<i>Dr. Palm</i>"}).status_code == 302
    page = client.get(address).text
    assert '<bdi dir="auto">&lt;i&gt;Dr. Palm&lt;/i&gt;</bdi>' in page
    assert Facility.objects.get(pk=facility.pk).head == "<i>Dr. Palm</i>"
    assert client.post(address, given | {"value": ""}).status_code == 302
    assert Facility.objects.get(pk=facility.pk).head == ""
    assert Claim.objects.filter(facility=facility, field="head", side=east).count() == 2
