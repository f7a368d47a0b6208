"""The jury: who is on it, replaced in mid-round, and its conflicts (rule 8)."""

import re
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import conflicts, judging_selectors, juror_selectors, recount, services
from campaigns.enums import ConflictKind
from campaigns.models import Assignment, Conflict, Entry, Juror, Mark, Round
from facilities.models import OtherName
from network.models import Practitioner, Transition
from network.services import leave, record_transition
from tests.campaigns.judges import give, give_all_left, held
from tests.factories import campaigns as make
from tests.factories.facilities import facility, focal_point
from tests.factories.network import PractitionerFactory, coordinator

pytestmark = pytest.mark.django_db


# --- the jury --------------------------------------------------------------------------------------------------------------


def test_who_can_be_a_juror() -> None:
    campaign, national = make.judged(0), coordinator(None)
    with pytest.raises(services.NotAMember):
        services.name_juror(campaign=campaign, practitioner=PractitionerFactory(state="applied"), by=national)
    at_desk = PractitionerFactory(user=coordinator("east"), side="east")
    with pytest.raises(services.AtTheDesk):
        services.name_juror(campaign=campaign, practitioner=at_desk, by=national)
    juror = make.juror(campaign, "east", by=national)
    with pytest.raises(services.JurorAlready):
        services.name_juror(campaign=campaign, practitioner=juror.practitioner, by=national)


def test_a_side_s_coordinator_names_their_own_people_in_their_own_contest() -> None:
    joint, own = make.judged(0), make.judged(0, region=make.RegionFactory(code="west"))
    west = coordinator("west")
    ours, theirs = PractitionerFactory(side="west"), PractitionerFactory(side="east")
    with pytest.raises(services.NotYourJuror):
        services.name_juror(campaign=joint, practitioner=ours, by=west)
    with pytest.raises(services.NotYourJuror):
        services.name_juror(campaign=own, practitioner=theirs, by=west)
    assert services.name_juror(campaign=own, practitioner=ours, by=west).side.code == "west"
    assert services.name_juror(campaign=own, practitioner=theirs, by=coordinator(None)).side.code == "east"


def test_whoever_leaves_is_off_the_jury_and_their_open_entries_go_to_others() -> None:
    campaign = make.judged(6)
    gone, *_others = make.jury(campaign, "west", "east", "south")
    round_ = make.round_of(campaign)
    done, open_ = held(round_, gone)[0], held(round_, gone)[1:]
    give(done)

    leave(user=gone.practitioner.user)

    assert [row.pk for row in held(round_, gone)] == [done.pk]
    assert open_
    assert Counter(row.entry_id for row in held(round_)) == dict.fromkeys(Entry.objects.values_list("pk", flat=True), 2)


def test_a_replacement_in_mid_round_keeps_what_was_scored() -> None:
    campaign, by = make.judged(9), coordinator(None)
    gone, *_others = make.jury(campaign, "west", "east", "south")
    round_ = make.round_of(campaign)
    for assignment in held(round_, gone)[:2]:
        give(assignment)
    marks = list(Mark.objects.values())
    new = make.juror(campaign, "west")

    services.end_juror(juror=gone, by=by, successor=new)
    services.end_juror(juror=gone, by=by, successor=new)

    assert list(Mark.objects.values()) == marks
    assert len(held(round_, gone)) == 2
    assert len(held(round_, new)) > 0
    assert set(Counter(row.entry_id for row in held(round_)).values()) == {2}
    gone.refresh_from_db()
    assert gone.successor == new
    assert juror_selectors.rounds_of(gone.practitioner.user) == []


@pytest.mark.parametrize("quorum", [2, 4])
def test_a_change_of_the_quorum_in_mid_round_keeps_what_was_scored(quorum: int) -> None:
    campaign = make.judged(6)
    make.jury(campaign, "west", "east", "south", None)
    round_ = make.round_of(campaign, quorum=3)
    for assignment in held(round_)[::2]:
        give(assignment)
    done = {row.pk for row in held(round_) if row.done_at}
    marks = list(Mark.objects.values())

    services.change_quorum(round_=round_, quorum=quorum, by=coordinator(None))

    assert list(Mark.objects.values()) == marks
    assert done <= {row.pk for row in held(round_)}
    scored = Counter(Assignment.objects.filter(pk__in=done).values_list("entry_id", flat=True))
    having = Counter(row.entry_id for row in held(round_))
    assert all(having[entry] == max(quorum, scored[entry]) for entry in having)


