"""Food."""

from collections.abc import Callable

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import Paint, shade
from simsv_generation.simulators.embedded.mesh import Mesh, merge
from simsv_generation.simulators.embedded.solids import ellipsoid, lathe, tube

_STALK: Vec3 = (0.14, 0.09, 0.04)


def _apple(size: Vec3, paint: Paint) -> Mesh:
    """A round fruit with a hollow at the top, a stalk and a leaf."""
    w, d, h = size
    x, z = w / 2, h / 2
    color = paint.pick(((0.45, 0.03, 0.03), (0.30, 0.42, 0.06), (0.55, 0.10, 0.04), (0.55, 0.42, 0.08)))
    outline = (
        (0.3, -1.0),
        (0.6, -0.92),
        (0.82, -0.7),
        (0.95, -0.4),
        (1.0, -0.05),
        (0.96, 0.28),
        (0.82, 0.5),
        (0.62, 0.62),
    )
    hollow = ((0.4, 0.64), (0.22, 0.55), (0.1, 0.42), (0.0, 0.36))
    profile = [(r * x, level * z) for r, level in outline + hollow]
    stalk = tube([(0, 0, 0.35 * z), (0.05 * x, 0, 0.7 * z), (0.12 * x, 0, z)], 0.05 * x, _STALK, sides=6)
    leaf = ellipsoid((0.35 * x, 0, 0.75 * z), (0.28 * x, 0.13 * x, 0.05 * z), (0.08, 0.28, 0.05), rows=4, sides=8)
    return merge([lathe(profile, color, squash=d / w), stalk, leaf])


def _tomato(size: Vec3, paint: Paint) -> Mesh:
    """A squat red fruit with a green star of sepals."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    body = ellipsoid(
        (0, 0, -0.08 * z), (x, y, 0.92 * z), paint.pick(((0.52, 0.04, 0.02), (0.58, 0.09, 0.03))), boxy=0.9
    )
    green = (0.07, 0.24, 0.05)
    spikes = [
        tube([(0, 0, 0.86 * z), (0.5 * x * np.cos(a), 0.5 * y * np.sin(a), 0.74 * z)], 0.05 * x, green, sides=5)
        for a in np.arange(5) * 2 * np.pi / 5
    ]
    return merge([body, *spikes, tube([(0, 0, 0.8 * z), (0, 0, z)], 0.05 * x, green, sides=6)])


def _potato(size: Vec3, paint: Paint) -> Mesh:
    """A brown tuber with bumps."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    color = paint.pick(((0.42, 0.27, 0.13), (0.50, 0.35, 0.18), (0.36, 0.18, 0.12)))
    body = ellipsoid((0, 0, 0), (x, y, z), color, boxy=0.85)
    knob = ellipsoid((0.2 * x, 0.35 * y, 0.15 * z), (0.7 * x, 0.5 * y, 0.75 * z), shade(color, 1.06))
    return merge(
        [
            body,
            knob,
            ellipsoid((-0.3 * x, -0.3 * y, 0.6 * z), (0.08 * x, 0.06 * y, 0.3 * z), shade(color, 0.5), rows=4, sides=6),
        ]
    )


def _egg(size: Vec3, paint: Paint) -> Mesh:
    """An egg on its blunt end."""
    w, d, h = size
    x, z = w / 2, h / 2
    angles = np.linspace(-np.pi / 2, np.pi / 2, 12)
    profile = [(x * np.cos(a) * (1 - 0.14 * np.sin(a)), z * np.sin(a)) for a in angles]
    return lathe(
        [(max(r, 0.0), h) for r, h in profile],
        paint.pick(((0.75, 0.66, 0.55), (0.60, 0.40, 0.26), (0.78, 0.76, 0.72))),
        squash=d / w,
    )


def _bread(size: Vec3, paint: Paint) -> Mesh:
    """A loaf with a domed crust and cuts across it."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    crust = paint.pick(((0.36, 0.18, 0.07), (0.46, 0.26, 0.11), (0.28, 0.13, 0.05)))
    parts = [ellipsoid((0, 0, -0.1 * z), (x, y, 0.9 * z), crust, boxy=0.6)]
    parts.append(ellipsoid((0, 0, 0.25 * z), (0.9 * x, 0.96 * y, 0.75 * z), shade(crust, 1.12), boxy=0.75))
    for k in (-0.5, 0.0, 0.5):
        cut = [(-0.5 * x, (k - 0.1) * y, 0.86 * z), (0, k * y, 0.95 * z), (0.5 * x, (k + 0.1) * y, 0.86 * z)]
        parts.append(tube(cut, 0.05 * x, (0.66, 0.50, 0.30), sides=5))
    return merge(parts)


def _lettuce(size: Vec3, paint: Paint) -> Mesh:
    """A head of leaves that overlap, pale at the heart."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    green = paint.pick(((0.14, 0.36, 0.06), (0.22, 0.44, 0.09), (0.26, 0.14, 0.16)))
    parts = [ellipsoid((0, 0, 0), (0.75 * x, 0.8 * y, 0.8 * z), shade(green, 1.5))]
    for k, a in enumerate(np.arange(9) * 2 * np.pi / 9):
        lift = 0.3 * z * (1 if k % 2 else -0.6)
        center = (0.45 * x * np.cos(a), 0.45 * y * np.sin(a), lift)
        leaf = (0.45 * x, 0.45 * y, 0.6 * z)
        parts.append(ellipsoid(center, leaf, shade(green, float(paint.random.uniform(0.8, 1.25))), rows=6, sides=10))
    return merge(parts)


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "Apple": _apple,
    "Bread": _bread,
    "Egg": _egg,
    "Lettuce": _lettuce,
    "Potato": _potato,
    "Tomato": _tomato,
}
