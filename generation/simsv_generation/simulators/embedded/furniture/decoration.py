"""Pictures, plants, vases, statues, pillows and blinds."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import CAST, GLAZE, LACQUER, LINEN, WOOD, Paint, shade
from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, merge, of_one_finish
from simsv_generation.simulators.embedded.patterns import PICTURE_GROUND
from simsv_generation.simulators.embedded.patterns.pictures import LANDSCAPES, PORTRAITS, PRINTS
from simsv_generation.simulators.embedded.solids import block, ellipsoid, fitted, lathe, moved, plate, tube, turned

_FRAMES: tuple[Vec3, ...] = ((0.03, 0.03, 0.032), (0.20, 0.11, 0.06), (0.72, 0.71, 0.68), (0.50, 0.36, 0.14))
_PAINTS: tuple[Vec3, ...] = (
    (0.55, 0.10, 0.07),
    (0.08, 0.20, 0.42),
    (0.70, 0.50, 0.10),
    (0.10, 0.34, 0.24),
    (0.75, 0.72, 0.64),
    (0.40, 0.14, 0.34),
    (0.10, 0.42, 0.50),
    (0.62, 0.30, 0.18),
)
_GREENS: tuple[Vec3, ...] = ((0.07, 0.22, 0.05), (0.12, 0.30, 0.07), (0.05, 0.18, 0.09))
_POTS: tuple[Vec3, ...] = ((0.44, 0.19, 0.10), (0.70, 0.69, 0.66), (0.10, 0.10, 0.11), (0.16, 0.34, 0.40))
_SOIL: Vec3 = (0.06, 0.04, 0.028)


def _painting(size: Vec3, paint: Paint) -> Mesh:
    """A picture in a frame: prints lie behind a wide mat, paintings fill their frame."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    edge = min(0.035, 0.1 * w, 0.1 * h)
    names = PORTRAITS if h > 1.1 * w else LANDSCAPES if w > 1.1 * h else (*PORTRAITS, *LANDSCAPES)
    frame, name = paint.pick(_FRAMES, LACQUER), names[int(paint.tones.integers(len(names)))]
    canvas = Finish((PICTURE_GROUND, PICTURE_GROUND, PICTURE_GROUND), Material(name))
    mat = Finish((0.76, 0.75, 0.71), LINEN)
    a, b = x - edge, z - edge
    parts = []
    for side in (-1, 1):
        # Mitred corners.
        rail = [(-z, -x), (-b, -a), (-b, a), (-z, x)] if side < 0 else [(b, -a), (z, -x), (z, x), (b, a)]
        parts.append(plate(rail, -y, y, frame, axis=1))
        stile = [(-z, -x), (z, -x), (b, -a), (-b, -a)] if side < 0 else [(-b, a), (b, a), (z, x), (-z, x)]
        parts.append(plate(stile, -y, y, frame, axis=1))
    parts.append(block((-a, -y, -b), (a, 0.2 * y, b), mat, bevel=0.0))
    margin = 0.16 * min(a, b) if name in PRINTS else 0.0
    parts.append(_canvas(a - margin, b - margin, 0.2 * y, 0.3 * y, canvas))
    return merge(parts)


def _canvas(x: float, z: float, back: float, front: float, finish: Finish) -> Mesh:
    """A flat box whose front shows a whole picture once."""
    solid = block((-x, back, -z), (x, front, z), finish, bevel=0.0)
    # A hair less than the whole, so that the opposite edge does not bleed in.
    share = 0.5 - 0.498 * solid.positions[:, [0, 2]] / np.array([x, -z])
    return replace(solid, texture_at=share)


