"""What keeps light away: rays among the triangles of a house, by Embree.

Used for floors, ceilings and walls, where light is known at every decimetre. Furniture has light at its vertices alone,
too few for shadows.
"""

import importlib.metadata
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.simulators.embedded.house_shape import HouseShape

_LIFT = 0.01
"""Metres in front of a surface at which its rays begin."""
_DIRECTIONS = 40
_NEAR = 1.2
"""Metres within which things keep the light of all sides away, the more the nearer."""
_GOLDEN_ANGLE = np.pi * (3 - 5**0.5)


def occlusion_build() -> str:
    """What decides the shadows, as part of the renderer's build."""
    try:
        return f"shadows by embreex {importlib.metadata.version('embreex')}"
    except importlib.metadata.PackageNotFoundError:
        return "no shadows"


class Occluders:
    """The triangles of a house. Owns Embree's search structure for them."""

    def __init__(self, shape: HouseShape) -> None:
        """Build the structure. Raises ImportError when embreex is not installed."""
        from embreex import mesh_construction, rtcore_scene

        meshes = [piece.surface.mesh for piece in shape.shell] + [piece.mesh for piece in shape.solids]
        starts = np.cumsum([0, *(len(mesh.positions) for mesh in meshes[:-1])])
        triangles = np.concatenate([mesh.triangles + start for mesh, start in zip(meshes, starts, strict=True)])
        vertices = np.concatenate([mesh.positions for mesh in meshes]).astype(np.float32)
        self._scene: Any = rtcore_scene.EmbreeScene()
        self._mesh = mesh_construction.TriangleMesh(self._scene, vertices, triangles.astype(np.int32))

    def reached(self, points: Floats, normals: Floats, sources: Floats) -> Floats:
        """Share of the source points (S, 3) that points (N, 3) of surfaces with normals (N, 3) can see, shape (N,)."""
        origins = (points + _LIFT * normals).astype(np.float32)
        seen = np.zeros(len(points))
        for source in sources:
            toward = source.astype(np.float32) - origins
            free = self._scene.run(origins, toward, query="OCCLUDED", dists=np.full(len(points), 0.999, np.float32))
            seen += free < 0
        return seen / len(sources)

    def openness(self, points: Floats, normals: Floats) -> Floats:
        """How little stands around points (N, 3) of one flat surface, shape (N,): 1 in the open.

        The mean over directions, spread by the cosine law, of how far one sees of the first 1.2 m.
        """
        origins = (points + _LIFT * normals).astype(np.float32)
        open_share = np.zeros(len(points))
        for direction in _hemisphere(normals[0]):
            rays = np.broadcast_to(direction.astype(np.float32), origins.shape)
            distances = self._scene.run(origins, np.ascontiguousarray(rays), query="DISTANCE")
            open_share += np.minimum(distances / _NEAR, 1.0)
        return open_share / _DIRECTIONS


def disc_around(center: Floats, radius: float, count: int = 6) -> Floats:
    """Points (count, 3) spread evenly over a level disc: a lamp that throws soft shadows."""
    k = np.arange(count)
    r, a = radius * np.sqrt((k + 0.5) / count), k * _GOLDEN_ANGLE
    return np.asarray(center + np.stack([r * np.cos(a), r * np.sin(a), np.zeros(count)], 1))


def _hemisphere(normal: Floats) -> Sequence[NDArray[np.float64]]:
    """Directions around a unit normal whose density is as the cosine."""
    k = np.arange(_DIRECTIONS)
    r, a = np.sqrt((k + 0.5) / _DIRECTIONS), k * _GOLDEN_ANGLE
    across = np.eye(3)[np.argmin(np.abs(normal))]
    u = np.cross(normal, across)
    u /= np.sqrt((u * u).sum())
    v = np.cross(normal, u)
    return list((r * np.cos(a))[:, None] * u + (r * np.sin(a))[:, None] * v + np.sqrt(1 - r * r)[:, None] * normal)
