"""The two renderers of the embedded simulator, and how one takes the place of the other."""

import dataclasses
import logging
import math
import os
from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from simsv_generation.camera import Camera, Pose
from simsv_generation.geometry import Vec2
from simsv_generation.look import Look
from simsv_generation.scene import House, Opening, Room
from simsv_generation.seeding import rng
from simsv_generation.simulators import SimulatorUnavailable
from simsv_generation.simulators.embedded import EmbeddedSimulator, render_cpu, render_gl
from simsv_generation.simulators.embedded.house_mesh import KINDS, HouseMesh, build_house_mesh
from simsv_generation.simulators.embedded.light.baked import baked_light
from simsv_generation.simulators.embedded.light.plain import plain_light
from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, box, polygon
from simsv_generation.simulators.embedded.patterns import PATTERNS
from simsv_generation.simulators.embedded.render_gl import GlUnavailable
from simsv_generation.simulators.embedded.solids import ellipsoid
from simsv_generation.simulators.embedded.subdivide import subdivided
from tests.factories import PLAIN, load_standard, make_house, make_room
from tests.generation.simulators.light.rooms import bare_house

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


def leaf() -> NDArray[np.uint8]:
    """An image with holes: green discs."""
    y, x = np.mgrid[0:64, 0:64] % 16 - 7.5
    return np.dstack(
        [np.full((64, 64), 40), np.full((64, 64), 160), y * 5 + 90, np.where(x * x + y * y < 40, 255, 0)]
    ).astype(np.uint8)


def stand(material: Material, x: float, y: float, low: float = 0.0, high: float = 0.8) -> Mesh:
    color = (0.7, 0.5, 0.3)
    return box((x - 0.25, y - 0.25, low), (x + 0.25, y + 0.25, high), Finish(color, material))


def of_all_materials() -> HouseMesh:
    """A room with a window and things of every kind of material, in traced light."""
    oak = sorted(PATTERNS)[0]
    pane = Finish((0.2, 0.5, 0.4), Material(gloss=0.04, opacity=0.2))
    sheet = polygon(
        [(2.2, 1.2, 0.9), (2.9, 1.2, 0.9), (2.9, 1.4, 1.7), (2.2, 1.4, 1.7)],
        Finish((0.9, 0.2, 0.1), Material(two_sided=True)),
    )
    image = np.array([[0, 0], [2, 0], [2, 2], [0, 2]], np.float64)
    leaves = polygon(
        [(3.3, 1.2, 0.3), (4.2, 1.0, 0.3), (4.2, 1.0, 1.5), (3.3, 1.2, 1.5)],
        Finish((1.0, 1.0, 1.0), Material("image:leaf", cutout=True)),
    )
    mirror = Finish((0.05, 0.05, 0.05), Material(gloss=0.85))
    things = [
        stand(Material(), 0.6, 3.4),
        stand(Material(gloss=0.08), 1.5, 3.4),
        stand(Material(oak), 2.4, 3.4),
        stand(Material(oak, gloss=0.06), 3.3, 3.4),
        stand(Material(emission=1.5), 4.3, 3.4, 0.5, 0.9),
        box((1.0, 1.9, 0.4), (1.6, 1.93, 1.4), pane),
        box((2.0, 3.9, 1.0), (3.2, 3.98, 2.0), mirror),
        sheet,
        dataclasses.replace(leaves, texture_at=image),
        ellipsoid((0.7, 2.4, 0.3), (0.3, 0.3, 0.3), Finish((0.6, 0.1, 0.1), Material(gloss=0.05))),
    ]
    window = Opening("window", "window", ("room|1",), ((1.5, 0.0), (3.5, 0.0)), 0.8, 2.1, False)
    house, shape = bare_house([make_room()], [window], [subdivided(thing, 0.3) for thing in things])
    shape = dataclasses.replace(shape, images={"leaf": leaf()})
    light = baked_light(house, shape, Look(-80.0, 35.0, 0.2, ("room|1",)), {"leaf": (0.1, 0.4, 0.1)})
    return build_house_mesh(house, shape, light)


VIEWS = (
    Pose((2.5, 0.5, 1.5), 90.0, -12.0),
    Pose((0.5, 0.8, 1.6), 48.0, -15.0),
    Pose((4.6, 1.8, 1.2), 150.0, -5.0),
    Pose((3.0, 3.0, 1.7), -100.0, -10.0),
    Pose((4.7, 2.9, 0.7), -160.0, 5.0),
    Pose((2.5, 2.6, 1.5), 90.0, 0.0),
)


def test_both_renderers_agree_on_every_material(gl: EmbeddedSimulator) -> None:
    mesh = of_all_materials()
    assert all(mesh.triangles[kind].parts for kind in KINDS if kind != "polished shell")
    first, second = render_gl.GlRenderer(), render_cpu.CpuRenderer()
    first.load(mesh)
    second.load(mesh)
    for view in VIEWS:
        ours, theirs = first.render(view, CAMERA), second.render(view, CAMERA)
        is_same = ours.instance_ids == theirs.instance_ids
        assert is_same.mean() >= 0.995
        assert (np.abs(ours.depth - theirs.depth)[is_same] < 1e-3).mean() >= 0.999
        error = ((ours.rgb.astype(np.float64) - theirs.rgb) ** 2).mean()
        assert 10 * math.log10(255**2 / error) > 35
    first.close()
    second.close()


def seen_at(mesh: HouseMesh, pose: Pose) -> NDArray[np.float64]:
    """The colour in the middle of the frame, by the renderer that needs no OpenGL."""
    renderer = render_cpu.CpuRenderer()
    renderer.load(mesh)
    frame = renderer.render(pose, Camera(8, 8, 4.0))
    return frame.rgb.astype(np.float64).mean((0, 1))


