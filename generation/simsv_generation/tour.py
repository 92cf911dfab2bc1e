"""Tours: a walk that visits every room of a house and looks all around in each.

Two styles share their route. `smooth` moves like a person with a camera: it turns a few degrees a frame and walks on
while it turns gently. `paper` repeats the discrete actions of SIMS-V (arXiv 2511.04668 and its code: 30 and 6 degree
turns with 0.5 degrees of noise, 0.2 m moves).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simsv_generation.camera import Pose
from simsv_generation.episode import Action, Step, Trajectory
from simsv_generation.geometry import Floats, wrap_degrees
from simsv_generation.navigation import NavigationGrid
from simsv_generation.routes import RouteMap
from simsv_generation.scene import House

_WALKABLE_TURN = 40.0
"""A smooth walker stands still while it has to turn by more than this, degrees."""
_LOOK_AHEAD = 0.5
"""A smooth walker heads for the point of its path this far ahead, metres."""
_PAPER_TURN, _PAPER_SMALL_TURN = 30.0, 6.0
_PAPER_SMALL_BELOW, _PAPER_AHEAD_BELOW = 15.0, 10.0
_PAPER_REACHED = 0.19
_PAPER_NOISE = 0.5


class TourRefused(Exception):
    """There is no acceptable tour of this house from this start. Counted by `reason`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class TourConfig:
    """How to walk."""

    style: Literal["smooth", "paper"] = "smooth"
    """`smooth` walks like a person with a camera, `paper` by the discrete actions of SIMS-V."""
    fps: int = 10
    """Frames per second of simulated time."""
    max_steps: int = 1000
    """Frames a tour may have; a house that needs more is refused."""
    step: float = 0.2
    """Metres walked from frame to frame."""
    max_turn: float = 8.0
    """Degrees turned from frame to frame at most, in the smooth style."""
    camera_height: float = 1.5
    """Metres above the floor."""
    pitch: float = -15.0
    """Degrees above the horizon; negative looks down."""
    pitch_jitter: float = 2.0
    """The pitch of an episode is drawn uniformly from `pitch` plus or minus this."""

    def __post_init__(self) -> None:
        if self.style not in ("smooth", "paper"):
            raise ValueError(f"tour.style must be smooth or paper, got {self.style!r}")
        for name in ("fps", "max_steps", "step", "max_turn", "camera_height"):
            if not getattr(self, name) > 0:
                raise ValueError(f"tour.{name} must be positive, got {getattr(self, name)}")


@dataclass(slots=True)
class _Walker:
    """Where the walk has got to."""

    x: float
    y: float
    yaw: float


def plan_tour(
    house: House, grid: NavigationGrid, config: TourConfig, rng: np.random.Generator, walk_index: int
) -> Trajectory:
    """A tour from a random place in a random room, on to the nearest room not yet seen until all are.

    Raises:
        TourRefused: a room cannot be reached, or the tour takes more than `max_steps` frames.
    """
    pitch = config.pitch + float(rng.uniform(-config.pitch_jitter, config.pitch_jitter))
    routes = RouteMap(grid)
    cells_of_room = {room.room_id: routes.cells_inside(room.polygon) for room in house.rooms}
    for room_id, cells in cells_of_room.items():
        if not len(cells):
            raise TourRefused("room_without_free_floor", room_id)
    start_room = house.rooms[int(rng.integers(len(house.rooms)))].room_id
    start_cells = routes.roomiest(cells_of_room[start_room], keep=0.5)
    cell = int(start_cells[int(rng.integers(len(start_cells)))])
    for room_id, cells in cells_of_room.items():
        if not routes.reachable(cell, cells).any():
            raise TourRefused("room_unreachable", f"{room_id} from {start_room}")

    x, y = routes.position(cell)
    walker = _Walker(x, y, float(rng.uniform(-180.0, 180.0)))
    steps: list[Step] = []

    def record(action: Action) -> None:
        if len(steps) >= config.max_steps:
            raise TourRefused("too_long", f"more than {config.max_steps} frames")
        pose = Pose((walker.x, walker.y, config.camera_height), walker.yaw, pitch)
        room_id = house.room_at(walker.x, walker.y)
        steps.append(Step(len(steps), round(len(steps) / config.fps, 6), pose, action, room_id))

    record("start")
    unseen = set(cells_of_room) - {start_room}
    for action in _scan(walker, config, rng):
        record(action)
    while unseen:
        cell = routes.nearest_cell(walker.x, walker.y)
        targets = {room_id: routes.target(cell, cells_of_room[room_id]) for room_id in sorted(unseen)}
        room_id = min(targets, key=lambda key: (routes.cost(cell, targets[key]), key))
        path = routes.smooth_path(cell, targets[room_id])
        follow = _walk_smoothly if config.style == "smooth" else _walk_as_in_the_paper
        for action in follow(walker, path, config, grid, rng):
            record(action)
        for action in _scan(walker, config, rng):
            record(action)
        unseen.discard(room_id)
    return Trajectory(house.house_id, walk_index, tuple(steps))


