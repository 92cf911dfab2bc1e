"""Patterns, finishes and the packing of light."""

import dataclasses

import numpy as np
import pytest

from simsv_generation.scene import House
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.finishes import room_finishes
from simsv_generation.simulators.embedded.light_map import pack_light
from simsv_generation.simulators.embedded.patterns import PATTERNS, TEXELS, WHITE_LEVEL, pattern_images
from tests.factories import make_house, make_room


def test_patterns_leave_colors_as_they_are_on_average() -> None:
    images = pattern_images()
    assert images.shape == (len(PATTERNS), TEXELS, TEXELS, 3)
    means = images.reshape(len(PATTERNS), -1).mean(1) / WHITE_LEVEL
    assert means == pytest.approx(np.ones(len(PATTERNS)), abs=0.02)


@pytest.mark.parametrize("name", PATTERNS)
def test_patterns_repeat_without_a_seam(name: str) -> None:
    image = pattern_images()[list(PATTERNS).index(name)].astype(np.int64)
    for axis in (0, 1):
        steps = np.abs(np.diff(image, axis=axis, append=np.take(image, [0], axis))).mean((1 - axis, 2))
        # The step over the border is one of the steps that the pattern has inside, joints included.
        assert steps[-1] <= np.sort(steps[:-1])[-2] + 1e-9


def test_packed_grids_keep_their_texels_and_do_not_overlap() -> None:
    random = rng(0, "test grids")
    grids = [random.uniform(0.1, 2.0, (int(r), int(c), 3)) for r, c in random.integers(1, 60, (40, 2))]
    grids.append(random.uniform(0.1, 2.0, (3, 700, 3)))
    packed = pack_light(grids)
    used = np.zeros(packed.texels.shape[:2], np.int64)
    for index, grid in enumerate(grids):
        column, row = packed.places[index]
        rows, columns = grid.shape[:2]
        assert (packed.texels[row : row + rows, column : column + columns] == grid.astype(np.float16)).all()
        used[row - 1 : row + rows + 1, column - 1 : column + columns + 1] += 1
        corners = packed.coordinates(index, np.array([[0.0, 0.0], [1.0, 1.0]]))
        assert corners.tolist() == [[column, row], [column + columns, row + rows]]
    assert used.max() == 1


def house_of(floor: object, wall: object) -> House:
    spec = {
        "rooms": [{"id": "room|1", "floorMaterial": floor}],
        "walls": [{"roomId": "room|1", "material": wall}],
    }
    return dataclasses.replace(make_house([make_room()]), spec=spec)


def test_finishes_come_from_the_materials_of_the_house() -> None:
    paint = {"name": "PureWhite", "color": {"r": 1.0, "g": 0.5, "b": 0.0}}
    finish = room_finishes(house_of({"name": "DarkWoodSmooth"}, paint))["room|1"]
    assert finish.floor.pattern == "planks"
    assert finish.wall.pattern == "plaster"
    assert finish.wall.color == pytest.approx((1.0, 0.2140, 0.0), abs=1e-4)
    tiled = room_finishes(house_of({"name": "KitchenTiles4"}, {"name": "KitchenTiles4"}))["room|1"]
    assert (tiled.floor.pattern, tiled.wall.pattern) == ("tiles", "small tiles")


def test_houses_without_spec_are_plain() -> None:
    assert set(room_finishes(make_house())) == {"room|1", "room|2"}


@pytest.mark.parametrize("floor", [None, {}, {"color": {"r": 1.0}}, "DarkWood"])
def test_missing_material_names_the_room(floor: object) -> None:
    with pytest.raises(ValueError, match=r"room\|1"):
        room_finishes(house_of(floor, {"name": "Drywall"}))
