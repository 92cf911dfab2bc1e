import pytest

from simsv_generation.questions.sightings import Sightings, Thresholds
from tests.episodes import make_episode, make_object


def sightings_of(shares: dict[str, dict[int, float]], *categories: str) -> Sightings:
    objects = [make_object(name, 1.0 + k, 1.0, object_id=f"{name}{k}") for k, name in enumerate(categories)]
    return Sightings(make_episode(objects, shares))


def test_thresholds_part_unseen_seen_and_nameable() -> None:
    frames = range(5)
    sightings = sightings_of(
        {
            "chair0": dict.fromkeys(frames, 0.0009),
            "sofa1": dict.fromkeys(frames, 0.0099),
            "bed2": dict.fromkeys(frames, 0.01),
            "desk3": dict.fromkeys(range(4), 0.5),
        },
        "chair",
        "sofa",
        "bed",
        "desk",
    )
    assert sightings.of["chair0"].seen_frames == ()
    assert sightings.of["sofa1"].seen_frames == (0, 1, 2, 3, 4)
    assert [sightings.is_nameable(name) for name in ("chair0", "sofa1", "bed2", "desk3")] == [False, False, True, False]
    assert [sightings.problem((name,)) for name in ("chair0", "sofa1", "bed2", "desk3")] == [
        "not_seen",
        "seen_but_not_nameable",
        "",
        "seen_but_not_nameable",
    ]


def test_a_second_thing_of_one_name_counts_as_soon_as_it_is_seen() -> None:
    barely, never = {3: 0.001}, {3: 0.0005}
    clear = dict.fromkeys(range(9), 0.1)
    assert sightings_of({"chair0": clear, "chair1": barely}, "chair", "chair").referents == ()
    assert sightings_of({"chair0": clear, "chair1": never}, "chair", "chair").referents == ("chair0",)
    both = sightings_of({"chair0": clear, "chair1": barely}, "chair", "chair")
    assert both.problem(("chair0",)) == "two_things_of_one_name"
    assert both.unfit == {"two_things_of_one_name": 2}


def test_the_papers_thresholds() -> None:
    paper = Thresholds(0.05, 0.05, 1)
    objects = [make_object("chair", 1, 1), make_object("sofa", 2, 1)]
    sightings = Sightings(make_episode(objects, {"chair": {0: 0.05}, "sofa": {0: 0.049}}), paper)
    assert sightings.referents == ("chair",)
    assert sightings.is_nameable("chair")


def test_the_shortest_span_shows_everything_once() -> None:
    sightings = sightings_of(
        {"bed0": {0: 0.1, 50: 0.1}, "desk1": {10: 0.1, 53: 0.1}, "sofa2": {48: 0.1, 90: 0.1}}, "bed", "desk", "sofa"
    )
    assert sightings.shortest_span(("bed0", "desk1", "sofa2")) == (48, 53)
    assert sightings.shortest_span(("bed0",)) == (0, 0)


def test_an_episode_that_shows_nothing() -> None:
    sightings = sightings_of({"bed0": {}}, "bed")
    assert sightings.seen_by_category == {}
    assert sightings.referents == ()


@pytest.mark.parametrize("shares", [(0, 0.1), (0.2, 0.1), (0.1, 1.1)])
def test_impossible_thresholds_are_refused(shares: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="thresholds"):
        Thresholds(*shares)
