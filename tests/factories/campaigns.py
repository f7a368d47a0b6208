"""Invented campaigns and entries, outlets and what they told."""

import datetime
import uuid
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from campaigns import services
from campaigns.awareness import Numbers
from campaigns.media_enums import DatePrecision, MediaKind, MediaState, Medium
from campaigns.models import (
    Activity,
    ActivityClosing,
    Appearance,
    Campaign,
    Criterion,
    Desk,
    Distribution,
    Entry,
    HandIn,
    Juror,
    Outlet,
    Prize,
    Question,
    Round,
    Speaker,
    Topic,
)
from campaigns.services import Entrant
from campaigns.services.campaigns import commit
from network import search
from network.models import Municipality, User
from notifications.models import Message
from tests.factories.network import (
    DistrictFactory,
    MunicipalityFactory,
    PractitionerFactory,
    RegionFactory,
    coordinator,
)

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


SIDES = ("west", "east", "south")


def judged(entries: int = 6, **fields: Any) -> Campaign:
    """Return a contest whose entries are closed and meet the conditions: of each side in turn, each of a municipality of its own."""
    now = timezone.now()
    made = campaign(**{"state": "judging", "closes_at": now - timedelta(hours=1)} | fields)
    commit(made, at=now - timedelta(days=1))
    Prize.objects.create(campaign=made, what_ar="جائزة", what_en="A prize", count=2)
    for number in range(entries):
        eligible(made, SIDES[number % 3])
    return made


def eligible(of: Campaign, side: str = "west", **fields: Any) -> Entry:
    """Return an entry that meets the conditions."""
    number = Entry.objects.count()
    given = {"name": f"مشارك {number}", "phone": f"+2189{number:08}", "municipality": municipality(side)} | fields
    answers = given.pop("answers", {"made": 24, "cloth": "1", "words": "خيطت طبقتين من القطن"})
    Campaign.objects.filter(pk=of.pk).update(closes_at=timezone.now() + timedelta(days=1))
    opened = Campaign.objects.get(pk=of.pk)
    Campaign.objects.filter(pk=of.pk).update(state="open")
    made = entry(opened, entrant=Entrant(**given), answers=answers)
    Campaign.objects.filter(pk=of.pk).update(closes_at=of.closes_at, state=of.state)
    Entry.objects.filter(pk=made.pk).update(state="eligible", confirmed_at=made.received_at)
    return Entry.objects.get(pk=made.pk)


def juror(of: Campaign, side: str | None = "west", *, by: User | None = None, **fields: Any) -> Juror:
    return services.name_juror(
        campaign=of, practitioner=PractitionerFactory(side=side, **fields), by=by or coordinator(None)
    )


def jury(of: Campaign, *sides: str | None) -> list[Juror]:
    by = coordinator(None)
    return [juror(of, side, by=by) for side in sides or ("west", "east", "south", None)]


def round_of(of: Campaign, kind: str = "scores", *, opened: bool = True, **fields: Any) -> Round:
    """Return a round of judging, with two criteria where it has marks; `opened` opens it."""
    position = of.rounds.count() + 1
    more = {"threshold": 50} if kind == "screening" else {}
    given = {"name_ar": f"جولة {position}", "name_en": f"Round {position}", "quorum": 2} | more | fields
    made = Round.objects.create(campaign=of, position=position, kind=kind, **given)
    if kind == "scores":
        for number, (arabic, english, weight) in enumerate((("الصنع", "Making", 2), ("الراحة", "Comfort", 1)), 1):
            Criterion.objects.create(
                round=made, position=number, label_ar=arabic, label_en=english, weight=weight, minimum=1, maximum=5
            )
    if not opened:
        return made
    return services.open_round(round_=made, by=coordinator(of.region.code if of.region else None))


def code_of(made: Entry) -> str:
    """Return the six digits that were sent last."""
    row = Message.objects.filter(kind="entry-received", context__entry=made.shown_code).order_by("-pk").first()
    return row.context["code"]


def confirmed(of: Campaign | None = None, **fields: Any) -> Entry:
    """Return an entry whose contact is proved."""
    made = entry(of, **fields)
    return services.confirm_contact(entry=made, typed=code_of(made))


def municipality(side: str) -> Municipality:
    return MunicipalityFactory(district=DistrictFactory(region=RegionFactory(code=side)))


