"""What the shaders compute, in numpy: texture, light map, reflections, sky and tone."""

import numpy as np
from numpy.typing import NDArray

from simsv_generation.simulators.embedded.house_mesh import KINDS, HouseMesh
from simsv_generation.simulators.embedded.light.reflections import octahedral
from simsv_generation.simulators.embedded.light.sky import sky_light
from simsv_generation.simulators.embedded.shading import GRAZING, MIRROR, OUTDOORS

Singles = NDArray[np.float32]


class Shading:
    """The triangles of a house in one list, and the colour of any point on them."""

    def __init__(self, house: HouseMesh) -> None:
        groups = list(house.triangles.values())
        starts = np.cumsum([0, *(len(group.positions) for group in groups)])
        indices = np.concatenate([group.indices + starts[k] for k, group in enumerate(groups)])
        counts = [len(group.indices) for group in groups]
        self._needs = {
            need: np.repeat([need in KINDS[kind] for kind in house.triangles], counts)
            for need in ("TEXTURE", "LIGHT_MAP", "GLOSS", "SKY", "CUTOUT", "GLASS")
        }
        self._indices = indices
        self._columns = {
            name: np.concatenate([getattr(group, name) for group in groups])
            for name in ("positions", "normals", "colors", "texture", "light", "gloss")
        }
        self._rooms = np.concatenate([group.rooms for group in groups])[indices[:, 0]].astype(np.int64)
        self.instances = np.concatenate([group.instances for group in groups])[indices[:, 0]]
        """Shape (M,): of every triangle."""
        self.corners = self._columns["positions"][indices]
        """Shape (M, 3, 3), world, metres."""
        edges = self.corners[:, 1:] - self.corners[:, :1]
        self._planes = np.cross(edges[:, 0], edges[:, 1])
        texture = self._columns["texture"][indices][..., :2]
        across, along = texture[:, 1] - texture[:, 0], texture[:, 2] - texture[:, 0]
        areas = np.abs(across[:, 0] * along[:, 1] - across[:, 1] * along[:, 0])
        surface = np.sqrt((self._planes**2).sum(1))
        self._repeats_per_metre = np.sqrt(areas / np.maximum(surface, 1e-12))
        self._house = house
        self._pyramid = _pyramid(house.textures)
        self._light_map = house.light_map.astype(np.float32)[None]
        self._reflections = house.reflections.astype(np.float32)

    def is_hole(self, triangle: NDArray[np.int32], weights: Singles, depth: Singles) -> NDArray[np.bool_]:
        """Whether the texture has a hole at points of triangles (N,), -1 for none."""
        holes = self._needs["CUTOUT"][triangle] & (triangle >= 0)
        here = np.flatnonzero(holes)
        at = self._mixed("texture", triangle[here], weights[here])
        holes[here] = _trilinear(self._pyramid, at, np.zeros(len(here), np.float32))[:, 3] < 0.5
        return holes

    def light(
        self,
        triangle: NDArray[np.int32],
        weights: Singles,
        depth: Singles,
        eye: Singles,
        rays: Singles,
        steps: list[Singles],
    ) -> tuple[Singles, Singles]:
        """Light (N, 3) that points of triangles (N,) send to the eye, and their opacity (N,).

        Args:
            triangle: index of the triangle of every point, -1 for none.
            weights: shape (N, 3), of its corners.
            depth: shape (N,), planar, metres.
            eye: shape (3,), world, metres.
            rays: shape (N, 3), from the eye, with a planar depth of 1 m.
            steps: how a ray changes from one sample to the next to the right and down, shape (3,) each.
        """
        light = self._mixed("colors", triangle, weights)
        opacity = np.ones(len(triangle), np.float32)
        here = np.flatnonzero(self._needs["TEXTURE"][triangle])
        at = self._mixed("texture", triangle[here], weights[here])
        footprint = self._footprint(triangle[here], depth[here], rays[here], steps)
        root = _trilinear(self._pyramid, at, footprint * self._repeats_per_metre[triangle[here]])
        light[here] *= root[:, :3] ** 2
        here = np.flatnonzero(self._needs["LIGHT_MAP"][triangle])
        light[here] *= _bilinear(self._light_map, self._mixed("light", triangle[here], weights[here]), wraps=False)
        here = np.flatnonzero(self._needs["GLOSS"][triangle])
        seen, share = self._mirrored(triangle[here], weights[here], depth[here], eye, rays[here])
        light[here] = light[here] * (1 - share[:, None]) + seen * share[:, None]
        glass = self._needs["GLASS"][triangle[here]]
        clear = self._columns["gloss"][self._indices[triangle[here], 0], 1]
        opacity[here[glass]] = (clear + (1 - clear) * share)[glass]
        opacity[triangle < 0] = 1
        here = np.flatnonzero(self._needs["SKY"][triangle])
        unit = rays[here] / np.sqrt((rays[here] ** 2).sum(1))[:, None]
        light[here] = OUTDOORS * sky_light(self._house.sky, unit.astype(np.float64))
        return light, opacity

    def _mirrored(
        self, triangle: NDArray[np.int32], weights: Singles, depth: Singles, eye: Singles, rays: Singles
    ) -> tuple[Singles, Singles]:
        """Colour (N, 3) of what is mirrored, and its share (N,); as `shaders/reflection.glsl`."""
        along = rays / np.sqrt((rays * rays).sum(1))[:, None]
        normal = self._mixed("normals", triangle, weights)
        normal /= np.maximum(np.sqrt((normal * normal).sum(1)), 1e-9)[:, None]
        cosine = (along * normal).sum(1)
        away = along - 2 * cosine[:, None] * normal
        room = self._rooms[triangle]
        low, high, viewpoint = (self._house.room_boxes[room, k] for k in range(3))
        position = eye + depth[:, None] * rays
        exits = (np.where(away < 0, low, high) - position) / (away + np.where(away < 0, -1e-5, 1e-5).astype(np.float32))
        reach = np.maximum(exits.min(1), 0)
        gloss = self._columns["gloss"][self._indices[triangle, 0], 0]
        layer = 2 * room + (gloss < MIRROR)
        at = octahedral(position + reach[:, None] * away - viewpoint) * self._reflections.shape[1]
        grazing = 1 - np.abs(cosine)
        share = gloss + (1 - gloss) * np.float32(GRAZING) * grazing**5
        return _bilinear(self._reflections, at, wraps=False, layers=layer), share

    def _mixed(self, column: str, triangle: NDArray[np.int32], weights: Singles) -> Singles:
        """A column of the vertices, interpolated at points of triangles."""
        values, corners = self._columns[column], self._indices[triangle]
        return np.asarray(sum(values[corners[:, k]] * weights[:, k : k + 1] for k in range(3)), np.float32)

    def _footprint(self, triangle: NDArray[np.int32], depth: Singles, rays: Singles, steps: list[Singles]) -> Singles:
        """Metres of its surface that a sample spans, shape (N,): the longer of its steps along rows and columns."""
        normals = self._planes[triangle]
        facing, square = (normals * rays).sum(1), (rays * rays).sum(1)
        facing = np.where(np.abs(facing) < 1e-12, 1e-12, facing)
        longest = np.zeros(len(triangle), np.float32)
        for step in steps:
            # A step across the image moves the hit by depth * (step - slide * ray), so that it stays in the plane.
            slide = (normals @ step) / facing
            longest = np.maximum(longest, step @ step - 2 * slide * (rays @ step) + slide * slide * square)
        return np.asarray(depth * np.sqrt(longest), np.float32)


