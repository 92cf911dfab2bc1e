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
    _, text, options, _ = GENERATOR.word(sightings, candidate, answer, rng(0))
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
