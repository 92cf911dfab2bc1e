"""Where light is computed: on a grid over every floor, wall and ceiling, and at the vertices of all else."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.ndimage
import scipy.sparse
import scipy.spatial
import shapely
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.light.rays import Singles
from simsv_generation.simulators.embedded.mesh import Mesh
from simsv_generation.simulators.embedded.structure import Surface

CELL = 0.18
"""Metres between the points of a surface at which bounced light is gathered; it changes slowly."""
FINE = 3
"""Texels along a cell: shadows and the sun's edges are known every 6 cm."""
_SPREAD = 1.3
"""Cells by which bounced light is blurred."""
_LIFT = 0.006
"""Metres in front of a surface at which its rays begin."""
_SHARED = 0.05
"""Metres within which vertices that look the same way are lit alike."""
_MOST_TEXELS = 220_000
"""Of a house; larger ones have wider texels."""
_TURNED_AWAY = 0.5
"""Metres that a difference of one between two normals counts for, where the nearest point is sought."""
_MIXING = rng(0, "mixing").integers(1 << 62, size=6) | 1
"""Large odd numbers that make one number, modulo 2 ** 64, of six: others than equal ones hardly ever meet."""
_INWARDS = 0.07
"""Share of the way to the middle of its triangles at which a vertex is lit: its corner may touch a wall."""


@dataclass(frozen=True, slots=True)
class Points:
    """Points that light falls on, and where they look."""

    positions: Singles
    """Shape (N, 3), world, metres, a little in front of the surface."""
    normals: Singles
    """Shape (N, 3), unit."""
    rooms: NDArray[np.int32]
    """Shape (N,): index of the room."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells and texels over one surface, [row, column] along its second and first axis."""

    rows: int
    """Of cells; of texels there are `FINE` times as many."""
    columns: int
    valid: NDArray[np.bool_]
    """Shape (FINE * rows, FINE * columns): texels on the surface, not in a hole or beyond a corner of the room."""
    nearest: NDArray[np.int64]
    """Shape (2, FINE * rows, FINE * columns): row and column of the nearest texel that is valid."""

    def where(self, visible: NDArray[np.bool_]) -> "Grid":
        """The grid with those texels alone valid that are `visible` too; as it is when none would be left."""
        valid = self.valid & visible
        return Grid(self.rows, self.columns, valid, _nearest(valid)) if valid.any() else self

    def averaged(self, texels: Singles) -> Singles:
        """Means of the valid texels of every cell: shape (rows, columns, 3) of (FINE * rows, FINE * columns, 3)."""
        filled = self.filled(texels)
        return np.asarray(filled.reshape(self.rows, FINE, self.columns, FINE, -1).mean((1, 3)))

    def filled(self, texels: Singles) -> Singles:
        """The texels, where they are not valid as the nearest one that is."""
        return np.asarray(texels[self.nearest[0], self.nearest[1]])

    def blurred(self, texels: Singles, sigma: float) -> Singles:
        """The texels blurred among the valid ones; `sigma` in texels."""
        weight = scipy.ndimage.gaussian_filter(self.valid.astype(np.float32), sigma) + np.float32(1e-6)
        masked = texels * self.valid[..., None]
        blurred = scipy.ndimage.gaussian_filter(masked, (sigma, sigma, 0)) / weight[..., None]
        return self.filled(np.asarray(blurred, np.float32))

    def spread(self, cells: Singles, buried: NDArray[np.bool_]) -> Singles:
        """Values at the texels between those at the cells (rows, columns, 3) that are not `buried` (rows, columns)."""
        weight = scipy.ndimage.gaussian_filter((~buried).astype(np.float32), _SPREAD, mode="nearest")
        soft = scipy.ndimage.gaussian_filter(cells * ~buried[..., None], (_SPREAD, _SPREAD, 0), mode="nearest")
        nearest = scipy.ndimage.distance_transform_edt(weight < 1e-3, return_distances=False, return_indices=True)
        soft = (soft / np.maximum(weight, 1e-3)[..., None])[nearest[0], nearest[1]]
        rows, columns = (
            (np.arange(FINE * count, dtype=np.float32) + 0.5) / FINE - 0.5 for count in (self.rows, self.columns)
        )
        at = np.meshgrid(rows, columns, indexing="ij")
        channels = [scipy.ndimage.map_coordinates(soft[..., k], at, order=1, mode="nearest") for k in range(3)]
        return np.stack(channels, -1)


def cell_size(surfaces: Sequence[Surface]) -> float:
    """Metres along a cell, for all surfaces of a house."""
    area = sum(surface.size[0] * surface.size[1] for surface in surfaces)
    return max(CELL, FINE * float(np.sqrt(area / _MOST_TEXELS)))


def surface_grid(surface: Surface, cell: float) -> Grid:
    """The grid over a surface, with cells of about `cell` metres."""
    columns, rows = (max(1, round(length / cell)) for length in surface.size)
    u = (np.arange(FINE * columns) + 0.5) / (FINE * columns) * surface.size[0]
    v = (np.arange(FINE * rows) + 0.5) / (FINE * rows) * surface.size[1]
    face = shapely.union_all(shapely.polygons(surface.plane_coordinates()[surface.mesh.triangles]))
    shapely.prepare(face)
    valid = shapely.contains_xy(face, *np.meshgrid(u, v))
    if not valid.any():  # narrower than a texel
        valid = np.ones_like(valid)
    return Grid(rows, columns, valid, _nearest(valid))


