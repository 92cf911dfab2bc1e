"""Things to sit on, for people and dogs."""

from collections.abc import Callable

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.materials import Paint, shade
from simsv_generation.simulators.embedded.mesh import Mesh, merge
from simsv_generation.simulators.embedded.solids import block, cylinder, ellipsoid, lathe, rounded, tube

# Height of the seat as a share of the whole: where ProcTHOR's objects rest, medians of AI2-THOR's own object records.
_CHAIR_SEAT, _ARMCHAIR_SEAT, _SOFA_SEAT = 0.50, 0.47, 0.50


def _chair(size: Vec3, paint: Paint) -> Mesh:
    """Four legs, a seat at half height, a slatted or padded back."""
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    leg = min(0.045, w / 6, d / 6)
    seat_z, thick = floor + _CHAIR_SEAT * h, min(0.05, 0.08 * h)
    frame, padded = paint.wood(), paint.random.random() < 0.5
    seat = paint.fabric() if padded else frame
    parts = [
        block((sx - leg / 2, sy - leg / 2, floor), (sx + leg / 2, sy + leg / 2, seat_z - thick), frame)
        for sx in (-x + leg, x - leg)
        for sy in (-y + leg, y - leg / 2)
    ]
    parts.append(
        block((-x, -y + leg / 2, seat_z - thick), (x, y, seat_z), seat, bevel=0.008 if seat is frame else 0.02)
    )
    posts = (-x + leg / 2, x - leg / 2)
    parts += [block((px - leg / 2, -y, seat_z - thick), (px + leg / 2, -y + leg, top), frame) for px in posts]
    rise = top - seat_z
    if padded:
        parts.append(block((posts[0], -y + leg / 4, seat_z + 0.25 * rise), (posts[1], -y + leg, top), seat, bevel=0.02))
    else:
        parts.append(block((posts[0], -y + leg / 4, top - 0.18 * rise), (posts[1], -y + 0.75 * leg, top), frame))
        slats = max(2, round((posts[1] - posts[0]) / 0.09))
        for k in range(1, slats):
            sx = posts[0] + (posts[1] - posts[0]) * k / slats
            low, high = (sx - leg / 4, -y + leg / 3, seat_z), (sx + leg / 4, -y + 0.66 * leg, top - 0.18 * rise)
            parts.append(block(low, high, frame, bevel=0.002))
    return merge(parts)


def _upholstered(size: Vec3, paint: Paint, seats: int, seat: float) -> Mesh:
    """A base with arms, a back and seat cushions, on short feet: armchairs and sofas."""
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    arm, back = min(0.2, 0.14 * w + 0.04, w / 4), min(0.24, 0.26 * d)
    foot = min(0.08, 0.1 * h)
    seat_z, arm_z = floor + seat * h, floor + (seat + 0.2) * h
    cloth, feet = paint.fabric(), paint.wood()
    cushion = shade(cloth, 1.12)
    parts = [
        block((sx - foot / 3, sy - foot / 3, floor), (sx + foot / 3, sy + foot / 3, floor + foot), feet, bevel=0.0)
        for sx in (-x + arm / 2, x - arm / 2)
        for sy in (-y + back / 2, y - foot)
    ]
    parts.append(
        rounded((-x + 0.02, -y + 0.01, floor + foot), (x - 0.02, y - 0.02 * d, seat_z - 0.12 * h), cloth, 0.02)
    )
    for side in (-1, 1):
        parts.append(rounded((side * x, -y, floor + foot), (side * (x - arm), y, arm_z), cloth, 0.4 * arm))
    parts.append(rounded((-x + arm / 2, -y, floor + foot), (x - arm / 2, -y + back, top), cloth, 0.4 * back))
    step = (w - 2 * arm) / seats
    for k in range(seats):
        left, right = -x + arm + k * step + 0.004, -x + arm + (k + 1) * step - 0.004
        middle = (left + right) / 2
        parts.append(rounded((left, -y + back, seat_z - 0.15 * h), (right, y, seat_z), cushion, 0.045))
        rest = (middle, -y + back + 0.05 * d, (seat_z + top) / 2 + 0.01 * h)
        radii = ((right - left) / 2, 0.13 * d, (top - seat_z) / 2)
        parts.append(ellipsoid(rest, radii, cushion, boxy=0.45, rows=6, sides=12))
    return merge(parts)


