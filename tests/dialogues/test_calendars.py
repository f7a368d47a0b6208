"""Invitations as calendars read them: icalendar, and khal where it is installed."""

import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from icalendar import Calendar, Event

from dialogues import calendars, notices
from notifications import outbox
from notifications.kinds import Contact

TITLE = {"ar": "الأدوية المنقذة للحياة، والإنسولين، وما يمكن أن تتبادله الجهات منها", "en": "Life-saving medicines"}
UID = "0b2f6a52-1111-2222-3333-444455556666"
KHAL = shutil.which("khal")
KHAL_CONFIG = """
[calendars]
[[own]]
path = {directory}/own
[sqlite]
path = {directory}/khal.db
[locale]
local_timezone = Africa/Tripoli
default_timezone = Africa/Tripoli
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[default]
default_calendar = own
"""


def context(**changes: Any) -> dict[str, Any]:
    """Return what a notice about a session keeps."""
    return {
        "title": TITLE,
        "site": {"ar": "قاعة طرابلس", "en": "Tripoli room"},
        "address": {"ar": "طريق الشط", "en": "Shatt road"},
        "starts": outbox.stamp(datetime(2026, 12, 1, 8, tzinfo=UTC)),
        "ends": outbox.stamp(datetime(2026, 12, 1, 11, tzinfo=UTC)),
        "slug": "medicines-ab12cd",
        "uid": UID,
        "sequence": 0,
        "chatham_house": False,
        **changes,
    }


def attached(attach: Any, *, language: str = "ar", discreet: bool = False, **changes: Any) -> bytes:
    """Return the calendar file that goes to one reader."""
    reader = Contact(1, "سالمة", "salma@example.org", "", language, discreet)
    (attachment,) = attach(context=context(**changes), contact=reader, discreet=discreet)
    return attachment.content


def event_in(content: bytes) -> Event:
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return event


def test_invitation_is_complete():
    content = attached(notices.invite)
    calendar, event = Calendar.from_ical(content), event_in(content)

    assert (str(calendar["METHOD"]), str(calendar["VERSION"])) == ("REQUEST", "2.0")
    assert str(event["UID"]) == f"{UID}@{settings.SITE_HOST}"
    assert event["DTSTART"].dt == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 12, 1, 11, tzinfo=UTC)
    assert str(event["SUMMARY"]) == TITLE["ar"]
    assert str(event["LOCATION"]) == "قاعة طرابلس، طريق الشط"
    assert str(event["URL"]) == f"{settings.SITE_URL}/ar/sessions/medicines-ab12cd/"
    assert str(event["STATUS"]) == "CONFIRMED"
    assert "ORGANIZER" in event
    assert b"\nDTSTART:20261201T080000Z" in content


def test_attachment_names_its_method():
    (attachment,) = notices.revoke(
        context=context(), contact=Contact(1, "", "salma@example.org", "", "en", False), discreet=False
    )

    assert attachment.content_type == 'text/calendar; charset="utf-8"; method=CANCEL'


def test_cancellation_has_the_same_uid_and_a_higher_sequence():
    invited = event_in(attached(notices.invite))
    content = attached(notices.revoke, sequence=1)
    revoked = event_in(content)

    assert str(Calendar.from_ical(content)["METHOD"]) == "CANCEL"
    assert str(revoked["UID"]) == str(invited["UID"])
    assert (int(invited["SEQUENCE"]), int(revoked["SEQUENCE"])) == (0, 1)
    assert str(revoked["STATUS"]) == "CANCELLED"


@pytest.mark.parametrize("attach", [notices.invite, notices.revoke])
def test_nobody_attends_but_the_reader(attach):
    event = event_in(attached(attach))

    assert str(event["ATTENDEE"]) == "mailto:salma@example.org"