def _scan(walker: _Walker, config: TourConfig, rng: np.random.Generator) -> Iterator[Action]:
    """A full turn on the spot."""
    if config.style == "paper":
        for _ in range(12):
            walker.yaw += -_PAPER_TURN + float(rng.normal(0.0, _PAPER_NOISE))
            yield "scan"
        return
    side = 1.0 if rng.random() < 0.5 else -1.0
    turns = math.ceil(360.0 / config.max_turn)
    for _ in range(turns):
        walker.yaw += side * 360.0 / turns
        yield "scan"


def _bearing(walker: _Walker, x: float, y: float) -> float:
    """Degrees to turn, counter-clockwise, to face a point."""
    return wrap_degrees(math.degrees(math.atan2(y - walker.y, x - walker.x)) - walker.yaw)


def _walk_smoothly(
    walker: _Walker, path: Floats, config: TourConfig, grid: NavigationGrid, rng: np.random.Generator
) -> Iterator[Action]:
    """Along the path itself, slowing down for turns and stopping for sharp ones."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    total, done = float(lengths[-1]), 0.0
    while done < total:
        ahead = min(done + _LOOK_AHEAD, total)
        x, y = (float(np.interp(ahead, lengths, path[:, k])) for k in range(2))
        turn = _bearing(walker, x, y)
        limited = max(-config.max_turn, min(config.max_turn, turn))
        walker.yaw += limited
        if abs(turn) > _WALKABLE_TURN:
            yield "turn"
            continue
        done = min(total, done + config.step * max(0.25, 1.0 - abs(turn) / _WALKABLE_TURN))
        walker.x, walker.y = (float(np.interp(done, lengths, path[:, k])) for k in range(2))
        yield "walk"


def _walk_as_in_the_paper(
    walker: _Walker, path: Floats, config: TourConfig, grid: NavigationGrid, rng: np.random.Generator
) -> Iterator[Action]:
    """From way-point to way-point with SIMS-V's discrete turns and moves."""
    for x, y in path[1:].tolist():
        while math.hypot(x - walker.x, y - walker.y) > _PAPER_REACHED:
            turn = _bearing(walker, x, y)
            ahead = math.radians(walker.yaw)
            next_x, next_y = walker.x + config.step * math.cos(ahead), walker.y + config.step * math.sin(ahead)
            if abs(turn) > _PAPER_AHEAD_BELOW:
                size = _PAPER_SMALL_TURN if abs(turn) < _PAPER_SMALL_BELOW else _PAPER_TURN
                walker.yaw += math.copysign(size, turn) + float(rng.normal(0.0, _PAPER_NOISE))
                yield "turn"
            elif grid.is_free(next_x, next_y):
                walker.x, walker.y = next_x, next_y
                yield "walk"
            else:
                raise TourRefused("blocked", f"at ({walker.x:.2f}, {walker.y:.2f}) towards ({x:.2f}, {y:.2f})")
