"""A release plays with torchcodec, in a virtual environment that has `datasets`, torch and torchcodec and none of ours.

The environment lies inside the one that runs the tests and is made once: torch is large, with CUDA several gigabytes.
"""

import ctypes.util
import os
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pytest

from simsv_dataset.loader import load

pytestmark = pytest.mark.slow

# torchcodec 0.13 is the newest that runs with a torch without CUDA.
REQUIREMENTS = ("datasets", "torch==2.13.0", "torchcodec==0.13.0")
CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
PLAY = """
import numpy
from datasets import Video, load_dataset
rows = load_dataset("simsv", "3q", split="train").cast_column("video", Video())
decoder = rows[0]["video"]
frames = [decoder[index].permute(1, 2, 0).numpy() for index in (0, len(decoder) - 1)]
numpy.save("played.npy", numpy.stack(frames))
"""


@pytest.fixture(scope="module")
def python() -> Path:
    """The interpreter of the environment."""
    if ctypes.util.find_library("avcodec") is None:
        # Where nobody reads the reasons of skipped tests, a test that cannot run has failed.
        end = pytest.fail if "CI" in os.environ else pytest.skip
        end("torchcodec needs the libraries of FFmpeg: apt-get install ffmpeg")
    folder = Path(sys.prefix) / "torchcodec"
    python, complete = folder / "bin/python", folder / "complete"
    if not complete.exists() or complete.read_text() != "\n".join(REQUIREMENTS):
        venv.create(folder, clear=True, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", str(CONSTRAINTS)]
        done = subprocess.run([*pip, *REQUIREMENTS], capture_output=True, text=True, check=False, timeout=1200)
        assert done.returncode == 0, done.stderr
        complete.write_text("\n".join(REQUIREMENTS))
    return python


@pytest.mark.usefixtures("datasets_cache")
def test_video_column_plays(python: Path, small_release: Path, tmp_path: Path) -> None:
    environment = os.environ | {"HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1"}
    (tmp_path / "simsv").symlink_to(small_release)
    done = subprocess.run(
        [python, "-c", PLAY], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    decoded = load(small_release, "3q", frames=2)[0]["frames"]
    # Both convert from YUV with FFmpeg's libswscale.
    assert np.array_equal(np.load(tmp_path / "played.npy"), decoded)
