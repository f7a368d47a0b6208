from outreach.views.public import coverage, overview
from outreach.views.referrals import referrals
from outreach.views.reports import correct_report, new_report, report_list
from outreach.views.trainings import correct_training, new_training

__all__ = [
    "correct_report",
    "correct_training",
    "coverage",
    "new_report",
    "new_training",
    "overview",
    "referrals",
    "report_list",
]
