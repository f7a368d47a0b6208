"""What the pages show while they are measured: 25 public sessions, a few dozen members, one of them logged in, one a coordinator."""

import json
from typing import Any

import django

django.setup()

# These need the settings.
from allauth.mfa.models import Authenticator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from network.models import Practitioner, User  # noqa: E402
from tests.factories.dialogues import SessionFactory, SiteFactory  # noqa: E402
from tests.factories.network import PractitionerFactory, coordinator  # noqa: E402

SESSIONS = 25
MEMBERS = 40


def cookie(user: User) -> str:
    """Log somebody in with a session row, as a finished login leaves it, and return the cookie."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def build() -> dict[str, Any]:
    """Fill an empty network, and return who can log in and what there is to see."""
    member = PractitionerFactory()
    PractitionerFactory.create_batch(MEMBERS, visibility="members")
    practitioners = list(Practitioner.objects.order_by("pk")[:3])
    for number in range(SESSIONS):
        session = SessionFactory(in_hours=48 + number)
        SiteFactory(session=session, kind="online", seats=200)
        session.facilitators.set(practitioners)
    staff = coordinator()
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={})
    return {"member": cookie(member.user), "coordinator": cookie(staff), "slug": session.slug}


if __name__ == "__main__":
    print(json.dumps(build()))
