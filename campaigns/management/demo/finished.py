"""An invented contest that is over: screened, judged, decided by two people, told, published, its prizes given; each thing at its time."""

import uuid
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from campaigns import judging_selectors, services
from campaigns.enums import AwardState, PhotoState, RoundKind
from campaigns.management.demo import drawings, media, parts
from campaigns.management.demo.parts import Cast
from campaigns.models import Appearance, Assignment, Award, Campaign, Distribution, Entry, Photo, PrizeGiving, Round
from network import selectors as network_selectors
from network.management.demo import clock
from notifications import outbox

JURY = ("member5.west", "member5.east", "member3.south", "member2.abroad")
ENTRIES = 12
# Which the jury does not let through the first round, by their number.
SCREENED_OUT = (4, 9)
# Arabic and English: what the photos of the gallery show, each of its own colour.
SHOWN = (
    ("كمامة بنفسجية منقّطة بثلاث ثنيات", "A purple mask with dots and three folds"),
    ("كمامة بلون الفيروز، بشريطين للأذنين", "A teal mask with two loops for the ears"),
    ("كمامة خمرية من قماش سميك", "A wine-red mask of thick cloth"),
    ("كمامة زرقاء رمادية بخياطة مستقيمة", "A grey-blue mask with a straight seam"),
    ("كمامة خضراء بنقط بيضاء كثيرة", "A green mask with many white dots"),
    ("كمامة بنفسجية رمادية بنقط بيضاء", "A grey-violet mask with white dots"),
)
COMPLAINT = "لم تمرّ مشاركتي من الفرز. هل رأت اللجنة القماش الرقيق بين الطبقتين؟"
ANSWER = (
    "شكرًا لرسالتك. رأت اللجنة الصور وقرأت وصفك، ولم يرَ أكثر المحكّمين أن الكمامة تناسب وجوه الأطفال. "
    "تبقى النتيجة كما هي، ونرجو أن تشارك معنا مرة أخرى."
)


class Past:
    """The demo's people at work on one contest, in days before now."""

    def __init__(self, cast: Cast, now: datetime) -> None:
        self.cast, self.now = cast, now
        self.by, self.second = cast.user("national.abroad"), cast.user("national.west")
        self.campaign: Campaign
        self.entries: list[Entry] = []

    def moment(self, days: float) -> datetime:
        return self.now + timedelta(days=days)

    def at(self, days: float) -> AbstractContextManager[None]:
        return clock.at_time(self.moment(days))


def load(cast: Cast, now: datetime) -> None:
    """Make it from its announcement to its prize-giving."""
    past = Past(cast, now)
    _announce(past)
    _enter(past)
    _hand_in(past)
    _judge(past)
    _decide(past)
    _give(past)
    _complain(past)


def _announce(past: Past) -> None:
    with past.at(-100):
        campaign = parts.contest(
            past.by, "school-mask-demo", past.moment(-95), past.moment(-45), prizes=(1, 2),
            title_ar="مسابقة كمامة المدرسة (تجريبية)", title_en="The school mask contest (demo)",
            summary_ar="كمامات للتلاميذ من صنع البيوت: أُعلنت النتائج، وسُلّمت أول جائزة.",
            summary_en="Masks for pupils, made at home: the results are out, and the first prize is handed over.",
            text_ar="كمامات صغيرة تناسب وجوه الأطفال. مسابقة غير حقيقية، هدفها تجربة الموقع فقط.",
            text_en="Small masks that fit the faces of children. An invented contest, for trying the site.",
            sponsor_ar="راعٍ تجريبي", sponsor_en="A demo sponsor",
        )  # fmt: skip
        past.campaign = services.set_picture(
            campaign=campaign, content=drawings.mask(7), by=past.by,
            alt={"ar": "رسم لكمامة من القماش بثلاث ثنيات", "en": "A drawing of a cloth mask with three folds"},
        )  # fmt: skip
    _follow(past, -94)


def _follow(past: Past, days: float) -> None:
    with past.at(days):
        past.campaign = services.follow_the_clock(campaign=past.campaign, now=timezone.now())


def _enter(past: Past) -> None:
    """Let most enter through the website and prove their address, the others on paper, without one."""
    for number in range(ENTRIES):
        side = parts.SIDES[number % 3]
        with past.at(-90 + number), parts.mailbox() as codes:
            entry = parts.enter(
                past.cast, past.campaign, side, parts.NAMES[number], number, timezone.now(), paper=number % 4 == 3, pictured=number < 8
            )  # fmt: skip
            if entry.pk in codes:
                services.confirm_contact(entry=entry, typed=codes[entry.pk])
            past.entries.append(entry)
    with past.at(-78):
        parts.rebuild_photos()


def _hand_in(past: Past) -> None:
    last = timezone.localdate(past.moment(-43))
    with past.at(-70):
        opens = timezone.localdate()
        desks = {
            side: parts.desk(past.cast, past.campaign, side, opens, last, collects_until=last) for side in parts.SIDES
        }
    for number, entry in enumerate(past.entries):
        with past.at(-69 + number):
            parts.count(past.cast, desks[parts.SIDES[number % 3]], entry, 5)
    with past.at(-44):
        for side, desk in desks.items():
            given = Distribution(
                uid=uuid.uuid4(), desk=desk, pieces=18, municipality=desk.municipality, given_on=timezone.localdate(),
                to_whom="مدرسة تجريبية",
            )  # fmt: skip
            services.record_distribution(given=given, by=past.cast.user(f"coordinator.{side}"))


