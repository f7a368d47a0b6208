from needs.models.equipment import Asset
from needs.models.items import Item, ItemCategory
from needs.models.needs import Need, NeedEntry
from needs.models.pledges import ContactProof, Delivery, Leg, Pledge, UseCheck
from needs.models.surplus import Proposal, Surplus, SurplusEntry

__all__ = [
    "Asset",
    "ContactProof",
    "Delivery",
    "Item",
    "ItemCategory",
    "Leg",
    "Need",
    "NeedEntry",
    "Pledge",
    "Proposal",
    "Surplus",
    "SurplusEntry",
    "UseCheck",
]
