"""Digits of every script, as 0-9: whoever types a date or a code uses those of their keyboard."""

import unicodedata


def western(text: str) -> str:
    """Return a text with all its decimal digits as 0-9, the rest as it was."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
