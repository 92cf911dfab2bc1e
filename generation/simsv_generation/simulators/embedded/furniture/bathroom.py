"""What stands and hangs in a bathroom."""

from collections.abc import Callable

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import Paint, shade
from simsv_generation.simulators.embedded.mesh import Mesh, merge
from simsv_generation.simulators.embedded.solids import block, cylinder, ellipsoid, lathe, moved, tube, turned

_CERAMIC: Vec3 = (0.78, 0.78, 0.77)
_CHROME: Vec3 = (0.56, 0.57, 0.59)
_PAPER: Vec3 = (0.76, 0.76, 0.74)
_TOWELS: tuple[Vec3, ...] = (
    (0.66, 0.64, 0.60),
    (0.18, 0.32, 0.42),
    (0.50, 0.22, 0.22),
    (0.28, 0.40, 0.30),
    (0.62, 0.48, 0.22),
)


def _toilet(size: Vec3, paint: Paint) -> Mesh:
    """A bowl with a seat in front of a tank with a lid and a lever."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    rim, tank = -z + 0.45 * h, -y + 0.26 * d
    length = (d - 0.26 * d) / 2 + 0.03 * d
    middle = y - length
    stretch = length / (0.82 * x)
    foot = [(0.5 * x, -z), (0.42 * x, -z + 0.12 * h), (0.5 * x, -z + 0.25 * h), (0.82 * x, rim - 0.04 * h)]
    bowl = lathe(
        [*foot, (0.82 * x, rim - 0.03 * h), (0.6 * x, rim - 0.03 * h), (0.3 * x, -z + 0.2 * h)],
        _CERAMIC,
        squash=stretch,
        sides=24,
    )
    ring = [
        (0.58 * x, rim - 0.03 * h),
        (0.85 * x, rim - 0.03 * h),
        (0.85 * x, rim),
        (0.58 * x, rim),
        (0.58 * x, rim - 0.03 * h),
    ]
    seat = lathe(ring[1:4], shade(_CERAMIC, 1.1), squash=stretch, sides=24)
    water = lathe([(0.45 * x, rim - 0.1 * h), (0.45 * x, rim - 0.09 * h)], (0.35, 0.45, 0.50), squash=stretch)
    hollow = lathe([(0.55 * x, rim - 0.005 * h), (0.55 * x, rim + 0.001 * h)], (0.22, 0.24, 0.26), squash=stretch)
    parts = [moved(mesh, (0, middle, 0)) for mesh in (bowl, seat, water, hollow)]
    parts.append(block((-0.5 * x, -y, -z), (0.5 * x, tank + 0.1 * d, rim - 0.05 * h), _CERAMIC, bevel=0.03))
    parts.append(block((-0.96 * x, -y, rim - 0.04 * h), (0.96 * x, tank, z - 0.05 * h), _CERAMIC, bevel=0.03))
    parts.append(block((-x, -y, z - 0.05 * h), (x, tank + 0.01 * d, z), shade(_CERAMIC, 1.08), bevel=0.012))
    lever = [
        (-0.7 * x, tank, z - 0.12 * h),
        (-0.7 * x, tank + 0.02, z - 0.12 * h),
        (-0.35 * x, tank + 0.02, z - 0.12 * h),
    ]
    return merge([*parts, tube(lever, 0.008, _CHROME, sides=6)])


def _sink(size: Vec3, paint: Paint) -> Mesh:
    """A rim around a basin with a drain; on a pedestal when it is tall."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    deep = min(h, 0.2)
    low, wall = z - deep, min(0.045, 0.1 * w, 0.1 * d)
    back = min(0.1, 0.2 * d)
    sides = (
        ((-x, -y, low), (-x + wall, y, z)),
        ((x - wall, -y, low), (x, y, z)),
        ((-x + wall, -y, low), (x - wall, -y + back, z)),
        ((-x + wall, y - wall, low), (x - wall, y, z)),
        ((-x, -y, low), (x, y, low + 0.12 * deep)),
    )
    parts = [block(a, b, _CERAMIC, bevel=0.01) for a, b in sides]
    middle = (back - wall) / 2
    parts.append(cylinder((0, middle, low + 0.11 * deep), min(0.025, 0.08 * w), 0.03 * deep, shade(_CHROME, 0.6)))
    if h > 0.4:
        column = [(0.42 * x, -z), (0.3 * x, -z + 0.08 * h), (0.26 * x, 0.0), (0.45 * x, low + 0.02)]
        parts.append(moved(lathe(column, _CERAMIC, squash=min(1.0, d / w)), (0, -0.25 * y, 0)))
    return merge(parts)


