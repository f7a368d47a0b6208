"""Invented campaigns and entries."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from campaigns import services
from campaigns.models import Campaign, Entry, Question
from campaigns.services import Entrant
from network.models import Municipality
from tests.factories.network import MunicipalityFactory

PHONE = "+218912345678"


def campaign(**fields: Any) -> Campaign:
    """Return a contest that takes entries, with its questions: how many were made, of which cloth, and in which words."""
    now = timezone.now()
    made = Campaign.objects.create(
        **{
            "slug": f"contest-{Campaign.objects.count() + 1}",
            "state": "open",
            "title_ar": "مسابقة الكمامة المنزلية",
            "title_en": "The homemade mask contest",
            "summary_ar": "اصنع عشرين كمامة وسلّم خمسًا.",
            "summary_en": "Make twenty masks and hand in five.",
            "rules_ar": "تُقبل كل كمامة من القماش.",
            "rules_en": "Any mask of cloth is taken.",
            "opens_at": now - timedelta(days=1),
            "closes_at": now + timedelta(days=30),
            "made_at_least": 20,
            "handed_at_least": 5,
            "created_at": now,
        }
        | fields
    )
    ask(
        made,
        "made",
        kind="number",
        counts_as="made",
        label_ar="كم كمامة صنعت؟",
        label_en="How many masks have you made?",
    )
    ask(
        made,
        "cloth",
        kind="choice",
        label_ar="أي قماش؟",
        label_en="Which cloth?",
        choices_ar="قطن\nكتان",
        choices_en="Cotton\nLinen",
        required=False,
    )
    ask(made, "words", kind="text", label_ar="كيف صنعتها؟", label_en="How did you make them?", required=False)
    return made


def ask(campaign: Campaign, key: str, **fields: Any) -> Question:
    return Question.objects.create(
        campaign=campaign, key=key, position=campaign.questions.count() + 1, **{"kind": "line"} | fields
    )


def entrant(**fields: Any) -> Entrant:
    place: Municipality | None = fields.pop("municipality", None) or MunicipalityFactory()
    return Entrant(**{"name": "سعاد المنزلي", "phone": PHONE, "municipality": place} | fields)


def entry(of: Campaign | None = None, **fields: Any) -> Entry:
    """Return an entry as it was just received."""
    return services.receive_entry(
        campaign=of or campaign(),
        uid=fields.pop("uid", None) or uuid.uuid4(),
        entrant=fields.pop("entrant", None) or entrant(),
        answers=fields.pop("answers", {"made": 24}),
        in_gallery=fields.pop("in_gallery", True),
        received_at=fields.pop("received_at", None) or timezone.now(),
        **fields,
    )
