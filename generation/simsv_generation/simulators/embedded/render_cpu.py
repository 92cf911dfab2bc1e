"""Frames without OpenGL: Embree finds what every ray hits, numpy shades it as the shaders of `render_gl` do.

Several times slower than `render_gl`; it is there so that a machine without OpenGL still makes the same frames.
"""

import importlib.metadata
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import Frame
from simsv_generation.geometry import Floats
from simsv_generation.simulators.embedded.house_mesh import HouseMesh, Kind
from simsv_generation.simulators.embedded.patterns import PATTERNS, TEXELS, WHITE_LEVEL, pattern_images

_KINDS: tuple[Kind, ...] = ("shell", "solid", "pane")
_NEAR = 0.05
"""Metres; as in `render_gl`."""
_SAMPLES = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))
"""Pixels to the right and down from the pixel's centre; the first gives ids and depths."""

_TEXELS_PER_METRE = np.array([TEXELS / pattern.repeat for pattern in PATTERNS.values()], np.float32)

Singles = NDArray[np.float32]


class CpuRenderer:
    """Renders one house at a time. Raises ImportError when embreex is not installed."""

    def __init__(self) -> None:
        from embreex import mesh_construction, rtcore_scene

        self._new_scene, self._new_mesh = rtcore_scene.EmbreeScene, mesh_construction.TriangleMesh
        self.build = f"embreex {importlib.metadata.version('embreex')}"
        self._pyramid = _pyramid()
        self._scene: Any = None
        self._mesh: Any = None

    def close(self) -> None:
        """Forget the house."""
        self._scene = self._mesh = None

    def load(self, house: HouseMesh) -> None:
        """Put a house in the place of the one before."""
        groups = [house.triangles[kind] for kind in _KINDS]
        starts = np.cumsum([0, *(len(group.positions) for group in groups)])
        self._indices = np.concatenate([group.indices + starts[k] for k, group in enumerate(groups)])
        self._ends = np.cumsum([len(group.indices) for group in groups])
        self._positions = np.concatenate([group.positions for group in groups])
        self._instances = np.concatenate([group.instances for group in groups])
        self._colors = np.concatenate([group.colors for group in groups])
        self._pattern = groups[0].pattern
        self._light = groups[0].light
        self._light_map = house.light_map.astype(np.float32)
        corners = self._positions[self._indices]
        edges = (corners[:, 1:] - corners[:, :1])[: self._ends[0]]
        self._normals = np.cross(edges[:, 0], edges[:, 1])
        self._scene = self._new_scene()
        self._mesh = self._new_mesh(self._scene, np.ascontiguousarray(corners))

    def render(self, pose: Pose, camera: Camera) -> Frame:
        """The loaded house from a pose."""
        shape = (camera.height, camera.width)
        total = np.zeros((camera.height * camera.width, 3), np.float32)
        for index, offset in enumerate(_SAMPLES):
            rays = _rays(pose, camera, offset)
            hit, weights, depth = self._trace(pose, rays)
            total += np.rint(255 * self._shade(hit, weights, depth, rays, pose, camera))
            if index == 0:
                ids = np.where(hit >= 0, self._instances[self._indices[hit, 0]], 0).astype(np.uint16)
                first_depth = np.where(hit >= 0, depth, 0).astype(np.float32)
        rgb = np.rint(total / len(_SAMPLES)).astype(np.uint8)
        return Frame(rgb.reshape(*shape, 3), first_depth.reshape(shape), ids.reshape(shape))

    def _trace(self, pose: Pose, rays: Singles) -> tuple[NDArray[np.int32], Singles, Singles]:
        """Triangle of every ray (N,), or -1; weights of its corners (N, 3); planar depth (N,), metres."""
        origins = np.asarray(pose.position, np.float32) + np.float32(_NEAR) * rays
        hits = self._scene.run(origins, rays, query="INTERSECT", output=True)
        u, v = hits["u"], hits["v"]
        return hits["primID"], np.stack([1 - u - v, u, v], 1), hits["tfar"] + np.float32(_NEAR)

    def _shade(
        self, hit: NDArray[np.int32], weights: Singles, depth: Singles, rays: Singles, pose: Pose, camera: Camera
    ) -> Singles:
        """Display values from 0 to 1 of every ray, shape (N, 3)."""
        light = np.zeros((len(hit), 3), np.float32)
        shell, solid, pane = (
            np.flatnonzero((hit >= low) & (hit < high))
            for low, high in zip((0, *self._ends[:-1]), self._ends, strict=True)
        )
        light[shell] = self._shell_light(hit[shell], weights[shell], depth[shell], rays[shell], pose, camera)
        light[solid] = self._interpolated(self._colors, hit[solid], weights[solid])
        light[pane] = sky(rays[pane, 2] / np.sqrt((rays[pane] ** 2).sum(1)))
        shown = display(light)
        shown[hit < 0] = 0
        return shown

    def _interpolated(self, values: Singles, hit: NDArray[np.int32], weights: Singles) -> Singles:
        corners = self._indices[hit]
        return np.asarray(sum(values[corners[:, k]] * weights[:, k : k + 1] for k in range(3)), np.float32)

    def _shell_light(
        self, hit: NDArray[np.int32], weights: Singles, depth: Singles, rays: Singles, pose: Pose, camera: Camera
    ) -> Singles:
        pattern = self._interpolated(self._pattern, hit, weights)
        factor = _pattern_factor(self._pyramid, pattern, self._footprint(hit, depth, rays, pose, camera))
        falls = _bilinear(self._light_map[None], self._interpolated(self._light, hit, weights), wraps=False)
        return np.asarray(self._interpolated(self._colors, hit, weights) * factor * falls)

    def _footprint(self, hit: NDArray[np.int32], depth: Singles, rays: Singles, pose: Pose, camera: Camera) -> Singles:
        """Metres of its surface that a sample spans, shape (N,): the longer of its steps along rows and columns."""
        normals = self._normals[hit]
        facing, square = (normals * rays).sum(1), (rays * rays).sum(1)
        longest = np.zeros(len(hit), np.float32)
        for axis in (0, 1):
            step = (pose.world_from_camera()[:3, axis] / camera.focal_length / 2).astype(np.float32)
            # A step across the image moves the hit by depth * (step - slide * ray), so that it stays in the plane.
            slide = (normals @ step) / facing
            longest = np.maximum(longest, step @ step - 2 * slide * (rays @ step) + slide * slide * square)
        return depth * np.sqrt(longest)


