"""The walls of a house JSON and the openings in them, on the floor plan of the world frame."""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass

from simsv_generation.geometry import Vec2
from simsv_generation.houses.house_schema import asset_of
from simsv_generation.houses.json_reader import JsonNode
from simsv_generation.houses.unity import swap_axes
from simsv_generation.scene import Asset, Opening, OpeningKind

_TOLERANCE = 1e-2
"""Metres by which a hole may stick out of its wall, and two sides of a wall may lie apart."""


@dataclass(frozen=True, slots=True)
class Wall:
    """One side of a wall."""

    room_id: str
    start: Vec2
    """The first floor point: distances along the wall count from here."""
    end: Vec2
    top: float
    """Metres."""
    is_empty: bool
    """Left out: the rooms on both sides are one open space."""

    def __post_init__(self) -> None:
        if self.length < _TOLERANCE or self.top < _TOLERANCE:
            raise ValueError(f"must be a wall with a length and a height, got {self.length} m by {self.top} m")

    @property
    def length(self) -> float:
        """Metres."""
        return math.dist(self.start, self.end)

    def point(self, distance: float) -> Vec2:
        """The point at a distance from the start, metres."""
        share = distance / self.length
        (x0, y0), (x1, y1) = self.start, self.end
        return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share

    def locate(self, point: Vec2) -> tuple[float, float]:
        """Distance along the wall from its start, and distance from its line, metres."""
        (x0, y0), (x1, y1), (x, y) = self.start, self.end, point
        dx, dy = (x1 - x0) / self.length, (y1 - y0) / self.length
        return (x - x0) * dx + (y - y0) * dy, abs((x - x0) * dy - (y - y0) * dx)


def read_walls(house: JsonNode) -> dict[str, Wall]:
    """Wall id to wall. Raises ValueError that names the JSON path."""
    return {node["id"].text(): _read_wall(node) for node in house["walls"].items()}


def _read_wall(node: JsonNode) -> Wall:
    corners = [swap_axes(corner.vector()) for corner in node["polygon"].items()]
    if len(corners) != 4:
        node["polygon"].fail(f"must have 4 corners, got {len(corners)}")
    first, second, *upper = sorted(corners, key=lambda corner: corner[2])
    empty = node.get("empty")
    try:
        return Wall(
            room_id=node["roomId"].text(),
            start=first[:2],
            end=second[:2],
            top=min(corner[2] for corner in upper),
            is_empty=empty is not None and empty.flag(),
        )
    except ValueError as error:
        node["polygon"].fail(str(error))


def openings(
    house: JsonNode, walls: Mapping[str, Wall], room_ids: set[str], assets: Mapping[str, Asset]
) -> list[Opening]:
    """Doors, windows, then passages. Raises ValueError that names the JSON path."""
    doors = [_read_hole(node, "door", walls, room_ids, assets) for node in house["doors"].items()]
    windows = [_read_hole(node, "window", walls, room_ids, assets) for node in house["windows"].items()]
    return doors + windows + _passages(walls)


def _read_hole(
    node: JsonNode, kind: OpeningKind, walls: Mapping[str, Wall], room_ids: set[str], assets: Mapping[str, Asset]
) -> Opening:
    wall_id = node["wall0"]
    if wall_id.text() not in walls:
        wall_id.fail(f"no wall has the id {wall_id.value!r}")
    wall = walls[wall_id.value]
    left, right, bottom, top = _hole_extent(node["holePolygon"], wall)
    joined = _joined_rooms(node, room_ids)
    openness = node.get("openness")
    is_ajar = openness is not None and openness.number() > 0
    has_no_leaf = asset_of(node, assets).asset_type == "Doorframe"
    return Opening(
        opening_id=node["id"].text(),
        kind=kind,
        room_ids=joined,
        segment=(wall.point(left), wall.point(right)),
        bottom=bottom,
        top=top,
        is_open=kind == "door" and len(joined) == 2 and (is_ajar or has_no_leaf),
        asset_id=node["assetId"].text(),
    )


def _joined_rooms(hole: JsonNode, room_ids: set[str]) -> tuple[str, ...]:
    """One room where the other side is outdoors: there, both sides name the same room, or one says "exterior"."""
    sides = [side for side in (hole.get("room0"), hole.get("room1")) if side is not None]
    for side in sides:
        if side.text() not in room_ids and side.value != "exterior":
            side.fail(f"no room has the id {side.value!r}")
    joined = tuple(dict.fromkeys(side.value for side in sides if side.value != "exterior"))
    if not joined:
        hole.fail("leads to no room")
    return joined


def _hole_extent(polygon: JsonNode, wall: Wall) -> tuple[float, float, float, float]:
    """Left and right along the wall from its start, bottom and top, metres; cut to the wall."""
    corners = [corner.vector() for corner in polygon.items()]
    if len(corners) < 2:
        polygon.fail(f"must have at least 2 corners, got {len(corners)}")
    left, right = min(x for x, _, _ in corners), max(x for x, _, _ in corners)
    bottom, top = min(y for _, y, _ in corners), max(y for _, y, _ in corners)
    if min(left, bottom) < -_TOLERANCE or right > wall.length + _TOLERANCE or top > wall.top + _TOLERANCE:
        polygon.fail(f"does not fit into its wall of {wall.length:.3f} m by {wall.top:.3f} m")
    if right - left < _TOLERANCE or top - bottom < _TOLERANCE:
        polygon.fail("must have a width and a height")
    return max(left, 0.0), min(right, wall.length), max(bottom, 0.0), min(top, wall.top)


def _passages(walls: Mapping[str, Wall]) -> list[Opening]:
    """Where an empty wall of one room lies on an empty wall of another."""
    found: list[Opening] = []
    empty = {wall_id: wall for wall_id, wall in walls.items() if wall.is_empty and wall.room_id != "exterior"}
    paired: set[str] = set()
    for (wall_id, wall), (other_id, other) in itertools.combinations(empty.items(), 2):
        (first, gap), (second, other_gap) = wall.locate(other.start), wall.locate(other.end)
        left, right = max(0.0, min(first, second)), min(wall.length, max(first, second))
        if wall.room_id == other.room_id or max(gap, other_gap) > _TOLERANCE or right - left < _TOLERANCE:
            continue
        paired |= {wall_id, other_id}
        found.append(
            Opening(
                opening_id=f"passage|{wall_id.removeprefix('wall|')}|{len(found)}",
                kind="passage",
                room_ids=(wall.room_id, other.room_id),
                segment=(wall.point(left), wall.point(right)),
                bottom=0.0,
                top=min(wall.top, other.top),
                is_open=True,
            )
        )
    if unpaired := sorted(empty.keys() - paired):
        raise ValueError(f"$.walls: {unpaired[0]!r} is empty, and no empty wall of another room lies on its other side")
    return found
