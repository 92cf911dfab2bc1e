"""Paths over a navigation grid that keep away from walls and furniture."""

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.navigation import NavigationGrid

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Cells = NDArray[np.intp]

_FREE_SPACE = 1.0
"""More clearance than this, metres, makes a place no better."""
_ROOMY = 0.45
"""Shortcuts keep this clearance, metres, or what the path had where it had less."""
_SAMPLE = 0.05
"""Distance between points of a smoothed path, metres."""
_SMOOTHING = 7
"""Points on either side that a smoothed point is averaged with."""


class RouteMap:
    """Shortest paths between the free cells of one grid.

    Cells are flat indices into the grid. The cost of a step is its length times (clearance, at most 1 m) to the power
    -3 at its narrower end, as in SIMS-V's planner, on an 8-connected grid whose diagonals do not cut corners.

    Owns the graph and the searches made so far.
    """

    def __init__(self, grid: NavigationGrid) -> None:
        self._grid = grid
        self._graph = _graph(grid)
        self._searches: dict[int, tuple[Floats, NDArray[np.int32]]] = {}

    def position(self, cell: int) -> tuple[float, float]:
        """World position of a cell, metres."""
        column, row = divmod(cell, self._grid.clearance.shape[1])
        x, y = self._grid.origin
        return x + column * self._grid.spacing, y + row * self._grid.spacing

    def cells_inside(self, polygon: shapely.Polygon) -> Cells:
        """The free cells in a polygon, in index order."""
        free = np.flatnonzero(self._grid.free)
        points = np.array([self.position(int(cell)) for cell in free]).reshape(-1, 2)
        return np.asarray(free[shapely.contains_xy(polygon, points[:, 0], points[:, 1])])

    def roomiest(self, cells: Cells, keep: float) -> Cells:
        """The cells with at least `keep` times the best clearance among them, which counts up to 1 m."""
        clearance = np.minimum(self._grid.clearance.ravel()[cells], _FREE_SPACE)
        return np.asarray(cells[clearance >= keep * clearance.max()])

    def nearest_cell(self, x: float, y: float) -> int:
        """The free cell nearest to a world position."""
        free = np.flatnonzero(self._grid.free)
        columns, rows = np.divmod(free, self._grid.clearance.shape[1])
        dx = self._grid.origin[0] + columns * self._grid.spacing - x
        dy = self._grid.origin[1] + rows * self._grid.spacing - y
        return int(free[np.argmin(dx * dx + dy * dy)])

    def cost(self, start: int, end: int) -> float:
        """Cost of the best path; infinite when there is none."""
        return float(self._search(start)[0][end])

    def reachable(self, start: int, cells: Cells) -> NDArray[np.bool_]:
        """Which of the cells a path leads to."""
        return np.asarray(np.isfinite(self._search(start)[0][cells]))

    def target(self, start: int, cells: Cells) -> int:
        """Where to look around in a room: of its reachable, roomy cells the one nearest to their middle."""
        cells = self.roomiest(cells[self.reachable(start, cells)], keep=0.8)
        points = np.array([self.position(int(cell)) for cell in cells])
        offset = points - points.mean(0)
        return int(cells[np.argmin((offset * offset).sum(1))])

    def smooth_path(self, start: int, end: int) -> Floats:
        """World positions (N, 2) from cell to cell, 5 cm apart, without the grid's corners."""
        predecessors = self._search(start)[1]
        cells = [end]
        while cells[-1] != start:
            cells.append(int(predecessors[cells[-1]]))
        points = np.array([self.position(cell) for cell in reversed(cells)])
        return self._rounded(_resampled(self._pulled_tight(points)))

    def _search(self, start: int) -> tuple[Floats, NDArray[np.int32]]:
        from scipy.sparse.csgraph import dijkstra  # takes longer to import than a command may take to show its help

        if start not in self._searches:
            costs, predecessors = dijkstra(self._graph, indices=[start], return_predecessors=True)
            self._searches[start] = costs[0], predecessors[0]
        return self._searches[start]

    def _clearance_at(self, points: Floats) -> Floats:
        """Clearance at the grid points nearest to world positions (N, 2)."""
        indices = np.rint((points - np.asarray(self._grid.origin)) / self._grid.spacing).astype(int)
        high = np.array(self._grid.clearance.shape) - 1
        clipped = np.clip(indices, 0, high)
        return np.asarray(self._grid.clearance[clipped[:, 0], clipped[:, 1]])

    def _pulled_tight(self, points: Floats) -> Floats:
        """Greedy shortcuts along straight lines that stay as roomy as what they replace, up to `_ROOMY`."""
        clearance = self._clearance_at(points)
        kept, here = [0], 0
        while here < len(points) - 1:
            ahead = here + 1
            for candidate in range(len(points) - 1, here + 1, -1):
                needed = min(_ROOMY, float(clearance[here : candidate + 1].min()))
                if self._clearance_at(_resampled(points[[here, candidate]])).min() >= needed:
                    ahead = candidate
                    break
            kept.append(ahead)
            here = ahead
        return points[kept]

    def _rounded(self, points: Floats) -> Floats:
        """A moving average of the path, except where it would come closer to obstacles than the agent's radius."""
        if len(points) < 3:
            return points
        padded = np.concatenate([np.repeat(points[:1], _SMOOTHING, 0), points, np.repeat(points[-1:], _SMOOTHING, 0)])
        sums = np.cumsum(np.concatenate([np.zeros((1, 2)), padded]), axis=0)
        window = 2 * _SMOOTHING + 1
        rounded = np.asarray((sums[window:] - sums[:-window]) / window)
        rounded[0], rounded[-1] = points[0], points[-1]
        tight = self._clearance_at(rounded) < self._grid.radius
        rounded[tight] = points[tight]
        return rounded


def _resampled(points: Floats) -> Floats:
    """The polyline through points (N, 2) at equal distances of about 5 cm, ends included."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    count = max(2, int(lengths[-1] / _SAMPLE) + 1)
    along = np.linspace(0.0, lengths[-1], count)
    return np.stack([np.interp(along, lengths, points[:, k]) for k in range(2)], 1)


def _graph(grid: NavigationGrid) -> "csr_array":
    from scipy.sparse import csr_array

    free = grid.free
    columns, rows = free.shape
    index = np.arange(columns * rows).reshape(columns, rows)
    price = np.where(free, np.clip(grid.clearance, 1e-3, _FREE_SPACE), 1.0) ** -3.0
    starts, ends, costs = [], [], []
    for dx, dy in ((1, 0), (0, 1), (1, 1), (1, -1)):
        here = np.s_[: columns - dx, max(0, -dy) : rows - max(0, dy)]
        there = np.s_[dx:, max(0, dy) : rows - max(0, -dy)]
        joined = free[here] & free[there]
        if dx and dy:
            across = np.s_[dx:, max(0, -dy) : rows - max(0, dy)]
            beside = np.s_[: columns - dx, max(0, dy) : rows - max(0, -dy)]
            joined &= free[across] & free[beside]
        length = grid.spacing * (dx * dx + dy * dy) ** 0.5
        starts.append(index[here][joined])
        ends.append(index[there][joined])
        costs.append(length * np.maximum(price[here], price[there])[joined])
    start, end, cost = (np.concatenate(parts) for parts in (starts, ends, costs))
    size = columns * rows
    return csr_array((np.tile(cost, 2), (np.concatenate([start, end]), np.concatenate([end, start]))), (size, size))
