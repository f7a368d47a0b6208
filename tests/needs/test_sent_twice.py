"""The same form sent twice is one entry; one from an old page undoes nothing that its writer never saw."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from facilities.models import Facility
from needs import balances, services
from needs.models import Delivery, Need, NeedEntry, Pledge, Proposal, Surplus
from needs.tasks import match
from network.services import CorrectedMeanwhile
from tests.desk import at_the_desk
from tests.factories import facilities as make_facilities, needs as make
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db
LANGUAGES = ("ar", "en")
NOW = {"ar": "المسجَّل الآن: {}", "en": "Now it says: {}"}


@pytest.fixture
def facility() -> Facility:
    make.sides()
    return make_facilities.facility()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def hidden(page: str, address: str) -> dict[str, str]:
    """Return what the form that goes to an address sends unseen."""
    form = re.search(rf'<form[^>]*action="{re.escape(address)}".*?</form>', page, re.S)
    assert form, address
    fields = [found for found in re.findall(r"<input[^>]*>", form[0]) if 'type="hidden"' in found]
    pairs = [(re.search(r'name="([^"]+)"', field), re.search(r'value="([^"]*)"', field)) for field in fields]
    return {name[1]: value[1] for name, value in pairs if name and value and name[1] != "csrfmiddlewaretoken"}


def test_what_is_taken_back_is_taken_back_once(facility: Facility) -> None:
    need = make.need(facility)
    pledge, other, uid = make.pledged(need, 4), make.pledged(need, 4), uuid.uuid4()
    for _ in range(2):
        services.take_back(pledge=pledge, uid=uid, quantity=1, why="No")
    assert balances.of_pledge(pledge).pledged == 3
    assert NeedEntry.objects.get(uid=uid).quantity == -1
    with pytest.raises(services.FormUsed):
        services.take_back(pledge=other, uid=uid, quantity=1, why="No")


def test_a_partner_s_form_sent_twice_takes_back_once(facility: Facility, client: Client) -> None:
    pledge = make.pledged(make.need(facility), 10, giver=services.Giver("Palm Society", phone="+218912345678"))
    client.post("/en/pledges/", {"code": pledge.code, "contact": "0912345678"})
    address = f"/en/pledges/{pledge.code}/take-back/"
    sent = {**hidden(client.get("/en/pledges/mine/").text, address), "quantity": "3", "why": "Fewer"}
    for _ in range(2):
        client.post(address, sent)
    assert balances.of_pledge(pledge).pledged == 7
    client.post(address, {"quantity": "3", "why": "Fewer"})
    assert balances.of_pledge(pledge).pledged == 7


def test_the_forms_of_the_desk_sent_twice_count_once(facility: Facility) -> None:
    need, desk = make.need(facility), at_the_desk(coordinator("west"))
    pledge, base = make.pledged(need, 10), f"/en/admin/needs/need/{need.pk}/"
    page = desk.get(f"{base}change/").text
    forms = {
        "prepare": {"quantity": "2"},
        "take-back": {"quantity": "3", "reason": "Fewer"},
        "correct": {"quantity": "12", "reason": "Counted"},
    }
    for step, typed in forms.items():
        sent = {**hidden(page, f"{base}{step}/"), **typed}
        for _ in range(2):
            assert desk.post(f"{base}{step}/", sent).status_code == 302
        # Without what makes it one, nothing is kept.
        desk.post(f"{base}{step}/", {name: value for name, value in sent.items() if name != "uid"})
    assert Delivery.objects.get().quantity == 2
    assert balances.of_pledge(pledge).pledged == 7
    assert (balances.of_need(need).asked, need.entries.filter(kind="corrected").count()) == (12, 1)


# --- from an old page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_recount_from_an_old_page_promises_nothing_that_is_not_there(language: str, facility: Facility) -> None:
    surplus = make.surplus(facility, 10)
    address = f"/{language}/needs/mine/{facility.code}/surplus/{surplus.pk}/"
    keeper = signed_in(make.keeper(facility))
    old = keeper.get(address).context["form"].initial
    assert (old["seen"], old["quantity"]) == (1, 10)
    make.need(make_facilities.facility("east"), 6)
    match()
    for side in ("west", "east"):
        services.agree(proposal=Proposal.objects.get(), by=coordinator(side))

    # Nine lie there; the page told them of no promise.
    stale = {"uid": str(uuid.uuid4()), "seen": "1", "quantity": "9", "why": "Counted"}
    refused = keeper.post(address, stale)

    assert balances.free(surplus) == 4
    assert (refused.status_code, refused.context["form"].errors["quantity"]) == (400, [NOW[language].format(4)])
    assert refused.context["form"]["seen"].value() == "2"
    for _ in range(2):
        assert keeper.post(address, stale | {"seen": "2", "quantity": "3"}).status_code == 302
    assert balances.free(surplus) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_correction_from_an_old_page_undoes_no_other(language: str, facility: Facility) -> None:
    keeper = make.keeper(facility)
    need = make.reported(facility, 10, by=keeper)
    address, phone = f"/{language}/needs/mine/{facility.code}/{need.code}/correct/", signed_in(keeper)
    assert phone.get(address).context["form"].initial["seen"] == 1
    services.correct_need(need=need, uid=uuid.uuid4(), seen=1, quantity=20, why="Counted", by=keeper)

    stale = {"uid": str(uuid.uuid4()), "seen": "1", "quantity": "9", "why": "Counted"}
    refused = phone.post(address, stale)

    assert balances.of_need(need).asked == 20
    assert (refused.status_code, refused.context["form"].errors["quantity"]) == (400, [NOW[language].format(20)])
    assert phone.post(address, stale | {"seen": "2"}).status_code == 302
    assert balances.of_need(need).asked == 9


def test_at_the_desk_an_old_page_corrects_nothing(facility: Facility) -> None:
    need, desk = make.need(facility, 10), at_the_desk(coordinator("west"))
    base = f"/en/admin/needs/need/{need.pk}/"
    old = hidden(desk.get(f"{base}change/").text, f"{base}correct/")
    # What is pledged meanwhile changes nothing of what is asked for.
    make.pledged(need, 2)
    services.correct_need(
        need=need, uid=uuid.uuid4(), seen=make.seen(need), quantity=20, why="Counted", by=coordinator("west")
    )
    for sent in (old, {**old, "seen": "x"}):
        page = desk.post(f"{base}correct/", {**sent, "quantity": "9", "reason": "Counted"}, follow=True).text
        assert str(services.ChangedSince()) in page
    assert balances.of_need(need).asked == 20


def test_a_pledge_meanwhile_is_no_correction_of_the_need(facility: Facility) -> None:
    need = make.need(facility, 10)
    seen = make.seen(need)
    make.pledged(need, 2)
    services.correct_need(need=need, uid=uuid.uuid4(), seen=seen, quantity=9, why="Counted", by=coordinator("west"))
    assert balances.of_need(need).asked == 9


@pytest.mark.parametrize("seen", [0, 2])
def test_nobody_has_seen_more_or_fewer_entries_than_there_are(seen: int, facility: Facility) -> None:
    need, surplus, by = make.need(facility), make.surplus(facility), coordinator("west")
    given: dict[str, Any] = {"seen": seen, "quantity": 3, "why": "Counted", "by": by}
    with pytest.raises(CorrectedMeanwhile):
        services.correct_need(need=need, uid=uuid.uuid4(), **given)
    with pytest.raises(CorrectedMeanwhile):
        services.correct_surplus(surplus=surplus, uid=uuid.uuid4(), **given)
    assert (Need.objects.count(), Pledge.objects.count(), Surplus.objects.count()) == (1, 0, 1)