@pytest.mark.parametrize("quorum", [0, 1, 16])
def test_a_quorum_is_from_two_to_fifteen(quorum: int) -> None:
    campaign = make.judged(3)
    make.jury(campaign)
    with pytest.raises(services.NoQuorum):
        services.change_quorum(round_=make.round_of(campaign), quorum=quorum, by=coordinator(None))
    with pytest.raises(services.TooFewJurors):
        services.change_quorum(round_=Round.objects.get(), quorum=5, by=coordinator(None))


def test_an_entry_that_meets_the_conditions_late_is_judged_too() -> None:
    campaign = make.judged(3)
    make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign)
    late = make.eligible(campaign, "south")
    services.share_again(round_=round_, by=coordinator(None))
    assert Assignment.objects.filter(entry=late).count() == 2


def test_a_change_does_what_its_preview_says_also_with_what_nobody_has_found_yet() -> None:
    campaign = make.judged(6)
    make.ask(campaign, "clinic", counts_as="works_at", label_ar="أين تعمل؟", label_en="Where do you work?")
    jurors = make.jury(campaign, "west", "east", "south", None)
    round_ = make.round_of(campaign, quorum=2)
    make.eligible(campaign, "south")
    given = held(round_)[0]
    Practitioner.objects.filter(pk=given.juror.practitioner_id).update(workplace="مستشفى النخيل")
    Entry.objects.filter(pk=given.entry_id).update(answers={"made": 24, "clinic": "مستشفى النخيل"})

    said = judging_selectors.preview(round_, quorum=3, without=jurors[3].pk)
    assert [(task.entry, task.juror) for task in said.plan.dropped if task.juror == given.juror_id] == [
        (given.entry_id, given.juror_id)
    ]
    services.change_jury(round_=round_, quorum=3, leaving=jurors[3], successor=None, by=coordinator(None))
    assert Counter(row.juror_id for row in held(round_)) == {pk: load for pk, load in said.plan.loads.items() if load}


# --- conflicts -------------------------------------------------------------------------------------------------------------


def conflicts_of(juror: Juror) -> dict[str, int]:
    return dict(Conflict.objects.filter(juror=juror).values_list("kind", "entry_id"))


def test_conflicts_that_show_by_themselves() -> None:
    campaign = make.judged(0)
    make.ask(campaign, "clinic", counts_as="works_at", label_ar="أين تعمل؟", label_en="Where do you work?")
    jurors = make.jury(campaign, "west", "east", "south", None)
    first, second, third, fourth = jurors
    Practitioner.objects.filter(pk=second.practitioner_id).update(workplace="مستشفى الجلاء")
    clerk = coordinator("west")
    same_place = make.eligible(campaign, municipality=first.practitioner.municipality)
    same_work = make.eligible(campaign, answers={"made": 24, "clinic": "الجلاء، مستشفي"})
    same_name = make.eligible(campaign, name=third.practitioner.name_latin)
    in_hand = make.eligible(campaign)
    record_transition(
        in_hand, "hand_in", from_state="confirmed", to_state="handed_in", by=fourth.practitioner.user, at=timezone.now()
    )
    plain = make.eligible(campaign)

    round_ = make.round_of(campaign)

    assert conflicts_of(first) == {"municipality": same_place.pk}
    assert conflicts_of(second) == {"workplace": same_work.pk}
    assert conflicts_of(third) == {"person": same_name.pk}
    assert conflicts_of(fourth) == {"hands": in_hand.pk}
    barred = set(Conflict.objects.values_list("juror_id", "entry_id"))
    assert not barred & {(row.juror_id, row.entry_id) for row in held(round_)}
    assert set(Counter(row.entry_id for row in held(round_)).values()) == {2}
    assert plain.pk not in {entry for _juror, entry in barred}
    assert clerk.pk


