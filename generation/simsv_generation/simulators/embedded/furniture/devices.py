"""Screens, clocks, phones and switches."""

from collections.abc import Callable

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import Paint, shade
from simsv_generation.simulators.embedded.mesh import Mesh, merge
from simsv_generation.simulators.embedded.solids import block, cylinder, lathe, moved, tube, turned

_SCREEN: Vec3 = (0.012, 0.014, 0.018)
_BLACK: Vec3 = (0.03, 0.03, 0.033)
_SILVER: Vec3 = (0.50, 0.51, 0.52)
_WHITE: Vec3 = (0.72, 0.72, 0.70)


def _screen(x: float, low: float, high: float, back: float, front: float, frame: Vec3) -> list[Mesh]:
    """A flat panel that faces the front: a case with a dark, slightly raised picture."""
    edge = min(0.03 * 2 * x, 0.05 * (high - low))
    case = block((-x, back, low), (x, front - 0.15 * (front - back), high), frame, bevel=0.004)
    picture = (-x + edge, front - 0.2 * (front - back), low + 1.4 * edge), (x - edge, front, high - edge)
    return [case, block(*picture, _SCREEN, bevel=0.0)]


def _television(size: Vec3, paint: Paint) -> Mesh:
    """A flat screen on a foot, or on an arm from the wall."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    thick = min(0.06, 0.6 * d)
    if d < 0.2:  # the ones that ProcTHOR hangs on walls
        arm = block((-0.2 * x, -y, -0.3 * z), (0.2 * x, y - 0.9 * thick, 0.3 * z), _BLACK)
        return merge([*_screen(x, -z, z, y - thick, y, _BLACK), arm])
    low = -z + min(0.09, 0.13 * h)
    parts = _screen(x, low, z, -thick / 2, thick / 2, _BLACK)
    parts.append(block((-0.07 * w, -thick / 2, -z), (0.07 * w, 0.1 * thick, low + 0.05 * h), _BLACK))
    parts.append(block((-0.24 * w, -y, -z), (0.24 * w, y, -z + 0.018), shade(_BLACK, 1.6)))
    return merge(parts)


def _desktop(size: Vec3, paint: Paint) -> Mesh:
    """A monitor on a foot with the computer's tower beside it."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    tower = min(0.19, 0.24 * w)
    half = (w - tower - 0.04) / 2
    parts = [moved(mesh, (-x + half, 0, 0)) for mesh in _screen(half, -z + 0.2 * h, z, -0.03, 0.02, _BLACK)]
    parts.append(block((-x + half - 0.03, -0.04, -z), (-x + half + 0.03, 0.0, -z + 0.3 * h), _BLACK))
    parts.append(block((-x + half - 0.13, -0.8 * y, -z), (-x + half + 0.13, 0.8 * y, -z + 0.015), shade(_BLACK, 1.5)))
    parts.append(block((x - tower, -y, -z), (x, 0.96 * y, z - 0.25 * h), shade(_BLACK, 2.0)))
    for k in range(2):
        high = z - 0.29 * h - 0.09 * h * k
        parts.append(block((x - 0.9 * tower, 0.9 * y, high - 0.06 * h), (x - 0.1 * tower, y, high), shade(_BLACK, 0.8)))
    return merge(parts)


def _laptop(size: Vec3, paint: Paint) -> Mesh:
    """An open laptop: a deck with keys and a touch pad, and a screen that leans back; a closed one when it is flat."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    case, deck = paint.pick((_SILVER, shade(_BLACK, 2.5), (0.62, 0.62, 0.60))), min(0.02, 0.45 * h)
    if h < 0.07:
        logo = block((-0.07 * w, -0.07 * w, 0.9 * z), (0.07 * w, 0.07 * w, z), shade(case, 0.6), bevel=0.0)
        return merge([block((-x, -y, -z), (x, y, -0.1 * z), case), block((-x, -y, 0.0), (x, y, 0.95 * z), case), logo])
    hinge = -0.72 * y
    parts = [block((-x, hinge, -z), (x, y, -z + deck), case, bevel=0.003)]
    top = -z + deck
    pitch = 1.64 * x / 12
    for row in range(5):
        for column in range(12):
            left, back = -0.82 * x + column * pitch, hinge + (0.10 + 0.105 * row) * (y - hinge)
            key = (left, back, top), (left + 0.8 * pitch, back + 0.085 * (y - hinge), top + 0.003)
            parts.append(block(*key, _BLACK, bevel=0.0))
    pad = (-0.22 * x, hinge + 0.68 * (y - hinge), top), (0.22 * x, hinge + 0.93 * (y - hinge), top + 0.0015)
    parts.append(block(*pad, shade(case, 0.75), bevel=0.0))
    tall = h - deck
    lid = merge(_screen(x, 0.0, tall * 1.04, -0.006, 0.006, case))
    return merge([*parts, moved(turned(lid, 16, axis=0), (0, hinge + 0.006, top - 0.002))])


def _phone(size: Vec3, paint: Paint) -> Mesh:
    """A slab with a dark screen and a button."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    case = paint.pick((_BLACK, _SILVER, (0.55, 0.45, 0.36), (0.30, 0.05, 0.06)))
    parts = [block((-x, -y, -z), (x, y, 0.8 * z), case, bevel=0.003)]
    parts.append(block((-0.9 * x, -0.78 * y, 0.7 * z), (0.9 * x, 0.84 * y, z), _SCREEN, bevel=0.0))
    return merge(
        [
            *parts,
            moved(lathe([(0.12 * x, 0.7 * z), (0.12 * x, 0.98 * z)], shade(case, 0.5), sides=10), (0, -0.89 * y, 0)),
        ]
    )


