"""12 September 2020, replayed from the parts: 28 practitioners of three sides met in Tripoli, Benghazi and Sebha, and agreed to meet again.

All people are invented; places and professions are the reference data.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from dialogues import selectors, services, tasks
from dialogues.enums import Listing, RegistrationState, SessionKind, SessionState
from dialogues.models import Session, Site
from network import selectors as network_selectors, services as network_services
from network.models import Municipality, Practitioner, Profession, Region, User
from notifications import relay
from notifications.outbox import Message, MessageState
from tests.clock import Clock
from tests.desk import at_the_desk
from tests.factories.network import coordinator

TRIPOLI = ZoneInfo("Africa/Tripoli")
THE_DAY = datetime(2020, 9, 12, 10, tzinfo=TRIPOLI)
ARABIC = re.compile("[\u0600-\u06ff]")
LATIN_WORD = re.compile("[A-Za-z]{2,}")
ADDRESSES = re.compile(r"\S+@\S+|https?://\S+")

# Side, room, municipality, seats; then who comes: the name in each script, profession (ISCO-08), language, discreet.
ROOMS = {
    "west": ("قاعة كلية الطب", "Faculty of Medicine Hall", "طرابلس المركز", "LY021104", 12),
    "east": ("قاعة المستشفى التعليمي", "Teaching Hospital Hall", "بنغازي", "LY010304", 9),
    "south": ("قاعة المركز الطبي", "Medical Centre Hall", "سبها", "LY031901", 7),
}
PEOPLE = {
    "west": [
        ("سالم المبروك", "Salem Almabrouk", "2212", "ar", True),
        ("مريم الشريف", "Mariam Alsharif", "2221", "ar", False),
        ("طارق الزنتاني", "Tariq Zintani", "2211", "en", False),
        ("هدى القماطي", "Huda Gammati", "2262", "ar", False),
        ("نوري البوسيفي", "Nuri Busaifi", "1342", "ar", False),
        ("آمنة الترهوني", "Amna Tarhuni", "2222", "en", True),
        ("خالد الغرياني", "Khaled Gharyani", "3212", "ar", False),
        ("رجب المصراتي", "Rajab Misrati", "2261", "ar", False),
        ("ليلى الزليطني", "Laila Zliteni", "2634", "en", False),
        ("عمر الورفلي", "Omar Warfalli", "2212", "ar", True),
        ("سعاد الخمسي", "Suad Khomsi", "3221", "ar", False),
        ("وليد النالوتي", "Walid Naluti", "2240", "ar", False),
    ],
    "east": [
        ("فاطمة العبيدي", "Fatima Obeidi", "2212", "ar", False),
        ("يوسف البرعصي", "Yousef Baraasi", "2211", "en", False),
        ("نجوى الدرسي", "Najwa Dersi", "2221", "ar", True),
        ("إدريس المغربي", "Idris Maghrabi", "2262", "ar", False),
        ("حنان العقوري", "Hanan Agouri", "2222", "ar", False),
        ("مفتاح الفرجاني", "Muftah Ferjani", "3211", "en", True),
        ("سميرة الكوافي", "Samira Kwafi", "2635", "ar", False),
        ("جمعة المسماري", "Juma Mismari", "1342", "ar", False),
        ("بدرية الزوي", "Badria Zway", "3253", "ar", False),
    ],
    "south": [
        ("محمد التارقي", "Mohamed Tarqi", "2212", "ar", False),
        ("عائشة التباوي", "Aisha Tebawi", "2221", "ar", False),
        ("أبو بكر السبهاوي", "Abubakr Sebhawi", "2211", "en", False),
        ("زينب الفزاني", "Zainab Fezzani", "2222", "ar", True),
        ("علي القطروني", "Ali Gatruni", "3212", "ar", False),
        ("سليمان الأوجلي", "Suleiman Awjili", "2240", "en", False),
        ("خديجة الحساوي", "Khadija Hasawi", "3256", "ar", False),
    ],
}
ABSENT = ["Nuri Busaifi", "Badria Zway"]


@dataclass(frozen=True)
class Cast:
    """Who takes part."""

    national: User
    regional: dict[str, User]
    members: dict[str, list[Practitioner]]

    def everybody(self) -> list[Practitioner]:
        return [person for people in self.members.values() for person in people]


def parsed(mail: EmailMultiAlternatives) -> EmailMessage:
    """Return a mail as its reader's program sees it."""
    message = BytesParser(policy=default).parsebytes(mail.message().as_bytes())
    assert isinstance(message, EmailMessage)
    return message


