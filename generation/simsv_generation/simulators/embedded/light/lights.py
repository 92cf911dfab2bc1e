"""The lights of a house: its windows and the lamps that are on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.look import Look
from simsv_generation.scene import House
from simsv_generation.simulators.embedded.fittings import ceiling_lamps
from simsv_generation.simulators.embedded.house_shape import HouseShape, PanePiece
from simsv_generation.simulators.embedded.light.direct import Lamp, Window
from simsv_generation.simulators.embedded.mesh import Mesh

_BEFORE_PANE = 0.04
"""Metres in front of a pane at which its light begins, past the sash bars."""
_LAMP = np.array([1.0, 0.83, 0.64]) * 0.09
"""Power of a ceiling lamp, for every square metre of its share of the floor."""
_LAMP_RADIUS = 0.13
"""Metres."""
_LAMP_DROP = 0.15
"""Metres from the ceiling down to the light of its lamps, past the fitting."""
_FURNITURE_LAMP: Vec3 = (0.65, 0.52, 0.37)
_LAMP_TYPES = ("DeskLamp", "FloorLamp")
_LOW_CEILING = 2.5
"""Metres; lamps below higher ceilings are stronger, so that as much of their light reaches the floor."""


def house_windows(house: House, shape: HouseShape) -> list[Window]:
    """The windows of a house."""
    near, index = _near_rooms(house), _room_index(house)
    rooms = {opening.opening_id: near[index[opening.room_ids[0]]] for opening in house.openings}
    return [_window(pane, rooms[pane.instance]) for pane in shape.panes]


def lit_lamps(house: House, look: Look) -> list[Lamp]:
    """The lamps of the rooms that are lit: below the ceiling, on the floor and on tables."""
    lamps: list[Lamp] = []
    near, index = _near_rooms(house), _room_index(house)
    for room in house.rooms:
        if room.room_id in look.lit_rooms:
            places = ceiling_lamps(room)
            power = _LAMP * room.area / len(places) * max(room.ceiling_height / _LOW_CEILING, 1.0) ** 2
            strength = float(power[0]), float(power[1]), float(power[2])
            for place in places:
                center = np.array([place[0], place[1], room.ceiling_height - _LAMP_DROP])
                lamps.append(Lamp(center, _LAMP_RADIUS, strength, True, near[index[room.room_id]]))
    for thing in house.objects:
        kind = house.assets[thing.asset_id].asset_type if thing.asset_id in house.assets else ""
        if kind in _LAMP_TYPES and thing.room_id in look.lit_rooms:
            width, depth, height = thing.box.size
            radius = 0.4 * min(width, depth)
            center = np.add(thing.box.center, [0.0, 0.0, height / 2 - min(radius, 0.3 * height)])
            lamps.append(Lamp(center, radius, _FURNITURE_LAMP, False, near[index[thing.room_id]]))
    return lamps


def switched(house: House, shape: HouseShape, look: Look) -> HouseShape:
    """The shape of a house in which the lamps of rooms that are not lit do not shine."""
    lamps = {f"{room.room_id}|ceiling" for room in house.rooms if room.room_id not in look.lit_rooms}
    for thing in house.objects:
        kind = house.assets[thing.asset_id].asset_type if thing.asset_id in house.assets else ""
        if kind in _LAMP_TYPES and thing.room_id not in look.lit_rooms:
            lamps.add(thing.object_id)
    solids = tuple(replace(s, mesh=_dark(s.mesh)) if s.instance in lamps else s for s in shape.solids)
    return replace(shape, solids=solids)


def _dark(mesh: Mesh) -> Mesh:
    return replace(mesh, materials=tuple(replace(material, emission=0.0) for material in mesh.materials))


def _window(pane: PanePiece, rooms: tuple[int, ...]) -> Window:
    right, left, high, _ = pane.mesh.positions
    inward = pane.mesh.normals[0]
    return Window(left + _BEFORE_PANE * inward, right - left, high - left, inward, rooms)


def _room_index(house: House) -> Mapping[str, int]:
    return {room.room_id: index for index, room in enumerate(house.rooms)}


def _near_rooms(house: House) -> Sequence[tuple[int, ...]]:
    """Of every room the rooms that its lights may reach without a bounce: itself and those behind its open doors."""
    index, near = _room_index(house), [{k} for k in range(len(house.rooms))]
    for opening in house.openings:
        if opening.is_open and len(opening.room_ids) == 2:
            a, b = (index[room_id] for room_id in opening.room_ids)
            near[a].add(b)
            near[b].add(a)
    return [tuple(sorted(rooms)) for rooms in near]
