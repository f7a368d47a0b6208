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

    @property
    def current_roles(self) -> frozenset[str]: ...


_READ = frozenset({"view"})
_WORK = frozenset({"view", "add", "change"})

# What each role may do in the admin, by model; whether to this or that row is the scope's affair.
MATRIX: dict[str, dict[str, frozenset[str]]] = {
    Role.REGIONAL_COORDINATOR: {
        "network.practitioner": frozenset({"view", "change"}),
        "network.municipality": _READ,
        "network.specialperiod": _READ,
        "network.job": _READ,
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
        "facilities.assessment": _WORK,
        "facilities.assessor": frozenset({"view", "add"}),
        "facilities.changerequest": frozenset({"view", "change"}),
        "facilities.facility": _WORK,
        "facilities.facilityimport": _WORK,
        "facilities.othername": _WORK | {"delete"},
        "facilities.posting": _WORK,
        "facilities.localregion": _WORK,
        "facilities.grouping": _WORK,
        "facilities.contactperson": _WORK,
        "facilities.indicator": _READ,
        "facilities.monthlyreport": _READ,
        "facilities.reportvalue": _READ,
        "outreach.mobileunit": _WORK,
        "outreach.teammember": _WORK,
        "outreach.routeplan": _WORK,
        "outreach.stop": _WORK | {"delete"},
        "outreach.dailyreport": _READ,
        "outreach.training": _READ,
        "outreach.safespace": _WORK,
        "outreach.whereabouts": _WORK | {"delete"},
        "outreach.pathway": _WORK,
        "needs.need": frozenset({"view", "change"}),
        "needs.surplus": _READ,
        "needs.asset": _READ,
        "needs.proposal": frozenset({"view", "change"}),
        "campaigns.campaign": _WORK,
        "campaigns.question": _WORK | {"delete"},
        "campaigns.prize": _WORK | {"delete"},
        "campaigns.faq": _WORK | {"delete"},
        "campaigns.prizegiving": _WORK | {"delete"},
        "campaigns.entry": frozenset({"view", "change"}),
        "campaigns.round": _WORK | {"delete"},
        "campaigns.criterion": _WORK | {"delete"},
        "campaigns.juror": _WORK,
        "campaigns.topic": _WORK | {"delete"},
        "campaigns.healthworker": _WORK,
        "campaigns.activity": _READ,
        "campaigns.desk": _WORK,
        "campaigns.deskcollector": frozenset({"view", "add"}),
        "campaigns.distribution": _WORK,
        "campaigns.duplicatepair": frozenset({"view", "change"}),
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
        "facilities.assessment": _WORK,
        "facilities.assessor": frozenset({"view", "add"}),
        "facilities.changerequest": _READ,
        "facilities.edition": _WORK,
        "facilities.facility": frozenset({"view", "change"}),
        "network.job": _READ,
        "facilities.facilityimport": _READ,
        "facilities.facilitytype": _WORK,
        "facilities.othername": _READ,
        "facilities.posting": _READ,
        "facilities.localregion": _WORK,
        "facilities.grouping": frozenset({"view", "change"}),
        "facilities.contactperson": _READ,
        "facilities.indicator": _WORK,
        "facilities.monthlyreport": _READ,
        "facilities.reportvalue": _READ,
        "facilities.source": _WORK,
        "facilities.servicedomain": _WORK,
        "facilities.traceritem": _WORK,
        "needs.need": _READ,
        "needs.surplus": _READ,
        "needs.asset": _READ,
        "needs.proposal": _READ,
        "needs.item": _WORK,
        "needs.itemcategory": _WORK,
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
        "outreach.mobileunit": _READ,
        "outreach.teammember": _READ,
        "outreach.routeplan": _READ,
        "outreach.stop": _READ,
        "outreach.dailyreport": _READ,
        "outreach.training": _READ,
        "outreach.trainingtopic": _WORK,
        "outreach.safespace": _READ,
        "outreach.pathway": _READ,
        "campaigns.campaign": _WORK,
        "campaigns.question": _WORK | {"delete"},
        "campaigns.prize": _WORK | {"delete"},
        "campaigns.faq": _WORK | {"delete"},
        "campaigns.prizegiving": _WORK | {"delete"},
        "campaigns.entry": frozenset({"view", "change"}),
        "campaigns.round": _WORK | {"delete"},
        "campaigns.criterion": _WORK | {"delete"},
        "campaigns.juror": _WORK,
        "campaigns.topic": _WORK | {"delete"},
        "campaigns.healthworker": _READ,
        "campaigns.activity": _READ,
        "campaigns.desk": _READ,
        "campaigns.deskcollector": _READ,
        "campaigns.distribution": _READ,
        "campaigns.duplicatepair": frozenset({"view", "change"}),
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
            "facilities.assessment",
            "facilities.assessor",
            "facilities.changerequest",
            "facilities.edition",
            "facilities.facility",
            "network.job",
            "facilities.facilityimport",
            "facilities.facilitytype",
            "facilities.othername",
            "facilities.posting",
            "facilities.localregion",
            "facilities.grouping",
            "facilities.contactperson",
            "facilities.indicator",
            "facilities.monthlyreport",
            "facilities.reportvalue",
            "facilities.source",
            "facilities.servicedomain",
            "facilities.traceritem",
            "needs.need",
            "needs.surplus",
            "needs.asset",
            "needs.proposal",
            "needs.item",
            "needs.itemcategory",
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
            "outreach.mobileunit",
            "outreach.teammember",
            "outreach.routeplan",
            "outreach.stop",
            "outreach.dailyreport",
            "outreach.training",
            "outreach.trainingtopic",
            "outreach.safespace",
            "outreach.pathway",
            "campaigns.campaign",
            "campaigns.question",
            "campaigns.prize",
            "campaigns.faq",
            "campaigns.prizegiving",
            "campaigns.entry",
            "campaigns.criterion",
            "campaigns.topic",
            "campaigns.healthworker",
            "campaigns.activity",
            "campaigns.desk",
            "campaigns.deskcollector",
            "campaigns.distribution",
            "campaigns.duplicatepair",
            "campaigns.juror",
            "campaigns.round",
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
    return user.current_roles


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


def reach(user: Any) -> list[Any]:
    """Return whose rows the person reads today, to be kept with what was asked for: once it is another, that is no longer theirs."""
    return [reads_all(user), *sorted(regions(user))]


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