class Letterbox:
    """What has been sent so far; each mail is looked at as it arrives."""

    def __init__(self, sent: list[EmailMultiAlternatives], cast: Cast) -> None:
        self.sent, self.cast, self.read = sent, cast, 0

    def fetch(self) -> dict[int, list[str]]:
        """Let the relay send; check each new mail and return the kinds of notice by account."""
        relay.drain()
        assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}
        new, self.read = self.sent[self.read :], len(self.sent)
        got: dict[int, list[str]] = {}
        for mail in new:
            message = parsed(mail)
            row = Message.objects.get(pk=int(str(message["Message-ID"]).partition("-")[2].partition("@")[0]))
            reader = User.objects.get(pk=row.recipient_id)
            assert message["To"] == reader.email
            self.is_in_the_language_of(reader, message)
            self.names_nobody_else(reader, message)
            got.setdefault(reader.pk, []).append(row.kind)
        return got

    def is_in_the_language_of(self, reader: User, message: EmailMessage) -> None:
        body = message.get_body(("plain",)).get_content()
        page = message.get_body(("html",)).get_content()
        words = ADDRESSES.sub("", f"{message['Subject']}\n{body}")
        assert f'lang="{reader.language}"' in page
        if reader.language == "ar":
            assert ARABIC.search(str(message["Subject"]))
            assert LATIN_WORD.findall(words) == []
        else:
            assert ARABIC.findall(words) == []

    def names_nobody_else(self, reader: User, message: EmailMessage) -> None:
        text = "\n".join(part.get_content() for part in message.walk() if part.get_content_maintype() == "text")
        named = [
            person.pk
            for person in self.cast.everybody()
            if person.user_id != reader.pk and (person.name_ar in text or person.name_latin in text)
        ]
        assert named == []


def joins(side: str, number: int, line: tuple[str, str, str, str, bool]) -> Practitioner:
    """Let somebody make an account and apply for membership with their profile and the code of conduct."""
    name_ar, name_latin, profession, language, discreet = line
    user = User.objects.create_user(f"{side}{number}@example.org", language=language, discreet=discreet)
    conduct = network_selectors.conduct_in_force()
    return network_services.apply_for_membership(
        user=user,
        profile={
            "name_ar": name_ar,
            "name_latin": name_latin,
            "profession": Profession.objects.get(code=profession),
            "municipality": Municipality.objects.get(pcode=ROOMS[side][3]),
            "languages": ["ar"],
        },
        conduct=conduct,
        language=language,
        text_sha256=conduct.sha256_in(language),
    )


def schedules(cast: Cast, title_ar: str, title_en: str, starts_at: datetime) -> Session:
    """Let the national coordinator make and publish a joint session in the three rooms."""
    by = cast.national
    session = services.create_session(
        session=Session(
            kind=SessionKind.DIALOGUE,
            title_ar=title_ar,
            title_en=title_en,
            summary_ar="ما تحتاجه المستشفيات الآن، وما نتفق عليه معًا.",
            summary_en="What hospitals need now, and what we agree on together.",
            listing=Listing.INVITED,
            abroad_invited=False,
            chatham_house=True,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=4),
        ),
        by=by,
    )
    for name_ar, name_en, _, pcode, seats in ROOMS.values():
        site = Site(
            session=session,
            name_ar=name_ar,
            name_en=name_en,
            municipality=Municipality.objects.get(pcode=pcode),
            seats=seats,
        )
        services.save_site(site=site, changed=[], by=by)
    services.set_people(session=session, by=by, invited_regions=list(Region.objects.all()))
    return services.publish_session(session=session, by=by)


def pages_of(coordinator: User, session: Session) -> str:
    """Return all that a coordinator reads of a session at the desk, and of the people who wait for them."""
    client = at_the_desk(coordinator)
    with translation.override("en"):
        urls = [
            reverse(f"admin:dialogues_session_{page}", args=[session.pk])
            for page in ("change", "attendance", "people", "sheet")
        ]
        urls += [reverse("admin:network_practitioner_changelist"), reverse("admin:index")]
    responses = [client.get(url) for url in urls]
    assert [response.status_code for response in responses] == [200] * len(urls)
    return "\n".join(response.content.decode() for response in responses)


