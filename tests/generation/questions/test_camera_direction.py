import dataclasses
import math

import pytest

from simsv_generation.camera import Pose
from simsv_generation.episode import Episode
from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.camera_direction import CameraObjectDirection
from simsv_generation.questions.sightings import Sightings
from simsv_generation.seeding import rng
from tests.episodes import make_episode, make_object

DIRECTION = CameraObjectDirection()


def camera_at(yaw: float, x: float = 4.0, y: float = 3.0, *, frames: int = 100, clear: range = range(10)) -> Episode:
    """A camera that stays where it is, and a bed 2 m in front of and 2 m to the left of the world's x axis."""
    bed = make_object("bed", 6.0, 5.0, size=(0.6, 0.6, 0.5))
    episode = make_episode([bed], {"bed": dict.fromkeys(clear, 0.05)}, num_frames=frames)
    steps = tuple(dataclasses.replace(step, pose=Pose((x, y, 1.5), yaw)) for step in episode.trajectory.steps)
    return dataclasses.replace(episode, trajectory=dataclasses.replace(episode.trajectory, steps=steps))


def ask(episode: Episode, moment: int = 5) -> Answer | Rejection:
    return DIRECTION.answer(Sightings(episode), Candidate(DIRECTION.question_type, ("bed",), moments=(moment,)))


@pytest.mark.parametrize(
    ("yaw", "expected"),
    [(0.0, "front-left"), (90.0, "front-right"), (180.0, "back-right"), (-90.0, "back-left"), (20.0, "front-left")],
)
def test_the_quadrant_is_relative_to_the_heading(yaw: float, expected: str) -> None:
    answer = ask(camera_at(yaw))
    assert isinstance(answer, Answer)
    assert answer.text == expected


def test_the_margin_is_that_of_the_corner_nearest_to_a_border() -> None:
    answer = ask(camera_at(0.0))
    assert isinstance(answer, Answer)
    assert answer.margin == pytest.approx(math.degrees(math.atan2(1.7, 2.3)), abs=1e-3)


@pytest.mark.parametrize(
    ("episode", "reason"),
    [
        (camera_at(45.0), "across_a_border"),
        (camera_at(32.0), "near_a_border"),
        (camera_at(0.0, 6.0, 5.0), "too_close"),
        (camera_at(0.0, 5.5, 4.5), "too_close"),
        (camera_at(0.0, clear=range(4)), "seen_but_not_nameable"),
        (camera_at(0.0, clear=range(0)), "not_seen"),
    ],
)
def test_what_is_in_no_plain_quadrant_is_refused(episode: Episode, reason: str) -> None:
    assert ask(episode) == Rejection(reason)


def test_an_object_out_of_view_is_asked_about_while_one_remembers_it() -> None:
    episode = camera_at(180.0, frames=300, clear=range(60, 70))
    before, after = ask(episode, 10), ask(episode, 200)
    assert isinstance(before, Answer)
    assert isinstance(after, Answer)
    assert before.evidence == (10, 60)
    assert after.evidence == (69, 200)
    assert ask(episode, 269) == dataclasses.replace(after, evidence=(69, 269), min_frames=0)
    assert ask(episode, 270) == Rejection("not_seen_for_long")


def test_a_budget_of_frames_must_have_the_moment_too() -> None:
    answers = [ask(camera_at(0.0, clear=range(100)), moment) for moment in (0, 1, 99)]
    assert [answer.min_frames for answer in answers if isinstance(answer, Answer)] == [8, 0, 8]


def test_moments_are_whole_tenths_of_a_second_and_come_once() -> None:
    episode = dataclasses.replace(camera_at(0.0, clear=range(50)), fps=30)
    candidates = list(DIRECTION.propose(Sightings(episode), rng(0)))
    assert sorted(candidate.moments for candidate in candidates) == [(moment,) for moment in range(0, 100, 3)]


def test_the_question_names_moment_and_object_and_the_options() -> None:
    sightings = Sightings(camera_at(0.0))
    candidate = Candidate(DIRECTION.question_type, ("bed",), moments=(5,))
    answer = ask(camera_at(0.0))
    assert isinstance(answer, Answer)
    _, text, options = DIRECTION.word(sightings, candidate, answer, rng(0))
    assert text.startswith("At 0.5 s in the video, is the bed to the camera's front-left,")
    assert sorted(options) == ["back-left", "back-right", "front-left", "front-right"]
    rationale = DIRECTION.rationale(sightings, candidate, answer)
    assert "turn 45 degrees to the left" in rationale
    assert DIRECTION.conclude(rationale) == "front-left"
    assert DIRECTION.conclude(rationale.replace("(2.000, 2.000)", "(-2.000, -2.000)")) == "back-right"
