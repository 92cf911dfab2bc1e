"""Packing the light of many walls and floors into one image."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Floats

_WIDTH = 1024
"""Texels; a wall of 60 m still fits."""


@dataclass(frozen=True, slots=True)
class PackedLight:
    """Grids of light, side by side in one image, each with a border that repeats its edge."""

    texels: NDArray[np.float16]
    """Shape (rows, columns, 3), linear RGB."""
    places: tuple[tuple[int, int], ...]
    """Column and row of the first texel of every grid."""
    sizes: tuple[tuple[int, int], ...]
    """Columns and rows of every grid."""

    def coordinates(self, index: int, share: Floats) -> Floats:
        """Where points of a grid lie in the image, in texels, for `share` (N, 2) of its extent in u and v."""
        return np.asarray(np.asarray(self.places[index]) + np.clip(share, 0.0, 1.0) * np.asarray(self.sizes[index]))


def pack_light(grids: Sequence[NDArray[np.float16]]) -> PackedLight:
    """Put grids of shape (rows, columns, 3) into one image, tallest first, shelf by shelf."""
    width = max([_WIDTH, *(grid.shape[1] + 2 for grid in grids)])
    places: dict[int, tuple[int, int]] = {}
    x = y = shelf = 0
    for index in sorted(range(len(grids)), key=lambda k: (-grids[k].shape[0], k)):
        rows, columns = grids[index].shape[0] + 2, grids[index].shape[1] + 2
        if x + columns > width:
            x, y, shelf = 0, y + shelf, 0
        places[index] = (x + 1, y + 1)
        x, shelf = x + columns, max(shelf, rows)
    texels = np.zeros((y + shelf, width, 3), np.float16)
    for index, grid in enumerate(grids):
        column, row = places[index]
        rows, columns = grid.shape[:2]
        texels[row - 1 : row + rows + 1, column - 1 : column + columns + 1] = np.pad(
            grid, ((1, 1), (1, 1), (0, 0)), mode="edge"
        )
    sizes = tuple((grid.shape[1], grid.shape[0]) for grid in grids)
    return PackedLight(texels, tuple(places[index] for index in range(len(grids))), sizes)
