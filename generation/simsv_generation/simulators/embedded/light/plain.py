"""Light without rays, in a tenth of the time: for sketches, and for machines without Embree.

Light comes from lamps below the ceiling, from the room's windows and, from all sides, off its walls. Nothing casts a
shadow, but corners and the places around furniture are darker. Every room is exposed so that its walls and floor come
out equally bright on average.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from simsv_generation.geometry import Floats, OrientedBox
from simsv_generation.look import Look
from simsv_generation.scene import House, Opening, Room
from simsv_generation.simulators.embedded.fittings import ceiling_lamps
from simsv_generation.simulators.embedded.house_shape import HouseShape, SolidPiece
from simsv_generation.simulators.embedded.light import HouseLight
from simsv_generation.simulators.embedded.light.reflections import SIDE
from simsv_generation.simulators.embedded.light.sky import sky_of
from simsv_generation.simulators.embedded.structure import Surface

TEXEL = 0.1
"""Metres between the points of a wall or floor at which light is computed."""
_LAMP_COLOR = np.array([1.06, 0.99, 0.88])
_SKY_COLOR = np.array([0.93, 0.99, 1.08])
_AMBIENT = 0.45
"""Light from all sides, in units of the light of one lamp at 1 m."""
_SKY = 3.0
"""Radiance of a window in the same units."""
_LAMP_DROP = 0.35
"""Metres that lamps hang below the ceiling."""
_EXPOSED = 0.40
"""Mean brightness of a room's surfaces, linear."""
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_PROBE = 0.2
"""Metres in front of a surface at which the surroundings are probed for what keeps light away."""
_MIRRORED = 0.35
"""What polished things mirror everywhere."""


@dataclass(frozen=True, slots=True)
class RoomLight:
    """The light of a room."""

    lamps: Floats
    """Shape (L, 3), world positions, metres."""
    windows: Floats
    """Shape (W, 3), points of the window panes."""
    window_normals: Floats
    """Shape (W, 3), unit vectors into the room."""
    window_areas: Floats
    """Shape (W,), square metres that each point stands for."""
    bounce: tuple[Floats, Floats]
    """Colours of the light that comes from above and from below, each of shape (3,)."""
    shell: BaseGeometry
    """The walls on the floor plan, without open doors."""
    ceiling_height: float
    exposure: float = 1.0

    def irradiance(self, points: Floats, normals: Floats) -> Floats:
        """Light that arrives at world points (N, 3) with normals (N, 3), shape (N, 3), linear RGB."""
        up = normals[:, 2:3] / 2 + 0.5
        light = _AMBIENT * (up * self.bounce[0] + (1 - up) * self.bounce[1])
        for lamp in self.lamps:
            toward = lamp - points
            square = (toward * toward).sum(1)
            facing = (toward * normals).sum(1) / np.sqrt(square + 1e-6)
            # A shade scatters the light: it reaches a little around the edge, and never burns out what is near.
            strength = np.maximum(facing + 0.25, 0) / 1.25 / (0.4 * square + 0.6)
            light += strength[:, None] * _LAMP_COLOR
        for center, normal, area in zip(self.windows, self.window_normals, self.window_areas, strict=True):
            toward = center - points
            square = (toward * toward).sum(1) + 0.05
            cosines = np.maximum((toward * normals).sum(1), 0) * np.maximum(-(toward @ normal), 0) / square
            strength = _SKY * area * cosines / square
            light += strength[:, None] * _SKY_COLOR
        open_share = self._open_share(points + _PROBE * normals)
        return np.asarray(light * open_share[:, None] * self.exposure)

    def _open_share(self, probes: Floats) -> Floats:
        """How little walls, floor and ceiling are in the way at points (N, 3), shape (N,), 1 in the open."""
        walls = shapely.distance(self.shell, shapely.points(probes[:, :2]))
        below, above = np.maximum(probes[:, 2], 0), np.maximum(self.ceiling_height - probes[:, 2], 0)
        return np.asarray(
            1 - 0.26 * np.exp(-walls / 0.15) - 0.18 * np.exp(-below / 0.15) - 0.15 * np.exp(-above / 0.15)
        )


def plain_light(house: House, shape: HouseShape, look: Look) -> HouseLight:
    """The light on a house, by formulas alone: lamps are lit or not, and windows are bright as by day."""
    lights, furniture = [], []
    index = {room.room_id: k for k, room in enumerate(house.rooms)}
    for room in house.rooms:
        surfaces = [piece.surface for piece in shape.shell if piece.room_id == room.room_id]
        openings = [opening for opening in house.openings if room.room_id in opening.room_ids]
        lights.append(room_light(room, openings, surfaces))
        furniture.append([o.box for o in house.objects if o.room_id == room.room_id and not o.parent_id])
    shell = [
        light_texels(piece.surface, lights[index[piece.room_id]], furniture[index[piece.room_id]])
        for piece in shape.shell
    ]
    solids = [_solid_light(piece, [lights[index[room_id]] for room_id in piece.room_ids]) for piece in shape.solids]
    exposure = np.float16(2.0**look.exposure)
    return HouseLight(
        sky_of(look),
        tuple(exposure * texels.astype(np.float16) for texels in shell),
        tuple(exposure * light.astype(np.float16) for light in solids),
        np.full((2 * len(house.rooms), SIDE, SIDE, 3), _MIRRORED * exposure, np.float16),
        np.array([[*room.polygon.representative_point().coords[0], room.ceiling_height / 2] for room in house.rooms]),
    )


