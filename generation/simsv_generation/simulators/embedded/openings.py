"""Doors, windows and passages: frames, leaves and panes, and the reveals that close the gap between two walls.

Every opening is built in a frame of its own: x along the wall, y into the first of its rooms, z up, the origin on the
floor below its middle.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from simsv_generation.geometry import Floats, Vec3
from simsv_generation.scene import House, Opening
from simsv_generation.simulators.embedded.mesh import Mesh, box, merge, placed, polygon
from simsv_generation.simulators.embedded.structure import Wall

_OUTDOOR_DEPTH = 0.12
"""Metres from the inner face of an outer wall to what closes its openings from outside."""
_SEAM = 2e-3
"""Metres by which parts reach into each other, so that no ray slips between them."""
_WHITE: Vec3 = (0.86, 0.85, 0.83)
_WOOD: Vec3 = (0.23, 0.12, 0.06)
_DARK_WOOD: Vec3 = (0.19, 0.095, 0.045)
_METAL: Vec3 = (0.45, 0.44, 0.42)
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
    back = float((sides[1].start - middle) @ sides[0].inward) if len(sides) == 2 else front - _OUTDOOR_DEPTH
    lowest_ceiling = min(wall.height for wall in sides)
    hole = _Hole(
        half=float(np.hypot(*(ends[1] - ends[0]))) / 2,
        bottom=opening.bottom,
        top=min(opening.top, lowest_ceiling),
        back=min(back, front),
        front=front,
    )
    pane = None
    if opening.kind == "window":
        solid, pane = _window(hole), _pane(hole)
    elif opening.kind == "door":
        solid = merge([_door_frame(hole), *([] if opening.is_open else [_leaves(hole)])])
    else:
        reaches_ceiling = hole.top > lowest_ceiling - 1e-3
        posts = [_is_wall_end(opening, house, end) for end in (ends @ axes[0, :2]).argsort()]
        solid = _passage(hole, posts, reaches_ceiling)
    origin = np.array([*middle, 0.0])
    return OpeningShape(_placed(solid, origin, axes), None if pane is None else _placed(pane, origin, axes))


def _wall_of(opening: Opening, walls: tuple[Wall, ...]) -> Wall:
    return next(wall for wall in walls if any(hole.opening_id == opening.opening_id for hole in wall.holes))


def _placed(mesh: Mesh, origin: Floats, axes: Floats) -> Mesh:
    return placed(mesh, origin + mesh.positions @ axes, mesh.normals @ axes)


def _is_wall_end(opening: Opening, house: House, end: int) -> bool:
    """Whether a wall of both rooms goes on behind an end of a passage."""
    here, there = np.asarray(opening.segment[end]), np.asarray(opening.segment[1 - end])
    beyond = shapely.Point(here + (here - there) / np.hypot(*(here - there)) * 0.1)
    rooms = [room for room in house.rooms if room.room_id in opening.room_ids]
    return all(room.polygon.exterior.distance(beyond) < 0.02 for room in rooms)


def _door_frame(hole: _Hole) -> Mesh:
    inside, outside, depth = 0.015, 0.055, 0.035
    low, high = hole.back - depth, hole.front + depth
    left, right = -hole.half, hole.half
    posts = [
        box((left - outside, low, -_SEAM), (left + inside, high, hole.top - inside), _WHITE),
        box((right - inside, low, -_SEAM), (right + outside, high, hole.top - inside), _WHITE),
    ]
    head = box((left - outside, low, hole.top - inside), (right + outside, high, hole.top + outside), _WHITE)
    threshold = box((left, low + 0.01, -_SEAM), (right, high - 0.01, 0.006), _WOOD)
    return merge([*posts, head, threshold])


def _leaves(hole: _Hole) -> Mesh:
    """A closed door: one leaf, or two in a wide hole, with raised panels and a handle on both faces."""
    middle = (hole.back + hole.front) / 2
    if 2 * hole.half < _DOUBLE_DOOR:
        return _leaf(-hole.half, hole.half, middle, hole.top, handle_at=1)
    return merge(
        [
            _leaf(-hole.half, -0.002, middle, hole.top, handle_at=1),
            _leaf(0.002, hole.half, middle, hole.top, handle_at=-1),
            box((-0.012, middle - 0.024, 0.0), (0.012, middle + 0.024, hole.top), _DARK_WOOD),
        ]
    )


def _leaf(left: float, right: float, middle: float, top: float, handle_at: int) -> Mesh:
    """A leaf from x = left to right; the handle is near the right edge (1) or the left edge (-1)."""
    thickness, margin = 0.02, 0.12
    parts = [box((left, middle - thickness, 0.0), (right, middle + thickness, top), _WOOD)]
    handle = right - 0.07 if handle_at > 0 else left + 0.07
    split = 0.45 * top
    for side in (-1, 1):
        for low, high in ((0.16, split - margin / 2), (split + margin / 2, top - margin)):
            parts.append(_raised(left + margin, right - margin, low, high, middle + side * thickness, side * 0.008))
        face = middle + side * thickness
        parts.append(_slab(handle - 0.02, handle + 0.02, 0.92, 1.10, face, side * 0.006, _METAL))
        parts.append(_slab(handle - 0.008, handle + 0.008, 1.02, 1.04, face, side * 0.05, _METAL))
        lever = sorted((handle, handle - handle_at * 0.12))
        parts.append(_slab(lever[0], lever[1], 1.02, 1.04, face + side * 0.04, side * 0.015, _METAL))
    return merge(parts)


def _raised(left: float, right: float, bottom: float, top: float, face: float, height: float) -> Mesh:
    """A raised panel on a leaf: a field within a darker rim; nothing where there is no space for it."""
    rim = 0.035
    if right - left < 4 * rim or top - bottom < 4 * rim:
        return merge([])
    return merge(
        [
            _slab(left, right, bottom, top, face, height * 0.4, _DARK_WOOD),
            _slab(left + rim, right - rim, bottom + rim, top - rim, face, height, _WOOD),
        ]
    )


def _slab(left: float, right: float, bottom: float, top: float, face: float, height: float, color: Vec3) -> Mesh:
    """A box that stands `height` metres out of the plane y = face, to either side."""
    low, high = sorted((face, face + height))
    return box((left, low, bottom), (right, high, top), color)


def _reveals(hole: _Hole, back: float, color: Vec3) -> list[Mesh]:
    """The inner faces of a hole in a thick wall, from its front to y = back."""
    left, right, low, high = -hole.half, hole.half, hole.bottom, hole.top
    front = hole.front + _SEAM
    return [
        polygon([(left, back, low), (left, front, low), (left, front, high), (left, back, high)], color),
        polygon([(right, back, low), (right, back, high), (right, front, high), (right, front, low)], color),
        polygon([(left, back, low), (right, back, low), (right, front, low), (left, front, low)], color),
        polygon([(left, back, high), (left, front, high), (right, front, high), (right, back, high)], color),
    ]


def _window(hole: _Hole) -> Mesh:
    """Reveals, casing, sill and sash bars of a window."""
    left, right, low, high = -hole.half, hole.half, hole.bottom, hole.top
    pane, bar, casing = hole.back, 0.045, 0.06
    out, into = hole.front + 0.016, hole.front - _SEAM
    sash_low, sash_high = pane - 0.02, pane + 0.03
    width, height = right - left, high - low
    bars = [
        box((left, sash_low, low), (left + bar, sash_high, high), _WHITE),
        box((right - bar, sash_low, low), (right, sash_high, high), _WHITE),
        box((left, sash_low, low), (right, sash_high, low + bar), _WHITE),
        box((left, sash_low, high - bar), (right, sash_high, high), _WHITE),
    ]
    if width > height:
        bars.append(box((-bar / 2, sash_low, low), (bar / 2, sash_high - 0.005, high), _WHITE))
    else:
        middle = (low + high) / 2
        bars.append(box((left, sash_low, middle - bar / 2), (right, sash_high - 0.005, middle + bar / 2), _WHITE))
    trim = [
        box((left - casing, into, low), (left + 0.004, out, high), _WHITE),
        box((right - 0.004, into, low), (right + casing, out, high), _WHITE),
        box((left - casing, into, high - 0.004), (right + casing, out, high + casing), _WHITE),
        box((left - casing - 0.02, into, low - 0.03), (right + casing + 0.02, hole.front + 0.07, low + 0.004), _WHITE),
    ]
    return merge([*_reveals(hole, sash_low, _WHITE), *bars, *trim])


def _pane(hole: _Hole) -> Mesh:
    left, right, low, high, y = -hole.half, hole.half, hole.bottom, hole.top, hole.back
    return polygon([(right, y, low), (left, y, low), (left, y, high), (right, y, high)], (1.0, 1.0, 1.0))


def _passage(hole: _Hole, posts: list[bool], reaches_ceiling: bool) -> Mesh:
    """Seals around the hole, a post where a wall ends in the room, and a beam below a wall that goes on above.

    The seals of floor and ceiling hide behind them.
    """
    left, right, top, post = -hole.half, hole.half, hole.top, 0.06
    low, high = hole.back - 0.03, hole.front + 0.03
    outer = (left - post if posts[0] else left, right + post if posts[1] else right)
    parts = [
        *_reveals(hole, hole.back - _SEAM, _WHITE)[:2],
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
