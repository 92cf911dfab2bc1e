"""A house as arrays of triangles with the light on them, ready for any renderer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.scene import House
from simsv_generation.simulators.embedded.house_shape import HouseShape
from simsv_generation.simulators.embedded.light import HouseLight
from simsv_generation.simulators.embedded.light.packing import pack_light
from simsv_generation.simulators.embedded.light.sky import Sky
from simsv_generation.simulators.embedded.mesh import Material, Mesh
from simsv_generation.simulators.embedded.patterns import PATTERNS
from simsv_generation.simulators.embedded.portals import Portals
from simsv_generation.simulators.embedded.textures import IMAGE, PATTERN_WHITE, stacked_textures

KINDS: Mapping[str, frozenset[str]] = {
    "shell": frozenset({"TEXTURE", "LIGHT_MAP"}),
    "polished shell": frozenset({"TEXTURE", "LIGHT_MAP", "GLOSS"}),
    "solid": frozenset(),
    "polished solid": frozenset({"GLOSS"}),
    "textured": frozenset({"TEXTURE"}),
    "polished textured": frozenset({"TEXTURE", "GLOSS"}),
    "cutout": frozenset({"TEXTURE", "CUTOUT"}),
    "pane": frozenset({"SKY"}),
    "glass": frozenset({"GLOSS", "GLASS"}),
}
"""The kinds of triangles, and what shading them takes. Glass is drawn last, for what lies behind it shows through."""
_DULL = 0.015
"""What mirrors less than this is drawn matt."""


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
    rooms: tuple[int, ...]
    """Indices of the rooms that it stands in."""
    two_sided: bool
    """Whether its triangles are seen from behind too."""


@dataclass(frozen=True, slots=True)
class Triangles:
    """All triangles of one kind. Columns that the kind does not use hold zeros."""

    positions: NDArray[np.float32]
    """Shape (N, 3), world, metres."""
    normals: NDArray[np.float32]
    """Shape (N, 3), unit."""
    instances: NDArray[np.uint16]
    """Shape (N,): index into `House.instances()`."""
    colors: NDArray[np.float32]
    """Shape (N, 3), linear RGB: factors on texture and light map, where there are any; else the light that leaves."""
    texture: NDArray[np.float32]
    """Shape (N, 3): u and v in repeats of the texture, then its layer."""
    light: NDArray[np.float32]
    """Shape (N, 2): u and v in the light map, in texels."""
    gloss: NDArray[np.float32]
    """Shape (N, 2): mirrored share head-on, and opacity."""
    rooms: NDArray[np.uint16]
    """Shape (N,): index of the room that is mirrored."""
    indices: NDArray[np.int32]
    """Shape (M, 3)."""
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class HouseMesh:
    """A house, ready to be drawn."""

    triangles: Mapping[str, Triangles]
    """By the name of the kind, in the order of `KINDS`."""
    light_map: NDArray[np.float16]
    """Shape (rows, columns, 3): light on the shell, linear RGB."""
    textures: NDArray[np.uint8]
    """Shape (layers, TEXELS, TEXELS, 4), see `textures`."""
    reflections: NDArray[np.float16]
    """Shape (2 * rooms, SIDE, SIDE, 3), see `light.reflections`."""
    room_boxes: NDArray[np.float32]
    """Shape (rooms, 3, 3): lowest corner, highest corner and viewpoint of its reflections, world, metres."""
    sky: Sky
    portals: Portals


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of the house with the columns of `Triangles`."""

    instance: str
    mesh: Mesh
    colors: Floats
    light: Floats
    rooms: tuple[int, ...]
    is_shell: bool = False
    is_pane: bool = False

    def kind(self, material: Material) -> str:
        """The kind of its triangles of a material."""
        if self.is_pane:
            return "pane"
        polished = "polished " if material.gloss >= _DULL else ""
        if self.is_shell:
            return f"{polished}shell"
        if material.opacity < 1:
            return "glass"
        if material.cutout:
            return "cutout"
        return f"{polished}{'textured' if material.texture else 'solid'}"


def build_house_mesh(house: House, shape: HouseShape, light: HouseLight) -> HouseMesh:
    """The triangles of a house and the light on them.

    Raises:
        ValueError: there are more instances than ids.
    """
    ids = {name: index for index, name in enumerate(house.instances())}
    if len(ids) > 65536:
        raise ValueError(f"house {house.house_id} has {len(ids)} instances; instance ids end at 65535")
    room_index = {room.room_id: index for index, room in enumerate(house.rooms)}
    packed = pack_light(light.shell)
    pieces = []
    for index, shell in enumerate(shape.shell):
        share = shell.surface.plane_coordinates() / np.asarray(shell.surface.size)
        mesh, room = shell.surface.mesh, room_index[shell.room_id]
        pieces.append(
            _Piece(shell.instance, mesh, mesh.colors, packed.coordinates(index, share), (room,), is_shell=True)
        )
    for solid, falls in zip(shape.solids, light.solids, strict=True):
        glow = np.array([material.emission for material in solid.mesh.materials])[solid.mesh.material_ids, None]
        colors = solid.mesh.colors * (falls.astype(np.float64) + glow)
        rooms = _rooms_of(solid.mesh, tuple(room_index[room_id] for room_id in solid.room_ids), house)
        pieces.append(_Piece(solid.instance, solid.mesh, colors, np.zeros((len(colors), 2)), rooms))
    opening_rooms = {opening.opening_id: opening.room_ids for opening in house.openings}
    for pane in shape.panes:
        rooms = tuple(room_index[room_id] for room_id in opening_rooms[pane.instance])
        count = len(pane.mesh.positions)
        pieces.append(_Piece(pane.instance, pane.mesh, np.zeros((count, 3)), np.zeros((count, 2)), rooms, is_pane=True))
    materials = {(piece.is_shell, material) for piece in pieces for material in piece.mesh.materials}
    # A surface of the shell is always drawn with a texture, if only a white one.
    names = sorted({material.texture for is_shell, material in materials if material.texture or is_shell})
    layers = {name: layer for layer, name in enumerate(names)}
    return HouseMesh(
        _sorted_into_kinds(pieces, ids, layers),
        packed.texels,
        stacked_textures(names or [""], shape.images),
        light.reflections,
        _room_boxes(house, light.viewpoints),
        light.sky,
        Portals(house),
    )


