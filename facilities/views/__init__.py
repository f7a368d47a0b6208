from facilities.views.assessments import answers, assessment, assessments, close, finish, paper, readiness, reconcile
from facilities.views.claims import claim
from facilities.views.keepers import mine
from facilities.views.local_regions import local_region_contact, local_region_detail, local_region_list
from facilities.views.public import facility_detail, facility_list
from facilities.views.reports import report_month, report_months, report_picture
from facilities.views.upkeep import change, confirm, hide, say_services, upkeep, withdraw_change

__all__ = [
    "answers",
    "assessment",
    "assessments",
    "change",
    "claim",
    "close",
    "confirm",
    "facility_detail",
    "facility_list",
    "finish",
    "hide",
    "local_region_contact",
    "local_region_detail",
    "local_region_list",
    "mine",
    "paper",
    "readiness",
    "reconcile",
    "report_month",
    "report_months",
    "report_picture",
    "say_services",
    "upkeep",
    "withdraw_change",
]
