"""What in a text could tell who a patient is: names, dates of birth, numbers, addresses. Pure: nothing is kept, nothing is logged.

It errs on the side of asking: what it finds is shown to the author, who changes it or, for the softer kinds, says that it identifies no
patient. It is a help beside the checklist and the reviewer, not instead of them.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import phonenumbers
from django.conf import settings

from dialogues.enums import BLOCKING_FINDINGS, FindingKind
from dialogues.validators.names import CERTAIN_ARABIC, CERTAIN_LATIN, DOUBTFUL_ARABIC, words

AROUND = 30
MOST_SHOWN = 40
FOLDED = str.maketrans("أإآٱىیئؤةک", "اااايييوهك")
DROPPED = frozenset("ـ\u00ad")

# January to December as the east and the west of the Arab world say them, then the months of the Hijri year, then English.
MONTHS_ARABIC = (
    "يناير|جانفي|كانون الثاني|فبراير|فيفري|شباط|مارس|اذار|ابريل|افريل|نيسان|مايو|ماي|ايار|يونيو|يونيه|جوان|حزيران|يوليو|يوليه|"
    "جويليه|تموز|اغسطس|اوت|غشت|اب|سبتمبر|شتنبر|ايلول|اكتوبر|تشرين الاول|نوفمبر|نونبر|تشرين الثاني|ديسمبر|دجنبر|كانون الاول|"
    "محرم|صفر|ربيع الاول|ربيع الاخر|ربيع الثاني|جمادي الاولي|جمادي الاخره|جمادي الثانيه|رجب|شعبان|رمضان|شوال|ذو القعده|ذي القعده|"
    "ذو الحجه|ذي الحجه"
)
MONTHS_ENGLISH = (
    "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun"
    "|jul|aug|sept?|oct|nov|dec"
)
ORDINALS = (
    "(?:الاول|الثاني|الثالث|الرابع|الخامس|السادس|السابع|الثامن|التاسع|العاشر)(?: والعشرين| والعشرون| عشر)?|"
    "(?:الحادي|الواحد) (?:عشر|والعشرين|والعشرون|والثلاثين)|العشرين|العشرون|الثلاثين|الثلاثون"
)
DAY, YEAR = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:1[89]|20|14)?[0-9]{2}"
START, END = "(?<![0-9a-z\u0620-\u064a])", "(?![0-9a-z\u0620-\u064a])"
ARABIC_MONTH = f"(?:شهر )?(?:{MONTHS_ARABIC})"

NUMERIC_DATE = re.compile(
    f"(?<![0-9./-])(?:{DAY}[./-](?:0?[1-9]|1[0-2])[./-]{YEAR}|(?:0?[1-9]|1[0-2])/{DAY}/{YEAR}"
    f"|(?:19|20|14)[0-9]{{2}}[./-](?:0?[1-9]|1[0-2])[./-]{DAY})(?![0-9]|[./-][0-9])"
)
WORDED_DATE = re.compile(
    f"{START}(?:(?:{DAY}|{ORDINALS}) (?:من )?{ARABIC_MONTH}|{ARABIC_MONTH} {DAY}"
    f"|{DAY}(?:st|nd|rd|th)?(?: of)?[ -](?:{MONTHS_ENGLISH})|(?:{MONTHS_ENGLISH})\\.? (?:the )?{DAY}(?:st|nd|rd|th)?"
    f"|(?:يوم|بتاريخ|في تاريخ|on the|dated|on) {DAY}/(?:0?[1-9]|1[0-2])){END}"
)
BIRTH = re.compile(
    f"{START}(?:تاريخ (?:ال)?ميلاد\\w*|تاريخ الولاده|(?:من )?مواليد|ولدت? (?:في|عام|سنه|يوم|بتاريخ)"
    f"|(?:was )?born (?:on|in)|date of birth|birth ?date|d\\.?o\\.?b\\.?)[ :]{{0,3}}(?:\\w+ )?{DAY}?[0-9./-]*"
)
AGE = re.compile(
    f"{START}(?:(?:عمره\\w?|عن عمر|العمر|بعمر|سنه|سنها|aged?|age of)(?: \\w+){{0,2}}? ?:? ?(?:9[0-9]|1[0-2][0-9])"
    f"|(?:9[0-9]|1[0-2][0-9])(?: ?(?:سنه|عاما?|سنوات|years?|yrs?|y/?o)|[- ]years?[- ]old)|تسعيني\\w*|nonagenarian|centenarian){END}"
)
EMAIL = re.compile(r"[^\s@<>(),;:\"]+ ?@ ?[^\s@<>(),;:\"]+\.[^\s@<>(),;:\".0-9]{2,}")
# A number that follows what says that it names a file, a person or a document.
RECORD = re.compile(
    f"{START}(?:(?:ال)?رقم (?:ال)?(?:طبي\\w*|ملف\\w*|سجل\\w*|قيد\\w*|مريض\\w*|وطني|هويه|بطاقه|جواز|اداري|تسلسلي|عينه|حاله)"
    "|(?:ال)?(?:ملف|سجل|جواز(?: ال?سفر)?|بطاقه) رقم|mrn"
    "|(?:medical |hospital |case |file |record |chart |passport |national |patient |lab )+"
    "(?:id|no|nr|number|#)|(?:file|record|chart|passport)(?= ?[#:])|(?:patient )?id(?= ?[#:]))"
    r"[ .:#؛،-]{0,4}(?:(?:هو|رقم|is|no|number)[ .:#]{0,3})?(?:[a-z\u0620-\u064a]{1,3}[ /-]?)?[0-9][0-9/ -]*"
)
LONG_NUMBER = re.compile(r"[0-9]{6,}")
KNOWN_AS_PHONE = re.compile(
    f"{START}(?:هاتف\\w*|تلفون\\w*|تليفون\\w*|جوال\\w*|موبايل\\w*|واتس\\w*|phone|mobile|tel|whatsapp|cell)"
    r"[^0-9+\n]{0,12}(\+?[0-9][0-9 ().–-]{3,}[0-9])"
)
# Digits with what people write between the groups of a telephone number.
DIGITS_APART = re.compile(r"\+?\(?[0-9](?:[ \u00a0\u202f().–-]{0,3}[0-9])*")
ADDRESS = re.compile(
    f"{START}(?:(?:شارع|زنقه|زقاق|عماره رقم|شقه رقم|منزل رقم|بيت رقم|مزرعه) \\w+|حي ال\\w+(?: \\w+)?"
    f"|[0-9]+ \\w+ (?:street|road|avenue)|(?:house|flat|apartment|building) (?:no\\.?|number) ?[0-9]+){END}"
)
STREET = re.compile(r"\b[A-Z]\w+ (?:Street|St\.|Road|Avenue)(?!\w)")
POSITION = re.compile(r"[0-9]{1,2}\.[0-9]{4,}")

CALLED_ARABIC = re.compile(
    f"{START}(?:(?:ال)?(?:سيد|سيده|مدعو|مدعوه)|واسمها?|اسمها?|(?:ي|ت)دعي|المسما?ه?) (\\w{{2,}})(?: (\\w{{2,}}))?"
)
PATIENT_ARABIC = re.compile(
    f"{START}(?:[وبلف]?ال)?(?:مريضه?|طفله?|شابه?|مواطنه?|رضيعه?|ام|اب|جريح|حاجه?|مصابه?|متوفاه?|دكتوره?) (\\w{{2,}})(?: (\\w{{2,}}))?"
)
INITIALS_ARABIC = re.compile(f"{START}[\u0621-\u064a] ?\\. ?[\u0621-\u064a](?: ?\\.(?: ?[\u0621-\u064a] ?\\.?)?|{END})")
CALLED_LATIN = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Hajj|Hajja|mr|mrs|ms|(?:[Pp]atient|[Cc]hild|[Bb]aby|[Bb]oy|[Gg]irl|[Ww]oman|[Mm]an)(?: named| called)?)"
    r"\.? ((?:[A-Z]\.? ?){2,3}(?![A-Za-z])|[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
)
NOT_A_NAME = words(
    """
    safety care and was were is are the who in on at of with after had has history education experience a an
    كان كانت الي من في الذي التي عن مع بعد قبل ثم هو هي لم لا قد هل
    """
)
WORD = re.compile(r"[^\W\d_]+")
ON = re.compile(r"(?<!\w)على(?!\w)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in a text: what it seems to be, and the words around it."""

    kind: FindingKind
    field: str
    language: str
    start: int
    before: str
    found: str
    after: str

    @property
    def where(self) -> str:
        """The name of the column."""
        return f"{self.field}_{self.language}"

    @property
    def blocks(self) -> bool:
        return self.kind in BLOCKING_FINDINGS


