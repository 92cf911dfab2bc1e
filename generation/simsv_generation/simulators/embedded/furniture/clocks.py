"""Clocks and watches."""

from collections.abc import Callable

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import (
    BLACK_PLASTIC,
    CHROME,
    GLAZE,
    LEATHER,
    METAL,
    PLASTIC,
    Paint,
    shade,
)
from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, merge
from simsv_generation.simulators.embedded.solids import (
    block,
    forward,
    lathe,
    moved,
    plate,
    tube,
    turned,
)

_WHITE: Vec3 = (0.78, 0.78, 0.76)
# The lit bars of a seven-segment figure, from the top bar clockwise, the middle bar last.
_FIGURES: dict[int, tuple[int, ...]] = {0: (0, 1, 2, 3, 4, 5), 1: (1, 2), 2: (0, 1, 6, 4, 3), 8: (0, 1, 2, 3, 4, 5, 6)}


def _figure(left: float, low: float, wide: float, tall: float, face: float, value: int, color: Finish | Vec3) -> Mesh:
    """A seven-segment figure on a face to the front; it reads from `left` towards -x."""
    bar, half = 0.2 * wide, tall / 2
    right, top, middle = left - wide, low + tall, low + half
    boxes = [
        (right, top - bar, left, top),
        (right, middle, right + bar, top),
        (right, low, right + bar, middle),
        (right, low, left, low + bar),
        (left - bar, low, left, middle),
        (left - bar, middle, left, top),
        (right, middle - bar / 2, left, middle + bar / 2),
    ]
    lit = [boxes[k] for k in _FIGURES[value]]
    return merge([block((x0, face, z0), (x1, face + 0.05 * wide, z1), color, 0.0) for x0, z0, x1, z1 in lit])


def _alarm_clock(size: Vec3, paint: Paint) -> Mesh:
    """A clock with two bells on top when it is tall; a wide one shows lit figures."""
    x, y, z = (extent / 2 for extent in size)
    if x > 0.98 * z:
        return _digital_clock(size, paint)
    color = paint.pick(((0.44, 0.07, 0.06), (0.06, 0.06, 0.065), (0.16, 0.40, 0.42), (0.50, 0.38, 0.18)), GLAZE)
    r, middle = min(0.94 * x, 0.74 * z), -0.24 * z
    front, bell, squash = 0.86 * y, 0.32 * z, min(1.0, 3 * y / z)
    case = [(0.9 * r, -y), (r, -0.6 * y), (r, front), (0.9 * r, y), (0.86 * r, front)]
    grip = [(-0.4 * x, 0, 0.82 * z), (-0.3 * x, 0, 0.97 * z), (0.3 * x, 0, 0.97 * z), (0.4 * x, 0, 0.82 * z)]
    dome = [(bell, 0), (0.85 * bell, 0.35 * bell), (0.4 * bell, 0.62 * bell), (0, 0.68 * bell)]
    parts = [
        forward(lathe(case, color, sides=24), (0, 0, middle)),
        forward(lathe([(0.86 * r, 0), (0.86 * r, 0.02 * y)], _WHITE, sides=24), (0, front, middle)),
        tube(grip, 0.03 * z, CHROME, sides=6),
    ]
    face = front + 0.02 * y
    for k in range(12):
        mark = block((-0.03 * r, face, 0.66 * r), (0.03 * r, face + 0.03 * y, 0.8 * r), BLACK_PLASTIC, 0.0)
        parts.append(moved(turned(mark, 30 * k, axis=1), (0, 0, middle)))
    for angle, reach, wide in ((55, 0.48, 0.045), (-60, 0.66, 0.03)):
        hand = block((-wide * r, face, -0.08 * r), (wide * r, face + 0.05 * y, reach * r), BLACK_PLASTIC, 0.0)
        parts.append(moved(turned(hand, angle, axis=1), (0, 0, middle)))
    for side in (-1, 1):
        cap = lathe(dome, CHROME, squash=squash, sides=14)
        foot = (side * (x - 0.05 * z), 0.3 * y, -0.97 * z)
        parts += [
            moved(turned(cap, 32 * side, axis=1), (side * 0.5 * x, 0, 0.55 * z)),
            tube([(side * 0.5 * r, 0, middle - 0.7 * r), foot], 0.05 * z, CHROME, sides=6),
        ]
    return merge(parts)


