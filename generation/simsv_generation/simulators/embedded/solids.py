"""Solids that furniture is made of: closed meshes in metres, in the local axes of a box.

x is the width, y the depth with the front at +y, z up. A bare colour in the place of a finish is matt paint. Textures
run along the length of a solid, where it has one: the grain of a board, the weave of a cloth.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Floats, Vec2, Vec3
from simsv_generation.simulators.embedded.mesh import Finish, Mesh, merge, of_one_finish, placed, polygon

_SMALLEST = 1e-9
_ROUND_STEPS = 2
"""Facets of a quarter turn of a round edge."""
_FLAT = 0.7
"""Upward part of a normal from which a turned face is textured like a disc, not like a barrel."""


def block(low: Vec3, high: Vec3, finish: Finish | Vec3, bevel: float = 0.006) -> Mesh:
    """A box between two corners whose edges are cut at 45 degrees, `bevel` metres deep or a quarter of the box."""
    a, b = np.minimum(low, high), np.maximum(low, high)
    cut = min(bevel, float((b - a).min()) / 4)
    shape = _block_shape(cut > 0)
    corners = np.where(shape.high_sides, b, a)
    positions = corners + cut * shape.inwards
    by_length = np.argsort(a - b, kind="stable")
    # Of the two axes in a face's plane the longer one is u, so that grain runs lengthwise.
    plane = np.array([[axis for axis in by_length if axis != across] for across in range(3)])[shape.across]
    texture_at = np.take_along_axis(positions, plane, 1) + _shift(a)
    return of_one_finish(positions, shape.normals, shape.triangles, finish, texture_at)


def _shift(corner: Floats) -> Floats:
    """Where on its texture a piece begins, metres: boards side by side are cut from different places of the tree."""
    return np.asarray(corner @ np.array([[37.7, 17.3], [91.3, 53.9], [61.1, 29.5]]) % 1.0)


@dataclass(frozen=True, slots=True)
class _BlockShape:
    """What all blocks have in common; one row for every vertex."""

    high_sides: NDArray[np.bool_]
    """Shape (N, 3): which corner of the box the vertex is near."""
    inwards: Floats
    """Shape (N, 3): where the cut moves it from that corner, in depths of the cut."""
    across: NDArray[np.int64]
    """Shape (N,): the axis along which its texture is projected."""
    normals: Floats
    triangles: NDArray[np.int32]


@cache
def _block_shape(beveled: bool) -> _BlockShape:
    """Six faces, and when it is beveled twelve edges and eight tips."""
    faces: list[
        list[tuple[int, int]]
    ] = []  # of vertices: a corner (bit k is the side on axis k) and a face by its axis
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        for side in (0, 1):
            ring = [side << axis | x << u | y << v for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
            faces.append([(i, axis) for i in (ring if side else ring[::-1])])
            for top in (0, 1) if beveled else ():
                # The edge between the face across `axis` and the one across `u`.
                start = side << axis | top << u
                end = start | 1 << v
                edge = [(start, axis), (start, u), (end, u), (end, axis)]
                faces.append(edge if side == top else edge[::-1])
    for i in range(8) if beveled else ():
        tip = [(i, axis) for axis in range(3)]
        faces.append(tip if i.bit_count() % 2 else tip[::-1])
    high_sides: list[NDArray[np.bool_]] = []
    inwards, across, normals, triangles = [], [], [], []
    for face in faces:
        first = len(high_sides)
        triangles += [(first, first + k, first + k + 1) for k in range(1, len(face) - 1)]
        outward = np.sum([np.eye(3)[axis] * (1.0 if i >> axis & 1 else -1.0) for i, axis in face], axis=0)
        for i, axis in face:
            sides = np.array([bool(i >> k & 1) for k in range(3)])
            high_sides.append(sides)
            inwards.append(np.where(sides, -1.0, 1.0) * (np.arange(3) != axis))
            across.append(face[0][1])
            normals.append(outward / np.sqrt(outward @ outward))
    return _BlockShape(
        np.array(high_sides), np.array(inwards), np.array(across), np.array(normals), np.array(triangles, np.int32)
    )


def rounded(low: Vec3, high: Vec3, finish: Finish | Vec3, radius: float) -> Mesh:
    """A box between two corners with round edges, of this radius or a little less than half of the box: upholstery."""
    a, b = np.minimum(low, high), np.maximum(low, high)
    half = (b - a) / 2
    r = min(radius, 0.98 * float(half.min()))
    steps = _ROUND_STEPS + 1
    quarter = np.linspace(0, np.pi / 2, steps)
    # A sphere cut into eight and moved apart to the corners: the directions of the cuts are there twice.
    turns = np.concatenate([quarter + k * np.pi / 2 for k in range(4)])
    rises = np.concatenate([quarter - np.pi / 2, quarter])[:, None]
    x, y, z = np.broadcast_arrays(np.cos(rises) * np.cos(turns), np.cos(rises) * np.sin(turns), np.sin(rises))
    sides = np.broadcast_arrays(
        np.repeat([1, -1, -1, 1], steps), np.repeat([1, 1, -1, -1], steps), np.repeat([-1, 1], steps)[:, None]
    )
    normals = np.stack([x, y, z], -1).reshape(-1, 3)
    offset = np.stack(sides, -1).reshape(-1, 3) * (half - r) + r * normals
    rows, columns = x.shape
    i, j = (index.ravel() for index in np.meshgrid(np.arange(rows - 1), np.arange(columns), indexing="ij"))
    p, q = i * columns + j, i * columns + (j + 1) % columns
    quads = np.stack([p, q, q + columns, p, q + columns, p + columns], 1).reshape(-1, 3)
    cap = np.array([(0, steps, 2 * steps), (0, 2 * steps, 3 * steps)])
    triangles = np.concatenate([quads, cap[:, ::-1], cap + (rows - 1) * columns])
    edges = offset[triangles[:, 1:]] - offset[triangles[:, :1]]
    triangles = triangles[np.abs(np.cross(edges[:, 0], edges[:, 1])).max(1) > _SMALLEST**2]
    return _mesh((a + b) / 2 + offset, normals, finish, triangles, _draped(offset, normals, half) + _shift(a))


def _draped(offset: Floats, normals: Floats, half: Floats) -> Floats:
    """Where points (N, 3) of a cushion with these half sizes are on the cloth that lies over it, shape (N, 2), metres.

    The cloth is flat on the upper or front side across the cushion's thinnest axis, and drawn over the rim.
    """
    thin = int(np.argmin(half))
    plane = [axis for axis in range(3) if axis != thin]
    drop = half[thin] - offset[:, thin]
    return np.asarray(offset[:, plane] + normals[:, plane] * drop[:, None])


def lathe(
    profile: Sequence[Vec2], finish: Finish | Vec3, *, at: Vec3 = (0, 0, 0), squash: float = 1.0, sides: int = 20
) -> Mesh:
    """A profile of (radius, height) from the bottom to the top, turned about the vertical through `at`.

    Sharp where the profile bends by more than 40 degrees, smooth elsewhere; an end with a radius is closed by a disc.
    A profile may come back down inside: a bowl. `squash` scales the depth.
    """
    points = [(float(r), float(z)) for r, z in profile]
    if points[0][0] > 0:
        points.insert(0, (0.0, points[0][1]))
    if points[-1][0] > 0:
        points.append((0.0, points[-1][1]))
    # The seam of the texture is at the back.
    angles = 2 * np.pi * np.arange(sides + 1) / sides - np.pi / 2
    around = np.stack([np.cos(angles), np.sin(angles) * squash], 1)
    facing = np.stack([np.cos(angles), np.sin(angles) / squash], 1)
    slopes = np.diff(np.array(points), axis=0)
    lengths = np.hypot(slopes[:, 0], slopes[:, 1])
    keep = lengths > _SMALLEST
    ends = [(points[k], points[k + 1]) for k in np.flatnonzero(keep)]
    normals = np.stack([slopes[keep, 1], -slopes[keep, 0]], 1) / lengths[keep, None]
    widest, along = max(r for r, _ in points), np.concatenate([[0.0], np.cumsum(lengths[keep])])
    positions, directions, texture_at, triangles = [], [], [], []
    for k, ((r0, z0), (r1, z1)) in enumerate(ends):
        bends = [
            (normals[k] + normals[j]) if 0 <= j < len(ends) and normals[k] @ normals[j] > 0.766 else normals[k]
            for j in (k - 1, k + 1)
        ]
        first = 2 * (sides + 1) * k
        is_flat = abs(normals[k][1]) > _FLAT
        for (r, z), bend, way in (((r0, z0), bends[0], along[k]), ((r1, z1), bends[1], along[k + 1])):
            positions.append(np.column_stack([r * around, np.full(sides + 1, z)]))
            texture_at.append(r * around if is_flat else np.column_stack([widest * angles, np.full(sides + 1, way)]))
            directions.append(np.column_stack([bend[0] * facing, np.full(sides + 1, bend[1])]))
        j = np.arange(sides)
        low, high = first + j, first + sides + 1 + j
        if r0 > 0:
            triangles.append(np.stack([low, low + 1, high + 1], 1))
        if r1 > 0:
            triangles.append(np.stack([low, high + 1, high], 1))
    return _mesh(
        np.concatenate(positions) + at,
        np.concatenate(directions),
        finish,
        np.concatenate(triangles),
        np.concatenate(texture_at),
    )


def cylinder(bottom: Vec3, radius: float, height: float, finish: Finish | Vec3, *, top_radius: float = -1.0) -> Mesh:
    """An upright cylinder on the centre of its base, or a cone frustum when `top_radius` is given."""
    narrow = radius if top_radius < 0 else top_radius
    return lathe([(radius, 0.0), (narrow, height)], finish, at=bottom, sides=16)


def ellipsoid(
    center: Vec3, radii: Vec3, finish: Finish | Vec3, *, boxy: float = 1.0, rows: int = 8, sides: int = 16
) -> Mesh:
    """A superellipsoid: `boxy` 1 is an ellipsoid, towards 0 a box with ever sharper edges (a cushion is 0.5).

    A. Barr, "Superquadrics and angle-preserving transformations", IEEE CG&A 1 (1981).
    """
    latitudes = np.linspace(-np.pi / 2, np.pi / 2, rows + 1)
    longitudes = 2 * np.pi * np.arange(sides + 1) / sides

    def power(values: Floats, exponent: float) -> Floats:
        # What should be zero, such as the cosine at a pole, would grow to 1e-7 under a small exponent: a crack.
        return np.asarray(np.where(np.abs(values) < _SMALLEST, 0.0, np.sign(values) * np.abs(values) ** exponent))

    def surface(exponent: float) -> Floats:
        ring = power(np.cos(latitudes), exponent)[:, None]
        x, y = (ring * power(f(longitudes), exponent)[None] for f in (np.cos, np.sin))
        z = np.broadcast_to(power(np.sin(latitudes), exponent)[:, None], x.shape)
        return np.stack([x, y, z], -1).reshape(-1, 3)

    r, c = (index.ravel() for index in np.meshgrid(np.arange(rows), np.arange(sides), indexing="ij"))
    a = r * (sides + 1) + c
    b = a + sides + 1
    triangles = np.concatenate([np.stack([a, a + 1, b + 1], 1)[r > 0], np.stack([a, b + 1, b], 1)[r < rows - 1]])
    offset = surface(boxy) * radii
    directions = surface(2 - boxy) / np.maximum(radii, _SMALLEST)
    directions /= np.maximum(np.sqrt((directions * directions).sum(1)), _SMALLEST)[:, None]
    texture_at = _draped(offset, directions, np.asarray(radii))
    return _mesh(np.asarray(center) + offset, directions, finish, triangles, texture_at)


def tube(path: Sequence[Vec3], radius: float, finish: Finish | Vec3, *, sides: int = 8) -> Mesh:
    """A round bar along a polyline, with flat ends and joints that are cut straight through."""
    points = np.asarray(path, dtype=np.float64)
    steps = np.diff(points, axis=0)
    keep = np.concatenate([[True], np.sqrt((steps * steps).sum(1)) > _SMALLEST])
    points = points[keep]
    steps = np.diff(points, axis=0)
    steps /= np.sqrt((steps * steps).sum(1))[:, None]
    tangents = np.concatenate([steps[:1], steps[:-1] + steps[1:], steps[-1:]])
    tangents /= np.maximum(np.sqrt((tangents * tangents).sum(1)), _SMALLEST)[:, None]
    across = np.eye(3)[np.argmin(np.abs(tangents[0]))]
    across = across - (across @ tangents[0]) * tangents[0]
    across /= np.sqrt(across @ across)
    angles = 2 * np.pi * np.arange(sides + 1) / sides
    rings, outward = [], []
    before = tangents[0]
    for point, tangent in zip(points, tangents, strict=True):
        # The smallest rotation from the tangent before to this one; projecting would fail where the path turns square.
        across = across - (across @ tangent) / max(1 + before @ tangent, _SMALLEST) * (before + tangent)
        before = tangent
        up = np.cross(tangent, across)
        outward.append(np.cos(angles)[:, None] * across + np.sin(angles)[:, None] * up)
        rings.append(point + radius * outward[-1])
    j = np.arange(sides)
    triangles = []
    for k in range(len(points) - 1):
        low = k * (sides + 1) + j
        high = low + sides + 1
        triangles += [np.stack([low, low + 1, high + 1], 1), np.stack([low, high + 1, high], 1)]
    way = np.concatenate([[0.0], np.cumsum(np.sqrt((np.diff(points, axis=0) ** 2).sum(1)))])
    along, around = np.meshgrid(way, radius * angles, indexing="ij")
    texture_at = np.column_stack([along.ravel(), around.ravel()]) + _shift(points[0])
    side = _mesh(np.concatenate(rings), np.concatenate(outward), finish, np.concatenate(triangles), texture_at)
    return merge([side, polygon(rings[0][:-1][::-1], finish), polygon(rings[-1][:-1], finish)])


def plate(outline: Sequence[Vec2], low: float, high: float, finish: Finish | Vec3, axis: int = 2) -> Mesh:
    """A convex outline, counter-clockwise, drawn out along an axis from `low` to `high`.

    The outline lies in the two other axes, in the order x, y, z, x: (x, y) for axis 2, (y, z) for 0, (z, x) for 1.
    """
    flat = np.asarray(outline, dtype=np.float64)
    u, v = (axis + 1) % 3, (axis + 2) % 3

    def ring(level: float) -> Floats:
        points = np.zeros((len(flat), 3))
        points[:, u], points[:, v], points[:, axis] = flat[:, 0], flat[:, 1], level
        return points

    bottom, top = ring(low), ring(high)
    after = np.roll(np.arange(len(flat)), -1)
    sides = [polygon([bottom[a], bottom[b], top[b], top[a]], finish) for a, b in enumerate(after)]
    return merge([*sides, polygon(bottom[::-1], finish), polygon(top, finish)])


def sheet(lines: Sequence[Sequence[Vec3]], thickness: float, finish: Finish | Vec3) -> Mesh:
    """A cloth of some thickness through lines of equally many points, the lowest first; its texture runs along them.

    Seen from its front a line runs to the left.
    """
    middle = np.asarray(lines, dtype=np.float64)
    rows, columns = middle.shape[:2]
    out = np.cross(_tangents(middle, 0), _tangents(middle, 1))
    out /= np.maximum(np.sqrt((out * out).sum(-1)), _SMALLEST)[..., None]
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = (part.ravel() for part in (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]))
    front = np.concatenate([np.stack([a, c, b], 1), np.stack([a, d, c], 1)])
    along, rise = (
        np.concatenate([[0.0], np.cumsum(np.sqrt((np.diff(path, axis=0) ** 2).sum(1)))])
        for path in (middle[0], middle[:, 0])
    )
    texture_at = np.stack(np.meshgrid(along, rise), -1).reshape(-1, 2)
    half, parts = thickness / 2 * out, []
    for side in (1, -1):
        normals = (side * out).reshape(-1, 3)
        parts.append(_mesh((middle + side * half).reshape(-1, 3), normals, finish, front[:, ::side], texture_at))
    ring = np.concatenate([index[0], index[1:, -1], index[-1, -2::-1], index[-2:0:-1, 0]])
    near, far = ((middle + side * half).reshape(-1, 3)[ring] for side in (1, -1))
    for k in range(len(ring)):
        j = (k + 1) % len(ring)
        parts.append(polygon([near[k], near[j], far[j], far[k]], finish))
    return merge(parts)


def framed(low: Vec3, high: Vec3, finish: Finish | Vec3, rim: float, sunk: float) -> Mesh:
    """A board whose front, at +y, has a field within a rim, `sunk` metres below it."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    slope = 0.4 * sunk

    def ring(inset: float, y: float) -> list[Vec3]:
        left, right, bottom, top = x0 + inset, x1 - inset, z0 + inset, z1 - inset
        return [(left, y, bottom), (left, y, top), (right, y, top), (right, y, bottom)]

    rings = [ring(0, y0), ring(0, y1), ring(rim, y1), ring(rim + slope, y1 - sunk)]
    parts = [polygon(rings[0][::-1], finish), polygon(rings[-1], finish)]
    for below, above in pairwise(rings):
        for k in range(4):
            j = (k + 1) % 4
            parts.append(polygon([below[k], below[j], above[j], above[k]], finish))
    return merge(parts)


