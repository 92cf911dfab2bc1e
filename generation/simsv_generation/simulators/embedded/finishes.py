"""What the floors, walls and ceilings of a house are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simsv_generation.geometry import Vec3
from simsv_generation.scene import House
from simsv_generation.simulators.embedded.materials import Kind, surface_look


@dataclass(frozen=True, slots=True)
class Finish:
    """A pattern in a colour."""

    pattern: str
    """Row of `patterns.PATTERNS`."""
    color: Vec3
    """Linear RGB reflectance, 0 to 1."""


@dataclass(frozen=True, slots=True)
class RoomFinish:
    """The finishes of a room."""

    floor: Finish
    wall: Finish
    ceiling: Finish


_CEILING = Finish("plaster", (0.80, 0.80, 0.79))
"""ProcTHOR would hang bricks and kitchen tiles over a bedroom."""
_PLAIN = RoomFinish(Finish("planks", (0.30, 0.19, 0.11)), Finish("plaster", (0.68, 0.65, 0.58)), _CEILING)
"""For houses that do not say what they are made of."""
_FLOOR_PATTERNS: dict[Kind, str] = {
    "wood": "planks",
    "tile": "tiles",
    "brick": "brick",
    "marble": "marble",
    "concrete": "concrete",
    "fabric": "carpet",
    "plaster": "plaster",
}
_WALL_PATTERNS: dict[Kind, str] = {**_FLOOR_PATTERNS, "tile": "small tiles"}


def room_finishes(house: House) -> dict[str, RoomFinish]:
    """The finish of every room, from the materials in `House.spec`; the same plain one for all where that is empty.

    Raises:
        ValueError: the spec does not say what a room is made of; names the room.
    """
    if not house.spec:
        return {room.room_id: _PLAIN for room in house.rooms}
    return {room.room_id: _room_finish(room.room_id, house) for room in house.rooms}


def _room_finish(room_id: str, house: House) -> RoomFinish:
    try:
        floor = next(room["floorMaterial"] for room in house.spec["rooms"] if room["id"] == room_id)
        wall = next(wall["material"] for wall in house.spec["walls"] if wall["roomId"] == room_id)
        return RoomFinish(_finish(floor, _FLOOR_PATTERNS), _finish(wall, _WALL_PATTERNS), _CEILING)
    except (KeyError, TypeError, StopIteration) as error:
        raise ValueError(f"house {house.house_id}: its spec does not say what {room_id} is made of") from error


def _finish(material: Mapping[str, Any], patterns: Mapping[Kind, str]) -> Finish:
    """The finish of a material of the house JSON: a name, and for paint a colour (sRGB)."""
    if "color" in material:
        red, green, blue = (_linear(material["color"][channel]) for channel in "rgb")
        return Finish("plaster", (red, green, blue))
    look = surface_look(material["name"])
    return Finish(patterns[look.kind], look.color)


def _linear(value: float) -> float:
    """Linear light of an sRGB value from 0 to 1 (IEC 61966-2-1)."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
