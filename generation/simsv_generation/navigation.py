"""Where a person can stand in a house, and how much room there is around each place."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from simsv_generation.geometry import Boxes, Floats, Vec2
from simsv_generation.scene import House

_KNEE_HEIGHT = 0.05
"""Things lower than this, metres, are stepped over."""


@dataclass(frozen=True, slots=True)
class Agent:
    """The body that carries the camera."""

    radius: float = 0.2
    """Metres kept free around the agent's axis."""
    height: float = 1.7
    """Metres; things that hang higher are passed below."""


@dataclass(frozen=True, slots=True)
class NavigationGrid:
    """Places on the floor where the agent can stand."""

    origin: Vec2
    """World position of the grid point (0, 0), metres."""
    spacing: float
    """Metres between neighbours."""
    clearance: Floats
    """Shape (columns, rows), indexed [x, y]: distance to the nearest obstacle, metres; 0 outside the rooms."""
    radius: float
    """The agent's radius; places with less clearance are not free."""

    @property
    def free(self) -> NDArray[np.bool_]:
        """Shape of `clearance`: where the agent's axis can be."""
        return np.asarray(self.clearance >= self.radius)

    def is_free(self, x: float, y: float) -> bool:
        """Whether the agent's axis can be at a world position, judged at the nearest grid point."""
        column = round((x - self.origin[0]) / self.spacing)
        row = round((y - self.origin[1]) / self.spacing)
        columns, rows = self.clearance.shape
        return 0 <= column < columns and 0 <= row < rows and bool(self.clearance[column, row] >= self.radius)


def clearance(house: House, agent: Agent, x: Floats, y: Floats) -> Floats:
    """Distance from world positions to the nearest wall, closed opening or object, metres; 0 outside the rooms.

    Args:
        house: whose walls and objects are in the way.
        agent: what is below its feet or above its head is not in the way; its radius plays no part.
        x: coordinates, metres.
        y: coordinates, metres; both arrays have the shape of the result.
    """
    floor = shapely.union_all([room.polygon for room in house.rooms])
    solids = shapely.union_all(obstacles(house, agent))
    shapely.prepare(floor)
    points = shapely.points(x, y)
    return np.where(shapely.contains(floor, points), shapely.distance(solids, points), 0.0)


def obstacles(house: House, agent: Agent) -> Sequence[shapely.Geometry]:
    """What stops an agent: all walls with their closed openings, then the outlines of objects, metres."""
    walls = shapely.union_all([room.polygon.exterior for room in house.rooms])
    for opening in house.openings:
        if opening.is_open:
            # Both sides of a wall may lie millimetres apart; a flat cap keeps the door jambs where they are.
            walls = walls.difference(shapely.LineString(opening.segment).buffer(0.02, cap_style="flat"))
    boxes = Boxes.of([thing.box for thing in house.objects])
    heights = boxes.corners()[:, :, 2]
    in_the_way = np.flatnonzero((heights.min(1) < agent.height) & (heights.max(1) > _KNEE_HEIGHT))
    return [walls, *boxes.take(in_the_way).outlines()]


def grid_from_house(house: House, agent: Agent, spacing: float = 0.1) -> NavigationGrid:
    """The exact clearance field of the house's walls, closed openings and objects, sampled on a grid.

    Raises:
        ValueError: no place is free.
    """
    west, south, east, north = shapely.union_all([room.polygon for room in house.rooms]).bounds
    columns, rows = int((east - west) / spacing) + 1, int((north - south) / spacing) + 1
    x, y = np.meshgrid(west + np.arange(columns) * spacing, south + np.arange(rows) * spacing, indexing="ij")
    grid = NavigationGrid((float(west), float(south)), spacing, clearance(house, agent, x, y), agent.radius)
    if not grid.free.any():
        raise ValueError(f"house {house.house_id} has no place where an agent of radius {agent.radius} m can stand")
    return grid