def desk(of: Campaign | None = None, side: str = "west", **fields: Any) -> Desk:
    """Return an open desk of a side, kept by a coordinator of that side."""
    number, today = Desk.objects.count(), timezone.localdate()
    given = {
        "campaign": of or campaign(),
        "name_ar": f"مكتب {number}",
        "name_en": f"Desk {number}",
        "place_ar": "شارع النصر 7",
        "place_en": "7 Nasr Street",
        "municipality": municipality(side),
        "prefix": f"T{chr(65 + number)}",
        "opens_on": today - timedelta(days=1),
        "closes_on": today + timedelta(days=40),
    }
    return services.save_desk(desk=Desk(**given | fields), changed=(), by=coordinator(side))


def collector(of: Desk, **fields: Any) -> User:
    """Return the account of an active member who collects at a desk from today."""
    person = fields.pop("practitioner", None) or PractitionerFactory(side=of.side.code)
    given = {"starts_on": timezone.localdate(), "ends_on": None} | fields
    services.name_collector(desk=of, practitioner=person, by=coordinator(of.side.code), **given)
    return person.user


def hand_in(at: Desk, of: Entry, pieces: int, *, by: User | None = None, brought: int | None = None) -> HandIn:
    return services.count_hand_in(
        desk=at,
        entry=of,
        uid=uuid.uuid4(),
        brought=pieces if brought is None else brought,
        pieces=pieces,
        by=by or collector(at),
    )


def given_out(at: Desk, pieces: int, **fields: Any) -> Distribution:
    given = {
        "uid": uuid.uuid4(),
        "desk": at,
        "pieces": pieces,
        "municipality": at.municipality,
        "to_whom": "مستشفى الجلاء",
        "given_on": timezone.localdate(),
    }
    return services.record_distribution(given=Distribution(**given | fields), by=coordinator(at.side.code))


def aware(*topics: str, **fields: Any) -> Campaign:
    """Return an awareness campaign that runs, with its topics."""
    given = {"kind": "awareness", "slug": f"aware-{Campaign.objects.count() + 1}", "rules_ar": "", "rules_en": ""}
    made = campaign(**given | {"title_ar": "حملة التوعية", "title_en": "Wash your hands"} | fields)
    made.questions.all().delete()
    for position, name in enumerate(topics or ("Hand washing", "Masks"), 1):
        Topic.objects.create(campaign=made, position=position, name_ar=f"موضوع {position}", name_en=name)
    return made


def health_worker(of: Campaign, side: str = "west", **fields: Any) -> User:
    """Return the account of a member who enters activities of a side from today."""
    person = fields.pop("practitioner", None) or PractitionerFactory(side=side)
    given = {"starts_on": timezone.localdate(), "ends_on": None} | fields
    services.name_health_worker(campaign=of, practitioner=person, by=coordinator(side), **given)
    return person.user


def activity(
    of: Campaign,
    reached: dict[tuple[str, str], int] | int = 20,
    *,
    side: str = "west",
    by: User | None = None,
    **fields: Any,
) -> Activity:
    """Return an activity that a group held; a number are women of 15 to 24."""
    materials = fields.pop("materials", {})
    given = {
        "uid": uuid.uuid4(),
        "campaign": of,
        "topic": of.topics.order_by("pk").first(),
        "municipality": fields.pop("municipality", None) or municipality(side),
        "place": "مدرسة النصر",
        "on": timezone.localdate(),
        "group": "كشافة",
    }
    people = {("female", "15-24"): reached} if isinstance(reached, int) else reached
    numbers = Numbers(people, materials)
    return services.enter_activity(activity=Activity(**given | fields), numbers=numbers, by=by or coordinator(side))


def close(days: int = 45) -> ActivityClosing:
    """Close the month of today, as if it were so many days later."""
    closing = services.close_month(today=timezone.localdate() + timedelta(days=days))
    assert closing is not None
    return closing


def pledge(**fields: Any) -> Campaign:
    """Return a pledge that is open, with a question."""
    given = {"kind": "pledge", "slug": f"pledge-{Campaign.objects.count() + 1}", "photos_at_most": 0}
    made = campaign(
        **given
        | {"made_at_least": None, "handed_at_least": None, "title_ar": "أتعهد", "title_en": "I wear one"}
        | fields
    )
    made.questions.all().delete()
    ask(made, "family", kind="number", label_ar="كم أنتم؟", label_en="How many are you?", required=False)
    return made


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
