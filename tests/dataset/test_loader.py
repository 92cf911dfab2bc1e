import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import simsv_dataset
from simsv_dataset.chat import message_rows, message_table
from simsv_dataset.loader import with_messages
from simsv_dataset.manifest import hash_files, list_files, read_manifest, write_manifest
from simsv_dataset.readme import readme_text
from simsv_dataset.release import write_split
from simsv_dataset.relocate import relocate
from simsv_dataset.schema import MESSAGE_SCHEMA, SCHEMA_VERSION, features
from simsv_dataset.video import read_frames, sample_indices
from simsv_generation.build import build
from simsv_generation.store import RunStore
from tests.runs import CAMERA, NUM_FRAMES, flip, make_rows, make_walk, rows, write_questions, write_run

DOCUMENT = Path(__file__).parents[2] / "docs" / "data_format.md"

pytestmark = pytest.mark.usefixtures("datasets_cache")


def run_python(code: str, cwd: Path, cache: Path) -> str:
    """What a fresh interpreter prints that has no network and its own caches."""
    environment = {**os.environ, "HF_HOME": str(cache), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# Nothing but `datasets`


@pytest.mark.slow
def test_a_fresh_python_with_datasets_alone_loads_every_config(small_release: Path, tmp_path: Path) -> None:
    code = """
import json, os, sys
from datasets import load_dataset
counts = {}
for config in json.load(open("simsv/manifest.json"))["configs"]:
    for split in ("train", "validation", "test"):
        rows = load_dataset("simsv", config, split=split)
        streamed = list(load_dataset("simsv", config, split=split, streaming=True))
        assert list(rows) == streamed, config
        assert all(row["video"]["bytes"] is None and os.path.isfile(row["video"]["path"]) for row in rows), config
        counts[f"{config} {split}"] = len(rows)
assert len(load_dataset("simsv", split="test")) == counts["3q test"]
assert not [name for name in sys.modules if name.startswith("simsv")]
print(json.dumps(counts))
"""
    counts = json.loads(run_python(code, small_release.parent, tmp_path))
    configs = read_manifest(small_release).configs
    assert counts == {
        f"{config} {split}": configs[config][split].num_rows for config in configs for split in configs[config]
    }
    assert min(counts.values()) > 0


def test_importing_the_package_is_light_and_loading_needs_no_torch(small_release: Path, tmp_path: Path) -> None:
    # `datasets` imports torch for itself, where it is installed and one does not say this.
    code = """
import os, sys
os.environ["USE_TORCH"] = "0"
import simsv_dataset
assert not {"numpy", "pyarrow", "datasets", "av"} & set(sys.modules)
simsv_dataset.load, simsv_dataset.with_messages, simsv_dataset.load_sims_vsi
assert not {"datasets", "av", "huggingface_hub", "pandas"} & set(sys.modules)
row = next(iter(simsv_dataset.load("simsv", "3q", "train", streaming=True, frames=2)))
assert row["frames"].shape == (2, 24, 32, 3), row["frames"].shape
print("torch" in sys.modules)
"""
    assert run_python(code, small_release.parent, tmp_path) == "False\n"


def test_the_example_of_the_document_goes_from_a_box_to_pixels_and_back(small_release: Path, tmp_path: Path) -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert float(run_python(example, small_release.parent, tmp_path)) < 1e-6


# With simsv


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("config", ["3q", "obj_appearance_order", "episodes"])
def test_load_gives_rows(small_release: Path, config: str, streaming: bool) -> None:
    rows = simsv_dataset.load(small_release, config, "validation", streaming=streaming)
    listed = list(rows)
    assert len(listed) == read_manifest(small_release).configs[config]["validation"].num_rows
    assert "frames" not in listed[0]
    assert listed[0]["video"]["path"] == str(small_release / "videos/validation/000/test-validation-000000-w0.mp4")


@pytest.mark.parametrize("streaming", [False, True])
def test_frames_are_the_sampled_ones(small_release: Path, streaming: bool) -> None:
    for frames in (1, 4, NUM_FRAMES, NUM_FRAMES + 5):
        row = next(iter(simsv_dataset.load(small_release, "episodes", "test", streaming=streaming, frames=frames)))
        indices = sample_indices(NUM_FRAMES, frames)
        assert row["frames"].shape == (len(indices), CAMERA.height, CAMERA.width, 3)
        assert row["frames"].dtype == np.uint8
        assert np.array_equal(row["frames"], read_frames(row["video"]["path"], indices))
        assert row["episode_id"] == "test-test-000000-w0"


def test_frames_are_decoded_only_for_rows_that_are_taken(small_release: Path, tmp_path: Path) -> None:
    moved = tmp_path / "simsv"
    shutil.copytree(small_release, moved)
    relocate(moved)
    rows = simsv_dataset.load(moved, "object_abs_distance", "train", frames=3)
    (moved / "videos/train/000/test-train-000000-w1.mp4").unlink()
    episode_ids = rows.select_columns(["episode_id"])[:]["episode_id"]
    assert len(episode_ids) == 4
    present = [k for k, episode_id in enumerate(episode_ids) if episode_id == "test-train-000000-w0"]
    assert [frames.shape[0] for frames in rows[present]["frames"]] == [3, 3]
    with pytest.raises(FileNotFoundError, match=r"w1\.mp4"):
        rows[:]


@pytest.mark.parametrize("streaming", [False, True])
def test_a_moved_release_is_named_with_its_cure(small_release: Path, tmp_path: Path, streaming: bool) -> None:
    moved, elsewhere = tmp_path / "simsv", tmp_path / "elsewhere"
    shutil.copytree(small_release, moved)
    relocate(moved)
    moved.rename(elsewhere)
    rows = simsv_dataset.load(elsewhere, "3q", "train", streaming=streaming, frames=2)
    with pytest.raises(FileNotFoundError, match=r"\.mp4 is not there.*--relocate"):
        next(iter(rows))


def test_what_is_not_there_is_named(small_release: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"4q.*3q"):
        simsv_dataset.load(small_release, "4q")
    with pytest.raises(ValueError, match=r"dev.*train"):
        simsv_dataset.load(small_release, "3q", "dev")
    with pytest.raises(FileNotFoundError):
        simsv_dataset.load(tmp_path / "absent")
    with pytest.raises(ValueError, match="frames must be at least 1"):
        simsv_dataset.load(small_release, frames=0)
    with pytest.raises(AttributeError, match="unload"):
        simsv_dataset.unload  # noqa: B018


def test_a_rebuilt_release_is_not_read_from_an_old_cache(tmp_path: Path) -> None:
    walk = make_walk("train")
    store: RunStore = write_run(tmp_path / "run", [walk], {})
    for answer in ("left", "right"):
        (row,) = make_rows(walk, {"object_rel_direction_easy": 1})
        write_questions(store, walk.episode_id, [{**row, "answer": answer}])
        build(store, tmp_path / "simsv")
        assert simsv_dataset.load(tmp_path / "simsv", "object_rel_direction_easy")[0]["answer"] == answer


def test_a_copy_elsewhere_is_not_read_from_an_old_cache(small_release: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        folder = tmp_path / name / "simsv"
        shutil.copytree(small_release, folder)
        relocate(folder)
        assert simsv_dataset.load(folder)[0]["video"]["path"].startswith(str(folder))


@pytest.mark.parametrize("name", ["größe 1", "with space", "a-b.c+d"])
def test_folders_of_all_names(small_release: Path, tmp_path: Path, name: str) -> None:
    moved = tmp_path / name / "simsv"
    shutil.copytree(small_release, moved)
    relocate(moved)
    row = simsv_dataset.load(moved, "3q", "test", frames=2)[0]
    assert row["video"]["path"].startswith(str(moved))
    assert row["frames"].shape[0] == 2


# Conversations


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("size", [1, 3, 5])
def test_conversations_are_those_of_the_questions(small_release: Path, size: int, streaming: bool) -> None:
    questions = list(simsv_dataset.load(small_release, "3q", "train"))
    made = simsv_dataset.load(
        small_release, "3q", "train", streaming=streaming, answer_style="mc", questions_per_conversation=size
    )
    listed = list(made)
    assert listed == list(message_rows(questions, style="mc", questions_per_conversation=size))
    assert made.features == features(MESSAGE_SCHEMA)
    assert sorted(name for row in listed for name in row["question_ids"]) == sorted(row["id"] for row in questions)


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("size", [1, 3])
def test_conversations_have_frames_if_wanted(small_release: Path, size: int, streaming: bool) -> None:
    made = simsv_dataset.load(
        small_release, answer_style="open", questions_per_conversation=size, streaming=streaming, frames=4
    )
    row = next(iter(made))
    assert row["frames"].shape == (4, CAMERA.height, CAMERA.width, 3)
    assert row["messages"][0]["content"][0] == {"type": "video", "video": row["video"]["path"]}
    assert row["messages"][1]["role"] == "assistant"


@pytest.mark.parametrize("streaming", [False, True])
def test_stored_conversations_are_loaded_as_they_were(
    small_release: Path, datasets_cache: Path, tmp_path: Path, streaming: bool
) -> None:
    from datasets import load_dataset

    release = tmp_path / "simsv"
    shutil.copytree(small_release, release)
    relocate(release)
    add_conversations(release)
    expected = list(simsv_dataset.load(release, "3q", "test", answer_style="mc_letter", questions_per_conversation=3))
    rows = load_dataset(str(release), "3q_messages", split="test", streaming=streaming)
    assert rows.features == features(MESSAGE_SCHEMA)
    assert list(rows) == expected
    framed = next(iter(simsv_dataset.load(release, "3q_messages", "test", streaming=streaming, frames=2)))
    assert framed.pop("frames").shape[0] == 2
    assert framed == expected[0]
    with pytest.raises(ValueError, match="'3q_messages' has no questions"):
        simsv_dataset.load(release, "3q_messages", answer_style="mc")


def test_stored_conversations_move_with_their_release(small_release: Path, tmp_path: Path) -> None:
    release, moved = tmp_path / "simsv", tmp_path / "größe"
    shutil.copytree(small_release, release)
    relocate(release)
    add_conversations(release)
    record = read_manifest(release).configs["3q_messages"]
    release.rename(moved)
    relocate(moved)
    assert read_manifest(moved).configs["3q_messages"] == record
    row = simsv_dataset.load(moved, "3q_messages")[0]
    assert row["messages"][0]["content"][0]["video"] == row["video"]["path"]
    assert row["video"]["path"].startswith(str(moved))


def add_conversations(release: Path) -> None:
    """Give a release the config `3q_messages`, as a build does."""
    manifest = read_manifest(release)
    records = {
        split: write_split(
            release, "3q_messages", split, [message_table(rows(release, "3q", split), questions_per_conversation=3)]
        )
        for split in manifest.configs["3q"]
    }
    manifest = replace(manifest, configs={**manifest.configs, "3q_messages": records})
    (release / "README.md").write_text(readme_text(manifest, str(release)), encoding="utf-8")
    write_manifest(release, replace(manifest, files=hash_files(release, list_files(release))))


def test_conversations_that_cannot_be_are_named(small_release: Path) -> None:
    with pytest.raises(ValueError, match="'letters' is none of mc_letter"):
        simsv_dataset.load(small_release, answer_style="letters")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least 1 question, got 0"):
        simsv_dataset.load(small_release, answer_style="mc", questions_per_conversation=0)
    with pytest.raises(ValueError, match="give answer_style too"):
        simsv_dataset.load(small_release, questions_per_conversation=3)
    with pytest.raises(ValueError, match="'episodes' has no questions"):
        simsv_dataset.load(small_release, "episodes", answer_style="mc")
    with pytest.raises(ValueError, match="only a table has all questions about a video"):
        with_messages(simsv_dataset.load(small_release, streaming=True), "mc", 3)


# Where a release is not


@pytest.mark.parametrize(
    "name", ["org/../simsv", "../org/simsv", "org/simsv/..", "/org/simsv", "org//simsv", "größe/x"]
)
def test_names_that_are_none_of_the_hub_are_not_looked_for_there(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="neither the folder of a release nor ORG/NAME"):
        simsv_dataset.load(name)


def test_an_older_release_is_named_with_its_version(small_release: Path, tmp_path: Path) -> None:
    old = tmp_path / "simsv"
    shutil.copytree(small_release, old)
    content = json.loads((old / "manifest.json").read_text(encoding="utf-8"))
    (old / "manifest.json").write_text(json.dumps({**content, "schema_version": 1}), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"schema_version is 1, this software reads {SCHEMA_VERSION}"):
        simsv_dataset.load(old)


def test_a_folder_has_no_revisions(small_release: Path) -> None:
    with pytest.raises(ValueError, match="revision"):
        simsv_dataset.load(str(small_release), revision="v1")


@pytest.mark.parametrize("streaming", [False, True])
def test_a_truncated_table_is_an_error(small_release: Path, tmp_path: Path, streaming: bool) -> None:
    damaged = tmp_path / "simsv"
    shutil.copytree(small_release, damaged)
    table = damaged / "3q" / "train-00000.parquet"
    table.write_bytes(table.read_bytes()[:-100])
    with pytest.raises(Exception, match=r"Parquet|generating the dataset"):
        list(simsv_dataset.load(damaged, streaming=streaming))


def test_a_damaged_video_is_found_by_its_hash(small_release: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "simsv"
    shutil.copytree(small_release, damaged)
    video = simsv_dataset.load(small_release, "episodes", "test")[0]["video"]["path"]
    name = Path(video).relative_to(small_release).as_posix()
    flip(damaged / name)
    manifest = read_manifest(damaged)
    now = hash_files(damaged, manifest.files)
    assert [path for path in now if now[path] != manifest.files[path]] == [name]
