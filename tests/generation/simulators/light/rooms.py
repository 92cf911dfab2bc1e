"""Bare houses for tests of light: walls, floors and ceilings of one colour, and what a test puts into them."""

from collections.abc import Sequence

import numpy as np

from simsv_generation.look import Look
from simsv_generation.scene import House, Opening, Room
from simsv_generation.simulators.embedded.house_shape import HouseShape, PanePiece, ShellPiece, SolidPiece
from simsv_generation.simulators.embedded.light.points import CELL, Points, joined, surface_grid, texel_points
from simsv_generation.simulators.embedded.light.rays import Rays
from simsv_generation.simulators.embedded.mesh import Mesh, merge
from simsv_generation.simulators.embedded.openings import opening_shape
from simsv_generation.simulators.embedded.structure import ceiling_surface, floor_surface, room_walls, wall_surface
from tests.factories import make_house

NIGHT = Look(0.0, -40.0, 0.0, ())
"""No sun, next to no sky, no lamps."""


def bare_house(
    rooms: Sequence[Room], openings: Sequence[Opening] = (), things: Sequence[Mesh] = (), albedo: float = 0.5
) -> tuple[House, HouseShape]:
    """A house whose shell is grey, with meshes of the first room in it; its openings are holes with reveals."""
    house = make_house(rooms, openings, ())
    walls, grey = room_walls(house), (albedo, albedo, albedo)
    shell = []
    for room in house.rooms:
        faces = [wall_surface(wall, grey) for wall in walls[room.room_id]]
        for surface in (floor_surface(room, grey), ceiling_surface(room, grey), *faces):
            if surface is not None:
                shell.append(ShellPiece(f"{room.room_id}|wall", room.room_id, surface))
    here = (house.rooms[0].room_id,)
    solids = [SolidPiece(f"{here[0]}|wall", here, mesh, None) for mesh in (*things, merge([]))]
    panes = []
    for opening in house.openings:
        shape = opening_shape(opening, house, walls)
        solids.append(SolidPiece(opening.opening_id, opening.room_ids, shape.solid, None))
        if shape.pane is not None:
            panes.append(PanePiece(opening.opening_id, shape.pane))
    return house, HouseShape(tuple(shell), tuple(solids), tuple(panes), {}, (), ())


def shell_rays(shape: HouseShape) -> Rays:
    """Rays among the walls, floors and ceilings alone."""
    meshes = [piece.surface.mesh for piece in shape.shell]
    return Rays(np.concatenate([mesh.positions[mesh.triangles] for mesh in meshes]).astype(np.float32))


def texels(piece: ShellPiece, room: int = 0) -> Points:
    """The middles of the texels of a piece of a shell, row by row."""
    return joined([(*texel_points(piece.surface, surface_grid(piece.surface, CELL)), room)])
