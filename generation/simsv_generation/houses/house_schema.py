"""House JSON, schema 0.0.1 (written by PyPI's procthor) to schema 1.0.0 (read by AI2-THOR 5, used by ProcTHOR-10k)."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from simsv_generation.houses.json_reader import JsonNode
from simsv_generation.houses.unity import swap_axes
from simsv_generation.scene import Asset

SCHEMA = "1.0.0"


def upgraded(spec: Any, assets: Mapping[str, Asset]) -> dict[str, Any]:
    """The house in schema 1.0.0; the argument stays as it is, and is the result when it has that schema already.

    The changes are those of `procthor/utils/upgrade_house_version.py` in allenai/procthor: materials become objects,
    holes in walls become `holePolygon` and `assetPosition`, exterior walls belong to the room "exterior".

    Raises:
        ValueError: the house is malformed; names the JSON path.
    """
    schema = JsonNode(spec)["metadata"]["schema"]
    if schema.text() == SCHEMA:
        return JsonNode(spec).members()
    if schema.text() != "0.0.1":
        schema.fail(f"must be '0.0.1' or {SCHEMA!r}, got {schema.value!r}")
    house = JsonNode(copy.deepcopy(spec))
    _gather_material(house["proceduralParameters"], "ceilingMaterial", "ceilingColor")
    for room in house["rooms"].items():
        _gather_material(room, "floorMaterial", "floorColor")
    for wall in house["walls"].items():
        _gather_material(wall, "material", "color")
        if wall["id"].text().startswith("wall|exterior|"):
            wall.members()["roomId"] = "exterior"
    for hole in holes(house):
        _cut_hole(hole, asset_of(hole, assets))
    for thing, _ in objects(house):
        if color := thing.get("color"):
            thing.members()["material"] = {"color": _color(color)}
            del thing.members()["color"]
    house["metadata"].members()["schema"] = SCHEMA
    return house.members()


def holes(house: JsonNode) -> list[JsonNode]:
    """The doors, then the windows."""
    return house["doors"].items() + house["windows"].items()


def objects(house: JsonNode) -> Iterator[tuple[JsonNode, str]]:
    """Every object with the id of its parent ("" when it has none), parents before their children."""
    pending = [(node, "") for node in reversed(house["objects"].items())]
    while pending:
        node, parent_id = pending.pop()
        yield node, parent_id
        if children := node.get("children"):
            object_id = node["id"].text()
            pending += [(child, object_id) for child in reversed(children.items())]


def asset_of(node: JsonNode, assets: Mapping[str, Asset]) -> Asset:
    """The model that an object, a door or a window uses."""
    asset_id = node["assetId"]
    if asset_id.text() not in assets:
        asset_id.fail(f"{asset_id.value!r} is not in the asset database")
    return assets[asset_id.value]


def _gather_material(owner: JsonNode, name: str, color: str) -> None:
    material: dict[str, Any] = {"name": owner[name].text()}
    if found := owner.get(color):
        material["color"] = _color(found)
    owner.members().pop(color, None)
    owner.members()[name] = material


def _color(node: JsonNode) -> dict[str, float]:
    return {channel: node[channel].number() for channel in ("r", "g", "b")}


def _cut_hole(hole: JsonNode, asset: Asset) -> None:
    low, high = hole["boundingBox"]["min"], hole["boundingBox"]["max"]
    left, bottom, _ = low.vector()
    high.vector()
    offset_x, offset_y, _ = hole["assetOffset"].vector()
    size_x, size_y, _ = swap_axes(asset.size)
    members = hole.members()
    members["holePolygon"] = [low.value, high.value]
    members["assetPosition"] = {"x": left + offset_x + size_x / 2, "y": bottom + offset_y + size_y / 2, "z": 0}
    del members["boundingBox"], members["assetOffset"]
    if color := hole.get("color"):
        members["material"] = {"color": _color(color)}
        del members["color"]
