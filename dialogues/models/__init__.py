from dialogues.models.presence import Presence
from dialogues.models.registrations import Registration, WalkIn
from dialogues.models.sessions import Session, Site

__all__ = ["Presence", "Registration", "Session", "Site", "WalkIn"]
