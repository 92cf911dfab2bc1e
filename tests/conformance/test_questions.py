"""Every question type keeps the same promises."""

import dataclasses
import math
from collections.abc import Callable

import pytest

from simsv_dataset.taxonomy import QUESTION_TYPES
from simsv_generation.camera import Pose
from simsv_generation.episode import Episode, Trajectory
from simsv_generation.geometry import OrientedBox
from simsv_generation.questions import GENERATORS
from simsv_generation.questions.asking import QuestionsConfig, ask_episode
from simsv_generation.questions.base import Answer, Candidate, Question
from simsv_generation.questions.sightings import Sightings
from simsv_generation.scene import House, Room
from simsv_generation.seeding import rng
from tests.episodes import make_episode, make_object, with_true_masks

NAMES = ("bed", "desk", "sofa", "floor lamp", "tv", "plant", "chair", "fridge", "piano", "toilet", "chair", "rug")
CONFIG = QuestionsConfig(per_episode=10)


def furnished(seed: int, names: tuple[str, ...] = NAMES) -> Episode:
    """Objects strewn over a large room, each clear for a second at its own time."""
    random = rng(seed, "furnish")
    objects, shares = [], {}
    for k, name in enumerate(names):
        x, y, yaw = (float(random.uniform(low, high)) for low, high in ((1, 15), (1, 11), (-180, 180)))
        size = tuple(float(random.uniform(0.3, 1.0)) for _ in range(3))
        objects.append(make_object(name, x, y, size=size, yaw=yaw, object_id=f"{name}-{k}"))  # type: ignore[arg-type]
        start = int(random.integers(0, 190))
        share, again = float(random.uniform(0.005, 0.1)), (start + 60) % 190
        shares[f"{name}-{k}"] = dict.fromkeys((*range(start, start + 10), *range(again, again + 10)), share)
    hall = Room("room|1", "LivingRoom", ((0.0, 0.0), (16.0, 0.0), (16.0, 12.0), (0.0, 12.0)), 2.5)
    episode = make_episode(objects, shares, rooms=(hall,), num_frames=200)
    walk = stroll(episode.trajectory)
    return with_true_masks(dataclasses.replace(episode, episode_id=f"test-train-{seed:06d}-w0", trajectory=walk))


def stroll(trajectory: Trajectory) -> Trajectory:
    """Two rounds through the hall, looking ahead and to the sides."""
    steps = []
    for step in trajectory.steps:
        way = math.radians(3.6 * step.index)
        place = (8.0 + 6.0 * math.cos(way), 6.0 + 4.0 * math.sin(way), 1.5)
        yaw = math.degrees(way) + 90.0 + 60.0 * math.sin(step.index / 9.0)
        steps.append(dataclasses.replace(step, pose=Pose(place, yaw, -15.0)))
    return dataclasses.replace(trajectory, steps=tuple(steps))


def with_house(episode: Episode, change: Callable[[House], House]) -> Episode:
    return dataclasses.replace(episode, house=change(episode.house))


EPISODES = [furnished(seed) for seed in range(14)]
ASKED = [(episode, *ask_episode(episode, CONFIG, seed=0)) for episode in EPISODES]


def candidate_of(question: Question) -> Candidate:
    return Candidate(question.question_type, question.referents, question.subject, question.moments)


def questions_of(question_type: str) -> list[tuple[Episode, Question]]:
    found = [
        (episode, question)
        for episode, questions, _ in ASKED
        for question in questions
        if question.question_type == question_type
    ]
    assert len(found) >= 10, f"too few {question_type} questions to test anything"
    return found


RELATIONS = [
    "object_counting",
    "object_abs_distance",
    "object_rel_distance",
    *(f"object_rel_direction_{level}" for level in ("easy", "medium", "hard")),
    "route_planning",
    "obj_appearance_order",
    *(f"appearance_order_{count}" for count in (2, 3, 5, 6)),
]
"""Types that need several things."""
TYPES = [question_type.name for question_type in QUESTION_TYPES]


