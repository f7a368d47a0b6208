"""Outreach's pages: typed on a phone, read by whom they are for; what is not the reader's is not there."""

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from facilities import services as facility_services
from network.models import Practitioner, Region, Transition, User
from network.services import parting
from outreach import figures, selectors, services
from outreach.models import DailyReport, MobileUnit, Pathway, RoutePlan, SafeSpace, TeamMember, Training, Whereabouts
from outreach.tasks import follow_merges
from tests.desk import at_the_desk
from tests.factories import facilities as facility_make, outreach as make
from tests.factories.network import PractitionerFactory, RoleGrantFactory, SpecialtyFactory, auditor, coordinator
from tests.factories.outreach import WOMEN

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]
NOW = {"ar": "المسجَّل الآن: 21", "en": "Now it says: 21"}
CANARY = "زقاق الطائر الأزرق ٧ bluebird-lane"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def unit() -> MobileUnit:
    return make.unit()


@pytest.fixture
def worker(unit: MobileUnit) -> User:
    return make.team_member(unit)


def typed(unit: MobileUnit, **more: Any) -> dict[str, Any]:
    place = facility_make.municipality(unit.side.code)
    return {
        "uid": str(uuid.uuid4()),
        "on": timezone.localdate().isoformat(),
        "municipality": place.pk,
        "site": "displaced",
        "place": "مدرسة النصر",
        "n-female-15-24": "٢٠",
        "n-male-0-14": "7",
        "r-tertiary": "٢",
    } | more


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_entered_in_any_digits_and_sent_twice_is_one(language: str, unit: MobileUnit, worker: User) -> None:
    phone, page = signed_in(worker), f"/{language}/outreach/units/{unit.code}/report/"
    assert page in phone.get(f"/{language}/outreach/reports/").text
    assert phone.get(page).status_code == 200
    sent = typed(unit)
    for _ in range(2):
        assert phone.post(page, sent)["Location"] == f"/{language}/outreach/reports/"
    report = DailyReport.objects.get()
    stands = figures.numbers_of([report])[report.pk]
    assert stands.seen == {("female", "15-24"): 20, ("male", "0-14"): 7}
    assert stands.referred == {"tertiary": 2}
    assert "27" in phone.get(f"/{language}/outreach/reports/").text
    correct = f"/{language}/outreach/reports/{report.pk}/correct/"
    assert 'value="20"' in phone.get(correct).text
    right = {"uid": str(uuid.uuid4()), "seen": "0", "why": "mistyped", "n-female-15-24": "٢١"}
    for _ in range(2):
        assert phone.post(correct, right).status_code == 302
    assert figures.numbers_of([report])[report.pk].people == 21
    # Another window, opened before that: it would put back what was just put right.
    stale = {"uid": str(uuid.uuid4()), "seen": "0", "why": "mistyped", "n-female-15-24": "20", "n-male-0-14": "8"}
    refused = phone.post(correct, stale)
    assert (refused.status_code, refused.context["form"].errors["n-female-15-24"]) == (400, [NOW[language]])
    assert figures.numbers_of([report])[report.pk].people == 21
    assert refused.context["form"]["seen"].value() == "1"
    assert phone.post(correct, stale | {"seen": "1"}).status_code == 302
    assert figures.numbers_of([report])[report.pk].seen == {("female", "15-24"): 20, ("male", "0-14"): 8}


@pytest.mark.parametrize(
    "wrong",
    [
        {"n-female-15-24": "", "n-male-0-14": ""},
        {"n-female-15-24": "-1"},
        {"n-female-15-24": "many"},
        {"n-female-15-24": "9" * 30},
        {"r-tertiary": "28"},
        {"r-tertiary": "x"},
        {"on": "2999-01-01"},
        {"on": "x"},
        {"municipality": "x"},
        {"municipality": ""},
        {"site": "moon"},
        {"site": ""},
        {"stop": "999999"},
        {"place": "a\u202eb"},
        {"uid": "x"},
    ],
    ids=str,
)
def test_what_is_wrong_is_asked_again_and_nothing_kept(wrong: dict, unit: MobileUnit, worker: User) -> None:
    make.stop(unit)
    answer = signed_in(worker).post(f"/ar/outreach/units/{unit.code}/report/", typed(unit, **wrong))
    assert answer.status_code == 400
    assert not DailyReport.objects.exists()
    if "place" not in wrong:
        assert "مدرسة النصر" in answer.text


