"""A session with rooms and their hosts, for the tests of the door."""

from dataclasses import dataclass

from django.test import Client

from dialogues import services
from dialogues.models import Registration, Session, Site
from dialogues.services import codes
from network.models import Practitioner
from tests.factories.dialogues import SessionFactory, SiteFactory, seat
from tests.factories.network import PractitionerFactory


@dataclass
class Doors:
    """Two rooms of a joint session, each with its host; people of three sides in the first, one in the second."""

    session: Session
    room: Site
    other_room: Site
    host: Practitioner
    other_host: Practitioner
    rows: dict[str, Registration]

    def url(self, page: str = "door/", language: str = "en") -> str:
        return f"/{language}/sessions/{self.session.slug}/{page}"


def doors(**fields: object) -> Doors:
    """Return a session that begins in half an hour unless `in_hours` says otherwise."""
    session = SessionFactory(**{"in_hours": 0.5, "site": False, **fields})
    host, other_host = PractitionerFactory(side="west"), PractitionerFactory(side="east")
    room, other_room = (
        SiteFactory(session=session, local_host=host),
        SiteFactory(session=session, local_host=other_host),
    )
    names = {"west": "Wafa Westman", "east": "Eman Eastman", None: "Anas Abroadi"}
    rows = {
        side or "abroad": placed(session, room, PractitionerFactory(side=side, name_ar="", name_latin=name))
        for side, name in names.items()
    }
    rows["elsewhere"] = placed(session, other_room, PractitionerFactory(name_ar="", name_latin="Elham Elsewhere"))
    return Doors(session, room, other_room, host, other_host, rows)


def placed(session: Session, site: Site, person: Practitioner, **fields: object) -> Registration:
    return seat(session=session, site=site, practitioner=person, code=codes.fresh(session), **fields)


def signed_in(person: Practitioner) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def scanned(registration: Registration, language: str = "en") -> str:
    """Return the path to which the QR of a pass leads."""
    path = services.pass_url(registration).partition("/ar/")[2]
    return f"/{language}/{path}"
