"""What the demo's sessions have on paper: agendas with times and speakers, and a few materials made here."""

from dialogues import services
from dialogues.enums import AgendaKind, MaterialAudience, MaterialTime
from dialogues.management.demo.people import Cast
from dialogues.models import AgendaItem, Material, Session
from network.models import User

TALK, DISCUSSION, CASE, BREAK = AgendaKind.TALK, AgendaKind.DISCUSSION, AgendaKind.CASE, AgendaKind.BREAK
# Kind, minutes, title in Arabic and English, who speaks (logins), a guest.
AGENDAS: dict[str, list[tuple[str, int, str, str, tuple[str, ...], str]]] = {
    "first": [
        (TALK, 20, "تعارف", "Introductions", (), ""),
        (DISCUSSION, 60, "أصعب ما واجهنا هذا العام", "The hardest of this year", ("member1.west",), ""),
        (BREAK, 20, "استراحة", "Break", (), ""),
        (DISCUSSION, 60, "ما نتفق عليه", "What we agree on", (), ""),
        (TALK, 20, "موعد اللقاء القادم", "When we meet again", (), ""),
    ],
    "medicines": [
        (TALK, 30, "ما ينقص الآن", "What is missing now", ("member1.east",), ""),
        (DISCUSSION, 50, "قائمة مشتركة", "A common list", (), ""),
        (BREAK, 20, "استراحة", "Break", (), ""),
        (DISCUSSION, 80, "طريق آمن للتبادل", "A safe way of sharing", (), ""),
    ],
    "measles": [
        (CASE, 40, "من أول حالة إلى آخر حالة", "From the first case to the last", ("member2.east", "member5.west"), ""),
        (TALK, 30, "سلسلة التبريد تحت الضغط", "The cold chain under pressure", (), "د. ضيفة متخيَّلة"),
        (DISCUSSION, 50, "ماذا نغيّر عندنا؟", "What do we change at home?", (), ""),
    ],
    "oxygen": [
        (CASE, 45, "عشرة أيام بلا طريق", "Ten days without a road", ("member2.east",), ""),
        (DISCUSSION, 75, "ما كنا سنغيّره", "What we would change", (), ""),
    ],
}
INVENTED = "An invented paper, for trying the site."


def _pdf(title: str) -> bytes:
    """Return a page with a title and nothing on it that is true."""
    # Only the demo's loader pays for it.
    import fpdf  # noqa: PLC0415

    pdf = fpdf.FPDF()
    pdf.set_font("helvetica", size=20)
    pdf.add_page()
    pdf.multi_cell(0, 12, f"{title}\n\n{INVENTED}", align="C")
    return bytes(pdf.output())


def agenda(key: str, session: Session, cast: Cast, by: User) -> None:
    """Give a session the agenda of its plan, if it has one."""
    for kind, minutes, title_ar, title_en, speakers, guest in AGENDAS.get(key, ()):
        item = AgendaItem(
            session=session, kind=kind, offset=None, minutes=minutes, title_ar=title_ar, title_en=title_en, guest=guest
        )
        services.save_agenda_item(item=item, changed=(), by=by, speakers=[cast.person(login) for login in speakers])


def materials(key: str, session: Session, by: User) -> None:
    """Give a session with an agenda something to read before and after."""
    if key not in AGENDAS:
        return
    first = session.agenda_items.order_by("offset").first()
    paper = Material(
        session=session, item=first, title_ar="ورقة عمل للقراءة", title_en="A paper to read", language="en"
    )
    services.add_material(material=paper, upload=(f"{key}.pdf", _pdf(session.title_en)), by=by)
    for material in (
        Material(session=session, title_ar="موقع منظمة الصحة العالمية", title_en="World Health Organization", link="https://www.who.int/ar"),
        Material(
            session=session, title_ar="الجلسة بالصوت والصورة", title_en="The recording", link="https://meet.demo.jisr.invalid/recording",
            shown=MaterialTime.AFTER, audience=MaterialAudience.PRESENT,
        ),
    ):  # fmt: skip
        services.add_material(material=material, upload=None, by=by)
