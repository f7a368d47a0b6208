"""Who may do what: pure rules over a person's current grants. A grant has `role` and `region_id`."""

from collections.abc import Iterable
from typing import Any, Protocol

from network.enums import ROLES_THAT_READ_ALL, Role


class Grant(Protocol):
    role: str
    region_id: int | None


class Person(Protocol):
    is_active: bool

    @property
    def current_grants(self) -> Iterable[Any]: ...


_READ = frozenset({"view"})
_WORK = frozenset({"view", "add", "change"})

# What each role may do in the admin, by model; whether to this or that row is the scope's affair.
MATRIX: dict[str, dict[str, frozenset[str]]] = {
    Role.REGIONAL_COORDINATOR: {
        "network.practitioner": frozenset({"view", "change"}),
        "network.municipality": _READ,
        "network.specialperiod": _READ,
        "notifications.message": frozenset({"view", "change"}),
        "dialogues.session": _WORK | {"delete"},
        "dialogues.site": _WORK | {"delete"},
        "dialogues.seatfloor": _WORK | {"delete"},
        "dialogues.registration": frozenset({"view", "change"}),
        "dialogues.walkin": _WORK,
        "dialogues.broadcast": _WORK,
        "dialogues.feedbackanswer": _READ,
        "dialogues.minutes": _WORK,
        "dialogues.casestudy": frozenset({"view", "change"}),
        "dialogues.agendaitem": _WORK | {"delete"},
        "dialogues.material": _WORK | {"delete"},
        "dialogues.certificate": frozenset({"view", "change"}),
        "measures.measure": _READ,
        "measures.action": _READ,
        "campaigns.campaign": _WORK,
        "campaigns.question": _WORK | {"delete"},
        "campaigns.prize": _WORK | {"delete"},
        "campaigns.faq": _WORK | {"delete"},
        "campaigns.entry": _READ,
        "campaigns.outlet": _READ,
        "campaigns.appearance": _READ,
        "campaigns.speaker": _READ,
    },
    Role.NATIONAL_COORDINATOR: {
        "network.practitioner": frozenset({"view", "change"}),
        "network.rolegrant": frozenset({"view", "add", "change"}),
        "network.codeofconduct": _WORK,
        "network.municipality": _WORK,
        "network.region": _READ,
        "network.district": _READ,
        "network.profession": _WORK,
        "network.specialperiod": _WORK,
        "network.specialty": _WORK,
        "network.condition": _WORK,
        "facilities.facilitytype": _WORK,
        "facilities.servicedomain": _WORK,
        "facilities.traceritem": _WORK,
        "notifications.message": frozenset({"view", "change"}),
        "dialogues.session": _WORK | {"delete"},
        "dialogues.site": _WORK | {"delete"},
        "dialogues.seatfloor": _WORK | {"delete"},
        "dialogues.registration": frozenset({"view", "change"}),
        "dialogues.walkin": _WORK,
        "dialogues.broadcast": _WORK,
        "dialogues.feedbackanswer": _READ,
        "dialogues.minutes": _WORK,
        "dialogues.casestudy": frozenset({"view", "change"}),
        "dialogues.agendaitem": _WORK | {"delete"},
        "dialogues.material": _WORK | {"delete"},
        "dialogues.certificate": frozenset({"view", "change"}),
        "measures.measure": _READ,
        "measures.action": frozenset({"view", "change"}),
        "campaigns.campaign": _WORK,
        "campaigns.question": _WORK | {"delete"},
        "campaigns.prize": _WORK | {"delete"},
        "campaigns.faq": _WORK | {"delete"},
        "campaigns.entry": _READ,
        "campaigns.outlet": _WORK,
        "campaigns.appearance": _WORK,
        "campaigns.speaker": _WORK | {"delete"},
    },
    Role.AUDITOR: dict.fromkeys(
        (
            "network.practitioner",
            "network.rolegrant",
            "network.codeofconduct",
            "network.municipality",
            "network.region",
            "network.district",
            "network.profession",
            "network.specialperiod",
            "network.specialty",
            "network.condition",
            "network.transition",
            "facilities.facilitytype",
            "facilities.servicedomain",
            "facilities.traceritem",
            "notifications.message",
            "dialogues.session",
            "dialogues.site",
            "dialogues.seatfloor",
            "dialogues.registration",
            "dialogues.walkin",
            "dialogues.broadcast",
            "dialogues.feedbackanswer",
            "dialogues.minutes",
            "dialogues.casestudy",
            "dialogues.agendaitem",
            "dialogues.material",
            "dialogues.certificate",
            "measures.measure",
            "measures.action",
            "campaigns.campaign",
            "campaigns.question",
            "campaigns.prize",
            "campaigns.faq",
            "campaigns.entry",
            "campaigns.outlet",
            "campaigns.appearance",
            "campaigns.speaker",
        ),
        _READ,
    ),
}
MATRIX[Role.NATIONAL_COORDINATOR]["network.transition"] = _READ


def roles(user: Any) -> frozenset[str]:
    """Return the roles that the person holds today, none for somebody signed out or deactivated."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return frozenset()
    return frozenset(grant.role for grant in user.current_grants)


def is_staff(user: Any) -> bool:
    return bool(roles(user))


def is_national(user: Any) -> bool:
    return Role.NATIONAL_COORDINATOR in roles(user)


def reads_all(user: Any) -> bool:
    return bool(roles(user) & ROLES_THAT_READ_ALL)


def regions(user: Any) -> frozenset[int]:
    """Return the ids of the sides that the person coordinates today."""
    if Role.REGIONAL_COORDINATOR not in roles(user):
        return frozenset()
    return frozenset(
        grant.region_id
        for grant in user.current_grants
        if grant.role == Role.REGIONAL_COORDINATOR and grant.region_id is not None
    )


def allows(user: Any, action: str, label: str) -> bool:
    """Tell whether any role of the person allows the action (view, add, change, delete) on a model ("app.model")."""
    return any(action in MATRIX.get(role, {}).get(label, frozenset()) for role in roles(user))


def answers_for(user: Any, region_id: int | None) -> bool:
    """Tell whether the person coordinates this side, or, for no side (abroad, joint), is a national coordinator."""
    return is_national(user) if region_id is None else region_id in regions(user)


def can_verify(user: Any, practitioner: Any) -> bool:
    """A member is verified by the coordinator of their side, abroad by the national one, never by themselves."""
    return answers_for(user, practitioner.region_id) and practitioner.user_id != user.pk


def can_see_licence(user: Any, practitioner: Any) -> bool:
    return can_verify(user, practitioner)


def current(user: Any) -> list[Any]:
    """Return the grants of today of somebody signed in, none for anybody else."""
    return list(user.current_grants) if roles(user) else []
