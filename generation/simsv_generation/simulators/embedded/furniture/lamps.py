"""Lamps and candles."""

from collections.abc import Callable

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import Paint, shade
from simsv_generation.simulators.embedded.mesh import Mesh, merge
from simsv_generation.simulators.embedded.solids import cylinder, ellipsoid, lathe, moved, tube

_SHADES: tuple[Vec3, ...] = ((0.80, 0.74, 0.60), (0.76, 0.76, 0.74), (0.62, 0.46, 0.30), (0.30, 0.34, 0.38))
_BULB: Vec3 = (0.90, 0.86, 0.70)


def _floor_lamp(size: Vec3, paint: Paint) -> Mesh:
    """A heavy foot, a thin pole and a shade with a bulb in it."""
    w, d, h = size
    x, z, metal, cloth = w / 2, h / 2, paint.metal((0.08, 0.08, 0.085)), paint.pick(_SHADES)
    pole, low = min(0.014, 0.1 * x), z - min(0.32, 0.22 * h)
    foot = lathe([(0.62 * x, -z), (0.62 * x, -z + 0.015 * h), (pole, -z + 0.03 * h)], metal, squash=d / w, sides=24)
    outside, inside = [(x, low), (0.68 * x, z)], [(0.66 * x, z), (0.97 * x, low)]
    # Open below and above: the profile goes up outside and comes down inside.
    cover = lathe([(0.97 * x, low), *outside, *inside], cloth, squash=d / w, sides=24)
    bulb = ellipsoid((0, 0, low + 0.04 * h), (0.16 * x, 0.16 * x, 0.03 * h), _BULB, rows=6, sides=10)
    return merge([foot, cylinder((0, 0, -z), pole, 1.9 * z, metal), cover, bulb])


def _desk_lamp(size: Vec3, paint: Paint) -> Mesh:
    """A round foot, an arm with a joint and a head that shines down to the front."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    metal = paint.pick(((0.05, 0.05, 0.055), (0.70, 0.70, 0.69), (0.42, 0.07, 0.05), (0.12, 0.26, 0.32)))
    foot, arm = min(0.75 * x, 0.6 * y), max(0.004, 0.03 * w)
    parts = [moved(lathe([(foot, -z), (foot, -z + 0.05 * h), (0.2 * foot, -z + 0.09 * h)], metal), (0, -y + foot, 0))]
    joint = (0.0, -0.75 * y, 0.1 * z)
    parts.append(tube([(0, -y + foot, -z + 0.05 * h), joint, (0, 0.25 * y, 0.82 * z)], arm, shade(metal, 1.2)))
    parts.append(ellipsoid(joint, (2 * arm, 2 * arm, 2 * arm), metal, rows=6, sides=8))
    r = min(x, 0.55 * y)
    head = lathe([(r, 0.42 * z), (0.45 * r, 0.86 * z), (0.4 * r, z), (0.0, z)], metal)
    bulb = ellipsoid((0, y - r, 0.46 * z), (0.45 * r, 0.45 * r, 0.14 * z), _BULB, rows=6, sides=10)
    return merge([*parts, moved(head, (0, y - r, 0)), bulb])


def _candle(size: Vec3, paint: Paint) -> Mesh:
    """A wax column with a hollow at the top and a wick."""
    w, d, h = size
    x, z = w / 2, h / 2
    wax = paint.pick(((0.76, 0.70, 0.56), (0.50, 0.08, 0.07), (0.70, 0.70, 0.68), (0.22, 0.34, 0.26)))
    wick = min(0.08 * h, 0.015)
    body = lathe(
        [(x, -z), (0.96 * x, z - 1.6 * wick), (0.8 * x, z - 1.5 * wick), (0.0, z - 2 * wick)], wax, squash=d / w
    )
    return merge([body, cylinder((0, 0, z - 2 * wick), 0.06 * x, 2 * wick, (0.03, 0.03, 0.03))])


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "Candle": _candle,
    "DeskLamp": _desk_lamp,
    "FloorLamp": _floor_lamp,
}
