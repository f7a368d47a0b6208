"""What was typed beside a button of the desk and refused stands there again, in its own form, once."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from campaigns import outcomes, services
from campaigns.models import Entry
from tests.desk import at_the_desk
from tests.factories import campaigns as make_campaigns, facilities as make_facilities, needs as make_needs
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db
WORDS = "<b>أُغلق المبنى بعد السيول</b>"
KEPT = "&lt;b&gt;أُغلق المبنى بعد السيول&lt;/b&gt;"


def page(name: str, *args: Any) -> str:
    with translation.override("ar"):
        return reverse(f"admin:{name}", args=args)


def boxes(client: Client, address: str, name: str = "reason") -> list[str]:
    """Return what stands in the boxes of this name."""
    return re.findall(rf'<textarea name="{name}"[^>]*>([^<]*)</textarea>', client.get(address).text)


def test_of_several_forms_of_a_kind_only_the_one_that_was_sent_has_it() -> None:
    make_needs.sides()
    facility, desk = make_facilities.facility(), at_the_desk(coordinator("west"))
    need = make_needs.need(facility, 9, by=coordinator("west"))
    first, second = (make_needs.pledged(need, 3) for _ in range(2))
    sent = {"uid": uuid.uuid4(), "pledge": second.pk, "quantity": "8", "reason": WORDS}
    desk.post(page("needs_need_take-back", need.pk), sent)
    found = re.findall(
        r'name="pledge" value="(\d+)">(?:(?!</form>).)*<textarea name="reason"[^>]*>([^<]*)<',
        desk.get(page("needs_need_change", need.pk)).text,
        re.DOTALL,
    )
    assert dict(found) == {str(first.pk): "", str(second.pk): KEPT}


def test_a_correction_keeps_its_quantity_too() -> None:
    make_needs.sides()
    facility, desk = make_facilities.facility(), at_the_desk(coordinator("west"))
    need = make_needs.need(facility, 9, by=coordinator("west"))
    make_needs.pledged(need, 5)
    sent = {"uid": uuid.uuid4(), "seen": "1", "quantity": "2", "reason": WORDS}
    desk.post(page("needs_need_correct", need.pk), sent)
    answer = desk.get(page("needs_need_change", need.pk)).text
    assert KEPT in answer
    assert re.search(r'name="quantity"[^>]*value="2"', answer)
    assert KEPT not in desk.get(page("needs_need_change", need.pk)).text


def test_an_answer_to_an_appeal_stays_when_it_is_not_said_who_is_right() -> None:
    campaign = make_campaigns.judged(3)
    entry = Entry.objects.filter(campaign=campaign).order_by("pk")[0]
    seal = outcomes.plan(campaign, [entry.code]).seal
    services.disqualify_entries(campaign=campaign, wanted=[entry.code], reason="x", seal=seal, by=coordinator(None))
    appeal = services.receive_complaint(
        entry=Entry.objects.get(pk=entry.pk), uid=uuid.uuid4(), text="Why?", received_at=timezone.now()
    )
    desk, results = at_the_desk(coordinator(None)), page("campaigns_campaign_results", campaign.pk)
    desk.post(results, {"do": "answer", "complaint": appeal.pk, "answer": WORDS})
    assert boxes(desk, results, "answer") == [KEPT]
    assert boxes(desk, results, "answer") == [""]
