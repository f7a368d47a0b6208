"""Names as they are searched: one folded form for every spelling, and skeletons of consonants that the two scripts share."""

import re
import unicodedata
from typing import Any

from django.db.models import CharField, Lookup, TextField

from network.numerals import western

FOLDED = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ہ": "ه", "ھ": "ه", "ک": "ك",
        "ڤ": "ف", "ء": "", "ـ": "",
    }
)  # fmt: skip
BIDI_AND_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c]")
NOT_WORD = re.compile(r"[\W_]+")
SPLIT_PREFIX = re.compile(r"\bعبد (?=\w)")
# "Abd al-Salam", "Abdul Salam", "Abu Bakr", أبو بكر: one name, written in two or three words.
SPLIT_NAME = re.compile(r"\b(?:(abd)(?: ?[aeiou]l)?|(abo?u?)(?: ?[aeiou]l)?|(ابو)) (?=\w)")
LATIN_ARTICLE = re.compile(r"\b(?:al|el) (?=\w)")

# What stands before the rest of a name and is written in many ways; what follows it is taken as a word of its own.
ARABIC_PREFIX = re.compile(r"^(?:(عبد)|(ابو))(?:ال)?(?=\w)")
LATIN_PREFIX = re.compile(r"^(?:(abd)|(abo?u?(?=[^d])))(?:[aeiou]?l(?=\w)|[aeiou](?=(\w)\3))?(?=\w)")
ARABIC_ARTICLE = re.compile(r"^ال(?=\w{3})")
JOINED_ARTICLE = re.compile(r"^[aei]l(?=\w{3})")

# Arabic letters and the Latin consonants by which Libyans write them. ق, غ, ك and خ are all written k, q, g, kh or gh by somebody.
CONSONANTS = str.maketrans(
    {
        "ا": "", "ع": "", "و": "", "ي": "", "ب": "b", "ت": "t", "ث": "t", "ج": "j", "ح": "h", "خ": "k", "د": "d", "ذ": "d",
        "ر": "r", "ز": "z", "س": "s", "ش": "s", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "غ": "k", "ف": "f", "ق": "k",
        "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h",
    }
)  # fmt: skip
LATIN_LETTERS = str.maketrans({"q": "k", "g": "k", "c": "k", "v": "f", "p": "b", "x": "ks"})
LATIN_SPELLINGS = [("ch", "sh"), ("ph", "f"), ("dj", "j")]
LATIN_PAIRS = re.compile("([kgstd])h")
# ت and ح written one after the other read like ث in Latin: فتحية is Fathia.
ARABIC_PAIRS = re.compile("(?<=[تدسصطكق])ح")
VOWELS = re.compile("[aeiouwy]")
DOUBLED = re.compile(r"(.)\1+")
# How else letters are read, by people or by dialects: Farag is فرج, Osman is عثمان, Muath and Mouaz are معاذ, Najat is نجاة, Ounis is ونيس.
LATIN_READINGS = [
    (re.compile(r"^ab[ei]d(?=[aeiou]?l)"), ("abd",)),
    (re.compile(r"^(abd[aeiou]l+a)$"), (r"\1h",)),
    (re.compile(r"^b[ei]l(?=\w{3})"), ("abul",)),
    (re.compile(r"^([ae]l)?ou?(?=\w)"), (r"\1w",)),
    (re.compile(r"^([ae]l)?[ie](?=[aou])"), (r"\1y",)),
    (re.compile(r"g(?!h)"), ("j",)),
    (re.compile(r"th"), ("s", "d", "z")),
    (re.compile(r"dh"), ("z",)),
    (re.compile(r"c(?=[ei])"), ("s",)),
    (re.compile(r"ck"), ("k",)),
    (re.compile(r"(?<=\w{3})[ae]t$"), ("ah",)),
]
ARABIC_READINGS = [
    (re.compile(r"^بل(?=\w{3})"), ("ابوال",)),
    (re.compile("ث"), ("س",)),
    (re.compile("ذ"), ("ز",)),
    (re.compile("ظ"), ("ض",)),
    (re.compile(r"(?<=\w{2})ه$"), ("ت",)),
]
WEAK_START = {"و": "w", "ي": "y", "w": "w", "y": "y"}
VOWEL_STARTS = frozenset("اعaeiou")
LONGEST = 700
MOST_WORDS = 6
SHORT_WORD = 3
# "and", "with", "for", "like" and the article, which Arabic writes joined to a word.
ATTACHED = re.compile(r"^(?:[وف]?[بكل]?ال|[وف]?لل)(?=\w{3})")
# A shorter skeleton is found whole, a longer one by its beginning too.
SHORT = 2


