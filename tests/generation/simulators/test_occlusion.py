import sys

import numpy as np
import pytest

from simsv_generation.simulators import open_simulator
from simsv_generation.simulators.embedded.house_shape import HouseShape, SolidPiece, shape_house
from simsv_generation.simulators.embedded.lighting import light_house
from simsv_generation.simulators.embedded.mesh import box
from simsv_generation.simulators.embedded.occlusion import Occluders, disc_around
from tests.factories import PLAIN, make_house, make_room, make_thing

UP = np.array([[0.0, 0.0, 1.0]])


def shelf_at(height: float) -> HouseShape:
    """A square board of 2 m that floats over the origin."""
    board = box((-1.0, -1.0, height), (1.0, 1.0, height + 0.02), (0.5, 0.5, 0.5))
    return HouseShape((), (SolidPiece("shelf", ("room|1",), board, None),), ())


def test_a_board_hides_the_lamp_above_it_from_what_is_below() -> None:
    occluders = Occluders(shelf_at(1.0))
    lamp = np.array([[0.0, 0.0, 2.0]])
    floor = np.array([[0.0, 0.0, 0.0], [1.9, 0.0, 0.0], [2.1, 0.0, 0.0], [0.0, 0.0, 1.02]])
    # Seen from 2 m the board's shadow ends 2 m from its middle; its own top is lit.
    np.testing.assert_array_equal(occluders.reached(floor, np.repeat(UP, 4, 0), lamp), [0, 0, 1, 1])


def test_wide_lamps_throw_soft_shadows() -> None:
    occluders = Occluders(shelf_at(1.0))
    x = np.linspace(0.0, 3.0, 61)
    floor = np.column_stack([x, np.zeros(61), np.zeros(61)])
    seen = occluders.reached(floor, np.repeat(UP, 61, 0), disc_around(np.array([0.0, 0.0, 2.0]), 0.3))
    assert seen[0] == 0
    assert seen[-1] == 1
    assert (np.diff(seen) >= 0).all()
    assert 0.1 < np.ptp(x[(seen > 0) & (seen < 1)]) < 0.7


@pytest.mark.parametrize(("height", "low", "high"), [(0.02, 0.0, 0.05), (0.6, 0.45, 0.75), (1.3, 0.99, 1.0)])
def test_openness_falls_with_what_is_near(height: float, low: float, high: float) -> None:
    openness = Occluders(shelf_at(height)).openness(np.zeros((1, 3)), UP)
    assert low <= openness[0] <= high


def test_shadows_lie_under_furniture_and_not_beside_it() -> None:
    table = make_thing("table", "Dining_Table_1", 2.5, 2.0)
    houses = make_house([make_room()], ()), make_house([make_room()], (), [table])
    bare, furnished = (light_house(house, shape_house(house)).shell[0].mean(-1) for house in houses)
    share = furnished / bare
    assert share[20, 25] < 0.6
    assert share[3, 3] > 0.85


def test_without_embree_light_comes_without_shadows(monkeypatch: pytest.MonkeyPatch) -> None:
    house = make_house([make_room()], (), [make_thing("table", "Dining_Table_1", 2.5, 2.0)])
    shadowed = light_house(house, shape_house(house)).shell
    monkeypatch.setitem(sys.modules, "embreex", None)
    plain = light_house(house, shape_house(house)).shell
    assert [grid.shape for grid in plain] == [grid.shape for grid in shadowed]
    assert not np.array_equal(plain[0], shadowed[0])


def test_the_build_says_what_made_the_shadows() -> None:
    with open_simulator("embedded", PLAIN) as simulator:
        assert "shadows by embreex" in simulator.info.build
