"""What can be wrong with a row. Kept as a code with values, and told in the language of whoever reads it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from facilities.lists.columns import Column

SENTENCES = {
    "kind-missing": _("The kind of facility is missing."),
    "district-missing": _("The district is missing."),
    "unknown": _("“%(value)s” in the column “%(column)s” is not known here."),
    "no-number": _("“%(value)s” in the column “%(column)s” is no number that can be right."),
    "no-day": _("“%(value)s” in the column “%(column)s” is no day up to today. Write it like 2026-01-31."),
    "too-long": _("What stands in the column “%(column)s” is too long."),
    "controls": _("What stands in the column “%(column)s” has invisible control characters."),
    "half-point": _("Latitude and longitude belong together."),
    "other-place": _("This municipality is not in this district."),
    "no-facility": _("The list itself says that this is no health facility."),
    "unknown-code": _("No facility that you may see has the code “%(value)s”."),
    "merged": _("This facility was merged with “%(value)s”, which stands in this list too: please change that row."),
    "twice": _("The number “%(value)s” stands in this list twice."),
    "nothing-to-know-it-by": _("The row has neither a number nor a name: it could not be known again."),
    "other-side": _("This place is on another side. Only its own coordinators list or change what is there."),
    "moved": _("The list puts this facility on another side than the registry does."),
}


class Fault(Exception):
    """A cell that can not be taken."""

    def __init__(self, code: str, column: str = "", value: str = "") -> None:
        self.code, self.column, self.value = code, column, value[:80]
        super().__init__(code)

    @property
    def kept(self) -> dict[str, str]:
        return {"code": self.code, "column": self.column, "value": self.value}


def sentences(kept: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return faults as they were kept in the reader's language."""
    labels: dict[Any, Any] = dict(Column.choices)
    return [
        str(SENTENCES.get(fault["code"], fault["code"]))
        % {"value": fault.get("value", ""), "column": labels.get(fault.get("column"), fault.get("column", ""))}
        for fault in kept
    ]
