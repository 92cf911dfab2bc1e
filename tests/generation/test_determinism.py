"""Same seed, same bytes: for any number of workers, and for any place as far as the place is not in the bytes."""

import hashlib
import shutil
from pathlib import Path

from simsv_dataset.manifest import read_manifest
from tests.conftest import simsv


def tree(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_runs_of_one_and_two_workers_give_the_same_release(run_folder: Path, tmp_path: Path) -> None:
    alone, target = tmp_path / "alone", tmp_path / "simsv"
    simsv("generate", "--config", "tiny", "--run", alone, "--workers", "1")
    simsv("ask", "--run", alone)
    assert tree(alone / "episodes") == tree(run_folder / "episodes")
    assert tree(alone / "questions") == tree(run_folder / "questions")

    simsv("build", "--run", run_folder, "--out", target)
    by_two = tree(target)
    shutil.rmtree(target)
    simsv("build", "--run", alone, "--out", target)
    assert tree(target) == by_two


def test_releases_in_two_places_have_the_same_rows(release: Path, run_folder: Path, tmp_path: Path) -> None:
    simsv("build", "--run", run_folder, "--out", tmp_path / "elsewhere")
    here, there = read_manifest(release), read_manifest(tmp_path / "elsewhere")
    assert here.configs == there.configs
    assert here.files["episodes/train-00000.parquet"] != there.files["episodes/train-00000.parquet"]
    videos = [path for path in here.files if path.startswith("videos/")]
    assert videos
    assert {path: here.files[path] for path in videos} == {path: there.files[path] for path in videos}