def _house_plant(size: Vec3, paint: Paint) -> Mesh:
    """A pot of soil with stems that carry leaves all around."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    pot_h, r = min(0.35 * h, 0.4), min(0.5 * min(x, y) + 0.02, min(x, y))
    pot, green, stalk = paint.pick(_POTS, GLAZE), paint.pick(_GREENS, LACQUER), (0.13, 0.18, 0.06)
    rim = -z + pot_h
    profile = [
        (0.68 * r, -z),
        (0.95 * r, rim - 0.12 * pot_h),
        (r, rim - 0.12 * pot_h),
        (r, rim),
        (0.88 * r, rim),
        (0.84 * r, rim - 0.1 * pot_h),
    ]
    parts = [lathe(profile, pot), lathe([(0.86 * r, rim - 0.2 * pot_h), (0.86 * r, rim - 0.08 * pot_h)], _SOIL)]
    leaves = 22
    for k in range(leaves):
        around, share = 2.39996 * k, (k + 1) / leaves
        lean, rise = (1.0 - 0.55 * share), 0.25 + 0.75 * share
        length = 0.16 * h + 0.1 * min(w, d)
        tip = (
            lean * (x - 0.25 * length) * np.cos(around),
            lean * (y - 0.25 * length) * np.sin(around),
            rim + (z - rim - 0.2 * length) * rise,
        )
        if k % 2 == 0:
            parts.append(
                tube(
                    [(0, 0, rim - 0.1 * pot_h), (0.3 * tip[0], 0.3 * tip[1], 0.5 * (rim + tip[2])), tip],
                    0.012 * min(w, d),
                    stalk,
                    sides=4,
                )
            )
        leaf = ellipsoid(
            (0.35 * length, 0, 0),
            (0.5 * length, 0.2 * length, 0.035 * length),
            shade(green, float(paint.random.uniform(0.8, 1.5))),
            rows=4,
            sides=6,
        )
        parts.append(moved(turned(turned(leaf, -25 + 50 * (1 - share), axis=1), float(np.degrees(around))), tip))
    return merge(parts)


def _vase(size: Vec3, paint: Paint) -> Mesh:
    """A bellied vase with a neck and an open lip."""
    w, d, h = size
    x, z, color = w / 2, h / 2, paint.ceramic()
    neck = float(paint.random.uniform(0.35, 0.65))
    outside = [
        (0.5 * x, -z),
        (0.86 * x, -0.55 * z),
        (x, -0.1 * z),
        (0.8 * x, 0.35 * z),
        (neck * x, 0.65 * z),
        (neck * x, 0.85 * z),
        (1.25 * neck * x, z),
    ]
    return lathe(
        [*outside, (1.1 * neck * x, z), (0.8 * neck * x, 0.7 * z), (0.8 * x, -0.2 * z)], color, squash=d / w, sides=24
    )


def _statue(size: Vec3, paint: Paint) -> Mesh:
    """A dog when it is wide, a standing figure when it is slender, else a bust; all of one stone or metal."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    stone = paint.pick(((0.34, 0.33, 0.31), (0.08, 0.08, 0.085), (0.55, 0.40, 0.14), (0.66, 0.64, 0.60)), CAST)
    if w > 1.1 * h:
        return _dog(size, stone)
    if h > 2.3 * max(w, d):
        return _figure(size, stone)
    base = -z + 0.2 * h
    parts = [block((-0.8 * x, -0.8 * y, -z), (0.8 * x, 0.8 * y, -z + 0.07 * h), shade(stone, 0.6))]
    parts.append(lathe([(0.55 * x, -z + 0.07 * h), (0.4 * x, base)], shade(stone, 0.6), squash=d / w))
    parts.append(ellipsoid((0, 0, base + 0.18 * h), (x, y, 0.2 * h), stone, boxy=0.8))
    parts.append(lathe([(0.36 * x, base + 0.25 * h), (0.3 * x, base + 0.5 * h)], stone, squash=d / w))
    head = (0, 0.05 * y, z - 0.2 * h)
    parts.append(ellipsoid(head, (0.5 * x, 0.62 * y, 0.2 * h), stone))
    parts.append(ellipsoid((0, 0.66 * y, z - 0.22 * h), (0.09 * x, 0.14 * y, 0.05 * h), stone, rows=6, sides=8))
    return merge(parts)


def _dog(size: Vec3, stone: Finish | Vec3) -> Mesh:
    """A dog that lies on a base along the width, its head up to the right."""
    x, y, z = (extent / 2 for extent in size)
    top = -0.84 * z
    tail = [(-0.80 * x, 0, -0.6 * z), (-0.94 * x, 0.3 * y, -0.6 * z), (-0.86 * x, 0.8 * y, -0.7 * z)]
    parts = [
        block((-x, -y, -z), (x, y, top), shade(stone, 0.6)),
        ellipsoid((-0.12 * x, 0, -0.35 * z), (0.66 * x, 0.62 * y, 0.48 * z), stone, boxy=0.9),
        ellipsoid((-0.56 * x, 0, -0.48 * z), (0.32 * x, 0.78 * y, 0.40 * z), stone),
        tube([(0.30 * x, 0, -0.35 * z), (0.52 * x, 0, 0.45 * z)], 0.34 * min(y, z), stone, sides=10),
        ellipsoid((0.56 * x, 0, 0.52 * z), (0.25 * x, 0.44 * y, 0.36 * z), stone),
        ellipsoid((0.78 * x, 0, 0.42 * z), (0.20 * x, 0.24 * y, 0.17 * z), stone, boxy=0.7, rows=6, sides=10),
        ellipsoid((0.95 * x, 0, 0.50 * z), (0.05 * x, 0.09 * y, 0.07 * z), shade(stone, 0.5), rows=4, sides=6),
        tube(tail, 0.1 * z, stone),
    ]
    for side in (-1, 1):
        ear, paw = (0.46 * x, side * 0.42 * y, 0.66 * z), (0.44 * x, side * 0.42 * y, -0.72 * z)
        parts.append(ellipsoid(ear, (0.10 * x, 0.12 * y, 0.34 * z), shade(stone, 0.8), rows=6, sides=10))
        parts.append(ellipsoid(paw, (0.44 * x, 0.18 * y, 0.14 * z), stone, rows=6, sides=10))
    return merge(parts)


