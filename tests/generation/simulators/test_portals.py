"""What portals leave out is what no ray reaches: frames with and without them are the same."""

import dataclasses
import itertools
import os
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from simsv_generation.camera import Camera, Pose
from simsv_generation.geometry import Floats
from simsv_generation.look import Look
from simsv_generation.scene import House, Opening
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.house_mesh import build_house_mesh
from simsv_generation.simulators.embedded.house_shape import shape_house
from simsv_generation.simulators.embedded.light.plain import plain_light
from simsv_generation.simulators.embedded.portals import Portals
from simsv_generation.simulators.embedded.render_gl import GlRenderer, GlUnavailable, projection
from tests.factories import make_house, make_room
from tests.views import procthor_houses

CAMERA = Camera(64, 40, 75.0)
WIDE = Camera(48, 48, 100.0)
_CLEAR = 0.11
"""Metres: a camera nearer to a wall sees through it, where its near plane cuts it."""


class _NoPortals(Portals):
    """Shows all rooms."""

    def visible_rooms(self, clip_from_eye: Floats, eye: Floats) -> NDArray[np.bool_]:
        return np.ones(len(self._polygons), np.bool_)


def opened(house: House) -> House:
    doors = (
        dataclasses.replace(o, is_open=o.is_open or (o.kind == "door" and len(o.room_ids) == 2)) for o in house.openings
    )
    return dataclasses.replace(house, openings=tuple(doors))


def row_of_rooms() -> House:
    """Four rooms in a row with doors in line, then a fifth around a corner; one ceiling is higher."""
    rooms = [
        make_room(
            [(4 * k, 0), (4 * k + 4, 0), (4 * k + 4, 4), (4 * k, 4)], room_id=f"room|{k}", ceiling_height=2.5 + k / 4
        )
        for k in range(4)
    ]
    rooms.append(make_room([(12, 4), (16, 4), (16, 8), (12, 8)], room_id="room|4"))
    ways = [
        Opening(
            f"way|{k}", "door", (f"room|{k}", f"room|{k + 1}"), ((4.0 * k + 4, 1), (4.0 * k + 4, 2)), 0.0, 2.1, True
        )
        for k in range(3)
    ]
    ways.append(Opening("way|3", "passage", ("room|3", "room|4"), ((12.5, 4), (15.5, 4)), 0.0, 2.4, True))
    return make_house(rooms, ways, (), house_id="row")


def ring_of_rooms() -> House:
    """Four rooms about a point, each open to the next."""
    quarter = [((0, 0), "ne"), ((-4, 0), "nw"), ((-4, -4), "sw"), ((0, -4), "se")]
    rooms = [make_room([(x, y), (x + 4, y), (x + 4, y + 4), (x, y + 4)], room_id=name) for (x, y), name in quarter]
    ways = [
        Opening("a", "door", ("ne", "nw"), ((0, 1), (0, 2)), 0.0, 2.1, True),
        Opening("b", "passage", ("nw", "sw"), ((-3.5, 0), (-0.5, 0)), 0.0, 2.5, True),
        Opening("c", "door", ("sw", "se"), ((0, -3), (0, -2)), 0.0, 2.1, True),
        Opening("d", "door", ("se", "ne"), ((1, 0), (2, 0)), 0.0, 2.0, True),
    ]
    return make_house(rooms, ways, (), house_id="ring")


def thick_walls() -> House:
    rooms = [
        make_room([(0, 0), (4, 0), (4, 4), (0, 4)]),
        make_room([(4.3, 0), (8, 0), (8, 4), (4.3, 4)], room_id="room|2"),
    ]
    way = Opening("way", "door", ("room|1", "room|2"), ((4.15, 1.0), (4.15, 2.0)), 0.0, 2.1, True)
    return make_house(rooms, [way], (), house_id="thick")


def poses(house: House, count: int) -> list[Pose]:
    """A third anywhere, a third in and about openings, a third a few centimetres from a wall; all directions."""
    random = rng(0, "portals", house.house_id)
    inner = [opening for opening in house.openings if opening.is_open]
    ways = [shapely.LineString(o.segment).buffer(0.35, cap_style="flat") for o in inner]
    walls = shapely.union_all([room.polygon.exterior for room in house.rooms]).difference(shapely.union_all(ways))
    found: list[Pose] = []
    while len(found) < count:
        room = house.rooms[int(random.integers(len(house.rooms)))]
        west, south, east, north = room.polygon.bounds
        place = np.array([random.uniform(west, east), random.uniform(south, north)])
        kind = len(found) % 3
        if kind == 1 and inner:
            ends = np.asarray(inner[int(random.integers(len(inner)))].segment)
            place = ends[0] + random.uniform(0.05, 0.95) * (ends[1] - ends[0]) + random.normal(0, 0.15, 2)
        elif kind == 2:
            ring = room.polygon.buffer(-float(random.uniform(_CLEAR, 0.2))).exterior
            place = np.asarray(ring.interpolate(float(random.uniform()), normalized=True).coords[0])
        yaw, pitch = float(random.uniform(-180, 180)), float(random.uniform(-60, 60))
        position = (float(place[0]), float(place[1]), float(random.uniform(0.1, 2.2)))
        indoors = any(room.polygon.distance(shapely.Point(place)) < 0.3 for room in house.rooms)
        if indoors and walls.distance(shapely.Point(place)) > _CLEAR:
            found.append(Pose(position, yaw, pitch))
    return found


