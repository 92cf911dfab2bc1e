"""Finer triangles, so that light which is known at vertices alone can change across a table top."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simsv_generation.simulators.embedded.mesh import Mesh

_MOST_TRIANGLES = 40_000


def subdivided(mesh: Mesh, longest: float) -> Mesh:
    """The same surface with no edge longer than `longest` metres, or with 40,000 triangles or a few times as many.

    An edge is cut in the middle for both of its triangles, so no cracks open.
    """
    while len(mesh.triangles) < _MOST_TRIANGLES:
        triangles = mesh.triangles.astype(np.int64)
        ends = np.stack([triangles, np.roll(triangles, -1, 1)], -1)
        steps = mesh.positions[ends[..., 0]] - mesh.positions[ends[..., 1]]
        is_long = (steps * steps).sum(-1) > longest * longest
        if not is_long.any():
            break
        mesh = _cut(mesh, ends, is_long)
    return mesh


def _cut(mesh: Mesh, ends: NDArray[np.int64], is_long: NDArray[np.bool_]) -> Mesh:
    """Cut the edges `ends` (M, 3, 2) of triangles where `is_long` (M, 3)."""
    count = len(mesh.positions)
    low, high = ends.min(-1), ends.max(-1)
    keys, inverse = np.unique((low * count + high)[is_long], return_inverse=True)
    a, b = keys // count, keys % count
    middle = np.full(is_long.shape, -1, np.int64)
    middle[is_long] = count + inverse
    normals = mesh.normals[a] + mesh.normals[b]
    length = np.sqrt((normals * normals).sum(1))[:, None]
    normals = np.where(length > 1e-9, normals / np.maximum(length, 1e-9), mesh.normals[a])
    corners, cuts = ends[..., 0], is_long.sum(1)
    pieces = [corners[cuts == 0]]
    for k in range(3):
        p, q, r = corners[:, k], corners[:, (k + 1) % 3], corners[:, (k + 2) % 3]
        m, n = middle[:, k], middle[:, (k + 1) % 3]
        one = (cuts == 1) & is_long[:, k]
        pieces += [_rows(one, p, m, r), _rows(one, m, q, r)]
        two = (cuts == 2) & is_long[:, k] & is_long[:, (k + 1) % 3]
        pieces += [_rows(two, m, q, n), _rows(two, p, m, r), _rows(two, m, n, r)]
    three = cuts == 3
    for k in range(3):
        pieces.append(_rows(three, corners[:, k], middle[:, k], middle[:, (k + 2) % 3]))
    pieces.append(middle[three])
    return replace(
        mesh,
        positions=np.concatenate([mesh.positions, (mesh.positions[a] + mesh.positions[b]) / 2]),
        normals=np.concatenate([mesh.normals, normals]),
        colors=np.concatenate([mesh.colors, (mesh.colors[a] + mesh.colors[b]) / 2]),
        texture_at=np.concatenate([mesh.texture_at, (mesh.texture_at[a] + mesh.texture_at[b]) / 2]),
        material_ids=np.concatenate([mesh.material_ids, mesh.material_ids[a]]),
        triangles=np.concatenate(pieces).astype(np.int32),
    )


def _rows(chosen: NDArray[np.bool_], *corners: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.stack([corner[chosen] for corner in corners], 1)