def _figure(size: Vec3, stone: Finish | Vec3) -> Mesh:
    """A person in a long robe on a plinth, one hand on the hip and one at the side."""
    x, y, z = (extent / 2 for extent in size)
    r = min(x, y)
    robe = [(0.62 * r, -0.86 * z), (0.66 * r, -0.7 * z), (0.46 * r, -0.1 * z), (0.34 * r, 0.16 * z)]
    chest = [(0.34, 0.16), (0.52, 0.42), (0.46, 0.54), (0.15, 0.60), (0.14, 0.70)]
    arms = (
        [(0.50 * r, 0, 0.50 * z), (0.92 * r, -0.1 * r, 0.24 * z), (0.38 * r, 0.2 * r, 0.10 * z)],
        [(-0.50 * r, 0, 0.50 * z), (-0.66 * r, 0, 0.16 * z), (-0.60 * r, 0.25 * r, -0.16 * z)],
    )
    parts = [
        block((-x, -y, -z), (x, y, -0.92 * z), shade(stone, 0.6)),
        block((-0.8 * x, -0.8 * y, -0.92 * z), (0.8 * x, 0.8 * y, -0.86 * z), shade(stone, 0.6)),
        lathe(robe, stone),
        lathe([(share * r, level * z) for share, level in chest], stone, squash=0.7),
        ellipsoid((0, 0.04 * r, 0.82 * z), (0.25 * r, 0.29 * r, 0.18 * z), stone),
        ellipsoid((0, -0.24 * r, 0.86 * z), (0.17 * r, 0.16 * r, 0.09 * z), shade(stone, 0.8), rows=6, sides=10),
        ellipsoid((0, 0.32 * r, 0.80 * z), (0.05 * r, 0.07 * r, 0.04 * z), stone, rows=4, sides=6),
    ]
    for arm in arms:
        parts.append(tube(arm, 0.12 * r, stone))
        parts += [ellipsoid(at, (0.13 * r, 0.13 * r, 0.13 * r), stone, rows=4, sides=8) for at in (arm[1], arm[2])]
    for k in range(7):
        a = 2 * np.pi * k / 7
        fold = [(s * r * np.cos(a), s * r * np.sin(a), level * z) for s, level in ((0.62, -0.84), (0.40, 0.0))]
        parts.append(tube(fold, 0.07 * r, shade(stone, 0.9), sides=5))
    return merge(parts)


