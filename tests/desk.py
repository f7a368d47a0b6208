"""Coordinators signed in with their second factor."""

from allauth.mfa.models import Authenticator
from django.test import Client

from network.models import User


def at_the_desk(user: User) -> Client:
    """Return a browser of somebody who has a second factor."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "", "used_mask": 0})
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": ""})
    client = Client()
    client.force_login(user)
    return client
