"""An invented pledge that runs, of people of every side; some have not proved their address yet."""

import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from campaigns import services
from campaigns.enums import CampaignKind, QuestionKind
from campaigns.management.demo import parts
from campaigns.management.demo.parts import Cast
from campaigns.models import Question
from campaigns.services import Entrant
from network.management.demo import clock
from network.models import Municipality

SLUG = "stay-home-demo"
PLEDGED = 24
# Of every eight, the last of whom has not proved their address.
OF_SIDES = (0, 1, 0, 2, 0, 1, 2, 1)


def load(cast: Cast, now: datetime) -> None:
    """Make it, with its counter well above nothing on each side."""
    by = cast.user("national.abroad")
    with clock.at_time(now - timedelta(days=22)):
        campaign = parts.campaign(
            by, SLUG, now - timedelta(days=21), now + timedelta(days=60), kind=CampaignKind.PLEDGE,
            title_ar="أبقى في البيت إذا مرضت (اسم تجريبي)", title_en="I stay at home when I am ill (demo)",
            summary_ar="تعهّد لجارك: إذا ظهرت عليك الأعراض بقيت في البيت ولبست الكمامة.",
            summary_en="A pledge to your neighbour: with symptoms you stay at home and wear a mask.",
            text_ar="تعهّد غير حقيقي، لتجربة الموقع فقط.", text_en="An invented pledge, for trying the site.",
        )  # fmt: skip
        asked = Question(
            key="home", kind=QuestionKind.NUMBER, required=False, minimum=1, maximum=40,
            label_ar="كم تسكنون في البيت؟", label_en="How many live in your home?",
        )  # fmt: skip
        parts.fill(campaign, by, [asked])
        services.announce_campaign(campaign=campaign, by=by)
    with clock.at_time(now - timedelta(days=20)):
        campaign = services.follow_the_clock(campaign=campaign, now=timezone.now())
    places = {side: Municipality.objects.get(pcode=pcode) for side, pcode in parts.PLACES.items()}
    for number in range(PLEDGED):
        moment = now - timedelta(days=20 - 19 * number / PLEDGED)
        entrant = Entrant(
            name=f"{parts.NAMES[number % len(parts.NAMES)]} (اسم تجريبي)", email=f"pledge{number}@demo.jisr.invalid",
            municipality=places[parts.SIDES[OF_SIDES[number % len(OF_SIDES)]]],
        )  # fmt: skip
        with clock.at_time(moment), parts.mailbox() as codes:
            entry = services.receive_entry(
                campaign=campaign, uid=uuid.uuid4(), entrant=entrant, answers={"home": 2 + number % 7}, in_gallery=False,
                received_at=timezone.now(),
            )  # fmt: skip
            if number % len(OF_SIDES) != len(OF_SIDES) - 1:
                services.confirm_contact(entry=entry, typed=codes[entry.pk])
