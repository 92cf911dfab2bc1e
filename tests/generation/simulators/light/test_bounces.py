import numpy as np
import pytest

from simsv_generation.scene import Room
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.light.bounces import gathered, openness, seen_from
from simsv_generation.simulators.embedded.light.direct import Lamp, direct_light
from simsv_generation.simulators.embedded.light.obstacles import house_obstacles
from simsv_generation.simulators.embedded.light.points import (
    CELL,
    FINE,
    Points,
    cell_points,
    joined,
    surface_grid,
    texel_points,
)
from simsv_generation.simulators.embedded.light.rays import Rays, Singles
from simsv_generation.simulators.embedded.light.sky import sky_of
from simsv_generation.simulators.embedded.mesh import Mesh, box, merge
from tests.factories import make_room
from tests.generation.simulators.light.rooms import NIGHT, bare_house

CUBE = make_room([(0, 0), (3, 0), (3, 3), (0, 3)], ceiling_height=3.0)
L_SHAPED = make_room([(0, 0), (4, 0), (4, 2), (2, 2), (2, 4), (0, 4)], ceiling_height=2.4)
UP = np.array([[0.0, 0.0, 1.0]], np.float32)


def corners_of(mesh: Mesh) -> Singles:
    return mesh.positions[mesh.triangles].astype(np.float32)


def fronts_of(corners: Singles) -> Singles:
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def turns(count: int) -> Singles:
    return rng(0, "test turns").random(count, np.float32)


@pytest.mark.parametrize("room", [CUBE, L_SHAPED], ids=["cube", "L"])
@pytest.mark.parametrize("albedo", [0.2, 0.5, 0.8])
def test_light_in_a_closed_room_grows_by_the_albedo_with_every_bounce(room: Room, albedo: float) -> None:
    """Flux is kept: the mean of what falls on the walls after a bounce is the albedo times the mean before it."""
    _, shape = bare_house([room], albedo=albedo)
    grids = [surface_grid(piece.surface, CELL) for piece in shape.shell]
    texels, cells = (
        joined([(*points(piece.surface, grid), 0) for piece, grid in zip(shape.shell, grids, strict=True)])
        for points in (texel_points, cell_points)
    )
    obstacles = house_obstacles(shape, grids, merge([]), np.zeros(0, np.int64), {})
    lamp = Lamp(np.array([1.0, 1.0, 2.0]), 0.1, (3.0, 2.0, 1.0), False, (0,))
    jitter = rng(0, "test furnace").random((len(texels.positions), 2), np.float32)
    direct, _ = direct_light(texels, obstacles.rays, [], [lamp], sky_of(NIGHT), jitter)
    sizes = [(FINE * grid.rows, FINE * grid.columns, 3) for grid in grids]
    maps = np.split(direct, np.cumsum([rows * columns for rows, columns, _ in sizes])[:-1])
    falling = np.concatenate(
        [grid.averaged(m.reshape(size)).reshape(-1, 3) for grid, m, size in zip(grids, maps, sizes, strict=True)]
    )
    # Every cell stands for the part of its surface that lies in the room.
    weights = np.concatenate(
        [
            (
                grid.valid.reshape(grid.rows, FINE, grid.columns, FINE).mean((1, 3))
                * np.prod(piece.surface.size)
                / (grid.rows * grid.columns)
            ).ravel()
            for piece, grid in zip(shape.shell, grids, strict=True)
        ]
    )[:, None]
    seen, buried = seen_from(cells, obstacles.rays, obstacles.fronts, 64, turns(len(cells.positions)))
    assert not buried.any()
    assert (seen >= 0).mean() > 0.9999, "a ray left a closed room"
    first = (falling * weights).sum(0) / weights.sum()
    total, expected = falling, first.copy()
    for bounce in range(1, 4):
        total = falling + gathered(seen, obstacles.thrown_back(total, np.zeros((0, 3), np.float32)))
        expected = expected + first * albedo**bounce
        assert (total * weights).sum(0) / weights.sum() == pytest.approx(expected, rel=0.02)


