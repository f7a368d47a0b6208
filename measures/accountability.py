"""Reads of actions: who answers for them, how far they are, what happened to them; as each reader may know it.

Outside of the network nobody is named: an owner is a profession, or a role in the network, and a side.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override, pgettext

from dialogues.enums import Listing
from dialogues.models import Session
from dialogues.suggestions import Suggestion
from measures import policies
from measures.enums import UNFINISHED_ACTIONS, ActionMove, ActionState, Audience, MeasureState
from measures.models import Action, Evidence, Measure
from network import policies as network_policies, selectors as network_selectors
from network.enums import Role
from network.models import Practitioner, Region, RoleGrant

OWNERS_FOUND = 8
SUGGESTED = 12


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: an active member, somebody with a role in the network, or, with neither, anybody."""

    user: Any
    practitioner: Practitioner | None = None
    staff: bool = False

    @classmethod
    def of(cls, user: Any) -> "Reader":
        return cls(user, network_selectors.active_practitioner(user), network_policies.is_staff(user))

    @property
    def inside(self) -> bool:
        return self.practitioner is not None or self.staff

    @property
    def reads_all(self) -> bool:
        return network_policies.reads_all(self.user)

    @property
    def late_line(self) -> date:
        return policies.late_line(timezone.localdate(), inside=self.inside)

    def adopted(self) -> QuerySet[Measure]:
        """Return the measures that were adopted and that this reader reads."""
        return Measure.objects.once_adopted() if self.inside else Measure.objects.public()

    def people(self) -> QuerySet[Practitioner]:
        """Return whom this reader finds by name: those of the directory, and those whom they coordinate."""
        found = Practitioner.objects.none()
        if self.practitioner is not None:
            found = Practitioner.objects.listed_for(self.practitioner)
        if self.staff:
            found = found | Practitioner.objects.active().visible_to(self.user)
        return found


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who answers for an action: what they are, for which side, and by name where this reader finds them.

    `what` is a profession or a role; it becomes words in the language of the moment in which it is shown.
    """

    person: int
    what: Any
    region: Region | None
    name: str = ""
    mine: bool = False

    @property
    def side(self) -> str:
        return side_name(self.region)


@dataclass(frozen=True, slots=True)
class Row:
    """An action as a reader sees it."""

    action: Action
    owners: tuple[Owner, Owner]
    late: bool

    @property
    def mine(self) -> bool:
        return any(owner.mine for owner in self.owners)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the actions of a measure are done and confirmed, of all that were not dropped."""

    done: int = 0
    whole: int = 0


@dataclass(frozen=True, slots=True)
class Happened:
    """One step of an action in words; `move` is "" for what changed without one."""

    at: datetime
    move: str
    what: str
    who: str
    reason: str = ""
    details: list[str] = field(default_factory=list)


# --- whose ----------------------------------------------------------------------------------------------------------


def with_owners(actions: QuerySet[Action]) -> QuerySet[Action]:
    """Return actions with all that a list of them shows."""
    return actions.select_related(
        "measure__current",
        "region",
        "facility__kind",
        "municipality",
        "first_owner__profession",
        "second_owner__profession",
        "first_side",
        "second_side",
    )


def rows(actions: Iterable[Action], reader: Reader) -> list[Row]:
    """Return actions as this reader sees them, in two more queries however many there are."""
    listed = list(actions)
    people = {pk for action in listed for pk in (action.first_owner_id, action.second_owner_id)}
    me = reader.practitioner.pk if reader.practitioner else None
    named = set(reader.people().filter(pk__in=people).values_list("pk", flat=True)) if reader.inside else set()
    # Both owners of the same thing know each other.
    for action in listed:
        if me in (action.first_owner_id, action.second_owner_id):
            named |= {action.first_owner_id, action.second_owner_id}
    roles = _roles({owner.user_id for action in listed for owner in (action.first_owner, action.second_owner)})
    line = reader.late_line

    def owner(person: Practitioner, side: Region | None) -> Owner:
        name = person.name if person.pk in named else ""
        what = roles.get(person.user_id) or person.profession
        return Owner(person.pk, what, side, name, mine=person.pk == me)

    return [
        Row(
            action,
            (owner(action.first_owner, action.first_side), owner(action.second_owner, action.second_side)),
            policies.is_late(action, line),
        )
        for action in listed
    ]


