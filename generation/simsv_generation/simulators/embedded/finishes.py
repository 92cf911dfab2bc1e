"""What the floors, walls and ceilings of a house are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.scene import House, Room
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.materials import Kind, shade, surface_color, surface_kind
from simsv_generation.simulators.embedded.mesh import Finish, Material


@dataclass(frozen=True, slots=True)
class RoomFinish:
    """The finishes of a room."""

    floor: Finish
    wall: Finish
    ceiling: Finish


_VARNISHED, _POLISHED, _MATT = 0.03, 0.05, 0.0
_PAINTED = Material("plaster")
_CEILING = Finish((0.80, 0.80, 0.79), _PAINTED)
_BOARDED_CEILING = Finish((0.74, 0.70, 0.62), Material("planks"))
_PLAIN = RoomFinish(
    Finish((0.30, 0.19, 0.11), Material("planks", _VARNISHED)), Finish((0.68, 0.65, 0.58), _PAINTED), _CEILING
)
"""For houses that do not say what they are made of."""

# The first row with a word that is in the lower-case name of a material decides: floor, wall, gloss.
_BY_NAME: tuple[tuple[tuple[str, ...], str, str, float], ...] = (
    (("drywall",), "concrete", "plaster", _MATT),
    (("hextile",), "hexagons", "hexagons", _POLISHED),
    (("subway",), "tiles", "metro tiles", _POLISHED),
    (("checkerboard",), "checker", "checker", _POLISHED),
    (("ceramictiles", "ceramic_shard", "glasstiles", "smalltiles"), "mosaic", "mosaic", _POLISHED),
    (("granite", "countertop"), "granite", "granite", _POLISHED),
    (("marble",), "marble", "marble", _POLISHED),
    (("bathroomtiles", "kitchentiles", "kitchenwalls", "smallkitchen"), "tiles", "small tiles", _POLISHED),
    (("darktiles", "fireplacetiles"), "slate", "slate", _VARNISHED),
    (("porcelain",), "large tiles", "large tiles", _POLISHED),
    (("beams",), "planks", "planks", _MATT),
    (("wicker",), "loop carpet", "grasscloth", _MATT),
    (("slashhatch", "cross"), "herringbone", "planks", _VARNISHED),
    (("greyfloor", "worn"), "weathered planks", "weathered planks", _MATT),
    (("woodfine", "bedroomfloor"), "parquet", "planks", _VARNISHED),
)
_BY_KIND: dict[Kind, tuple[str, str, float]] = {
    "wood": ("planks", "planks", _VARNISHED),
    "tile": ("tiles", "large tiles", _POLISHED),
    "brick": ("brick", "brick", _MATT),
    "marble": ("marble", "marble", _POLISHED),
    "concrete": ("concrete", "concrete", _MATT),
    "fabric": ("carpet", "grasscloth", _MATT),
    "plaster": ("concrete", "plaster", _MATT),
}

_WOODS: tuple[Vec3, ...] = (
    (0.42, 0.27, 0.14),
    (0.52, 0.38, 0.24),
    (0.30, 0.18, 0.09),
    (0.20, 0.11, 0.06),
    (0.45, 0.40, 0.34),
    (0.60, 0.48, 0.34),
)
_STONES: tuple[Vec3, ...] = (
    (0.62, 0.60, 0.56),
    (0.52, 0.46, 0.38),
    (0.34, 0.33, 0.32),
    (0.70, 0.69, 0.66),
    (0.44, 0.30, 0.22),
)
_CARPETS: tuple[Vec3, ...] = ((0.50, 0.46, 0.40), (0.36, 0.36, 0.37), (0.30, 0.25, 0.20), (0.26, 0.31, 0.36))
_PAINTS: tuple[Vec3, ...] = (
    (0.76, 0.75, 0.72),
    (0.72, 0.69, 0.61),
    (0.64, 0.62, 0.57),
    (0.56, 0.61, 0.62),
    (0.54, 0.59, 0.51),
    (0.66, 0.56, 0.48),
    (0.40, 0.46, 0.50),
    (0.68, 0.60, 0.42),
    (0.30, 0.37, 0.34),
)
_GLAZES: tuple[Vec3, ...] = ((0.76, 0.76, 0.74), (0.66, 0.63, 0.56), (0.44, 0.54, 0.56), (0.40, 0.52, 0.44))
_DRAWN_FLOORS: tuple[tuple[str, tuple[Vec3, ...], float], ...] = (
    ("planks", _WOODS, _VARNISHED),
    ("parquet", _WOODS, _VARNISHED),
    ("herringbone", _WOODS, _VARNISHED),
    ("weathered planks", _WOODS, _MATT),
    ("carpet", _CARPETS, _MATT),
    ("loop carpet", _CARPETS, _MATT),
)
_DRAWN_WET_FLOORS: tuple[tuple[str, tuple[Vec3, ...], float], ...] = (
    ("tiles", _STONES, _POLISHED),
    ("large tiles", _STONES, _POLISHED),
    ("hexagons", _STONES, _POLISHED),
    ("checker", ((0.46, 0.45, 0.43),), _POLISHED),
    ("marble", _STONES, _POLISHED),
    ("terrazzo", _STONES, _POLISHED),
    ("slate", _STONES, _VARNISHED),
    ("planks", _WOODS, _VARNISHED),
)
_DRAWN_WALLS: tuple[tuple[str, tuple[Vec3, ...], float], ...] = (
    *[("plaster", _PAINTS, _MATT)] * 6,
    ("striped wallpaper", _PAINTS, _MATT),
    ("damask wallpaper", _PAINTS, _MATT),
    ("grasscloth", _PAINTS, _MATT),
)
_DRAWN_WET_WALLS: tuple[tuple[str, tuple[Vec3, ...], float], ...] = (
    *[("plaster", _PAINTS, _MATT)] * 3,
    ("small tiles", _GLAZES, _POLISHED),
    ("metro tiles", _GLAZES, _POLISHED),
    ("mosaic", _GLAZES, _POLISHED),
)
_WET = ("Kitchen", "Bathroom")


def room_finishes(house: House, seed: int = 0) -> dict[str, RoomFinish]:
    """The finish of every room.

    Args:
        house: the house.
        seed: 0 takes the materials in `House.spec`, and the same plain ones for all rooms where that is empty; any
            other number draws finishes that suit the room's type.

    Raises:
        ValueError: the spec does not say what a room is made of; names the room.
    """
    if seed:
        return {room.room_id: _drawn(room, rng(seed, "finishes", house.house_id, room.room_id)) for room in house.rooms}
    if not house.spec:
        return {room.room_id: _PLAIN for room in house.rooms}
    return {room.room_id: _room_finish(room.room_id, house) for room in house.rooms}


def _drawn(room: Room, random: np.random.Generator) -> RoomFinish:
    is_wet = room.room_type in _WET

    def draw(choices: tuple[tuple[str, tuple[Vec3, ...], float], ...]) -> Finish:
        texture, colors, gloss = choices[int(random.integers(len(choices)))]
        color, light = colors[int(random.integers(len(colors)))], float(random.uniform(0.85, 1.15))
        return shade(Finish(color, Material(texture, gloss)), light)

    floor = draw(_DRAWN_WET_FLOORS if is_wet else _DRAWN_FLOORS)
    return RoomFinish(floor, draw(_DRAWN_WET_WALLS if is_wet else _DRAWN_WALLS), _CEILING)


def _room_finish(room_id: str, house: House) -> RoomFinish:
    try:
        floor = next(room["floorMaterial"] for room in house.spec["rooms"] if room["id"] == room_id)
        wall = next(wall["material"] for wall in house.spec["walls"] if wall["roomId"] == room_id)
        return RoomFinish(_finish(floor, is_wall=False), _finish(wall, is_wall=True), _ceiling(house.spec))
    except (KeyError, TypeError, StopIteration) as error:
        raise ValueError(f"house {house.house_id}: its spec does not say what {room_id} is made of") from error


def _ceiling(spec: Mapping[str, Any]) -> Finish:
    """Boards where the house has wood overhead; else white, for ProcTHOR would hang bricks and tiles over a bedroom."""
    material = spec.get("proceduralParameters", {}).get("ceilingMaterial", {})
    name = "" if "color" in material else material.get("name", "")
    return _BOARDED_CEILING if "beams" in name.lower() or surface_kind(name) == "wood" else _CEILING


def _finish(material: Mapping[str, Any], *, is_wall: bool) -> Finish:
    """The finish of a material of the house JSON: a name, and for paint a colour (sRGB)."""
    if "color" in material:
        red, green, blue = (_linear(material["color"][channel]) for channel in "rgb")
        return Finish((red, green, blue), _PAINTED)
    name = material["name"]
    floor, wall, gloss = next(
        (row[1:] for row in _BY_NAME if any(word in name.lower() for word in row[0])), _BY_KIND[surface_kind(name)]
    )
    return Finish(surface_color(name), Material(wall if is_wall else floor, gloss))


def _linear(value: float) -> float:
    """Linear light of an sRGB value from 0 to 1 (IEC 61966-2-1)."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
