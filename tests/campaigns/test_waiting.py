"""What waits at the desk: a box for each person with what they may do, and a mail to those who may answer an entrant."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import outcomes, services, tasks
from campaigns.models import Campaign, Complaint, DuplicatePair, Entry
from network.models import User
from notifications import render
from notifications.kinds import Contact
from notifications.models import Message
from tests.campaigns.winners import judged, line, proposed, published
from tests.clock import Clock
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import auditor, coordinator

pytestmark = pytest.mark.django_db
TEXT = "لم تُحسب كماماتي"


def complain(entry: Entry, *, by: User | None = None) -> Complaint:
    entry = Entry.objects.get(pk=entry.pk)
    return services.receive_complaint(entry=entry, uid=uuid.uuid4(), text=TEXT, received_at=timezone.now(), by=by)


def disqualify(campaign: Campaign, entry: Entry, by: User) -> None:
    codes = [entry.public_code]
    seal = outcomes.plan(campaign, codes).seal
    services.disqualify_entries(campaign=campaign, wanted=codes, reason="twice", seal=seal, by=by)


def of(campaign: Campaign, number: int) -> Entry:
    return Entry.objects.get(public_code=line(campaign)[number])


def told() -> list[tuple[int, str]]:
    rows = Message.objects.filter(kind="complaint-waiting").order_by("pk")
    return list(rows.values_list("recipient_id", "channel"))


def card(client: Client) -> Any:
    found = [each for each in client.get("/en/admin/").context["cards"] if each.title == "Waiting in campaigns"]
    return found[0] if found else None


def waits(user: User) -> list[tuple[str, str]]:
    """Return what waits for somebody at the desk: where it is done, and in which words; each link is followed."""
    client = at_the_desk(user)
    found = card(client)
    rows = [(row["url"], row["detail"]) for row in found.rows]
    assert all(client.get(address).status_code == 200 for address, _detail in rows)
    assert bool(rows) == bool(found.count)
    return rows


# --- the box ----------------------------------------------------------------------------------------------------------


def test_complaints_and_appeals_stand_in_the_box_of_those_alone_who_may_answer_them() -> None:
    campaign, first, second = published(), coordinator(None), coordinator(None)
    disqualify(campaign, of(campaign, 0), first)
    appeal = complain(of(campaign, 0))
    complaint = complain(of(campaign, 5))
    results = f"/en/admin/campaigns/campaign/{campaign.pk}/results/#complaints"

    assert waits(first) == [(results, "1 complaint or appeal waits for an answer")]
    assert waits(second) == [(results, "2 complaints and appeals wait for an answer")]
    assert waits(coordinator("west")) == []
    assert card(at_the_desk(auditor())) is None
    for row in (appeal, complaint):
        services.answer_complaint(complaint=row, upheld=False, answer="No.", by=second)
    assert waits(coordinator(None)) == []


def test_a_side_s_own_campaign_waits_for_that_side_s_coordinators() -> None:
    west = coordinator("west")
    campaign = published(judged(region=west.role_grants.get().region))
    complain(of(campaign, 5))
    assert [len(waits(user)) for user in (west, coordinator("east"), coordinator(None))] == [1, 0, 0]


def test_proposed_results_wait_for_the_second_person_and_no_longer_once_they_are_decided() -> None:
    decision = proposed(by=coordinator(None))
    second = coordinator(None)
    (row,) = waits(second)
    assert row[0] == f"/en/admin/campaigns/campaign/{decision.campaign_id}/results/#decision"
    assert waits(decision.proposed_by) == waits(coordinator("west")) == []
    services.confirm_results(campaign=decision.campaign, sha256=decision.sha256, by=second)
    assert waits(coordinator(None)) == []


def test_possible_duplicates_wait_for_the_side_of_both_and_across_sides_for_the_country() -> None:
    campaign, phone = make.campaign(), "+218911111111"
    for side in ("west", "west", "east"):
        make.entry(campaign, entrant=make.entrant(phone=phone, municipality=make.municipality(side)))
    tasks.find_duplicates()
    assert DuplicatePair.objects.count() == 3
    listed = f"/en/admin/campaigns/duplicatepair/?of={campaign.pk}&state__exact=open"

    assert waits(coordinator("west")) == [(listed, "1 possible duplicate is not decided")]
    assert waits(coordinator(None)) == [(listed, "2 possible duplicates are not decided")]
    assert waits(coordinator("east")) == []
    Campaign.objects.filter(pk=campaign.pk).update(state="cancelled")
    assert waits(coordinator("west")) == []


def test_the_box_costs_the_same_of_one_complaint_and_of_three() -> None:
    campaign, by, reader = published(), coordinator(None), at_the_desk(coordinator(None))
    asked = []
    for number in (3, 4, 5):
        disqualify(campaign, of(campaign, number), by)
        complain(of(campaign, number))
        reader.get("/en/admin/")
        with CaptureQueriesContext(connection) as queries:
            reader.get("/en/admin/")
        asked.append(len(queries))
    assert asked[0] == asked[2]


# --- the notice -------------------------------------------------------------------------------------------------------


def test_who_may_answer_hears_once_a_day_by_mail_that_somebody_waits(clock: Clock) -> None:
    campaign, first, second = published(), coordinator(None), coordinator(None)
    others = [coordinator("west"), auditor(), coordinator(None, is_active=False)]
    managers = set(outcomes.managers(campaign))
    assert {first.pk, second.pk} <= managers
    assert not {user.pk for user in others} & managers
    disqualify(campaign, of(campaign, 0), first)

    # An appeal goes to whoever did not disqualify, what comes later on that day to nobody who has heard of it.
    complain(of(campaign, 0))
    assert told() == [(pk, "email") for pk in sorted(managers - {first.pk})]
    complain(of(campaign, 5))
    assert sorted(told()) == [(pk, "email") for pk in sorted(managers)]
    complain(of(campaign, 4))
    assert len(told()) == len(managers)

    clock.forward(days=1)
    complain(of(campaign, 3))
    assert len(told()) == 2 * len(managers)
    # Another campaign is another thing to look at.
    other = published()
    complain(of(other, 5))
    assert len([pk for pk, _channel in told() if pk == second.pk]) == 3


def test_who_wrote_an_appeal_down_is_not_asked_to_answer_it() -> None:
    west = coordinator("west")
    writer, other = (coordinator("west") for _ in range(2))
    campaign = published(judged(region=west.role_grants.get().region))
    entry = of(campaign, 5)
    Entry.objects.filter(pk=entry.pk).update(via="paper", clerk=west, side=campaign.region_id)
    disqualify(campaign, entry, west)
    complain(entry, by=writer)
    known = {pk for pk, _channel in told()}
    assert other.pk in known
    assert not {west.pk, writer.pk} & known


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_mail_says_where_and_neither_who_nor_what(language: str) -> None:
    campaign, reader = published(), coordinator(None)
    entry = of(campaign, 5)
    complain(entry)
    message = Message.objects.get(kind="complaint-waiting", recipient_id=reader.pk)
    message.language = language
    contact = Contact(reader.pk, "", reader.email, "", language, discreet=False)
    mail = render.email(message, contact)
    said = f"{mail.subject}\n{mail.body}\n{mail.alternatives[0].content}\n{message.context}"

    assert f"/{language}/admin/campaigns/campaign/{campaign.pk}/results/" in str(mail.body)
    assert getattr(campaign, f"title_{language}") in str(mail.body)
    for secret in (
        TEXT,
        entry.name,
        entry.phone,
        entry.code,
        entry.shown_code,
        entry.public_code,
        entry.shown_public_code,
    ):
        assert secret not in said