def _remote(size: Vec3, paint: Paint) -> Mesh:
    """A long slab with rows of buttons."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    case = paint.pick((_BLACK, shade(_BLACK, 2), (0.30, 0.31, 0.32)))
    parts = [block((-x, -y, -z), (x, y, 0.6 * z), case, bevel=0.006)]
    colors = ((0.55, 0.06, 0.04), _SILVER, _SILVER, (0.10, 0.25, 0.50), _SILVER, _SILVER)
    for row, color in enumerate(colors):
        for column in range(3):
            cx, cy = (column - 1) * 0.55 * x, y * (0.8 - 0.25 * row)
            parts.append(
                block((cx - 0.17 * x, cy - 0.07 * y, 0.5 * z), (cx + 0.17 * x, cy + 0.07 * y, z), color, bevel=0.0)
            )
    return merge(parts)


def _alarm_clock(size: Vec3, paint: Paint) -> Mesh:
    """A round dial with hands in a case with two bells, two feet and a hammer."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    case = paint.pick(((0.42, 0.06, 0.05), _SILVER, (0.10, 0.30, 0.32), (0.05, 0.05, 0.055)))
    r = min(0.92 * x, 0.7 * z)
    middle = -z + r + 0.08 * h
    drum = turned(
        lathe([(r, -0.9 * y), (r, 0.85 * y), (0.9 * r, y), (0.86 * r, 0.75 * y)], case, sides=24), -90, axis=0
    )
    face = turned(lathe([(0.86 * r, 0.5 * y), (0.86 * r, 0.8 * y)], _WHITE, sides=24), -90, axis=0)
    parts = [moved(drum, (0, 0, middle)), moved(face, (0, 0, middle))]
    for dx, dz in ((0.0, 0.62), (0.42, 0.12)):
        parts.append(tube([(0, 0.86 * y, middle), (dx * r, 0.86 * y, middle + dz * r)], 0.05 * r, _BLACK, sides=5))
    for side in (-1, 1):
        parts.append(
            tube([(side * 0.55 * r, 0, middle - 0.75 * r), (side * 0.85 * x, 0, -z + 0.01)], 0.1 * r, case, sides=6)
        )
        bell = lathe([(0.36 * r, 0.0), (0.3 * r, 0.16 * r), (0.0, 0.24 * r)], _SILVER, sides=14)
        parts.append(moved(turned(bell, -28 * side, axis=1), (side * 0.5 * r, 0, middle + 0.92 * r)))
    return merge([*parts, tube([(0, 0, middle + 0.9 * r), (0, 0, z)], 0.08 * r, _BLACK, sides=6)])


def _watch(size: Vec3, paint: Paint) -> Mesh:
    """A wrist watch that stands on its closed strap, the dial up."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    strap = paint.pick(((0.10, 0.06, 0.04), _BLACK, _SILVER))
    band = lathe(
        [(0.92 * z, -0.7 * y), (z, -0.7 * y), (z, 0.7 * y), (0.88 * z, 0.7 * y), (0.88 * z, -0.6 * y)], strap, sides=20
    )
    ring = turned(band, -90, axis=0)
    stretched = type(ring)(ring.positions * (x / z, 1, 1), ring.normals, ring.colors, ring.triangles)
    dial = cylinder((0, 0, 0.8 * z), min(y, 0.6 * x), 0.14 * z, _SILVER)
    return merge([stretched, dial, cylinder((0, 0, 0.9 * z), 0.85 * min(y, 0.6 * x), 0.1 * z, _WHITE)])


def _light_switch(size: Vec3, paint: Paint) -> Mesh:
    """A plate on the wall with a rocker."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    parts = [block((-x, -y, -z), (x, 0.1 * y, z), _WHITE, bevel=0.004)]
    rocker = block((-0.35 * x, -0.2 * y, -0.5 * z), (0.35 * x, 0.6 * y, 0.5 * z), shade(_WHITE, 0.82), bevel=0.002)
    lever = block((-0.3 * x, 0.4 * y, 0.0), (0.3 * x, y, 0.42 * z), _WHITE, bevel=0.002)
    return merge([*parts, rocker, lever])


def _cd(size: Vec3, paint: Paint) -> Mesh:
    """A shiny disc with a hole."""
    w, d, h = size
    x, z = w / 2, h / 2
    disc = lathe(
        [(0.15 * x, -z), (x, -z), (x, 0.6 * z), (0.15 * x, 0.6 * z)], (0.55, 0.57, 0.62), squash=d / w, sides=28
    )
    return merge(
        [
            disc,
            lathe(
                [(0.15 * x, z * 0.9), (0.34 * x, z * 0.9), (0.34 * x, z)], (0.75, 0.76, 0.78), squash=d / w, sides=20
            ),
        ]
    )


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "AlarmClock": _alarm_clock,
    "CD": _cd,
    "CellPhone": _phone,
    "Desktop": _desktop,
    "Laptop": _laptop,
    "LightSwitch": _light_switch,
    "RemoteControl": _remote,
    "Television": _television,
    "Watch": _watch,
}
