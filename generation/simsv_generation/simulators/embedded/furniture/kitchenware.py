"""What one eats, cooks and cleans with."""

import math
from collections.abc import Callable

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import BLACK_PLASTIC, CAST, GLAZE, PLASTIC, STEEL, Paint, shade
from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, merge
from simsv_generation.simulators.embedded.solids import (
    block,
    cylinder,
    ellipsoid,
    lathe,
    lengthwise,
    moved,
    plate,
    tube,
)

_BOTTLE_GLASS = Material(gloss=0.05, opacity=0.55)
_WHITE: Vec3 = (0.75, 0.75, 0.73)
_PANS: tuple[Finish | Vec3, ...] = ((0.05, 0.05, 0.055), STEEL, (0.35, 0.07, 0.05), (0.10, 0.22, 0.34))


def _plate(size: Vec3, paint: Paint) -> Mesh:
    """A flat dish with a raised rim."""
    w, d, h = size
    x, z, color = w / 2, h / 2, paint.ceramic()
    outside = [(0.55 * x, -z), (0.62 * x, -0.7 * z), (x, 0.9 * z), (0.98 * x, z)]
    well = [(0.6 * x, -0.3 * z), (0.6 * x, -0.12 * z), (0.0, -0.14 * z)]
    return merge(
        [
            lathe([*outside, (0.62 * x, -0.2 * z), (0.0, -0.25 * z)], color, squash=d / w, sides=28),
            lathe(well, shade(color, 1.12), squash=d / w, sides=28),
        ]
    )


def _bowl(size: Vec3, paint: Paint) -> Mesh:
    """A hollow half sphere on a foot ring."""
    w, d, h = size
    x, z, color = w / 2, h / 2, paint.ceramic()
    outside = [(0.4 * x, -z), (0.45 * x, -0.85 * z)]
    outside += [
        (x * math.sin(math.radians(a)), -0.85 * z + 1.85 * z * (1 - math.cos(math.radians(a)))) for a in (35, 60, 90)
    ]
    inside = [
        (0.92 * x * math.sin(math.radians(a)), -0.7 * z + 1.7 * z * (1 - math.cos(math.radians(a))))
        for a in (90, 60, 35)
    ]
    return lathe([*outside, *inside, (0.0, -0.65 * z)], color, squash=d / w, sides=24)


def _cup(size: Vec3, paint: Paint) -> Mesh:
    """A tumbler that widens upwards, hollow."""
    w, d, h = size
    x, z, color = w / 2, h / 2, paint.ceramic()
    return lathe([(0.72 * x, -z), (x, z), (0.9 * x, z), (0.64 * x, -0.85 * z)], color, squash=d / w)


def _mug(size: Vec3, paint: Paint) -> Mesh:
    """A straight hollow cup with a handle at its right."""
    w, d, h = size
    z, color = h / 2, paint.ceramic()
    radius = min(d / 2, 0.36 * w)
    middle = -w / 2 + radius
    body = lathe(
        [(0.94 * radius, -z), (radius, -0.8 * z), (radius, z), (0.88 * radius, z), (0.84 * radius, -0.8 * z)],
        color,
        squash=d / 2 / radius,
    )
    reach = w / 2 - (middle + radius)
    ring = [
        (middle + 0.95 * radius + 1.0 * reach * math.sin(a), 0.0, 0.62 * z * math.cos(a))
        for a in np.linspace(0.15, 3.0, 9).tolist()
    ]
    return merge([moved(body, (middle, 0, 0)), tube(ring, 0.07 * w, color)])


def _pan(size: Vec3, paint: Paint) -> Mesh:
    """A shallow pan with a long handle towards the front."""

    def make(size: Vec3) -> Mesh:
        w, d, h = size
        x, z, color = w / 2, h / 2, paint.pick(_PANS, CAST)
        middle = -d / 2 + x
        profile = [(0.82 * x, -z), (x, 0.7 * z), (0.95 * x, 0.7 * z), (0.78 * x, -0.7 * z)]
        handle = tube(
            [(0, middle + 0.93 * x, 0.4 * z), (0, middle + 1.2 * x, 0.9 * z), (0, d / 2, 0.9 * z)],
            0.05 * w,
            BLACK_PLASTIC,
        )
        return merge([moved(lathe(profile, color, sides=28), (0, middle, 0)), handle])

    return lengthwise(size, make)


