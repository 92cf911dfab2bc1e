"""Electric and stove-top appliances."""

from collections.abc import Callable

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import (
    BLACK_PLASTIC,
    CHROME,
    CLEAR_GLASS,
    DARK_SCREEN,
    GLAZE,
    STEEL,
    Paint,
    shade,
)
from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, merge
from simsv_generation.simulators.embedded.solids import (
    block,
    cylinder,
    ellipsoid,
    forward,
    lathe,
    moved,
    plate,
    tube,
    turned,
)

_CLEAR_CUP = Finish((0.40, 0.44, 0.46), CLEAR_GLASS.material)
_LIT = Finish((0.15, 0.62, 0.55), Material(emission=0.5))
_ENAMELS: tuple[Finish | Vec3, ...] = ((0.72, 0.72, 0.71), STEEL, STEEL, (0.09, 0.09, 0.10))
_SMALL: tuple[Finish | Vec3, ...] = (
    STEEL,
    (0.06, 0.06, 0.065),
    (0.68, 0.67, 0.64),
    (0.44, 0.07, 0.06),
    (0.28, 0.46, 0.46),
)


def _handle(start: Vec3, end: Vec3, reach: float, radius: float, color: Finish | Vec3) -> Mesh:
    """A bar in front of a door between two points of the door's face."""
    (x0, y0, z0), (x1, y1, z1) = start, end
    return tube([start, (x0, y0 + reach, z0), (x1, y1 + reach, z1), end], radius, color, sides=8)


def _fridge(size: Vec3, paint: Paint) -> Mesh:
    """A fridge and freezer: side by side with a water dispenser, with French doors, or one above the other."""
    x, y, z = (extent / 2 for extent in size)
    color, layout = paint.pick(_ENAMELS, GLAZE), int(paint.random.integers(2))
    reach, leaf, gap = min(0.05, 0.3 * y), min(0.07, 0.3 * y), min(0.006, 0.02 * x)
    front, bar, floor = y - reach, min(0.012, 0.05 * x), -z + min(0.07, 0.1 * z)
    back = front - leaf
    metal = shade(CHROME, 0.75) if color.color[0] > 0.6 else CHROME
    parts = [
        block((-x, -y, floor), (x, back - gap, z), shade(color, 0.62)),
        block((-0.97 * x, -0.96 * y, -z), (0.97 * x, back - gap, floor), BLACK_PLASTIC),
    ]

    def door(low_x: float, low_z: float, high_x: float, high_z: float) -> Mesh:
        return block((low_x + gap, back, low_z + gap), (high_x - gap, front, high_z - gap), color, 0.015)

    def upright(at_x: float, low_z: float, high_z: float) -> Mesh:
        return _handle((at_x, front, low_z), (at_x, front, high_z), reach - bar, bar, metal)

    grip = min(0.07, 0.15 * x)
    if x < 0.42:
        split = 0.35 * z
        parts += [door(-x, floor, x, split), door(-x, split, x, z)]
        parts += [upright(grip - x, -0.35 * z, split - 0.06 * z), upright(grip - x, split + 0.06 * z, 0.75 * z)]
    elif layout == 0:
        parts += [door(-x, floor, 0.12 * x, z), door(0.12 * x, floor, x, z)]
        parts += [upright(0.12 * x + side * grip, -0.45 * z, 0.5 * z) for side in (-1, 1)]
        sill, low, high = front + 0.1 * reach, -0.05 * z, 0.32 * z
        parts += [
            block((0.36 * x, front, low), (0.82 * x, sill, high), BLACK_PLASTIC),
            block((0.42 * x, sill, 0.22 * z), (0.76 * x, sill + 0.08 * reach, 0.29 * z), _LIT, 0.0),
            block((0.42 * x, sill, low), (0.76 * x, sill + 0.5 * reach, low + 0.03 * z), metal),
        ]
    else:
        split = -0.30 * z
        parts += [door(-x, floor, x, split), door(-x, split, 0, z), door(0, split, x, z)]
        parts += [upright(side * grip, split + 0.12 * z, 0.6 * z) for side in (-1, 1)]
        level = split - 0.09 * z
        parts.append(_handle((-0.7 * x, front, level), (0.7 * x, front, level), reach - bar, bar, metal))
    return merge(parts)


