import numpy as np
import pytest

from simsv_generation.geometry import Floats, Vec3
from simsv_generation.look import Look
from simsv_generation.scene import Opening
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.light.direct import Lamp, Window, direct_light
from simsv_generation.simulators.embedded.light.points import Points
from simsv_generation.simulators.embedded.light.rays import Rays
from simsv_generation.simulators.embedded.light.sky import Sky, sky_light, sky_of
from simsv_generation.simulators.embedded.mesh import Mesh, box
from tests.factories import make_room
from tests.generation.simulators.light.rooms import NIGHT, bare_house, shell_rays, texels

FAR_OFF = Rays(np.full((1, 3, 3), 1e3, np.float32) + np.eye(3, dtype=np.float32))
"""A world in which nothing is in the way."""
DAY = sky_of(Look(-90.0, 45.0, 0.0, ()))
SOUTH = Window(
    np.array([-1.0, 0.0, 0.8]), np.array([2.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.3]), np.array([0.0, 1.0, 0.0]), (0,)
)


def at(position: Vec3, normal: Vec3, count: int = 1, room: int = 0) -> Points:
    """The same point again and again."""
    direction = np.asarray(normal) / np.sqrt(np.dot(normal, normal))
    return Points(
        np.tile(np.array(position, np.float32), (count, 1)),
        np.tile(direction.astype(np.float32), (count, 1)),
        np.full(count, room, "i4"),
    )


def lit(points: Points, rays: Rays, *lights: Window | Lamp, sky: Sky = DAY) -> tuple[Floats, Floats]:
    jitter = rng(0, "test jitter").random((len(points.positions), 2), np.float32)
    windows = [light for light in lights if isinstance(light, Window)]
    lamps = [light for light in lights if isinstance(light, Lamp)]
    soft, sun = direct_light(points, rays, windows, lamps, sky, jitter)
    return soft.astype(np.float64), sun.astype(np.float64)


def rays_of(*meshes: Mesh) -> Rays:
    return Rays(np.concatenate([mesh.positions[mesh.triangles] for mesh in meshes]).astype(np.float32))


@pytest.mark.parametrize(
    ("position", "normal"),
    [
        ((0.3, 1.0, 0.0), (0.0, 0.0, 1.0)),
        ((0.0, 2.5, 1.2), (0.0, -1.0, 0.0)),
        ((1.9, 1.4, 1.0), (-1.0, 0.0, 0.0)),
        ((-0.5, 4.5, 0.0), (0.0, 0.0, 1.0)),
        ((0.4, 1.5, 2.4), (0.0, 0.0, -1.0)),
        ((0.0, 6.0, 1.0), (0.3, -0.8, 0.4)),
    ],
)
def test_window_light_is_the_integral_of_the_sky_over_the_pane(position: Vec3, normal: Vec3) -> None:
    unit = np.asarray(normal) / np.sqrt(np.dot(normal, normal))
    share = (np.arange(200) + 0.5) / 200
    pane = SOUTH.corner + share[:, None, None] * SOUTH.width + share[:, None] * SOUTH.height
    toward = pane.reshape(-1, 3) - position
    square = (toward**2).sum(1)
    toward /= np.sqrt(square)[:, None]
    weight = np.maximum(toward @ unit, 0) * np.maximum(-toward @ SOUTH.inward, 0) / square * (2.0 * 1.3 / 40_000)
    expected = (weight[:, None] * sky_light(DAY, toward)).sum(0) / np.pi
    points = at(position, normal, 1500)
    light, _ = lit(points, FAR_OFF, SOUTH)
    assert light.mean(0) == pytest.approx(expected, rel=0.02)


def test_a_window_lights_nothing_behind_it_facing_away_or_in_other_rooms() -> None:
    for points in (
        at((0.0, -1.0, 1.0), (0.0, 1.0, 0.0)),
        at((0.0, 2.0, 1.0), (0.0, 1.0, 0.0)),
        at((0.0, 2.0, 1.0), (0.0, -1.0, 0.0), room=1),
    ):
        assert not lit(points, FAR_OFF, SOUTH)[0].any()


