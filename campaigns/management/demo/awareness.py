"""An invented awareness campaign that runs: topics, community health workers of three sides, and what they have done so far."""

import uuid
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from campaigns import services
from campaigns.awareness import Numbers
from campaigns.enums import AgeGroup, CampaignKind, Sex, Why
from campaigns.management.demo import parts
from campaigns.management.demo.parts import Cast
from campaigns.models import Activity, Campaign, Topic
from network.management.demo import clock
from network.models import Municipality, User

SLUG = "soap-and-water-demo"
# So long ago that a month of it can be closed whichever day is today, with three activities of each side.
BEGAN = timedelta(days=84)
ACTIVITIES = 30
TOWNS = 4
TOPICS = (
    ("غسل اليدين", "Washing hands"),
    ("الماء النظيف في البيت", "Clean water at home"),
    ("الكمامة في الأماكن المزدحمة", "Masks where it is crowded"),
    ("تطعيم الأطفال", "Vaccination of children"),
)
PLACES = ("مدرسة تجريبية", "مركز صحي تجريبي", "ساحة السوق", "مسجد الحي", "قاعة النادي")
GROUPS = {"west": "كشافة المدينة (تجريبية)", "east": "جمعية نساء الحي (تجريبية)", "south": "شباب الواحة (تجريبيون)"}


def load(cast: Cast, now: datetime) -> None:
    """Make it, with one activity whose numbers were put right the day after."""
    begins = now - BEGAN
    with clock.at_time(begins - timedelta(days=5)):
        campaign = _announced(cast.user("national.abroad"), begins, now + timedelta(days=34))
    workers = {}
    with clock.at_time(begins):
        for side in parts.SIDES:
            person = cast.person(f"member6.{side}")
            services.name_health_worker(
                campaign=campaign, practitioner=person, starts_on=timezone.localdate(), ends_on=None,
                by=cast.user(f"coordinator.{side}"),
            )  # fmt: skip
            workers[side] = person.user
    with clock.at_time(begins + timedelta(days=1)):
        campaign = services.follow_the_clock(campaign=campaign, now=timezone.now())
    towns = {side: _towns(side) for side in parts.SIDES}
    for number in range(ACTIVITIES):
        side = parts.SIDES[number % 3]
        with clock.at_time(begins + (BEGAN - timedelta(days=2)) * (number + 1) / ACTIVITIES):
            activity = _held(cast, campaign, side, number, towns[side][number // 3 % TOWNS], workers[side])
    with clock.at_time(now - timedelta(days=1)):
        right = {(Sex.FEMALE, AgeGroup.ADULTS): 24, (Sex.MALE, AgeGroup.ADULTS): 9, (Sex.FEMALE, AgeGroup.CHILDREN): 17}
        services.correct_activity(
            activity=activity, uid=uuid.uuid4(), seen=0, numbers=Numbers(right, {"صابون": 30}), why=Why.MISTYPED,
            by=User.objects.get(pk=activity.entered_by_id),
        )  # fmt: skip
    services.close_month(today=timezone.localdate(now))


def _announced(by: User, opens_at: datetime, closes_at: datetime) -> Campaign:
    campaign = parts.campaign(
        by, SLUG, opens_at, closes_at, kind=CampaignKind.AWARENESS,
        title_ar="حملة الماء والصابون (تجريبية)", title_en="Soap and water (demo)",
        summary_ar="العاملون الصحيون المجتمعيون في المدارس والأسواق: كيف نحمي بعضنا بأبسط الأشياء.",
        summary_en="Community health workers in schools and markets: how we protect each other with the simplest things.",
        text_ar="حملة غير حقيقية، هدفها تجربة الموقع فقط. لا يُسجَّل اسم أحد ممن حضر، بل عددهم وحده.",
        text_en="An invented campaign, for trying the site. Nobody who came is named: only how many they were.",
    )  # fmt: skip
    parts.fill(campaign, by, [Topic(name_ar=arabic, name_en=english) for arabic, english in TOPICS])
    return services.announce_campaign(campaign=campaign, by=by)


def _towns(side: str) -> list[Municipality]:
    """Return some municipalities of a side, spread over its districts."""
    rows = Municipality.objects.filter(district__region__code=side).select_related("district__region").order_by("pcode")
    everywhere = list(rows)
    return everywhere[:: len(everywhere) // TOWNS][:TOWNS]


def _held(cast: Cast, campaign: Campaign, side: str, number: int, town: Municipality, worker: User) -> Activity:
    """Enter one activity: of the health worker themselves, or each fourth of a group, by the coordinator."""
    group = GROUPS[side] if number % 4 == 3 else ""
    by = cast.user(f"coordinator.{side}") if group else worker
    activity = Activity(
        uid=uuid.uuid4(), campaign=campaign, topic=campaign.topics.order_by("position")[number % len(TOPICS)], municipality=town,
        place=PLACES[number % len(PLACES)], on=timezone.localdate(), group=group, practitioner=None if group else worker.practitioner,
    )  # fmt: skip
    # Not for secrets: the same numbers each time.
    chance = Random(number)  # noqa: S311  # nosec B311
    most = {Sex.FEMALE: 32, Sex.MALE: 18}
    reached = {(sex, age): chance.randrange(most[sex]) for sex in Sex for age in AgeGroup}
    materials = {"صابون": 10 + chance.randrange(40), "مطويات": 20 + chance.randrange(60)}
    return services.enter_activity(activity=activity, numbers=Numbers(reached, materials), by=by)
