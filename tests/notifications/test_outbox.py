"""The outbox: one door, in the transaction of what it tells of."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from notifications import outbox
from notifications.outbox import Channel, Message, MessageState
from tests.factories.network import PractitionerFactory, UserFactory

ENDED_UNSENT = [MessageState.GAVE_UP, MessageState.TOO_OLD, MessageState.NOT_WANTED]


def tell(*recipients: int, kind: str = "membership-verified", dedup: str = "1", **fields: Any) -> None:
    outbox.enqueue(kind, recipients=recipients, dedup=dedup, **fields)


def rows(*fields: str) -> list[Any]:
    return list(Message.objects.order_by("pk").values_list(*fields, flat=len(fields) == 1))


def message(**fields: Any) -> Message:
    now = timezone.now()
    usual = {"kind": "membership-verified", "recipient_id": 1, "channel": "email", "language": "ar", "dedup_key": "k"}
    return Message.objects.create(**usual | {"created_at": now, "due_at": now} | fields)


# --- written with what it tells of --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_nothing_is_enqueued_outside_a_transaction() -> None:
    user = UserFactory()

    with pytest.raises(outbox.OutsideTransaction):
        tell(user.pk)
    with pytest.raises(outbox.OutsideTransaction):
        outbox.enqueue_to_address("account", address="a@b.c", channel=Channel.EMAIL, context={}, dedup="1")

    assert rows("pk") == []


@pytest.mark.django_db(transaction=True)
def test_a_rollback_leaves_no_row_and_wakes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    user, nudges = UserFactory(), []
    monkeypatch.setattr(outbox, "nudge", lambda: nudges.append(1))

    def change_and_fail() -> None:
        with transaction.atomic():
            tell(user.pk)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()

    assert (rows("pk"), nudges) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_woken_after_the_commit_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    user, nudges = UserFactory(), []
    monkeypatch.setattr(outbox, "nudge", lambda: nudges.append(1))

    with transaction.atomic():
        tell(user.pk)
        assert nudges == []

    assert nudges == [1]


@pytest.mark.django_db(transaction=True)
def test_a_nudge_that_fails_undoes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    user = UserFactory()

    def fail() -> None:
        raise RuntimeError

    monkeypatch.setattr(outbox, "nudge", fail)

    with transaction.atomic():
        tell(user.pk)

    assert rows("state") == [MessageState.DUE]


@pytest.mark.django_db
def test_a_kind_that_nobody_registered_is_refused() -> None:
    with pytest.raises(KeyError):
        tell(UserFactory().pk, kind="no-such-kind")


@pytest.mark.django_db
def test_a_lazy_string_is_refused() -> None:
    with pytest.raises(TypeError):
        tell(UserFactory().pk, context={"title": gettext_lazy("Role")})


# --- to whom, how, in what language -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_same_event_is_told_once() -> None:
    first, second = UserFactory(), UserFactory()

    tell(first.pk, dedup="7")
    tell(first.pk, second.pk, first.pk, dedup="7")
    tell(first.pk, dedup="8")

    assert rows("recipient_id", "dedup_key") == [
        (first.pk, f"membership-verified:7:{first.pk}:email"),
        (second.pk, f"membership-verified:7:{second.pk}:email"),
        (first.pk, f"membership-verified:8:{first.pk}:email"),
    ]


@pytest.mark.django_db
def test_each_is_told_in_their_language_and_as_discreetly_as_they_want() -> None:
    people = [
        UserFactory(language=language, discreet=discreet) for language in ("ar", "en") for discreet in (True, False)
    ]

    tell(*(user.pk for user in people))

    assert rows("recipient_id", "language", "discreet") == [(u.pk, u.language, u.discreet) for u in people]


@pytest.mark.django_db
def test_nobody_is_told_who_can_no_longer_log_in() -> None:
    tell(UserFactory(is_active=False).pk, 10_000_000)

    assert rows("pk") == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("phone", "verified", "channels"),
    [("+218912345678", True, ["email", "sms"]), ("+218912345678", False, ["email"]), (None, False, ["email"])],
)
def test_an_sms_goes_to_a_proved_number_only(phone: str | None, verified: bool, channels: list[str]) -> None:
    user = UserFactory(phone=phone, phone_verified=verified)

    tell(user.pk, kind="seat-offered")

    assert rows("channel") == channels


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("email", "sms", "channels"),
    [(True, True, ["email", "sms"]), (True, False, ["email"]), (False, True, ["sms"]), (False, False, [])],
)
def test_a_preference_rules_its_topic(email: bool, sms: bool, channels: list[str]) -> None:
    user = UserFactory(phone="+218912345678", phone_verified=True)
    outbox.set_preference(user.pk, "seats", email=email, sms=sms)
    outbox.set_preference(UserFactory().pk, "seats", email=not email, sms=not sms)
    outbox.set_preference(user.pk, "sessions", email=not email, sms=not sms)

    tell(user.pk, kind="seat-waiting")

    assert rows("channel") == channels


@pytest.mark.django_db
def test_preferences_of_more_people_than_one_query_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "BATCH", 2)
    people = [UserFactory() for _ in range(5)]
    outbox.set_preference(people[3].pk, "seats", email=False, sms=False)

    tell(*(user.pk for user in people), kind="seat-waiting")

    assert rows("recipient_id") == [user.pk for user in people if user != people[3]]


@pytest.mark.django_db
def test_what_has_no_topic_can_not_be_switched_off() -> None:
    user = UserFactory()
    for topic in outbox.topics():
        outbox.set_preference(user.pk, topic, email=False, sms=False)

    tell(user.pk)

    assert rows("channel") == ["email"]


@pytest.mark.django_db
def test_preferences_show_what_happens_without_a_choice() -> None:
    user = UserFactory()
    outbox.set_preference(user.pk, "seats", email=False, sms=True)

    wanted = {topic: (p.email, p.sms) for topic, p in outbox.preferences(user.pk).items()}

    assert wanted == {
        "membership": (True, False),
        "sessions": (True, False),
        "seats": (False, True),
        "reminders": (True, False),
        "soon": (True, False),
        "feedback": (True, False),
        "minutes": (True, False),
        "certificates": (True, False),
        "case-reviews": (True, False),
        "actions": (True, False),
        "measures": (True, False),
        "votes": (True, False),
        "facilities": (True, False),
        "monthly-reports": (True, False),
        "needs": (True, False),
    }


@pytest.mark.django_db
def test_a_preference_about_nothing_is_refused() -> None:
    with pytest.raises(KeyError):
        outbox.set_preference(UserFactory().pk, "weather", email=True, sms=True)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ar", "en"])
def test_somebody_without_an_account_is_told_in_the_language_of_the_page(language: str) -> None:
    with translation.override(language):
        outbox.enqueue_to_address("account", address="a@b.c", channel=Channel.EMAIL, context={}, dedup="1")

    assert rows("address", "recipient_id", "language", "discreet") == [("a@b.c", None, language, True)]


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"recipient_id": None}, {"recipient_id": 1, "address": "a@b.c"}])
def test_a_row_is_to_a_person_or_to_an_address(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        message(**fields)


# --- taken back, sent again, forgotten ------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("state", [*ENDED_UNSENT, MessageState.FAILED])
def test_resend(state: MessageState, django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    row = message(
        state=state, attempts=48, created_at=long_ago, due_at=long_ago, expires_at=long_ago, last_error="OSError"
    )

    with django_capture_on_commit_callbacks() as callbacks:
        assert outbox.resend(row.pk) is True

    row.refresh_from_db()
    assert (row.state, row.attempts, row.expires_at, row.last_error) == (MessageState.DUE, 0, None, "")
    assert row.due_at > long_ago
    assert callbacks == [outbox.nudge]


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"state": "due"}, {"state": "sent", "sent_at": timezone.now()}])
def test_what_waits_or_was_sent_is_not_sent_again(fields: dict[str, Any]) -> None:
    row = message(**fields)

    assert outbox.resend(row.pk) is False
    assert outbox.resend(row.pk + 1) is False


@pytest.mark.django_db
@pytest.mark.parametrize("state", ENDED_UNSENT)
def test_a_code_is_not_sent_again(state: MessageState) -> None:
    assert outbox.resend(message(kind="account", state=state).pk) is False


@pytest.mark.django_db
def test_withdraw_takes_back_what_has_not_been_sent() -> None:
    ours = {"kind": "seat-waiting", "subject_ref": "dialogues.registration:1"}
    due = message(dedup_key="1", **ours)
    failed = message(dedup_key="2", state="failed", lease_until=timezone.now(), **ours)
    message(dedup_key="3", state="sent", sent_at=timezone.now(), **ours)
    message(dedup_key="4", state="gave_up", **ours)
    message(dedup_key="5", **ours | {"kind": "seat-offered"})
    message(dedup_key="6", **ours | {"subject_ref": "dialogues.registration:11"})

    assert outbox.withdraw(subject_ref="dialogues.registration:1", kinds_=["seat-waiting"]) == 2

    assert set(Message.objects.filter(state=MessageState.NOT_WANTED)) == {due, failed}


@pytest.mark.django_db
def test_forget_erases_a_persons_notices_and_wishes_and_nobody_elses() -> None:
    user, other = UserFactory(), UserFactory()
    for person in (user, other):
        outbox.set_preference(person.pk, "seats", email=True, sms=True)
        tell(person.pk)

    outbox.forget(user.pk)

    assert rows("recipient_id") == [other.pk]
    assert outbox.preferences(user.pk)["seats"].pk is None
    assert outbox.preferences(other.pk)["seats"].pk is not None


@pytest.mark.django_db
def test_oldest_due_age() -> None:
    now = timezone.now()
    assert outbox.oldest_due_age(now) == 0
    hour = now - timedelta(hours=1)
    message(dedup_key="1", state="sent", sent_at=now, due_at=hour)
    message(dedup_key="2", state="failed", attempts=3, due_at=hour)
    message(dedup_key="3", due_at=now + timedelta(hours=1))
    assert outbox.oldest_due_age(now) == 0

    message(dedup_key="4", due_at=now - timedelta(seconds=40))
    message(dedup_key="5", due_at=now - timedelta(seconds=90))

    assert outbox.oldest_due_age(now) == 90


@pytest.mark.django_db
def test_no_name_or_address_of_a_member_is_in_a_row() -> None:
    person = PractitionerFactory(
        name_ar="قصواء العلامة",
        name_latin="Qaswa Canary",
        user__email="canary@example.org",
        user__phone="+218912345678",
    )

    tell(person.user_id)

    kept = repr(list(Message.objects.values()))
    assert not [word for word in ("قصواء", "Canary", "canary", "91234") if word in kept]
