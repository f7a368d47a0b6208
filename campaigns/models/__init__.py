from campaigns.models.campaigns import Campaign, Faq, Prize, Question
from campaigns.models.entries import ContactProof, Entry, Unfinished

__all__ = ["Campaign", "ContactProof", "Entry", "Faq", "Prize", "Question", "Unfinished"]
