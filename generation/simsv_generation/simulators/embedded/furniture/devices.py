"""Electronics and light switches."""

from collections.abc import Callable

import numpy as np

from simsv_generation.geometry import Vec2, Vec3
from simsv_generation.simulators.embedded.materials import (
    BLACK_PLASTIC,
    CHROME,
    DARK_SCREEN,
    LACQUER,
    LIT_SCREEN,
    PLASTIC,
    STEEL,
    Paint,
    shade,
)
from simsv_generation.simulators.embedded.mesh import Finish, Mesh, merge
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

_LED: Vec3 = (0.60, 0.10, 0.06)
_WHITE: Vec3 = (0.78, 0.78, 0.76)
_CASES: tuple[Vec3, ...] = ((0.52, 0.53, 0.55), (0.06, 0.06, 0.065), (0.28, 0.29, 0.31), (0.58, 0.48, 0.38))
_SHIMMER: tuple[Vec3, ...] = (
    (0.62, 0.62, 0.64),
    (0.56, 0.40, 0.52),
    (0.38, 0.48, 0.68),
    (0.40, 0.64, 0.56),
    (0.68, 0.66, 0.40),
    (0.66, 0.46, 0.36),
)
_SCREENS: tuple[Vec3, ...] = ((0.10, 0.26, 0.50), (0.12, 0.38, 0.42), (0.34, 0.18, 0.42), (0.48, 0.30, 0.16))
_APPS: tuple[Vec3, ...] = (
    (0.70, 0.14, 0.10),
    (0.16, 0.52, 0.20),
    (0.74, 0.56, 0.12),
    (0.80, 0.80, 0.80),
    (0.14, 0.34, 0.70),
)


def _rounded(x: float, y: float, radius: float) -> list[Vec2]:
    """The outline of a rectangle of half sizes x and y with round corners, counter-clockwise."""
    r = min(radius, 0.8 * x, 0.8 * y)
    return [
        (sx * (x - r) + r * np.cos(a), sy * (y - r) + r * np.sin(a))
        for (sx, sy), start in zip(((1, 1), (-1, 1), (-1, -1), (1, -1)), range(4), strict=True)
        for a in np.linspace(start * np.pi / 2, (start + 1) * np.pi / 2, 5)
    ]


def _flat_screen(x: float, back: float, low: float, high: float, thick: float, case: Finish | Vec3) -> Mesh:
    """A screen that faces the front: a case with a bulge behind, dark glass, and a rim."""
    rim, face = 0.035 * x, back + thick
    a, b, bottom, top = x - rim, high - low, low + 2 * rim, high - rim

    return merge(
        [
            block((-x, back, low), (x, face, high), case, 0.2 * rim),
            block((-0.6 * x, back - 0.8 * thick, low + 0.2 * b), (0.6 * x, back, low + 0.75 * b), case, 0.5 * thick),
            block((-a, face - 0.2 * thick, bottom), (a, face + 0.05 * rim, top), DARK_SCREEN, 0.0),
            block((-0.07 * x, face, low + 0.7 * rim), (0.07 * x, face + 0.1 * rim, low + 1.3 * rim), CHROME, 0.0),
            block(
                (-0.92 * x, face, low + 0.8 * rim),
                (-0.9 * x, face + 0.1 * rim, low + 1.2 * rim),
                _LED,
                0.0,
            ),
        ]
    )


