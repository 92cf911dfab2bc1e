import numpy as np
import pytest
import shapely

from simsv_generation.scene import Opening
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.light.points import (
    CELL,
    FINE,
    Grid,
    Points,
    cell_points,
    cell_size,
    joined,
    smoothed,
    surface_grid,
    texel_points,
    unburied,
    vertex_points,
)
from simsv_generation.simulators.embedded.mesh import box, merge, polygon
from simsv_generation.simulators.embedded.solids import lathe
from simsv_generation.simulators.embedded.structure import floor_surface
from simsv_generation.simulators.embedded.subdivide import subdivided
from tests.factories import make_room
from tests.generation.simulators.light.rooms import bare_house

GREY = (0.5, 0.5, 0.5)
L_SHAPED = make_room([(0, 0), (4, 0), (4, 2), (2, 2), (2, 4), (0, 4)])
WINDOW = Opening("w", "window", ("room|1",), ((1.5, 0.0), (3.5, 0.0)), 0.8, 2.1, False)


def grid(rows: int, columns: int, valid: np.ndarray | None = None) -> Grid:
    import scipy.ndimage

    mask = np.ones((FINE * rows, FINE * columns), np.bool_) if valid is None else valid
    nearest = scipy.ndimage.distance_transform_edt(~mask, return_distances=False, return_indices=True)
    return Grid(rows, columns, mask, np.asarray(nearest, np.int64))


def test_texels_of_a_floor_are_valid_where_the_room_is() -> None:
    floor = floor_surface(L_SHAPED, GREY)
    found = surface_grid(floor, CELL)
    positions, normals = texel_points(floor, found)
    inside = shapely.contains_xy(L_SHAPED.polygon, positions[:, :2])
    assert (found.valid.ravel() == inside).all()
    assert positions[:, 2] == pytest.approx(0.006)
    assert (normals == (0, 0, 1)).all()
    # A quarter of the square around the L is missing.
    assert found.valid.mean() == pytest.approx(0.75, abs=0.02)
    assert found.rows == found.columns == round(4 / CELL)


def test_cells_never_lie_beyond_a_corner_of_the_room() -> None:
    floor = floor_surface(L_SHAPED, GREY)
    found = surface_grid(floor, CELL)
    positions, normals = cell_points(floor, found)
    assert positions.shape == normals.shape == (found.rows * found.columns, 3)
    assert shapely.contains_xy(L_SHAPED.polygon, positions[:, :2]).all()
    texels, _ = texel_points(floor, found)
    middles = texels.reshape(found.rows, FINE, found.columns, FINE, 3)[:, 1, :, 1].reshape(-1, 3)
    inside = shapely.contains_xy(L_SHAPED.polygon, middles[:, :2])
    assert (positions[inside] == middles[inside]).all()


def test_texels_in_the_hole_of_a_window_are_not_valid() -> None:
    _, shape = bare_house([make_room()], [WINDOW])
    (wall,) = (
        piece.surface
        for piece in shape.shell
        if piece.surface.axes[1, 2] == 1 and piece.surface.mesh.normals[0, 1] > 0.5
    )
    found = surface_grid(wall, CELL)
    x, _, z = texel_points(wall, found)[0].T
    in_hole = (x > 1.5) & (x < 3.5) & (z > 0.8) & (z < 2.1)
    assert (found.valid.ravel() == ~in_hole).all()


def test_filling_takes_the_nearest_valid_texel_and_averages_only_those() -> None:
    valid = np.ones((6, 6), np.bool_)
    valid[:, 3:] = False
    values = np.where(valid, 2.0, 99.0).astype(np.float32)[..., None].repeat(3, -1)
    found = grid(2, 2, valid)
    assert (found.filled(values) == 2.0).all()
    assert (found.averaged(values) == 2.0).all()
    assert found.averaged(values).shape == (2, 2, 3)
    assert found.blurred(values, 1.3) == pytest.approx(2.0, abs=1e-4)


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 7), (5, 4)])
def test_spreading_keeps_what_is_even_and_ignores_what_is_buried(rows: int, columns: int) -> None:
    cells = np.full((rows, columns, 3), 0.7, np.float32)
    buried = np.zeros((rows, columns), np.bool_)
    found = grid(rows, columns)
    assert found.spread(cells, buried) == pytest.approx(0.7, abs=1e-5)
    if rows * columns > 4:
        cells[0, :2], buried[0, :2] = 50.0, True
        assert found.spread(cells, buried) == pytest.approx(0.7, abs=1e-4)
    everything = found.spread(cells, np.ones_like(buried))
    assert everything.shape == (FINE * rows, FINE * columns, 3)
    assert not everything.any()


def test_texels_behind_something_are_left_out_unless_all_are() -> None:
    valid = np.ones((6, 6), np.bool_)
    valid[0] = False
    visible = np.ones((6, 6), np.bool_)
    visible[:, :2] = False
    values = np.where(valid & visible, 3.0, 50.0).astype(np.float32)[..., None].repeat(3, -1)
    found = grid(2, 2, valid).where(visible)
    assert (found.valid == (valid & visible)).all()
    assert (found.filled(values) == 3.0).all()
    whole = grid(2, 2, valid)
    assert whole.where(~valid) is whole


def test_spreading_follows_a_slope() -> None:
    cells = np.arange(20, dtype=np.float32)[None, :, None].repeat(10, 0).repeat(3, -1)
    fine = grid(10, 20).spread(cells, np.zeros((10, 20), np.bool_))
    expected = (np.arange(60) + 0.5) / FINE - 0.5
    assert fine[15, 15:45, 0] == pytest.approx(expected[15:45], abs=0.02)