def _nearest(valid: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.asarray(
        scipy.ndimage.distance_transform_edt(~valid, return_distances=False, return_indices=True), np.int64
    )


def texel_points(surface: Surface, grid: Grid) -> tuple[Singles, Singles]:
    """Positions and normals (P, 3) at the middles of the texels of a surface, row by row."""
    rows, columns = grid.valid.shape
    u = (np.arange(columns) + 0.5) / columns * surface.size[0]
    v = (np.arange(rows) + 0.5) / rows * surface.size[1]
    flat = np.asarray(surface.origin) + v[:, None, None] * surface.axes[1] + u[None, :, None] * surface.axes[0]
    normal = surface.mesh.normals[0]
    positions = (flat + _LIFT * normal).reshape(-1, 3).astype(np.float32)
    return positions, np.broadcast_to(normal.astype(np.float32), positions.shape)


def cell_points(surface: Surface, grid: Grid) -> tuple[Singles, Singles]:
    """Positions and normals (P, 3) of the cells of a surface, row by row: of the valid texels nearest to their middles.

    The middle itself may lie beyond a corner of the room, in the light of another.
    """
    positions, normals = texel_points(surface, grid)
    row, column = grid.nearest[:, FINE // 2 :: FINE, FINE // 2 :: FINE].reshape(2, -1)
    chosen = row * grid.valid.shape[1] + column
    return positions[chosen], normals[chosen]


def vertex_points(mesh: Mesh) -> tuple[Singles, Singles, NDArray[np.int64]]:
    """Positions and normals (P, 3) of the points that light a mesh, and the point of every vertex (N,).

    Vertices that lie close together and look the same way share a point: the rim of a cup needs no ray for each.
    """
    middles = mesh.positions[mesh.triangles].mean(1)
    total, count = np.zeros_like(mesh.positions), np.zeros(len(mesh.positions))
    for k in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(mesh.triangles[:, k], middles[:, axis], len(mesh.positions))
        count += np.bincount(mesh.triangles[:, k], minlength=len(mesh.positions))
    middle = np.where(count[:, None] > 0, total / np.maximum(count, 1)[:, None], mesh.positions)
    places = mesh.positions + _INWARDS * (middle - mesh.positions)
    blocks = np.concatenate([np.floor(places / _SHARED), np.rint(2 * mesh.normals)], 1).astype(np.int64)
    _, point = np.unique(blocks @ _MIXING, return_inverse=True)
    members = np.maximum(np.bincount(point), 1)[:, None]
    positions, normals = (
        np.stack([np.bincount(point, values[:, axis]) for axis in range(3)], 1) / members
        for values in (places, mesh.normals)
    )
    normals /= np.maximum(np.sqrt((normals * normals).sum(1)), 1e-9)[:, None]
    return (positions + _LIFT * normals).astype(np.float32), normals.astype(np.float32), point


def joined(parts: Sequence[tuple[Singles, Singles, int]]) -> Points:
    """Positions, normals and room of every part, in one."""
    none = np.zeros((0, 3), np.float32)
    return Points(
        np.concatenate([none, *(part[0] for part in parts)]),
        np.concatenate([none, *(part[1] for part in parts)]),
        np.concatenate([np.zeros(0, np.int32), *(np.full(len(part[0]), part[2], np.int32) for part in parts)]),
    )


def unburied(values: Singles, buried: NDArray[np.bool_], points: Points) -> Singles:
    """Values (N, 3) at points; those `buried` (N,) in something take that of the nearest point that looks their way.

    A triangle's corner may lie within a neighbouring piece; its light must not make the rest of the triangle black.
    """
    if buried.all() or not buried.any():
        return values
    places = np.concatenate([points.positions, _TURNED_AWAY * points.normals], 1)
    _, nearest = scipy.spatial.cKDTree(places[~buried]).query(places[buried])
    values = values.copy()
    values[buried] = values[~buried][nearest]
    return values


def smoothed(values: Singles, mesh: Mesh, rounds: int) -> Floats:
    """Values (V, 3) at a mesh's vertices, averaged along the edges between vertices that look the same way."""
    # Vertices of one place and direction are one, however many triangles brought their own.
    normals, triangles = mesh.normals, mesh.triangles
    place = np.concatenate([np.rint(mesh.positions * 500), np.rint(normals * 4)], 1).astype(np.int64)
    _, node = np.unique(place @ _MIXING, return_inverse=True)
    count = int(node.max()) + 1 if len(node) else 0
    a, b = triangles.ravel(), np.roll(triangles, -1, 1).ravel()
    alike = (normals[a] * normals[b]).sum(1) > 0.85
    a, b = node[a[alike]], node[b[alike]]
    ones = np.ones(2 * len(a), np.float32)
    links = scipy.sparse.csr_matrix((ones, (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(count, count))
    members = np.maximum(np.bincount(node, minlength=count), 1)
    mean = np.stack([np.bincount(node, values[:, k], count) for k in range(3)], 1) / members[:, None]
    degree = np.asarray(links.sum(1)).reshape(-1, 1)
    for _ in range(rounds):
        mean = (2 * mean + links @ mean) / (2 + degree)
    return np.asarray(mean[node])
