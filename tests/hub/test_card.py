"""A card says what its release has, and what it says to type works."""

import io
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import av
import pytest
import yaml
from huggingface_hub import DatasetCard, HfApi, hf_hub_download

from simsv_dataset.cli import main as simsv
from simsv_dataset.exits import ExitCode
from simsv_dataset.manifest import BlindRecord, Manifest, check_files, read_manifest
from simsv_dataset.release import SPLITS
from simsv_dataset.schema import EPISODE_SCHEMA, QUESTION_SCHEMA
from simsv_dataset.taxonomy import QUESTION_TYPES
from simsv_hub.card import Place, card_text
from simsv_hub.publish import publish
from tests.hub.server import LoopbackHub
from tests.hub.test_publish import REPO

HERE = Place("/r", "simsv", "0.1.0")
BLIND = {
    "object_rel_direction_easy": {"choice": BlindRecord(400, 20, 0.5, 0.512, 0.534, -0.01, 0.0578, is_gated=True)},
    "object_abs_distance": {
        "number": BlindRecord(400, 20, None, 0.4, 0.41, -0.02, 0.03, is_gated=True),
        "choice": BlindRecord(300, 20, 0.25, 0.26, 0.3, 0.01, 0.08, is_gated=False),
    },
}

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")


@pytest.fixture
def manifest(small_release: Path) -> Manifest:
    return read_manifest(small_release)


@pytest.fixture
def copy(small_release: Path, tmp_path: Path) -> Path:
    """A release called `simsv` that was moved and healed."""
    shutil.copytree(small_release, tmp_path / "größe" / "simsv")
    assert simsv(["build", "--relocate", str(tmp_path / "größe" / "simsv")]) == ExitCode.DONE
    return tmp_path / "größe" / "simsv"


def tables(text: str) -> list[list[list[str]]]:
    """The cells of every table, without the rule below its head."""
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [
        [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block.splitlines()]
        for block in blocks
    ]


def row(text: str, name: str) -> dict[str, str]:
    """The row of a type, by the heads of its table."""
    head, _, *lines = next(table for table in tables(text) if table[0][0] == "type")
    return dict(zip(head, next(line for line in lines if line[0] == f"`{name}`"), strict=True))