def _microwave(size: Vec3, paint: Paint) -> Mesh:
    """A microwave oven: a dark window, an upright handle, and a panel of keys under a lit clock."""
    x, y, z = (extent / 2 for extent in size)
    color = paint.pick((STEEL, (0.68, 0.68, 0.67), (0.08, 0.08, 0.085)), GLAZE)
    key = shade(CHROME, 0.75) if color.color[0] < 0.6 else (0.25, 0.26, 0.27)
    reach, feet = min(0.035, 0.3 * y), min(0.015, 0.1 * z)
    front, split, low = y - reach, -0.42 * x, -z + feet
    skin = 0.12 * reach
    parts = [block((-x, -y, low), (x, front - 0.6 * reach, z), shade(color, 0.7))]
    parts += [
        block((split + 0.01 * x, front - 0.6 * reach, low), (x, front, z), color),
        block(
            (-x, front - 0.6 * reach, low),
            (split, front, z),
            BLACK_PLASTIC if color.color[0] > 0.2 else shade(color, 0.7),
        ),
        block((-0.20 * x, front, -0.62 * z), (0.92 * x, front + skin, 0.76 * z), BLACK_PLASTIC),
        block((-0.08 * x, front + skin, -0.44 * z), (0.80 * x, front + 2 * skin, 0.58 * z), (0.13, 0.125, 0.11)),
        block((-0.92 * x, front, 0.58 * z), (-0.50 * x, front + skin, 0.82 * z), _LIT, 0.0),
    ]
    grip = -0.31 * x
    parts.append(_handle((grip, front, -0.66 * z), (grip, front, 0.72 * z), 0.75 * reach, 0.2 * reach, CHROME))
    for row in range(4):
        for column in range(3):
            left, top = (-0.92 + 0.15 * column) * x, (0.44 - 0.26 * row) * z
            parts.append(block((left, front, top - 0.17 * z), (left + 0.11 * x, front + skin, top), key, 0.0))
    for side in (-0.85, 0.85):
        for end in (-0.8, 0.4):
            parts.append(cylinder((side * x, end * y, -z), 0.04 * x, feet, BLACK_PLASTIC))
    return merge(parts)


def _toaster(size: Vec3, paint: Paint) -> Mesh:
    """A toaster with rounded shoulders, two slots, and a lever and a dial on its front."""
    x, y, z = (extent / 2 for extent in size)
    color = paint.pick(_SMALL, GLAZE)
    reach, feet, round_by = min(0.03, 0.2 * y), min(0.012, 0.1 * z), 0.45 * min(x, z)
    front, low = y - reach, -z + feet
    top = z - 0.04 * z
    turn = np.linspace(0, np.pi / 2, 6)
    shoulder = [(top - round_by * (1 - np.sin(a)), x - round_by * (1 - np.cos(a))) for a in turn]
    hull = [(low, 0.94 * x), (low, -0.94 * x), *[(level, -across) for level, across in shoulder], *shoulder[::-1]]
    parts = [
        plate(hull, -y + 0.06 * y, front - 0.06 * y, color, axis=1),
        plate([(0.97 * level, 0.95 * across) for level, across in hull], -y, front, shade(color, 0.45), axis=1),
        block((-0.8 * x, -0.85 * y, -z), (0.8 * x, front - 0.15 * y, low + 0.05 * z), BLACK_PLASTIC),
        block((-0.06 * x, front, -0.45 * z), (0.06 * x, front + 0.1 * reach, 0.6 * z), BLACK_PLASTIC),
        block((-0.26 * x, front, 0.28 * z), (0.26 * x, y, 0.46 * z), BLACK_PLASTIC),
        forward(lathe([(0.2 * z, 0), (0.17 * z, 0.5 * reach)], CHROME, sides=14), (-0.55 * x, front, -0.45 * z)),
    ]
    for side in (-1, 1):
        a, b = sorted((side * 0.10 * x, side * 0.46 * x))
        parts += [
            block((a, -0.78 * y, 0.8 * z), (b, 0.70 * y, 0.985 * z), CHROME),
            block((a + 0.06 * x, -0.75 * y, 0.8 * z), (b - 0.06 * x, 0.67 * y, z), (0.02, 0.02, 0.02), 0.0),
        ]
    return merge(parts)


