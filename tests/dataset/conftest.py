"""What the tests of reading share: a small release of made-up questions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simsv_generation.build import build
from tests.runs import make_walk, write_run


@pytest.fixture(scope="session")
def small_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release called `simsv` of four walks in three houses, two questions of every type about each. Read only."""
    folder = tmp_path_factory.mktemp("small")
    walks = [make_walk("train", 0), make_walk("train", 0, walk=1), make_walk("validation"), make_walk("test")]
    build(write_run(folder / "run", walks, {}), folder / "simsv")
    return folder / "simsv"


@pytest.fixture
def datasets_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """`datasets` keeps what it prepares in a folder of this test, and asks no Hub."""
    import datasets

    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    datasets.disable_progress_bars()
    yield tmp_path / "cache"
    datasets.enable_progress_bars()
