"""House JSON to `House` record."""

import copy
import math
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from simsv_generation.houses.house_spec import house_from_spec, without_needless_corners
from simsv_generation.scene import House
from tests.generation.houses.specs import ASSETS, house_spec, thing, vector


def convert(spec: Any) -> House:
    return house_from_spec(spec, ASSETS, house_id="h", source="test", split="train")


def test_rooms_are_seen_from_above_counter_clockwise() -> None:
    kitchen, bedroom = convert(house_spec()).rooms
    assert (kitchen.room_id, kitchen.room_type, kitchen.ceiling_height) == ("room|2", "Kitchen", 2.5)
    assert kitchen.polygon.exterior.is_ccw
    assert kitchen.polygon.equals(shapely.box(0, 0, 4, 3))
    assert bedroom.polygon.equals(shapely.box(4, 0, 8, 3))


def test_objects_stand_in_their_rooms_with_their_parents() -> None:
    table, apple, bed = convert(house_spec()).objects
    assert (table.category, table.room_id, table.parent_id) == ("dining table", "room|2", "")
    assert (apple.object_id, apple.category, apple.parent_id) == ("small|2|0", "apple", "2|0")
    assert (bed.room_id, bed.box.center) == ("room|3", (7.0, 1.2, 0.5))
    assert bed.box.size == ASSETS["bed"].size
    assert bed.box.rotation == (0.0, 0.0, 0.0, -1.0)


def test_a_door_joins_the_rooms() -> None:
    house = convert(house_spec())
    assert [(o.opening_id, o.kind, o.room_ids, o.is_open) for o in house.openings] == [
        ("door|2|3", "door", ("room|2", "room|3"), True),
        ("window|3|0", "window", ("room|3",), False),
    ]


def test_the_record_keeps_the_json_and_the_models_in_use() -> None:
    spec = house_spec()
    kept = copy.deepcopy(spec)
    house = convert(spec)
    assert house.spec is spec
    assert spec == kept
    assert list(house.assets) == ["apple", "bed", "door", "table", "window"]
    assert house.assets["table"] == ASSETS["table"]
    assert House.from_json(house.to_json()) == house


def test_an_object_outside_belongs_to_the_nearest_room() -> None:
    spec = house_spec()
    spec["objects"].append(thing("9|9", "fridge", 9, 0.9, 2))
    assert convert(spec).objects[-1].room_id == "room|3"


def test_a_pillow_sinks_onto_the_mattress_and_keeps_its_parent() -> None:
    spec = house_spec()
    spec["objects"][1]["children"] = [thing("small|3|0", "pillow", 7, 1.05, 1.2)]
    pillow = convert(spec).objects[-1]
    assert pillow.box.extent()[0][2] == pytest.approx(0.63, abs=1e-4)
    assert pillow.parent_id == "3|0"


def test_what_fell_off_its_parent_stands_on_the_floor() -> None:
    spec = house_spec()
    spec["objects"][0]["children"].append(thing("small|2|1", "bat", 3.5, 2.0, 1))
    bat = convert(spec).objects[2]
    assert (bat.parent_id, bat.box.center[2]) == ("", 0.45)


@pytest.mark.parametrize(
    ("outline", "expected"),
    [
        ([(0, 0), (2, 0), (2, 2), (0, 2)], 4),
        ([(0, 0), (1, 0), (2, 0), (2, 2), (0, 2), (0, 1)], 4),
        ([(1, 0), (2, 0), (2, 2), (0, 2), (0, 0)], 4),
        ([(0, 0), (0, 0), (2, 0), (2, 2), (2, 2), (0, 2), (0, 0)], 4),
        ([(0, 0), (3, 0), (2, 0), (2, 2), (0, 2)], 4),
        ([(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2)], 6),
        ([(0, 0), (1, 0), (2, 0)], 2),
        ([(0, 0), (0, 0)], 2),
        ([], 0),
    ],
)
def test_needless_corners_go(outline: list[tuple[float, float]], expected: int) -> None:
    kept = without_needless_corners(outline)
    assert len(kept) == expected
    if expected > 2:
        assert shapely.Polygon(kept).area == pytest.approx(shapely.Polygon(outline).buffer(0).area)


