"""A measured figure beside its target, and the table of all."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured. `least` and `most` are the target; without either the figure only explains another one."""

    what: str
    value: float
    unit: str = ""
    least: float | None = None
    most: float | None = None
    note: str = ""

    @property
    def target(self) -> str:
        """Return the target as a reader writes it."""
        if self.least is not None:
            return f"≥ {self.least:g}"
        return f"≤ {self.most:g}" if self.most is not None else ""

    @property
    def verdict(self) -> str:
        """Tell whether the target is met."""
        if self.least is not None:
            return "met" if self.value >= self.least else "NOT MET"
        if self.most is not None:
            return "met" if self.value <= self.most else "NOT MET"
        return ""


def _measured(figure: Figure) -> str:
    number = f"{figure.value:,.0f}" if figure.value >= 1000 else f"{figure.value:.3g}"
    return f"{number} {figure.unit}".strip()


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as aligned lines."""
    rows = [("figure", "measured", "target", "", "")]
    rows += [(figure.what, _measured(figure), figure.target, figure.verdict, figure.note) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
