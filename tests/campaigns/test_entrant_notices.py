"""A later end is told to everybody who has entered: once each, in their language, and nobody is lost when a worker dies."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from campaigns import services, tasks
from campaigns.models import Campaign, EntrantNotice, Entry
from campaigns.services import entrant_notices
from network.models import Transition
from notifications import outbox
from notifications.models import Message
from tests.factories import campaigns as make
from tests.factories.network import coordinator
from tests.state import Broken, break_the_journal, everything

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str, str]]:
    rows = Message.objects.filter(kind="entries-extended").order_by("pk")
    return [(row.address, row.channel, row.language) for row in rows]


def entries(campaign: Campaign, count: int) -> list[Entry]:
    return [make.entry(campaign, entrant=make.entrant(phone=f"+2189110000{n:02}")) for n in range(count)]


def extended(campaign: Campaign, days: int = 60, by: Any = None) -> Campaign:
    later = timezone.now() + timedelta(days=days)
    return services.extend_campaign(campaign=campaign, closes_at=later, by=by or coordinator(None))


def test_each_running_entry_is_told_once_in_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrant_notices, "BATCH", 2)
    campaign = make.campaign()
    with override("en"):
        make.entry(campaign, entrant=make.entrant(phone="", email="s@example.org"))
    by_phone = entries(campaign, 4)
    services.withdraw_entry(entry=by_phone[3])
    make.entry(campaign, entrant=make.entrant(phone=""), by=coordinator("west"))
    make.entry(entrant=make.entrant(phone="+218911111111"))
    extended(campaign)
    assert told() == []

    for _ in range(2):
        tasks.tell_entrants()

    assert told() == [
        ("s@example.org", "email", "en"),
        *((entry.phone, "sms", "ar") for entry in by_phone[:3]),
    ]
    assert all(row.discreet for row in Message.objects.all())


def test_a_worker_that_dies_in_the_middle_has_told_nobody_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrant_notices, "BATCH", 2)
    campaign = make.campaign()
    mine = entries(campaign, 5)
    extended(campaign)
    enqueue, calls = outbox.enqueue_to_address, []

    def dies(*args: Any, **kwargs: Any) -> None:
        calls.append(1)
        if len(calls) == 4:
            raise Broken
        enqueue(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "enqueue_to_address", dies)
        with pytest.raises(Broken):
            tasks.tell_entrants()
    assert len(told()) == 2

    tasks.tell_entrants()

    assert [address for address, *_ in told()] == [entry.phone for entry in mine]


def test_of_two_extensions_the_later_is_told_and_whoever_enters_after_it_reads_it_on_the_form(clock: Any) -> None:
    campaign = make.campaign()
    entries(campaign, 1)
    clock.forward(hours=1)
    extended(campaign, 60)
    extended(campaign, 90)
    clock.forward(hours=1)
    make.entry(campaign, entrant=make.entrant(phone="+218922222222"))

    tasks.tell_entrants()

    assert [address for address, *_ in told()] == ["+218911000000"]
    said = Message.objects.get(kind="entries-extended").context["ends"]
    assert said == outbox.stamp(Campaign.objects.get().closes_at)
    assert not EntrantNotice.objects.filter(told_at__isnull=True).exists()


def test_what_can_not_be_recorded_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign, by = make.campaign(), coordinator(None)
    entries(campaign, 1)
    before = everything()
    break_the_journal(monkeypatch)
    with pytest.raises(Broken):
        extended(campaign, by=by)
    assert everything() == before
    assert not Transition.objects.filter(subject_type="campaigns.entrantnotice").exists()


@pytest.mark.parametrize(("language", "heading"), [("ar", "أُلغيت هذه الحملة"), ("en", "This campaign was called off")])
def test_a_call_off_is_told_to_everybody_who_takes_part_and_its_reason_to_everybody(
    client: Client, language: str, heading: str
) -> None:
    campaign, why = make.campaign(handed_at_least=5), "اشتدّ القتال في المدينة"
    mine, gone = entries(campaign, 2)
    services.withdraw_entry(entry=gone)
    make.entry(entrant=make.entrant(phone="+218911111111"))

    services.cancel_campaign(campaign=campaign, by=coordinator(None), reason=why)
    for _ in range(2):
        tasks.tell_entrants()

    told_off = Message.objects.filter(kind="campaign-called-off")
    assert [(row.address, row.discreet) for row in told_off] == [(mine.phone, True)]
    page = client.get(f"/{language}/campaigns/{campaign.slug}/").text
    assert (heading in page, why in page) == (True, True)
    session = client.session
    session["entries"] = [mine.pk]
    session.save()
    own = client.get(f"/{language}/entries/mine/").text
    assert (heading in own, why in own) == (True, True)
    # Nobody goes on making, proves or brings anything.
    assert (
        '<svg class="qr' in own,
        'name="code"' in own,
        "<li>" in own.partition("<section")[2].partition("</section>")[0],
    ) == (False,) * 3
