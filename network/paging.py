"""Pages of a long list without counting it: one row more than is shown tells whether there is a next page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

# Beyond it a list is no longer read, it is searched; and an offset of a thousand rows costs a thousand rows.
LAST_PAGE = 40


class Sliced(Protocol):
    """An ordered queryset, or what reads like one."""

    def __getitem__(self, window: slice) -> Any: ...


@dataclass(frozen=True, slots=True)
class Page:
    """One page, as `includes/_pagination.html` shows it."""

    rows: Sequence[Any]
    number: int
    has_next: bool
    cut_off: bool

    @classmethod
    def of(cls, listed: Sliced, number: str | None, size: int, *, last: int | None = None) -> Self:
        """Return that page of the list; a number that is none is the first page, one too high the `last`, which is usually `LAST_PAGE`."""
        last = last or LAST_PAGE
        page = min(int(number), last) if number and number.isdecimal() and len(number) < 9 else 1
        page = max(page, 1)
        rows = list(listed[(page - 1) * size : page * size + 1])
        more = len(rows) > size
        return cls(rows[:size], page, more and page < last, more and page == last)

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_previous or self.has_next

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1
