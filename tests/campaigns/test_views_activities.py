"""Activities as they are typed on a phone, and as everybody reads them; what is not the reader's is not there."""

import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from campaigns import awareness
from campaigns.models import Activity, Campaign, HealthWorker
from network.models import Practitioner, Region, User
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import PractitionerFactory, RegionFactory, RoleGrantFactory, auditor, coordinator

pytestmark = pytest.mark.django_db

LANGUAGES = ["ar", "en"]


@pytest.fixture
def campaign() -> Campaign:
    return make.aware()


@pytest.fixture
def worker(campaign: Campaign) -> User:
    return make.health_worker(campaign)


@pytest.fixture
def phone(worker: User) -> Client:
    return signed_in(worker)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(campaign: Campaign, by: User, **more: Any) -> dict[str, Any]:
    place = more.pop("place_of", None) or make.municipality("west")
    return {
        "uid": str(uuid.uuid4()),
        "on": timezone.localdate().isoformat(),
        "topic": campaign.topics.order_by("pk").first().pk,
        "municipality": place.pk,
        "place": "مدرسة النصر",
        "held_by": Practitioner.objects.get(user=by).pk,
        "n-female-15-24": "٢٠",
        "n-male-0-14": "7",
        "what-0": "منشور",
        "many-0": "٣٠",
    } | more


def page(campaign: Campaign, language: str = "ar") -> str:
    return f"/{language}/activities/{campaign.slug}/new/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_activity_is_entered_in_any_digits_and_sent_twice_is_one(
    language: str, campaign: Campaign, worker: User, phone: Client
) -> None:
    assert page(campaign, language) in phone.get(f"/{language}/activities/").text
    assert phone.get(page(campaign, language)).status_code == 200
    sent = typed(campaign, worker)
    for _ in range(2):
        answer = phone.post(page(campaign, language), sent)
        assert answer["Location"] == f"/{language}/activities/"
    activity = Activity.objects.get()
    stands = awareness.numbers_of([activity])[activity.pk]
    assert stands.reached == {("female", "15-24"): 20, ("male", "0-14"): 7}
    assert stands.materials == {"منشور": 30}
    assert activity.practitioner == Practitioner.objects.get(user=worker)
    assert "27" in phone.get(f"/{language}/activities/").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"n-female-15-24": "", "n-male-0-14": ""},
        {"n-female-15-24": "-1"},
        {"n-female-15-24": "many"},
        {"n-female-15-24": "9" * 30},
        {"on": "2999-01-01"},
        {"on": "x"},
        {"topic": "0"},
        {"municipality": "x"},
        {"held_by": "group", "group": ""},
        {"held_by": "999999"},
        {"what-0": "", "many-0": "3"},
        {"place": "a\u202eb"},
        {"uid": "x"},
    ],
    ids=str,
)
def test_what_is_wrong_is_asked_again_and_nothing_kept(
    wrong: dict, campaign: Campaign, worker: User, phone: Client
) -> None:
    answer = phone.post(page(campaign), typed(campaign, worker, **wrong))
    assert answer.status_code == 400
    assert not Activity.objects.exists()
    if "place" not in wrong:
        assert "مدرسة النصر" in answer.text


def test_a_topic_of_another_campaign_and_a_place_of_another_side_are_no_choice(
    campaign: Campaign, worker: User, phone: Client
) -> None:
    other = make.aware().topics.order_by("pk").first()
    east = make.municipality("east")
    assert phone.post(page(campaign), typed(campaign, worker, topic=other.pk)).status_code == 400
    assert phone.post(page(campaign), typed(campaign, worker, place_of=east)).status_code == 400
    assert not Activity.objects.exists()


def test_what_was_entered_is_put_right(campaign: Campaign, worker: User, phone: Client) -> None:
    activity = make.activity(campaign, {("female", "25-49"): 30}, by=worker, materials={"صابون": 5})
    address = f"/ar/activities/{campaign.slug}/{activity.pk}/correct/"
    assert address in phone.get("/ar/activities/").text
    shown = phone.get(address).text
    assert 'value="30"' in shown
    sent = {"uid": str(uuid.uuid4()), "why": "mistyped", "n-female-25-49": "٢٨", "what-0": "صابون", "many-0": "5"}
    sent["seen"] = "0"
    for _ in range(2):
        assert phone.post(address, sent).status_code == 302
    assert phone.post(address, {**sent, "seen": "1", "uid": str(uuid.uuid4())}).status_code == 400
    stale = phone.post(address, {**sent, "uid": str(uuid.uuid4()), "n-female-25-49": "30"})
    assert (stale.status_code, "28" in stale.context["form"].errors["n-female-25-49"][0]) == (400, True)
    assert phone.post(address, {"uid": str(uuid.uuid4()), "n-female-25-49": "1"}).status_code == 400
    stands = awareness.numbers_of([activity])[activity.pk]
    assert (stands.people, stands.materials) == (28, {"صابون": 5})
    assert activity.corrections.count() == 1