def side_name(side: Region | None) -> str:
    return side.name if side else gettext("abroad")


def _roles(users: Collection[int]) -> dict[int, Any]:
    """Return the role in the network that somebody holds today, by account: the one by which they answer for what they do in it."""
    if not users:
        return {}
    held = RoleGrant.objects.in_force(timezone.localdate()).filter(
        user_id__in=users, role__in=[Role.REGIONAL_COORDINATOR, Role.NATIONAL_COORDINATOR]
    )
    return {user: Role(role).label for user, role in held.order_by("-pk").values_list("user_id", "role")}


# --- which ----------------------------------------------------------------------------------------------------------


def of_measure(measure: Measure) -> QuerySet[Action]:
    """Return the actions of a measure in the order in which they are due."""
    return with_owners(Action.objects.filter(measure=measure)).order_by("due", "pk")


def of_reader(reader: Reader) -> QuerySet[Action]:
    """Return the actions of all measures that this reader reads: what is not finished first, longest due first."""
    finished = Case(When(state__in=UNFINISHED_ACTIONS, then=Value(0)), default=Value(1), output_field=IntegerField())
    actions = Action.objects.filter(measure__in=reader.adopted().values("pk"))
    return with_owners(actions).annotate(finished=finished).order_by("finished", "due", "pk")


def to_remind_of(today: date) -> QuerySet[Action]:
    """Return the unfinished actions of which somebody may have to be reminded."""
    soon = today - timedelta(days=min(policies.REMINDERS))
    waiting = Action.objects.unfinished().filter(due__lte=soon, reminded__lt=len(policies.REMINDERS))
    return waiting.order_by("due", "pk")


def find_owners(reader: Reader, query: str) -> list[Practitioner]:
    """Return the few members of that name who can be made owners by this reader."""
    if not query.strip():
        return []
    found = reader.people().matching(query).select_related("profession", "region")  # type: ignore[attr-defined]
    return list(found.order_by("search", "pk")[:OWNERS_FOUND])


def evidence_of(action: Action) -> list[Evidence]:
    return list(Evidence.objects.filter(action=action).order_by("pk"))


# --- how far --------------------------------------------------------------------------------------------------------


def progress(measures: Iterable[Measure]) -> dict[int, Progress]:
    """Return the progress of measures by their number, in one query."""
    counted = (
        Action.objects.filter(measure__in=[measure.pk for measure in measures])
        .exclude(state=ActionState.DROPPED)
        .values("measure_id")
        .annotate(whole=Count("pk"), done=Count("pk", filter=Q(state=ActionState.CONFIRMED)))
        .order_by()
    )
    found = {row["measure_id"]: Progress(row["done"], row["whole"]) for row in counted}
    return {measure.pk: found.get(measure.pk, Progress()) for measure in measures}


def shares(actions: QuerySet[Action], line: date) -> dict[str, int]:
    """Return how many actions are confirmed, reported as done, under way and late; each is in one of these, dropped ones in none."""
    late = Q(state__in=UNFINISHED_ACTIONS, due__lt=line)
    return actions.order_by().aggregate(
        confirmed=Count("pk", filter=Q(state=ActionState.CONFIRMED)),
        claimed=Count("pk", filter=Q(state=ActionState.CLAIMED) & ~late),
        under_way=Count("pk", filter=Q(state__in=[ActionState.PLANNED, ActionState.IN_PROGRESS]) & ~late),
        late=Count("pk", filter=late),
    )


