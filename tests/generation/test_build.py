import json
import shutil
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from simsv_dataset.exits import ExitCode
from simsv_dataset.manifest import list_files, read_manifest
from simsv_dataset.mixtures import MIXTURES, quotas
from simsv_generation.build import Choice, main
from simsv_generation.build import build as build_release
from simsv_generation.rows import episode_from_row
from simsv_generation.store import Refusal, RunStore
from tests.generation.test_rows import assert_equal
from tests.runs import ALL_TYPES, RECORD, contents, flip, make_rows, make_walk, rows, write_questions, write_run

build = partial(build_release, choice=Choice(as_asked=True))
WALKS = [make_walk("train", 0), make_walk("train", 1), make_walk("train", 1, walk=1), make_walk("test", 0)]


@pytest.fixture
def run(tmp_path: Path) -> RunStore:
    """Two houses with three walks in train, one in test, with two questions of every type about each walk."""
    return write_run(tmp_path / "run", WALKS, {})


# What is built


def test_a_release_holds_every_question_and_every_episode_once(run: RunStore, tmp_path: Path) -> None:
    out = tmp_path / "simsv"
    manifest = build(run, out)
    assert manifest == read_manifest(out)
    assert sorted(manifest.files) == list_files(out)
    asked = {
        row["id"]: row
        for episode_id in run.episode_ids()
        for row in json.loads(run.questions_path(episode_id).read_bytes())["questions"]
    }
    built = [row for name in ALL_TYPES for split in ("train", "test") for row in rows(out, name, split)]
    assert len(built) == len(asked) == 40
    for row in built:
        video = row.pop("video")
        assert row == {**asked[row["id"]], "numeric_options": None, "blind_score": None}
        split = row["house_id"].split("-")[1]
        assert video == {"bytes": None, "path": f"{out}/videos/{split}/000/{row['episode_id']}.mp4"}
        assert Path(video["path"]).read_bytes() == run.video_path(row["episode_id"]).read_bytes()
    episodes = [row for split in ("train", "test") for row in rows(out, "episodes", split)]
    assert [row["episode_id"] for row in episodes] == [walk.episode_id for walk in WALKS]
    for row, walk in zip(episodes, WALKS, strict=True):
        assert_equal(episode_from_row(row), walk)


def test_no_house_is_in_two_splits(run: RunStore, tmp_path: Path) -> None:
    build(run, tmp_path / "simsv")
    houses = {
        split: {
            row["house_id"] for name in (*ALL_TYPES, "3q", "episodes") for row in rows(tmp_path / "simsv", name, split)
        }
        for split in ("train", "test")
    }
    assert len(houses["train"]) == 2
    assert len(houses["test"]) == 1
    assert not houses["train"] & houses["test"]


def test_the_mixture_has_the_paper_s_proportions_and_the_first_of_each_type(tmp_path: Path) -> None:
    counts = dict(zip(ALL_TYPES, (60, 25, 30, 30, 40), strict=True))
    run = write_run(tmp_path / "run", [WALKS[0]], {WALKS[0].episode_id: counts})
    build(run, tmp_path / "simsv")
    mixed = rows(tmp_path / "simsv", "3q", "train")
    found = Counter(row["question_type"] for row in mixed)
    weights = MIXTURES[0].weights
    assert found == quotas(weights, len(mixed))
    assert all(found[name] <= counts[name] for name in counts)
    assert any(share > counts[name] for name, share in quotas(weights, len(mixed) + 1).items())
    for name in ALL_TYPES:
        of_type = [row["id"] for row in rows(tmp_path / "simsv", name, "train")]
        assert {row["id"] for row in mixed if row["question_type"] == name} == set(of_type[: found[name]])


def test_empty_types_and_splits_are_left_out_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    walks = [WALKS[0], make_walk("validation"), WALKS[3]]
    run = write_run(tmp_path / "run", walks, {walks[1].episode_id: {}, walks[2].episode_id: {"object_abs_distance": 3}})
    manifest = build(run, tmp_path / "simsv")
    assert list(manifest.configs["obj_appearance_order"]) == ["train"]
    assert list(manifest.configs["3q"]) == ["train", "test"]
    assert manifest.configs["3q"]["test"].num_rows == 3
    assert manifest.configs["episodes"]["validation"].num_rows == 1
    said = capsys.readouterr().out.splitlines()
    assert "  obj_appearance_order: train 2, validation none, test none" in said
    assert "  3q: train 7, validation none, test 3" in said
    assert "  3q of test goes without obj_appearance_order, " in "\n".join(said)
    assert said[-1] == f"built {tmp_path / 'simsv'}: 3 episodes, 13 questions"


