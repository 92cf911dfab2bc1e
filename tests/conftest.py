"""What the whole run shares: one small release, made once through the real command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

# The machine may be busy, so no deadline; and the same examples everywhere, so that what passes here passes there.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

_SLOW_FIXTURES = {"release", "run_folder", "work_folder"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need the shared release are slow."""
    for item in items:
        if _SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def simsv(*arguments: str | Path, cwd: Path | None = None) -> str:
    """What `simsv ARGUMENTS` prints. Raises AssertionError with all it said when its exit code is not 0."""
    command = [sys.executable, "-m", "simsv_dataset.cli", *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def work_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `run` and `simsv`: a run of `tiny.yaml` and its release. Read only: it is shared by all tests.

    With pytest-xdist the first worker to ask makes it and the others wait; if that fails, it fails for all at once.
    """
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder = base / "shared"
    with FileLock(base / "shared.lock"):
        if not folder.exists():
            folder.mkdir()
            simsv("generate", "--config", "tiny", "--run", folder / "run", "--workers", "2")
            simsv("ask", "--run", folder / "run")
            simsv("build", "--run", folder / "run", "--out", folder / "simsv")
            (folder / "complete").touch()
    if not (folder / "complete").exists():
        pytest.fail("the shared release could not be made; the first test that needed it says why")
    return folder


@pytest.fixture(scope="session")
def run_folder(work_folder: Path) -> Path:
    """A run of `tiny.yaml` with its questions. Read only."""
    return work_folder / "run"


@pytest.fixture(scope="session")
def release(work_folder: Path) -> Path:
    """The release of `run_folder`. Read only; its folder is called `simsv`."""
    return work_folder / "simsv"
