"""People on the floor of a house: where one stands by a thing, and where one comes by walking straight ahead."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from tests.conformance.oracles.boxes import Floats, outline
from tests.conformance.oracles.stored import Stored, Thing, encloses

BESIDE = (0.3, 0.6)
"""Metres from a thing at which one stands by it."""
REACH = 1.2
"""Metres from what one stands by, when one stands beside the furniture that it is on."""
ELBOWS = 0.1
"""Metres that a person who stands needs to walls and other things."""
STOP = 0.35
"""Metres before a thing at which a walker stops."""
_TALL, _KNEE, _HIP = 1.7, 0.05, 1.0
_STARTS = 120


@dataclass(frozen=True)
class People:
    """Of one house."""

    stored: Stored

    def outline_of(self, thing: Thing) -> Floats:
        """The convex outline of a thing with all that it stands on."""
        corners, part = [thing.block.corners[:, :2]], thing
        for _ in self.stored.things:
            if part.parent not in self.stored.ids:
                break
            part = self.stored.things[self.stored.ids.index(part.parent)]
            corners.append(part.block.corners[:, :2])
        return outline(np.concatenate(corners))

    def places_by(self, thing: Thing) -> Floats:
        """Places (N, 2) all over the free floor by a thing, and by the furniture it is on where that is in reach."""
        if thing.number in self._places:
            return self._places[thing.number]
        low, high = thing.block.plan.min(0) - REACH, thing.block.plan.max(0) + REACH
        places = low + qmc.Halton(2, scramble=False).random(4000) * (high - low)
        far = away(thing.block.plan, places)
        is_by = (far >= BESIDE[0]) & (far <= BESIDE[1])
        if thing.parent in self.stored.ids:
            support = self.stored.things[self.stored.ids.index(thing.parent)]
            from_support = away(support.block.plan, places)
            is_by |= (far <= REACH) & (far > 0) & (from_support >= BESIDE[0]) & (from_support <= BESIDE[0] + 0.05)
        floor = self.stored.floors[thing.room]
        is_by &= encloses(floor, places) & (from_edges(floor, places) >= ELBOWS)
        for other in self.stored.things:
            if other.number != thing.number and other.block.corners[:, 2].min() < _HIP:
                is_by[is_by] = away(other.block.plan, places[is_by]) >= ELBOWS
        self._places[thing.number] = places[is_by]
        return self._places[thing.number]

    @cached_property
    def _places(self) -> dict[int, Floats]:
        return {}

    def starts(self, thing: Thing) -> Floats:
        """Places (N, 2) right before a thing, all around, in its room."""
        corners = self.outline_of(thing)
        angles = 2 * np.pi * np.arange(_STARTS) / _STARTS
        ways = np.stack([np.cos(angles), np.sin(angles)], 1)
        round_corners = corners[np.argmax(corners @ ways.T, 0)] + STOP * ways
        edges = np.roll(corners, -1, 0) - corners
        normals = np.stack([edges[:, 1], -edges[:, 0]], 1) / np.linalg.norm(edges, axis=1)[:, None]
        along = [corners + share * edges + STOP * normals for share in np.linspace(0.05, 0.95, 10)]
        places = np.concatenate([round_corners, *along])
        return places[encloses(self.stored.floors[thing.room], places)]

    def walk(self, starts: Floats, landmark: Thing) -> tuple[Floats, Floats]:
        """Where walkers from places (N, 2) stop before a landmark, and how much room they have on the way, metres.

        They have none where they end in another room than the landmark.
        """
        ahead = landmark.block.center[:2] - starts
        shares = np.linspace(0, 1, 400)
        trails = starts[:, None] + shares[:, None] * ahead[:, None]
        distances = away(self.outline_of(landmark), trails.reshape(-1, 2)).reshape(trails.shape[:2])
        stops = trails[np.arange(len(starts)), np.argmax(distances <= STOP + 1e-3, axis=1)]
        room = apart(starts, stops, self.solids).min(1) if len(starts) else np.zeros(0)
        return stops, np.where(encloses(self.stored.floors[landmark.room], stops), room, 0.0)

    @cached_property
    def solids(self) -> Floats:
        """Shape (N, 2, 2): walls without their open doors, and the edges of what stands in the way."""
        pieces: list[Floats] = []
        for floor in self.stored.floors.values():
            for start, end in zip(floor, np.roll(floor, -1, 0), strict=True):
                pieces.extend(_wall(start, end, self._doors))
        for thing in self.stored.things:
            heights = thing.block.corners[:, 2]
            if heights.min() < _TALL and heights.max() > _KNEE:
                plan = thing.block.plan
                pieces.extend(np.stack([plan, np.roll(plan, -1, 0)], 1))
        return np.array(pieces)

    @cached_property
    def _doors(self) -> list[Floats]:
        return [np.array(opening["segment"]) for opening in self.stored.house["openings"] if opening["is_open"]]


def _wall(start: Floats, end: Floats, doors: list[Floats]) -> list[Floats]:
    """What is left of a wall."""
    length = float(np.linalg.norm(end - start))
    along = (end - start) / length
    holes = []
    for door in doors:
        offsets = door - start
        if np.abs(offsets[:, 1] * along[0] - offsets[:, 0] * along[1]).max() < 0.02:
            first, last = sorted((offsets @ along).tolist())
            holes.append((first, last))
    pieces, here = [], 0.0
    for first, last in [*sorted(holes), (length, np.inf)]:
        if min(first, length) > here:
            pieces.append(start + np.array([[here], [min(first, length)]]) * along)
        here = max(here, last)
    return pieces


def away(corners: Floats, points: Floats) -> Floats:
    """Metres from points (N, 2) to a convex outline; 0 inside it."""
    return np.where(encloses(corners, points), 0.0, from_edges(corners, points))


def from_edges(corners: Floats, points: Floats) -> Floats:
    """Metres from points (N, 2) to the edges of a polygon."""
    feet = _foot(points[:, None], corners, np.roll(corners, -1, 0))
    return np.asarray(np.linalg.norm(points[:, None] - feet, axis=-1).min(1))


def _foot(points: Floats, start: Floats, end: Floats) -> Floats:
    """The points of segments that are closest to points; arrays (..., 2) that broadcast."""
    along = end - start
    length = np.maximum((along * along).sum(-1), 1e-18)
    share = np.clip(((points - start) * along).sum(-1) / length, 0, 1)
    return np.asarray(start + share[..., None] * along)


def apart(starts: Floats, ends: Floats, solids: Floats) -> Floats:
    """Shape (N, M): metres between ways from `starts` to `ends` (N, 2) and segments (M, 2, 2)."""
    p, q, a, b = starts[:, None], ends[:, None], solids[None, :, 0], solids[None, :, 1]
    closest = np.full((len(starts), len(solids)), np.inf)
    for point, start, end in ((p, a, b), (q, a, b), (a, p, q), (b, p, q)):
        closest = np.minimum(closest, np.linalg.norm(point - _foot(point, start, end), axis=-1))
    return np.where(_cross(p, q, a, b), 0.0, closest)


def _cross(p: Floats, q: Floats, a: Floats, b: Floats) -> NDArray[np.bool_]:
    def side(start: Floats, end: Floats, point: Floats) -> Floats:
        u, v = end - start, point - start
        return np.asarray(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0])

    return np.asarray((side(p, q, a) * side(p, q, b) < 0) & (side(a, b, p) * side(a, b, q) < 0))