def test_a_run_without_any_question_gives_its_episodes(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", [WALKS[0]], {WALKS[0].episode_id: {}})
    assert list(build(run, tmp_path / "simsv").configs) == ["episodes"]


def test_refusals_and_configuration_are_in_the_manifest(run: RunStore, tmp_path: Path) -> None:
    with RunStore.writing(run.root, RECORD) as store:
        for ordinal, reason in enumerate(("unreachable", "unreachable", "too_dark")):
            store.refuse(f"test-train-{900 + ordinal:06d}", Refusal(reason, "in a test"))
    manifest = build(run, tmp_path / "simsv")
    assert manifest.refused_houses == {"too_dark": 1, "unreachable": 2}
    assert manifest.rejections == {"object_abs_distance": {"close": 3 * len(WALKS)}}
    assert manifest.config == RECORD.config
    assert manifest.seed == RECORD.config["seed"]
    assert manifest.config_digest == RECORD.digest
    assert manifest.questions_config == {"per_episode": 2}
    assert manifest.simulators == ({"name": "test", "version": "1", "build": "none", "assets": "parametric"},)


BED, CHAIR, LAMP = (
    "Bed by Größe, CC BY 3.0, from a catalogue",
    "Chair by Jay, CC0 1.0, from another",
    "Lamp by Ann, CC0 1.0, from another",
)


def test_whose_models_are_shown_travels_with_the_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = [(CHAIR, LAMP), (), (BED, CHAIR), (LAMP,)]
    walks = [replace(walk, attributions=lines) for walk, lines in zip(WALKS, shown, strict=True)]
    run, out = write_run(tmp_path / "run", walks, {}), tmp_path / "simsv"
    manifest = build(run, out)
    assert manifest.licences == {"CC0 1.0": 2, "CC BY 3.0": 1}
    assert "ATTRIBUTION.md" in manifest.files
    page = (out / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert [line for line in page.splitlines() if line.startswith("- ")] == [f"- {CHAIR}", f"- {LAMP}", f"- {BED}"]
    assert "CC0 1.0 (2), CC BY 3.0 (1). `ATTRIBUTION.md` names" in (out / "README.md").read_text(encoding="utf-8")
    assert "  ATTRIBUTION.md names the models by others: CC0 1.0 2, CC BY 3.0 1" in capsys.readouterr().out
    assert [row["attributions"] for row in rows(out, "episodes", "test")] == [[LAMP]]


def test_a_release_of_plain_shapes_has_no_attribution(run: RunStore, tmp_path: Path) -> None:
    manifest = build(run, tmp_path / "simsv")
    assert manifest.licences == {}
    assert not (tmp_path / "simsv" / "ATTRIBUTION.md").exists()


# The same again


def test_a_second_build_finds_all_done(run: RunStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "simsv"
    build(run, out)
    before = {path: (out / path).stat().st_mtime_ns for path in list_files(out)}
    assert main(["--run", str(run.root), "--out", str(out), "--as-asked"]) == ExitCode.DONE
    assert capsys.readouterr().out.splitlines()[-1].startswith("found all done in")
    assert {path: (out / path).stat().st_mtime_ns for path in list_files(out)} == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda out: flip(out / "videos/train/000/test-train-000000-w0.mp4"),
        lambda out: flip(out / "3q/train-00000.parquet"),
        lambda out: (out / "videos/test/000/test-test-000000-w0.mp4").unlink(),
        lambda out: (out / "README.md").write_text("mine"),
        lambda out: (out / "3q" / "train-00001.parquet").write_bytes(b"more"),
        lambda out: (out / "manifest.json").write_text('{"kind": "simsv release", "schema_version": 0}'),
    ],
    ids=["video", "table", "missing", "readme", "more", "version"],
)
def test_a_damaged_release_is_made_whole(run: RunStore, tmp_path: Path, damage: Any) -> None:
    out = tmp_path / "simsv"
    build(run, out)
    before = contents(out)
    damage(out)
    build(run, out)
    assert contents(out) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_new_questions_and_refusals_make_a_new_release(run: RunStore, tmp_path: Path) -> None:
    out = tmp_path / "simsv"
    digests = {build(run, out).sources_digest}
    walk = WALKS[3]
    write_questions(run, walk.episode_id, make_rows(walk, {"object_abs_distance": 4}))
    digests.add(build(run, out).sources_digest)
    assert len(rows(out, "object_abs_distance", "test")) == 4
    with RunStore.writing(run.root, RECORD) as store:
        store.refuse("test-train-000900", Refusal("unreachable", ""))
    digests.add(build(run, out).sources_digest)
    assert len(digests) == 3


def test_bytes_are_the_same_in_the_same_place_and_rows_the_same_elsewhere(run: RunStore, tmp_path: Path) -> None:
    here, there = tmp_path / "simsv", tmp_path / "deeper" / "größe" / "simsv"
    first = build(run, here)
    before = contents(here)
    shutil.rmtree(here)
    again = write_run(tmp_path / "again", list(reversed(WALKS)), {})
    build(again, here)
    assert contents(here) == before
    elsewhere = build(run, there)
    assert elsewhere.configs == first.configs
    assert elsewhere.files != first.files


def test_a_moved_release_is_relocated_to_the_bytes_of_a_build_there(
    run: RunStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "deeper" / "größe" / "simsv"
    build(run, there)
    built_there = contents(there)
    shutil.rmtree(there)
    build(run, tmp_path / "simsv")
    (tmp_path / "simsv").rename(there)
    assert main(["--relocate", str(there)]) == ExitCode.DONE
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"relocated {there}: 4 episodes, 40 questions")
    assert contents(there) == built_there
    build(run, there)
    assert capsys.readouterr().out.splitlines()[-1].startswith("found all done in")


def test_a_moved_release_is_rebuilt_by_a_build(run: RunStore, tmp_path: Path) -> None:
    here, there = tmp_path / "simsv", tmp_path / "moved"
    build(run, here)
    here.rename(there)
    build(run, there)
    assert rows(there, "3q", "test")[0]["video"]["path"].startswith(f"{there}/videos/")
