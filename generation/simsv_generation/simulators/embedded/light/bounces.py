"""Light that was thrown back by walls and furniture, any number of times."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simsv_generation.simulators.embedded.light.points import Points
from simsv_generation.simulators.embedded.light.rays import Rays, Singles

_GOLDEN_ANGLE = np.pi * (3 - 5**0.5)
_NEARBY = 0.4
"""Metres within which things throw the soft dark rim around where they stand."""


def seen_from(
    points: Points, rays: Rays, fronts: Singles, count: int, turn: Singles
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """What is seen in `count` directions from every point, and whether the point is buried in something.

    The directions are as dense as the cosine to the normal, so that the mean of what comes from them is the light that
    falls on the point.

    Args:
        points: where from.
        rays: among all triangles.
        fronts: shape (M, 3), outward normals of the triangles; no light comes from their backs.
        count: of directions.
        turn: shape (N,), from 0 to 1, turns the directions about the normal.

    Returns:
        Index of a triangle, shape (N, count), -1 where there is none; and whether most are seen from behind, (N,).
    """
    found = np.empty((len(points.positions), count), np.int32)
    backs = np.zeros(len(points.positions), np.int32)
    for k, directions in enumerate(_directions(points.normals, count, turn)):
        hits = rays.hits(points.positions, directions)
        is_back = (hits >= 0) & ((fronts[hits] * directions).sum(1) > 0)
        backs += is_back
        found[:, k] = np.where(is_back, -1, hits)
    return found, backs > count // 2


def openness(points: Points, rays: Rays, count: int, turn: Singles) -> Singles:
    """Share of what is around every point that is further than `_NEARBY` away, as it falls on the point, shape (N,)."""
    reach = np.full(len(points.positions), _NEARBY, np.float32)
    free = np.zeros(len(points.positions), np.float32)
    for directions in _directions(points.normals, count, turn):
        free += ~rays.blocked(points.positions, directions, reach)
    return free / np.float32(count)


def gathered(seen: NDArray[np.int32], leaving: Singles) -> Singles:
    """Mean light (N, 3) that comes from the triangles `seen` (N, K) when `leaving` (M, 3) leaves each of them."""
    with_nothing = np.concatenate([leaving, np.zeros((1, 3), np.float32)])
    total = np.zeros((len(seen), 3), np.float32)
    for k in range(seen.shape[1]):
        total += with_nothing[seen[:, k]]
    return total / np.float32(seen.shape[1])


def _directions(normals: Singles, count: int, turn: Singles) -> Iterator[Singles]:
    """`count` times unit vectors (N, 3), together as dense as the cosine to each normal and turned about it."""
    across, along = _tangents(normals)
    angle = 2 * np.pi * turn[:, None]
    c, s = np.cos(angle), np.sin(angle)
    first, second = c * across + s * along, c * along - s * across
    for k in range(count):
        radius, phase = np.sqrt((k + 0.5) / count), k * _GOLDEN_ANGLE
        x, y, z = radius * np.cos(phase), radius * np.sin(phase), np.sqrt(1 - radius * radius)
        yield np.asarray(np.float32(x) * first + np.float32(y) * second + np.float32(z) * normals, np.float32)


def _tangents(normals: Singles) -> tuple[Singles, Singles]:
    """Two unit vectors across each unit normal, continuous but for one line.

    T. Duff et al., "Building an orthonormal basis, revisited", JCGT 6 (2017).
    """
    x, y, z = normals.T
    sign = np.where(z >= 0, 1, -1).astype(np.float32)
    a = -1 / (sign + z)
    b = x * y * a
    return (
        np.stack([1 + sign * x * x * a, sign * b, -sign * x], 1).astype(np.float32),
        np.stack([b, sign + y * y * a, -y], 1).astype(np.float32),
    )
