"""Whose word a need stands on, and its photo: nobody shows to everybody what nobody else has looked at."""

import uuid
from pathlib import Path
from typing import Any

import pytest

from facilities import services as facility_services
from facilities.models import Facility
from needs import balances, services
from needs.models import Need, Proposal
from needs.tasks import match
from network import files
from network.models import Transition
from tests.desk import at_the_desk
from tests.factories import facilities as make_facilities, needs as make
from tests.factories.files import picture
from tests.factories.network import auditor, coordinator

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility() -> Facility:
    make.sides()
    return make_facilities.facility()


def correct(need: Need, quantity: int, by: object) -> Need:
    return services.correct_need(
        need=need, uid=uuid.uuid4(), seen=make.seen(need), quantity=quantity, why="Counted", by=by
    )  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    """Other processes keep files meanwhile, in the folder of all."""
    settings.MEDIA_ROOT = tmp_path


def stored() -> set[str]:
    folder = files.path_of("x", services.PHOTOS).parent
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


# --- whose word it is ---------------------------------------------------------------------------------------------------


def test_who_corrected_a_need_does_not_verify_it(facility: Facility) -> None:
    need, desk = make.reported(facility, 2), coordinator("west")
    correct(need, 9_000, desk)
    page = at_the_desk(desk).get(f"/en/admin/needs/need/{need.pk}/change/").text
    assert f"/en/admin/needs/need/{need.pk}/verify/" not in page
    with pytest.raises(services.OwnReport):
        services.verify_need(need=need, by=desk)
    assert services.verify_need(need=need, by=coordinator("west")).state == "verified"


def test_who_reported_a_need_does_not_raise_it_once_it_is_verified(facility: Facility) -> None:
    desk, other = coordinator("west"), coordinator("west")
    need = make.reported(facility, 5, by=desk)
    correct(need, 6, desk)
    services.verify_need(need=need, by=other)
    with pytest.raises(services.OwnRaise):
        correct(need, 7, desk)
    correct(need, 4, desk)
    with pytest.raises(services.OwnRaise):
        correct(need, 5, desk)
    correct(need, 8, other)
    assert balances.of_need(need).asked == 8


# --- the photo ----------------------------------------------------------------------------------------------------------


def test_a_photo_is_put_up_only_before_somebody_has_looked(facility: Facility) -> None:
    keeper = make.keeper(facility)
    need = make.reported(facility, by=keeper)
    stale = Need.objects.get(pk=need.pk)
    services.verify_need(need=need, by=coordinator("west"))
    before = stored()
    # As the page had read it before it was verified, and as it is.
    for row in (stale, Need.objects.get(pk=need.pk)):
        with pytest.raises(services.LookedAtAlready):
            services.set_photo(need=row, content=picture(), by=keeper)
    services.withdraw_need(need=need, reason="Gone", by=coordinator("west"))
    with pytest.raises(services.LookedAtAlready):
        services.set_photo(need=Need.objects.get(pk=need.pk), content=picture(), by=keeper)
    assert Need.objects.get().photo == {}
    assert stored() == before


@pytest.mark.parametrize("state", ["reported", "verified", "withdrawn", "closed"])
def test_the_coordinators_of_the_side_remove_a_photo_in_every_state(
    state: str, facility: Facility, django_capture_on_commit_callbacks: object
) -> None:
    keeper, desk = make.keeper(facility), coordinator("west")
    need = make.reported(facility, by=keeper)
    photo = services.set_photo(need=need, content=picture(), by=keeper).photo
    if state != "reported":
        services.verify_need(need=need, by=desk)
    if state == "withdrawn":
        services.withdraw_need(need=need, reason="Gone", by=desk)
    if state == "closed":
        facility_services.close_facility(facility=facility, reason="Gone", by=desk)
    for by in (keeper, coordinator("east"), coordinator(None), auditor()):
        with pytest.raises(services.NotYourNeed):
            services.remove_photo(need=need, reason="A face", by=by)
    with pytest.raises(services.WhyMissing):
        services.remove_photo(need=need, reason=" ", by=desk)
    address, west = f"/en/admin/needs/need/{need.pk}", at_the_desk(desk)
    assert f"{address}/remove-photo/" in west.get(f"{address}/change/").text
    assert at_the_desk(coordinator("east")).post(f"{address}/remove-photo/", {"reason": "x"}).status_code == 404
    assert {photo["jpg"], photo["webp"]} <= stored()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            west.post(f"{address}/remove-photo/", {"reason": "A face"})
    assert Need.objects.get().photo == {}
    assert not {photo["jpg"], photo["webp"]} & stored()
    told = Transition.objects.of(need).filter(reason="A face")
    assert list(told.values_list("move", "by", "changes")) == [("edit", desk.pk, {"fields": ["photo"]})]
    assert f"{address}/remove-photo/" not in west.get(f"{address}/change/").text


# --- who gives ----------------------------------------------------------------------------------------------------------


def test_a_hidden_facility_that_gives_is_told_to_its_own_side_alone() -> None:
    make.sides()
    need = make.need(make_facilities.facility("west"), 5)
    giver = make_facilities.facility("east", name_en="Palm Hospital")
    make.surplus(giver, 3)
    match()
    for side in ("east", "west"):
        services.agree(proposal=Proposal.objects.get(), by=coordinator(side))
    address = f"/en/admin/needs/need/{need.pk}/change/"
    assert "Palm Hospital" in at_the_desk(coordinator("west")).get(address).text
    facility_services.raise_concern(facility=giver, reason="Shelling", by=coordinator("east"))
    page = at_the_desk(coordinator("west")).get(address).text
    assert "Palm Hospital" not in page
    assert f'<bdi dir="auto">{giver.side}</bdi>' in page

    # Whoever keeps the side of the giver knows it anyway.
    within = make.need(make_facilities.facility("east"), 2)
    make.surplus(giver, 2)
    match()
    services.agree(proposal=Proposal.objects.get(need=within), by=coordinator("east"))
    own = at_the_desk(coordinator("east")).get(f"/en/admin/needs/need/{within.pk}/change/").text
    assert "Palm Hospital" in own


def test_a_need_of_which_a_part_has_come_is_lowered_and_not_withdrawn(facility: Facility) -> None:
    keeper, by = make.keeper(facility), coordinator("west")
    need = make.need(facility, 10)
    desk, address = at_the_desk(by), f"/en/admin/needs/need/{need.pk}/"
    assert f"{address}withdraw/" in desk.get(f"{address}change/").text
    make.received(make.sent(make.pledged(need, 4), 4), 4, keeper)
    assert Need.objects.get().state == "pledged"
    with pytest.raises(services.PartlyThere):
        services.withdraw_need(need=need, reason="Closed", by=by)
    page = desk.post(f"{address}withdraw/", {"reason": "Closed"}, follow=True).text
    assert str(services.PartlyThere()) in page
    assert f"{address}withdraw/" not in page
    assert (Need.objects.get().state, balances.of_need(need).received) == ("pledged", 4)
    assert correct(need, 4, by).state == "received"
