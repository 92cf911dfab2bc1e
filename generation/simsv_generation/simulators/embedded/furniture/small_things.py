"""Things that lie about."""

from collections.abc import Callable

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import (
    FUR,
    LACQUER,
    LEATHER,
    LINEN,
    METAL,
    PAPER,
    PLASTIC,
    STEEL,
    Paint,
    shade,
)
from simsv_generation.simulators.embedded.mesh import Finish, Mesh, merge
from simsv_generation.simulators.embedded.solids import block, ellipsoid, lathe, lengthwise, moved, sheet, tube, turned

_INK: Vec3 = (0.10, 0.10, 0.11)
_CARDBOARD: tuple[Vec3, ...] = ((0.44, 0.30, 0.17), (0.50, 0.36, 0.22), (0.38, 0.25, 0.14))
_COVERS: tuple[Vec3, ...] = (
    (0.36, 0.07, 0.06),
    (0.08, 0.17, 0.34),
    (0.09, 0.26, 0.14),
    (0.58, 0.42, 0.12),
    (0.05, 0.05, 0.06),
    (0.40, 0.22, 0.34),
)


def _book(size: Vec3, paint: Paint) -> Mesh:
    """Two covers and a spine around pages, with a title."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    cover, board = paint.pick(_COVERS), min(0.003, 0.15 * h)
    parts = [block((-0.94 * x, -0.96 * y, -z + board), (0.96 * x, 0.96 * y, z - board), PAPER, bevel=0.0)]
    for low, high in ((-z, -z + board), (z - board, z - 0.2 * board)):
        parts.append(block((-x, -y, low), (x, y, high), cover, bevel=0.0))
    parts.append(block((-x, -y, -z), (-0.93 * x, y, z - 0.2 * board), cover, bevel=0.25 * h))
    parts.append(block((-0.6 * x, 0.3 * y, z - board / 2), (0.6 * x, 0.6 * y, z), shade(cover, 2.6), bevel=0.0))
    return merge(
        [*parts, block((-0.4 * x, -0.5 * y, z - board / 2), (0.4 * x, -0.38 * y, z), shade(cover, 2.2), bevel=0.0)]
    )


def _newspaper(size: Vec3, paint: Paint) -> Mesh:
    """A folded paper with a headline, a picture and columns."""

    def make(size: Vec3) -> Mesh:
        w, d, h = size
        x, y, z = w / 2, d / 2, h / 2
        parts = [block((-x, -y, -z), (x, y, 0.8 * z), PAPER, bevel=0.3 * h)]
        parts.append(block((-0.8 * x, 0.74 * y, 0.7 * z), (0.8 * x, 0.88 * y, z), _INK, bevel=0.0))
        parts.append(block((-0.8 * x, 0.2 * y, 0.7 * z), (0.0, 0.64 * y, z), (0.30, 0.30, 0.31), bevel=0.0))
        for k in range(8):
            at = 0.58 * y - k * 0.17 * y
            left = 0.1 * x if at > 0.15 * y else -0.8 * x
            parts.append(block((left, at - 0.05 * y, 0.7 * z), (0.8 * x, at, 0.95 * z), (0.42, 0.42, 0.42), bevel=0.0))
        return merge(parts)

    return lengthwise(size, make)


def _stick(point: Finish | Vec3, end: Finish | Vec3) -> Callable[[Vec3, Paint], Mesh]:
    """A pen or pencil along its box, with a tip and an end in these colours."""

    def shape(size: Vec3, paint: Paint) -> Mesh:
        body = paint.pick((*_COVERS, (0.62, 0.42, 0.05)), LACQUER)

        def make(size: Vec3) -> Mesh:
            w, d, h = size
            r, y = min(w, h) / 2, d / 2
            profile = [(0.85 * r, -y), (0.85 * r, -0.86 * y)]
            parts = [lathe(profile, end, sides=8), lathe([(r, -0.86 * y), (r, 0.8 * y)], body, sides=8)]
            parts.append(lathe([(r, 0.8 * y), (0.15 * r, 0.98 * y), (0.0, y)], point, sides=8))
            return turned(merge(parts), -90, axis=0)

        return lengthwise(size, make)

    return shape


def _credit_card(size: Vec3, paint: Paint) -> Mesh:
    """A thin card with a stripe and a chip."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    parts = [block((-x, -y, -z), (x, y, 0.5 * z), paint.pick(_COVERS, PLASTIC), bevel=0.0)]
    parts.append(block((-x, 0.45 * y, 0.4 * z), (x, 0.8 * y, z), _INK, bevel=0.0))
    return merge([*parts, block((-0.8 * x, -0.2 * y, 0.4 * z), (-0.5 * x, 0.2 * y, z), (0.55, 0.42, 0.12), bevel=0.0)])