def test_every_type_of_the_taxonomy_has_its_generator() -> None:
    assert [generator.question_type for generator in GENERATORS.values()] == TYPES


def test_asking_again_gives_the_same_questions_and_another_seed_others() -> None:
    assert ask_episode(furnished(0), CONFIG, seed=0) == ASKED[0][1:]
    few = QuestionsConfig(per_episode=3)
    assert ask_episode(EPISODES[0], few, seed=0)[0] != ask_episode(EPISODES[0], few, seed=1)[0]


def test_refusals_are_counted_by_reason() -> None:
    refusals = ASKED[0][2]
    assert all(count > 0 for reasons in refusals.values() for count in reasons.values())
    assert "depends_on_where_one_stands" in refusals["object_rel_direction_hard"]


@pytest.mark.parametrize("question_type", TYPES)
def test_rows_are_complete_and_consistent(question_type: str) -> None:
    row = next(row for row in QUESTION_TYPES if row.name == question_type)
    seen: set[str] = set()
    for episode, question in questions_of(question_type):
        assert (question.id in seen) is False
        seen.add(question.id)
        assert question.unit == row.unit
        assert question.room_ids == ("room|1",)
        assert 0 <= question.evidence_first <= question.evidence_last < len(episode.trajectory.steps)
        assert question.min_frames in (0, 8, 16, 32, 64)
        if row.answer_format == "choice":
            assert question.options is not None
            assert len(set(question.options)) == len(question.options) == row.num_options
            assert question.options["ABCD".index(question.answer_letter or "")] == question.answer
            assert question.value is None
        else:
            assert question.options is None
            assert question.answer_letter is None
            assert question.value == float(question.answer)


@pytest.mark.parametrize("question_type", TYPES)
def test_answers_can_be_derived_again(question_type: str) -> None:
    for episode, question in questions_of(question_type):
        candidate = candidate_of(question)
        answer = GENERATORS[question_type].answer(Sightings(episode), candidate)
        assert isinstance(answer, Answer)
        assert (answer.text, answer.value, answer.margin) == (question.answer, question.value, question.margin)


@pytest.mark.parametrize("question_type", TYPES)
def test_rationales_lead_to_the_answer(question_type: str) -> None:
    for _, question in questions_of(question_type):
        assert GENERATORS[question_type].conclude(question.rationale) == question.answer
        # What follows is derived from the steps, not read from the last sentence.
        steps = question.rationale.rsplit(". ", 1)[0]
        assert GENERATORS[question_type].conclude(steps) == question.answer


@pytest.mark.parametrize("question_type", TYPES)
@pytest.mark.parametrize("degrees", [90.0, 33.0])
def test_moving_and_turning_the_whole_house_changes_no_answer(question_type: str, degrees: float) -> None:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def moved(x: float, y: float) -> tuple[float, float]:
        return 5.0 + x * c - y * s, -7.0 + x * s + y * c

    def turn(house: House) -> House:
        half = math.radians(degrees) / 2
        objects = []
        for thing in house.objects:
            w, z = thing.box.rotation[0], thing.box.rotation[3]
            rotation = (
                w * math.cos(half) - z * math.sin(half),
                0.0,
                0.0,
                w * math.sin(half) + z * math.cos(half),
            )
            x, y = moved(*thing.box.center[:2])
            box = OrientedBox((x, y, thing.box.center[2]), thing.box.size, rotation)
            objects.append(dataclasses.replace(thing, box=box))
        rooms = tuple(
            dataclasses.replace(room, floor_polygon=tuple(moved(*point) for point in room.floor_polygon))
            for room in house.rooms
        )
        return dataclasses.replace(house, objects=tuple(objects), rooms=rooms)

    for episode, question in questions_of(question_type):
        candidate = candidate_of(question)
        steps = tuple(
            dataclasses.replace(
                step,
                pose=Pose((*moved(*step.pose.position[:2]), step.pose.position[2]), step.pose.yaw + degrees),
            )
            for step in episode.trajectory.steps
        )
        turned = dataclasses.replace(
            with_house(episode, turn), trajectory=dataclasses.replace(episode.trajectory, steps=steps)
        )
        answer = GENERATORS[question_type].answer(Sightings(turned), candidate)
        # Coordinates are quantised anew, so an answer near its margin may be refused; none may change.
        if question.margin > (1.0 if "direction" in question_type else 0.01):
            assert isinstance(answer, Answer)
        if isinstance(answer, Answer):
            assert answer.text == question.answer


