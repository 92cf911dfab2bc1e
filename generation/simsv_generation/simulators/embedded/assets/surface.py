"""Cleaning the surface of a model: doubled faces, faces that look inwards, normals."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from simsv_generation.geometry import Floats
from simsv_generation.simulators.embedded.assets.simplify import Soup, simplify

Ints = NDArray[np.int64]

_WELD = 1 / 30_000
"""Vertices closer than this share of the model's extent are one."""
_TEXTURE_WELD = 1 / 2_000
"""Corners at one place whose texture coordinates differ less, in repeats, are one."""
_LINE = 1e-5
"""A triangle that is flatter than this share of its longest side has no area."""
_RAYS = 6
_CREASE = np.cos(np.radians(40))


@dataclass(frozen=True, slots=True)
class Surface:
    """Triangles of a model in its local frame, metres."""

    positions: Floats
    """Shape (P, 3)."""
    triangles: Ints
    """Shape (T, 3): rows of `positions`."""
    texture_at: Floats
    """Shape (T, 3, 2): repeats of the image at every corner."""
    material_ids: Ints
    """Shape (T,)."""

    def face_normals(self) -> Floats:
        """Shape (T, 3), as long as twice the area."""
        a, b, c = (self.positions[self.triangles[:, k]] for k in range(3))
        return np.cross(b - a, c - a)

    def has_area(self) -> NDArray[np.bool_]:
        """Whether a triangle is more than a line, shape (T,)."""
        normals = self.face_normals()
        a, b, c = (self.positions[self.triangles[:, k]] for k in range(3))
        longest = np.maximum(((b - a) ** 2).sum(1), np.maximum(((c - b) ** 2).sum(1), ((a - c) ** 2).sum(1)))
        return np.asarray((normals * normals).sum(1) > (_LINE * longest) ** 2)

    def where(self, chosen: NDArray[np.bool_] | Ints) -> "Surface":
        """Only some of the triangles."""
        return replace(
            self,
            triangles=self.triangles[chosen],
            texture_at=self.texture_at[chosen],
            material_ids=self.material_ids[chosen],
        )


def welded(surface: Surface) -> Surface:
    """Vertices that lie together are one; triangles without an area and doubled ones are gone."""
    extent = max(float(np.ptp(surface.positions, axis=0).max()), 1e-9)
    cells = np.rint((surface.positions - surface.positions.min(0)) / (extent * _WELD)).astype(np.int64)
    keys = (cells[:, 0] << 42) | (cells[:, 1] << 21) | cells[:, 2]
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    merged = replace(surface, positions=surface.positions[first], triangles=inverse.reshape(-1)[surface.triangles])
    a, b, c = np.sort(merged.triangles, axis=1).T
    merged = merged.where((a != b) & (b != c) & merged.has_area())
    corners = np.sort(merged.triangles, axis=1)
    order = np.lexsort(corners.T[::-1])
    is_first = np.ones(len(order), bool)
    is_first[1:] = (corners[order][1:] != corners[order][:-1]).any(1)
    return merged.where(np.sort(order[is_first]))


