"""Long work: the kinds that there are. Each app registers its own when it is ready; a worker does what was asked for, one at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Tells how much is done of how much. Raises what ends the work where it is no longer this worker's.
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of long work.

    `make(job, path, tell)` does it in the language of who asked, and writes to `path` the file in which it ends; work that leaves
    nothing there ends without a file. It is called again from the beginning where a worker died over it, and so must do nothing
    twice. It calls `tell` often: that keeps the job this worker's. A DomainError ends it as failed. `allowed(job)` tells whether
    whoever asked may still have it done, and its file: asked before the work and again before the file is given out.
    """

    code: str
    words: Any
    make: Callable[[Any, Path, Tell], None]
    allowed: Callable[[Any], bool]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; registering it again replaces it."""
    _kinds[kind.code] = kind


def get(code: str) -> Kind:
    """Return a kind. Raises KeyError for one that nobody registered."""
    return _kinds[code]


def in_words(code: str) -> str:
    """Return what a kind is called in the reader's language; its code where nobody knows it any more."""
    return str(_kinds[code].words) if code in _kinds else code
