"""A small world of three sides in which every text field of every row is a canary.

Beside the plain cases it holds what scopes forget: somebody who moved and is still in the other side's session, leads it and is host
of its room; joint sessions with people of all sides; drafts; walk-ins; notices; steps; the tables of the login.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session as WebSession
from django.db import models
from django.utils import timezone

from campaigns.models import (
    Activity,
    ActivityCorrection,
    Appearance,
    Assignment,
    Award,
    Campaign,
    Complaint,
    Conflict,
    ContactProof,
    Criterion,
    Decision as ContestDecision,
    Desk,
    DeskCollector,
    Distribution,
    DuplicatePair,
    Entry,
    Faq,
    GalleryItem,
    HandIn,
    Handout,
    HealthWorker,
    Juror,
    Lot,
    Mark,
    Outlet,
    Photo,
    Prize,
    PrizeGiving,
    Question,
    Reached,
    ResultSheet,
    Round,
    RoundEntry,
    Speaker,
    Topic,
    Unfinished,
)
from dialogues.models import (
    AgendaItem,
    Attribution,
    Broadcast,
    CalendarFeed,
    CaseStudy,
    CaseSubmission,
    Certificate,
    Decision,
    FeedbackAnswer,
    FeedbackGiven,
    Material,
    Minutes,
    MinutesRevision,
    Presence,
    Registration,
    Series,
    Session,
    Site,
    Statement,
    WalkIn,
)
from facilities.models import Assessment, Facility, FacilityType, LocalRegion, ServiceDomain, TracerItem
from measures.models import (
    Action,
    Author,
    Ballot,
    Comment,
    Evidence,
    Following,
    LeaningVote,
    Measure,
    ParityReading,
    RollEntry,
    SideRule,
    Version,
    Vote,
    VoteClosing,
    VoteKey,
)
from needs.models import Leg, Need, Pledge, Proposal, Surplus, UseCheck
from network.enums import MemberState, Role, Visibility
from network.models import (
    CodeOfConduct,
    Condition,
    ConductAcceptance,
    District,
    Job,
    Municipality,
    Practitioner,
    Profession,
    Region,
    RoleGrant,
    SpecialPeriod,
    Specialty,
    Transition,
    User,
)
from notifications.models import Message
from outreach.models import MobileUnit
from tests.security import (
    campaigns_planned,
    dialogues_planned,
    facilities_planned,
    measures_planned,
    needs_planned,
    outreach_planned,
    upkeep_planned,
)
from tests.security.canaries import Aviary, named
from tests.security.sides import ABROAD, JOINT, NOBODY, SIDES

VERIFIED_STATES = (MemberState.VERIFIED, MemberState.ACTIVE, MemberState.SUSPENDED)
# Tables with people's words, or with who did what: each is filled for every side, and compared before and after a request.
KEPT = (
    User, Practitioner, RoleGrant, ConductAcceptance, Transition, Message, Session, Site, Registration, WalkIn, Broadcast,
    CalendarFeed, FeedbackAnswer, FeedbackGiven, Presence, Series,
    EmailAddress, Authenticator, Session.facilitators.through, Session.invited_regions.through, Session.invited_professions.through,
    Minutes, MinutesRevision, Decision, Statement, Attribution,
    CaseStudy, CaseSubmission,
    AgendaItem, AgendaItem.speakers.through, Material, Certificate,
    Measure, Version, Author, ParityReading, Comment, LeaningVote, Following, Vote, SideRule, RollEntry, VoteKey, Ballot, VoteClosing,
    Action, Evidence,
    Campaign, Question, Prize, Faq, Entry, ContactProof, Unfinished,
    Lot, Round, Criterion, Juror, RoundEntry, Assignment, Mark, Conflict, ResultSheet,
    Desk, DeskCollector, HandIn, Distribution, Photo, DuplicatePair,
    Topic, HealthWorker, Activity, ActivityCorrection, Reached, Handout,
    ContestDecision, Award, Complaint, GalleryItem, PrizeGiving,
    Outlet, Appearance, Speaker,
    *facilities_planned.KEPT, *upkeep_planned.KEPT, *outreach_planned.KEPT, *needs_planned.KEPT,
    Job,
)  # fmt: skip


@dataclass
class World:
    """The rows by the name under which the matrix speaks of them, e.g. `people["west:member"]`, `sessions["joint:running"]`."""

    birds: Aviary = field(default_factory=Aviary)
    regions: dict[str, Region] = field(default_factory=dict)
    municipalities: dict[str, Municipality] = field(default_factory=dict)
    people: dict[str, Practitioner] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    cases: dict[str, CaseStudy] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    # By the side that has no part in it.
    actions: dict[str, Action] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    rounds: dict[str, Round] = field(default_factory=dict)
    # By the campaign and the side on which it stands.
    desks: dict[str, Desk] = field(default_factory=dict)
    appearances: dict[str, Appearance] = field(default_factory=dict)
    facilities: dict[str, Facility] = field(default_factory=dict)
    assessments: dict[str, Assessment] = field(default_factory=dict)
    # These by their side.
    local_regions: dict[str, LocalRegion] = field(default_factory=dict)
    units: dict[str, MobileUnit] = field(default_factory=dict)
    needs: dict[str, Need] = field(default_factory=dict)
    pledges: dict[str, Pledge] = field(default_factory=dict)
    legs: dict[str, list[Leg]] = field(default_factory=dict)
    checks: dict[str, UseCheck] = field(default_factory=dict)
    surpluses: dict[str, Surplus] = field(default_factory=dict)
    given: dict[str, Pledge] = field(default_factory=dict)
    # By the side that has no part in it.
    proposals: dict[str, Proposal] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    professions: list[Profession] = field(default_factory=list)
    owners: dict[tuple[type[models.Model], int], str] = field(default_factory=dict)

    def add(self, row: models.Model, owner: str, thing: str, **given: Any) -> Any:
        """Save a row with a canary in every text field that is not given, and remember whose it is."""
        self.birds.fill(row, owner, thing, **given)
        if isinstance(row, Practitioner):
            named(row)
        row.save()
        self.owners[type(row), row.pk] = owner
        return row

    def of(self, model: type[models.Model], owner: str) -> list[int]:
        """Return the ids of the rows of a side."""
        return sorted(pk for (kind, pk), whose in self.owners.items() if kind is model and whose == owner)

    def step(self, subject: models.Model, owner: str, thing: str, by: User, state: str) -> None:
        """Record a move of a row, in the journal and in the log of the admin, with canaries."""
        step = Transition(
            subject_type=subject._meta.label_lower, subject_id=subject.pk, from_state="applied", to_state=state, by=by,
            at=timezone.now(), move="decline",
        )  # fmt: skip
        given = {"subject_type": step.subject_type, "move": step.move, "from_state": "applied", "to_state": state}
        self.add(step, owner, thing, **given)
        LogEntry.objects.create(
            user=by,
            content_type=ContentType.objects.get_for_model(subject),
            object_id=str(subject.pk),
            object_repr=self.birds.new(owner, thing, "admin.logentry.object_repr"),
            action_flag=CHANGE,
            change_message=self.birds.new(owner, thing, "admin.logentry.change_message"),
        )


def build() -> World:
    """Fill an empty database."""
    world = World()
    _places(world)
    for side in SIDES:
        _people(world, side)
    _person(world, ABROAD, "member", MemberState.ACTIVE, region=None)
    _person(world, ABROAD, "seated", MemberState.ACTIVE, region=None)
    _person(world, ABROAD, "applied", MemberState.APPLIED, region=None)
    _movers(world)
    _staff(world)
    dialogues_planned.plan(world)
    measures_planned.plan(world)
    _media(world)
    for part in (facilities_planned, upkeep_planned, outreach_planned, needs_planned):
        part.plan(world)
    campaigns_planned.plan(world)
    _strangers(world)
    return world


def _places(world: World) -> None:
    for position, side in enumerate(SIDES):
        region = Region.objects.create(
            code=side, pcode=f"P{position}", name_ar=f"جهة {position}", name_en=side, position=position
        )
        district = District.objects.create(pcode=f"D{position}", region=region, name_ar=f"م {position}", name_en="D")
        world.regions[side] = region
        world.municipalities[side] = Municipality.objects.create(
            pcode=f"M{position}", district=district, name_ar=f"ب {position}", name_en="M"
        )
    world.professions = [
        Profession.objects.create(code=code, name_ar=f"مهنة {code}", name_en=f"P {code}") for code in ("2211", "2221")
    ]
    vocabularies = (
        (Specialty, {}),
        (Condition, {"group": "one"}),
        (FacilityType, {}),
        (ServiceDomain, {"group": "one"}),
        (TracerItem, {}),
    )
    for model, more in vocabularies:
        model.objects.create(code="one", name_ar="واحد", name_en="One", **more)
    today = timezone.localdate()
    SpecialPeriod.objects.create(name_ar="عطلة", name_en="Holiday", first_day=today, last_day=today)
    CodeOfConduct.objects.create(
        version="1.0", text_ar="نحترم", text_en="We respect.", in_force_from=timezone.localdate() - timedelta(days=9)
    )


def _account(world: World, owner: str, thing: str) -> User:
    user = world.add(User(language="en", discreet=False, phone_verified=True), owner, thing)
    world.add(EmailAddress(user=user, verified=True, primary=True), owner, thing, email=user.email)
    now = timezone.now()
    key = world.birds.new(NOBODY, thing, "sessions.session.session_key")
    WebSession.objects.create(session_key=key, session_data=key, expire_date=now + timedelta(days=9))
    world.birds.fill(UserSession(user=user, ip="192.0.2.7", data={}), owner, thing, session_key=key, data={}).save()
    world.add(
        Message(
            kind="membership-declined", recipient_id=user.pk, channel="email", language="en", created_at=now,
            due_at=now, state="gave_up",
        ),
        owner, thing, kind="membership-declined", address="",
    )  # fmt: skip
    return user


def _person(world: World, side: str, name: str, state: str, **given: Any) -> Practitioner:
    thing, now = f"{side}:{name}", timezone.now()
    user = _account(world, side, thing)
    region = given.pop("region", world.regions.get(side))
    home = given.pop("municipality", world.municipalities.get(side))
    verified = state in VERIFIED_STATES
    given = {"visibility": Visibility.NOBODY, **({"abroad_in": ""} if home else {}), **given}
    person = Practitioner(
        user=user, state=state, profession=world.professions[0], region=region, municipality=home,
        specialty=Specialty.objects.first(), applied_at=now - timedelta(days=3),
        verified_at=now if verified else None, verified_by=user if verified else None,
        left_at=now if state == MemberState.LEFT else None,
    )  # fmt: skip
    world.people[thing] = world.add(person, side, thing, **given)
    acceptance = ConductAcceptance(
        practitioner=person, conduct=CodeOfConduct.objects.first(), language="en", accepted_at=now
    )
    world.add(acceptance, side, thing, text_sha256=acceptance.conduct.sha256_in("en"))
    world.step(person, side, thing, user, state)
    return person


def _people(world: World, side: str) -> None:
    _person(world, side, "member", MemberState.ACTIVE)
    _person(world, side, "found", MemberState.ACTIVE, visibility=Visibility.SIDE)
    _person(world, side, "leader", MemberState.ACTIVE)
    for state in (MemberState.APPLIED, MemberState.SUSPENDED, MemberState.DECLINED, MemberState.LEFT):
        _person(world, side, state.value, state)


def _movers(world: World) -> None:
    """People who were of one side when they signed up and led there, and are of the next one now."""
    for before, now in zip(SIDES, (*SIDES[1:], SIDES[0]), strict=True):
        _person(world, now, f"moved-from-{before}", MemberState.ACTIVE)


def _staff(world: World) -> None:
    def grant(name: str, side: str, role: str, person: Practitioner) -> None:
        region = world.regions[side] if role == Role.REGIONAL_COORDINATOR else None
        row = RoleGrant(user=person.user, role=role, region=region, granted_at=timezone.now(), granted_by=person.user)
        world.add(row, NOBODY if region is None else side, name, role=role)
        world.add(Authenticator(user=person.user, type="totp"), NOBODY, name)
        world.staff[name] = person.user

    for side in SIDES:
        coordinator = _person(world, side, "coordinator", MemberState.ACTIVE)
        grant(f"regional {side}", side, Role.REGIONAL_COORDINATOR, coordinator)
        suspended = world.people[f"{side}:suspended"]
        grant(f"suspended coordinator {side}", side, Role.REGIONAL_COORDINATOR, suspended)
    grant("national", "west", Role.NATIONAL_COORDINATOR, _person(world, "west", "national", MemberState.ACTIVE))
    grant("auditor", "east", Role.AUDITOR, _person(world, "east", "auditor", MemberState.ACTIVE))


def _media(world: World) -> None:
    """An entry of the media log that everybody reads, and one that is a draft, of outlets of two sides."""
    now, by = timezone.now(), world.staff["national"]
    for name, side in (("published", "west"), ("draft", "east")):
        thing, public = f"{JOINT}:{name}-appearance", name == "published"
        outlet = world.add(Outlet(medium="radio", region=world.regions[side]), JOINT, thing)
        row = Appearance(
            state=name, outlet=outlet, day=now.date(), created_at=now, changed_at=now, published_at=now if public else None
        )  # fmt: skip
        row = world.add(row, JOINT, thing, slug=world.birds.new(JOINT, thing, "campaigns.appearance.slug"))
        world.appearances[thing] = row
        world.add(Speaker(appearance=row), JOINT, thing)
        world.step(row, JOINT, thing, by, name)


def _strangers(world: World) -> None:
    """Notices to addresses that have no account."""
    now = timezone.now()
    row = Message(kind="account", channel="email", language="en", created_at=now, due_at=now, state="gave_up")
    world.add(row, NOBODY, "stranger", kind="account", recipient_id=None)
