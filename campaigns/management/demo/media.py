"""Invented outlets of every side, what they told, and an entry that is still a draft."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from campaigns import services
from campaigns.media_enums import DatePrecision, MediaKind, Medium, SpeakerRole
from campaigns.models import Appearance, Outlet, Speaker
from network.enums import SpokenLanguage
from network.models import Region, User

# side, medium, Arabic and English name
OUTLETS = (
    ("east", Medium.RADIO, "راديو الميناء (اسم تجريبي)", "Harbour Radio (Demo)"),
    ("west", Medium.PRESS, "صحيفة المدينة (تجريبية)", "Medina Post (Demo)"),
    ("south", Medium.ONLINE, "موقع الواحة (اسم تجريبي)", "Oasis Online (Demo)"),
)
# Of what the school mask contest of this demo came to.
PRIZES = ("جوائز كمامة المدرسة", "Prizes for the school mask")


@dataclass(frozen=True, slots=True)
class Told:
    """One entry: which side's outlet, how many days ago, what."""

    side: str
    days: int
    kind: str
    title: tuple[str, str]
    speaker: tuple[str, str]
    programme: tuple[str, str] = ("", "")
    precision: str = DatePrecision.DAY
    language: str = SpokenLanguage.ARABIC
    published: bool = True


TOLD = (
    Told(
        "east", 12, MediaKind.INTERVIEW, ("لماذا تحتاج المستشفيات إلى قائمة واحدة؟", "Why hospitals need one list"),
        ("سالمة (تجريبية)", "Salma (Demo)"), ("صباح الصحة", "Health in the morning"),
    ),
    Told(
        "east", 60, MediaKind.REPORT, ("يوم مع وحدة طبية متنقلة", "A day with a mobile medical unit"),
        ("نوري (اسم تجريبي)", "Nuri (Demo)"), precision=DatePrecision.MONTH,
    ),
    Told(
        "west", 20, MediaKind.ARTICLE, ("ثلاث قاعات وحوار واحد", "Three rooms and one dialogue"),
        ("هالة (تجريبية)", "Hala (Demo)"), language=SpokenLanguage.ENGLISH,
    ),
    Told(
        "south", 33, MediaKind.REPORT, ("الأكسجين يصل إلى سبها", "Oxygen comes to Sebha"), ("عمر (اسم تجريبي)", "Omar (Demo)"),
    ),
    Told(
        "east", 2, MediaKind.REPORT, PRIZES, ("سالمة (تجريبية)", "Salma (Demo)"),
    ),
    Told(
        "south", 2, MediaKind.INTERVIEW, ("الولادة بعيدًا عن المدينة", "Giving birth far from the city"),
        ("مريم (تجريبية)", "Maryam (Demo)"), published=False,
    ),
)  # fmt: skip


def load(by: User) -> int:
    """Make all of them and return how many entries that is."""
    outlets: dict[str, Outlet] = {}
    for side, medium, arabic, english in OUTLETS:
        row = Outlet(medium=medium, region=Region.objects.get(code=side), name_ar=arabic, name_en=english)
        outlets[side] = services.keep_outlet(outlet=row, changed=(), by=by)
    for number, told in enumerate(TOLD, 1):
        appearance = Appearance(
            kind=told.kind, outlet=outlets[told.side], day=timezone.localdate() - timedelta(days=told.days),
            precision=told.precision, language=told.language, title_ar=told.title[0], title_en=told.title[1],
            programme_ar=told.programme[0], programme_en=told.programme[1], link=f"https://demo.jisr.invalid/media/{number}",
        )  # fmt: skip
        services.keep_appearance(appearance=appearance, changed=(), by=by)
        role = SpeakerRole.AUTHOR if told.kind == MediaKind.ARTICLE else SpeakerRole.SPEAKER
        speaker = Speaker(name_ar=told.speaker[0], name_en=told.speaker[1], role=role)
        services.keep_speakers(appearance=appearance, kept=[speaker], removed=[], by=by)
        if told.published:
            services.publish_appearance(appearance=appearance, by=by)
    return len(TOLD)
