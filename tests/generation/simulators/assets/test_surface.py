import numpy as np
import pytest

from simsv_generation.simulators.embedded.assets.surface import (
    Surface,
    corner_normals,
    facing_outwards,
    simplified,
    welded,
)

CORNERS = np.array([(x, y, z) for x in (-1.0, 1) for y in (-1.0, 1) for z in (-1.0, 1)])
QUADS = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
CUBE = np.array([t for a, b, c, d in QUADS for t in ((a, b, c), (a, c, d))])


def surface(positions, triangles, material_ids=None):
    count = len(triangles)
    ids = np.zeros(count, np.int64) if material_ids is None else np.asarray(material_ids)
    return Surface(np.asarray(positions, float), np.asarray(triangles), np.zeros((count, 3, 2)), ids)


def outwards(one, centre=(0, 0, 0)):
    middles = one.positions[one.triangles].mean(1) - centre
    return (one.face_normals() * middles).sum(1)


def test_loose_triangles_are_welded_and_doubled_ones_go():
    loose = CORNERS[CUBE].reshape(-1, 3) + 1e-6
    doubled = np.concatenate([loose, loose[::-1]])
    one = welded(surface(doubled, np.arange(len(doubled)).reshape(-1, 3)))
    assert len(one.triangles) == 12
    assert len(np.unique(one.triangles)) == 8


def test_triangles_without_an_area_go():
    flat = [(0, 0, 0), (1, 0, 0), (2, 0, 0), (0, 1, 0)]
    assert len(welded(surface(flat, [(0, 1, 2), (0, 0, 1), (0, 1, 3)])).triangles) == 1


def test_of_two_faces_in_one_place_the_first_stays():
    one = welded(surface(CORNERS, [(0, 1, 3), (3, 1, 0)], [7, 8]))
    assert one.material_ids.tolist() == [7]


@pytest.mark.parametrize("seed", range(4))
def test_faces_of_a_solid_turn_outwards_whatever_way_they_were(seed):
    flip = (np.arange(12) * (seed + 3)) % 5 < seed
    triangles = np.where(flip[:, None], CUBE[:, ::-1], CUBE)
    one, is_open = facing_outwards(surface(CORNERS, triangles))
    assert (outwards(one) > 0).all()
    assert not is_open.any()


def test_a_box_without_a_lid_is_open_and_turns_its_outside_out():
    open_box = CUBE[:10][:, ::-1]
    one, is_open = facing_outwards(surface(CORNERS, open_box))
    assert (outwards(one) > 0).all()
    assert is_open.all()


def test_texture_coordinates_turn_with_their_corners():
    inside_out = surface(CORNERS, CUBE[:, ::-1])
    marked = Surface(
        inside_out.positions, inside_out.triangles, CORNERS[inside_out.triangles][..., :2], inside_out.material_ids
    )
    one, _ = facing_outwards(marked)
    assert (one.texture_at == CORNERS[one.triangles][..., :2]).all()


def test_normals_are_sharp_at_a_cube_and_smooth_on_a_ball():
    cube, _ = facing_outwards(surface(CORNERS, CUBE))
    faces = cube.face_normals()
    unit = faces / np.linalg.norm(faces, axis=1, keepdims=True)
    assert np.allclose(corner_normals(cube), unit[:, None])
    angle, level = np.meshgrid(np.linspace(0, 2 * np.pi, 25)[:-1], np.linspace(0.1, np.pi - 0.1, 12), indexing="ij")
    ball = np.stack([np.cos(angle) * np.sin(level), np.sin(angle) * np.sin(level), np.cos(level)], -1)
    at = np.arange(24 * 12).reshape(24, 12)
    right = np.roll(at, -1, 0)
    quads = np.stack([at[:, :-1], at[:, 1:], right[:, 1:], right[:, :-1]], -1).reshape(-1, 4)
    one, _ = facing_outwards(surface(ball.reshape(-1, 3), np.concatenate([quads[:, :3], quads[:, [0, 2, 3]]])))
    middle = np.abs(one.positions[one.triangles][..., 2]) < 0.8
    cosines = (corner_normals(one) * one.positions[one.triangles]).sum(-1)[middle]
    assert cosines.min() > 0.99


def test_normals_are_unit_even_where_faces_cancel():
    folded = surface([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 1, 1e-4)], [(0, 1, 2), (0, 3, 1)])
    assert np.allclose(np.linalg.norm(corner_normals(folded), axis=-1), 1)


def test_materials_and_texture_survive_simplifying():
    x = np.linspace(0, 1, 11)
    positions = np.array([(a, b, 0) for a in x for b in x])
    at = np.arange(121).reshape(11, 11)
    quads = np.stack([at[:-1, :-1], at[1:, :-1], at[1:, 1:], at[:-1, 1:]], -1).reshape(-1, 4)
    triangles = np.concatenate([quads[:, :3], quads[:, [0, 2, 3]]])
    ids = (positions[triangles].mean(1)[:, 0] > 0.5).astype(int) + 4
    given = Surface(positions, triangles, positions[triangles][..., :2] * 3, ids)
    one = simplified(given, 10, 1e-6, 1e-6)
    assert len(one.triangles) == 4
    assert sorted(one.material_ids) == [4, 4, 5, 5]
    assert np.allclose(one.texture_at, one.positions[one.triangles][..., :2] * 3)