def room_light(room: Room, openings: Sequence[Opening], surfaces: Sequence[Surface]) -> RoomLight:
    """The light of a room, exposed for its surfaces.

    Args:
        room: the room.
        openings: the openings that lead into it.
        surfaces: its floor, ceiling and walls.
    """
    shell: BaseGeometry = room.polygon.exterior
    for opening in openings:
        if opening.is_open:
            shell = shell.difference(shapely.LineString(opening.segment).buffer(0.02, cap_style="flat"))
    windows, normals, areas = _window_points(room, [o for o in openings if o.kind == "window"])
    by_facing = [_mean_color([s for s in surfaces if s.mesh.normals[0, 2] * sign > 0.5]) for sign in (1.0, -1.0)]
    wall_color = _mean_color([s for s in surfaces if abs(s.mesh.normals[0, 2]) <= 0.5])
    light = RoomLight(
        lamps=ceiling_lamps(room) - [0.0, 0.0, max(_LAMP_DROP, room.ceiling_height - 2.6)],
        windows=windows,
        window_normals=normals,
        window_areas=areas,
        bounce=(0.55 + 0.5 * by_facing[1] * wall_color, 0.25 + 0.7 * by_facing[0] * wall_color),
        shell=shell,
        ceiling_height=room.ceiling_height,
    )
    brightness, weight = 0.0, 0.0
    for surface in surfaces:
        texels = light_texels(surface, light, (), texel=4 * TEXEL)
        area = surface.size[0] * surface.size[1]
        brightness += area * float((texels * surface.mesh.colors[0] @ _LUMINANCE).mean())
        weight += area
    # Dark rooms stay a little darker than light ones, as to an eye that got used to them.
    return replace(light, exposure=(_EXPOSED / (brightness / weight)) ** 0.75)


def light_texels(
    surface: Surface,
    light: RoomLight,
    furniture: Sequence[OrientedBox],
    texel: float = TEXEL,
) -> Floats:
    """Light on a grid over a surface, shape (rows, columns, 3): [v, u] at the middles of cells of about `texel` m."""
    columns, rows = (max(1, round(length / texel)) for length in surface.size)
    u = (np.arange(columns) + 0.5) / columns * surface.size[0]
    v = (np.arange(rows) + 0.5) / rows * surface.size[1]
    points = np.asarray(surface.origin) + v[:, None, None] * surface.axes[1] + u[None, :, None] * surface.axes[0]
    flat, normals = points.reshape(-1, 3), np.tile(surface.mesh.normals[0], (rows * columns, 1))
    probes = flat + _PROBE * normals
    shade = np.zeros(len(flat))
    for box in furniture:
        shade = np.maximum(shade, 0.4 * np.exp(-box.point_distance(probes) / 0.25))
    return np.asarray((light.irradiance(flat, normals) * (1 - shade)[:, None]).reshape(rows, columns, 3))


def _solid_light(piece: SolidPiece, lights: Sequence[RoomLight]) -> Floats:
    positions, normals = piece.mesh.positions, piece.mesh.normals
    # A door frame stands in two rooms, but each of its faces turns to one of them.
    light = np.asarray(np.maximum.reduce([room.irradiance(positions, normals) for room in lights]))
    return light if piece.box is None else light * enclosed_shade(piece.box, positions, normals)[:, None]


def enclosed_shade(box: OrientedBox, points: Floats, normals: Floats) -> Floats:
    """How much light the rest of a piece of furniture leaves to its points (N, 3) with normals (N, 3), shape (N,).

    What lies deep in its box, seen along the normal, such as the inside of a shelf, is darker.
    """
    local, direction = box.to_local(points), normals @ box.axes()
    half = np.asarray(box.size) / 2
    speed = np.where(np.abs(direction) < 1e-6, 1e-6, direction)
    exits = np.where(np.abs(direction) < 1e-6, np.inf, (np.sign(speed) * half - local) / speed)
    depth = np.maximum(exits.min(1), 0)
    return np.asarray(1 - 0.45 * depth / (depth + 0.35))


def _window_points(room: Room, windows: Sequence[Opening]) -> tuple[Floats, Floats, Floats]:
    points, normals, areas = [np.zeros((0, 3))], [np.zeros((0, 3))], [np.zeros(0)]
    for window in windows:
        ends = np.asarray(window.segment)
        along = ends[1] - ends[0]
        width = float(np.hypot(*along))
        inward = np.array([-along[1], along[0]]) / width
        if not room.polygon.contains(shapely.Point(ends.mean(0) + 0.05 * inward)):
            inward = -inward
        shares = (np.arange(3) + 0.5) / 3
        for share in shares:
            for level in shares:
                x, y = ends[0] + share * along
                points.append(np.array([[x, y, window.bottom + level * (window.top - window.bottom)]]))
                normals.append(np.array([[*inward, 0.0]]))
                areas.append(np.array([width * (window.top - window.bottom) / 9]))
    return np.concatenate(points), np.concatenate(normals), np.concatenate(areas)


def _mean_color(surfaces: Sequence[Surface]) -> Floats:
    """Mean colour by area; white when there are no surfaces."""
    if not surfaces:
        return np.ones(3)
    areas = np.array([surface.size[0] * surface.size[1] for surface in surfaces])
    colors = np.stack([surface.mesh.colors[0] for surface in surfaces])
    return np.asarray((colors * areas[:, None]).sum(0) / areas.sum())
