import dataclasses

import numpy as np
import pytest

from simsv_generation.geometry import Floats, OrientedBox
from simsv_generation.look import Look
from simsv_generation.scene import SceneObject
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.light import reflections
from simsv_generation.simulators.embedded.light.rays import Rays
from simsv_generation.simulators.embedded.light.reflections import SIDE, octahedral, surroundings, viewpoint
from simsv_generation.simulators.embedded.light.sky import sky_light, sky_of
from simsv_generation.simulators.embedded.mesh import box
from simsv_generation.simulators.embedded.shading import OUTDOORS
from tests.factories import make_house, make_room


def directions(count: int) -> Floats:
    found = rng(0, "test directions").normal(size=(count, 3))
    return np.asarray(found / np.sqrt((found**2).sum(1))[:, None])


def inside_out_box() -> tuple[Rays, Floats]:
    """A room of 4 m about the origin, and the outward normals of its triangles."""
    room = box((-2.0, -2.0, -2.0), (2.0, 2.0, 2.0), (0.5, 0.5, 0.5))
    return Rays(room.positions[room.triangles][:, ::-1].astype(np.float32)), room.normals[room.triangles[:, 0]]


def test_every_texel_is_found_by_its_direction() -> None:
    every = reflections._directions(SIDE)
    assert (every**2).sum(1) == pytest.approx(1.0)
    at = octahedral(every.astype(np.float32)) * SIDE
    columns, rows = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    assert at[:, 0] == pytest.approx(columns.ravel() + 0.5, abs=1e-3)
    assert at[:, 1] == pytest.approx(rows.ravel() + 0.5, abs=1e-3)


def test_any_direction_lies_in_the_square_whatever_its_length() -> None:
    ways = directions(1000)
    at = octahedral(ways.astype(np.float32))
    assert at.min() >= 0
    assert at.max() <= 1
    assert octahedral((7.5 * ways).astype(np.float32)) == pytest.approx(at, abs=1e-6)
    nearest = np.clip((at * SIDE).astype(np.int64), 0, SIDE - 1)
    texel = reflections._directions(SIDE)[nearest[:, 1] * SIDE + nearest[:, 0]]
    assert ((texel * ways).sum(1) > np.cos(np.radians(4))).all()
    assert octahedral(np.array([[0, 0, 1], [0, 0, -1]], np.float32)).tolist() == [[0.5, 0.5], [1.0, 1.0]]


def test_what_is_seen_is_the_wall_in_every_direction() -> None:
    rays, normals = inside_out_box()
    seen = surroundings(np.zeros(3), rays, (normals + 1).astype(np.float32), sky_of(Look(0.0, 40.0, 0.0, ())))
    assert seen.shape == (2, SIDE, SIDE, 3)
    ways = reflections._directions(SIDE)
    axis = np.abs(ways).argmax(1)
    clear = np.sort(np.abs(ways), 1)[:, 2] - np.sort(np.abs(ways), 1)[:, 1] > 0.01
    expected = 1 + np.sign(ways[np.arange(len(ways)), axis])[:, None] * np.eye(3)[axis]
    assert seen[0].reshape(-1, 3)[clear] == pytest.approx(expected[clear])


def test_where_there_is_no_wall_there_is_the_sky_as_the_window_shows_it() -> None:
    nothing = Rays(np.full((1, 3, 3), 1e3, np.float32) + np.eye(3, dtype=np.float32))
    sky = sky_of(Look(0.0, 40.0, 0.0, ()))
    seen = surroundings(np.zeros(3), nothing, np.full((1, 3), np.nan, np.float32), sky)
    expected = OUTDOORS * sky_light(sky, reflections._directions(SIDE))
    assert seen[0].reshape(-1, 3) == pytest.approx(np.minimum(expected, reflections._BRIGHTEST))


def test_blurring_keeps_what_is_even_and_its_mean_is_over_the_sphere() -> None:
    rays, _ = inside_out_box()
    sky = sky_of(Look(0.0, 40.0, 0.0, ()))
    even = surroundings(np.zeros(3), rays, np.full((12, 3), 0.6, np.float32), sky)
    assert even == pytest.approx(0.6, abs=1e-5)
    # The blurred value is the integral of the lobe over directions, not over texels: try it with many directions.
    ways = directions(200_000)
    at = np.clip((octahedral(ways.astype(np.float32)) * SIDE).astype(np.int64), 0, SIDE - 1)
    light = rng(0, "test sphere").random((SIDE * SIDE, 3)) * np.linspace(0, 2, SIDE * SIDE)[:, None]
    each = light[at[:, 1] * SIDE + at[:, 0]]
    blurred = reflections._blurred(light)
    for row, column in ((20, 20), (32, 32), (2, 40), (60, 61), (45, 10)):
        middle = reflections._directions(SIDE).reshape(SIDE, SIDE, 3)[row, column]
        weight = np.maximum(ways @ middle, 0) ** 60
        expected = (weight[:, None] * each).sum(0) / weight.sum()
        assert blurred[row, column] == pytest.approx(expected, rel=0.1)


def test_texels_count_as_much_as_they_cover_of_the_sphere() -> None:
    ways = directions(1_000_000)
    at = np.clip((octahedral(ways.astype(np.float32)) * SIDE).astype(np.int64), 0, SIDE - 1)
    covered = np.bincount(at[:, 1] * SIDE + at[:, 0], minlength=SIDE * SIDE)
    for row in (0, 300, 528, 1000):
        middle = reflections._directions(SIDE // 2)[row]
        lobe = np.maximum(reflections._directions(SIDE) @ middle, 0) ** 60
        near = lobe > 0.2
        share = reflections._blur()[row][near] / lobe[near]
        # Means over the denser and the rarer half are steadier than single texels.
        dense = share > np.median(share)
        expected = covered[near][dense].mean() / covered[near][~dense].mean()
        assert share[dense].mean() / share[~dense].mean() == pytest.approx(expected, rel=0.05)


def test_the_viewpoint_is_in_the_open() -> None:
    thing = SceneObject("t", "table", OrientedBox.upright((2.5, 2.0, 1.0), (1.6, 1.6, 2.0), 0.0), "room|1")
    room = make_room()
    empty = make_house([room], (), ())
    furnished = dataclasses.replace(empty, objects=(thing,))
    assert viewpoint(room, empty) == pytest.approx((2.5, 2.0, 1.3), abs=0.6)
    eye = viewpoint(room, furnished)
    assert thing.box.point_distance(eye) > 0.5
    assert min(eye[0], 5 - eye[0], eye[1], 4 - eye[1]) > 0.5
    assert (viewpoint(room, furnished) == eye).all()


@pytest.mark.parametrize(
    "outline",
    [
        [(0, 0), (4, 0), (4, 0.05), (0, 0.05)],
        [(0, 0), (9, 0), (9, 1), (1, 1), (1, 9), (0, 9)],
        [(-7, -7), (-6, -7), (-6.5, -6)],
    ],
)
def test_viewpoints_lie_in_rooms_of_any_shape(outline: list[tuple[float, float]]) -> None:
    room = make_room(outline, ceiling_height=1.0)
    house = make_house([room], (), ())
    x, y, z = viewpoint(room, house)
    assert house.room_at(x, y)
    assert z == 0.5
