"""A ProcTHOR house JSON, schema 1.0.0, as a `House` record in the world frame."""

from collections.abc import Iterable, Mapping
from typing import Any

import shapely

from simsv_generation.geometry import Vec2
from simsv_generation.houses.categories import CATEGORIES
from simsv_generation.houses.house_schema import SCHEMA, asset_of, holes, objects
from simsv_generation.houses.json_reader import JsonNode
from simsv_generation.houses.settle import Thing, settled
from simsv_generation.houses.unity import box_from_unity, swap_axes
from simsv_generation.houses.walls import Wall, openings, read_walls
from simsv_generation.scene import Asset, House, Room, SceneObject, Split


def house_from_spec(
    spec: dict[str, Any], assets: Mapping[str, Asset], *, house_id: str, source: str, split: Split
) -> House:
    """The house that a JSON describes, with everything in it at rest.

    Args:
        spec: house JSON of schema 1.0.0; becomes `House.spec` as it is.
        assets: asset id to asset, for every model that the house uses.
        house_id: of the record.
        source: name of the house source.
        split: of the record.

    Raises:
        ValueError: the JSON is malformed or describes no possible house; names the JSON path.
    """
    root = JsonNode(spec)
    root.require_storable()
    schema = root["metadata"]["schema"]
    if schema.text() != SCHEMA:
        schema.fail(f"must be {SCHEMA!r}, got {schema.value!r}")
    _require_unique_ids(root)
    walls = read_walls(root)
    rooms = [_read_room(node, walls.values()) for node in root["rooms"].items()]
    if not rooms:
        root["rooms"].fail("must have at least one room")
    found = openings(root, walls, {room.room_id for room in rooms}, assets)
    things = _read_objects(root, assets, rooms)
    used = {thing.asset_id for thing in things} | {opening.asset_id for opening in found if opening.asset_id}
    return House(
        house_id=house_id,
        source=source,
        split=split,
        rooms=tuple(rooms),
        openings=tuple(found),
        objects=tuple(things),
        assets={asset_id: assets[asset_id] for asset_id in sorted(used)},
        spec=spec,
    )


def _require_unique_ids(root: JsonNode) -> None:
    paths: dict[str, str] = {}
    nodes = root["rooms"].items() + root["walls"].items() + holes(root) + [node for node, _ in objects(root)]
    for node in nodes:
        node_id = node["id"]
        if node_id.text() in paths:
            node_id.fail(f"{node_id.value!r} is the id of {paths[node_id.value]} too")
        paths[node_id.value] = node.path


def _read_room(node: JsonNode, walls: Iterable[Wall]) -> Room:
    room_id = node["id"].text()
    tops = [wall.top for wall in walls if wall.room_id == room_id]
    if not tops:
        node.fail(f"no wall belongs to the room {room_id!r}")
    corners = [swap_axes(corner.vector())[:2] for corner in node["floorPolygon"].items()]
    try:
        return Room(room_id, node["roomType"].text(), without_needless_corners(corners), min(tops))
    except ValueError as error:
        node["floorPolygon"].fail(str(error))


def without_needless_corners(outline: list[Vec2]) -> tuple[Vec2, ...]:
    """The outline without corners that repeat or lie on a straight edge, within 0.1 mm."""
    kept = list(outline)
    index = 0
    while len(kept) > 2 and index < len(kept):
        (ax, ay), (bx, by), (cx, cy) = kept[index - 1], kept[index], kept[(index + 1) % len(kept)]
        base = max(abs(cx - ax), abs(cy - ay))
        if abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) <= 1e-4 * base:
            del kept[index]
            index = max(0, index - 2)
        else:
            index += 1
    return tuple(kept)


def _read_objects(root: JsonNode, assets: Mapping[str, Asset], rooms: list[Room]) -> list[SceneObject]:
    nodes = list(objects(root))
    models = [asset_of(node, assets) for node, _ in nodes]
    things = settled(
        [
            Thing(
                model.asset_type,
                box_from_unity(node["position"].vector(), node["rotation"].vector(), model.size),
                node["kinematic"].flag(),
            )
            for (node, _), model in zip(nodes, models, strict=True)
        ]
    )
    floors = [room.polygon for room in rooms]
    places = {node["id"].text(): index for index, (node, _) in enumerate(nodes)}
    return [
        SceneObject(
            object_id=node["id"].text(),
            category=_category(node, model),
            box=thing.box,
            room_id=rooms[_nearest(floors, thing.box.center[:2])].room_id,
            parent_id=parent_id if parent_id and _is_over(things[places[parent_id]], thing) else "",
            asset_id=node["assetId"].text(),
        )
        for (node, parent_id), model, thing in zip(nodes, models, things, strict=True)
    ]


def _is_over(parent: Thing, thing: Thing) -> bool:
    """Whether a thing is still on or in its parent: a bat may have fallen off its table."""
    x, y, _ = thing.box.center
    return parent.low[0] <= x <= parent.high[0] and parent.low[1] <= y <= parent.high[1]


def _category(node: JsonNode, model: Asset) -> str:
    if model.asset_type not in CATEGORIES:
        node["assetId"].fail(f"its type {model.asset_type!r} has no category")
    return CATEGORIES[model.asset_type]


def _nearest(floors: list[shapely.Polygon], point: Vec2) -> int:
    """Index of the first floor that covers a point, or of the nearest where none does."""
    distances = shapely.distance(floors, shapely.Point(point))
    return int(distances.argmin())