def test_slivers_narrower_than_a_texel_have_a_grid() -> None:
    room = make_room([(0.0, 0.0), (4.0, 0.0), (4.0, 0.004), (0.0, 0.004)])
    found = surface_grid(floor_surface(room, GREY), CELL)
    assert found.rows == 1
    assert found.valid.any()


def test_large_houses_have_wider_cells() -> None:
    small = [floor_surface(make_room(), GREY)]
    assert cell_size(small) == CELL
    side = 80.0
    large = [floor_surface(make_room([(0, 0), (side, 0), (side, side), (0, side)]), GREY)]
    cell = cell_size(large)
    assert (side / cell * FINE) ** 2 == pytest.approx(220_000, rel=0.01)


def test_points_of_a_mesh_lie_in_front_of_it_and_look_as_it_does() -> None:
    mesh = subdivided(box((0.0, 0.0, 0.0), (1.0, 0.6, 0.4), GREY), 0.2)
    positions, normals, point = vertex_points(mesh)
    assert len(point) == len(mesh.positions)
    assert positions.dtype == normals.dtype == np.float32
    assert (normals[point] * mesh.normals).sum(1) == pytest.approx(1.0, abs=1e-6)
    offset = positions[point] - mesh.positions
    # In front of the face by the lift; along it no further than the vertices that share a point lie apart.
    assert (offset * mesh.normals).sum(1) == pytest.approx(0.006, abs=1e-5)
    assert np.abs(offset).max() < 0.06
    # A corner is lit from within its faces, where no neighbour touches it.
    outside = np.maximum(np.abs(positions - (0.5, 0.3, 0.2)) - (0.5, 0.3, 0.2), 0)
    assert (np.count_nonzero(outside > 1e-6, 1) == 1).all()


def test_near_vertices_that_look_the_same_way_share_a_point() -> None:
    cup = lathe([(0.03, 0.0), (0.04, 0.1)], GREY, sides=60)
    positions, _, point = vertex_points(cup)
    assert len(positions) < 0.5 * len(cup.positions)
    assert point.max() == len(positions) - 1
    sheet = merge(
        [polygon([(0, 0, 0), (0.01, 0, 0), (0, 0.01, 0)], GREY), polygon([(0, 0, 0), (0, 1, 0), (1, 0, 0)], GREY)]
    )
    _, normals, point = vertex_points(sheet)
    assert not set(point[:3]) & set(point[3:]), "both sides of a sheet are lit alike"
    assert set(np.rint(normals[:, 2])) == {-1.0, 1.0}


def test_empty_meshes_and_no_meshes_have_no_points() -> None:
    positions, normals, point = vertex_points(merge([]))
    assert positions.shape == normals.shape == (0, 3)
    assert point.shape == (0,)
    none = joined([])
    assert none.positions.shape == (0, 3)
    assert none.rooms.dtype == np.int32
    assert joined([(positions, normals, 3)]).rooms.shape == (0,)
    assert smoothed(np.zeros((0, 3), np.float32), merge([]), 2).shape == (0, 3)


def test_joined_points_remember_their_room() -> None:
    row = np.ones((2, 3), np.float32)
    assert joined([(row, row, 4), (row[:1], row[:1], 0)]).rooms.tolist() == [4, 4, 0]


def test_what_is_buried_takes_the_light_of_what_is_nearest_and_looks_its_way() -> None:
    positions = np.array([[0, 0, 0], [0.1, 0, 0], [0.3, 0, 0], [0.01, 0, 0]], np.float32)
    normals = np.array([[0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, -1]], np.float32)
    points = Points(positions, normals, np.zeros(4, np.int32))
    values = np.array([[9.0], [1.0], [2.0], [7.0]], np.float32).repeat(3, 1)
    buried = np.array([True, False, False, False])
    assert unburied(values, buried, points)[:, 0].tolist() == [1.0, 1.0, 2.0, 7.0]
    assert values[0, 0] == 9.0, "the argument was changed"
    for nobody in (np.zeros(4, np.bool_), np.ones(4, np.bool_)):
        assert (unburied(values, nobody, points) == values).all()


def test_smoothing_keeps_even_light_and_edges_between_faces() -> None:
    cube = subdivided(box((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), GREY), 0.15)
    assert smoothed(np.full((len(cube.positions), 3), 0.4), cube, 3) == pytest.approx(0.4)
    top = cube.normals[:, 2] > 0.5
    values = np.where(top[:, None], 5.0, 1.0).repeat(3, 1)
    assert smoothed(values, cube, 3) == pytest.approx(values)


def test_smoothing_takes_noise_away() -> None:
    sheet = subdivided(polygon([(0, 0, 0), (2, 0, 0), (2, 2, 0), (0, 2, 0)], GREY), 0.1)
    noise = rng(0, "test noise").normal(size=(len(sheet.positions), 3))
    after = smoothed(noise.astype(np.float32), sheet, 2)
    assert after.std() < 0.5 * noise.std()
    assert after.mean() == pytest.approx(noise.mean(), abs=0.02)


def test_vertices_of_one_place_come_out_alike_however_many_triangles_bring_their_own() -> None:
    apart = merge([polygon([(0, 0, 0), (1, 0, 0), (1, 1, 0)], GREY), polygon([(0, 0, 0), (1, 1, 0), (0, 1, 0)], GREY)])
    after = smoothed(rng(0, "test apart").random((6, 3), np.float32), apart, 1)
    assert after[0] == pytest.approx(after[3])
    assert after[2] == pytest.approx(after[4])