def _television(size: Vec3, paint: Paint) -> Mesh:
    """A flat television: on a foot when it is deep; thinner ones are for the wall, on an arm or flat against it."""
    x, y, z = (extent / 2 for extent in size)
    case = paint.pick(((0.03, 0.03, 0.035), (0.03, 0.03, 0.035), (0.10, 0.10, 0.11), (0.42, 0.43, 0.44)), PLASTIC)
    if y < 0.06:
        return _flat_screen(x, -0.1 * y, -z, z, 1.05 * y, case)
    if y < 0.1:  # ProcTHOR hangs these on walls too
        arm = block((-0.2 * x, -y, -0.3 * z), (0.2 * x, y - 0.04, 0.3 * z), BLACK_PLASTIC)
        return merge([_flat_screen(x, y - 0.045, -z, z, 0.045, case), arm])
    thick, foot = min(0.045, 0.5 * y), -z + min(0.022, 0.1 * z)
    low, back = -z + min(0.09, 0.25 * z), -0.5 * min(0.045, 0.5 * y)
    parts = [_flat_screen(x, back, low, z, thick, case)]
    if paint.random.integers(2):
        angles = 2 * np.pi * np.arange(24) / 24
        ring = [(0.42 * x * np.cos(a), y * np.sin(a)) for a in angles]
        parts += [
            plate(ring, -z, 0.5 * (foot - z), BLACK_PLASTIC),
            plate([(0.96 * px, 0.96 * py) for px, py in ring], 0.5 * (foot - z), foot, shade(case, 1.3)),
            block((-0.1 * x, back, foot), (0.1 * x, back + 0.6 * thick, low + 0.2 * z), shade(case, 0.8)),
        ]
    else:
        for side in (-0.62, 0.62):
            for end in (-1, 1):
                tip, joint = (side * x, end * (y - 0.012), -z + 0.008), (side * x, 0.0, low + 0.01)
                parts.append(tube([joint, tip], min(0.011, 0.1 * y), shade(case, 1.3), sides=8))
    return merge(parts)


def _laptop(size: Vec3, paint: Paint) -> Mesh:
    """An open laptop: keys and a touch pad, and a lit screen that leans back."""
    x, y, z = (extent / 2 for extent in size)
    case, light = paint.pick(_CASES, LACQUER), paint.pick(_SCREENS, LIT_SCREEN)
    dark = shade(case, 0.35) if case.color[0] > 0.1 else (0.16, 0.16, 0.17)
    base, lean = -z + min(0.02, 0.12 * z), min(0.3 * y, 0.35 * z)
    hinge, tall = lean - y, 2 * z - (base + z)
    top = base + 0.004 * x
    parts = [
        block((-x, hinge, -z), (x, y, base), case, 0.008),
        block((-0.9 * x, hinge + 0.1 * y, base), (0.9 * x, 0.30 * y, top), shade(case, 0.6), 0.0),
        block((-0.3 * x, 0.42 * y, base), (0.3 * x, 0.9 * y, top), shade(case, 0.75), 0.0),
    ]
    row, column = (0.30 * y - hinge - 0.12 * y) / 5, 1.76 * x / 11
    for r in range(5):
        near = hinge + 0.11 * y + r * row
        keys = [(k, 1) for k in range(11)] if r < 4 else [(0, 1), (1, 1), (2, 1), (3, 5), (8, 1), (9, 1), (10, 1)]
        for first, wide in keys:
            left = -0.88 * x + first * column
            parts.append(
                block((left, near, top), (left + (wide - 0.15) * column, near + 0.85 * row, top + 0.006 * x), dark, 0.0)
            )
    lid = np.hypot(lean, tall)
    thick = min(0.012, 0.1 * lean)
    skin = 0.1 * thick
    panel = merge(
        [
            block((-x, -thick, 0), (x, 0, lid), case, 0.4 * thick),
            block((-0.97 * x, 0, 0.04 * lid), (0.97 * x, skin, 0.97 * lid), BLACK_PLASTIC, 0.0),
            block((-0.92 * x, skin, 0.09 * lid), (0.92 * x, 2 * skin, 0.92 * lid), light, 0.0),
            block((-0.92 * x, 2 * skin, 0.09 * lid), (0.92 * x, 3 * skin, 0.15 * lid), shade(light, 0.4), 0.0),
            block((-0.3 * x, 2 * skin, 0.28 * lid), (0.75 * x, 3 * skin, 0.8 * lid), (0.76, 0.77, 0.78), 0.0),
            block((-0.3 * x, 3 * skin, 0.74 * lid), (0.75 * x, 4 * skin, 0.8 * lid), shade(light, 1.5), 0.0),
        ]
    )
    angle = float(np.degrees(np.arctan2(lean - thick, tall)))
    return merge([*parts, moved(turned(panel, angle, axis=0), (0, hinge, base))])


