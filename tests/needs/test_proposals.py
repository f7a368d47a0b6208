"""What is proposed of all that is wanted and left over."""

import pytest

from needs import pairing, policies, services
from needs.models import Proposal
from needs.tasks import match
from tests.factories import facilities as make_facilities, needs as make
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "PORTION", 2)


def pairs() -> list[tuple[int, int]]:
    return list(Proposal.objects.order_by("pk").values_list("need", "surplus"))


@pytest.mark.usefixtures("few_at_once")
def test_urgent_needs_for_which_there_is_nothing_keep_nobody_waiting() -> None:
    make.sides()
    here, there = make_facilities.facility(), make_facilities.facility("east")
    scanner = make.item("scanner", use="imaging")
    for _ in range(3):
        make.need(here, 1, item=scanner, priority="a")
    # Of what its own facility has too much of, and of what only another side's hidden one has, a need gets nothing either.
    mask, hidden = make.item("mask", use="masks"), make_facilities.facility("east")
    for _ in range(3):
        make.need(here, 1, item=mask, priority="a")
    make.surplus(here, item=mask)
    make.surplus(hidden, item=mask)
    hidden.concern = True
    hidden.save()
    last, spare = make.need(here, 2), make.surplus(there, 5)

    match()

    assert pairs() == [(last.pk, spare.pk)]


@pytest.mark.usefixtures("few_at_once")
def test_declined_pairs_keep_nobody_waiting() -> None:
    make.sides()
    here, there = make_facilities.facility(), make_facilities.facility("east")
    urgent = [make.need(here, 1, priority="a") for _ in range(3)]
    spare = make.surplus(there, 5)
    match()
    for proposal in Proposal.objects.order_by("pk"):
        services.decline(proposal=proposal, reason="Wrong model.", by=coordinator("east"))
    last = make.need(here, 2)

    match()

    assert pairs() == [*((need.pk, spare.pk) for need in urgent), (last.pk, spare.pk)]


@pytest.mark.usefixtures("few_at_once")
def test_the_most_urgent_is_proposed_first_then_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "PROPOSALS_AT_ONCE", 3)
    here, there = make_facilities.facility(), make_facilities.facility()
    needs = [make.need(here, 1, priority=priority) for priority in "cbaca"]
    make.surplus(there, 9)

    assert services.propose_matches(now=needs[0].reported_at) == 3

    assert [need for need, _surplus in pairs()] == [needs[2].pk, needs[4].pk, needs[1].pk]
