"""What a request did to the database that was not its sender's to do."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import models
from django.utils import translation

from campaigns.models import Activity, Assignment, Campaign, Desk, Entry, HealthWorker, Juror, Photo, Round
from dialogues.models import (
    AgendaItem,
    Broadcast,
    CaseStudy,
    CaseSubmission,
    Minutes,
    MinutesRevision,
    Registration,
    Session,
    Site,
    Statement,
    WalkIn,
)
from facilities.models import Assessment, Assessor, Facility, FacilityImport, MonthlyReport
from measures.models import Author, Ballot, Comment, Measure, ParityReading
from needs.models import Delivery, Need, Pledge, Proposal, Surplus
from network.models import Job, Practitioner, Transition, User
from notifications.models import Message
from outreach.models import DailyReport, MobileUnit, RoutePlan, SafeSpace, Training
from tests.security import needs_planned
from tests.security.judge import Actor
from tests.security.sides import ABROAD, JOINT, NOBODY
from tests.security.world import KEPT, World

Snapshot = dict[tuple[type[models.Model], int], dict[str, Any]]
# Both sides of a proposal are told that one of them has declined it.
PROPOSAL_DECLINED = "need-proposal-declined"
# Each of both sides answers a proposal.
ANSWERED = {
    "state", "reason", *(f"{side}_agreed_{what}" for side in ("need", "surplus") for what in ("at", "by_id")),
}  # fmt: skip
# A mark in a joint session says that it takes place, and a seat in one may be taken by anybody invited.
MAY_CHANGE_IN_JOINT = {Session: {"state"}, Site: {"taken"}, Measure: {"state", "parity_id"}, Proposal: ANSWERED}
# What may be added to its journal: that it takes place, and who took the list along; that its texts are equal; an answer to a proposal.
MOVES_IN_JOINT = {"hold", "export", "confirm", "agree", "decline", "lapse"}
# Every member on the roll votes.
ADDED_IN_JOINT = {Ballot}
# Through which column a row of these apps belongs to somebody, the first that it has.
THROUGH: dict[str, dict[str, type[models.Model]]] = {
    "facilities": {
        "batch_id": FacilityImport, "assessment_id": Assessment, "assessor_id": Assessor, "report_id": MonthlyReport,
        "facility_id": Facility,
    },
    "outreach": {
        "unit_id": MobileUnit, "plan_id": RoutePlan, "report_id": DailyReport, "training_id": Training, "space_id": SafeSpace,
    },
    "needs": {
        "need_id": Need, "surplus_id": Surplus, "pledge_id": Pledge, "delivery_id": Delivery, "facility_id": Facility,
    },
}  # fmt: skip
REFERRED = (Practitioner, User, Session, Site, Registration, WalkIn)


def snapshot() -> Snapshot:
    """Return every kept row, column by column."""
    return _rows(KEPT)


def snapshot_after(before: Snapshot, statements: Collection[str]) -> Snapshot:
    """Return what there is after these statements: of tables that none of them writes to what there was before."""
    written = {model for model in KEPT if any(f'"{model._meta.db_table}"' in sql for sql in statements)}
    return {key: row for key, row in before.items() if key[0] not in written} | _rows(written)


def _rows(kept: Iterable[type[models.Model]]) -> Snapshot:
    # Translated columns are read in the language of the moment.
    with translation.override("en"):
        return {
            (model, row["pk"]): row for model in kept for row in model._default_manager.values("pk", *_columns(model))
        }


def _columns(model: type[models.Model]) -> list[str]:
    return [column.attname for column in model._meta.concrete_fields]


def owner_of(world: World, state: Snapshot, model: type[models.Model], row: dict[str, Any]) -> str:
    """Return whose a row is, from the row itself, so that one that was moved across is noticed."""
    codes = {region.pk: side for side, region in world.regions.items()}
    if model in (Practitioner, WalkIn):
        return codes.get(row["region_id"], ABROAD)
    if model is Session:
        return codes.get(row["host_region_id"], JOINT)
    if model is Broadcast:
        return codes.get(row["side_id"], NOBODY)
    if model is Campaign:
        return codes.get(row["region_id"], JOINT)
    if model is Entry:
        return codes.get(row["side_id"], ABROAD)
    if model in (Desk, HealthWorker, Activity):
        return codes[row["side_id"]]
    if "activity_id" in row:
        return owner_of(world, state, Activity, state[Activity, row["activity_id"]])
    if model is Photo:
        return owner_of(world, state, Entry, state[Entry, row["entry_id"]])
    parts = (
        ("photo_id", Photo),
        ("campaign_id", Campaign),
        ("round_id", Round),
        ("assignment_id", Assignment),
        ("juror_id", Juror),
    )
    for column, kind in (("first_id", Entry), ("desk_id", Desk), *parts, ("entry_id", Entry)):
        if column in row:
            return owner_of(world, state, kind, state[kind, row[column]])
    if model is User:
        return next(
            (
                owner_of(world, state, Practitioner, person)
                for (kind, _), person in state.items()
                if kind is Practitioner and person["user_id"] == row["pk"]
            ),
            NOBODY,
        )
    if model is Transition:
        subject = next((kind for kind in KEPT if kind._meta.label_lower == row["subject_type"]), None)
        target = state.get((subject, row["subject_id"])) if subject else None
        return owner_of(world, state, subject, target) if subject and target else NOBODY
    if model is Message:
        target = state.get((User, row["recipient_id"]))
        return owner_of(world, state, User, target) if target else NOBODY
    if model is Proposal:
        # Two sides answer for it.
        return world.owners[Proposal, row["id"]]
    if (through := THROUGH.get(model._meta.app_label)) is not None:
        for column, kind in through.items():
            if row.get(column):
                return owner_of(world, state, kind, state[kind, row[column]])
        return codes.get(row.get("side_id"), NOBODY)
    if model is Job:
        return owner_of(world, state, User, state[User, row["asked_by_id"]])
    if model is Measure:
        return world.owners.get((Measure, row["id"]), _of_lead(world, state, row["id"]))
    for kind, column in ((Comment, "author_id"), (ParityReading, "read_by_id")):
        if model is kind and row[column]:
            return owner_of(world, state, Practitioner, state[Practitioner, row[column]])
    if model._meta.app_label == "measures" and "practitioner_id" not in row:
        return owner_of(world, state, Measure, state[Measure, row["measure_id"]]) if "measure_id" in row else JOINT
    if model is Ballot:
        return JOINT
    if model is CaseStudy:
        return owner_of(world, state, Practitioner, state[Practitioner, row["author_id"]])
    if model is CaseSubmission:
        return owner_of(world, state, CaseStudy, state[CaseStudy, row["case_id"]])
    if model is Registration:
        return owner_of(world, state, Practitioner, state[Practitioner, row["practitioner_id"]])
    for column, kind in (("revision_id", MinutesRevision), ("statement_id", Statement), ("minutes_id", Minutes)):
        if row.get(column) and (kind, row[column]) in state:
            return owner_of(world, state, kind, state[kind, row[column]])
    for column, kind in (
        ("registration_id", Registration),
        ("session_id", Session),
        ("agendaitem_id", AgendaItem),
        ("practitioner_id", Practitioner),
        ("user_id", User),
    ):
        if column in row:
            return owner_of(world, state, kind, state[kind, row[column]])
    return NOBODY


def _of_lead(world: World, state: Snapshot, measure: int) -> str:
    """Return the side of whoever began a measure."""
    leads = (row for (kind, _), row in state.items() if kind is Author and row["measure_id"] == measure and row["lead"])
    return next((owner_of(world, state, Author, row) for row in leads), NOBODY)


def damage(world: World, actor: Actor, before: Snapshot, after: Snapshot) -> list[str]:
    """Return what a regional coordinator or a member changed that is not theirs, or took over from others."""
    found = []
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        model = key[0]
        if model is Transition and old is None and new and new["move"] == "export":
            # Whoever takes a list along is recorded.
            continue
        owners = {owner_of(world, state, model, row) for state, row in ((before, old), (after, new)) if row}
        told = (
            model is Message
            and old is None
            and bool(sessions_of(after, new["recipient_id"]) & _own_sessions(world, actor))
        )
        told = told or (model is Message and old is None and new["kind"] == PROPOSAL_DECLINED)
        told = told or (old is None and needs_planned.anybody_adds(model, new))
        if owners != {actor.side} and not told and not _harmless(model, old, new, owners):
            found.append(f"{model.__name__} {key[1]} of {sorted(owners)} changed")
        found += _taken_over(world, actor, before, after, key)
    return found


def _own_sessions(world: World, actor: Actor) -> set[int]:
    return set(world.of(Session, actor.side))


def sessions_of(state: Snapshot, user_id: int) -> set[int]:
    """Return the sessions in which somebody has a place, or which they lead: of these they are told."""
    person = next(
        (row["pk"] for (kind, _), row in state.items() if kind is Practitioner and row["user_id"] == user_id), 0
    )
    return {
        row["session_id"]
        for (kind, _), row in state.items()
        if kind in (Registration, Session.facilitators.through) and row["practitioner_id"] == person
    }


def _harmless(model: type[models.Model], old: Any, new: Any, owners: set[str]) -> bool:
    if owners != {JOINT} or new is None:
        return False
    if model in ADDED_IN_JOINT:
        return old is None
    if model is Transition:
        answered = new["subject_type"] == Measure._meta.label_lower and new["move"] == "edit"
        return old is None and (new["move"] in MOVES_IN_JOINT or answered)
    changed = {column for column in new if old is None or old[column] != new[column]}
    return old is not None and changed <= MAY_CHANGE_IN_JOINT.get(model, set())


def _taken_over(world: World, actor: Actor, before: Snapshot, after: Snapshot, key: Any) -> list[str]:
    """Return references to rows of others that were written into a row."""
    model, old, new = key[0], before.get(key), after.get(key)
    if new is None:
        return []
    found = []
    for column in model._meta.concrete_fields:
        value = new[column.attname]
        if column.related_model not in REFERRED or value is None or (old and old[column.attname] == value):
            continue
        whose = owner_of(world, after, column.related_model, after[column.related_model, value])
        if whose not in (actor.side, JOINT):
            found.append(f"{model.__name__} {key[1]} now points at {column.related_model.__name__} of {whose}")
    return found