def test_the_pages_are_not_there_for_anybody_else(campaign: Campaign, worker: User) -> None:
    activity = make.activity(campaign, by=worker)
    correct = f"/ar/activities/{campaign.slug}/{activity.pk}/correct/"
    other = make.aware()
    outsiders = [PractitionerFactory().user, make.health_worker(other), auditor(), coordinator(None)]
    for user in outsiders:
        client = signed_in(user)
        for address in (page(campaign), correct):
            assert client.get(address).status_code == 404, address
            assert client.post(address, {"uid": str(uuid.uuid4())}).status_code == 404, address
    for user in (make.health_worker(campaign), coordinator("west"), make.health_worker(campaign, "east")):
        # They enter their own; what others entered is not theirs here.
        client = signed_in(user)
        assert client.get(page(campaign)).status_code == 200
        assert client.get(correct).status_code == 404
        assert activity.place not in client.get("/ar/activities/").text
    member = signed_in(outsiders[0])
    assert member.get("/ar/activities/").status_code == 404
    assert "/ar/activities/" not in member.get("/ar/me/").text
    assert "/ar/activities/" in signed_in(worker).get("/ar/me/").text
    assert Client().get(page(campaign))["Location"].startswith("/ar/accounts/login/")


def test_a_coordinator_names_their_health_workers_as_who_held_it_and_they_themselves_alone(
    campaign: Campaign, worker: User, phone: Client
) -> None:
    east = make.health_worker(campaign, "east", practitioner=PractitionerFactory(side="east", name_ar="سالمة الشرقية"))
    colleague = PractitionerFactory(side="west", name_ar="خالد الغربي")
    make.health_worker(campaign, practitioner=colleague)
    of_coordinator, of_worker = signed_in(coordinator("west")).get(page(campaign)).text, phone.get(page(campaign)).text
    assert "خالد الغربي" in of_coordinator
    assert "خالد الغربي" not in of_worker
    assert "سالمة الشرقية" not in of_coordinator + of_worker
    assert HealthWorker.objects.filter(practitioner__user=east).exists()


# --- at the desk and for everybody --------------------------------------------------------------------------------------------


def test_the_desk_reads_activities_of_its_side_and_puts_them_right(campaign: Campaign, worker: User) -> None:
    activity = make.activity(campaign, {("female", "25-49"): 30}, by=worker, place="مستوصف الهضبة")
    change = f"/ar/admin/campaigns/activity/{activity.pk}/change/"
    west, east = at_the_desk(coordinator("west")), at_the_desk(coordinator("east"))
    assert "مستوصف الهضبة" in west.get("/ar/admin/campaigns/activity/").text
    assert "مستوصف الهضبة" not in east.get("/ar/admin/campaigns/activity/").text
    assert west.get(change).status_code == 200
    correct = change.replace("change", "correct")
    sent = {"uid": str(uuid.uuid4()), "seen": "0", "why": "miscounted", "n-female-25-49": "29"}
    for client in (east, at_the_desk(auditor()), at_the_desk(coordinator(None))):
        assert client.get(correct).status_code == 404
        assert client.post(correct, sent).status_code == 404
    assert west.get(correct).status_code == 200
    assert west.post(correct, sent).status_code == 302
    assert awareness.numbers_of([activity])[activity.pk].people == 29


def test_the_desk_names_a_health_worker_and_ends_it(campaign: Campaign) -> None:
    west, person = at_the_desk(coordinator("west")), PractitionerFactory(side="west")
    sent = {"campaign": campaign.pk, "practitioner": person.pk, "starts_on": timezone.localdate().isoformat()}
    assert west.post("/ar/admin/campaigns/healthworker/add/", {**sent, "_save": "1"}).status_code == 302
    row = HealthWorker.objects.get()
    assert (row.practitioner, row.side.code) == (person, "west")
    end = f"/ar/admin/campaigns/healthworker/{row.pk}/end/"
    assert at_the_desk(coordinator("east")).post(end).status_code == 404
    west.post(end)
    row.refresh_from_db()
    assert row.ended_at


