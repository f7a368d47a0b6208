"""Minutes: who writes them, that nobody overwrites anybody, who reads them, and what is left when they are withdrawn."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from dialogues import minutes as reads, services
from dialogues.enums import MINUTES_MOVES, Listing, MinutesMove, MinutesState, Readers, RegistrationState, SessionState
from dialogues.models import Attribution, Decision, Minutes, MinutesRevision, Session
from dialogues.querysets import AppendOnly
from dialogues.services import Item, Words
from network import services as network_services
from network.models import Transition, User
from network.services import IllegalMove
from notifications.outbox import Message, MessageState
from tests.factories.dialogues import MinutesFactory, RevisionFactory, SessionFactory, published_minutes, seat
from tests.factories.network import PractitionerFactory, RegionFactory, auditor, coordinator
from tests.state import Broken, break_the_journal, break_the_outbox, everything

pytestmark = pytest.mark.django_db
TEXT = Words("اتفقنا على قائمة واحدة.", "We agreed on one list.")


def closed(side: str | None = None, **fields: Any) -> Session:
    host = RegionFactory(code=side) if side else None
    return SessionFactory(**{"state": SessionState.CLOSED, "in_hours": -48, "host_region": host, **fields})


def save(session: Session, by: Any, *, words: Words = TEXT, base: int = 0, items: Any = ()) -> MinutesRevision:
    return services.save_revision(session=session, words=words, items=items, base=base, by=by)


def publish(session: Session, by: Any, **fields: Any) -> Minutes:
    number = session.minutes.revisions.count()
    return services.publish_minutes(session=session, by=by, **{"number": number, "audience": Readers.MEMBERS, **fields})


# --- writing ------------------------------------------------------------------------------------------------------------


def test_a_revision_keeps_the_texts_the_decisions_and_whose_it_is():
    session, by = closed("west"), coordinator("west")
    west, due = RegionFactory(code="west"), timezone.localdate() + timedelta(days=30)
    item = Item(Words("قائمة أدوية", "A list of medicines"), "regional", west, due)

    revision = save(session, by, items=[Item(Words()), item, Item(Words("", "Meet again"))])

    assert (revision.number, revision.base, revision.text_ar, revision.text_en) == (1, 0, TEXT.ar, TEXT.en)
    assert revision.written_on == timezone.localdate()
    rows = list(revision.decisions.order_by("position"))
    assert [(row.position, row.text_en, row.responsible, row.side, row.due) for row in rows] == [
        (1, "A list of medicines", "regional", west, due),
        (2, "Meet again", "", None, None),
    ]
    assert revision.attribution.written_by == by
    assert session.minutes.state == MinutesState.DRAFT
    # Who wrote what is kept where it can be erased, and not in the journal, where nothing can.
    assert not Transition.objects.filter(subject_type__startswith="dialogues.minutes").exists()


def test_a_decision_stays_itself_through_the_revisions():
    session, by = closed(), coordinator(None)
    first = save(session, by, items=[Item(Words("", "One")), Item(Words("", "Two"))])
    words, items = services.contents(first)

    second = save(session, by, words=words, items=list(reversed(items)), base=1)

    assert [d.key for d in second.decisions.order_by("position")] == [
        d.key for d in first.decisions.order_by("-position")
    ]


def test_a_key_that_is_sent_twice_is_given_once():
    session, by = closed(), coordinator(None)
    key = save(session, by, items=[Item(Words("", "One"))]).decisions.get().key

    second = save(session, by, items=[Item(Words("", "A"), key=key), Item(Words("", "B"), key=key)], base=1)

    assert len({d.key for d in second.decisions.all()}) == 2


def test_saving_twice_is_the_same_as_once():
    session, by = closed(), coordinator(None)
    first = save(session, by)

    assert save(session, by) == first
    assert session.minutes.revisions.count() == 1


def test_two_editors_do_not_overwrite_each_other():
    session, one, two = closed(), coordinator(None), coordinator(None)
    save(session, one)
    save(session, one, words=Words("نص الأول", "Text of the first"), base=1)
    before = everything()

    with pytest.raises(services.MinutesChanged), transaction.atomic():
        save(session, two, words=Words("نص الثاني", "Text of the second"), base=1)

    assert everything() == before


@pytest.mark.parametrize("who", ["other side", "national of a side's session", "auditor", "member", "past leader"])
def test_nobody_else_writes(who: str):
    session = closed("west")
    people = {
        "other side": lambda: coordinator("east"),
        "national of a side's session": lambda: coordinator(None),
        "auditor": auditor,
        "member": lambda: PractitionerFactory(side="west").user,
        "past leader": lambda: PractitionerFactory(side="west", state="suspended").user,
    }
    by = people[who]()
    if who == "past leader":
        session.facilitators.add(by.practitioner)
    before = everything()

    with pytest.raises(services.NotYourSession), transaction.atomic():
        save(session, by)

    assert everything() == before


def test_who_leads_a_session_writes_its_minutes_and_publishes_nothing():
    session, leader = closed(), PractitionerFactory()
    session.facilitators.add(leader)
    save(session, leader.user)

    with pytest.raises(services.NotYourSession):
        publish(session, leader.user)


@pytest.mark.parametrize(
    ("state", "in_hours", "open_"),
    [
        ("draft", -1, False),
        ("published", 2, False),
        ("published", 0.5, True),
        ("held", -1, True),
        ("cancelled", -1, False),
    ],
)
def test_minutes_are_written_from_an_hour_before_the_start(state: str, in_hours: float, open_: bool):
    session, by = SessionFactory(state=state, in_hours=in_hours), coordinator(None)
    if open_:
        assert save(session, by).number == 1
    else:
        with pytest.raises(services.MinutesNotOpen):
            save(session, by)


def test_a_restored_revision_is_a_new_one():
    session, by = closed(), coordinator(None)
    save(session, by, items=[Item(Words("", "One"))])
    save(session, by, words=Words("", "Other"), base=1)

    back = services.restore_revision(session=session, number=1, base=2, by=by)

    assert (back.number, back.base, back.restores, back.text_en) == (3, 2, 1, TEXT.en)
    assert [d.text_en for d in back.decisions.all()] == ["One"]
    with pytest.raises(services.NothingWritten):
        services.restore_revision(session=session, number=9, base=3, by=by)
    with pytest.raises(services.MinutesChanged):
        services.restore_revision(session=session, number=2, base=1, by=by)


def test_revisions_and_their_decisions_are_never_changed_or_deleted():
    decision = save(closed(), coordinator(None), items=[Item(Words("", "One"))]).decisions.get()

    for rows in (MinutesRevision.objects.all(), Decision.objects.all()):
        with pytest.raises(AppendOnly):
            rows.update(text_en="x")
        with pytest.raises(AppendOnly):
            rows.delete()
    for sql in (
        "UPDATE dialogues_minutesrevision SET text_en = 'x'",
        "DELETE FROM dialogues_decision",
        "UPDATE dialogues_decision SET position = 9",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Decision.objects.get().text_en == decision.text_en


# --- publication --------------------------------------------------------------------------------------------------------


def test_publishing_shows_the_last_revision_and_tells_those_with_a_place():
    session, by = closed("west"), coordinator("west")
    there = seat(session=session, practitioner__side="west", state=RegistrationState.ATTENDED).practitioner
    absent = seat(session=session, practitioner__side="west", state=RegistrationState.ABSENT).practitioner
    seat(session=session, practitioner__side="west", state=RegistrationState.CANCELLED)
    leader = PractitionerFactory(side="west")
    session.facilitators.add(leader)
    save(session, by)

    minutes = publish(session, by)

    assert (minutes.state, minutes.audience, minutes.published_revision.number) == ("published", "members", 1)
    assert minutes.published_on == timezone.localdate()
    told = Message.objects.filter(kind="minutes-published", channel="email")
    assert set(told.values_list("recipient_id", flat=True)) == {there.user_id, absent.user_id, leader.user_id}
    step = Transition.objects.of(minutes).get()
    assert (step.move, step.from_state, step.to_state, step.by) == ("publish", "draft", "published", by)
    assert step.changes["sha256"] == reads.digest(minutes)


def test_publishing_twice_is_the_same_as_once():
    session, by = closed(), coordinator(None)
    seat(session=session, state=RegistrationState.ATTENDED)
    save(session, by)
    publish(session, by)
    before = everything()

    publish(session, by)

    assert everything() == before


def test_a_correction_is_published_anew_and_told_again():
    session, by = closed(), coordinator(None)
    seat(session=session, state=RegistrationState.ATTENDED)
    save(session, by)
    publish(session, by)
    save(session, by, words=Words("", "Corrected"), base=1)
    assert Minutes.objects.get().published_revision.number == 1

    minutes = publish(session, by)

    assert minutes.published_revision.text_en == "Corrected"
    assert [step.move for step in reads.steps(minutes)] == ["publish", "correct"]
    assert Message.objects.filter(kind="minutes-published", channel="email").count() == 2


def refusals() -> dict[str, tuple[type[Exception], dict[str, Any], dict[str, Any]]]:
    return {
        "attendance open": (services.AttendanceStillOpen, {"state": SessionState.HELD}, {}),
        "not the last": (services.MinutesChanged, {}, {"number": 7}),
        "not listed": (services.NotForEverybody, {"listing": Listing.MEMBERS}, {"audience": Readers.EVERYBODY}),
    }


@pytest.mark.parametrize("why", refusals())
def test_publishing_is_refused(why: str):
    error, of_session, asked = refusals()[why]
    session, by = closed(**of_session), coordinator(None)
    save(session, by)
    before = everything()

    with pytest.raises(error), transaction.atomic():
        publish(session, by, **asked)

    assert everything() == before


def test_nothing_is_published_where_nothing_is_written():
    session, by = closed(), coordinator(None)
    MinutesFactory(session=session, text=False)
    with pytest.raises(services.NothingWritten):
        publish(session, by, number=1)
    save(session, by, words=Words())
    with pytest.raises(services.NothingWritten):
        publish(session, by, number=1)


@pytest.mark.parametrize("by", ["east", "leader", "auditor"])
def test_only_those_who_run_the_session_publish_and_withdraw(by: str):
    session = closed("west")
    published_minutes(session)
    who = {"east": lambda: coordinator("east"), "leader": lambda: PractitionerFactory().user, "auditor": auditor}[by]()
    before = everything()

    for call in (
        lambda: publish(session, who, audience=Readers.INVITED),
        lambda: services.withdraw_minutes(session=session, by=who, reason="because"),
    ):
        with pytest.raises(services.NotYourSession), transaction.atomic():
            call()

    assert everything() == before


def test_withdrawn_minutes_are_kept_with_the_reason_and_may_be_published_again():
    session, by = closed(), coordinator(None)
    seat(session=session, state=RegistrationState.ATTENDED)
    save(session, by)
    publish(session, by)

    with pytest.raises(services.WhyMissing):
        services.withdraw_minutes(session=session, by=by, reason="")
    minutes = services.withdraw_minutes(session=session, by=by, reason="A figure was wrong.")

    assert (minutes.state, minutes.withdrawn_on) == ("withdrawn", timezone.localdate())
    assert not Minutes.objects.published().exists()
    assert reads.steps(minutes).last().reason == "A figure was wrong."
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.NOT_WANTED}
    with pytest.raises(IllegalMove):
        services.withdraw_minutes(session=session, by=by, reason="Again.")
    assert publish(session, by).state == MinutesState.PUBLISHED


@pytest.mark.parametrize("state", MinutesState.values)
@pytest.mark.parametrize("move", [MinutesMove.PUBLISH, MinutesMove.CORRECT, MinutesMove.WITHDRAW])
def test_the_table_of_moves(move: str, state: str):
    legal = {
        MinutesMove.PUBLISH: {"draft", "withdrawn"}, MinutesMove.CORRECT: {"published"}, MinutesMove.WITHDRAW: {"published"},
    }  # fmt: skip
    assert (state in MINUTES_MOVES[move].sources) == (state in legal[move])


@pytest.mark.parametrize("broken", [break_the_journal, break_the_outbox])
def test_a_publication_that_fails_at_the_last_write_changes_nothing(broken: Any, monkeypatch: pytest.MonkeyPatch):
    session, by = closed(), coordinator(None)
    seat(session=session, state=RegistrationState.ATTENDED)
    save(session, by)
    before = everything()
    broken(monkeypatch)

    with pytest.raises(Broken):
        publish(session, by)

    assert everything() == before


# --- who somebody was ----------------------------------------------------------------------------------------------------


def test_an_erased_person_has_written_and_said_nothing():
    session, by = closed(), coordinator(None)
    leader, other = PractitionerFactory(), PractitionerFactory()
    session.facilitators.add(leader, other)
    save(session, leader.user)
    note = services.add_statement(session=session, text="What was said", side=None, speaker=leader, by=by)
    assert [row["revision"] for row in reads.my_copy(leader)] == [1, None]
    assert [row["what_i_said"] for row in reads.my_copy(leader)] == ["", "What was said"]

    network_services.leave(user=User.objects.get(pk=leader.user_id))
    assert Attribution.objects.count() == 2
    leader.refresh_from_db()
    network_services.erase(practitioner=leader)

    assert reads.my_copy(leader) == []
    assert list(Attribution.objects.values_list("statement", "speaker", "written_by")) == [(note.pk, None, by.pk)]
    assert MinutesRevision.objects.get().text_en == TEXT.en


def test_the_day_is_kept_and_not_the_hour():
    for row in (RevisionFactory(), published_minutes(closed())):
        for column in row._meta.concrete_fields:
            assert column.get_internal_type() != "DateTimeField", column.name
