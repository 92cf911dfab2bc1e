"""Doors, windows and passages lie on their walls, and are as open as they are."""

from typing import Any

import pytest

from simsv_generation.houses.json_reader import JsonNode
from simsv_generation.houses.walls import openings, read_walls
from simsv_generation.scene import Opening
from tests.generation.houses.specs import ASSETS, house_spec, vector, wall

ROOMS = {"room|2", "room|3"}
SHARED = {"wall|2|4.00|0.00|4.00|3.00", "wall|3|4.00|0.00|4.00|3.00"}


def read(spec: dict[str, Any]) -> list[Opening]:
    root = JsonNode(spec)
    return openings(root, read_walls(root), ROOMS, ASSETS)


def open_plan() -> dict[str, Any]:
    spec = house_spec()
    spec["doors"] = []
    for side in spec["walls"]:
        if side["id"] in SHARED:
            side["empty"] = True
    return spec


def test_a_hole_counts_from_the_first_floor_point_of_its_first_wall() -> None:
    door, window = read(house_spec())
    assert (door.kind, door.segment, door.bottom, door.top) == ("door", ((4.0, 2.5), (4.0, 1.5)), 0.0, 2.0)
    assert (window.kind, window.segment, window.bottom, window.top) == ("window", ((8.0, 2.0), (8.0, 0.8)), 0.8, 1.8)


def test_the_other_side_of_the_wall_gives_the_mirrored_hole() -> None:
    spec = house_spec()
    door = spec["doors"][0]
    door["wall0"], door["wall1"] = door["wall1"], door["wall0"]
    assert read(spec)[0].segment == ((4.0, 0.5), (4.0, 1.5))


def test_an_exterior_wall_may_list_its_upper_corners_first() -> None:
    spec = house_spec()
    spec["walls"][0]["polygon"].reverse()
    (first, second), top = (read_walls(JsonNode(spec))["wall|2|0.00|0.00|0.00|3.00"].point(d) for d in (0, 3)), 2.5
    assert (first, second) == ((0, 3), (0, 0))
    assert read_walls(JsonNode(spec))["wall|2|0.00|0.00|0.00|3.00"].top == top


@pytest.mark.parametrize(
    ("members", "is_open", "rooms"),
    [
        ({"openness": 1}, True, ("room|2", "room|3")),
        ({"openness": 0.2}, True, ("room|2", "room|3")),
        ({"openness": 0}, False, ("room|2", "room|3")),
        ({"openness": None}, False, ("room|2", "room|3")),
        ({"openness": None, "assetId": "frame"}, True, ("room|2", "room|3")),
        ({"openness": 1, "room1": "room|2"}, False, ("room|2",)),
        ({"openness": 1, "room1": "exterior"}, False, ("room|2",)),
        ({"openness": 1, "room1": None}, False, ("room|2",)),
        ({"assetId": "frame", "room0": "room|3"}, False, ("room|3",)),
    ],
)
def test_a_door_is_open_between_two_rooms_when_nothing_closes_it(
    members: dict[str, Any], is_open: bool, rooms: tuple[str, ...]
) -> None:
    spec = house_spec()
    spec["doors"][0] |= members
    door = read(spec)[0]
    assert (door.is_open, door.room_ids) == (is_open, rooms)


def test_a_window_is_never_a_way() -> None:
    spec = house_spec()
    spec["windows"][0] |= {"room1": "room|2", "openness": 1}
    assert not read(spec)[1].is_open


def test_empty_walls_are_a_passage_up_to_the_ceiling() -> None:
    passage = read(open_plan())[1]
    assert (passage.kind, passage.is_open, passage.room_ids) == ("passage", True, ("room|2", "room|3"))
    assert (passage.segment, passage.bottom, passage.top) == (((4.0, 3.0), (4.0, 0.0)), 0.0, 2.5)
    assert passage.asset_id == ""


def test_a_passage_is_where_both_walls_are_empty() -> None:
    spec = open_plan()
    spec["walls"] = [side for side in spec["walls"] if side["id"] not in SHARED]
    spec["walls"] += [wall(2, (4, 3), (4, 1), empty=True), wall(3, (4, 0), (4, 2.5), empty=True)]
    assert read(spec)[1].segment == ((4.0, 2.5), (4.0, 1.0))


def test_an_empty_wall_needs_another_on_its_other_side() -> None:
    spec = open_plan()
    del spec["walls"][4]["empty"]
    with pytest.raises(ValueError, match=r"^\$\.walls: 'wall\|2\|4\.00\|0\.00\|4\.00\|3\.00' is empty"):
        read(spec)


def test_a_hole_may_reach_the_end_of_its_wall_but_not_stick_out() -> None:
    spec = house_spec()
    spec["doors"][0]["holePolygon"] = [vector(-0.002, 0, 0), vector(1, 2.503, 0)]
    assert read(spec)[0].segment == ((4.0, 3.0), (4.0, 2.0))
    assert read(spec)[0].top == 2.5
    for left, right in [(-0.1, 1), (2.5, 3.1)]:
        spec["doors"][0]["holePolygon"] = [vector(left, 0, 0), vector(right, 2, 0)]
        with pytest.raises(ValueError, match=r"^\$\.doors\[0\]\.holePolygon: does not fit into its wall of 3\.000 m"):
            read(spec)


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("wall0", "wall|9", r"\.wall0: no wall has the id 'wall\|9'"),
        ("room0", "room|9", r"\.room0: no room has the id 'room\|9'"),
        ("holePolygon", [vector(1, 0, 0)], r"\.holePolygon: must have at least 2 corners, got 1"),
        ("holePolygon", [vector(1, 0, 0), vector(1, 2, 0)], r"\.holePolygon: must have a width and a height"),
        ("openness", "wide", r"\.openness: must be a number"),
    ],
)
def test_what_is_wrong_with_a_door_is_named(member: str, value: object, message: str) -> None:
    spec = house_spec()
    spec["doors"][0][member] = value
    with pytest.raises(ValueError, match=rf"^\$\.doors\[0\]{message}"):
        read(spec)


@pytest.mark.parametrize(
    "polygon",
    [
        [],
        [vector(0, 0, 0)] * 4,
        [vector(0, 0, 0), vector(1, 0, 0), vector(0, 0, 0), vector(1, 0, 0)],
        [vector(0, 0, 0), vector(1, 0, 0), vector(0, 2, 0)],
    ],
)
def test_an_impossible_wall_is_named(polygon: list[dict[str, float]]) -> None:
    spec = house_spec()
    spec["walls"][2]["polygon"] = polygon
    with pytest.raises(ValueError, match=r"^\$\.walls\[2\]\.polygon: must "):
        read(spec)
