"""A clock that a test moves."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone


class Clock:
    """What `timezone.now` tells."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def set(self, now: datetime) -> None:
        self.now = now

    def forward(self, **time: float) -> datetime:
        """Let time pass, and return the new time."""
        self.now += timedelta(**time)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stop the clock; it moves only by hand."""
    stopped = Clock(timezone.now())
    monkeypatch.setattr(timezone, "now", lambda: stopped.now)
    return stopped
