"""The districts' outlines, drawn from `data/reference/places`: small enough to stand in a page, exact enough to find oneself.

Plate carrée at the country's middle latitude: a degree of longitude is cos(latitude) as wide as one of latitude is high. Maps are never
mirrored: east is on the same side in every language.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import cos, radians
from typing import Any

from network.services import reference

Point = tuple[float, float]

# In units of the drawing. The sea above the coast holds the figures of districts that are too small for their own.
WIDTH = 1000
ABOVE = 90
LABEL_WIDTH, LABEL_HEIGHT = 90, 44
MARGIN = 8
# A single district is drawn into a square of this size.
SQUARE = 600


@dataclass(frozen=True, slots=True)
class Projection:
    """From degrees to units of a drawing, y downwards."""

    west: float
    north: float
    scale: float
    squeeze: float
    above: float

    def at(self, longitude: Any, latitude: Any) -> Point:
        x = MARGIN + (float(longitude) - self.west) * self.squeeze * self.scale
        return x, self.above + MARGIN + (self.north - float(latitude)) * self.scale


@dataclass(frozen=True, slots=True)
class Outline:
    """One district: its path, and where its figure stands; `leader` is where a line to it ends if it stands outside."""

    pcode: str
    path: str
    label: tuple[int, int]
    leader: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Sheet:
    width: int
    height: int
    outlines: tuple[Outline, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """One district by itself, and how points are put into it."""

    width: int
    height: int
    path: str
    projection: Projection
    bounds: tuple[float, float, float, float]


@cache
def _rings() -> dict[str, list[list[Point]]]:
    """Return the rings of each district in degrees, by its P-code."""
    with (reference.REFERENCE / "places" / "districts.geojson").open(encoding="utf-8") as file:
        features = json.load(file)["features"]
    found = {}
    for feature in features:
        shape = feature["geometry"]
        polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        found[feature["properties"]["p"]] = [[tuple(point) for point in ring] for rings in polygons for ring in rings]
    return found


def _bounds(rings: Iterable[Sequence[Point]]) -> tuple[float, float, float, float]:
    """Return west, south, east, north."""
    points = [point for ring in rings for point in ring]
    return min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points)


def path_of(rings: Iterable[Sequence[Point]], projection: Projection) -> str:
    """Return rings as an SVG path of whole units, each point told by its distance from the one before."""
    drawn = []
    for ring in rings:
        points = [(round(x), round(y)) for x, y in (projection.at(*point) for point in ring)]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points) if a != b]
        if len(steps) < 3:
            continue
        numbers = [number for step in steps[:-1] for number in step]
        text = "".join(f"{number}" if number < 0 or not place else f" {number}" for place, number in enumerate(numbers))
        drawn.append(f"M{points[0][0]} {points[0][1]}l{text}z")
    return "".join(drawn)


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Return places in the order of `wanted`, as near to it as `gap` between neighbours allows (pool adjacent violators)."""
    blocks: list[list[float]] = []
    for place, x in enumerate(wanted):
        blocks.append([x - place * gap, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, size = blocks.pop()
            blocks[-1] = [(blocks[-1][0] * blocks[-1][1] + mean * size) / (blocks[-1][1] + size), blocks[-1][1] + size]
    starts = [mean for mean, size in blocks for _ in range(int(size))]
    return [start + place * gap for place, start in enumerate(starts)]


@cache
def country() -> Sheet:
    """Return the whole country, large districts first, so that lines to small ones lie above them."""
    rings = _rings()
    west, south, east, north = _bounds(ring for parts in rings.values() for ring in parts)
    squeeze = cos(radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / ((east - west) * squeeze)
    projection = Projection(west, north, scale, squeeze, ABOVE)
    named = {
        row["pcode"]: (float(row["label_lon"]), float(row["label_lat"]))
        for row in reference.read(reference.REFERENCE / "places" / "districts.csv")
    }
    drawn = []
    for pcode, parts in rings.items():
        w, s, e, n = _bounds(parts)
        x, y = projection.at(*named.get(pcode, ((w + e) / 2, (s + n) / 2)))
        fits = (e - w) * squeeze * scale >= LABEL_WIDTH * 1.15 and (n - s) * scale >= LABEL_HEIGHT * 1.5
        drawn.append(((e - w) * (n - s), pcode, path_of(parts, projection), (round(x), round(y)), fits))
    outside = sorted((place[0], pcode) for _, pcode, _, place, fits in drawn if not fits)
    above = dict(zip((pcode for _, pcode in outside), spread([x for x, _ in outside], LABEL_WIDTH), strict=True))
    outlines = [
        Outline(pcode, path, place, None) if fits else Outline(pcode, path, (round(above[pcode]), 32), place)
        for _, pcode, path, place, fits in sorted(drawn, reverse=True)
    ]
    return Sheet(WIDTH, round(ABOVE + 2 * MARGIN + (north - south) * scale), tuple(outlines))


@cache
def district(pcode: str) -> Frame | None:
    """Return one district by itself, None for one that has no outline."""
    rings = _rings().get(pcode)
    if rings is None:
        return None
    west, south, east, north = _bounds(rings)
    squeeze = cos(radians((south + north) / 2))
    scale = (SQUARE - 2 * MARGIN) / max((east - west) * squeeze, north - south)
    projection = Projection(west, north, scale, squeeze, 0)
    width, height = (round(2 * MARGIN + span * scale) for span in ((east - west) * squeeze, north - south))
    return Frame(width, height, path_of(rings, projection), projection, (west, south, east, north))
