"""A campaign and a desk in the forms of the admin: nobody undoes what somebody else has saved since the page was opened."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import services
from campaigns.models import Campaign, Prize, PrizeGiving, Question
from network.models import Transition
from network.services import ChangedMeanwhile
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import coordinator
from tests.security.forms_read import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    return at_the_desk(coordinator(None))


def page(campaign: Campaign) -> str:
    return f"/en/admin/campaigns/campaign/{campaign.pk}/change/"


def opened(client: Client, address: str) -> dict[str, Any]:
    return form_of(client.get(address).text)


def saved(client: Client, address: str, sent: dict[str, Any]) -> None:
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.context["errors"]


def draft(**fields: Any) -> Campaign:
    return make.campaign(state="draft", **fields)


def test_a_stale_form_writes_what_its_writer_changed_and_nothing_else(desk: Client) -> None:
    campaign = make.campaign()
    early, late = opened(desk, page(campaign)), opened(desk, page(campaign))

    saved(desk, page(campaign), late | {"rules_ar": "تُقبل كل كمامة نظيفة."})
    saved(desk, page(campaign), early | {"title_en": "The mask contest"})

    campaign.refresh_from_db()
    assert (campaign.rules_ar, campaign.title_en) == ("تُقبل كل كمامة نظيفة.", "The mask contest")
    edits = Transition.objects.of(campaign).filter(move="edit").order_by("pk")
    assert [step.changes["fields"] for step in edits] == [["rules_ar"], ["title_en"]]


def test_a_form_that_nobody_touched_writes_nothing(desk: Client) -> None:
    campaign = make.campaign(results_on=timezone.localdate(), closes_at=timezone.now() + timedelta(days=9))
    PrizeGiving.objects.create(campaign=campaign, held_at=timezone.now(), place_ar="هنا", place_en="Here")
    Prize.objects.create(campaign=campaign, what_ar="جائزة", what_en="A prize")
    sent = opened(desk, page(campaign))
    before = Campaign.objects.filter(pk=campaign.pk).values().get()

    saved(desk, page(campaign), sent)

    assert Campaign.objects.filter(pk=campaign.pk).values().get() == before
    assert not Transition.objects.of(campaign).filter(move="edit").exists()


def test_a_stale_form_undoes_neither_an_announcement_nor_a_later_end(desk: Client) -> None:
    by, campaign = coordinator(None), draft()
    stale = Campaign.objects.get(pk=campaign.pk)
    services.announce_campaign(campaign=campaign, by=by)
    later = campaign.closes_at + timedelta(days=7)
    services.extend_campaign(campaign=campaign, closes_at=later, by=by)

    stale.title_en = "The mask contest"
    services.save_campaign(campaign=stale, changed=["title_en"], by=by)

    campaign.refresh_from_db()
    assert (campaign.state, campaign.closes_at, campaign.title_en) == ("announced", later, "The mask contest")
    stale.made_at_least = 1
    with pytest.raises(ChangedMeanwhile):
        services.save_campaign(campaign=stale, changed=["made_at_least"], by=by)


def test_two_dates_that_do_not_fit_together_are_told_and_not_kept() -> None:
    by, campaign = coordinator(None), draft()
    stale = Campaign.objects.get(pk=campaign.pk)
    campaign.opens_at = campaign.closes_at - timedelta(days=1)
    services.save_campaign(campaign=campaign, changed=["opens_at"], by=by)

    stale.closes_at = stale.opens_at + timedelta(days=1)
    with pytest.raises(ChangedMeanwhile):
        services.save_campaign(campaign=stale, changed=["closes_at"], by=by)


def test_a_stale_form_undoes_nothing_of_the_questions(desk: Client) -> None:
    campaign = draft()
    early, late = opened(desk, page(campaign)), opened(desk, page(campaign))
    first = "questions-0-"

    saved(desk, page(campaign), late | {f"{first}help_ar": "كلها معًا"})
    saved(desk, page(campaign), early | {f"{first}label_en": "How many masks?"})
    saved(desk, page(campaign), early | {"title_en": "The mask contest"})

    kept = Question.objects.get(campaign=campaign, key="made")
    assert (kept.help_ar, kept.label_en) == ("كلها معًا", "How many masks?")


def test_a_stale_form_undoes_nothing_of_a_desk(desk: Client) -> None:
    row = make.desk(make.campaign())
    keeper = at_the_desk(coordinator(row.side.code))
    address = f"/en/admin/campaigns/desk/{row.pk}/change/"
    early, late = opened(keeper, address), opened(keeper, address)

    saved(keeper, address, late | {"hours_en": "9 to 3"})
    saved(keeper, address, early | {"name_en": "The library"})

    row.refresh_from_db()
    assert (row.hours_en, row.name_en) == ("9 to 3", "The library")


# --- conditions that can be met -------------------------------------------------------------------------------------------


def counting(campaign: Campaign) -> Question:
    return Question.objects.get(campaign=campaign, counts_as="made")


@pytest.mark.parametrize("fault", [{"counts_as": ""}, {"maximum": 19}])
def test_no_contest_is_announced_whose_conditions_nobody_can_meet(fault: dict[str, Any]) -> None:
    campaign, by = draft(), coordinator(None)
    Question.objects.filter(pk=counting(campaign).pk).update(**fault)

    with pytest.raises(services.Incomplete, match="20"):
        services.announce_campaign(campaign=campaign, by=by)

    Question.objects.filter(campaign=campaign, key="made").update(counts_as="made", maximum=20)
    assert services.announce_campaign(campaign=campaign, by=by).state == "announced"


def test_what_an_announced_contest_counts_by_stays(desk: Client) -> None:
    campaign, by = make.campaign(state="announced"), coordinator(None)
    with pytest.raises(services.NothingCounts):
        services.remove_part(part=counting(campaign), by=by)
    question = counting(campaign)
    question.counts_as = ""
    with pytest.raises(services.NothingCounts):
        services.save_part(part=question, changed=["counts_as"], by=by)
    assert counting(campaign)


def test_the_desk_is_warned_while_nothing_can_be_handed_in(desk: Client) -> None:
    campaign, words = draft(), "there is no desk yet"
    assert words in desk.get(page(campaign)).text
    make.desk(campaign)
    assert words not in desk.get(page(campaign)).text