def test_a_planned_stop_is_reported_with_one_choice(unit: MobileUnit, worker: User) -> None:
    stop = make.stop(unit)
    page = f"/ar/outreach/units/{unit.code}/report/"
    assert stop.place in signed_in(worker).get(page).text
    sent = typed(unit, stop=stop.pk, municipality="", site="", place="")
    assert signed_in(worker).post(page, sent).status_code == 302
    assert DailyReport.objects.get().place == stop.place


def test_a_training_is_entered_and_put_right(worker: User) -> None:
    phone, place, cadre = signed_in(worker), facility_make.municipality("west"), make.cadre()
    sent = {
        "uid": str(uuid.uuid4()),
        "on": timezone.localdate().isoformat(),
        "topic": make.topic().pk,
        "municipality": place.pk,
        "cadre-0": cadre.pk,
        "n-0-female": "٩",
        "n-0-male": "4",
    }
    page = "/ar/outreach/trainings/new/"
    assert phone.get(page).status_code == 200
    for wrong in ({"n-0-female": "", "n-0-male": ""}, {"cadre-0": ""}, {"cadre-0": "x"}, {"topic": "0"}, {"on": ""}):
        assert phone.post(page, sent | wrong).status_code == 400, wrong
    east = facility_make.municipality("east")
    assert phone.post(page, sent | {"municipality": east.pk}).status_code == 400
    for _ in range(2):
        assert phone.post(page, sent).status_code == 302
    training = Training.objects.get()
    correct = f"/ar/outreach/trainings/{training.pk}/correct/"
    assert 'value="9"' in phone.get(correct).text
    right = {"uid": str(uuid.uuid4()), "seen": "0", "why": "miscounted", "cadre-0": cadre.pk, "n-0-female": "11"}
    assert phone.post(correct, right).status_code == 302
    stale = right | {"uid": str(uuid.uuid4()), "cadre-0": "", "cadre-1": cadre.pk, "n-0-female": "", "n-1-male": "2"}
    refused = phone.post(correct, stale)
    assert refused.status_code == 400
    assert cadre.name in refused.context["form"].errors["cadre-0"][0]
    assert figures.staff_of([training])[training.pk] == {(cadre.pk, "female"): 11}


def test_the_pages_are_not_there_for_anybody_else(unit: MobileUnit, worker: User) -> None:
    report, training = make.report(unit, by=worker), make.training(by=worker)
    own = [
        f"/ar/outreach/units/{unit.code}/report/",
        f"/ar/outreach/reports/{report.pk}/correct/",
        f"/ar/outreach/trainings/{training.pk}/correct/",
    ]
    strangers = [
        PractitionerFactory(side="west").user,
        make.team_member(make.unit()),
        make.team_member(make.unit("east")),
        coordinator("east"),
        coordinator(None),
        auditor(),
    ]
    for user in strangers:
        client = signed_in(user)
        for address in own:
            assert client.get(address).status_code == 404, address
            assert client.post(address, {"uid": str(uuid.uuid4())}).status_code == 404, address
        assert report.place not in client.get("/ar/outreach/reports/").text
    member = signed_in(strangers[0])
    for address in ("/ar/outreach/reports/", "/ar/outreach/trainings/new/"):
        assert member.get(address).status_code == 404
    for user in (worker, coordinator("west")):
        assert [signed_in(user).get(address).status_code for address in own] == [200, 200, 200]
    for address in (*own, "/ar/outreach/reports/", "/ar/outreach/referrals/"):
        assert Client().get(address)["Location"].startswith("/ar/accounts/login/")
    assert "/ar/outreach/reports/" in signed_in(worker).get("/ar/me/").text
    assert "/ar/outreach/reports/" not in member.get("/ar/me/").text