def test_ids_are_unique_in_the_whole_house() -> None:
    spec = house_spec()
    spec["objects"][1]["id"] = "small|2|0"
    with pytest.raises(
        ValueError, match=r"^\$\.objects\[1\]\.id: 'small\|2\|0' is the id of \$\.objects\[0\]\.children\[0\]"
    ):
        convert(spec)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s["metadata"].update(schema="0.0.1"), r"\$\.metadata\.schema: must be '1.0.0', got '0.0.1'"),
        (lambda s: s.update(rooms=[]), r"\$\.rooms: must have at least one room"),
        (lambda s: s["rooms"][0].update(id="room|7"), r"\$\.rooms\[0\]: no wall belongs to the room 'room\|7'"),
        (
            lambda s: s["rooms"][0].update(
                floorPolygon=[vector(0, 0, 0), vector(1, 0, 1), vector(1, 0, 0), vector(0, 0, 1)]
            ),
            r"\$\.rooms\[0\]\.floorPolygon: .*simple polygon",
        ),
        (lambda s: s["rooms"][0].update(floorPolygon=[]), r"\$\.rooms\[0\]\.floorPolygon: .*simple polygon"),
        (lambda s: s["objects"][0].update(assetId="ufo"), r"\$\.objects\[0\]\.assetId: 'ufo' is not in the asset"),
        (
            lambda s: s["objects"][0]["children"][0].pop("kinematic"),
            r"\$\.objects\[0\]\.children\[0\]: lacks the member",
        ),
        (lambda s: s["objects"][1]["rotation"].update(y=math.nan), r"\$\.objects\[1\]\.rotation\.y: must be finite"),
        (lambda s: s["proceduralParameters"].update(fog=[{"x": math.inf}]), r"\$\.proceduralParameters\.fog\[0\]\.x: "),
    ],
)
def test_what_is_malformed_is_named(change: Any, message: str) -> None:
    spec = house_spec()
    change(spec)
    with pytest.raises(ValueError, match=f"^{message}"):
        convert(spec)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place of a JSON document but its root."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in members:
        yield (*path, step)
        yield from places(member, (*path, step))


PLACES = list(places(house_spec()))
DROP = object()
WRONG = [DROP, None, True, 0, -1, 1e6, 1e300, math.nan, math.inf, 10**400, "", "room|2", "\ud800", [], {}, [[]], [{}]]


@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(WRONG)), min_size=1, max_size=3))
def test_any_damage_gives_a_house_or_an_error_with_a_path(damage: list[tuple[tuple[str | int, ...], Any]]) -> None:
    spec: Any = house_spec()
    for (*way, last), value in damage:
        owner = spec
        try:
            for step in way:
                owner = owner[step]
            if value is DROP:
                del owner[last]
            else:
                owner[last] = value
        except (KeyError, IndexError, TypeError):
            continue  # An earlier damage removed this place.
    assert complaint(spec) == "" or complaint(spec).startswith("$")


def complaint(spec: Any) -> str:
    """What the conversion says of a bad house; "" when it makes a house that can be stored and read again."""
    try:
        house = convert(spec)
    except ValueError as error:
        return str(error)
    assert House.from_json(house.to_json().encode().decode()) == house
    return ""


READ = [
    place
    for place in PLACES
    if place[0] in ("doors", "objects") and not {"assetPosition", "wall1", "openable", "id"} & set(place)
]
"""Places that the conversion reads, except for ids, which may be any text."""


@pytest.mark.parametrize("place", READ, ids=lambda place: ".".join(map(str, place)))
@pytest.mark.parametrize("value", [math.nan, "?", [7]], ids=repr)
def test_every_place_that_is_read_refuses_nonsense(place: tuple[str | int, ...], value: Any) -> None:
    spec: Any = house_spec()
    owner = spec
    for step in place[:-1]:
        owner = owner[step]
    owner[place[-1]] = value
    with pytest.raises(ValueError, match=r"^\$"):
        convert(spec)
