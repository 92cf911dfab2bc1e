"""Every simulator of the table shows the geometry of the house record, to the pixel and the millimetre."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pytest
import shapely

from simsv_generation.annotate import hash_frame
from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import Frame, FrameHashes
from simsv_generation.look import Look
from simsv_generation.navigation import Agent
from simsv_generation.scene import House, Opening
from simsv_generation.simulators import SIMULATORS, Simulator, SimulatorUnavailable, open_simulator
from simsv_generation.simulators.embedded import EmbeddedSimulator
from tests.factories import PLAIN, load_standard, make_house, make_room, make_thing

BACKENDS: dict[str, Callable[[], Simulator]] = {
    **{name: partial(open_simulator, name, PLAIN) for name in SIMULATORS},
    "embedded, OpenGL": partial(EmbeddedSimulator, PLAIN, "gl"),
    "embedded, Embree": partial(EmbeddedSimulator, PLAIN, "cpu"),
}
CAMERA = Camera(192, 112, 59.0)
POSES = (
    Pose((4.0, 1.8, 1.5), 150.0, -15.0),
    Pose((1.0, 1.5, 1.4), 35.0, -27.0),
    Pose((4.5, 1.7, 1.5), 0.0, -10.0),
    Pose((6.6, 0.7, 1.6), 60.0, -20.0),
    Pose((2.0, 2.4, 0.4), -90.0, 10.0),
)
SKIRTING = (0.02, 0.1)
"""Metres: what a simulator may put along the foot of a wall, in depth and height."""


@pytest.fixture(scope="module", params=BACKENDS)
def simulator(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    try:
        opened = BACKENDS[request.param]().__enter__()
    except SimulatorUnavailable as error:
        (pytest.fail if "CI" in os.environ else pytest.skip)(str(error))
    yield opened
    opened.__exit__(None, None, None)


@pytest.fixture(scope="module")
def house(simulator: Simulator) -> House:
    return load_standard(simulator, make_house())


@pytest.fixture(scope="module")
def frames(simulator: Simulator, house: House) -> list[Frame]:
    return [simulator.render(pose, CAMERA) for pose in POSES]


def test_settled_house_keeps_its_things_and_opens_inner_doors(house: House) -> None:
    raw = make_house()
    assert house.instances() == raw.instances()
    assert house.rooms == raw.rooms
    assert {opening.opening_id: opening.is_open for opening in house.openings} == {
        "door|1|2": True,
        "window|1": False,
        "door|2": False,
    }


def test_arrays_have_the_promised_form(frames: list[Frame]) -> None:
    for frame in frames:
        for array, dtype, shape in (
            (frame.rgb, np.uint8, (112, 192, 3)),
            (frame.depth, np.float32, (112, 192)),
            (frame.instance_ids, np.uint16, (112, 192)),
        ):
            assert array.dtype == dtype
            assert array.shape == shape
            assert array.flags.c_contiguous
        assert len(np.unique(frame.rgb.reshape(-1, 3), axis=0)) > 100


def test_every_pixel_shows_a_known_instance_at_some_depth(frames: list[Frame], house: House) -> None:
    for frame in frames:
        assert frame.instance_ids.min() > 0
        assert frame.instance_ids.max() < len(house.instances())
        assert frame.depth.min() > 0.05
        assert np.isfinite(frame.depth).all()


def test_walk_of_views_shows_most_things(frames: list[Frame], house: House) -> None:
    seen = {house.instances()[index] for frame in frames for index in np.unique(frame.instance_ids)}
    assert {"sofa", "stand", "tv", "plant", "painting", "table", "chair", "fridge", "door|1|2", "window|1"} <= seen


def test_masks_lie_in_projected_boxes(frames: list[Frame], house: House) -> None:
    checked = 0
    for frame, pose in zip(frames, POSES, strict=True):
        for index, thing in enumerate(house.objects, start=1):
            rows, columns = np.nonzero(frame.instance_ids == index)
            corners, depth = CAMERA.project(thing.box.corners(), pose)
            if len(rows) == 0 or depth.min() < 0.05:
                continue
            hull = shapely.MultiPoint(corners).convex_hull.buffer(1e-2)
            assert shapely.contains_xy(hull, columns, rows).all(), f"{thing.object_id} leaves its box"
            checked += 1
    assert checked >= 10


def test_masked_depths_lie_in_boxes(frames: list[Frame], house: House) -> None:
    for frame, pose in zip(frames, POSES, strict=True):
        world = CAMERA.unproject(frame.depth.astype(np.float64), pose)
        for index, thing in enumerate(house.objects, start=1):
            points = world[frame.instance_ids == index]
            if len(points):
                assert (thing.box.point_distance(points) < 0.01).mean() >= 0.999, thing.object_id


def test_depth_and_ids_of_a_bare_room_are_exact(simulator: Simulator) -> None:
    bare = load_standard(simulator, make_house([make_room()]))
    ids = {name: index for index, name in enumerate(bare.instances())}
    for pose in (Pose((2.0, 1.5, 1.5), 25.0, -20.0), Pose((3.0, 2.5, 1.2), -140.0, 15.0)):
        frame = simulator.render(pose, CAMERA)
        eye = np.asarray(pose.position)
        rays = CAMERA.unproject(np.ones((CAMERA.height, CAMERA.width)), pose) - eye
        # How far along each ray the room of 5 x 4 x 2.5 m ends: where it leaves the last of three slabs.
        exits = np.maximum((0 - eye) / rays, (np.array([5.0, 4.0, 2.5]) - eye) / rays)
        side, depth = exits.argmin(-1), exits.min(-1)
        hits = eye + depth[..., None] * rays
        to_wall = np.minimum(hits[..., :2], np.array([5.0, 4.0]) - hits[..., :2]).min(-1)
        surface = np.where(side < 2, ids["room|1|wall"], np.where(rays[..., 2] < 0, ids["room|1|floor"], 0))
        surface = np.where(surface == 0, ids["room|1|ceiling"], surface)
        is_clear = np.where(side < 2, hits[..., 2] > SKIRTING[1], to_wall > SKIRTING[0]) & (hits[..., 2] < 2.49)
        is_clear |= (side == 2) & (rays[..., 2] > 0) & (to_wall > 0.01)
        # The lamp below the middle of the ceiling is part of the ceiling, and may hide some of it and of the walls.
        is_clear &= (frame.instance_ids != ids["room|1|ceiling"]) | (frame.depth > depth - 1e-3)
        assert is_clear.mean() > 0.85
        assert (frame.instance_ids == surface)[is_clear].all()
        assert np.abs(frame.depth - depth)[is_clear].max() < 1e-3


def test_same_pose_gives_the_same_frame(simulator: Simulator, house: House, frames: list[Frame]) -> None:
    load_standard(simulator, house)
    simulator.render(POSES[1], Camera(64, 48, 70.0))
    assert hash_frame(simulator.render(POSES[0], CAMERA)) == hash_frame(frames[0])
    load_standard(simulator, make_house([make_room()]))
    load_standard(simulator, house)
    assert hash_frame(simulator.render(POSES[0], CAMERA)) == hash_frame(frames[0])


def test_a_look_changes_colour_alone(simulator: Simulator, house: House, frames: list[Frame]) -> None:
    looks = (Look(120.0, -20.0, 0.0, ("room|1",)), Look(0, 5, 1.0, (), exposure=1.0), Look(0, 40, 0, (), 0.0, 7))
    there = hash_frame(frames[0])
    colours = {there.rgb}
    for look in looks:
        assert simulator.load(make_house(), look) == house
        here = hash_frame(simulator.render(POSES[0], CAMERA))
        assert (here.depth, here.instance_ids) == (there.depth, there.instance_ids)
        colours.add(here.rgb)
    assert len(colours) >= 3  # Flat light may be the same by day and by night, exposure and finishes are not.
    load_standard(simulator, house)
    assert hash_frame(simulator.render(POSES[0], CAMERA)) == hash_frame(frames[0])


def test_stand_ins_are_things_of_the_house_in_its_order(simulator: Simulator, house: House) -> None:
    simulator.load(house, Look.standard(house))
    order = {thing.object_id: (place, thing.asset_id) for place, thing in enumerate(house.objects)}
    stand_ins = [(order[each.object_id][0], each.reason) for each in simulator.stand_ins]
    assert all(order[each.object_id][1] == each.asset_id for each in simulator.stand_ins)
    assert stand_ins == sorted(stand_ins)
    assert all(reason for _, reason in stand_ins)


def test_attributions_are_lines_each_once_and_sorted(simulator: Simulator, house: House) -> None:
    simulator.load(house, Look.standard(house))
    assert list(simulator.attributions) == sorted(set(simulator.attributions))
    assert all(line.strip() == line != "" and len(line.splitlines()) == 1 for line in simulator.attributions)


def test_another_process_gives_the_same_frame(
    request: pytest.FixtureRequest, simulator: Simulator, frames: list[Frame]
) -> None:
    backend = request.node.callspec.params["simulator"]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(first_frame_hashes, backend).result(timeout=120) == hash_frame(frames[0])


def first_frame_hashes(backend: str) -> FrameHashes:
    """Runs in the other process."""
    with BACKENDS[backend]() as simulator:
        load_standard(simulator, make_house())
        return hash_frame(simulator.render(POSES[0], CAMERA))


def test_crop_is_the_frame_of_the_cropped_camera(simulator: Simulator, house: House) -> None:
    load_standard(simulator, house)
    camera = Camera(680, 384, 59.0)
    cropped = simulator.render(POSES[0], camera).cropped(6)
    narrow = simulator.render(POSES[0], camera.cropped(6))
    assert cropped.rgb.shape == narrow.rgb.shape == (384, 668, 3)
    is_same = cropped.instance_ids == narrow.instance_ids
    assert is_same.mean() >= 0.9999
    assert np.abs(cropped.depth - narrow.depth)[is_same].max() < 1e-3
    assert np.abs(cropped.rgb.astype(int) - narrow.rgb)[is_same].mean() < 0.5


def test_object_straight_ahead_is_seen_and_one_behind_a_wall_is_not(simulator: Simulator) -> None:
    rooms = [make_room(), make_room([(5.0, 0.0), (9.0, 0.0), (9.0, 4.0), (5.0, 4.0)], room_id="room|2")]
    near = make_thing("near", "Fridge_1", 3.5, 2.0, yaw=90.0)
    hidden = make_thing("hidden", "Fridge_1", 7.0, 0.7, room_id="room|2")
    ahead, aside = Pose((1.0, 2.0, 1.2), 0.0), Pose((1.0, 0.7, 1.2), 0.0)
    for openings in ((), (Opening("door", "door", ("room|1", "room|2"), ((5.0, 0.2), (5.0, 1.2)), 0.0, 2.1, False),)):
        house = load_standard(simulator, make_house(rooms, openings, [near, hidden]))
        instances = house.instances()
        center = simulator.render(ahead, CAMERA)
        assert instances[center.instance_ids[56, 96]] == "near"
        front = 3.5 - near.box.size[1] / 2
        assert center.depth[56, 96] == pytest.approx(front - 1.0, abs=0.1)
        through = simulator.render(aside, CAMERA)
        # A closed wall hides the second fridge; the door between the rooms, which stands open, shows it.
        assert (instances.index("hidden") in through.instance_ids) == bool(openings)


def test_navigation_knows_rooms_doors_and_things(simulator: Simulator) -> None:
    house = load_standard(simulator, make_house())
    grid = simulator.navigation(Agent())
    x, y, _ = next(thing for thing in house.objects if thing.object_id == "sofa").box.center
    assert not grid.is_free(x, y)
    assert grid.is_free(6.0, 1.7)
    assert grid.is_free(4.5, 1.5)
    assert not grid.is_free(4.5, 4.0)


def test_impossible_houses_are_refused_by_name(simulator: Simulator) -> None:
    astray = Opening("door|astray", "door", ("room|1",), ((1.0, 2.0), (2.0, 2.0)), 0.0, 2.0, False)
    with pytest.raises(ValueError, match=r"door\|astray"):
        load_standard(simulator, make_house([make_room()], [astray]))
