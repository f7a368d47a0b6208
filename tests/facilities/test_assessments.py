"""Visits: who goes, that each answers alone, what is reconciled, and what of it everybody reads."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from facilities import assessment_selectors as selectors, services
from facilities.models import Answer, Assessment, Assessor, Facility, Reconciled
from facilities.services import Given
from facilities.upkeep_enums import ASSESSMENT_MOVES, AssessmentMove, AssessmentState
from network.models import Practitioner, Transition, User
from network.services import IllegalMove, members, parting
from notifications import outbox
from notifications.models import Message
from tests.desk import at_the_desk
from tests.factories import facilities as make
from tests.factories.network import PractitionerFactory, RegionFactory, auditor, coordinator
from tests.security.forms_read import form_of

pytestmark = pytest.mark.django_db
DESK = "/en/admin/facilities/assessment/"
ONE = ["present", "present", "absent", "present", "faulty", "unseen"]
OTHER = ["present", "absent", "absent", "present", "faulty", "present"]


@pytest.fixture
def facility() -> Facility:
    RegionFactory(code="east")
    make.questionnaire()
    return make.facility()


def now(row: Assessment) -> Assessment:
    return Assessment.objects.get(pk=row.pk)


def item(number: int) -> int:
    return make.questionnaire()[number].pk


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def differing(facility: Facility) -> Assessment:
    """Return a visit whose assessors are done and differ on the second item."""
    row = make.visit(facility)
    make.answered(row, 0, ONE)
    make.answered(row, 1, OTHER)
    return row


def agree(row: Assessment, by: User, finding: str = "absent", number: int = 1, note: str = "We looked again.") -> Any:
    return services.reconcile_item(assessment=row, item=item(number), agreed=Given(finding, None, note), by=by)


# --- planning ---------------------------------------------------------------------------------------------------------


def test_a_visit_is_planned_for_a_side_by_its_coordinators_or_a_national_one(facility: Facility) -> None:
    values: dict[str, Any] = {"visit_on": timezone.localdate(), "tolerance": 1}
    for by in (coordinator("west"), coordinator(None)):
        row = services.plan_assessment(facility=facility, by=by, **values)
        assert (row.state, row.edition) == ("planned", make.edition())
    for stranger in (coordinator("east"), auditor(), PractitionerFactory().user):
        with pytest.raises(services.NotYourFacility):
            services.plan_assessment(facility=facility, by=stranger, **values)
    services.close_facility(facility=facility, reason="Gone", by=coordinator("west"))
    with pytest.raises(services.NoLongerListed):
        services.plan_assessment(facility=facility, by=coordinator("west"), **values)


def test_each_side_s_people_are_named_by_who_may_know_them(facility: Facility) -> None:
    row = make.visit(facility, sides=[])
    west, east = PractitionerFactory(side="west"), PractitionerFactory(side="east")
    with pytest.raises(services.AssessorNotInReach):
        services.name_assessor(assessment=row, practitioner=east, remote=False, by=coordinator("west"))
    with pytest.raises(services.NotYourFacility):
        services.name_assessor(assessment=row, practitioner=east, remote=False, by=coordinator("east"))
    services.name_assessor(assessment=row, practitioner=west, remote=False, by=coordinator("west"))
    services.name_assessor(assessment=row, practitioner=east, remote=True, by=coordinator(None))
    with pytest.raises(services.AssessorAlready):
        services.name_assessor(assessment=row, practitioner=west, remote=True, by=coordinator("west"))
    gone = PractitionerFactory(side="west", state="suspended")
    with pytest.raises(services.AssessorNotInReach):
        services.name_assessor(assessment=row, practitioner=gone, remote=False, by=coordinator("west"))
    recipients = Message.objects.filter(kind="assessment-planned", channel="email").values_list(
        "recipient_id", flat=True
    )
    assert set(recipients) == {west.user_id, east.user_id}


def test_a_visit_is_called_off_with_a_reason_until_it_is_reconciled(facility: Facility) -> None:
    row = make.visit(facility)
    make.answered(row, 0)
    with pytest.raises(services.NotYourFacility):
        services.call_off_assessment(assessment=row, reason="The road is closed", by=coordinator("east"))
    with pytest.raises(services.ReasonMissing):
        services.call_off_assessment(assessment=row, reason=" ", by=coordinator("west"))
    services.call_off_assessment(assessment=row, reason="The road is closed", by=coordinator("west"))
    assert now(row).state == "called_off"
    told = Message.objects.filter(kind="assessment-called-off", channel="email")
    assert {message.context["reason"] for message in told} == {"The road is closed"}
    assert {message.recipient_id for message in told} == {make.assessor(row, number).pk for number in (0, 1)}
    with pytest.raises(IllegalMove):
        make.answered(row, 1)
    with pytest.raises(IllegalMove):
        services.call_off_assessment(assessment=row, reason="Again", by=coordinator("west"))


def test_its_assessors_are_told_of_every_change_of_its_day_also_of_one_back(facility: Facility) -> None:
    first, second = (timezone.localdate() + timedelta(days=days) for days in (3, 7))
    row = make.visit(facility, visit_on=first)
    for day in (second, first):
        services.replan_assessment(assessment=row, visit_on=day, by=coordinator("west"))
    services.replan_assessment(assessment=row, visit_on=first, tolerance=0, by=coordinator("west"))
    for number in (0, 1):
        told = Message.objects.filter(
            kind="assessment-planned", channel="email", recipient_id=make.assessor(row, number).pk
        ).order_by("pk")
        days = [message.context["visit_on"]["datetime"][:10] for message in told]
        assert days == [day.isoformat() for day in (first, second, first)]


@pytest.mark.parametrize(
    ("language", "words"),
    [("ar", "لم تعد من مقيّمي زيارة هذا المرفق"), ("en", "You are no longer an assessor of the visit")],
)
def test_who_is_taken_off_is_told_and_told_again_when_named_again(
    language: str, words: str, facility: Facility
) -> None:
    row = make.visit(facility)
    person = PractitionerFactory(side="east", user__language=language)

    def named() -> Assessor:
        return services.name_assessor(assessment=row, practitioner=person, remote=True, by=coordinator(None))

    services.drop_assessor(assessor=named(), by=coordinator("west"))
    dropped = Message.objects.get(kind="assessment-dropped", channel="email")
    assert dropped.recipient_id == person.user_id
    subject, body = outbox.preview("assessment-dropped", context=dropped.context, language=dropped.language)
    assert words in body
    assert facility.name_in(language) in body
    assert facility.name_in(language) not in subject
    named()
    assert Message.objects.filter(kind="assessment-planned", channel="email", recipient_id=person.user_id).count() == 2


def test_who_is_taken_off_what_is_hidden_is_not_told_its_name(facility: Facility) -> None:
    row = make.visit(facility, ("west", "east", "west"))
    services.raise_concern(facility=facility, reason="Threats", by=coordinator("west"))
    services.drop_assessor(assessor=row.assessors.order_by("pk")[2], by=coordinator("west"))
    assert not Message.objects.filter(kind="assessment-dropped").exists()


def test_who_has_still_to_go_is_told_when_a_visit_is_on_again(facility: Facility) -> None:
    row, called_off = make.visit(facility, ("west", "east", "west")), make.visit(facility)
    make.answered(row, 0)
    services.raise_concern(facility=facility, reason="Threats", by=coordinator("west"))
    services.call_off_assessment(assessment=called_off, reason="Threats", by=coordinator("west"))
    services.drop_assessor(assessor=row.assessors.order_by("pk")[2], by=coordinator("west"))
    before = Message.objects.count()
    for _ in range(2):
        services.lift_concern(facility=facility, reason="Quiet again", by=coordinator("west"))
    on_again = Message.objects.order_by("pk")[before:]
    assert [(message.kind, message.recipient_id) for message in on_again if message.channel == "email"] == [
        ("assessment-planned", make.assessor(row, 1).pk)
    ]

    services.raise_concern(facility=facility, reason="Threats", by=coordinator("west"))
    services.close_facility(facility=facility, reason="Gone", by=coordinator("west"))
    before = Message.objects.count()
    services.lift_concern(facility=facility, reason="Nothing left to hide", by=coordinator("west"))
    assert Message.objects.count() == before


def test_of_a_hidden_facility_not_even_that_is_told(facility: Facility) -> None:
    row = make.visit(facility)
    services.raise_concern(facility=facility, reason="Threats", by=coordinator("west"))
    halted = Message.objects.filter(kind="assessment-halted", channel="email")
    assert {message.recipient_id for message in halted} == {make.assessor(row, number).pk for number in (0, 1)}
    assert all(list(message.context) == ["visit_on"] for message in halted)

    services.call_off_assessment(assessment=row, reason="Threats", by=coordinator("west"))
    assert now(row).state == "called_off"
    assert not Message.objects.filter(kind="assessment-called-off").exists()


def test_nobody_travels_to_a_facility_that_is_closed(facility: Facility) -> None:
    row = make.visit(facility, ("west", "east", "west"))
    make.answered(row, 2)
    services.close_facility(facility=facility, reason="Destroyed", by=coordinator("west"))
    halted = Message.objects.filter(kind="assessment-halted", channel="email")
    # Whoever is done travels nowhere.
    assert {message.recipient_id for message in halted} == {make.assessor(row, number).pk for number in (0, 1)}
    assert all(list(message.context) == ["visit_on"] for message in halted)


def test_of_a_hidden_facility_that_is_closed_assessors_are_told_once(facility: Facility) -> None:
    make.visit(facility)
    services.raise_concern(facility=facility, reason="Threats", by=coordinator("west"))
    services.close_facility(facility=facility, reason="Destroyed", by=coordinator("west"))
    assert Message.objects.filter(kind="assessment-halted", channel="email").count() == 2


def test_who_leaves_is_no_assessor_any_more_and_one_alone_reconciles_nothing(facility: Facility) -> None:
    row = make.visit(facility)
    make.answered(row, 0)
    gone = make.assessor(row, 1)
    parting.leave(user=gone)
    assert row.assessors.count() == 1
    with pytest.raises(services.TooFewAssessors):
        services.reconcile_assessment(assessment=row, by=make.assessor(row, 0))


@pytest.mark.parametrize("sides", [[], ["west"], ["west", "west"], [None, None]])
def test_it_does_not_begin_without_two_assessors_of_different_sides(
    sides: list[str | None], facility: Facility
) -> None:
    row = make.visit(facility, sides)
    by = make.assessor(row) if sides else coordinator("west")
    with pytest.raises(services.TooFewAssessors if sides else services.NotAnAssessor):
        services.keep_answers(assessment=row, given={item(0): Given("present")}, by=by)
    assert (now(row).state, Answer.objects.count()) == ("planned", 0)


def test_somebody_has_to_be_there_and_the_day_to_have_come(facility: Facility) -> None:
    row = make.visit(facility)
    Assessor.objects.filter(assessment=row).update(remote=True)
    with pytest.raises(services.TooFewAssessors):
        make.answered(row, done=False)
    later = make.visit(facility, visit_on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(services.NotBeforeItsDay):
        make.answered(later, done=False)
    services.replan_assessment(assessment=later, visit_on=timezone.localdate(), tolerance=0, by=coordinator("west"))
    make.answered(later, done=False)
    assert (now(later).state, now(later).tolerance) == ("in_field", 0)


def test_a_visit_goes_on_when_whoever_is_not_done_leaves(facility: Facility) -> None:
    row = make.visit(facility)
    make.answered(row, 0)
    parting.leave(user=make.assessor(row, 1))
    assert not Message.objects.filter(kind="assessment-compare").exists()
    with pytest.raises(services.TooFewAssessors):
        services.reconcile_assessment(assessment=row, by=make.assessor(row))
    other = PractitionerFactory(side="east")
    services.name_assessor(assessment=row, practitioner=other, remote=True, by=coordinator(None))
    make.answered(row, 1)
    services.reconcile_assessment(assessment=row, by=make.assessor(row))
    assert now(row).state == AssessmentState.RECONCILED


@pytest.mark.parametrize("goes", ["leaves", "is taken off"])
def test_who_is_done_is_told_when_they_waited_only_for_somebody_who_goes(goes: str, facility: Facility) -> None:
    row = make.visit(facility, ("west", "east", "west"))
    make.answered(row, 0)
    make.answered(row, 1)
    if goes == "leaves":
        parting.leave(user=make.assessor(row, 2))
    else:
        services.drop_assessor(assessor=row.assessors.order_by("pk")[2], by=coordinator("west"))
    told = Message.objects.filter(kind="assessment-compare", channel="email").values_list("recipient_id", flat=True)
    assert sorted(told) == sorted(make.assessor(row, number).pk for number in (0, 1))


def test_an_older_page_moves_no_visit_back_to_its_former_day(facility: Facility) -> None:
    row = make.visit(facility, visit_on=timezone.localdate() + timedelta(days=3))
    address, west = f"{DESK}{row.pk}/change/", at_the_desk(coordinator("west"))
    old = form_of(west.get(address).text)
    later = timezone.localdate() + timedelta(days=20)
    services.replan_assessment(assessment=row, visit_on=later, by=coordinator("west"))
    told = Message.objects.count()
    person = PractitionerFactory(side="west")
    named = {"assessors-TOTAL_FORMS": "1", "assessors-0-practitioner": person.pk}
    assert west.post(address, old | named).status_code == 302
    assert now(row).visit_on == later
    assert set(Message.objects.order_by("pk")[told:].values_list("recipient_id", flat=True)) == {person.user_id}


def test_an_assessor_who_can_not_go_on_is_replaced(facility: Facility) -> None:
    row = make.visit(facility)
    make.answered(row, 0)
    first, second = row.assessors.order_by("pk")
    with pytest.raises(services.DoneAlready):
        services.drop_assessor(assessor=first, by=coordinator("west"))
    with pytest.raises(services.TooFewAssessors):
        services.drop_assessor(assessor=second, by=coordinator("west"))
    services.name_assessor(
        assessment=row, practitioner=PractitionerFactory(side="east"), remote=True, by=coordinator(None)
    )
    services.drop_assessor(assessor=second, by=coordinator("west"))
    make.answered(row, 1)
    with pytest.raises(services.AllDone):
        services.name_assessor(
            assessment=row, practitioner=PractitionerFactory(side="east"), remote=True, by=coordinator(None)
        )


def _suspend(person: Practitioner) -> None:
    members.suspend(practitioner=person, by=coordinator("west"), reason="Complaints")


def _move(person: Practitioner) -> None:
    south = make.municipality("south")
    members.edit_profile(user=person.user, profile={"municipality": south})


@pytest.mark.parametrize("goes", [lambda person: parting.leave(user=person.user), _suspend, _move])
def test_where_one_who_was_done_goes_another_is_named_and_closes(
    goes: Callable[[Practitioner], Any], facility: Facility
) -> None:
    row = differing(facility)
    third = PractitionerFactory(side="west")

    def named() -> Assessor:
        return services.name_assessor(assessment=row, practitioner=third, remote=False, by=coordinator("west"))

    with pytest.raises(services.AllDone):
        named()
    goes(make.assessor(row, 0).practitioner)
    stays = make.assessor(row, 1)
    agree(row, stays)
    with pytest.raises(services.OwnReconciliation):
        services.reconcile_assessment(assessment=row, by=stays)
    with pytest.raises(services.NotAnAssessor):
        services.reconcile_assessment(assessment=row, by=make.assessor(row, 0))

    named()
    before = Message.objects.count()
    with pytest.raises(services.OthersNotDone):
        services.reconcile_assessment(assessment=row, by=third.user)
    make.answered(row, 2, OTHER)
    told = Message.objects.order_by("pk")[before:]
    assert {(each.kind, each.recipient_id) for each in told} == {
        ("assessment-compare", stays.pk), ("assessment-compare", third.user_id)
    }  # fmt: skip
    with pytest.raises(services.AllDone):
        services.name_assessor(
            assessment=row, practitioner=PractitionerFactory(side="east"), remote=True, by=coordinator(None)
        )
    services.reconcile_assessment(assessment=row, by=third.user)
    assert now(row).state == AssessmentState.RECONCILED


# --- states -----------------------------------------------------------------------------------------------------------

STEPS: dict[AssessmentMove, Callable[[Assessment], Any]] = {
    AssessmentMove.START: lambda row: services.replan_assessment(
        assessment=row, visit_on=row.visit_on - timedelta(days=1), tolerance=1, by=coordinator("west")
    ),
    AssessmentMove.RECONCILE: lambda row: services.reconcile_assessment(assessment=row, by=make.assessor(row)),
    AssessmentMove.PUBLISH: lambda row: services.publish_assessment(assessment=row, by=coordinator("west")),
}


@pytest.mark.parametrize("state", AssessmentState)
@pytest.mark.parametrize("move", STEPS)
def test_a_visit_moves_only_as_its_table_says(move: AssessmentMove, state: str, facility: Facility) -> None:
    row = make.visit(facility)
    for number in (0, 1):
        make.answered(row, number)
    Assessment.objects.filter(pk=row.pk).update(state=state)
    if state in ASSESSMENT_MOVES[move].sources:
        STEPS[move](row)
        if move != AssessmentMove.START:
            assert now(row).state == ASSESSMENT_MOVES[move].target
            with pytest.raises(IllegalMove):
                STEPS[move](row)
    else:
        with pytest.raises(IllegalMove):
            STEPS[move](row)
        assert now(row).state == state


@pytest.mark.parametrize("state", [AssessmentState.RECONCILED, AssessmentState.PUBLISHED])
def test_what_is_reconciled_is_answered_no_more(state: str, facility: Facility) -> None:
    row = make.visit(facility)
    make.answered(row, done=False)
    Assessment.objects.filter(pk=row.pk).update(state=state)
    with pytest.raises(IllegalMove):
        make.answered(row, done=False)
    with pytest.raises(IllegalMove):
        services.finish_answers(assessment=row, by=make.assessor(row))
    with pytest.raises(IllegalMove):
        services.drop_assessor(assessor=row.assessors.all()[0], by=coordinator("west"))


def test_every_step_is_in_the_journal(facility: Facility) -> None:
    row = make.published(facility)
    moves = [step.move for step in Transition.objects.of(row).order_by("pk") if step.move != "edit"]
    assert moves == ["plan", "start", "reconcile", "publish"]


def test_the_database_binds_who_to_when(facility: Facility) -> None:
    row = make.visit(facility)
    for stem in ("reconciled", "published"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Assessment.objects.filter(pk=row.pk).update(**{f"{stem}_at": timezone.now()})


# --- alone ------------------------------------------------------------------------------------------------------------


def test_each_answers_alone_and_sees_nothing_of_the_others_before_all_are_done(facility: Facility) -> None:
    row = make.visit(facility)
    items = make.questionnaire()
    first, second = make.assessor(row, 0), make.assessor(row, 1)
    secret = Given("faulty", None, "Canary of the first")
    services.keep_answers(assessment=row, given={items[0].pk: secret}, by=first)
    base = f"/en/facilities/assessments/{row.pk}/"
    pages = [base, base + "domain-0/", base + "paper/", base + "reconcile/"]

    def read(user: User) -> str:
        return "".join(browser(user).get(page, follow=True).text for page in pages)

    assert "Canary of the first" in read(first)
    assert "Canary of the first" not in read(second)
    make.answered(row, 0, ["faulty"] * 6)
    Answer.objects.filter(item=items[0]).update(note="Canary of the first")
    people = selectors.assessors(row)
    assert selectors.all_answers(people) == [{}, {}]
    assert "Canary of the first" not in read(second)
    with pytest.raises(services.OthersNotDone):
        agree(row, second)
    with pytest.raises(services.OthersNotDone):
        services.reconcile_assessment(assessment=row, by=first)
    west = at_the_desk(coordinator("west"))
    assert "Canary of the first" not in west.get(f"{DESK}{row.pk}/change/").text
    make.answered(row, 1)
    assert "Canary of the first" in browser(second).get(base + "reconcile/").text


def test_who_is_done_changes_nothing_and_nobody_is_done_with_gaps(facility: Facility) -> None:
    row = make.visit(facility)
    by = make.assessor(row)
    services.keep_answers(assessment=row, given={item(0): Given("present")}, by=by)
    with pytest.raises(services.NotAllAnswered):
        services.finish_answers(assessment=row, by=by)
    make.answered(row)
    at = row.assessors.order_by("pk")[0].done_at
    services.finish_answers(assessment=row, by=by)
    assert row.assessors.order_by("pk")[0].done_at == at
    with pytest.raises(services.DoneAlready):
        services.keep_answers(assessment=row, given={item(0): Given("absent")}, by=by)
    assert Answer.objects.get(item=item(0)).finding == "present"


@pytest.mark.parametrize("wrong", [Given("perhaps"), Given("present", 10_000), Given("present", -1)])
def test_nonsense_is_no_answer(wrong: Given, facility: Facility) -> None:
    row = make.visit(facility)
    with pytest.raises(services.NoFinding):
        services.keep_answers(assessment=row, given={item(0): wrong}, by=make.assessor(row))
    assert (now(row).state, Answer.objects.count()) == ("planned", 0)


def test_only_the_questionnaire_of_the_visit_s_edition_is_answered(facility: Facility) -> None:
    row = make.visit(facility)
    newer = make.edition("sara-new", "2020-01-01")
    other = make.questionnaire()[0]
    foreign = type(other).objects.create(
        code="new-1", edition=newer, domain=make.service("New", edition=newer), name_ar="ن", name_en="N"
    )
    with pytest.raises(services.NoFinding):
        services.keep_answers(assessment=row, given={foreign.pk: Given("present")}, by=make.assessor(row))
    make.answered(row)


def test_nobody_else_answers_reads_or_closes(facility: Facility) -> None:
    row = differing(facility)
    strangers = [coordinator("west"), coordinator(None), PractitionerFactory(side="west").user]
    for stranger in strangers:
        with pytest.raises(services.NotAnAssessor):
            services.keep_answers(assessment=row, given={}, by=stranger)
        with pytest.raises(services.NotAnAssessor):
            agree(row, stranger)
        with pytest.raises(services.NotAnAssessor):
            services.reconcile_assessment(assessment=row, by=stranger)
    member = browser(strangers[-1])
    for page in ("", "paper/", "reconcile/", "domain-0/"):
        assert member.get(f"/en/facilities/assessments/{row.pk}/{page}").status_code == 404, page
    for page in ("done/", "close/"):
        assert member.post(f"/en/facilities/assessments/{row.pk}/{page}").status_code == 404, page
    suspended = make.assessor(row)
    type(suspended.practitioner).objects.filter(user=suspended).update(state="suspended")
    with pytest.raises(services.NotAnAssessor):
        agree(row, suspended)


def test_hidden_by_a_concern_the_visit_is_gone_for_assessors_of_other_sides(facility: Facility) -> None:
    row = make.visit(facility)
    address = f"/en/facilities/assessments/{row.pk}/"
    assert browser(make.assessor(row, 1)).get(address).status_code == 200
    services.raise_concern(facility=facility, reason="", by=coordinator("west"))
    for number in (0, 1):
        assert browser(make.assessor(row, number)).get(address).status_code == 404
        assert facility.name_en not in browser(make.assessor(row, number)).get("/en/facilities/assessments/").text
        with pytest.raises(services.NotAnAssessor):
            make.answered(row, number)
    told = Message.objects.count()
    values: dict[str, Any] = {"visit_on": timezone.localdate() + timedelta(days=1), "tolerance": 1}
    with pytest.raises(services.NobodyIsSentThere):
        services.plan_assessment(facility=facility, by=coordinator("west"), **values)
    with pytest.raises(services.NobodyIsSentThere):
        services.replan_assessment(assessment=row, by=coordinator("west"), **values)
    with pytest.raises(services.NobodyIsSentThere):
        services.name_assessor(
            assessment=row, practitioner=PractitionerFactory(side="east"), remote=True, by=coordinator(None)
        )
    assert Message.objects.count() == told


# --- reconciling ------------------------------------------------------------------------------------------------------


def test_differences_are_settled_item_by_item_and_closed_by_another(facility: Facility) -> None:
    row = differing(facility)
    first, second = make.assessor(row, 0), make.assessor(row, 1)
    people = selectors.assessors(row)
    (difference,) = selectors.differences(row, people, selectors.all_answers(people))
    assert [answer.finding for _person, answer in difference.found] == ["present", "absent"]
    with pytest.raises(services.StillDiffering):
        services.reconcile_assessment(assessment=row, by=first)
    with pytest.raises(services.NothingDiffers):
        agree(row, first, number=0)
    with pytest.raises(services.ReasonMissing):
        agree(row, first, note=" ")
    with pytest.raises(services.NoFinding):
        agree(row, first, finding="perhaps")
    agree(row, first, "present")
    agree(row, first, "absent")
    with pytest.raises(services.OwnReconciliation):
        services.reconcile_assessment(assessment=row, by=first)
    services.reconcile_assessment(assessment=row, by=second)

    row = now(row)
    # 1 of 3 and, of the second domain, present, faulty, and what one could not see and the other saw: 2 of 3.
    assert [(each["present"], each["items"]) for each in row.scores] == [(1, 3), (2, 3)]
    assert row.index == Decimal("50.0")
    # Of the five items that both saw they found the same on four; p_e = (3 * 2 + 1 * 2 + 1 * 1) / 25.
    assert (row.agreement, row.kappa) == (Decimal("80.0"), Decimal("0.69"))
    assert Reconciled.objects.count() == 2


def test_numbers_are_reconciled_beyond_the_tolerance_alone(facility: Facility) -> None:
    for tolerance, differs in ((2, 0), (1, 1)):
        row = make.visit(facility, tolerance=tolerance)
        for number, count in ((0, 3), (1, 5)):
            given = {each.pk: Given("present", count) for each in make.questionnaire()[:1]}
            make.answered(row, number, done=False)
            services.keep_answers(assessment=row, given=given, by=make.assessor(row, number))
            services.finish_answers(assessment=row, by=make.assessor(row, number))
        people = selectors.assessors(row)
        assert len(selectors.differences(row, people, selectors.all_answers(people))) == differs


# --- published --------------------------------------------------------------------------------------------------------


def test_only_who_runs_it_publishes(facility: Facility) -> None:
    row = make.visit(facility)
    for number in (0, 1):
        make.answered(row, number)
    services.reconcile_assessment(assessment=row, by=make.assessor(row))
    for stranger in (coordinator("east"), auditor(), make.assessor(row)):
        with pytest.raises(services.NotYourFacility):
            services.publish_assessment(assessment=row, by=stranger)
    assert Client().get(f"/en/facilities/{facility.code}/readiness/").status_code == 404
    services.publish_assessment(assessment=row, by=coordinator(None))
    assert Client().get(f"/en/facilities/{facility.code}/readiness/").status_code == 200


@pytest.mark.parametrize("language", ["ar", "en"])
def test_everybody_reads_scores_and_nobody_who_assessed(language: str, facility: Facility) -> None:
    row = make.published(facility, ["present", "present", "absent", "present", "present", "present"])
    older = make.published(facility, "absent", visit_on=timezone.localdate() - timedelta(days=300))
    base = f"/{language}/facilities/{facility.code}/"
    detail, page = Client().get(base).text, Client().get(base + "readiness/").text
    assert "83.3%" in detail
    assert page.index("83.3%") < page.index("0.0%")
    for person in [*row.assessors.all(), *older.assessors.all()]:
        for name in (person.practitioner.name_ar, person.practitioner.name_latin):
            assert name not in detail + page


def test_the_district_s_mean_is_told_from_five_others_on_and_without_hidden_ones(facility: Facility) -> None:
    make.published(facility)
    others = [make.facility(name_en=f"Other {n}") for n in range(5)]
    for number, other in enumerate(others):
        assert selectors.district_means(facility).index is None, number
        make.published(other, ["present"] * (number + 1) + ["absent"] * (5 - number))
    # The older of two visits counts no more; those of another district never do.
    make.published(others[0], "present", visit_on=timezone.localdate() - timedelta(days=9))
    make.published(make.facility("east"), "absent")
    # Of three items a domain: 1/6, 2/6, 3/6, 4/6, 5/6, as percent to one place.
    assert (
        selectors.district_means(facility).index
        == (Decimal("16.7") + Decimal("33.3") + Decimal("50.0") + Decimal("66.7") + Decimal("83.3")) / 5
    )
    services.raise_concern(facility=others[0], reason="", by=coordinator("west"))
    assert selectors.district_means(facility).index is None


def test_the_district_s_mean_does_not_tell_which_district_a_facility_is_in(facility: Facility) -> None:
    make.published(facility)
    others = [make.facility(name_en=f"Other {n}") for n in range(6)]
    for other in others:
        make.published(other, "absent")
    assert selectors.district_means(facility).index == 0
    Facility.objects.filter(pk=facility.pk).update(public_precision="hidden")
    assert selectors.district_means(Facility.objects.get(pk=facility.pk)).index is None
    # Nor is it in the mean of another.
    assert selectors.district_means(others[0]).index == 0


# --- pages and desk ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en"])
def test_an_assessor_goes_through_the_visit_on_the_website(language: str, facility: Facility) -> None:
    row = make.visit(facility)
    items = make.questionnaire()
    me = browser(make.assessor(row))
    base = f"/{language}/facilities/assessments/{row.pk}/"
    assert row.get_absolute_url().endswith(f"/assessments/{row.pk}/")
    assert me.get(f"/{language}/facilities/assessments/").status_code == 200
    assert getattr(items[5], f"name_{language}") in me.get(base + "paper/").text
    typed = {f"finding-{each.pk}": "present" for each in items[:2]}
    wrong = me.post(base + "domain-0/", typed | {f"count-{items[0].pk}": "many", f"note-{items[1].pk}": "My words"})
    assert wrong.status_code == 400
    assert "My words" in wrong.text
    assert "<details open>" in wrong.text
    alone = me.post(base + "domain-0/", {f"note-{items[1].pk}": "My words"})
    assert (alone.status_code, "My words" in alone.text, Answer.objects.count()) == (400, True, 0)
    response = me.post(base + "domain-0/", typed | {"next": "1"})
    assert response["Location"] == base + "domain-1/"
    assert Answer.objects.count() == 2
    me.post(base + "domain-0/", {f"finding-{items[2].pk}": "absent"})
    me.post(base + "domain-1/", {f"finding-{each.pk}": "present" for each in items[3:]})
    assert me.post(base + "done/").status_code == 302
    make.answered(row, 1)
    page = me.get(base + "reconcile/")
    assert [each["row"].item for each in page.context["rows"]] == [items[2]]
    prefix = f"item-{items[2].pk}"
    typed = {"item": str(items[2].pk), f"{prefix}-finding": "absent"}
    assert me.post(base + "reconcile/", typed).status_code == 400
    assert me.post(base + "reconcile/", typed | {f"{prefix}-note": "Broken since May"}).status_code == 302
    me.post(base + "close/")
    assert now(row).state == "in_field"
    browser(make.assessor(row, 1)).post(base + "close/")
    assert now(row).state == "reconciled"
    assert "83.3%" in me.get(base).text


def test_the_desk_plans_names_and_publishes(facility: Facility) -> None:
    west = at_the_desk(coordinator("west"))
    ours, theirs = PractitionerFactory(side="west"), PractitionerFactory(side="east")
    typed = {
        "facility": facility.pk, "visit_on": timezone.localdate().isoformat(), "tolerance": "1",
        "assessors-TOTAL_FORMS": "1", "assessors-INITIAL_FORMS": "0", "assessors-0-practitioner": ours.pk,
    }  # fmt: skip
    foreign = make.facility("east", name_en="Of the east")
    assert west.post(DESK + "add/", typed | {"facility": foreign.pk}).status_code == 200
    assert west.post(DESK + "add/", typed | {"assessors-0-practitioner": theirs.pk}).status_code == 200
    assert not Assessment.objects.exists()
    assert west.post(DESK + "add/", typed).status_code == 302
    row = Assessment.objects.get()
    address = f"{DESK}{row.pk}/change/"
    national = at_the_desk(coordinator(None))
    typed |= {"assessors-0-practitioner": theirs.pk, "assessors-0-remote": "on"}
    assert national.post(address, typed).status_code == 302
    assert list(row.assessors.order_by("pk").values_list("practitioner", "remote")) == [
        (ours.pk, False),
        (theirs.pk, True),
    ]
    page = west.get(address).text
    assert ours.name in page
    assert theirs.name not in page
    for number in (0, 1):
        make.answered(row, number)
    services.reconcile_assessment(assessment=row, by=make.assessor(row))
    assert west.get(address).status_code == 200
    east = at_the_desk(coordinator("east"))
    for stranger in (east, at_the_desk(auditor())):
        assert stranger.post(f"{DESK}{row.pk}/publish/").status_code == 404
    assert east.get(address).status_code == 404
    assert list(east.get(DESK).context["cl"].result_list) == []
    assert west.post(f"{DESK}{row.pk}/publish/").status_code == 302
    assert now(row).state == "published"


def test_pages_of_visits_cost_the_same_whatever_there_is(
    facility: Facility, django_assert_max_num_queries: Any
) -> None:
    make.questionnaire(domains=4, items=5)
    row = make.visit(facility)
    for each in (make.visit(make.facility(name_en=f"H{n}")) for n in range(5)):
        services.name_assessor(
            assessment=each,
            practitioner=make.assessor(row).practitioner,
            remote=False,
            by=coordinator(None),
        )
    me = browser(make.assessor(row))
    base = f"/ar/facilities/assessments/{row.pk}/"
    for page in ("/ar/facilities/assessments/", base, base + "domain-0/", base + "paper/"):
        me.get(page)
        with django_assert_max_num_queries(15):
            assert me.get(page).status_code == 200
    make.answered(row, 0)
    make.answered(row, 1, "absent")
    with django_assert_max_num_queries(15):
        me.get(base + "reconcile/")
    west = at_the_desk(coordinator("west"))
    west.get(DESK)
    with django_assert_max_num_queries(25):
        west.get(DESK)