@pytest.mark.parametrize(
    ("answer", "works_there"),
    [
        ("النخيل", True),
        ("I am a nurse at Palms", True),
        ("An-Nakhil hospital", True),
        ("المستشفى الأزرق", True),
        ("Al-Azraq Hospital", True),
        ("مستشفى الزيتون", False),
        ("Hospital", False),
        ("", False),
    ],
)
def test_who_is_posted_at_a_facility_judges_none_of_its_people_however_they_write_it(
    answer: str, works_there: bool
) -> None:
    campaign = make.judged(0)
    make.ask(campaign, "clinic", counts_as="works_at", label_ar="أين تعمل؟", label_en="Where do you work?")
    juror, other = make.jury(campaign, "west", "east")
    palms = facility("west", name_ar="مستشفى النخيل", name_en="Palms Hospital")
    OtherName.objects.create(facility=palms, name="المستشفى الأزرق")
    focal_point(palms, juror.practitioner)
    gone = focal_point(facility("east", name_ar="مستشفى الزيتون", name_en="Olives Hospital"), other.practitioner)
    type(gone).objects.filter(pk=gone.pk).update(ends_on="2020-02-01")
    entry = make.eligible(campaign, answers={"made": 24, "clinic": answer})

    found = conflicts.found_conflicts(judging_selectors.jurors_of(campaign.pk), [entry])

    assert found == ({(juror.pk, entry.pk, ConflictKind.WORKPLACE)} if works_there else set())


@pytest.mark.parametrize(
    ("answer", "works_there"),
    [
        ("Al-Galaa Hospital", True),
        ("Jala hospital, Benghazi", True),
        ("الجلا", True),
        ("مستشفى الجمهورية", False),
        ("مستشفى", False),
    ],
)
def test_a_workplace_is_compared_across_scripts_and_spellings(answer: str, works_there: bool) -> None:
    campaign = make.judged(0)
    make.ask(campaign, "clinic", counts_as="works_at", label_ar="أين تعمل؟", label_en="Where do you work?")
    juror, _other = make.jury(campaign, "west", "east")
    Practitioner.objects.filter(pk=juror.practitioner_id).update(workplace="مستشفى الجلاء")
    entry = make.eligible(campaign, answers={"made": 24, "clinic": answer})

    found = conflicts.found_conflicts(judging_selectors.jurors_of(campaign.pk), [entry])

    assert found == ({(juror.pk, entry.pk, ConflictKind.WORKPLACE)} if works_there else set())


def test_a_member_who_moved_has_a_conflict_with_both_places() -> None:
    campaign = make.judged(0)
    (juror, _other) = make.jury(campaign, "west", "east")
    before, now = juror.practitioner.municipality, make.municipality("west")
    Practitioner.objects.filter(pk=juror.practitioner_id).update(municipality=now)
    entries = [make.eligible(campaign, municipality=place) for place in (before, now)]
    jurors = judging_selectors.jurors_of(campaign.pk)

    found = conflicts.found_conflicts(jurors, entries)

    assert {(row.juror, row.entry) for row in found} == {(juror.pk, entry.pk) for entry in entries}


def test_a_declared_conflict_gives_the_entry_to_somebody_else_and_discounts_what_was_said() -> None:
    campaign = make.judged(6)
    jurors = make.jury(campaign, "west", "east", "south")
    round_ = make.round_of(campaign)
    open_, done = held(round_, jurors[0])[:2]
    give(done)

    for assignment in (open_, done):
        services.declare_conflict(assignment=assignment, kind="family", by=jurors[0].practitioner.user)

    assert {open_.pk, done.pk}.isdisjoint(
        row.pk for row in juror_selectors.before_me(jurors[0].practitioner.user, round_)
    )
    for assignment in (open_, done):
        counting = {row.juror_id for row in held(round_) if row.entry_id == assignment.entry_id} - {jurors[0].pk}
        assert len(counting) == 2
        with pytest.raises((services.InConflict, services.NotYourEntry)):
            give(assignment)
    give_all_left(round_)
    sheet = recount.sheet(round_, timezone.now(), to_win=2)
    assert Counter(row[0] for row in sheet["scores"]) == dict.fromkeys(
        Entry.objects.values_list("public_code", flat=True), 2
    )


