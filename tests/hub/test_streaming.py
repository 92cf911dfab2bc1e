"""What the real clients read of a published release over HTTP: rows, frames, and errors that name what is wrong."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from simsv_dataset.manifest import Manifest, read_manifest
from simsv_hub.publish import publish
from tests.hub.server import Fault, LoopbackHub
from tests.hub.test_publish import REPO, put
from tests.runs import NUM_FRAMES

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")


@pytest.fixture
def manifest(small_release: Path, hub: LoopbackHub, api: HfApi) -> Manifest:
    """Of the release that the Hub has."""
    publish(small_release, REPO, api, tag="v1")
    hub.requests.clear()
    hub.page_size = 1000
    return read_manifest(small_release)


def run_python(code: str, hub: LoopbackHub, home: Path, *, token: bool = False) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter that knows this Hub, by default as a stranger."""
    # `datasets` imports torch for itself, where it is installed.
    variables = {**os.environ, **hub.environment, "HF_HOME": str(home), "USE_TORCH": "0"}
    if not token:
        del variables["HF_TOKEN"]
    return subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=False)


READ_ALL = """
import json, sys, time
sleep = time.sleep
time.sleep = lambda seconds: sleep(min(seconds, 0.005))
from datasets import load_dataset
counts = {}
for config, splits in json.loads(CONFIGS).items():
    for split in splits:
        rows = list(load_dataset("org/simsv", config, split=split, streaming=True))
        assert {row["video"]["path"].split("/videos/")[0] for row in rows} == {"hf://datasets/org/simsv@v1"}
        counts[f"{config} {split}"] = len(rows)
assert not [name for name in sys.modules if name.startswith("simsv") or name == "torch"]
print(json.dumps(counts))
"""


@pytest.mark.parametrize("is_busy", [False, True])
def test_every_config_streams_with_datasets_alone(
    manifest: Manifest, hub: LoopbackHub, tmp_path: Path, is_busy: bool
) -> None:
    hub.fault = lambda request: Fault.REFUSED if is_busy and request.number % 10 == 5 else None
    configs = {config: list(splits) for config, splits in manifest.configs.items()}
    done = run_python(f"CONFIGS = {json.dumps(json.dumps(configs))}\n{READ_ALL}", hub, tmp_path)
    assert done.returncode == 0, done.stderr
    expected = {
        f"{config} {split}": record.num_rows
        for config, splits in manifest.configs.items()
        for split, record in splits.items()
    }
    assert json.loads(done.stdout) == expected
    videos = {record.sha256 for path, record in manifest.files.items() if path.startswith("videos/")}
    assert hub.bytes_sent("|".join(videos)) == 0


PLAY = """
import av, json
from datasets import load_dataset
from huggingface_hub import HfFileSystem
row = next(iter(load_dataset("org/simsv", "3q", split="test", streaming=True)))
with HfFileSystem().open(row["video"]["path"]) as file, av.open(file) as container:
    frames = [frame.to_ndarray(format="rgb24").shape for frame in container.decode(video=0)]
print(json.dumps([len(frames), frames[0], row["video"]["path"]]))
"""


def test_videos_play_by_their_address(manifest: Manifest, hub: LoopbackHub, tmp_path: Path) -> None:
    done = run_python(PLAY, hub, tmp_path)
    assert done.returncode == 0, done.stderr
    path = "videos/test/000/test-test-000000-w0.mp4"
    assert json.loads(done.stdout) == [NUM_FRAMES, [24, 32, 3], f"hf://datasets/{REPO}@v1/{path}"]
    ranges = [request.range for request in hub.requests if re.search(r"/store/.*\.mp4", request.path)]
    assert ranges
    assert all(wanted.startswith("bytes=") for wanted in ranges)


def test_a_private_release_is_for_those_who_may(
    small_release: Path, hub: LoopbackHub, api: HfApi, tmp_path: Path
) -> None:
    publish(small_release, REPO, api, tag="v1", private=True)
    stranger, friend = (run_python(PLAY, hub, tmp_path / str(token), token=token) for token in (False, True))
    assert "DatasetNotFoundError" in stranger.stderr
    assert friend.returncode == 0, friend.stderr


def test_a_config_that_is_not_there_is_answered_with_those_that_are(
    manifest: Manifest, hub: LoopbackHub, tmp_path: Path
) -> None:
    done = run_python(
        'from datasets import load_dataset\nload_dataset("org/simsv", "4q", streaming=True)', hub, tmp_path
    )
    (error,) = re.findall(r"^ValueError: .*4q.*$", done.stderr, re.MULTILINE)
    assert all(config in error for config in manifest.configs)


def test_a_truncated_table_is_an_error_and_no_shorter_table(
    manifest: Manifest, hub: LoopbackHub, tmp_path: Path
) -> None:
    repository = hub.repositories[REPO]
    content = repository.content(repository.head("main").tree["3q/train-00000.parquet"])
    put(hub, "3q/train-00000.parquet", content[:-100])
    load = 'list(load_dataset("org/simsv", "3q", split="train", streaming=True))'
    code = f"from datasets import load_dataset\nprint(len({load}))"
    done = run_python(code, hub, tmp_path)
    assert done.returncode != 0
    assert done.stdout == ""
    assert "Parquet" in done.stderr