def _faucet(size: Vec3, paint: Paint) -> Mesh:
    """A base, a spout that bends to the front and two handles."""
    w, d, h = size
    x, y, z, metal = w / 2, d / 2, h / 2, paint.metal(_CHROME)
    pipe = min(0.016, 0.12 * h, 0.15 * d)
    back = -y + 2 * pipe
    arch = [
        (0, back, -z),
        (0, back, 0.5 * z),
        (0, back + 0.25 * d, z - pipe),
        (0, y - 2 * pipe, 0.75 * z),
        (0, y - pipe, 0.25 * z),
    ]
    parts = [
        tube(arch, pipe, metal, sides=10),
        block((-x, -y, -z), (x, back + 2 * pipe, -z + 0.1 * h), metal, bevel=0.005),
    ]
    for side in (-1, 1):
        parts.append(
            cylinder(
                (side * (x - 1.6 * pipe), back, -z), 1.3 * pipe, 0.35 * h, shade(metal, 0.9), top_radius=0.8 * pipe
            )
        )
        bar = [(side * (x - 3 * pipe), back, -z + 0.36 * h), (side * x, back, -z + 0.36 * h)]
        parts.append(tube(bar, 0.5 * pipe, shade(metal, 1.15), sides=6))
    return merge(parts)


def _shower_head(size: Vec3, paint: Paint) -> Mesh:
    """A riser pipe on the wall with a valve below and a wide head above that looks down to the front."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    pipe, r = min(0.012, 0.1 * w), min(x, 0.5 * d)
    path = [(0, -y + pipe, -z), (0, -y + pipe, 0.92 * z), (0, -y + 0.25 * d, z - pipe), (0, y - r, 0.93 * z)]
    parts = [tube(path, pipe, _CHROME)]
    head = lathe([(0.95 * r, 0.0), (r, 0.02), (0.3 * r, 0.05), (0.2 * r, 0.08)], _CHROME, sides=24)
    parts.append(moved(head, (0, y - r, 0.93 * z - 0.07)))
    parts.append(block((-0.8 * x, -y, -z), (0.8 * x, -y + 0.2 * d, -z + 0.05), _CHROME, bevel=0.01))
    return merge([*parts, cylinder((0, -y + 0.1 * d, -z + 0.05), 0.25 * x, 0.03, shade(_CHROME, 0.7))])


def _hanging(size: Vec3, color: Vec3, folds: int, bar: float) -> list[Mesh]:
    """Cloth that hangs in folds from `bar` below the top."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    step = w / folds
    return [
        ellipsoid(
            (-x + (k + 0.5) * step, (0.25 if k % 2 else -0.25) * y, -bar / 2),
            (0.62 * step, 0.72 * y, z - bar / 2),
            shade(color, 1.05 if k % 2 else 0.92),
            boxy=0.35,
            sides=10,
        )
        for k in range(folds)
    ]


def _shower_curtain(size: Vec3, paint: Paint) -> Mesh:
    """A rail with a curtain in folds."""
    w, d, h = size
    color = paint.pick(((0.62, 0.66, 0.68), (0.30, 0.44, 0.52), (0.66, 0.60, 0.50)))
    cloth = _hanging(size, color, max(4, round(w / 0.08)), 0.02 * h)
    rail = tube([(-w / 2, 0, h / 2 - 0.008), (w / 2, 0, h / 2 - 0.008)], min(0.008, 0.2 * d), _CHROME)
    return merge([*cloth, rail])


