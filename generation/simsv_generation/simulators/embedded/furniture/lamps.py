"""Lamps and candles."""

from collections.abc import Callable

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import CAST, CHROME, METAL, SHADE, STEEL, Paint, shade
from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, merge
from simsv_generation.simulators.embedded.solids import cylinder, ellipsoid, lathe, moved, tube, turned

_SHADES: tuple[Vec3, ...] = (
    (0.80, 0.76, 0.66),
    (0.74, 0.66, 0.50),
    (0.70, 0.70, 0.68),
    (0.16, 0.22, 0.28),
    (0.46, 0.20, 0.14),
)
_METALS: tuple[Finish | Vec3, ...] = (
    STEEL,
    Finish((0.05, 0.05, 0.055), CAST),
    (0.44, 0.34, 0.18),
    CHROME,
)
_BULB = Finish((0.90, 0.88, 0.78), Material(emission=2.0))
_WAX: tuple[Vec3, ...] = ((0.78, 0.74, 0.62), (0.76, 0.75, 0.72), (0.48, 0.10, 0.08), (0.62, 0.46, 0.24))
_FLAME = Finish((0.90, 0.58, 0.14), Material(emission=2.0))


def _lampshade(x: float, y: float, low: float, high: float, narrow: float, color: Finish | Vec3) -> Mesh:
    """A cloth shade, hollow below and above, `narrow` times as wide at the top, with its hem and bulb."""
    tall, squash = high - low, y / x
    wall = [(0.0, low + 0.35 * tall), (0.96 * x, low + 0.01 * tall), (0.99 * x, low), (narrow * x, high)]
    wall += [(0.94 * narrow * x, high), (0.2 * narrow * x, high - 0.12 * tall)]
    hem = [(0.0, low + 0.36 * tall), (x, low), (x, low + 0.05 * tall), (0.0, low + 0.38 * tall)]
    return merge(
        [
            lathe(wall, color, squash=squash, sides=24),
            lathe(hem, shade(color, 0.6), squash=squash, sides=24),
            ellipsoid((0, 0, low + 0.18 * tall), (0.2 * x, 0.2 * y, 0.16 * tall), _BULB, rows=6, sides=10),
        ]
    )


def _floor_lamp(size: Vec3, paint: Paint) -> Mesh:
    """A lamp that stands on the floor: a shade on a pole or on three legs, or a bowl that lights the ceiling."""
    x, y, z = (extent / 2 for extent in size)
    layout, color, metal, wood = (
        int(paint.random.integers(4)),
        paint.pick(_SHADES, SHADE),
        paint.pick(_METALS, METAL),
        paint.wood(),
    )
    r, tall = min(0.014, 0.1 * x, 0.1 * y), min(0.34, 0.5 * z)
    low, squash = z - tall, y / x
    foot = [(0.62 * x, -z), (0.62 * x, -z + 0.015 * z), (0.56 * x, -z + 0.03 * z), (2 * r, -z + 0.045 * z)]
    if layout == 0:
        rim = [(2 * r, z - 0.6 * tall), (0.45 * x, z - 0.5 * tall), (0.85 * x, z - 0.2 * tall), (x, z)]
        rim += [(0.95 * x, z), (0.78 * x, z - 0.17 * tall), (0.3 * x, z - 0.4 * tall)]
        return merge(
            [
                lathe(foot, metal, squash=squash),
                tube([(0, 0, -z), (0, 0, z - 0.5 * tall)], r, metal, sides=10),
                lathe(rim, shade(Finish(_SHADES[0], SHADE), 1.05), squash=squash, sides=28),
                ellipsoid((0, 0, z - 0.32 * tall), (0.16 * x, 0.16 * y, 0.14 * tall), _BULB, rows=6, sides=10),
                ellipsoid((0, 0, -0.1 * z), (2 * r, 2 * r, 3 * r), metal, rows=6, sides=10),
            ]
        )
    cover = _lampshade(x, y, low, z, (0.98, 0.62, 0.8)[layout - 1], color)
    if layout == 1:
        hub, legs = low - 0.06 * z, []
        for angle in np.radians((90, 210, 330)):
            tip = (0.9 * x * np.cos(angle), 0.9 * y * np.sin(angle), -z + r)
            legs.append(tube([(0.0, 0.0, hub), tip], 1.1 * r, wood, sides=8))
        brass = lathe([(0.0, hub - 3 * r), (2.6 * r, hub), (1.2 * r, hub + 3 * r), (r, low + 0.4 * tall)], metal)
        return merge([cover, *legs, brass])
    return merge(
        [
            cover,
            lathe(foot, metal, squash=squash),
            tube([(0, 0, -z), (0, 0, low + 0.4 * tall)], r, metal, sides=10),
            ellipsoid((0, 0, low - 3 * r), (1.8 * r, 1.8 * r, 2.4 * r), metal, rows=6, sides=10),
            tube([(0.4 * x, 0, low + 0.05 * tall), (0.4 * x, 0, low - 0.25 * tall)], 0.2 * r, metal, sides=5),
        ]
    )


