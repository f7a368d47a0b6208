"""Feedback: only from who was there, once, and so that nothing leads from an answer to a person."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dialogues import outreach, policies, services
from dialogues.enums import RegistrationState, SessionState
from dialogues.models import FeedbackAnswer, FeedbackGiven, Session
from dialogues.models.feedback import SCORES
from network import services as network_services
from network.models import Practitioner, Transition, User
from tests.clock import Clock
from tests.desk import at_the_desk
from tests.factories.dialogues import SessionFactory, seat
from tests.factories.network import PractitionerFactory, RegionFactory, auditor, coordinator

pytestmark = pytest.mark.django_db
HIGH = dict.fromkeys(SCORES, 5)
LOW = dict.fromkeys(SCORES, 1)
ON_DISK = {"sqlite": "rowid", "postgresql": "ctid"}
POSTED = dict.fromkeys(SCORES, "4")


def over(**fields: Any) -> Session:
    return SessionFactory(**{"in_hours": -26, "state": SessionState.CLOSED, **fields})


def present(session: Session, side: str | None = "west", **fields: Any) -> Practitioner:
    person = PractitionerFactory(side=side, **fields)
    seat(session=session, practitioner=person, state=RegistrationState.ATTENDED)
    return person


def answer(session: Session, person: Practitioner, scores: dict[str, int] = HIGH, text: str = "") -> None:
    services.give_feedback(session=session, scores=scores, text=text, by=person.user)


def answered(session: Session, **sides: int) -> list[Practitioner]:
    """Let so many of each side be present, and then answer with 5 everywhere."""
    people = [present(session, side) for side, count in sides.items() for _ in range(count)]
    for person in people:
        answer(session, person, text=f"words {person.pk}")
    return people


def results(session: Session, *, with_words: bool = True) -> outreach.Results:
    return outreach.feedback_results(session, with_words=with_words)


def signed_in(person: Practitioner) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def page_of(session: Session, user: User) -> Any:
    return at_the_desk(user).get(f"/en/admin/dialogues/session/{session.pk}/feedback/")


# --- anonymous by construction ------------------------------------------------------------------------------------------


def test_no_way_leads_from_an_answer_to_a_person() -> None:
    columns = {field.name: field for field in FeedbackAnswer._meta.concrete_fields}

    assert set(columns) == {"id", "session", "side", "text", "released", *SCORES}
    related = {field.related_model._meta.label for field in columns.values() if field.is_relation}
    assert related == {"dialogues.Session", "network.Region"}
    assert not any(isinstance(field, models.DateField | models.AutoField) for field in columns.values())
    times = [field for field in FeedbackGiven._meta.concrete_fields if isinstance(field, models.DateField)]
    assert [type(field) for field in times] == [models.DateField]


def test_an_answer_records_no_step_and_no_time() -> None:
    session = over()
    person = present(session)
    before = Transition.objects.count()

    answer(session, person)

    assert Transition.objects.count() == before
    assert FeedbackGiven.objects.get().on == timezone.localdate()


def test_answers_are_in_no_order_that_tells_who_came_first() -> None:
    session = over()
    people = [present(session) for _ in range(7)]
    known: set[Any] = set()
    for number, person in enumerate(people):
        answer(session, person, text=str(number))
        keys = list(FeedbackAnswer.objects.order_by("pk").values_list("pk", flat=True))
        assert known & set(keys) == set()
        known |= set(keys)
        with connection.cursor() as cursor:
            # As they lie on the disk: in the order of their keys, which are random.
            cursor.execute(f"SELECT id FROM dialogues_feedbackanswer ORDER BY {ON_DISK[connection.vendor]}")
            assert [uuid.UUID(str(row[0])) for row in cursor.fetchall()] == keys
    assert sorted(FeedbackAnswer.objects.values_list("text", flat=True)) == [str(number) for number in range(7)]


@pytest.mark.parametrize(
    ("of_the_side", "chatham_house", "kept"), [(4, False, False), (5, False, True), (5, True, False)]
)
def test_a_side_is_kept_only_where_five_of_it_were_there(of_the_side: int, chatham_house: bool, kept: bool) -> None:
    session = over(chatham_house=chatham_house)
    people = [present(session) for _ in range(of_the_side)]
    present(session, "east")

    answer(session, people[0])

    assert (FeedbackAnswer.objects.get().side is not None) is kept


def test_answers_from_abroad_have_no_side() -> None:
    session = over()
    people = [present(session, None) for _ in range(6)]
    answer(session, people[0])
    assert FeedbackAnswer.objects.get().side is None


# --- who may answer -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [state for state in RegistrationState if state != RegistrationState.ATTENDED])
def test_only_those_present_are_asked(state: str) -> None:
    session = over()
    person = seat(session=session, state=state).practitioner

    with pytest.raises(services.WasNotThere):
        answer(session, person)

    client = signed_in(person)
    assert client.post(f"/en/sessions/{session.slug}/feedback/", POSTED).url == session.get_absolute_url().replace(
        "/ar/", "/en/"
    )
    assert FeedbackAnswer.objects.count() == FeedbackGiven.objects.count() == 0


def test_answers_are_taken_from_the_end_for_thirty_days(clock: Clock) -> None:
    session = over(in_hours=-1, state=SessionState.HELD)
    person, other = present(session), present(session)
    with pytest.raises(services.FeedbackClosed):
        answer(session, person)
    clock.set(session.ends_at)
    answer(session, person)
    clock.set(session.ends_at + timedelta(days=30))
    with pytest.raises(services.FeedbackClosed):
        answer(session, other)


@pytest.mark.parametrize("state", [SessionState.PUBLISHED, SessionState.CANCELLED])
def test_nobody_is_asked_about_what_was_not_held(state: str) -> None:
    session = over(state=state)
    with pytest.raises(services.FeedbackClosed):
        answer(session, present(session))


def test_a_second_answer_is_refused_and_the_first_stays() -> None:
    session = over()
    person = present(session)
    answer(session, person, HIGH)

    with pytest.raises(services.AlreadyAnswered):
        answer(session, person, LOW)

    assert FeedbackAnswer.objects.get().useful == 5
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedbackGiven.objects.create(session=session, practitioner=person, on=timezone.localdate())


@pytest.mark.parametrize("score", [0, 6])
def test_the_database_refuses_a_score_out_of_range(score: int) -> None:
    session = over()
    with pytest.raises(ValidationError):
        answer(session, present(session), {**HIGH, "again": score})
    assert FeedbackGiven.objects.count() == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedbackAnswer.objects.create(session=session, **{**HIGH, "again": score})


# --- what is shown ------------------------------------------------------------------------------------------------------


def test_nothing_is_shown_below_five_and_then_five_at_a_time() -> None:
    session = over()
    people = [present(session) for _ in range(11)]
    counts = []
    for person in people:
        answer(session, person, text="words")
        shown = results(session)
        counts.append((shown.total.count if shown.total else 0, len(shown.texts)))

    assert counts == [(0, 0)] * 4 + [(5, 5)] * 5 + [(10, 10)] * 2


def test_averages_are_of_the_answers_shown() -> None:
    session = over()
    people = [present(session) for _ in range(6)]
    for person in people[:3]:
        answer(session, person, {**HIGH, "heard": 2})
    for person in people[3:5]:
        answer(session, person, LOW)
    answer(session, people[5], LOW)

    total = results(session).total

    assert total == outreach.Group(None, 5, (3.4, 1.6, 3.4, 3.4))


def test_sides_are_told_apart_only_when_no_more_can_come(clock: Clock) -> None:
    session = over()
    answered(session, west=10, east=5)
    assert results(session).sides == ()

    clock.set(policies.feedback_ends(session))

    assert [(group.side.code, group.count) for group in results(session).sides if group.averages] == [
        ("east", 5),
        ("west", 10),
    ]


def test_a_small_side_is_hidden_and_does_not_follow_from_the_others(clock: Clock) -> None:
    RegionFactory(code="south")
    session = over()
    answered(session, west=10, east=6)
    for person in [present(session, "south") for _ in range(5)][:4]:
        answer(session, person, LOW)
    clock.set(policies.feedback_ends(session))

    shown = {group.side.code: group.averages is not None for group in results(session).sides}

    # Four of the south: east goes too, or total less west less east would be the south.
    assert results(session).total.count == 20
    assert shown == {"east": False, "west": True, "south": False}


def test_no_side_is_shown_under_the_chatham_house_rule(clock: Clock) -> None:
    session = over(chatham_house=True)
    answered(session, west=6, east=9)
    clock.set(policies.feedback_ends(session))
    assert results(session).sides == ()


# --- the desk -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en"])
def test_who_runs_the_session_reads_averages_and_words(language: str) -> None:
    session = over()
    answered(session, west=5)

    page = at_the_desk(coordinator(None)).get(f"/{language}/admin/dialogues/session/{session.pk}/feedback/")

    assert page.status_code == 200
    assert page.text.count("<meter") == len(SCORES)
    assert page.text.count("words ") == 5


def test_coordinator_of_one_side_reads_averages_of_a_joint_session_but_no_words() -> None:
    session = over()
    answered(session, west=5)

    page = page_of(session, coordinator("west"))

    assert page.text.count("<meter") == len(SCORES)
    assert "words " not in page.text


@pytest.mark.parametrize(("chatham_house", "reads"), [(False, True), (True, False)])
def test_auditor_reads_words_but_not_those_under_the_chatham_house_rule(chatham_house: bool, reads: bool) -> None:
    session = over(chatham_house=chatham_house)
    answered(session, west=5)
    assert ("words " in page_of(session, auditor()).text) is reads


def test_feedback_of_another_side_s_session_looks_unknown() -> None:
    session = over(host_region=RegionFactory(code="east"))
    answered(session, east=5)

    assert page_of(session, coordinator("west")).status_code == 404
    assert page_of(session, coordinator("east")).status_code == 200
    assert Client().get(f"/en/admin/dialogues/session/{session.pk}/feedback/").status_code in (302, 404)
    member = signed_in(PractitionerFactory(side="east"))
    assert member.get(f"/en/admin/dialogues/session/{session.pk}/feedback/").status_code in (302, 404)


def test_desk_shows_nothing_below_five() -> None:
    session = over()
    people = [present(session) for _ in range(4)]
    for person in people:
        answer(session, person, text="words")

    page = page_of(session, coordinator(None)).text

    assert "<meter" not in page
    assert "words" not in page.split("</head>")[1]
    assert "five people have answered" in page


def test_desk_asks_the_database_as_often_for_five_answers_as_for_fifteen() -> None:
    counts = []
    for number in (5, 15):
        session = over()
        answered(session, west=number)
        client = at_the_desk(coordinator(None))
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/en/admin/dialogues/session/{session.pk}/feedback/")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 25


# --- the page -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en"])
def test_member_answers_once_and_a_second_press_says_the_same(language: str) -> None:
    session = over()
    client, path = signed_in(present(session)), f"/{language}/sessions/{session.slug}/feedback/"
    page = client.get(path).text
    assert page.count('type="radio"') == 5 * len(SCORES)
    assert path in client.get(path.removesuffix("feedback/")).text

    answers = [client.post(path, {**POSTED, "text": "  Good.  "}, follow=True) for _ in range(2)]

    said = {"ar": "حُفظت إجابتك دون اسمك", "en": "Your answer is kept, without your name."}[language]
    assert all(said in answer.text for answer in answers)
    kept = FeedbackAnswer.objects.get()
    assert (kept.useful, kept.again, kept.text) == (4, 4, "Good.")
    assert client.get(path).url == f"/{language}/sessions/{session.slug}/"
    # Whoever has answered is not asked again.
    assert all("/feedback/" not in answer.text for answer in answers)


@pytest.mark.parametrize(
    "changed", [{"useful": ""}, {"heard": "6"}, {"arranged": "x"}, {"text": "x" * 1001}, {"text": "a\u202eb"}]
)
def test_what_was_typed_is_kept_when_something_is_wrong(changed: dict[str, str]) -> None:
    session = over()
    client = signed_in(present(session))

    page = client.post(f"/en/sessions/{session.slug}/feedback/", {**POSTED, "text": "My words", **changed})

    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert changed.get("text", "My words") in page.text
    assert FeedbackAnswer.objects.count() == FeedbackGiven.objects.count() == 0


def test_page_explains_how_it_stays_anonymous() -> None:
    session, confidential = over(), over(chatham_house=True)
    page = signed_in(present(session)).get(f"/en/sessions/{session.slug}/feedback/").text
    other = signed_in(present(confidential)).get(f"/en/sessions/{confidential.slug}/feedback/").text

    assert "all answers are shuffled" in page
    assert "at least five of it were there" in page
    assert "Under the Chatham House Rule your side is not kept" in other


def test_page_is_for_members_who_were_there() -> None:
    session = over()
    path = f"/en/sessions/{session.slug}/feedback/"
    assert Client().get(path).url.startswith("/en/accounts/login/")
    assert signed_in(PractitionerFactory()).get(path).url == f"/en/sessions/{session.slug}/"
    assert signed_in(PractitionerFactory(state="applied")).get(path).url == "/en/me/"
    assert signed_in(PractitionerFactory()).get("/en/sessions/none/feedback/").status_code == 404


def test_who_was_there_is_led_to_the_page() -> None:
    session = over()
    person = present(session)
    client, link = signed_in(person), f'href="/en/sessions/{session.slug}/feedback/"'

    assert link in client.get("/en/me/").text
    assert link in client.get(f"/en/sessions/{session.slug}/").text
    answer(session, person)
    assert link not in client.get("/en/me/").text
    assert link not in signed_in(PractitionerFactory()).get(f"/en/sessions/{session.slug}/").text


# --- leaving ------------------------------------------------------------------------------------------------------------


def test_erasing_a_person_forgets_that_they_answered_and_keeps_the_answer() -> None:
    session = over()
    people = answered(session, west=5)
    person = people[0]
    assert outreach.my_copy(person)["feedback_given"][0]["on"] == timezone.localdate()
    before = results(session)
    network_services.leave(user=person.user)

    network_services.erase(practitioner=Practitioner.objects.get(pk=person.pk))

    assert not FeedbackGiven.objects.filter(practitioner=person).exists()
    assert FeedbackGiven.objects.count() == 4
    assert results(session) == before
