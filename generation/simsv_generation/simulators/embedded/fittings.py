"""Lamps below the ceiling: one for every few square metres, spread evenly over a room of any shape."""

import numpy as np
import shapely

from simsv_generation.geometry import Floats
from simsv_generation.scene import Room

_FLOOR_AREA_PER_LAMP = 10.0
"""Square metres."""


def ceiling_lamps(room: Room) -> Floats:
    """Where the lamps of a room hang: shape (L, 3), on the ceiling, metres."""
    west, south, east, north = room.polygon.bounds
    x, y = np.meshgrid(np.arange(west + 0.1, east, 0.2), np.arange(south + 0.1, north, 0.2), indexing="ij")
    places = np.column_stack([x.ravel(), y.ravel()])
    inside = shapely.contains_xy(room.polygon, places)
    places = places[inside] if inside.any() else np.array([room.polygon.representative_point().coords[0]])
    count = max(1, round(room.area / _FLOOR_AREA_PER_LAMP))
    centers = places[np.linspace(0, len(places) - 1, 2 * count + 1).astype(np.int64)[1::2]]
    for _ in range(20):
        nearest = ((places[:, None] - centers) ** 2).sum(-1).argmin(1)
        centers = np.stack([places[nearest == k].mean(0) if (nearest == k).any() else centers[k] for k in range(count)])
    return np.column_stack([centers, np.full(count, room.ceiling_height)])
