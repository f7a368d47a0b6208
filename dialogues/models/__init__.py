from dialogues.models.floors import SeatFloor
from dialogues.models.registrations import Registration, WalkIn
from dialogues.models.sessions import Session, Site

__all__ = ["Registration", "SeatFloor", "Session", "Site", "WalkIn"]
