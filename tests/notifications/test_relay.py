"""The relay against a real mail server: each row is sent once, by whoever holds its lease."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.db import transaction
from django.utils import timezone
from icalendar import Calendar

from dialogues import services as seats
from notifications import outbox, relay, tasks
from notifications.outbox import Channel, Message, MessageState
from tests import template
from tests.factories.dialogues import SessionFactory
from tests.factories.network import PractitionerFactory, UserFactory
from tests.mail_sink import MailSink
from tests.notifications.rows import after, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("post")]


# --- sent ---------------------------------------------------------------------------------------------------------------


def test_a_row_is_sent_and_marked(mail_sink: MailSink) -> None:
    row = after(told(user=UserFactory(email="amal@example.org", language="en")))

    [mail] = mail_sink.messages
    assert (row.state, row.attempts, row.lease_until, row.last_error) == (MessageState.SENT, 1, None, "")
    assert row.sent_at is not None
    assert mail["To"] == "amal@example.org"
    assert mail["From"] == settings.DEFAULT_FROM_EMAIL
    assert mail["Message-ID"] == f"<notice-{row.pk}@{settings.SITE_HOST}>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("en", "ltr")])
def test_the_page_of_a_mail_has_its_language_and_direction(mail_sink: MailSink, language: str, direction: str) -> None:
    after(told(user=UserFactory(language=language)))

    page = mail_sink.messages[0].get_body(("html",)).get_content()
    assert f'lang="{language}"' in page
    assert f'dir="{direction}"' in page


def test_nothing_is_sent_twice(mail_sink: MailSink) -> None:
    told()

    assert [relay.drain(), relay.drain()] == [1, 0]
    assert len(mail_sink.messages) == 1


def test_mail_goes_to_where_the_person_is_now(mail_sink: MailSink) -> None:
    user = UserFactory(email="old@example.org")
    row = told(user=user)
    user.email = "new@example.org"
    user.save()

    after(row)

    assert [mail["To"] for mail in mail_sink.messages] == ["new@example.org"]


def test_the_oldest_is_sent_first_and_the_future_waits(mail_sink: MailSink) -> None:
    now = timezone.now()
    rows = [told(due_at=now - timedelta(minutes=minutes)) for minutes in (1, 3, 2)]
    later = told(due_at=now + timedelta(minutes=1))

    relay.drain()

    numbers = [int(mail["Message-ID"].split("-")[1].split("@")[0]) for mail in mail_sink.messages]
    assert numbers == [rows[1].pk, rows[2].pk, rows[0].pk]
    later.refresh_from_db()
    assert later.state == MessageState.DUE


def test_many_go_over_one_connection(mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[bool | None] = []
    real = EmailBackend.open
    monkeypatch.setattr(EmailBackend, "open", lambda self: opened.append(result := real(self)) or result)

    for _ in range(relay.BATCH + 5):
        told()

    assert relay.drain() == relay.BATCH + 5
    assert len(mail_sink.messages) == relay.BATCH + 5
    assert [result for result in opened if result] == [True]


def test_an_sms_is_one_line_to_the_proved_number(tmp_path: Path) -> None:
    person = PractitionerFactory(user__phone="+218912345678", user__phone_verified=True, user__language="en")
    session = SessionFactory()
    with transaction.atomic():
        outbox.enqueue(
            "seat-offered",
            recipients=[person.user_id],
            dedup="1",
            context={
                "title": {"ar": session.title_ar, "en": "Two\nlines"},
                "starts": outbox.stamp(session.starts_at),
                "ends": outbox.stamp(session.ends_at),
                "until": outbox.stamp(session.starts_at),
                "slug": session.slug,
            },
        )
    row = Message.objects.get(channel=Channel.SMS)

    relay.drain()

    [line] = (tmp_path / "sms").read_text().splitlines()
    sent = json.loads(line)
    assert (sent["id"], sent["to"]) == (f"notice-{row.pk}", "+218912345678")
    assert "Two lines" in sent["text"]
    assert "\n" not in sent["text"]


def test_a_confirmed_seat_comes_with_an_invitation(mail_sink: MailSink) -> None:
    person, session = PractitionerFactory(user__language="en"), SessionFactory()

    seats.register(session=session, site=session.sites.get(), practitioner=person, by=person.user)
    relay.drain()

    [mail] = mail_sink.messages
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    [event] = Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert str(event["UID"]) == f"{session.uid}@{settings.SITE_HOST}"
    assert event["ATTENDEE"] == f"mailto:{person.user.email}"


# --- leases -------------------------------------------------------------------------------------------------------------


def test_what_is_leased_is_nobody_elses_until_the_lease_ends() -> None:
    rows = [told() for _ in range(3)]
    now = timezone.now()

    mine = relay.claim(now, limit=2)

    assert [m.pk for m in mine] == [rows[0].pk, rows[1].pk]
    assert [m.pk for m in relay.claim(now)] == [rows[2].pk]
    assert relay.claim(now + timedelta(seconds=relay.LEASE_SECONDS - 1)) == []
    assert [m.attempts for m in relay.claim(now + timedelta(seconds=relay.LEASE_SECONDS + 1))] == [2, 2, 2]


def test_whoever_lost_the_lease_marks_nothing(mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
    row = told()
    later = timezone.now() + timedelta(minutes=2)

    def send_and_lose_the_lease(*args: Any) -> None:
        Message.objects.filter(pk=row.pk).update(lease_until=later)

    monkeypatch.setattr(relay, "_send", send_and_lose_the_lease)

    after(row)

    assert (row.state, row.lease_until) == (MessageState.DUE, later)


def test_what_was_taken_back_while_it_was_sent_stays_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    row = told(subject_ref="dialogues.registration:1")

    def send_and_withdraw(*args: Any) -> None:
        outbox.withdraw(subject_ref=row.subject_ref, kinds_=[row.kind])

    monkeypatch.setattr(relay, "_send", send_and_withdraw)

    assert after(row).state == MessageState.NOT_WANTED


def test_rows_whose_lease_runs_out_while_they_wait_are_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [told() for _ in range(3)]
    clock = SimpleNamespace(now=timezone.now())
    claimed: list[list[int]] = []
    real = relay.claim

    def slow(*args: Any) -> None:
        clock.now += timedelta(seconds=relay.LEASE_SECONDS - settings.EMAIL_TIMEOUT)

    def claim(now: Any) -> list[Message]:
        messages = real(now)
        claimed.append([m.pk for m in messages])
        return messages

    monkeypatch.setattr(relay.timezone, "now", lambda: clock.now)
    monkeypatch.setattr(relay, "_send", slow)
    monkeypatch.setattr(relay, "claim", claim)

    assert relay.drain() == 3
    pks = [row.pk for row in rows]
    assert claimed == [pks, pks[1:], pks[2:], []]
    assert list(Message.objects.values_list("state", "attempts")) == [(MessageState.SENT, 1)] * 3


def test_drain_ends_when_told_to(mail_sink: MailSink) -> None:
    told()

    assert relay.drain(seconds=0) == 0
    assert relay.drain(keep_on=lambda: False) == 0
    assert mail_sink.messages == []


# --- tasks --------------------------------------------------------------------------------------------------------------


def test_old_notices_that_ended_are_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "CLEARED_AT_ONCE", 2)
    old = timezone.now() - settings.MESSAGES_KEPT - timedelta(days=1)
    states = [*MessageState]
    for age in (old, timezone.now()):
        for state in states:
            row = told()
            sent_at = age if state == MessageState.SENT else None
            Message.objects.filter(pk=row.pk).update(created_at=age, state=state, sent_at=sent_at)

    tasks.clear_old()

    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == [
        MessageState.DUE,
        MessageState.FAILED,
        *states,
    ]


EMBEDDED = """
import time
import django
django.setup()
from django.core.management import call_command
from django.db import transaction
from config.celery import app
from config.embedded import Embedded
from network.models import User
from notifications import outbox
call_command("migrate", verbosity=0)
pair = Embedded(app)
pair.start()
user = User.objects.create_user("amal@example.org", language="en")
for number in range(2):
    began = time.monotonic()
    with transaction.atomic():
        outbox.enqueue("membership-verified", recipients=[user.pk], dedup=str(number))
    while outbox.Message.objects.exclude(state="sent").exists() and time.monotonic() - began < 20:
        time.sleep(0.02)
    print(time.monotonic() - began)
pair.stop(timeout=5)
"""


@pytest.mark.heavy
@pytest.mark.once
def test_the_embedded_worker_sends_soon_after_the_commit(tmp_path: Path, mail_sink: MailSink) -> None:
    template.copy_into(str(tmp_path / "jisr.sqlite3"))
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment |= {"DATA_DIR": str(tmp_path), "EMAIL_URL": mail_sink.url}

    done = subprocess.run(
        [sys.executable, "-c", EMBEDDED],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )

    _, woken = map(float, done.stdout.split())
    assert [mail["To"] for mail in mail_sink.messages] == ["amal@example.org"] * 2
    assert woken < 3