def _key_chain(size: Vec3, paint: Paint) -> Mesh:
    """A ring with two keys and a tag."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    wire, r = 0.3 * h, min(0.45 * x, 0.8 * y)
    ring = [(-x + r + r * np.cos(a), r * np.sin(a) * 0.9, 0.0) for a in np.linspace(0, 2 * np.pi, 13)]
    parts = [tube([(float(a), float(b), c) for a, b, c in ring], wire, STEEL, sides=6)]
    brass = Finish((0.55, 0.42, 0.14), METAL)
    for k, (color, lift) in enumerate(((brass, 0.55), (STEEL, -0.55))):
        at = -x + 1.9 * r
        parts.append(block((at, lift * y - 0.3 * y, -z), (at + 0.5 * x, lift * y + 0.3 * y, 0.2 * z), color, bevel=0.0))
        parts.append(
            block(
                (at + 0.4 * x, lift * y - 0.1 * y, -z), (x - 0.1 * k * x, lift * y + 0.1 * y, 0.1 * z), color, bevel=0.0
            )
        )
        parts.append(block((0.75 * x, lift * y - 0.25 * y, -z), (0.85 * x, lift * y, 0.1 * z), color, bevel=0.0))
    return merge(
        [*parts, block((-0.3 * x, -0.25 * y, -0.5 * z), (0.3 * x, 0.25 * y, z), paint.plastic(), bevel=0.2 * h)]
    )


def _tissue_box(size: Vec3, paint: Paint) -> Mesh:
    """A carton with a slot and a tissue that stands out of it."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    color = paint.pick(((0.20, 0.36, 0.50), (0.50, 0.28, 0.36), (0.30, 0.44, 0.30)))
    lid = z - 0.28 * h
    parts = [block((-x, -y, -z), (x, y, lid), color, bevel=0.003)]
    parts.append(lathe([(0.55 * x, lid - 0.001), (0.55 * x, lid + 0.004)], _INK, squash=0.5 * d / w))
    parts.append(
        lathe(
            [(0.35 * x, lid), (0.12 * x, lid + 0.1 * h), (0.3 * x, lid + 0.2 * h), (0.0, z)],
            (0.80, 0.80, 0.79),
            squash=0.5,
            sides=9,
        )
    )
    band = block((-1.005 * x, -1.005 * y, -0.5 * z), (1.005 * x, 1.005 * y, -0.2 * z), shade(color, 1.7), bevel=0.0)
    return merge([*parts, band])


def _cloth(size: Vec3, paint: Paint) -> Mesh:
    """A cloth folded in three."""
    x, y, z = (extent / 2 for extent in size)
    finish = Finish(paint.fabric().color, LINEN)
    layers = 3
    thick = 2 * z / (layers + 0.3)
    r, path = (2 * z - thick) / (2 * (layers - 1)), []
    bend = y - r - thick / 2
    for k in range(layers):
        level, end = -z + thick / 2 + 2 * r * k, 1 if k % 2 else -1
        path += [(end * share * bend, level) for share in np.linspace(1, -1, 5)]
        if k < layers - 1:
            for a in np.linspace(-np.pi / 2, np.pi / 2, 7)[1:-1]:
                path.append((-end * (bend + r * np.cos(a)), level + r + r * np.sin(a)))
    across = np.linspace(-1, 1, 7)
    lines = [[(x * float(u), float(v), float(level)) for u in across] for v, level in path]
    return sheet(lines, 0.8 * thick, finish)


