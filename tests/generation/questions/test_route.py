import dataclasses
import re

import pytest

from simsv_generation.episode import Episode
from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.route import RoutePlanning
from simsv_generation.questions.sightings import Sightings
from simsv_generation.scene import Room, SceneObject
from simsv_generation.seeding import rng
from tests.episodes import make_episode, make_object

ROUTE = RoutePlanning()
HALL = Room("room|1", "LivingRoom", ((0.0, 0.0), (12.0, 0.0), (12.0, 12.0), (0.0, 12.0)), 2.5)
BED, SOFA, DESK, TV, PIANO = (
    make_object("bed", 2.0, 2.0),
    make_object("sofa", 8.0, 2.0),
    make_object("desk", 8.0, 8.0),
    make_object("tv", 2.0, 8.0),
    make_object("piano", 5.0, 11.0),
)
THINGS = (BED, SOFA, DESK, TV, PIANO)
"""At the corners of a square, counter-clockwise, and one beyond."""


def hall(*things: SceneObject) -> Episode:
    return make_episode(things or THINGS, rooms=(HALL,))


def ask(*referents: str, episode: Episode | None = None) -> Answer | Rejection:
    return ROUTE.answer(Sightings(episode or hall()), Candidate(ROUTE.question_type, referents))


def worded(*referents: str) -> tuple[str, tuple[str, ...]]:
    answer = ask(*referents)
    assert isinstance(answer, Answer)
    candidate = Candidate(ROUTE.question_type, referents)
    template, text, options = ROUTE.word(Sightings(hall()), candidate, answer, rng(0))
    assert template == "vsi_route_planning"
    return text, options


@pytest.mark.parametrize(
    ("referents", "expected"),
    [
        # Begin, face, then the landmarks: a turn before each, but not before the one that is faced.
        (("bed", "tv", "sofa", "desk"), "Turn Right, Turn Left"),
        (("bed", "sofa", "tv", "desk"), "Turn Left, Turn Right"),
        (("bed", "sofa", "sofa", "desk", "tv"), "Turn Left, Turn Left"),
        (("bed", "tv", "tv", "desk", "sofa"), "Turn Right, Turn Right"),
    ],
)
def test_turns_follow_from_where_things_are(referents: tuple[str, ...], expected: str) -> None:
    answer = ask(*referents)
    assert isinstance(answer, Answer)
    assert answer.text == expected
    assert 15.0 <= answer.margin <= 45.0


def test_what_lies_where_one_comes_from_is_behind() -> None:
    answer = ask("bed", "sofa", "sofa", "desk", "shelf", episode=hall(*THINGS, make_object("shelf", 5.0, 1.0)))
    assert isinstance(answer, Answer)
    assert answer.text == "Turn Left, Turn Back"


def test_what_lies_near_a_border_takes_no_plain_turn() -> None:
    answer = ask("bed", "sofa", "sofa", "desk", "shelf", episode=hall(*THINGS, make_object("shelf", 3.0, 3.0)))
    assert answer == Rejection("no_plain_turn")


def test_what_lies_behind_a_landmark_cannot_be_walked_to() -> None:
    answer = ask("bed", "sofa", "sofa", "desk", "shelf", episode=hall(*THINGS, make_object("shelf", 8.0, 11.0)))
    assert answer == Rejection("no_straight_way")


def test_a_way_that_is_blocked_is_no_way() -> None:
    wall = make_object("wardrobe", 5.0, 2.0, size=(0.5, 3.0, 2.0))
    assert ask("bed", "tv", "sofa", "desk", episode=hall(*THINGS, wall)) == Rejection("no_straight_way")
    high = make_object("beam", 5.0, 2.0, size=(0.5, 3.0, 0.3), bottom=2.0)
    assert isinstance(ask("bed", "tv", "sofa", "desk", episode=hall(*THINGS, high)), Answer)


def test_a_short_walk_is_no_way() -> None:
    near = make_object("stool", 3.2, 2.0)
    assert ask("bed", "tv", "stool", "desk", episode=hall(BED, TV, DESK, near)) == Rejection("no_straight_way")


def test_one_does_not_face_what_is_in_another_room() -> None:
    rooms = (HALL, dataclasses.replace(HALL, room_id="room|2", floor_polygon=((12, 0), (20, 0), (20, 8), (12, 8))))
    far = make_object("oven", 15.0, 3.0, room_id="room|2")
    episode = make_episode([*THINGS, far], rooms=rooms)
    assert ask("bed", "oven", "tv", "desk", episode=episode) == Rejection("faces_another_room")


def test_one_does_not_begin_behind_the_wall() -> None:
    """The only free places by the sink are those on the other side of the wall that it stands at."""
    next_door = Room("room|2", "Kitchen", ((12.0, 0.0), (24.0, 0.0), (24.0, 12.0), (12.0, 12.0)), 2.5)
    sink, bench = make_object("sink", 11.75, 6.0), make_object("bench", 3.0, 6.0)
    oven, fridge = make_object("oven", 18, 6, room_id="room|2"), make_object("fridge", 18, 11, room_id="room|2")
    episode = make_episode([sink, bench, oven, fridge], rooms=(HALL, next_door))
    assert ask("sink", "bench", "oven", "fridge", episode=episode) == Rejection("no_straight_way")


