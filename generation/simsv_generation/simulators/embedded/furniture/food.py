"""Food."""

from collections.abc import Callable

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import Paint, shade
from simsv_generation.simulators.embedded.mesh import Material, Mesh, merge
from simsv_generation.simulators.embedded.solids import cylinder, ellipsoid, lathe, moved, tube, turned

_STALK: Vec3 = (0.14, 0.09, 0.04)
_SKIN = Material(gloss=0.03)


def _apple(size: Vec3, paint: Paint) -> Mesh:
    """A round fruit with a hollow at the top, a stalk and a leaf."""
    w, d, h = size
    x, z = w / 2, h / 2
    color = paint.pick(((0.45, 0.03, 0.03), (0.30, 0.42, 0.06), (0.55, 0.10, 0.04), (0.55, 0.42, 0.08)), _SKIN)
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
        (0, 0, -0.08 * z), (x, y, 0.92 * z), paint.pick(((0.52, 0.04, 0.02), (0.58, 0.09, 0.03)), _SKIN), boxy=0.9
    )
    green = (0.07, 0.24, 0.05)
    spikes = [
        tube([(0, 0, 0.86 * z), (0.5 * x * np.cos(a), 0.5 * y * np.sin(a), 0.74 * z)], 0.05 * x, green, sides=5)
        for a in np.arange(5) * 2 * np.pi / 5
    ]
    return merge([body, *spikes, tube([(0, 0, 0.8 * z), (0, 0, z)], 0.05 * x, green, sides=6)])


def _potato(size: Vec3, paint: Paint) -> Mesh:
    """A crooked brown tuber with eyes."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    color = paint.pick(((0.42, 0.27, 0.13), (0.50, 0.35, 0.18), (0.36, 0.18, 0.12)))
    ends = (
        ((0.07 * x, -0.13 * y, -0.05 * z), (0.93 * x, 0.87 * y, 0.95 * z)),
        ((-0.1 * x, 0.17 * y, 0.06 * z), (0.9 * x, 0.83 * y, 0.92 * z)),
    )
    parts = [ellipsoid(middle, radii, color) for middle, radii in ends]
    for end, around, level in ((0, -1.0, 0.75), (0, -0.5, 0.2), (1, 2.3, 0.7), (1, 1.1, 0.35), (1, 0.5, 0.85)):
        flat = (1 - level * level) ** 0.5
        (a, b, c), (p, q, r) = ends[end]
        at = (a + p * flat * float(np.cos(around)), b + q * flat * float(np.sin(around)), c + r * level)
        parts.append(ellipsoid(at, (0.08 * x, 0.07 * y, 0.04 * z), shade(color, 0.5), rows=4, sides=6))
    return merge(parts)


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
    """A lying head: two rings of broad leaves with pale ribs that open to the front, and the cut stem at the back."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    green = paint.pick(((0.14, 0.36, 0.06), (0.22, 0.44, 0.09), (0.26, 0.14, 0.16)))
    rib, r = (0.56, 0.62, 0.34), min(x, z)
    parts = [
        ellipsoid((0, 0.1 * y, 0), (0.62 * r, 0.7 * y, 0.62 * r), shade(green, 1.6), rows=6, sides=10),
        turned(cylinder((0, 0, -y), 0.26 * r, 0.5 * y, rib), -90, axis=0),
    ]
    # Leaves of the outer ring are wide and lean out; those of the inner ring are paler and show between them.
    for leaves, out, lean, light in ((6, 0.66, 11.0, 1.0), (4, 0.5, 7.0, 1.4)):
        for k in range(leaves):
            color = shade(green, light * float(paint.random.uniform(0.82, 1.2)))
            leaf = ellipsoid((0, 0.08 * y, 0), (0.52 * r, 0.8 * y, 0.17 * r), color, rows=6, sides=8)
            vein = [(0, -0.66 * y, 0.07 * r), (0, 0.08 * y, 0.18 * r), (0, 0.6 * y, 0.14 * r)]
            leaf = turned(merge([leaf, tube(vein, 0.045 * r, rib, sides=4)]), lean, axis=0)
            parts.append(turned(moved(leaf, (0, 0, out * r)), 360 * k / leaves + 2 * lean, axis=1))
    return merge(parts)


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "Apple": _apple,
    "Bread": _bread,
    "Egg": _egg,
    "Lettuce": _lettuce,
    "Potato": _potato,
    "Tomato": _tomato,
}