def _boots(size: Vec3, paint: Paint) -> Mesh:
    """A pair of tall boots, toes to the front."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    leather = paint.pick(((0.16, 0.08, 0.04), (0.04, 0.04, 0.042), (0.30, 0.17, 0.08)), LEATHER)
    parts = []
    for side in (-1, 1):
        middle, half = side * 0.52 * x, 0.46 * x
        parts.append(block((middle - half, -y, -z), (middle + half, y, -z + 0.05 * h), shade(leather, 0.4), bevel=0.01))
        parts.append(ellipsoid((middle, 0.1 * y, -z + 0.15 * h), (0.95 * half, 0.88 * y, 0.11 * h), leather, boxy=0.6))
        shaft = [
            (0.85 * half, -z + 0.1 * h),
            (0.72 * half, -z + 0.35 * h),
            (half, z),
            (0.86 * half, z),
            (0.7 * half, 0.3 * z),
        ]
        parts.append(moved(lathe(shaft, leather, squash=1.15, sides=14), (middle, -y + 1.2 * half, 0)))
    return merge(parts)


def _baseball_bat(size: Vec3, paint: Paint) -> Mesh:
    """A bat along the longest side of its box: a knob, a thin grip and a thick end."""
    wood = paint.wood()
    longest = max(size)
    r = sorted(size)[1] / 2
    z = longest / 2
    grip = lathe(
        [(0.75 * r, -z), (0.75 * r, -0.97 * z), (0.36 * r, -0.92 * z), (0.4 * r, -0.4 * z)], shade(wood, 0.25), sides=14
    )
    barrel = lathe(
        [(0.42 * r, -0.4 * z), (0.6 * r, 0.0), (0.95 * r, 0.5 * z), (r, 0.9 * z), (0.7 * r, z)], wood, sides=14
    )
    bat = merge([grip, barrel])
    if longest == size[2]:
        return bat
    return turned(bat, 90, axis=1) if longest == size[0] else turned(bat, -90, axis=0)


def _basketball(size: Vec3, paint: Paint) -> Mesh:
    """An orange ball with black seams."""
    r = 0.985 * min(size) / 2
    parts = [ellipsoid((0, 0, 0), (r, r, r), (0.55, 0.19, 0.04), rows=12, sides=24)]
    angles = np.linspace(0, 2 * np.pi, 25)
    rings = [
        [(r * np.cos(a), r * np.sin(a), 0.0) for a in angles],
        [(r * np.cos(a), 0.0, r * np.sin(a)) for a in angles],
        [(0.62 * r, 0.78 * r * np.cos(a), 0.78 * r * np.sin(a)) for a in angles],
        [(-0.62 * r, 0.78 * r * np.cos(a), 0.78 * r * np.sin(a)) for a in angles],
    ]
    parts += [tube([(float(a), float(b), float(c)) for a, b, c in ring], 0.02 * r, _INK, sides=4) for ring in rings]
    return merge(parts)


def _tennis_racket(size: Vec3, paint: Paint) -> Mesh:
    """An oval hoop with strings, a throat and a grip towards the back."""
    frame = paint.pick(_COVERS, LACQUER)

    def make(size: Vec3) -> Mesh:
        w, d, h = size
        x, y, z = w / 2, d / 2, h / 2
        pipe = min(0.012, 0.09 * w, 0.45 * h)
        length = 0.26 * d
        middle = y - length
        a, b = x - pipe, length - pipe
        hoop = [(a * np.cos(t), middle + b * np.sin(t), 0.0) for t in np.linspace(-np.pi / 2, 1.5 * np.pi, 25)]
        parts = [tube([(float(p), float(q), s) for p, q, s in hoop], pipe, frame, sides=6)]
        for k in range(-4, 5):
            reach = b * (1 - (k / 5) ** 2) ** 0.5
            parts.append(
                tube([(a * k / 5, middle - reach, 0), (a * k / 5, middle + reach, 0)], 0.2 * pipe, PAPER, sides=3)
            )
            reach = a * (1 - (k / 5) ** 2) ** 0.5
            parts.append(
                tube([(-reach, middle + b * k / 5, 0), (reach, middle + b * k / 5, 0)], 0.2 * pipe, PAPER, sides=3)
            )
        neck = -0.35 * y
        parts += [
            tube([(s * 0.55 * a, middle - 0.83 * b, 0), (0, neck, 0)], 0.8 * pipe, frame, sides=6) for s in (-1, 1)
        ]
        return merge([*parts, block((-1.3 * pipe, -y, -z), (1.3 * pipe, neck, z), _INK, bevel=0.3 * pipe)])

    return lengthwise(size, make)


def _dumbbell(size: Vec3, paint: Paint) -> Mesh:
    """Two hexagonal weights on a bar."""

    def make(size: Vec3) -> Mesh:
        w, d, h = size
        r, y = min(w, h) / 2, d / 2
        ends = [
            lathe([(0.85 * r, a * y), (r, a * y + 0.05 * d), (r, b * y - 0.05 * d), (0.85 * r, b * y)], _INK, sides=6)
            for a, b in ((-1.0, -0.4), (0.4, 1.0))
        ]
        return turned(merge([*ends, lathe([(0.28 * r, -0.5 * y), (0.28 * r, 0.5 * y)], STEEL)]), -90, axis=0)

    return lengthwise(size, make)


def _teddy_bear(size: Vec3, paint: Paint) -> Mesh:
    """A sitting bear: body, head with ears, snout and eyes, arms and legs to the front."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    fur = paint.pick(((0.36, 0.20, 0.09), (0.50, 0.34, 0.19), (0.24, 0.13, 0.07)), FUR)
    pale = shade(fur, 1.6)
    parts = [ellipsoid((0, -0.3 * y, -0.35 * z), (0.52 * x, 0.6 * y, 0.6 * z), fur)]
    parts.append(ellipsoid((0, -0.15 * y, 0.48 * z), (0.5 * x, 0.58 * y, 0.42 * z), fur))
    parts.append(ellipsoid((0, 0.38 * y, 0.38 * z), (0.22 * x, 0.25 * y, 0.16 * z), pale, rows=6, sides=10))
    parts.append(ellipsoid((0, 0.62 * y, 0.44 * z), (0.07 * x, 0.06 * y, 0.05 * z), _INK, rows=4, sides=8))
    for side in (-1, 1):
        parts.append(
            ellipsoid((side * 0.36 * x, -0.2 * y, 0.85 * z), (0.19 * x, 0.12 * y, 0.15 * z), fur, rows=6, sides=10)
        )
        parts.append(
            ellipsoid((side * 0.2 * x, 0.34 * y, 0.58 * z), (0.06 * x, 0.06 * y, 0.05 * z), _INK, rows=4, sides=8)
        )
        arm = ellipsoid((side * 0.62 * x, -0.12 * y, -0.08 * z), (0.38 * x, 0.3 * y, 0.2 * z), fur, rows=6, sides=10)
        parts.append(turned(arm, side * 28, axis=1, about=(side * 0.4 * x, 0, 0)))
        leg = (side * 0.44 * x, 0.3 * y, -0.78 * z)
        parts.append(ellipsoid(leg, (0.25 * x, 0.66 * y, 0.22 * z), fur, rows=6, sides=10))
        parts.append(
            ellipsoid((side * 0.44 * x, 0.92 * y, -0.76 * z), (0.17 * x, 0.08 * y, 0.15 * z), pale, rows=4, sides=10)
        )
    return merge(parts)


