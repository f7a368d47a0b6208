"""What is pledged and not handed over in time counts no more, once, and those whom it concerns are told."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from facilities.models import Facility
from needs import balances, policies, services
from needs.models import Delivery, Need, NeedEntry, Pledge, Proposal
from needs.tasks import match, release_overdue
from notifications.models import Message
from tests.factories import facilities as make_facilities, needs as make
from tests.factories.network import coordinator
from tests.state import everything

pytestmark = pytest.mark.django_db

LATE = policies.HANDED_OVER_WITHIN + timedelta(days=1)


@pytest.fixture
def facility() -> Facility:
    make.sides()
    return make_facilities.facility()


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def test_what_is_not_handed_over_in_time_is_open_again(facility: Facility, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, need, now = coordinator("west"), make.need(facility, 5), timezone.now()
    pledge = make.pledged(need, 5)
    make.delivery(pledge, 2)
    before = everything()
    at(now + policies.HANDED_OVER_WITHIN - timedelta(days=1), monkeypatch)
    release_overdue()
    assert everything() == before
    at(now + LATE, monkeypatch)
    release_overdue()
    once = everything()
    release_overdue()
    assert everything() == once
    pledge.refresh_from_db()
    assert (pledge.state, balances.of_need(need).open, Need.objects.get().state) == ("returned", 5, "verified")
    assert Delivery.objects.get().state == "cancelled"
    assert list(NeedEntry.objects.filter(kind="lapsed").values_list("quantity", "entered_by")) == [(-5, None)]
    told = Message.objects.filter(kind="pledge-overdue")
    assert list(told.values_list("address", "channel")) == [(pledge.phone, "sms")]
    coordinators = Message.objects.filter(kind="need-pledge-overdue", channel="email")
    assert desk.pk in set(coordinators.values_list("recipient_id", flat=True))
    assert coordinators.filter(recipient_id=desk.pk).count() == 1
    shown = balances.with_open(Need.objects.all()).get()
    assert shown.still_open == 5
    assert settings.CELERY_BEAT_SCHEDULE["release-overdue-pledges"]["task"] == release_overdue.name


def test_the_day_on_which_it_is_ready_counts(facility: Facility, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    ready = timezone.localdate(now + timedelta(days=30))
    pledge = make.pledged(make.need(facility, 5), 5, ready_on=ready)
    at(now + LATE, monkeypatch)
    release_overdue()
    at(now + timedelta(days=30) + policies.HANDED_OVER_WITHIN, monkeypatch)
    release_overdue()
    assert Pledge.objects.get(pk=pledge.pk).state == "confirmed"
    at(now + timedelta(days=30) + LATE, monkeypatch)
    release_overdue()
    assert Pledge.objects.get(pk=pledge.pk).state == "returned"


def test_no_day_is_so_far_that_a_need_waits_for_ever(facility: Facility) -> None:
    need, today = make.need(facility), timezone.localdate()
    with pytest.raises(services.DayIsFar):
        make.offered(need, 1, ready_on=today + policies.READY_WITHIN + timedelta(days=1))
    assert make.offered(need, 1, ready_on=today + policies.READY_WITHIN)


def test_what_is_on_its_way_stays_and_only_the_rest_ends(facility: Facility, monkeypatch: pytest.MonkeyPatch) -> None:
    need, now = make.need(facility, 5), timezone.now()
    part, whole = make.pledged(need, 3), make.pledged(need, 2)
    for pledge in (part, whole):
        make.sent(pledge, 2)
    at(now + LATE, monkeypatch)
    release_overdue()
    assert (balances.of_pledge(part).pledged, balances.of_pledge(whole).pledged) == (2, 2)
    assert set(Pledge.objects.values_list("state", flat=True)) == {"in_progress"}
    assert balances.of_need(need).open == 1
    assert Message.objects.filter(kind="pledge-overdue").count() == 1


def test_a_surplus_that_does_not_go_is_free_again(monkeypatch: pytest.MonkeyPatch) -> None:
    make.sides()
    need, now = make.need(make_facilities.facility("west"), 5), timezone.now()
    surplus = make.surplus(make_facilities.facility("east"), 3)
    match()
    desks = {coordinator(side).pk for side in ("east", "west")}
    for side in ("east", "west"):
        services.agree(proposal=Proposal.objects.get(), by=coordinator(side))
    at(now + LATE, monkeypatch)
    release_overdue()
    assert (balances.free(surplus), balances.of_need(need).open) == (3, 5)
    told = Message.objects.filter(kind="need-pledge-overdue").values_list("recipient_id", flat=True)
    assert desks <= set(told)
