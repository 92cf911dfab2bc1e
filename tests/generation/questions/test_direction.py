import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simsv_generation.questions import GENERATORS
from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.direction import EASY, HARD, MEDIUM, Sectors
from simsv_generation.questions.sightings import Sightings
from simsv_generation.scene import Room, SceneObject
from simsv_generation.seeding import rng
from tests.episodes import make_episode, make_object

TYPES = ("object_rel_direction_easy", "object_rel_direction_medium", "object_rel_direction_hard")
HALL = Room("room|1", "LivingRoom", ((-30.0, -30.0), (30.0, -30.0), (30.0, 30.0), (-30.0, 30.0)), 2.5)


def ask(question_type: str, stand: SceneObject, face: SceneObject, query: SceneObject, *more: SceneObject):
    sightings = Sightings(make_episode([stand, face, query, *more], rooms=(HALL,)))
    candidate = Candidate(question_type, (stand.object_id, face.object_id, query.object_id))
    return GENERATORS[question_type].answer(sightings, candidate)


def around(angle: float, distance: float = 12.0) -> SceneObject:
    """A lamp at an angle, counter-clockwise, from the way of someone at the origin who faces +x."""
    x, y = distance * math.cos(math.radians(angle)), distance * math.sin(math.radians(angle))
    return make_object("lamp", x, y, size=(0.2, 0.2, 1.0))


STAND, FACE = make_object("stool", 0, 0, size=(0.3, 0.3, 0.5)), make_object("sofa", 14, 0)


@pytest.mark.parametrize(
    ("angle", "easy", "medium", "hard"),
    [
        (45, "left", "left", "front-left"),
        (-45, "right", "right", "front-right"),
        (110, "left", "left", "back-left"),
        (-110, "right", "right", "back-right"),
        (160, None, "back", "back-left"),
        (-160, None, "back", "back-right"),
        (179, None, "back", None),
        (1, None, None, None),
        (95, "left", "left", None),
        (135, None, None, "back-left"),
    ],
)
def test_directions_by_angle(angle: float, easy: str | None, medium: str | None, hard: str | None) -> None:
    for question_type, expected in zip(TYPES, (easy, medium, hard), strict=True):
        answer = ask(question_type, STAND, FACE, around(angle))
        assert (answer.text if isinstance(answer, Answer) else None) == expected, question_type


@settings(max_examples=60, deadline=None)
@given(st.integers(-179, 178), st.floats(-180, 180), st.sampled_from(TYPES))
def test_turning_the_house_changes_nothing_and_mirroring_swaps_sides(degrees: int, turn: float, kind: str) -> None:
    # Off the whole degrees, where the refusals have their thresholds.
    lamp = around(degrees + 0.37)

    def moved(thing: SceneObject, mirror: bool) -> SceneObject:
        x, y = thing.box.center[0], -thing.box.center[1] if mirror else thing.box.center[1]
        c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        return make_object(thing.category, x * c - y * s, x * s + y * c, size=thing.box.size, yaw=turn)

    plain = ask(kind, STAND, FACE, lamp)
    turned = ask(kind, *(moved(thing, False) for thing in (STAND, FACE, lamp)))
    mirrored = ask(kind, *(moved(thing, True) for thing in (STAND, FACE, lamp)))
    if isinstance(plain, Answer):
        assert isinstance(turned, Answer)
        assert turned.text == plain.text
        assert isinstance(mirrored, Answer)
        swap = {"left": "right", "right": "left", "front": "front", "back": "back"}
        assert mirrored.text == "-".join(swap[word] for word in plain.text.split("-"))