def _pot(size: Vec3, paint: Paint) -> Mesh:
    """A pot with a lid and a knob: a saucepan with one long handle where the box is long, else with two ears."""
    color = paint.pick(_PANS, CAST)

    def make(size: Vec3) -> Mesh:
        w, d, h = size
        z, saucepan = h / 2, d > 1.4 * w
        radius = 0.5 * min(w, 0.86 * d)
        middle = -d / 2 + 1.03 * radius if saucepan else 0.0
        body = lathe([(0.94 * radius, -z), (radius, -0.85 * z), (radius, 0.45 * z)], color, sides=26)
        rim, slope = [(1.03 * radius, 0.45 * z), (1.03 * radius, 0.52 * z)], [(0.5, 0.72), (0.12, 0.76)]
        lid = lathe([*rim, *((share * radius, level * z) for share, level in slope)], shade(color, 1.3), sides=26)
        knob = ellipsoid((0, 0, 0.88 * z), (0.14 * radius, 0.14 * radius, 0.12 * z), BLACK_PLASTIC, rows=6, sides=10)
        parts = [moved(merge([body, lid, knob]), (0, middle, 0))]
        if saucepan:
            path = [(0, middle + 0.96 * radius, 0.2 * z), (0, middle + 1.25 * radius, 0.3 * z), (0, d / 2, 0.4 * z)]
            return merge([*parts, tube(path, 0.05 * w, BLACK_PLASTIC)])
        half = 0.35 * radius
        for side in (-1, 1):
            inner, outer = side * 0.96 * radius, side * (d / 2 - 0.03 * w)
            ear = [(-half, inner, 0.2 * z), (-half, outer, 0.25 * z), (half, outer, 0.25 * z), (half, inner, 0.2 * z)]
            parts.append(tube(ear, 0.03 * w, BLACK_PLASTIC))
        return merge(parts)

    return lengthwise(size, make)


def _knife(size: Vec3, paint: Paint) -> Mesh:
    """A kitchen knife standing on its edge, as its box has it: a riveted grip and a blade that curves to its point."""
    grip = paint.pick((BLACK_PLASTIC, (0.24, 0.12, 0.06), (0.55, 0.42, 0.06), (0.45, 0.08, 0.06)), PLASTIC)

    def make(size: Vec3) -> Mesh:
        x, y, z = (extent / 2 for extent in size)
        neck = -0.2 * y
        edge = [(neck, -z), (0.5 * y, -z), (0.78 * y, -0.6 * z), (0.94 * y, -0.05 * z), (y, 0.5 * z)]
        parts = [
            plate([*edge, (neck, 0.8 * z)], -0.25 * x, 0.25 * x, STEEL, axis=0),
            block((-x, -y, -0.1 * z), (x, neck, z), grip, bevel=0.4 * x),
        ]
        for k in range(3):
            at = -0.86 * y + 0.27 * y * k
            parts.append(block((-1.03 * x, at, 0.3 * z), (1.03 * x, at + 0.05 * y, 0.6 * z), STEEL, bevel=0.0))
        return merge(parts)

    return lengthwise(size, make)


def _butter_knife(size: Vec3, paint: Paint) -> Mesh:
    """A table knife all of steel, on its edge: a slim handle and a broad blade with a round end."""
    metal = paint.metal(STEEL)

    def make(size: Vec3) -> Mesh:
        x, y, z = (extent / 2 for extent in size)
        handle = [(-y, -0.45 * z), (-0.98 * y, -0.6 * z), (0.0, -0.25 * z), (0.0, 0.25 * z), (-0.98 * y, 0.6 * z)]
        edge = [(-0.04 * y, -0.3 * z), (0.12 * y, -0.85 * z), (0.4 * y, -z), (0.75 * y, -0.9 * z), (0.93 * y, -0.5 * z)]
        back = [(y, 0.2 * z), (0.97 * y, 0.7 * z), (0.88 * y, z), (-0.04 * y, 0.45 * z)]
        return merge(
            [
                plate([*handle, (-y, 0.45 * z)], -x, x, shade(metal, 0.85), axis=0),
                plate([*edge, *back], -0.5 * x, 0.5 * x, metal, axis=0),
            ]
        )

    return lengthwise(size, make)


def _fork(size: Vec3, paint: Paint) -> Mesh:
    """A handle, a neck and four tines that rise to the front."""

    def make(size: Vec3) -> Mesh:
        w, d, h = size
        x, y, z, metal = w / 2, d / 2, h / 2, paint.metal(STEEL)
        parts = [tube([(0, -y, 0), (0, -0.2 * y, -0.5 * z), (0, 0.35 * y, -0.2 * z)], 0.18 * w, metal, sides=6)]
        parts.append(block((-x, 0.32 * y, -0.6 * z), (x, 0.5 * y, 0.1 * z), metal, bevel=0.001))
        for k in range(4):
            at = -x + (k + 0.5) * w / 4
            parts.append(
                tube([(at, 0.48 * y, -0.3 * z), (at, 0.75 * y, -0.2 * z), (at, y, 0.8 * z)], 0.08 * w, metal, sides=5)
            )
        return merge(parts)

    return lengthwise(size, make)


