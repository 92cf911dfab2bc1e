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
from simsv_generation.scene import House, Room, SceneObject
from simsv_generation.simulators.embedded.finishes import RoomFinish, room_finishes
from simsv_generation.simulators.embedded.furniture import build_object
from simsv_generation.simulators.embedded.light_map import PackedLight, pack_light
from simsv_generation.simulators.embedded.lighting import RoomLight, enclosed_shade, light_texels, room_light
from simsv_generation.simulators.embedded.mesh import Mesh
from simsv_generation.simulators.embedded.openings import opening_shape
from simsv_generation.simulators.embedded.patterns import PATTERNS
from simsv_generation.simulators.embedded.structure import (
    Surface,
    Wall,
    ceiling_surface,
    floor_surface,
    room_walls,
    skirting,
    wall_surface,
)

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
class _Piece:
    """A mesh of one instance, with what its kind needs."""

    instance: str
    mesh: Mesh
    colors: Floats
    pattern: Floats
    light: Floats


@dataclass(frozen=True, slots=True)
class _ShellPiece:
    instance: str
    pattern: str
    surface: Surface
    texels: Floats


def build_house_mesh(house: House) -> HouseMesh:
    """The triangles of a house and the light on them.

    Raises:
        ValueError: the house cannot be built; names the object, the opening or the room.
    """
    finishes, walls = room_finishes(house), room_walls(house)
    lights: dict[str, RoomLight] = {}
    shell: list[_ShellPiece] = []
    solids: list[_Piece] = []
    panes: list[_Piece] = []
    for room in house.rooms:
        surfaces = _room_surfaces(room, walls[room.room_id], finishes[room.room_id])
        openings = [opening for opening in house.openings if room.room_id in opening.room_ids]
        light = lights[room.room_id] = room_light(room, openings, [surface for _, _, surface in surfaces])
        standing = [thing.box for thing in house.objects if thing.room_id == room.room_id and not thing.parent_id]
        shell += [_ShellPiece(name, pattern, s, light_texels(s, light, standing)) for name, pattern, s in surfaces]
        boards = skirting(walls[room.room_id])
        solids.append(_solid(f"{room.room_id}|wall", boards, light.irradiance(boards.positions, boards.normals)))
    for opening in house.openings:
        shape = opening_shape(opening, house, walls)
        # A frame stands in the light of both its rooms, but each of its faces turns towards one of them.
        both = [lights[room_id].irradiance(shape.solid.positions, shape.solid.normals) for room_id in opening.room_ids]
        solids.append(_solid(opening.opening_id, shape.solid, np.maximum.reduce(both)))
        if shape.pane is not None:
            panes.append(_solid(opening.opening_id, shape.pane, np.ones_like(shape.pane.colors)))
    for thing in house.objects:
        mesh = _object_mesh(thing, house)
        falls = lights[thing.room_id].irradiance(mesh.positions, mesh.normals)
        shade = enclosed_shade(thing.box, mesh.positions, mesh.normals)
        solids.append(_solid(thing.object_id, mesh, falls * shade[:, None]))
    packed = pack_light([piece.texels for piece in shell])
    shell_pieces = [_shell(piece, packed, index) for index, piece in enumerate(shell)]
    ids = {name: index for index, name in enumerate(house.instances())}
    if len(ids) > 65536:
        raise ValueError(f"house {house.house_id} has {len(ids)} instances; instance ids end at 65535")
    kinds: dict[Kind, list[_Piece]] = {"shell": shell_pieces, "solid": solids, "pane": panes}
    return HouseMesh({kind: _joined(pieces, ids) for kind, pieces in kinds.items()}, packed.texels)


def _room_surfaces(room: Room, walls: tuple[Wall, ...], finish: RoomFinish) -> list[tuple[str, str, Surface]]:
    """Instance name, pattern name and surface of every flat piece of a room's shell."""
    surfaces = [
        (f"{room.room_id}|floor", finish.floor.pattern, floor_surface(room, finish.floor.color)),
        (f"{room.room_id}|ceiling", finish.ceiling.pattern, ceiling_surface(room, finish.ceiling.color)),
    ]
    for wall in walls:
        surface = wall_surface(wall, finish.wall.color)
        if surface is not None:
            surfaces.append((f"{room.room_id}|wall", finish.wall.pattern, surface))
    return surfaces


def _object_mesh(thing: SceneObject, house: House) -> Mesh:
    """The shape of an object, in its place."""
    if thing.asset_id not in house.assets:
        raise ValueError(f"object {thing.object_id} of house {house.house_id} has the unknown asset {thing.asset_id!r}")
    asset = house.assets[thing.asset_id]
    try:
        shape = build_object(asset.asset_type, thing.box.size, asset.materials, thing.asset_id)
    except ValueError as error:
        raise ValueError(f"object {thing.object_id} of house {house.house_id}: {error}") from error
    return Mesh(thing.box.to_world(shape.positions), shape.normals @ thing.box.axes().T, shape.colors, shape.triangles)


def _solid(instance: str, mesh: Mesh, irradiance: Floats) -> _Piece:
    none = np.zeros((len(mesh.positions), 3))
    return _Piece(instance, mesh, mesh.colors * irradiance, none, none[:, :2])


def _shell(piece: _ShellPiece, packed: PackedLight, index: int) -> _Piece:
    mesh, surface = piece.surface.mesh, piece.surface
    plane = surface.plane_coordinates()
    layer = np.full((len(plane), 1), float(_PATTERN_INDEX[piece.pattern]))
    pattern = np.hstack([plane / PATTERNS[piece.pattern].repeat, layer])
    light = packed.coordinates(index, plane / np.asarray(surface.size))
    return _Piece(piece.instance, mesh, mesh.colors, pattern, light)


def _joined(pieces: list[_Piece], ids: Mapping[str, int]) -> Triangles:
    """The pieces in one set of arrays; pieces without triangles are left out."""
    pieces = [piece for piece in pieces if len(piece.mesh.triangles)]
    parts, indices, vertex, triangle = [], [np.zeros((0, 3), np.int32)], 0, 0
    for piece in pieces:
        low, high = piece.mesh.extent()
        parts.append(Part(triangle, len(piece.mesh.triangles), low, high))
        indices.append(piece.mesh.triangles + np.int32(vertex))
        vertex += len(piece.mesh.positions)
        triangle += len(piece.mesh.triangles)

    def column(arrays: list[Floats], width: int) -> NDArray[np.float32]:
        return np.concatenate([np.zeros((0, width)), *arrays]).astype(np.float32)

    counts = [len(piece.mesh.positions) for piece in pieces]
    return Triangles(
        positions=column([piece.mesh.positions for piece in pieces], 3),
        instances=np.repeat(np.array([ids[piece.instance] for piece in pieces], np.uint16), counts),
        colors=column([piece.colors for piece in pieces], 3),
        pattern=column([piece.pattern for piece in pieces], 3),
        light=column([piece.light for piece in pieces], 2),
        indices=np.concatenate(indices).astype(np.int32),
        parts=tuple(parts),
    )