@pytest.mark.parametrize("kind", ["", "municipality", "nonsense"])
def test_a_conflict_is_of_a_kind_that_one_can_declare(kind: str) -> None:
    campaign = make.judged(3)
    jurors = make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign)
    with pytest.raises(services.NoSuchConflict):
        services.declare_conflict(assignment=held(round_)[0], kind=kind, by=jurors[0].practitioner.user)


def test_a_conflict_that_shows_since_is_found_before_the_mark_is_taken() -> None:
    campaign = make.judged(3)
    juror, *_others = make.jury(campaign, "west", "east", "south")
    round_ = make.round_of(campaign)
    assignment = held(round_, juror)[0]
    Practitioner.objects.filter(pk=juror.practitioner_id).update(municipality=assignment.entry.municipality)

    with pytest.raises(services.InConflict):
        give(assignment)

    assert not Mark.objects.exists()
    assert Conflict.objects.get(juror=juror, entry=assignment.entry).kind == ConflictKind.MUNICIPALITY
    assert len([row for row in held(round_) if row.entry_id == assignment.entry_id]) == 2


def test_an_entry_for_which_nobody_can_be_found_is_told() -> None:
    campaign = make.judged(3)
    jurors = make.jury(campaign, "west", "east")
    entry = make.eligible(campaign, municipality=jurors[0].practitioner.municipality)
    round_ = make.round_of(campaign)
    assert judging_selectors.share(round_).short == {entry.pk: 1}
    assert Transition.objects.of(round_).get(move="edit").changes["short"] == 1


def test_a_conflict_is_as_much_work_however_many_entries_there_are() -> None:
    asked = []
    for entries in (6, 24):
        campaign = make.judged(entries)
        jurors = make.jury(campaign, "west", "east", "south", None)
        round_ = make.round_of(campaign)
        assignment = held(round_, jurors[0])[0]
        with CaptureQueriesContext(connection) as queries:
            services.declare_conflict(assignment=assignment, kind="known", by=jurors[0].practitioner.user)
        asked.append(len(queries))
        assert not [
            row
            for row in queries
            if re.search(r'FROM "campaigns_(round)?entry"', row["sql"])
            and f" = {assignment.entry_id}" not in row["sql"]
        ]

    assert asked[0] == asked[1]


def test_an_entry_goes_to_whoever_has_least_and_the_others_stay_where_they_are() -> None:
    campaign = make.judged(12)
    jurors = make.jury(campaign, "west", "east", "south", None)
    round_ = make.round_of(campaign)
    assert judging_selectors.loads(round_) == Counter(row.juror_id for row in held(round_))
    for _ in range(6):
        assignment = held(round_, jurors[0])[0]
        before = {row.pk for row in held(round_)} - {assignment.pk}
        having = {row.juror_id for row in held(round_) if row.entry_id == assignment.entry_id}
        free = {juror.pk: judging_selectors.loads(round_)[juror.pk] for juror in jurors if juror.pk not in having}

        services.declare_conflict(assignment=assignment, kind="known", by=jurors[0].practitioner.user)

        (new,) = (row for row in held(round_) if row.pk not in before)
        assert before < {row.pk for row in held(round_)}
        assert new.entry_id == assignment.entry_id
        sides = {row.juror.side_id for row in held(round_) if row.entry_id == new.entry_id}
        assert len(sides) > 1
        assert free[new.juror_id] == min(free.values())
        assert judging_selectors.loads(round_) == Counter(row.juror_id for row in held(round_))
    assert judging_selectors.share(round_).plan.added == []


def test_an_entry_for_which_nobody_is_left_is_kept_as_short_and_one_that_is_found_is_not() -> None:
    campaign = make.judged(3)
    jurors = make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign)
    assert round_.short == []
    one, other = held(round_, jurors[0])[:2]
    for assignment in (one, other):
        services.declare_conflict(assignment=assignment, kind="known", by=jurors[0].practitioner.user)
    round_.refresh_from_db()
    assert round_.short == sorted([one.entry_id, other.entry_id]) == sorted(judging_selectors.share(round_).short)

    make.juror(campaign, "south")
    services.share_again(round_=round_, by=coordinator(None))
    round_.refresh_from_db()
    assert round_.short == []
