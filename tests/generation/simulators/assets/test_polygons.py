import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simsv_generation.simulators.embedded.assets.polygons import triangulated


def signed_areas(polygon):
    names, owners = triangulated(np.arange(len(polygon))[None], np.asarray(polygon, float)[None])
    assert (owners == 0).all()
    a, b, c = (np.asarray(polygon, float)[names[:, k]] for k in range(3))
    return np.cross(b - a, c - a)


ARROW = ((0, 0, 0), (2, 2, 0), (0, 1, 0), (-2, 2, 0))
COMB = ((0, 0, 0), (5, 0, 0), (5, 3, 0), (4, 3, 0), (4, 1, 0), (3, 1, 0), (3, 3, 0), (2, 3, 0), (2, 1, 0), (0, 1, 0))


@pytest.mark.parametrize(("polygon", "area"), [(ARROW, 2), (COMB, 9), (ARROW[::-1], -2), (COMB[::-1], -9)])
def test_concave_polygons_are_filled_exactly(polygon, area):
    for turn in (np.eye(3), np.eye(3)[[1, 2, 0]], np.eye(3)[[2, 0, 1]]):
        twice = signed_areas(np.asarray(polygon) @ turn) @ turn.T[:, 2]
        assert (twice * np.sign(area) >= 0).all()
        assert twice.sum() == pytest.approx(2 * area)


def test_several_polygons_keep_their_owners():
    square = np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], float)
    names, owners = triangulated(np.array([[0, 1, 2, 3], [7, 6, 5, 4]]), np.stack([square, square[::-1]]))
    assert owners.tolist() == [0, 0, 1, 1]
    assert set(names[owners == 1].ravel()) == {4, 5, 6, 7}


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=3, max_size=9))
def test_any_polygon_gives_its_number_of_triangles(corners):
    polygon = np.array([(x, y, 0.0) for x, y in corners])
    names, _ = triangulated(np.arange(len(polygon))[None], polygon[None])
    assert names.shape == (len(polygon) - 2, 3)
    assert np.isin(names, np.arange(len(polygon))).all()
