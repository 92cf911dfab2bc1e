import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simsv_generation.navigation import Agent, grid_from_house
from simsv_generation.routes import RouteMap
from tests.episodes import make_object, make_two_rooms


def test_clearance_is_the_distance_to_walls_and_boxes() -> None:
    grid = grid_from_house(make_two_rooms(make_object("sofa", 1.0, 1.0, size=(1.0, 0.5, 0.8))), Agent())

    def clearance(x: float, y: float) -> float:
        return float(grid.clearance[round(x / grid.spacing), round(y / grid.spacing)])

    assert clearance(3.0, 3.5) == pytest.approx(0.5)
    assert clearance(2.0, 1.0) == pytest.approx(0.5)
    assert clearance(1.0, 1.0) == 0.0
    assert clearance(4.0, 2.0) == pytest.approx(0.5)


def test_a_closed_door_is_a_wall() -> None:
    for is_open in (True, False):
        routes = RouteMap(grid_from_house(make_two_rooms(is_open=is_open), Agent()))
        start, end = routes.nearest_cell(1, 1), routes.nearest_cell(7, 3)
        assert np.isfinite(routes.cost(start, end)) == is_open


def test_a_door_narrower_than_the_agent_is_no_way_through() -> None:
    routes = RouteMap(grid_from_house(make_two_rooms(width=0.3), Agent()))
    assert routes.cost(routes.nearest_cell(1, 1), routes.nearest_cell(7, 3)) == np.inf


def test_one_walks_over_rugs_and_under_lamps() -> None:
    rug = make_object("rug", 2, 2, size=(2, 2, 0.02))
    lamp = make_object("ceiling lamp", 2, 2, size=(0.5, 0.5, 0.3), bottom=2.0)
    empty, furnished = (grid_from_house(house, Agent()) for house in (make_two_rooms(), make_two_rooms(rug, lamp)))
    np.testing.assert_array_equal(empty.clearance, furnished.clearance)


def test_a_house_without_a_free_place_is_named() -> None:
    full = [make_object("bed", 2, 2, size=(4, 4, 1)), make_object("desk", 6, 2, size=(4, 4, 1))]
    with pytest.raises(ValueError, match="test-train-000000 has no place"):
        grid_from_house(make_two_rooms(*full), Agent())


@settings(max_examples=30, deadline=None)
@given(st.tuples(*[st.floats(0.3, 3.7)] * 2), st.tuples(*[st.floats(0.3, 3.7)] * 2), st.floats(-180, 180))
def test_paths_keep_the_agents_radius_free(start: tuple[float, float], end: tuple[float, float], yaw: float) -> None:
    table = make_object("table", 2, 2, size=(1.2, 0.6, 0.7), yaw=yaw)
    grid = grid_from_house(make_two_rooms(table), Agent())
    routes = RouteMap(grid)
    path = routes.smooth_path(routes.nearest_cell(*start), routes.nearest_cell(end[0] + 4, end[1]))
    assert all(grid.is_free(x, y) for x, y in path.tolist())
    assert np.hypot(*np.diff(path, axis=0).T).max(initial=0) < 0.15
    # A free grid point may be half a diagonal away.
    clearance = table.box.point_distance(np.c_[path, np.full(len(path), 0.5)])
    assert clearance.min() > 0.2 - 0.075


def test_the_target_of_a_room_is_in_the_open() -> None:
    house = make_two_rooms(make_object("bed", 7.0, 3.0, size=(2, 2, 0.6)))
    routes = RouteMap(grid_from_house(house, Agent()))
    target = routes.target(routes.nearest_cell(1, 1), routes.cells_inside(house.rooms[1].polygon))
    x, y = routes.position(target)
    assert 4.5 < x < 6.5
    assert 0.5 < y < 3.0
