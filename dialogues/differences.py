"""What two texts have in common and what not, word by word: pure, for the pages that compare revisions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

WORDS = re.compile(r"\s+|[^\s]+")
# Beyond so many words a changed passage is shown as a whole: comparing them takes the square of their number.
MOST_WORDS = 1_500


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage: "same", "gone" (only in the first text) or "new" (only in the second)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a text that two people changed: both versions, how they differ, and which is taken unless one says otherwise."""

    name: str
    label: str
    language: str
    theirs: str
    mine: str
    take: str
    pieces: list[Piece]
    length: int


def part(name: str, label: str, language: str, *, theirs: str, mine: str, began: str, length: int = 0) -> Part:
    """Return such a part; who changed nothing of what they began with takes the other's."""
    take = "theirs" if mine == began else "mine"
    return Part(name, label, language, theirs, mine, take, compare(theirs, mine), length)


def compare(first: str, second: str) -> list[Piece]:
    """Return the passages of both texts in order; lines are matched first, then the words of those that differ."""
    before, after = first.splitlines(keepends=True), second.splitlines(keepends=True)
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = "".join(before[a:b]), "".join(after[c:d])
        pieces += [Piece("same", old)] if kind == "equal" else _words(old, new)
    return list(_joined(pieces))


def _words(old: str, new: str) -> list[Piece]:
    before, after = WORDS.findall(old), WORDS.findall(new)
    if max(len(before), len(after)) > MOST_WORDS:
        return [piece for piece in (Piece("gone", old), Piece("new", new)) if piece.text]
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(before[a:b])))
            continue
        pieces += [
            piece for piece in (Piece("gone", "".join(before[a:b])), Piece("new", "".join(after[c:d]))) if piece.text
        ]
    return pieces


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    """Yield passages of the same kind as one; a space that stayed between two changes belongs to both."""
    kept: list[Piece] = []
    for piece in pieces:
        if kept and kept[-1].kind == piece.kind:
            kept[-1] = Piece(piece.kind, kept[-1].text + piece.text)
        else:
            kept.append(piece)
    yield from kept
