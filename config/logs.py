"""What no log may hold, whoever writes the line."""

import logging
import re

# Whoever has the address of a private calendar reads it.
SECRET_PATHS = re.compile(r"(/calendar/)[^/\s?\"']+(\.ics)", re.IGNORECASE)


def without_secrets(text: str) -> str:
    """Return a line with the tokens in addresses left out."""
    return SECRET_PATHS.sub(r"\1…\2", text)


class WithoutSecrets(logging.Filter):
    """Takes the tokens of private calendars out of a line, such as Django's "Not Found: …", and out of the traceback below it."""

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
