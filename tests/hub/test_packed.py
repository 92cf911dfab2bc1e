"""A release with packed videos on the Hub: of each video its own bytes are fetched, and only once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from simsv_dataset.manifest import read_manifest
from simsv_dataset.packing import video_paths
from simsv_generation.build import Choice, build
from simsv_generation.store import RunStore
from simsv_hub.publish import publish
from tests.hub.server import LoopbackHub
from tests.hub.test_publish import REPO

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")

READ = """
import hashlib, json, simsv_dataset
told = {}
for split in ("train", "validation", "test"):
    for row in simsv_dataset.load("org/simsv", "3q", split, frames=2, streaming=True):
        told[row["video"]["path"]] = hashlib.sha256(row["frames"].tobytes()).hexdigest()
print(json.dumps(told))
"""


def test_members_are_read_alone_and_once(small_release: Path, tmp_path: Path, hub: LoopbackHub, api: HfApi) -> None:
    hub.page_size = 1000
    packed = tmp_path / "simsv"
    build(RunStore.open(small_release.parent / "run"), packed, Choice(is_packed=True))
    publish(packed, REPO, api, tag="v1")
    hub.requests.clear()
    environment = {**os.environ, **hub.environment, "HF_HOME": str(tmp_path / "home")}
    frames = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", READ], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        frames.append(json.loads(done.stdout))
    assert frames[0] == frames[1]
    assert len(frames[0]) == 4
    manifest = read_manifest(packed)
    tars = {record.sha256: record.num_bytes for path, record in manifest.files.items() if path.endswith(".tar")}
    reads = [request for request in hub.requests if any(digest in request.path for digest in tars)]
    ranged = [request for request in reads if request.method == "GET" and request.num_bytes]
    # Videos of equal content, as these are, are kept and fetched as one.
    members = [member for index in packed.glob("videos/*/*.json") for member in json.loads(index.read_bytes()).values()]
    sizes = {member["sha256"]: member["num_bytes"] for member in members}
    assert sorted(request.num_bytes for request in ranged) == sorted(sizes.values())
    assert all(request.range for request in ranged)


TWICE = """
import sys
from simsv_dataset.downloads import local_video
for _ in range(2):
    local_video(sys.argv[1])
"""


def test_what_was_fetched_is_not_asked_for_again(
    small_release: Path, tmp_path: Path, hub: LoopbackHub, api: HfApi
) -> None:
    packed = tmp_path / "simsv"
    build(RunStore.open(small_release.parent / "run"), packed, Choice(is_packed=True))
    publish(packed, REPO, api, tag="v1")
    (path, *_) = video_paths(packed, read_manifest(packed).files).values()
    environment = {**os.environ, **hub.environment, "HF_HOME": str(tmp_path / "home")}
    asked = []
    for _ in range(2):
        hub.requests.clear()
        address = f"hf://datasets/{REPO}@v1/{path}"
        subprocess.run([sys.executable, "-c", TWICE, address], env=environment, check=True)
        asked.append([request.method for request in hub.requests if "/videos/" in request.path])
    assert asked[0].count("GET") > 0
    assert asked[1] == []