def fold(text: str) -> str:
    """Return text in the form in which it is searched.

    Unicode NFKC, lower case, without accents, tashkeel, tatweel, hamza and bidi controls; أإآٱ→ا, ى ئ→ي, ؤ→و, ة→ه, Persian
    letters as Arabic ones; Arabic-Indic digits as 0-9; "عبد ال…" joined; everything that is no letter or digit becomes one space.
    """
    text = BIDI_AND_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower().translate(FOLDED)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).translate(FOLDED)
    text = western(text)
    return SPLIT_PREFIX.sub("عبد", " ".join(NOT_WORD.sub(" ", text).split()))


def is_arabic(word: str) -> bool:
    return any("\u0600" <= c <= "\u06ff" for c in word)


def _bones(word: str) -> str:
    """Return the consonants of a word without prefix or article, in Latin letters.

    A final h is dropped where enough remains: nobody agrees on whether to write it. w and y count where they begin the word, and a
    beginning vowel does where one consonant would be all: علي and Ali are "al".
    """
    if not word:
        return ""
    if is_arabic(word):
        bones = word[1:].translate(CONSONANTS)
        bones = (WEAK_START.get(word[0]) or word[0].translate(CONSONANTS)) + bones
        ends_in_h = word[-1] in "هح"
    else:
        latin = DOUBLED.sub(r"\1", word)
        ends_in_h = latin[-1] == "h" and latin[-2:-1] not in ("s", "t", "d", "k", "g")
        latin = LATIN_PAIRS.sub(r"\1", latin).translate(LATIN_LETTERS)
        bones = WEAK_START.get(latin[0], "") + VOWELS.sub("", latin)
    begins_with_vowel = word[0] in VOWEL_STARTS
    if ends_in_h and len(bones) + begins_with_vowel > SHORT:
        bones = bones.removesuffix("h")
    return "a" + bones if len(bones) == 1 and begins_with_vowel else bones


def skeletons(word: str) -> list[str]:
    """Return the skeletons of one folded word: first the one by which it is looked for, then the others under which it is found."""
    prefix, article, pairs = (
        (ARABIC_PREFIX, ARABIC_ARTICLE, ARABIC_PAIRS) if is_arabic(word) else (LATIN_PREFIX, JOINED_ARTICLE, None)
    )
    for written, read in LATIN_SPELLINGS:
        word = word.replace(written, read)
    found = prefix.match(word)
    before = ("bd" if found[1] else "b") if found else ""
    rest = word[found.end() :] if found else word
    bare = article.sub("", rest)
    forms = [bare, rest] if bare != rest and len(_bones(bare)) >= SHORT else [rest]
    bones = [_bones(form) for form in forms]
    if pairs:
        bones += [_bones(pairs.sub("", form)) for form in forms]
    else:
        bones += [_bones(form.replace("h", "ah")) for form in forms if LATIN_PAIRS.search(form)]
    return list(dict.fromkeys(before + form for form in bones if len(before + form) >= SHORT))


def sounds(word: str) -> frozenset[str]:
    """Return all skeletons by which one folded word may be another spelling of a name.

    More than `skeletons`, by which the directory is searched: who looks whether a text names somebody would rather ask once too often.
    """
    read = [word]
    for written, readings in ARABIC_READINGS if is_arabic(word) else LATIN_READINGS:
        read += [written.sub(reading, one) for one in read if written.search(one) for reading in readings]
    return frozenset(form for one in read for form in skeletons(one))