def test_a_screen_takes_the_light_of_the_part_of_a_window_that_it_covers() -> None:
    points = at((0.0, 2.0, 1.45), (0.0, -1.0, 0.0), 2000)
    open_, _ = lit(points, FAR_OFF, SOUTH)
    screen = box((-3.0, 0.5, -1.0), (0.0, 0.52, 4.0), (0.5, 0.5, 0.5))
    half, _ = lit(points, rays_of(screen), SOUTH)
    assert half.mean() == pytest.approx(0.5 * open_.mean(), rel=0.05)
    wall = box((-3.0, 0.5, -1.0), (3.0, 0.52, 4.0), (0.5, 0.5, 0.5))
    assert not lit(points, rays_of(wall), SOUTH)[0].any()


@pytest.mark.parametrize("is_disc", [True, False])
@pytest.mark.parametrize("radius", [0.01, 0.15])
@pytest.mark.parametrize("distance", [0.7, 1.0, 2.0, 5.0])
def test_lamps_keep_the_inverse_square_law(distance: float, radius: float, is_disc: bool) -> None:
    lamp = Lamp(np.array([0.0, 0.0, distance]), radius, (0.6, 0.4, 0.2), is_disc, (0,))
    light, _ = lit(at((0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 400), FAR_OFF, lamp)
    assert light.mean(0) * distance**2 == pytest.approx(lamp.power, rel=0.06)


@pytest.mark.parametrize("angle", [0.0, 30.0, 60.0, 85.0])
def test_lamps_keep_the_cosine_law(angle: float) -> None:
    lamp = Lamp(np.array([0.0, 0.0, 2.0]), 0.01, (1.0, 1.0, 1.0), False, (0,))
    normal = (float(np.sin(np.radians(angle))), 0.0, float(np.cos(np.radians(angle))))
    light, _ = lit(at((0.0, 0.0, 0.0), normal, 200), FAR_OFF, lamp)
    assert light.mean() == pytest.approx(np.cos(np.radians(angle)) / 4, abs=2e-3)


def test_a_disc_shines_down_and_a_ball_to_all_sides() -> None:
    ways: tuple[Vec3, ...] = ((0.0, 0.0, -1.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0))
    for is_disc, expected in ((True, (1.0, 0.25, 0.25)), (False, (1.0, 1.0, 1.0))):
        lamp = Lamp(np.zeros(3), 0.01, (1.0, 1.0, 1.0), is_disc, (0,))
        for way, share in zip(ways, expected, strict=True):
            light, _ = lit(at(way, (-way[0], -way[1], -way[2]), 50), FAR_OFF, lamp)
            assert light.mean() == pytest.approx(share, rel=0.02)


def test_a_lamp_in_its_shade_shines_out_of_it_but_not_through_walls() -> None:
    lamp = Lamp(np.array([0.0, 0.0, 1.0]), 0.15, (1.0, 1.0, 1.0), False, (0,))
    shade = box((-0.1, -0.1, 0.9), (0.1, 0.1, 1.1), (0.9, 0.9, 0.9))
    points = at((2.0, 0.0, 1.0), (-1.0, 0.0, 0.0), 200)
    assert lit(points, rays_of(shade), lamp)[0].mean() == pytest.approx(0.25, rel=0.05)
    wall = box((1.0, -2.0, -2.0), (1.1, 2.0, 4.0), (0.5, 0.5, 0.5))
    assert not lit(points, rays_of(shade, wall), lamp)[0].any()


def test_a_point_closer_to_a_wide_lamp_than_its_radius_still_sees_its_edge() -> None:
    # The surface looks a little away from the middle of the disc, and still at its far half.
    lamp = Lamp(np.array([0.0, 0.0, 0.1]), 0.3, (1.0, 1.0, 1.0), False, (0,))
    light, _ = lit(at((0.0, 0.0, 0.0), (1.0, 0.0, -0.2), 400), FAR_OFF, lamp)
    assert light.mean() > 0.1


def test_a_board_hides_the_lamp_above_it_from_what_is_below() -> None:
    board = box((-1.0, -1.0, 1.0), (1.0, 1.0, 1.02), (0.5, 0.5, 0.5))
    lamp = Lamp(np.array([0.0, 0.0, 2.0]), 1e-3, (1.0, 1.0, 1.0), False, (0,))
    # Seen from 2 m the board's shadow ends 2 m from its middle; its own top is lit.
    for position, is_lit in (((0, 0, 0), False), ((1.9, 0, 0), False), ((2.1, 0, 0), True), ((0, 0, 1.03), True)):
        light, _ = lit(at(position, (0.0, 0.0, 1.0)), rays_of(board), lamp)
        assert (light > 0).all() == light.any() == is_lit


def test_wide_lamps_throw_soft_shadows() -> None:
    board = box((-1.0, -1.0, 1.0), (1.0, 1.0, 1.001), (0.5, 0.5, 0.5))
    lamp = Lamp(np.array([0.0, 0.0, 2.0]), 0.3, (1.0, 1.0, 1.0), False, (0,))
    free, shaded = [], []
    for x in np.arange(1.0, 3.0, 0.1):
        points = at((float(x), 0.0, 0.0), (0.0, 0.0, 1.0), 200)
        free.append(lit(points, FAR_OFF, lamp)[0].mean())
        shaded.append(lit(points, rays_of(board), lamp)[0].mean())
    share = np.array(shaded) / np.array(free)
    # By similar triangles the half shadow reaches 0.3 m to both sides of the edge at 2 m.
    assert share[:6] == pytest.approx(0.0, abs=1e-6)
    assert (np.diff(share) > -0.02).all()
    assert 0.2 < share[10] < 0.8
    assert share[14:] == pytest.approx(1.0)


@pytest.mark.parametrize(("azimuth", "elevation"), [(-90.0, 45.0), (-60.0, 35.0), (-120.0, 62.0), (-75.0, 20.0)])
def test_sun_patches_lie_where_the_window_hole_lets_the_sun_in(azimuth: float, elevation: float) -> None:
    hole = Opening("w", "window", ("room|1",), ((1.5, 0.0), (3.5, 0.0)), 0.8, 2.1, False)
    _, shape = bare_house([make_room()], [hole])
    sky = sky_of(Look(azimuth, elevation, 0.0, ()))
    toward = np.asarray(sky.toward_sun)
    for piece in shape.shell:
        points = texels(piece)
        _, sun = lit(points, shell_rays(shape), sky=sky)
        facing = points.normals.astype(np.float64) @ toward
        steps = points.positions[:, 1] / -toward[1]
        x, z = (points.positions[:, axis] + steps * toward[axis] for axis in (0, 2))
        inside = np.minimum.reduce([x - 1.5, 3.5 - x, z - 0.8, 2.1 - z])
        # The sun's disc makes the edge half a metre times its tangent soft for every half metre of way.
        edge = 0.013 * steps / min(np.cos(np.radians(elevation)), np.sin(np.radians(elevation))) + 1e-3
        lit_fully, dark = (inside > edge) & (facing > 0.02), (inside < -edge) | (facing <= 0)
        assert sun[lit_fully] == pytest.approx(facing[lit_fully, None] * np.asarray(sky.sun), rel=1e-4)
        assert not sun[dark].any()
        assert (lit_fully | dark).mean() > 0.85
        if piece.instance == "room|1|wall" and points.normals[0, 2] == 1:
            assert lit_fully.any(), "no patch on the floor"


def test_the_sun_may_stand_in_the_zenith_and_below_the_horizon() -> None:
    ground = at((0.0, 0.0, 0.0), (0.0, 0.0, 1.0))
    zenith = sky_of(Look(0.0, 90.0, 0.0, ()))
    assert lit(ground, FAR_OFF, sky=zenith)[1][0] == pytest.approx(zenith.sun, rel=1e-3)
    assert not lit(ground, FAR_OFF, sky=sky_of(NIGHT))[1].any()


def test_no_points() -> None:
    none = Points(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32), np.zeros(0, np.int32))
    lamp = Lamp(np.zeros(3), 0.1, (1.0, 1.0, 1.0), True, (0,))
    soft, sun = lit(none, FAR_OFF, SOUTH, lamp)
    assert soft.shape == sun.shape == (0, 3)
