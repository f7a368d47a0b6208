"""The look through minutes before they are published: does any word tell who was there? Pure, and it logs nothing.

A finding either names somebody, or may do so. Names are compared as the search compares them (`network.search`): folded, and by
the consonants that both scripts share, in all readings of a letter (`search.sounds`). Spelled exactly, a family name is enough;
by its consonants alone, which many words have in common, it takes two names of one person beside each other to be sure.
"""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from dialogues.publication.units import APOSTROPHES, Unit, forms, sounds, units_of, with_family_openers
from dialogues.publication.words import (
    COMMON_NAMES,
    COMMON_WORDS,
    FAMILY_OPENERS,
    GENERIC,
    LINKS,
    OPENERS,
    SMALL,
    TITLES,
)
from network import search

NAME, WORKPLACE, CONTACT = "name", "workplace", "contact"
AROUND = 60

BRACKETS = re.compile(r"\([^)]*\)")
PARTS = re.compile(r"[,،;؛/|–—]| - |\(|\)")
E_MAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>().,،؛;]+")
PHONE = re.compile(r"(?<!\w)(?:\+|00)?\d(?:[\s\-./()\u200e\u200f]{0,2}\d){6,14}(?!\w)")
DATE_LIKE = re.compile(r"^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
PHONE_TAIL = 8
SERVANT = re.compile(r"\bab[ei]d(?=[\s-]+[aeu]l\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Person:
    """What may not be told of somebody: their name in each spelling that is known, their places of work, their telephone and address."""

    names: tuple[str, ...] = ()
    workplaces: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """One text to look through: its language, and for a decision its number."""

    language: str
    text: str
    decision: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a word stands that tells of somebody: `sure`, or to be looked at."""

    kind: str
    sure: bool
    language: str
    decision: int
    paragraph: int
    before: str
    word: str
    after: str
    at: int = 0


@dataclass(slots=True)
class _Watch:
    """All people, looked up by the forms of their names."""

    exact: dict[str, set[tuple[int, int]]] = field(default_factory=lambda: defaultdict(set))
    bones: dict[str, set[tuple[int, int]]] = field(default_factory=lambda: defaultdict(set))
    family: set[tuple[int, int]] = field(default_factory=set)
    single: set[tuple[int, int]] = field(default_factory=set)
    # By the forms of the first word of the whole, and of the first that tells it from others.
    places: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = field(default_factory=lambda: defaultdict(list))
    contacts: set[str] = field(default_factory=set)
    # Whose name in Arabic letters is not known.
    unspelled: set[int] = field(default_factory=set)


# --- words --------------------------------------------------------------------------------------------------------------


def _name_words(name: str) -> list[list[str]]:
    """Return the words of a name in all ways in which they may be cut: أبو بكر as one word, or what follows أبو; Ben Ali as Benali."""
    cleaned = APOSTROPHES.sub("", BRACKETS.sub(" ", name)) or name
    cleaned = SERVANT.sub("abd", cleaned)
    whole = search.words(cleaned)
    ways = [whole, [word for word in search.fold(cleaned).split() if word not in OPENERS]]
    if not FAMILY_OPENERS.isdisjoint(whole[:-1]):
        ways.append(with_family_openers(whole))
    kept = [[word for word in way if word not in TITLES and word not in LINKS and len(word) > 1] or way for way in ways]
    return [way for way in kept if way]


def _watch(people: Iterable[Person]) -> _Watch:
    watch = _Watch()
    for number, person in enumerate(people):
        if not any(search.is_arabic(name) for name in person.names):
            watch.unspelled.add(number)
        for name in person.names:
            for way in _name_words(name):
                _add_name(watch, number, way)
        for workplace in person.workplaces:
            _add_place(watch, workplace)
        watch.contacts |= {_contact(contact) for contact in person.contacts if contact}
    return watch


def _add_name(watch: _Watch, number: int, way: Sequence[str]) -> None:
    for position, word in enumerate(way):
        key = (number, position)
        exact, bones = forms(word)
        for form in {word, *(f for f in exact if word.startswith(("ال", "al", "el")))}:
            watch.exact[form].add(key)
        for form in {*sounds(word), *(bones if word.startswith("ال") else ())}:
            watch.bones[form].add(key)
        if position == len(way) - 1 and len(way) > 1:
            watch.family.add(key)
        if len(way) == 1:
            watch.single.add(key)


def _add_place(watch: _Watch, workplace: str) -> None:
    for part in dict.fromkeys([workplace, *PARTS.split(workplace)]):
        words = tuple(word for word in search.fold(APOSTROPHES.sub("", part)).split() if word not in SMALL)
        telling = tuple(word for word in words if word not in GENERIC and _bare(word) not in GENERIC and len(word) > 1)
        if telling or (words and part == workplace):
            begins = {form for word in {words[0], *telling[:1]} for form in forms(word)[0]}
            begins |= {f"~{bones}" for word in telling[:1] for bones in sounds(word)}
            for form in begins:
                watch.places[form].append((words, telling))


def _bare(word: str) -> str:
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


def _contact(text: str) -> str:
    digits = "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())
    return text.strip().lower() if "@" in text else digits[-PHONE_TAIL:]


# --- the look -----------------------------------------------------------------------------------------------------------


def look(texts: Iterable[Text], people: Iterable[Person], *, known: str = "") -> list[Finding]:
    """Return every place in the texts that names somebody of these people, or may do so.

    `known` is what is public already (the title of the session, the names of its rooms): a word of it is no proof by itself.
    """
    watch = _watch(people)
    said_anyway = {form for word in search.fold(known).split() for form in forms(word)[0]}
    findings = []
    for text in texts:
        paragraphs = [line for line in text.text.splitlines() if line.strip()]
        for number, paragraph in enumerate(paragraphs, 1):
            for start, end, kind, sure in _passages(paragraph, watch, said_anyway):
                findings.append(_finding(text, number, paragraph, start, end, kind, sure))
    return findings


def _finding(text: Text, number: int, paragraph: str, start: int, end: int, kind: str, sure: bool) -> Finding:
    before, after = paragraph[max(0, start - AROUND) : start], paragraph[end : end + AROUND]
    if start > AROUND:
        before = "… " + before.partition(" ")[2]
    if end + AROUND < len(paragraph):
        after = after.rpartition(" ")[0] + " …"
    return Finding(kind, sure, text.language, text.decision, number, before, paragraph[start:end], after, at=start)


def _passages(paragraph: str, watch: _Watch, known: set[str]) -> list[tuple[int, int, str, bool]]:
    """Return the passages of a paragraph; those of one kind that overlap as one, of others the surest and longest."""
    units = units_of(paragraph)
    joined: list[tuple[int, int, str, bool]] = []
    for kind, passages in (
        (CONTACT, _contacts(paragraph, watch)),
        (NAME, _names(units, watch, known)),
        (WORKPLACE, _places(units, watch)),
    ):
        own: list[tuple[int, int, str, bool]] = []
        for start, end, _kind, sure in sorted(passages):
            if own and start < own[-1][1]:
                own[-1] = (own[-1][0], max(end, own[-1][1]), kind, sure or own[-1][3])
            else:
                own.append((start, end, kind, sure))
        joined += own
    kept: list[tuple[int, int, str, bool]] = []
    for passage in sorted(joined, key=lambda p: (not p[3], p[0] - p[1], p[0])):
        if all(passage[1] <= other[0] or passage[0] >= other[1] for other in kept):
            kept.append(passage)
    return sorted(kept)


def _contacts(paragraph: str, watch: _Watch) -> Iterator[tuple[int, int, str, bool]]:
    for match in E_MAIL.finditer(paragraph):
        yield match.start(), match.end(), CONTACT, match[0].lower() in watch.contacts
    for match in PHONE.finditer(paragraph):
        number = _contact(match[0])
        if not DATE_LIKE.match(match[0]) or number in watch.contacts:
            yield match.start(), match.end(), CONTACT, number in watch.contacts


Keys = set[tuple[int, int]]


@dataclass(slots=True)
class _Line:
    """The units of a paragraph, and of whom each may be the name: exactly spelled, and in all."""

    units: Sequence[Unit]
    matches: list[tuple[Keys, Keys]] = field(default_factory=list)
    by_start: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    starts: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for i, unit in enumerate(self.units):
            self.by_start[unit.start].append(i)
        self.starts = {start: n for n, start in enumerate(self.by_start)}

    def after(self, i: int) -> Iterator[int]:
        """Yield the units that follow, over the words and initials that stand inside names."""
        begin = self.starts[self.units[i].start]
        for start in list(self.by_start)[begin + 1 : begin + 6]:
            if start < self.units[i].end:
                continue
            yield from self.by_start[start]
            if not all(self.units[j].link for j in self.by_start[start]):
                return


def _names(units: Sequence[Unit], watch: _Watch, known: set[str]) -> Iterator[tuple[int, int, str, bool]]:
    line = _Line(units)
    for unit in units:
        exact: Keys = set().union(*(watch.exact.get(form, ()) for form in unit.exact))
        line.matches.append((exact, exact.union(*(watch.bones.get(form, ()) for form in unit.bones))))
    for i, unit in enumerate(units):
        exact, every = line.matches[i]
        if unit.title:
            yield from _titled(line, i)
        if every:
            yield from _beside(line, i)
            if not unit.preposition:
                yield from _alone(unit, exact, every, watch, known)


def _titled(line: _Line, i: int) -> Iterator[tuple[int, int, str, bool]]:
    """Any name after "Dr."; by the sound of two consonants it is to be looked at."""
    units, matches = line.units, line.matches
    for j in line.after(i):
        exact, every = matches[j]
        if every:
            yield units[j].start, units[j].end, NAME, bool(exact) or _long(units[j])


def _beside(line: _Line, i: int) -> Iterator[tuple[int, int, str, bool]]:
    """Two names of one person, one after the other, in whatever order."""
    units, matches = line.units, line.matches
    exact, every = matches[i]
    for j in line.after(i):
        more_exact, more = matches[j]
        pairs = [(a, b) for a in every for b in more if a[0] == b[0] and a[1] != b[1]]
        if pairs:
            sure = any(a in exact or b in more_exact or _long(units[i]) or _long(units[j]) for a, b in pairs)
            yield units[i].start, units[j].end, NAME, sure


def _long(unit: Unit) -> bool:
    return any(len(form) > search.SHORT for form in unit.bones)


def _alone(
    unit: Unit, exact: Keys, every: Keys, watch: _Watch, known: set[str]
) -> Iterator[tuple[int, int, str, bool]]:
    """One name by itself: a family name that is spelled exactly and is no word is enough, a given name may be somebody's.

    By its sound alone a Latin word with a capital may be a name too, and an Arabic word a family name that is known in Latin letters alone.
    """
    if unit.exact & (COMMON_WORDS | known):
        if exact & (watch.family | watch.single):
            yield unit.start, unit.end, NAME, False
    elif exact:
        yield unit.start, unit.end, NAME, bool(exact & (watch.family | watch.single)) and not unit.exact & COMMON_NAMES
    elif every & watch.single or (_long(unit) and _is_heard(unit, every, watch)):
        yield unit.start, unit.end, NAME, False


def _is_heard(unit: Unit, every: Keys, watch: _Watch) -> bool:
    if unit.capital:
        return bool(every)
    # Arabic has no capitals, and most of its words have three consonants.
    return unit.arabic and any(number in watch.unspelled for number, _position in every & watch.family)


def _places(units: Sequence[Unit], watch: _Watch) -> Iterator[tuple[int, int, str, bool]]:
    """A place of work as it was written; or what tells it from others beside a word for such places, in either script."""
    singles = [unit for unit in units if unit.length == 1 and not unit.exact & SMALL]
    for i, unit in enumerate(singles):
        forms = [*unit.exact, *(f"~{bones}" for bones in unit.bones)]
        for words, telling in dict.fromkeys(place for form in forms for place in watch.places.get(form, ())):
            yield from _as_written(singles, i, words, bool(telling))
            if telling:
                yield from _by_what_tells(singles, i, telling)


def _spelled(there: Sequence[Unit], words: Sequence[str]) -> bool:
    return len(there) == len(words) and all(u.exact & forms(w)[0] for u, w in zip(there, words, strict=True))


def _as_written(
    units: Sequence[Unit], i: int, words: Sequence[str], telling: bool
) -> Iterator[tuple[int, int, str, bool]]:
    there = units[i : i + len(words)]
    if words and _spelled(there, words):
        yield there[0].start, there[-1].end, WORKPLACE, telling and len(words) > 1


def _by_what_tells(units: Sequence[Unit], i: int, telling: Sequence[str]) -> Iterator[tuple[int, int, str, bool]]:
    end = i + len(telling)
    there = units[i:end]
    alike = [u.exact & forms(w)[0] or u.bones & sounds(w) for u, w in zip(there, telling, strict=False)]
    if len(there) < len(telling) or not all(alike):
        return
    # Two consonants alone are many words: then only right beside.
    far = 2 if _spelled(there, telling) or all(_long(unit) for unit in there) else 1
    near = [n for step in range(1, far + 1) for n in (i - step, end + step - 1) if 0 <= n < len(units)]
    beside = next((n for n in near if any(form in GENERIC and len(form) > 3 for form in units[n].exact)), None)
    if beside is not None:
        first, last = min(i, beside), max(end - 1, beside)
        yield units[first].start, units[last].end, WORKPLACE, True
    elif len(telling) > 1:
        yield there[0].start, there[-1].end, WORKPLACE, _spelled(there, telling)


def fingerprint(findings: Iterable[Finding]) -> str:
    """Return what stands for exactly these findings: who confirms them has seen these and no others."""
    told = "\n".join(f"{f.kind} {f.sure} {f.language} {f.decision} {f.paragraph} {f.at} {f.word}" for f in findings)
    return hashlib.sha256(told.encode()).hexdigest()
