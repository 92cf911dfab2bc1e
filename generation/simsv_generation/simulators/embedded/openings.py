"""Doors, windows and passages: frames, leaves and panes, and the reveals that close the gap between two walls.

Every opening is built in a frame of its own: x along the wall, y into the first of its rooms, z up, the origin on the
floor below its middle.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from simsv_generation.geometry import Floats, Vec2
from simsv_generation.scene import House, Opening
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.materials import BLACK_PLASTIC, LACQUER, STEEL, WOOD, shade
from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, box, merge, placed, polygon
from simsv_generation.simulators.embedded.solids import block, lathe, tube
from simsv_generation.simulators.embedded.structure import Wall

_OUTDOOR_DEPTH = 0.14
"""Metres from the inner face of an outer wall to what closes its openings from outside."""
_THIN_DEPTH = 0.045
"""The same where there is no room for more."""
_SEAM = 2e-3
"""Metres by which parts reach into each other, so that no ray slips between them."""
_WHITE = Finish((0.82, 0.81, 0.79), LACQUER)
_PLASTERED = Finish((0.80, 0.79, 0.77), Material("plaster"))
_WOOD = Finish((0.26, 0.14, 0.07), WOOD)
_LEAVES = (_WOOD, shade(_WOOD, 0.55), shade(_WOOD, 1.7), _WHITE, Finish((0.05, 0.10, 0.10), LACQUER))
_DOUBLE_DOOR = 1.3
"""Metres of width from which a door has two leaves."""


@dataclass(frozen=True, slots=True)
class OpeningShape:
    """What an opening looks like, in the world frame."""

    solid: Mesh
    pane: Mesh | None
    """Glass that shows the sky; None for openings without."""


@dataclass(frozen=True, slots=True)
class _Hole:
    """An opening in its own frame, metres."""

    half: float
    """Half of the width."""
    bottom: float
    top: float
    back: float
    """y of the face of the wall behind, or of the outside."""
    front: float
    """y of the face of the first room's wall."""
    space: tuple[float, float, float]
    """What is left of the walls to the left, to the right and above: no moulding is wider."""


def opening_shape(opening: Opening, house: House, walls: Mapping[str, tuple[Wall, ...]]) -> OpeningShape:
    """The shape of an opening.

    Args:
        opening: one of the house's openings.
        house: where it is.
        walls: the walls of every room, from `room_walls`.

    Raises:
        ValueError: both of its rooms lie on the same side of it; names the opening.
    """
    sides = [_wall_of(opening, walls[room_id]) for room_id in opening.room_ids]
    axes = np.array([[*sides[0].along, 0.0], [*sides[0].inward, 0.0], [0.0, 0.0, 1.0]])
    ends = np.asarray(opening.segment)
    middle = ends.mean(0)
    if len(sides) == 2 and sides[0].inward @ sides[1].inward > 0:
        raise ValueError(f"both rooms of opening {opening.opening_id} of house {house.house_id} lie on one side of it")
    front = float((sides[0].start - middle) @ sides[0].inward)
    back = front - _outdoor_depth(sides[0], opening, house)
    if len(sides) == 2:
        back = float((sides[1].start - middle) @ sides[0].inward)
    lowest_ceiling = min(wall.height for wall in sides)
    hole = _Hole(
        half=float(np.hypot(*(ends[1] - ends[0]))) / 2,
        bottom=opening.bottom,
        top=min(opening.top, lowest_ceiling),
        back=min(back, front),
        front=front,
        space=_space(sides, opening, lowest_ceiling),
    )
    pane = None
    if opening.kind == "window":
        solid, pane = _window(hole), _pane(hole)
    elif opening.kind == "door":
        finish = _LEAVES[int(rng(0, "door", opening.opening_id).integers(len(_LEAVES)))]
        solid = merge(
            [_door_frame(hole, is_open=opening.is_open), _hinges(hole) if opening.is_open else _leaves(hole, finish)]
        )
    else:
        reaches_ceiling = hole.top > lowest_ceiling - 1e-3
        posts = [_is_wall_end(opening, house, end) for end in (ends @ axes[0, :2]).argsort()]
        solid = _passage(hole, posts, reaches_ceiling)
    origin = np.array([*middle, 0.0])
    return OpeningShape(_placed(solid, origin, axes), None if pane is None else _placed(pane, origin, axes))