def _room_decor(size: Vec3, paint: Paint) -> Mesh:
    """A tall floor vase with dry branches."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    r, color = 0.55 * min(x, y), paint.ceramic()
    top = -z + 0.5 * h
    body = [
        (0.6 * r, -z),
        (r, -z + 0.2 * h),
        (0.75 * r, -z + 0.4 * h),
        (0.5 * r, top - 0.02 * h),
        (0.62 * r, top),
        (0.5 * r, top),
    ]
    parts = [lathe(body, color)]
    for k in range(9):
        a, lean = 2.39996 * k, 0.55 + 0.45 * (k % 3) / 2
        tip = (lean * x * np.cos(a), lean * y * np.sin(a), z - 0.12 * h * (k % 4) / 3)
        parts.append(
            tube(
                [(0, 0, top - 0.1 * h), (0.3 * tip[0], 0.3 * tip[1], top + 0.2 * h), tip],
                0.006,
                (0.24, 0.15, 0.08),
                sides=5,
            )
        )
        parts.append(
            ellipsoid(
                (0.96 * tip[0], 0.96 * tip[1], tip[2] - 0.02 * h),
                (0.018, 0.018, 0.03),
                (0.60, 0.48, 0.30),
                rows=4,
                sides=6,
            )
        )
    return merge(parts)


def _table_top_decor(size: Vec3, paint: Paint) -> Mesh:
    """A wide glass bowl with balls in it."""
    w, d, h = size
    x, y, z = w / 2, d / 2, h / 2
    bowl = [(0.35 * x, -z), (0.7 * x, -0.4 * z), (x, 0.7 * z), (0.95 * x, 0.7 * z), (0.6 * x, -0.3 * z)]
    parts = [lathe(bowl, (0.20, 0.46, 0.48), squash=d / w, sides=28)]
    r = 0.32 * min(x, y, 2.4 * z)
    for k in range(6):
        a = 2.39996 * k
        at = (0.45 * x * np.cos(a) * (k > 0), 0.45 * y * np.sin(a) * (k > 0), z - r if k == 0 else 0.35 * z)
        parts.append(ellipsoid(at, (r, r, r), paint.pick(_PAINTS), rows=6, sides=12))
    return merge(parts)


def _blinds(size: Vec3, paint: Paint) -> Mesh:
    """Slats that hang tilted below a rail on two ladders of cord, with a lower bar, a pull cord and a wand."""
    x, y, z = (extent / 2 for extent in size)
    slat = paint.pick(((0.74, 0.73, 0.70), (0.72, 0.66, 0.55), Finish((0.40, 0.24, 0.12), WOOD)), LACQUER)
    rail = min(0.035, 0.2 * z)
    drop, thick = 2 * z - 2 * rail, min(0.0025, 0.02 * z)
    count = max(5, min(24, round(drop / 0.022)))
    step, cord = drop / count, (0.60, 0.58, 0.54)
    parts = [
        block((-x, -y, z - rail), (x, y, z), slat, bevel=0.003),
        block((-0.99 * x, -0.8 * y, -z), (0.99 * x, 0.8 * y, -z + 0.7 * rail), slat, bevel=0.003),
    ]
    lean = float(np.degrees(np.arctan2(0.75 * step, 1.8 * y)))
    for k in range(count):
        level = z - rail - (k + 0.5) * step
        blade = block((-0.99 * x, -0.9 * y, level - thick), (0.99 * x, 0.9 * y, level + thick), slat, bevel=0.0)
        parts.append(turned(blade, -lean, axis=0, about=(0, 0, level)))
    for at in (-0.7 * x, 0.7 * x):
        ladder = [(at, 0.92 * y, z - rail), (at, 0.92 * y, -z + 0.5 * rail)]
        parts.append(tube(ladder, min(0.0025, 0.1 * y), cord, sides=4))
    wand = [(-0.86 * x, 0.9 * y, z - 0.5 * rail), (-0.86 * x, 0.9 * y, -0.6 * z)]
    return merge([*parts, tube(wand, min(0.004, 0.2 * y), shade(slat, 0.8), sides=6)])


def _pillow(size: Vec3, paint: Paint) -> Mesh:
    """A cushion: thick in the middle, thin along its edges, which bend in between the corners; with piping."""
    w, d, h = size
    color = paint.fabric()

    def make(size: Vec3) -> Mesh:
        x, y = size[0] / 2, size[1] / 2
        step = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 11))
        u, v = (grid.ravel() for grid in np.meshgrid(step, step, indexing="ij"))
        rise = ((1 - u * u) * (1 - v * v)).clip(0) ** 0.4
        across, along = u * (1 - 0.07 * (1 - v * v)), v * (1 - 0.07 * (1 - u * u))
        corner = (np.arange(10)[:, None] * 11 + np.arange(10)).ravel()
        quads = np.concatenate([corner[:, None] + (0, 11, 12), corner[:, None] + (0, 12, 1)])
        sides = []
        for sign in (1, -1):
            points = np.stack([across, along, sign * rise], 1)
            faces = quads[:, ::sign]
            a, b, c = (points[faces[:, k]] for k in range(3))
            facing = np.cross(b - a, c - a)
            normals = np.zeros_like(points)
            for k in range(3):
                np.add.at(normals, faces[:, k], facing)
            normals /= np.sqrt((normals * normals).sum(1))[:, None]
            sides.append(of_one_finish(points, normals, faces.astype(np.int32), color, points[:, :2]))
        # Every second point of the edge, once around: closer ones would fold the cord at the corners.
        edge = [*range(0, 110, 22), *range(110, 120, 2), *range(120, 10, -22), *range(10, -1, -2)]
        cord = [(float(across[k] * x), float(along[k] * y), 0.0) for k in edge]
        return merge([fitted(merge(sides), size), tube(cord, min(0.006, 0.08 * min(size)), shade(color, 0.6), sides=5)])

    if d < min(w, h):
        return turned(make((w, h, d)), 90, axis=0)
    return turned(make((h, d, w)), 90, axis=1) if w < min(d, h) else make(size)


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "Blinds": _blinds,
    "HousePlant": _house_plant,
    "Painting": _painting,
    "Pillow": _pillow,
    "RoomDecor": _room_decor,
    "Statue": _statue,
    "TableTopDecor": _table_top_decor,
    "Vase": _vase,
}
