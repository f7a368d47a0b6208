"""Who may do what with a facility, and who is told what of its place: pure, but for the grants of the person."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from facilities.enums import Audience, FacilityState, Precision
from network import policies as network_policies

# "Still right" is asked for once a quarter; what nobody has confirmed for longer is marked.
STILL_RIGHT_LASTS = timedelta(days=92)
# Names of licences, in words without digits and signs, under which whoever passes something on has to pass it on.
SHARE_ALIKE = re.compile(
    r"\bodbl|\bopen database|\bcc ?by ?(nc ?)?sa\b|\bby (nc )?sa\b|share ?alike\b|\b[al]?gpl|\bgfdl|\bcdla sharing|\bcopyleft\b|بالمثل"
)
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Place:
    """What an audience is told of where a facility is; None where it isn't told."""

    point: tuple[Any, Any] | None
    municipality: Any
    district: Any


def keeps(user: Any, side_id: int | None) -> bool:
    """The coordinators of its side keep a facility."""
    return network_policies.answers_for(user, side_id)


def may_claim(user: Any) -> bool:
    """Whoever coordinates a side may say for it what its sources tell of any facility."""
    return bool(network_policies.regions(user))


def may_settle(user: Any) -> bool:
    """What sides say differently is settled by a national coordinator, who belongs to none."""
    return network_policies.is_national(user)


def may_raise_concern(user: Any, facility: Any, *, keeper: bool) -> bool:
    """Whoever keeps a facility can hide it at once; so can a national coordinator."""
    return keeper or keeps(user, facility.side_id) or network_policies.is_national(user)


def shares_alike(licence: str) -> bool:
    """Tell whether a licence asks that what is made of its data goes out under the same licence (ODbL, CC BY-SA and the like)."""
    return bool(SHARE_ALIKE.search(" ".join(WORD.findall(licence.casefold()))))


def is_stale(facility: Any, now: datetime) -> bool:
    """Tell whether nobody has confirmed for a quarter what is shown."""
    return now - (facility.confirmed_at or facility.changed_at) > STILL_RIGHT_LASTS


def place_for(facility: Any, audience: str) -> Place:
    """Return what this audience is told of where the facility is. A security concern hides all of it from everybody but its keepers."""
    precision = {
        Audience.PUBLIC: facility.public_precision,
        Audience.MEMBERS: facility.member_precision,
        Audience.KEEPERS: Precision.EXACT,
    }[Audience(audience)]
    if audience != Audience.KEEPERS and (facility.concern or facility.state == FacilityState.MERGED):
        precision = Precision.HIDDEN
    has_point = facility.latitude is not None and facility.longitude is not None
    return Place(
        point=(facility.latitude, facility.longitude) if has_point and precision == Precision.EXACT else None,
        municipality=facility.municipality if precision in (Precision.EXACT, Precision.MUNICIPALITY) else None,
        district=facility.district if precision != Precision.HIDDEN else None,
    )
