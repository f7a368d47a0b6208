from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from notifications.enums import MessageState


class MessageQuerySet(models.QuerySet):
    def claimable(self, now: datetime) -> Self:
        """Rows that are due and that no worker holds a lease on."""
        return self.filter(state__in=["due", "failed"], due_at__lte=now).filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        )

    def unsent(self) -> Self:
        return self.filter(state__in=[MessageState.FAILED, MessageState.GAVE_UP])
