"""Tables, desks, worktops and carts."""

from collections.abc import Callable

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.furniture.storage import drawers
from simsv_generation.simulators.embedded.materials import (
    BLACK_PLASTIC,
    CHROME,
    CLEAR_GLASS,
    LACQUER,
    STONE,
    WOOD,
    Paint,
    shade,
)
from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, merge
from simsv_generation.simulators.embedded.solids import block, cylinder, framed, lathe, moved, tube, turned

_MARBLE = Material("marble slab", gloss=0.06)
_WORKTOPS: tuple[Finish | Vec3, ...] = (
    (0.58, 0.56, 0.52),
    (0.09, 0.09, 0.10),
    (0.38, 0.36, 0.34),
    Finish((0.72, 0.71, 0.68), _MARBLE),
    Finish((0.10, 0.10, 0.11), _MARBLE),
    Finish((0.40, 0.25, 0.13), WOOD),
)
_CABINETS: tuple[Vec3, ...] = (
    (0.74, 0.73, 0.70),
    (0.70, 0.66, 0.58),
    (0.34, 0.36, 0.36),
    (0.14, 0.20, 0.26),
    (0.24, 0.31, 0.26),
    (0.10, 0.10, 0.11),
)
_ISLAND = 1.2
"""Metres of depth from which a counter shows its back."""


def _legs(size: Vec3, leg: float, top: float, color: Finish | Vec3, inset: float = 0.0) -> list[Mesh]:
    """Four square legs from the floor up to `top`."""
    x, y, floor = size[0] / 2 - inset, size[1] / 2 - inset, -size[2] / 2
    return [
        block((sx * x, sy * y, floor), (sx * (x - leg), sy * (y - leg), top), color, bevel=0.004)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]


def _dining_table(size: Vec3, paint: Paint) -> Mesh:
    """A top with an apron on four legs, or a round one on a column."""
    w, d, h = size
    x, y, top = w / 2, d / 2, h / 2
    wood, thick = paint.wood(), min(0.04, 0.1 * h)
    if abs(w - d) < 0.06 * w and paint.random.random() < 0.6:
        plinth = [(0.55 * x, -top), (0.5 * x, -top + 0.05 * h), (0.09 * x + 0.02, -top + 0.12 * h)]
        column = lathe(
            [*plinth, (0.09 * x + 0.02, top - 0.15 * h), (0.4 * x, top - thick)], shade(wood, 0.85), squash=d / w
        )
        disc = lathe([(0.97 * x, top - thick), (x, top - thick / 2), (0.99 * x, top)], wood, squash=d / w, sides=32)
        return merge([column, disc])
    leg, inset, apron = min(0.07, w / 8, d / 8), 0.02 * w, 0.1 * h
    parts = [block((-x, -y, top - thick), (x, y, top), wood), *_legs(size, leg, top - thick, shade(wood, 0.9), inset)]
    rail = (x - inset - 0.01, y - inset - 0.01)
    for side in (-1, 1):
        low, high = (-rail[0], side * rail[1], top - thick - apron), (rail[0], side * (rail[1] - 0.02), top - thick)
        parts.append(block(low, high, shade(wood, 0.85)))
        low, high = (side * rail[0], -rail[1], top - thick - apron), (side * (rail[0] - 0.02), rail[1], top - thick)
        parts.append(block(low, high, shade(wood, 0.85)))
    return merge(parts)


def _coffee_table(size: Vec3, paint: Paint) -> Mesh:
    """A low top, of glass for some, with a shelf between the legs."""
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    wood, thick, leg = paint.wood(), min(0.035, 0.12 * h), min(0.06, w / 8, d / 8)
    glass = any("glass" in name.lower() for name in paint.materials)
    parts = [
        block((-x, -y, top - thick), (x, y, top), CLEAR_GLASS if glass else wood),
        *_legs(size, leg, top - thick, shade(wood, 0.9)),
    ]
    shelf = floor + 0.3 * h
    parts.append(
        block((-x + leg / 2, -y + leg / 2, shelf), (x - leg / 2, y - leg / 2, shelf + thick), shade(wood, 0.95))
    )
    return merge(parts)


def _side_table(size: Vec3, paint: Paint) -> Mesh:
    """A nightstand with a drawer over an open shelf, or a small table where it is slender."""
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    wood, thick, leg = paint.wood(), min(0.03, 0.08 * h), min(0.04, w / 8, d / 8)
    parts = [
        block((-x, -y, top - thick), (x, y, top), wood),
        *_legs(size, leg, top - thick, shade(wood, 0.9), 0.01 * w),
    ]
    shelf = floor + 0.18 * h
    parts.append(
        block((-x + leg / 2, -y + leg / 2, shelf), (x - leg / 2, y - leg / 2, shelf + 0.8 * thick), shade(wood, 0.9))
    )
    if w < 1.0 and h > 0.35:
        low = top - thick - min(0.17, 0.3 * h)
        inner = (-x + 0.015 * w, -y + 0.02 * d, low), (x - 0.015 * w, y - 0.03, top - thick)
        parts.append(block(*inner, shade(wood, 0.95)))
        parts += drawers(
            (inner[0][0] + 0.01, inner[1][0] - 0.01), y - 0.03, (low + 0.008, top - thick), 1, 1, wood, paint.metal()
        )
    return merge(parts)


