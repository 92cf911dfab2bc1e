"""The two renderers of the embedded simulator, and how one takes the place of the other."""

import logging
import math
import os
from collections.abc import Iterator

import numpy as np
import pytest
import shapely

from simsv_generation.camera import Camera, Pose
from simsv_generation.geometry import Vec2
from simsv_generation.scene import House, Opening, Room
from simsv_generation.seeding import rng
from simsv_generation.simulators import SimulatorUnavailable
from simsv_generation.simulators.embedded import EmbeddedSimulator, render_cpu, render_gl
from simsv_generation.simulators.embedded.render_gl import GlUnavailable
from tests.factories import PLAIN, load_standard, make_house, make_room

CAMERA = Camera(320, 180, 70.0)


@pytest.fixture(scope="module")
def gl() -> Iterator[EmbeddedSimulator]:
    try:
        simulator = EmbeddedSimulator(PLAIN, "gl").__enter__()
    except SimulatorUnavailable as error:
        (pytest.fail if "CI" in os.environ else pytest.skip)(str(error))
    yield simulator
    simulator.__exit__(None, None, None)


def random_poses(house: House, count: int, *path: str) -> list[Pose]:
    """Poses in the rooms, at any height and in any direction."""
    random = rng(0, "poses", *path)
    poses: list[Pose] = []
    while len(poses) < count:
        room = house.rooms[int(random.integers(len(house.rooms)))]
        west, south, east, north = room.polygon.bounds
        x, y = float(random.uniform(west, east)), float(random.uniform(south, north))
        if house.room_at(x, y) and room.polygon.exterior.distance(shapely.Point(x, y)) > 0.1:
            yaw, pitch = float(random.uniform(-180, 180)), float(random.uniform(-50, 50))
            poses.append(Pose((x, y, float(random.uniform(0.2, 2.0))), yaw, pitch))
    return poses


def rectangle(west: float, south: float, east: float, north: float) -> list[Vec2]:
    return [(west, south), (east, south), (east, north), (west, north)]


def turned(points: list[Vec2], degrees: float) -> list[Vec2]:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [(c * x - s * y, s * x + c * y) for x, y in points]


def between(kind: str, rooms: str, *segment: Vec2, top: float = 2.1) -> Opening:
    names = tuple(f"room|{name}" for name in rooms)
    return Opening(f"{kind}|{rooms}", kind, names, (segment[0], segment[1]), 0.0, top, True)  # type: ignore[arg-type]


def shells() -> dict[str, tuple[list[Room], list[Opening]]]:
    """Houses whose walls meet in all sorts of ways."""
    west, east = make_room(rectangle(0, 0, 4, 4)), make_room(rectangle(4, 0, 8, 4), room_id="room|2")
    north_east = make_room(rectangle(4, 2, 8, 4), room_id="room|3", ceiling_height=3.0)
    south_east = make_room(rectangle(4, 0, 8, 2), room_id="room|2", ceiling_height=2.2)
    apart = make_room(rectangle(4.15, 0, 8, 4), room_id="room|2", ceiling_height=3.2)
    skew = [
        make_room(turned(rectangle(0, 0, 4, 4), 29.0)),
        make_room(turned(rectangle(4, 0, 8, 4), 29.0), room_id="room|2"),
    ]
    skew_ends = turned([(4.0, 1.0), (4.0, 2.0)], 29.0)
    return {
        "triangle": ([make_room([(0.0, 0.0), (5.0, 0.0), (2.0, 4.0)])], []),
        "U": ([make_room([(0, 0), (6, 0), (6, 5), (4, 5), (4, 2), (2, 2), (2, 5), (0, 5)])], []),
        "two rooms, shut off": ([west, east], []),
        "thick wall": ([west, apart], [between("door", "12", (4.07, 1.0), (4.07, 2.0))]),
        "open plan": ([west, east], [between("passage", "12", (4.0, 0.0), (4.0, 4.0), top=2.5)]),
        "turned": (skew, [between("door", "12", *skew_ends)]),
        "three rooms, three heights": (
            [west, south_east, north_east],
            [
                between("door", "21", (4.0, 0.5), (4.0, 1.4)),
                between("passage", "13", (4.0, 2.0), (4.0, 4.0), top=3.0),
                between("passage", "23", (5.0, 2.0), (7.0, 2.0), top=2.0),
            ],
        ),
    }


@pytest.mark.parametrize("name", shells())
def test_no_ray_slips_through_the_shell(gl: EmbeddedSimulator, name: str) -> None:
    rooms, openings = shells()[name]
    house = load_standard(gl, make_house(rooms, openings, house_id="shell"))
    instances = np.array(house.instances())
    for pose in random_poses(house, 12, name):
        seen = np.unique(gl.render(pose, CAMERA).instance_ids)
        assert seen[0] > 0, f"{pose} sees through the walls"
        if not openings:
            here = house.room_at(*pose.position[:2])
            assert all(instance.startswith(f"{here}|") for instance in instances[seen])


