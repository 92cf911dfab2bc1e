"""A large house with much in every picture: what questions cost most about."""

import math
from itertools import pairwise

import numpy as np

from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import Episode, FrameHashes, Sensor, SimulatorInfo, Step, Trajectory, Visibility
from simsv_generation.geometry import Floats, OrientedBox
from simsv_generation.look import Look
from simsv_generation.scene import House, Opening, Room, SceneObject
from simsv_generation.seeding import rng
from tests.episodes import with_true_masks

FRAMES = 600
OBJECTS_A_FRAME = 23
_FPS = 10
_CAMERA = Camera(680, 384, 60.0)
_SIDE = 5.0
_TYPES = ("LivingRoom", "Kitchen", "Bedroom", "Bathroom", "Bedroom", "LivingRoom")
_FURNITURE = (
    "bed|desk|sofa|dining table|fridge|toilet|sink|bathtub|piano|oven|washing machine|coffee table|tv stand|dresser|"
    "wardrobe|bookshelf|fireplace|side table|counter|armchair|bench|stove|cabinet|dog bed"
).split("|")
_SMALL = "laptop|microwave|toaster|kettle|coffee machine|mirror|guitar|aquarium|tv|desk lamp|clock|radio".split("|")
_SEVERAL = "pillow|book|plant|painting|box|mug|plate|bottle|candle|basket".split("|")


