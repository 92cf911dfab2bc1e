"""Factories of records, for tests that need a house or a part of one."""

from collections.abc import Sequence

from simsv_generation.geometry import OrientedBox, Quaternion, Vec2, Vec3
from simsv_generation.look import Look
from simsv_generation.scene import Asset, House, Opening, Room, SceneObject
from simsv_generation.simulators import Simulator
from simsv_generation.simulators.settings import EmbeddedSettings

PLAIN = EmbeddedSettings(light="plain", assets="none")
"""The quickest way to draw."""

ASSETS = {
    "Sofa_1": Asset("Sofa", (2.0, 0.9, 0.85), ("FabricBlue",)),
    "Dining_Table_1": Asset("DiningTable", (1.4, 0.9, 0.75), ("DarkWoodSmooth2",)),
    "Chair_1": Asset("Chair", (0.48, 0.54, 0.88), ("DarkWoodSmooth2",)),
    "Television_1": Asset("Television", (1.1, 0.25, 0.7)),
    "TV_Stand_1": Asset("TVStand", (1.4, 0.45, 0.5)),
    "Painting_1": Asset("Painting", (0.9, 0.04, 0.6)),
    "Fridge_1": Asset("Fridge", (0.8, 0.75, 1.8)),
    "Mug_1": Asset("Mug", (0.12, 0.09, 0.1)),
    "Bowl_1": Asset("Bowl", (0.22, 0.22, 0.08)),
    "Houseplant_1": Asset("HousePlant", (0.45, 0.45, 0.9)),
    "Door_1": Asset("Doorway", (1.0, 0.2, 2.1)),
    "Window_1": Asset("Window", (1.5, 0.2, 1.2)),
}
"""Models by asset id, of real AI2-THOR object types."""


def make_room(
    outline: Sequence[Vec2] = ((0.0, 0.0), (5.0, 0.0), (5.0, 4.0), (0.0, 4.0)),
    *,
    room_id: str = "room|1",
    room_type: str = "LivingRoom",
    ceiling_height: float = 2.5,
) -> Room:
    """A room; by default a rectangle of 5 m by 4 m with a corner in the origin."""
    return Room(room_id, room_type, tuple(outline), ceiling_height)


def make_thing(
    object_id: str,
    asset_id: str,
    x: float,
    y: float,
    *,
    yaw: float = 0.0,
    bottom: float = 0.0,
    room_id: str = "room|1",
    rotation: Quaternion | None = None,
    parent_id: str = "",
) -> SceneObject:
    """An object of one of `ASSETS`, with its category in lower case.

    It stands upright at the height `bottom`, or is turned by `rotation` about its centre.
    """
    asset = ASSETS[asset_id]
    center: Vec3 = (x, y, bottom + asset.size[2] / 2)
    box = (
        OrientedBox.upright(center, asset.size, yaw) if rotation is None else OrientedBox(center, asset.size, rotation)
    )
    return SceneObject(object_id, asset.asset_type.lower(), box, room_id, parent_id, asset_id)


def make_house(
    rooms: Sequence[Room] | None = None,
    openings: Sequence[Opening] | None = None,
    objects: Sequence[SceneObject] | None = None,
    *,
    house_id: str = "test-train-000000",
) -> House:
    """A house; by default an L-shaped living room and a kitchen, furnished.

    A shut door joins the rooms at x = 6, from y = 1.2 to 2.2; there is a window in the south and a front door in the
    kitchen's east wall. The sofa and a chair are turned by odd angles, a mug lies on its side.
    """
    if rooms is None:
        rooms = (
            make_room(((0.0, 0.0), (6.0, 0.0), (6.0, 3.0), (3.5, 3.0), (3.5, 5.0), (0.0, 5.0))),
            make_room(((6.0, 0.0), (9.0, 0.0), (9.0, 4.0), (6.0, 4.0)), room_id="room|2", room_type="Kitchen"),
        )
        openings = openings or (
            Opening("door|1|2", "door", ("room|1", "room|2"), ((6.0, 1.2), (6.0, 2.2)), 0.0, 2.1, False, "Door_1"),
            Opening("window|1", "window", ("room|1",), ((1.0, 0.0), (2.5, 0.0)), 0.9, 2.1, False, "Window_1"),
            Opening("door|2", "door", ("room|2",), ((9.0, 2.5), (9.0, 3.4)), 0.0, 2.1, False, "Door_1"),
        )
        objects = objects or (
            make_thing("sofa", "Sofa_1", 1.4, 3.9, yaw=163.0),
            make_thing("stand", "TV_Stand_1", 3.4, 0.4, yaw=0.0),
            make_thing("tv", "Television_1", 3.4, 0.4, bottom=0.5, parent_id="stand"),
            make_thing("plant", "Houseplant_1", 0.5, 0.6, yaw=40.0),
            make_thing("painting", "Painting_1", 4.8, 2.97, yaw=180.0, bottom=1.2),
            make_thing("table", "Dining_Table_1", 7.4, 2.9, yaw=7.0, room_id="room|2"),
            make_thing("chair", "Chair_1", 6.7, 2.9, yaw=-77.0, room_id="room|2"),
            make_thing("bowl", "Bowl_1", 7.5, 3.0, bottom=0.75, room_id="room|2", parent_id="table"),
            make_thing(
                "mug",
                "Mug_1",
                7.2,
                2.8,
                bottom=0.75,
                room_id="room|2",
                parent_id="table",
                rotation=(0.7, 0.7, 0.1, 0.1),
            ),
            make_thing("fridge", "Fridge_1", 8.5, 0.45, room_id="room|2"),
        )
    used = {thing.asset_id for thing in objects or ()} | {opening.asset_id for opening in openings or ()}
    assets = {asset_id: ASSETS[asset_id] for asset_id in sorted(used - {""})}
    return House(house_id, "test", "train", tuple(rooms), tuple(openings or ()), tuple(objects or ()), assets)


def load_standard(simulator: Simulator, house: House) -> House:
    """Load a house as it looks when nothing varies."""
    return simulator.load(house, Look.standard(house))
