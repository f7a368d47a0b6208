"""Possible duplicates: found for a person to decide, never refused, and a decision is not found again."""

from random import Random
from typing import Any

import pytest

from campaigns import duplicates, photos, services, tasks
from campaigns.models import Campaign, DuplicatePair, Entry, Photo
from network.models import Municipality, Transition
from tests.campaigns.test_views_photos import picture
from tests.desk import at_the_desk
from tests.factories import campaigns as make, photos as made
from tests.factories.network import MunicipalityFactory, auditor, coordinator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def place(side: str) -> Municipality:
    return MunicipalityFactory(district__region__code=side)


def entry(campaign: Campaign, name: str, phone: str, where: Municipality, photo: bytes = b"") -> Entry:
    row = make.entry(campaign, entrant=make.entrant(name=name, phone=phone, municipality=where))
    if photo:
        received = photos.received("a.jpg", photo)
        services.keep_photos(campaign=campaign, form=row.uid, came=[received], received_at=row.received_at)
    return row


@pytest.fixture
def campaign() -> Campaign:
    return make.campaign()


@pytest.fixture
def three(campaign: Campaign) -> list[Entry]:
    """Two of one side with a name and a photo in common, and one of another side with the telephone of the first."""
    west, east = place("west"), place("east")
    shot = made.scene(Random(4), (640, 480))
    return [
        entry(campaign, "سعاد المنزلي", "+218911111111", west, made.saved(shot, "JPEG", quality=90)),
        entry(campaign, "المنزلى ، سعاد", "+218922222222", west, made.saved(shot, "PNG")),
        entry(campaign, "Somebody Else", "+218911111111", east, picture(9)),
    ]


def pairs() -> dict[tuple[int, int], tuple[str, list[str]]]:
    return {(row.first_id, row.second_id): (row.state, row.reasons) for row in DuplicatePair.objects.all()}


def test_pairs_are_found_with_their_reasons_and_nothing_is_refused(three: list[Entry]) -> None:
    first, second, third = (row.pk for row in three)
    tasks.rebuild_photos()
    for _ in range(2):
        tasks.find_duplicates()

    assert pairs() == {(first, second): ("open", ["name", "photo"]), (first, third): ("open", ["phone"])}
    assert {row.state for row in Entry.objects.all()} == {"received"}
    assert Transition.objects.filter(move="find").count() == 2


def test_what_is_decided_stays_and_what_is_over_goes(campaign: Campaign, three: list[Entry], clock: Any) -> None:
    tasks.find_duplicates()
    west = DuplicatePair.objects.get(second=three[1])
    services.decide_pair(pair=west, same=False, by=coordinator("west"), note=" sisters ")
    services.withdraw_entry(entry=three[0])
    clock.forward(minutes=1)
    make.entry(campaign, entrant=make.entrant(phone="+218933333333"))
    tasks.find_duplicates()

    assert {state for state, _ in pairs().values()} == {"different"}
    west.refresh_from_db()
    assert (west.note, west.decided_by is None) == ("sisters", False)


def test_a_campaign_in_which_nothing_came_is_not_looked_through_again(
    three: list[Entry], clock: Any, django_assert_max_num_queries: Any
) -> None:
    tasks.rebuild_photos()
    tasks.find_duplicates()
    clock.forward(hours=1)
    tasks.find_duplicates()
    with django_assert_max_num_queries(3):
        tasks.find_duplicates()
    services.keep_photos(
        campaign=three[0].campaign,
        form=three[2].uid,
        came=[photos.received("a.jpg", made.saved(made.scene(Random(4), (640, 480)), "WEBP"))],
        received_at=three[2].received_at,
    )
    tasks.rebuild_photos()
    tasks.find_duplicates()
    assert ("open", ["phone", "photo"]) in pairs().values()
    assert Photo.objects.count() == 4


def test_each_of_a_crowd_is_a_possible_duplicate_and_nothing_goes_as_it_grows(campaign: Campaign, clock: Any) -> None:
    one = place("west")

    def come(number: int) -> list[Entry]:
        entrants = [make.entrant(name="سعاد المنزلي", phone="+218911111111", municipality=one) for _ in range(number)]
        return [make.entry(campaign, entrant=row) for row in entrants]

    first, *_others = come(duplicates.MOST)
    tasks.find_duplicates()
    before = set(pairs())
    clock.forward(hours=1)
    come(3)
    tasks.find_duplicates()

    assert before < set(pairs())
    assert all(((first.pk, row.pk) in pairs()) for row in Entry.objects.exclude(pk=first.pk))
    assert len(pairs()) == len(before) + 3
    assert {state for state, _reasons in pairs().values()} == {"open"}