def _wall_of(opening: Opening, walls: tuple[Wall, ...]) -> Wall:
    return next(wall for wall in walls if any(hole.opening_id == opening.opening_id for hole in wall.holes))


def _outdoor_depth(wall: Wall, opening: Opening, house: House) -> float:
    """How far the outside of an opening lies behind its wall.

    At a corner that juts into the room two windows may meet: neither reaches behind the other.
    """
    hole = next(hole for hole in wall.holes if hole.opening_id == opening.opening_id)
    room = next(room for room in house.rooms if room.room_id == opening.room_ids[0])
    depth = _OUTDOOR_DEPTH
    for end, onwards, gap in ((wall.start, -wall.along, hole.low), (wall.end, wall.along, wall.length - hole.high)):
        if room.polygon.contains(shapely.Point(end + 0.05 * onwards + 0.02 * wall.inward)):
            depth = min(depth, max(gap, _THIN_DEPTH))
    return depth


def _space(walls: Sequence[Wall], opening: Opening, ceiling: float) -> tuple[float, float, float]:
    """Metres to the ends of the narrower of the walls, seen along the first of them, or halfway to the next opening."""
    left, right = [], []
    for wall in walls:
        here = next(hole for hole in wall.holes if hole.opening_id == opening.opening_id)
        before = [hole.high for hole in wall.holes if hole.high <= here.low]
        after = [hole.low for hole in wall.holes if hole.low >= here.high]
        rest = (
            min([here.low, *((here.low - high) / 2 for high in before)]),
            min([wall.length - here.high, *((low - here.high) / 2 for low in after)]),
        )
        is_same_way = float(wall.along @ walls[0].along) > 0
        left.append(rest[0] if is_same_way else rest[1])
        right.append(rest[1] if is_same_way else rest[0])
    return max(min(left), 0.0), max(min(right), 0.0), max(ceiling - opening.top, 0.0)


def _placed(mesh: Mesh, origin: Floats, axes: Floats) -> Mesh:
    return placed(mesh, origin + mesh.positions @ axes, mesh.normals @ axes)


def _is_wall_end(opening: Opening, house: House, end: int) -> bool:
    """Whether a wall of both rooms goes on behind an end of a passage."""
    here, there = np.asarray(opening.segment[end]), np.asarray(opening.segment[1 - end])
    beyond = shapely.Point(here + (here - there) / np.hypot(*(here - there)) * 0.1)
    rooms = [room for room in house.rooms if room.room_id in opening.room_ids]
    return all(room.polygon.exterior.distance(beyond) < 0.02 for room in rooms)


def _swept(profile: Sequence[Vec2], hole: _Hole, finish: Finish, *, around: bool) -> Mesh:
    """A moulding along the edges of a hole, with mitred corners: over its sides and top, or all around.

    The profile has points (distance outwards from the edge of the hole, y), from the face of the first room backwards.
    """
    paths = []
    for a, y in profile:
        left, right, above = (min(a, space) for space in hole.space)
        x0, x1 = -hole.half - left, hole.half + right
        low, high = hole.bottom - a if around else -_SEAM, hole.top + above
        paths.append([(x0, y, low), (x0, y, high), (x1, y, high), (x1, y, low), (x0, y, low)])
    strips = []
    for before, after in pairwise(paths):
        for k in range(4 if around else 3):
            corners = [before[k], before[k + 1], after[k + 1], after[k]]
            # Where there is no space two points of the profile fall together.
            distinct = [corner for j, corner in enumerate(corners) if math.dist(corner, corners[j - 1]) > 1e-6]
            if len(distinct) > 2 and np.abs(np.cross(*np.diff(distinct[:3], axis=0))).max() > 1e-9:
                strips.append(polygon(distinct, finish))
    return merge(strips)


