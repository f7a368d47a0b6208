"""What the demo's contests are made of: questions, prizes, desks, entrants of every side and what they bring."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Protocol

from django.utils import timezone

from campaigns import notices, photos, services
from campaigns.enums import Counts, QuestionKind
from campaigns.management.demo import drawings
from campaigns.models import Campaign, Criterion, Desk, Entry, Faq, Prize, Question, Round
from campaigns.services import Entrant
from network.models import Municipality, Practitioner, User

SIDES = ("west", "east", "south")
# side, P-code, letters of the receipts, Arabic and English name and place
DESKS = (
    ("west", "LY021104", "TRP", ("مكتب طرابلس", "Tripoli desk"), ("مقر الحملة، طرابلس المركز", "The campaign’s office, central Tripoli")),
    ("east", "LY010304", "BEN", ("مكتب بنغازي", "Benghazi desk"), ("مقر الحملة، بنغازي", "The campaign’s office, Benghazi")),
    ("south", "LY031901", "SEB", ("مكتب سبها", "Sebha desk"), ("مقر الحملة، سبها", "The campaign’s office, Sebha")),
)  # fmt: skip
PLACES = {side: pcode for side, pcode, *_rest in DESKS}
NAMES = (
    "سعاد", "حنان", "عبد السلام", "فوزية", "الهادي", "زهرة", "مبروكة", "صلاح", "نجلاء", "إدريس", "هناء", "فاطمة", "خيرية", "عائشة", "منصور",
)  # fmt: skip
WORDS = (
    "قطن من طبقتين، وبينهما قماش رقيق يُنزع ويُغسل.",
    "خيّطتها مع بناتي، ولكل كمامة شريطان من قماش قديم.",
    "كتان مغسول بماء ساخن قبل القص، وسلك رفيع عند الأنف.",
    "ثلاث طبقات، والوسطى من قماش لا يبتل بسرعة.",
)


RULES = (
    "عشرون كمامة على الأقل من صنع يدك، تسلّم منها خمسًا في أحد مكاتبنا. مشاركة واحدة لكل شخص. "
    "وتحكّم في المشاركات لجنة من كل الجهات دون أن تعرف أصحابها.",
    "At least twenty masks of your own making, five of them handed in at one of our desks. One entry a person. "
    "A jury of all sides judges without knowing whose an entry is.",
)


class Cast(Protocol):
    """The demo's people by their logins."""

    def user(self, login: str) -> User: ...

    def person(self, login: str) -> Practitioner: ...


def _at_hour(moment: datetime, hour: int) -> datetime:
    return timezone.localtime(moment).replace(hour=hour, minute=0, second=0, microsecond=0)


def campaign(by: User, slug: str, opens_at: datetime | None, closes_at: datetime | None, **texts: Any) -> Campaign:
    """Draft a campaign, from the morning of one of these days to the evening of the other."""
    opens_at, closes_at = (opens_at and _at_hour(opens_at, 8)), (closes_at and _at_hour(closes_at, 20))
    made = Campaign(slug=slug, opens_at=opens_at, closes_at=closes_at, **texts)
    return services.save_campaign(campaign=made, changed=(), by=by)


def fill(made: Campaign, by: User, *all_parts: Iterable[Any]) -> None:
    """Give a campaign its questions, prizes and so on, each kind in its order."""
    for parts in all_parts:
        for position, part in enumerate(parts, 1):
            part.campaign, part.position = made, position
            services.save_part(part=part, changed=(), by=by)


def contest(
    by: User, slug: str, opens_at: datetime, closes_at: datetime, *, prizes: tuple[int, int] = (3, 7), **texts: Any
) -> Campaign:
    """Announce a contest with its questions, prizes and frequent questions."""
    made = campaign(
        by, slug, opens_at, closes_at, made_at_least=20, handed_at_least=5,
        rules_ar=RULES[0], rules_en=RULES[1], **texts,
    )  # fmt: skip
    asked = (
        Question(key="made", kind=QuestionKind.NUMBER, counts_as=Counts.MADE, minimum=1, maximum=5000,
                 label_ar="كم كمامة صنعت؟", label_en="How many masks have you made?"),
        Question(key="cloth", kind=QuestionKind.CHOICE, label_ar="من أي قماش؟", label_en="Of which cloth?",
                 choices_ar="قطن\nكتان\nقماش آخر", choices_en="Cotton\nLinen\nAnother cloth"),
        Question(key="how", kind=QuestionKind.TEXT, required=False, label_ar="كيف صنعتها؟", label_en="How did you make them?"),
    )  # fmt: skip
    to_win = (
        Prize(count=prizes[0], what_ar="آلة خياطة", what_en="A sewing machine", donor_ar="راعٍ تجريبي", donor_en="A demo sponsor"),
        Prize(count=prizes[1], what_ar="حقيبة إسعافات أولية", what_en="A first-aid kit", donor_ar="راعٍ تجريبي", donor_en="A demo sponsor"),
    )  # fmt: skip
    faqs = (
        Faq(question_ar="هل أحتاج إلى حساب؟", question_en="Do I need an account?",
            answer_ar="لا. يكفي رقم هاتف أو بريد إلكتروني.", answer_en="No. A telephone number or an e-mail address is enough."),
        Faq(question_ar="ماذا لو انقطعت الشبكة وأنا أرسل؟", question_en="What if the network fails while I send?",
            answer_ar="اضغط مرة أخرى حين تعود الشبكة: لا تُسجَّل المشاركة مرتين.",
            answer_en="Press again when it is back: no entry counts twice."),
    )  # fmt: skip
    fill(made, by, asked, to_win, faqs)
    return services.announce_campaign(campaign=made, by=by)


