from network.models.calendar import SpecialPeriod
from network.models.closings import ClosedMonth
from network.models.conduct import CodeOfConduct, ConductAcceptance
from network.models.jobs import Job
from network.models.journal import AppendOnlyModel, Transition
from network.models.people import Practitioner, RoleGrant, User
from network.models.places import District, Municipality, Region
from network.models.tenure import Tenure
from network.models.vocabularies import Condition, Profession, Specialty

__all__ = [
    "AppendOnlyModel",
    "ClosedMonth",
    "CodeOfConduct",
    "Condition",
    "ConductAcceptance",
    "District",
    "Job",
    "Municipality",
    "Practitioner",
    "Profession",
    "Region",
    "RoleGrant",
    "SpecialPeriod",
    "Specialty",
    "Tenure",
    "Transition",
    "User",
]
