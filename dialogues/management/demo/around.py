"""What goes out around the demo's sessions: feedback of those who were there, and a message to those who come."""

from itertools import chain, cycle, repeat
from typing import TYPE_CHECKING

from dialogues import services
from dialogues.enums import Audience, RegistrationState
from dialogues.management.demo import clock
from dialogues.models import Broadcast, Session
from dialogues.models.feedback import SCORES

if TYPE_CHECKING:
    from dialogues.management.demo.sessions import Programme

MARKS = ((5, 4, 3, 5), (4, 5, 4, 5), (5, 5, 2, 4), (3, 4, 4, 4), (5, 3, 3, 5), (4, 4, 5, 5), (2, 3, 3, 3))
WORDS = (
    "استفدت كثيرًا من تجارب الزملاء في المدن الأخرى.",
    "",
    "الصوت ينقطع حين تضعف الشبكة. نرجو تسجيل الخلاصة كتابةً.",
    "The two hours went by too fast; please leave more time for questions.",
    "",
    "أقترح أن نلتقي بعد أسبوعين لنرى ما تحقق.",
    "",
    "أعجبني أن كل قاعة تكلمت.",
)
SUBJECT_AR, SUBJECT_EN = "ما نرجو منك إحضاره", "What to bring along"
TEXT_AR = (
    "نرجو إحضار قائمة بالأدوية المنقذة للحياة التي نقصت في مرفقك خلال الشهرين الماضيين، دون أسماء مرضى.\n\n"
    "تُفتح القاعات قبل الموعد بنصف ساعة. (رسالة تجريبية)"
)
TEXT_EN = (
    "Please bring a list of the life-saving medicines that your facility ran short of in the last two months, without names of "
    "patients.\n\nThe rooms open half an hour before. (An invented message.)"
)


def load(programme: "Programme") -> None:
    """Let people answer after three sessions, and a coordinator write about one to come."""
    _answer(Session.objects.get(title_en=programme.plans["second"].title_en), leave_out=2)
    _answer(Session.objects.get(title_en=programme.plans["oxygen"].title_en), leave_out=0)
    _answer(Session.objects.get(title_en=programme.plans["referral"].title_en), leave_out=4)
    _write(programme)


def _answer(session: Session, *, leave_out: int) -> None:
    """Let those who were there answer, all but the last few."""
    present = session.registrations.filter(state=RegistrationState.ATTENDED).select_related("practitioner__user")
    people = [row.practitioner.user for row in present.order_by("pk")]
    with clock.just_ended(session):
        for user, marks, words in zip(
            people[: len(people) - leave_out], cycle(MARKS), chain(WORDS, repeat("")), strict=False
        ):
            scores = dict(zip(SCORES, marks, strict=True))
            services.give_feedback(session=session, scores=scores, text=words, by=user)


def _write(programme: "Programme") -> None:
    by = programme.staff[""]
    message = Broadcast(
        session=Session.objects.get(title_en=programme.plans["medicines"].title_en),
        audience=Audience.CONFIRMED,
        subject_ar=SUBJECT_AR,
        subject_en=SUBJECT_EN,
        text_ar=TEXT_AR,
        text_en=TEXT_EN,
    )
    message = services.write_broadcast(broadcast=message, by=by)
    services.try_broadcast(broadcast=message, by=by)
    services.send_broadcast(broadcast=message, text_sha256=message.text_sha256, by=by)
