import dataclasses
import math
from collections.abc import Callable

import pytest

from simsv_generation.camera import Pose
from simsv_generation.episode import Episode
from simsv_generation.questions.base import Answer, Candidate, QuestionGenerator, Rejection
from simsv_generation.questions.camera import (
    CameraDisplacement,
    CameraObjectApproach,
    CameraObjectDistance,
    CameraTurn,
)
from simsv_generation.questions.sightings import Sightings
from simsv_generation.seeding import rng
from tests.episodes import make_episode, make_object

BED = make_object("bed", 6.0, 3.0, size=(1.0, 1.0, 1.0))


def walk(pose: Callable[[int], Pose]) -> Episode:
    """A hundred frames at ten a second, in all of which the bed is clear."""
    episode = make_episode([BED], {"bed": dict.fromkeys(range(100), 0.05)})
    steps = tuple(dataclasses.replace(step, pose=pose(step.index)) for step in episode.trajectory.steps)
    return dataclasses.replace(episode, trajectory=dataclasses.replace(episode.trajectory, steps=steps))


def ask(generator: QuestionGenerator, episode: Episode, *moments: int, of: tuple[str, ...] = ()) -> Answer | Rejection:
    return generator.answer(Sightings(episode), Candidate(generator.question_type, of, moments=moments))


AHEAD = walk(lambda index: Pose((1.0 + 0.03 * index, 3.0, 0.5), 0.0))


def test_displacement_is_straight_whatever_the_way() -> None:
    around = walk(lambda i: Pose((2 + math.cos(math.radians(2 * i)), 3 + math.sin(math.radians(2 * i)), 1.5), 0.0))
    answer = ask(CameraDisplacement(), around, 0, 90)
    assert isinstance(answer, Answer)
    assert answer.text == "2.0"
    assert ask(CameraDisplacement(), AHEAD, 10, 20) == Rejection("hardly_moved")
    assert ask(CameraDisplacement(), AHEAD, 10, 95) == Rejection("margin_below_nudge")


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (1.0, "left"),
        (-1.5, "right"),
        (0.1, "no_plain_turn"),
        (1.8, "no_plain_turn"),
        (-4.5, "turned_all_the_way_round"),
    ],
)
def test_turns_are_to_one_side_or_not_asked_about(turn: float, expected: str) -> None:
    answer = ask(CameraTurn(), walk(lambda index: Pose((1.0, 1.0, 1.5), turn * index)), 0, 90)
    assert (answer.text if isinstance(answer, Answer) else answer.reason) == expected


def test_distance_is_to_the_closest_point_of_the_box() -> None:
    answer = ask(CameraObjectDistance(), AHEAD, 20, of=("bed",))
    assert isinstance(answer, Answer)
    assert (answer.text, answer.value) == ("3.9", 3.9)
    assert ask(CameraObjectDistance(), walk(lambda _: Pose((5.2, 3.0, 0.5), 0.0)), 20, of=("bed",)) == Rejection(
        "too_close"
    )


def test_approach_needs_a_real_change() -> None:
    closer = ask(CameraObjectApproach(), AHEAD, 0, 40, of=("bed",))
    assert isinstance(closer, Answer)
    assert closer.text == "closer"
    assert closer.margin == pytest.approx(1.2)
    away = walk(lambda index: Pose((4.0 - 0.03 * index, 3.0, 0.5), 0.0))
    farther = ask(CameraObjectApproach(), away, 0, 40, of=("bed",))
    assert isinstance(farther, Answer)
    assert farther.text == "farther"
    assert ask(CameraObjectApproach(), AHEAD, 0, 10, of=("bed",)) == Rejection("hardly_moved")
    assert ask(CameraObjectApproach(), AHEAD, 0, 9, of=("bed",)) == Rejection("too_short")


@pytest.mark.parametrize(
    "generator", [CameraDisplacement(), CameraTurn(), CameraObjectDistance(), CameraObjectApproach()]
)
def test_moments_are_told_in_tenths_of_a_second(generator: QuestionGenerator) -> None:
    at_twelve = dataclasses.replace(AHEAD, fps=12)
    for candidate in list(generator.propose(Sightings(at_twelve), rng(0)))[:50]:
        assert all(moment * 10 % 12 == 0 for moment in candidate.moments)


def test_a_moment_at_which_the_object_is_hidden_is_refused() -> None:
    hidden = make_episode([BED], {"bed": dict.fromkeys(range(10), 0.05)})
    assert ask(CameraObjectDistance(), hidden, 50, of=("bed",)) == Rejection("not_clear_then")
    assert ask(CameraObjectApproach(), hidden, 5, 50, of=("bed",)) == Rejection("not_clear_then")
