"""Things that hold things: drawers, shelves, stands, bins."""

from collections.abc import Callable

from simsv_generation.geometry import Vec2, Vec3
from simsv_generation.simulators.embedded.materials import BLACK_PLASTIC, METAL, WICKER, Paint, shade
from simsv_generation.simulators.embedded.mesh import Finish, Mesh, merge
from simsv_generation.simulators.embedded.solids import block, cylinder, framed, lathe, moved, tube, turned

_BOARDS = (0.03, 0.27, 0.51, 0.75, 1.0)
"""Tops of shelf boards as shares of the height: where ProcTHOR's objects rest, from AI2-THOR's object records."""


def drawers(
    across: Vec2,
    front: float,
    upright_span: Vec2,
    rows: int,
    columns: int,
    finish: Finish,
    handle: Finish,
    *,
    upright: bool = False,
    rim: float = 0.0,
) -> list[Mesh]:
    """Drawer or, with upright handles, door fronts on the plane y = `front`, each with its handle, metres.

    `across` is the span along x and `upright_span` the one along z that the fronts share, with gaps between them. With
    a rim the fronts are framed, their fields sunk.
    """
    (left, right), (low, high) = across, upright_span
    width, height = (right - left) / columns, (high - low) / rows
    gap, thick = min(0.004, 0.05 * width, 0.05 * height), 0.018
    # What one sees in the gaps.
    parts = [block((left, front - 0.002, low), (right, front + 0.002, high), shade(finish, 0.35), bevel=0.0)]
    for column in range(columns):
        for row in range(rows):
            x0, z0 = left + column * width, low + row * height
            panel = (x0 + gap, front, z0 + gap), (x0 + width - gap, front + thick, z0 + height - gap)
            if rim and min(width, height) > 3.5 * rim:
                parts.append(framed(*panel, finish, rim, 0.008))
            else:
                parts.append(block(*panel, finish, bevel=0.003))
            grip, middle = front + thick + 0.022, (x0 + width / 2, z0 + height / 2)
            if upright:
                inner = x0 + width * (0.90 if column % 2 == 0 else 0.10)
                ends = [(inner, grip, z0 + 0.66 * height), (inner, grip, z0 + 0.9 * height)]
            else:
                reach = min(0.06, 0.2 * width)
                ends = [(middle[0] - reach, grip, middle[1]), (middle[0] + reach, grip, middle[1])]
            feet = [(px, front + thick / 2, pz) for px, _, pz in ends]
            parts.append(tube([feet[0], *ends, feet[1]], 0.005, handle, sides=5))
    return parts


def _dresser(size: Vec3, paint: Paint) -> Mesh:
    """A chest of drawers on short feet."""
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    wood, foot, slab = paint.wood(), min(0.09, 0.1 * h), min(0.03, 0.05 * h)
    face = y - 0.035
    parts = [block((-x, -y, top - slab), (x, y, top), wood)]
    parts.append(block((-x + 0.012, -y, floor + foot), (x - 0.012, face, top - slab), shade(wood, 0.85)))
    parts += [
        block((sx * (x - 0.02), sy - 0.025, floor), (sx * (x - 0.07), sy + 0.025, floor + foot), shade(wood, 0.75))
        for sx in (-1, 1)
        for sy in (-y + 0.05, face - 0.04)
    ]
    rows, columns = max(2, min(6, round((h - foot) / 0.22))), max(1, min(3, round(w / 0.65)))
    inside = (-x + 0.025, x - 0.025), (floor + foot + 0.01, top - slab - 0.008)
    rim = 0.03 if paint.random.random() < 0.4 else 0.0
    metal = paint.metal(Finish((0.30, 0.27, 0.20), METAL))
    parts += drawers(inside[0], face, inside[1], rows, columns, wood, metal, rim=rim)
    return merge(parts)


def _shelving_unit(size: Vec3, paint: Paint) -> Mesh:
    """Open shelves. What stands on them are objects of their own."""
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    wood, board = paint.wood(), min(0.025, 0.05 * w)
    parts = [block((side * x, -y, floor), (side * (x - board), y, top), wood, bevel=0.003) for side in (-1, 1)]
    parts.append(block((-x + board, -y, floor), (x - board, -y + 0.008, top), shade(wood, 0.75), bevel=0.0))
    for share in _BOARDS:
        above = floor + share * h
        low = max(floor, above - board)
        parts.append(
            block((-x + board, -y + 0.008, low), (x - board, y, max(above, low + board / 2)), wood, bevel=0.003)
        )
    return merge(parts)