def _door_frame(hole: _Hole, *, is_open: bool) -> Mesh:
    """A casing on both faces of the wall, the lining between them with a stop for the leaf, and a threshold."""
    outside, inside, stop, depth = 0.07, -0.015, -0.027, 0.028
    front, back = hole.front, hole.back
    middle = (front + back) / 2
    casing = [(outside, 0.0), (outside, 0.8 * depth), (0.8 * outside, depth), (0.35 * outside, depth)]
    casing += [(0.2 * outside, 0.75 * depth), (inside, 0.7 * depth)]
    profile = [(a, front + rise) for a, rise in casing]
    profile += [(inside, middle + 0.014), (stop, middle + 0.014), (stop, middle - 0.014), (inside, middle - 0.014)]
    profile += [(a, back - rise) for a, rise in casing[::-1]]
    reach = hole.half + inside
    # Behind a shut leaf the threshold would lie in the sun.
    behind = back - 0.015 if is_open else middle
    threshold = box((-reach, behind, -_SEAM), (reach, front + 0.015, 0.006), _WOOD)
    return merge([_swept(profile, hole, _WHITE, around=False), threshold])


def _hinges(hole: _Hole) -> Mesh:
    """What is left of a leaf that was taken off: hinges on the left post, and the strike plate on the right one."""
    levels, post = (0.25, 0.5 * hole.top, hole.top - 0.25), 0.015 - hole.half
    pins = [
        lathe([(0.007, level - 0.05), (0.007, level + 0.05)], STEEL, at=(post, hole.front + 0.03, 0), sides=8)
        for level in levels
    ]
    middle, face = (hole.back + hole.front) / 2 + 0.022, hole.half - 0.015
    return merge([*pins, box((face - 0.002, middle - 0.009, 0.95), (face + 0.002, middle + 0.009, 1.11), STEEL)])


def _leaves(hole: _Hole, finish: Finish) -> Mesh:
    """A closed door: one leaf, or two in a wide hole, with raised panels and a handle on both faces."""
    middle = (hole.back + hole.front) / 2
    if 2 * hole.half < _DOUBLE_DOOR:
        return _leaf(-hole.half, hole.half, middle, hole.top, 1, finish)
    return merge(
        [
            _leaf(-hole.half, -0.002, middle, hole.top, 1, finish),
            _leaf(0.002, hole.half, middle, hole.top, -1, finish),
            box((-0.012, middle - 0.024, 0.0), (0.012, middle + 0.024, hole.top), shade(finish, 0.8)),
        ]
    )


def _leaf(left: float, right: float, middle: float, top: float, handle_at: int, finish: Finish) -> Mesh:
    """A leaf from x = left to right; the handle is near the right edge (1) or the left edge (-1)."""
    thickness, margin, split = 0.02, 0.12, 0.45 * top
    parts = [box((left, middle - thickness, 0.0), (right, middle + thickness, top), finish)]
    handle, level = right - 0.07 if handle_at > 0 else left + 0.07, 1.03
    for side in (-1, 1):
        face = middle + side * thickness
        for low, high in ((0.16, split - margin / 2), (split + margin / 2, top - margin)):
            parts.append(_raised(left + margin, right - margin, low, high, face, side * 0.008, finish))
        parts.append(_slab(handle - 0.021, handle + 0.021, 0.91, 1.11, face, side * 0.006, STEEL))
        out = face + side * 0.05
        lever = [(handle, face, level), (handle, out, level), (handle - handle_at * 0.12, out, level)]
        parts.append(tube(lever, 0.009, STEEL, sides=8))
        parts.append(_slab(handle - 0.005, handle + 0.005, 0.935, 0.965, face, side * 0.008, BLACK_PLASTIC))
    return merge(parts)


