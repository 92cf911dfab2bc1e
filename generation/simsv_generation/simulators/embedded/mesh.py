"""Coloured triangle meshes: what every shape of the embedded simulator is made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simsv_generation.geometry import Floats, Vec3


@dataclass(frozen=True, slots=True)
class Mesh:
    """Triangles with a normal and a colour at every corner.

    Raises:
        ValueError: a shape does not fit, a value is not finite, or a triangle names a vertex that is not there.
    """

    positions: Floats
    """Shape (N, 3), metres. A piece of furniture has its origin in the centre of its box and fills it exactly."""
    normals: Floats
    """Shape (N, 3), unit length, pointing out of the solid."""
    colors: Floats
    """Shape (N, 3), linear RGB reflectance from 0 to 1."""
    triangles: NDArray[np.int32]
    """Shape (M, 3): vertex indices, counter-clockwise seen from outside."""

    def __post_init__(self) -> None:
        num_vertices = len(self.positions)
        for name in ("positions", "normals", "colors"):
            values = getattr(self, name)
            if values.shape != (num_vertices, 3):
                raise ValueError(f"mesh {name} must have the shape ({num_vertices}, 3), got {values.shape}")
            if not np.isfinite(values).all():
                raise ValueError(f"mesh {name} must be finite")
        if self.triangles.ndim != 2 or self.triangles.shape[1] != 3:
            raise ValueError(f"mesh triangles must have the shape (M, 3), got {self.triangles.shape}")
        if self.triangles.size and not 0 <= self.triangles.min() <= self.triangles.max() < num_vertices:
            raise ValueError(f"mesh triangles must index {num_vertices} vertices")

    def extent(self) -> tuple[Floats, Floats]:
        """Lowest and highest coordinates, each of shape (3,), metres. Raises ValueError when there is no vertex."""
        return self.positions.min(0), self.positions.max(0)


def merge(meshes: Sequence[Mesh]) -> Mesh:
    """One mesh with the vertices and triangles of all, in order; empty when there are none."""
    if not meshes:
        return Mesh(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 3), np.int32))
    starts = np.cumsum([0, *(len(mesh.positions) for mesh in meshes[:-1])])
    return Mesh(
        np.concatenate([mesh.positions for mesh in meshes]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate([mesh.colors for mesh in meshes]),
        np.concatenate([mesh.triangles + start for mesh, start in zip(meshes, starts, strict=True)]).astype(np.int32),
    )


def polygon(corners: ArrayLike, color: Vec3) -> Mesh:
    """A flat convex face with corners (K, 3), counter-clockwise seen from its front, metres."""
    points = np.asarray(corners, dtype=np.float64)
    normal = np.cross(points[1] - points[0], points[2] - points[0])
    normal /= np.sqrt((normal * normal).sum())
    fan = np.array([(0, k, k + 1) for k in range(1, len(points) - 1)], np.int32)
    return Mesh(
        points, np.tile(normal, (len(points), 1)), np.tile(np.asarray(color, np.float64), (len(points), 1)), fan
    )


def prism(outline: ArrayLike, bottom: float, top: float, color: Vec3) -> Mesh:
    """An upright solid over a convex outline (K, 2), counter-clockwise seen from above, metres."""
    base = np.asarray(outline, dtype=np.float64)
    low, high = (np.column_stack([base, np.full(len(base), z)]) for z in (bottom, top))
    after = np.roll(np.arange(len(base)), -1)
    sides = [polygon([low[a], low[b], high[b], high[a]], color) for a, b in enumerate(after)]
    return merge([*sides, polygon(low[::-1], color), polygon(high, color)])


def box(low: Vec3, high: Vec3, color: Vec3) -> Mesh:
    """A solid box between its lowest and highest corner, metres, with sharp edges."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    return prism([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], z0, z1, color)
