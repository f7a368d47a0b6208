"""Certificates: who gets one, what it says, what its code tells, and how it is taken back."""

import re
import zlib
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from fontTools.ttLib import TTFont

from dialogues import policies, services
from dialogues.enums import CertificateState, RegistrationState, SessionState
from dialogues.models import Certificate, Registration
from dialogues.views import certificate_sheet
from network import codes, services as network_services
from network.models import Transition
from notifications.outbox import Message
from tests.desk import at_the_desk
from tests.factories.dialogues import AgendaItemFactory, SessionFactory, seat
from tests.factories.network import PractitionerFactory, RegionFactory, auditor, coordinator

pytestmark = pytest.mark.django_db
LONG_AR, LONG_LATIN = "عبد الرحمن المبروك " * 6 + "سالم", "Abdurrahman Elmabrouk " * 5 + "Salem Bin"


def held(**fields):
    """Return a session that has just ended, and its coordinator."""
    fields = {"host_region": RegionFactory(code="west"), "in_hours": -3, "state": SessionState.HELD, **fields}
    return SessionFactory(**fields), coordinator("west")


def closed(**fields):
    """Return a closed session with one who was present, and its coordinator."""
    session, by = held(**fields)
    row = seat(session=session, state=RegistrationState.ATTENDED)
    return services.close_attendance(session=session, by=by), row, by


def certificate_of(row):
    return Certificate.objects.get(registration=row)


def told(person):
    rows = Message.objects.filter(recipient_id=person.user_id, kind__startswith="certificate")
    return list(rows.order_by("pk").values_list("kind", flat=True))


# --- who gets one -----------------------------------------------------------------------------------------------------------


def test_everybody_who_was_present_gets_one_when_the_attendance_is_closed():
    session, by = held()
    rows = {state: seat(session=session, state=state) for state in ("attended", "absent", "confirmed", "waiting")}
    left = seat(session=session, state="attended", practitioner=PractitionerFactory(state="left"))

    services.close_attendance(session=session, by=by)

    kept = Certificate.objects.get()
    person = rows["attended"].practitioner
    assert kept.registration == rows["attended"]
    assert left.pk not in Certificate.objects.values_list("registration", flat=True)
    assert (kept.name_ar, kept.name_latin) == (person.name_ar, person.name_latin)
    assert (kept.session_title_en, kept.held_on) == (session.title_en, timezone.localdate(session.starts_at))
    assert (kept.hours, kept.state, kept.issued_by) == (2, CertificateState.ISSUED, by)
    assert codes.as_kept(kept.spelled_code) == kept.code
    assert told(person) == ["certificate-issued"]
    assert [s.move for s in Transition.objects.of(kept)] == ["issue"]


def test_closing_again_changes_only_what_has_changed():
    session, row, by = closed()
    code = certificate_of(row).code
    for mark, state, kinds in (
        ("present", "issued", ["certificate-issued"]),
        ("absent", "suspended", ["certificate-issued", "certificate-revoked"]),
        ("present", "issued", ["certificate-issued", "certificate-revoked", "certificate-issued"]),
    ):
        services.reopen_attendance(session=session, by=by, reason="x")
        services.mark(registration=row, as_=mark, by=by)
        services.close_attendance(session=session, by=by)
        kept = certificate_of(row)
        assert (kept.state, kept.code) == (state, code)
        assert told(row.practitioner) == kinds


def test_one_that_somebody_revoked_stays_so():
    session, row, by = closed()
    services.revoke_certificate(certificate=certificate_of(row), by=by, reason="Somebody else signed.")
    services.reopen_attendance(session=session, by=by, reason="x")
    services.close_attendance(session=session, by=by)

    assert certificate_of(row).state == CertificateState.REVOKED
    assert told(row.practitioner) == ["certificate-issued", "certificate-revoked"]


