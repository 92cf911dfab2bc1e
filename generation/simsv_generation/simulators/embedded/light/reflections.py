"""What polished things mirror: the surroundings of one point of every room, all directions in one square.

Directions are laid out in octahedral coordinates (Q. Meyer et al., "On floating-point normal vectors", Computer
Graphics Forum 29 (2010)): the upper half in the middle diamond, the lower half folded out into the corners. A renderer
looks up the direction from that point to where the mirrored ray leaves the room's box.
"""

import functools

import numpy as np
import scipy.ndimage
import shapely
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.scene import House, Room
from simsv_generation.simulators.embedded.light.rays import Rays, Singles
from simsv_generation.simulators.embedded.light.sky import Sky, sky_light
from simsv_generation.simulators.embedded.shading import OUTDOORS

SIDE = 64
"""Texels along both sides of the square."""
_EYE = 1.3
"""Metres above the floor."""
_BRIGHTEST = 2.5
_BLUR = 60.0
"""Exponent of the cosine lobe of what is polished but no mirror: floors, varnish."""


def viewpoint(room: Room, house: House) -> Floats:
    """The point of a room, shape (3,), that is furthest from its walls and furniture, metres."""
    west, south, east, north = room.polygon.bounds
    places = np.stack(np.meshgrid(np.arange(west, east, 0.2), np.arange(south, north, 0.2)), -1).reshape(-1, 2)
    inside = places[shapely.contains_xy(room.polygon, places)]
    if not len(inside):
        inside = np.array([room.polygon.representative_point().coords[0]])
    clearance = shapely.distance(room.polygon.exterior, shapely.points(inside))
    height = min(_EYE, room.ceiling_height / 2)
    eyes = np.column_stack([inside, np.full(len(inside), height)])
    for thing in house.objects:
        if thing.room_id == room.room_id:
            clearance = np.minimum(clearance, thing.box.point_distance(eyes))
    return np.asarray(eyes[int(np.argmax(clearance))])


def surroundings(eye: Floats, rays: Rays, shown: Singles, sky: Sky) -> Floats:
    """What is seen from a point, shape (2, SIDE, SIDE, 3): sharp and blurred.

    Args:
        eye: shape (3,), metres.
        rays: all triangles.
        shown: shape (M, 3), how bright the camera shows each of them.
        sky: what is seen where there is none.
    """
    directions = _directions(SIDE)
    hits = rays.hits(np.broadcast_to(eye.astype(np.float32), directions.shape), directions.astype(np.float32))
    seen = np.where((hits >= 0)[:, None], shown[hits], OUTDOORS * sky_light(sky, directions))
    # A sun patch that is far brighter than the room would sparkle out of one texel.
    seen = np.minimum(seen, _BRIGHTEST)
    return np.stack([seen.reshape(SIDE, SIDE, 3), _blurred(seen)])


def octahedral(directions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where directions (N, 3) of any length lie in the square, shape (N, 2), from 0 to 1."""
    d = directions / np.maximum(np.abs(directions).sum(1), 1e-9)[:, None]
    folded = (1 - np.abs(d[:, 1::-1])) * np.where(d[:, :2] < 0, -1, 1)
    return np.asarray(0.5 + 0.5 * np.where(d[:, 2:] < 0, folded, d[:, :2]), np.float32)


@functools.cache
def _directions(side: int) -> Floats:
    """Shape (side * side, 3): the direction of every texel."""
    at = (np.arange(side) + 0.5) / side * 2 - 1
    x, y = (grid.ravel() for grid in np.meshgrid(at, at))
    z = 1 - np.abs(x) - np.abs(y)
    folded_x = np.where(z < 0, (1 - np.abs(y)) * np.where(x < 0, -1, 1), x)
    folded_y = np.where(z < 0, (1 - np.abs(x)) * np.where(y < 0, -1, 1), y)
    vectors = np.stack([folded_x, folded_y, z], 1)
    return np.asarray(vectors / np.sqrt((vectors * vectors).sum(1))[:, None])


@functools.cache
def _blur() -> NDArray[np.float32]:
    """Shape (SIDE * SIDE / 4, SIDE * SIDE): weights of all directions in the mean about every second one."""
    directions = _directions(SIDE).astype(np.float32)
    weights = np.maximum(_directions(SIDE // 2).astype(np.float32) @ directions.T, 0) ** _BLUR
    # An octahedral texel near a corner covers less of the sphere.
    weights *= (np.abs(directions).sum(1) ** 3)[None]
    return np.asarray(weights / weights.sum(1)[:, None])


def _blurred(seen: Floats) -> Floats:
    """Shape (SIDE, SIDE, 3); it changes slowly, so every second texel is computed and the others lie between."""
    half = (_blur() @ seen.astype(np.float32)).reshape(SIDE // 2, SIDE // 2, 3)
    return np.asarray(scipy.ndimage.zoom(half, (2, 2, 1), order=1, mode="nearest", grid_mode=True))