def dense_episode(seed: int) -> Episode:
    """600 frames of a walk through six rooms with 86 objects of 46 categories, 23 of them in every frame."""
    random = rng(seed, "dense")
    house_id = f"dense-train-{seed:06d}"
    corners = [(_SIDE * (k % 3), _SIDE * (k // 3)) for k in range(6)]
    rooms = tuple(
        Room(f"room|{k}", room_type, ((x, y), (x + _SIDE, y), (x + _SIDE, y + _SIDE), (x, y + _SIDE)), 2.6)
        for k, (room_type, (x, y)) in enumerate(zip(_TYPES, corners, strict=True))
    )
    order = [0, 1, 2, 5, 4, 3]
    openings = tuple(_door(a, b, corners) for a, b in pairwise(order))
    objects = _objects(random, corners)
    house = House(house_id, "dense", "train", rooms, openings, objects, spec={"filler": ["x" * 40] * 1000})
    steps = _walk([corners[k] for k in order], order)
    hashes = tuple(FrameHashes(f"{k:064x}", f"{k:064x}", f"{k:064x}") for k in range(FRAMES))
    episode = Episode(
        episode_id=f"{house_id}-w0",
        house=house,
        camera=_CAMERA,
        fps=_FPS,
        trajectory=Trajectory(house_id, 0, steps),
        visibility=_visibility(house, steps),
        frame_hashes=hashes,
        simulator=SimulatorInfo("dense", "1", "none"),
        look=Look.standard(house),
        sensor=Sensor(),
        stand_ins=(),
        attributions=(),
    )
    return with_true_masks(episode)


def _objects(random: np.random.Generator, corners: list[tuple[float, float]]) -> tuple[SceneObject, ...]:
    """Furniture along the walls of the rooms, and small things on the furniture."""
    furniture = [_furniture(random, corners, k) for k in range(len(_FURNITURE))]
    small = [
        _on_top(random, furniture[int(random.integers(len(furniture)))], name, k)
        for k, name in enumerate((*_SMALL, *(name for name in _SEVERAL for _ in range(5))), start=len(furniture))
    ]
    return (*furniture, *small)


def _furniture(random: np.random.Generator, corners: list[tuple[float, float]], k: int) -> SceneObject:
    room, wall = k % 6, k // 6 % 4
    size = tuple(float(value) for value in random.uniform((0.5, 0.4, 0.4), (1.0, 0.7, 1.4)))
    along, out = float(random.uniform(0.9, 1.6)), _SIDE / 2 - 0.4
    side = random.choice([-1.0, 1.0]) * along
    x, y = ((side, out), (-out, side), (-side, -out), (out, -side))[wall]
    center = (corners[room][0] + _SIDE / 2 + x, corners[room][1] + _SIDE / 2 + y, size[2] / 2)
    box = OrientedBox.upright(center, (size[0], size[1], size[2]), 90.0 * wall + float(random.uniform(-8, 8)))
    return SceneObject(f"{_FURNITURE[k]}|{k}", _FURNITURE[k], box, f"room|{room}")


def _on_top(random: np.random.Generator, below: SceneObject, name: str, k: int) -> SceneObject:
    size = tuple(float(value) for value in random.uniform(0.15, 0.5, 3))
    place = below.box.to_world(np.append(random.uniform(-0.4, 0.4, 2), 0.5) * below.box.size)
    box = OrientedBox.upright(
        (float(place[0]), float(place[1]), float(place[2]) + size[2] / 2),
        (size[0], size[1], size[2]),
        float(random.uniform(-180, 180)),
    )
    return SceneObject(f"{name}|{k}", name, box, below.room_id, below.object_id)


def _door(a: int, b: int, corners: list[tuple[float, float]]) -> Opening:
    (ax, ay), (bx, by) = corners[a], corners[b]
    x, y = max(ax, bx), max(ay, by)
    middle = _SIDE / 2
    ends = (
        ((x, y + middle - 0.5), (x, y + middle + 0.5)) if ax != bx else ((x + middle - 0.5, y), (x + middle + 0.5, y))
    )
    return Opening(f"door|{a}|{b}", "door", (f"room|{a}", f"room|{b}"), ends, 0.0, 2.1, True)


def _walk(corners: list[tuple[float, float]], order: list[int]) -> tuple[Step, ...]:
    """From room to room; in each once around, then on to the next."""
    steps: list[Step] = []
    each = FRAMES // len(corners)
    for k, (x, y) in enumerate(corners):
        ahead = corners[(k + 1) % len(corners)]
        heading = math.degrees(math.atan2(ahead[1] - y, ahead[0] - x))
        for j in range(each):
            scan = min(j / (each // 2), 1.0)
            along = max(j / each - 0.5, 0.0) * _SIDE
            position = (
                x + _SIDE / 2 + along * math.cos(math.radians(heading)),
                y + _SIDE / 2 + along * math.sin(math.radians(heading)),
                1.5,
            )
            pose = Pose(position, heading + 360.0 * scan, -10.0)
            index = len(steps)
            action = "start" if not steps else "scan" if scan < 1 else "walk"
            steps.append(Step(index, index / _FPS, pose, action, f"room|{order[k]}"))  # type: ignore[arg-type]
    return tuple(steps)


def _visibility(house: House, steps: tuple[Step, ...]) -> Visibility:
    """Each frame shows the objects nearest to the axis of the view and to the camera, as large as they would be."""
    centers: Floats = np.array([thing.box.center for thing in house.objects])
    spans: Floats = np.array([max(thing.box.size) for thing in house.objects])
    rows = []
    for step in steps:
        offset = centers - np.asarray(step.pose.position)
        distance = np.hypot(offset[:, 0], offset[:, 1])
        angle = np.degrees(np.arctan2(offset[:, 1], offset[:, 0])) - step.pose.yaw
        angle = np.abs((angle + 180.0) % 360.0 - 180.0)
        shown = np.sort(np.argsort(np.where(angle < 50.0, distance, 100.0 + angle))[:OBJECTS_A_FRAME])
        pixels = np.clip((spans / np.maximum(distance, 0.5)) ** 2 * 0.2, 2e-4, 0.5) * _CAMERA.width * _CAMERA.height
        depth = np.maximum(distance - spans, 0.1)
        rows += [(step.index, k + 1, int(pixels[k]), float(depth[k])) for k in shown.tolist()]
    columns = np.array([row[:3] for row in rows], dtype=np.int32)
    return Visibility(
        frame_index=columns[:, 0].copy(),
        instance=columns[:, 1].copy(),
        num_pixels=columns[:, 2].copy(),
        bbox=np.tile(np.array([[10, 10, 60, 60]], dtype=np.int32), (len(rows), 1)),
        nearest_depth=np.round(np.array([row[3] for row in rows]), 4),
        is_truncated=np.zeros(len(rows), dtype=np.bool_),
    )
