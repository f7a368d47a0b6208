from dialogues.models.cases import CaseStudy, CaseSubmission
from dialogues.models.registrations import Registration, WalkIn
from dialogues.models.sessions import Session, Site

__all__ = ["CaseStudy", "CaseSubmission", "Registration", "Session", "Site", "WalkIn"]
