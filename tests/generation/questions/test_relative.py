import pytest

from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.relative import RelativeDistance
from simsv_generation.questions.sightings import Sightings
from simsv_generation.seeding import rng
from tests.episodes import make_episode, make_object

GENERATOR = RelativeDistance()
NAMES = ("bed", "chair", "desk", "lamp", "plant")


def ask(*xs: float) -> tuple[Sightings, Candidate, Answer | Rejection]:
    """Five boxes of 0.4 m in a row, the bed first."""
    things = [make_object(name, x, 3) for name, x in zip(NAMES, xs, strict=True)]
    sightings = Sightings(make_episode(things))
    candidate = Candidate(GENERATOR.question_type, NAMES)
    return sightings, candidate, GENERATOR.answer(sightings, candidate)


def test_the_closest_is_found_and_shown_among_the_options() -> None:
    sightings, candidate, answer = ask(0.5, 5.0, 2.0, 3.0, 7.0)
    assert isinstance(answer, Answer)
    assert answer.text == "desk"
    assert answer.margin == pytest.approx(1.0)
    _, text, options = GENERATOR.word(sightings, candidate, answer, rng(0))
    assert options is not None
    assert sorted(options) == sorted(NAMES[1:])
    assert f"({', '.join(options)}) is the closest to the bed?" in text
    assert GENERATOR.conclude(GENERATOR.rationale(sightings, candidate, answer)) == "desk"


@pytest.mark.parametrize(
    ("xs", "reason"),
    [
        ((0.5, 2.0, 2.2, 5.0, 7.0), "two_nearly_as_close"),
        ((0.5, 4.9, 5.3, 7.0, 7.5), "two_nearly_as_close"),
        ((0.5, 0.95, 2.2, 5.0, 7.0), "too_close"),
    ],
)
def test_near_ties_and_things_that_touch_are_refused(xs: tuple[float, ...], reason: str) -> None:
    assert ask(*xs)[2] == Rejection(reason)


def test_four_things_are_too_few() -> None:
    sightings = Sightings(make_episode([make_object(name, 1 + k, 1) for k, name in enumerate(NAMES[:4])]))
    assert list(GENERATOR.propose(sightings, rng(0))) == []


def several(*, hidden_x: float, share: float = 0.0) -> tuple[Sightings, Candidate]:
    """A bed, and to its right a desk, a lamp, a plant and two chairs; the nearer chair is clear, a third at choice."""
    things = [make_object(name, x, 3) for name, x in (("bed", 0.5), ("desk", 4.0), ("lamp", 6.0), ("plant", 7.0))]
    things += [make_object("chair", x, 3, object_id=f"chair {x}") for x in (2.0, 5.0, hidden_x)]
    shares = {f"chair {x}": dict.fromkeys(range(40, 50), 0.05) for x in (2.0, 5.0)}
    shares[f"chair {hidden_x}"] = dict.fromkeys(range(40, 50), share)
    candidate = Candidate(GENERATOR.question_type, ("bed", "chair 2.0", "desk", "lamp", "plant"))
    return Sightings(make_episode(things, shares)), candidate


def test_of_several_the_closest_counts() -> None:
    sightings, candidate = several(hidden_x=7.5)
    assert candidate in list(GENERATOR.propose(sightings, rng(0)))
    answer = GENERATOR.answer(sightings, candidate)
    assert isinstance(answer, Answer)
    assert (answer.text, answer.margin) == ("chair", 2.0)
    assert "multiple instances" in GENERATOR.word(sightings, candidate, answer, rng(0))[1]
    farther = Candidate(GENERATOR.question_type, ("bed", "chair 5.0", "desk", "lamp", "plant"))
    assert GENERATOR.answer(sightings, farther) == Rejection("not_the_closest_of_its_category")


@pytest.mark.parametrize("share", [0.0, 0.005])
def test_the_answer_does_not_depend_on_what_is_hardly_seen(share: float) -> None:
    """A third chair beside the bed only makes chairs closer; beside the desk it changes nothing."""
    for place in (1.2, 3.0):
        sightings, candidate = several(hidden_x=place, share=share)
        assert isinstance(GENERATOR.answer(sightings, candidate), Answer)
    things = [make_object(name, x, 3) for name, x in zip(NAMES, (0.5, 5.0, 2.0, 6.0, 7.0), strict=True)]
    things.append(make_object("chair", 2.1, 4.0, object_id="chair 2"))
    sightings = Sightings(make_episode(things, {"chair 2": dict.fromkeys(range(10), share)}))
    assert GENERATOR.answer(sightings, Candidate(GENERATOR.question_type, NAMES)) == Rejection(
        "depends_on_what_is_hardly_seen"
    )


def test_what_cannot_be_compared_is_refused() -> None:
    sightings, _ = several(hidden_x=7.5)
    twice = Candidate(GENERATOR.question_type, ("bed", "chair 2.0", "chair 5.0", "lamp", "plant"))
    assert GENERATOR.answer(sightings, twice) == Rejection("two_things_of_one_name")
    unseen = Candidate(GENERATOR.question_type, ("bed", "chair 7.5", "desk", "lamp", "plant"))
    assert GENERATOR.answer(sightings, unseen) == Rejection("not_seen")
    of_several = Candidate(GENERATOR.question_type, ("chair 2.0", "bed", "desk", "lamp", "plant"))
    assert GENERATOR.answer(sightings, of_several) == Rejection("two_things_of_one_name")
