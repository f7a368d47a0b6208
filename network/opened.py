"""What a browser has open without an account: the ids of a few rows in its session, for a while, or until somebody closes them."""

from datetime import timedelta

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from network import answering

AT_MOST = 20
LASTS = timedelta(hours=2)


def keep_open(request: HttpRequest, key: str, pk: int, *, known_by: str = "") -> None:
    """Open a row for this browser, as the last one; where `known_by`, its contact, may change, `is_open` tells whether it has."""
    ids = [*(kept for kept in opened(request, key) if kept != pk), pk][-AT_MOST:]
    request.session[key] = ids
    if known_by:
        seals = request.session.get(_seals(key), {}) | {str(pk): [_seal(known_by)]}
        request.session[_seals(key)] = {said: those for said, those in seals.items() if int(said) in ids}
    if not request.user.is_authenticated:
        # A telephone may go from hand to hand.
        request.session.set_expiry(LASTS)


def expect(request: HttpRequest, key: str, pk: int, *, known_by: str) -> None:
    """Keep a row open should its contact become this one. Saved at once: a second click may come before the answer to the first."""
    seals = request.session.get(_seals(key), {})
    request.session[_seals(key)] = seals | {str(pk): [*seals.get(str(pk), []), _seal(known_by)]}
    request.session.save()


def opened(request: HttpRequest, key: str) -> list[int]:
    """Return the ids of what this browser has open, the last one last."""
    return list(request.session.get(key, []))


def is_open(request: HttpRequest, key: str, pk: int, *, known_by: str) -> bool:
    """Tell whether a row is open here, and its contact still the one by which it was opened."""
    seals = request.session.get(_seals(key), {}).get(str(pk))
    return pk in opened(request, key) and (seals is None or _seal(known_by) in seals)


def close(request: HttpRequest, key: str) -> None:
    """Close all of it, and forget what was typed beside it; closing twice is as once."""
    request.session.pop(key, None)
    request.session.pop(_seals(key), None)
    answering.typed_before(request)


def _seals(key: str) -> str:
    return f"{key}-known-by"


def _seal(known_by: str) -> str:
    # No contact lies in a session.
    return salted_hmac("network.opened", known_by, algorithm="sha256").hexdigest()[:16]
