import itertools
import math
from typing import Literal

import numpy as np
import pytest

from simsv_generation.episode import Trajectory
from simsv_generation.geometry import wrap_degrees
from simsv_generation.navigation import Agent, grid_from_house
from simsv_generation.scene import House
from simsv_generation.seeding import rng
from simsv_generation.tour import TourConfig, TourRefused, plan_tour
from tests.episodes import make_object, make_two_rooms

Style = Literal["smooth", "paper"]

FURNISHED = make_two_rooms(
    make_object("table", 2, 2.5, size=(1.2, 0.6, 0.7), yaw=20), make_object("bed", 7, 3, size=(1.6, 1.6, 0.5))
)


def tour(config: TourConfig, seed: int = 0, house: House = FURNISHED) -> Trajectory:
    return plan_tour(house, grid_from_house(house, Agent()), config, rng(seed), 0)


def turns_and_moves(trajectory: Trajectory) -> tuple[np.ndarray, np.ndarray]:
    poses = [step.pose for step in trajectory.steps]
    turns = [abs(wrap_degrees(b.yaw - a.yaw)) for a, b in itertools.pairwise(poses)]
    moves = [math.dist(a.position, b.position) for a, b in itertools.pairwise(poses)]
    return np.array(turns), np.array(moves)


@pytest.mark.parametrize("style", ["smooth", "paper"])
@pytest.mark.parametrize("seed", range(8))
def test_every_room_is_entered_and_looked_around_in(style: Style, seed: int) -> None:
    trajectory = tour(TourConfig(style=style), seed)
    scanned: dict[str, float] = {}
    for before, step in zip(trajectory.steps, trajectory.steps[1:], strict=False):
        if step.action == "scan":
            turned = abs(wrap_degrees(step.pose.yaw - before.pose.yaw))
            scanned[step.room_id] = scanned.get(step.room_id, 0.0) + turned
    assert set(scanned) == {"room|1", "room|2"}
    assert all(total == pytest.approx(360, abs=0.1 if style == "smooth" else 12) for total in scanned.values())


@pytest.mark.parametrize("seed", range(8))
def test_a_smooth_walk_turns_and_moves_gently(seed: int) -> None:
    turns, moves = turns_and_moves(tour(TourConfig(max_turn=8.0, step=0.2), seed))
    assert turns.max() <= 8.001
    assert moves.max() <= 0.2001


def test_the_papers_walk_is_made_of_its_actions() -> None:
    turns, moves = turns_and_moves(tour(TourConfig(style="paper")))
    assert set(np.round(moves[moves > 0], 3)) <= {0.2}
    assert (moves[turns > 0] == 0).all()
    sizes = turns[turns > 0]
    assert np.minimum(abs(sizes - 30), abs(sizes - 6)).max() < 3


@pytest.mark.parametrize("style", ["smooth", "paper"])
def test_the_camera_is_always_where_the_agent_can_be(style: Style) -> None:
    grid = grid_from_house(FURNISHED, Agent())
    for seed in range(10):
        for step in tour(TourConfig(style=style), seed).steps:
            assert grid.is_free(*step.pose.position[:2])
            assert step.pose.position[2] == 1.5
            assert -17 <= step.pose.pitch <= -13


def test_the_same_draws_give_the_same_walk_and_others_another() -> None:
    assert tour(TourConfig(), 3) == tour(TourConfig(), 3)
    starts = {tour(TourConfig(), seed).steps[0].room_id for seed in range(12)}
    assert starts == {"room|1", "room|2"}


def test_times_and_indices_count_frames() -> None:
    steps = tour(TourConfig(fps=12)).steps
    assert [step.index for step in steps] == list(range(len(steps)))
    assert steps[24].time == 2.0
    assert steps[0].action == "start"


def test_tours_that_cannot_be_are_refused_with_a_reason() -> None:
    with pytest.raises(TourRefused) as too_long:
        tour(TourConfig(max_steps=50))
    assert too_long.value.reason == "too_long"
    with pytest.raises(TourRefused) as closed:
        tour(TourConfig(), house=make_two_rooms(is_open=False))
    assert closed.value.reason == "room_unreachable"
    full = make_two_rooms(make_object("bed", 6, 2, size=(4, 4, 1)))
    with pytest.raises(TourRefused) as filled:
        tour(TourConfig(), house=full)
    assert filled.value.reason == "room_without_free_floor"


@pytest.mark.parametrize(
    "field", [{"style": "crab"}, {"fps": 0}, {"max_steps": 0}, {"step": -1.0}, {"max_turn": math.nan}]
)
def test_impossible_configurations_name_the_field(field: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=f"tour.{next(iter(field))}"):
        TourConfig(**field)  # type: ignore[arg-type]
