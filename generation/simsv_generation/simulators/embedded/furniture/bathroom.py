"""Fittings of a bathroom."""

from collections.abc import Callable

import numpy as np

from simsv_generation.geometry import Vec2, Vec3
from simsv_generation.simulators.embedded.materials import CHROME, GLAZE, LINEN, METAL, PORCELAIN, STEEL, Paint, shade
from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, merge
from simsv_generation.simulators.embedded.solids import (
    block,
    cylinder,
    ellipsoid,
    forward,
    lathe,
    moved,
    sheet,
    tube,
    turned,
)

_DARK: Vec3 = (0.04, 0.04, 0.045)
_WATER = Finish((0.42, 0.56, 0.62), Material(gloss=0.06))


def _toilet(size: Vec3, paint: Paint) -> Mesh:
    """A toilet with its lid up: a tank with a lever, a bowl on a foot, a seat and water in it."""
    x, y, z = (extent / 2 for extent in size)
    color = shade(PORCELAIN, float(paint.random.uniform(0.94, 1.04)))
    wide, rim = 0.82 * x, -0.14 * z
    middle, squash = 0.40 * y, 0.60 * y / wide
    basin = (0.0, middle, 0.0)
    tank = -0.52 * y
    bowl = [(0.50 * wide, -0.55 * z), (0.80 * wide, -0.42 * z), (0.98 * wide, rim - 0.06 * z), (wide, rim + 0.02 * z)]
    bowl += [(0.94 * wide, rim + 0.045 * z), (0.74 * wide, rim + 0.045 * z), (0.62 * wide, rim - 0.14 * z)]
    lid = [(0.88 * wide, 0.0), (0.92 * wide, 0.015 * z), (0.84 * wide, 0.03 * z)]
    tall = 0.36 * z
    return merge(
        [
            block((-x, -y, 0.02 * z), (x, tank, 0.92 * z), color, 0.03),
            block((-x, -y, 0.92 * z), (x, tank + 0.02 * y, z), shade(color, 0.97), 0.012),
            block((-0.48 * x, -0.9 * y, -z), (0.48 * x, 0.3 * y, -0.35 * z), color, 0.03),
            block((-0.66 * x, -0.95 * y, -0.36 * z), (0.66 * x, 0.1 * y, rim), color, 0.03),
            lathe([(0.55 * wide, -z), (0.48 * wide, -0.5 * z)], color, at=basin, squash=squash),
            lathe(bowl, color, at=basin, squash=squash, sides=24),
            lathe([(0.60 * wide, rim - 0.14 * z), (0.60 * wide, rim - 0.12 * z)], _WATER, at=basin, squash=squash),
            moved(
                turned(lathe(lid, shade(color, 0.94), squash=tall / (0.92 * wide)), -82, axis=0),
                (0, tank + 0.06 * y, rim + 0.05 * z + tall),
            ),
            tube([(0.8 * x, tank, 0.78 * z), (0.8 * x, tank + 0.05 * y, 0.78 * z)], 0.02 * z, CHROME),
            tube([(0.8 * x, tank + 0.04 * y, 0.78 * z), (0.5 * x, tank + 0.04 * y, 0.74 * z)], 0.015 * z, CHROME),
        ]
    )


