"""Points, oriented boxes and polygons of the world frame, and exact distances between them.

World frame: right-handed, z up, metres. Angles are degrees, counter-clockwise seen from above, 0 along +x.

Records are quantised when they are made (positions and sizes to 1e-4 m, angles to 1e-3 degrees, quaternion
components to 1e-7), so that what is computed in memory equals what is computed from a stored record. Everything
after that uses only additions, products and square roots, which give the same bits on every CPU.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import shapely
from numpy.typing import NDArray

Vec2 = tuple[float, float]
Vec3 = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]
Floats = NDArray[np.float64]

# The 12 edges of a box as pairs of corner indices, in the corner order of `OrientedBox.corners`.
_EDGES = np.array([(a, b) for a in range(8) for b in range(a + 1, 8) if (a ^ b).bit_count() == 1])
# Bit k of the row picks the high side of local axis k.
_SIGNS = np.array([[2.0 * ((corner >> k) & 1) - 1.0 for k in range(3)] for corner in range(8)])


def quantize_metres(value: float) -> float:
    """Round to 0.1 mm, without negative zero."""
    return round(float(value), 4) + 0.0


def quantize_degrees(value: float) -> float:
    """Round to 0.001 degrees, without negative zero."""
    return round(float(value), 3) + 0.0


def require_finite(name: str, values: tuple[float, ...]) -> None:
    """Raise ValueError that names the field when a value is NaN or infinite."""
    if not all(map(math.isfinite, values)):
        raise ValueError(f"{name} must be finite, got {values}")


def wrap_degrees(angle: float) -> float:
    """The same direction in (-180, 180]."""
    wrapped = math.fmod(angle, 360.0)
    if wrapped <= -180.0:
        return wrapped + 360.0
    return wrapped - 360.0 if wrapped > 180.0 else wrapped


@dataclass(frozen=True, slots=True)
class OrientedBox:
    """A box of any orientation.

    Local axes: x = width, y = depth (the front of a piece of furniture faces +y), z = height.

    Raises:
        ValueError: a value is not finite, or a size is negative.
    """

    center: Vec3
    """World position of the centre, metres."""
    size: Vec3
    """Full extents along the local axes, metres."""
    rotation: Quaternion = (1.0, 0.0, 0.0, 0.0)
    """Unit quaternion (w, x, y, z) that turns local axes into world axes."""

    def __post_init__(self) -> None:
        for name in ("center", "size", "rotation"):
            require_finite(f"box {name}", getattr(self, name))
        if min(self.size) < 0:
            raise ValueError(f"box size must not be negative, got {self.size}")
        norm = math.sqrt(sum(q * q for q in self.rotation))
        if norm < 1e-6:
            raise ValueError(f"box rotation must be a unit quaternion, got {self.rotation}")
        # A rotation that was rounded before must stay as it is: its norm is 1 within the rounding.
        scale = 1.0 if abs(norm - 1.0) < 1e-6 else norm
        rotation = tuple(round(q / scale, 7) + 0.0 for q in self.rotation)
        object.__setattr__(self, "center", tuple(quantize_metres(v) for v in self.center))
        object.__setattr__(self, "size", tuple(quantize_metres(v) for v in self.size))
        object.__setattr__(self, "rotation", rotation)

    @classmethod
    def upright(cls, center: Vec3, size: Vec3, yaw: float) -> "OrientedBox":
        """A box turned by `yaw` degrees about the vertical axis, counter-clockwise seen from above."""
        half = math.radians(yaw) / 2
        return cls(center, size, (math.cos(half), 0.0, 0.0, math.sin(half)))

    def axes(self) -> Floats:
        """Shape (3, 3): column k is the local axis k in world coordinates."""
        w, x, y, z = self.rotation
        return np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
            ]
        )

    def to_world(self, local: Floats) -> Floats:
        """World positions of local points, both of shape (..., 3); the local origin is the box centre."""
        axes = self.axes()
        return np.asarray(self.center) + (
            local[..., 0:1] * axes[:, 0] + local[..., 1:2] * axes[:, 1] + local[..., 2:3] * axes[:, 2]
        )

    def to_local(self, world: Floats) -> Floats:
        """Inverse of `to_world`."""
        axes = self.axes()
        offset = world - np.asarray(self.center)
        return np.stack([(offset * axes[:, k]).sum(-1) for k in range(3)], -1)

    def corners(self) -> Floats:
        """Shape (8, 3), world coordinates; bit k of the row index picks the high side of local axis k."""
        return self.to_world(_SIGNS * (np.asarray(self.size) / 2))

    def extent(self) -> tuple[Floats, Floats]:
        """Lowest and highest world coordinates, each of shape (3,)."""
        corners = self.corners()
        return corners.min(0), corners.max(0)

    def footprint(self) -> Floats:
        """Shape (N, 2): the convex outline of the box seen from above, counter-clockwise, not closed."""
        if self.rotation[1] == self.rotation[2] == 0.0 and min(self.size) > 0.0:
            return np.asarray(self.corners()[[0, 1, 3, 2], :2])
        hull = shapely.orient_polygons(shapely.MultiPoint(self.corners()[:, :2]).convex_hull)
        if not isinstance(hull, shapely.Polygon):
            raise ValueError(f"box of size {self.size} covers no floor area")
        return np.asarray(hull.exterior.coords, dtype=np.float64)[:-1]

    def point_distance(self, points: Floats) -> Floats:
        """Distance from world points of shape (..., 3) to the solid box, metres; 0 inside."""
        excess = np.maximum(np.abs(self.to_local(points)) - np.asarray(self.size) / 2, 0.0)
        return np.asarray(np.sqrt((excess * excess).sum(-1)), dtype=np.float64)


# Questions ask for the same pairs again and again.
@lru_cache(maxsize=4096)
def box_distance(a: OrientedBox, b: OrientedBox) -> float:
    """Distance between the closest points of two solid boxes, metres; 0 when they touch or overlap."""
    return float(Boxes.of((a,)).distances(Boxes.of((b,)))[0])


@dataclass(frozen=True, slots=True)
class Boxes:
    """Many boxes as arrays, to measure between all of them at once."""

    centers: Floats
    """Shape (N, 3)."""
    halves: Floats
    """Shape (N, 3): half the extents along the local axes."""
    axes: Floats
    """Shape (N, 3, 3), as `OrientedBox.axes`."""

    @classmethod
    def of(cls, boxes: Sequence[OrientedBox]) -> "Boxes":
        """The same boxes, in order."""
        w, x, y, z = np.array([box.rotation for box in boxes], dtype=np.float64).reshape(-1, 4).T
        rows = (
            (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
            (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
            (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
        )
        return cls(
            centers=np.array([box.center for box in boxes], dtype=np.float64).reshape(-1, 3),
            halves=np.array([box.size for box in boxes], dtype=np.float64).reshape(-1, 3) / 2,
            axes=np.stack([np.stack(row, -1) for row in rows], -2),
        )

    def take(self, indices: NDArray[np.intp]) -> "Boxes":
        """Some of them, or one of them again and again."""
        return Boxes(self.centers[indices], self.halves[indices], self.axes[indices])

    def corners(self) -> Floats:
        """Shape (N, 8, 3), in the order of `OrientedBox.corners`."""
        return self.to_world(_SIGNS * self.halves[:, None])

    def outlines(self) -> NDArray[np.object_]:
        """Shape (N,): each `OrientedBox.footprint` as a shapely polygon, metres.

        Raises:
            ValueError: a box covers no floor area.
        """
        corners = self.corners()[:, :, :2]
        # Seen from above, a box with a vertical axis is the rectangle of its lower corners.
        outlines = np.asarray(shapely.polygons(corners[:, [0, 1, 3, 2]]))
        for k in np.flatnonzero((self.axes[:, 2, 2] != 1.0) | (self.halves.min(1) <= 0.0)).tolist():
            outlines[k] = shapely.orient_polygons(shapely.MultiPoint(corners[k]).convex_hull)
            if not isinstance(outlines[k], shapely.Polygon):
                raise ValueError(f"box of size {tuple((2 * self.halves[k]).tolist())} covers no floor area")
        return outlines

    def to_world(self, local: Floats) -> Floats:
        """World positions (N, K, 3) of points (N, K, 3), each row in the local axes of its box."""
        turned = sum(local[..., k : k + 1] * self.axes[:, None, :, k] for k in range(3))
        return np.asarray(self.centers[:, None] + turned)

    def to_local(self, world: Floats) -> Floats:
        """Inverse of `to_world`."""
        offset = world - self.centers[:, None]
        return np.stack([(offset * self.axes[:, None, :, k]).sum(-1) for k in range(3)], -1)

    def distances(self, others: "Boxes") -> Floats:
        """Shape (N,): the distance of each to its counterpart among as many others, metres; 0 where they overlap."""
        upright = (self.axes[:, 2, 2] == 1.0) & (others.axes[:, 2, 2] == 1.0)
        if upright.all():
            return _upright_distances(self, others)
        result = np.empty(len(upright))
        for which, measure in ((upright, _upright_distances), (~upright, _solid_distances)):
            indices = np.flatnonzero(which)
            result[indices] = measure(self.take(indices), others.take(indices))
        return result


def _upright_distances(a: Boxes, b: Boxes) -> Floats:
    """Of boxes with vertical axes: between the heights, and between the rectangles seen from above.

    The closest points of two disjoint convex polygons include a vertex of one of them; that rectangles are disjoint
    shows along one of their own axes (the separating-axis theorem).
    """
    nearest: list[Floats] = []
    apart = np.zeros(len(a.centers), dtype=np.bool_)
    for box, other in ((a, b), (b, a)):
        offset = (other.centers - box.centers)[:, :2].T
        # Along each of the two level axes of `box`: its half, where the other's middle is, and the other's half sides.
        half, middle, width, depth = [], [], [], []
        for k in range(2):
            x, y = box.axes[:, 0, k], box.axes[:, 1, k]
            half.append(box.halves[:, k])
            middle.append(offset[0] * x + offset[1] * y)
            width.append((other.axes[:, 0, 0] * x + other.axes[:, 1, 0] * y) * other.halves[:, 0])
            depth.append((other.axes[:, 0, 1] * x + other.axes[:, 1, 1] * y) * other.halves[:, 1])
            apart |= np.abs(middle[k]) > half[k] + np.abs(width[k]) + np.abs(depth[k])
        for i, j in product((-1.0, 1.0), repeat=2):
            excess = [np.maximum(np.abs(middle[k] + i * width[k] + j * depth[k]) - half[k], 0.0) for k in range(2)]
            nearest.append(excess[0] * excess[0] + excess[1] * excess[1])
    aside = np.where(apart, np.minimum.reduce(nearest), 0.0)
    above = np.maximum(np.abs(a.centers[:, 2] - b.centers[:, 2]) - a.halves[:, 2] - b.halves[:, 2], 0.0)
    return np.asarray(np.sqrt(aside + above * above))


def _solid_distances(a: Boxes, b: Boxes) -> Floats:
    """Of boxes of any orientation.

    The closest points of two disjoint convex polyhedra lie on a vertex and a face or on two edges, so the minimum over
    vertex-to-box and edge-to-edge distances is exact. Overlap is found by the separating-axis theorem.
    """
    corners_a, corners_b = a.corners(), b.corners()
    nearest = []
    for box, corners in ((a, corners_b), (b, corners_a)):
        excess = np.maximum(np.abs(box.to_local(corners)) - box.halves[:, None], 0.0)
        nearest.append(np.sqrt((excess * excess).sum(-1)).min(1))
    starts_a, ends_a = (corners_a[:, _EDGES[:, k], None] for k in (0, 1))
    starts_b, ends_b = (corners_b[:, None, _EDGES[:, k]] for k in (0, 1))
    s, t = _closest_parameters(starts_a, ends_a, starts_b, ends_b)
    gap = starts_a - starts_b + s[..., None] * (ends_a - starts_a) - t[..., None] * (ends_b - starts_b)
    nearest.append(np.sqrt((gap * gap).sum(-1)).min((1, 2)))
    apart = _are_apart(a.axes, corners_a, b.axes, corners_b)
    return np.asarray(np.where(apart, np.minimum.reduce(nearest), 0.0))


def _are_apart(axes_a: Floats, corners_a: Floats, axes_b: Floats, corners_b: Floats) -> NDArray[np.bool_]:
    """Whether a plane lies between two boxes, for N pairs of boxes."""
    rows_a, rows_b = axes_a.swapaxes(1, 2), axes_b.swapaxes(1, 2)
    crossed = np.cross(rows_a[:, :, None], rows_b[:, None]).reshape(-1, 9, 3)
    candidates = np.concatenate([rows_a, rows_b, crossed], 1)
    # Parallel edges have no cross product; a direction of length 0 separates nothing.
    candidates *= (candidates * candidates).sum(-1, keepdims=True) > 1e-12
    along_a = (corners_a[:, :, None] * candidates[:, None]).sum(-1)
    along_b = (corners_b[:, :, None] * candidates[:, None]).sum(-1)
    return np.asarray(((along_a.min(1) > along_b.max(1)) | (along_b.min(1) > along_a.max(1))).any(1))


def closest_points(a: OrientedBox, b: OrientedBox) -> tuple[Floats, Floats]:
    """A point of each of two boxes that do not overlap, shape (3,), metres, as far apart as `box_distance` says."""
    corners_a, corners_b = a.corners(), b.corners()
    on_b, on_a = (
        box.to_world(np.clip(box.to_local(corners), -np.asarray(box.size) / 2, np.asarray(box.size) / 2))
        for box, corners in ((b, corners_a), (a, corners_b))
    )
    starts_a, ends_a = (corners_a[_EDGES[:, k]][:, None] for k in (0, 1))
    starts_b, ends_b = (corners_b[_EDGES[:, k]][None] for k in (0, 1))
    s, t = _closest_parameters(starts_a, ends_a, starts_b, ends_b)
    edge_a = (starts_a + s[..., None] * (ends_a - starts_a)).reshape(-1, 3)
    edge_b = (starts_b + t[..., None] * (ends_b - starts_b)).reshape(-1, 3)
    first, second = np.concatenate([corners_a, on_a, edge_a]), np.concatenate([on_b, corners_b, edge_b])
    nearest = int(((first - second) ** 2).sum(1).argmin())
    return first[nearest], second[nearest]


def _closest_parameters(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> tuple[Floats, Floats]:
    """Where on each of two segments, from 0 to 1, they are closest; arrays of shape (..., 3) that broadcast.

    C. Ericson, Real-Time Collision Detection (2005), section 5.1.9.
    """
    d1, d2, r = p1 - p0, q1 - q0, p0 - q0
    a, e, f = (d1 * d1).sum(-1), (d2 * d2).sum(-1), (d2 * r).sum(-1)
    b, c = (d1 * d2).sum(-1), (d1 * r).sum(-1)
    a_safe, e_safe = np.maximum(a, 1e-18), np.maximum(e, 1e-18)
    denominator = a * e - b * b
    parallel = denominator <= 1e-12 * a_safe * e_safe
    s = np.where(parallel, 0.0, np.clip((b * f - c * e) / np.where(parallel, 1.0, denominator), 0.0, 1.0))
    t = np.clip((b * s + f) / e_safe, 0.0, 1.0)
    return np.clip((b * t - c) / a_safe, 0.0, 1.0), t


def polygon_distance(outline: Floats, points: Floats) -> Floats:
    """Distance from points (..., 2) to a filled polygon with outline (N, 2), metres; 0 inside."""
    return np.asarray(shapely.distance(shapely.Polygon(outline), shapely.points(points)), dtype=np.float64)
