"""Activities: who enters them, what stands after corrections, and what everybody is told."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from campaigns import awareness, services
from campaigns.awareness import Numbers
from campaigns.models import Activity, ActivityCorrection, Campaign, HealthWorker, Reached
from network.enums import MemberState
from network.models import Practitioner, Transition, User
from network.querysets import AppendOnly
from tests.factories import campaigns as make
from tests.factories.network import PractitionerFactory, coordinator

pytestmark = pytest.mark.django_db

WOMEN, MEN, GIRLS = ("female", "25-49"), ("male", "25-49"), ("female", "0-14")


@pytest.fixture
def campaign() -> Campaign:
    return make.aware()


def stands(activity: Activity) -> Numbers:
    return awareness.numbers_of([activity])[activity.pk]


def correct(activity: Activity, numbers: Numbers, by: User | None = None, **more: Any) -> ActivityCorrection:
    given = {"uid": uuid.uuid4(), "seen": activity.corrections.count(), "why": "miscounted"} | more
    return services.correct_activity(activity=activity, numbers=numbers, by=by or activity.entered_by, **given)


# --- numbers and corrections ----------------------------------------------------------------------------------------------


def test_what_stands_is_the_sum_of_what_was_entered_and_of_its_corrections(campaign: Campaign) -> None:
    activity = make.activity(campaign, {WOMEN: 30, MEN: 12}, materials={"منشور": 40, "صابون": 5})
    correct(activity, Numbers({WOMEN: 28, GIRLS: 3}, {"منشور": 40, "كمامات": 7}))
    correct(activity, Numbers({WOMEN: 29, GIRLS: 3}, {"منشور": 41, "كمامات": 7}))

    assert stands(activity) == Numbers({WOMEN: 29, GIRLS: 3}, {"منشور": 41, "كمامات": 7})
    assert stands(activity).people == 32
    rows = list(Reached.objects.filter(activity=activity).order_by("pk").values_list("sex", "age", "people"))
    assert sorted(rows) == sorted([(*WOMEN, 30), (*MEN, 12), (*WOMEN, -2), (*MEN, -12), (*GIRLS, 3), (*WOMEN, 1)])


def test_the_same_correction_sent_twice_is_one_and_one_of_nothing_is_refused(campaign: Campaign) -> None:
    activity, uid = make.activity(campaign, {WOMEN: 30}), uuid.uuid4()
    first = correct(activity, Numbers({WOMEN: 28}), uid=uid)
    correct(activity, Numbers({WOMEN: 31}))
    assert correct(activity, Numbers({WOMEN: 28}), uid=uid) == first
    assert stands(activity).people == 31
    with pytest.raises(services.NothingChanges):
        correct(activity, Numbers({WOMEN: 31}))
    with pytest.raises(services.FormUsed):
        correct(make.activity(campaign), Numbers({WOMEN: 28}), uid=uid)


def test_the_same_activity_sent_twice_is_one(campaign: Campaign) -> None:
    by, uid, place = make.health_worker(campaign), uuid.uuid4(), make.municipality("west")
    first = make.activity(campaign, 20, uid=uid, by=by, municipality=place)
    assert make.activity(campaign, 99, uid=uid, by=by, municipality=place) == first
    assert Activity.objects.count() == 1
    assert stands(first).people == 20
    with pytest.raises(services.FormUsed):
        make.activity(campaign, 20, uid=uid)


@pytest.mark.parametrize("table", ["activity", "activitycorrection", "reached", "handout"])
def test_the_database_refuses_to_change_or_delete_what_was_entered(table: str, campaign: Campaign) -> None:
    activity = make.activity(campaign, 20, materials={"صابون": 5})
    correct(activity, Numbers({WOMEN: 28}))
    for statement in (f"UPDATE campaigns_{table} SET id = id", f"DELETE FROM campaigns_{table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(AppendOnly):
        Activity.objects.filter(pk=activity.pk).update(place="x")


def test_nothing_stays_where_the_last_write_fails(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("campaigns.services.awareness._add", broken)
    with pytest.raises(RuntimeError):
        make.activity(campaign)
    assert not Activity.objects.exists()


# --- who enters -------------------------------------------------------------------------------------------------------------


def test_only_a_side_s_coordinators_and_whom_they_named_enter_its_activities(campaign: Campaign) -> None:
    worker = make.health_worker(campaign, "west")
    assert make.activity(campaign, by=worker).side.code == "west"
    assert make.activity(campaign, by=coordinator("west")).side.code == "west"
    other = make.aware()
    for by, where, side in (
        (worker, campaign, "east"),
        (worker, other, "west"),
        (coordinator("east"), campaign, "west"),
        (coordinator(None), campaign, "west"),
        (PractitionerFactory().user, campaign, "west"),
    ):
        with pytest.raises(services.NotAReporter):
            make.activity(where, side=side, by=by)


def test_a_coordinator_enters_in_the_campaigns_that_are_theirs_to_know_of() -> None:
    east = make.aware(region=make.municipality("east").district.region)
    with pytest.raises(services.NotAReporter):
        make.activity(east, by=coordinator("west"))
    assert make.activity(east, side="east", by=coordinator("east"))


@pytest.mark.parametrize("ends", ["ended", "over", "not yet", "suspended", "moved", "deactivated"])
def test_whoever_is_no_longer_named_enters_nothing(ends: str, campaign: Campaign) -> None:
    today = timezone.localdate()
    days = {
        "over": (today - timedelta(days=9), today - timedelta(days=1)),
        "not yet": (today + timedelta(days=1), None),
    }
    starts_on, ends_on = days.get(ends, (today, None))
    user = make.health_worker(campaign, starts_on=starts_on, ends_on=ends_on)
    person = Practitioner.objects.get(user=user)
    if ends == "ended":
        services.end_health_worker(worker=HealthWorker.objects.get(), by=coordinator("west"))
    if ends == "suspended":
        Practitioner.objects.filter(pk=person.pk).update(state=MemberState.SUSPENDED)
    if ends == "moved":
        place = make.municipality("east")
        Practitioner.objects.filter(pk=person.pk).update(municipality=place, region=place.district.region)
    if ends == "deactivated":
        User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(services.NotAReporter):
        make.activity(campaign, by=User.objects.get(pk=user.pk))
    assert awareness.campaigns_for(User.objects.get(pk=user.pk)) == []


def test_whoever_leaves_enters_nothing_more_and_what_they_entered_stays(campaign: Campaign) -> None:
    user = make.health_worker(campaign)
    activity = make.activity(campaign, by=user)
    services.give_up_activities(practitioner=Practitioner.objects.get(user=user), by=user)
    row = HealthWorker.objects.get()
    assert (row.ended_at is not None, row.ended_by) == (True, user)
    assert stands(activity).people == 20
    assert Transition.objects.filter(subject_type="campaigns.healthworker", subject_id=row.pk).count() == 2


def test_a_side_names_its_own_active_members_once(campaign: Campaign) -> None:
    person, today = PractitionerFactory(side="west"), timezone.localdate()
    given = {"campaign": campaign, "starts_on": today, "ends_on": None}
    for by, fault in ((coordinator("east"), services.NoActiveMember), (coordinator(None), services.NotYourSide)):
        with pytest.raises(fault):
            services.name_health_worker(practitioner=person, by=by, **given)
    west = coordinator("west")
    services.name_health_worker(practitioner=person, by=west, **given)
    with pytest.raises(services.EntersAlready):
        services.name_health_worker(practitioner=person, by=west, **given)
    with pytest.raises(services.NoActiveMember):
        services.name_health_worker(practitioner=PractitionerFactory(side="west", state="applied"), by=west, **given)
    with pytest.raises(services.NoAwareness):
        services.name_health_worker(practitioner=person, by=west, **given | {"campaign": make.campaign()})


def test_only_its_side_ends_what_a_health_worker_enters(campaign: Campaign) -> None:
    make.health_worker(campaign, "west")
    worker = HealthWorker.objects.get()
    for by in (coordinator("east"), coordinator(None), worker.practitioner.user):
        with pytest.raises(services.NotYourSide):
            services.end_health_worker(worker=worker, by=by)
    assert HealthWorker.objects.get().ended_at is None


def test_a_side_names_nobody_in_a_campaign_that_it_does_not_know_of() -> None:
    east = make.aware(region=make.municipality("east").district.region)
    with pytest.raises(services.NotYourCampaign):
        make.health_worker(east, "west")
    assert make.health_worker(east, "east")


def test_only_who_entered_it_and_its_side_s_coordinators_put_an_activity_right(campaign: Campaign) -> None:
    worker, colleague = make.health_worker(campaign), make.health_worker(campaign)
    activity = make.activity(campaign, {WOMEN: 30}, by=worker)
    for by in (colleague, coordinator("east"), coordinator(None)):
        with pytest.raises(services.NotAReporter):
            correct(activity, Numbers({WOMEN: 1}), by=by)
    correct(activity, Numbers({WOMEN: 29}), by=worker)
    correct(activity, Numbers({WOMEN: 28}), by=coordinator("west"))
    services.end_health_worker(worker=HealthWorker.objects.get(practitioner__user=worker), by=coordinator("west"))
    with pytest.raises(services.NotAReporter):
        correct(activity, Numbers({WOMEN: 27}), by=worker)
    assert stands(activity).people == 28


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"on": timezone.localdate() + timedelta(days=1)}, services.NotInItsTime),
        ({"on": timezone.localdate() - timedelta(days=9)}, services.NotInItsTime),
        ({"reached": {}}, services.NobodyReached),
    ],
    ids=["to come", "before it began", "nobody"],
)
def test_an_activity_outside_of_its_campaign_or_of_nobody_is_refused(
    wrong: dict, fault: type[Exception], campaign: Campaign
) -> None:
    with pytest.raises(fault):
        make.activity(campaign, **wrong)


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_a_campaign_that_does_not_run_takes_no_activities(state: str) -> None:
    campaign = make.aware(state=state, region=make.municipality("west").district.region)
    with pytest.raises(services.NoActivitiesNow):
        make.activity(campaign)


def test_numbers_of_a_campaign_that_was_called_off_stay_as_they_are(campaign: Campaign) -> None:
    activity = make.activity(campaign)
    services.cancel_campaign(campaign=campaign, by=coordinator(None), reason="قتال")
    with pytest.raises(services.NoActivitiesNow):
        correct(activity, Numbers({WOMEN: 3}))
    assert stands(activity).people == 20


def test_late_reports_are_taken_after_the_close(campaign: Campaign) -> None:
    now = timezone.now()
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=now - timedelta(minutes=1))
    closed = services.follow_the_clock(campaign=campaign, now=now)
    assert closed.state == "closed"
    assert make.activity(closed)


def test_a_topic_with_activities_stays(campaign: Campaign) -> None:
    activity = make.activity(campaign)
    unused = campaign.topics.exclude(pk=activity.topic_id).get()
    by = coordinator(None)
    services.remove_part(part=unused, by=by)
    with pytest.raises(services.TopicUsed):
        services.remove_part(part=activity.topic, by=by)


def test_neither_another_campaign_s_topic_nor_anybody_s_name_is_taken(campaign: Campaign) -> None:
    worker = make.health_worker(campaign)
    other, stranger = make.aware().topics.order_by("pk").first(), PractitionerFactory(side="west")
    for wrong in ({"topic": other}, {"practitioner": stranger, "group": ""}):
        with pytest.raises(services.NotOffered):
            make.activity(campaign, by=worker, **wrong)
    assert make.activity(campaign, by=worker, practitioner=Practitioner.objects.get(user=worker), group="")


def test_it_is_announced_once_it_has_a_topic(campaign: Campaign) -> None:
    by = coordinator(None)
    Campaign.objects.filter(pk=campaign.pk).update(state="draft")
    topics = list(campaign.topics.all())
    campaign.topics.all().delete()
    with pytest.raises(services.Incomplete):
        services.announce_campaign(campaign=campaign, by=by)
    topics[0].save(force_insert=True)
    assert services.announce_campaign(campaign=campaign, by=by).state == "announced"