def display(light: Singles) -> Singles:
    """Display values from 0 to 1 of linear light; the same curve as `display` of shaders/tone.glsl."""
    x = np.maximum(light - 0.004, 0)
    return np.asarray((x * (6.2 * x + 0.5)) / (x * (6.2 * x + 1.7) + 0.06), np.float32)


def _pyramid(textures: NDArray[np.uint8]) -> list[Singles]:
    """All textures (L, S, S, 4) from 0 to 1, then ever halved, as the driver's mipmaps."""
    levels = [np.asarray(textures / np.float32(255), np.float32)]
    while levels[-1].shape[1] > 1:
        fine = levels[-1]
        four = fine[:, ::2, ::2] + fine[:, 1::2, ::2] + fine[:, ::2, 1::2] + fine[:, 1::2, 1::2]
        levels.append(np.asarray(four / np.float32(4), np.float32))
    return levels


def _trilinear(pyramid: list[Singles], at: Singles, repeats: Singles) -> Singles:
    """Texels (N, 4) at texture coordinates (N, 3) where a sample spans `repeats` (N,) of the texture."""
    layers = np.rint(at[:, 2]).astype(np.int64)
    side = pyramid[0].shape[1]
    detail = np.log2(np.maximum(repeats * side, 1e-6)).clip(0, len(pyramid) - 1)
    total = np.zeros((len(at), 4), np.float32)
    for shift in (0, 1):
        level = np.minimum(np.floor(detail).astype(np.int64) + shift, len(pyramid) - 1)
        weight = (detail - np.floor(detail)) if shift else 1 - (detail - np.floor(detail))
        for here_level in np.unique(level):
            here = np.flatnonzero(level == here_level)
            images = pyramid[here_level]
            texels = _bilinear(images, at[here, :2] * images.shape[1], wraps=True, layers=layers[here])
            total[here] += weight[here, None] * texels
    return total


def _bilinear(images: Singles, at: Singles, *, wraps: bool, layers: NDArray[np.int64] | None = None) -> Singles:
    """Samples of images (P, rows, columns, C) at texel coordinates (N, 2), where a texel's centre is at half."""
    rows, columns, channels = images.shape[1:]
    whole = np.floor(at - 0.5).astype(np.int64)
    share = (at - 0.5 - whole).astype(np.float32)
    flat = images.reshape(-1, channels)
    base = 0 if layers is None else layers * (rows * columns)
    total = np.zeros((len(at), channels), np.float32)
    for across in (0, 1):
        for up in (0, 1):
            x, y = whole[:, 0] + across, whole[:, 1] + up
            x, y = (x % columns, y % rows) if wraps else (x.clip(0, columns - 1), y.clip(0, rows - 1))
            weight = (share[:, 0] if across else 1 - share[:, 0]) * (share[:, 1] if up else 1 - share[:, 1])
            total += flat[base + y * columns + x] * weight[:, None]
    return total