def _desk(size: Vec3, paint: Paint) -> Mesh:
    """A top, a panel on the left, a pedestal of drawers on the right and a modesty panel behind."""
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    wood, thick = paint.wood(), min(0.035, 0.08 * h)
    body = shade(wood, 0.9)
    pedestal = min(0.42, 0.34 * w)
    parts = [block((-x, -y, top - thick), (x, y, top), wood)]
    parts.append(block((-x + 0.01, -y + 0.02, floor), (-x + 0.04, y - 0.03, top - thick), body))
    parts.append(
        block((-x + 0.03, -y + 0.03, top - 0.45 * h), (x - pedestal, -y + 0.05, top - thick), shade(wood, 0.8))
    )
    parts.append(block((x - pedestal, -y + 0.02, floor + 0.03 * h), (x - 0.01, y - 0.04, top - thick), body))
    span = (x - pedestal + 0.01, x - 0.02)
    parts += drawers(span, y - 0.04, (floor + 0.06 * h, top - thick - 0.005), 3, 1, wood, paint.metal())
    return merge(parts)


def _counter_top(size: Vec3, paint: Paint) -> Mesh:
    """A worktop over cabinets with drawers, doors and a toe space; a deep one is an island with panels behind.

    Kitchens around a corner come in one box as well, so nothing is built on the worktop's back.
    """
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    is_wooden = any("wood" in name.lower() or "cabinet" in name.lower() for name in paint.materials)
    wood, painted = paint.wood(), paint.pick(_CABINETS, LACQUER)
    front, stone, handle = wood if is_wooden else painted, paint.pick(_WORKTOPS, STONE), paint.metal(CHROME)
    rim = 0.055 if paint.random.random() < 0.6 else 0.0
    slab, toe = min(0.04, 0.06 * h), min(0.1, 0.12 * h)
    face, side, is_island = y - 0.045, x - 0.012, d > _ISLAND
    back = -y + (0.045 if is_island else 0.0)
    parts = [
        block((-x, -y, top - slab), (x, y, top), stone, bevel=0.004),
        block((-side, back, floor + toe), (side, face, top - slab), shade(front, 0.9), bevel=0.0),
        block((-side + 0.02, back + 0.02, floor), (side - 0.02, face - 0.06, floor + toe), BLACK_PLASTIC, bevel=0.0),
    ]
    columns = max(1, min(9, round(w / 0.6)))
    split, span = top - slab - min(0.19, 0.25 * h), (-side + 0.004, side - 0.004)
    parts += drawers(span, face, (split, top - slab - 0.012), 1, columns, front, handle)
    parts += drawers(span, face, (floor + toe, split), 1, columns, front, handle, upright=True, rim=rim)
    panels = columns // 2 + 1 if is_island else 0
    for k in range(panels):
        a, b = (-side + 2 * side * j / panels for j in (k, k + 1))
        panel = framed((a + 0.004, 0, floor + toe), (b - 0.004, 0.018, top - slab - 0.012), front, 0.07, 0.008)
        parts.append(moved(turned(panel, 180), (0, back, 0)))
    return merge(parts)


def _cart(size: Vec3, paint: Paint) -> Mesh:
    """A trolley: three trays between four posts on wheels, with a handle."""
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    metal, wheel = paint.metal(), min(0.05, 0.05 * h)
    bar = min(0.012, 0.03 * w)
    parts = []
    for sx in (-1, 1):
        for sy in (-1, 1):
            px, py = sx * (x - wheel), sy * (y - wheel)
            parts.append(tube([(px, py, floor + wheel), (px, py, top - (sx < 0) * 0.08 * h)], bar, metal))
            parts.append(cylinder((px, py, floor), wheel * 0.8, wheel * 1.2, (0.03, 0.03, 0.03)))
    parts.append(
        tube([(x - wheel, -y + wheel, top - bar), (x - wheel, y - wheel, top - bar)], 1.2 * bar, shade(metal, 0.6))
    )
    for level in (0.16, 0.5, 0.84):
        z = floor + level * h
        parts.append(block((-x, -y, z), (x, y, z + 0.012 * h), shade(metal, 1.2)))
        for side in (-1, 1):
            parts.append(block((-x, side * y, z), (x, side * (y - 0.01), z + 0.05 * h), shade(metal, 1.2), bevel=0.002))
    return merge(parts)


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "Cart": _cart,
    "CoffeeTable": _coffee_table,
    "CounterTop": _counter_top,
    "Desk": _desk,
    "DiningTable": _dining_table,
    "SideTable": _side_table,
}