def test_municipalities_are_read_by_who_reports_of_their_side_and_places_and_stops_by_no_one_else(
    unit: MobileUnit, worker: User
) -> None:
    stop = make.stop(unit, place="مخيم الطائر")
    make.report(unit, 8765, stop=stop)
    make.close()
    page, name = "/ar/outreach/coverage/", facility_make.municipality("west").name_ar
    assert name in signed_in(worker).get(page).text
    assert name in signed_in(coordinator("west")).get(page).text
    for client in (Client(), signed_in(coordinator("east")), signed_in(PractitionerFactory(side="west").user)):
        text = client.get(page).text
        assert name not in text
        assert "8765" in text
        for other in ("/ar/outreach/", page, "/ar/outreach/reports/"):
            assert "مخيم الطائر" not in client.get(other).text


# --- safe spaces ------------------------------------------------------------------------------------------------------------


def test_where_a_safe_space_is_stands_on_the_page_of_its_side_s_coordinators_and_nowhere_else(
    unit: MobileUnit, worker: User
) -> None:
    space = make.safe_space(words=CANARY)
    facility = facility_make.facility()
    make.pathway(facility)
    change = f"/ar/admin/outreach/safespace/{space.pk}/change/"
    west = at_the_desk(coordinator("west"))
    assert CANARY in west.get(change).text
    # A change of it too, so that journal and log have something to tell.
    row = Whereabouts.objects.get()
    names = {"name_ar": space.name_ar, "name_en": space.name_en, "district": space.district_id, "is_open": "on"}
    inline = {
        "whereabouts-TOTAL_FORMS": "1", "whereabouts-INITIAL_FORMS": "1", "whereabouts-0-id": row.pk,
        "whereabouts-0-space": space.pk, "whereabouts-0-words": CANARY + " +",
    }  # fmt: skip
    answer = west.post(change, names | inline)
    assert answer.status_code == 302, answer.context["errors"]
    assert Whereabouts.objects.get().words == CANARY + " +"

    desks = [at_the_desk(user) for user in (coordinator("east"), coordinator(None), auditor())]
    readers = [Client(), signed_in(worker), signed_in(PractitionerFactory(side="west").user), *desks, west]
    pages = [
        "/ar/", "/en/outreach/", "/ar/outreach/", "/ar/outreach/coverage/", "/ar/outreach/referrals/",
        "/ar/outreach/referrals/?q=bluebird", "/ar/facilities/?q=bluebird", "/ar/admin/outreach/safespace/",
        "/ar/admin/outreach/safespace/?q=bluebird", f"/ar/admin/outreach/safespace/{space.pk}/history/", "/ar/admin/",
    ]  # fmt: skip
    for client in readers:
        for address in pages:
            assert "bluebird-lane" not in client.get(address, follow=True).text, address
    for client in readers[:-1]:
        answer = client.get(change, follow=True)
        assert "bluebird-lane" not in answer.text
        assert "whereabouts" not in answer.text
    logged = json.dumps(list(LogEntry.objects.values("object_repr", "change_message")))
    kept = json.dumps(list(Transition.objects.values("reason", "changes")))
    assert "bluebird" not in logged + kept
    assert "bluebird" not in json.dumps([str(row), str(space), repr(row)])
    owner = Practitioner.objects.get(user=worker)
    assert "bluebird" not in json.dumps(selectors.my_copy(owner))


def test_who_reads_everything_does_not_read_where_a_safe_space_is() -> None:
    make.safe_space(words=CANARY)
    for user in (coordinator(None), auditor(), coordinator("east"), PractitionerFactory(side="west").user):
        assert not Whereabouts.objects.visible_to(user).exists()
        if user.pk:
            with pytest.raises(services.NotYourSide):
                services.save_whereabouts(whereabouts=Whereabouts.objects.get(), by=user)
    assert Whereabouts.objects.visible_to(coordinator("west")).count() == 1