@pytest.mark.parametrize("question_type", TYPES)
def test_no_answer_changes_when_things_move_by_a_millimetre(question_type: str) -> None:
    """Everything moves by 0.99 mm, each its own way: a question may be refused then, but never answered otherwise."""
    random = rng(0, "nudge", question_type)
    for episode, question in questions_of(question_type):
        for _ in range(5):
            objects = []
            for thing in episode.house.objects:
                x, y, z = thing.box.center
                dx, dy = (float(value) for value in random.choice([-0.0007, 0.0007], 2))
                objects.append(
                    dataclasses.replace(thing, box=dataclasses.replace(thing.box, center=(x + dx, y + dy, z)))
                )
            nudged = dataclasses.replace(episode, house=dataclasses.replace(episode.house, objects=tuple(objects)))
            answer = GENERATORS[question_type].answer(Sightings(nudged), candidate_of(question))
            if isinstance(answer, Answer):
                assert answer.text == question.answer


@pytest.mark.parametrize("question_type", TYPES)
def test_what_is_not_asked_about_does_not_matter(question_type: str) -> None:
    """Other objects may change their names without a change of the answer."""

    for episode, question in questions_of(question_type):
        objects = tuple(
            thing if thing.object_id in question.referents else dataclasses.replace(thing, category=f"thing {k}")
            for k, thing in enumerate(episode.house.objects)
        )
        renamed = dataclasses.replace(episode, house=dataclasses.replace(episode.house, objects=objects))
        answer = GENERATORS[question_type].answer(Sightings(renamed), candidate_of(question))
        assert isinstance(answer, Answer)
        if "appearance_order" not in question_type or "chair" not in question.answer:
            assert answer.text == question.answer


@pytest.mark.parametrize("question_type", TYPES)
def test_no_question_is_about_a_thing_hardly_seen_or_not_unique(question_type: str) -> None:
    """Counted straight from the pixels, without `Sightings`."""
    for episode, question in questions_of(question_type):
        objects = {thing.object_id: thing for thing in episode.house.objects}
        table, pixels = episode.house.instances(), 100 * 100
        for referent in question.referents:
            if "appearance_order" in question_type or question_type in ("object_counting", "object_existence"):
                continue
            rows = episode.visibility.instance == table.index(referent)
            assert (episode.visibility.num_pixels[rows] >= 0.01 * pixels).sum() >= 5
            same_name = [
                table.index(thing.object_id)
                for thing in objects.values()
                if thing.category == objects[referent].category and thing.object_id != referent
            ]
            if question_type == "object_rel_distance" and referent != question.referents[0]:
                # Of what there are several, the closest counts.
                continue
            for other in same_name:
                assert (
                    episode.visibility.num_pixels[episode.visibility.instance == other].max(initial=0) < 0.001 * pixels
                )


@pytest.mark.parametrize("question_type", TYPES)
def test_episodes_with_little_to_ask_about(question_type: str) -> None:
    for names in ((), ("bed",), ("bed", "bed")):
        episode = furnished(0, names)
        candidates = list(GENERATORS[question_type].propose(Sightings(episode), rng(0)))
        assert all(len(candidate.referents) <= len(names) for candidate in candidates)
        if question_type in RELATIONS:
            assert [c for c in candidates if c.subject == ""] == []
        questions, refusals = ask_episode(episode, CONFIG, seed=0)
        known = {thing.object_id for thing in episode.house.objects}
        assert all(set(question.referents) <= known for question in questions)
        assert all(question.question_type not in RELATIONS or question.subject for question in questions)
        assert all(count > 0 for reasons in refusals.values() for count in reasons.values())