def _towel(size: Vec3, paint: Paint) -> Mesh:
    """A towel folded over a bar, with a stripe near its hem."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    color = paint.pick(_TOWELS)
    parts = [block((-x, -0.25 * y, -0.86 * z), (x, -y, 0.95 * z), shade(color, 0.85), bevel=0.01)]
    parts.append(block((-x, 0.2 * y, -z), (x, y, 0.95 * z), color, bevel=0.01))
    parts.append(ellipsoid((0, 0, 0.93 * z), (x, 0.95 * y, 0.07 * z), color, boxy=0.5))
    for level in (-0.78, -0.70):
        parts.append(block((-x, 0.9 * y, level * z), (x, 1.02 * y, (level + 0.04) * z), shade(color, 0.55), bevel=0.0))
    return merge(parts)


def _towel_holder(size: Vec3, paint: Paint) -> Mesh:
    """A bar between two brackets on the wall."""
    w, d, h = size
    x, y, z, metal = w / 2, d / 2, h / 2, paint.metal(_CHROME)
    r, end = min(0.35 * z, 0.2 * y), x - min(z, 0.5 * x)
    parts = [tube([(-end, y - r, 0), (end, y - r, 0)], r, metal, sides=10)]
    for side in (-1, 1):
        at = side * end
        parts.append(tube([(at, -y, 0), (at, y - r, 0)], 1.2 * r, metal))
        parts.append(moved(turned(cylinder((0, 0, 0), z, 0.15 * d, metal), -90, axis=0), (at, -y, 0)))
    return merge(parts)


def _hand_towel_holder(size: Vec3, paint: Paint) -> Mesh:
    """A ring that hangs from a knob on the wall."""
    w, d, h = size
    x, y, z, metal = w / 2, d / 2, h / 2, paint.metal(_CHROME)
    knob = min(0.25 * h, 0.3 * w)
    plate = moved(
        turned(cylinder((0, 0, 0), knob / 2, 0.9 * d, metal, top_radius=0.3 * knob), -90, axis=0), (0, -y, z - knob / 2)
    )
    wire, rise = 0.045 * w, (h - knob / 2) / 2
    angles = np.linspace(np.pi / 2, 5 * np.pi / 2, 21)
    path = [(np.cos(a) * (x - wire), 0.5 * y, -z + rise + np.sin(a) * (rise - wire)) for a in angles]
    return merge([plate, tube(path, wire, metal)])


def _toilet_paper(size: Vec3, paint: Paint) -> Mesh:
    """An upright roll of paper with its tube."""
    w, d, h = size
    x, z = w / 2, h / 2
    roll = lathe([(x, -z), (x, z), (0.42 * x, z), (0.42 * x, 0.5 * z)], _PAPER, squash=d / w)
    return merge(
        [
            roll,
            lathe(
                [(0.42 * x, 0.4 * z), (0.42 * x, 0.99 * z), (0.34 * x, 0.99 * z), (0.34 * x, 0.4 * z)],
                (0.42, 0.30, 0.19),
                squash=d / w,
            ),
        ]
    )


def _toilet_paper_hanger(size: Vec3, paint: Paint) -> Mesh:
    """A wall plate with an arm to both sides that carries a rod. Its roll is an object of its own."""
    w, d, h = size
    x, y, z, metal = w / 2, d / 2, h / 2, paint.metal(_CHROME)
    r = min(0.1 * w, 0.25 * h)
    parts = [
        block((-x, -y, -z), (-0.6 * x, -0.6 * y, z), metal, bevel=0.006),
        block((0.6 * x, -y, -z), (x, -0.6 * y, z), metal, bevel=0.006),
    ]
    for side in (-1, 1):
        parts.append(tube([(side * 0.8 * x, -0.8 * y, 0), (side * 0.8 * x, y - r, 0)], 0.7 * r, metal))
    return merge([*parts, tube([(-0.8 * x, y - r, 0), (0.8 * x, y - r, 0)], r, shade(metal, 0.85), sides=12)])


def _plunger(size: Vec3, paint: Paint) -> Mesh:
    """A rubber cup on a stick."""
    w, d, h = size
    x, z = w / 2, h / 2
    rubber = paint.pick(((0.35, 0.07, 0.04), (0.04, 0.04, 0.042), (0.40, 0.20, 0.08)))
    cup = lathe(
        [(x, -z), (0.97 * x, -z + 0.1 * h), (0.5 * x, -z + 0.22 * h), (0.2 * x, -z + 0.25 * h)],
        rubber,
        squash=d / w,
        sides=24,
    )
    return merge([cup, cylinder((0, 0, -z + 0.24 * h), 0.15 * x, 0.76 * h, paint.wood())])


def _scrub_brush(size: Vec3, paint: Paint) -> Mesh:
    """A toilet brush in its holder."""
    w, d, h = size
    x, z = w / 2, h / 2
    holder = lathe(
        [
            (0.9 * x, -z),
            (x, -z + 0.05 * h),
            (0.75 * x, -z + 0.38 * h),
            (0.62 * x, -z + 0.38 * h),
            (0.7 * x, -z + 0.1 * h),
        ],
        _PAPER,
        squash=d / w,
    )
    stick = cylinder((0, 0, -z + 0.1 * h), 0.12 * x, 0.84 * h, (0.68, 0.68, 0.66))
    knob = ellipsoid((0, 0, z - 0.05 * h), (0.2 * x, 0.2 * x, 0.05 * h), (0.68, 0.68, 0.66), rows=6, sides=10)
    return merge([holder, stick, knob, cylinder((0, 0, -z + 0.08 * h), 0.5 * x, 0.26 * h, (0.30, 0.40, 0.50))])


def _soap_bar(size: Vec3, paint: Paint) -> Mesh:
    """A rounded bar with a band pressed into it."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    color = paint.pick(((0.72, 0.68, 0.58), (0.55, 0.66, 0.58), (0.70, 0.52, 0.50)))
    mark = ellipsoid((0, 0, 0.55 * z), (0.55 * x, 0.6 * y, 0.45 * z), shade(color, 0.86), boxy=0.6, rows=4, sides=12)
    return merge([ellipsoid((0, 0, -0.05 * z), (x, y, 0.95 * z), color, boxy=0.45), mark])


