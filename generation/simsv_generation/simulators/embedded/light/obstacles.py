"""All that stands in the way of light and throws it back, triangle by triangle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.house_shape import HouseShape
from simsv_generation.simulators.embedded.light.points import CELL, Grid
from simsv_generation.simulators.embedded.light.rays import Rays, Singles
from simsv_generation.simulators.embedded.mesh import Mesh
from simsv_generation.simulators.embedded.subdivide import subdivided

_CLEAR = 0.5
"""What is more transparent than this throws no shadow."""
_MOST_THROWN_BACK = 0.9


@dataclass(frozen=True, slots=True)
class Obstacles:
    """The triangles of a house: first those of its shell, then those of all else that is not clear."""

    rays: Rays
    fronts: Singles
    """Shape (M, 3): normals, of any length, of the sides that are seen."""
    albedo: Singles
    """Shape (M, 3): share of the light that is thrown back."""
    emission: Singles
    """Shape (M, 3): light of their own."""
    cells: NDArray[np.int64]
    """Shape (S,): of the shell's triangles the cell they lie in, counted through all grids."""
    corners: NDArray[np.int64]
    """Shape (M - S, 3): of the other triangles the points that light their corners."""

    def thrown_back(self, on_cells: Singles, on_points: Singles) -> Singles:
        """Light (M, 3) that leaves the triangles when so much falls on the cells and the points, (., 3) each."""
        return np.asarray(
            np.concatenate([on_cells[self.cells], on_points[self.corners].mean(1)]) * self.albedo, np.float32
        )


def house_obstacles(
    shape: HouseShape,
    grids: Sequence[Grid],
    solids: Mesh,
    point_of: NDArray[np.int64],
    image_colors: Mapping[str, Vec3],
) -> Obstacles:
    """The triangles of a house.

    Args:
        shape: its pieces.
        grids: over the pieces of its shell.
        solids: all its solid pieces in one.
        point_of: shape (N,), of every vertex of the solids the point that lights it.
        image_colors: mean colour of every image that a material names, linear RGB.
    """
    walls = [subdivided(piece.surface.mesh, 2 * CELL) for piece in shape.shell]
    wall_triangles = np.concatenate([mesh.positions[mesh.triangles] for mesh in walls])
    wall_albedo = np.concatenate([mesh.colors[mesh.triangles[:, 0]] for mesh in walls])
    textures = [image_colors.get(m.texture.removeprefix("image:"), (1.0, 1.0, 1.0)) for m in solids.materials]
    emission = np.array([material.emission for material in solids.materials])
    is_clear = np.array([material.opacity < _CLEAR for material in solids.materials])
    row = solids.material_ids[solids.triangles[:, 0]]
    corners = solids.triangles[~is_clear[row]]
    row = row[~is_clear[row]]
    colors = solids.colors[corners].mean(1) * np.array(textures)[row]
    triangles = np.concatenate([wall_triangles, solids.positions[corners]]).astype(np.float32)
    edges = triangles[:, 1:] - triangles[:, :1]
    shining = np.concatenate([np.zeros_like(wall_albedo), colors * emission[row, None]])
    return Obstacles(
        Rays(triangles),
        np.cross(edges[:, 0], edges[:, 1]),
        np.clip(np.concatenate([wall_albedo, colors]), 0, _MOST_THROWN_BACK).astype(np.float32),
        shining.astype(np.float32),
        _cells(shape, grids, walls),
        point_of[corners],
    )


def _cells(shape: HouseShape, grids: Sequence[Grid], walls: Sequence[Mesh]) -> NDArray[np.int64]:
    found, first = [np.zeros(0, np.int64)], 0
    for piece, grid, mesh in zip(shape.shell, grids, walls, strict=True):
        middle = (mesh.positions[mesh.triangles].mean(1) - np.asarray(piece.surface.origin)) @ piece.surface.axes.T
        share = np.clip(middle / np.asarray(piece.surface.size), 0, 1 - 1e-9)
        column, row = (share * (grid.columns, grid.rows)).astype(np.int64).T
        found.append(first + row * grid.columns + column)
        first += grid.rows * grid.columns
    return np.concatenate(found)
