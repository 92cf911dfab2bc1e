import contextlib
import dataclasses
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simsv_generation.scene import Asset, House, Room
from tests.episodes import make_object, make_two_rooms

HOUSE = dataclasses.replace(
    make_two_rooms(make_object("sofa", 1, 1, yaw=33.3), make_object("Vase „blau“", 5, 1, object_id="vase|é")),
    assets={"Sofa_1": Asset("Sofa", (2.0, 0.9, 0.8), ("Fabric", "Wood"))},
    spec={"metadata": {"schema": "1.0.0"}, "rooms": []},
)


def test_a_house_survives_json() -> None:
    again = House.from_json(HOUSE.to_json())
    assert again == HOUSE
    assert again.to_json() == HOUSE.to_json()


def test_json_is_canonical() -> None:
    text = HOUSE.to_json()
    assert json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False) == text


def test_instances_name_every_id_once() -> None:
    table = HOUSE.instances()
    assert table[:4] == ("", "sofa", "vase|é", "door|1|2")
    assert table[4:] == tuple(f"room|{k}|{surface}" for k in (1, 2) for surface in ("floor", "wall", "ceiling"))


def test_rooms_by_position() -> None:
    assert [HOUSE.room_at(x, 1.0) for x in (1.0, 5.0, 9.0)] == ["room|1", "room|2", ""]


@pytest.mark.parametrize(
    "outline",
    [(), ((0, 0), (1, 0)), ((0, 0), (1, 0), (2, 0)), ((0, 0), (1, 1), (1, 0), (0, 1)), ((0, 0), (1, 0), (1, math.nan))],
)
def test_floors_that_are_no_polygon_are_refused(outline: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="floor_polygon of cell"):
        Room("cell", "Bedroom", outline, 2.5)


def test_floors_are_stored_counter_clockwise() -> None:
    clockwise = ((0.0, 0.0), (0.0, 1.0), (2.0, 1.0), (2.0, 0.0))
    assert Room("r", "Bedroom", clockwise, 2.5) == Room("r", "Bedroom", clockwise[::-1], 2.5)
    assert Room("r", "Bedroom", clockwise, 2.5).area == pytest.approx(2.0)


def test_ids_must_be_unique_and_rooms_known() -> None:
    with pytest.raises(ValueError, match=r"twice: \['sofa'\]"):
        make_two_rooms(make_object("sofa", 1, 1), make_object("sofa", 2, 1))
    with pytest.raises(ValueError, match=r"sofa of house .* unknown rooms \['attic'\]"):
        make_two_rooms(make_object("sofa", 1, 1, room_id="attic"))
    with pytest.raises(ValueError, match="no rooms"):
        dataclasses.replace(HOUSE, rooms=(), objects=(), openings=())


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_damaged_json_is_a_value_error(data: st.DataObject) -> None:
    """Whatever is replaced, nothing but a ValueError comes out."""
    record = json.loads(HOUSE.to_json())
    spot: Any = record
    path: list[Any] = []
    while isinstance(spot, dict | list) and len(spot) and (not path or data.draw(st.booleans())):
        key = data.draw(st.sampled_from(sorted(spot) if isinstance(spot, dict) else list(range(len(spot)))))
        parent, spot = spot, spot[key]
        path.append(key)
    replacement: Any = data.draw(st.sampled_from([None, "text", -1.0, [], {}, math.nan]))
    parent[key] = replacement
    with contextlib.suppress(ValueError):
        House.from_json(json.dumps(record))


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"house_id": "x"}', "\x00"])
def test_what_is_no_house_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="house record"):
        House.from_json(text)
