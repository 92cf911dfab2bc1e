from itertools import combinations

import pytest

from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.order import AppearanceOrder
from simsv_generation.questions.sightings import Sightings
from simsv_generation.seeding import rng
from tests.episodes import make_episode, make_object

GENERATOR = AppearanceOrder("obj_appearance_order", 4)
NAMES = ("bed", "desk", "sofa", "lamp")


def clear_from(frame: int) -> dict[int, float]:
    return dict.fromkeys(range(frame, frame + 6), 0.05)


def answer_of(shares: dict[str, dict[int, float]], *extra: str) -> Answer | Rejection:
    objects = [make_object(name, 1 + k, 1) for k, name in enumerate(NAMES)]
    objects += [make_object(name, 1 + k, 4, object_id=f"{name}-again") for k, name in enumerate(extra)]
    return GENERATOR.answer(Sightings(make_episode(objects, shares)), Candidate(GENERATOR.question_type, NAMES))


def test_the_order_is_that_of_first_clear_frames() -> None:
    shares = {"sofa": clear_from(0), "lamp": clear_from(20), "bed": clear_from(40), "desk": clear_from(60)}
    answer = answer_of(shares)
    assert isinstance(answer, Answer)
    assert answer.text == "sofa, lamp, bed, desk"
    assert answer.margin == 2.0
    assert answer.evidence == (0, 60)
    # The 8 frames 0 14 28 42 57 71 85 99 miss the lamp at 20..25, the 16 (.. 53 59 66 ..) the desk at 60..65.
    assert answer.min_frames == 32


def test_a_faint_early_sight_makes_the_order_doubtful() -> None:
    shares = {"sofa": clear_from(0), "lamp": clear_from(20), "bed": clear_from(40), "desk": clear_from(60)}
    faint = {**shares, "desk": {10: 0.002, **clear_from(60)}}
    assert answer_of(faint) == Rejection("appearances_too_close_in_time")
    fainter = {**shares, "desk": {10: 0.0005, **clear_from(60)}}
    assert isinstance(answer_of(fainter), Answer)


@pytest.mark.parametrize(("category", "sign"), [("sink", "faucet"), ("chair", "armchair")])
def test_a_sign_of_a_category_that_comes_before_another_one_makes_the_order_doubtful(category: str, sign: str) -> None:
    names = (category, "bed", "tv", "lamp")
    starts = dict(zip(names, (20, 40, 60, 80), strict=True))
    things = [make_object(name, 1 + k, 1) for k, name in enumerate((*names, sign))]

    def answer_of_sign_at(*frames: int) -> Answer | Rejection:
        shares = {**{name: clear_from(start) for name, start in starts.items()}, sign: dict.fromkeys(frames, 0.002)}
        sightings = Sightings(make_episode(things, shares))
        candidate = Candidate(GENERATOR.question_type, tuple(sorted(names)))
        answer = GENERATOR.answer(sightings, candidate)
        assert (candidate in GENERATOR.propose(sightings, rng(0))) == isinstance(answer, Answer)
        return answer

    never, early, late = answer_of_sign_at(), answer_of_sign_at(5), answer_of_sign_at(50)
    assert isinstance(never, Answer)
    assert never.text == f"{category}, bed, tv, lamp"
    # Whoever takes the sign for the thing sees the same order, and the evidence is the thing.
    assert early == late == never
    starts[category] = 50
    assert isinstance(answer_of_sign_at(), Answer)
    assert answer_of_sign_at(38) == Rejection("appearances_too_close_in_time")


def test_gaps_below_half_a_second_are_refused() -> None:
    shares = {"sofa": clear_from(0), "lamp": clear_from(4), "bed": clear_from(40), "desk": clear_from(60)}
    assert answer_of(shares) == Rejection("appearances_too_close_in_time")
    assert isinstance(answer_of({**shares, "lamp": clear_from(5)}), Answer)


def test_a_category_appears_with_its_first_object() -> None:
    shares = {"sofa": clear_from(10), "lamp": clear_from(20), "bed": clear_from(40), "desk": clear_from(60)}
    answer = answer_of({**shares, "desk-again": clear_from(0)}, "desk")
    assert isinstance(answer, Answer)
    assert answer.text == "desk, sofa, lamp, bed"


def test_what_is_hardly_seen_or_not_at_all_is_refused() -> None:
    shares = {"sofa": clear_from(10), "lamp": clear_from(20), "bed": clear_from(40), "desk": {60: 0.05}}
    assert answer_of(shares) == Rejection("seen_but_not_nameable")
    assert answer_of({**shares, "desk": {}}) == Rejection("not_seen")


def test_proposals_are_sets_of_four_without_repetition() -> None:
    objects = [make_object(name, 1 + k, 1) for k, name in enumerate((*NAMES, "chair", "tv"))]
    candidates = list(GENERATOR.propose(Sightings(make_episode(objects)), rng(0)))
    assert len({frozenset(candidate.referents) for candidate in candidates}) == len(candidates) == 15
    three = Sightings(make_episode(objects[:3]))
    assert list(GENERATOR.propose(three, rng(0))) == []


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_every_set_that_is_apart_is_proposed_once_and_no_other(count: int) -> None:
    names = [f"thing {k}" for k in range(9)]
    starts = (0, 3, 6, 20, 24, 29, 40, 44, 60)
    objects = [make_object(name, 0.5 + 0.8 * k, 1) for k, name in enumerate(names)]
    sightings = Sightings(
        make_episode(objects, {name: clear_from(start) for name, start in zip(names, starts, strict=True)})
    )
    generator = AppearanceOrder("any", count)
    proposed = list(generator.propose(sightings, rng(0)))
    good = {
        chosen
        for chosen in combinations(names, count)
        if isinstance(generator.answer(sightings, Candidate("any", chosen)), Answer)
    }
    assert len(good) > 0
    assert sorted(candidate.referents for candidate in proposed) == sorted(good)


def test_options_are_four_orders_with_the_answer_at_any_place() -> None:
    objects = [make_object(name, 1 + k, 1) for k, name in enumerate(NAMES)]
    sightings = Sightings(make_episode(objects))
    candidate = Candidate(GENERATOR.question_type, NAMES)
    answer = GENERATOR.answer(sightings, candidate)
    assert isinstance(answer, Answer)
    places = [0, 0, 0, 0]
    for draw in range(400):
        _, _, options = GENERATOR.word(sightings, candidate, answer, rng(0, draw))
        assert len(set(options)) == 4
        assert all(sorted(option.split(", ")) == sorted(NAMES) for option in options)
        places[options.index(answer.text)] += 1
    assert min(places) > 60


@pytest.mark.parametrize("num_frames", [1, 2])
def test_very_short_videos_have_no_order(num_frames: int) -> None:
    objects = [make_object(name, 1 + k, 1) for k, name in enumerate(NAMES)]
    shares = {name: {0: 0.1} for name in NAMES}
    sightings = Sightings(make_episode(objects, shares, num_frames=num_frames))
    assert isinstance(GENERATOR.answer(sightings, Candidate(GENERATOR.question_type, NAMES)), Rejection)
