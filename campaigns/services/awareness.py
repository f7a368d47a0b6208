"""Awareness: who enters activities, what is entered, and how numbers are put right. Numbers are added, never changed."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import awareness, policies
from campaigns.awareness import Numbers
from campaigns.models import Activity, ActivityCorrection, Campaign, Handout, HealthWorker, Reached
from campaigns.services import campaigns
from campaigns.services.desks import FormUsed, NoActiveMember, NothingChanges
from network.enums import DomainError, MemberState
from network.models import Practitioner, User
from network.services import record_transition, require_seen

Key = TypeVar("Key")


class NotYourSide(DomainError):
    message = _("Only the coordinators of this person's side can do this.")


class NoAwareness(DomainError):
    message = _("Activities belong to an awareness campaign.")


class EntersAlready(DomainError):
    message = _("This person enters activities of this campaign already.")


class NotAReporter(DomainError):
    message = _("Only the coordinators of this side, and the community health workers whom they named, can enter this.")


class NoActivitiesNow(DomainError):
    message = _("No activities of this campaign are entered at the moment.")


class NotInItsTime(DomainError):
    message = _("The day has to lie within the campaign, and can't be still to come.")


class NotOffered(DomainError):
    message = _("Please choose a topic of this campaign, and somebody who enters its activities.")


class NobodyReached(DomainError):
    message = _("Please write how many people came, at least in one box.")


# --- who enters ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def name_health_worker(
    *, campaign: Campaign, practitioner: Practitioner, starts_on: date, ends_on: date | None, by: User
) -> HealthWorker:
    """Let a member enter what is done on their side, from a day to a day.

    Raises NotYourCampaign for a campaign that is not theirs to know of, NoAwareness, NoActiveMember, NotYourSide, EntersAlready.
    """
    known = Campaign.objects.visible_to(by).filter(pk=campaign.pk)
    if not known.exists():
        raise campaigns.NotYourCampaign
    campaign, now = campaigns.lock(campaign), timezone.now()
    if not campaign.is_awareness:
        raise NoAwareness
    person = Practitioner.objects.visible_to(by).filter(pk=practitioner.pk, state=MemberState.ACTIVE).first()
    if person is None or person.region_id is None:
        raise NoActiveMember
    if not policies.names_health_workers(by, person.region_id):
        raise NotYourSide
    if campaign.health_workers.filter(practitioner=person, ended_at__isnull=True).exists():
        raise EntersAlready
    row = HealthWorker.objects.create(
        campaign=campaign,
        practitioner=person,
        side_id=person.region_id,
        starts_on=starts_on,
        ends_on=ends_on,
        named_at=now,
        named_by=by,
    )
    record_transition(row, "create", from_state="", to_state="", by=by, at=now)
    return row


@transaction.atomic
def end_health_worker(*, worker: HealthWorker, by: User) -> HealthWorker:
    """Let somebody enter no more; what they entered stays. Doing it twice is the same as once. Raises NotYourSide."""
    worker = HealthWorker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
    if not policies.names_health_workers(by, worker.side_id):
        raise NotYourSide
    return _end(worker, by, timezone.now())


def _end(row: HealthWorker, by: User, at: datetime) -> HealthWorker:
    if row.ended_at is None:
        row.ended_at, row.ended_by = at, by
        row.save(update_fields=["ended_at", "ended_by"])
        record_transition(row, "edit", from_state="", to_state="", by=by, at=at, changes={"fields": ["ended_at"]})
    return row


@transaction.atomic
def give_up_activities(*, practitioner: Practitioner, by: User) -> None:
    """Let somebody who leaves or is suspended enter nowhere any more."""
    now = timezone.now()
    for row in HealthWorker.objects.filter(practitioner=practitioner, ended_at__isnull=True).order_by("pk"):
        _end(row, by, now)


# --- what is entered ----------------------------------------------------------------------------------------------------


def _require_reporter(campaign: Campaign, side_id: int, by: User) -> None:
    if side_id not in awareness.sides_of(campaign, by):
        raise NotAReporter


@transaction.atomic
def enter_activity(*, activity: Activity, numbers: Numbers, by: User) -> Activity:
    """Keep an activity with its numbers; the same `uid` again is the activity that is there, whatever came with it.

    Its side is that of its municipality. Raises NotAReporter, NoActivitiesNow, NotInItsTime, NobodyReached, NotOffered, FormUsed.
    """
    # Read, not locked: what is added here depends on no other row.
    campaign, now = Campaign.objects.get(pk=activity.campaign_id), timezone.now()
    activity.campaign = campaign
    activity.side = activity.municipality.district.region
    _require_reporter(campaign, activity.side_id, by)
    known = _entered_before(activity, by)
    if known:
        return known
    if not policies.takes_activities(campaign):
        raise NoActivitiesNow
    if not awareness.first_day(campaign) <= activity.on <= awareness.last_day(campaign):
        raise NotInItsTime
    if not numbers.people:
        raise NobodyReached
    held_by = activity.practitioner_id
    others = held_by and held_by not in {person.pk for person in awareness.leaders(campaign, by)}
    if others or activity.topic.campaign_id != campaign.pk:
        raise NotOffered
    activity.entered_at, activity.entered_by = now, by
    try:
        with transaction.atomic():
            activity.save(force_insert=True)
    except IntegrityError:
        # The same form from another tab, or the browser's second try.
        activity.pk = None
        if known := _entered_before(activity, by):
            return known
        raise
    _add(activity, numbers.reached, numbers.materials, None)
    return activity


def _entered_before(activity: Activity, by: User) -> Activity | None:
    known = Activity.objects.filter(uid=activity.uid).first()
    if known and (known.campaign_id, known.entered_by_id) != (activity.campaign_id, by.pk):
        raise FormUsed
    return known


def _add(
    activity: Activity,
    reached: Mapping[tuple[str, str], int],
    materials: Mapping[str, int],
    correction: ActivityCorrection | None,
) -> None:
    Reached.objects.bulk_create(
        Reached(activity=activity, sex=sex, age=age, people=people, correction=correction)
        for (sex, age), people in reached.items()
        if people
    )
    Handout.objects.bulk_create(
        Handout(activity=activity, what=what, pieces=pieces, correction=correction)
        for what, pieces in materials.items()
        if pieces
    )


@transaction.atomic
def correct_activity(
    *, activity: Activity, uid: uuid.UUID, seen: int, numbers: Numbers, why: str, by: User
) -> ActivityCorrection:
    """Say what the numbers of an activity should have been: rows of the difference. All at 0 strikes the activity out.

    The same `uid` again is the correction that is there; `seen` is how many corrections its writer knew of. By whoever entered it, as
    long as they may enter, and by the coordinators of the side. Raises NotAReporter, FormUsed, NoActivitiesNow, CorrectedMeanwhile,
    NothingChanges.
    """
    # Corrections of one activity follow each other, for each is a difference from what stands.
    activity = Activity.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=activity.pk)
    now = timezone.now()
    if not awareness.may_correct(activity, by):
        raise NotAReporter
    known = ActivityCorrection.objects.filter(uid=uid).first()
    if known:
        if known.activity_id != activity.pk:
            raise FormUsed
        return known
    if not policies.takes_activities(activity.campaign):
        raise NoActivitiesNow
    require_seen(activity.corrections.all(), seen)
    stands = awareness.numbers_of([activity])[activity.pk]
    reached = _more(numbers.reached, stands.reached)
    materials = _more(numbers.materials, stands.materials)
    if not reached and not materials:
        raise NothingChanges
    made = ActivityCorrection.objects.create(uid=uid, activity=activity, why=why, entered_at=now, entered_by=by)
    _add(activity, reached, materials, made)
    return made


def _more(wanted: Mapping[Key, int], stands: Mapping[Key, int]) -> dict[Key, int]:
    """Return what is to be added to what stands, below 0 too."""
    found = {key: wanted.get(key, 0) - stands.get(key, 0) for key in [*wanted, *(stands.keys() - wanted.keys())]}
    return {key: more for key, more in found.items() if more}
