"""What is done about a measure: every move of an action, who may make it, and its pages."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from facilities import services as facility_services
from measures import policies, services, tasks
from measures.enums import ACTION_MOVES, ActionMove, ActionState
from measures.models import Action, Evidence, Measure
from network import files
from network.models import Practitioner, Transition, User
from network.services import IllegalMove
from notifications.models import Message
from tests.desk import at_the_desk
from tests.factories import facilities, measures as make
from tests.factories.dialogues import SessionFactory
from tests.factories.network import MunicipalityFactory, PractitionerFactory, UserFactory, coordinator

pytestmark = [pytest.mark.django_db, pytest.mark.either]

LANGUAGES = ["ar", "en"]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF"


@pytest.fixture
def people() -> dict[str, list[Any]]:
    return make.members(6)


@pytest.fixture
def measure(people: dict, clock: Any) -> Measure:
    return make.adopted(people, clock)


@pytest.fixture
def action(measure: Measure, people: dict) -> Action:
    return make.planned(measure, people["east"][0], people["south"][0])


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def prove(action: Action, by: User, text: str = "Counted.") -> Evidence:
    return services.add_evidence(action=action, text=text, uid=uuid.uuid4(), by=by)


def first(action: Action) -> User:
    return action.first_owner.user


def second(action: Action) -> User:
    return action.second_owner.user


def at(action: Action, state: str) -> Action:
    """Bring an action into a state, as people do."""
    match state:
        case ActionState.IN_PROGRESS:
            services.start_action(action=action, by=first(action))
        case ActionState.CLAIMED | ActionState.CONFIRMED:
            prove(action, first(action))
            services.claim_done(action=action, by=first(action))
            if state == ActionState.CONFIRMED:
                services.confirm_done(action=action, by=second(action))
        case ActionState.DROPPED:
            services.drop_action(action=action, by=coordinator(None), reason="No longer needed.")
    return Action.objects.get(pk=action.pk)


MOVES: dict[str, Callable[[Action, User], Any]] = {
    ActionMove.START: lambda action, by: services.start_action(action=action, by=by),
    ActionMove.CLAIM: lambda action, by: services.claim_done(action=action, by=by),
    ActionMove.CONFIRM: lambda action, by: services.confirm_done(action=action, by=by),
    ActionMove.RETURN: lambda action, by: services.return_claim(action=action, by=by, reason="A page is missing."),
    ActionMove.DROP: lambda action, by: services.drop_action(action=action, by=by, reason="No longer needed."),
}


def actor(action: Action, move: str) -> User:
    match move:
        case ActionMove.CONFIRM | ActionMove.RETURN:
            return second(action)
        case ActionMove.DROP:
            return coordinator(None)
    return first(action)


# --- the table of moves -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("move", "state"),
    [(move, state) for move in MOVES for state in ActionState.values if state in ACTION_MOVES[move].sources],
)
def test_a_legal_move_is_made_and_recorded(action: Action, move: str, state: str) -> None:
    action = at(action, state)
    if move == ActionMove.CLAIM:
        prove(action, first(action))
    by = actor(action, move)

    MOVES[move](action, by)

    action.refresh_from_db()
    assert action.state == ACTION_MOVES[move].target
    last = Transition.objects.of(action).order_by("pk").last()
    assert (last.move, last.from_state, last.to_state, last.by_id) == (move, state, action.state, by.pk)


@pytest.mark.parametrize(
    ("move", "state"),
    [(move, state) for move in MOVES for state in ActionState.values if state not in ACTION_MOVES[move].sources],
)
def test_an_illegal_move_changes_nothing(action: Action, move: str, state: str) -> None:
    action = at(action, state)
    kept = Transition.objects.of(action).count()

    # The same person's second click is no fault where it is the same as the first.
    by = actor(action, move) if (move, state) != (ActionMove.CONFIRM, ActionState.CONFIRMED) else first(action)
    if (move, state) == (ActionMove.CLAIM, ActionState.CLAIMED):
        by = second(action)
    if (move, state) == (ActionMove.START, ActionState.IN_PROGRESS):
        services.start_action(action=action, by=by)
    else:
        with pytest.raises((IllegalMove, services.NotTheOtherOwner)):
            MOVES[move](action, by)

    action.refresh_from_db()
    assert action.state == state
    assert Transition.objects.of(action).count() == kept


@pytest.mark.parametrize("move", MOVES)
def test_nobody_else_makes_a_move(action: Action, measure: Measure, people: dict, move: str) -> None:
    action = at(action, next(iter(ACTION_MOVES[move].sources - {ActionState.IN_PROGRESS})))
    strangers = [people["east"][1].user, make.lead_of(measure).user, coordinator("east"), UserFactory()]
    if move != ActionMove.DROP:
        strangers.append(coordinator(None))
    else:
        strangers += [first(action), second(action)]
    for stranger in strangers:
        with pytest.raises(services.NotYourAction):
            MOVES[move](action, stranger)
    assert Action.objects.get(pk=action.pk).state == action.state


@pytest.mark.parametrize("move", [ActionMove.CONFIRM, ActionMove.RETURN])
def test_whoever_reported_it_neither_confirms_nor_returns_it(action: Action, move: str) -> None:
    action = at(action, ActionState.CLAIMED)
    with pytest.raises(services.NotTheOtherOwner):
        MOVES[move](action, first(action))


@pytest.mark.parametrize("move", MOVES)
def test_a_second_call_is_the_same_as_one(action: Action, move: str) -> None:
    action = at(action, next(iter(ACTION_MOVES[move].sources - {ActionState.IN_PROGRESS})))
    if move == ActionMove.CLAIM:
        prove(action, first(action))
    by = actor(action, move)
    MOVES[move](action, by)
    steps, told = Transition.objects.of(action).count(), Message.objects.count()

    MOVES[move](action, by)

    assert Action.objects.get(pk=action.pk).state == ACTION_MOVES[move].target
    assert (Transition.objects.of(action).count(), Message.objects.count()) == (steps, told)


@pytest.mark.parametrize("move", MOVES)
def test_nothing_is_left_of_a_move_whose_last_write_fails(action: Action, move: str, monkeypatch: Any) -> None:
    action = at(action, next(iter(ACTION_MOVES[move].sources - {ActionState.IN_PROGRESS})))
    if move == ActionMove.CLAIM:
        prove(action, first(action))
    by, state, steps = actor(action, move), action.state, Transition.objects.of(action).count()

    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    told = move in (ActionMove.CLAIM, ActionMove.RETURN)
    name = "measures.notices.tell_owners" if told else "measures.services.actions.record_transition"
    monkeypatch.setattr(name, fails)
    with pytest.raises(RuntimeError):
        MOVES[move](action, by)

    assert Action.objects.get(pk=action.pk).state == state
    assert Transition.objects.of(action).count() == steps


def test_the_other_owner_may_report_and_the_first_confirms(action: Action) -> None:
    prove(action, second(action))
    services.claim_done(action=action, by=second(action))
    with pytest.raises(services.NotTheOtherOwner):
        services.confirm_done(action=action, by=second(action))
    assert services.confirm_done(action=action, by=first(action)).state == ActionState.CONFIRMED


def test_nothing_is_reported_without_evidence_nor_returned_without_a_reason(action: Action) -> None:
    with pytest.raises(services.EvidenceMissing):
        services.claim_done(action=action, by=first(action))
    with pytest.raises(services.EvidenceMissing):
        prove(action, first(action), "  ")
    action = at(action, ActionState.CLAIMED)
    with pytest.raises(services.WhyNot):
        services.return_claim(action=action, by=second(action), reason=" ")
    with pytest.raises(services.WhyNot):
        services.drop_action(action=action, by=coordinator(None), reason="")


# --- planning, changing, handing over -----------------------------------------------------------------------------------


def test_an_action_is_planned_for_a_measure_in_force_alone(people: dict, clock: Any) -> None:
    draft = make.compared(people["west"][0])
    with pytest.raises(services.NotAdopted):
        make.planned(draft, people["east"][0], people["south"][0])
    measure = make.adopted(people, clock)
    with pytest.raises(services.NotAnAuthor):
        services.plan_action(
            measure=measure, content={}, first_owner=people["east"][0], second_owner=people["south"][0],
            uid=uuid.uuid4(), by=people["east"][0].user,
        )  # fmt: skip
    for pair in ((people["east"][0], people["east"][1]), (people["east"][0], PractitionerFactory(state="suspended"))):
        with pytest.raises(services.SameSide):
            make.planned(measure, *pair)


def test_a_new_day_is_reminded_of_anew(action: Action, measure: Measure, clock: Any) -> None:
    clock.forward(days=30)
    tasks.remind_of_actions()
    assert Action.objects.get(pk=action.pk).reminded == 2
    later = timezone.localdate() + timedelta(days=30)
    edited = services.edit_action(action=action, content={"due": later}, by=make.lead_of(measure).user)

    assert (edited.due, edited.reminded) == (later, 0)
    step = Transition.objects.of(action).order_by("pk").last()
    assert step.changes["due"] == [action.due.isoformat(), later.isoformat()]
    with pytest.raises(services.NotAnAuthor):
        services.edit_action(action=action, content={"place": "x"}, by=first(action))


def test_it_is_handed_over_within_the_rule_of_two_sides(action: Action, people: dict) -> None:
    with pytest.raises(services.SameSide):
        services.hand_over(action=action, owner=action.first_owner, to=people["south"][1], by=first(action))
    with pytest.raises(services.NotYourAction):
        services.hand_over(action=action, owner=action.first_owner, to=people["west"][1], by=second(action))
    stale = Action.objects.get(pk=action.pk)
    for _ in range(2):
        services.hand_over(action=stale, owner=action.first_owner, to=people["west"][1], by=first(action))
    kept = Action.objects.get(pk=action.pk)
    assert (kept.first_owner, kept.first_side) == (people["west"][1], people["west"][1].region)
    assert Message.objects.filter(kind="action-given", recipient_id=people["west"][1].user_id).count() == 1


def test_an_owner_who_moved_still_counts_for_the_side_of_then(action: Action, people: dict) -> None:
    mover = action.first_owner
    mover.municipality = people["west"][1].municipality
    mover.region = people["west"][1].region
    mover.save()
    # The first place is still the east's: nobody of the east takes the second.
    with pytest.raises(services.SameSide):
        services.hand_over(action=action, owner=action.second_owner, to=people["east"][2], by=second(action))


def test_whoever_reported_it_hands_it_over_only_once_it_was_looked_at(action: Action, people: dict) -> None:
    action = at(action, ActionState.CLAIMED)
    with pytest.raises(services.WaitsForTheOther):
        services.hand_over(action=action, owner=action.first_owner, to=people["east"][1], by=first(action))
    handed = services.hand_over(action=action, owner=action.second_owner, to=people["west"][1], by=second(action))
    assert services.confirm_done(action=handed, by=people["west"][1].user).state == ActionState.CONFIRMED


def test_the_database_refuses_what_no_move_makes(action: Action, people: dict) -> None:
    now, somebody = timezone.now(), first(action)
    wrong: list[dict[str, Any]] = [
        {"second_side": action.first_side},
        {"first_side": None, "second_side": None},
        {"state": "claimed"},
        {"state": "confirmed"},
        {"claimed_at": now},
        {
            "state": "confirmed",
            "claimed_at": now,
            "claimed_by": somebody,
            "confirmed_at": now,
            "confirmed_by": somebody,
        },
        {"confirmed_at": now, "confirmed_by": somebody},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Action.objects.filter(pk=action.pk).update(**fields)


# --- evidence and reminders ---------------------------------------------------------------------------------------------


def test_evidence_is_kept_once_however_often_it_is_sent(action: Action) -> None:
    uid = uuid.uuid4()
    kept = {
        services.add_evidence(action=action, text="Done.", uid=uid, by=first(action), upload=("a.pdf", PDF)).pk
        for _ in range(2)
    }
    assert len(kept) == 1
    assert len(list((settings.MEDIA_ROOT / "evidence").iterdir())) == 1


def test_files_without_a_row_are_swept(action: Action, clock: Any) -> None:
    prove(action, first(action))
    services.add_evidence(action=action, text="Done.", uid=uuid.uuid4(), by=first(action), upload=("a.pdf", PDF))
    lost = files.keep(b"lost", services.EVIDENCE_FOLDER)
    clock.forward(hours=2)
    tasks.clear_lost_evidence()

    left = [path.name for path in (settings.MEDIA_ROOT / "evidence").iterdir()]
    assert left == [Evidence.objects.exclude(stored="").get().stored]
    assert lost not in left


def test_an_action_has_no_endless_evidence(action: Action, monkeypatch: Any) -> None:
    monkeypatch.setattr("measures.services.actions.EVIDENCE_AT_MOST", 1)
    prove(action, first(action))
    with pytest.raises(services.TooMuchEvidence):
        prove(action, first(action))


def test_reminders_reach_the_owners_and_at_last_the_coordinators(action: Action, clock: Any) -> None:
    east, south, west = (coordinator(side) for side in ("east", "south", "west"))
    owners = {first(action).pk, second(action).pk}
    day = timezone.localdate()
    told: list[set[int]] = []
    for due_in in (8, 7, 1, 0, -6, -7, -13, -14, -40):
        clock.forward(days=(action.due - timedelta(days=due_in) - day).days)
        day = timezone.localdate()
        before = set(Message.objects.filter(kind="action-reminder").values_list("pk", flat=True))
        for _ in range(2):
            tasks.remind_of_actions()
        new = Message.objects.filter(kind="action-reminder").exclude(pk__in=before)
        told.append(set(new.values_list("recipient_id", flat=True)))

    everybody = owners | {east.pk, south.pk}
    assert told == [set(), owners, set(), owners, set(), owners, set(), everybody, set()]
    assert west.pk not in set().union(*told)


def test_what_is_over_is_not_reminded_of(action: Action, clock: Any) -> None:
    at(action, ActionState.CONFIRMED)
    clock.forward(days=60)
    tasks.remind_of_actions()
    assert not Message.objects.filter(kind="action-reminder").exists()


def test_late_is_shown_to_members_at_once_and_to_everybody_after_a_month(action: Action) -> None:
    for days, inside, public in ((0, False, False), (1, True, False), (29, True, False), (30, True, True)):
        today = action.due + timedelta(days=days)
        assert policies.is_late(action, policies.late_line(today, inside=True)) is inside
        assert policies.is_late(action, policies.late_line(today, inside=False)) is public


# --- pages --------------------------------------------------------------------------------------------------------------


def signed_in(person: Practitioner | User) -> Client:
    client = Client()
    client.force_login(person.user if isinstance(person, Practitioner) else person)
    return client


def path(action: Action, page: str = "", language: str = "en") -> str:
    return f"/{language}/measures/{action.measure.slug}/actions/{action.pk}/{page}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_plan_to_the_confirmation(measure: Measure, people: dict, language: str) -> None:
    author, east, south = make.lead_of(measure), people["east"][0], people["south"][0]
    for person in (east, south):
        Practitioner.objects.filter(pk=person.pk).update(visibility="members")
    client = signed_in(author)
    new = f"/{language}/measures/{measure.slug}/actions/new/"
    page = client.get(f"/{language}/measures/{measure.slug}/").text
    assert f'href="{new}"' in page
    typed = {
        "uid": str(uuid.uuid4()),
        "title_ar": "جرد الأسطوانات",
        "title_en": "Count the cylinders",
        "due": (timezone.localdate() + timedelta(days=30)).isoformat(),
        "municipality": str(MunicipalityFactory().pk),
        "wanted_en": "A list",
        "first_q": east.name_latin,
        "second_q": south.name_ar,
    }
    found = client.post(new, typed | {"find": "1"})
    assert found.status_code == 200
    assert 'class="errors"' not in found.text
    for person in (east, south):
        assert f'value="{person.pk}"' in found.text
    assert 'value="Count the cylinders"' in found.text
    # Without a choice nothing is planned.
    assert client.post(new, typed).status_code == 200
    assert not Action.objects.exists()
    chosen = typed | {"first": str(east.pk), "second": str(south.pk)}
    for _ in range(2):
        assert client.post(new, chosen).status_code == 302
    action = Action.objects.get()
    assert (action.first_owner, action.second_owner, action.region) == (
        east,
        south,
        action.municipality.district.region,
    )

    one, other = signed_in(east), signed_in(south)
    assert one.post(path(action, "start/", language)).status_code == 302
    assert path(action, "claim/", language) not in one.get(path(action, "", language)).text
    piece = {
        "uid": str(uuid.uuid4()),
        "text": "عُدّت كلها",
        "link": "https://example.org/list",
        "upload": SimpleUploadedFile("list.pdf", PDF),
    }
    assert one.post(path(action, "evidence/", language), piece).status_code == 302
    assert path(action, "claim/", language) in one.get(path(action, "", language)).text
    assert one.get(path(action, "claim/", language)).status_code == 200
    one.post(path(action, "claim/", language))
    page = other.get(path(action, "", language)).text
    assert path(action, "confirm/", language) in page
    assert "https://example.org/list" in page
    assert "list.pdf" in page
    assert other.post(path(action, "return/", language), {"reason": " "}).status_code == 200
    other.post(path(action, "return/", language), {"reason": "A page is missing."})
    assert "A page is missing." in one.get(path(action, "", language)).text
    one.post(path(action, "claim/", language))
    for _ in range(2):
        other.post(path(action, "confirm/", language))
    action.refresh_from_db()
    assert action.state == ActionState.CONFIRMED
    assert other.get(path(action, "", language)).status_code == 200


def test_owners_are_chosen_among_those_whom_the_directory_shows(measure: Measure, people: dict) -> None:
    client, hidden = signed_in(make.lead_of(measure)), people["east"][0]
    new = f"/en/measures/{measure.slug}/actions/new/"
    typed = {"first_q": hidden.name_latin, "first": str(hidden.pk), "find": "1"}

    assert f'name="first" value="{hidden.pk}"' not in client.post(new, typed).text
    assert f'name="first" value="{hidden.pk}"' in signed_in(coordinator(None)).post(new, typed).text


def test_who_may_not_finds_no_such_page(action: Action, measure: Measure, people: dict) -> None:
    stranger = signed_in(people["west"][2])
    assert stranger.get(path(action)).status_code == 200
    assert stranger.post(path(action, "start/")).status_code == 404
    for page in ("edit/", "evidence/", "claim/", "confirm/", "return/", "drop/", "owner/"):
        assert stranger.get(path(action, page)).status_code == 404
        assert stranger.post(path(action, page), {"reason": "x"}).status_code == 404
    assert stranger.get(f"/en/measures/{measure.slug}/actions/new/").status_code == 404
    owner = signed_in(action.first_owner)
    assert owner.get(path(action, "drop/")).status_code == 404
    assert owner.get(path(action, "edit/")).status_code == 404
    assert owner.get(path(action, "owner/?place=2")).status_code == 404
    assert owner.get(f"/en/measures/{measure.slug}/actions/{action.pk + 1}/").status_code == 404
    # Not of this measure.
    assert owner.get(f"/en/measures/another/actions/{action.pk}/").status_code == 404
    for somebody in (UserFactory(), PractitionerFactory(state="applied").user):
        assert signed_in(somebody).get(path(action)).url == "/en/me/"
    assert "/accounts/login/" in Client().get(path(action)).url
    assert signed_in(coordinator("west")).get(path(action)).status_code == 200


def test_a_file_is_sent_to_members_alone(action: Action, people: dict) -> None:
    piece = services.add_evidence(
        action=action, text="Done.", uid=uuid.uuid4(), by=first(action), upload=("list.pdf", PDF)
    )
    address = f"/en/measures/evidence/{piece.pk}/"

    answer = signed_in(people["west"][2]).get(address)
    assert answer.status_code == 200
    assert b"".join(answer).startswith(b"%PDF-")
    assert answer["Content-Disposition"].startswith('attachment; filename="list.pdf"')
    assert answer["Cache-Control"] == "private, no-cache, no-store"
    assert signed_in(PractitionerFactory(state="applied")).get(address).status_code == 404
    assert "/accounts/login/" in Client().get(address).url
    words = prove(action, first(action))
    assert signed_in(people["west"][2]).get(f"/en/measures/evidence/{words.pk}/").status_code == 404


def test_what_was_typed_wrong_is_said_beside_it(action: Action, measure: Measure) -> None:
    owner, author = signed_in(action.first_owner), signed_in(make.lead_of(measure))
    page = owner.post(path(action, "evidence/"), {"text": "", "link": "http://example.org"})
    assert page.status_code == 200
    assert "begins with https://" in page.text
    bad = owner.post(
        path(action, "evidence/"), {"text": "x", "upload": SimpleUploadedFile("list.pdf", b"<script>alert()</script>")}
    )
    assert bad.status_code == 200
    assert "something else than its name says" in bad.text
    old = author.post(path(action, "edit/"), {"title_ar": "أ", "title_en": "b", "due": "2001-01-01"})
    assert "This day is over" in old.text
    assert (
        author.post(path(action, "edit/"), {"title_ar": "أ", "title_en": "b", "due": str(action.due)}).status_code
        == 302
    )


def test_a_place_is_handed_over_on_its_page(action: Action, people: dict) -> None:
    heir = people["east"][3]
    client = signed_in(action.first_owner)
    found = client.post(path(action, "owner/"), {"place": "1", "to_q": heir.name_ar, "find": "1"})
    assert f'value="{heir.pk}"' in found.text
    answer = client.post(path(action, "owner/"), {"place": "1", "to_q": heir.name_ar, "to": str(heir.pk)})
    assert answer.status_code == 302
    action.refresh_from_db()
    assert action.first_owner == heir
    history = signed_in(heir).get(path(action)).text
    assert "handed over to another owner" in history


def test_a_national_coordinator_drops_it_and_says_why(action: Action) -> None:
    client = signed_in(coordinator(None))
    assert client.post(path(action, "drop/"), {"reason": "No longer needed."}).status_code == 302
    assert Action.objects.get(pk=action.pk).state == ActionState.DROPPED
    page = client.get(path(action)).text
    assert "No longer needed." in page
    assert path(action, "drop/") not in page


def test_the_page_of_an_action_asks_the_database_seldom(action: Action, people: dict) -> None:
    counts = []
    for rows in (1, 3):
        for _ in range(rows):
            prove(action, first(action))
        client = signed_in(action.first_owner)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path(action)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 15, [q["sql"][:120] for q in captured]


# --- on the agenda ------------------------------------------------------------------------------------------------------


def test_open_actions_are_offered_for_the_agenda_of_their_sides(action: Action, people: dict) -> None:
    joint = SessionFactory(host_region=None, state="draft")
    south = SessionFactory(host_region=action.second_side, state="draft")
    west = SessionFactory(host_region=people["west"][0].region, state="draft")
    national = at_the_desk(coordinator(None))
    change = "/en/admin/dialogues/session/{}/change/"

    assert action.title_en in national.get(change.format(joint.pk)).text
    assert action.title_en in at_the_desk(coordinator("south")).get(change.format(south.pk)).text
    assert action.title_en not in at_the_desk(coordinator("west")).get(change.format(west.pk)).text
    take = f"/en/admin/dialogues/session/{joint.pk}/suggestion/"
    for _ in range(2):
        assert national.post(take, {"suggestion": f"action:{action.pk}"}).status_code == 302
    item = joint.agenda_items.get()
    assert (item.title_ar, item.title_en, item.origin) == (action.title_ar, action.title_en, f"action:{action.pk}")
    assert action.measure.reference in item.note_en
    assert "Open actions for the agenda" not in national.get(change.format(joint.pk)).text
    assert national.post(take, {"suggestion": "action:0"}).status_code == 404
    assert national.post(f"/en/admin/dialogues/session/{west.pk}/suggestion/", {"suggestion": "x"}).status_code == 404


def test_what_is_for_members_is_not_offered_for_a_public_agenda(people: dict, clock: Any) -> None:
    measure = make.adopted(people, clock, measure=make.compared(people["west"][0], choices={"audience": "members"}))
    action = make.planned(measure, people["east"][0], people["south"][0])
    client = at_the_desk(coordinator(None))
    for listing, offered in (("public", False), ("members", True)):
        session = SessionFactory(host_region=None, state="draft", listing=listing)
        page = client.get(f"/en/admin/dialogues/session/{session.pk}/change/").text
        assert (action.title_en in page) is offered


# --- at a facility ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_action_names_a_facility_as_long_as_everybody_may_know_of_it(action: Action) -> None:
    facility = facilities.facility("south")
    page, edit = action.get_absolute_url(), path(action, "edit/")
    author = Client()
    author.force_login(action.measure.authors.order_by("pk").first().practitioner.user)
    typed = {"title_ar": "عنوان", "title_en": "Title", "due": action.due.isoformat(), "municipality": "", "region": ""}

    assert "No facility has this code" in author.post(edit, typed | {"facility": "NOSUCH"}).text
    assert author.post(edit, typed | {"facility": facility.code.lower()}).status_code == 302
    kept = Action.objects.get(pk=action.pk)
    assert (kept.facility, kept.region) == (facility, facility.side)
    pages = [(author, page), (Client(), f"/en/measures/{action.measure.slug}/")]
    assert all(facility.code in reader.get(address).text for reader, address in pages)

    facility_services.raise_concern(facility=facility, reason="Threats", by=coordinator("south"))
    for reader, address in pages:
        shown = reader.get(address).text
        assert facility.code not in shown
        assert facility.name_ar not in shown
    assert author.post(edit, typed | {"facility": facility.code}).status_code == 302
