from dialogues.models.minutes import Attribution, Decision, Minutes, MinutesRevision, Statement
from dialogues.models.registrations import Registration, WalkIn
from dialogues.models.sessions import Session, Site

__all__ = [
    "Attribution",
    "Decision",
    "Minutes",
    "MinutesRevision",
    "Registration",
    "Session",
    "Site",
    "Statement",
    "WalkIn",
]