def _raised(left: float, right: float, bottom: float, top: float, face: float, height: float, finish: Finish) -> Mesh:
    """A raised panel on a leaf: a field within a darker rim; nothing where there is no space for it."""
    rim = 0.035
    if right - left < 4 * rim or top - bottom < 4 * rim:
        return merge([])
    return merge(
        [
            _slab(left, right, bottom, top, face, height * 0.4, shade(finish, 0.75)),
            _slab(left + rim, right - rim, bottom + rim, top - rim, face, height, finish),
        ]
    )


def _slab(left: float, right: float, bottom: float, top: float, face: float, height: float, finish: Finish) -> Mesh:
    """A box that stands `height` metres out of the plane y = face, to either side."""
    low, high = sorted((face, face + height))
    return box((left, low, bottom), (right, high, top), finish)


def _window(hole: _Hole) -> Mesh:
    """Casing, plastered reveals, sash and bars of a window, with a sill below it."""
    left, right, low, high = -hole.half, hole.half, hole.bottom, hole.top
    pane, bar, casing = hole.back, 0.045, 0.06
    out, sash = hole.front + 0.016, pane + 0.03
    trim = [(casing, hole.front), (casing, 0.3 * hole.front + 0.7 * out), (0.8 * casing, out), (0.0, out)]
    frame = [(0.0, sash), (0.008 - bar, sash), (-bar, sash - 0.012), (-bar, pane - 0.01)]
    bars = []
    if right - left > high - low:
        bars.append(box((-bar / 3, pane - 0.01, low + bar), (bar / 3, sash - 0.012, high - bar), _WHITE))
    else:
        middle = (low + high) / 2
        bars.append(
            box((left + bar, pane - 0.01, middle - bar / 3), (right - bar, sash - 0.012, middle + bar / 3), _WHITE)
        )
    reach = [hole.half + min(casing + 0.02, space) for space in hole.space[:2]]
    sill = block((-reach[0], sash, low - 0.028), (reach[1], hole.front + 0.07, low + 0.004), _WHITE, bevel=0.008)
    return merge(
        [
            _swept(trim, hole, _WHITE, around=True),
            _swept([(0.0, out), (0.0, sash)], hole, _PLASTERED, around=True),
            _swept(frame, hole, _WHITE, around=True),
            *bars,
            sill,
        ]
    )


def _pane(hole: _Hole) -> Mesh:
    left, right, low, high, y = -hole.half, hole.half, hole.bottom, hole.top, hole.back
    return polygon([(right, y, low), (left, y, low), (left, y, high), (right, y, high)], (1.0, 1.0, 1.0))


def _ends(hole: _Hole) -> list[Mesh]:
    """The ends of two walls on both sides of a passage."""
    front, back, low, high = hole.front + _SEAM, hole.back - _SEAM, hole.bottom, hole.top
    left, right = -hole.half, hole.half
    return [
        polygon([(left, back, low), (left, front, low), (left, front, high), (left, back, high)], _PLASTERED),
        polygon([(right, back, low), (right, back, high), (right, front, high), (right, front, low)], _PLASTERED),
    ]


def _passage(hole: _Hole, posts: list[bool], reaches_ceiling: bool) -> Mesh:
    """Seals around the hole, a post where a wall ends in the room, and a beam below a wall that goes on above.

    The seals of floor and ceiling hide behind them.
    """
    left, right, top, post = -hole.half, hole.half, hole.top, 0.06
    low, high = hole.back - 0.03, hole.front + 0.03
    outer = (left - post if posts[0] else left, right + post if posts[1] else right)
    parts = [
        *_ends(hole),
        box((left, low, -2 * _SEAM), (right, high, -_SEAM), _WHITE),
    ]
    if posts[0]:
        parts.append(box((outer[0], low, -_SEAM), (left + _SEAM, high, top), _WHITE))
    if posts[1]:
        parts.append(box((right - _SEAM, low, -_SEAM), (outer[1], high, top), _WHITE))
    if reaches_ceiling:
        parts.append(box((left, low, top + _SEAM), (right, high, top + 2 * _SEAM), _WHITE))
    else:
        parts.append(box((outer[0], low, top), (outer[1], high, top + post), _WHITE))
    return merge(parts)
