"""What everybody reads, compared with what they read before: what lies between is of nobody, or of so many that nobody is recognised."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction

from network.disclosure import SMALLEST

# What is told → how many; what is not told is not there, or 0.
Reading = dict[Any, int]
Found = TypeVar("Found")


def differ_by_few(before: Reading, after: Reading, enough: int = SMALLEST) -> list[Any]:
    """Return the figures of which fewer than enough are told more or less, but not none."""
    keys = before.keys() | after.keys()
    return [key for key in keys if 0 < abs(after.get(key, 0) - before.get(key, 0)) < enough]


class _Undo(Exception):
    pass


def undone(story: Callable[[], Found]) -> Found:
    """Return what a story finds, and undo what it leaves in the database."""
    try:
        with transaction.atomic():
            found = story()
            raise _Undo
    except _Undo:
        return found
