from collections import Counter

import pytest

from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.existence import ObjectExistence
from simsv_generation.questions.kinds import LOOKED_FOR, look_alikes
from simsv_generation.questions.sightings import Sightings
from simsv_generation.scene import SceneObject
from simsv_generation.seeding import rng
from tests.episodes import make_episode, make_object

GENERATOR = ObjectExistence()
HARDLY = dict.fromkeys(range(5), 0.005)


def ask(subject: str, *objects: SceneObject, shares: dict[str, dict[int, float]] | None = None) -> Answer | Rejection:
    sightings = Sightings(make_episode(objects, shares))
    nameable = [
        thing.object_id for thing in objects if thing.category == subject and sightings.is_nameable(thing.object_id)
    ]
    return GENERATOR.answer(sightings, Candidate(GENERATOR.question_type, tuple(nameable[:1]), subject))


def test_what_is_plain_to_see_is_there() -> None:
    answer = ask("desk", make_object("bed", 1, 1), make_object("desk", 3, 3))
    assert isinstance(answer, Answer)
    assert (answer.text, answer.value, answer.evidence, answer.margin) == ("yes", None, (10, 10), 1.0)
    # Of 8 frames, 14 is among 10..19.
    assert answer.min_frames == 8


def test_what_the_house_does_not_have_is_not_there() -> None:
    answer = ask("desk", make_object("bed", 1, 1))
    assert isinstance(answer, Answer)
    assert (answer.text, answer.evidence, answer.min_frames) == ("no", (0, 99), 0)


@pytest.mark.parametrize(("share", "reason"), [(HARDLY, "seen_but_not_nameable"), ({}, "there_but_not_seen")])
def test_what_one_may_miss_is_refused(share: dict[int, float], reason: str) -> None:
    assert ask("desk", make_object("desk", 1, 1), shares={"desk": share}) == Rejection(reason)


@pytest.mark.parametrize("other", sorted(look_alikes("desk")))
def test_what_may_pass_for_it_makes_its_absence_doubtful(other: str) -> None:
    assert ask("desk", make_object(other, 1, 1)) == Rejection("a_look_alike_is_there")
    # Unseen or not: somebody might have caught a glimpse.
    assert ask("desk", make_object(other, 1, 1), shares={other: {}}) == Rejection("a_look_alike_is_there")
    # Nor does who sees both know which of them is called a desk.
    both = ask("desk", make_object(other, 1, 1), make_object("desk", 3, 3))
    assert both == Rejection("a_look_alike_is_seen")


def test_the_referent_is_the_nameable_one_that_is_clear_first() -> None:
    tvs = [make_object("tv", 1 + k, 1, object_id=f"tv {k}") for k in range(3)]
    clear = {start: dict.fromkeys(range(start, start + 5), 0.05) for start in (10, 30)}
    sightings = Sightings(make_episode(tvs, {"tv 0": {0: 0.05}, "tv 1": clear[30], "tv 2": clear[10]}))
    (candidate,) = (c for c in GENERATOR.propose(sightings, rng(0)) if c.subject == "tv")
    assert candidate.referents == ("tv 2",)
    answer = GENERATOR.answer(sightings, candidate)
    assert isinstance(answer, Answer)
    assert (answer.text, answer.margin) == ("yes", 2.0)
    other = Candidate(GENERATOR.question_type, ("tv 1",), "tv")
    assert GENERATOR.answer(sightings, other) == Rejection("not_the_first_of_the_category")


def test_yes_and_no_are_asked_by_turns_and_doubts_come_last() -> None:
    names = ("sofa", "tv", "potted plant", "laptop", "pillow")
    objects = [make_object(name, 1 + k, 1) for k, name in enumerate(names)]
    sightings = Sightings(make_episode(objects, {"pillow": HARDLY}))
    first = Counter()
    for seed in range(200):
        candidates = list(GENERATOR.propose(sightings, rng(seed)))
        assert len({candidate.subject for candidate in candidates}) == len(candidates)
        answers = [GENERATOR.answer(sightings, candidate) for candidate in candidates]
        texts = [answer.text for answer in answers if isinstance(answer, Answer)]
        assert len(texts) == 8
        assert all(set(texts[k : k + 2]) == {"yes", "no"} for k in range(0, 8, 2))
        assert all(isinstance(answer, Rejection) for answer in answers[8:])
        first[texts[0]] += 1
    assert min(first.values()) > 70


def test_only_what_fits_the_rooms_is_looked_for() -> None:
    candidates = list(GENERATOR.propose(Sightings(make_episode([make_object("tv", 1, 1)])), rng(0)))
    assert all("LivingRoom" in LOOKED_FOR[candidate.subject] for candidate in candidates)


def test_words_and_steps() -> None:
    sightings = Sightings(make_episode([make_object("sofa", 1, 1), make_object("tv", 3, 1)]))
    candidate = Candidate(GENERATOR.question_type, (), "ottoman")
    answer = GENERATOR.answer(sightings, candidate)
    assert isinstance(answer, Answer)
    words = [GENERATOR.word(sightings, candidate, answer, rng(draw)) for draw in range(200)]
    assert {text for _, text, _ in words} == {"Is there an ottoman in this video?"}
    assert 70 < sum(options == ("yes", "no") for _, _, options in words) < 130
    rationale = GENERATOR.rationale(sightings, candidate, answer)
    assert rationale.startswith(
        "Looked for: ottoman. Plain to see, each when it first is: sofa at 0.00 s, tv at 1.00 s."
    )
    assert GENERATOR.conclude(rationale) == "no"
    assert GENERATOR.conclude(rationale.replace("tv at", "ottoman at")) == "yes"


def test_an_empty_house_has_nothing() -> None:
    sightings = Sightings(make_episode([]))
    candidate = Candidate(GENERATOR.question_type, (), "tv")
    answer = GENERATOR.answer(sightings, candidate)
    assert isinstance(answer, Answer)
    assert GENERATOR.conclude(GENERATOR.rationale(sightings, candidate, answer)) == answer.text == "no"
    # Nothing to say yes to, so nothing is asked.
    assert list(GENERATOR.propose(sightings, rng(0))) == []
