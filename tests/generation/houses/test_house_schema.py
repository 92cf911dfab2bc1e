"""Schema 0.0.1 to 1.0.0."""

import copy

import pytest

from simsv_generation.houses.house_schema import objects, upgraded
from simsv_generation.houses.json_reader import JsonNode
from tests.generation.houses.specs import ASSETS, house_spec, old_house_spec, vector


def test_materials_become_objects_with_their_colors() -> None:
    house = upgraded(old_house_spec(), ASSETS)
    assert house["proceduralParameters"]["ceilingMaterial"] == {
        "name": "Plaster",
        "color": {"r": 1.0, "g": 0.5, "b": 0.0},
    }
    assert "ceilingColor" not in house["proceduralParameters"]
    assert house["rooms"][0]["floorMaterial"] == {"name": "Oak"}
    assert house["walls"][0]["material"] == {"name": "Plaster", "color": {"r": 0.0, "g": 0.0, "b": 1.0}}
    assert house["walls"][1]["material"] == {"name": "Plaster"}
    assert "color" not in house["walls"][0]
    assert house["objects"][0]["children"][0]["material"] == {"color": {"r": 1.0, "g": 0.0, "b": 0.0}}


def test_holes_become_polygons_with_the_place_of_their_model() -> None:
    door = upgraded(old_house_spec(), ASSETS)["doors"][0]
    assert door["holePolygon"] == [vector(0.5, 0, 0), vector(1.5, 2, 0)]
    assert door["assetPosition"] == {"x": 1.0, "y": 1.0, "z": 0}
    assert "boundingBox" not in door
    assert "assetOffset" not in door


def test_exterior_walls_belong_to_no_room() -> None:
    assert upgraded(old_house_spec(), ASSETS)["walls"][-1]["roomId"] == "exterior"


def test_the_argument_stays_as_it_is_and_upgrading_twice_changes_nothing() -> None:
    old = old_house_spec()
    kept = copy.deepcopy(old)
    house = upgraded(old, ASSETS)
    assert old == kept
    assert house["metadata"]["schema"] == "1.0.0"
    assert upgraded(house, ASSETS) is house


def test_objects_come_parents_first() -> None:
    assert [(node.value["id"], parent) for node, parent in objects(JsonNode(house_spec()))] == [
        ("2|0", ""),
        ("small|2|0", "2|0"),
        ("3|0", ""),
    ]


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        (("metadata", "schema"), "2.0.0", r"\$\.metadata\.schema: must be '0.0.1' or '1.0.0', got '2.0.0'"),
        (("rooms", 1, "floorMaterial"), None, r"\$\.rooms\[1\]\.floorMaterial: must be a string"),
        (("walls", 0, "color"), {"r": 1, "g": 0}, r"\$\.walls\[0\]\.color: lacks the member 'b'"),
        (("doors", 0, "assetId"), "nothing", r"\$\.doors\[0\]\.assetId: 'nothing' is not in the asset database"),
        (("doors", 0, "boundingBox"), {}, r"\$\.doors\[0\]\.boundingBox: lacks the member 'min'"),
        (
            ("windows", 0, "assetOffset"),
            vector(float("nan"), 0, 0),
            r"\$\.windows\[0\]\.assetOffset\.x: must be finite",
        ),
        (("objects",), {}, r"\$\.objects: must be an array"),
    ],
)
def test_what_is_malformed_is_named(where: tuple[str | int, ...], value: object, message: str) -> None:
    old = old_house_spec()
    owner = old
    for step in where[:-1]:
        owner = owner[step]  # type: ignore[index]
    owner[where[-1]] = value  # type: ignore[index]
    with pytest.raises(ValueError, match=f"^{message}"):
        upgraded(old, ASSETS)


@pytest.mark.parametrize("document", [None, [], "house", 3, {}, {"metadata": []}, {"metadata": {}}])
def test_what_is_no_house_at_all(document: object) -> None:
    with pytest.raises(ValueError, match=r"^\$"):
        upgraded(document, ASSETS)