def test_both_renderers_agree(gl: EmbeddedSimulator) -> None:
    house = load_standard(gl, make_house())
    with EmbeddedSimulator(PLAIN, "cpu") as cpu:
        load_standard(cpu, house)
        for pose in random_poses(house, 6, "agree"):
            ours, theirs = gl.render(pose, CAMERA), cpu.render(pose, CAMERA)
            is_same = ours.instance_ids == theirs.instance_ids
            assert is_same.mean() >= 0.995
            # A ray along the edge between two parts of one object may hit either.
            assert (np.abs(ours.depth - theirs.depth)[is_same] < 1e-3).mean() >= 0.9999
            error = ((ours.rgb.astype(np.float64) - theirs.rgb) ** 2).mean()
            assert 10 * math.log10(255**2 / error) > 40


def test_many_camera_sizes_and_houses_follow_each_other(gl: EmbeddedSimulator) -> None:
    for outline in (rectangle(0, 0, 4, 4), rectangle(-3, -3, 0, 2)):
        house = load_standard(gl, make_house([make_room(outline)]))
        for camera in (Camera(64, 48, 60.0), Camera(2, 2, 10.0), Camera(130, 70, 120.0)):
            (pose,) = random_poses(house, 1)
            frame = gl.render(pose, camera)
            assert frame.rgb.shape == (camera.height, camera.width, 3)
            assert (frame.instance_ids > 0).all()


def test_nothing_is_zero_outside_the_house(gl: EmbeddedSimulator) -> None:
    load_standard(gl, make_house([make_room()]))
    frame = gl.render(Pose((50.0, 50.0, 1.0), 45.0), CAMERA)
    assert not frame.instance_ids.any()
    assert not frame.depth.any()
    assert not frame.rgb.any()


def test_build_names_library_and_driver(gl: EmbeddedSimulator) -> None:
    assert gl.info.name == "embedded"
    assert gl.info.build.startswith("moderngl ")
    assert gl.info.build.count(", ") >= 2
    with EmbeddedSimulator(PLAIN, "cpu") as cpu:
        assert cpu.info.build.startswith("embreex ")


def test_simulators_live_side_by_side(gl: EmbeddedSimulator) -> None:
    house = load_standard(gl, make_house())
    (pose,) = random_poses(house, 1)
    before = gl.render(pose, CAMERA)
    for _ in range(3):
        with EmbeddedSimulator(PLAIN) as other:
            bare = load_standard(other, make_house([make_room()]))
            assert other.render(random_poses(bare, 1)[0], CAMERA).instance_ids.all()
            assert (gl.render(pose, CAMERA).rgb == before.rgb).all()
    assert (gl.render(pose, CAMERA).rgb == before.rgb).all()


def no_gl() -> render_gl.GlRenderer:
    raise GlUnavailable("libEGL.so: cannot open shared object file")


def no_embree() -> render_cpu.CpuRenderer:
    raise ImportError("No module named 'embreex'")


def test_embree_takes_over_and_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("simsv_generation.simulators.embedded.GlRenderer", no_gl)
    with caplog.at_level(logging.WARNING, "simsv"), EmbeddedSimulator(PLAIN) as simulator:
        house = load_standard(simulator, make_house([make_room()]))
        assert simulator.render(random_poses(house, 1)[0], CAMERA).instance_ids.all()
    assert simulator.info.build.startswith("embreex ")
    (record,) = caplog.records
    assert "libEGL.so" in record.message
    assert "libegl1" in record.message
    assert "\n" not in record.message


def test_nothing_to_render_with_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simsv_generation.simulators.embedded.GlRenderer", no_gl)
    monkeypatch.setattr("simsv_generation.simulators.embedded.CpuRenderer", no_embree)
    with pytest.raises(SimulatorUnavailable, match=r"libegl1 libgl1-mesa-dri.*pip install embreex"):
        EmbeddedSimulator(PLAIN).__enter__()
    with pytest.raises(SimulatorUnavailable, match="embreex"):
        EmbeddedSimulator(PLAIN, "cpu").__enter__()


def test_a_real_failure_of_egl_is_gl_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**settings: object) -> None:
        raise Exception("eglInitialize failed (0x3001)")  # what glcontext raises

    monkeypatch.setattr("moderngl.create_context", refuse)
    with pytest.raises(GlUnavailable, match="eglInitialize"):
        render_gl.GlRenderer()


def test_rendering_before_loading_is_an_error() -> None:
    with EmbeddedSimulator(PLAIN, "cpu") as simulator, pytest.raises(RuntimeError, match="load a house first"):
        simulator.render(Pose((0.0, 0.0, 1.0), 0.0), CAMERA)