def test_of_whoever_changed_sides_the_desk_reads_a_number(campaign: Campaign, worker: User) -> None:
    person = Practitioner.objects.get(user=worker)
    make.activity(campaign, by=worker, practitioner=person, group="")
    west = at_the_desk(coordinator("west"))
    pages = ("/ar/admin/campaigns/activity/", "/ar/admin/campaigns/healthworker/")
    assert all(person.name in west.get(address).text for address in pages)
    place = make.municipality("east")
    Practitioner.objects.filter(pk=person.pk).update(municipality=place, region=place.district.region)
    assert not any(person.name in west.get(address).text for address in pages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_reads_whom_it_reached_beside_a_picture(language: str, campaign: Campaign) -> None:
    for women in (100, 40, 3):
        make.activity(campaign, {("female", "25-49"): women, ("male", "0-14"): 37 if women == 40 else 0})
    make.close()
    text = Client().get(f"/{language}/campaigns/{campaign.slug}/").text
    assert re.findall(r'<td class="num">(\d+)</td>', text) == ["37", "143"]
    assert '<dd class="num">180</dd>' in text
    assert text.count('<svg class="chart') == 4 + Region.objects.count() + 1 + 3
    assert "/enter/" not in text
    assert Client().get(f"/{language}/campaigns/{campaign.slug}/enter/").status_code == 302


def test_pages_ask_as_much_for_many_activities_as_for_few(
    campaign: Campaign, worker: User, phone: Client, django_assert_max_num_queries: Any
) -> None:
    desk = at_the_desk(coordinator(None))
    activity = make.activity(campaign, 20, by=worker)

    def asked() -> list[int]:
        counts = []
        for client, address, most in (
            (phone, "/ar/activities/", 15),
            (phone, page(campaign), 15),
            (phone, f"/ar/activities/{campaign.slug}/{activity.pk}/correct/", 15),
            (Client(), f"/ar/campaigns/{campaign.slug}/", 8),
            (desk, "/ar/admin/campaigns/activity/", 25),
            (desk, "/ar/admin/campaigns/healthworker/", 25),
            (desk, f"/ar/admin/campaigns/campaign/{campaign.pk}/progress/", 25),
        ):
            cache.clear()
            with django_assert_max_num_queries(most) as seen:
                assert client.get(address).status_code == 200
            counts.append(len(seen))
        return counts

    make.activity(campaign)
    make.activity(campaign)
    make.close()
    asked()
    first = asked()
    for number in range(8):
        make.activity(
            campaign, {("female", "25-49"): 9, ("male", "50-up"): number + 1}, by=worker, materials={"صابون": 5}
        )
        make.activity(campaign, 30, side=("east", "south")[number % 2])
        make.health_worker(campaign)
    make.close(90)
    assert asked() == first


# --- the ways there ---------------------------------------------------------------------------------------------------


def ways(client: Client, address: str, start: str) -> list[str]:
    """Return the links of a page that begin so."""
    return re.findall(rf'href="({start}[^"]*)"', client.get(address).text)


def member_who_coordinates(side: str) -> User:
    user: User = PractitionerFactory(side=side).user
    RoleGrantFactory(user=user, role="regional_coordinator", region=RegionFactory(code=side))
    return user


@pytest.mark.parametrize("language", LANGUAGES)
def test_coordinators_find_the_way_to_enter_an_activity(language: str) -> None:
    campaign = make.aware(region=RegionFactory(code="west"))
    west, desk = member_who_coordinates("west"), at_the_desk(coordinator("west"))
    listed, progress = (
        f"/{language}/admin/campaigns/{page}/" for page in ("activity", f"campaign/{campaign.pk}/progress")
    )

    assert ways(signed_in(west), f"/{language}/me/", f"/{language}/activities/") == [f"/{language}/activities/"]
    assert ways(desk, listed, f"/{language}/activities/") == [f"/{language}/activities/"]
    assert ways(desk, f"/{language}/activities/", page(campaign, language)) == [page(campaign, language)]
    assert ways(desk, progress, f"/{language}/activities/") == [page(campaign, language)]
    place = make.municipality("west")
    sent = typed(campaign, west, place_of=place)
    assert signed_in(west).post(page(campaign, language), sent).status_code == 302
    assert Activity.objects.get().entered_by == west


def test_no_way_leads_where_there_is_nothing_to_enter() -> None:
    campaign = make.aware(region=RegionFactory(code="west"))
    progress = f"/ar/admin/campaigns/campaign/{campaign.pk}/progress/"
    east, start = member_who_coordinates("east"), "/ar/activities/"
    assert ways(signed_in(east), "/ar/me/", start) == []
    for user in (coordinator("east"), coordinator(None), auditor()):
        assert ways(at_the_desk(user), "/ar/admin/campaigns/activity/", start) == []
    for user in (coordinator(None), auditor()):
        assert ways(at_the_desk(user), progress, start) == []
    # Who coordinates no side any more, and a campaign that was called off.
    west, desk = member_who_coordinates("west"), at_the_desk(coordinator("west"))
    west.role_grants.update(ended_at=timezone.now(), ended_by=west)
    assert ways(signed_in(west), "/ar/me/", start) == []
    Campaign.objects.filter(pk=campaign.pk).update(state="cancelled")
    assert ways(desk, "/ar/admin/campaigns/activity/", start) == ways(desk, progress, start) == []
    assert ways(signed_in(member_who_coordinates("west")), "/ar/me/", start) == []
