"""Signed addresses that stand for one offer of a seat: short enough for an SMS, worthless for anything else."""

import base64
from hmac import compare_digest

from django.utils.crypto import salted_hmac

from dialogues.models import Registration

# 15 characters of base 32 are 75 bits: nobody guesses one in the days for which an offer stands.
SIGNATURE = 15
LONGEST_ID = 18


def _signature(registration: Registration) -> str:
    said = f"{registration.pk}:{registration.offered_at.isoformat() if registration.offered_at else ''}"
    digest = salted_hmac("dialogues.offer", said, algorithm="sha256").digest()
    return base64.b32encode(digest).decode().lower()[:SIGNATURE]


def of_offer(registration: Registration) -> str:
    """Return the token of a registration that was offered a seat."""
    return f"{registration.pk}-{_signature(registration)}"


def offered(token: str) -> Registration | None:
    """Return the registration that the token stands for, whatever became of its offer; None for a token that is none of ours."""
    number, _, signature = token.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_ID and signature.isascii()):
        return None
    registration = (
        Registration.objects.filter(pk=number, offered_at__isnull=False)
        .select_related("session__host_region", "site__municipality", "practitioner__user")
        .first()
    )
    if registration is None or not compare_digest(_signature(registration), signature):
        return None
    return registration
