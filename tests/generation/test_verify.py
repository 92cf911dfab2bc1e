"""A release that is whole passes, and nothing that is wrong with one goes unseen."""

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from simsv_dataset.attribution import attribution_text
from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.manifest import Manifest, RowDigest, hash_files, list_files, read_manifest, write_manifest
from simsv_dataset.packing import pack
from simsv_dataset.release import read_split, table_pattern
from simsv_dataset.relocate import relocate
from simsv_dataset.schema import to_table
from simsv_generation.simulators import embedded
from simsv_generation.simulators.settings import EmbeddedSettings
from simsv_generation.verify import main, verify
from simsv_generation.verify.rendering import block_means, psnr

DISTANCES = "object_abs_distance"
HERE = EmbeddedSettings()


@pytest.fixture
def copy(release: Path, tmp_path: Path) -> Path:
    """A release of its own, at home where it lies."""
    shutil.copytree(release, tmp_path / "simsv")
    relocate(tmp_path / "simsv")
    return tmp_path / "simsv"


def some_split(folder: Path, config: str) -> str:
    return next(iter(read_manifest(folder).configs[config]))


def edit_row(folder: Path, config: str, change: Callable[[dict[str, Any]], None], *, everywhere: bool) -> None:
    """Change the first row of a config and, with `everywhere`, all that the manifest says of it: a careful forger."""
    split = some_split(folder, config)
    [path] = folder.glob(table_pattern(config, split))
    rows = [row for table in read_split(folder, config, split) for row in table.to_pylist()]
    change(rows[0])
    table = to_table(rows, pq.read_schema(path))
    pq.write_table(table, path)
    if everywhere:
        manifest, digest = read_manifest(folder), RowDigest()
        digest.update(rows)
        configs = {**manifest.configs, config: {**manifest.configs[config], split: digest.record()}}
        rewrite(folder, replace(manifest, configs=configs))


def rewrite(folder: Path, manifest: Manifest) -> None:
    write_manifest(folder, replace(manifest, files=hash_files(folder, list_files(folder))))


def test_a_release_is_whole_and_true(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(release)]) == ExitCode.DONE
    printed = capsys.readouterr().out
    assert "rendered again bit by bit" in printed
    assert printed.splitlines()[-1] == f"{release} is whole and true"


def test_a_packed_release_is_whole_and_true_until_it_is_not(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack(copy)
    rewrite(copy, read_manifest(copy))
    assert main([str(copy)]) == ExitCode.DONE
    assert "rendered again bit by bit" in capsys.readouterr().out
    tar = next(copy.glob("videos/*/*.tar"))
    os.truncate(tar, tar.stat().st_size - 1)
    assert verify(copy, 0, HERE) == [f"{tar.relative_to(copy)} was changed"]


def test_one_flipped_byte_in_a_video(copy: Path) -> None:
    video = next(copy.glob("videos/*/*/*.mp4"))
    data = bytearray(video.read_bytes())
    data[len(data) // 2] ^= 1
    video.write_bytes(data)
    assert verify(copy, 0, HERE) == [f"{video.relative_to(copy)} was changed"]
    assert main([str(copy), "--render-episodes", "0"]) == ExitCode.FAILURES


@pytest.mark.parametrize("name", ["README.md", "videos/*/*/*.mp4", "episodes/*.parquet", "3q/*.parquet"])
def test_one_missing_file(copy: Path, name: str) -> None:
    path = next(copy.glob(name))
    path.unlink()
    assert verify(copy, 0, HERE) == [f"{path.relative_to(copy)} is missing"]


def test_one_file_too_many(copy: Path) -> None:
    (copy / "3q" / "train-99999.parquet").write_bytes(b"")
    assert verify(copy, 0, HERE) == ["3q/train-99999.parquet is not in the manifest"]


def test_one_edited_answer(copy: Path) -> None:
    edit_row(copy, DISTANCES, lambda row: row.update(answer="9.9"), everywhere=False)
    [problem] = verify(copy, 0, HERE)
    assert problem.startswith(f"{DISTANCES}/")
    assert problem.endswith("was changed")


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        ({"answer": "9.9"}, "answer is '9.9'"),
        ({"value": 9.9}, "value is 9.9"),
        ({"margin": 0.0123}, "margin is 0.0123"),
        ({"min_frames": 1}, "min_frames is 1"),
        ({"evidence_first": 999}, "evidence_first is 999"),
        ({"id": "made-up"}, "id is 'made-up'"),
        ({"referents": ["nothing", "nowhere"]}, "are not in the house"),
        ({"episode_id": "procthor-train-999999-w0"}, "is not in the release"),
    ],
)
def test_a_careful_forger_of_answers(copy: Path, change: dict[str, Any], trouble: str) -> None:
    edit_row(copy, DISTANCES, lambda row: row.update(change), everywhere=True)
    assert any(trouble in problem for problem in verify(copy, 0, HERE))


