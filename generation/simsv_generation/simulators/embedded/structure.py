"""The shell of a house: floors, ceilings, walls with their holes, and skirting boards.

A wall shows one face, into its room. Houses without wall thickness have the faces of two rooms in one plane, so every
face stands `WALL_INSET` inside the outline of its room's floor: far enough that they never fight for a pixel, near
enough that depths are those of the floor plan to the millimetre.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
import shapely.affinity
from shapely.geometry.base import BaseGeometry

from simsv_generation.geometry import Floats, Vec3
from simsv_generation.scene import House, Opening, Room
from simsv_generation.simulators.embedded.materials import LACQUER
from simsv_generation.simulators.embedded.mesh import Finish, Mesh, merge, of_one_finish, polygon

WALL_INSET = 2.5e-4
"""Metres between a wall's face and the outline of the room's floor."""
_SEAL = 1e-3
"""Metres by which walls run past floor and ceiling, so that no ray slips through the seam."""
_REACH = 0.35
"""Metres from an opening's segment within which a wall counts as the wall it is in."""
_SKIRTING_HEIGHT, _SKIRTING_DEPTH = 0.08, 0.012
_SKIRTING_FINISH = Finish((0.82, 0.81, 0.79), LACQUER)
_CHAMFER = 0.015
"""Metres: height of the slanted upper edge of skirting boards."""
_CASING = 0.06
"""Metres that skirting boards keep from a door's hole; its frame covers the rest."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Where an opening cuts a wall, in the coordinates of the wall's face, metres."""

    opening_id: str
    low: float
    high: float
    bottom: float
    top: float


@dataclass(frozen=True, slots=True)
class Wall:
    """One face of a room's walls."""

    start: Floats
    """Shape (2,): where the face begins on the floor plan, metres; the room lies to the left."""
    end: Floats
    """Shape (2,)."""
    height: float
    """Metres."""
    holes: tuple[Hole, ...]
    board: Floats
    """Shape (2, 2): begin and end of the skirting board's front on the floor plan, metres."""

    @property
    def length(self) -> float:
        """Metres."""
        return float(np.hypot(*(self.end - self.start)))

    @property
    def along(self) -> Floats:
        """Shape (2,): unit vector from start to end."""
        return np.asarray((self.end - self.start) / self.length)

    @property
    def inward(self) -> Floats:
        """Shape (2,): unit vector into the room."""
        return np.array([-self.along[1], self.along[0]])


@dataclass(frozen=True, slots=True)
class Surface:
    """A flat piece of a room's shell, with coordinates of its own in its plane."""

    mesh: Mesh
    origin: Vec3
    """World position of the plane coordinates (0, 0), metres."""
    axes: Floats
    """Shape (2, 3): world directions of the plane coordinates, unit vectors."""
    size: tuple[float, float]
    """Extent along both axes, metres; plane coordinates run from 0 to it, but for the seams."""

    def plane_coordinates(self) -> Floats:
        """Shape (N, 2): where the mesh's vertices are in the plane, metres."""
        return np.asarray((self.mesh.positions - np.asarray(self.origin)) @ self.axes.T)


def room_walls(house: House) -> dict[str, tuple[Wall, ...]]:
    """The walls of every room, in the order of its floor's outline, with the holes of the house's openings.

    Raises:
        ValueError: an opening lies on no wall of a room that it joins; names it.
    """
    heights = {room.room_id: room.ceiling_height for room in house.rooms}
    walls = {room.room_id: _bare_walls(room) for room in house.rooms}
    for opening in house.openings:
        top = min(opening.top, *(heights[room_id] for room_id in opening.room_ids))
        for room_id in opening.room_ids:
            holes = _holes(walls[room_id], opening, top)
            if sum(hole.high - hole.low for hole in holes.values()) < 0.9 * _length(opening):
                raise ValueError(f"opening {opening.opening_id} of house {house.house_id} lies on no wall of {room_id}")
            walls[room_id] = tuple(
                Wall(wall.start, wall.end, wall.height, (*wall.holes, holes[k]), wall.board) if k in holes else wall
                for k, wall in enumerate(walls[room_id])
            )
    return walls


def floor_surface(room: Room, finish: Finish | Vec3) -> Surface:
    """The floor of a room at z = 0, facing up; its texture runs along the longer side of the room."""
    return _level_surface(room, 0.0, finish)


def ceiling_surface(room: Room, finish: Finish | Vec3) -> Surface:
    """The ceiling of a room, facing down; its texture runs along the longer side of the room."""
    return _level_surface(room, room.ceiling_height, finish)


def wall_surface(wall: Wall, finish: Finish | Vec3) -> Surface | None:
    """The face of a wall without its holes; None when they leave nothing of it."""
    face: BaseGeometry = shapely.box(0, -_SEAL, wall.length, wall.height + _SEAL)
    for hole in wall.holes:
        # A hole that reaches an edge of the face must not leave a sliver along it.
        low = -_SEAL if hole.low < _SEAL else hole.low
        high = wall.length + _SEAL if hole.high > wall.length - _SEAL else hole.high
        bottom = -2 * _SEAL if hole.bottom < _SEAL else hole.bottom
        top = wall.height + 2 * _SEAL if hole.top > wall.height - _SEAL else hole.top
        face = face.difference(shapely.box(low, bottom, high, top))
    if face.is_empty:
        return None
    axes = np.array([[*wall.along, 0.0], [0.0, 0.0, 1.0]])
    origin = (float(wall.start[0]), float(wall.start[1]), 0.0)
    return _flat_surface(face, origin, axes, np.array([*wall.inward, 0.0]), finish, (wall.length, wall.height))


