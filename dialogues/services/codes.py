"""What people show at the door: a code to type, a pass to scan. Neither tells anything to whoever finds it."""

import secrets

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import override

from dialogues.models import Registration, Session, Site, WalkIn

# Digits alone: every telephone has a number pad, and they are the same in both scripts once Arabic-Indic ones are read.
CODE_LENGTH, INVITATION_LENGTH = 7, 12
# H. M. Damm's table: one wrong digit and two neighbours in the wrong order are always noticed.
DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
GROUP = 4
_passes = signing.Signer(salt="dialogues.pass", sep=".")


def _check_digit(digits: str) -> str:
    interim = 0
    for digit in digits:
        interim = int(DAMM[interim][int(digit)])
    return str(interim)


def _random(length: int) -> str:
    # No leading zero: people leave it out when they type.
    digits = str(secrets.choice(range(1, 10))) + "".join(secrets.choice("0123456789") for _ in range(length - 2))
    return digits + _check_digit(digits)


def fresh(session: Session) -> str:
    """Return a code that nobody in the session has. The caller holds the lock of the session."""
    while True:
        code = _random(CODE_LENGTH)
        if not Registration.objects.filter(session=session, code=code).exists():
            return code


def fresh_invitation() -> str:
    """Return a code that no walk-in has: long enough that nobody finds one by trying."""
    while True:
        code = _random(INVITATION_LENGTH)
        if not WalkIn.objects.filter(invitation=code).exists():
            return code


def digits_of(typed: str) -> str:
    """Return the digits of what somebody typed, Arabic-Indic and Persian ones as 0-9; "" where there is anything but digits in it."""
    kept = [c for c in typed if not (c.isspace() or c in "-–‑.·\u200e\u200f")]
    return "".join(str(int(c)) for c in kept) if all(c.isdecimal() for c in kept) else ""


def read(typed: str, length: int = CODE_LENGTH) -> str:
    """Return the code that somebody typed, "" for one that can't be right: its length or its last digit tells."""
    digits = digits_of(typed)
    return digits if len(digits) == length and _check_digit(digits[:-1]) == digits[-1] else ""


def shown(code: str) -> str:
    """Return a code in groups, as it is printed and read aloud."""
    groups = [code[max(end - GROUP, 0) : end] for end in range(len(code), 0, -GROUP)]
    return " ".join(reversed(groups))


def pass_token(registration: Registration) -> str:
    return _passes.sign(str(registration.pk))


def pass_url(registration: Registration) -> str:
    """Return what the QR on a pass holds; from the configured site, never from the Host header."""
    with override(settings.LANGUAGE_CODE):
        return settings.SITE_URL + reverse("short:checkin", args=[pass_token(registration)])


def registration_of_pass(token: str) -> int | None:
    """Return the id of the registration that a pass was made for; None for one that we did not make."""
    try:
        return int(_passes.unsign(token))
    except signing.BadSignature:
        return None


def door_url(session: Session, site: Site) -> str:
    """Return the address of a site's list; from the configured site, never from the Host header."""
    return settings.SITE_URL + reverse("dialogues:door", args=[session.slug]) + f"?site={site.pk}"
