"""What the relay does not send, sends later, gives up or forgets."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from network import services
from notifications import outbox, relay
from notifications.outbox import Channel, Message, MessageState
from tests.factories.network import PractitionerFactory, UserFactory
from tests.mail_sink import MailSink
from tests.notifications.rows import after, coded, due_again, told
from tests.services import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("post")]


# --- not sent -----------------------------------------------------------------------------------------------------------


def test_too_old(mail_sink: MailSink) -> None:
    row = told(expires_at=timezone.now() + timedelta(hours=1))
    Message.objects.filter(pk=row.pk).update(
        created_at=timezone.now() - timedelta(hours=2), expires_at=timezone.now() - timedelta(seconds=1)
    )

    assert after(row).state == MessageState.TOO_OLD
    assert mail_sink.messages == []


def test_who_has_left_since_is_not_written_to(mail_sink: MailSink) -> None:
    person = PractitionerFactory()
    row = told(user=person.user)
    services.leave(user=person.user)

    assert after(row).state == MessageState.NOT_WANTED
    assert mail_sink.messages == []


def test_an_sms_to_a_number_that_is_no_longer_proved_is_not_sent(tmp_path: Path) -> None:
    user = UserFactory(phone="+218912345678", phone_verified=True)
    outbox.set_preference(user.pk, "seats", email=False, sms=True)
    row = told("seat-waiting", user=user)
    services.set_phone(user=user, phone="+218922222222", verified=False)

    assert after(row).state == MessageState.NOT_WANTED
    assert not (tmp_path / "sms").exists()


def test_a_recipient_who_is_refused_for_good_is_given_up_at_once(
    mail_sink: MailSink, log: pytest.LogCaptureFixture
) -> None:
    mail_sink.refused.add("canary@example.org")

    row = after(told(user=UserFactory(email="canary@example.org")))

    assert (row.state, row.attempts, row.last_error) == (MessageState.GAVE_UP, 1, "recipient refused 550")
    assert log.messages == [f"outbox: message {row.pk} gave up: recipient refused 550"]


def test_a_message_that_is_refused_for_good_is_given_up_at_once(mail_sink: MailSink) -> None:
    async def handle_DATA(*_: object) -> str:  # noqa: N802
        return "554 canary@example.org will not have this"

    mail_sink.handle_DATA = handle_DATA  # type: ignore[method-assign]

    row = after(told())

    assert (row.state, row.last_error) == (MessageState.GAVE_UP, "message refused 554")


@pytest.mark.parametrize(
    ("answer", "error"),
    [("451 canary@example.org: come back later", "SMTPDataError 451"), ("421 bye", "SMTPDataError 421")],
)
def test_a_refusal_for_now_is_tried_again(mail_sink: MailSink, answer: str, error: str) -> None:
    async def handle_DATA(*_: object) -> str:  # noqa: N802
        return answer

    kept = mail_sink.handle_DATA
    mail_sink.handle_DATA = handle_DATA  # type: ignore[method-assign]
    before = timezone.now()

    row = after(told())

    assert (row.state, row.attempts, row.last_error) == (MessageState.FAILED, 1, error)
    assert timedelta(seconds=14) < row.due_at - before < timedelta(seconds=30)
    mail_sink.handle_DATA = kept  # type: ignore[method-assign]
    assert relay.drain() == 0
    due_again(row)
    assert after(row).state == MessageState.SENT


def test_a_server_that_is_away_is_tried_again(post: Any, mail_sink: MailSink, log: pytest.LogCaptureFixture) -> None:
    post.EMAIL_PORT = free_port()
    row = after(told(user=UserFactory(email="canary@example.org")))
    assert (row.state, row.last_error) == (MessageState.FAILED, "ConnectionRefusedError 111")

    post.EMAIL_PORT = mail_sink.port
    due_again(row)

    assert after(row).state == MessageState.SENT
    assert "canary" not in log.text


def test_the_pause_doubles_up_to_an_hour_and_ends(mail_sink: MailSink) -> None:
    mail_sink.away = True
    row, pauses = told(), []

    while row.state in (MessageState.DUE, MessageState.FAILED):
        due_again(row)
        before = timezone.now()
        after(row)
        pauses.append(round((row.due_at - before).total_seconds()))

    assert (row.state, row.attempts) == (MessageState.GAVE_UP, relay.MAX_ATTEMPTS)
    assert pauses[:10] == [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert set(pauses[10:-1]) == {3600}
    assert timedelta(days=1) < timedelta(seconds=sum(pauses)) < timedelta(days=3)


def test_a_row_that_gave_up_and_is_resent_is_sent(mail_sink: MailSink) -> None:
    mail_sink.refused.add("amal@example.org")
    row = after(told(user=UserFactory(email="amal@example.org")))
    mail_sink.refused.clear()

    outbox.resend(row.pk)

    assert after(row).state == MessageState.SENT


@pytest.mark.parametrize(
    "poison",
    [
        {"kind": "no-such-kind"},
        {"kind": "account", "context": {}},
        {"kind": "seat-confirmed", "context": {"title": {"ar": "x", "en": "x"}, "starts": {"datetime": "never"}}},
        {"kind": "no-such-kind", "recipient_id": 10_000_000},
        {
            "kind": "no-such-kind",
            "created_at": timezone.now() - timedelta(days=9),
            "expires_at": timezone.now() - timedelta(days=8),
        },
    ],
    ids=["unknown", "without words", "without times", "unknown to nobody", "unknown and old"],
)
def test_a_row_that_can_not_be_sent_holds_up_no_other(mail_sink: MailSink, poison: dict[str, Any]) -> None:
    good = told()
    user, now = UserFactory(), timezone.now()
    usual = {"recipient_id": user.pk, "channel": "email", "language": "ar", "created_at": now, "discreet": False}
    bad = Message.objects.create(**usual | {"dedup_key": "bad", "due_at": now - timedelta(hours=1)} | poison)

    assert relay.drain() == 1

    good.refresh_from_db()
    bad.refresh_from_db()
    assert good.state == MessageState.SENT
    assert bad.state in (MessageState.FAILED, MessageState.NOT_WANTED, MessageState.TOO_OLD)
    assert len(mail_sink.messages) == 1


# --- secrets ------------------------------------------------------------------------------------------------------------


def test_a_code_and_its_address_are_forgotten_once_sent(mail_sink: MailSink) -> None:
    row = after(coded())

    assert "KQXJZV" in mail_sink.messages[0].get_body(("plain",)).get_content()
    assert (row.state, row.context, row.address) == (MessageState.SENT, {}, relay.FORGOTTEN)


def test_a_code_is_forgotten_when_it_is_refused(mail_sink: MailSink) -> None:
    mail_sink.refused.add("somebody@example.org")

    row = after(coded())

    assert (row.state, row.context, row.address) == (MessageState.GAVE_UP, {}, relay.FORGOTTEN)


def test_a_code_is_forgotten_when_it_is_too_old(mail_sink: MailSink) -> None:
    row = coded(expires_at=timezone.now() + timedelta(minutes=15))
    early = timezone.now() - timedelta(hours=1)
    Message.objects.filter(pk=row.pk).update(created_at=early, expires_at=early)

    after(row)

    assert (row.state, row.context, row.address) == (MessageState.TOO_OLD, {}, relay.FORGOTTEN)


def test_a_code_is_kept_while_it_is_tried(mail_sink: MailSink) -> None:
    mail_sink.away = True

    row = after(coded())

    assert (row.state, row.context["code"], row.address) == (MessageState.FAILED, "KQXJZV", "somebody@example.org")


def test_what_is_no_secret_is_kept() -> None:
    assert after(told(context={"a": 1})).context == {"a": 1}


def test_a_code_by_sms(tmp_path: Path) -> None:
    row = after(coded("+218912345678", channel=Channel.SMS))

    sent = json.loads((tmp_path / "sms").read_text())
    assert (sent["to"], "KQXJZV" in sent["text"]) == ("+218912345678", True)
    assert row.address == relay.FORGOTTEN
