"""Beds."""

from collections.abc import Callable

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import LINEN, QUILT, Paint, shade
from simsv_generation.simulators.embedded.mesh import Mesh, merge
from simsv_generation.simulators.embedded.solids import block, rounded

_LINEN: tuple[Vec3, ...] = ((0.74, 0.73, 0.70), (0.66, 0.62, 0.54), (0.52, 0.58, 0.62))
_BLANKETS: tuple[Vec3, ...] = (
    (0.20, 0.28, 0.40),
    (0.42, 0.16, 0.14),
    (0.30, 0.34, 0.26),
    (0.48, 0.40, 0.30),
    (0.24, 0.24, 0.26),
    (0.55, 0.42, 0.18),
)

_MATTRESS = 0.63
"""Height of the mattress as a share of the headboard's: where pillows rest in AI2-THOR's own object records."""


def _bed(size: Vec3, paint: Paint) -> Mesh:
    """A frame with a headboard at the back, a mattress and a blanket. Pillows are objects of their own."""
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    board = min(0.07, 0.05 * d)
    wood, linen, blanket = paint.wood(), paint.pick(_LINEN, LINEN), paint.pick(_BLANKETS, QUILT)
    frame_z, mattress_z = floor + 0.32 * h, floor + _MATTRESS * h
    leg = min(0.07, w / 8)
    parts = [block((-x, -y, floor), (x, -y + board, top), wood, bevel=0.02)]
    parts.append(block((-x, y - board, floor), (x, y, floor + 0.42 * h), wood, bevel=0.015))
    for side in (-1, 1):
        parts.append(block((side * x, -y + board, floor + 0.14 * h), (side * (x - 0.035), y - board, frame_z), wood))
        for foot in (-y + board, y - board - leg):
            parts.append(block((side * x, foot, floor), (side * (x - leg), foot + leg, frame_z), shade(wood, 0.85)))
    parts.append(block((-x + 0.03, -y + board, floor + 0.2 * h), (x - 0.03, y - board, frame_z), shade(wood, 0.6)))
    parts.append(rounded((-x + 0.02, -y + board, frame_z), (x - 0.02, y - board - 0.01, mattress_z), linen, 0.06))
    fold = -y + 0.36 * d
    low, high = (-x + 0.005, fold, frame_z - 0.03 * h), (x - 0.005, y - board - 0.005, mattress_z + 0.012)
    parts.append(rounded(low, high, blanket, 0.06))
    turned_down = (low[0], fold - 0.16, mattress_z - 0.02), (high[0], fold + 0.1, mattress_z + 0.028)
    parts.append(rounded(*turned_down, shade(linen, 1.1), 0.014))
    return merge(parts)


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {"Bed": _bed}