@dataclass(frozen=True, slots=True)
class _Plain:
    """A text as it is searched, letter for letter, with where each letter stands in the original."""

    text: str
    at: tuple[int, ...]


def _plainly(original: str) -> _Plain:
    """Return the text in lower case, digits of every script as 0-9, Arabic letters folded, without marks that are not seen."""
    letters, at = [], []
    # Folded, "on" would be the name Ali.
    for place, letter in enumerate(ON.sub("عل_", original)):
        if letter in DROPPED or unicodedata.category(letter) in ("Mn", "Me", "Cf"):
            continue
        value = unicodedata.digit(letter, None)
        plain = str(value) if value is not None else letter.translate(FOLDED).lower()
        letters.append(plain[:1])
        at.append(place)
    return _Plain("".join(letters), (*at, len(original)))


def _windows(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield beginning, end and digits of all that neighbouring groups of digits make together, up to the longest number there is."""
    for run in DIGITS_APART.finditer(text):
        groups = [(m.start() + run.start(), m.end() + run.start(), m[0]) for m in re.finditer("[0-9]+", run[0])]
        for first, (start, _end, _digits) in enumerate(groups):
            plus = "+" if text[max(start - 2, 0) : start].rstrip("(").endswith("+") else ""
            digits = ""
            for _start, end, more in groups[first : first + 17]:
                digits += more
                if len(digits) > 17:
                    break
                yield start, end, plus + digits


def _is_phone(number: str) -> bool:
    if number.startswith("00"):
        number = "+" + number[2:]
    elif not number.startswith(("+", "0")) and not 9 <= len(number) <= 12:
        return False
    if not 8 <= len(number) <= 16:
        return False
    if number.startswith("218"):
        number = "+" + number
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, settings.PHONE_COUNTRY))
    except phonenumbers.NumberParseException:
        return False


def _is_national(number: str) -> bool:
    """Tell whether it is built as a Libyan national number: 1 or 2, the year of birth, seven digits more."""
    return re.fullmatch(r"[12](?:18|19|20)[0-9]{9}", number) is not None


def _numbers(text: str) -> Iterator[tuple[FindingKind, int, int]]:
    for match in EMAIL.finditer(text):
        yield FindingKind.EMAIL, *match.span()
    for match in RECORD.finditer(text):
        yield FindingKind.RECORD, *match.span()
    for match in KNOWN_AS_PHONE.finditer(text):
        yield FindingKind.PHONE, *match.span(1)
    dates = [match.span() for match in NUMERIC_DATE.finditer(text)]
    # A date is no telephone number, however its digits look.
    apart = list(text)
    for start, end in dates:
        apart[start:end] = "~" * (end - start)
    for start, end, number in _windows("".join(apart)):
        if _is_national(number):
            yield FindingKind.NATIONAL, start, end
        elif _is_phone(number):
            yield FindingKind.PHONE, start, end
    for match in LONG_NUMBER.finditer(text):
        kind = FindingKind.NATIONAL if len(match[0]) == 12 else FindingKind.RECORD
        yield kind, *match.span()


def _dates(original: str, plain: _Plain) -> Iterator[tuple[FindingKind, int, int]]:
    for match in BIRTH.finditer(plain.text):
        yield FindingKind.BIRTH, *match.span()
    for match in NUMERIC_DATE.finditer(plain.text):
        yield FindingKind.DATE, *match.span()
    for match in WORDED_DATE.finditer(plain.text):
        said = original[plain.at[match.start()] : plain.at[match.end()]]
        # "12 may have", "3 march past": a month of these names is written with a capital.
        if re.search(r"(?<![A-Za-z])(?:may|march|mar|jan|dec)(?![A-Za-z])", said):
            continue
        yield FindingKind.DATE, *match.span()
    for match in AGE.finditer(plain.text):
        yield FindingKind.AGE, *match.span()
    for pattern in (ADDRESS, POSITION):
        for match in pattern.finditer(plain.text):
            yield FindingKind.ADDRESS, *match.span()


def _could_be_name(word: str | None) -> bool:
    return bool(word) and word not in NOT_A_NAME and (word in CERTAIN_ARABIC or word in DOUBTFUL_ARABIC)


def _names(plain: _Plain) -> Iterator[tuple[int, int]]:
    text = plain.text
    for match in INITIALS_ARABIC.finditer(text):
        yield match.span()
    for match in CALLED_ARABIC.finditer(text):
        if match[1] not in NOT_A_NAME:
            yield match.span()
    for match in PATIENT_ARABIC.finditer(text):
        if _could_be_name(match[1]) or (match[2] in CERTAIN_ARABIC and match[1] not in NOT_A_NAME):
            yield match.span()
    before: tuple[str, int, int] = ("", 0, 0)
    for match in WORD.finditer(text):
        word = match[0]
        # "عبد الله" is one name in two words; و is "and" before a name.
        bare = word[1:] if word[:1] in "ولب" and word not in CERTAIN_ARABIC else word
        joined = before[0] + word if before[0] == "عبد" and match.start() - before[2] == 1 else ""
        if joined in CERTAIN_ARABIC:
            yield before[1], match.end()
        elif word in CERTAIN_LATIN or word in CERTAIN_ARABIC or bare in CERTAIN_ARABIC:
            yield match.span()
        elif (
            word in DOUBTFUL_ARABIC and before[0] in DOUBTFUL_ARABIC | CERTAIN_ARABIC and match.start() - before[2] == 1
        ):
            yield before[1], match.end()
        before = (word, *match.span())


def _latin_names(original: str) -> Iterator[tuple[int, int]]:
    for match in CALLED_LATIN.finditer(original):
        if match[1].split()[0].lower() not in NOT_A_NAME:
            yield match.span()


def _spans(original: str) -> Iterator[tuple[FindingKind, int, int]]:
    plain = _plainly(original)
    for kind, start, end in [
        *_numbers(plain.text),
        *_dates(original, plain),
        *((FindingKind.NAME, *span) for span in _names(plain)),
    ]:
        yield kind, plain.at[start], plain.at[end - 1] + 1
    for start, end in _latin_names(original):
        yield FindingKind.NAME, start, end
    for match in STREET.finditer(original):
        yield FindingKind.ADDRESS, *match.span()


def find(text: str, *, field: str = "", language: str = "") -> list[Finding]:
    """Return what in a text could identify somebody, in its order; of places that overlap the weightiest one, then the longest."""
    order = list(FindingKind)
    spans = sorted(
        set(_spans(text)), key=lambda s: (s[0] not in BLOCKING_FINDINGS, -(s[2] - s[1]), order.index(s[0]), s[1])
    )
    taken: list[tuple[FindingKind, int, int]] = []
    for kind, start, end in spans:
        if all(end <= other[1] or start >= other[2] for other in taken):
            taken.append((kind, start, end))
    return [
        Finding(
            kind,
            field,
            language,
            start,
            ("…" if start > AROUND else "") + text[max(start - AROUND, 0) : start],
            text[start:end].strip(),
            text[end : end + AROUND] + ("…" if end + AROUND < len(text) else ""),
        )
        for kind, start, end in sorted(taken, key=lambda s: s[1])
    ]


def find_in(texts: Mapping[tuple[str, str], str]) -> list[Finding]:
    """Return what texts hold, which are named by field and language."""
    return [
        finding
        for (field, language), text in texts.items()
        if text
        for finding in find(text, field=field, language=language)
    ]
