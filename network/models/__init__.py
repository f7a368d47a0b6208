from network.models.calendar import SpecialPeriod
from network.models.conduct import CodeOfConduct, ConductAcceptance
from network.models.journal import Transition
from network.models.people import Practitioner, RoleGrant, User
from network.models.places import District, Municipality, Region
from network.models.vocabularies import Condition, Profession, Specialty

__all__ = [
    "CodeOfConduct",
    "Condition",
    "ConductAcceptance",
    "District",
    "Municipality",
    "Practitioner",
    "Profession",
    "Region",
    "RoleGrant",
    "SpecialPeriod",
    "Specialty",
    "Transition",
    "User",
]
