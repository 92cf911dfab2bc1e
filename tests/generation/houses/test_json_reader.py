"""Untrusted JSON: right values come through, wrong ones are named by their path."""

import math
from typing import Any

import pytest

from simsv_generation.houses.json_reader import JsonNode

DOCUMENT = {"walls": [{"id": "a", "polygon": [{"x": 1, "y": 2.5, "z": -3}]}, {"id": "b", "empty": True, "color": None}]}


def test_reads_values_by_type() -> None:
    first, second = JsonNode(DOCUMENT)["walls"].items()
    assert first["id"].text() == "a"
    assert first["polygon"].items()[0].vector() == (1.0, 2.5, -3.0)
    assert second["empty"].flag() is True
    assert second.get("color") is None
    assert second.get("missing") is None


def test_what_can_be_stored() -> None:
    JsonNode(DOCUMENT | {"name": "häuschen \U0001f3e0", "none": None, "many": [1, 2.5, False]}).require_storable()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": [0, math.nan]}, r"\$\.a\[1\]"),
        ({"a": {"b": math.inf}}, r"\$\.a\.b"),
        ({"a": 10**400}, r"\$\.a"),
        ({"a": "\ud800"}, r"\$\.a"),
        ({"\udfff": 1}, r"\$\.<name>"),
        ({"a": {1, 2}}, r"\$\.a"),
    ],
)
def test_what_cannot_be_stored_is_named(value: object, path: str) -> None:
    with pytest.raises(ValueError, match=f"^{path}: "):
        JsonNode(value).require_storable()


def test_what_is_nested_too_deeply() -> None:
    value: object = 1
    for _ in range(101):
        value = [value]
    with pytest.raises(ValueError, match=r"^\$: is nested deeper than 100 levels"):
        JsonNode(value).require_storable()
    assert isinstance(value, list)
    JsonNode(value[0]).require_storable()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, -(10**400), 1e10, True, None, "1", [], {}])
def test_what_is_no_finite_number(value: object) -> None:
    with pytest.raises(ValueError, match=r"^\$\.a\[0\]: must be "):
        JsonNode({"a": [value]})["a"].items()[0].number()


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (JsonNode.text, ""),
        (JsonNode.text, 3),
        (JsonNode.flag, 0),
        (JsonNode.flag, "true"),
        (JsonNode.items, {}),
        (JsonNode.items, "abc"),
        (JsonNode.members, []),
        (JsonNode.members, None),
        (JsonNode.vector, [1, 2, 3]),
        (JsonNode.vector, {"x": 1, "y": 2}),
    ],
)
def test_wrong_types_are_named(read: Any, value: object) -> None:
    with pytest.raises(ValueError, match=r"^\$\.here: "):
        read(JsonNode({"here": value})["here"])


def test_a_missing_member_is_named() -> None:
    with pytest.raises(ValueError, match=r"^\$\.walls\[0\]: lacks the member 'roomId'$"):
        JsonNode(DOCUMENT)["walls"].items()[0]["roomId"]


def test_a_huge_or_odd_value_gives_a_short_message() -> None:
    for value in ("x" * 10**6, 10**5000, "\ud800 \n"):
        with pytest.raises(ValueError, match=r"^\$\.a: ") as caught:
            JsonNode({"a": value})["a"].number()
        assert len(str(caught.value)) < 200
