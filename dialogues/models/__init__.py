from dialogues.models.broadcasts import Broadcast
from dialogues.models.cases import CaseStudy, CaseSubmission
from dialogues.models.feedback import FeedbackAnswer, FeedbackGiven
from dialogues.models.feeds import CalendarFeed
from dialogues.models.floors import SeatFloor
from dialogues.models.minutes import Attribution, Decision, Minutes, MinutesRevision, Statement
from dialogues.models.papers import AgendaItem, Certificate, Material
from dialogues.models.presence import Presence
from dialogues.models.registrations import Registration, WalkIn
from dialogues.models.rounds import SessionRound
from dialogues.models.series import Series
from dialogues.models.sessions import Session, Site

__all__ = [
    "AgendaItem",
    "Attribution",
    "Broadcast",
    "CalendarFeed",
    "CaseStudy",
    "CaseSubmission",
    "Certificate",
    "Decision",
    "FeedbackAnswer",
    "FeedbackGiven",
    "Material",
    "Minutes",
    "MinutesRevision",
    "Presence",
    "Registration",
    "SeatFloor",
    "Series",
    "Session",
    "SessionRound",
    "Site",
    "Statement",
    "WalkIn",
]