@settings(max_examples=80, deadline=None)
@given(st.floats(-180, 180, allow_subnormal=False))
def test_sectors_agree_with_a_plain_reading_of_the_wording(angle: float) -> None:
    """Angles from their definition in the question texts; positive is left."""
    assert (EASY.name(angle) == "left") == (0 < angle <= 135)
    assert (MEDIUM.name(angle) == "back") == (abs(angle) > 135 or angle == -135)
    assert HARD.name(angle).startswith("front") == (-90 < angle <= 90)
    assert HARD.name(angle).endswith("left") == (0 < angle <= 180) or angle == -180
    for sectors in (EASY, MEDIUM, HARD):
        margin = sectors.margin(angle)
        for step in (-0.99, 0.99):
            assert sectors.name(math.remainder(angle + step * margin, 360.0)) == sectors.name(angle)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.floats(-180, 180, allow_subnormal=False), min_size=1), st.sampled_from((EASY, MEDIUM, HARD)))
def test_the_depth_in_a_sector_is_the_margin_and_negative_elsewhere(angles: list[float], sectors: Sectors) -> None:
    of = angles[0]
    if not sectors.name(of):
        return
    for angle, depth in zip(angles, sectors.depths(np.array(angles), of).tolist(), strict=True):
        if depth > 1e-9 or sectors.name(angle) == sectors.name(of):
            assert sectors.name(angle) == sectors.name(of)
            assert depth == pytest.approx(sectors.margin(angle), abs=1e-9)
        else:
            assert depth <= 1e-9


@pytest.mark.parametrize("question_type", TYPES)
def test_an_answer_is_the_expected_one(question_type: str) -> None:
    things = [make_object(f"thing {k}", 3.0 * (k % 3) + 0.3 * k, 4.0 * (k // 3), size=(0.2, 0.2, 1)) for k in range(9)]
    sightings, generator = Sightings(make_episode(things, rooms=(HALL,))), GENERATORS[question_type]
    answers = {c.expected: generator.answer(sightings, c) for c in generator.propose(sightings, rng(0))}
    texts = {expected: answer.text for expected, answer in answers.items() if isinstance(answer, Answer)}
    assert len(texts) >= 2
    assert all(expected == text for expected, text in texts.items())


def test_a_wide_object_to_stand_by_makes_the_answer_depend_on_where() -> None:
    counter = make_object("counter", 0, 0, size=(0.6, 6.0, 0.9))
    near = make_object("lamp", 2.5, 1.5, size=(0.2, 0.2, 1.0))
    assert ask(TYPES[2], counter, FACE, near) == Rejection("depends_on_where_one_stands")
    assert isinstance(ask(TYPES[2], STAND, FACE, near), Answer)


def test_objects_that_nearly_touch_are_refused() -> None:
    assert ask(TYPES[0], STAND, FACE, make_object("lamp", 0.1, 0.4, size=(0.2, 0.2, 1.0))) == Rejection("too_close")


def test_nowhere_to_stand_is_refused() -> None:
    closet = Room("room|1", "Bathroom", ((-0.2, -0.2), (0.2, -0.2), (0.2, 0.2), (-0.2, 0.2)), 2.5)
    objects = [STAND, FACE, around(45)]
    sightings = Sightings(make_episode(objects, rooms=(closet,)))
    candidate = Candidate(TYPES[2], tuple(thing.object_id for thing in objects))
    assert GENERATORS[TYPES[2]].answer(sightings, candidate) == Rejection("no_place_to_stand")


def test_wording_lists_every_option_once() -> None:
    objects = [STAND, FACE, around(45)]
    sightings = Sightings(make_episode(objects, rooms=(HALL,)))
    for question_type, count in zip(TYPES, (2, 3, 4), strict=True):
        candidate = Candidate(question_type, tuple(thing.object_id for thing in objects))
        answer = GENERATORS[question_type].answer(sightings, candidate)
        assert isinstance(answer, Answer)
        template, text, options = GENERATORS[question_type].word(sightings, candidate, answer, rng(0))
        assert template == f"vsi_{question_type.removeprefix('object_')}"
        assert "standing by the stool and facing the sofa, is the lamp to" in text
        assert options is not None
        assert len(set(options)) == count
        assert answer.text in options