@pytest.fixture(scope="module")
def gl() -> Iterator[GlRenderer]:
    try:
        renderer = GlRenderer()
    except GlUnavailable as error:
        (pytest.fail if "CI" in os.environ else pytest.skip)(str(error))
    yield renderer
    renderer.close()


def assert_same_with_portals(gl: GlRenderer, house: House, count: int) -> None:
    shape = shape_house(house)
    mesh = build_house_mesh(house, shape, plain_light(house, shape, Look.standard(house)))
    views = [(pose, (CAMERA, WIDE)[k % 2]) for k, pose in enumerate(poses(house, count))]
    gl.load(dataclasses.replace(mesh, portals=_NoPortals(house)))
    everything = [gl.render(*view) for view in views]
    gl.load(mesh)
    for view, expected in zip(views, everything, strict=True):
        frame = gl.render(*view)
        assert np.abs(frame.depth - expected.depth).max() < 1e-3, view
        # Where two surfaces meet at one depth, the one that is drawn first is seen.
        assert (frame.instance_ids != expected.instance_ids).sum() <= 2, view
        assert (frame.rgb != expected.rgb).any(-1).sum() <= 4, view


@pytest.mark.parametrize("make", [make_house, row_of_rooms, ring_of_rooms, thick_walls])
def test_nothing_is_missing_in_houses_of_all_sorts(gl: GlRenderer, make: Callable[[], House]) -> None:
    assert_same_with_portals(gl, opened(make()), 240)


@pytest.mark.slow
def test_nothing_is_missing_in_procthor_houses(gl: GlRenderer) -> None:
    for _, house in itertools.islice(procthor_houses(), 3):
        assert_same_with_portals(gl, opened(house), 120)


def visible(house: House, pose: Pose, camera: Camera = CAMERA) -> set[str]:
    turn = np.eye(4)
    turn[:3, :3] = pose.world_from_camera()[:3, :3].T
    seen = Portals(house).visible_rooms(projection(camera) @ turn, np.asarray(pose.position))
    return {room.room_id for room, is_seen in zip(house.rooms, seen, strict=True) if is_seen}


def test_rooms_behind_walls_and_shut_doors_are_left_out() -> None:
    house = row_of_rooms()
    for yaw, expected in ((0.0, {0, 1, 2, 3}), (90.0, {0}), (180.0, {0}), (-90.0, {0})):
        assert visible(house, Pose((1.5, 1.5, 1.5), yaw)) == {f"room|{k}" for k in expected}
    shut = dataclasses.replace(house.openings[1], is_open=False)
    house = dataclasses.replace(house, openings=(house.openings[0], shut, *house.openings[2:]))
    assert visible(house, Pose((1.5, 1.5, 1.5), 0.0)) == {"room|0", "room|1"}
    # Past the corner: through the passage, not through the wall.
    assert visible(house, Pose((14.0, 1.0, 1.5), 90.0)) == {"room|3", "room|4"}
    assert "room|4" not in visible(house, Pose((14.0, 1.0, 1.5), -90.0))


def test_looking_up_or_down_closes_doors() -> None:
    house = row_of_rooms()
    narrow = Camera(40, 40, 30.0)
    assert visible(house, Pose((1.0, 1.5, 1.2), 0.0, -60.0), narrow) == {"room|0"}
    assert visible(house, Pose((1.0, 1.5, 1.2), 0.0, 60.0), narrow) == {"room|0"}


def test_rooms_in_a_ring_come_to_an_end() -> None:
    house = ring_of_rooms()
    for pose in poses(house, 300):
        assert house.room_at(*pose.position[:2]) in {*visible(house, pose), ""}


def test_a_camera_outside_sees_all_and_one_in_a_doorway_both_rooms() -> None:
    house = row_of_rooms()
    assert visible(house, Pose((-5.0, -5.0, 1.5), 0.0)) == {room.room_id for room in house.rooms}
    for yaw in range(-180, 180, 30):
        assert {"room|0", "room|1"} <= visible(house, Pose((4.0, 1.5, 1.5), float(yaw)))


def test_most_of_a_house_is_left_out_most_of_the_time() -> None:
    house = row_of_rooms()
    clear = [
        pose
        for pose in poses(house, 300)
        if all(shapely.Point(pose.position[:2]).distance(shapely.LineString(o.segment)) > 0.5 for o in house.openings)
    ]
    assert np.mean([len(visible(house, pose)) for pose in clear]) < 2.2
