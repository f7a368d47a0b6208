"""Invented campaigns and entries, outlets and what they told."""

import datetime
import uuid
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from campaigns import services
from campaigns.enums import DatePrecision, MediaKind, MediaState, Medium
from campaigns.models import Appearance, Campaign, Entry, Outlet, Question, Speaker
from campaigns.services import Entrant
from network import search
from network.models import Municipality
from tests.factories.network import MunicipalityFactory, RegionFactory

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


class OutletFactory(DjangoModelFactory):
    """An outlet of a side; `side=None` is of none."""

    class Meta:
        model = Outlet

    class Params:
        side = "west"

    name_ar = factory.Sequence(lambda n: f"قناة {n}")
    name_en = factory.Sequence(lambda n: f"Channel {n}")
    medium = Medium.TELEVISION
    region = factory.Maybe("side", factory.SubFactory(RegionFactory, code=factory.SelfAttribute("..side")), None)


class AppearanceFactory(DjangoModelFactory):
    """A published interview; `state="draft"` is for the desk alone."""

    class Meta:
        model = Appearance

    slug = factory.Sequence(lambda n: f"told-{n}")
    state = MediaState.PUBLISHED
    kind = MediaKind.INTERVIEW
    outlet = factory.SubFactory(OutletFactory)
    day = datetime.date(2021, 1, 9)
    precision = DatePrecision.DAY
    language = "ar"
    title_ar = factory.Sequence(lambda n: f"مقابلة {n}")
    title_en = factory.Sequence(lambda n: f"Interview {n}")
    created_at = factory.LazyFunction(timezone.now)
    changed_at = factory.LazyFunction(timezone.now)
    published_at = factory.LazyAttribute(lambda o: timezone.now() if o.state == MediaState.PUBLISHED else None)
    search = factory.LazyAttribute(lambda o: search.text_index(o.title_ar, o.title_en))


class SpeakerFactory(DjangoModelFactory):
    class Meta:
        model = Speaker

    appearance = factory.SubFactory(AppearanceFactory)
    name_ar = factory.Sequence(lambda n: f"متحدث {n}")
    name_en = factory.Sequence(lambda n: f"Speaker {n}")