def test_calendar_file_of_a_page_has_no_attendee():
    entry = calendars.Entry.from_context(context(), language="en", discreet=False)
    calendar = Calendar.from_ical(calendars.published([entry, replace(entry, uid="other")]))

    assert str(calendar["METHOD"]) == "PUBLISH"
    assert [event.get("ATTENDEE") for event in calendar.walk("VEVENT")] == [None, None]


@pytest.mark.parametrize(("language", "word"), [("ar", "موعد"), ("en", "Appointment")])
@pytest.mark.parametrize("how", [{"discreet": True}, {"chatham_house": True}])
@pytest.mark.parametrize("attach", [notices.invite, notices.revoke])
def test_neutral_entry_says_only_that_there_is_an_appointment(attach, how, language, word):
    content = attached(attach, language=language, **how)
    event = event_in(content)

    assert str(event["SUMMARY"]) == word
    assert str(event["CLASS"]) == "PRIVATE"
    assert {"LOCATION", "URL", "DESCRIPTION"} & set(event) == set()
    text = content.decode().replace("\r\n ", "")
    said = [
        word for word in (*TITLE.values(), "Tripoli", "طرابلس", "medicines", "Jisr", "جسر", "session") if word in text
    ]
    assert said == []


@pytest.mark.parametrize("length", range(60, 80))
def test_folding_cuts_no_arabic_letter(length):
    title = {"ar": ("ن" * length) + "، حتى النهاية", "en": ""}

    content = attached(notices.invite, title=title)

    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert str(event_in(content)["SUMMARY"]) == title["ar"]


def test_line_breaks_and_commas_in_a_title_are_escaped():
    title = {"ar": "", "en": "Oxygen, power; water\\air"}

    content = attached(notices.invite, language="en", title=title)

    assert str(event_in(content)["SUMMARY"]) == title["en"]
    assert re.search(rb"SUMMARY:Oxygen\\, power\\; water\\\\air", content)


@pytest.fixture
def khal(tmp_path):
    """Khal with one empty calendar: `khal(bytes)` takes a file as a mail program would, and returns what is then listed."""
    (tmp_path / "own").mkdir()
    (tmp_path / "config").write_text(KHAL_CONFIG.format(directory=tmp_path))

    def run(*arguments: str) -> str:
        command = [str(KHAL), "-c", str(tmp_path / "config"), *arguments]
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)}
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout

    def take(content: bytes) -> list[str]:
        (tmp_path / "invite.ics").write_bytes(content)
        run("import", "--batch", "-a", "own", str(tmp_path / "invite.ics"))
        form = "{start-date} {start-time}-{end-time} {title} {location} {status}"
        listed = run("list", "--day-format", "", "--format", form, "2026-12-01", "30d")
        return [line.strip() for line in listed.splitlines() if line.strip()]

    return take


@pytest.mark.skipif(not KHAL and os.environ.get("CI") != "true", reason="khal is not installed")
def test_khal_takes_an_invitation_its_change_and_its_end(khal):
    first = khal(attached(notices.invite, language="en"))
    moved = khal(
        attached(
            notices.invite,
            language="en",
            sequence=1,
            starts=outbox.stamp(datetime(2026, 12, 5, 14, tzinfo=UTC)),
            ends=outbox.stamp(datetime(2026, 12, 5, 15, tzinfo=UTC)),
        )
    )
    revoked = khal(attached(notices.revoke, language="en", sequence=2))

    assert len(first) == len(moved) == len(revoked) == 1
    assert first[0].startswith("2026-12-01 10:00-13:00 Life-saving medicines Tripoli room, Shatt road")
    assert moved[0].startswith("2026-12-05 16:00-17:00 Life-saving medicines")
    assert "CANCELLED" in revoked[0]


@pytest.mark.skipif(not KHAL and os.environ.get("CI") != "true", reason="khal is not installed")
def test_khal_reads_arabic_over_folded_lines(khal):
    assert khal(attached(notices.invite))[0].startswith(f"2026-12-01 10:00-13:00 {TITLE['ar']}")
