import numpy as np
import pytest

from simsv_generation.questions.sightings import Sightings
from simsv_generation.questions.steps import from_start, heard, told
from tests.episodes import make_episode, make_object


def test_positions_are_told_from_the_first_camera_and_heard_again() -> None:
    sightings = Sightings(make_episode([make_object("bed", 1, 1)], {}))
    pose = sightings.episode.trajectory.steps[0].pose
    yaw = np.radians(pose.yaw)
    ahead = np.array(pose.position) + 2 * np.array([np.cos(yaw), np.sin(yaw), 0.0])
    assert from_start(sightings, ahead)[:2] == pytest.approx([2.0, 0.0], abs=1e-6)
    places = [np.array([1.2345, -0.5, 2.0]), np.array([-0.0001, 3.0])]
    text = f"It is at {told(places[0])} and then at {told(places[1])} (not at 4.5)."
    assert text == "It is at (1.234, -0.500, 2.000) and then at (0.000, 3.000) (not at 4.5)."
    assert [place.tolist() for place in heard(text)] == [[1.234, -0.5, 2.0], [0.0, 3.0]]


def test_what_tells_nothing_is_heard_as_nothing() -> None:
    assert heard("") == []