def desk(
    cast: Cast, of: Campaign, side: str, opens_on: date, closes_on: date, *, collects_until: date | None = None
) -> Desk:
    """Open the desk of a side, at which one of its members collects from today on."""
    _side, pcode, letters, name, place = next(row for row in DESKS if row[0] == side)
    by = cast.user(f"coordinator.{side}")
    made = Desk(
        campaign=of, municipality=Municipality.objects.get(pcode=pcode), prefix=letters, opens_on=opens_on,
        closes_on=closes_on, name_ar=name[0], name_en=name[1], place_ar=place[0], place_en=place[1],
        hours_ar="من السبت إلى الخميس، من 10 صباحًا إلى 2 بعد الظهر", hours_en="Saturday to Thursday, 10:00 to 14:00",
    )  # fmt: skip
    services.save_desk(desk=made, changed=(), by=by)
    services.name_collector(
        desk=made, practitioner=cast.person(f"member4.{side}"), starts_on=timezone.localdate(), ends_on=collects_until, by=by
    )  # fmt: skip
    return made


def enter(
    cast: Cast, of: Campaign, side: str, name: str, number: int, at: datetime, *, paper: bool, pictured: bool
) -> Entry:
    """Enter somebody, on paper or through the website, with a photo or without."""
    entrant = Entrant(
        name=f"{name} (اسم تجريبي)", municipality=Municipality.objects.get(pcode=PLACES[side]),
        email="" if paper else f"entrant{number}@demo.jisr.invalid", phone="",
    )  # fmt: skip
    form = uuid.uuid4()
    if pictured:
        received = photos.received("mask.jpg", drawings.mask(number))
        services.keep_photos(campaign=of, form=form, came=[received], received_at=at)
    return services.receive_entry(
        campaign=of, uid=form, entrant=entrant, in_gallery=number % 4 != 2, received_at=at,
        answers={"made": 20 + 7 * number if number % 6 else 12, "cloth": str(1 + number % 3), "how": WORDS[number % len(WORDS)]},
        by=cast.user(f"coordinator.{side}") if paper else None,
    )  # fmt: skip


def count(cast: Cast, at: Desk, entry: Entry, pieces: int) -> None:
    """Let an entry bring five pieces, of which the desk counts so many."""
    collector = cast.user(f"member4.{at.side.code}")
    services.count_hand_in(desk=at, entry=entry, uid=uuid.uuid4(), brought=5, pieces=pieces, by=collector)


def rebuild_photos() -> None:
    """Do what a worker does: make the photos anew."""
    while photo := services.claim_photo(now=timezone.now()):
        services.rebuild_photo(photo=photo)


def criteria(round_: Round, by: User) -> None:
    """Let a round be judged by two criteria, of which the first weighs twice."""
    for position, (arabic, english, weight) in enumerate(
        (("إتقان الصنع", "Workmanship", 2), ("الراحة عند اللبس", "Comfort", 1)), 1
    ):
        criterion = Criterion(
            round=round_, position=position, label_ar=arabic, label_en=english, weight=weight, minimum=1, maximum=5
        )
        services.save_criterion(criterion=criterion, changed=(), by=by)


@contextmanager
def mailbox() -> Iterator[dict[int, str]]:
    """Give the codes that entrants are sent as long as this lasts, by their entries: the demo's entrants read them as real ones do."""
    codes: dict[int, str] = {}
    tell = notices.tell_receipt

    def told(entry: Entry, *, code: str, **more: Any) -> None:
        codes[entry.pk] = code
        tell(entry, code=code, **more)

    notices.tell_receipt = told
    try:
        yield codes
    finally:
        notices.tell_receipt = tell