def _cell_phone(size: Vec3, paint: Paint) -> Mesh:
    """A telephone that lies on its back: round corners, a bright screen with rows of icons, an ear piece."""
    x, y, z = (extent / 2 for extent in size)
    case, light = paint.pick(_CASES, LACQUER), paint.pick(_SCREENS, LIT_SCREEN)
    corner = 0.22 * x
    parts = [
        plate(_rounded(x, y, corner), -z, 0.7 * z, case),
        plate(_rounded(0.96 * x, 0.98 * y, corner), 0.7 * z, 0.85 * z, BLACK_PLASTIC),
        plate(_rounded(0.88 * x, 0.88 * y, 0.6 * corner), 0.85 * z, 0.92 * z, light),
        block((-0.2 * x, -0.945 * y, 0.85 * z), (0.2 * x, -0.925 * y, 0.92 * z), CHROME, 0.0),
        block((-0.75 * x, 0.62 * y, 0.92 * z), (0.75 * x, 0.82 * y, 0.96 * z), shade(light, 1.5), 0.0),
    ]
    for k in range(12):
        row, column = divmod(k, 3)
        at_x, at_y = (column - 1) * 0.5 * x, (-0.66 + 0.28 * row) * y
        half = 0.15 * x
        icon = block((at_x - half, at_y - half, 0.92 * z), (at_x + half, at_y + half, z), _APPS[(k * 7 + 3) % 5], 0.0)
        parts.append(icon)
    return merge(parts)


def _remote_control(size: Vec3, paint: Paint) -> Mesh:
    """A remote control that lies flat: a red key for power, a ring of arrows, rows of keys."""
    x, y, z = (extent / 2 for extent in size)
    case = paint.pick(((0.045, 0.045, 0.05), (0.045, 0.045, 0.05), (0.24, 0.25, 0.26), (0.56, 0.56, 0.56)), PLASTIC)
    key = (0.56, 0.56, 0.55) if case.color[0] < 0.3 else (0.10, 0.10, 0.11)
    top = 0.75 * z
    parts = [
        plate(_rounded(0.96 * x, y, 0.5 * x), -z, 0.0, shade(case, 0.7)),
        plate(_rounded(x, 0.99 * y, 0.5 * x), 0.0, top, case),
        lathe([(0.18 * x, top), (0.15 * x, z)], (0.66, 0.06, 0.05), at=(0.6 * x, -0.86 * y, 0), sides=12),
        lathe([(0.58 * x, top), (0.55 * x, 0.92 * z)], key, at=(0, -0.46 * y, 0)),
        lathe([(0.24 * x, top), (0.22 * x, z)], shade(case, 1.6), at=(0, -0.46 * y, 0), sides=12),
    ]
    for row in range(6):
        for column in (-1, 0, 1):
            at_x, at_y = column * 0.55 * x, (-0.10 + 0.16 * row) * y
            color = _APPS[column + 1] if row == 5 else key
            parts.append(
                block((at_x - 0.18 * x, at_y - 0.04 * y, top), (at_x + 0.18 * x, at_y + 0.04 * y, z), color, 0.0)
            )
    return merge(parts)


def _desktop(size: Vec3, paint: Paint) -> Mesh:
    """A computer: a screen on a foot, the tower beside it, a keyboard and a mouse in front."""
    x, y, z = (extent / 2 for extent in size)
    case, light = paint.pick(((0.05, 0.05, 0.055), (0.42, 0.43, 0.44)), PLASTIC), paint.pick(_SCREENS, LIT_SCREEN)
    metal, wall = paint.metal(CHROME), -x + 0.44 * x
    middle, half, back, low = 0.26 * x, 0.74 * x, -0.55 * y, -0.55 * z
    left, right, bottom = middle - 0.95 * half, middle + 0.95 * half, low + 0.1 * z
    thick = 0.18 * y
    face = back + thick
    skin = 0.02 * y
    parts = [
        block((-x, -y, -z), (wall - 0.08 * x, 0.85 * y, 0.72 * z), case, 0.01),
        block((-0.96 * x, 0.85 * y, -0.95 * z), (wall - 0.12 * x, 0.88 * y, 0.68 * z), shade(case, 0.6), 0.0),
        block((-0.94 * x, 0.88 * y, 0.48 * z), (wall - 0.14 * x, 0.9 * y, 0.56 * z), metal, 0.0),
        block((-0.94 * x, 0.88 * y, 0.32 * z), (wall - 0.14 * x, 0.9 * y, 0.40 * z), metal, 0.0),
        forward(cylinder((0, 0, 0), 0.035 * x, 0.06 * y, (0.2, 0.6, 0.7)), (-0.82 * x, 0.86 * y, 0.1 * z)),
        block((middle - half, back, low), (middle + half, face, z), BLACK_PLASTIC, 0.008),
        block((left, face, bottom), (right, face + skin, 0.94 * z), light, 0.0),
        block((left, face + skin, bottom), (right, face + 2 * skin, bottom + 0.08 * z), shade(light, 0.4), 0.0),
        block((0.1 * x, face + skin, -0.1 * z), (0.8 * x, face + 2 * skin, 0.75 * z), _WHITE, 0.0),
        block((middle - 0.10 * x, back - 0.1 * y, -z), (middle + 0.10 * x, back + 0.06 * y, 0.0), metal),
        lathe([(0.28 * x, -z), (0.25 * x, -0.96 * z)], metal, at=(middle, back + 0.1 * y, 0), squash=1.6 * y / x),
        block((-0.3 * x, 0.3 * y, -z), (0.62 * x, y, -0.94 * z), case, 0.004),
        ellipsoid((0.80 * x, 0.65 * y, -0.95 * z), (0.08 * x, 0.3 * y, 0.05 * z), case, rows=6, sides=12),
    ]
    for r in range(4):
        for k in range(8):
            at_x, at_y = (-0.27 + 0.108 * k) * x, (0.35 + 0.155 * r) * y
            far = (at_x + 0.09 * x, at_y + 0.12 * y, -0.92 * z)
            parts.append(block((at_x, at_y, -0.94 * z), far, (0.3, 0.3, 0.31), 0.0))
    return merge(parts)


