"""Triangle meshes with colours and materials: what every shape of the embedded simulator is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simsv_generation.geometry import Floats, Vec3


@dataclass(frozen=True, slots=True)
class Material:
    """What a surface is made of, apart from its colour. Raises ValueError for a share outside 0 to 1."""

    texture: str = ""
    """A row of `patterns.PATTERNS`, "image:" and the name of an image that a model brings, or "" for none."""
    gloss: float = 0.0
    """Share of the light that is mirrored, seen head-on: 0 is matt, 0.04 varnish, plastic or glaze, 0.8 a mirror."""
    opacity: float = 1.0
    """Below 1 what lies behind shows through the colour; ids and depths are of the surface all the same."""
    cutout: bool = False
    """Whether texels of the texture with an alpha below one half are holes."""
    emission: float = 0.0
    """Light that it gives off, in units of its colour: lamp shades."""
    two_sided: bool = False
    """Whether it is a sheet whose back can be seen; the back of a solid is never drawn."""

    def __post_init__(self) -> None:
        for name in ("gloss", "opacity"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"material {name} must lie between 0 and 1, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class Finish:
    """A material in a colour."""

    color: Vec3
    """Linear RGB reflectance, 0 to 1; a factor on the texture where there is one."""
    material: Material = Material()


@dataclass(frozen=True, slots=True)
class Mesh:
    """Triangles with a normal, a colour and a material at every corner.

    Raises:
        ValueError: a shape does not fit, a value is not finite, or a triangle names a vertex that is not there.
    """

    positions: Floats
    """Shape (N, 3), metres. A piece of furniture has its origin in the centre of its box and fills it exactly."""
    normals: Floats
    """Shape (N, 3), unit length, pointing out of the solid."""
    colors: Floats
    """Shape (N, 3), linear RGB reflectance from 0 to 1; a factor on the texture where there is one."""
    triangles: NDArray[np.int32]
    """Shape (M, 3): vertex indices, counter-clockwise seen from outside."""
    texture_at: Floats
    """Shape (N, 2): metres along the surface for a pattern, repeats for an image, v upwards from its lower edge."""
    material_ids: NDArray[np.uint8]
    """Shape (N,): row of `materials`; the corners of a triangle agree."""
    materials: tuple[Material, ...] = (Material(),)

    def __post_init__(self) -> None:
        num_vertices = len(self.positions)
        for name, width in (("positions", 3), ("normals", 3), ("colors", 3), ("texture_at", 2)):
            values = getattr(self, name)
            if values.shape != (num_vertices, width):
                raise ValueError(f"mesh {name} must have the shape ({num_vertices}, {width}), got {values.shape}")
            if not np.isfinite(values).all():
                raise ValueError(f"mesh {name} must be finite")
        if self.material_ids.shape != (num_vertices,):
            raise ValueError(f"mesh material_ids must have the shape ({num_vertices},), got {self.material_ids.shape}")
        if num_vertices and int(self.material_ids.max()) >= len(self.materials):
            raise ValueError(f"mesh material_ids must index {len(self.materials)} materials")
        if self.triangles.ndim != 2 or self.triangles.shape[1] != 3:
            raise ValueError(f"mesh triangles must have the shape (M, 3), got {self.triangles.shape}")
        if self.triangles.size and not 0 <= self.triangles.min() <= self.triangles.max() < num_vertices:
            raise ValueError(f"mesh triangles must index {num_vertices} vertices")

    def extent(self) -> tuple[Floats, Floats]:
        """Lowest and highest coordinates, each of shape (3,), metres. Raises ValueError when there is no vertex."""
        return self.positions.min(0), self.positions.max(0)


def merge(meshes: Sequence[Mesh]) -> Mesh:
    """One mesh with the vertices and triangles of all, in order; empty when there are none.

    Raises:
        ValueError: together they have more than 256 materials.
    """
    if not meshes:
        return of_one_finish(
            np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 3), np.int32), (0, 0, 0), np.zeros((0, 2))
        )
    starts = np.cumsum([0, *(len(mesh.positions) for mesh in meshes[:-1])])
    rows: dict[Material, int] = {}
    for mesh in meshes:
        for material in mesh.materials:
            rows.setdefault(material, len(rows))
    if len(rows) > 256:
        raise ValueError(f"a mesh has at most 256 materials, these have {len(rows)}")
    return Mesh(
        np.concatenate([mesh.positions for mesh in meshes]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate([mesh.colors for mesh in meshes]),
        np.concatenate([mesh.triangles + start for mesh, start in zip(meshes, starts, strict=True)]).astype(np.int32),
        np.concatenate([mesh.texture_at for mesh in meshes]),
        np.concatenate([np.array([rows[m] for m in mesh.materials], np.uint8)[mesh.material_ids] for mesh in meshes]),
        tuple(rows),
    )


def placed(mesh: Mesh, positions: Floats, normals: Floats) -> Mesh:
    """The mesh with its vertices elsewhere: shapes (N, 3) each."""
    return replace(mesh, positions=positions, normals=normals)


def of_one_finish(
    positions: Floats, normals: Floats, triangles: NDArray[np.int32], finish: Finish | Vec3, texture_at: Floats
) -> Mesh:
    """A mesh of one finish, where a bare colour is matt paint; shapes as in `Mesh`."""
    finish = finish if isinstance(finish, Finish) else Finish(finish)
    colors = np.tile(np.asarray(finish.color, np.float64), (len(positions), 1))
    ids = np.zeros(len(positions), np.uint8)
    return Mesh(positions, normals, colors, triangles, texture_at, ids, (finish.material,))


def polygon(corners: ArrayLike, finish: Finish | Vec3) -> Mesh:
    """A flat convex face with corners (K, 3), counter-clockwise seen from its front, metres.

    Its texture runs along its longest edge.
    """
    points = np.asarray(corners, dtype=np.float64)
    normal = np.cross(points[1] - points[0], points[2] - points[0])
    normal /= np.sqrt((normal * normal).sum())
    fan = np.array([(0, k, k + 1) for k in range(1, len(points) - 1)], np.int32)
    edges = np.roll(points, -1, 0) - points
    lengths = np.sqrt((edges * edges).sum(1))
    along = edges[lengths.argmax()] / lengths.max()
    texture_at = points @ np.stack([along, np.cross(normal, along)], 1)
    return of_one_finish(points, np.tile(normal, (len(points), 1)), fan, finish, texture_at)


def prism(outline: ArrayLike, bottom: float, top: float, finish: Finish | Vec3) -> Mesh:
    """An upright solid over a convex outline (K, 2), counter-clockwise seen from above, metres."""
    base = np.asarray(outline, dtype=np.float64)
    low, high = (np.column_stack([base, np.full(len(base), z)]) for z in (bottom, top))
    after = np.roll(np.arange(len(base)), -1)
    sides = [polygon([low[a], low[b], high[b], high[a]], finish) for a, b in enumerate(after)]
    return merge([*sides, polygon(low[::-1], finish), polygon(high, finish)])


def box(low: Vec3, high: Vec3, finish: Finish | Vec3) -> Mesh:
    """A solid box between its lowest and highest corner, metres, with sharp edges."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    return prism([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], z0, z1, finish)
