from campaigns.models.campaigns import Campaign, Faq, Prize, Question
from campaigns.models.entries import ContactProof, Entry, Unfinished
from campaigns.models.media import Appearance, Outlet, Speaker

__all__ = [
    "Appearance",
    "Campaign",
    "ContactProof",
    "Entry",
    "Faq",
    "Outlet",
    "Prize",
    "Question",
    "Speaker",
    "Unfinished",
]
