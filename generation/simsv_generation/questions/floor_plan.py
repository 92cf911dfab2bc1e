"""Straight walks over the floor of a house, from beside one thing to beside another."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from simsv_generation.geometry import Boxes, Floats
from simsv_generation.navigation import Agent, obstacles
from simsv_generation.scene import House

STOP = 0.35
"""Metres from a thing, or from the furniture it stands on, at which one stands beside it."""
_PLACES = 16
"""Places around a thing at which a walk may begin."""


@dataclass(frozen=True, slots=True)
class Landmark:
    """A thing that one walks to, seen from above."""

    center: Floats
    """Shape (2,), metres."""
    floor: shapely.Polygon
    """Of its room."""
    normals: Floats
    """Shape (E, 2): unit vectors out of the convex outline, `STOP` outside, at which one stops before it."""
    offsets: Floats
    """Shape (E,): `normals @ point` of the points on each of its edges, metres."""
    forward: Floats
    """Shape (2,): direction of the thing's own x axis."""

    def rim(self, directions: Floats) -> Floats:
        """Places (N, 2) beside the thing in directions (N, 2) from its centre; the centre where both are zero."""
        along = directions @ self.normals.T
        room = self.offsets - self.normals @ self.center
        reach = np.where(along > 1e-9, room / np.maximum(along, 1e-9), np.inf).min(1)
        return np.asarray(self.center + np.where(np.isfinite(reach), reach, 0.0)[:, None] * directions)

    def places(self) -> Floats:
        """Places (N, 2) all around, in an order that turns with the thing."""
        angles = 2.0 * math.pi * (np.arange(_PLACES) + 0.5) / _PLACES + math.atan2(self.forward[1], self.forward[0])
        return self.rim(np.stack([np.cos(angles), np.sin(angles)], 1))

    def stops(self, starts: Floats) -> Floats:
        """Where straight walks from places (N, 2) towards its centre end; the start itself for who is beside it."""
        ahead = self.center - starts
        along = ahead @ self.normals.T
        entry = np.where(along < -1e-9, (self.offsets - starts @ self.normals.T) / np.minimum(along, -1e-9), -np.inf)
        return np.asarray(starts + np.maximum(entry.max(1), 0.0)[:, None] * ahead)

    def is_beside(self, places: Floats) -> NDArray[np.bool_]:
        """Which of the places (N, 2) are in its room, and so on its side of the wall."""
        return np.asarray(shapely.contains_xy(self.floor, places[:, 0], places[:, 1]))


class FloorPlan:
    """What is in the way of whoever walks through a house. Owns what it has worked out of it so far."""

    def __init__(self, house: House) -> None:
        walls, *things = obstacles(house, Agent())
        self._things = shapely.STRtree(things)
        # Outlines alone: distances to them are found far faster than to areas, and who begins outside meets them.
        self._outlines = shapely.multilinestrings([*shapely.get_parts(walls), *shapely.get_exterior_ring(things)])
        shapely.prepare(self._outlines)
        self._boxes = Boxes.of([thing.box for thing in house.objects])
        self._corners = self._boxes.corners()[:, :, :2]
        self._rows = {thing.object_id: row for row, thing in enumerate(house.objects)}
        self._objects = house.objects
        self._floors = {room.room_id: room.polygon for room in house.rooms}
        shapely.prepare(list(self._floors.values()))
        self._landmarks: dict[str, Landmark] = {}
        self._starts: dict[str, Floats] = {}

    def room(self, starts: Floats, ends: Floats) -> Floats:
        """How far straight ways between places (N, 2) keep from all obstacles, metres; starts are outside of them."""
        ways = shapely.linestrings(np.concatenate([starts, ends], 1).reshape(-1, 2, 2))
        return np.asarray(shapely.distance(self._outlines, ways))

    def starts(self, object_id: str) -> Floats:
        """Places (N, 2) beside a thing, in its room and outside of obstacles, at which a walk may begin."""
        if object_id not in self._starts:
            landmark = self.landmark(object_id)
            places = landmark.places()
            free = landmark.is_beside(places)
            free[self._things.query(shapely.points(places), "intersects")[0]] = False
            self._starts[object_id] = places[free]
        return self._starts[object_id]

    def landmark(self, object_id: str) -> Landmark:
        """A thing of the house. Raises KeyError when there is none of this id."""
        if object_id not in self._landmarks:
            row = self._rows[object_id]
            corners = self._corners[self._with_support(row)].reshape(-1, 2)
            hull = shapely.convex_hull(shapely.multipoints(corners))
            outline = shapely.get_coordinates(shapely.orient_polygons(hull))
            edges = outline[1:] - outline[:-1]
            normals = np.stack([edges[:, 1], -edges[:, 0]], 1) / np.hypot(edges[:, 0], edges[:, 1])[:, None]
            self._landmarks[object_id] = Landmark(
                center=self._boxes.centers[row, :2],
                floor=self._floors[self._objects[row].room_id],
                normals=normals,
                offsets=(normals * outline[:-1]).sum(1) + STOP,
                forward=self._boxes.axes[row, :2, 0],
            )
        return self._landmarks[object_id]

    def _with_support(self, row: int) -> list[int]:
        """Rows of the thing and of what it stands on, down to the floor."""
        rows = [row]
        while (parent := self._rows.get(self._objects[rows[-1]].parent_id)) is not None and parent not in rows:
            rows.append(parent)
        return rows
