"""Which rooms can be seen from where: through open doors and passages, one after the other."""

import numpy as np
import shapely
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.scene import House, Opening

_DEPTH = 0.2
"""Metres to both sides of an opening's line that may lie within the walls it joins."""
_NEAR = 0.02
"""Metres in front of the camera up to which nothing is drawn."""
_AROUND = 0.3
"""Metres within which a camera counts as being in a room: it may stand in a doorway."""
_EVERYTHING = (-1.0, -1.0, 1.0, 1.0)

Rectangle = tuple[float, float, float, float]
"""Left, bottom, right and top of a part of the picture, from -1 to 1."""


class Portals:
    """The rooms of a house and the ways between them."""

    def __init__(self, house: House) -> None:
        index = {room.room_id: k for k, room in enumerate(house.rooms)}
        self._polygons = [room.polygon for room in house.rooms]
        self._ways: list[list[tuple[int, Floats]]] = [[] for _ in house.rooms]
        for opening in house.openings:
            if opening.is_open and len(opening.room_ids) == 2:
                a, b = (index[room_id] for room_id in opening.room_ids)
                corners = _corners(opening)
                self._ways[a].append((b, corners))
                self._ways[b].append((a, corners))

    def visible_rooms(self, clip_from_eye: Floats, eye: Floats) -> NDArray[np.bool_]:
        """Which rooms may be seen, shape (rooms,): never one too few.

        Args:
            clip_from_eye: shape (4, 4), from world directions to clip coordinates.
            eye: shape (3,), world, metres.
        """
        seen: list[Rectangle | None] = [None] * len(self._polygons)
        here = shapely.Point(eye[0], eye[1])
        todo = [(k, _EVERYTHING) for k, polygon in enumerate(self._polygons) if polygon.distance(here) < _AROUND]
        if not todo:
            return np.ones(len(self._polygons), np.bool_)
        while todo:
            room, view = todo.pop()
            before = seen[room]
            if before is not None and _covers(before, view):
                continue
            seen[room] = view if before is None else _united(before, view)
            for beyond, corners in self._ways[room]:
                through = _narrowed(view, _outline(corners, clip_from_eye, eye))
                if through is not None:
                    todo.append((beyond, through))
        return np.array([view is not None for view in seen])


def _corners(opening: Opening) -> Floats:
    """Shape (8, 3): a box around the hole and the walls to its sides, metres."""
    ends = np.asarray(opening.segment)
    along = ends[1] - ends[0]
    across = np.array([-along[1], along[0]]) / np.hypot(*along) * _DEPTH
    return np.array(
        [[*(end + side * across), z] for end in ends for side in (-1, 1) for z in (opening.bottom, opening.top)]
    )


def _outline(corners: Floats, clip_from_eye: Floats, eye: Floats) -> Rectangle | None:
    """The part of the picture that a box with corners (8, 3) covers; None where all of it is behind the camera."""
    clip = np.column_stack([corners - eye, np.ones(len(corners))]) @ clip_from_eye.T
    w = clip[:, 3]
    front, behind = clip[w >= _NEAR], clip[w < _NEAR]
    if not len(front):
        return None
    share = (front[:, None, 3] - _NEAR) / (front[:, None, 3] - behind[:, 3])
    cuts = front[:, None] + share[..., None] * (behind - front[:, None])
    points = np.concatenate([front, cuts.reshape(-1, 4)])
    x, y = points[:, 0] / points[:, 3], points[:, 1] / points[:, 3]
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def _narrowed(view: Rectangle, outline: Rectangle | None) -> Rectangle | None:
    if outline is None:
        return None
    left, bottom = max(view[0], outline[0]), max(view[1], outline[1])
    right, top = min(view[2], outline[2]), min(view[3], outline[3])
    return (left, bottom, right, top) if left < right and bottom < top else None


def _covers(whole: Rectangle, part: Rectangle) -> bool:
    return whole[0] <= part[0] and whole[1] <= part[1] and whole[2] >= part[2] and whole[3] >= part[3]


def _united(a: Rectangle, b: Rectangle) -> Rectangle:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
