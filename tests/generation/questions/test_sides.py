import dataclasses

import numpy as np
import pytest

from simsv_generation.camera import Pose
from simsv_generation.episode import Episode
from simsv_generation.questions.sides import sides_seen
from tests.episodes import make_episode, make_object, with_true_masks

ALL = [True, True, True]
SIZE = (1.0, 0.6, 0.8)


def looked_at(*, distance: float = 3.0, around: float = 40.0, pitch: float = -15.0) -> Episode:
    """One frame of a box in the middle of the room, from a place that is turned about it by `around` degrees."""
    episode = make_episode([make_object("sofa", 4, 3, size=SIZE)], {"sofa": {0: 0.05}}, num_frames=1)
    way = np.radians(around)
    eye = (4 - distance * np.cos(way), 3 - distance * np.sin(way), 1.2)
    steps = (dataclasses.replace(episode.trajectory.steps[0], pose=Pose(eye, around, pitch)),)
    return with_true_masks(
        dataclasses.replace(episode, trajectory=dataclasses.replace(episode.trajectory, steps=steps))
    )


def sides(episode: Episode) -> list[bool]:
    return list(sides_seen(episode, np.arange(len(episode.visibility.instance)))[0])


def hidden(episode: Episode, *, shares: tuple[float, float]) -> Episode:
    """The same with only a part of the mask's width and height left, on its left and its top."""
    left, top, right, bottom = episode.visibility.bbox[0].tolist()
    rest = [left, top, left + round((right - left) * shares[0]), top + round((bottom - top) * shares[1])]
    visibility = dataclasses.replace(episode.visibility, bbox=np.array([rest], dtype=np.int32))
    return dataclasses.replace(episode, visibility=visibility)


def test_an_open_view_from_a_corner_shows_all_sides() -> None:
    assert sides(looked_at()) == ALL


@pytest.mark.parametrize(("around", "seen"), [(0.0, [False, True, True]), (90.0, [True, False, True]), (45.0, ALL)])
def test_a_side_that_points_at_the_camera_is_not_seen(around: float, seen: list[bool]) -> None:
    assert sides(looked_at(around=around)) == seen


@pytest.mark.parametrize(("shares", "seen"), [((0.8, 0.8), True), ((0.4, 1.0), False), ((1.0, 0.4), False)])
def test_an_object_that_is_half_hidden_shows_no_side(shares: tuple[float, float], seen: bool) -> None:
    assert sides(hidden(looked_at(), shares=shares)) == [seen] * 3


def test_one_frame_among_many_is_enough() -> None:
    open_view = looked_at()
    steps = tuple(dataclasses.replace(open_view.trajectory.steps[0], index=index) for index in range(3))
    visibility = dataclasses.replace(
        open_view.visibility,
        **{name: np.repeat(getattr(open_view.visibility, name), 3, axis=0) for name in ("instance", "num_pixels")},
        frame_index=np.arange(3, dtype=np.int32),
        bbox=np.array([[0, 0, 3, 3], open_view.visibility.bbox[0], [9, 9, 12, 12]], dtype=np.int32),
    )
    trajectory = dataclasses.replace(open_view.trajectory, steps=steps)
    episode = dataclasses.replace(open_view, trajectory=trajectory, visibility=visibility)
    assert list(sides_seen(episode, np.arange(3))[0]) == ALL
    assert not sides_seen(episode, np.array([0, 2])).any()


def test_what_reaches_behind_the_camera_shows_no_side() -> None:
    assert sides(looked_at(distance=0.3)) == [False, False, False]


def test_no_rows_show_nothing() -> None:
    assert not sides_seen(looked_at(), np.array([], dtype=np.intp)).any()
    assert sides_seen(make_episode([]), np.array([], dtype=np.intp)).shape == (0, 3)