def display(light: Singles) -> Singles:
    """Display values from 0 to 1 of linear light; the same curve as `display` of shaders/tone.glsl."""
    x = np.maximum(light - 0.004, 0)
    return np.asarray((x * (6.2 * x + 0.5)) / (x * (6.2 * x + 1.7) + 0.06), np.float32)


def sky(rise: Singles) -> Singles:
    """Light of the sky and the ground at sines (N,) above the horizon, shape (N, 3); as `sky` of shaders/pane.frag."""

    def mixed(low: tuple[float, ...], high: tuple[float, ...], share: Singles) -> Floats:
        share = np.clip(share, 0, 1)[:, None]
        return np.asarray(np.asarray(low) * (1 - share) + np.asarray(high) * share)

    air = mixed((2.4, 2.5, 2.55), (0.75, 1.25, 2.2), rise * 1.4)
    ground = mixed((0.62, 0.70, 0.55), (0.20, 0.25, 0.13), -rise * 2.5)
    edge = np.clip((rise + 0.03) / 0.05, 0, 1)[:, None]
    edge = edge * edge * (3 - 2 * edge)
    return np.asarray(ground * (1 - edge) + air * edge, np.float32)


def _rays(pose: Pose, camera: Camera, offset: tuple[float, float]) -> Singles:
    """Shape (H * W, 3): directions with a planar depth of 1 m, through the pixels' centres moved by `offset` pixels."""
    u = (np.arange(camera.width) + offset[0] - (camera.width - 1) / 2) / camera.focal_length
    v = (np.arange(camera.height) + offset[1] - (camera.height - 1) / 2) / camera.focal_length
    right, down, forward = pose.world_from_camera()[:3, :3].T
    rays = u[None, :, None] * right + v[:, None, None] * down + forward
    return np.asarray(rays.reshape(-1, 3), np.float32)


def _pyramid() -> list[Singles]:
    """Factors of all patterns, shape (P, S, S, 3), then ever halved, as the driver's mipmaps."""
    levels: list[Singles] = [np.asarray(pattern_images() / WHITE_LEVEL, np.float32)]
    while levels[-1].shape[1] > 1:
        fine = levels[-1]
        levels.append(
            (fine[:, ::2, ::2] + fine[:, 1::2, ::2] + fine[:, ::2, 1::2] + fine[:, 1::2, 1::2]) / np.float32(4)
        )
    return levels


def _pattern_factor(pyramid: list[Singles], pattern: Singles, footprint: Singles) -> Singles:
    """The factor on the colour at pattern coordinates (N, 3), shape (N, 3), from the level nearest in size."""
    layers = np.rint(pattern[:, 2]).astype(np.int64)
    texels = footprint * _TEXELS_PER_METRE[layers]
    nearest = np.rint(np.log2(np.maximum(texels, 1e-6))).clip(0, len(pyramid) - 1)
    factor = np.zeros((len(pattern), 3), np.float32)
    for level in np.unique(nearest).astype(np.int64):
        here = np.flatnonzero(nearest == level)
        images = pyramid[level]
        factor[here] = _bilinear(images, pattern[here, :2] * images.shape[1], wraps=True, layers=layers[here])
    return factor


def _bilinear(images: Singles, at: Singles, *, wraps: bool, layers: NDArray[np.int64] | None = None) -> Singles:
    """Samples of images (P, rows, columns, 3) at texel coordinates (N, 2), where a texel's centre is at half."""
    rows, columns = images.shape[1:3]
    whole = np.floor(at - 0.5).astype(np.int64)
    share = (at - 0.5 - whole).astype(np.float32)
    flat = images.reshape(-1, 3)
    base = 0 if layers is None else layers * (rows * columns)
    total = np.zeros((len(at), 3), np.float32)
    for across in (0, 1):
        for up in (0, 1):
            x, y = whole[:, 0] + across, whole[:, 1] + up
            x, y = (x % columns, y % rows) if wraps else (x.clip(0, columns - 1), y.clip(0, rows - 1))
            weight = (share[:, 0] if across else 1 - share[:, 0]) * (share[:, 1] if up else 1 - share[:, 1])
            total += flat[base + y * columns + x] * weight[:, None]
    return total
