import numpy as np
import pytest

from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.distance import AbsoluteDistance
from simsv_generation.questions.sightings import Sightings
from simsv_generation.scene import Room, SceneObject
from simsv_generation.seeding import rng
from tests.episodes import ROOM, make_episode, make_object

GENERATOR = AbsoluteDistance()


def ask(*objects: SceneObject, shares: dict[str, dict[int, float]] | None = None) -> Answer | Rejection:
    sightings = Sightings(make_episode(objects, shares))
    candidate = Candidate(GENERATOR.question_type, tuple(thing.object_id for thing in objects[:2]))
    return GENERATOR.answer(sightings, candidate)


def sampled_distance(a: SceneObject, b: SceneObject) -> float:
    """Brute force: the closest of many points on both boxes' surfaces."""
    grid = np.stack(np.meshgrid(*[np.linspace(-0.5, 0.5, 25)] * 3), -1).reshape(-1, 3)
    surface = grid[np.abs(grid).max(1) == 0.5]
    points = [thing.box.to_world(surface * np.array(thing.box.size)) for thing in (a, b)]
    return min(float(np.sqrt(((points[1] - point) ** 2).sum(1)).min()) for point in points[0])


@pytest.mark.parametrize("yaw", [0.0, 17.0, 45.0, 80.0])
def test_the_answer_is_the_gap_between_turned_boxes(yaw: float) -> None:
    sofa = make_object("sofa", 2, 2, size=(2.0, 0.9, 0.8), yaw=yaw)
    table = make_object("table", 5.03, 3.51, size=(1.2, 0.8, 0.7), yaw=-2 * yaw)
    answer = ask(sofa, table)
    assert isinstance(answer, Answer)
    assert answer.value == pytest.approx(sampled_distance(sofa, table), abs=0.08)
    assert answer.text == f"{answer.value:.1f}"


def test_the_margin_is_the_way_to_the_next_rounding() -> None:
    answer = ask(make_object("bed", 1, 1, size=(1, 1, 1)), make_object("desk", 3.23, 1, size=(1, 1, 1)))
    assert isinstance(answer, Answer)
    assert answer.text == "1.2"
    assert answer.margin == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("x", "reason"),
    [(2.19, "too_close"), (1.5, "too_close"), (3.25, "margin_below_nudge"), (3.2505, "margin_below_nudge")],
)
def test_close_and_wavering_distances_are_refused(x: float, reason: str) -> None:
    assert ask(make_object("bed", 1, 1, size=(1, 1, 1)), make_object("desk", x, 1, size=(1, 1, 1))) == Rejection(reason)


def test_things_of_one_name_are_refused() -> None:
    first, second = make_object("bed", 1, 1, object_id="a"), make_object("desk", 4, 1)
    assert ask(first, second, make_object("bed", 6, 4, object_id="b")) == Rejection("two_things_of_one_name")


def test_objects_of_two_rooms_must_be_seen_together() -> None:
    other = Room("room|2", "Kitchen", ((8.0, 0.0), (12.0, 0.0), (12.0, 6.0), (8.0, 6.0)), 2.5)
    bed, desk = make_object("bed", 2, 2), make_object("desk", 9.03, 2, room_id="room|2")
    candidate = Candidate(GENERATOR.question_type, ("bed", "desk"))
    apart = make_episode([bed, desk], rooms=(ROOM, other))
    assert GENERATOR.answer(Sightings(apart), candidate) == Rejection("never_seen_together")
    clear = dict.fromkeys(range(10), 0.1)
    together = make_episode([bed, desk], {"bed": clear, "desk": clear}, rooms=(ROOM, other))
    assert isinstance(GENERATOR.answer(Sightings(together), candidate), Answer)


def test_evidence_and_budget_are_of_frames_that_show_both() -> None:
    shares = {"bed": dict.fromkeys(range(0, 20), 0.1), "desk": dict.fromkeys(range(50, 60), 0.1)}
    answer = ask(make_object("bed", 1, 1), make_object("desk", 4, 1), shares=shares)
    assert isinstance(answer, Answer)
    assert answer.evidence == (19, 50)
    # 8 of 100 frames: 0 14 28 42 57 71 85 99.
    assert answer.min_frames == 8
    # Of the 32 frames the first are 0 3 6 10, of the 64 frames 0 2 3 5.
    hidden = {**shares, "desk": dict.fromkeys((1, 2, 4, 5, 8), 0.1)}
    missed = ask(make_object("bed", 1, 1), make_object("desk", 4, 1), shares=hidden)
    assert isinstance(missed, Answer)
    assert missed.min_frames == 64


def test_wording_names_both_objects_in_either_order() -> None:
    sightings = Sightings(make_episode([make_object("bed", 1, 1), make_object("desk", 4, 1)]))
    candidate = Candidate(GENERATOR.question_type, ("bed", "desk"))
    answer = GENERATOR.answer(sightings, candidate)
    assert isinstance(answer, Answer)
    texts = {GENERATOR.word(sightings, candidate, answer, rng(0, draw))[1] for draw in range(20)}
    assert {("between the bed and the desk" in text, "between the desk and the bed" in text) for text in texts} == {
        (True, False),
        (False, True),
    }
