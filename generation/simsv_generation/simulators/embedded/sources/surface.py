"""Meshes of arrays that were read from a file: checked, turned into our axes and centred."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simsv_generation.geometry import Floats
from simsv_generation.simulators.embedded.mesh import Material, Mesh
from simsv_generation.simulators.embedded.model import DamagedModel


def surface(
    file: str,
    positions: ArrayLike,
    triangles: ArrayLike,
    normals: ArrayLike | None,
    texture_at: ArrayLike | None,
    color: Floats,
    material: Material,
) -> Mesh:
    """A mesh in the axes of its file, of one colour and material, with the vertices that its triangles use.

    Triangles are wound as most of the surface needs it for its normals to point outwards, because exporters differ in
    what they do to the winding of what they mirror. Without normals every triangle is flat; a normal of zero becomes
    that of the triangles around.

    Args:
        file: what messages name.
        positions: shape (N, 3).
        triangles: shape (M, 3), vertex indices.
        normals: shape (N, 3), of any length.
        texture_at: shape (N, 2), v upwards from the image's lower edge.
        color: linear RGB.
        material: of all triangles.

    Raises:
        DamagedModel: a shape does not fit, a value is not finite, a triangle names a vertex that is not there, or there
            is no triangle with an area.
    """
    corners, points = _corners(file, triangles), _floats(file, "vertices", positions, 3)
    count = len(points)
    if not 0 <= corners.min() <= corners.max() < count:
        raise DamagedModel(f"{file}: a triangle names vertex {corners.max()} of {count}")
    if normals is None:
        used, corners = corners.ravel(), np.arange(corners.size).reshape(-1, 3)
    else:
        used, inverse = np.unique(corners, return_inverse=True)
        corners = inverse.reshape(-1, 3)
    points = points[used]
    # In units of the model, so that what is large or small is alike.
    a, b, c = (points[corners[:, k]] / (np.ptp(points) or 1.0) for k in range(3))
    across = np.cross(b - a, c - a)
    if not across.any():
        raise DamagedModel(f"{file}: no triangle has an area")
    given = np.zeros_like(points) if normals is None else _floats(file, "normals", normals, 3, count)[used]
    if (across * given[corners].sum(1)).sum() < 0:
        corners, across = corners[:, ::-1], -across
    where = np.zeros((len(points), 2))
    if texture_at is not None:
        where = _floats(file, "texture coordinates", texture_at, 2, count)[used]
    return Mesh(
        positions=points,
        normals=_unit_normals(given, corners, across),
        colors=np.tile(color, (len(points), 1)),
        triangles=np.ascontiguousarray(corners, np.int32),
        texture_at=where,
        material_ids=np.zeros(len(points), np.uint8),
        materials=(material,),
    )


def turned(mesh: Mesh, matrix: Floats, offset: Floats) -> Mesh:
    """The mesh with every position p at matrix p + offset; a matrix that mirrors turns the triangles round."""
    normals = mesh.normals @ np.linalg.inv(matrix)
    return replace(
        mesh,
        positions=mesh.positions @ matrix.T + offset,
        normals=normals / np.sqrt((normals * normals).sum(1, keepdims=True)),
        triangles=mesh.triangles if np.linalg.det(matrix) > 0 else np.ascontiguousarray(mesh.triangles[:, ::-1]),
    )


def centred(mesh: Mesh) -> Mesh:
    """The mesh with the centre of its box at the origin."""
    low, high = mesh.extent()
    return replace(mesh, positions=mesh.positions - (low + high) / 2)


def _floats(file: str, name: str, values: ArrayLike, width: int, count: int | None = None) -> Floats:
    try:
        array = np.asarray(values, np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise DamagedModel(f"{file}: {name} are no rows of {width} numbers") from error
    if array.ndim != 2 or array.shape[1] != width:
        raise DamagedModel(f"{file}: {name} are no rows of {width} numbers")
    if count is not None and len(array) != count:
        raise DamagedModel(f"{file}: {len(array)} {name} for {count} vertices")
    if not (np.abs(array) < 1e9).all():
        raise DamagedModel(f"{file}: {name} are not all finite")
    return array


def _corners(file: str, triangles: ArrayLike) -> NDArray[np.int64]:
    try:
        corners = np.asarray(triangles)
        if corners.dtype.kind not in "iu" or corners.ndim != 2 or corners.shape[1] != 3 or not len(corners):
            raise ValueError
        return corners.astype(np.int64)
    except (TypeError, ValueError, OverflowError) as error:
        raise DamagedModel(f"{file}: no triangles, or not three whole numbers each") from error


def _unit_normals(given: Floats, corners: NDArray[np.int64], across: Floats) -> Floats:
    """Rows of unit length; rows that say nothing become those of the triangles around, or upright."""
    length = np.sqrt((given * given).sum(1))
    mean = np.zeros_like(given)
    for k in range(3):
        np.add.at(mean, corners[:, k], across)
    normals = np.where(length[:, None] > 1e-6, given, mean)
    length = np.sqrt((normals * normals).sum(1, keepdims=True))
    return np.where(length > 0, normals / np.where(length > 0, length, 1), np.array([0.0, 0.0, 1.0]))
