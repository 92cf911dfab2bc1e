"""Points, oriented boxes and polygons of the world frame, and exact distances between them.

World frame: right-handed, z up, metres. Angles are degrees, counter-clockwise seen from above, 0 along +x.

Records are quantised when they are made (positions and sizes to 1e-4 m, angles to 1e-3 degrees, quaternion
components to 1e-7), so that what is computed in memory equals what is computed from a stored record. Everything
after that uses only additions, products and square roots, which give the same bits on every CPU.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

Vec2 = tuple[float, float]
Vec3 = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]
Floats = NDArray[np.float64]

# The 12 edges of a box as pairs of corner indices, in the corner order of `OrientedBox.corners`.
_EDGES = np.array([(a, b) for a in range(8) for b in range(a + 1, 8) if (a ^ b).bit_count() == 1])


def quantize_metres(value: float) -> float:
    """Round to 0.1 mm, without negative zero."""
    return round(float(value), 4) + 0.0


def quantize_degrees(value: float) -> float:
    """Round to 0.001 degrees, without negative zero."""
    return round(float(value), 3) + 0.0


def require_finite(name: str, values: tuple[float, ...]) -> None:
    """Raise ValueError that names the field when a value is NaN or infinite."""
    if not all(math.isfinite(value) for value in values):
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
        signs = np.array([[(i >> k) & 1 for k in range(3)] for i in range(8)]) - 0.5
        return self.to_world(signs * np.asarray(self.size))

    def extent(self) -> tuple[Floats, Floats]:
        """Lowest and highest world coordinates, each of shape (3,)."""
        corners = self.corners()
        return corners.min(0), corners.max(0)

    def footprint(self) -> Floats:
        """Shape (N, 2): the convex outline of the box seen from above, counter-clockwise, not closed."""
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
    """Distance between the closest points of two solid boxes, metres; 0 when they touch or overlap.

    The closest points of two disjoint convex polyhedra lie on a vertex and a face or on two edges, so the minimum over
    vertex-to-box and edge-to-edge distances is exact. Overlap is found by the separating-axis theorem.
    """
    if _overlap(a, b):
        return 0.0
    corners_a, corners_b = a.corners(), b.corners()
    edges = _segment_distance(
        corners_a[_EDGES[:, 0], None], corners_a[_EDGES[:, 1], None], corners_b[_EDGES[:, 0]], corners_b[_EDGES[:, 1]]
    )
    return float(min(b.point_distance(corners_a).min(), a.point_distance(corners_b).min(), edges.min()))


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


def _overlap(a: OrientedBox, b: OrientedBox) -> bool:
    axes_a, axes_b = a.axes().T, b.axes().T
    crossed = np.cross(axes_a[:, None], axes_b[None]).reshape(9, 3)
    candidates = np.concatenate([axes_a, axes_b, crossed])
    candidates = candidates[(candidates * candidates).sum(1) > 1e-12]
    along_a = (a.corners()[:, None] * candidates).sum(-1)
    along_b = (b.corners()[:, None] * candidates).sum(-1)
    gaps = np.maximum(along_a.min(0) - along_b.max(0), along_b.min(0) - along_a.max(0))
    return bool((gaps <= 0).all())


def _segment_distance(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> Floats:
    """Distances between segments p0-p1 and q0-q1, arrays of shape (..., 3) that broadcast."""
    s, t = _closest_parameters(p0, p1, q0, q1)
    gap = p0 - q0 + s[..., None] * (p1 - p0) - t[..., None] * (q1 - q0)
    return np.asarray(np.sqrt((gap * gap).sum(-1)))


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
