import dataclasses

import numpy as np
import pytest

from simsv_generation.episode import Episode
from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.sightings import Sightings
from simsv_generation.questions.size import ObjectSize, RoomSize
from simsv_generation.scene import Room
from tests.episodes import ROOM, make_episode, make_object

LONGEST, SHORTEST = (
    ObjectSize("object_size_estimation", "longest"),
    ObjectSize("object_short_size_estimation", "shortest"),
)


def ask(generator: ObjectSize, episode: Episode) -> Answer | Rejection:
    return generator.answer(Sightings(episode), Candidate(generator.question_type, ("bed",)))


@pytest.mark.parametrize(("generator", "text"), [(LONGEST, "203"), (SHORTEST, "45")])
def test_sides_are_those_of_the_turned_box(generator: ObjectSize, text: str) -> None:
    answer = ask(generator, make_episode([make_object("bed", 3, 3, size=(1.4, 2.03, 0.452), yaw=31.0)]))
    assert isinstance(answer, Answer)
    assert answer.text == text
    assert answer.margin == pytest.approx(0.5 if text == "203" else 0.3, abs=0.01)


@pytest.mark.parametrize(
    ("size", "reason"),
    [((0.5, 0.5, 0.0204), "too_small"), ((0.5, 0.5, 0.2049), "margin_below_nudge"), ((0.5, 0.5, 0.2), "")],
)
def test_thin_and_wavering_sides_are_refused(size: tuple[float, float, float], reason: str) -> None:
    answer = ask(SHORTEST, make_episode([make_object("bed", 3, 3, size=size)]))
    assert answer == Rejection(reason) if reason else isinstance(answer, Answer)


def test_what_is_always_cut_by_the_border_is_refused() -> None:
    episode = make_episode([make_object("bed", 3, 3)])
    cut = dataclasses.replace(episode.visibility, is_truncated=np.ones_like(episode.visibility.is_truncated))
    assert ask(LONGEST, dataclasses.replace(episode, visibility=cut)) == Rejection("never_seen_whole")


def test_rooms_are_summed_where_all_that_are_shown_are_entered() -> None:
    kitchen = Room("room|2", "Kitchen", ((8.0, 0.0), (12.0, 0.0), (12.0, 6.02), (8.0, 6.02)), 2.5)
    episode = make_episode([make_object("bed", 3, 3)], rooms=(ROOM, kitchen))
    generator, candidate = RoomSize(), Candidate("room_size_estimation")
    alone = generator.answer(Sightings(episode), candidate)
    assert isinstance(alone, Answer)
    assert alone.text == "48.0"
    glimpse = dataclasses.replace(
        episode.visibility,
        instance=np.append(episode.visibility.instance, episode.house.instances().index("room|2|floor")).astype(
            np.int32
        ),
        frame_index=np.append(episode.visibility.frame_index, 50).astype(np.int32),
        num_pixels=np.append(episode.visibility.num_pixels, 200).astype(np.int32),
    )
    seen = dataclasses.replace(episode, visibility=glimpse)
    assert generator.answer(Sightings(seen), candidate) == Rejection("a_room_is_seen_but_not_entered")
    steps = [
        dataclasses.replace(step, room_id="room|2" if step.index > 50 else "room|1") for step in seen.trajectory.steps
    ]
    walked = dataclasses.replace(seen, trajectory=dataclasses.replace(seen.trajectory, steps=tuple(steps)))
    both = generator.answer(Sightings(walked), candidate)
    assert isinstance(both, Answer)
    assert both.text == "72.1"
    assert generator.conclude(generator.rationale(Sightings(walked), candidate, both)) == "72.1"
