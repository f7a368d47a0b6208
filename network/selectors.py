"""Reads across the models of the network."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from network import policies
from network.enums import MemberState, Role
from network.models import CodeOfConduct, District, Municipality, Practitioner, RoleGrant, Transition, User
from notifications import outbox


def reference(subject: models.Model) -> str:
    """Return "app.model:id", by which notices and logs name a thing."""
    return f"{subject._meta.label_lower}:{subject.pk}"


def names(named: Any) -> dict[str, str]:
    """Return both names of a translated row, for the context of a notice."""
    return {"ar": named.name_ar, "en": named.name_en}


def address_book(ids: Iterable[int]) -> dict[int, outbox.Contact]:
    """Return how the people of these ids are reached now; whoever left or can't log in is not in it."""
    rows = User.objects.filter(pk__in=set(ids), is_active=True).values_list(
        "pk",
        "email",
        "phone",
        "phone_verified",
        "language",
        "discreet",
        "zone",
        "practitioner__name_ar",
        "practitioner__name_latin",
    )
    return {
        pk: outbox.Contact(
            id=pk,
            name=((name_ar or name_latin) if language == "ar" else (name_latin or name_ar)) or "",
            email=email,
            phone=phone if phone and verified else "",
            language=language,
            discreet=discreet,
            zone=zone,
        )
        for pk, email, phone, verified, language, discreet, zone, name_ar, name_latin in rows
    }


def practitioner_of(user: Any, **known: Any) -> Practitioner | None:
    """Return the membership of a signed-in person with what pages show of it, or None before they have applied.

    `known` are annotations, by the names under which the membership then has them.
    """
    if not user.is_authenticated:
        return None
    return (
        Practitioner.objects.filter(user=user)
        .select_related("user", "profession", "specialty", "municipality__district", "region")
        .annotate(**known)
        .first()
    )


def active_practitioner(user: Any) -> Practitioner | None:
    """Return the membership of a signed-in person if it is active."""
    if not user.is_authenticated:
        return None
    return Practitioner.objects.active().filter(user_id=user.pk).first()


def conduct_in_force() -> CodeOfConduct | None:
    """Return the newest code of conduct that is in force today."""
    return (
        CodeOfConduct.objects.filter(in_force_from__lte=timezone.localdate()).order_by("-in_force_from", "-pk").first()
    )


def has_accepted_conduct(practitioner: Practitioner) -> bool:
    """Tell whether the member accepted the version in force; true where there is none."""
    theirs = practitioner.acceptances.filter(conduct=OuterRef("pk"))
    in_force = CodeOfConduct.objects.filter(in_force_from__lte=timezone.localdate()).annotate(accepted=Exists(theirs))
    return in_force.order_by("-in_force_from", "-pk").values_list("accepted", flat=True).first() is not False


def verifier_ids(practitioner: Practitioner) -> list[int]:
    """Return the accounts that verify this person: the coordinators of the side, abroad the national ones."""
    role = Role.REGIONAL_COORDINATOR if practitioner.region_id else Role.NATIONAL_COORDINATOR
    return list(
        RoleGrant.objects.in_force(timezone.localdate())
        .filter(role=role, region=practitioner.region, user__is_active=True)
        .exclude(user_id=practitioner.user_id)
        .order_by("user_id")
        .values_list("user_id", flat=True)
        .distinct()
    )


def steps(subject: models.Model) -> QuerySet[Transition]:
    """Return the steps of a thing, first to last."""
    return Transition.objects.of(subject).select_related("by").order_by("pk")


def last_reason(practitioner: Practitioner) -> str:
    """Return why a person was declined or suspended last."""
    return (
        Transition.objects.of(practitioner)
        .filter(to_state=practitioner.state)
        .order_by("-pk")
        .values_list("reason", flat=True)
        .first()
        or ""
    )


def places() -> list[District]:
    """Return the districts with their present municipalities, grouped by side."""
    return list(
        District.objects.select_related("region")
        .prefetch_related(
            Prefetch(
                "municipalities",
                Municipality.objects.valid_on(timezone.localdate()).order_by("name", "pk"),
                to_attr="present",
            )
        )
        .order_by("region__position", "name", "pk")
    )


def directory(viewer: Practitioner, query: str = "") -> QuerySet[Practitioner]:
    """Return the members whom the viewer finds, in the order of their folded names."""
    rows = Practitioner.objects.listed_for(viewer)
    if query.strip():
        rows = rows.matching(query)
    return _as_shown(rows)


