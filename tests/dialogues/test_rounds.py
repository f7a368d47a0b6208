"""Reminders before a session and thanks after it: to whom, when, once, and cheaply."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dialogues import notices, outreach, services, tasks
from dialogues.enums import RegistrationState, Round, SessionState, SiteKind
from dialogues.models import Registration, Session, SessionRound
from network.models import Practitioner
from notifications import kinds, outbox, render
from notifications.models import Message
from tests.clock import Clock
from tests.factories.dialogues import RegistrationFactory, SessionFactory, SiteFactory, seat
from tests.factories.network import PractitionerFactory, UserFactory, coordinator

pytestmark = pytest.mark.django_db
REMINDERS = ("session-reminder", "session-reminder-hour")


def place(session: Session, *, days_before: float = 10, **fields: Any) -> Registration:
    """Return a confirmed seat that was got so many days before the start."""
    return seat(session=session, requested_at=session.starts_at - timedelta(days=days_before), **fields)


def told(person: Practitioner, *codes: str) -> list[str]:
    rows = Message.objects.filter(recipient_id=person.user_id, kind__in=codes or REMINDERS).order_by("pk")
    return [f"{row.kind} {row.context.get('ahead', '')} {row.channel}" for row in rows]


def pass_time(clock: Clock, until: Any, **step: float) -> None:
    while clock.now < until:
        tasks.remind()
        clock.forward(**step)


def test_each_is_reminded_a_week_a_day_and_an_hour_before(clock: Clock) -> None:
    session = SessionFactory(in_hours=24 * 9)
    mine = place(session)

    pass_time(clock, session.ends_at, minutes=20)

    assert told(mine.practitioner) == [
        "session-reminder week email",
        "session-reminder day email",
        "session-reminder-hour hour email",
    ]


def test_who_got_the_seat_within_that_time_is_not_reminded_of_it(clock: Clock) -> None:
    session = SessionFactory(in_hours=24 * 8)
    late, last = place(session, days_before=3), place(session, days_before=0.02)

    pass_time(clock, session.ends_at, minutes=30)

    assert told(late.practitioner) == ["session-reminder day email", "session-reminder-hour hour email"]
    assert told(last.practitioner) == []


def test_nobody_is_reminded_after_the_start(clock: Clock) -> None:
    session = SessionFactory(in_hours=24 * 8)
    mine = place(session)
    clock.set(session.starts_at)

    tasks.remind()

    assert told(mine.practitioner) == []
    clock.set(session.starts_at - timedelta(minutes=30))
    tasks.remind()
    assert {row.expires_at for row in Message.objects.filter(kind__in=REMINDERS)} == {session.starts_at}


def test_only_those_with_a_confirmed_seat_are_reminded(clock: Clock) -> None:
    session = SessionFactory(in_hours=24 * 6)
    for state in RegistrationState:
        place(session, state=state, confirmed_at=session.starts_at - timedelta(days=10))

    tasks.remind()

    reminded = Message.objects.get(kind="session-reminder").recipient_id
    assert Registration.objects.get(practitioner__user_id=reminded).state == RegistrationState.CONFIRMED


def test_the_hour_is_told_by_sms_to_who_wants_it_so(clock: Clock) -> None:
    session = SessionFactory(in_hours=0.5)
    wants = place(session, practitioner__user=UserFactory(phone="+218912345678", phone_verified=True))
    outbox.set_preference(wants.practitioner.user_id, "soon", email=True, sms=True)
    unproved = place(session, practitioner__user=UserFactory(phone="+218912345679", phone_verified=False))
    outbox.set_preference(unproved.practitioner.user_id, "soon", email=True, sms=True)

    tasks.remind()

    assert told(wants.practitioner) == ["session-reminder-hour hour email", "session-reminder-hour hour sms"]
    assert told(unproved.practitioner) == ["session-reminder-hour hour email"]


def test_a_session_that_is_marked_before_it_begins_is_still_reminded_of() -> None:
    session = SessionFactory(in_hours=0.5, state=SessionState.HELD)
    mine = place(session)

    tasks.remind()

    assert told(mine.practitioner) == ["session-reminder-hour hour email"]


@pytest.mark.parametrize("state", [SessionState.DRAFT, SessionState.CANCELLED])
def test_nobody_is_reminded_of_what_does_not_take_place(state: str) -> None:
    mine = place(SessionFactory(in_hours=5, state=state))
    tasks.remind()
    assert told(mine.practitioner) == []


def test_a_moved_session_is_reminded_of_anew_but_not_on_the_heels_of_the_news(clock: Clock) -> None:
    session, by = SessionFactory(in_hours=24 * 6), coordinator(None)
    mine = place(session)
    tasks.remind()
    assert told(mine.practitioner) == ["session-reminder week email"]
    session = Session.objects.get(pk=session.pk)
    session.starts_at += timedelta(days=-1)
    session.ends_at += timedelta(days=-1)
    services.edit_session(session=session, changed=["starts_at", "ends_at"], by=by)

    pass_time(clock, session.ends_at, minutes=30)

    assert told(mine.practitioner) == [
        "session-reminder week email",
        "session-reminder day email",
        "session-reminder-hour hour email",
    ]


def test_new_words_in_a_session_remind_nobody_again(clock: Clock) -> None:
    session, by = SessionFactory(in_hours=24 * 6), coordinator(None)
    mine = place(session)
    tasks.remind()
    SessionRound.objects.all().delete()
    session.title_en = "Other words"
    services.edit_session(session=session, changed=["title_en"], by=by)

    tasks.remind()

    assert told(mine.practitioner) == ["session-reminder week email"]


def test_cut_off_half_way_nobody_is_left_out_and_nobody_told_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    session = SessionFactory(in_hours=5)
    people = [place(session).practitioner for _ in range(5)]
    monkeypatch.setattr("dialogues.services.rounds.AT_ONCE", 2)
    calls: list[int] = []
    plain = notices.remind

    def dying(row: Registration, what: str, *, at: Any) -> None:
        calls.append(row.pk)
        if len(calls) == 4:
            raise RuntimeError
        plain(row, what, at=at)

    monkeypatch.setattr(notices, "remind", dying)
    with pytest.raises(RuntimeError):
        tasks.remind()
    assert Message.objects.filter(kind="session-reminder").count() == 2
    tasks.remind()

    assert [told(person) for person in people] == [["session-reminder day email"]] * 5
    assert SessionRound.objects.count() == 1


def test_withdrawing_takes_an_unsent_reminder_back() -> None:
    mine = place(SessionFactory(in_hours=0.5))
    tasks.remind()

    services.withdraw(session=mine.session, practitioner=mine.practitioner, by=mine.practitioner.user)

    assert Message.objects.get(kind="session-reminder-hour").state == "not_wanted"


def test_waiting_for_the_time_asks_for_no_places(django_assert_num_queries: Any) -> None:
    """However many thousands have a place, a run that has nothing to do asks for sessions alone."""
    for _ in range(3):
        session = SessionFactory(in_hours=30)
        for _ in range(3):
            place(session)
    tasks.remind()

    with django_assert_num_queries(2):
        tasks.remind()


def test_places_to_remind_are_found_by_their_session_at_ten_thousand() -> None:
    session, other = SessionFactory(in_hours=30), SessionFactory(in_hours=30)
    person, since = PractitionerFactory(), timezone.now() - timedelta(days=20)
    site = other.sites.get()
    # One person can have had many places that ended.
    Registration.objects.bulk_create(
        Registration(
            session=other,
            site=site,
            practitioner=person,
            profession=person.profession,
            state=RegistrationState.CANCELLED,
            requested_at=since,
        )
        for _ in range(10_000)
    )
    mine = place(session)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rows = outreach.to_remind(session, Round.WEEK)

    plan = rows.explain()

    assert list(rows) == [mine]
    assert "SCAN dialogues_registration" not in plan
    assert "Seq Scan on dialogues_registration" not in plan
    with CaptureQueriesContext(connection) as captured:
        assert outreach.reminders_due(timezone.now()) == [("week", mine)]
    # Sessions, their rounds; for each of two whether it was moved, and its places.
    assert len(captured) == 6


# --- words --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en"])
def test_reminder_says_when_in_whose_time_and_where_the_link_is(language: str) -> None:
    session = SessionFactory(in_hours=0.5, site=False)
    site = SiteFactory(session=session, kind=SiteKind.ONLINE, municipality=None)
    mine = place(session, site=site, practitioner__side=None, practitioner__user__language=language)
    tasks.remind()
    message = Message.objects.get(kind="session-reminder-hour", recipient_id=mine.practitioner.user_id)
    reader = kinds.contacts([mine.practitioner.user_id])[mine.practitioner.user_id]

    body = str(render.email(message, reader).body)

    assert {"ar": "بتوقيت طرابلس", "en": "Tripoli time"}[language] in body
    assert {"ar": "بتوقيت طرابلس", "en": "Tripoli time"}[language] in render.sms(message, reader)
    assert {"ar": "رابط الانضمام", "en": "The link with which you join"}[language] in body
    assert f"/{language}/sessions/{session.slug}/" in body


# --- thanks -------------------------------------------------------------------------------------------------------------


def over(**fields: Any) -> Session:
    """Return a session that ended yesterday and whose attendance was closed hours ago."""
    fields = {"in_hours": -26, "state": SessionState.CLOSED, "closed_at": timezone.now() - timedelta(hours=3), **fields}
    return SessionFactory(**fields)


def test_those_present_are_thanked_once() -> None:
    session = over()
    present = seat(session=session, state=RegistrationState.ATTENDED).practitioner
    absent = seat(session=session, state=RegistrationState.ABSENT).practitioner

    for _ in range(3):
        tasks.thank()

    assert told(present, "feedback-asked") == ["feedback-asked  email"]
    assert told(absent, "feedback-asked") == []
    message = Message.objects.get()
    body = str(render.email(message, kinds.contacts([present.user_id])[present.user_id]).body)
    assert f"/sessions/{session.slug}/feedback/" in body


def test_thanks_wait_until_a_mark_could_be_put_right(clock: Clock) -> None:
    session = over(closed_at=clock.now)
    seat(session=session, state=RegistrationState.ATTENDED)

    tasks.thank()
    assert Message.objects.count() == 0
    clock.forward(minutes=61)
    tasks.thank()

    assert Message.objects.count() == 1


def test_who_is_marked_after_a_reopening_is_thanked_then(clock: Clock) -> None:
    session = over()
    seat(session=session, state=RegistrationState.ATTENDED)
    late = seat(session=session, state=RegistrationState.ABSENT)
    tasks.thank()
    by = coordinator(None)
    services.reopen_attendance(session=session, by=by, reason="because")
    Registration.objects.filter(pk=late.pk).update(state=RegistrationState.ATTENDED)
    services.close_attendance(session=session, by=by)
    clock.forward(hours=2)

    tasks.thank()

    assert Message.objects.filter(kind="feedback-asked").count() == 2


def test_where_nobody_closes_the_attendance_thanks_come_half_a_day_later() -> None:
    early = SessionFactory(in_hours=-4, state=SessionState.HELD)
    late = SessionFactory(in_hours=-20, state=SessionState.HELD)
    seat(session=early, state=RegistrationState.ATTENDED)
    mine = seat(session=late, state=RegistrationState.ATTENDED)

    tasks.thank()

    assert Message.objects.get(kind="feedback-asked").recipient_id == mine.practitioner.user_id


def test_nobody_is_asked_about_what_is_long_over() -> None:
    seat(session=over(in_hours=-24 * 31), state=RegistrationState.ATTENDED)
    tasks.thank()
    assert Message.objects.count() == 0


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize(("discreet", "chatham_house"), [(True, False), (False, True)])
def test_thanks_that_would_give_presence_away_say_nothing(discreet: bool, chatham_house: bool, language: str) -> None:
    session = over(chatham_house=chatham_house)
    user = UserFactory(discreet=discreet, language=language)
    person = PractitionerFactory(user=user)
    RegistrationFactory(session=session, practitioner=person, state=RegistrationState.ATTENDED)

    tasks.thank()

    message = Message.objects.get()
    mail = render.email(message, kinds.contacts([user.pk])[user.pk])
    assert message.discreet
    said = f"{mail.subject} {mail.body} {render.sms(message, kinds.contacts([user.pk])[user.pk])}"
    for telling in (session.title_ar, session.title_en, session.slug, "Thank", "شكر", "there", "حضور"):
        assert telling not in said