def _ladle_like(bowl_share: float, deep: float, metal: Finish | Vec3, grip: Finish | Vec3) -> Callable[[Vec3], Mesh]:
    """A hollow at the front of a handle along y."""

    def make(size: Vec3) -> Mesh:
        w, d, h = size
        x, y, z = w / 2, d / 2, h / 2
        depth = bowl_share * d / 2
        middle = y - depth
        low = -z + deep * h
        profile = [
            (0.5 * x, -z),
            (0.9 * x, -z + 0.6 * deep * h),
            (x, low),
            (0.9 * x, low),
            (0.45 * x, -z + 0.3 * deep * h),
        ]
        hollow = moved(lathe(profile, metal, squash=depth / x, sides=16), (0, middle, 0))
        stem = tube(
            [(0, middle - 0.9 * depth, low - 0.05 * h), (0, 0.1 * y, 0.3 * z), (0, -y, 0.8 * z)],
            0.08 * w,
            grip,
            sides=6,
        )
        return merge([hollow, stem])

    return make


def _spoon(size: Vec3, paint: Paint) -> Mesh:
    """An oval hollow on a thin handle."""
    return lengthwise(size, _ladle_like(0.3, 0.6, STEEL, shade(STEEL, 0.9)))


def _ladle(size: Vec3, paint: Paint) -> Mesh:
    """A deep round hollow on a long handle."""
    metal = paint.metal(STEEL)
    return lengthwise(size, _ladle_like(0.28, 0.75, metal, shade(metal, 0.7)))


def _spatula(size: Vec3, paint: Paint) -> Mesh:
    """A slotted blade on a handle along y."""

    def make(size: Vec3) -> Mesh:
        w, d, h = size
        x, y, z, metal = w / 2, d / 2, h / 2, paint.metal(STEEL)
        bar = w / 7
        parts = [
            block((-x + 2 * k * bar, 0.25 * y, -z), (-x + (2 * k + 1) * bar, y, -0.5 * z), metal, bevel=0.0)
            for k in range(4)
        ]
        parts += [block((-x, py, -z), (x, py + 0.08 * d, -0.5 * z), metal, bevel=0.0) for py in (0.25 * y, 0.84 * y)]
        parts.append(
            tube([(0, 0.25 * y, -0.5 * z), (0, 0.0, 0.3 * z), (0, -y, 0.6 * z)], 0.09 * w, BLACK_PLASTIC, sides=6)
        )
        return merge(parts)

    return lengthwise(size, make)


def _bottle_profile(x: float, z: float, neck: float, shoulder: float) -> list[tuple[float, float]]:
    return [(0.9 * x, -z), (x, -0.95 * z), (x, shoulder * z), (neck * x, (shoulder + 0.35) * z), (neck * x, 0.9 * z)]


def _bottle(size: Vec3, paint: Paint) -> Mesh:
    """A glass bottle with a stopper."""
    w, d, h = size
    x, z = w / 2, h / 2
    glass = paint.pick(((0.34, 0.48, 0.46), (0.50, 0.55, 0.54), (0.22, 0.32, 0.45)), _BOTTLE_GLASS)
    body = lathe(_bottle_profile(x, z, 0.35, 0.25), glass, squash=d / w)
    return merge([body, cylinder((0, 0, 0.88 * z), 0.38 * x, 0.12 * z, (0.35, 0.22, 0.12))])


def _wine_bottle(size: Vec3, paint: Paint) -> Mesh:
    """A slim dark bottle with a label and a capsule."""
    w, d, h = size
    x, z = w / 2, h / 2
    body = lathe(_bottle_profile(0.97 * x, z, 0.34, 0.15), Finish((0.02, 0.07, 0.03), GLAZE), squash=d / w)
    label = lathe([(x, -0.6 * z), (x, 0.0)], (0.70, 0.66, 0.55), squash=d / w)
    return merge([body, label, cylinder((0, 0, 0.6 * z), 0.36 * x, 0.4 * z, (0.30, 0.03, 0.05))])


