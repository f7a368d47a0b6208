"""Sessions to sign up for, and who signs up, each logged in. `python -m benchmarks.signup_scene ROUNDS PEOPLE` prints them."""

import json
import sys
from typing import Any

import django

django.setup()

# These need the settings.
from dialogues.enums import RegistrationState  # noqa: E402
from dialogues.models import Registration, Session, Site  # noqa: E402
from network.models import Practitioner  # noqa: E402
from tests.dialogues.rush import members, signed_in  # noqa: E402
from tests.factories.dialogues import SessionFactory  # noqa: E402

SEATS = 50
FEW, MANY = 10, 10_000


def build(rounds: int, people: int) -> dict[str, Any]:
    """Return one session a round, the cookies of those who sign up, and two sessions with few and many registrations."""
    sessions = [SessionFactory(site__seats=SEATS, in_hours=400) for _ in range(rounds)]
    visitors = signed_in(members(people, "comer"))
    crowd = members(MANY, "crowd")
    return {
        "rounds": [{"path": f"/ar/sessions/{s.slug}/register/", "site": s.sites.get().pk} for s in sessions],
        "people": [visitor.practitioner.pk for visitor in visitors],
        "cookies": [visitor.cookie for visitor in visitors],
        "pages": [f"/ar/sessions/{_filled(crowd[:count]).slug}/" for count in (FEW, MANY)],
    }


def _filled(people: list[Practitioner]) -> Session:
    session = SessionFactory(site__seats=SEATS, in_hours=400)
    site = session.sites.get()
    Registration.objects.bulk_create(
        Registration(
            session=session,
            site=site,
            practitioner=person,
            side_id=person.region_id,
            profession_id=person.profession_id,
            state=RegistrationState.CONFIRMED if number < SEATS else RegistrationState.WAITING,
            requested_at=session.created_at,
            confirmed_at=session.created_at if number < SEATS else None,
        )
        for number, person in enumerate(people)
    )
    Site.objects.filter(pk=site.pk).update(taken=min(len(people), SEATS))
    return session


if __name__ == "__main__":
    print(json.dumps(build(int(sys.argv[1]), int(sys.argv[2]))))
