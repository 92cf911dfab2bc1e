"""Ceiling lamps: one for every few square metres, spread evenly over a room of any shape, each in a shallow bowl."""

import numpy as np
import shapely

from simsv_generation.geometry import Floats
from simsv_generation.scene import Room
from simsv_generation.simulators.embedded.materials import GLAZE, METAL
from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, merge
from simsv_generation.simulators.embedded.solids import lathe

_FLOOR_AREA_PER_LAMP = 10.0
"""Square metres."""
_MOST_LAMPS = 4
_WIDEST = 0.2
"""Metres of radius."""
_OPAL = Finish((0.86, 0.84, 0.79), Material(gloss=GLAZE.gloss, emission=2.5))
_RIM = Finish((0.52, 0.51, 0.49), METAL)
_SUNK = 2e-3
"""Metres by which a fitting reaches into the ceiling, so that no light shows between them."""


def ceiling_lamps(room: Room) -> Floats:
    """Where the lamps of a room hang: shape (L, 3), on the ceiling, metres."""
    west, south, east, north = room.polygon.bounds
    x, y = np.meshgrid(np.arange(west + 0.1, east, 0.2), np.arange(south + 0.1, north, 0.2), indexing="ij")
    places = np.column_stack([x.ravel(), y.ravel()])
    inside = shapely.contains_xy(room.polygon, places)
    places = places[inside] if inside.any() else np.array([room.polygon.representative_point().coords[0]])
    count = min(max(1, round(room.area / _FLOOR_AREA_PER_LAMP)), _MOST_LAMPS)
    centers = places[np.linspace(0, len(places) - 1, 2 * count + 1).astype(np.int64)[1::2]]
    for _ in range(20):
        nearest = ((places[:, None] - centers) ** 2).sum(-1).argmin(1)
        centers = np.stack([places[nearest == k].mean(0) if (nearest == k).any() else centers[k] for k in range(count)])
    return np.column_stack([centers, np.full(count, room.ceiling_height)])


def ceiling_fittings(room: Room) -> Mesh:
    """Bowls of opal glass in a metal rim at the lamps of a room; those of kitchens and bathrooms are flat drums."""
    west, south, east, north = room.polygon.bounds
    r = min(_WIDEST, 0.2 * min(east - west, north - south))
    bowl = [(0.0, -0.085), (0.3 * r, -0.082), (0.6 * r, -0.068), (0.82 * r, -0.045), (0.94 * r, -0.018)]
    if room.room_type in ("Kitchen", "Bathroom"):
        bowl = [(0.0, -0.075), (0.88 * r, -0.075), (0.93 * r, -0.068), (0.94 * r, -0.018)]
    rim = [(0.94 * r, -0.024), (r, -0.024), (r, _SUNK)]
    return merge(
        [
            lathe(profile, finish, at=(float(x), float(y), float(z)), sides=28)
            for x, y, z in ceiling_lamps(room)
            for profile, finish in (([*bowl, (0.0, -0.018)], _OPAL), (rim, _RIM))
        ]
    )
