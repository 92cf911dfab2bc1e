"""What the tests of the recipes share: tiny models, and a release on a Hub over loopback.

They run in the environment of the tests, which has the extra `train`; where it is not installed they are skipped, and
fail where nobody reads why.
"""

import importlib
import importlib.util
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from filelock import FileLock

from simsv_generation.build import Choice, build
from tests.hub.server import LoopbackHub
from tests.runs import make_rows, make_walk, write_questions, write_run

ROOT = Path(__file__).parents[2]
STARTUP = Path(__file__).parent / "startup"
REPO = "org/simsv"
SECONDS = 300
"""A command that takes longer hangs; the longest takes 30 s on a busy machine."""
PER_WALK = {
    "object_abs_distance": 8,
    "object_rel_direction_easy": 8,
    "object_rel_direction_medium": 8,
    "object_rel_direction_hard": 8,
    "obj_appearance_order": 4,
}
"""Questions about each of the four walks that are trained on; a house is held out."""


@pytest.fixture(scope="session")
def torch_is_installed() -> None:
    """Skips where the extra `train` is not installed."""
    needed = ("peft", "torch", "torchvision", "transformers", "trl")
    if missing := [name for name in needed if importlib.util.find_spec(name) is None]:
        # Where nobody reads the reasons of skipped tests, a test that cannot run has failed.
        end = pytest.fail if "CI" in os.environ else pytest.skip
        end(f"{', '.join(missing)} not installed: pip install -c constraints.txt -e '.[train]'")


@pytest.fixture(autouse=True)
def datasets_cache(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`datasets` keeps what it prepares in a folder of this run."""
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", shared / "datasets")


@pytest.fixture(scope="session")
def sft(torch_is_installed: None) -> ModuleType:
    """`recipes/sft.py`, imported."""
    importlib.import_module("tests.recipes.startup.sitecustomize")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("recipes.sft")


def environment(**others: str) -> dict[str, str]:
    """Variables for a Python that trains: one thread, no Hub but a given one, no progress bars."""
    paths = [str(STARTUP), *(str(ROOT / part) for part in ("", "generation", "hub"))]
    known = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    settings = {
        "PYTHONPATH": os.pathsep.join(paths),
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    return {**known, **settings, **others}


def run(arguments: Sequence[object], env: Mapping[str, str], cwd: Path = ROOT) -> str:
    """What a command prints. Raises AssertionError with all it said when its exit code is not 0."""
    done = subprocess.run(
        [*map(str, arguments)], env=env, cwd=cwd, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert done.returncode == 0, f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def losses(checkpoint: Path) -> dict[int, float]:
    """Step to loss, as a checkpoint has it."""
    history = json.loads((checkpoint / "trainer_state.json").read_text())["log_history"]
    return {entry["step"]: entry["loss"] for entry in history if "loss" in entry}


def once(folder: Path, make: Any) -> Path:
    """Make a folder once, whatever number of xdist workers ask."""
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            make(folder)
    return folder


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all xdist workers share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def tiny_models(shared: Path, torch_is_installed: None) -> Path:
    """A folder with a model and a processor for each of `tests.recipes.tiny_models.TINY_MODELS`. Read only."""
    make = "tests.recipes.tiny_models"
    return once(shared / "tiny_models", lambda folder: run([sys.executable, "-m", make, folder], environment()))


@pytest.fixture(scope="session")
def questions_release(shared: Path) -> Path:
    """A release called `simsv` with the questions of `PER_WALK`. Read only."""
    return once(shared / "recipes", _build) / "simsv"


def _build(folder: Path) -> None:
    walks = [make_walk("train", house, walk=walk) for house in (0, 1) for walk in (0, 1)]
    walks.append(make_walk("validation"))
    store = write_run(folder / "run", walks, {})
    for walk in walks:
        write_questions(store, walk.episode_id, [answered(row) for row in make_rows(walk, PER_WALK)])
    build(store, folder / "simsv", Choice(as_asked=True))


def answered(row: dict[str, Any]) -> dict[str, Any]:
    """The row with a question of its own in its walk, and an answer and frames that depend on it."""
    number = int(row["id"].rpartition("-")[2], 16)
    row = {**row, "question": f"{row['question_type']}: {row['question']}", "min_frames": (8, 32)[number % 2]}
    if row["options"] is None:
        return {**row, "answer": f"{number}.5", "value": number + 0.5}
    answer = row["options"][number % 2]
    return {**row, "answer": answer, "answer_letter": "AB"[number % 2]}


@pytest.fixture(scope="session")
def published(questions_release: Path) -> Iterator[LoopbackHub]:
    """A Hub that has the release as `REPO`, tag v1."""
    with LoopbackHub() as hub:
        command = [sys.executable, "-m", "simsv_dataset.cli", "publish", questions_release, "--repo-id", REPO]
        run([*command, "--tag", "v1"], environment(**hub.environment))
        hub.requests.clear()
        yield hub