def test_an_answer_that_is_not_under_its_letter(copy: Path) -> None:
    config = "object_rel_direction_hard"
    edit_row(copy, config, lambda row: row.update(options=row["options"][::-1]), everywhere=True)
    assert any("do not hold the answer once, under its letter" in problem for problem in verify(copy, 0, HERE))


def test_a_mixture_whose_row_is_not_its_types(copy: Path) -> None:
    edit_row(copy, "3q", lambda row: row.update(question="What?"), everywhere=True)
    assert any("of 3q is not the row of its question type" in problem for problem in verify(copy, 0, HERE))


def test_an_object_that_was_moved_in_the_columns_alone(copy: Path) -> None:
    edit_row(copy, "episodes", lambda row: row["objects"][0].update(center=[0.0, 0.0, 0.0]), everywhere=True)
    assert any("contradict each other in objects" in problem for problem in verify(copy, 0, HERE))


def test_an_object_that_was_moved_everywhere(copy: Path) -> None:
    """What is stored agrees with itself; the answers and the pictures do not agree with it."""

    def move(row: dict[str, Any]) -> None:
        house = json.loads(row["house_json"])
        for thing, record in zip(row["objects"], house["objects"], strict=True):
            thing["center"][0] = record["box"]["center"][0] = round(record["box"]["center"][0] * 0.5, 4)
        row["house_json"] = json.dumps(house, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        row["map"]["objects"] = [{**cell, "column": 0} for cell in row["map"]["objects"]]

    edit_row(copy, "episodes", move, everywhere=True)
    problems = verify(copy, 99, HERE)
    assert any("but the episode says" in problem or "should not be asked" in problem for problem in problems)
    assert any("renders differently by the same build" in problem for problem in problems)


def test_a_moved_release_says_how_to_heal_it(release: Path, tmp_path: Path) -> None:
    shutil.copytree(release, tmp_path / "moved")
    problems = verify(tmp_path / "moved", 0, HERE)
    assert problems
    assert all(f"run simsv build --relocate {tmp_path / 'moved'}" in problem for problem in problems)


def test_another_renderer_is_held_to_ids_and_noise(
    release: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "EmbeddedSimulator", partial(embedded.EmbeddedSimulator, renderer="cpu"))
    assert verify(release, 2, HERE) == []
    assert re.search(r"4 by another build: at least (9\d|100)\.", capsys.readouterr().out)


def test_a_renderer_that_shows_something_else_fails(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Blind(embedded.EmbeddedSimulator):
        def __enter__(self):
            entered = super().__enter__()
            self.info = replace(self.info, build="another build")
            return entered

        def render(self, pose, camera):
            frame = super().render(pose, camera)
            return replace(frame, rgb=frame.rgb // 2, instance_ids=frame.instance_ids * 0)

    monkeypatch.setattr(embedded, "EmbeddedSimulator", Blind)
    problems = verify(release, 1, HERE)
    assert problems
    assert all("of the ids agree, PSNR" in problem for problem in problems)


def test_a_release_says_how_it_was_drawn(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models that lie here do not matter to a release that was drawn without."""
    opened: list[EmbeddedSettings] = []

    class Listening(embedded.EmbeddedSimulator):
        def __init__(self, settings):
            opened.append(settings)
            super().__init__(settings)

    monkeypatch.setattr(embedded, "EmbeddedSimulator", Listening)
    assert verify(release, 1, EmbeddedSettings(objathor="/models")) == []
    assert opened == [EmbeddedSettings("plain", "none")]


def test_models_that_are_not_here_are_no_fault_of_the_release(copy: Path) -> None:
    def forge(row: dict[str, Any]) -> None:
        row["simulator"]["assets"] = "pack 1.2f0a"

    edit_row(copy, "episodes", forge, everywhere=True)
    said = r"was drawn with the models pack 1.2f0a, here are parametric: .*--render-episodes 0"
    with pytest.raises(CommandFailed, match=said) as failed:
        verify(copy, 99, HERE)
    assert failed.value.code == ExitCode.SIMULATOR
    assert verify(copy, 0, HERE) == []


@pytest.mark.parametrize(
    ("column", "change"),
    [("look", {"exposure": 1.5, "material_seed": 7}), ("sensor", {"noise": 3.5}), ("sensor", {"shutter": 0.5})],
)
def test_light_and_sensor_are_rendered_as_they_are_recorded(copy: Path, column: str, change: dict[str, Any]) -> None:
    edit_row(copy, "episodes", lambda row: row[column].update(change), everywhere=True)
    assert any("renders differently by the same build" in problem for problem in verify(copy, 99, HERE))


BED = "Bed by Größe, CC BY 3.0, from a catalogue"


def with_models(folder: Path) -> None:
    """The release as it would be if its first episode had shown a model."""
    edit_row(folder, "episodes", lambda row: row["attributions"].append(BED), everywhere=True)
    (folder / "ATTRIBUTION.md").write_text(attribution_text([BED]), encoding="utf-8")
    rewrite(folder, replace(read_manifest(folder), licences={"CC BY 3.0": 1}))


def test_models_that_are_named_are_no_problem(copy: Path) -> None:
    with_models(copy)
    assert verify(copy, 0, HERE) == []


@pytest.mark.parametrize(
    "forge",
    [
        lambda path: path.unlink(),
        lambda path: path.write_text(path.read_text(encoding="utf-8").replace("Größe", "me"), encoding="utf-8"),
        lambda path: path.write_text(attribution_text([BED, "Chair by me, CC0 1.0, from me"]), encoding="utf-8"),
    ],
    ids=["missing", "edited", "one too many"],
)
def test_an_attribution_that_differs_from_the_episodes(copy: Path, forge: Callable[[Path], object]) -> None:
    with_models(copy)
    forge(copy / "ATTRIBUTION.md")
    [problem] = verify(copy, 0, HERE)
    assert problem in ("ATTRIBUTION.md is missing", "ATTRIBUTION.md was changed")
    rewrite(copy, read_manifest(copy))
    [problem] = verify(copy, 0, HERE)
    assert "does not name the models that the episodes show" in problem


def test_licences_of_the_manifest_are_those_of_the_episodes(copy: Path) -> None:
    with_models(copy)
    write_manifest(copy, replace(read_manifest(copy), licences={"CC0 1.0": 1}))
    [problem] = verify(copy, 0, HERE)
    assert "counts the licences {'CC0 1.0': 1}, the episodes {'CC BY 3.0': 1}" in problem


def test_an_attribution_of_nothing(copy: Path) -> None:
    (copy / "ATTRIBUTION.md").write_text(attribution_text([]))
    rewrite(copy, read_manifest(copy))
    [problem] = verify(copy, 0, HERE)
    assert problem.startswith("ATTRIBUTION.md does not name")


def test_what_is_no_release_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="is not a release") as failed:
        verify(tmp_path, 0, HERE)
    assert failed.value.code == ExitCode.USAGE
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(CommandFailed, match="is no manifest of simsv"):
        verify(tmp_path, 0, HERE)
    with pytest.raises(CommandFailed, match="must not be negative"):
        main([str(tmp_path), "--render-episodes", "-1"])


def test_the_manifest_alone_is_not_trusted(copy: Path) -> None:
    manifest = read_manifest(copy)
    split = some_split(copy, DISTANCES)
    record = manifest.configs[DISTANCES][split]
    fewer = replace(record, num_rows=record.num_rows - 1)
    rewrite(copy, replace(manifest, configs={**manifest.configs, DISTANCES: {split: fewer}}))
    assert f"{DISTANCES}/{split} has other rows than the manifest says" in verify(copy, 0, HERE)


def test_psnr_of_known_noise() -> None:
    black = np.zeros((4, 4, 3))
    assert psnr(black, black) == float("inf")
    assert psnr(black, black + 255) == 0.0
    assert psnr(black, black + 1) == pytest.approx(48.13, abs=0.01)


def test_block_means_leave_out_what_is_no_whole_block() -> None:
    image = np.zeros((9, 10, 3), np.uint8)
    image[:4, :4], image[8], image[:, 8:] = 100, 255, 255
    np.testing.assert_array_equal(block_means(image)[..., 0], [[100, 0], [0, 0]])
