from dialogues.models.papers import AgendaItem, Certificate, Material
from dialogues.models.registrations import Registration, WalkIn
from dialogues.models.sessions import Session, Site

__all__ = ["AgendaItem", "Certificate", "Material", "Registration", "Session", "Site", "WalkIn"]
