"""Towels, toilet paper, brushes and soap, with what they hang from."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import CHROME, PLASTIC, TERRY, Paint, shade
from simsv_generation.simulators.embedded.mesh import Finish, Mesh, merge
from simsv_generation.simulators.embedded.solids import (
    block,
    ellipsoid,
    forward,
    lathe,
    moved,
    plate,
    tube,
    turned,
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


def _hanging_cloth(low: Vec3, high: Vec3, color: Finish | Vec3, stripes: Finish | Vec3) -> Mesh:
    """A cloth folded over a bar along x: two layers that hang down, the back one shorter, with bands near the hem."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    deep, tall, wide = y1 - y0, z1 - z0, x1 - x0
    r = deep / 2
    fold = turned(lathe([(r, x0), (r, x1)], color, sides=16), 90, axis=1)
    hem = z0 + 0.03 * tall
    parts = [
        moved(fold, (0, (y0 + y1) / 2, z1 - r)),
        block((x0, y0, z0 + 0.12 * tall), (x1, y0 + 0.42 * deep, z1 - r), shade(color, 0.85), 0.012),
        block((x0, y0 + 0.5 * deep, hem), (x1, y0 + 0.9 * deep, z1 - r), color, 0.012),
    ]
    for level, high_band in ((0.10, 0.045), (0.17, 0.02), (0.21, 0.02)):
        bottom = z0 + level * tall
        parts.append(
            block(
                (x0, y0 + 0.5 * deep, bottom),
                (x1, y0 + 0.96 * deep, bottom + high_band * tall),
                stripes,
                0.0,
            )
        )
    for k in range(14):
        at = x0 + (k + 0.5) * wide / 14
        parts.append(
            block(
                (at - 0.02 * wide, y0 + 0.6 * deep, z0),
                (at + 0.02 * wide, y0 + 0.8 * deep, hem),
                stripes,
                0.0,
            )
        )
    return merge(parts)


def _towel(size: Vec3, paint: Paint) -> Mesh:
    """A bath towel folded over a bar, with bands and a fringe at the hem."""
    x, y, z = (extent / 2 for extent in size)
    color = paint.pick(_TOWELS, TERRY)
    pale = (0.74, 0.72, 0.66) if color.color[0] < 0.6 else (0.28, 0.40, 0.48)
    crease = block((-0.003 * x, 0.8 * y, -0.5 * z), (0.003 * x, y, 0.9 * z), shade(color, 0.7), 0.0)
    return merge([_hanging_cloth((-x, -y, -z), (x, y, z), color, pale), crease])


def _hand_towel(size: Vec3, paint: Paint) -> Mesh:
    """A small towel gathered by a ring at the top, falling in folds to a striped hem."""
    x, y, z = (extent / 2 for extent in size)
    color = paint.pick(_TOWELS, TERRY)
    stripe = (0.74, 0.72, 0.66) if color.color[0] < 0.6 else (0.34, 0.22, 0.16)
    parts = []
    for k in range(4):
        at, r, front = (k - 1.5) * 0.46 * x, 0.31 * x, 0.25 * y * (1 if k % 2 else -1)
        tone, squash = shade(color, 1.0 if k % 2 else 0.85), 0.75 * y / r
        fold = [(0.98 * r, -z), (0.9 * r, 0.1 * z), (0.3 * r, 0.62 * z)]
        parts.append(lathe(fold, tone, at=(at, front, 0), squash=squash, sides=12))
        for low, high in ((-0.86, -0.76), (-0.70, -0.66)):
            parts.append(lathe([(r, low * z), (r, high * z)], stripe, at=(at, front, 0), squash=squash, sides=12))
    neck = [(0.80 * x, 0.2 * z), (0.62 * x, 0.5 * z), (0.42 * x, 0.8 * z), (0.36 * x, 0.94 * z), (0.2 * x, z)]
    parts.append(lathe(neck, shade(color, 0.95), squash=0.9 * y / (0.8 * x), sides=16))
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
