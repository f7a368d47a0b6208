"""The demo's minutes: published ones with their decisions, a correction that waits, and a draft that names somebody."""

from datetime import timedelta

from django.utils import timezone

from dialogues import minutes, publication, services
from dialogues.enums import Readers
from dialogues.management.demo.programme import PLANS
from dialogues.models import Session
from dialogues.services import Item, Words
from network import selectors as network_selectors
from network.models import Region, User
from notifications import outbox

FIRST = Words(
    "التقى ممارسون صحيون من الجهات الثلاث في ثلاث قاعات يجمعها الاتصال المرئي. كان هذا أول لقاء من نوعه.\n\n"
    "اتفق الحاضرون على أن المريض لا يسأل عن الجهة التي جاء منها الدواء، وأن أكثر ما ينقص هو أن يعرف كل مرفق ما عند غيره.\n\n"
    "محضر غير حقيقي، لتجربة الموقع فقط.",
    "Health practitioners of the three sides met in three rooms joined by video. It was the first meeting of its kind.\n\n"
    "Those present agreed that a patient does not ask from which side a medicine came, and that what is missing most is for each "
    "facility to know what the others have.\n\n"
    "Invented minutes, for trying the site.",
)
FIRST_DECISIONS = [
    ("قائمة مشتركة بالأدوية المنقذة للحياة، تُحدَّث كل شهر.", "A common monthly list of life-saving medicines.", "regional", "east", 30),
    ("اجتماع ثانٍ خلال أسبوعين.", "A second meeting within two weeks.", "national", "", 14),
    ("رقم هاتف واحد للإحالة بين الجهات.", "One telephone number for referrals between the sides.", "facilities", "", None),
]  # fmt: skip
SECOND = Words(
    "تحدث الحاضرون عن الاعتداء على الطواقم الطبية.\n\n"
    "روى محمد سالم إبراهيم كيف أُغلق المركز الصحي يومين.\n\nالاقتراح: استمارة واحدة للتبليغ.",
    "Those present spoke of attacks on medical staff.\n\nMohamed Salem Ibrahim told how the health centre was closed for two days.",
)
REFERRAL = Words(
    "قُدّمت خطوات الإحالة من الجنوب إلى المستشفيات التخصصية، ثم الأوراق المطلوبة لكل حالة.\n\nمحضر غير حقيقي، لتجربة الموقع فقط.",
    "",
)
KEYS = frozenset({"first", "second", "referral"})
REASON = "كلمات عامة لا تدل على أحد."


def load(staff: dict[str, User]) -> None:
    """Write the minutes of the demo's past sessions."""
    sessions = {plan.key: Session.objects.get(title_en=plan.title_en) for plan in PLANS if plan.key in KEYS}
    today = timezone.localdate()
    sides = {region.code: region for region in Region.objects.all()}
    items = [
        Item(Words(ar, en), who, sides.get(side), today + timedelta(days=days) if days else None)
        for ar, en, who, side, days in FIRST_DECISIONS
    ]
    national, south = staff[""], staff["south"]

    first = sessions["first"]
    services.save_revision(session=first, words=Words(FIRST.ar, ""), items=items[:2], base=0, by=national)
    services.save_revision(session=first, words=FIRST, items=items, base=1, by=national)
    _publish(first, 2, Readers.EVERYBODY, national)

    second = sessions["second"]
    services.save_revision(session=second, words=SECOND, items=[], base=0, by=national)
    for text, side in (
        ("أُغلق المركز يومين بعد الحادث.", "east"),
        ("البلاغ يصل متأخرًا لأن الاستمارات مختلفة.", "west"),
    ):
        services.add_statement(session=second, text=text, side=sides[side], speaker=None, by=national)

    referral = sessions["referral"]
    services.save_revision(session=referral, words=REFERRAL, items=[], base=0, by=south)
    _publish(referral, 1, Readers.MEMBERS, south)
    corrected = Words(REFERRAL.ar.replace("ثم الأوراق", "ورقم الاتصال، ثم الأوراق"), "")
    services.save_revision(session=referral, words=corrected, items=[], base=1, by=south)


def _publish(session: Session, number: int, audience: str, by: User) -> None:
    """Publish it, with the words confirmed that may be names; its notices would come months after the session."""
    findings = minutes.look(session, minutes.latest(minutes.of_session(session)))
    confirmed = publication.fingerprint(findings)
    reason = REASON if findings else ""
    services.publish_minutes(
        session=session, number=number, audience=audience, by=by, confirmed=confirmed, reason=reason
    )
    outbox.withdraw(subject_ref=network_selectors.reference(session), kinds_=["minutes-published"])