# --- the jury -------------------------------------------------------------------------------------------------------------


def _judge(past: Past) -> None:
    _follow(past, -44)
    with past.at(-43):
        for login in JURY:
            services.name_juror(campaign=past.campaign, practitioner=past.cast.person(login), by=past.by)
    first = Round(kind=RoundKind.SCREENING, threshold=50, name_ar="الفرز", name_en="Screening")
    _hold(past, first, 1, -42)
    second = Round(kind=RoundKind.SCORES, go_on=7, name_ar="الجولة الأخيرة", name_en="Last round")
    _hold(past, second, 2, -34)


def _hold(past: Past, round_: Round, position: int, days: float) -> None:
    """Open a round, let every juror speak, and close it."""
    round_.campaign, round_.position, round_.quorum = past.campaign, position, 2
    with past.at(days):
        services.save_round(round_=round_, changed=(), by=past.by)
        if round_.kind == RoundKind.SCORES:
            parts.criteria(round_, past.by)
        services.open_round(round_=round_, by=past.by)
        outbox.withdraw(subject_ref=network_selectors.reference(round_), kinds_=["judging-open"])
    numbers = {entry.pk: number for number, entry in enumerate(past.entries)}
    rows = Assignment.objects.filter(round=round_).held().select_related("juror__practitioner__user")
    criteria = [row.code for row in judging_selectors.criteria(round_)]
    with past.at(days + 3):
        for row in rows.order_by("pk"):
            said = _said(numbers[row.entry_id], row.juror_id, criteria)
            services.give_marks(assignment=row, value=said, by=row.juror.practitioner.user)
    with past.at(days + 7):
        services.close_round(round_=round_, by=past.by)


def _said(number: int, juror: int, criteria: list[str]) -> Any:
    if not criteria:
        return number not in SCREENED_OUT
    return {code: 2 + (number + juror * place) % 4 for place, code in enumerate(criteria)}


# --- what comes of it -------------------------------------------------------------------------------------------------------


def _decide(past: Past) -> None:
    """Propose, confirm, tell, hear the answers, publish."""
    with past.at(-15):
        decision = services.propose_results(campaign=past.campaign, by=past.by)
    with past.at(-14):
        services.confirm_results(campaign=past.campaign, sha256=decision.sha256, by=past.second)
    with past.at(-13):
        services.tell_winners(campaign=past.campaign, by=past.by)
        _tell_those_left(past)
    with past.at(-12):
        first, second, third = _standing(past)
        services.answer_award(entry=first.entry, accepts=True, name_shown=True, place_shown=True)
        services.answer_award(entry=second.entry, accepts=True, place_shown=True)
        services.answer_award(entry=third.entry, accepts=True)
    with past.at(-10):
        past.campaign = services.publish_results(campaign=past.campaign, by=past.by)


def _standing(past: Past) -> list[Award]:
    rows = Award.objects.filter(campaign=past.campaign).exclude(state=AwardState.DECLINED)
    return list(rows.select_related("entry", "prize").order_by("number"))


def _tell_those_left(past: Past) -> None:
    """Tell at the desk whoever entered on paper and gave no contact."""
    for award in _standing(past):
        if award.state == AwardState.DECIDED:
            services.tell_in_person(award=award, by=past.by)


def _give(past: Past) -> None:
    """Show the photos, hand over the first prize at the prize-giving; the third winner changes their mind, so that another moves up."""
    photos = Photo.objects.filter(entry__in=past.entries, entry__in_gallery=True, state=PhotoState.READY)
    with past.at(-9):
        for photo, (arabic, english) in zip(photos.order_by("pk"), SHOWN, strict=True):
            services.show_photo(photo=photo, alt_ar=arabic, alt_en=english, by=past.by)
        first, second, third = _standing(past)
        services.promise_award(award=first, day=timezone.localdate(past.moment(-3)), by=past.by)
        services.promise_award(award=second, day=timezone.localdate(past.moment(6)), by=past.by)
        giving = PrizeGiving(
            campaign=past.campaign, held_at=timezone.localtime(past.moment(-3)).replace(hour=11, minute=0, second=0, microsecond=0),
            place_ar="قاعة تجريبية، طرابلس", place_en="A demo hall, Tripoli",
            text_ar="سلّمنا أول جائزة أمام تلاميذ من ثلاث مدارس. ويتسلّم الآخرون جوائزهم في مدنهم.",
            text_en="The first prize was handed over before pupils of three schools. The others get theirs in their own towns.",
        )  # fmt: skip
        services.save_part(part=giving, changed=(), by=past.by)
    giving.appearances.set(Appearance.objects.filter(title_en=media.PRIZES[1]))
    with past.at(-3):
        services.deliver_award(award=first, upload=("receipt.jpg", drawings.receipt()), by=past.by)
    with past.at(-2):
        services.answer_award(entry=third.entry, accepts=False)
        _tell_those_left(past)


def _complain(past: Past) -> None:
    with past.at(-8):
        complaint = services.receive_complaint(
            entry=past.entries[SCREENED_OUT[0]], uid=uuid.uuid4(), text=COMPLAINT, received_at=timezone.now()
        )
    with past.at(-6):
        services.answer_complaint(complaint=complaint, upheld=False, answer=ANSWER, by=past.by)
