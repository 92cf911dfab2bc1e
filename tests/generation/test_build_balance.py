"""Which questions a release publishes, and what it refuses to publish for what the words give away."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.manifest import BlindRecord, read_manifest
from simsv_generation.build import build, main
from simsv_generation.build.questions import check_blind
from simsv_generation.episode import Episode
from simsv_generation.store import RunStore
from tests.generation.quality.asked import choice_rows, number_rows
from tests.runs import contents, make_rows, make_walk, rows, write_questions, write_run

EASY, DISTANCE = "object_rel_direction_easy", "object_abs_distance"
NUM_HOUSES, PER_HOUSE = 20, 24
WALKS = [make_walk("train" if house < 15 else "test", house) for house in range(NUM_HOUSES)]
MADE: dict[str, Callable[..., list[dict[str, Any]]]] = {EASY: choice_rows, DISTANCE: number_rows}
TOLD = ("question", "options", "answer", "answer_letter", "value")


def leaky_rows(walk: Episode, question_type: str) -> list[dict[str, Any]]:
    """Questions about a walk as a run has them, whose words give away what those of the factory do."""
    house = WALKS.index(walk)
    told = MADE[question_type](NUM_HOUSES, PER_HOUSE, told=0.4)[house * PER_HOUSE : (house + 1) * PER_HOUSE]
    return [
        {**row, **{column: words[column] for column in TOLD}, "referents": [], "template_id": question_type}
        for row, words in zip(make_rows(walk, {question_type: PER_HOUSE}), told, strict=True)
    ]


def leaky_run(root: Path, *question_types: str) -> RunStore:
    run = write_run(root, WALKS)
    for walk in WALKS:
        asked = [row for question_type in question_types for row in leaky_rows(walk, question_type)]
        write_questions(run, walk.episode_id, asked)
    return run


def call(run: RunStore, out: Path, *others: str) -> ExitCode:
    return ExitCode(main(["--run", str(run.root), "--out", str(out), *others]))


def test_a_leak_fails_the_build_only_of_what_is_published_as_asked(tmp_path: Path) -> None:
    run, out = leaky_run(tmp_path / "run", EASY), tmp_path / "simsv"
    assert call(run, out, "--max-blind-excess", "5") == ExitCode.DONE
    assert read_manifest(out).blind[EASY]["choice"].is_gated
    assert read_manifest(out).dropped[EASY]["words_give_it_away"] > 50
    before = contents(out)

    with pytest.raises(CommandFailed, match=f"{EASY} as a choice .*--max-blind-excess") as caught:
        call(run, out, "--as-asked", "--max-blind-excess", "5")
    assert caught.value.code == ExitCode.FAILURES
    assert contents(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "simsv"]

    assert call(run, out, "--as-asked") == ExitCode.DONE
    assert sum(len(rows(out, EASY, split)) for split in ("train", "test")) == NUM_HOUSES * PER_HOUSE
    before = contents(out)
    # What is there already is held to the same limit.
    with pytest.raises(CommandFailed, match=EASY):
        call(run, out, "--as-asked", "--max-blind-excess", "5")
    assert contents(out) == before
    assert call(run, out, "--as-asked", "--max-blind-excess", "50") == ExitCode.DONE


@pytest.mark.slow
def test_what_is_published_of_a_type_does_not_depend_on_other_types(tmp_path: Path) -> None:
    found = []
    for name, types in {"alone": [EASY], "beside": [DISTANCE, EASY]}.items():
        manifest = build(leaky_run(tmp_path / name, *types), tmp_path / f"{name}-simsv")
        published = [row for split in ("train", "test") for row in rows(tmp_path / f"{name}-simsv", EASY, split)]
        found.append(([{**row, "video": None} for row in published], manifest.dropped[EASY], manifest.blind[EASY]))
        asked, dropped = NUM_HOUSES * PER_HOUSE, manifest.dropped[EASY]
        assert sum(dropped.values()) == asked - len(published)
    assert found[0] == found[1]
    assert 100 < len(found[0][0]) < NUM_HOUSES * PER_HOUSE


GATED = BlindRecord(400, 20, 0.5, 0.5, 0.6, 0.05, 0.15, is_gated=True)


def excess(name: str, *records: BlindRecord) -> dict[str, dict[str, BlindRecord]]:
    return {name: dict(zip(("choice", "number"), records, strict=False))}


@pytest.mark.parametrize(
    ("blind", "most"),
    [
        ({}, 0.0),
        (excess(EASY, GATED), None),
        (excess(EASY, GATED), 5.1),
        (excess(EASY, replace(GATED, excess_low=-0.01)), 0.0),
        (excess("object_size_estimation", replace(GATED, is_gated=False)), 0.0),
    ],
    ids=["no types", "no limit", "below", "uncertain", "knowledge"],
)
def test_what_passes(blind: dict[str, dict[str, BlindRecord]], most: float | None) -> None:
    check_blind(blind, most)


def named(blind: dict[str, dict[str, BlindRecord]], most: float) -> Sequence[bool]:
    with pytest.raises(CommandFailed) as caught:
        check_blind(blind, most)
    assert caught.value.code == ExitCode.FAILURES
    return [
        text in str(caught.value) for text in (f"{EASY} as a choice", f"{DISTANCE} as a number", f"{most:g} points")
    ]


def test_all_that_can_be_guessed_are_named_and_nothing_else() -> None:
    blind = excess(EASY, GATED) | excess(DISTANCE, replace(GATED, is_gated=False), GATED)
    assert named(blind, 4.9) == [True, True, True]
    assert named(excess(EASY, GATED) | excess(DISTANCE, replace(GATED, excess_low=0.01)), 2.5) == [True, False, True]
