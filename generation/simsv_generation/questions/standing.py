"""Where a person can stand by an object."""

import numpy as np
import shapely
from numpy.typing import NDArray

from simsv_generation.geometry import Boxes, Floats
from simsv_generation.scene import House, SceneObject

DISTANCES = (0.3, 0.4, 0.5, 0.6)
"""Metres from an object's outline at which people stand "by" it."""
SPACING = 0.1
"""Metres between neighbouring places on an outline; between outlines it is as much."""
_HEAD_ROOM = 1.0
"""Things that begin higher than this, metres, do not keep a person from standing below."""
_REACH = 1.2
"""Metres from an object's outline within which one still stands by it."""


class StandingPlaces:
    """The free floor around the objects of a house, each looked at once."""

    def __init__(self, house: House) -> None:
        self._objects = {thing.object_id: thing for thing in house.objects}
        self._rooms = {room.room_id: room.polygon for room in house.rooms}
        shapely.prepare(list(self._rooms.values()))
        # One cannot stand in or below these.
        boxes = Boxes.of([thing.box for thing in house.objects])
        low = np.flatnonzero(boxes.corners()[:, :, 2].min(1) < _HEAD_ROOM)
        self._obstacles = [house.objects[row].object_id for row in low.tolist()]
        self._outlines = boxes.take(low).outlines()
        self._bounds = shapely.bounds(self._outlines).reshape(-1, 4)
        self._known: dict[str, Floats] = {}

    def by(self, object_id: str) -> Floats:
        """Places (N, 2) where a person could stand by an object: in its room and outside of what stands on the floor.

        They lie around the object and, when it rests on another one, also beside that, no further off than `_REACH`.
        """
        if object_id not in self._known:
            self._known[object_id] = self._places(object_id)
        return self._known[object_id]

    def _places(self, object_id: str) -> Floats:
        thing = self._objects[object_id]
        rings = [*shapely.buffer(_outline(thing), DISTANCES)]
        if support := self._objects.get(thing.parent_id):
            # As far as that is within reach.
            within = shapely.buffer(_outline(thing), _REACH)
            rings.append(shapely.buffer(_outline(support), DISTANCES[0]))
        around = [shapely.segmentize(shapely.get_exterior_ring(ring), SPACING) for ring in rings]
        x, y = shapely.get_coordinates(around).T
        free = shapely.contains_xy(self._rooms[thing.room_id], x, y)
        if support:
            free &= shapely.contains_xy(within, x, y)
        for other in self._near(x, y):
            if self._obstacles[other] != object_id:
                free &= ~shapely.intersects_xy(self._outlines[other], x, y)
        return np.stack([x[free], y[free]], -1)

    def _near(self, x: Floats, y: Floats) -> NDArray[np.intp]:
        """Obstacles whose bounds touch those of the points."""
        west, south, east, north = self._bounds.T
        touching = (west <= x.max()) & (east >= x.min()) & (south <= y.max()) & (north >= y.min())
        return np.flatnonzero(touching)


def _outline(thing: SceneObject) -> shapely.Polygon:
    return shapely.Polygon(thing.box.footprint())
