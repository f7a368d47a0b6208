"""What could tell who a patient is: numbers are found in whatever digits and among whatever words; no text is too strange."""

import re

import phonenumbers
import pytest
from hypothesis import given, settings, strategies as st

from dialogues.enums import BLOCKING_FINDINGS, FindingKind
from dialogues.validators import identifiers
from dialogues.validators.identifiers import find, find_in

DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９"]
AROUND = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
often = settings(max_examples=300, derandomize=True, deadline=None, database=None)


def kinds(text: str) -> list[str]:
    return [str(finding.kind) for finding in find(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("اتصلنا به على ٠٩١-٢٣٤٥٦٧٨ مساءً", "phone"),
        ("رقمها 091 234 5678", "phone"),
        ("call +218 92 123 4567 now", "phone"),
        ("00218912345678", "phone"),
        ("+49 30 901820", "phone"),
        ("هاتف المنزل: 333-4455", "phone"),
        ("الرقم 1 1985 0123456", "national"),
        ("٢١٩٩٠٠١٢٣٤٥٦", "national"),
        ("ملف رقم 4521", "record"),
        ("رقم السجل: ب-22", "record"),
        ("MRN A-2231", "record"),
        ("hospital number 33 18", "record"),
        ("file #77", "record"),
        ("العينة 4471203", "record"),
        ("كتبت إلى a.b@example.ly", "email"),
        ("المريض محمد سالم", "name"),
        ("السيدة نجاة", "name"),
        ("واسمها هدى", "name"),
        ("الطفل علي وصل", "name"),
        ("عبد الله", "name"),
        ("وفاطمة معها", "name"),
        ("المريضة م.ع.", "name"),
        ("Mr. Salem came", "name"),
        ("patient Jane was", "name"),
        ("baby named Omar", "name"),
        ("patient A.M. was", "name"),
        ("Mohammed, a fisherman", "name"),
        ("تاريخ الميلاد 1950", "birth"),
        ("من مواليد 1987", "birth"),
        ("date of birth: 1950", "birth"),
        ("وصل يوم ١٢ جانفي ٢٠٢٠", "date"),
        ("في 3/4/2021", "date"),
        ("2021-04-03", "date"),
        ("12 يناير", "date"),
        ("الخامس عشر من مارس", "date"),
        ("١٢ رمضان", "date"),
        ("3 March 2020", "date"),
        ("on May 4th", "date"),
        ("يوم 12/3", "date"),
        ("عمرها ٩٣", "age"),
        ("a 91-year-old woman", "age"),
        ("95 عامًا", "age"),
        ("في شارع الجمهورية", "address"),
        ("حي الأندلس", "address"),
        ("12 Zawiya street", "address"),
        ("32.8872, 13.1913", "address"),
    ],
)
def test_what_identifies_is_found(text, kind):
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "عملنا على 15 سريرًا و28 مريضًا خلال 2020، ثم في شهر رمضان.",
        "المريض كان في العناية، وعمر الجهاز عشر سنوات.",
        "Pressure 120/80, 250,000 doses, 12.5 kg, from 2019-2020, PaO2 60-80, 10 l/min.",
        "Of the 12 may have died 3; we march 2 km.",
        "مولود حي بوزن 2.4 كغ، والأم بخير.",
        "A patient who was in her thirties. Patient safety came first.",
        "سكري من النوع 2، HbA1c 9.1",
    ],
)
def test_a_plain_report_is_left_alone(text):
    assert kinds(text) == []


def test_a_finding_says_where_it_is():
    texts = {("done", "ar"): "", ("result", "en"): "We called 0912345678 in the evening, and again later that night."}

    (found,) = find_in(texts)

    assert (found.field, found.language, found.kind, found.found) == ("result", "en", "phone", "0912345678")
    assert (found.before, found.after) == ("We called ", " in the evening, and again lat…")
    assert found.blocks


def test_what_blocks_is_what_leads_to_a_person():
    assert {FindingKind.PHONE, FindingKind.EMAIL, FindingKind.NATIONAL, FindingKind.RECORD} == BLOCKING_FINDINGS


def mobile() -> st.SearchStrategy[str]:
    numbers = st.builds("9{}{:07}".format, st.sampled_from("1245"), st.integers(0, 9_999_999))
    return numbers.filter(lambda n: phonenumbers.is_valid_number(phonenumbers.parse(n, "LY")))


def written(number: str, separator: str, digits: str) -> str:
    grouped = re.sub(
        r"^(\+?218|00218|0)?(9\d)(\d{3})(\d{4})$", lambda m: separator.join(filter(None, m.groups())), number
    )
    return "".join(digits[int(c)] if c in "0123456789" else c for c in grouped)


@often
@given(mobile(), st.sampled_from(["0", "+218", "00218", ""]), st.sampled_from(["", " ", "-", "\u00a0", "."]),
       st.sampled_from(DIGITS), AROUND, AROUND)  # fmt: skip
def test_a_telephone_number_is_found_in_any_digits_among_any_words(number, prefix, separator, digits, before, after):
    text = f"{before} {written(prefix + number, separator, digits)} {after}"

    assert any(finding.blocks for finding in find(text)), text


@often
@given(st.builds("{}{}{:07}".format, st.sampled_from("12"), st.integers(1900, 2026), st.integers(0, 9_999_999)),
       st.sampled_from(DIGITS), AROUND, AROUND)  # fmt: skip
def test_a_national_number_is_found_in_any_digits_glued_to_any_words(number, digits, before, after):
    text = f"{before}{''.join(digits[int(c)] for c in number)}{after}"

    assert any(finding.blocks for finding in find(text)), text


def test_without_the_check_of_digits_an_arabic_number_would_be_missed(monkeypatch):
    text = "هاتفه ٠٩١٢٣٤٥٦٧٨"
    assert kinds(text) == ["phone"]

    plain = identifiers._Plain(text.replace("٠", "o"), tuple(range(len(text) + 1)))
    monkeypatch.setattr(identifiers, "_plainly", lambda original: plain)

    assert kinds(text) == []


@often
@given(st.text(max_size=200))
def test_no_text_is_too_strange(text):
    for finding in find(text):
        assert finding.found in text
        assert finding.before.lstrip("…") + finding.found in text or finding.found


@pytest.mark.parametrize("text", ["0 " * 2000, "9" * 4000, "1-" * 2000, "رقم الملف " * 400, "aged " * 800, "@a" * 2000])
def test_a_hostile_text_takes_no_long_time(text):
    find(text[:4000])