def _light_switch(size: Vec3, paint: Paint) -> Mesh:
    """A plate on the wall with a rocker, two when it is wide, and its screws."""
    x, y, z = (extent / 2 for extent in size)
    color = paint.pick(((0.76, 0.76, 0.74), (0.70, 0.66, 0.56), STEEL), PLASTIC)
    count = 2 if x > 0.055 else 1
    wide, tall = min(0.30 * x, 0.45 * z) * (2 / count) ** 0.5, 0.5 * z
    face, gap = 0.2 * y, shade(color, 0.45)
    parts = [block((-x, -y, -z), (x, face, z), color, 0.6 * y)]
    for k in range(count):
        at = (2 * k + 1 - count) * 0.45 * x
        rocker = [(-0.2 * y, -tall), (0.35 * y, -tall), (0.45 * y, 0.0), (y, tall), (-0.2 * y, tall)]
        if k:
            rocker = [(deep, -level) for deep, level in rocker[::-1]]
        parts += [
            block((at - 1.15 * wide, face, -1.1 * tall), (at + 1.15 * wide, 0.24 * y, 1.1 * tall), gap, 0.0),
            plate(rocker, at - wide, at + wide, shade(color, 1.1), axis=0),
        ]
        for level in (-0.8, 0.8):
            screw = lathe([(0.05 * z, 0), (0.04 * z, 0.2 * y)], CHROME, sides=8)
            parts.append(forward(screw, (at, face, level * z)))
    return merge(parts)


def _cd(size: Vec3, paint: Paint) -> Mesh:
    """A disc that shimmers in the colours of the rainbow around a clear hub."""
    x, y, z = (extent / 2 for extent in size)
    squash, start = y / x, float(paint.random.uniform(0, np.pi))
    parts = [lathe([(x, -z), (x, 0.4 * z)], (0.56, 0.57, 0.59), squash=squash, sides=32)]
    for k in range(24):
        a, b = (start + 2 * np.pi * j / 24 for j in (k, k + 1))
        corners = [(0.95 * x * np.cos(t), 0.95 * y * np.sin(t)) for t in (a, b)]
        parts.append(plate([(0, 0), *corners], 0.4 * z, 0.6 * z, _SHIMMER[min(k % 12, 11 - k % 12)]))
    parts += [
        lathe([(0.32 * x, 0.6 * z), (0.32 * x, 0.8 * z)], (0.74, 0.75, 0.76), squash=squash),
        lathe([(0.13 * x, 0.8 * z), (0.13 * x, z)], BLACK_PLASTIC, squash=squash),
    ]
    return merge(parts)


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "Television": _television,
    "Laptop": _laptop,
    "CellPhone": _cell_phone,
    "RemoteControl": _remote_control,
    "Desktop": _desktop,
    "LightSwitch": _light_switch,
    "CD": _cd,
}