def _watering_can(size: Vec3, paint: Paint) -> Mesh:
    """A can with a bow handle at the back and a long spout to the front."""
    w, d, h = size
    x, y, z, color = w / 2, d / 2, h / 2, paint.plastic()
    r = min(x, 0.5 * y)
    middle = -0.35 * y
    body = moved(
        lathe([(r, -z), (0.95 * r, 0.3 * z), (0.6 * r, 0.45 * z), (0.5 * r, 0.35 * z)], color, squash=1.0),
        (0, middle, 0),
    )
    spout = tube([(0, middle + 0.8 * r, -0.6 * z), (0, 0.45 * y, 0.1 * z), (0, 0.92 * y, 0.8 * z)], 0.14 * r, color)
    rose = moved(
        turned(lathe([(0.12 * r, -0.1 * y), (0.32 * r, 0.06 * y)], shade(color, 0.8)), -50, axis=0),
        (0, 0.9 * y, 0.76 * z),
    )
    bow = [
        (0, middle + 0.5 * r, 0.4 * z),
        (0, middle, z - 0.08 * h),
        (0, -y + 0.1 * d, 0.6 * z),
        (0, middle - 0.9 * r, -0.4 * z),
    ]
    return merge([body, spout, rose, tube(bow, 0.1 * r, color)])