def moved(mesh: Mesh, by: Vec3) -> Mesh:
    """The mesh shifted, metres."""
    return placed(mesh, mesh.positions + by, mesh.normals)


def turned(mesh: Mesh, degrees: float, axis: int = 2, about: Vec3 = (0, 0, 0)) -> Mesh:
    """The mesh turned about an axis through a point, counter-clockwise when the axis points at the viewer."""
    u, v = (axis + 1) % 3, (axis + 2) % 3
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.eye(3)
    matrix[u, u] = matrix[v, v] = c
    matrix[u, v], matrix[v, u] = -s, s
    center = np.asarray(about, dtype=np.float64)
    return placed(mesh, (mesh.positions - center) @ matrix.T + center, mesh.normals @ matrix.T)


def forward(mesh: Mesh, at: Vec3) -> Mesh:
    """An upright mesh about the origin laid over so that its top faces the front, and shifted: a knob, a dial."""
    return moved(turned(mesh, -90, axis=0), at)


def lengthwise(size: Vec3, make: Callable[[Vec3], Mesh]) -> Mesh:
    """A long thing made along y, turned so that it lies along the longer side of its box."""
    w, d, h = size
    return make(size) if d >= w else turned(make((d, w, h)), 90)


def fitted(mesh: Mesh, size: Vec3) -> Mesh:
    """The mesh scaled along each axis and centred, so that it fills a box of this size exactly."""
    low, high = mesh.extent()
    scale = np.asarray(size) / np.maximum(high - low, _SMALLEST)
    positions = np.clip((mesh.positions - (low + high) / 2) * scale, -np.asarray(size) / 2, np.asarray(size) / 2)
    normals = mesh.normals / np.maximum(scale, _SMALLEST)
    normals /= np.maximum(np.sqrt((normals * normals).sum(1)), _SMALLEST)[:, None]
    return placed(mesh, positions, normals)


def _tangents(points: Floats, axis: int) -> Floats:
    """Directions of the lines along an axis of points (..., 3) in them: halfway between those of the two pieces."""
    steps = np.diff(points, axis=axis)
    steps /= np.maximum(np.sqrt((steps * steps).sum(-1)), _SMALLEST)[..., None]
    first, last = np.take(steps, [0], axis), np.take(steps, [-1], axis)
    return np.asarray(np.concatenate([first, steps], axis) + np.concatenate([steps, last], axis))


def _mesh(
    positions: Floats, normals: Floats, finish: Finish | Vec3, triangles: NDArray[np.int64], texture_at: Floats
) -> Mesh:
    length = np.sqrt((normals * normals).sum(1))
    unit = np.where(length[:, None] > _SMALLEST, normals / np.maximum(length, _SMALLEST)[:, None], (0.0, 0.0, 1.0))
    return of_one_finish(np.asarray(positions, np.float64), unit, triangles.astype(np.int32), finish, texture_at)
