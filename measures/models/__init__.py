from measures.models.actions import Action, Evidence
from measures.models.digests import Digest
from measures.models.following import Following, LeaningVote
from measures.models.measures import Author, Comment, Measure, ParityReading, Version
from measures.models.votes import Ballot, RollEntry, SideRule, Vote, VoteClosing, VoteKey

__all__ = [
    "Action",
    "Author",
    "Ballot",
    "Comment",
    "Digest",
    "Evidence",
    "Following",
    "LeaningVote",
    "Measure",
    "ParityReading",
    "RollEntry",
    "SideRule",
    "Version",
    "Vote",
    "VoteClosing",
    "VoteKey",
]
