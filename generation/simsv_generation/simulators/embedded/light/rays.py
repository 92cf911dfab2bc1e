"""Rays among triangles, by Embree."""

import importlib.metadata
from typing import Any

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.float32]


def embree_build() -> str:
    """Name and version of the ray tracer, or "" where it is not installed."""
    try:
        return f"embreex {importlib.metadata.version('embreex')}"
    except importlib.metadata.PackageNotFoundError:
        return ""


class Rays:
    """A search structure over triangles. Raises ImportError when embreex is not installed."""

    def __init__(self, triangles: Singles) -> None:
        """Take triangles (M, 3, 3), metres."""
        from embreex import mesh_construction, rtcore_scene

        self._scene: Any = rtcore_scene.EmbreeScene()
        self._mesh = mesh_construction.TriangleMesh(self._scene, np.ascontiguousarray(triangles, np.float32))

    def blocked(self, origins: Singles, directions: Singles, reach: Singles) -> NDArray[np.bool_]:
        """Whether anything lies within `reach` (N,) lengths of the directions (N, 3) from the origins (N, 3)."""
        if not len(origins):
            return np.zeros(0, np.bool_)
        hits = self._scene.run(
            np.ascontiguousarray(origins), np.ascontiguousarray(directions), query="OCCLUDED", dists=reach
        )
        return np.asarray(hits >= 0)

    def hits(self, origins: Singles, directions: Singles) -> NDArray[np.int32]:
        """Index of the first triangle on each ray, shape (N,); -1 where there is none."""
        if not len(origins):
            return np.zeros(0, np.int32)
        found = self._scene.run(np.ascontiguousarray(origins), np.ascontiguousarray(directions), query="INTERSECT")
        return np.asarray(found, np.int32)