def _garbage_bag(size: Vec3, paint: Paint) -> Mesh:
    """A full bag with bulges, tied at the top."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    color = paint.pick(((0.03, 0.03, 0.032), (0.05, 0.05, 0.055), (0.50, 0.50, 0.49)), PLASTIC)
    parts = [ellipsoid((0, 0, -0.2 * z), (x, y, 0.8 * z), color, boxy=0.75)]
    for a in np.arange(5) * 2 * np.pi / 5:
        at = (0.5 * x * np.cos(a), 0.5 * y * np.sin(a), -0.25 * z + 0.3 * z * np.sin(3 * a))
        parts.append(ellipsoid(at, (0.48 * x, 0.48 * y, 0.55 * z), shade(color, 1.15), rows=6, sides=10))
    neck = [(0.5 * x, 0.35 * z), (0.12 * x, 0.62 * z), (0.1 * x, 0.7 * z), (0.3 * x, z), (0.0, 0.85 * z)]
    return merge([*parts, lathe(neck, shade(color, 1.3), sides=9)])


def _box(size: Vec3, paint: Paint) -> Mesh:
    """A cardboard box, open with its flaps out, or taped shut."""
    w, d, h = size
    x, y, z, board = w / 2, d / 2, h / 2, paint.pick(_CARDBOARD)
    if paint.random.random() < 0.5:
        tape = block((-0.1 * x, -1.003 * y, 0.5 * z), (0.1 * x, 1.003 * y, z), (0.62, 0.52, 0.36), bevel=0.0)
        seam = block((-0.01 * x, -0.99 * y, 0.9 * z), (0.01 * x, 0.99 * y, 1.002 * z), shade(board, 0.5), bevel=0.0)
        return merge([block((-x, -y, -z), (x, y, 0.995 * z), board, bevel=0.003), tape, seam])
    flap, thick = 0.2 * min(w, d), min(0.006, 0.05 * w)
    a, b, rim = x - 0.6 * flap, y - 0.6 * flap, z - 0.25 * flap
    walls = (
        ((-a, -b, -z), (-a + thick, b, rim)),
        ((a - thick, -b, -z), (a, b, rim)),
        ((-a, -b, -z), (a, -b + thick, rim)),
        ((-a, b - thick, -z), (a, b, rim)),
        ((-a, -b, -z), (a, b, -z + thick)),
    )
    parts = [block(low, high, board, bevel=0.0) for low, high in walls]
    for side in (-1, 1):
        wing = block((0, -b, 0), (flap, b, thick), shade(board, 1.15), bevel=0.0)
        parts.append(
            moved(turned(wing, -35, axis=1) if side > 0 else turned(turned(wing, 180), 35, axis=1), (side * a, 0, rim))
        )
        wing = block((-a, 0, 0), (a, flap, thick), shade(board, 1.1), bevel=0.0)
        parts.append(
            moved(turned(wing, 35, axis=0) if side > 0 else turned(turned(wing, 180), -35, axis=0), (0, side * b, rim))
        )
    return merge(parts)


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "BaseballBat": _baseball_bat,
    "BasketBall": _basketball,
    "Book": _book,
    "Boots": _boots,
    "Box": _box,
    "Cloth": _cloth,
    "CreditCard": _credit_card,
    "Dumbbell": _dumbbell,
    "GarbageBag": _garbage_bag,
    "KeyChain": _key_chain,
    "Newspaper": _newspaper,
    "Pen": _stick(STEEL, _INK),
    "Pencil": _stick((0.55, 0.40, 0.24), (0.60, 0.30, 0.30)),
    "TeddyBear": _teddy_bear,
    "TennisRacket": _tennis_racket,
    "TissueBox": _tissue_box,
    "WateringCan": _watering_can,
}
