from outreach.models.closings import Closing, ToldFigure
from outreach.models.directory import Pathway, SafeSpace, Whereabouts
from outreach.models.trainings import Trained, Training, TrainingCorrection, TrainingTopic
from outreach.models.units import (
    DailyReport,
    MobileUnit,
    Referred,
    ReportCorrection,
    RoutePlan,
    Seen,
    Stop,
    TeamMember,
)

__all__ = [
    "Closing",
    "DailyReport",
    "MobileUnit",
    "Pathway",
    "Referred",
    "ReportCorrection",
    "RoutePlan",
    "SafeSpace",
    "Seen",
    "Stop",
    "TeamMember",
    "ToldFigure",
    "Trained",
    "Training",
    "TrainingCorrection",
    "TrainingTopic",
    "Whereabouts",
]
