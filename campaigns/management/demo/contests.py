"""Invented contests, made through the services as real ones are: one that takes entries, one that its jury looks at; and a draft."""

import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from campaigns import services
from campaigns.enums import CampaignKind, RoundKind
from campaigns.management.demo import awareness, finished, parts, pledges
from campaigns.management.demo.parts import Cast
from campaigns.models import Campaign, Desk, Distribution, Round


def load(cast: Cast) -> int:
    """Make all of them and return how many that is."""
    now = timezone.now()
    _running(cast, now)
    _judged(cast, now)
    _draft(cast)
    parts.rebuild_photos()
    finished.load(cast, now)
    awareness.load(cast, now)
    pledges.load(cast, now)
    return Campaign.objects.count()


def _running(cast: Cast, now: datetime) -> None:
    """A contest half-way: desks that count, entries in every state that one reaches before its jury."""
    by = cast.user("national.abroad")
    campaign = parts.contest(
        by, "homemade-mask-demo", now - timedelta(days=30), now + timedelta(days=40),
        title_ar="مسابقة الكمامة المنزلية (تجريبية)", title_en="The homemade mask contest (demo)",
        summary_ar="اصنع عشرين كمامة في بيتك، وسلّم خمسًا منها، وقد تفوز بجائزة.",
        summary_en="Make twenty masks at home, hand in five of them, and win a prize.",
        text_ar="كمامة من القماش تحمي جارك كما تحميك. مسابقة غير حقيقية، هدفها تجربة الموقع فقط.",
        text_en="A mask of cloth protects your neighbour as it protects you. An invented contest, for trying the site.",
        sponsor_ar="راعٍ تجريبي", sponsor_en="A demo sponsor",
    )  # fmt: skip
    services.follow_the_clock(campaign=campaign, now=now)
    desks = {side: _desk(cast, campaign, side, now) for side in parts.SIDES}
    for number, name in enumerate(parts.NAMES):
        side = parts.SIDES[number % 3]
        at = now - timedelta(days=29 - number)
        entry = parts.enter(cast, campaign, side, name, number, at, paper=number % 4 != 1, pictured=number % 3 == 0)
        if number % 5:
            parts.count(cast, desks[side], entry, 5 if number % 4 else 3)
    for side in ("west", "east"):
        given = Distribution(
            uid=uuid.uuid4(), desk=desks[side], pieces=4, municipality=desks[side].municipality, given_on=timezone.localdate(),
            to_whom="مركز صحي تجريبي",
        )  # fmt: skip
        services.record_distribution(given=given, by=cast.user(f"coordinator.{side}"))


def _judged(cast: Cast, now: datetime) -> None:
    """A contest whose entries are closed: the jury has begun."""
    by = cast.user("national.abroad")
    campaign = parts.contest(
        by, "first-mask-demo", now - timedelta(days=60), now - timedelta(days=2),
        title_ar="مسابقة الكمامة الأولى (تجريبية)", title_en="The first mask contest (demo)",
        summary_ar="أُغلق باب المشاركة، وتنظر لجنة التحكيم في المشاركات الآن.",
        summary_en="Entries are closed, and the jury looks at them now.",
        text_ar="مسابقة غير حقيقية، هدفها تجربة الموقع فقط.", text_en="An invented contest, for trying the site.",
    )  # fmt: skip
    desks = {side: _desk(cast, campaign, side, now) for side in parts.SIDES}
    for number, name in enumerate(parts.NAMES[:9]):
        side = parts.SIDES[number % 3]
        entry = parts.enter(
            cast, campaign, side, name, number, now - timedelta(days=40 - number), paper=True, pictured=True
        )
        parts.count(cast, desks[side], entry, 5)
    # Once to open it, once to close it.
    campaign = services.follow_the_clock(campaign=campaign, now=now)
    for login in ("member2.west", "member3.east", "member2.south", "member1.abroad"):
        services.name_juror(campaign=campaign, practitioner=cast.person(login), by=by)
    round_ = Round(
        campaign=campaign, kind=RoundKind.SCORES, quorum=2, go_on=5, name_ar="الجولة الأولى", name_en="First round"
    )
    services.save_round(round_=round_, changed=(), by=by)
    parts.criteria(round_, by)
    services.open_round(round_=round_, by=by)


def _desk(cast: Cast, campaign: Campaign, side: str, now: datetime) -> Desk:
    today = timezone.localdate(now)
    return parts.desk(cast, campaign, side, today - timedelta(days=30), today + timedelta(days=45))


def _draft(cast: Cast) -> None:
    by = cast.user("coordinator.west")
    parts.campaign(
        by, "hand-washing-demo", None, None, kind=CampaignKind.PLEDGE, region=cast.person("member1.west").region,
        title_ar="تعهّد غسل اليدين (اسم تجريبي)", title_en="The hand-washing pledge (demo)",
    )  # fmt: skip
