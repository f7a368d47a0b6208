"""The requests to the pages of planning: the month, series, follow-ups, copies."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from dialogues.models import Session
from tests.security.requests import Request

SERIES_STEPS = ("publish", "cancel", "nonsense", "")
FOLLOW_UP_STEPS = ("create", "link", "part", "nonsense", "")


def month() -> Iterator[Request]:
    """Look at the months in which there are sessions of all sides."""
    base, now = reverse("admin:dialogues_session_month"), timezone.now()
    days = [now + timedelta(days=days) for days in (-7, 7, 20, 30)]
    for month in ("nonsense", "", *sorted({f"{timezone.localtime(day):%Y-%m}" for day in days})):
        yield Request(f"{base}?{urlencode({'month': month})}")


def pages(desk: Any, pk: Any, *, hidden: bool) -> Iterator[Request]:
    """Ask for each page of a session, and post forged rows to those that are not one's own."""
    rule = {"rule": "weekly", "count": 3, "until": ""}
    forged = {**desk.forged(pk), **rule, "key": str(uuid4()), "title_ar": "لقاء", "title_en": "Meeting"}
    forged |= {"day": "2031-01-05", "time": "10:00", "other": desk.others(Session)[0]}
    for name in ("plan", "series", "follow_up"):
        yield Request(desk.url(Session, name, pk), hidden=hidden)
    yield Request(f"{desk.url(Session, 'plan', pk)}?{urlencode(rule)}", hidden=hidden)
    if not hidden and pk in desk.mine(Session):
        return
    for number in (2, 3):
        forged |= {f"date-{number}-do": "other", f"date-{number}-day": f"2031-0{number}-05"}
        forged |= {f"date-{number}-time": "10:00"}
    yield Request(desk.url(Session, "plan", pk), forged, hidden=hidden)
    yield Request(desk.url(Session, "duplicate", pk), forged, hidden=hidden)
    for step in SERIES_STEPS:
        yield Request(desk.url(Session, "series", pk), {**forged, "do": step}, hidden=hidden)
    for step in FOLLOW_UP_STEPS:
        yield Request(desk.url(Session, "follow_up", pk), {**forged, "do": step}, hidden=hidden)
