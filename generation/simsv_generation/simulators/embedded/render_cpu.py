"""Frames without OpenGL: Embree finds what every ray hits, numpy shades it as the shaders of `render_gl` do.

Many times slower than `render_gl`; it is there so that a machine without OpenGL still makes the same frames.
"""

import importlib.metadata
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import Frame
from simsv_generation.simulators.embedded.cpu_shading import Shading, Singles, display
from simsv_generation.simulators.embedded.house_mesh import HouseMesh

_NEAR = 0.05
"""Metres; as in `render_gl`."""
_SAMPLES = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))
"""Pixels to the right and down from the pixel's centre; the first gives ids and depths."""
_LAYERS = 8
"""How many holes in leaves, and then how many panes, a ray goes through."""
_STEP = 1e-4
"""Metres by which a ray that goes on begins behind what it went through."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What rays meet first, ray by ray."""

    triangle: NDArray[np.int32]
    """Shape (N,): index among all triangles, -1 for none."""
    weights: Singles
    """Shape (N, 3): of the triangle's corners."""
    depth: Singles
    """Shape (N,): planar, metres."""


class CpuRenderer:
    """Renders one house at a time. Raises ImportError when embreex is not installed."""

    def __init__(self) -> None:
        from embreex import mesh_construction, rtcore_scene

        self._new_scene, self._new_mesh = rtcore_scene.EmbreeScene, mesh_construction.TriangleMesh
        self.build = f"embreex {importlib.metadata.version('embreex')}"
        self._scene: Any = None
        self._mesh: Any = None

    def close(self) -> None:
        """Forget the house."""
        self._scene = self._mesh = None

    def load(self, house: HouseMesh) -> None:
        """Put a house in the place of the one before."""
        self._shading = Shading(house)
        self._scene = self._new_scene()
        self._mesh = self._new_mesh(self._scene, np.ascontiguousarray(self._shading.corners))

    def render(self, pose: Pose, camera: Camera) -> Frame:
        """The loaded house from a pose."""
        shape = (camera.height, camera.width)
        total = np.zeros((camera.height * camera.width, 3), np.float32)
        eye = np.asarray(pose.position, np.float32)
        steps = [(pose.world_from_camera()[:3, k] / camera.focal_length / 2).astype(np.float32) for k in (0, 1)]
        for index, offset in enumerate(_SAMPLES):
            rays = _rays(pose, camera, offset)
            hits = self._solid_hits(eye, rays, np.full(len(rays), _NEAR, np.float32))
            if index == 0:
                first = hits
            total += np.rint(255 * self._colors(eye, rays, hits, steps))
        hit = first.triangle >= 0
        ids = np.where(hit, self._shading.instances[first.triangle], 0).astype(np.uint16)
        depth = np.where(hit, first.depth, 0).astype(np.float32)
        rgb = np.rint(total / len(_SAMPLES)).astype(np.uint8)
        return Frame(rgb.reshape(*shape, 3), depth.reshape(shape), ids.reshape(shape))

    def _colors(self, eye: Singles, rays: Singles, hits: Hits, steps: list[Singles]) -> Singles:
        """Display values from 0 to 1, shape (N, 3), with what shows through glass."""
        shown = np.zeros((len(rays), 3), np.float32)
        left = np.ones(len(rays), np.float32)
        active = np.arange(len(rays))
        for _ in range(_LAYERS):
            light, opacity = self._shading.light(hits.triangle, hits.weights, hits.depth, eye, rays[active], steps)
            visible = (hits.triangle >= 0)[:, None] * display(light)
            shown[active] += (left[active] * opacity)[:, None] * visible
            left[active] *= 1 - opacity
            through = opacity < 1
            if not through.any():
                break
            active = active[through]
            hits = self._solid_hits(eye, rays[active], hits.depth[through] + np.float32(_STEP))
        return shown

    def _solid_hits(self, eye: Singles, rays: Singles, start: Singles) -> Hits:
        """What rays meet from a planar depth on, past holes in leaves."""
        hits = self._trace(eye, rays, start)
        for _ in range(_LAYERS):
            holes = np.flatnonzero(self._shading.is_hole(hits.triangle, hits.weights, hits.depth))
            if not len(holes):
                break
            behind = self._trace(eye, rays[holes], hits.depth[holes] + np.float32(_STEP))
            hits.triangle[holes], hits.weights[holes], hits.depth[holes] = behind.triangle, behind.weights, behind.depth
        return hits

    def _trace(self, eye: Singles, rays: Singles, start: Singles) -> Hits:
        if not len(rays):
            return Hits(np.zeros(0, np.int32), np.zeros((0, 3), np.float32), np.zeros(0, np.float32))
        found = self._scene.run(eye + start[:, None] * rays, rays, query="INTERSECT", output=True)
        u, v = found["u"], found["v"]
        return Hits(found["primID"].copy(), np.stack([1 - u - v, u, v], 1), found["tfar"] + start)


def _rays(pose: Pose, camera: Camera, offset: tuple[float, float]) -> Singles:
    """Shape (H * W, 3): directions with a planar depth of 1 m, through the pixels' centres moved by `offset` pixels."""
    u = (np.arange(camera.width) + offset[0] - (camera.width - 1) / 2) / camera.focal_length
    v = (np.arange(camera.height) + offset[1] - (camera.height - 1) / 2) / camera.focal_length
    right, down, forward = pose.world_from_camera()[:3, :3].T
    rays = u[None, :, None] * right + v[:, None, None] * down + forward
    return np.asarray(rays.reshape(-1, 3), np.float32)
