from facilities.models.assessments import Answer, Assessment, Assessor, Reconciled
from facilities.models.availability import ServiceStatus
from facilities.models.closings import MonthClosing, ToldSum
from facilities.models.imports import FacilityImport, ImportRow
from facilities.models.local_regions import ContactPerson, Grouping, LocalRegion
from facilities.models.registry import Claim, Facility, OtherName, Posting, Record, Settlement, Source
from facilities.models.reports import Indicator, MonthlyReport, ReportValue
from facilities.models.upkeep import ChangeRequest, Confirmation, StillRightAsked
from facilities.models.vocabularies import Edition, FacilityType, ServiceDomain, TracerItem

__all__ = [
    "Answer",
    "Assessment",
    "Assessor",
    "ChangeRequest",
    "Claim",
    "Confirmation",
    "ContactPerson",
    "Edition",
    "Facility",
    "FacilityImport",
    "FacilityType",
    "Grouping",
    "ImportRow",
    "Indicator",
    "LocalRegion",
    "MonthClosing",
    "MonthlyReport",
    "OtherName",
    "Posting",
    "Reconciled",
    "Record",
    "ReportValue",
    "ServiceDomain",
    "ServiceStatus",
    "Settlement",
    "Source",
    "StillRightAsked",
    "ToldSum",
    "TracerItem",
]
