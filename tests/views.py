"""Houses and places in them from which a person sees what they look like: for contact sheets and measurements."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from simsv_generation.camera import Camera, Pose
from simsv_generation.houses import HouseRefused, open_house_source
from simsv_generation.navigation import Agent, NavigationGrid
from simsv_generation.scene import House, Room, Split
from simsv_generation.seeding import rng
from simsv_generation.simulators import Simulator
from simsv_generation.tour import TourConfig, TourRefused, plan_tour

EYE_HEIGHT = 1.5
THUMBNAIL = Camera(96, 54, 59.0)
_DOWN = -12.0
_SECTORS = 8
_WORTH = 0.04
"""Share of a view above which an object adds nothing more to its worth."""


@dataclass(frozen=True, slots=True)
class View:
    room_type: str
    pose: Pose
    worth: float
    """Higher where more things are seen, lower where something stands before the camera."""


def procthor_houses(split: Split = "train") -> Iterator[tuple[int, House]]:
    """The houses of seed 0 that ProcTHOR does not refuse, with their ordinals."""
    source = open_house_source("procthor")
    ordinal = 0
    while True:
        try:
            yield ordinal, source.house(0, split, ordinal)
        except HouseRefused:
            pass
        ordinal += 1


def tour_poses(house: House, grid: NavigationGrid, count: int) -> list[Pose]:
    """Poses evenly along a tour through a house. Raises TourRefused when three draws find none."""
    for draw in range(3):
        try:
            steps = plan_tour(house, grid, TourConfig(), rng(0, "views", house.house_id, draw), 0).steps
            return [steps[k * len(steps) // count].pose for k in range(count)]
        except TourRefused:
            if draw == 2:
                raise
    raise AssertionError("unreachable")


def room_views(simulator: Simulator, house: House, count: int) -> list[View]:
    """The best views of a loaded house: one for every type of room, then of what is left the best.

    From a free place near the edge of a room towards its things, and no two of one room that look the same way.
    """
    grid = simulator.navigation(Agent(radius=0.15))
    views = [
        (room, View(room.room_type, pose, _worth(simulator, house, pose)))
        for room in house.rooms
        for pose in _edge_poses(room, house, grid)
    ]
    chosen: list[tuple[Room, View]] = []
    while views and len(chosen) < count:
        types = {view.room_type for _, view in chosen}
        room, best = max(views, key=lambda entry: (entry[1].room_type not in types, entry[1].worth))
        chosen.append((room, best))
        views = [(r, v) for r, v in views if r is not room or _turn(v.pose.yaw, best.pose.yaw) > 70.0]
    return [view for _, view in chosen]


def _edge_poses(room: Room, house: House, grid: NavigationGrid) -> Iterator[Pose]:
    """Of the free places of a room in each direction from the middle of its things the farthest, towards it."""
    columns, rows = np.nonzero(grid.free)
    places = np.column_stack([columns, rows]) * grid.spacing + np.array(grid.origin)
    places = places[shapely.contains_xy(room.polygon, places)]
    things = [thing.box.center[:2] for thing in house.objects if thing.room_id == room.room_id]
    middle = np.mean(things, axis=0) if things else np.array(room.polygon.representative_point().coords[0])
    offset = places - middle
    distance = np.sqrt((offset * offset).sum(1))
    sector = ((np.degrees(np.arctan2(offset[:, 1], offset[:, 0])) % 360.0) * _SECTORS / 360.0).astype(np.int64)
    for k in range(_SECTORS):
        there = np.flatnonzero((sector == k) & (distance > 0.5))
        if len(there):
            x, y = places[there[distance[there].argmax()]]
            yaw = float(np.degrees(np.arctan2(middle[1] - y, middle[0] - x)))
            yield Pose((float(x), float(y), EYE_HEIGHT), yaw, _DOWN)


def _worth(simulator: Simulator, house: House, pose: Pose) -> float:
    frame = simulator.render(pose, THUMBNAIL)
    shares = np.bincount(frame.instance_ids.ravel(), minlength=len(house.objects) + 1) / frame.depth.size
    return float(np.minimum(shares[1 : len(house.objects) + 1], _WORTH).sum() - (frame.depth < 0.6).mean())


def _turn(a: float, b: float) -> float:
    return abs((a - b + 180.0) % 360.0 - 180.0)
