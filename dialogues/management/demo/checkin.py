"""The demo's doors: the session that goes on right now has hosts in its rooms, people online, and a guest who was invited to apply."""

from datetime import timedelta

from django.utils import timezone

from dialogues import services
from dialogues.enums import SiteKind, Via
from dialogues.models import Presence, Session
from network.models import Region, User

MINIMUM = 60
GUEST = "ضيفة على الباب (تجريبية)"


def load(session: Session, *, national: User, west: User) -> None:
    """Let the host of each room check somebody in, those online have joined, and a guest have been noted and invited."""
    session.minimum_minutes = MINIMUM
    services.edit_session(session=session, changed=["minimum_minutes"], by=national)
    rooms = list(session.sites.filter(local_host__isnull=False).select_related("local_host__user").order_by("pk"))
    for room, via in zip(rooms, (Via.PASS, Via.CODE, Via.PASS), strict=True):
        first = room.registrations.filter(state="confirmed").order_by("pk").first()
        if first and room.local_host:
            services.check_in(registration=first, by=room.local_host.user, via=via)
    guest = services.add_walk_in(
        session=session, site=rooms[0], name=GUEST, phone="", region=Region.objects.get(code="west"), by=west
    )
    services.invite_walk_in(walk_in=guest, by=west)
    _join(session)


def _join(session: Session) -> None:
    """Demo only: let those online have joined a while ago, each a little later than the one before."""
    now = timezone.now()
    online = session.registrations.filter(site__kind=SiteKind.ONLINE, state="confirmed").order_by("pk")
    for number, row in enumerate(online[:3]):
        presence = services.join_online(session=session, practitioner=row.practitioner)
        joined = min(session.starts_at + timedelta(minutes=9 * number), now)
        Presence.objects.filter(pk=presence.pk).update(started_at=joined, last_seen_at=now)