def _soap_bottle(size: Vec3, paint: Paint) -> Mesh:
    """A bottle with a pump whose nozzle points to the front."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    color = paint.pick(
        ((0.55, 0.66, 0.40), (0.70, 0.52, 0.18), (0.30, 0.48, 0.60), (0.66, 0.36, 0.42), (0.70, 0.70, 0.68))
    )
    r = min(x, 0.9 * y)
    body = lathe(
        [(0.94 * r, -z), (r, -0.92 * z), (r, 0.2 * z), (0.4 * r, 0.42 * z), (0.4 * r, 0.52 * z)],
        color,
        squash=min(1.0, 0.9 * y / r),
    )
    pump = [cylinder((0, 0, 0.5 * z), 0.45 * r, 0.12 * z, _PAPER), cylinder((0, 0, 0.6 * z), 0.12 * r, 0.3 * z, _PAPER)]
    nozzle = tube([(0, -0.3 * r, 0.94 * z), (0, 0.6 * y, 0.94 * z), (0, y, 0.84 * z)], min(0.06 * z, 0.2 * r), _PAPER)
    return merge([body, *pump, nozzle])


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "Faucet": _faucet,
    "HandTowel": _towel,
    "HandTowelHolder": _hand_towel_holder,
    "Plunger": _plunger,
    "ScrubBrush": _scrub_brush,
    "ShowerCurtain": _shower_curtain,
    "ShowerHead": _shower_head,
    "Sink": _sink,
    "SoapBar": _soap_bar,
    "SoapBottle": _soap_bottle,
    "Toilet": _toilet,
    "ToiletPaper": _toilet_paper,
    "ToiletPaperHanger": _toilet_paper_hanger,
    "Towel": _towel,
    "TowelHolder": _towel_holder,
}