@pytest.mark.django_db
def test_the_twelfth_of_september(clock: Clock, mailoutbox: list[EmailMultiAlternatives], capsys: Any) -> None:
    clock.set(THE_DAY - timedelta(days=20))
    call_command("load_reference")
    capsys.readouterr()
    cast = Cast(
        national=coordinator(None, language="ar"),
        regional={
            "west": coordinator("west", language="ar"),
            "east": coordinator("east", language="en"),
            "south": coordinator("south"),
        },
        members={},
    )
    letterbox = Letterbox(mailoutbox, cast)

    # Twenty-eight join; each coordinator hears of it once, sees their own, and verifies them.
    for side, lines in PEOPLE.items():
        cast.members[side] = [joins(side, number, line) for number, line in enumerate(lines)]
    assert len(cast.everybody()) == 28
    assert letterbox.fetch() == {by.pk: ["membership-applied"] for by in cast.regional.values()}
    for side, by in cast.regional.items():
        assert list(network_selectors.verification_queue(by)) == cast.members[side]
        other = next(person for person in cast.everybody() if person.region.code != side)
        with pytest.raises(network_services.NotYourSide):
            network_services.verify(practitioner=other, by=by)
        for person in cast.members[side]:
            network_services.verify(practitioner=person, by=by)
    assert Practitioner.objects.active().count() == 28
    assert letterbox.fetch() == {person.user_id: ["membership-verified"] for person in cast.everybody()}

    # A joint session with three rooms is published, and everybody signs up for the room of their town.
    clock.forward(days=3)
    session = schedules(cast, "الاستعداد للموجة الثانية", "Preparing for the second wave", THE_DAY)
    assert letterbox.fetch() == {person.user_id: ["session-published"] for person in cast.everybody()}
    rooms = {
        site.municipality.district.region.code: site
        for site in session.sites.select_related("municipality__district__region")
    }
    for side, people in cast.members.items():
        for person in people:
            seat = services.register(session=session, site=rooms[side], practitioner=person, by=person.user)
            assert seat.state == RegistrationState.CONFIRMED
    assert {side: (site.seats, Site.objects.get(pk=site.pk).taken) for side, site in rooms.items()} == {
        "west": (12, 12),
        "east": (9, 9),
        "south": (7, 7),
    }
    assert letterbox.fetch() == {person.user_id: ["seat-confirmed"] for person in cast.everybody()}

    # A day and an hour before, all are reminded, once each.
    reminded = []
    for before in (timedelta(days=1), timedelta(hours=1)):
        clock.set(THE_DAY - before)
        for _ in range(3):
            tasks.remind()
            clock.forward(minutes=5)
        reminded.append(letterbox.fetch())
    assert reminded == [
        {person.user_id: [kind] for person in cast.everybody()}
        for kind in ("session-reminder", "session-reminder-hour")
    ]

    # The day: each coordinator ticks their own; what they read holds no name of another side.
    clock.set(THE_DAY + timedelta(minutes=10))
    for side, by in cast.regional.items():
        expected = list(selectors.attendance_list(session, by))
        assert {row.practitioner for row in expected} == set(cast.members[side])
        for row in expected:
            if row.practitioner.name_latin not in ABSENT:
                services.mark(registration=row, as_="present", by=by)
        foreign = next(row for row in session.registrations.select_related("side") if row.side.code != side)
        with pytest.raises(services.NotYoursToMark):
            services.mark(registration=foreign, as_="present", by=by)
    for side, by in cast.regional.items():
        read = pages_of(by, session)
        for person in cast.everybody():
            shown = person.name_ar in read or person.name_latin in read
            assert shown is (person.region.code == side), (side, person.name_latin)
    clock.set(session.ends_at)
    services.close_attendance(session=session, by=cast.national)
    counts = {
        row["side"].code: (row["present"], row["absent"]) for row in selectors.counts_by_side(session) if row["side"]
    }
    assert counts == {"west": (11, 1), "east": (8, 1), "south": (7, 0)}
    assert Session.objects.get(pk=session.pk).state == SessionState.CLOSED
    there = session.registrations.filter(state="attended").values_list("practitioner__user_id", flat=True)
    assert letterbox.fetch() == {user: ["certificate-issued"] for user in there}

    # They meet again within two weeks.
    again = schedules(cast, "متابعة ما اتفقنا عليه", "What became of what we agreed on", THE_DAY + timedelta(days=14))
    assert letterbox.fetch() == {person.user_id: ["session-published"] for person in cast.everybody()}
    assert again.starts_at - session.starts_at == timedelta(days=14)

    # 3 to coordinators; to each of 28: verified, two invitations, a seat, two reminders; to each of 26 a certificate.
    assert len(mailoutbox) == 3 + 28 * 6 + 26
    assert Message.objects.exclude(state=MessageState.SENT).count() == 0

    # The judges of the mails would have seen the wrong language, and somebody else's name.
    for mail in mailoutbox[-28:]:
        reader = User.objects.get(email=mail.to[0])
        reader.language = "en" if reader.language == "ar" else "ar"
        with pytest.raises(AssertionError):
            letterbox.is_in_the_language_of(reader, parsed(mail))
        mail.body += cast.members["east"][0].name_ar + cast.members["west"][0].name_ar
        with pytest.raises(AssertionError):
            letterbox.names_nobody_else(reader, parsed(mail))