def _coffee_machine(size: Vec3, paint: Paint) -> Mesh:
    """A drip coffee maker with its glass jug when narrow; a wide one is an espresso machine with two filters."""
    x, y, z = (extent / 2 for extent in size)
    color, dark = paint.pick(_SMALL, GLAZE), (0.07, 0.07, 0.075)
    if x > 0.8 * y:
        return _espresso_machine(size, color)
    column, head, foot = -0.25 * y, 0.42 * z, -z + 0.14 * z
    jug, floor = min(0.62 * x, 0.44 * y), foot + 0.03 * z
    tall = head - floor - 0.06 * z
    middle = (0.0, 0.26 * y, floor)
    return merge(
        [
            block((-x, -y, -z), (x, 0.9 * y, foot), color, 0.012),
            block((-x, -y, foot), (x, column, head), color, 0.012),
            block((-x, -y, head), (x, 0.8 * y, z), color, 0.02),
            block((-0.6 * x, column, -0.5 * z), (0.6 * x, column + 0.02 * y, head), shade(color, 0.4), 0.0),
            block((-0.7 * x, 0.8 * y, 0.55 * z), (0.7 * x, 0.83 * y, 0.88 * z), dark),
            block((-0.25 * x, 0.83 * y, 0.65 * z), (0.25 * x, 0.85 * y, 0.8 * z), _LIT, 0.0),
            forward(cylinder((0, 0, 0), 0.12 * x, 0.05 * y, CHROME), (-0.5 * x, 0.83 * y, 0.7 * z)),
            forward(cylinder((0, 0, 0), 0.12 * x, 0.05 * y, CHROME), (0.5 * x, 0.83 * y, 0.7 * z)),
            cylinder((0, middle[1], foot), 1.05 * jug, 0.03 * z, dark),
            lathe([(0.85 * jug, 0), (jug, 0.2 * tall), (0.98 * jug, 0.6 * tall)], (0.06, 0.03, 0.02), at=middle),
            lathe([(0.98 * jug, 0.6 * tall), (0.7 * jug, 0.88 * tall), (0.72 * jug, tall)], _CLEAR_CUP, at=middle),
            lathe([(0.75 * jug, tall), (0.5 * jug, tall + 0.05 * z)], dark, at=middle),
            tube(
                [
                    (0, middle[1] + 0.68 * jug, floor + 0.92 * tall),
                    (0, 0.96 * y, floor + 0.86 * tall),
                    (0, 0.96 * y, floor + 0.35 * tall),
                    (0, middle[1] + 0.95 * jug, floor + 0.25 * tall),
                ],
                0.04 * y,
                dark,
            ),
        ]
    )


