"""Invented outlets and what they told."""

import datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from campaigns.enums import DatePrecision, MediaKind, MediaState, Medium
from campaigns.models import Appearance, Outlet, Speaker
from network import search
from tests.factories.network import RegionFactory


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
