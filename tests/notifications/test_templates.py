"""The words of every notice: each kind in both languages, open and discreet, as mail, page and SMS."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import engines

from dialogues import notices
from dialogues.allocation import Rule, Verdict
from network.accounts import CODES, WORDS
from notifications import kinds, outbox, render
from notifications.models import Message
from tests.factories.dialogues import RegistrationFactory, SessionFactory

LANGUAGES = ["ar", "en"]
ACCOUNT_EVENTS = [
    *(("code", event) for event in [*sorted(CODES), "phone"]),
    *((words, event) for event, words in WORDS.items()),
    *(
        ("changed", event)
        for event in [
            "email_changed", "email_confirm", "email_deleted", "password_changed", "password_reset", "password_set",
            "totp_activated", "totp_deactivated", "recovery_codes_generated", "something_new",
        ]
    ),
]  # fmt: skip
# Every kind, and of those whose words depend on more, each case.
CASES: list[tuple[str, dict[str, Any]]] = [
    *(("account", {"words": words, "event": event}) for words, event in ACCOUNT_EVENTS),
    *(
        (code, {"role": role})
        for code in ("role-granted", "role-ended")
        for role in ("regional_coordinator", "national_coordinator", "auditor")
    ),
    ("entry-won", {"published": True}),
    *((kind.code, {}) for kind in kinds.all_kinds() if kind.code not in {"account", "role-granted", "role-ended"}),
]
CANARIES = {
    "title": {"ar": "عنوانسري", "en": "Secrettitle"},
    "site": {"ar": "قاعةسرية", "en": "Secretsite"},
    "address": {"ar": "طريقسري", "en": "Secretstreet"},
    "side": {"ar": "ناحيةسرية", "en": "Secretside"},
    "slug": "secret-slug",
    "reason": "سببسري",
    "subject": {"ar": "موضوعسري", "en": "Secretsubject"},
    "text": {"ar": "نصسري", "en": "Secrettext"},
}
# What would tell which network it is, or what it does.
TELLING = {
    "ar": ["جسر", "جلس", "مقعد", "عضو", "منسّق", "صحي", "صحة", "طبيب", "شبكة", "تدريب", "ورشة", "قاعة", "انتظار"],
    "en": ["jisr", "session", "seat", "member", "coordinat", "health", "medic", "network", "workshop", "dialogue"],
}
# The letters of GSM 03.38 that our texts use; one other letter makes the whole SMS UCS-2.
GSM = re.compile(r"[A-Za-z0-9 .,:;!?()'\"/+\-@_\n]*")


def stamp(hour: int) -> dict[str, str]:
    return outbox.stamp(datetime(2026, 12, 1, hour, tzinfo=UTC))


def written(code: str, language: str, *, discreet: bool = False, **context: Any) -> tuple[Message, kinds.Contact]:
    """Return a notice of that kind as the outbox keeps it, full of canaries, and its reader."""
    everything = {
        **CANARIES,
        "starts": stamp(8),
        "ends": stamp(11),
        "until": stamp(6),
        "uid": "11111111-2222-3333-4444-555555555555",
        "sequence": 1,
        "pledge": "1669-9428-0044",
        "item": {"ar": "صنفسري", "en": "Secretitem"},
        "need": "D9R0DP",
        "number": 7,
        "check": 7,
        "quantity": 3,
        "kind": "dialogue",
        "why": {"ar": "سببالمقعدالسري", "en": "Secretwhy"},
        "token": "7-secrettoken",
        "chatham_house": False,
        "online": False,
        "words": "code",
        "event": "login_code",
        "code": "493817",
        "entry": "7182-9304-4056",
        "role": "auditor",
        "ahead": "week",
        "trial": True,
        "invitation": "meet.example/ar/i/123456789012/",
        "action": {"ar": "عملسري", "en": "Secretaction"},
        "action_id": 3,
        "due": "2026-12-01",
        "days": 7,
        "items": [
            {
                "title": CANARIES["title"],
                "action": "",
                "moved": {"ar": "اعتُمد", "en": "adopted"},
                "path": "measures/m-1/",
            },
            {
                "title": CANARIES["title"],
                "action": {"ar": "عملسري", "en": "Secretaction"},
                "moved": {"ar": "بدأ", "en": "begun"},
                "path": "",
            },
        ],
        "count": 33,
        "more": 3,
        "facility": {"ar": "مرفقسري", "en": "Secretfacility"},
        "facility_code": "PALM22",
        "visit_on": stamp(8),
    }
    message = Message(
        pk=7, kind=code, channel="email", language=language, discreet=discreet, context=everything | context
    )
    name = {"ar": "سالمة", "en": "Salma"}[language]
    return message, kinds.Contact(7, name, "reader@example.org", "+218910000000", language, discreet)


def page(mail: EmailMultiAlternatives) -> str:
    return str(mail.alternatives[0].content)


def everything_in(mail: EmailMultiAlternatives) -> str:
    """Return all that the mail holds: subject, both bodies, attachments, headers."""
    attached = [part.content.decode() if isinstance(part.content, bytes) else part.content for part in mail.attachments]
    return "\n".join([mail.subject, str(mail.body), page(mail), *attached, *map(str, mail.extra_headers.values())])


def sms_parts(text: str) -> int:
    """Return in how many parts a network sends it (3GPP 23.040): 160 letters or 153 each, Arabic 70 or 67 each."""
    alone, chained = (160, 153) if GSM.fullmatch(text) else (70, 67)
    length = len(text) if alone == 160 else len(text.encode("utf-16-be")) // 2
    return 1 if length <= alone else -(-length // chained)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("code", "case"), CASES)
def test_every_kind_says_something_whole(code, case, language):
    message, reader = written(code, language, **case)

    mail = render.email(message, reader)
    sms = render.sms(message, reader)

    assert mail.subject
    assert "\n" not in mail.subject
    assert str(mail.body).startswith({"ar": "مرحبًا سالمة،", "en": "Hello Salma,"}[language])
    assert len(str(mail.body).splitlines()) >= 3
    assert sms
    for text in (mail.subject, str(mail.body), sms):
        assert "\n\n\n" not in text
        assert not re.search(r"%\(|\{|\}|None|&#|&amp;|<", text)


@pytest.mark.parametrize(("code", "case"), CASES)
def test_arabic_has_no_latin_words_left_but_addresses(code, case):
    message, reader = written(code, "ar", slug="x", **case)

    mail = render.email(message, reader)
    words = re.sub(r"\S+/\S+", "", f"{mail.subject} {mail.body} {render.sms(message, reader)}")

    assert re.findall(r"[A-Za-z]+", words) == []


@pytest.mark.parametrize(("code", "case"), CASES)
def test_english_has_no_arabic_words_left(code, case):
    message, reader = written(code, "en", reason="The power is cut.", **case)

    mail = render.email(message, reader)

    assert re.findall(r"[\u0600-\u06ff]+", f"{mail.subject} {mail.body} {render.sms(message, reader)}") == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("code", "case"), CASES)
def test_discreet_notice_gives_nothing_away(code, case, language):
    message, reader = written(code, language, discreet=True, **case)

    mail = render.email(message, reader)
    said = f"{everything_in(mail)}\n{render.sms(message, reader)}".lower()

    for canary in CANARIES.values():
        for text in canary.values() if isinstance(canary, dict) else [canary]:
            assert text.lower() not in said
    assert [word for word in [*TELLING["ar"], *TELLING["en"]] if word in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_canaries_sing_in_an_open_notice(language):
    message, reader = written("seat-confirmed", language)

    said = everything_in(render.email(message, reader))

    for name in ("title", "site", "address"):
        assert CANARIES[name][language] in said
    assert CANARIES["slug"] in said
    assert any(word in said.lower() for word in TELLING[language])


@pytest.mark.parametrize("discreet", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("code", "case"), CASES)
def test_sms_fits_two_parts_however_long_the_title(code, case, language, discreet):
    long = {"ar": "الاستعداد " * 16, "en": "Readiness " * 16}
    message, reader = written(code, language, discreet=discreet, title=long, **case)

    sms = render.sms(message, reader)

    answered = code == "seat-offered" and not discreet
    assert sms_parts(sms) <= (1 if language == "ar" and not answered else 2)
    # The one that is answered carries its address, no other does.
    assert ("://" in sms) == answered


def test_sms_parts_are_counted_as_networks_count():
    assert [sms_parts("a" * 160), sms_parts("a" * 161), sms_parts("ا" * 70), sms_parts("ا" * 71)] == [1, 2, 1, 2]


@pytest.mark.parametrize("code", ["seat-waiting", "seat-offered", "seat-offer-expired", "session-changed-waiting"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_address_is_for_those_with_a_confirmed_seat(code, language):
    message, reader = written(code, language)

    said = everything_in(render.email(message, reader))

    assert CANARIES["address"][language] not in said
    assert CANARIES["site"][language] in said


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("en", "ltr")])
def test_page_has_its_language_direction_and_links_and_no_markup_of_others(language, direction):
    message, reader = written("session-cancelled", language, reason="<script>alert(1)</script> & more")

    html = page(render.email(message, reader))

    assert html.count(f'lang="{language}" dir="{direction}"') == 2
    assert f'<a href="{settings.SITE_URL}/{language}/sessions/"' in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html
    assert "<script" not in html
    assert "style" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_plain_text_is_not_escaped(language):
    message, reader = written("membership-declined", language, reason="Tom & Jerry's <licence>")

    assert "Tom & Jerry's <licence>" in str(render.email(message, reader).body)


def test_times_are_local_and_say_so():
    message, reader = written("seat-confirmed", "en")
    assert "Tuesday 1 December 2026, from 10:00 to 13:00 (Tripoli time)" in str(render.email(message, reader).body)

    message, reader = written("seat-confirmed", "ar")
    assert "الثلاثاء 1 ديسمبر 2026، من 10:00\xa0ص إلى 1:00\xa0م (بتوقيت طرابلس)" in str(
        render.email(message, reader).body
    )


def test_session_over_midnight_says_both_days():
    message, reader = written("seat-confirmed", "en", ends=outbox.stamp(datetime(2026, 12, 2, 8, tzinfo=UTC)))

    body = str(render.email(message, reader).body)

    assert "From Tuesday 1 December 2026, 10:00 to Wednesday 2 December 2026, 10:00 (Tripoli time)" in body


def test_online_seat_says_where_the_link_will_be():
    message, reader = written("seat-confirmed", "en", online=True, address={"ar": "", "en": ""})

    assert "The link with which you join appears on the page" in str(render.email(message, reader).body)


def test_title_in_the_other_language_stands_in_for_a_missing_one():
    message, reader = written("session-published", "en", title={"ar": "الأكسجين", "en": ""})

    assert "الأكسجين" in render.email(message, reader).subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_without_a_name_is_greeted_too(language):
    message, _ = written("account", language)
    nameless = kinds.Contact(0, "", "reader@example.org", "", language, True)

    first = str(render.email(message, nameless).body).splitlines()[0]

    assert first == {"ar": "مرحبًا،", "en": "Hello,"}[language]


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_really_told_has_all_that_the_words_need(language, monkeypatch):
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "MISSING")
    session = SessionFactory(chatham_house=True)
    registration = RegistrationFactory(session=session)
    registration.offer_expires_at = session.starts_at
    user = registration.practitioner.user
    user.language = language
    user.save()
    seats = [kind.code for kind in kinds.all_kinds() if kind.code.startswith(("seat-", "session-"))]
    for code in seats:
        registration.offered_at = session.created_at if code == "seat-offered" else None
        registration.state = "offered" if code == "seat-offered" else "confirmed"
        notices.tell(registration, code, at=session.created_at, why=Verdict(Rule.TURN))
    for code in ("session-published", "session-cancelled", "session-changed-waiting", "session-rescheduled-waiting"):
        notices.tell_all(session, code, recipients=[user.pk], at=session.created_at)

    messages = list(Message.objects.order_by("pk"))

    assert {message.kind for message in messages} == set(seats)
    for message in messages:
        contact = kinds.contacts([user.pk])[user.pk]
        assert "MISSING" not in everything_in(render.email(message, contact))
        assert "MISSING" not in render.sms(message, contact)
