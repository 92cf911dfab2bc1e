"""Factories of small houses and episodes that were never rendered, for tests of what reads episodes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import Episode, FrameHashes, Sensor, SimulatorInfo, Step, Trajectory, Visibility
from simsv_generation.geometry import OrientedBox
from simsv_generation.look import Look
from simsv_generation.scene import House, Opening, Room, SceneObject

ROOM = Room("room|1", "LivingRoom", ((0.0, 0.0), (8.0, 0.0), (8.0, 6.0), (0.0, 6.0)), 2.5)
CAMERA = Camera(100, 100, 60.0)


def make_object(
    category: str,
    x: float,
    y: float,
    *,
    size: tuple[float, float, float] = (0.4, 0.4, 0.8),
    yaw: float = 0.0,
    bottom: float = 0.0,
    room_id: str = "room|1",
    object_id: str = "",
    parent_id: str = "",
) -> SceneObject:
    """An object that stands on the floor; its id is its category unless given."""
    box = OrientedBox.upright((x, y, bottom + size[2] / 2), size, yaw)
    return SceneObject(object_id or category, category, box, room_id, parent_id)


def make_episode(
    objects: Sequence[SceneObject],
    shares: Mapping[str, Mapping[int, float]] | None = None,
    *,
    rooms: Sequence[Room] = (ROOM,),
    num_frames: int = 100,
    fps: int = 10,
) -> Episode:
    """An episode in which object k covers `shares[object_id][frame]` of a frame.

    An object that `shares` leaves out covers 5 % of ten frames, from frame 10 k on.
    """
    house = House("test-train-000000", "test", "train", tuple(rooms), (), tuple(objects))
    table, pixels = house.instances(), CAMERA.width * CAMERA.height
    rows = []
    for k, thing in enumerate(objects):
        default = dict.fromkeys(range(min(10 * k, num_frames - 10), min(10 * k + 10, num_frames)), 0.05)
        for frame, share in ((shares or {}).get(thing.object_id, default)).items():
            rows.append((frame, table.index(thing.object_id), round(share * pixels)))
    columns = np.array(sorted(rows), dtype=np.int32).reshape(-1, 3)
    count = len(columns)
    steps = tuple(
        Step(index, index / fps, Pose((4.0, 3.0, 1.5), 3.0 * index, -15.0), "scan", rooms[0].room_id)
        for index in range(num_frames)
    )
    return Episode(
        episode_id="test-train-000000-w0",
        house=house,
        camera=CAMERA,
        fps=fps,
        trajectory=Trajectory(house.house_id, 0, steps),
        visibility=Visibility(
            frame_index=columns[:, 0].copy(),
            instance=columns[:, 1].copy(),
            num_pixels=columns[:, 2].copy(),
            bbox=np.tile(np.array([[10, 10, 20, 20]], dtype=np.int32), (count, 1)),
            nearest_depth=np.full(count, 2.0),
            is_truncated=np.zeros(count, dtype=np.bool_),
        ),
        frame_hashes=tuple(FrameHashes(f"{index:064x}", "0" * 64, "1" * 64) for index in range(num_frames)),
        simulator=SimulatorInfo("test", "1", "none"),
        look=Look.standard(house),
        sensor=Sensor(),
        stand_ins=(),
        attributions=(),
    )


def with_true_masks(episode: Episode) -> Episode:
    """The same with masks as wide and high as the projected boxes of the objects, where those lie in the picture."""
    visibility, camera = episode.visibility, episode.camera
    corners = np.array([thing.box.corners() for thing in episode.house.objects]).reshape(-1, 8, 3)
    bbox, things = visibility.bbox.copy(), visibility.instance - 1
    for step in episode.trajectory.steps:
        rows = np.flatnonzero((visibility.frame_index == step.index) & (things < len(corners)))
        pixels, depths = camera.project(corners[things[rows]], step.pose)
        edges = np.concatenate([np.floor(pixels.min(1)), np.ceil(pixels.max(1)) + 1], axis=1)
        edges = np.clip(edges, 0, [camera.width, camera.height] * 2)
        inside = (depths > 0.1).all(1) & (edges[:, 2:] > edges[:, :2]).all(1)
        bbox[rows[inside]] = edges[inside]
    return replace(episode, visibility=replace(visibility, bbox=bbox))


def make_two_rooms(*objects: SceneObject, is_open: bool = True, width: float = 1.0) -> House:
    """Two rooms of 4 m by 4 m side by side, with a door in the middle of the wall at x = 4."""
    rooms = (
        Room("room|1", "LivingRoom", ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)), 2.5),
        Room("room|2", "Kitchen", ((4.0, 0.0), (8.0, 0.0), (8.0, 4.0), (4.0, 4.0)), 2.5),
    )
    ends = ((4.0, 2.0 - width / 2), (4.0, 2.0 + width / 2))
    door = Opening("door|1|2", "door", ("room|1", "room|2"), ends, 0.0, 2.0, is_open)
    return House("test-train-000000", "test", "train", rooms, (door,), objects)
