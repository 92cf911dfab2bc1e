"""A house as arrays of triangles with the light on them, ready for any renderer.

Triangles come in three kinds: *shell* (floors, ceilings and walls: a pattern, and light from a map), *solid* (all other
things: colour and light at every vertex) and *pane* (glass that shows the sky).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.scene import House
from simsv_generation.simulators.embedded.house_shape import ShellPiece, shape_house
from simsv_generation.simulators.embedded.light_map import pack_light
from simsv_generation.simulators.embedded.lighting import light_house
from simsv_generation.simulators.embedded.mesh import Mesh
from simsv_generation.simulators.embedded.patterns import PATTERNS

Kind = Literal["shell", "solid", "pane"]
_PATTERN_INDEX = {name: index for index, name in enumerate(PATTERNS)}


@dataclass(frozen=True, slots=True)
class Part:
    """Triangles that are culled and drawn together."""

    first: int
    """Index of the first triangle among those of its kind."""
    count: int
    low: Floats
    """Shape (3,): lowest world coordinates, metres."""
    high: Floats
    """Shape (3,): highest world coordinates, metres."""


@dataclass(frozen=True, slots=True)
class Triangles:
    """All triangles of one kind."""

    positions: NDArray[np.float32]
    """Shape (N, 3), world, metres."""
    instances: NDArray[np.uint16]
    """Shape (N,): index into `House.instances()`."""
    colors: NDArray[np.float32]
    """Shape (N, 3), linear RGB: reflectance of the shell, light that leaves solids; unused for panes."""
    pattern: NDArray[np.float32]
    """Shape (N, 3): u and v in repeats of the pattern, then its index in `PATTERNS`; used for the shell alone."""
    light: NDArray[np.float32]
    """Shape (N, 2): u and v in the light map, in texels; used for the shell alone."""
    indices: NDArray[np.int32]
    """Shape (M, 3)."""
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class HouseMesh:
    """A house, ready to be drawn."""

    triangles: Mapping[Kind, Triangles]
    light_map: NDArray[np.float16]
    """Shape (rows, columns, 3): light on the shell, linear RGB."""


@dataclass(frozen=True, slots=True)
class _Lit:
    """A piece with the columns of `Triangles`."""

    instance: str
    mesh: Mesh
    colors: Floats
    pattern: Floats
    light: Floats


def build_house_mesh(house: House) -> HouseMesh:
    """The triangles of a house and the light on them.

    Raises:
        ValueError: the house cannot be built; names the object or the opening, or there are more instances than ids.
    """
    ids = {name: index for index, name in enumerate(house.instances())}
    if len(ids) > 65536:
        raise ValueError(f"house {house.house_id} has {len(ids)} instances; instance ids end at 65535")
    shape = shape_house(house)
    light = light_house(house, shape)
    packed = pack_light(light.shell)
    shell, solids, panes = [], [], []
    for index, piece in enumerate(shape.shell):
        share = piece.surface.plane_coordinates() / np.asarray(piece.surface.size)
        mesh = piece.surface.mesh
        shell.append(_Lit(piece.instance, mesh, mesh.colors, _pattern(piece), packed.coordinates(index, share)))
    for solid, irradiance in zip(shape.solids, light.solids, strict=True):
        solids.append(_unpatterned(solid.instance, solid.mesh, solid.mesh.colors * irradiance))
    for pane in shape.panes:
        panes.append(_unpatterned(pane.instance, pane.mesh, pane.mesh.colors))
    kinds: dict[Kind, list[_Lit]] = {"shell": shell, "solid": solids, "pane": panes}
    return HouseMesh({kind: _joined(pieces, ids) for kind, pieces in kinds.items()}, packed.texels)


def _pattern(piece: ShellPiece) -> Floats:
    repeats = piece.surface.plane_coordinates() / PATTERNS[piece.pattern].repeat
    return np.column_stack([repeats, np.full(len(repeats), float(_PATTERN_INDEX[piece.pattern]))])


def _unpatterned(instance: str, mesh: Mesh, colors: Floats) -> _Lit:
    count = len(mesh.positions)
    return _Lit(instance, mesh, colors, np.zeros((count, 3)), np.zeros((count, 2)))


def _joined(pieces: list[_Lit], ids: Mapping[str, int]) -> Triangles:
    """The pieces in one set of arrays, a part for each; those without triangles are left out."""
    pieces = [piece for piece in pieces if len(piece.mesh.triangles)]
    vertices = [len(piece.mesh.positions) for piece in pieces]
    counts = [len(piece.mesh.triangles) for piece in pieces]
    first_vertices, firsts = (np.cumsum([0, *lengths])[:-1] for lengths in (vertices, counts))
    indices = [piece.mesh.triangles + first for piece, first in zip(pieces, first_vertices, strict=True)]
    return Triangles(
        positions=_column([piece.mesh.positions for piece in pieces], 3),
        instances=np.repeat(np.array([ids[piece.instance] for piece in pieces], np.uint16), vertices),
        colors=_column([piece.colors for piece in pieces], 3),
        pattern=_column([piece.pattern for piece in pieces], 3),
        light=_column([piece.light for piece in pieces], 2),
        indices=np.concatenate([np.zeros((0, 3), np.int32), *indices]).astype(np.int32),
        parts=tuple(
            Part(int(first), count, *piece.mesh.extent())
            for piece, first, count in zip(pieces, firsts, counts, strict=True)
        ),
    )


def _column(arrays: list[Floats], width: int) -> NDArray[np.float32]:
    return np.concatenate([np.zeros((0, width)), *arrays]).astype(np.float32)