def _words(folded: str) -> list[str]:
    """Return the words of a folded text, names that are written in several parts as one, without the separate Latin article."""
    joined = SPLIT_NAME.sub(lambda m: "abd" if m[1] else "abu" if m[2] else "ابو", folded)
    return LATIN_ARTICLE.sub("", joined).split()


def words(text: str) -> list[str]:
    """Return the words of a text as names are searched: folded, those that are written in several parts as one."""
    return _words(fold(text))


def index(*texts: str) -> str:
    """Return what the search column holds: every folded text, then the skeletons of its words, each between two `~`."""
    folded = [fold(text) for text in texts if text]
    bones = dict.fromkeys(
        f"~{form}~"
        for text in folded
        for word in [*_words(text), *LATIN_ARTICLE.sub("", text).split()]
        for form in skeletons(word)
    )
    kept = " ".join(folded)
    for form in bones:
        if len(kept) + 1 + len(form) > LONGEST:
            break
        kept += f" {form}"
    return kept[:LONGEST]


def terms(query: str) -> list[tuple[str, str]]:
    """Return for each word of a query the folded word and what its skeleton looks like in the index (or ""); at most six words count."""
    found = []
    for word in _words(fold(query))[:MOST_WORDS]:
        form = next(iter(skeletons(word)), "")
        found.append((word, f"~{form}" + ("~" if len(form) <= SHORT else "") if form else ""))
    return found


def keys(query: str) -> list[str]:
    """Return for each word of a query what the index has as a word of its own where somebody bears this name, in whatever spelling."""
    return [f"{bones.rstrip('~')}~" if bones else word for word, bones in terms(query)]


def _stem(word: str) -> str:
    """Return a folded word without what Arabic writes joined to it, or the English plural: "والأكسجين" is "اكسجين"."""
    if is_arabic(word):
        return ATTACHED.sub("", word)
    return word[:-1] if len(word) > SHORT_WORD and word.endswith("s") and not word.endswith("ss") else word


def _sound(word: str) -> str:
    bones = next(iter(skeletons(word)), "")
    return f"~{bones}~" if len(bones) > SHORT else ""


def text_index(*texts: str) -> str:
    """Return what the search column of a text holds: its words without what is joined to them, once each, then their skeletons."""
    words: dict[str, None] = {}
    for word in fold(" ".join(texts)).split():
        stem = _stem(word)
        words[stem] = None
        if stem[0] in "وفبكل" and len(stem) > SHORT_WORD + 1 and is_arabic(stem):
            words[stem[1:]] = None
    sounds = dict.fromkeys(sound for word in words if (sound := _sound(word)))
    return " ".join([*words, *sounds])


def text_terms(query: str) -> tuple[list[str], list[str]]:
    """Return the words of a query as the index of a text has them, and as they sound where that is enough to tell them apart."""
    stems = [_stem(word) for word in fold(query).split()[:MOST_WORDS]]
    return stems, [_sound(stem) or stem for stem in stems]


@TextField.register_lookup
@CharField.register_lookup
class HasWords(Lookup):
    """`search__has_words=[…]`: each is a whole word of the text. On PostgreSQL the index `practitioner_words` answers it."""

    lookup_name = "has_words"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Look for each word between two spaces."""
        text, params = self.process_lhs(compiler, connection)
        found = " AND ".join([f"INSTR(' ' || {text} || ' ', %s) > 0"] * len(self.rhs))
        return f"({found})", [param for word in self.rhs for param in (*params, f" {word} ")]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Compare with the words as an array."""
        text, params = self.process_lhs(compiler, connection)
        return f"string_to_array({text}, ' ') @> %s::text[]", [*params, list(self.rhs)]


@TextField.register_lookup
@CharField.register_lookup
class HasWordsByItself(HasWords):
    """As `has_words`, asked of each row by itself: of few rows, where PostgreSQL would first collect all in which the words meet."""

    lookup_name = "has_words_by_itself"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Compare as `has_words` does, in a form of which there is no index."""
        text, params = self.process_lhs(compiler, connection)
        return f"(string_to_array({text}, ' ') || '{{}}'::text[]) @> %s::text[]", [*params, list(self.rhs)]
