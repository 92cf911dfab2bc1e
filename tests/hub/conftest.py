"""What the tests of the Hub share: a small release, and a Hub over loopback that real clients speak to."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi
from huggingface_hub.utils.tqdm import disable_progress_bars, enable_progress_bars

from simsv_generation.build import build
from tests.hub.server import LoopbackHub
from tests.runs import make_walk, write_run

TYPES = ("object_abs_distance", "object_rel_direction_easy", "obj_appearance_order")
_sleep = time.sleep


@pytest.fixture(scope="session")
def small_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release called `simsv` of four walks in three houses, two questions of three types about each. Read only."""
    folder = tmp_path_factory.mktemp("hub")
    walks = [make_walk("train", 0), make_walk("train", 0, walk=1), make_walk("validation"), make_walk("test")]
    questions = {walk.episode_id: dict.fromkeys(TYPES, 2) for walk in walks}
    build(write_run(folder / "run", walks, questions), folder / "simsv")
    return folder / "simsv"


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    """An empty Hub that lists seven things a page."""
    with LoopbackHub(page_size=7, part_bytes=8000) as hub:
        yield hub


@pytest.fixture
def api(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[HfApi]:
    """The real client of `hub`. Who waits for it does not wait long; no token is in the environment."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("time.sleep", lambda seconds: _sleep(min(seconds, 0.005)))
    disable_progress_bars()
    yield HfApi(endpoint=hub.url, token=hub.token)
    enable_progress_bars()
