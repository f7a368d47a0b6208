"""What text may hold before it reaches a table, a mail or a page."""

import re
import unicodedata

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from network.numerals import western

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
DIRECTION_CONTROLS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
LINE_BREAKS = re.compile("[\n\r\t\u2028\u2029]")


def plain_text(value: str) -> None:
    """Refuse control characters and those that turn the direction of what follows."""
    if CONTROLS.search(value) or DIRECTION_CONTROLS.search(value):
        raise ValidationError(_("This text has invisible control characters. Please type it again."), code="controls")


def plain_line(value: str) -> None:
    """Refuse what `plain_text` refuses, line breaks, and invisible letters."""
    plain_text(value)
    if LINE_BREAKS.search(value) or INVISIBLE.search(value):
        raise ValidationError(_("This text has invisible control characters. Please type it again."), code="controls")


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]


def _only(value: str, script: str) -> bool:
    return all(_script(c) == script for c in value if c.isalpha()) and any(c.isalpha() for c in value)


def arabic_name(value: str) -> None:
    """Refuse a name that is not in Arabic letters alone."""
    plain_line(value)
    if not _only(value, "ARABIC") or any(c.isdigit() for c in value):
        raise ValidationError(_("Please write this name in Arabic letters only."), code="script")


def latin_name(value: str) -> None:
    """Refuse a name that is not in Latin letters alone."""
    plain_line(value)
    if not _only(value, "LATIN") or any(c.isdigit() for c in value):
        raise ValidationError(_("Please write this name in Latin letters only."), code="script")


def _example() -> str:
    """Return a mobile number as it is written at home, between marks that keep it from left to right in any sentence."""
    number = phonenumbers.example_number_for_type(settings.PHONE_COUNTRY, phonenumbers.PhoneNumberType.MOBILE)
    return f"\u2066{phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)}\u2069"


def phone_number(value: str) -> str:
    """Return a telephone number as E.164; takes 091…, 00218…, +…, and Arabic-Indic digits. Raises ValidationError."""
    digits = western(value).strip()
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    try:
        number = phonenumbers.parse(digits, settings.PHONE_COUNTRY)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise ValidationError(
            _("This is not a telephone number. Write it like %(example)s, or with + and the country code."),
            code="phone",
            params={"example": _example()},
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
