"""What floors, walls and ceilings are made of, and the lamps below the ceilings."""

import dataclasses
from typing import Any

import numpy as np
import pytest
import shapely

from simsv_generation.scene import House
from simsv_generation.simulators.embedded.finishes import room_finishes
from simsv_generation.simulators.embedded.fittings import ceiling_fittings, ceiling_lamps
from simsv_generation.simulators.embedded.mesh import Finish
from simsv_generation.simulators.embedded.patterns import PATTERNS
from tests.factories import make_house, make_room

L_SHAPE = ((0.0, 0.0), (6.0, 0.0), (6.0, 3.0), (3.5, 3.0), (3.5, 5.0), (0.0, 5.0))


def house_of(floor: object, wall: object, **parameters: object) -> House:
    spec: dict[str, Any] = {
        "rooms": [{"id": "room|1", "floorMaterial": floor}],
        "walls": [{"roomId": "room|1", "material": wall}],
        "proceduralParameters": parameters,
    }
    return dataclasses.replace(make_house([make_room()]), spec=spec)


def textures(house: House, seed: int = 0) -> tuple[str, str, str]:
    finish = room_finishes(house, seed)["room|1"]
    return finish.floor.material.texture, finish.wall.material.texture, finish.ceiling.material.texture


def test_finishes_come_from_the_materials_of_the_house() -> None:
    paint = {"name": "PureWhite", "color": {"r": 1.0, "g": 0.5, "b": 0.0}}
    house = house_of({"name": "DarkWoodSmooth"}, paint)
    assert textures(house) == ("planks", "plaster", "plaster")
    assert room_finishes(house)["room|1"].wall.color == pytest.approx((1.0, 0.2140, 0.0), abs=1e-4)


@pytest.mark.parametrize(
    ("name", "floor", "wall"),
    [
        ("KitchenTiles4", "tiles", "small tiles"),
        ("SubwayTilesRough 1", "tiles", "metro tiles"),
        ("HexTiles", "hexagons", "hexagons"),
        ("KitchenTilesCheckerboard", "checker", "checker"),
        ("Drywall4Tiled", "concrete", "plaster"),
        ("CreamMarbleTiles", "marble", "marble"),
        ("WhiteCountertop1", "granite", "granite"),
        ("LivingRoomFireplacebrickTexWHITE", "brick", "brick"),
        ("WoodFloorsCross", "herringbone", "planks"),
        ("GreyFloor 2", "weathered planks", "weathered planks"),
        ("Wicker", "loop carpet", "grasscloth"),
        ("BedroomCarpet", "carpet", "grasscloth"),
        ("", "concrete", "plaster"),
        ("Ünbekannt 木", "concrete", "plaster"),
    ],
)
def test_names_decide_the_pattern(name: str, floor: str, wall: str) -> None:
    assert textures(house_of({"name": name}, {"name": name}))[:2] == (floor, wall)


@pytest.mark.parametrize(
    ("material", "texture"),
    [
        ({"name": "Beams"}, "planks"),
        ({"name": "OrangeWood"}, "planks"),
        ({"name": "RedBrick"}, "plaster"),
        ({}, "plaster"),
    ],
)
def test_ceilings_are_white_unless_they_are_of_wood(material: dict[str, str], texture: str) -> None:
    house = house_of({"name": "Wood"}, {"name": "Drywall"}, ceilingMaterial=material)
    assert textures(house)[2] == texture


def test_houses_without_spec_are_plain() -> None:
    assert set(room_finishes(make_house())) == {"room|1", "room|2"}


@pytest.mark.parametrize("floor", [None, {}, {"color": {"r": 1.0}}, "DarkWood"])
def test_missing_material_names_the_room(floor: object) -> None:
    with pytest.raises(ValueError, match=r"room\|1"):
        room_finishes(house_of(floor, {"name": "Drywall"}))


def test_a_seed_draws_finishes_that_exist_whatever_the_spec_says() -> None:
    rooms = [make_room(room_id=f"room|{k}", room_type=kind) for k, kind in enumerate(("Kitchen", "Bedroom", "Attic"))]
    house = make_house(rooms, [])
    drawn: list[Finish] = []
    for seed in range(1, 40):
        finishes = room_finishes(house, seed)
        assert finishes == room_finishes(house, seed)
        drawn += [finish for room in finishes.values() for finish in (room.floor, room.wall)]
    assert {finish.material.texture for finish in drawn} <= set(PATTERNS)
    assert len({finish.material.texture for finish in drawn}) > 12
    assert 0.01 <= min(min(finish.color) for finish in drawn) <= max(max(finish.color) for finish in drawn) <= 0.92


@pytest.mark.parametrize("outline", [L_SHAPE, ((0.0, 0.0), (0.7, 0.0), (0.7, 0.8), (0.0, 0.8))])
@pytest.mark.parametrize("room_type", ["Kitchen", "Bedroom"])
def test_lamps_hang_inside_their_room_and_reach_into_its_ceiling(
    outline: tuple[tuple[float, float], ...], room_type: str
) -> None:
    room = make_room(outline, room_type=room_type, ceiling_height=2.7)
    lamps, mesh = ceiling_lamps(room), ceiling_fittings(room)
    assert (lamps[:, 2] == 2.7).all()
    assert shapely.contains_xy(room.polygon, lamps[:, 0], lamps[:, 1]).all()
    low, high = mesh.extent()
    assert 2.58 < low[2] < high[2]
    assert high[2] == pytest.approx(2.702)
    assert shapely.contains_xy(room.polygon, mesh.positions[:, 0], mesh.positions[:, 1]).all()
    glow = np.array([material.emission for material in mesh.materials])[mesh.material_ids]
    assert 0 < (glow > 0).mean() < 1