# --- what happened --------------------------------------------------------------------------------------------------


def history(action: Action, reader: Reader) -> list[Happened]:
    """Return what happened to an action, first to last, in words."""
    steps = list(network_selectors.steps(action))
    people = {
        person.user_id: person
        for person in Practitioner.objects.filter(user_id__in={step.by_id for step in steps}).select_related(
            "profession", "region"
        )
    }
    named = set(reader.people().filter(user_id__in=people).values_list("user_id", flat=True))
    owns = reader.practitioner is not None and reader.practitioner.pk in (action.first_owner_id, action.second_owner_id)
    if owns:
        named |= {action.first_owner.user_id, action.second_owner.user_id}

    def who(user: int | None) -> str:
        person = people.get(user) if user else None
        if person is None:
            return gettext("A coordinator of the network") if user else ""
        if user in named:
            return person.name
        what = {"profession": person.profession, "side": side_name(person.region)}
        # Translators: somebody without a name: "Nurse, East".
        return pgettext("a person by profession and side", "%(profession)s, %(side)s") % what

    return [
        Happened(
            step.at,
            step.move if step.move in ActionMove.values else "",
            _what(step.move, step.changes),
            who(step.by_id),
            # What the owners write to each other stays with them, and with those who see to it that it goes on.
            step.reason if owns or reader.reads_all else "",
            _details(step.changes),
        )
        for step in steps
    ]


def _what(move: str, changes: Mapping[str, Any]) -> str:
    if move in ActionMove.values:
        return str(ActionMove(move).label)
    if "evidence" in changes:
        return gettext("evidence added")
    if "owner" in changes:
        return gettext("handed over to another owner")
    return gettext("changed")


def _details(changes: Mapping[str, Any]) -> list[str]:
    if "due" not in changes:
        return []
    before, after = (date_format(date.fromisoformat(day), "DATE_FORMAT") for day in changes["due"])
    return [gettext("Due on %(after)s instead of %(before)s.") % {"before": before, "after": after}]


# --- on the agenda of a session ---------------------------------------------------------------------------------------


def suggested_for(session: Session, user: Any) -> list[Suggestion]:
    """Return the open actions of the sides that take part, which this coordinator reaches, for a session's agenda.

    Those of measures that came from the sessions before it in the same series or chain come first. What is for members is not
    offered where the agenda is public.
    """
    actions = Action.objects.visible_to(user).unfinished().filter(measure__state=MeasureState.ADOPTED)
    if session.listing == Listing.PUBLIC:
        actions = actions.filter(measure__audience=Audience.EVERYBODY)
    sides = (
        [session.host_region_id]
        if session.host_region_id
        else list(session.invited_regions.values_list("pk", flat=True))
    )
    if sides:
        actions = actions.filter(Q(first_side__in=sides) | Q(second_side__in=sides) | Q(region__in=sides))
    before = Q(measure__session=session.follows_id) if session.follows_id else Q(pk__in=[])
    if session.series_id:
        before |= Q(measure__session__series=session.series_id)
    near = Case(When(before, then=Value(0)), default=Value(1), output_field=IntegerField())
    listed = actions.select_related("measure__current").annotate(near=near).order_by("near", "due", "pk")
    return [_suggestion(action) for action in listed[:SUGGESTED]]


def _suggestion(action: Action) -> Suggestion:
    notes = {}
    for language in ("ar", "en"):
        with override(language):
            notes[language] = gettext("An open action of the measure %(number)s, “%(title)s”. Due: %(day)s.") % {
                "number": action.measure.reference,
                "title": action.measure,
                "day": date_format(action.due),
            }
    return Suggestion(
        key=f"action:{action.pk}",
        title_ar=action.title_ar,
        title_en=action.title_en,
        note_ar=notes["ar"],
        note_en=notes["en"],
        detail=f"{action.measure.reference} · {date_format(action.due)} · {action.get_state_display()}",
    )
