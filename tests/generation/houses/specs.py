"""Factories of small house JSONs: two rooms of 4 x 3 m side by side, a door between them, a window, a few things."""

from typing import Any

from simsv_generation.scene import Asset

ASSETS = {
    "door": Asset("Doorway", (1.0, 0.1, 2.0), ("Wood",)),
    "frame": Asset("Doorframe", (1.0, 0.1, 2.0)),
    "window": Asset("Window", (1.2, 0.1, 1.0), ("Glass",)),
    "table": Asset("DiningTable", (1.6, 0.8, 0.75), ("Wood", "Metal")),
    "bed": Asset("Bed", (1.4, 2.0, 1.0)),
    "pillow": Asset("Pillow", (0.6, 0.4, 0.1)),
    "apple": Asset("Apple", (0.1, 0.1, 0.1)),
    "bat": Asset("BaseballBat", (0.08, 0.08, 0.9)),
    "fridge": Asset("Fridge", (0.8, 0.8, 1.8)),
    "shelf": Asset("ShelvingUnit", (1.0, 0.4, 2.0)),
}
"""The models that the factories use; sizes in the local axes of `OrientedBox`."""


def vector(x: float, y: float, z: float) -> dict[str, float]:
    """A vector of the JSON, in Unity's frame."""
    return {"x": x, "y": y, "z": z}


def wall(room: int, start: tuple[float, float], end: tuple[float, float], **members: Any) -> dict[str, Any]:
    """A wall 2.5 m high; start and end are (x, z)."""
    (x0, z0), (x1, z1) = start, end
    return {
        "id": f"wall|{room}|{min(x0, x1):.2f}|{min(z0, z1):.2f}|{max(x0, x1):.2f}|{max(z0, z1):.2f}",
        "roomId": f"room|{room}",
        "polygon": [vector(x0, 0, z0), vector(x1, 0, z1), vector(x0, 2.5, z0), vector(x1, 2.5, z1)],
        "material": {"name": "Plaster"},
        **members,
    }


def room(number: int, room_type: str, west: float, east: float) -> dict[str, Any]:
    """A room 3 m deep, with corners in procthor's order: clockwise seen from above."""
    outline = [(west, 0), (west, 3), (east, 3), (east, 0)]
    return {
        "id": f"room|{number}",
        "roomType": room_type,
        "floorPolygon": [vector(x, 0, z) for x, z in outline],
        "floorMaterial": {"name": "Oak"},
        "ceilings": [],
        "children": [],
    }


def thing(
    object_id: str, asset_id: str, x: float, y: float, z: float, *, yaw: float = 0.0, kinematic: bool = False
) -> dict[str, Any]:
    """An object; x, y, z is the centre of its box."""
    return {
        "id": object_id,
        "assetId": asset_id,
        "position": vector(x, y, z),
        "rotation": vector(0, yaw, 0),
        "kinematic": kinematic,
    }


def house_spec() -> dict[str, Any]:
    """A house of schema 1.0.0."""
    return {
        "rooms": [room(2, "Kitchen", 0, 4), room(3, "Bedroom", 4, 8)],
        "walls": [
            wall(2, (0, 0), (0, 3)),
            wall(2, (0, 3), (4, 3)),
            wall(2, (4, 3), (4, 0)),
            wall(2, (4, 0), (0, 0)),
            wall(3, (4, 0), (4, 3)),
            wall(3, (4, 3), (8, 3)),
            wall(3, (8, 3), (8, 0)),
            wall(3, (8, 0), (4, 0)),
        ],
        "doors": [
            {
                "id": "door|2|3",
                "assetId": "door",
                "room0": "room|2",
                "room1": "room|3",
                "wall0": "wall|2|4.00|0.00|4.00|3.00",
                "wall1": "wall|3|4.00|0.00|4.00|3.00",
                "openable": True,
                "openness": 1,
                "holePolygon": [vector(0.5, 0, 0), vector(1.5, 2, 0)],
                "assetPosition": vector(1, 1, 0),
            }
        ],
        "windows": [
            {
                "id": "window|3|0",
                "assetId": "window",
                "room0": "room|3",
                "room1": "room|3",
                "wall0": "wall|3|8.00|0.00|8.00|3.00",
                "wall1": "wall|exterior|8.00|0.00|8.00|3.00",
                "holePolygon": [vector(1, 0.8, 0), vector(2.2, 1.8, 0)],
                "assetPosition": vector(1.6, 1.3, 0),
            }
        ],
        "objects": [
            thing("2|0", "table", 2, 0.375, 1, kinematic=True) | {"children": [thing("small|2|0", "apple", 2, 0.8, 1)]},
            thing("3|0", "bed", 7, 0.5, 1.2, yaw=180, kinematic=True),
        ],
        "proceduralParameters": {"ceilingMaterial": {"name": "Plaster"}, "lights": [], "skyboxId": "Sky1"},
        "metadata": {
            "agent": {"position": vector(1, 0.95, 2.25), "rotation": vector(0, 90, 0), "horizon": 30, "standing": True},
            "roomSpecId": "kitchen-bedroom",
            "schema": "1.0.0",
        },
    }


def old_house_spec() -> dict[str, Any]:
    """The same house in schema 0.0.1, with colours."""
    house = house_spec()
    house["metadata"]["schema"] = "0.0.1"
    house["proceduralParameters"] |= {"ceilingMaterial": "Plaster", "ceilingColor": {"r": 1, "g": 0.5, "b": 0}}
    for old_room in house["rooms"]:
        old_room["floorMaterial"] = "Oak"
    for old_wall in house["walls"]:
        old_wall["material"] = "Plaster"
    house["walls"][0]["color"] = {"r": 0, "g": 0, "b": 1}
    outside = wall(3, (8, 3), (8, 0), material="Brick")
    house["walls"].append(
        outside | {"id": "wall|exterior|8.00|0.00|8.00|3.00", "polygon": list(reversed(outside["polygon"]))}
    )
    for hole in (*house["doors"], *house["windows"]):
        low, high = hole.pop("holePolygon")
        del hole["assetPosition"]
        hole |= {"boundingBox": {"min": low, "max": high}, "assetOffset": vector(0, 0, 0.02)}
    house["objects"][0]["children"][0]["color"] = {"r": 1, "g": 0, "b": 0}
    return house
