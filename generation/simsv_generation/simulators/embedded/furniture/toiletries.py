"""Towels, toilet paper, brushes and soap, with what they hang from."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import CHROME, LINEN, PLASTIC, TERRY, Paint, shade
from simsv_generation.simulators.embedded.mesh import Finish, Mesh, merge
from simsv_generation.simulators.embedded.solids import (
    block,
    ellipsoid,
    forward,
    lathe,
    plate,
    sheet,
    tube,
)

_CARD: Vec3 = (0.46, 0.34, 0.22)
_PAPER: Vec3 = (0.84, 0.83, 0.80)
_TOWELS: tuple[Vec3, ...] = (
    (0.72, 0.70, 0.64),
    (0.20, 0.36, 0.46),
    (0.50, 0.24, 0.20),
    (0.26, 0.40, 0.32),
    (0.62, 0.50, 0.24),
)
_SOAPS: tuple[Vec3, ...] = ((0.74, 0.66, 0.48), (0.66, 0.42, 0.44), (0.48, 0.62, 0.46), (0.78, 0.77, 0.72))
_BOTTLES: tuple[Vec3, ...] = ((0.24, 0.46, 0.56), (0.60, 0.32, 0.36), (0.66, 0.62, 0.52), (0.30, 0.46, 0.24))


def _towel_holder(size: Vec3, paint: Paint) -> Mesh:
    """A towel bar between two brackets on the wall."""
    x, y, z = (extent / 2 for extent in size)
    metal = paint.metal(CHROME)
    plate_deep, r = 0.16 * y, min(0.45 * z, 0.3 * y)
    parts = [tube([(-0.97 * x, y - r, 0), (0.97 * x, y - r, 0)], r, metal, sides=12)]
    for side in (-1, 1):
        at = side * (x - min(z, 0.1 * x))
        parts += [
            forward(lathe([(min(z, 0.1 * x), 0), (0.8 * min(z, 0.1 * x), plate_deep)], metal), (at, -y, 0)),
            block((at - 0.6 * r, -y, -0.5 * z), (at + 0.6 * r, y - r, 0.5 * z), metal),
            block((at - r, y - 2 * r, -z), (at + r, y, z), metal),
        ]
    return merge(parts)


def _towel(size: Vec3, paint: Paint) -> Mesh:
    """A bath towel folded over a bar: it hangs in soft waves in front and a little shorter behind, with woven bands."""
    x, y, z = (extent / 2 for extent in size)
    color = paint.pick(_TOWELS, TERRY)
    bands = Finish((0.74, 0.72, 0.66) if color.color[0] < 0.6 else (0.28, 0.40, 0.48), LINEN)
    thick, across = min(0.008, 0.3 * y), np.linspace(-1, 1, 13)
    bend = y - thick / 2

    def hanging(low: float, high: float, side: int, out: float, count: int) -> list[list[Vec3]]:
        """Lines of one half of the towel from a level up to another, `out` metres off its own face."""
        lines = []
        for level in np.linspace(low, high, count):
            loose = 0.35 * min(1.0, (z - level) / (2 * z))
            wave = 1 - loose * (0.5 + 0.5 * np.sin(7.3 * across + 1.1 * side + 0.6 * level))
            offset = side * (bend * wave + out)
            lines.append([(side * float(u) * x, float(v), float(level)) for u, v in zip(across, offset, strict=True)])
        return lines

    fold = [
        [(float(u) * x, float(bend * np.cos(a)), float(z - y + bend * np.sin(a))) for u in across]
        for a in np.linspace(0, np.pi, 6)
    ]
    parts = [
        sheet([*hanging(-z, z - y, 1, 0.0, 5)[:-1], *fold], thick, color),
        sheet(hanging(-0.82 * z, z - y, -1, 0.0, 4), thick, shade(color, 0.94)),
    ]
    for low, high in ((0.08, 0.11), (0.125, 0.17), (0.185, 0.2)):
        parts.append(sheet(hanging(-z + 2 * z * low, -z + 2 * z * high, 1, 0.15 * thick, 2), thick, bands))
    return merge(parts)


def _hand_towel(size: Vec3, paint: Paint) -> Mesh:
    """A small towel drawn through a ring at the top, falling in folds that open towards a banded hem."""
    x, y, z = (extent / 2 for extent in size)
    color = paint.pick(_TOWELS, TERRY)
    bands = Finish((0.74, 0.72, 0.66) if color.color[0] < 0.6 else (0.34, 0.22, 0.16), LINEN)
    phase, thick = np.linspace(-1, 1, 31), min(0.003, 0.15 * y)

    def hanging(low: float, high: float, out: float, lines: int) -> list[list[Vec3]]:
        """Lines from a level up to another, as shares of the height from the hem."""
        found = []
        for level in np.linspace(low, high, lines):
            wide = x * (1 - 0.62 * level**1.6)
            deep = (y - thick / 2 - out) * (1 - 0.5 * level)
            found.append(
                [(float(p) * wide, deep * float(np.cos(3 * np.pi * p)) + out, -z + 2 * z * level) for p in phase]
            )
        return found

    parts = [sheet(hanging(0.0, 1.0, 0.0, 7), thick, color)]
    for low, high in ((0.07, 0.12), (0.14, 0.16)):
        parts.append(sheet(hanging(low, high, 0.2 * thick, 2), 1.2 * thick, bands))
    return merge(parts)


def _hand_towel_holder(size: Vec3, paint: Paint) -> Mesh:
    """A towel ring that hangs from a bracket on the wall."""
    x, y, z = (extent / 2 for extent in size)
    metal = paint.metal(CHROME)
    r = min(0.006, 0.2 * y, 0.1 * x)
    tall, top = 0.84 * z, min(0.03, 0.3 * z)
    ring = [
        ((x - r) * np.sin(a), y - 1.5 * r, (tall - r) * np.cos(a) + tall - z) for a in np.linspace(0, 2 * np.pi, 25)
    ]
    return merge(
        [
            tube(ring, r, metal),
            forward(lathe([(top, 0), (0.9 * top, 0.3 * y)], metal), (0, -y, z - top)),
            tube([(0, -y, z - top), (0, y - 0.5 * r, z - top)], 1.8 * r, metal, sides=10),
            ellipsoid((0, y - 1.5 * r, z - top), (2.2 * r, 1.5 * r, 2.2 * r), metal, rows=6, sides=10),
        ]
    )


def _toilet_paper(size: Vec3, paint: Paint) -> Mesh:
    """An upright roll with its loose end; a thin one is the bare cardboard tube."""
    x, y, z = (extent / 2 for extent in size)
    squash = y / x
    if x < 0.03:
        tube_wall = [(x, -z), (x, z), (0.88 * x, z), (0.88 * x, -0.8 * z)]
        seam = [(0.4 * x, -z), (0.41 * x, -0.97 * z)]
        return merge([lathe(tube_wall, _CARD, squash=squash), lathe(seam, shade(_CARD, 0.7), squash=squash, sides=8)])
    paper = shade(_PAPER, float(paint.random.uniform(0.95, 1.05)))
    core = [(0.46 * x, 0.2 * z), (0.46 * x, 0.98 * z), (0.40 * x, 0.98 * z), (0.40 * x, 0.25 * z)]
    return merge(
        [
            lathe([(x, -z), (x, z), (0.46 * x, z), (0.46 * x, 0.3 * z)], paper, squash=squash, sides=24),
            lathe(core, _CARD, squash=squash, sides=24),
            lathe([(0.38 * x, 0.3 * z), (0.38 * x, 0.32 * z)], shade(_CARD, 0.3), squash=squash, sides=24),
            block((-x, 0.0, -0.99 * z), (-0.96 * x, 0.6 * y, 0.99 * z), shade(paper, 0.9), 0.0),
        ]
    )


def _toilet_paper_hanger(size: Vec3, paint: Paint) -> Mesh:
    """A spindle between two arms on the wall; below a curved cover when it is high."""
    x, y, z = (extent / 2 for extent in size)
    metal = paint.metal(CHROME)
    low, r = (-0.5 * z if z > 0.05 else 0.0), min(0.018, 0.4 * z, 0.35 * y)
    arm, front = min(0.02, 0.15 * x), y - r
    parts = [
        tube([(-0.9 * x, front, low), (0.9 * x, front, low)], r, metal, sides=14),
        tube([(-0.12 * x, front, low), (0.12 * x, front, low)], 1.06 * r, shade(metal, 0.7), sides=14),
    ]
    for side in (-1, 1):
        a, b = sorted((side * (x - 1.6 * arm), side * (x - 0.6 * arm)))
        parts += [
            block((a, -0.9 * y, low - 0.9 * r), (b, y, low + 0.9 * r), metal),
            block((a - 0.6 * arm, -y, -z), (b + 0.6 * arm, -0.8 * y, z if z <= 0.05 else 0.2 * z), metal),
        ]
    if z > 0.05:
        turn = np.linspace(0, np.pi / 2, 7)
        outline = [(-y + 2 * y * np.sin(a), -0.1 * z + 1.1 * z * np.cos(a)) for a in turn]
        for (y0, z0), (y1, z1) in pairwise(outline):
            parts.append(plate([(y0, z0 - 0.06 * z), (y1, z1 - 0.06 * z), (y1, z1), (y0, z0)], -x, x, metal, axis=0))
    return merge(parts)


def _plunger(size: Vec3, paint: Paint) -> Mesh:
    """A wooden stick in a rubber cup."""
    x, y, z = (extent / 2 for extent in size)
    wood, stick = paint.wood(), 0.15 * x
    rubber, squash = paint.pick(((0.40, 0.06, 0.05), (0.05, 0.05, 0.05), (0.44, 0.10, 0.05)), PLASTIC), y / x
    tall = min(0.5 * z, 1.2 * x)
    cup = [
        (0.9 * x, 0),
        (0.97 * x, 0.08 * tall),
        (0.95 * x, 0.3 * tall),
        (0.72 * x, 0.62 * tall),
        (0.36 * x, 0.78 * tall),
    ]
    cup += [(0.26 * x, tall), (0.2 * x, tall)]
    return merge(
        [
            lathe(cup, rubber, at=(0, 0, -z), squash=squash, sides=24),
            lathe(
                [(0.98 * x, 0.1 * tall), (x, 0.13 * tall), (0.98 * x, 0.16 * tall)],
                shade(rubber, 0.7),
                at=(0, 0, -z),
                squash=squash,
            ),
            lathe([(stick, tall - z), (stick, 0.95 * z), (0.6 * stick, z)], wood, squash=squash, sides=12),
        ]
    )


def _scrub_brush(size: Vec3, paint: Paint) -> Mesh:
    """A toilet brush that stands in its holder."""
    x, y, z = (extent / 2 for extent in size)
    color, squash = paint.plastic(), y / x
    cup = [(0.8 * x, -z), (0.86 * x, -0.96 * z), (0.7 * x, -0.8 * z), (0.9 * x, -0.3 * z), (x, -0.15 * z)]
    cup += [(0.86 * x, -0.15 * z), (0.7 * x, -0.4 * z)]
    stick = [(0.1 * x, -0.2 * z), (0.09 * x, 0.5 * z), (0.17 * x, 0.6 * z), (0.18 * x, 0.9 * z), (0.1 * x, z)]
    head = [(0.4 * x, -0.4 * z), (0.6 * x, -0.25 * z), (0.62 * x, -0.1 * z), (0.45 * x, 0.0)]
    return merge(
        [
            lathe(cup, color, squash=squash, sides=24),
            lathe(head, (0.30, 0.46, 0.58), squash=squash, sides=16),
            lathe([(0.45 * x, 0.0), (0.3 * x, 0.04 * z)], color, squash=squash, sides=16),
            lathe(stick, color, squash=squash, sides=12),
        ]
    )


def _soap_bar(size: Vec3, paint: Paint) -> Mesh:
    """A bar of soap with a stamped oval."""
    x, y, z = size[0] / 2, size[1] / 2, size[2] / 2
    color = paint.pick(_SOAPS, PLASTIC)
    return merge(
        [
            ellipsoid((0, 0, 0), (x, y, 0.95 * z), color, boxy=0.45, rows=8, sides=20),
            lathe([(0.62 * x, 0.5 * z), (0.62 * x, 0.97 * z)], shade(color, 0.85), squash=1.1 * y / x),
            lathe([(0.52 * x, 0.5 * z), (0.52 * x, z)], shade(color, 1.05), squash=1.1 * y / x),
        ]
    )


def _soap_bottle(size: Vec3, paint: Paint) -> Mesh:
    """A bottle with a label and a pump whose nozzle points to the front."""
    x, y, z = (extent / 2 for extent in size)
    color, pump = paint.pick(_BOTTLES, PLASTIC), paint.pick(((0.74, 0.74, 0.72), (0.06, 0.06, 0.065), CHROME), PLASTIC)
    r, squash = 0.985 * x, min(y / x, 1.2)
    neck = 0.32 * r
    shoulder = 0.34 * z
    body = [(0.9 * r, -z), (r, -0.94 * z), (r, 0.12 * z), (0.85 * r, 0.26 * z), (neck, shoulder)]
    top = z - 0.07 * z
    return merge(
        [
            lathe(body, color, squash=squash, sides=24),
            lathe([(1.01 * r, -0.66 * z), (1.01 * r, 0.0)], (0.76, 0.74, 0.68), squash=squash, sides=24),
            lathe([(1.015 * r, -0.42 * z), (1.015 * r, -0.26 * z)], shade(color, 0.5), squash=squash, sides=24),
            lathe([(1.25 * neck, shoulder), (1.25 * neck, shoulder + 0.14 * z)], pump, sides=14),
            lathe([(0.4 * neck, shoulder), (0.4 * neck, top)], pump, sides=10),
            lathe([(1.2 * neck, top - 0.08 * z), (1.2 * neck, top), (0.9 * neck, z)], pump, sides=14),
            tube(
                [(0, 0, top - 0.03 * z), (0, 0.75 * y, top - 0.03 * z), (0, 0.86 * y, top - 0.12 * z)],
                0.45 * neck,
                pump,
            ),
        ]
    )


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "TowelHolder": _towel_holder,
    "Towel": _towel,
    "HandTowelHolder": _hand_towel_holder,
    "HandTowel": _hand_towel,
    "ToiletPaper": _toilet_paper,
    "ToiletPaperHanger": _toilet_paper_hanger,
    "Plunger": _plunger,
    "ScrubBrush": _scrub_brush,
    "SoapBar": _soap_bar,
    "SoapBottle": _soap_bottle,
}
