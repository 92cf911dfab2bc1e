import numpy as np
import pytest

from simsv_generation.simulators.embedded.assets.simplify import Soup, simplify


def sheet(count, height=lambda x, y: 0 * x, corner_of=None):
    """A square of 1 m of count x count cells; `corner_of` tells for a cell's x which copy of its corners it has."""
    x, y = np.meshgrid(np.linspace(0, 1, count + 1), np.linspace(0, 1, count + 1), indexing="ij")
    positions = np.stack([x, y, height(x, y)], -1).reshape(-1, 3)
    at = np.arange(len(positions)).reshape(count + 1, count + 1)
    quads = np.stack([at[:-1, :-1], at[1:, :-1], at[1:, 1:], at[:-1, 1:]], -1).reshape(-1, 4)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    return positions, triangles


def soup_of(positions, triangles, labels=None):
    labels = np.zeros(len(triangles), int) if labels is None else labels
    keys = triangles * 10 + labels[:, None]
    used, corners = np.unique(keys, return_inverse=True)
    return Soup(positions, used // 10, corners.reshape(triangles.shape))


def area(soup, triangles):
    a, b, c = (soup.positions[soup.corner_positions[triangles[:, k]]] for k in range(3))
    return np.cross(b - a, c - a)[:, 2].sum() / 2, np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2


def test_a_flat_sheet_becomes_two_triangles():
    soup = soup_of(*sheet(20))
    triangles = simplify(soup, 10**6, free_error=1e-6, greatest_error=1e-6)
    assert len(triangles) == 2
    assert area(soup, triangles) == pytest.approx((1, 1))


def test_the_limit_is_kept_and_no_triangle_turns_over():
    soup = soup_of(*sheet(30, lambda x, y: 0.1 * np.sin(6 * x) * np.cos(5 * y)))
    triangles = simplify(soup, 200, free_error=1e-9, greatest_error=1.0)
    assert 150 <= len(triangles) <= 200
    a, b, c = (soup.positions[soup.corner_positions[triangles[:, k]]] for k in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > 0).all()
    assert area(soup, triangles)[0] == pytest.approx(1, abs=1e-9)


def test_the_surface_stays_within_the_greatest_error():
    positions, triangles = sheet(24, lambda x, y: np.where(x > 0.5, 0.2, 0.0))
    soup = soup_of(positions, triangles)
    left = simplify(soup, 1, free_error=1e-6, greatest_error=1e-4)
    kept = soup.positions[np.unique(soup.corner_positions[left])]
    assert set(np.round(kept[:, 2], 6)) == {0.0, 0.2}
    assert area(soup, left)[1] == pytest.approx(area(soup, soup.triangles)[1], rel=0.01)


def test_a_seam_between_materials_stays_where_it_is():
    positions, triangles = sheet(16)
    right = positions[triangles].mean(1)[:, 0] > 0.5
    soup = soup_of(positions, triangles, right.astype(int))
    left = simplify(soup, 1, free_error=1e-6, greatest_error=1e-6)
    is_right = np.unique(soup.triangles[right])
    a, b, c = (soup.positions[soup.corner_positions[left[:, k]]] for k in range(3))
    areas = np.cross(b - a, c - a)[:, 2] / 2
    assert areas[np.isin(left[:, 0], is_right)].sum() == pytest.approx(0.5)
    assert len(left) == 4


def test_the_same_soup_gives_the_same_triangles():
    soup = soup_of(*sheet(12, lambda x, y: x * y))
    first, second = (simplify(soup, 60, 1e-6, 0.1) for _ in range(2))
    assert (first == second).all()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_triangles_stay_as_they_are(count):
    positions, triangles = sheet(1)
    soup = soup_of(positions, triangles[:count])
    assert len(simplify(soup, 1, 1.0, 1.0)) == count


def test_an_edge_with_three_triangles_is_left_alone():
    positions = np.array([(0, 0, 0), (0, 0, 1), (1, 0, 0), (0, 1, 0), (-1, -1, 0)], float)
    fan = np.array([(0, 1, 2), (0, 1, 3), (0, 1, 4)])
    assert {0, 1} <= set(simplify(soup_of(positions, fan), 0, 1e-9, 1e-9).ravel())