def _as_shown(rows: QuerySet[Practitioner]) -> QuerySet[Practitioner]:
    return rows.select_related("profession", "specialty", "municipality__district", "region").order_by("search", "pk")


@dataclass(frozen=True, slots=True)
class Directory:
    """The directory, of which a slice is read: first its keys, from an index that holds all that decides, then these rows alone."""

    rows: QuerySet[Practitioner]

    def __getitem__(self, window: slice) -> QuerySet[Practitioner]:
        return _as_shown(Practitioner.objects.filter(pk__in=self.rows.values("pk")[window]))


def verification_queue(user: Any) -> QuerySet[Practitioner]:
    """Return who waits for this coordinator's verification, longest first."""
    return (
        Practitioner.objects.editable_by(user)
        .filter(state=MemberState.APPLIED)
        .exclude(user_id=user.pk)
        .order_by("applied_at", "pk")
    )


def messages_visible_to(user: Any) -> QuerySet[outbox.Message]:
    """Return the notices that a coordinator may see: those to the people of their side; all for those who read all."""
    messages = outbox.Message.objects.all()
    if policies.reads_all(user):
        return messages
    regions = policies.regions(user)
    if not regions:
        return messages.none()
    people = Practitioner.objects.filter(region_id__in=regions).values("user_id")
    return messages.filter(recipient_id__in=people)


def messages_editable_by(user: Any) -> QuerySet[outbox.Message]:
    """Return the notices that a coordinator may send again."""
    if policies.is_national(user):
        return outbox.Message.objects.all()
    return messages_visible_to(user) if policies.regions(user) else outbox.Message.objects.none()


def people_erasable(before: Any) -> QuerySet[Practitioner]:
    """Return those who left before that time and are not erased yet."""
    return Practitioner.objects.filter(Q(left_at__lte=before), erased_at__isnull=True).order_by("pk")


def told_steps(steps: Iterable[Transition], reader: Any) -> list[dict[str, Any]]:
    """Return steps with who made them as far as the reader may know: "you", the name of somebody in reach, else the account's number."""
    steps = list(steps)
    actors = {step.by_id for step in steps if step.by_id}
    in_reach = {p.user_id: p.name for p in Practitioner.objects.visible_to(reader).filter(user_id__in=actors)}

    def who(step: Transition) -> str:
        if step.by_id is None:
            return gettext("Jisr, by its rules")
        if step.by_id == reader.pk:
            return gettext("you")
        return in_reach.get(step.by_id) or gettext("account %(number)s") % {"number": step.by_id}

    return [{"step": step, "who": who(step)} for step in steps]


def copy_of(user: User, practitioner: Practitioner | None) -> dict[str, Any]:
    """Return all that the network and the notices keep about a person, as JSON primitives."""
    return {
        "account": {
            "email": user.email,
            "telephone": user.phone,
            "telephone_confirmed": user.phone_verified,
            "language": user.language,
            "discreet": user.discreet,
            "time_zone": user.zone,
            "joined": user.date_joined,
        },
        "roles": list(
            user.role_grants.order_by("pk").values("role", "region__code", "starts_on", "ends_on", "ended_at")
        ),
        "membership": _copy_of_membership(practitioner) if practitioner else None,
        "notices": list(
            outbox.Message.objects.filter(recipient_id=user.pk)
            .order_by("pk")
            .values("kind", "channel", "language", "state", "created_at", "sent_at")
        ),
        "wanted_notices": {
            topic: {"email": wanted.email, "sms": wanted.sms} for topic, wanted in outbox.preferences(user.pk).items()
        },
    }


def _copy_of_membership(practitioner: Practitioner) -> dict[str, Any]:
    def named(row: Any) -> dict[str, str] | None:
        return names(row) if row else None

    return {
        "state": practitioner.state,
        "name_ar": practitioner.name_ar,
        "name_latin": practitioner.name_latin,
        "profession": named(practitioner.profession),
        "specialty": named(practitioner.specialty),
        "municipality": named(practitioner.municipality),
        "country_abroad": practitioner.abroad_in,
        "side": named(practitioner.region),
        "workplace": practitioner.workplace,
        "licence_number": practitioner.licence_number,
        "languages": practitioner.languages,
        "who_finds_me": practitioner.visibility,
        "applied_at": practitioner.applied_at,
        "verified_at": practitioner.verified_at,
        "steps": list(steps(practitioner).values("move", "from_state", "to_state", "at", "reason", "changes")),
        "code_of_conduct": list(
            practitioner.acceptances.order_by("pk").values("conduct__version", "language", "text_sha256", "accepted_at")
        ),
    }
