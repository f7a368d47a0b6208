from dialogues.models.registrations import Registration, WalkIn
from dialogues.models.series import Series
from dialogues.models.sessions import Session, Site

__all__ = ["Registration", "Series", "Session", "Site", "WalkIn"]