def _basin(low: Vec3, high: Vec3, floor: float, rim: float, color: Finish | Vec3) -> Mesh:
    """A rectangular basin between two corners: four walls as wide as the rim, a floor at a level, and its drain."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    drain = 0.12 * min(x1 - x0, y1 - y0)
    return merge(
        [
            block((x0, y0, z0), (x0 + rim, y1, z1), color),
            block((x1 - rim, y0, z0), (x1, y1, z1), color),
            block((x0, y0, z0), (x1, y0 + rim, z1), color),
            block((x0, y1 - rim, z0), (x1, y1, z1), color),
            block((x0, y0, z0), (x1, y1, floor), shade(color, 0.84), 0.0),
            cylinder((*middle, floor), drain, 0.02 * (z1 - z0), CHROME),
            cylinder((*middle, floor), 0.7 * drain, 0.025 * (z1 - z0), _DARK),
        ]
    )


def _oval_basin(center: Vec3, radii: Vec2, deep: float, color: Finish | Vec3) -> Mesh:
    """An oval bowl below the centre of its rim, with its drain."""
    r, squash = radii[0], radii[1] / radii[0]
    bowl = [(0.55 * r, -deep), (0.85 * r, -0.7 * deep), (0.98 * r, -0.15 * deep), (r, 0), (0.9 * r, 0)]
    bowl += [(0.84 * r, -0.15 * deep), (0.72 * r, -0.55 * deep), (0.35 * r, -0.85 * deep)]
    x, y, z = center
    drain = 0.12 * min(radii)
    return merge(
        [
            lathe(bowl, color, at=center, squash=squash, sides=28),
            cylinder((x, y, z - 0.86 * deep), drain, 0.05 * deep, CHROME),
            cylinder((x, y, z - 0.86 * deep), 0.6 * drain, 0.06 * deep, _DARK),
        ]
    )


def _sink(size: Vec3, paint: Paint) -> Mesh:
    """A basin to set into a counter, two when it is wide; on a pedestal or a cabinet when it is high."""
    x, y, z = (extent / 2 for extent in size)
    squared, color = bool(paint.random.integers(2)), paint.pick(((0.80, 0.80, 0.78), (0.78, 0.76, 0.70)), GLAZE)
    wood, rim = paint.wood(), min(0.05, 0.2 * min(x, y))
    if z < 0.25:
        floor = -z + 0.15 * z
        if x > 1.3 * y and x > 0.5:
            return merge(
                [
                    _basin((-x, -y, -z), (0.5 * rim, y, z), floor, rim, STEEL),
                    _basin((-0.5 * rim, -y, -z), (x, y, z), floor, rim, STEEL),
                ]
            )
        if squared:
            return _basin((-x, -y, -z), (x, y, z), floor, rim, STEEL)
        return _oval_basin((0, 0, z), (x, y), 2 * z, color)
    deep = min(0.16, 0.4 * z)
    if not squared:
        post = min(0.09, 0.3 * x)
        foot = [(1.5 * post, -z), (1.4 * post, -z + 0.04 * z), (0.8 * post, -0.6 * z), (post, z - 0.8 * deep)]
        return merge(
            [
                _basin((-x, -y, z - deep), (x, y, z), z - 0.75 * deep, 1.4 * rim, color),
                block((-x, -y, z - deep), (x, -0.55 * y, z), color, 0.012),
                block((-0.6 * x, -0.7 * y, z - 1.4 * deep), (0.6 * x, 0.6 * y, z - deep), shade(color, 0.94), 0.03),
                lathe(foot, color, at=(0, -0.2 * y, 0)),
            ]
        )
    top, face, toe = z - deep, 0.92 * y, -z + min(0.08, 0.1 * z)
    parts = [
        _basin((-x, -y, top), (x, y, z), z - 0.75 * deep, 1.4 * rim, color),
        block((-x, -y, top), (x, -0.6 * y, z), color, 0.01),
        block((-0.96 * x, -y, toe), (0.96 * x, face, top), wood),
        block((-0.9 * x, -y, -z), (0.9 * x, 0.8 * y, toe), shade(wood, 0.5), 0.0),
    ]
    for side in (-1, 1):
        a, b = sorted((side * 0.03 * x, side * 0.92 * x))
        low, high = toe + 0.04 * z, top - 0.06 * z
        parts += [
            block((a, face, low), (b, 0.97 * y, high), shade(wood, 1.12)),
            block(
                (a + 0.15 * x, 0.97 * y, low + 0.15 * x),
                (b - 0.15 * x, 0.975 * y, high - 0.15 * x),
                shade(wood, 0.8),
                0.0,
            ),
            forward(
                lathe([(0.02 * x, 0), (0.04 * x, 0.03 * y)], CHROME, sides=10), (side * 0.12 * x, 0.97 * y, 0.2 * z)
            ),
        ]
    return merge(parts)


def _faucet(size: Vec3, paint: Paint) -> Mesh:
    """A tap with a spout to the front: one lever when it is slim, otherwise a handle on either side."""
    x, y, z = (extent / 2 for extent in size)
    metal = paint.pick((CHROME, CHROME, STEEL, Finish((0.46, 0.37, 0.20), METAL)))
    foot = min(0.03, 0.35 * y, x)
    r, back = 0.55 * foot, -y + foot
    if x < 0.075 and z < 1.2 * y:
        return _lever_tap(size, foot, metal)
    crown, reach = z - r, min(foot, 0.3 * x)
    bend = min(0.5 * (y - r - back), 0.9 * (crown + z))
    half_turn = np.linspace(0, np.pi, 9)
    arch = [(0.0, back + bend * (1 - np.cos(a)), crown - bend * (1 - np.sin(a))) for a in half_turn]
    mouth = max(crown - 1.4 * bend, -0.9 * z)
    parts = [
        cylinder((0, back, -z), foot, 0.12 * z, metal, top_radius=0.85 * foot),
        tube([(0, back, -z), *arch, (0, arch[-1][1], mouth)], r, metal, sides=10),
        cylinder((0, arch[-1][1], mouth), 1.15 * r, 0.6 * r, shade(metal, 0.75)),
    ]
    if x < 0.075:
        side = tube([(0, back, -0.45 * z), (x, back, -0.45 * z), (x, back + 0.5 * y, -0.3 * z)], 0.6 * r, metal)
        return merge([*parts, cylinder((0, back, -z), 1.5 * r, 0.7 * z, metal), side])
    top = -z + min(0.09, 0.9 * z)
    for side_x in (reach - x, x - reach):
        stem = [(reach, -z), (0.6 * reach, 0.3 * top - 0.7 * z), (0.5 * reach, top)]
        parts += [
            lathe(stem, metal, at=(side_x, back, 0)),
            tube([(side_x - reach, back, top), (side_x + reach, back, top)], 0.26 * reach, metal),
            tube([(side_x, back - reach, top), (side_x, back + reach, top)], 0.26 * reach, metal),
        ]
    parts.append(tube([(reach - x, back, -0.7 * z), (x - reach, back, -0.7 * z)], 0.6 * r, metal))
    return merge(parts)


def _lever_tap(size: Vec3, foot: float, metal: Finish | Vec3) -> Mesh:
    """A stout tap with a straight spout and one lever above it."""
    x, y, z = (extent / 2 for extent in size)
    back, r = -y + foot, 0.45 * foot
    body = [
        (foot, -z),
        (0.9 * foot, -0.85 * z),
        (0.72 * foot, -0.7 * z),
        (0.78 * foot, 0.4 * z),
        (0.5 * foot, 0.55 * z),
    ]
    return merge(
        [
            lathe(body, metal, at=(0, back, 0)),
            block((-x, -y, -z), (x, back + foot, -0.92 * z), metal),
            tube([(0, back, 0.05 * z), (0, y - r, 0.25 * z), (0, y - r, -0.1 * z)], r, metal, sides=10),
            cylinder((0, back, 0.5 * z), 0.6 * foot, 0.2 * z, shade(metal, 0.85)),
            tube([(0, back, 0.62 * z), (0, back + 0.75 * y, 0.9 * z)], 0.5 * r, metal),
            ellipsoid((0, back + 0.75 * y, 0.9 * z), (r, r, 0.1 * z), metal, rows=4, sides=10),
        ]
    )


def _shower_head(size: Vec3, paint: Paint) -> Mesh:
    """A shower set: a rail on the wall, a broad head that leans forwards, its hose and a mixer with two handles."""
    x, y, z = (extent / 2 for extent in size)
    metal = paint.metal(CHROME)
    r, wall, head = min(0.012, 0.2 * x), -y + min(0.05, 0.3 * y), min(x, 0.45 * y, 0.3 * z)
    center, bar = y - 0.9 * head, -0.55 * z
    hose = [
        (
            0.6 * x * np.sin(np.pi * t),
            wall + 0.25 * y * np.sin(np.pi * t),
            0.55 * z - (0.55 * z - bar) * t - 0.35 * z * np.sin(np.pi * t),
        )
        for t in np.linspace(0, 1, 9)
    ]
    rose = merge(
        [
            lathe(
                [(head, 0), (head, 0.1 * head), (0.3 * head, 0.28 * head), (0.2 * head, 0.5 * head)], metal, sides=24
            ),
            lathe([(0.88 * head, -0.03 * head), (0.88 * head, 0)], _DARK, sides=24),
        ]
    )
    parts = [
        tube([(0, wall, bar), (0, wall, 0.97 * z)], r, metal),
        tube([(0, wall, 0.94 * z), (0, 0.2 * y, 0.96 * z), (0, center, 0.88 * z)], r, metal),
        moved(turned(rose, 18, axis=0), (0, center, 0.88 * z - 0.5 * head)),
        tube(hose, 0.6 * r, shade(metal, 0.7), sides=6),
        tube([(-0.95 * x, wall, bar), (0.95 * x, wall, bar)], 2 * r, metal, sides=10),
        block((-0.7 * r, -y, -z), (0.7 * r, wall, bar), metal),
        tube([(0, wall, bar), (0, wall + 0.5 * y, bar - 0.05 * z)], 1.5 * r, metal),
    ]
    for level in (0.85 * z, 0.2 * z, bar):
        parts.append(forward(cylinder((0, 0, 0), 2.5 * r, wall + y, metal), (0, -y, level)))
    return merge(parts)


def _shower_curtain(size: Vec3, paint: Paint) -> Mesh:
    """A gathered shower curtain: a sheet in folds that widen towards the hem, hung by rings from a rod."""
    x, y, z = (extent / 2 for extent in size)
    cloth = paint.pick(((0.72, 0.72, 0.70), (0.40, 0.54, 0.60), (0.66, 0.58, 0.46), (0.48, 0.58, 0.48)), LINEN)
    rod, folds, thick = min(0.012, 0.05 * z, 0.3 * y), 5, min(0.003, 0.1 * y)
    top, phase, lines = z - 4 * rod, np.linspace(0, 1, 8 * folds + 1), []
    fold = min(0.3 * y, 0.35 * x / folds)
    for level in (0.0, 0.35, 0.7, 1.0):
        wide, deep = x * (1 - 0.06 * level), (y - thick) * (1 - 0.6 * level) - fold
        sway = fold * np.sin(2 * np.pi * folds * phase) + deep * np.sin(2 * np.pi * phase)
        high = -z + (top + z) * level
        lines.append([(-wide + 2 * wide * p, s, high) for p, s in zip(phase.tolist(), sway.tolist(), strict=True)])
    parts = [
        tube([(-x, 0, z - rod), (x, 0, z - rod)], rod, paint.metal(CHROME)),
        sheet(lines, thick, cloth),
    ]
    for k in range(folds + 1):
        at = (-0.94 + 1.88 * k / folds) * x
        parts.append(tube([(at, 0, top - rod), (at, 0, z - 2 * rod)], 0.35 * rod, CHROME, sides=4))
        parts.append(tube([(at - 0.3 * rod, 0, z - rod), (at + 0.3 * rod, 0, z - rod)], 1.5 * rod, CHROME, sides=10))
    return merge(parts)


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "Toilet": _toilet,
    "Sink": _sink,
    "Faucet": _faucet,
    "ShowerHead": _shower_head,
    "ShowerCurtain": _shower_curtain,
}
