"""Minutes under the Chatham House Rule: nobody is named, nobody counted who can be picked out, nobody kept."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from dialogues import minutes as reads, publication, services, tasks
from dialogues.enums import Readers, RegistrationState, SessionState
from dialogues.models import (
    Attribution,
    Decision,
    Minutes,
    MinutesRevision,
    Registration,
    Session,
    Site,
    Statement,
    WalkIn,
)
from dialogues.services import Item, Words
from network.models import Practitioner, Region, Transition, User
from tests.factories.dialogues import SessionFactory, published_minutes, seat
from tests.factories.network import MunicipalityFactory, PractitionerFactory, RegionFactory, coordinator
from tests.state import Broken, break_the_journal, everything

pytestmark = pytest.mark.django_db
NAMES = {"name_ar": "سالمة محمود الزنتاني", "name_latin": "Salma Mahmoud Zintani"}
COMMON = {"name_ar": "سليمة خالد القاضي", "name_latin": ""}


def session_with(*people: dict[str, str], **fields: Any) -> Session:
    session = SessionFactory(**{"state": SessionState.CLOSED, "in_hours": -48, "chatham_house": True, **fields})
    for names in people:
        seat(session=session, state=RegistrationState.ATTENDED, **{f"practitioner__{k}": v for k, v in names.items()})
    return session


def write(session: Session, by: Any, ar: str = "", en: str = "", *, base: int = 0, items: Any = ()) -> None:
    services.save_revision(session=session, words=Words(ar, en), items=items, base=base, by=by)


def publish(session: Session, by: Any, **fields: Any) -> Minutes:
    number = MinutesRevision.objects.filter(minutes__session=session).count()
    return services.publish_minutes(session=session, by=by, **{"number": number, "audience": Readers.MEMBERS, **fields})


# --- names --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["قالت سالمة الزنتاني ذلك", "Zintany said so", "as Salma M. Zintani said", "في مستشفى الجلاء"]
)
@pytest.mark.parametrize("where", ["text", "decision"])
def test_minutes_that_name_somebody_are_not_published(text: str, where: str):
    session, by = session_with(NAMES | {"workplace": "مستشفى الجلاء"}), coordinator(None)
    write(
        session, by, "نص", text if where == "text" else "", items=[Item(Words("", text))] if where == "decision" else ()
    )
    before = everything()

    for confirmed in ("", publication.fingerprint(reads.look(session, reads.latest(session.minutes)))):
        with pytest.raises((services.NamesSomebody, services.LookFirst)), transaction.atomic():
            publish(session, by, confirmed=confirmed if text != "Zintany said so" else "", reason="because")

    assert everything() == before


def test_without_the_rule_it_is_only_said():
    session, by = session_with(NAMES, chatham_house=False), coordinator(None)
    write(session, by, "قالت سالمة الزنتاني ذلك")
    assert [finding.sure for finding in reads.look(session, reads.latest(session.minutes))] == [True]
    assert publish(session, by).state == "published"


@pytest.mark.parametrize("whose", ["registered", "facilitator", "host", "walk-in", "phone", "waiting"])
def test_everybody_who_had_a_part_is_looked_for(whose: str):
    session, by = session_with(), coordinator(None)
    person = PractitionerFactory(**NAMES, user__phone="+218912345678")
    text = "Salma Zintani"
    site = session.sites.get()
    if whose in ("registered", "phone"):
        seat(session=session, practitioner=person, state=RegistrationState.ABSENT)
        text = "091-2345678" if whose == "phone" else text
    elif whose == "waiting":
        seat(session=session, practitioner=person, state=RegistrationState.WAITING)
    elif whose == "facilitator":
        session.facilitators.add(person)
    elif whose == "host":
        Site.objects.filter(pk=site.pk).update(local_host=person)
    else:
        WalkIn.objects.create(session=session, site=site, name="Salma Zintani", added_at=timezone.now(), added_by=by)
    write(session, by, "", text)

    assert [finding.sure for finding in reads.look(session, reads.latest(session.minutes))] == [True]


def test_a_town_in_the_name_of_a_place_of_work_is_known_in_both_languages():
    MunicipalityFactory(name_ar="طرابلس", name_en="Tripoli")
    session, by = session_with(NAMES | {"workplace": "Tripoli Medical Center"}), coordinator(None)
    write(session, by, "نقص في مركز طرابلس الطبي")
    assert [(f.kind, f.sure) for f in reads.look(session, reads.latest(session.minutes))] == [("workplace", True)]


def test_words_that_may_be_names_are_confirmed_one_by_one_and_not_kept():
    session, by = session_with(COMMON), coordinator(None)
    write(session, by, "حكم القاضي في ذلك")
    seen = publication.fingerprint(reads.look(session, reads.latest(session.minutes)))

    with pytest.raises(services.LookFirst):
        publish(session, by)
    with pytest.raises(services.LookFirst):
        publish(session, by, confirmed="something else", reason="because")
    with pytest.raises(services.WhyMissing):
        publish(session, by, confirmed=seen)
    with pytest.raises(services.ReasonNames):
        publish(session, by, confirmed=seen, reason="ليست سليمة القاضي")
    minutes = publish(session, by, confirmed=seen, reason="منصب وليس اسمًا")

    step = Transition.objects.of(minutes).get()
    assert (step.reason, step.changes["confirmed"]) == ("منصب وليس اسمًا", 1)
    assert "القاضي" not in json.dumps(step.changes, ensure_ascii=False)


def test_what_was_confirmed_is_confirmed_for_this_text_alone():
    session, by = session_with(COMMON), coordinator(None)
    write(session, by, "حكم القاضي في ذلك")
    seen = publication.fingerprint(reads.look(session, reads.latest(session.minutes)))
    write(session, by, "حكم القاضي في ذلك، وقال القاضي غيره", base=1)

    with pytest.raises(services.LookFirst):
        publish(session, by, confirmed=seen, reason="منصب")


def test_a_session_that_comes_under_the_rule_later_hides_its_minutes_until_they_are_looked_through():
    session, by = session_with(chatham_house=False), coordinator(None)
    write(session, by, "نص")
    publish(session, by)
    assert Minutes.objects.published().exists()

    Session.objects.filter(pk=session.pk).update(chatham_house=True)
    assert not Minutes.objects.published().exists()

    write(session, by, "نص آخر", base=1)
    publish(session, by)
    assert Minutes.objects.published().exists()
    # What was said under the Rule stays under it.
    Session.objects.filter(pk=session.pk).update(chatham_house=False)
    seat(session=session, state=RegistrationState.ATTENDED, practitioner=PractitionerFactory(**NAMES))
    write(session, by, "سالمة الزنتاني", base=2)
    with pytest.raises(services.NamesSomebody):
        publish(session, by)


def test_the_look_logs_nothing(caplog: pytest.LogCaptureFixture):
    session, by = session_with(NAMES), coordinator(None)
    write(session, by, "سالمة الزنتاني")
    with caplog.at_level(logging.DEBUG), pytest.raises(services.NamesSomebody):
        publish(session, by)
    assert "سالمة" not in caplog.text


# --- figures ------------------------------------------------------------------------------------------------------------


def test_the_figures_of_the_publication_are_kept():
    session, by = session_with(), coordinator(None)
    for side, count in (("east", 7), ("west", 2), ("south", 5)):
        for _ in range(count):
            seat(session=session, state=RegistrationState.ATTENDED, practitioner__side=side)
    write(session, by, "نص")

    minutes = publish(session, by)
    seat(session=session, state=RegistrationState.ATTENDED, practitioner__side="east")

    assert minutes.presence == {"groups": [["LY-east", "7"]], "total": "14", "hides": True}
    assert reads.told_presence(minutes) == [(RegionFactory(code="east"), "7")]


# --- what is kept of whom --------------------------------------------------------------------------------------------------

WRITTEN = (Minutes, MinutesRevision, Decision, Statement)
PERSONS = (User, Practitioner, Registration, WalkIn)


def reached_from_minutes(*ends: type[models.Model]) -> set[type[models.Model]]:
    """Walk all relations, in both directions, from what was written; go no further than `ends`."""
    reached: set[type[models.Model]] = set()
    left: list[Any] = list(WRITTEN)
    while left:
        model = left.pop()
        if model not in reached:
            reached.add(model)
            left += [] if model in ends else [f.related_model for f in model._meta.get_fields() if f.is_relation]
    return reached


def test_no_path_leads_from_minutes_to_a_person_but_the_one_that_is_erased():
    """The session, at which all paths meet, says nothing of who spoke."""
    assert Attribution in reached_from_minutes(Session, Region, Attribution)
    assert not reached_from_minutes(Session, Region, Attribution) & set(PERSONS)
    # The walk would see a person: it does beyond the attributions.
    assert {User, Practitioner} <= reached_from_minutes(Session, Region)
    # Nor does a relation without a key: a time to the second tells whose hand it was as well as a name.
    for model in WRITTEN:
        for column in model._meta.concrete_fields:
            assert not isinstance(column, models.DateTimeField), column
    # Hidden relations count as well.
    pointing = {
        model
        for model in apps.get_models(include_auto_created=True)
        for column in model._meta.get_fields(include_hidden=True)
        if column.is_relation and not column.auto_created and column.related_model in WRITTEN
    }
    assert pointing == {Minutes, MinutesRevision, Decision, Statement, Attribution}


def noted(session: Session, by: Any) -> Practitioner:
    """Write notes and a revision, with whose they are."""
    speaker = PractitionerFactory(side="east")
    seat(session=session, practitioner=speaker, state=RegistrationState.ATTENDED)
    for _ in range(5):
        seat(session=session, state=RegistrationState.ATTENDED, practitioner__side="west")
    for _ in range(6):
        seat(session=session, state=RegistrationState.ATTENDED, practitioner__side="south")
    for side in ("east", "west", "south"):
        region = RegionFactory(code=side)
        services.add_statement(
            session=session, text=f"Note of {side}", side=region, speaker=speaker if side == "east" else None, by=by
        )
    write(session, by, "نص")
    return speaker


@pytest.fixture
def due() -> Session:
    session = session_with()
    Session.objects.filter(pk=session.pk).update(closed_at=timezone.now() - settings.ATTRIBUTIONS_KEPT)
    return session


def test_attributions_are_erased_on_schedule_and_leave_proof(due: Session):
    by = coordinator(None)
    noted(due, by)
    assert Attribution.objects.count() == 4

    tasks.purge_attributions()

    assert Attribution.objects.count() == 0
    # Of the east was one, which hides the smallest of the others too.
    assert list(Statement.objects.order_by("pk").values_list("side__code", flat=True)) == [None, None, "south"]
    minutes = Minutes.objects.get()
    proof = Transition.objects.of(minutes).get()
    assert (proof.move, proof.by, proof.from_state, proof.to_state) == ("purge", None, "draft", "draft")
    assert proof.changes == {"authors": 4, "speakers": 1, "sides": 2, "sha256": reads.digest(minutes)}
    assert MinutesRevision.objects.get().text_ar == "نص"


def test_a_second_run_changes_nothing(due: Session):
    noted(due, coordinator(None))
    tasks.purge_attributions()
    before = everything()

    tasks.purge_attributions()
    services.purge_attributions(minutes=Minutes.objects.get())

    assert everything() == before


def test_what_is_written_afterwards_is_erased_by_the_next_run(due: Session):
    by = coordinator(None)
    noted(due, by)
    tasks.purge_attributions()
    write(due, by, "تصحيح", base=1)

    tasks.purge_attributions()

    assert Attribution.objects.count() == 0
    assert [step.changes["authors"] for step in Transition.objects.filter(move="purge").order_by("pk")] == [4, 1]


def test_a_purge_that_is_killed_half_way_begins_anew(due: Session, monkeypatch: pytest.MonkeyPatch):
    noted(due, coordinator(None))
    before = everything()
    with monkeypatch.context() as broken:
        break_the_journal(broken)
        with pytest.raises(Broken):
            tasks.purge_attributions()
    assert everything() == before

    tasks.purge_attributions()

    assert Attribution.objects.count() == 0


@pytest.mark.parametrize("why", ["too soon", "not under the Rule"])
def test_attributions_that_are_still_needed_stay(why: str):
    session = session_with(chatham_house=why == "too soon")
    since = settings.ATTRIBUTIONS_KEPT - timedelta(hours=1) if why == "too soon" else timedelta(days=400)
    Session.objects.filter(pk=session.pk).update(closed_at=timezone.now() - since)
    noted(session, coordinator(None))

    tasks.purge_attributions()

    assert Attribution.objects.count() == 4
    assert not Transition.objects.filter(move="purge").exists()


def test_a_session_that_nobody_closed_is_purged_as_well():
    session = session_with(state=SessionState.HELD)
    ended = timezone.now() - settings.ATTRIBUTIONS_KEPT - timedelta(hours=1)
    noted(session, coordinator(None))
    Session.objects.filter(pk=session.pk).update(starts_at=ended - timedelta(hours=2), ends_at=ended)

    tasks.purge_attributions()

    assert Attribution.objects.count() == 0


def test_published_minutes_hold_no_name_of_who_wrote_or_published_them():
    minutes = published_minutes(session_with())
    kept = {field.name for field in minutes._meta.concrete_fields} | {
        field.name for field in minutes.published_revision._meta.concrete_fields
    }
    assert not {name for name in kept if name.endswith("_by")}


def test_a_note_can_name_only_somebody_who_was_there_and_in_reach():
    session = session_with(host_region=RegionFactory(code="west"))
    by = coordinator("west")
    here = seat(session=session, state=RegistrationState.ATTENDED, practitioner__side="west").practitioner
    moved = seat(session=session, state=RegistrationState.ATTENDED, practitioner__side="east").practitioner
    for stranger in (moved, PractitionerFactory(side="west")):
        with pytest.raises(services.NotYourSession):
            services.add_statement(session=session, text="x", side=None, speaker=stranger, by=by)
    note = services.add_statement(session=session, text="x", side=None, speaker=here, by=by)
    assert services.add_statement(session=session, text="x", side=None, speaker=here, by=by) == note

    with pytest.raises(services.NotYourSession):
        services.remove_statement(statement=note, by=coordinator("east"))
    services.remove_statement(statement=note, by=by)
    services.remove_statement(statement=note, by=by)
    assert not Statement.objects.exists()
    assert not Attribution.objects.exists()
