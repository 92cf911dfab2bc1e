import numpy as np
import pytest

from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.light.rays import Rays, embree_build

ROOF = np.array([[[0.0, 0.0, 1.0], [1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]], np.float32)


def single(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, np.float32)


def test_reach_is_counted_in_lengths_of_the_direction() -> None:
    rays, start = Rays(ROOF), single((0.2, 0.2, 0.0))
    for direction, reach, expected in (((0, 0, 1), 0.98, False), ((0, 0, 1), 1.02, True), ((0, 0, 2), 0.52, True)):
        assert rays.blocked(start, single(direction), np.array([reach], np.float32)).tolist() == [expected]


def test_both_sides_block_and_are_hit() -> None:
    rays = Rays(ROOF)
    origins = single((0.2, 0.2, 0.0), (0.2, 0.2, 2.0), (0.8, 0.8, 0.0), (0.2, 0.2, 2.0))
    directions = single((0, 0, 1), (0, 0, -1), (0, 0, 1), (0, 0, 1))
    assert rays.hits(origins, directions).tolist() == [0, 0, -1, -1]
    assert rays.blocked(origins, directions, np.full(4, 9, np.float32)).tolist() == [True, True, False, False]


def test_no_rays_and_broadcast_rows() -> None:
    rays, none = Rays(ROOF), np.zeros((0, 3), np.float32)
    assert rays.hits(none, none).shape == rays.blocked(none, none, np.zeros(0, np.float32)).shape == (0,)
    many = np.broadcast_to(single((0.2, 0.2, 0.0)), (5, 3))
    assert rays.hits(many, np.broadcast_to(single((0, 0, 1)), (5, 3))).tolist() == [0] * 5


def test_hits_are_those_of_every_triangle_tried_in_turn() -> None:
    random = rng(0, "test rays")
    triangles = random.uniform(-1, 1, (60, 3, 3)).astype(np.float32)
    origins = random.uniform(-1, 1, (300, 3)).astype(np.float32)
    directions = random.normal(size=(300, 3)).astype(np.float32)
    nearest, expected = np.full(300, np.inf), np.full(300, -1)
    for k, (a, b, c) in enumerate(triangles.astype(np.float64)):
        # T. Moeller and B. Trumbore, "Fast, minimum storage ray/triangle intersection" (1997).
        across = np.cross(directions, c - a)
        scale = across @ (b - a)
        offset = origins - a
        u = (offset * across).sum(1) / scale
        turned = np.cross(offset, b - a)
        v, t = (turned * directions).sum(1) / scale, turned @ (c - a) / scale
        better = (u > 0) & (v > 0) & (u + v < 1) & (t > 0) & (t < nearest)
        nearest[better], expected[better] = t[better], k
    rays = Rays(triangles)
    assert (rays.hits(origins, directions) == expected).mean() > 0.995
    reach = np.full(300, 0.7, np.float32)
    assert (rays.blocked(origins, directions, reach) == (nearest < 0.7)).mean() > 0.995


def test_the_build_has_a_version_or_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    assert embree_build().startswith("embreex ")
    monkeypatch.setattr("importlib.metadata.version", missing)
    assert embree_build() == ""


def missing(name: str) -> str:
    import importlib.metadata

    raise importlib.metadata.PackageNotFoundError(name)