def _armchair(size: Vec3, paint: Paint) -> Mesh:
    """One upholstered seat between arms."""
    return _upholstered(size, paint, 1, _ARMCHAIR_SEAT)


def _sofa(size: Vec3, paint: Paint) -> Mesh:
    """Two to four upholstered seats between arms."""
    return _upholstered(size, paint, max(2, min(4, round(size[0] / 0.75))), _SOFA_SEAT)


def _stool(size: Vec3, paint: Paint) -> Mesh:
    """A round seat on four splayed legs with a ring of rungs."""
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    color, thick, leg = paint.wood(), min(0.05, 0.12 * h), min(0.018, 0.06 * w)
    parts = [lathe([(0.80 * x, top - thick), (0.88 * x, top - thick / 2), (0.84 * x, top)], color, squash=d / w)]
    corners = [(sx, sy) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    rung = floor + 0.3 * h
    for sx, sy in corners:
        foot, head = (sx * (x - leg), sy * (y - leg), floor), (sx * 0.5 * x, sy * 0.5 * y, top - thick / 2)
        parts.append(tube([foot, head], leg, color))
    at = [(sx * 0.82 * x, sy * 0.82 * y, rung) for sx, sy in corners]
    parts += [tube([at[k], at[(k + 1) % 4]], 0.7 * leg, shade(color, 0.8)) for k in range(4)]
    return merge(parts)


def _footstool(size: Vec3, paint: Paint) -> Mesh:
    """A padded top on a frame with four legs."""
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    leg, pad, apron = min(0.045, w / 6, d / 6), min(0.09, 0.35 * h), min(0.05, 0.2 * h)
    wood, cloth = paint.wood(), paint.fabric()
    inner = x - 0.5 * leg, y - 0.5 * leg
    parts = [
        block((sx * inner[0], sy * inner[1], floor), (sx * (inner[0] - leg), sy * (inner[1] - leg), top - pad), wood)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    rail = inner[0] - 0.006, inner[1] - 0.006
    parts.append(block((-rail[0], -rail[1], top - pad - apron), (rail[0], rail[1], top - pad), wood, bevel=0.002))
    return merge([*parts, rounded((-x, -y, top - pad), (x, y, top), cloth, 0.45 * pad)])


def _ottoman(size: Vec3, paint: Paint) -> Mesh:
    """A low upholstered block with a piped cushion and feet."""
    w, d, h = size
    x, y, floor, top = w / 2, d / 2, -h / 2, h / 2
    cloth, foot = paint.fabric(), min(0.05, 0.12 * h)
    parts = [
        cylinder((sx, sy, floor), foot / 2, foot, paint.wood())
        for sx in (-x + foot, x - foot)
        for sy in (-y + foot, y - foot)
    ]
    parts.append(block((-0.98 * x, -0.98 * y, floor + foot), (0.98 * x, 0.98 * y, top - 0.38 * h), cloth, bevel=0.01))
    parts.append(rounded((-x, -y, top - 0.4 * h), (x, y, top), shade(cloth, 1.15), 0.12 * h))
    return merge(parts)


def _dog_bed(size: Vec3, paint: Paint) -> Mesh:
    """A soft ring around a flat cushion, low at the front."""
    w, d, h = size
    x, y, floor = w / 2, d / 2, -h / 2
    cloth, rim = paint.fabric(), min(0.22 * w, 0.22 * d)
    sides = (0.72 * x, y, 0.9 * h)
    parts = [ellipsoid((0, 0, floor + 0.22 * h), (x - rim / 2, y - rim / 2, 0.25 * h), shade(cloth, 1.5), boxy=0.6)]
    for cx, cy, rx, ry, rise in (
        (-x + rim / 2, 0, rim / 2, y, sides[2]),
        (x - rim / 2, 0, rim / 2, y, sides[2]),
        (0, -y + rim / 2, x, rim / 2, h),
        (0, y - rim / 2, x, rim / 2, 0.55 * h),
    ):
        parts.append(ellipsoid((cx, cy, floor + rise / 2), (rx, ry, rise / 2), cloth, boxy=0.5))
    return merge(parts)


SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    "ArmChair": _armchair,
    "Chair": _chair,
    "DogBed": _dog_bed,
    "Footstool": _footstool,
    "Ottoman": _ottoman,
    "Sofa": _sofa,
    "Stool": _stool,
}