def test_a_walk_in_who_was_not_there_loses_it():
    session, by = held()
    row = services.seat_walk_in(session=session, site=session.sites.get(), practitioner=PractitionerFactory(), by=by)
    services.close_attendance(session=session, by=by)
    services.reopen_attendance(session=session, by=by, reason="x")
    services.mark(registration=Registration.objects.get(pk=row.pk), as_="undo", by=by)
    services.close_attendance(session=session, by=by)

    assert certificate_of(row).state == CertificateState.SUSPENDED


@pytest.mark.parametrize(
    ("minutes", "breaks", "hours"),
    [
        (120, [], "2"), (110, [], "1.75"), (5, [], "0.25"), (180, [(60, 30)], "2.5"), (180, [(60, 30), (70, 40)], "2"),
        (60, [(0, 60)], "0.25"), (10 * 60, [], "8"),
    ],
)  # fmt: skip
def test_hours_are_those_without_the_breaks(minutes, breaks, hours):
    starts = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    session = SessionFactory(starts_at=starts, ends_at=starts + timedelta(minutes=minutes))
    for offset, length in breaks:
        AgendaItemFactory(session=session, kind="break", offset=offset, minutes=length)

    assert policies.certified_hours(session, session.agenda_items.all()) == Decimal(hours)


def test_a_session_of_days_counts_eight_hours_a_day():
    starts = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    session = SessionFactory(starts_at=starts, ends_at=starts + timedelta(days=1, hours=8))

    assert policies.certified_hours(session, []) == 16


# --- a confidential session ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{"chatham_house": True}, {"listing": "invited"}])
def test_of_a_confidential_session_neither_title_nor_day_is_kept_printed_or_mailed(fields):
    session, row, _by = closed(**fields)
    kept = certificate_of(row)

    assert (kept.session_title_ar, kept.session_title_en, kept.held_on.day) == ("", "", 1)
    message = Message.objects.get(kind="certificate-issued")
    everything = str(message.context) + message.subject_ref
    assert session.slug not in everything
    assert session.title_en not in everything
    with translation.override("en"):
        said = certificate_sheet._words(kept, "en")
    assert said["session"] == "\u2068A session of the network\u2069"
    assert not re.search(r"\b\d{1,2} ", said["date"] + said["issued"])


# --- the sheet ------------------------------------------------------------------------------------------------------------------


