"""A letter about needs leads whoever gets it to a page that they can open: of a hidden facility too, and of whichever side they are."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from facilities.models import Facility
from needs import policies, services
from needs.models import Pledge, Proposal, UseCheck
from needs.tasks import ask_if_working, match
from network.models import User
from notifications import render
from notifications.kinds import Contact
from notifications.models import Message
from tests.desk import at_the_desk
from tests.factories import facilities as make_facilities, needs as make
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db


def address_in(message: Message) -> str:
    """Return the address to which a letter leads, without the website's own."""
    mail = render.email(message, Contact(0, "", message.address, "", "ar", discreet=False))
    return re.search(r"https?://[^/]+(/ar/(?:needs|admin)/\S+)", mail.body)[1]


def told_of_all() -> None:
    """Let everything happen of which somebody with an account is told."""
    make.sides()
    west, east = make_facilities.facility("west"), make_facilities.facility("east")
    keepers = {facility: make.keeper(facility) for facility in (west, east)}
    make.reported(west, by=keepers[west])
    for code in ("a", "b", "c", "d"):
        item = make.item(code, use=code)
        make.surplus(east, 3, item=item)
        make.need(west, 3, item=item)
    match()
    agreed, declined, lapsing, dropped = Proposal.objects.order_by("pk")
    services.decline(proposal=declined, reason="Needed here", by=coordinator("east"))
    for proposal in (agreed, lapsing, dropped):
        for side in ("west", "east"):
            services.agree(proposal=proposal, by=coordinator(side))
    given, overdue = (Pledge.objects.get(need=proposal.need) for proposal in (agreed, lapsing))
    delivery = make.sent(given, 1, by=coordinator("east"))
    make.received(delivery, 1, keepers[west])
    UseCheck.objects.update(due_on=timezone.localdate())
    ask_if_working()
    services.take_back(pledge=given, uid=uuid.uuid4(), quantity=1, why="Needed here", by=coordinator("east"))
    services.release_overdue(pledge=overdue, now=timezone.now() + 2 * policies.HANDED_OVER_WITHIN + timedelta(days=60))
    services.withdraw_need(need=dropped.need, reason="Found", by=coordinator("west"))


@pytest.mark.parametrize("concern", [False, True])
def test_every_letter_leads_to_a_page_that_its_reader_can_open(concern: bool) -> None:
    for side in ("west", "east"):
        coordinator(side)
    told_of_all()
    Facility.objects.update(concern=concern)
    clients: dict[int, Client] = {}
    seen = set()
    for message in Message.objects.filter(channel="email", recipient_id__isnull=False).order_by("pk"):
        seen.add(message.kind)
        # A hidden facility's proposals are taken from the other side too.
        if concern and message.kind.startswith("need-proposal"):
            continue
        reader = User.objects.get(pk=message.recipient_id)
        if reader.pk not in clients:
            clients[reader.pk] = at_the_desk(reader) if reader.is_staff else Client()
            clients[reader.pk].force_login(reader)
        address = address_in(message)
        assert clients[reader.pk].get(address).status_code == 200, (message.kind, address)
    assert seen == {
        "need-reported", "need-pledged", "need-pledge-overdue", "need-pledge-taken-back", "need-on-the-way", "need-still-working",
        "surplus-pledged", "surplus-released", "surplus-arrived", "need-proposal", "need-proposal-declined",
    }  # fmt: skip