def test_everybody_reads_a_safe_space_by_its_district_while_it_is_open() -> None:
    space = make.safe_space()
    text = Client().get("/ar/outreach/").text
    assert space.name_ar in text
    assert space.district.name_ar in text
    row = SafeSpace.objects.get()
    row.is_open = False
    services.save_space(space=row, changed=["is_open"], by=coordinator("west"))
    cache.clear()
    assert space.name_ar not in Client().get("/ar/outreach/").text


# --- referrals -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_members_find_who_takes_which_cases(language: str) -> None:
    facility = facility_make.facility(phones="0911234567")
    make.pathway(facility)
    make.pathway(facility_make.facility(name_ar="مركز الأمل", name_en="Hope"), specialty=SpecialtyFactory())
    member, page = signed_in(PractitionerFactory(side="east").user), f"/{language}/outreach/referrals/"
    text = member.get(page).text
    assert "0911234567" in text
    for words, found in (("أكسجين", True), ("oxygen", True), ("palms", True), ("النخيل", True), ("paediatrics", False)):
        assert ("0911234567" in member.get(page, {"q": words}).text) == found, words
    assert member.get(page, {"q": "x" * 5000}).status_code == 200


def test_the_directory_tells_of_a_place_what_members_are_told_of_it() -> None:
    facility = facility_make.facility()
    make.pathway(facility)
    member = signed_in(PractitionerFactory(side="east").user)
    district, side = facility.district.name_en, facility.side.name_en
    assert district in member.get("/en/outreach/referrals/").text
    type(facility).objects.update(member_precision="hidden")
    text = member.get("/en/outreach/referrals/").text
    assert district not in text
    assert side in text


def test_a_facility_with_a_security_concern_is_out_of_the_directory_at_once() -> None:
    facility = facility_make.facility(phones="0911234567")
    make.pathway(facility)
    member = signed_in(PractitionerFactory(side="west").user)
    assert "0911234567" in member.get("/ar/outreach/referrals/").text
    facility_services.raise_concern(facility=facility, reason="Shelling", by=coordinator("west"))
    for address in ("/ar/outreach/referrals/", "/ar/outreach/referrals/?q=oxygen", "/ar/outreach/referrals/?q=palms"):
        assert "0911234567" not in member.get(address).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_referrals_to_what_was_merged_lead_to_the_other_and_stay_in_the_directory(language: str) -> None:
    kept, gone = (facility_make.facility(name_en=name, name_ar=name) for name in ("Kept", "Gone"))
    row, other = make.pathway(gone), make.pathway(kept)
    facility_services.merge_facility(facility=gone, into=kept, by=coordinator("west"))
    for _ in range(2):
        follow_merges()
    assert {each.facility_id for each in selectors.pathways()} == {kept.pk}
    assert set(selectors.pathways()) == {row, other}
    page = signed_in(PractitionerFactory(side="east").user).get(f"/{language}/outreach/referrals/").text
    assert page.count(f"/{language}/facilities/{kept.code}/") == 2
    edits = [(step.by, step.changes) for step in Transition.objects.of(row) if "facility" in step.changes]
    assert edits == [(None, {"facility": [gone.pk, kept.pk]})]
    assert not any("facility" in step.changes for step in Transition.objects.of(other))


@pytest.mark.parametrize(
    ("starts", "ends", "there"), [(0, None, True), (-9, 0, True), (-9, -1, False), (1, None, False)]
)
def test_a_pathway_holds_from_its_first_to_its_last_day(starts: int, ends: int | None, there: bool) -> None:
    today = timezone.localdate()
    last = None if ends is None else today + timedelta(days=ends)
    make.pathway(facility_make.facility(), valid_from=today + timedelta(days=starts), valid_to=last)
    assert selectors.pathways().exists() == there