def test_glass_shows_what_is_behind_it_and_holes_show_it_whole() -> None:
    def with_screen(material: Material | None) -> NDArray[np.float64]:
        red = Finish((0.8, 0.05, 0.05))
        things = [box((4.0, 1.0, 0.0), (4.1, 3.0, 2.4), red)]
        if material is not None:
            screen = polygon([(3, 3, 0), (3, 1, 0), (3, 1, 2.4), (3, 3, 2.4)], Finish((0.05, 0.05, 0.8), material))
            things.append(dataclasses.replace(screen, texture_at=np.full((4, 2), 0.5)))
        house, shape = bare_house([make_room()], (), things)
        shape = dataclasses.replace(shape, images={"hole": np.zeros((2, 2, 4), np.uint8)})
        return seen_at(
            build_house_mesh(house, shape, plain_light(house, shape, Look.standard(house))), Pose((1.0, 2.0, 1.2), 0.0)
        )

    bare, blue = with_screen(None), with_screen(Material())
    assert bare[0] > bare[2] + 50
    assert blue[2] > blue[0] + 50
    assert with_screen(Material("image:hole", cutout=True)) == pytest.approx(bare)
    for opacity in (0.3, 0.7):
        expected = opacity * blue + (1 - opacity) * bare
        assert with_screen(Material(opacity=opacity)) == pytest.approx(expected, abs=14)


def test_glass_looks_the_same_however_many_triangles_it_has(gl: EmbeddedSimulator) -> None:
    renderer = render_gl.GlRenderer()
    frames = []
    for longest in (9.0, 0.15):
        glass = box((3.0, 1.0, 0.3), (3.4, 3.0, 2.2), Finish((0.2, 0.5, 0.4), Material(opacity=0.3)))
        house, shape = bare_house([make_room()], (), [subdivided(glass, longest)])
        light = plain_light(house, shape, Look.standard(house))
        even = tuple(np.full_like(values, 0.5) for values in light.solids)
        renderer.load(build_house_mesh(house, shape, dataclasses.replace(light, solids=even)))
        frames.append(renderer.render(Pose((1.0, 1.2, 1.6), 20.0, -8.0), CAMERA))
    renderer.close()
    assert (frames[0].instance_ids == frames[1].instance_ids).all()
    differ = np.abs(frames[0].rgb.astype(int) - frames[1].rgb).max(-1) > 3
    assert differ.mean() < 1e-3  # on edges alone


@pytest.mark.parametrize("pitch", [0.0, 1e-4, -1e-4])
def test_a_mirror_shows_no_line_at_the_height_of_the_eye(gl: EmbeddedSimulator, pitch: float) -> None:
    mirror = box((0.1, 3.9, 0.1), (4.9, 3.98, 2.4), Finish((0.0, 0.0, 0.0), Material(gloss=1.0)))
    house, shape = bare_house([make_room()], (), [mirror])
    light = plain_light(house, shape, Look.standard(house))
    # What lies above the horizon is bright, and what lies straight below is black.
    fine = np.linspace(-1, 1, 64)
    ramp = 0.2 + 0.8 * np.clip(1 - np.abs(fine)[:, None] - np.abs(fine), 0, 1) + 0.2 * np.minimum(fine, 0)[:, None]
    surroundings = np.broadcast_to(ramp[None, ..., None], (2, 64, 64, 3)).astype(np.float16)
    mesh = build_house_mesh(house, shape, dataclasses.replace(light, reflections=surroundings))
    for renderer in (render_gl.GlRenderer(), render_cpu.CpuRenderer()):
        renderer.load(mesh)
        rows = renderer.render(Pose((2.5, 2.0, 1.25), 90.0, pitch), CAMERA).rgb[60:120, 60:260].astype(np.float64)
        middle = rows[1:-1] - (rows[2:] + rows[:-2]) / 2
        assert np.abs(middle).mean((1, 2)).max() < 4
        renderer.close()


def test_a_mirror_shows_what_is_behind_the_camera() -> None:
    grey = Finish((0.5, 0.5, 0.5), Material(gloss=0.9))
    mirror = box((4.9, 0.1, 0.1), (4.98, 3.9, 2.4), grey)
    red = box((0.05, 0.1, 0.1), (0.15, 3.9, 2.4), (0.8, 0.02, 0.02))
    shown = []
    for things in ([mirror], [mirror, red]):
        house, shape = bare_house([make_room()], (), things)
        light = baked_light(house, shape, Look(0.0, -30.0, 0.0, ("room|1",)), {})
        shown.append(seen_at(build_house_mesh(house, shape, light), Pose((2.5, 2.0, 1.3), 0.0)))
    assert np.ptp(shown[0]) < 60
    assert shown[1][0] > 1.6 * shown[1][2]


def test_the_window_shows_the_sky_of_the_look(gl: EmbeddedSimulator) -> None:
    house = make_house(
        [make_room()], [Opening("w", "window", ("room|1",), ((1.5, 0.0), (3.5, 0.0)), 0.8, 2.1, False)], ()
    )
    view = Pose((2.2, 2.0, 1.5), -90.0, 8.0)
    shown = []
    for elevation in (50.0, -40.0):
        gl.load(house, dataclasses.replace(Look.standard(house), sun_elevation=elevation))
        frame = gl.render(view, CAMERA)
        pane = frame.instance_ids == house.instances().index("w")
        assert pane.mean() > 0.1
        shown.append(np.median(frame.rgb[pane], 0))
    assert shown[0].min() > 120
    assert shown[1].max() < 60


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
