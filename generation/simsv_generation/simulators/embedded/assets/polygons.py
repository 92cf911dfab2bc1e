"""Cutting polygons into triangles, concave ones as well."""

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Floats

Ints = NDArray[np.int64]


def triangulated(polygons: Ints, points: Floats) -> tuple[Ints, Ints]:
    """Triangles of polygons with K corners each.

    Convex polygons become fans; from concave ones ears are cut (G. Meisters, "Polygons have ears", 1975).

    Args:
        polygons: what names the corners, shape (P, K).
        points: where they are, shape (P, K, 3).

    Returns:
        The names of the corners of each triangle, shape (T, 3), and the row of its polygon, shape (T,).
    """
    num_polygons, count = polygons.shape
    fan = np.array([(0, k, k + 1) for k in range(1, count - 1)], np.int64).reshape(-1, 3)
    triangles = np.broadcast_to(fan, (num_polygons, *fan.shape)).copy()
    if count > 3:
        for row in np.flatnonzero(_is_concave(points)):
            triangles[row] = _ears(points[row])
    owner = np.repeat(np.arange(num_polygons), len(fan))
    return polygons[owner[:, None], triangles.reshape(-1, 3)], owner


def _normals(points: Floats) -> Floats:
    """By Newell's method, as long as twice the area; (P, K, 3) to (P, 3)."""
    after = np.roll(points, -1, 1)
    return np.asarray(np.cross(points - points[:, :1], after - points[:, :1]).sum(1))


def _is_concave(points: Floats) -> NDArray[np.bool_]:
    before, after = np.roll(points, 1, 1), np.roll(points, -1, 1)
    turns = np.einsum("pkj,pj->pk", np.cross(points - before, after - points), _normals(points))
    return np.asarray((turns < -1e-9 * np.abs(turns).max(1, keepdims=True)).any(1))


def _ears(points: Floats) -> Ints:
    """Triangles (K - 2, 3) of one polygon (K, 3), seen along its normal."""
    normal = _normals(points[None])[0]
    axis = int(np.abs(normal).argmax())
    flat = np.delete(points, axis, 1) * (1.0, (1.0, -1.0, 1.0)[axis] * np.sign(normal[axis]))
    left, triangles = list(range(len(points))), []
    while len(left) > 3:
        k = next((k for k in range(len(left)) if _is_ear(flat, left, k)), 0)
        triangles.append((left[k - 1], left[k], left[(k + 1) % len(left)]))
        del left[k]
    return np.array([*triangles, left], np.int64)


def _is_ear(flat: Floats, left: list[int], k: int) -> bool:
    a, b, c = (flat[left[j % len(left)]] for j in (k - 1, k, k + 1))

    def side(start: Floats, end: Floats, at: Floats) -> Floats:
        along = end - start
        return np.asarray(along[0] * (at[..., 1] - start[1]) - along[1] * (at[..., 0] - start[0]))

    if side(a, b, c) <= 0:
        return False
    others = flat[[left[j] for j in range(len(left)) if j not in {(k - 1) % len(left), k, (k + 1) % len(left)}]]
    inside = (side(a, b, others) > 0) & (side(b, c, others) > 0) & (side(c, a, others) > 0)
    return not inside.any()