def _shaker(color: Finish | Vec3) -> Callable[[Vec3, Paint], Mesh]:
    """A small jar of salt or pepper with a steel cap."""

    def shape(size: Vec3, paint: Paint) -> Mesh:
        w, d, h = size
        x, z = w / 2, h / 2
        jar = lathe([(0.9 * x, -z), (x, -0.9 * z), (0.75 * x, 0.35 * z)], color, squash=d / w)
        cap = lathe([(0.8 * x, 0.35 * z), (0.8 * x, 0.75 * z), (0.5 * x, 0.98 * z), (0, z)], STEEL, squash=d / w)
        return merge([jar, cap])

    return shape


def _paper_towel_roll(size: Vec3, paint: Paint) -> Mesh:
    """An upright roll of paper around a tube."""
    w, d, h = size
    x, z = w / 2, h / 2
    roll = lathe([(x, -z), (x, z), (0.4 * x, z), (0.4 * x, 0.6 * z)], _WHITE, squash=d / w)
    return merge(
        [
            roll,
            lathe([(0.4 * x, -z), (0.4 * x, z), (0.33 * x, z), (0.33 * x, 0.5 * z)], (0.42, 0.30, 0.19), squash=d / w),
        ]
    )


def _aluminum_foil(size: Vec3, paint: Paint) -> Mesh:
    """A long carton with a strip of foil hanging out."""

    def make(size: Vec3) -> Mesh:
        w, d, h = size
        x, y, z = w / 2, d / 2, h / 2
        carton = block((-0.9 * x, -y, -z), (0.9 * x, y, z), (0.10, 0.22, 0.50), bevel=0.002)
        band = block((-0.93 * x, -0.5 * y, -0.98 * z), (0.93 * x, 0.5 * y, 0.7 * z), (0.70, 0.70, 0.68), bevel=0.0)
        return merge(
            [carton, band, block((0.85 * x, -0.9 * y, -0.2 * z), (x, 0.9 * y, 0.9 * z), (0.62, 0.63, 0.65), bevel=0.0)]
        )

    return lengthwise(size, make)


def _dish_sponge(size: Vec3, paint: Paint) -> Mesh:
    """A yellow sponge with a green scouring side."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    sponge = block((-x, -y, -z), (x, y, 0.5 * z), (0.72, 0.55, 0.10), bevel=0.004)
    return merge([sponge, block((-x, -y, 0.5 * z), (x, y, z), (0.06, 0.25, 0.09), bevel=0.001)])


def _spray_bottle(size: Vec3, paint: Paint) -> Mesh:
    """A bottle with a trigger head that points to the front."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    color = paint.pick(((0.10, 0.30, 0.55), (0.12, 0.42, 0.20), (0.60, 0.60, 0.58), (0.55, 0.16, 0.10)), PLASTIC)
    radius = min(0.36 * d, 1.4 * x)
    middle = -y + radius
    body = moved(
        lathe(
            [
                (0.95 * radius, -z),
                (radius, -0.9 * z),
                (radius, 0.1 * z),
                (0.35 * radius, 0.45 * z),
                (0.35 * radius, 0.6 * z),
            ],
            color,
            squash=1.0,
        ),
        (0, middle, 0),
    )
    head = block((-0.6 * x, middle - 0.5 * radius, 0.6 * z), (0.6 * x, 0.75 * y, z), _WHITE, bevel=0.004)
    nozzle = block((-0.3 * x, 0.7 * y, 0.72 * z), (0.3 * x, y, 0.92 * z), (0.45, 0.05, 0.04), bevel=0.001)
    trigger = tube(
        [(0, 0.45 * y, 0.62 * z), (0, 0.55 * y, 0.35 * z), (0, 0.35 * y, 0.1 * z)], 0.25 * x, _WHITE, sides=6
    )
    return merge([body, head, nozzle, trigger])


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "AluminumFoil": _aluminum_foil,
    "Bottle": _bottle,
    "Bowl": _bowl,
    "ButterKnife": _butter_knife,
    "Cup": _cup,
    "DishSponge": _dish_sponge,
    "Fork": _fork,
    "Knife": _knife,
    "Ladle": _ladle,
    "Mug": _mug,
    "Pan": _pan,
    "PaperTowelRoll": _paper_towel_roll,
    "PepperShaker": _shaker((0.16, 0.12, 0.10)),
    "Plate": _plate,
    "Pot": _pot,
    "SaltShaker": _shaker((0.70, 0.70, 0.69)),
    "Spatula": _spatula,
    "Spoon": _spoon,
    "SprayBottle": _spray_bottle,
    "WineBottle": _wine_bottle,
}
