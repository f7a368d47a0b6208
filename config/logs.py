"""What no log may hold, whoever writes the line."""

import logging
import re

# Below these an address carries what opens something by itself, or tells of somebody: a private calendar, an offered seat, an invitation, a
# pass, a certificate, an entry of the public, and what allauth sends by mail (by codes here, by keys in addresses elsewhere). test_logs.py
# walks all addresses.
SECRET_BELOW = (
    "calendar",
    "o",
    "i",
    "checkin",
    "certificates",
    "entries",
    "pledges",
    "handovers",
    "confirm-email",
    "reset/key",
    "login/code",
)
SECRET_PARAMETERS = ("code", "token", "key")
# As it stands in an address, or inside another one: /accounts/login/?next=%2Fen%2Fi%2F…
SLASH = "(?:/|%2[fF])"
SIGN = r"(?:(?!%2[fF])[^/\s?#&\"'<>])"
# One part of an address, also with blanks between its groups, as people type them.
PART = rf"{SIGN}+(?:(?:[ \t]+(?!HTTP/){SIGN}+)+(?=/))?"
PATHS = re.compile(rf"({SLASH}(?:{'|'.join(SECRET_BELOW).replace('/', SLASH)}){SLASH}){PART}", re.IGNORECASE)
PARAMETERS = re.compile(
    rf"((?:[?&]|%3[fF]|%26)(?:{'|'.join(SECRET_PARAMETERS)})(?:=|%3[dD]))[^&#\"'<>\s]+", re.IGNORECASE
)


def without_secrets(text: str) -> str:
    """Return a line with the secrets in addresses left out."""
    return PARAMETERS.sub(r"\1…", PATHS.sub(r"\1…", text))


class WithoutSecrets(logging.Filter):
    """Takes secrets in addresses out of a line, such as Django's "Not Found: …", and out of the traceback below it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the message that was meant, without its secrets, in place of the record's own."""
        message = record.getMessage()
        clean = without_secrets(message)
        if clean != message:
            record.msg, record.args = clean, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = without_secrets(record.exc_text)
        return True