def _desk_lamp(size: Vec3, paint: Paint) -> Mesh:
    """A shade on a glazed or a metal foot; a long one has a jointed arm that reaches to the front."""
    x, y, z = (extent / 2 for extent in size)
    if y > 1.5 * x:
        return _jointed_lamp(size, paint.plastic())
    slender, metal, color = bool(paint.random.integers(2)), paint.pick(_METALS, METAL), paint.pick(_SHADES, SHADE)
    glaze = paint.ceramic()
    low, squash = 0.02 * z, y / x
    neck, r = 0.06 * x, 0.55 * x
    body = [(0.9 * r, -0.94 * z), (r, -0.55 * z), (0.75 * r, -0.3 * z), (0.3 * r, -0.1 * z), (0.26 * r, 0.0)]
    if slender:
        body = [(r, -0.94 * z), (0.9 * r, -0.9 * z), (0.14 * r, -0.86 * z), (0.14 * r, 0.0)]
    return merge(
        [
            lathe([(r, -z), (r, -0.94 * z)], shade(metal, 0.8), squash=squash),
            lathe(body, metal if slender else glaze, squash=squash),
            tube([(0, 0, -0.05 * z), (0, 0, 0.4 * z)], neck, metal),
            _lampshade(x, y, low, 0.95 * z, 0.66, color),
            ellipsoid((0, 0, 0.94 * z), (0.07 * x, 0.07 * y, 0.06 * z), metal, rows=6, sides=10),
        ]
    )


def _jointed_lamp(size: Vec3, color: Finish | Vec3) -> Mesh:
    """An architect's lamp: a round foot, two arms with an elbow, and a cone that shines down to the front."""
    x, y, z = (extent / 2 for extent in size)
    foot, head = min(x, 0.42 * y), min(0.98 * x, 0.40 * y, 0.34 * z)
    r, back = min(0.007, 0.1 * x, 0.1 * y), -y + foot
    root, elbow = (0.0, back, -0.9 * z), (0.0, max(-0.96 * y, back - 0.25 * foot), 0.45 * z)
    tip = (0.0, y - 1.15 * head, z - 0.75 * head)
    steel = STEEL
    cone = [(0.0, 0.5 * head), (0.9 * head, 0.03 * head), (head, 0.0), (0.8 * head, 0.45 * head)]
    cone += [(0.36 * head, 0.85 * head), (0.32 * head, 1.3 * head), (0.2 * head, 1.4 * head)]
    bulb = ellipsoid((0, 0, 0.12 * head), (0.42 * head, 0.42 * head, 0.42 * head), _BULB, rows=6, sides=12)
    lamp = turned(merge([lathe(cone, color), bulb]), 28, axis=0)
    joints = [ellipsoid(at, (2.2 * r, 2.2 * r, 2.2 * r), color, rows=4, sides=8) for at in (root, elbow, tip)]
    rods = [
        tube([(side, *a[1:]), (side, *b[1:])], 0.6 * r, steel, sides=6)
        for a, b in ((root, elbow), (elbow, tip))
        for side in (-r, r)
    ]
    return merge(
        [
            lathe([(foot, -z), (foot, -0.95 * z), (0.85 * foot, -0.91 * z)], color, at=(0, back, 0)),
            cylinder((0, back, -0.92 * z), 2 * r, 0.06 * z, steel),
            *rods,
            *joints,
            moved(lamp, (0, tip[1] + 0.25 * head, tip[2] - 0.75 * head)),
        ]
    )


def _candle(size: Vec3, paint: Paint) -> Mesh:
    """A candle that burns, with drops of wax; a tall broad one stands on a candlestick."""
    x, y, z = (extent / 2 for extent in size)
    wax, metal, squash = paint.pick(_WAX), paint.pick(_METALS, METAL), y / x
    parts, r, low = [], x, -z
    flame = min(0.03, 0.3 * z)
    top = z - flame
    if z > 0.1 and x > 0.03:
        low, r = -0.1 * z, 0.46 * x
        stick = [(x, -z), (x, -0.96 * z), (0.6 * x, -0.9 * z), (0.18 * x, -0.8 * z), (0.3 * x, -0.6 * z)]
        stick += [(0.15 * x, -0.5 * z), (0.18 * x, -0.25 * z), (0.7 * x, -0.12 * z), (0.7 * x, -0.06 * z)]
        parts.append(lathe(stick, metal, squash=squash, sides=18))
    body = [(0.96 * r, low), (r, low + 0.1 * (top - low)), (0.97 * r, top - 0.05 * r), (0.8 * r, top)]
    parts += [
        lathe([*body, (0.6 * r, top - 0.1 * r)], wax, squash=squash, sides=24),
        lathe([(0.04 * r + 4e-4, top - 0.2 * r), (0.03 * r + 3e-4, top + 0.4 * flame)], (0.03, 0.03, 0.03), sides=6),
        lathe(
            [(0.0, top + 0.2 * flame), (0.2 * flame, top + 0.42 * flame), (0.1 * flame, top + 0.75 * flame), (0.0, z)],
            _FLAME,
            sides=10,
        ),
    ]
    for angle, length in ((0.6, 0.35), (2.4, 0.2), (4.3, 0.28)):
        drop = length * (top - low)
        center = (0.92 * r * np.cos(angle), 0.92 * y / x * r * np.sin(angle), top - 0.05 * r - drop / 2)
        parts.append(ellipsoid(center, (0.11 * r, 0.11 * r * squash, drop / 2), shade(wax, 1.05), rows=4, sides=6))
    return merge(parts)


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "FloorLamp": _floor_lamp,
    "DeskLamp": _desk_lamp,
    "Candle": _candle,
}
