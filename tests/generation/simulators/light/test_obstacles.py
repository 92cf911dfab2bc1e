import numpy as np
import pytest

from simsv_generation.simulators.embedded.light.obstacles import Obstacles, house_obstacles
from simsv_generation.simulators.embedded.light.points import CELL, surface_grid, vertex_points
from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, box, merge
from tests.factories import make_room
from tests.generation.simulators.light.rooms import bare_house

ROOM = make_room([(0, 0), (4, 0), (4, 2), (2, 2), (2, 4), (0, 4)])
SIZE: tuple[tuple[float, float, float], tuple[float, float, float]] = ((0.5, 0.5, 0.5), (1.0, 1.0, 1.0))


def obstacles_with(*things: Mesh, images: dict[str, tuple[float, float, float]] | None = None) -> Obstacles:
    _, shape = bare_house([ROOM])
    grids = [surface_grid(piece.surface, CELL) for piece in shape.shell]
    solids = merge(list(things))
    return house_obstacles(shape, grids, solids, vertex_points(solids)[2], images or {})


def through_the_box(found: Obstacles) -> bool:
    below, up = np.array([[0.75, 0.75, 0.1]], np.float32), np.array([[0.0, 0.0, 1.0]], np.float32)
    return not found.rays.blocked(below, up, np.array([1.5], np.float32))[0]


@pytest.mark.parametrize(("opacity", "is_clear"), [(1.0, False), (0.6, False), (0.4, True), (0.0, True)])
def test_only_glass_lets_light_through(opacity: float, is_clear: bool) -> None:
    found = obstacles_with(box(*SIZE, Finish((0.5, 0.5, 0.5), Material(opacity=opacity))))
    assert through_the_box(found) is is_clear
    assert len(found.corners) == (0 if is_clear else 12)
    assert len(found.albedo) == len(found.fronts) == len(found.emission) == len(found.cells) + len(found.corners)


def test_fronts_look_into_the_room_and_out_of_furniture() -> None:
    found = obstacles_with(box(*SIZE, (0.5, 0.5, 0.5)))
    shell = len(found.cells)
    down = found.fronts[:shell, 2] < -1e-6
    assert down.any()
    floors = found.fronts[:shell, 2] > 1e-6
    area = np.sqrt((found.fronts[:shell] ** 2).sum(1)) / 2
    assert area[floors].sum() == pytest.approx(ROOM.area, rel=1e-4)
    assert area[down].sum() == pytest.approx(ROOM.area, rel=1e-4)
    assert found.fronts[shell:].sum(0) == pytest.approx(np.zeros(3), abs=1e-6)


def test_images_colour_what_is_thrown_back_and_nothing_throws_back_all() -> None:
    finish = Finish((0.5, 1.0, 1.0), Material("image:cloth"))
    found = obstacles_with(box(*SIZE, finish), images={"cloth": (0.4, 0.5, 1.0)})
    assert found.albedo[-1] == pytest.approx((0.2, 0.5, 0.9))
    unknown = obstacles_with(box(*SIZE, finish))
    assert unknown.albedo[-1] == pytest.approx((0.5, 0.9, 0.9))


def test_shades_shine_in_their_colour() -> None:
    found = obstacles_with(box(*SIZE, Finish((0.5, 0.2, 0.1), Material(emission=2.0))))
    assert found.emission[-12:] == pytest.approx(np.tile((1.0, 0.4, 0.2), (12, 1)))
    assert not found.emission[:-12].any()


def test_triangles_throw_back_the_light_of_the_cell_they_lie_in() -> None:
    _, shape = bare_house([ROOM], albedo=0.5)
    found = obstacles_with()
    grids = [surface_grid(piece.surface, CELL) for piece in shape.shell]
    first = 0
    on_cells = []
    for piece, grid in zip(shape.shell, grids, strict=True):
        rows, columns = np.divmod(np.arange(grid.rows * grid.columns), grid.columns)
        u = (columns + 0.5) / grid.columns * piece.surface.size[0]
        v = (rows + 0.5) / grid.rows * piece.surface.size[1]
        on_cells.append(
            np.asarray(piece.surface.origin) + u[:, None] * piece.surface.axes[0] + v[:, None] * piece.surface.axes[1]
        )
        first += len(rows)
    middles = np.concatenate(on_cells).astype(np.float32)
    # With the place of every cell as its light, each triangle gives back half of where it is.
    leaving = found.thrown_back(middles, np.zeros((0, 3), np.float32))
    ways = [np.arange(0, 4.01, 0.2)] * 2
    x, y = (values.ravel().astype(np.float32) for values in np.meshgrid(*ways))
    hits = found.rays.hits(
        np.column_stack([x, y, np.full_like(x, 1.0)]), np.tile(np.array((0, 0, -1), np.float32), (len(x), 1))
    )
    inside = hits >= 0
    assert inside.sum() > 200
    assert np.abs(2 * leaving[hits[inside], 0] - x[inside]).max() < 0.4
    assert np.abs(2 * leaving[hits[inside], 1] - y[inside]).max() < 0.4


def test_furniture_throws_back_the_mean_of_its_corners() -> None:
    thing = box(*SIZE, (0.5, 0.5, 0.5))
    found = obstacles_with(thing)
    points = vertex_points(thing)[2]
    light = np.arange(3 * (points.max() + 1), dtype=np.float32).reshape(-1, 3)
    cells = np.zeros((int(found.cells.max()) + 1, 3), np.float32)
    leaving = found.thrown_back(cells, light)
    assert not leaving[:-12].any()
    assert leaving[-12:] == pytest.approx(0.5 * light[points[thing.triangles]].mean(1))
