"""What is never named: what nobody calls so, and what could pass for something else that is seen."""

import pytest

from simsv_generation.questions import GENERATORS
from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.sightings import Sightings, Thresholds
from tests.episodes import make_episode, make_object


def problem(*names: str) -> str:
    """What is wrong with naming the first of these things, all in plain view."""
    sightings = Sightings(make_episode([make_object(name, 1 + 2 * k, 1) for k, name in enumerate(names)]))
    assert (names[0] in sightings.referents) == (sightings.problem((names[0],)) == "")
    return sightings.problem((names[0],))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("dining table", "sofa"), ""),
        (("dining table", "desk"), "a_look_alike_is_seen"),
        (("side table", "coffee table"), "a_look_alike_is_seen"),
        (("armchair", "sofa"), "a_look_alike_is_seen"),
        (("vase", "decoration"), "a_look_alike_is_seen"),
        (("decoration", "sofa"), "nobody_calls_it_that"),
        (("safe", "sofa"), "nobody_calls_it_that"),
        (("side table", "dresser"), ""),
    ],
)
def test_names_that_could_be_of_something_else(names: tuple[str, ...], expected: str) -> None:
    assert problem(*names) == expected


def test_a_look_alike_that_is_not_seen_does_not_matter() -> None:
    things = [make_object("dining table", 1, 1), make_object("desk", 4, 1)]
    sightings = Sightings(make_episode(things, {"dining table": dict.fromkeys(range(10), 0.1), "desk": {}}))
    assert sightings.referents == ("dining table",)
    assert list(sightings.appearances) == ["dining table"]


@pytest.mark.parametrize("subject", ["decoration", "safe"])
def test_nobody_is_asked_for_what_nobody_calls_so(subject: str) -> None:
    there, away = (
        Sightings(make_episode([make_object(name, 1, 1), make_object("tv", 4, 1)])) for name in (subject, "bed")
    )
    asked = [
        GENERATORS["object_existence"].answer(there, Candidate("object_existence", (subject,), subject)),
        GENERATORS["object_existence"].answer(away, Candidate("object_existence", (), subject)),
    ]
    assert asked == [Rejection("nobody_calls_it_that")] * 2


def test_an_order_has_no_two_that_could_be_taken_for_each_other() -> None:
    names = ("bed", "desk", "tv", "dining table", "sofa")
    shares = {name: dict.fromkeys(range(10 * k, 10 * k + 10), 0.1) for k, name in enumerate(names)}
    things = [make_object(name, 1 + k, 1) for k, name in enumerate(names)]
    sightings = Sightings(make_episode(things, shares, num_frames=60))
    generator = GENERATORS["appearance_order_3"]
    fine = generator.answer(sightings, Candidate("appearance_order_3", ("bed", "sofa", "tv")))
    assert isinstance(fine, Answer)
    assert generator.answer(sightings, Candidate("appearance_order_3", ("bed", "desk", "tv"))) != fine
    assert set(sightings.appearances) == {"bed", "tv", "sofa"}


def test_what_the_border_cuts_must_be_larger_to_be_clear() -> None:
    with pytest.raises(ValueError, match="cut"):
        Thresholds(cut=0.005)
    with pytest.raises(ValueError, match="cut"):
        Thresholds(cut=1.5)
    assert Thresholds(nameable=0.02, cut=0.02).cut == 0.02
