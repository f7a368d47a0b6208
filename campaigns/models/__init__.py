from campaigns.models.awareness import Activity, ActivityCorrection, Handout, HealthWorker, Reached, Topic
from campaigns.models.campaigns import Campaign, EntrantNotice, Faq, Prize, Question
from campaigns.models.closings import ActivityClosing, ToldFigure
from campaigns.models.desks import Desk, DeskCollector, Distribution, HandIn
from campaigns.models.duplicates import DuplicatePair
from campaigns.models.entries import ContactProof, Entry, Unfinished
from campaigns.models.judging import Assignment, Conflict, Criterion, Juror, Lot, Mark, ResultSheet, Round, RoundEntry
from campaigns.models.media import Appearance, Outlet, Speaker
from campaigns.models.photos import Photo
from campaigns.models.results import Award, Complaint, Decision, GalleryItem, PrizeGiving

__all__ = [
    "Activity",
    "ActivityClosing",
    "ActivityCorrection",
    "Appearance",
    "Assignment",
    "Award",
    "Campaign",
    "Complaint",
    "Conflict",
    "ContactProof",
    "Criterion",
    "Decision",
    "Desk",
    "DeskCollector",
    "Distribution",
    "DuplicatePair",
    "EntrantNotice",
    "Entry",
    "Faq",
    "GalleryItem",
    "HandIn",
    "Handout",
    "HealthWorker",
    "Juror",
    "Lot",
    "Mark",
    "Outlet",
    "Photo",
    "Prize",
    "PrizeGiving",
    "Question",
    "Reached",
    "ResultSheet",
    "Round",
    "RoundEntry",
    "Speaker",
    "ToldFigure",
    "Topic",
    "Unfinished",
]