def _rooms_of(mesh: Mesh, rooms: tuple[int, ...], house: House) -> tuple[int, ...]:
    """Indices of the rooms in which a piece may be seen: its own, and those that it reaches into."""
    if not len(mesh.positions):
        return rooms
    low, high = mesh.extent()
    footprint = shapely.box(low[0], low[1], high[0], high[1])
    others = (k for k, room in enumerate(house.rooms) if k not in rooms and room.polygon.intersects(footprint))
    return (*rooms, *others)


def _room_boxes(house: House, viewpoints: Floats) -> NDArray[np.float32]:
    boxes = []
    for room, viewpoint in zip(house.rooms, viewpoints, strict=True):
        west, south, east, north = room.polygon.bounds
        boxes.append([(west, south, 0.0), (east, north, room.ceiling_height), viewpoint])
    return np.array(boxes, np.float32)


def _sorted_into_kinds(
    pieces: Sequence[_Piece], ids: Mapping[str, int], layers: Mapping[str, int]
) -> dict[str, Triangles]:
    """The triangles of all pieces, those of one kind together."""
    columns: dict[str, list[dict[str, NDArray[Any]]]] = {kind: [] for kind in KINDS}
    parts: dict[str, list[Part]] = {kind: [] for kind in KINDS}
    firsts = {kind: (0, 0) for kind in KINDS}
    for piece in pieces:
        mesh = piece.mesh
        by_material = mesh.material_ids[mesh.triangles[:, 0]]
        kinds = [(piece.kind(material), material.two_sided) for material in mesh.materials]
        for kind, two_sided in dict.fromkeys(kinds):
            mine = np.isin(by_material, [row for row, its in enumerate(kinds) if its == (kind, two_sided)])
            if not mine.any():
                continue
            used, indices = np.unique(mesh.triangles[mine], return_inverse=True)
            first_vertex, first_triangle = firsts[kind]
            triangles = indices.reshape(-1, 3) + first_vertex
            columns[kind].append({**_columns(piece, used, ids[piece.instance], layers), "indices": triangles})
            positions = mesh.positions[used]
            parts[kind].append(
                Part(first_triangle, len(triangles), positions.min(0), positions.max(0), piece.rooms, two_sided)
            )
            firsts[kind] = first_vertex + len(used), first_triangle + len(triangles)
    return {kind: _joined(columns[kind], tuple(parts[kind])) for kind in KINDS}


def _columns(
    piece: _Piece, used: NDArray[np.integer[Any]], instance: int, layers: Mapping[str, int]
) -> dict[str, Floats]:
    """The columns of `Triangles` for the vertices `used` of a piece."""
    mesh, rows = piece.mesh, piece.mesh.material_ids[used]
    # A pattern is given in metres, an image in repeats; a pattern's white is twice its surface's colour.
    repeat = np.array([PATTERNS[m.texture].repeat if _is_pattern(m) else 1.0 for m in mesh.materials])
    white = np.array([PATTERN_WHITE if _is_pattern(m) else 1.0 for m in mesh.materials])
    layer = np.array([layers.get(m.texture, 0) for m in mesh.materials], np.float64)
    gloss = np.array([(m.gloss, m.opacity) for m in mesh.materials])
    count = len(used)
    return {
        "positions": mesh.positions[used],
        "normals": mesh.normals[used],
        "instances": np.full(count, instance),
        "colors": piece.colors[used] * white[rows, None],
        "texture": np.column_stack([mesh.texture_at[used] / repeat[rows, None], layer[rows]]),
        "light": piece.light[used],
        "gloss": gloss[rows],
        "rooms": np.full(count, piece.rooms[0]),
    }


def _is_pattern(material: Material) -> bool:
    return bool(material.texture) and not material.texture.startswith(IMAGE)


def _joined(columns: Sequence[Mapping[str, NDArray[Any]]], parts: tuple[Part, ...]) -> Triangles:
    def column(name: str, *width: int) -> Floats:
        return np.concatenate([np.zeros((0, *width)), *(part[name] for part in columns)])

    return Triangles(
        positions=column("positions", 3).astype(np.float32),
        normals=column("normals", 3).astype(np.float32),
        instances=column("instances").astype(np.uint16),
        colors=column("colors", 3).astype(np.float32),
        texture=column("texture", 3).astype(np.float32),
        light=column("light", 2).astype(np.float32),
        gloss=column("gloss", 2).astype(np.float32),
        rooms=column("rooms").astype(np.uint16),
        indices=column("indices", 3).astype(np.int32),
        parts=parts,
    )