def python_blocks(text: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def run(code: str, cwd: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_card_is_written_and_the_release_stays_whole(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = read_manifest(copy)
    assert simsv(["card", str(copy)]) == ExitCode.DONE
    assert capsys.readouterr().out.endswith(f"wrote {copy}/README.md: {len(before.configs)} configs\n")
    after = read_manifest(copy)
    assert check_files(copy, after) == []
    assert set(after.files) - set(before.files) == {"contact_sheet.jpg"}
    assert replace(after, files={}) == replace(before, files={})
    content = [(copy / name).read_bytes() for name in ("README.md", "contact_sheet.jpg", "manifest.json")]
    assert simsv(["card", str(copy)]) == ExitCode.DONE
    assert [(copy / name).read_bytes() for name in ("README.md", "contact_sheet.jpg", "manifest.json")] == content


@pytest.mark.slow
def test_what_the_card_of_a_folder_says_to_type_works(copy: Path, tmp_path: Path) -> None:
    assert simsv(["card", str(copy)]) == ExitCode.DONE
    blocks = python_blocks((copy / "README.md").read_text(encoding="utf-8"))
    assert len(blocks) == 2
    run("\n".join(blocks), copy.parent, {"HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1"})


@pytest.mark.slow
def test_what_the_card_of_a_published_release_says_to_type_works(
    small_release: Path, hub: LoopbackHub, api: HfApi, tmp_path: Path
) -> None:
    publish(small_release, REPO, api, tag="v1")
    path = hf_hub_download(REPO, "README.md", repo_type="dataset", endpoint=hub.url, local_dir=tmp_path)
    text = Path(path).read_text(encoding="utf-8")
    blocks = python_blocks(text)
    assert all(f'load_dataset("{REPO}", "3q", split="train"' in block for block in blocks)
    assert "url     = {https://huggingface.co/datasets/org/simsv}" in text
    run("\n".join(blocks), tmp_path, {**hub.environment, "HF_HOME": str(tmp_path / "home")})


def test_the_front_matter_is_what_the_hub_reads(manifest: Manifest) -> None:
    data = DatasetCard(card_text(manifest, HERE)).data.to_dict()
    assert data["license"] == "cc-by-4.0"
    assert data["task_categories"] == ["visual-question-answering", "video-text-to-text"]
    assert data["size_categories"] == ["n<1K"]
    assert {config["config_name"] for config in data["configs"]} == set(manifest.configs)


@pytest.mark.parametrize(
    ("num_rows", "name"), [(999, "n<1K"), (1000, "1K<n<10K"), (203_048, "100K<n<1M"), (10**9, "n>10M")]
)
def test_the_size_is_that_of_the_largest_config(manifest: Manifest, num_rows: int, name: str) -> None:
    splits = {"train": replace(manifest.configs["3q"]["train"], num_rows=num_rows)}
    text = card_text(replace(manifest, configs={**manifest.configs, "3q": splits}), HERE)
    assert yaml.safe_load(text.split("---\n")[1])["size_categories"] == [name]


def test_every_table_has_the_same_cells_in_every_row(manifest: Manifest) -> None:
    found = tables(card_text(replace(manifest, blind=BLIND), HERE))
    assert len(found) == 6
    for table in found:
        assert {len(line) for line in table} == {len(table[0])}


def test_types_are_told_with_their_counts(manifest: Manifest) -> None:
    text = card_text(manifest, HERE)
    types = [type_.name for type_ in QUESTION_TYPES if type_.name in manifest.configs]
    for name in ("object_abs_distance", "obj_appearance_order"):
        told = row(text, name)
        assert {split: told[split] for split in ("train", "validation", "test")} == {
            split: str(record.num_rows) for split, record in manifest.configs[name].items()
        }
    assert (told["answer"], told["score"], told["chance"]) == ("one of 4", "accuracy", "25.0")
    assert row(text, "object_abs_distance")["chance"] == ""
    num_questions = sum(int(told[split]) for told in map(partial(row, text), types) for split in SPLITS)
    assert f"{num_questions} spatial questions about 4 videos" in text


def test_blind_scores_are_told_where_there_are_any(manifest: Manifest) -> None:
    with_them, without = card_text(replace(manifest, blind=BLIND), HERE), card_text(manifest, HERE)
    told = row(with_them, "object_rel_direction_easy")
    assert (told["chance"], told["best constant"], told["blind"]) == ("50.0", "51.2", "53.4 (-1.0 to +5.8)")
    assert "| 30.0 (+1.0 to +8.0) \\* |" in with_them
    assert row(without, "object_rel_direction_easy")["blind"] == ""
    assert "has too few questions to tell" in without
    assert "has too few questions to tell" not in with_them


def test_every_column_is_told(manifest: Manifest) -> None:
    text = card_text(manifest, HERE)
    columns = [[line[0] for line in table[2:]] for table in tables(text) if table[0][0] == "column"]
    assert columns == [[f"`{name}`" for name in schema.names] for schema in (QUESTION_SCHEMA, EPISODE_SCHEMA)]
    assert not re.search(r"(?<!\\)<\w+_id>", text)


def test_digests_and_sums_are_the_manifests(manifest: Manifest) -> None:
    text = card_text(manifest, HERE)
    for splits in manifest.configs.values():
        for record in splits.values():
            assert record.sha256 in text
    assert manifest.config_digest in text
    assert manifest.sources_digest in text


def test_licences_of_models_are_told(manifest: Manifest) -> None:
    text = card_text(replace(manifest, licences={"CC BY 3.0": 3, "CC BY-NC 4.0": 1}), HERE)
    assert "license: other" in text.split("---\n")[1]
    assert "make no commercial use of it" in text


def test_a_release_without_rows_has_no_card(manifest: Manifest) -> None:
    with pytest.raises(ValueError, match="at least one episode"):
        card_text(replace(manifest, configs={}), HERE)


def test_the_picture_shows_four_frames_of_each_walk(copy: Path) -> None:
    assert simsv(["card", str(copy)]) == ExitCode.DONE
    with av.open(io.BytesIO((copy / "contact_sheet.jpg").read_bytes()), "r") as container:
        (frame,) = container.decode(video=0)
    assert (frame.width, frame.height) == (4 * 288, 4 * 160)
    pixels = frame.to_ndarray(format="rgb24")
    assert pixels.std() > 20


def test_what_stands_in_the_way_is_named(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert simsv(["card", str(tmp_path / "absent")]) == ExitCode.USAGE
    assert "absent/manifest.json is not there: is" in capsys.readouterr().err
    (copy / "videos/test/000/test-test-000000-w0.mp4").write_bytes(b"no video")
    assert simsv(["card", str(copy)]) == ExitCode.FAILURES
    assert "w0.mp4 is no readable video" in capsys.readouterr().err


def test_packed_videos_conversations_and_modalities_are_told(manifest: Manifest) -> None:
    plain = card_text(manifest, HERE)
    assert "`3q_messages` has the same questions as conversations" in plain
    assert "packed" not in plain
    assert "Beside the videos" not in plain
    record = next(iter(manifest.files.values()))
    more = {"videos/train/000.tar": record, "modalities/depth/train/000/a.mkv": record}
    rich = card_text(replace(manifest, files={**manifest.files, **more}), HERE)
    assert "The videos are packed in tar files" in rich
    assert "Video()" not in rich
    assert "Beside the videos there are depth, by frame" in rich
