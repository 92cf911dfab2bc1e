import pytest

from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.counting import ObjectCounting
from simsv_generation.questions.sightings import Sightings
from simsv_generation.scene import Room
from simsv_generation.seeding import rng
from tests.episodes import ROOM, make_episode, make_object

GENERATOR = ObjectCounting()
CHAIRS = [make_object("chair", 1 + k, 1, object_id=f"chair {k}") for k in range(3)]
HARDLY = dict.fromkeys(range(5), 0.005)


def ask(sightings: Sightings) -> Answer | Rejection:
    return GENERATOR.answer(sightings, Candidate(GENERATOR.question_type, sightings.by_category["chair"], "chair"))


def test_all_that_are_seen_clearly_are_counted() -> None:
    sightings = Sightings(make_episode([*CHAIRS, make_object("desk", 4, 4)]))
    answer = ask(sightings)
    assert isinstance(answer, Answer)
    assert (answer.text, answer.value, answer.evidence) == ("3", 3.0, (0, 99))
    candidate = Candidate(GENERATOR.question_type, sightings.by_category["chair"], "chair")
    template, text, options = GENERATOR.word(sightings, candidate, answer, rng(0))
    assert (template, text, options) == ("vsi_counting_room", "How many chair(s) are in this room?", None)
    rationale = GENERATOR.rationale(sightings, candidate, answer)
    assert GENERATOR.conclude(rationale) == "3"
    assert "3. in the living room at 2.00 s" in rationale


@pytest.mark.parametrize(("share", "reason"), [(HARDLY, "seen_but_not_nameable"), ({}, "not_all_seen")])
def test_one_that_is_hardly_seen_or_missed_makes_the_count_doubtful(share: dict[int, float], reason: str) -> None:
    shares = {"chair 0": dict.fromkeys(range(10), 0.05), "chair 1": dict.fromkeys(range(10), 0.05), "chair 2": share}
    assert ask(Sightings(make_episode(CHAIRS, shares))) == Rejection(reason)


def test_what_some_would_count_among_them_makes_the_count_doubtful() -> None:
    stool = make_object("stool", 4, 4)
    assert ask(Sightings(make_episode([*CHAIRS, stool]))) == Rejection("a_look_alike_is_seen")
    shares = {thing.object_id: dict.fromkeys(range(10), 0.05) for thing in CHAIRS}
    assert isinstance(ask(Sightings(make_episode([*CHAIRS, stool], {**shares, "stool": {0: 0.0005}}))), Answer)


def test_a_single_thing_is_not_counted() -> None:
    sightings = Sightings(make_episode(CHAIRS[:1]))
    assert list(GENERATOR.propose(sightings, rng(0))) == []
    assert ask(sightings) == Rejection("fewer_than_two")


def test_some_of_them_are_not_all_of_them() -> None:
    some = Candidate(GENERATOR.question_type, ("chair 0", "chair 1"), "chair")
    assert GENERATOR.answer(Sightings(make_episode(CHAIRS)), some) == Rejection("not_all_of_the_category")


def test_a_house_of_several_rooms_is_a_home() -> None:
    other = Room("room|2", "", ((8.0, 0.0), (12.0, 0.0), (12.0, 6.0), (8.0, 6.0)), 2.5)
    sightings = Sightings(make_episode(CHAIRS, rooms=(ROOM, other)))
    (candidate,) = GENERATOR.propose(sightings, rng(0))
    answer = GENERATOR.answer(sightings, candidate)
    assert isinstance(answer, Answer)
    assert GENERATOR.word(sightings, candidate, answer, rng(0))[1] == "How many chair(s) are in this home?"
