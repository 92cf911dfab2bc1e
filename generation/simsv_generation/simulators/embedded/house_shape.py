"""The shape of a house: the meshes of everything in it, in their places, without light."""

from collections.abc import Sequence
from dataclasses import dataclass

from simsv_generation.episode import StandIn
from simsv_generation.geometry import OrientedBox
from simsv_generation.scene import House, Room
from simsv_generation.simulators.embedded.finishes import RoomFinish, room_finishes
from simsv_generation.simulators.embedded.fittings import ceiling_fittings
from simsv_generation.simulators.embedded.furnishing import furnish
from simsv_generation.simulators.embedded.mesh import Mesh
from simsv_generation.simulators.embedded.model import ModelSource
from simsv_generation.simulators.embedded.openings import opening_shape
from simsv_generation.simulators.embedded.structure import (
    Surface,
    Wall,
    ceiling_surface,
    floor_surface,
    room_walls,
    skirting,
    wall_surface,
)
from simsv_generation.simulators.embedded.textures import Images


@dataclass(frozen=True, slots=True)
class ShellPiece:
    """A floor, a ceiling or a wall."""

    instance: str
    """One of `House.instances()`, as in every piece."""
    room_id: str
    surface: Surface


@dataclass(frozen=True, slots=True)
class SolidPiece:
    """Anything else that light falls on."""

    instance: str
    room_ids: tuple[str, ...]
    """The rooms whose light falls on it."""
    mesh: Mesh
    """In the world frame."""
    box: OrientedBox | None
    """Of a piece of furniture; None for skirting boards, lamps, doors and window frames."""


@dataclass(frozen=True, slots=True)
class PanePiece:
    """Glass that shows the sky."""

    instance: str
    mesh: Mesh


@dataclass(frozen=True, slots=True)
class HouseShape:
    """A house in pieces."""

    shell: tuple[ShellPiece, ...]
    solids: tuple[SolidPiece, ...]
    panes: tuple[PanePiece, ...]
    images: Images
    """What the names of images in the meshes' materials stand for, without "image:"."""
    stand_ins: tuple[StandIn, ...]
    """Objects whose model is damaged or unknown."""
    attributions: tuple[str, ...]
    """Of the models that are shown, a line for each."""


def shape_house(house: House, sources: Sequence[ModelSource] = (), seed: int = 0) -> HouseShape:
    """The pieces of a house.

    Args:
        house: the house.
        sources: of models for its furniture, asked in this order; the rest is parametric.
        seed: 0 shows the house's own materials, any other number others.

    Raises:
        ValueError: the house cannot be built; names the object or the opening.
    """
    finishes, walls = room_finishes(house, seed), room_walls(house)
    shell, solids, panes = [], [], []
    for room in house.rooms:
        shell += _room_shell(room, walls[room.room_id], finishes[room.room_id])
        here = (room.room_id,)
        solids.append(SolidPiece(f"{room.room_id}|wall", here, skirting(walls[room.room_id]), None))
        solids.append(SolidPiece(f"{room.room_id}|ceiling", here, ceiling_fittings(room), None))
    for opening in house.openings:
        shape = opening_shape(opening, house, walls)
        solids.append(SolidPiece(opening.opening_id, opening.room_ids, shape.solid, None))
        if shape.pane is not None:
            panes.append(PanePiece(opening.opening_id, shape.pane))
    furnishing = furnish(house, sources, seed)
    for thing, mesh in zip(house.objects, furnishing.meshes, strict=True):
        solids.append(SolidPiece(thing.object_id, (thing.room_id,), mesh, thing.box))
    return HouseShape(
        tuple(shell),
        tuple(solids),
        tuple(panes),
        furnishing.images,
        furnishing.stand_ins,
        furnishing.attributions,
    )


def _room_shell(room: Room, walls: tuple[Wall, ...], finish: RoomFinish) -> list[ShellPiece]:
    here = room.room_id
    floor, ceiling = floor_surface(room, finish.floor), ceiling_surface(room, finish.ceiling)
    pieces = [
        ShellPiece(f"{here}|floor", here, floor),
        ShellPiece(f"{here}|ceiling", here, ceiling),
    ]
    for wall in walls:
        surface = wall_surface(wall, finish.wall)
        if surface is not None:
            pieces.append(ShellPiece(f"{here}|wall", here, surface))
    return pieces