def _tv_stand(size: Vec3, paint: Paint) -> Mesh:
    """A low cabinet with an open bay between two doors."""
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    wood, slab, foot = paint.wood(), min(0.03, 0.08 * h), min(0.06, 0.12 * h)
    face = y - 0.03
    side = x - 0.32 * w
    parts = [
        block((-x, -y, top - slab), (x, y, top), wood),
        block((-x, -y, floor + foot), (x, face, floor + foot + slab), wood),
    ]
    parts.append(block((-x, -y, floor + foot), (x, -y + 0.015, top - slab), shade(wood, 0.7)))
    for sign in (-1, 1):
        parts.append(block((sign * x, -y, floor + foot), (sign * side, face, top - slab), shade(wood, 0.9)))
        span = sorted((sign * (x - 0.008), sign * (side + 0.004)))
        inside = (floor + foot + 0.006, top - slab - 0.004)
        parts += drawers((span[0], span[1]), face, inside, 1, 1, wood, paint.metal(), upright=True)
        parts += [
            block((sign * (x - 0.02), sy, floor), (sign * (x - 0.06), sy + 0.04, floor + foot), shade(wood, 0.7))
            for sy in (-y + 0.03, face - 0.08)
        ]
    middle = (floor + foot + top) / 2
    parts.append(block((-side, -y, middle), (side, face - 0.02, middle + 0.018), wood))
    player = (-0.6 * side, -y + 0.06, middle + 0.018), (0.6 * side, face - 0.08, middle + 0.018 + min(0.05, 0.1 * h))
    parts.append(block(*player, BLACK_PLASTIC))
    return merge(parts)


def _safe(size: Vec3, paint: Paint) -> Mesh:
    """A steel cube with a door, a dial and a lever."""
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    metal = paint.metal(Finish((0.12, 0.13, 0.14), METAL))
    face = y - 0.05 * d
    parts = [block((-x, -y, floor), (x, face, top), metal, bevel=0.015)]
    parts.append(
        block((-0.86 * x, face, floor + 0.07 * h), (0.86 * x, y - 0.02 * d, top - 0.07 * h), shade(metal, 1.4))
    )
    dial = turned(cylinder((0, 0, 0), 0.1 * w, 0.02 * d, (0.5, 0.5, 0.5)), -90, axis=0)
    parts.append(moved(dial, (0.1 * x, y - 0.02 * d, 0.1 * h)))
    lever = [(-0.35 * x, y - 0.005 * d, -0.12 * h), (-0.35 * x, y - 0.005 * d, 0.12 * h)]
    parts.append(tube(lever, 0.02 * w, (0.5, 0.5, 0.5)))
    return merge(parts)


def _garbage_can(size: Vec3, paint: Paint) -> Mesh:
    """A bin that widens upwards, hollow, with a rim; round or oval."""
    w, d, h = size
    x, floor, top = w / 2, -h / 2, h / 2
    color = paint.plastic()
    wall = min(0.012, 0.1 * w)
    outside = [(0.74 * x, floor), (0.92 * x, top - 0.06 * h), (x, top - 0.06 * h), (x, top)]
    inside = [(0.94 * x - wall, top), (0.74 * x - wall, floor + 0.05 * h)]
    return lathe([*outside, *inside], color, squash=d / w, sides=24)


def _laundry_hamper(size: Vec3, paint: Paint) -> Mesh:
    """A tall basket with hoops and a lid of cloth."""
    w, d, h = size
    x, floor, top = w / 2, -h / 2, h / 2
    wicker, cloth = Finish(paint.wood().color, WICKER), paint.fabric()
    profile, hoops = [(0.85 * x, floor)], 6
    for k in range(1, hoops):
        z, r = floor + 0.88 * h * k / hoops, (0.85 + 0.1 * k / hoops) * x
        profile += [(r, z - 0.012 * h), (r + 0.03 * x, z), (r, z + 0.012 * h)]
    basket = lathe([*profile, (0.95 * x, floor + 0.88 * h)], wicker, squash=d / w, sides=24)
    lid = lathe(
        [(x, floor + 0.88 * h), (x, top - 0.05 * h), (0.8 * x, top), (0, top)],
        shade(cloth, 1.2),
        squash=d / w,
        sides=24,
    )
    return merge([basket, lid])


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "Dresser": _dresser,
    "GarbageCan": _garbage_can,
    "LaundryHamper": _laundry_hamper,
    "Safe": _safe,
    "ShelvingUnit": _shelving_unit,
    "TVStand": _tv_stand,
}
