"""Seats kept for a side or a profession."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import allocation, policies, seating
from dialogues.allocation import Floors
from dialogues.enums import FloorKind, SessionState
from dialogues.models import SeatFloor, Session, Site
from dialogues.services.seats import lock, offer_free_seats
from dialogues.services.sessions import FloorsDontFit, NotYourSession, keep_apart, seats_plan
from network.enums import DomainError
from network.models import User
from network.services import record_edit


class FloorsAreFixed(DomainError):
    message = _("How seats are shared can't be changed once the session has begun.")


@transaction.atomic
def set_floors(
    *, session: Session, floors: Mapping[int, Floors], until: datetime | None, by: User, with_series: bool = False
) -> Session:
    """Keep how many seats each site keeps for whom, site id → floors, and until when; whoever may now have a seat is offered it.

    A site that is not named keeps its floors. `with_series` tells that the following sessions of its series are shared out alike. Raises
    NotYourSession, FloorsAreFixed, and FloorsDontFit where a site has fewer seats than it is to keep.
    """
    if not policies.can_manage(by, session):
        raise NotYourSession
    session, now = lock(session), timezone.now()
    if session.state not in (SessionState.DRAFT, SessionState.PUBLISHED) or session.starts_at <= now:
        raise FloorsAreFixed
    sites = list(session.sites.filter(pk__in=floors).order_by("pk"))
    before = seating.plan(session)
    for site in sites:
        _replace(site, floors[site.pk])
    session.floors_until = until
    session.save(update_fields=["floors_until"])
    if seating.plan(session) != before:
        keep_apart(session, with_series=with_series)
        record_edit(session, changed={"fields": ["floors"], **seats_plan(session)}, by=by, at=now)
        for site in sites:
            offer_free_seats(session, site, at=now)
    return session


def _replace(site: Site, floors: Floors) -> None:
    if not allocation.fits(floors, site.seats):
        raise FloorsDontFit(site=site.name, seats=site.seats)
    site.floors.all().delete()
    SeatFloor.objects.bulk_create(
        [
            *(
                SeatFloor(site=site, kind=FloorKind.SIDE, region_id=key, seats=seats)
                for key, seats in floors.sides.items()
                if seats
            ),
            *(
                SeatFloor(site=site, kind=FloorKind.PROFESSION, profession_id=key, seats=seats)
                for key, seats in floors.professions.items()
                if seats
            ),
        ]
    )
