"""Codes that stand on paper: unguessable, and typable by whoever reads them."""

import secrets
import unicodedata

from network.numerals import western

# Crockford's letters and digits: none that is taken for another. Twelve of them are sixty bits.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
# Of those by which something is told to everybody, and which open nothing: too short to be taken for one that does.
PUBLIC_LENGTH = 10
TAKEN_FOR = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new() -> str:
    return _drawn(LENGTH)


def public() -> str:
    """Return a code by which everybody may speak of something; who knows it can do nothing with it."""
    return _drawn(PUBLIC_LENGTH)


def spelled(public_code: str) -> str:
    """Return a public code in two halves, as it is shown."""
    half = PUBLIC_LENGTH // 2
    return f"{public_code[:half]}-{public_code[half:]}"


def _drawn(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def as_kept(typed: str, length: int = LENGTH) -> str:
    """Return a typed code as it is kept, "" for what is none: any case, with or without dashes, in any digits."""
    plain = western(typed[:60].upper())
    code = "".join(c for c in plain if c.isascii() and c.isalnum()).translate(TAKEN_FOR)
    return code if len(code) == length and set(code) <= set(LETTERS) else ""


def digits(typed: str) -> str:
    """Return the digits of what was typed, as 0-9."""
    return "".join(str(unicodedata.decimal(c)) for c in typed[:60] if c.isdecimal())