def _digital_clock(size: Vec3, paint: Paint) -> Mesh:
    """A clock radio: lit figures on a dark face, keys on top, a speaker below."""
    x, y, z = (extent / 2 for extent in size)
    case = paint.pick(((0.04, 0.04, 0.045), (0.62, 0.61, 0.58), (0.30, 0.17, 0.085)), PLASTIC)
    key = shade(case, 0.6) if case.color[0] > 0.2 else (0.3, 0.3, 0.31)
    light = paint.pick(((0.80, 0.10, 0.06), (0.14, 0.76, 0.26), (0.20, 0.60, 0.80)), Material(emission=0.6))
    face, glass = 0.94 * y, 0.97 * y
    parts = [
        block((-x, -y, -0.95 * z), (x, face, 0.9 * z), case, 0.012),
        block((-0.9 * x, face, -0.5 * z), (0.9 * x, glass, 0.76 * z), (0.02, 0.02, 0.022), 0.0),
        block((-0.3 * x, -0.4 * y, 0.9 * z), (0.3 * x, 0.4 * y, z), key),
    ]
    wide, tall = 0.30 * x, min(0.8 * z, 0.62 * x)
    low = 0.13 * z - tall / 2
    for left, value in ((0.80, 1), (0.42, 0), (-0.08, 2), (-0.46, 8)):
        parts.append(_figure(left * x, low, wide, tall, glass, value, light))
    for level in (0.3, 0.65):
        at = low + level * tall
        parts.append(block((-0.025 * x, glass, at), (0.035 * x, y, at + 0.08 * tall), light, 0.0))
    for k in range(3):
        level = (-0.62 - 0.1 * k) * z
        parts.append(block((-0.8 * x, face, level), (0.8 * x, glass, level + 0.045 * z), shade(case, 0.5), 0.0))
    for side in (-0.7, 0.7):
        parts.append(
            block((side * x - 0.15 * x, -0.7 * y, -z), (side * x + 0.15 * x, 0.7 * y, -0.95 * z), BLACK_PLASTIC, 0.0)
        )
    return merge(parts)


def _watch(size: Vec3, paint: Paint) -> Mesh:
    """A wrist watch with its strap closed: a round dial on top."""
    x, y, z = (extent / 2 for extent in size)
    strap = paint.pick(((0.10, 0.055, 0.032), (0.05, 0.05, 0.055), (0.30, 0.15, 0.08)), LEATHER)
    metal = paint.pick((CHROME, (0.58, 0.42, 0.16)), METAL)
    angles = np.linspace(0, 2 * np.pi, 21)
    level, outer, inner = -0.12 * z, (0.86 * z, x), (0.72 * z, 0.9 * x)
    ring = [[(level + a * np.cos(t), b * np.sin(t)) for t in angles] for a, b in (outer, inner)]
    parts = [
        plate([ring[1][k], ring[0][k], ring[0][k + 1], ring[1][k + 1]], -0.55 * y, 0.55 * y, strap, axis=1)
        for k in range(20)
    ]
    r = min(0.9 * y, 0.8 * x)
    top = 0.74 * z
    parts += [
        lathe([(0.94 * r, 0.5 * z), (r, top), (0.92 * r, z), (0.8 * r, 0.92 * z)], metal, sides=24),
        lathe([(0.8 * r, top), (0.8 * r, 0.94 * z)], _WHITE, sides=24),
        block((-0.05 * r, -0.6 * r, 0.94 * z), (0.05 * r, 0.05 * r, z), BLACK_PLASTIC, 0.0),
        block((-0.05 * r, -0.05 * r, 0.94 * z), (0.45 * r, 0.05 * r, z), BLACK_PLASTIC, 0.0),
        tube([(0, 0.9 * r, top), (0, max(y, 1.02 * r), top)], 0.12 * r, metal, sides=8),
        block((-0.25 * x, -0.62 * y, -z), (0.25 * x, 0.62 * y, -0.9 * z), metal, 0.0),
    ]
    return merge(parts)


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "AlarmClock": _alarm_clock,
    "Watch": _watch,
}