def skirting(walls: Sequence[Wall]) -> Mesh:
    """The skirting boards of a room."""
    boards: list[Mesh] = []
    for wall in walls:
        gaps = [(h.low - _CASING, h.high + _CASING) for h in wall.holes if h.bottom < _SKIRTING_HEIGHT]
        line: BaseGeometry = shapely.LineString([(0, 0), (wall.length, 0)])
        for low, high in gaps:
            line = line.difference(shapely.box(low, -1, high, 1))
        for piece in shapely.get_parts(line):
            if piece.length < 1e-3:
                continue
            low, high = piece.bounds[0], piece.bounds[2]
            front = [wall.start + wall.along * at + wall.inward * _SKIRTING_DEPTH for at in (low, high)]
            # Boards meet in a mitre where they run into a corner.
            front[0] = wall.board[0] if low < 1e-6 else front[0]
            front[1] = wall.board[1] if high > wall.length - 1e-6 else front[1]
            backs = [wall.start + wall.along * low, wall.start + wall.along * high]
            rims = [(a + 2 * b) / 3 for a, b in zip(front, backs, strict=True)]
            below, edge, top = 0.0, _SKIRTING_HEIGHT - _CHAMFER, _SKIRTING_HEIGHT
            for lower, upper, z0, z1 in (
                (front, front, below, edge),
                (front, rims, edge, top),
                (rims, backs, top, top),
            ):
                corners = [(*lower[0], z0), (*lower[1], z0), (*upper[1], z1), (*upper[0], z1)]
                boards.append(polygon(corners[::-1], _SKIRTING_FINISH))
    return merge(boards)


def inset_outline(outline: Floats, distance: float) -> Floats:
    """A counter-clockwise outline (N, 2) moved inwards by `distance` metres, corner by corner, in mitres."""
    ahead = np.roll(outline, -1, 0) - outline
    ahead /= np.sqrt((ahead * ahead).sum(1))[:, None]
    inward = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    before = np.roll(inward, 1, 0)
    return np.asarray(outline + (inward + before) * distance / (1 + (inward * before).sum(1))[:, None])


def _bare_walls(room: Room) -> tuple[Wall, ...]:
    outline = np.asarray(room.floor_polygon)
    faces, boards = inset_outline(outline, WALL_INSET), inset_outline(outline, WALL_INSET + _SKIRTING_DEPTH)
    after = np.roll(np.arange(len(outline)), -1)
    return tuple(
        Wall(faces[a], faces[b], room.ceiling_height, (), np.stack([boards[a], boards[b]])) for a, b in enumerate(after)
    )


def _length(opening: Opening) -> float:
    return float(np.hypot(*np.subtract(*opening.segment)))


def _holes(walls: Sequence[Wall], opening: Opening, top: float) -> dict[int, Hole]:
    """The holes of an opening by index of the wall: the nearest parallel walls along its segment."""
    found: dict[int, tuple[float, Hole]] = {}
    for k, wall in enumerate(walls):
        offset = np.asarray(opening.segment) - wall.start
        low, high = np.clip(np.sort(offset @ wall.along), 0.0, wall.length)
        across = offset @ wall.inward
        if high - low > 1e-3 and abs(across[1] - across[0]) < 0.02 and np.abs(across).max() < _REACH:
            hole = Hole(opening.opening_id, float(low), float(high), opening.bottom, top)
            found[k] = (float(np.abs(across).max()), hole)
    nearest = min((distance for distance, _ in found.values()), default=0.0)
    return {k: hole for k, (distance, hole) in found.items() if distance < nearest + 0.02}


def _level_surface(room: Room, height: float, finish: Finish | Vec3) -> Surface:
    west, south, east, north = room.polygon.bounds
    axes = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    face = shapely.affinity.translate(room.polygon, -west, -south)
    normal = np.array([0.0, 0.0, -1.0 if height > 0 else 1.0])
    surface = _flat_surface(face, (west, south, height), axes, normal, finish, (east - west, north - south))
    if east - west >= north - south:
        return surface
    return replace(surface, mesh=replace(surface.mesh, texture_at=surface.mesh.texture_at[:, ::-1]))


def _flat_surface(
    face: BaseGeometry, origin: Vec3, axes: Floats, normal: Floats, finish: Finish | Vec3, size: tuple[float, float]
) -> Surface:
    """Triangles over a face given in plane coordinates."""
    cells = shapely.get_parts(shapely.constrained_delaunay_triangles(face))
    corners = np.stack([np.asarray(cell.exterior.coords)[:3] for cell in cells])
    edges = corners[:, 1:] - corners[:, :1]
    clockwise = edges[:, 0, 0] * edges[:, 1, 1] < edges[:, 0, 1] * edges[:, 1, 0]
    # The triangles must turn counter-clockwise seen from the front, which is where the normal points.
    flip = clockwise == (float(np.cross(*axes) @ normal) > 0)
    corners[flip] = corners[flip][:, ::-1]
    points, inverse = np.unique(corners.reshape(-1, 2), axis=0, return_inverse=True)
    mesh = of_one_finish(
        np.asarray(origin) + points @ axes,
        np.tile(normal, (len(points), 1)),
        inverse.reshape(-1, 3).astype(np.int32),
        finish,
        points,
    )
    return Surface(mesh, origin, axes, size)
