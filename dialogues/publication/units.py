"""The words of a text that is looked through, in all the forms in which each may be a name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dialogues.publication.words import FAMILY_OPENERS, FUNCTION_WORDS, LINKS, OPENERS, SERVANTS, TITLES
from network import search

# A word with the marks above and below its letters, and with what people write for hamza and ayn inside a Latin one.
MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u2060-\u2069\ufeff\u00ad\u061c"
INNER = "'’ʼʿʾ`´"
TOKEN = re.compile(
    f"[^\\W_][^\\W_{MARKS}]*(?:[{MARKS}{INNER}]+[^\\W_]+)*[{MARKS}]*|[^\\W_](?:[{MARKS}{INNER}]*[^\\W_])*[{MARKS}]*"
)
POSSESSIVE = re.compile(f"[{INNER}]s$", re.IGNORECASE)
APOSTROPHES = re.compile(f"[{INNER}]")
ARABIC_PREFIXES = (re.compile("^[وف](?=..)"), re.compile("^[بلك](?=..)"))
LILLA = re.compile("^لل(?=..)")


@dataclass(frozen=True, slots=True)
class Unit:
    """A word of the text, or a name in several words; all the forms in which it is compared."""

    start: int
    end: int
    exact: frozenset[str]
    bones: frozenset[str]
    title: bool
    link: bool
    capital: bool
    arabic: bool
    # "على", which folded is the name علي as well.
    preposition: bool
    # How many tokens it is made of.
    length: int


@lru_cache(maxsize=8192)
def folded(token: str) -> tuple[str, ...]:
    """Return the folded spellings of one token: as it is, and without the end of an English genitive."""
    spellings = [POSSESSIVE.sub("", token), token]
    return tuple(dict.fromkeys(search.fold(APOSTROPHES.sub("", spelling)) for spelling in spellings))


@lru_cache(maxsize=8192)
def forms(word: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the exact forms of a folded word (with and without article and attached prefixes) and all their skeletons."""
    bare = {word}
    for prefix in ARABIC_PREFIXES:
        bare |= {prefix.sub("", form) for form in bare}
    bare |= {LILLA.sub("ال", form) for form in bare} | {LILLA.sub("", form) for form in bare}
    exact = {form for form in bare if form}
    exact |= {form[2:] for form in exact if form.startswith(("ال", "al", "el")) and len(form) > 4}
    heard = () if word in FUNCTION_WORDS else bare
    return frozenset(exact), frozenset(bones for form in heard if form for bones in sounds(form))


@lru_cache(maxsize=8192)
def sounds(word: str) -> frozenset[str]:
    return search.sounds(word)


def with_family_openers(words: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] in FAMILY_OPENERS:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def units_of(paragraph: str) -> list[Unit]:
    """Return every word of a paragraph, and beside it what it makes with the next ones: "عبد السلام", "Abu Bakr", "El Hadi"."""
    tokens = [(m.start(), m.end(), m[0]) for m in TOKEN.finditer(paragraph)]
    units = []
    for i, (start, end, token) in enumerate(tokens):
        units += [_unit(start, end, word, token, 1) for spelling in folded(token) for word in spelling.split()]
        first = folded(token)[0]
        stripped = {first, *forms(first)[0]} if first else set()
        openers = stripped & (OPENERS | FAMILY_OPENERS | SERVANTS)
        if not openers:
            continue
        for length in (2, 3):
            if i + length > len(tokens):
                break
            last = tokens[i + length - 1]
            for opener in sorted(openers):
                begins = "abd" if opener in SERVANTS else opener
                phrase = " ".join([begins, *(APOSTROPHES.sub("", t[2]) for t in tokens[i + 1 : i + length])])
                joined = with_family_openers(search.words(phrase))
                if len(joined) == 1:
                    units.append(_unit(start, last[1], joined[0], token, length))
    return units


def _unit(start: int, end: int, word: str, token: str, length: int) -> Unit:
    exact, bones = forms(word)
    return Unit(
        start, end, exact, bones, title=bool(exact & TITLES), link=word in LINKS or len(word) == 1,
        capital=token[:1].isupper(), arabic=search.is_arabic(word),
        preposition=token.lstrip("وف") == "على", length=length,
    )  # fmt: skip
