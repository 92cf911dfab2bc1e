import dataclasses

import numpy as np
import pytest

from simsv_generation.episode import Episode
from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.sightings import Sightings
from simsv_generation.questions.size import ObjectSize, RoomSize
from simsv_generation.scene import Opening, Room
from simsv_generation.seeding import rng
from tests.episodes import ROOM, make_episode, make_object, with_true_masks

LONGEST, SHORTEST = (
    ObjectSize("object_size_estimation", "longest"),
    ObjectSize("object_short_size_estimation", "shortest"),
)


def ask(generator: ObjectSize, episode: Episode, name: str = "sofa") -> Answer | Rejection:
    return generator.answer(Sightings(episode), Candidate(generator.question_type, (name,)))


def ahead(size: tuple[float, float, float], *, name: str = "sofa", yaw: float = 31.0) -> Episode:
    """Something that the camera looks at from 2.5 m away."""
    return with_true_masks(make_episode([make_object(name, 6.5, 3, size=size, yaw=yaw)]))


@pytest.mark.parametrize(("generator", "text"), [(LONGEST, "203"), (SHORTEST, "45")])
def test_sides_are_those_of_the_turned_box(generator: ObjectSize, text: str) -> None:
    answer = ask(generator, ahead((1.4, 2.03, 0.452)))
    assert isinstance(answer, Answer)
    assert answer.text == text
    assert answer.margin == pytest.approx(0.5 if text == "203" else 0.3, abs=0.01)


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ((0.2, 0.2, 0.0204), "too_thin"),
        ((0.5, 0.5, 0.0404), "too_thin"),
        ((0.5, 0.5, 0.2049), "margin_below_nudge"),
        ((0.5, 0.5, 0.2), ""),
    ],
)
def test_thin_and_wavering_sides_are_refused(size: tuple[float, float, float], reason: str) -> None:
    answer = ask(SHORTEST, ahead(size))
    assert answer == Rejection(reason) if reason else isinstance(answer, Answer)


@pytest.mark.parametrize(("name", "longest", "shortest"), [("bed", True, False), ("sink", False, False)])
def test_where_people_do_not_measure_the_box_it_is_not_asked(name: str, longest: bool, shortest: bool) -> None:
    episode = ahead((1.4, 2.03, 0.452), name=name)
    assert isinstance(ask(LONGEST, episode, name), Answer) == longest
    assert isinstance(ask(SHORTEST, episode, name), Answer) == shortest
    assert ask(SHORTEST, episode, name) == Rejection("not_what_people_measure")


def test_what_is_always_cut_by_the_border_is_refused() -> None:
    episode = ahead((0.5, 0.5, 0.2))
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


def two_rooms(
    *, sofa_in: str = "room|1", kind: str = "door", types: tuple[str, str] = ("LivingRoom", "Kitchen")
) -> Sightings:
    """Half of the walk in each of two rooms, with a sofa and a refrigerator."""
    rooms = (
        dataclasses.replace(ROOM, room_type=types[0]),
        Room("room|2", types[1], ((8.0, 0.0), (12.0, 0.0), (12.0, 6.02), (8.0, 6.02)), 2.5),
    )
    things = [make_object("sofa", 3, 3, room_id=sofa_in), make_object("refrigerator", 10, 3, room_id="room|2")]
    episode = make_episode(things, rooms=rooms)
    steps = tuple(
        dataclasses.replace(step, room_id="room|1" if step.index < 50 else "room|2")
        for step in episode.trajectory.steps
    )
    way = Opening("way", kind, ("room|1", "room|2"), ((8.0, 1.0), (8.0, 5.0)), 0.0, 2.0, True)  # type: ignore[arg-type]
    return Sightings(
        dataclasses.replace(
            episode,
            house=dataclasses.replace(episode.house, openings=(way,)),
            trajectory=dataclasses.replace(episode.trajectory, steps=steps),
        )
    )


def test_a_room_that_has_a_name_is_asked_about_alone() -> None:
    generator, sightings = RoomSize(), two_rooms()
    candidates = {candidate.subject: candidate for candidate in generator.propose(sightings, rng(0))}
    assert set(candidates) == {"", "room|1", "room|2"}
    answer = generator.answer(sightings, candidates["room|2"])
    assert isinstance(answer, Answer)
    assert (answer.text, answer.evidence) == ("24.1", (50, 99))
    assert generator.word(sightings, candidates["room|2"], answer, rng(0))[:2] == (
        "room_size_named",
        "What is the size of the kitchen (in square meters)?",
    )
    assert generator.conclude(generator.rationale(sightings, candidates["room|2"], answer)) == "24.1"
    both = generator.answer(sightings, candidates[""])
    assert isinstance(both, Answer)
    assert both.text == "72.1"


@pytest.mark.parametrize(
    ("sightings", "subject", "reason"),
    [
        (two_rooms(kind="passage"), "room|2", "open_plan"),
        (two_rooms(sofa_in="room|2"), "room|1", "could_mean_another_room"),
        (two_rooms(types=("Kitchen", "Kitchen")), "room|2", "could_mean_another_room"),
        (two_rooms(types=("LivingRoom", "Bathroom")), "room|2", "could_mean_another_room"),
        (two_rooms(types=("LivingRoom", "")), "room|2", "could_mean_another_room"),
        (two_rooms(), "attic", "not_entered"),
    ],
)
def test_a_room_that_could_be_another_is_refused(sightings: Sightings, subject: str, reason: str) -> None:
    candidate = Candidate("room_size_estimation", subject=subject)
    assert RoomSize().answer(sightings, candidate) == Rejection(reason)


@pytest.mark.parametrize(
    ("width", "asked"), [(4.0, True), (4.0072, True), (4.0075, False), (4.0083, False), (4.01, True)]
)
def test_an_area_that_a_wall_moved_by_a_millimetre_changes_is_refused(width: float, asked: bool) -> None:
    # 6 m times 4.00833 m is 24.05 m2; the wall of 6 m moves it by 0.006 m2.
    room = Room("room|1", "Kitchen", ((-1.0, -1.0), (width - 1.0, -1.0), (width - 1.0, 5.0), (-1.0, 5.0)), 2.5)
    answer = RoomSize().answer(Sightings(make_episode([], rooms=(room,))), Candidate("room_size_estimation"))
    assert isinstance(answer, Answer) if asked else answer == Rejection("margin_below_nudge")
