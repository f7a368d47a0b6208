"""Invented series, and special times."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from dialogues import planning, services
from dialogues.enums import SeriesRule, SessionState
from dialogues.models import Session
from network.enums import PeriodEffect
from network.models import SpecialPeriod, User
from tests.factories.dialogues import SessionFactory


class SpecialPeriodFactory(DjangoModelFactory):
    """A public holiday of one day, observed on all sides, that moves sessions to the next working day."""

    class Meta:
        model = SpecialPeriod

    name_ar = factory.Sequence(lambda n: f"عطلة {n}")
    name_en = factory.Sequence(lambda n: f"Holiday {n}")
    first_day = date(2026, 12, 24)
    last_day = factory.LazyAttribute(lambda o: o.first_day)
    effect = PeriodEffect.SHIFT


def shown(text: str) -> datetime:
    """Return when the clock in Tripoli shows this, e.g. "2026-12-24 10:00"."""
    return planning.moment(datetime.fromisoformat(text))


def weekly(by: User, *, dates: int = 4, publish: bool = False, **fields: Any) -> list[Session]:
    """Return the sessions of a weekly series, drafts or published ones."""
    first = SessionFactory(state=SessionState.DRAFT, join_link="https://meet.example.org/x", **fields)
    planned = [first.starts_at + timedelta(weeks=n) for n in range(1, dates)]
    services.plan_series(
        session=first,
        rule=SeriesRule.WEEKLY,
        count=dates,
        dates=[services.PlannedDate(at, at) for at in planned],
        key=uuid4(),
        by=by,
    )
    first.refresh_from_db()
    if publish:
        services.publish_following(session=first, by=by)
    return list(planning.of_series(first))