def test_a_side_lists_its_own_facilities_for_one_condition_or_specialty() -> None:
    facility = facility_make.facility()
    row = make.pathway(facility)
    other = Pathway(facility=facility, condition=row.condition, how_ar="x")
    with pytest.raises(services.NoSuchFacility):
        services.save_pathway(pathway=other, changed=(), by=coordinator("east"))
    for condition, specialty in ((None, None), (row.condition, SpecialtyFactory())):
        with pytest.raises(services.OneOfTwo):
            make.pathway(facility, condition=condition, specialty=specialty)


# --- at the desk -------------------------------------------------------------------------------------------------------------


def test_the_desk_reads_and_writes_its_own_side_alone(unit: MobileUnit, worker: User) -> None:
    report, training = make.report(unit, by=worker), make.training()
    stop, space = make.stop(unit), make.safe_space()
    pathway = make.pathway(facility_make.facility())
    rows: list[Any] = [unit, stop.plan, report, training, space, pathway]
    west, east = at_the_desk(coordinator("west")), at_the_desk(coordinator("east"))
    readers = [at_the_desk(coordinator(None)), at_the_desk(auditor())]
    for row in rows:
        listed = f"/ar/admin/outreach/{row._meta.model_name}/"
        change = f"{listed}{row.pk}/change/"
        assert west.get(change).status_code == 200, change
        assert east.get(change).status_code == 404, change
        assert east.post(change, {"name_ar": "x"}).status_code == 404, change
        assert east.get(listed).context["cl"].result_count == 0, listed
        for reader in readers:
            assert reader.get(change).status_code == 200, change
            assert reader.post(change, {"name_ar": "x"}).status_code in (403, 404), change
    end = f"/ar/admin/outreach/mobileunit/{unit.pk}/end-member/"
    member = TeamMember.objects.get()
    assert east.post(end, {"member": member.pk}).status_code == 404
    for wrong in ("", "x", "9" * 40):
        west.post(end, {"member": wrong})
    member.refresh_from_db()
    assert not member.ended_at
    west.post(end, {"member": member.pk})
    member.refresh_from_db()
    assert member.ended_at


def test_the_desk_makes_a_unit_with_its_team_and_a_plan_with_stops() -> None:
    person, place = PractitionerFactory(side="west"), facility_make.municipality("west")
    west, side = at_the_desk(coordinator("west")), Region.objects.get(code="west")
    east_side = facility_make.district("east").region
    today = timezone.localdate().isoformat()
    sent = {
        "name_ar": "وحدة", "name_en": "Unit", "side": side.pk, "operator": "جمعية", "in_service": "on",
        "team-TOTAL_FORMS": "1", "team-INITIAL_FORMS": "0", "team-0-practitioner": person.pk, "team-0-starts_on": today,
    }  # fmt: skip
    assert west.post("/ar/admin/outreach/mobileunit/add/", sent | {"side": east_side.pk}).status_code == 200
    assert not MobileUnit.objects.exists()
    assert west.post("/ar/admin/outreach/mobileunit/add/", sent).status_code == 302
    unit = MobileUnit.objects.get()
    assert (unit.side, TeamMember.objects.get().practitioner) == (side, person)
    plan = {
        "unit": unit.pk, "starts_on": today, "ends_on": today, "stops-TOTAL_FORMS": "1", "stops-INITIAL_FORMS": "0",
        "stops-0-day": today, "stops-0-municipality": place.pk, "stops-0-site": "clinic", "stops-0-place": "مستوصف",
    }  # fmt: skip
    outside = plan | {"stops-0-day": (timezone.localdate() + timedelta(days=3)).isoformat()}
    answer = west.post("/ar/admin/outreach/routeplan/add/", outside)
    assert (answer.status_code, RoutePlan.objects.count()) == (200, 0)
    assert west.post("/ar/admin/outreach/routeplan/add/", plan).status_code == 302
    assert RoutePlan.objects.get().stops.count() == 1


def test_whoever_leaves_is_out_of_every_team(unit: MobileUnit, worker: User) -> None:
    make.report(unit, by=worker)
    parting.leave(user=worker)
    assert TeamMember.objects.get().ended_at
    assert DailyReport.objects.count() == 1