def _espresso_machine(size: Vec3, color: Finish | Vec3) -> Mesh:
    """An espresso machine: a drip tray, two filters with their handles, a steam pipe, a gauge and a cup rail."""
    x, y, z = (extent / 2 for extent in size)
    steel, dark = STEEL, shade(BLACK_PLASTIC, 2.0)
    foot, head, top, face = -0.62 * z, 0.30 * z, 0.80 * z, 0.5 * y
    parts = [
        block((-x, -y, -z + 0.05 * z), (x, 0.95 * y, foot), steel, 0.01),
        block((-0.92 * x, -0.05 * y, foot), (0.92 * x, 0.92 * y, foot + 0.015 * z), dark, 0.0),
        block((-x, -y, foot), (x, -0.15 * y, head), steel, 0.01),
        block((-x, -y, head), (x, face, top), color, 0.02),
        forward(cylinder((0, 0, 0), 0.13 * z, 0.04 * y, CHROME), (0, face, 0.56 * z)),
        forward(cylinder((0, 0, 0), 0.105 * z, 0.05 * y, (0.8, 0.8, 0.78)), (0, face, 0.56 * z)),
        tube([(0.9 * x, 0.3 * y, head), (0.92 * x, 0.5 * y, 0.0), (0.92 * x, 0.62 * y, -0.4 * z)], 0.03 * z, CHROME),
    ]
    for k in range(5):
        bar = (-0.8 + 0.4 * k) * x
        slot = foot + 0.015 * z
        parts.append(block((bar - 0.05 * x, 0, slot), (bar + 0.05 * x, 0.88 * y, slot + 0.02 * z), CHROME, 0.0))
    for side in (-0.48, 0.48):
        parts += [
            cylinder((side * x, 0.12 * y, 0.12 * z), 0.2 * x, head - 0.12 * z, CHROME),
            tube([(side * x, 0.2 * y, 0.18 * z), (side * x, 0.97 * y, 0.12 * z)], 0.055 * z, dark),
            forward(lathe([(0.09 * z, 0), (0.09 * z, 0.12 * y)], dark, sides=8), (1.4 * side * x, face, 0.55 * z)),
            block((side * x - 0.45 * x, 0.40 * y, 0.96 * z), (side * x + 0.45 * x, 0.46 * y, z), CHROME, 0.0),
            block((side * 1.94 * x - 0.02 * x, -0.9 * y, top), (side * 1.94 * x + 0.02 * x, 0.46 * y, z), CHROME, 0.0),
        ]
    parts.append(block((-0.9 * x, -0.9 * y, -z), (0.9 * x, 0.85 * y, -0.95 * z), dark, 0.0))
    return merge(parts)


def _laundry(size: Vec3, color: Finish | Vec3) -> tuple[list[Mesh], float, float]:
    """The case of a washing machine or dryer, the depth of its face and the lower edge of its control panel."""
    x, y, z = (extent / 2 for extent in size)
    feet, face, panel = min(0.03, 0.1 * z), y - min(0.06, 0.2 * y), 0.70 * z
    parts = [
        block((-x, -y, -z + feet), (x, face, z - 0.05 * z), color, 0.012),
        block((-x, -y, z - 0.05 * z), (x, face + 0.01 * y, z), shade(color, 0.94)),
        block((-0.97 * x, face, panel), (0.97 * x, face + 0.02 * y, 0.93 * z), shade(color, 0.75)),
        block((-0.98 * x, face, -z + feet), (0.98 * x, face + 0.01 * y, -0.83 * z), shade(color, 0.82)),
    ]
    parts += [
        cylinder((sx * x, sy * y, -z), 0.08 * x, feet, BLACK_PLASTIC) for sx in (-0.85, 0.85) for sy in (-0.85, 0.7)
    ]
    return parts, face, panel


