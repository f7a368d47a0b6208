from dialogues.models.registrations import Registration, WalkIn
from dialogues.models.sessions import Session, Site

__all__ = ["Registration", "Session", "Site", "WalkIn"]