def test_pages_ask_as_much_for_many_rows_as_for_few(
    unit: MobileUnit, worker: User, django_assert_max_num_queries: Any
) -> None:
    desk, phone = at_the_desk(coordinator(None)), signed_in(worker)
    member = signed_in(PractitionerFactory(side="west").user)
    report = make.report(unit, by=worker)
    training = make.training(by=worker)

    def more() -> None:
        make.report(unit, {WOMEN: 9}, {"secondary": 2}, by=worker)
        make.report(make.unit("east"), 30)
        make.training(by=worker)
        make.team_member(unit)
        make.stop(unit)
        make.safe_space()
        make.pathway(facility_make.facility())

    def asked() -> list[int]:
        counts = []
        for client, address, most in (
            (Client(), "/ar/outreach/", 8),
            (Client(), "/ar/outreach/coverage/", 8),
            (phone, "/ar/outreach/coverage/", 15),
            (phone, "/ar/outreach/reports/", 15),
            (phone, f"/ar/outreach/units/{unit.code}/report/", 15),
            (phone, f"/ar/outreach/reports/{report.pk}/correct/", 15),
            (phone, "/ar/outreach/trainings/new/", 15),
            (phone, f"/ar/outreach/trainings/{training.pk}/correct/", 15),
            (member, "/ar/outreach/referrals/?q=oxygen", 15),
            *(
                (desk, f"/ar/admin/outreach/{name}/", 25)
                for name in ("mobileunit", "routeplan", "dailyreport", "training", "safespace", "pathway")
            ),
        ):
            cache.clear()
            with django_assert_max_num_queries(most) as seen:
                assert client.get(address).status_code == 200
            counts.append(len(seen))
        return counts

    more()
    asked()
    first = asked()
    for _ in range(5):
        more()
    assert asked() == first


def ways(client: Client, address: str, start: str) -> list[str]:
    """Return the links of a page that begin so; each leads somewhere."""
    found = re.findall(rf'href="({start}[^"]*)"', client.get(address).text)
    assert all(client.get(link).status_code == 200 for link in found)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_coordinators_of_a_side_find_the_way_to_reports_and_trainings(language: str, unit: MobileUnit) -> None:
    member = PractitionerFactory(side="west").user
    RoleGrantFactory(user=member, role="regional_coordinator", region=unit.side)
    start = f"/{language}/outreach/"
    reports, training, report = (f"{start}{end}/" for end in ("reports", "trainings/new", f"units/{unit.code}/report"))
    desk, lists = at_the_desk(member), f"/{language}/admin/outreach/"

    assert ways(desk, f"/{language}/me/", reports) == [reports]
    assert ways(desk, start, reports) == [reports]
    assert ways(desk, reports, report) == [report]
    assert ways(desk, f"{lists}dailyreport/", start) == [reports]
    assert ways(desk, f"{lists}training/", start) == [training]
    assert ways(desk, f"{lists}mobileunit/", start) == [reports]
    assert ways(desk, f"{lists}mobileunit/{unit.pk}/change/", start) == [report]


def test_nobody_else_is_led_there(unit: MobileUnit) -> None:
    reports = "/ar/outreach/reports/"
    assert ways(Client(), "/ar/outreach/", reports) == []
    assert ways(signed_in(PractitionerFactory(side="west").user), "/ar/outreach/", reports) == []
    for user in (coordinator(None), auditor()):
        desk = at_the_desk(user)
        for page in ("dailyreport/", "training/", "mobileunit/", f"mobileunit/{unit.pk}/change/"):
            assert ways(desk, f"/ar/admin/outreach/{page}", "/ar/outreach/") == []
    # A unit that is out of service is reported of no more.
    MobileUnit.objects.update(in_service=False)
    west = at_the_desk(coordinator("west"))
    assert ways(west, f"/ar/admin/outreach/mobileunit/{unit.pk}/change/", "/ar/outreach/") == []
