"""What text may hold before it reaches a table, a mail or a page."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, strategies as st

from network import validators

BIDI = ["\u200e", "\u200f", "\u061c", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))]
ZERO_WIDTH = ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"]
CONTROLS = ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\x85", "\ud800"]
BREAKS = ["\n", "\r", "\t", "\u2028", "\u2029"]


def refused(validator: object, text: str) -> bool:
    try:
        validator(text)  # type: ignore[operator]
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize("sign", BIDI + CONTROLS, ids=lambda sign: f"U+{ord(sign):04X}")
def test_no_text_takes_controls(sign: str) -> None:
    for validator in (validators.plain_text, validators.plain_line, validators.arabic_name, validators.latin_name):
        assert refused(validator, f"سالم{sign}المبروك")
        assert refused(validator, f"Salem{sign}Almabrouk")


@pytest.mark.parametrize("sign", ZERO_WIDTH + BREAKS, ids=lambda sign: f"U+{ord(sign):04X}")
def test_no_line_takes_breaks_or_invisible_letters(sign: str) -> None:
    assert refused(validators.plain_line, f"قاعة{sign}المستشفى")
    assert refused(validators.arabic_name, f"سالم{sign}المبروك")
    assert refused(validators.latin_name, f"Salem{sign}Almabrouk")


@pytest.mark.parametrize("text", ["سطر\nآخر\tوجدول", "می\u200cخواهم", "Two\r\nlines", "😀 100 %"])
def test_long_text_takes_lines_and_joiners(text: str) -> None:
    validators.plain_text(text)


@pytest.mark.parametrize("name", ["سالم المبروك", "عبد السلام أبو بكر", "مُحَمَّد", "فاطمة-الزهراء", "آمنة ٱلزهراء"])
def test_arabic_name(name: str) -> None:
    validators.arabic_name(name)
    assert refused(validators.latin_name, name)


@pytest.mark.parametrize("name", ["Salem Almabrouk", "O'Neil", "Abd al-Salam", "Zoë Müller", "J. R. Ali"])
def test_latin_name(name: str) -> None:
    validators.latin_name(name)
    assert refused(validators.arabic_name, name)


@pytest.mark.parametrize(
    "name",
    ["Sаlem", "Αhmed", "سالمSalem", "Salem سالم", "S1lem", "سالم٣", "123", "...", "", " ", "Ѕаӏем", "ⅯⅭ1"],
)
def test_names_of_mixed_or_no_script_are_refused(name: str) -> None:
    assert refused(validators.arabic_name, name)
    assert refused(validators.latin_name, name)


@given(st.text(min_size=1, max_size=40))
def test_whatever_a_name_takes_is_visible_and_of_one_script(text: str) -> None:
    for validator, script in ((validators.arabic_name, "ARABIC"), (validators.latin_name, "LATIN")):
        if not refused(validator, text):
            assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp", "Nd") for c in text)
            assert {unicodedata.name(c).split()[0] for c in text if c.isalpha()} == {script}


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        "٠٩١٢٣٤٥٦٧٨",
        "۰۹۱۲۳۴۵۶۷۸",
        "091 234 5678",
        "091-2345678",
        "(091) 2345678",
        "+218912345678",
        "+218 91 234 5678",
        "+٢١٨ ٩١ ٢٣٤ ٥٦٧٨",
        "00218912345678",
        "٠٠٢١٨٩١٢٣٤٥٦٧٨",
        " 0912345678 ",
        "+218 (0)91 2345678",
    ],
)
def test_one_phone_however_it_is_written(written: str) -> None:
    assert validators.phone_number(written) == "+218912345678"


@pytest.mark.parametrize("written", ["+35621234567", "0035621234567"])
def test_a_phone_abroad(written: str) -> None:
    assert validators.phone_number(written) == "+35621234567"


@pytest.mark.parametrize(
    "written", ["", "12", "abc", "0912", "+218", "+999123456789", "0" * 500, "091234567890123", "\x00", "+"]
)
def test_what_is_no_phone_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validators.phone_number(written)

    assert "\u2066091" in str(refusal.value.messages[0])


@given(st.text(max_size=60))
def test_any_text_is_a_phone_or_refused(text: str) -> None:
    try:
        number = validators.phone_number(text)
    except ValidationError:
        return
    assert number[0] == "+"
    assert number[1:].isascii()
    assert number[1:].isdigit()
