"""Oriented boxes as sets of points: distances by dense sampling, refined until a separating plane proves them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, KDTree
from scipy.spatial.distance import cdist

Floats = NDArray[np.float64]

_SIGNS = np.array(np.meshgrid([-1.0, 1.0], [-1.0, 1.0], [-1.0, 1.0])).T.reshape(-1, 3)
_STEPS = np.array(np.meshgrid([-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0])).T.reshape(-1, 3)
_PROVEN = 2e-4
"""Metres between the bounds of a distance at which the search ends."""


@dataclass(frozen=True)
class Block:
    """A solid box."""

    center: Floats
    half: Floats
    """Half of its extents along its own axes, metres."""
    axes: Floats
    """Shape (3, 3): its axes as columns."""

    @classmethod
    def of(cls, center: list[float], size: list[float], rotation: list[float]) -> "Block":
        """From a record: a quaternion w, x, y, z turns the box's axes into the world's."""
        w, x, y, z = np.array(rotation) / np.linalg.norm(rotation)
        cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
        return cls(np.array(center), np.array(size) / 2, np.eye(3) + 2 * w * cross + 2 * cross @ cross)

    @cached_property
    def corners(self) -> Floats:
        """Shape (8, 3)."""
        return self.world(_SIGNS * self.half)

    def world(self, local: Floats) -> Floats:
        """Points (N, 3) along the box's axes from its centre, to the world."""
        return np.asarray(self.center + local @ self.axes.T)

    def local(self, world: Floats) -> Floats:
        """The inverse of `world`."""
        return np.asarray((world - self.center) @ self.axes)

    @cached_property
    def skin(self) -> Floats:
        """Points (N, 3) all over its surface, along its own axes."""
        counts = [int(np.clip(np.ceil(side / 0.1), 2, 9)) for side in 2 * self.half]
        grid = np.stack(np.meshgrid(*(np.linspace(-1, 1, count) for count in counts), indexing="ij"), -1).reshape(-1, 3)
        return np.asarray(grid[(np.abs(grid) == 1).any(1)] * self.half)

    def inside(self, shares: Floats) -> Floats:
        """World points at shares (N, 3) in 0 to 1 of its extents."""
        return self.world((2 * shares - 1) * self.half)

    @cached_property
    def plan(self) -> Floats:
        """Shape (N, 2): its convex outline seen from above, counter-clockwise."""
        return outline(self.corners[:, :2])


def outline(points: Floats) -> Floats:
    """The convex hull of points (N, 2), counter-clockwise."""
    return np.asarray(points[ConvexHull(points).vertices])


def gap(a: Block, b: Block) -> tuple[float, float]:
    """Bounds of the distance between two boxes, metres: two points that are as close, and a slab that lies between.

    Raises ArithmeticError when the bounds do not meet.
    """
    distances, nearest = map(np.asarray, KDTree(b.world(b.skin)).query(a.world(a.skin)))
    start = int(np.argmin(distances))
    p, q = a.skin[start], b.skin[nearest[start]]
    step, best = 0.1, np.inf
    for _ in range(4000):
        ps, qs = (np.clip(middle + _STEPS * step, -block.half, block.half) for middle, block in ((p, a), (q, b)))
        between = cdist(a.world(ps), b.world(qs))
        i, j = divmod(int(np.argmin(between)), between.shape[1])
        if between[i, j] < best - 1e-12:
            p, q, best = ps[i], qs[j], float(between[i, j])
            continue
        if best < _PROVEN:
            return 0.0, best
        normal = (b.world(q[None])[0] - a.world(p[None])[0]) / best
        below = float((b.corners @ normal).min() - (a.corners @ normal).max())
        if best - below < _PROVEN:
            return below, best
        step /= 2
    raise ArithmeticError(f"the distance is at most {best} m, and nothing shows that it is not less")


def gap_to_point(block: Block, point: Floats) -> tuple[float, float]:
    """Bounds of the distance from a point to a box, metres."""
    return gap(block, Block(point, np.zeros(3), np.eye(3)))
