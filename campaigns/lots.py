"""Chance that anybody can check: pure.

All that is left to chance in a contest (who judges what, ties, the letters of the jurors) is drawn from a seed by HMAC-SHA256 (RFC 2104),
never from a generator that the language may change. The SHA-256 of the seed is published before judging opens, the seed itself with the
results: whoever published the one can't choose the other once the scores are there. The scheme is a hash commitment, as in M. Blum,
"Coin flipping by telephone" (1981).
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

Id = int | str

# A seed has 256 bits, written in hex: from fewer the hash that is published would give it away.
SEED_LENGTH = 64
_LETTERS = 26


class SeedInvalid(ValueError):
    """A seed is not 64 small hexadecimal digits."""


def new_seed() -> str:
    """Return a seed that nobody can guess."""
    return secrets.token_hex(SEED_LENGTH // 2)


def commit(seed: str) -> str:
    """Return what is published before judging opens: the SHA-256 of the seed's text, in hex. Raises SeedInvalid."""
    if len(seed) != SEED_LENGTH or set(seed) - set("0123456789abcdef"):
        raise SeedInvalid("A seed is 64 hexadecimal digits.")
    return hashlib.sha256(seed.encode()).hexdigest()


def verify(seed: str, published: str) -> bool:
    """Tell whether a seed is the one whose hash was published."""
    try:
        return hmac.compare_digest(commit(seed).encode(), published.strip().lower().encode())
    except SeedInvalid:
        return False


def draw(seed: str, purpose: str, drawn: Id) -> bytes:
    """Return the 32 bytes that fall to an id, for one purpose: what is drawn for another tells nothing of them."""
    return hmac.digest(seed.encode(), f"{purpose}:{drawn}".encode(), "sha256")


def order(seed: str, codes: Iterable[str]) -> list[str]:
    """Return codes of entries in the order of the lot, whatever order they come in. Who is taken out leaves the others' order as it is."""
    return sorted(codes, key=lambda code: (draw(seed, "tie", code), code))


def _letter(number: int) -> str:
    name = ""
    while number >= 0:
        number, rest = divmod(number, _LETTERS)
        name, number = chr(ord("A") + rest) + name, number - 1
    return name


def letters(seed: str, jurors: Iterable[Id]) -> dict[Id, str]:
    """Return the letter by which each juror is named in public, shuffled: A to Z, then AA, AB and so on.

    The seed should be one of its own that is never published: from the one of the ties whoever knows the jurors' ids could draw the letters
    again.
    """
    drawn = sorted(set(jurors), key=lambda juror: (draw(seed, "letter", juror), str(juror)))
    return {juror: _letter(number) for number, juror in enumerate(drawn)}
