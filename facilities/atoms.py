"""Which sums of a district's monthly reports may be told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from network import disclosure


@dataclass(frozen=True, slots=True)
class Sum:
    """How many facilities gave a figure, and what it is in all."""

    facilities: int
    total: int


def tellable(sums: Mapping[str, Sum], wholes: Mapping[str, str]) -> dict[str, int]:
    """Return the sums of one district in one month that may be told, by what they count; `wholes` tells of what each is a part."""
    told = {
        code: each.total
        for code, each in sums.items()
        if each.facilities >= disclosure.ENOUGH and not 0 < each.total < disclosure.SMALLEST
    }
    # Those who are in the whole and not in its part are people too.
    gives_away = {
        code
        for code, whole in wholes.items()
        if code in told and whole in told and 0 < told[whole] - told[code] < disclosure.SMALLEST
    }
    return {code: total for code, total in told.items() if code not in gives_away}
