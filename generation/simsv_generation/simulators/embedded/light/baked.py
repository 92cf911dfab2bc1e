"""Light that is traced: sky, sun and lamps with soft shadows, and what walls and furniture throw back.

Everything stands still, so all of it is computed once. Rays are sent from every light point to the lights, and in all
directions to find what its bounced light comes from; the light then goes back and forth along the same rays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Vec3
from simsv_generation.look import Look
from simsv_generation.scene import House
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.house_shape import HouseShape
from simsv_generation.simulators.embedded.light import HouseLight
from simsv_generation.simulators.embedded.light.bounces import gathered, openness, seen_from
from simsv_generation.simulators.embedded.light.direct import direct_light
from simsv_generation.simulators.embedded.light.exposure import exposures
from simsv_generation.simulators.embedded.light.lights import house_windows, lit_lamps
from simsv_generation.simulators.embedded.light.obstacles import house_obstacles
from simsv_generation.simulators.embedded.light.points import (
    FINE,
    Grid,
    Points,
    cell_points,
    cell_size,
    joined,
    smoothed,
    surface_grid,
    texel_points,
    unburied,
    vertex_points,
)
from simsv_generation.simulators.embedded.light.rays import Singles
from simsv_generation.simulators.embedded.light.reflections import surroundings, viewpoint
from simsv_generation.simulators.embedded.light.sky import sky_of
from simsv_generation.simulators.embedded.mesh import Mesh, merge

_BOUNCES = 3
_NIGHT_LIGHT = 0.004
"""Light from everywhere, held back by what is near alone: a room without lamps and windows is dim, not black."""
_CELL_RAYS, _POINT_RAYS, _OPENNESS_RAYS = 112, 40, 12
_SOFT_BLUR, _SUN_BLUR, _RIM_BLUR = 1.0, 0.6, 0.8
"""Texels: what is left of the rays' noise is smoothed away."""
_LEAST_OPEN = 0.25
_HIDDEN = 0.13
"""How open a place is at most that nobody can look at."""
_RIM_CONTRAST = 1.5
"""Exponent on how open a place is: what stands close is often darker than the few bounces here make it."""
_SMOOTHING = 2
"""Rounds of averaging over the vertices of furniture."""


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the light of a house is computed."""

    grids: list[Grid]
    """Of all pieces of the shell."""
    shell_rooms: list[int]
    """Index of the room of each."""
    texels: Points
    """Of all grids, one after the other."""
    cells: Points
    solids: Mesh
    """All solid pieces in one."""
    solid_rooms: list[int]
    """Index of the room of each piece."""
    points: Points
    """That light the solids."""
    point_of: NDArray[np.int64]
    """Shape (N,): the point that lights each vertex of the solids."""


def baked_light(house: House, shape: HouseShape, look: Look, image_colors: Mapping[str, Vec3]) -> HouseLight:
    """The light on a house, traced.

    Args:
        house: what is lit.
        shape: its pieces; more vertices give finer light.
        look: sun, clouds and lamps.
        image_colors: mean colour, linear RGB, of every image that a material names.

    Raises:
        ImportError: embreex is not installed.
    """
    places = _places(house, shape)
    grids, texels, cells, vertices, point_of = places.grids, places.texels, places.cells, places.points, places.point_of
    obstacles = house_obstacles(shape, grids, places.solids, point_of, image_colors)
    sky, windows, lamps = sky_of(look), house_windows(house, shape), lit_lamps(house, look)
    random = rng(0, "light")

    def direct(points: Points) -> tuple[Singles, Singles]:
        jitter = random.random((len(points.positions), 2), np.float32)
        return direct_light(points, obstacles.rays, windows, lamps, sky, jitter)

    def seen(points: Points, count: int) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        turn = random.random(len(points.positions), np.float32)
        return seen_from(points, obstacles.rays, obstacles.fronts, count, turn)

    def open_share(points: Points) -> Singles:
        turn = random.random(len(points.positions), np.float32)
        return openness(points, obstacles.rays, _OPENNESS_RAYS, turn)[:, None]

    open_maps = _maps(open_share(texels), grids, FINE)
    # A texel that sees next to nothing lies behind something; its darkness must not bleed around the edge.
    grids = [grid.where(open_map[..., 0] > _HIDDEN) for grid, open_map in zip(grids, open_maps, strict=True)]
    soft, sun = (_maps(light, grids, FINE) for light in direct(texels))
    direct_maps = [
        grid.blurred(soft_map + np.float32(_NIGHT_LIGHT) * open_map, _SOFT_BLUR) + grid.blurred(sun_map, _SUN_BLUR)
        for grid, soft_map, sun_map, open_map in zip(grids, soft, sun, open_maps, strict=True)
    ]
    on_cells = np.concatenate([grid.averaged(m).reshape(-1, 3) for grid, m in zip(grids, direct_maps, strict=True)])
    point_soft, point_sun = direct(vertices)
    point_soft += np.float32(_NIGHT_LIGHT) * open_share(vertices)

    (cell_sees, cell_buried), (point_sees, point_buried) = seen(cells, _CELL_RAYS), seen(vertices, _POINT_RAYS)
    leaving = obstacles.thrown_back(on_cells, point_soft + point_sun)
    for _ in range(_BOUNCES):
        to_cells, to_points = gathered(cell_sees, leaving), gathered(point_sees, leaving)
        leaving = obstacles.thrown_back(on_cells + to_cells, point_soft + point_sun + to_points)

    bounced = zip(_maps(to_cells, grids, 1), _maps(cell_buried[:, None], grids, 1), open_maps, strict=True)
    shell_light = [
        direct_map + _with_rims(grid, cell_map, buried[..., 0], open_map)
        for grid, direct_map, (cell_map, buried, open_map) in zip(grids, direct_maps, bounced, strict=True)
    ]
    soft_light, sharp_light = (
        unburied(light, point_buried, vertices)[point_of] for light in (point_soft + to_points, point_sun)
    )
    solid_light = sharp_light + smoothed(soft_light, places.solids, _SMOOTHING)

    exposure = exposures(house, shape, shell_light, look)
    eyes = np.stack([viewpoint(room, house) for room in house.rooms])
    leaving += obstacles.emission
    ends = np.cumsum([len(piece.mesh.positions) for piece in shape.solids])[:-1]
    solids = zip(places.solid_rooms, np.split(solid_light.astype(np.float32), ends), strict=True)
    return HouseLight(
        sky,
        tuple(exposure[k].shown(m).astype(np.float16) for k, m in zip(places.shell_rooms, shell_light, strict=True)),
        tuple(exposure[k].shown(light).astype(np.float16) for k, light in solids),
        np.concatenate(
            [surroundings(eye, obstacles.rays, exposure[k].shown(leaving), sky) for k, eye in enumerate(eyes)]
        ).astype(np.float16),
        eyes,
    )


def _places(house: House, shape: HouseShape) -> _Places:
    index = {room.room_id: k for k, room in enumerate(house.rooms)}
    cell = cell_size([piece.surface for piece in shape.shell])
    grids = [surface_grid(piece.surface, cell) for piece in shape.shell]
    shell_rooms = [index[piece.room_id] for piece in shape.shell]
    shell = list(zip(shape.shell, grids, shell_rooms, strict=True))
    solid_rooms = [index[piece.room_ids[0]] for piece in shape.solids]
    lit = [vertex_points(piece.mesh) for piece in shape.solids]
    firsts = np.cumsum([0, *(len(part[0]) for part in lit)])[:-1]
    return _Places(
        grids,
        shell_rooms,
        joined([(*texel_points(piece.surface, grid), room) for piece, grid, room in shell]),
        joined([(*cell_points(piece.surface, grid), room) for piece, grid, room in shell]),
        merge([piece.mesh for piece in shape.solids]),
        solid_rooms,
        joined([(*part[:2], room) for part, room in zip(lit, solid_rooms, strict=True)]),
        np.concatenate([np.zeros(0, np.int64), *(part[2] + first for part, first in zip(lit, firsts, strict=True))]),
    )


def _with_rims(grid: Grid, cells: Singles, buried: NDArray[np.bool_], open_share: Singles) -> Singles:
    """Bounced light at the texels, known at the cells, with the dark rims around things that cells are too wide for."""
    fine = grid.blurred(open_share, _RIM_BLUR) ** np.float32(_RIM_CONTRAST)
    coarse = np.maximum(grid.averaged(fine), np.float32(_LEAST_OPEN))
    return np.asarray(grid.spread(np.asarray(cells / coarse), buried) * fine)


def _maps(flat: NDArray[Any], grids: Sequence[Grid], fine: int) -> list[NDArray[Any]]:
    """Values at the texels (`fine` along a cell) of all surfaces as one array (rows, columns, C) for each."""
    sizes = [(fine * grid.rows, fine * grid.columns) for grid in grids]
    parts = np.split(flat, np.cumsum([rows * columns for rows, columns in sizes])[:-1])
    return [part.reshape(*size, -1) for part, size in zip(parts, sizes, strict=True)]