def glyphs(pdf):
    """Return how many pages a PDF has, and the glyphs that its pages draw."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    drawn = []
    for stream in streams:
        try:
            text = zlib.decompress(stream)
        except zlib.error:
            continue
        if b"BT" in text:
            drawn += re.findall(rb"(?:\((?:[^()\\]|\\.)*\)|<[0-9a-fA-F]+>)\s*T[jJ]|\[[^\]]*\]\s*TJ", text, re.DOTALL)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)), drawn


@pytest.mark.parametrize(
    ("name_ar", "name_latin"),
    [("سالمة", "Salma"), ("", "Žofia Đorđević"), ("سالمة", ""), (LONG_AR[:120], LONG_LATIN[:120])],
)
def test_a_sheet_is_one_page_and_every_letter_has_a_shape(name_ar, name_latin, caplog):
    _session, row, _by = closed(title_ar="الأكسجين و COVID-19 (تجربة)", title_en="Oxygen (الأكسجين) & more")
    kept = certificate_of(row)
    kept.name_ar, kept.name_latin = name_ar, name_latin

    pages, drawn = glyphs(certificate_sheet.drawn(kept))

    assert pages == 1
    assert len(drawn) > 15
    # fpdf2 says so of every letter for which no font has a shape.
    assert "missing" not in caplog.text


def test_the_fonts_have_every_letter_of_the_words_and_of_names():
    have = {}
    for family in ("NotoNaskhArabic", "NotoSerif"):
        for weight in ("Regular", "Bold"):
            have.setdefault(weight, set()).update(
                TTFont(certificate_sheet.FONTS / f"{family}-{weight}.ttf").getBestCmap()
            )
    needed = (
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئىةًٌٍَُِّْپچڤگک،؛؟«»()0123456789ABCXYZabcxyzÀÿŁłŠšŽžĐđİıĞğẞ–—’“”…:./-\u2068\u2069"
    )

    for weight, letters in have.items():
        assert {c for c in needed if ord(c) not in letters} == set(), weight
    assert (certificate_sheet.FONTS / "OFL.txt").exists()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_member_downloads_their_own_and_nobody_elses(language):
    session, row, by = closed()
    path = f"/{language}/sessions/{session.slug}/certificate.pdf"
    mine, other = Client(), Client()
    mine.force_login(row.practitioner.user)
    other.force_login(PractitionerFactory().user)

    answer = mine.get(path)
    assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert answer["Cache-Control"] == "private, no-cache, no-store"
    assert other.get(path).status_code == 404
    assert at_the_desk(by).get(path).status_code in (302, 404)
    assert Client().get(path).status_code == 302
    assert 'certificate.pdf"' in mine.get(f"/{language}/me/").text
    assert 'certificate.pdf"' in mine.get(f"/{language}/sessions/{session.slug}/").text

    services.revoke_certificate(certificate=certificate_of(row), by=by, reason="x")
    assert mine.get(path).status_code == 404
    assert 'certificate.pdf"' not in mine.get(f"/{language}/me/").text


# --- the code -------------------------------------------------------------------------------------------------------------------

SAYS = {
    "valid": {"en": "There is a certificate of attendance with this code.", "ar": "توجد شهادة حضور بهذا الرمز."},
    "revoked": {"en": "is no longer valid", "ar": "ولم تعد سارية"},
    "none": {"en": "There is no certificate with this code.", "ar": "لا توجد شهادة بهذا الرمز."},
}


def asked(language, code):
    answer = Client().get(f"/{language}/certificates/", {"code": code})
    direct = Client().get(f"/{language}/certificates/{code}/") if code and "/" not in code else answer
    (said,) = (name for name, words in SAYS.items() if words[language] in answer.text)
    assert SAYS[said][language] in direct.text
    assert answer.status_code == direct.status_code == 200
    assert "public" not in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    return said, answer.text


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_code_tells_whether_it_is_valid_and_nothing_else(language):
    session, row, by = closed()
    kept = certificate_of(row)
    person = row.practitioner

    for typed in (kept.code, kept.spelled_code, kept.spelled_code.lower(), " ".join(kept.code)):
        said, text = asked(language, typed)
        assert said == "valid"
    for secret in (person.name_ar, person.name_latin, session.title_ar, session.title_en, session.slug):
        assert secret not in text
    services.revoke_certificate(certificate=kept, by=by, reason="Qxzreason")
    said, text = asked(language, kept.code)
    assert said == "revoked"
    assert "Qxzreason" not in text


@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_is_unknown_and_what_is_no_code_are_answered_alike(language):
    pages = set()
    for typed in ("0123456789AB", "nothing", "x" * 5_000, "%00", "'; --", "\u202e0123456789AB", "٠١٢٣", "-", "<b>x"):
        said, text = asked(language, typed)
        assert said == "none"
        assert "<b>x" not in text
        # All but what was typed, which stays in the field.
        pages.add(re.sub(r'value="[^"]*"|code%3D[^"]*|\?code=[^"]*', "", text))
    assert len(pages) == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("o123-4567-89ab", "0123456789AB"),
        ("il23 4567 89AB", "1123456789AB"),
        ("٠١٢٣٤٥٦٧٨٩AB", "0123456789AB"),
        ("0123456789A", ""),
        ("0123456789ABC", ""),
        ("0123456789AU", ""),
        ("", ""),
    ],
)
def test_a_code_may_be_typed_as_people_type(typed, kept):
    assert codes.as_kept(typed) == kept


def test_codes_do_not_repeat():
    made = {codes.new() for _ in range(2_000)}

    assert len(made) == 2_000
    assert all(codes.as_kept(code) == code for code in made)


def test_whoever_tries_many_codes_is_stopped(settings):
    client = Client()
    for number in range(60):
        assert client.get("/en/certificates/", {"code": f"x{number}"}).status_code == 200

    assert client.get("/en/certificates/", {"code": "one more"}).status_code == 429
    assert client.get("/en/certificates/one-more/").status_code == 429
    # The page itself stays open.
    assert client.get("/en/certificates/").status_code == 200
    cache.clear()


def test_the_code_on_the_paper_leads_to_the_readers_language():
    answer = Client().get("/certificates/0123-4567-89AB/", headers={"accept-language": "en"})

    assert (answer.status_code, answer["Location"]) == (302, "/en/certificates/0123-4567-89AB/")


# --- taken back -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [lambda: coordinator("east"), auditor, lambda: PractitionerFactory().user])
def test_nobody_else_revokes(by):
    _session, row, _by = closed()

    with pytest.raises(services.NotYourSession):
        services.revoke_certificate(certificate=certificate_of(row), by=by(), reason="x")
    assert certificate_of(row).is_valid


def test_a_reason_is_needed_and_twice_is_once():
    _session, row, by = closed()
    kept = certificate_of(row)
    with pytest.raises(services.ReasonNeeded):
        services.revoke_certificate(certificate=kept, by=by, reason=" ")
    services.revoke_certificate(certificate=kept, by=by, reason="Because.")
    with pytest.raises(network_services.IllegalMove):
        services.revoke_certificate(certificate=kept, by=by, reason="Again.")

    kept.refresh_from_db()
    assert (kept.state, kept.reason, kept.revoked_by) == ("revoked", "Because.", by)
    assert told(row.practitioner) == ["certificate-issued", "certificate-revoked"]
    assert Message.objects.get(kind="certificate-revoked").context["reason"] == "Because."


def desk(session):
    with translation.override("ar"):
        return reverse("admin:dialogues_session_certificates", args=[session.pk])


def test_a_coordinator_revokes_at_the_desk():
    session, row, by = closed()
    client, kept = at_the_desk(by), certificate_of(row)
    assert kept.spelled_code in client.get(desk(session)).text

    assert client.post(desk(session), {"do": "revoke", "certificate": kept.pk, "reason": ""}).status_code == 302
    assert certificate_of(row).is_valid
    client.post(desk(session), {"do": "revoke", "certificate": kept.pk, "reason": "سبب"})
    assert certificate_of(row).state == "revoked"
    assert "سبب" in client.get(desk(session)).text


def test_of_other_sides_people_the_desk_shows_a_number():
    session, by = held(host_region=None)
    national = coordinator(None)
    west, east = (
        seat(session=session, state="attended", practitioner=PractitionerFactory(side=s)) for s in ("west", "east")
    )
    services.close_attendance(session=session, by=national)

    text = at_the_desk(by).get(desk(session)).text

    assert certificate_of(west).spelled_code in text
    assert certificate_of(east).spelled_code not in text
    assert east.practitioner.name not in text
    refused = at_the_desk(coordinator("east")).post(
        desk(session), {"do": "revoke", "certificate": certificate_of(east).pk, "reason": "x"}
    )
    assert refused.status_code == 404
    services.revoke_certificate(certificate=certificate_of(east), by=national, reason="x")
    assert not certificate_of(east).is_valid


# --- leaving ----------------------------------------------------------------------------------------------------------------------


def test_of_somebody_erased_the_code_stays_and_the_name_goes():
    session, row, _by = closed()
    person = row.practitioner
    code, names = certificate_of(row).code, (person.name_ar, person.name_latin)
    network_services.leave(user=person.user)
    person.refresh_from_db()
    network_services.erase(practitioner=person)

    kept = certificate_of(row)
    assert (kept.name_ar, kept.name_latin, kept.reason) == ("", "", "")
    said, text = asked("en", code)
    assert said == "valid"
    assert not any(name in text for name in names)
    assert session.registrations.count() == 1


def test_the_copy_of_ones_data_has_it():
    _session, row, _by = closed()
    client = Client()
    client.force_login(row.practitioner.user)

    (copied,) = client.get(reverse("network:my_data")).json()["sessions"]

    kept = certificate_of(row)
    assert (copied["certificate__code"], copied["certificate__hours"]) == (kept.code, "2.00")
