"""The demo's planning: a weekly series with a moved date, a follow-up, a room that is planned twice."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from dialogues import planning, services
from dialogues.enums import Listing, SeriesRule, SessionKind
from dialogues.management.demo import clock
from dialogues.management.demo.programme import Plan
from dialogues.models import Session

DATES = 8
ROUNDS = Plan(
    "rounds",
    SessionKind.CASE_STUDY,
    "جولة الحالات الأسبوعية",
    "Weekly case rounds",
    "حالة واحدة كل أسبوع من أحد مستشفيات الجهة، يعرضها من عالجها، ثم نصف ساعة للأسئلة.",
    "One case a week from a hospital of this side, told by those who treated it, then half an hour of questions.",
    {"misrata": 20, "online": 40},
    side="west",
    hours=1.5,
    listing=Listing.MEMBERS,
)
STOCK = Plan(
    "stock",
    SessionKind.WORKSHOP,
    "جرد مخازن الأدوية",
    "Counting the medicine stores",
    "مسودة: القاعة نفسها محجوزة في الوقت نفسه لجلسة مشتركة.",
    "A draft: a joint session has the same room at the same time.",
    {"tripoli": 15},
    side="west",
    hours=2,
    listing=Listing.MEMBERS,
)


def load(programme: Any) -> int:
    """Repeat one session, follow up another, let a third clash; return how many sessions came of it."""
    programme.plans |= {plan.key: plan for plan in (ROUNDS, STOCK)}
    medicines = Session.objects.get(title_en=programme.plans["medicines"].title_en)
    programme.draft("stock", medicines.starts_at + timedelta(hours=1))
    return _weekly(programme) + _follow_up(programme) + 1


def _weekly(programme: Any) -> int:
    """Repeat a session as its coordinator would: what is proposed is taken, all is published, one date is moved, one called off."""
    by = programme.staff["west"]
    # Tuesdays, so that the day after is none of the weekend.
    session = programme.draft("rounds", clock.saturday(1, 17) + timedelta(days=3))
    rows = planning.proposals(session, SeriesRule.WEEKLY, count=DATES)[1:]
    dates = [services.PlannedDate(row.planned, row.starts) for row in rows if row.do is not planning.Do.SKIP]
    services.plan_series(session=session, rule=SeriesRule.WEEKLY, count=DATES, dates=dates, key=uuid4(), by=by)
    session.refresh_from_db()
    services.publish_following(session=session, by=by)
    published = list(planning.of_series(session))
    moved = published[2]
    moved.starts_at += timedelta(days=1)
    moved.ends_at += timedelta(days=1)
    services.edit_session(session=moved, changed=["starts_at", "ends_at"], by=by)
    services.cancel_session(session=published[-2], by=by)
    programme.register(published[0], "online", ["member1.west", "member3.west", "member4.west"])
    return len(published)


def _follow_up(programme: Any) -> int:
    session = Session.objects.get(title_en=programme.plans["triage"].title_en)
    by, begins = programme.staff[""], timezone.localtime(session.starts_at) + timedelta(weeks=2)
    new = services.schedule_follow_up(
        session=session,
        title_ar=f"متابعة: {session.title_ar}",
        title_en=f"Follow-up: {session.title_en}",
        starts_at=clock.at((begins.date() - timezone.localdate()).days, 10),
        key=uuid4(),
        by=by,
    )
    services.publish_session(session=new, by=by)
    return 1
