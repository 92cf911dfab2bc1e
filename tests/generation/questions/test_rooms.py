import dataclasses

import numpy as np
import pytest

from simsv_generation.camera import Pose
from simsv_generation.episode import Episode
from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.rooms import RoomCount
from simsv_generation.questions.sightings import Sightings
from simsv_generation.scene import Opening, Room
from simsv_generation.seeding import rng
from tests.episodes import ROOM, make_episode, make_object

GENERATOR = RoomCount()
CANDIDATE = Candidate("room_count")
KITCHEN = Room("room|2", "Kitchen", ((8.0, 0.0), (12.0, 0.0), (12.0, 6.0), (8.0, 6.0)), 2.5)


def walk(*, to_x: float = 10.0, kind: str = "door") -> Episode:
    """The living room, from frame 40 to 59 the kitchen, and the living room again."""
    episode = make_episode([make_object("bed", 3, 3)], rooms=(ROOM, KITCHEN))
    door = Opening("way", kind, ("room|1", "room|2"), ((8.0, 1.0), (8.0, 5.0)), 0.0, 2.0, True)  # type: ignore[arg-type]
    steps = tuple(
        dataclasses.replace(step, room_id="room|2", pose=Pose((to_x, 3.0, 1.5), 0.0)) if 40 <= step.index < 60 else step
        for step in episode.trajectory.steps
    )
    return dataclasses.replace(
        episode,
        house=dataclasses.replace(episode.house, openings=(door,)),
        trajectory=dataclasses.replace(episode.trajectory, steps=steps),
        # The door became an instance after the bed.
        visibility=dataclasses.replace(episode.visibility, instance=np.ones_like(episode.visibility.instance)),
    )


def ask(episode: Episode) -> Answer | Rejection:
    return GENERATOR.answer(Sightings(episode), CANDIDATE)


def test_a_room_counts_once() -> None:
    sightings = Sightings(walk())
    assert list(GENERATOR.propose(sightings, rng(0))) == [CANDIDATE]
    answer = ask(walk())
    assert isinstance(answer, Answer)
    # Of 8 frames, 42 is in the kitchen.
    assert (answer.text, answer.value, answer.evidence, answer.min_frames) == ("2", 2.0, (0, 40), 8)
    rationale = GENERATOR.rationale(sightings, CANDIDATE, answer)
    assert "the 1. a living room at 0.00 s, the 2. a kitchen at 4.00 s" in rationale
    assert GENERATOR.conclude(rationale) == "2"


def test_a_missing_wall_leaves_open_how_many_rooms_there_are() -> None:
    assert ask(walk(kind="passage")) == Rejection("open_plan")


@pytest.mark.parametrize(("x", "entered"), [(8.2, False), (8.4, True)])
def test_a_foot_in_the_door_is_not_a_visit(x: float, entered: bool) -> None:
    answer = ask(walk(to_x=x))
    assert isinstance(answer, Answer) if entered else answer == Rejection("hardly_entered")


def test_a_room_that_is_only_seen_is_refused() -> None:
    episode = walk()
    steps = tuple(dataclasses.replace(step, room_id="room|1") for step in episode.trajectory.steps)
    inside = dataclasses.replace(episode, trajectory=dataclasses.replace(episode.trajectory, steps=steps))
    assert isinstance(ask(inside), Answer)
    shown = np.where(episode.visibility.frame_index == 0, episode.house.instances().index("room|2|floor"), 1)
    glimpse = dataclasses.replace(
        inside, visibility=dataclasses.replace(episode.visibility, instance=shown.astype(np.int32))
    )
    assert ask(glimpse) == Rejection("a_room_is_seen_but_not_entered")


def test_a_camera_in_no_room_counts_none() -> None:
    episode = walk()
    steps = tuple(dataclasses.replace(step, room_id="") for step in episode.trajectory.steps)
    outdoors = dataclasses.replace(episode, trajectory=dataclasses.replace(episode.trajectory, steps=steps))
    assert ask(outdoors) == Rejection("hardly_entered")
