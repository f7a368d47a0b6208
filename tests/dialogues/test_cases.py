"""The way of a case study: every move from every state, by everybody, twice, and with what could identify a patient."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from dialogues import case_selectors, policies, services
from dialogues.enums import (
    CASE_MOVES,
    TRANSLATABLE_CASES,
    CaseMove,
    CasePoint,
    CaseState,
    Listing,
    SessionKind,
    SessionState,
)
from dialogues.models import CaseStudy, CaseSubmission
from network import services as network
from network.models import Practitioner, Transition, User
from network.services import IllegalMove
from notifications.outbox import Message
from tests.factories.cases import CaseFactory, ConditionFactory
from tests.factories.dialogues import SessionFactory
from tests.factories.network import PractitionerFactory, RegionFactory, auditor, coordinator
from tests.state import Broken, everything

pytestmark = pytest.mark.django_db

ALL_POINTS = list(CasePoint.values)
TEXTS = {
    "title_ar": "الأكسجين حين ينقطع الطريق",
    "setting_ar": "مستشفى ريفي.",
    "done_ar": "قسّمنا الأسطوانات.",
    "result_ar": "كفت عشرة أيام.",
    "lesson_ar": "عدّوا ما لديكم.",
    "language": "ar",
}
ENGLISH = {
    "title_en": "Oxygen", "setting_en": "A small hospital.", "done_en": "We shared.", "result_en": "Ten days.", "lesson_en": "Count.",
}  # fmt: skip


def draft(**fields: Any) -> CaseStudy:
    return CaseFactory(state=CaseState.DRAFT, **fields)


def submit(case: CaseStudy, **given: Any) -> CaseStudy:
    declared = {"version": case.version, "points": ALL_POINTS, "patient_consent": "not_needed", "confirmed": []} | given
    return services.submit_case(case=case, by=case.author.user, **declared)


def agenda(side: str | None = "west", **fields: Any) -> Any:
    host = RegionFactory(code=side) if side else None
    return SessionFactory(kind=SessionKind.CASE_STUDY, host_region=host, **fields)


def do(move: str, case: CaseStudy, by: User) -> CaseStudy:
    """Make a move as its service makes it, with all that it needs."""
    if move == CaseMove.SUBMIT:
        return submit(case)
    if move == CaseMove.WITHDRAW:
        return services.withdraw_case(case=case, by=case.author.user)
    if move == CaseMove.SCHEDULE:
        return services.schedule_case(case=case, session=agenda(), by=by)
    if move == CaseMove.PRESENT and case.session_id:
        type(case.session).objects.filter(pk=case.session_id).update(state=SessionState.HELD)
    call = {
        CaseMove.RETURN: lambda: services.return_case(case=case, by=by, reason="Please say more."),
        CaseMove.ACCEPT: lambda: services.accept_case(case=case, by=by),
        CaseMove.UNSCHEDULE: lambda: services.unschedule_case(case=case, by=by),
        CaseMove.PRESENT: lambda: services.present_case(case=case, by=by),
        CaseMove.PUBLISH: lambda: services.publish_case(case=case, by=by),
        CaseMove.UNPUBLISH: lambda: services.unpublish_case(case=case, by=by, reason="A reader recognised it."),
    }
    return call[move]()


@pytest.mark.parametrize("state", CaseState.values)
@pytest.mark.parametrize("move", CaseMove.values)
def test_every_move_from_every_state(move, state):
    case, by = CaseFactory(state=state), coordinator("west")
    table = CASE_MOVES[move]
    before = Transition.objects.of(case).count()

    if state not in table.sources:
        with pytest.raises(IllegalMove), transaction.atomic():
            do(move, case, by)
        case.refresh_from_db()
        assert (case.state, Transition.objects.of(case).count()) == (state, before)
        return
    case = do(move, case, by)

    step = Transition.objects.of(case).order_by("-pk").first()
    assert case.state == table.target
    assert (step.move, step.from_state, step.to_state) == (move, state, table.target)
    case.refresh_from_db()
    assert case.state == table.target
    told = list(Message.objects.filter(recipient_id=case.author.user_id).values_list("kind", flat=True))
    assert len(told) == (0 if move in (CaseMove.SUBMIT, CaseMove.WITHDRAW) else 1)


REVIEWERS = sorted(set(CaseMove.values) - {CaseMove.SUBMIT, CaseMove.WITHDRAW})
# A national coordinator also runs the joint sessions' agendas, on which a case of any side may stand.
AGENDA = (CaseMove.SCHEDULE, CaseMove.UNSCHEDULE, CaseMove.PRESENT)
WRONG = {
    "other side": lambda author: coordinator("east"),
    "auditor": lambda author: auditor(),
    "national": lambda author: coordinator(None),
    "member": lambda author: PractitionerFactory(side="west").user,
    "author": lambda author: author.user,
}


@pytest.mark.parametrize("who", WRONG)
@pytest.mark.parametrize("move", REVIEWERS)
def test_nobody_else_moves_a_case(move, who):
    author = PractitionerFactory(side="west", user=coordinator("west"))
    case = CaseFactory(state=sorted(CASE_MOVES[move].sources)[0], author=author)
    by = WRONG[who](case.author)
    if who == "national" and move in AGENDA:
        return
    before = {key: rows for key, rows in everything().items() if "session" not in str(key).lower()}

    with pytest.raises(services.NotYourReview), transaction.atomic():
        do(move, case, by)

    after = {key: rows for key, rows in everything().items() if "session" not in str(key).lower()}
    changed = {key for key in after if after[key] != before[key]}
    assert not {key for key in changed if "case" in str(key) or "transition" in str(key) or "message" in str(key)}


def test_a_draft_is_kept_however_little_of_it_there_is():
    author = PractitionerFactory()
    uid = uuid.uuid4()

    case = services.create_case(
        author=author, content={"lesson_ar": "عدّوا كل صباح."}, conditions=[], uid=uid, by=author.user
    )

    assert (case.state, case.lesson_ar, case.credited) == ("draft", "عدّوا كل صباح.", False)
    named = services.create_case(
        author=author, content={"title_en": "Salem Alqadi"}, conditions=[], uid=uuid.uuid4(), by=author.user
    )
    assert "salem" not in named.slug
    with pytest.raises(services.EmptyCase):
        services.create_case(author=author, content={}, conditions=[], uid=uuid.uuid4(), by=author.user)


def test_the_same_form_twice_makes_one_case():
    author = PractitionerFactory()
    uid = uuid.uuid4()

    made = [
        services.create_case(author=author, content=TEXTS, conditions=[ConditionFactory()], uid=uid, by=author.user)
        for _ in range(2)
    ]

    assert made[0] == made[1]
    assert CaseStudy.objects.count() == 1
    other = PractitionerFactory()
    with pytest.raises(services.NotYourCase):
        services.create_case(author=other, content=TEXTS, conditions=[], uid=uid, by=other.user)


def test_a_page_that_another_tab_has_overtaken_changes_nothing():
    case = draft()
    services.edit_case(case=case, version=1, content={"lesson_ar": "جديد"}, conditions=None, by=case.author.user)

    with pytest.raises(services.CaseHasChanged), transaction.atomic():
        services.edit_case(case=case, version=1, content={"lesson_ar": "قديم"}, conditions=None, by=case.author.user)
    with pytest.raises(services.CaseHasChanged), transaction.atomic():
        submit(case)

    case.refresh_from_db()
    assert (case.lesson_ar, case.version, case.state) == ("جديد", 2, "draft")


@pytest.mark.parametrize("state", ["submitted", "accepted", "scheduled", "presented", "published"])
def test_words_under_review_are_nobodys_to_change(state):
    case = CaseFactory(state=state)

    with pytest.raises(IllegalMove):
        services.edit_case(case=case, version=1, content={"lesson_ar": "x"}, conditions=None, by=case.author.user)
    with pytest.raises(IllegalMove):
        services.delete_case(case=case, by=case.author.user)


def test_another_member_or_a_suspended_author_does_nothing_with_a_case():
    case, other = draft(), PractitionerFactory(side="west").user
    Practitioner.objects.filter(pk=case.author_id).update(state="suspended")

    for by in (other, case.author.user):
        for call in (
            lambda by: services.edit_case(case=case, version=1, content=TEXTS, conditions=None, by=by),
            lambda by: services.delete_case(case=case, by=by),
            lambda by: services.withdraw_case(case=case, by=by),
            lambda by: services.take_name_off(case=case, by=by),
        ):
            with pytest.raises(services.NotYourCase), transaction.atomic():
                call(by)


def test_what_is_missing_is_named():
    case = draft(lesson_ar="", facility_type=None, conditions=[])

    with pytest.raises(services.IncompleteCase) as refused:
        submit(case)

    for words in policies.case_lacks(case, conditions=False, languages=["ar"]):
        assert str(words) in str(refused.value)
    assert len(policies.case_lacks(case, conditions=False, languages=["ar"])) == 3


@pytest.mark.parametrize("column", ["setting_ar", "done_en"])
@pytest.mark.parametrize("words", ["اتصلوا على ٠٩١٢٣٤٥٦٧٨", "MRN 4471", "a@b.ly", "119850123456"])
def test_a_number_that_leads_to_a_person_is_never_submitted(column, words):
    case = draft(**{column: words})

    with pytest.raises(services.CouldIdentify):
        submit(case, confirmed=["phone", "record", "email", "national", "name"])

    assert not CaseSubmission.objects.exists()


def test_softer_findings_are_confirmed_by_kind_and_kept_without_the_words():
    case = draft(setting_ar="وصل المريض محمد يوم 12 مارس.")
    with pytest.raises(services.FindingsNotConfirmed), transaction.atomic():
        submit(case, confirmed=["name"])

    submit(case, confirmed=["name", "date", "age"])

    kept = CaseSubmission.objects.get()
    assert (kept.confirmed, kept.points, kept.patient_consent) == (["date", "name"], sorted(ALL_POINTS), "not_needed")
    assert kept.submitted_at == CaseStudy.objects.get().submitted_at
    assert "محمد" not in str(list(Transition.objects.of(case).values())) + str(CaseSubmission.objects.values())


@pytest.mark.parametrize("left_out", ALL_POINTS)
def test_every_point_of_the_list_counts(left_out):
    with pytest.raises(services.PointsMissing):
        submit(draft(), points=[point for point in ALL_POINTS if point != left_out])


def test_reviewers_of_the_side_are_told_once_a_day_and_learn_no_title():
    by, other = coordinator("west"), coordinator("east")

    submit(draft())
    submit(draft())

    (message,) = Message.objects.filter(kind="case-submitted")
    assert message.recipient_id == by.pk != other.pk
    assert message.context == {}


def test_an_author_abroad_is_reviewed_by_a_national_coordinator():
    case, national = CaseFactory(state="submitted", author=PractitionerFactory(side=None)), coordinator(None)
    assert list(case_selectors.cases_waiting(national)) == [case]

    services.accept_case(case=case, by=national)

    assert list(case_selectors.cases_waiting(coordinator("west"))) == []


def test_a_draft_is_its_authors_alone():
    case = draft()
    for user in (coordinator("west"), coordinator(None), auditor()):
        assert not CaseStudy.objects.visible_to(user).exists()
        assert not CaseStudy.objects.editable_by(user).exists()
    assert case_selectors.case_for(case.slug, case.author.user) == case
    assert case_selectors.case_for(case.slug, PractitionerFactory().user) is None


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_returning_and_unpublishing_need_a_reason(reason):
    by = coordinator("west")
    with pytest.raises(services.CaseReasonMissing):
        services.return_case(case=CaseFactory(state="submitted"), by=by, reason=reason)
    with pytest.raises(services.CaseReasonMissing):
        services.unpublish_case(case=CaseFactory(), by=by, reason=reason)


def test_the_author_reads_why():
    case = CaseFactory(state="submitted")
    services.return_case(case=case, by=coordinator("west"), reason="اذكروا الجرعات.")

    message = Message.objects.get(recipient_id=case.author.user_id)
    assert (message.kind, message.context["reason"]) == ("case-returned", "اذكروا الجرعات.")
    assert case_selectors.last_reason(case) == "اذكروا الجرعات."


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": SessionKind.DIALOGUE}, {"in_hours": -3}, {"state": SessionState.CANCELLED}, {"state": SessionState.CLOSED},
    ],
)  # fmt: skip
def test_a_case_goes_only_on_the_agenda_of_a_coming_case_study_session(fields):
    case = CaseFactory(state="accepted")
    session = SessionFactory(**({"kind": SessionKind.CASE_STUDY, "host_region": case.author.region} | fields))

    with pytest.raises(services.NoSuchAgenda):
        services.schedule_case(case=case, session=session, by=coordinator("west"))
    with pytest.raises(services.NoSuchAgenda):
        services.schedule_case(case=case, session=None, by=coordinator("west"))


def test_a_national_coordinator_puts_a_case_of_any_side_on_a_joint_agenda_and_no_other():
    case, national = CaseFactory(state="accepted"), coordinator(None)

    with pytest.raises(services.NoSuchAgenda):
        services.schedule_case(case=case, session=agenda("west"), by=national)
    services.schedule_case(case=case, session=agenda(None), by=national)

    with pytest.raises(services.NotYourReview):
        services.publish_case(case=CaseFactory(state="accepted"), by=national)


def test_put_twice_on_the_same_agenda_is_told_once():
    case, session, by = CaseFactory(state="accepted"), agenda(), coordinator("west")

    for _ in range(2):
        services.schedule_case(case=case, session=session, by=by)

    assert Message.objects.filter(kind="case-scheduled").count() == 1
    assert case_selectors.cases_on_agenda(session) == [case]


def test_a_case_is_presented_only_when_the_session_was_held():
    with pytest.raises(services.NotHeldYet):
        services.present_case(case=CaseFactory(state="scheduled"), by=coordinator("west"))


@pytest.mark.parametrize("column", sorted(ENGLISH))
def test_nothing_is_published_in_one_language(column):
    case = CaseFactory(state="accepted", **{column: ""})

    with pytest.raises(services.IncompleteCase), transaction.atomic():
        services.publish_case(case=case, by=coordinator("west"))
    services.translate_case(case=case, version=1, texts={column: "Words."}, by=coordinator("west"))
    services.publish_case(case=case, by=coordinator("west"))


def test_the_database_holds_both_languages_too():
    case = CaseFactory()
    for value in ("", None):
        with pytest.raises(IntegrityError), transaction.atomic():
            CaseStudy.objects.filter(pk=case.pk).update(lesson_en=value)


def test_a_finding_in_the_translation_is_confirmed_by_the_reviewer():
    case, by = CaseFactory(state="accepted"), coordinator("west")
    services.translate_case(case=case, version=1, texts={"done_en": "Mr Salem came on 3 March."}, by=by)
    with pytest.raises(services.FindingsNotConfirmed), transaction.atomic():
        services.publish_case(case=case, by=by)
    with pytest.raises(services.FindingsNotConfirmed), transaction.atomic():
        services.publish_case(case=case, by=by, confirmed=["date"])

    services.publish_case(case=case, by=by, confirmed=["name", "date"])

    assert Transition.objects.of(case).get(move="publish").changes == {"confirmed": ["date", "name"]}


def test_a_number_in_the_translation_is_never_published():
    case, by = CaseFactory(state="accepted"), coordinator("west")
    services.translate_case(case=case, version=1, texts={"done_en": "Call 0912345678."}, by=by)

    with pytest.raises(services.CouldIdentify):
        services.publish_case(case=case, by=by, confirmed=["phone"])


def test_reviewers_write_the_other_language_and_never_the_authors_own_words():
    case, by = CaseFactory(state="submitted"), coordinator("west")
    with pytest.raises(services.AuthorsOwnWords), transaction.atomic():
        services.translate_case(case=case, version=1, texts={"lesson_ar": "غيره"}, by=by)
    with pytest.raises(services.NotYourCase), transaction.atomic():
        services.translate_case(case=case, version=1, texts={"lesson_en": "Other"}, by=coordinator("east"))

    services.translate_case(case=case, version=1, texts={"lesson_en": "Count daily."}, by=by)
    with pytest.raises(services.CaseHasChanged), transaction.atomic():
        services.translate_case(case=case, version=1, texts={"lesson_en": "Late."}, by=case.author.user)
    services.translate_case(case=case, version=2, texts={"lesson_en": "Count every day."}, by=case.author.user)

    case.refresh_from_db()
    assert (case.lesson_en, case.version) == ("Count every day.", 3)


def test_taking_back_what_is_published_takes_it_off_at_once_and_its_notices_too():
    case = CaseFactory(state="presented")
    services.publish_case(case=case, by=coordinator("west"))

    services.withdraw_case(case=case, by=case.author.user)

    case.refresh_from_db()
    assert (case.state, case.published_at, case.session) == ("draft", None, None)
    assert not case_selectors.published_cases().exists()
    assert set(Message.objects.filter(kind__startswith="case-").values_list("state", flat=True)) == {"not_wanted"}


def test_the_same_words_may_be_submitted_again():
    case = draft()
    submit(case)
    services.withdraw_case(case=case, by=case.author.user)

    submit(case)

    assert CaseSubmission.objects.count() == 1


def test_a_name_stands_only_by_choice_and_while_its_bearer_is_a_member():
    case = CaseFactory(credited=True)
    assert policies.shows_author(case)
    assert not policies.shows_author(CaseFactory())
    services.take_name_off(case=case, by=case.author.user)
    case.refresh_from_db()
    assert not policies.shows_author(case)
    left = CaseFactory(credited=True, author=PractitionerFactory(state="left"))
    assert not policies.shows_author(left)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [({}, True), ({"chatham_house": True}, False), ({"listing": Listing.MEMBERS}, False), ({"state": SessionState.PUBLISHED}, False)],
)  # fmt: skip
def test_a_case_names_its_session_only_where_everybody_may_know_of_it(fields, shown):
    session = agenda(**({"state": SessionState.CLOSED} | fields))

    assert policies.shows_session(CaseFactory(session=session)) is shown


def test_leaving_takes_back_what_is_under_review_and_erasing_deletes_it_but_not_what_is_published():
    author = PractitionerFactory(side="west")
    published = CaseFactory(author=author, credited=True)
    states = ["draft", "returned", *TRANSLATABLE_CASES]
    for state in states:
        CaseFactory(author=author, state=state)
    other = CaseFactory(state="draft")
    services.return_case(case=CaseFactory(author=author, state="submitted"), by=coordinator("west"), reason="سبب")

    network.leave(user=author.user)

    assert not CaseStudy.objects.filter(author=author, state__in=TRANSLATABLE_CASES).exists()
    assert not policies.shows_author(case_selectors.case_for(published.slug, other.author.user))
    network.erase(practitioner=Practitioner.objects.get(pk=author.pk))
    assert set(CaseStudy.objects.values_list("pk", "credited")) == {(published.pk, False), (other.pk, False)}
    assert not Transition.objects.filter(subject_type="dialogues.casestudy").exclude(reason="").exists()


def test_a_copy_of_my_data_holds_my_cases():
    case = draft(setting_ar="وصل المريض محمد.", credited=True)
    submit(case, confirmed=["name"])

    (copy,) = case_selectors.my_cases_copy(case.author)

    assert (copy["lesson_ar"], copy["state"], copy["published_with_my_name"]) == (case.lesson_ar, "submitted", True)
    assert copy["declared"][0]["confirmed"] == ["name"]
    assert copy["conditions"] == [{"ar": "توفير الأكسجين", "en": "Oxygen supply"}]


def test_when_telling_fails_nothing_is_decided(monkeypatch):
    case, by = CaseFactory(state="submitted"), coordinator("west")
    before = everything()

    def fail(*args: Any, **kwargs: Any) -> None:
        raise Broken

    monkeypatch.setattr("dialogues.notices.tell_author", fail)
    with pytest.raises(Broken), transaction.atomic():
        services.accept_case(case=case, by=by)

    assert everything() == before


@pytest.mark.parametrize(
    "query",
    ["أكسجين", "والأكسجين", "اكسجين", "الأُكْسِجِين", "oxygen", "OXYGEN", "road oxygen", "الطريق", "اسطوانات", "cylinder", "cylinders",
     "oxigen", "cilinder", "oxyg", "أسطوان"],
)  # fmt: skip
def test_a_case_is_found_in_either_script_and_any_spelling(query):
    case = CaseFactory()
    CaseFactory(
        title_ar="سكري", title_en="Diabetes", setting_ar="عيادة", setting_en="Clinic", done_ar="متابعة", done_en="Follow-up",
        result_ar="تحسن", result_en="Better", lesson_ar="قياس", lesson_en="Measure",
    )  # fmt: skip

    assert list(CaseStudy.objects.published().matching(query)) == [case]


@pytest.mark.parametrize("query", ["", "  ", "؟!", "\u200f"])
def test_a_query_without_words_finds_all(query):
    CaseFactory()

    assert CaseStudy.objects.matching(query).count() == 1


def test_what_nobody_wrote_is_not_found():
    CaseFactory()

    assert not CaseStudy.objects.matching("شلل zebra").exists()


def test_a_session_that_is_called_off_frees_its_case_studies_for_another(client):
    session, by = agenda(), coordinator("west")
    case = services.schedule_case(case=CaseFactory(state="accepted"), session=session, by=by)

    services.cancel_session(session=session, by=by, reason="لا كهرباء")

    case.refresh_from_db()
    assert (case.state, case.session) == (CaseState.ACCEPTED, None)
    assert Transition.objects.of(case).order_by("pk").last().move == CaseMove.UNSCHEDULE
    assert Message.objects.filter(kind="case-unscheduled", recipient_id=case.author.user_id).count() == 1
    client.force_login(case.author.user)
    assert case.title_en not in client.get(f"/en/sessions/{session.slug}/").text
    assert services.schedule_case(case=case, session=agenda(), by=by).state == CaseState.SCHEDULED