def test_who_begins_close_to_what_he_faces_must_not_turn_otherwise() -> None:
    """One may begin at the end of the desk that is by the statue, and look back at it, if nothing is in the way."""
    desk = make_object("desk", 6.0, 11.6, size=(3.0, 0.6, 0.7))
    lamp = make_object("lamp", 4.7, 11.6, size=(0.2, 0.2, 0.4), bottom=0.7, parent_id="desk")
    statue = make_object("statue", 7.4, 11.5, size=(0.2, 0.2, 0.4), bottom=0.7, parent_id="desk")
    things = (desk, lamp, statue, make_object("sofa", 6.0, 4.0), make_object("tv", 2.0, 4.0))
    route = ("lamp", "statue", "sofa", "tv")
    assert ask(*route, episode=hall(*things)) == Rejection("no_plain_turn")
    plant = make_object("plant", 8.0, 10.9, size=(0.5, 0.5, 1.0))
    answer = ask(*route, episode=hall(*things, plant))
    assert isinstance(answer, Answer)
    assert answer.text == "Turn Right, Turn Right"


def test_things_that_cannot_be_named_are_refused() -> None:
    assert ask("bed", "tv", "sofa", "desk", episode=hall(*THINGS, make_object("bed", 11, 11, object_id="b2"))) == (
        Rejection("two_things_of_one_name")
    )


def test_the_wording_is_that_of_vsi_bench() -> None:
    text, _ = worded("bed", "tv", "sofa", "desk")
    assert text == (
        "You are a robot beginning at the bed and facing the tv. You want to navigate to the desk. You will perform "
        "the following actions (Note: for each [please fill in], choose either 'turn back,' 'turn left,' or 'turn "
        "right.'): 1. [please fill in] 2. Go forward until the sofa 3. [please fill in] 4. Go forward until the desk. "
        "You have reached the final destination."
    )
    text, _ = worded("bed", "sofa", "sofa", "desk", "tv")
    assert "1. Go forward until the sofa 2. [please fill in] 3. Go forward until the desk 4. [please" in text


def test_no_option_stands_out() -> None:
    _, options = worded("bed", "tv", "sofa", "desk")
    firsts, seconds = zip(*(option.split(", ") for option in options), strict=True)
    assert "Turn Right, Turn Left" in options
    assert sorted(map(firsts.count, set(firsts))) == sorted(map(seconds.count, set(seconds))) == [2, 2]


def test_candidates_are_routes_whose_landmarks_differ_and_come_once() -> None:
    sightings = Sightings(hall())
    candidates = [candidate.referents for candidate in ROUTE.propose(sightings, rng(0))]
    assert len(candidates) == len(set(candidates)) > 20
    answers = [ask(*referents) for referents in candidates]
    assert sum(isinstance(answer, Answer) for answer in answers) > len(answers) / 3
    for begin, face, *landmarks in candidates:
        assert len({begin, *landmarks}) == 1 + len(landmarks)
        assert face not in (begin, *landmarks[1:])
        assert len(landmarks) == (3 if landmarks[0] == face else 2)


def test_routes_with_sure_turns_come_first() -> None:
    """In whatever order: so the first some are the same ones."""
    one, other = (
        [candidate.referents for candidate in ROUTE.propose(Sightings(hall()), rng(seed))] for seed in range(2)
    )
    assert one != other
    assert any(set(one[:count]) == set(other[:count]) for count in range(len(one) // 4, len(one) * 3 // 4))


def test_a_house_without_four_things_has_no_routes() -> None:
    assert list(ROUTE.propose(Sightings(hall(BED, SOFA, DESK)), rng(0))) == []


def test_the_steps_of_the_walk_give_the_turns() -> None:
    sightings, candidate = Sightings(hall()), Candidate(ROUTE.question_type, ("bed", "sofa", "sofa", "desk", "tv"))
    answer = ROUTE.answer(sightings, candidate)
    assert isinstance(answer, Answer)
    rationale = ROUTE.rationale(sightings, candidate, answer)
    assert "is straight ahead" in rationale
    assert len(re.findall(r"degrees to the left", rationale)) == 2
    assert ROUTE.conclude(rationale) == "Turn Left, Turn Left"


@pytest.mark.parametrize(("x", "reason"), [(3.3, "ends_where_it_was"), (4.6, "")])
def test_a_route_that_ends_where_it_was_leads_nowhere(x: float, reason: str) -> None:
    lamp = make_object("lamp", x, 8.4, size=(0.3, 0.3, 1.0))
    found = ask("bed", "tv", "tv", "desk", "lamp", episode=hall(*THINGS, lamp))
    assert found == Rejection(reason) if reason else isinstance(found, Answer)
