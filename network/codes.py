"""Codes that stand on paper: unguessable, and typable by whoever reads them."""

import secrets
import unicodedata

from network.numerals import western

# Crockford's letters and digits: none that is taken for another. Twelve of them are sixty bits.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
TAKEN_FOR = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def as_kept(typed: str) -> str:
    """Return a typed code as it is kept, "" for what is none: any case, with or without dashes, in any digits."""
    plain = western(typed[:60].upper())
    code = "".join(c for c in plain if c.isascii() and c.isalnum()).translate(TAKEN_FOR)
    return code if len(code) == LENGTH and set(code) <= set(LETTERS) else ""


def digits(typed: str) -> str:
    """Return the digits of what was typed, as 0-9."""
    return "".join(str(unicodedata.decimal(c)) for c in typed[:60] if c.isdecimal())