def test_even_light_from_all_sides_falls_as_it_comes() -> None:
    shell = box((-2.0, -2.0, -2.0), (2.0, 2.0, 2.0), (0.5, 0.5, 0.5))
    inside_out = corners_of(shell)[:, ::-1]
    random = rng(0, "test even")
    normals = random.normal(size=(50, 3)).astype(np.float32)
    normals /= np.sqrt((normals**2).sum(1))[:, None]
    points = Points(random.uniform(-1, 1, (50, 3)).astype(np.float32), normals, np.zeros(50, np.int32))
    seen, buried = seen_from(points, Rays(inside_out), fronts_of(inside_out), 32, turns(50))
    light = gathered(seen, np.full((12, 3), 0.7, np.float32))
    assert light == pytest.approx(0.7, abs=1e-6)
    assert not buried.any()


@pytest.mark.parametrize("height", [0.5, 1.0, 3.0])
def test_light_of_a_square_above_is_its_form_factor(height: float) -> None:
    panel = box((-1.0, -1.0, height), (1.0, 1.0, height + 0.01), (0.5, 0.5, 0.5))
    corners = corners_of(panel)
    points = Points(np.zeros((400, 3), np.float32), UP.repeat(400, 0), np.zeros(400, np.int32))
    seen, _ = seen_from(points, Rays(corners), fronts_of(corners), 64, turns(400))
    # Four times a corner's: J. Howell, "A catalog of radiation configuration factors", B-4.
    a = 1 / height
    root = np.sqrt(1 + a * a)
    expected = 4 / (2 * np.pi) * 2 * a / root * np.arctan(a / root)
    assert gathered(seen, np.ones((12, 3), np.float32)).mean() == pytest.approx(expected, rel=0.02)


def test_a_point_within_a_box_is_buried_and_one_on_it_is_not() -> None:
    corners = corners_of(box((-0.5, -0.5, 0.0), (0.5, 0.5, 1.0), (0.5, 0.5, 0.5)))
    positions = np.array([[0, 0, 0.5], [0, 0, 1.01], [2, 0, 0.5], [0, 0, 0.01]], np.float32)
    points = Points(positions, UP.repeat(4, 0), np.zeros(4, np.int32))
    seen, buried = seen_from(points, Rays(corners), fronts_of(corners), 32, turns(4))
    assert buried.tolist() == [True, False, False, True]
    assert (seen[[0, 3]] == -1).all(), "light came from the back of a surface"


@pytest.mark.parametrize("height", [0.05, 0.2, 0.39, 0.41, 2.0])
def test_openness_is_the_share_that_a_near_board_leaves(height: float) -> None:
    board = Rays(corners_of(box((-9.0, -9.0, height), (9.0, 9.0, height + 0.01), (0.5, 0.5, 0.5))))
    points = Points(np.zeros((200, 3), np.float32), UP.repeat(200, 0), np.zeros(200, np.int32))
    # Rays at an angle t to the normal meet the board after height / cos(t); as they are as dense as cos(t), the share
    # of those that are blocked within 0.4 m is 1 - (height / 0.4) ** 2.
    expected = min((height / 0.4) ** 2, 1.0)
    assert openness(points, board, 48, turns(200)).mean() == pytest.approx(expected, abs=0.03)


def test_nothing_is_seen_from_nowhere() -> None:
    corners = corners_of(box((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (0.5, 0.5, 0.5)))
    none = Points(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32), np.zeros(0, np.int32))
    seen, buried = seen_from(none, Rays(corners), fronts_of(corners), 8, turns(0))
    assert seen.shape == (0, 8)
    assert buried.shape == (0,)
    assert gathered(seen, np.ones((12, 3), np.float32)).shape == (0, 3)