def simplified(surface: Surface, most_triangles: int, free_error: float, greatest_error: float) -> Surface:
    """Fewer triangles; see `simplify`. The surface is welded."""
    at = surface.triangles.reshape(-1)
    texture = np.rint(surface.texture_at.reshape(-1, 2) / _TEXTURE_WELD).astype(np.int64)
    keys = np.column_stack([at, np.repeat(surface.material_ids, 3), texture])
    order = np.lexsort(keys.T)
    is_first = np.ones(len(order), bool)
    is_first[1:] = (keys[order][1:] != keys[order][:-1]).any(1)
    corner = np.empty(len(order), np.int64)
    corner[order] = np.cumsum(is_first) - 1
    example = order[is_first]
    triangles = simplify(
        Soup(surface.positions, at[example], corner.reshape(-1, 3)), most_triangles, free_error, greatest_error
    )
    fewer = Surface(
        surface.positions,
        at[example][triangles],
        surface.texture_at.reshape(-1, 2)[example][triangles],
        surface.material_ids[example[triangles[:, 0]] // 3],
    )
    return fewer.where(fewer.has_area())


def facing_outwards(surface: Surface) -> tuple[Surface, NDArray[np.bool_]]:
    """Every connected piece turned so that its normals point outwards, and which triangles are of an open one, (T,).

    A closed piece has a volume, and its sign tells. Of an open one, the side from which more rays reach the open is
    the outer one; through gaps as thin as a seam its back may be seen as well.
    """
    piece, is_flipped, is_closed = _pieces(surface)
    consistent = _flipped(surface, is_flipped)
    corners, normals = surface.positions[consistent.triangles], consistent.face_normals()
    front, back = _openness(consistent)
    area = np.sqrt((normals * normals).sum(1))

    def total(values: Floats) -> Floats:
        return np.asarray(np.bincount(piece, values, len(is_closed)), np.float64)

    volume = total(np.einsum("ij,ij->i", corners[:, 0], normals))
    outwards = np.where(is_closed, volume, total((front - back) * area))
    return _flipped(consistent, outwards[piece] < 0), ~is_closed[piece]


def corner_normals(surface: Surface) -> Floats:
    """Normals at the corners of triangles that all have an area.

    Smooth across edges flatter than 40 degrees, sharp at the others; shape (T, 3, 3), unit.
    """
    faces = surface.face_normals()
    lengths = np.sqrt((faces * faces).sum(1))
    unit = faces / lengths[:, None]
    first, second, side_first, side_second, same_way = _neighbours(surface)
    smooth = same_way & ((unit[first] * unit[second]).sum(1) > _CREASE)
    first, second, side_first, side_second = (column[smooth] for column in (first, second, side_first, side_second))
    # The edge runs one way in one triangle and the other way in its neighbour.
    joined = [
        (3 * first + side_first, 3 * second + (side_second + 1) % 3),
        (3 * first + (side_first + 1) % 3, 3 * second + side_second),
    ]
    rows, columns = (np.concatenate(ends) for ends in zip(*joined, strict=True))
    count = 3 * len(faces)
    _, label = connected_components(coo_array((np.ones(len(rows)), (rows, columns)), shape=(count, count)), False)
    weights = np.repeat(faces, 3, axis=0)
    sums = np.stack([np.bincount(label, weights[:, k]) for k in range(3)], 1)[label]
    total = np.bincount(label, np.repeat(lengths, 3))[label]
    # Faces that look apart cancel each other out: there every triangle keeps its own.
    cancelled = np.sqrt((sums * sums).sum(1)) < 1e-3 * total
    sums = np.where(cancelled[:, None], np.repeat(unit, 3, axis=0), sums)
    return np.asarray(sums / np.sqrt((sums * sums).sum(1))[:, None]).reshape(-1, 3, 3)


def _neighbours(surface: Surface) -> tuple[Ints, Ints, Ints, Ints, NDArray[np.bool_]]:
    """Pairs of triangles with an edge that no third one has: both, the side of each, and whether they agree."""
    start, end = surface.triangles.reshape(-1), np.roll(surface.triangles, -1, 1).reshape(-1)
    keys = np.minimum(start, end) * len(surface.positions) + np.maximum(start, end)
    order = np.argsort(keys, kind="stable")
    _, begins, counts = np.unique(keys[order], return_index=True, return_counts=True)
    pairs = begins[counts == 2]
    one, other = order[pairs], order[pairs + 1]
    return one // 3, other // 3, one % 3, other % 3, start[one] != start[other]


def _pieces(surface: Surface) -> tuple[Ints, NDArray[np.bool_], NDArray[np.bool_]]:
    """The connected piece of each triangle, whether it is turned against its piece's first, and per piece if closed.

    Triangles are doubled into one that stays and one that is flipped; joining those that agree gives, for every piece
    with two sides, one component per side.
    """
    first, second, _, _, same_way = _neighbours(surface)
    count = len(surface.triangles)
    rows = np.concatenate([first, first + count])
    columns = np.concatenate([np.where(same_way, second, second + count), np.where(same_way, second + count, second)])
    _, side = connected_components(
        coo_array((np.ones(len(rows)), (rows, columns)), shape=(2 * count, 2 * count)), False
    )
    _, piece = connected_components(coo_array((np.ones(len(first)), (first, second)), shape=(count, count)), False)
    _, leader = np.unique(piece, return_index=True)
    is_flipped = side[:count] != side[leader[piece]]
    sides_shared = np.bincount(np.concatenate([first, second]), minlength=count)
    is_closed = np.bincount(piece, sides_shared < 3) == 0 if count else np.zeros(0, bool)
    return piece.astype(np.int64), is_flipped, is_closed


def _flipped(surface: Surface, chosen: NDArray[np.bool_]) -> Surface:
    order = np.where(chosen[:, None], [0, 2, 1], [0, 1, 2])
    return replace(
        surface,
        triangles=np.take_along_axis(surface.triangles, order, 1),
        texture_at=np.take_along_axis(surface.texture_at, order[..., None], 1),
    )


def _openness(surface: Surface) -> tuple[Floats, Floats]:
    """Share of rays that reach the open from the front and from the back of each triangle, shape (T,) each.

    Where both sides see as much, the side that looks away from the model's middle counts a little more.
    """
    from embreex import mesh_construction, rtcore_scene

    faces = surface.face_normals()
    lengths = np.sqrt((faces * faces).sum(1))
    unit = faces / np.maximum(lengths, 1e-18)[:, None]
    centres = surface.positions[surface.triangles].mean(1)
    extent = float(np.ptp(surface.positions, axis=0).max())
    scene = rtcore_scene.EmbreeScene()
    mesh = mesh_construction.TriangleMesh(
        scene, surface.positions.astype(np.float32), surface.triangles.astype(np.int32)
    )
    sides = []
    for sign in (1.0, -1.0):
        origins = (centres + sign * unit * extent * 1e-4).astype(np.float32)
        free = np.zeros(len(unit))
        for spread in _directions():
            toward = sign * unit + 0.9 * spread
            free += scene.run(origins, toward.astype(np.float32), query="OCCLUDED") < 0
        sides.append(free / _RAYS)
    del mesh  # kept alive until the last ray
    outwards = np.einsum("ij,ij->i", unit, centres) / extent
    return sides[0] + 0.05 * np.maximum(outwards, 0), sides[1] + 0.05 * np.maximum(-outwards, 0)


def _directions() -> Floats:
    """Points spread evenly over the unit sphere, shape (_RAYS, 3)."""
    k = np.arange(_RAYS)
    z = 1 - (2 * k + 1) / _RAYS
    angle = k * np.pi * (3 - 5**0.5)
    r = np.sqrt(1 - z * z)
    return np.stack([r * np.cos(angle), r * np.sin(angle), z], 1)