@pytest.mark.parametrize(("same", "state"), [(True, "same"), (False, "different")])
def test_a_person_decides_once_and_may_change_their_mind(three: list[Entry], same: bool, state: str) -> None:
    tasks.find_duplicates()
    pair, by = DuplicatePair.objects.get(second=three[1]), coordinator("west")
    for _ in range(2):
        services.decide_pair(pair=pair, same=same, by=by, note="")
    assert pairs()[three[0].pk, three[1].pk][0] == state
    services.decide_pair(pair=pair, same=not same, by=by, note="")
    assert [step.move for step in Transition.objects.of(pair)] == [
        "find",
        *(["join", "part"] if same else ["part", "join"]),
    ]
    assert {row.state for row in Entry.objects.all()} == {"received"}


def test_a_pair_is_decided_by_its_side_and_across_sides_by_the_national_coordinator(three: list[Entry]) -> None:
    tasks.find_duplicates()
    within, across = DuplicatePair.objects.order_by("second")
    west, east, national = coordinator("west"), coordinator("east"), coordinator(None)
    seen = {
        who: set(DuplicatePair.objects.visible_to(user)) for who, user in [("w", west), ("e", east), ("n", national)]
    }
    assert seen == {"w": {within}, "e": set(), "n": {within, across}}
    assert set(DuplicatePair.objects.editable_by(west)) == {within}
    assert set(DuplicatePair.objects.editable_by(national)) == {across}
    for by, pair in ((east, within), (national, within), (west, across), (auditor(), across)):
        with pytest.raises(services.NotYourPair):
            services.decide_pair(pair=pair, same=True, by=by, note="")
    services.decide_pair(pair=across, same=True, by=national, note="")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_desk_sees_both_side_by_side_and_decides(three: list[Entry], language: str) -> None:
    tasks.rebuild_photos()
    tasks.find_duplicates()
    pair = DuplicatePair.objects.get(second=three[1])
    desk, other = at_the_desk(coordinator("west")), at_the_desk(coordinator("east"))
    base = f"/{language}/admin/campaigns/duplicatepair/"
    page = desk.get(f"{base}{pair.pk}/change/")
    for row in three[:2]:
        assert row.name in page.text
        assert f"/{language}/admin/campaigns/entry/{row.pk}/photos/{row.photos.get().pk}/320.jpg/" in page.text
    shown = desk.get(f"/{language}/admin/campaigns/entry/{three[0].pk}/photos/{three[0].photos.get().pk}/320.jpg/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert three[0].shown_code in desk.get(base).text

    for hidden in (f"{base}{pair.pk}/change/", shown.wsgi_request.path):
        assert other.get(hidden).status_code == 404
    assert other.post(f"{base}{pair.pk}/join/").status_code == 404
    assert desk.post(f"{base}{pair.pk}/join/", {"reason": "the same hand"}).status_code == 302
    pair.refresh_from_db()
    assert (pair.state, pair.note) == ("same", "the same hand")


@pytest.mark.parametrize("side", ["west", None])
def test_the_desk_is_sent_to_where_an_entry_is_taken_out_if_it_may(three: list[Entry], side: str | None) -> None:
    Campaign.objects.update(region=make.municipality(side).district.region if side else None)
    tasks.find_duplicates()
    pair, desk = DuplicatePair.objects.get(second=three[1]), at_the_desk(coordinator("west"))
    page = f"/en/admin/campaigns/duplicatepair/{pair.pk}/"
    there = f"/en/admin/campaigns/campaign/{pair.campaign_id}/disqualify/"
    assert there not in desk.get(f"{page}change/").text

    answer = desk.post(f"{page}join/", {"reason": ""}, follow=True)

    assert (there in answer.text) == bool(side)
    assert desk.get(there).status_code == (200 if side else 404)
    assert ("Whoever runs the campaign can disqualify one of the two" in answer.text) == (side is None)


def test_the_list_of_pairs_asks_as_much_for_three_as_for_one(
    campaign: Campaign, three: list[Entry], django_assert_max_num_queries: Any
) -> None:
    tasks.find_duplicates()
    desk = at_the_desk(coordinator(None))
    desk.get("/en/admin/campaigns/duplicatepair/")
    with django_assert_max_num_queries(25):
        page = desk.get(f"/en/admin/campaigns/duplicatepair/?of={campaign.pk}")
    assert page.text.count("/change/?_changelist") == 2
