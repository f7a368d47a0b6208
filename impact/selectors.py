"""Public figures. Nothing under five people is told exactly."""

from typing import Any

from django.utils.translation import gettext

from dialogues import policies
from dialogues.enums import RegistrationState, SessionState
from dialogues.models import Registration, Session
from network.models import Practitioner


def figures() -> list[dict[str, Any]]:
    """Return what the network is in numbers: label and value as shown."""
    members = Practitioner.objects.active().count()
    held = Session.objects.filter(state__in=[SessionState.HELD, SessionState.CLOSED]).count()
    present = Registration.objects.filter(state=RegistrationState.ATTENDED).count()
    return [
        {"label": gettext("members"), "value": policies.shown_count(members)},
        {"label": gettext("sessions held"), "value": str(held)},
        {"label": gettext("seats filled"), "value": policies.shown_count(present)},
    ]