def _washing_machine(size: Vec3, paint: Paint) -> Mesh:
    """A front loader: a porthole, a soap drawer, a dial and a display."""
    x, y, z = (extent / 2 for extent in size)
    parts, face, panel = _laundry(size, paint.pick(((0.74, 0.74, 0.73), (0.42, 0.43, 0.45)), GLAZE))
    deep, r = y - face, min(0.68 * x, 0.6 * z)
    ring = [(r, 0.0), (0.92 * r, deep), (0.74 * r, deep), (0.68 * r, 0.6 * deep)]
    glass = [(0.68 * r, 0.6 * deep), (0.5 * r, 0.78 * deep), (0.25 * r, 0.9 * deep), (0.0, 0.92 * deep)]
    ledge, high = face + 0.02 * y, 0.93 * z - panel
    middle = panel + high / 2
    parts += [
        forward(lathe(ring, CHROME), (0, face, -0.08 * z)),
        forward(lathe(glass, DARK_SCREEN), (0, face, -0.08 * z)),
        block((0.78 * r, face, -0.16 * z), (0.98 * r, y, 0.0), BLACK_PLASTIC, 0.0),
        block((0.36 * x, ledge, panel + 0.12 * high), (0.92 * x, ledge + 0.02 * y, 0.9 * z), (0.70, 0.70, 0.69)),
        block(
            (0.5 * x, ledge + 0.02 * y, middle), (0.75 * x, ledge + 0.03 * y, middle + 0.2 * high), BLACK_PLASTIC, 0.0
        ),
        forward(cylinder((0, 0, 0), 0.36 * high, 0.6 * deep, CHROME), (0.0, face, middle)),
        block((-0.88 * x, ledge, panel + 0.2 * high), (-0.3 * x, ledge + 0.01 * y, 0.88 * z), BLACK_PLASTIC, 0.0),
        block((-0.6 * x, ledge + 0.01 * y, middle), (-0.38 * x, ledge + 0.015 * y, middle + 0.25 * high), _LIT, 0.0),
    ]
    return merge(parts)


def _clothes_dryer(size: Vec3, paint: Paint) -> Mesh:
    """A tumble dryer: a closed square door with a handle, a row of knobs, and a grille for the air below."""
    x, y, z = (extent / 2 for extent in size)
    color = paint.pick(((0.74, 0.74, 0.73), (0.42, 0.43, 0.45)), GLAZE)
    parts, face, panel = _laundry(size, color)
    deep, r = y - face, min(0.7 * x, 0.55 * z)
    middle, high = -0.02 * z, 0.93 * z - panel
    parts += [
        block((-r, face, middle - r), (r, face + 0.5 * deep, middle + r), shade(color, 1.05), 0.05),
        forward(
            lathe([(0.78 * r, 0.5 * deep), (0.72 * r, 0.75 * deep)], shade(color, 0.86), sides=28), (0, face, middle)
        ),
        _handle((-0.88 * r, face, -0.25 * z), (-0.88 * r, face, 0.2 * z), 0.85 * deep, 0.15 * deep, CHROME),
    ]
    for k in range(3):
        at = (0.35 + 0.23 * k) * x
        radius = 0.34 * high if k == 2 else 0.22 * high
        parts.append(forward(cylinder((0, 0, 0), radius, 0.55 * deep, BLACK_PLASTIC), (at, face, panel + high / 2)))
    for k in range(4):
        low = (-0.80 + 0.045 * k) * z
        parts.append(block((-0.5 * x, face, low), (0.5 * x, face + 0.02 * y, low + 0.02 * z), BLACK_PLASTIC, 0.0))
    return merge(parts)


def _kettle(size: Vec3, paint: Paint) -> Mesh:
    """A stove-top kettle: a round belly, a spout to the front, and a bow over the lid."""
    x, y, z = (extent / 2 for extent in size)
    metal, grip, deep = paint.metal(CHROME), paint.plastic(), 0.8 * y
    r, back = x, deep - y
    belly = [(0.88 * r, -z), (r, -0.82 * z), (0.97 * r, -0.5 * z), (0.78 * r, -0.08 * z), (0.45 * r, 0.12 * z)]
    spout = [(0.26 * r, 0), (0.11 * r, 0.82 * y), (0.13 * r, 0.86 * y), (0.08 * r, 0.86 * y), (0.06 * r, 0.7 * y)]
    bow = [(0.0, back - 0.82 * deep * np.cos(a), 0.1 * z + 0.83 * z * np.sin(a)) for a in np.linspace(-0.25, 3.4, 12)]
    return merge(
        [
            lathe(belly, metal, at=(0, back, 0), squash=deep / r, sides=24),
            lathe([(0.47 * r, 0.12 * z), (0.3 * r, 0.24 * z), (0, 0.27 * z)], shade(metal, 0.8), at=(0, back, 0)),
            ellipsoid((0, back, 0.34 * z), (0.11 * r, 0.11 * r, 0.1 * z), grip, rows=6, sides=10),
            moved(turned(lathe(spout, metal, sides=14), -45, axis=0), (0, 0.30 * y, -0.35 * z)),
            tube(bow[:4], 0.045 * r, metal),
            tube(bow[3:9], 0.1 * r, grip),
            tube(bow[8:], 0.045 * r, metal),
        ]
    )


def _vacuum_cleaner(size: Vec3, paint: Paint) -> Mesh:
    """An upright vacuum cleaner: a wide head on the floor, a clear dust cup, a long handle and its hose."""
    x, y, z = (extent / 2 for extent in size)
    color = paint.plastic()
    head, axle = -z + 0.17 * z, -0.45 * y
    r = min(0.40 * x, 0.42 * y)
    cup = (0.0, -0.30 * y, -0.55 * z)
    body = merge(
        [
            lathe([(0.8 * r, -0.28 * z), (1.05 * r, -0.2 * z), (1.05 * r, 0.0)], color, at=cup),
            lathe([(0.92 * r, 0.0), (0.92 * r, 0.36 * z)], _CLEAR_CUP, at=cup),
            lathe([(0.45 * r, 0.36 * z), (0.45 * r, 0.365 * z)], BLACK_PLASTIC, at=cup),
            lathe([(1.02 * r, 0.36 * z), (1.02 * r, 0.46 * z), (0.6 * r, 0.56 * z)], color, at=cup),
            block((-0.3 * r, -0.75 * y, -0.8 * z), (0.3 * r, -0.5 * y, 0.2 * z), BLACK_PLASTIC),
            tube([(0, -0.62 * y, 0.1 * z), (0, -0.62 * y, 0.72 * z)], 0.14 * r, CHROME),
            tube(
                [
                    (0, -0.62 * y, 0.66 * z),
                    (0, -0.80 * y, 0.80 * z),
                    (0, -0.72 * y, 0.95 * z),
                    (0, -0.42 * y, 0.96 * z),
                    (0, -0.36 * y, 0.82 * z),
                    (0, -0.62 * y, 0.66 * z),
                ],
                0.16 * r,
                color,
            ),
            tube(
                [
                    (0.3 * r, -0.6 * y, 0.6 * z),
                    (1.3 * r, -0.5 * y, 0.2 * z),
                    (1.3 * r, -0.4 * y, -0.5 * z),
                    (0.5 * r, axle, head),
                ],
                0.14 * r,
                (0.08, 0.08, 0.085),
            ),
        ]
    )
    wheels = [
        moved(
            turned(cylinder((0, 0, 0), 0.13 * z, 0.14 * x, BLACK_PLASTIC), 90, axis=1), (at * x, -0.55 * y, -0.87 * z)
        )
        for at in (-0.8, 0.66)
    ]
    return merge(
        [
            body,
            *wheels,
            block((-x, -0.45 * y, -0.98 * z), (x, y, head), color, 0.03),
            block((-0.96 * x, -0.4 * y, -z), (0.96 * x, 0.96 * y, -0.96 * z), BLACK_PLASTIC),
            block((-0.8 * x, 0.55 * y, head), (0.8 * x, 0.8 * y, head + 0.01 * z), _CLEAR_CUP, 0.0),
        ]
    )


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "Fridge": _fridge,
    "Microwave": _microwave,
    "Toaster": _toaster,
    "CoffeeMachine": _coffee_machine,
    "WashingMachine": _washing_machine,
    "ClothesDryer": _clothes_dryer,
    "Kettle": _kettle,
    "VacuumCleaner": _vacuum_cleaner,
}
