"""What `simsv_dataset` reads of a published release: rows, conversations, views, and each video once per machine."""

import json
from collections import Counter
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from simsv_dataset.manifest import Manifest, read_manifest
from simsv_hub.publish import publish
from tests.hub.server import Fault, LoopbackHub
from tests.hub.test_publish import REPO, put
from tests.hub.test_streaming import run_python

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")


@pytest.fixture
def manifest(small_release: Path, hub: LoopbackHub, api: HfApi) -> Manifest:
    """Of the release that the Hub has."""
    publish(small_release, REPO, api, tag="v1")
    hub.requests.clear()
    hub.page_size = 1000
    return read_manifest(small_release)


def told(code: str, hub: LoopbackHub, home: Path) -> object:
    """What a fresh interpreter prints as JSON."""
    done = run_python(f"import json, simsv_dataset\n{code}", hub, home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def fetched(hub: LoopbackHub, manifest: Manifest) -> Counter[str]:
    """How often each video was sent, by its content, of which the client keeps one copy whatever it is called."""
    whole = {path: record for path, record in manifest.files.items() if path.startswith("videos/")}
    return Counter(
        record.sha256
        for request in hub.requests
        for path, record in whole.items()
        if request.path.endswith(path) and request.num_bytes == record.num_bytes
    )


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("revision", [None, "v1"])
def test_rows_of_the_hub(
    manifest: Manifest, hub: LoopbackHub, tmp_path: Path, streaming: bool, revision: str | None
) -> None:
    code = f"""
rows = simsv_dataset.load("org/simsv", "3q", "train", streaming={streaming}, revision={revision!r})
print(json.dumps([row["video"]["path"].rpartition("/videos/")[0] for row in rows]))
"""
    expected = ["hf://datasets/org/simsv@v1"] * manifest.configs["3q"]["train"].num_rows
    assert told(code, hub, tmp_path) == expected
    assert not fetched(hub, manifest)


@pytest.mark.parametrize("is_busy", [False, True])
def test_each_video_is_fetched_once(manifest: Manifest, hub: LoopbackHub, tmp_path: Path, is_busy: bool) -> None:
    hub.fault = lambda request: Fault.REFUSED if is_busy and request.number % 10 == 5 else None
    code = """
import time
sleep = time.sleep
time.sleep = lambda seconds: sleep(min(seconds, 0.005))
shapes = []
for epoch in range(2):
    rows = simsv_dataset.load("org/simsv", "3q", "train", streaming=True, frames=4, answer_style="mc")
    shapes += [row["frames"].shape for row in rows]
print(json.dumps(shapes))
"""
    num_rows = manifest.configs["3q"]["train"].num_rows
    for _ in range(2):
        assert told(code, hub, tmp_path) == [[4, 24, 32, 3]] * (2 * num_rows)
    videos = {record.sha256 for path, record in manifest.files.items() if path.startswith("videos/train/")}
    assert fetched(hub, manifest) == dict.fromkeys(videos, 1)


def test_messages_of_the_hub_name_addresses_that_the_web_has(
    manifest: Manifest, hub: LoopbackHub, tmp_path: Path
) -> None:
    code = """
import urllib.request
(row, *_) = simsv_dataset.load("org/simsv", "3q", "test", answer_style="mc_letter", questions_per_conversation=5)
address = row["messages"][0]["content"][0]["video"]
print(json.dumps([address, len(urllib.request.urlopen(address).read())]))
"""
    (path,) = (path for path in manifest.files if path.startswith("videos/test/"))
    address = f"{hub.url}/datasets/org/simsv/resolve/v1/{path}"
    assert told(code, hub, tmp_path) == [address, manifest.files[path].num_bytes]


def test_a_view_of_the_hub(manifest: Manifest, hub: LoopbackHub, tmp_path: Path) -> None:
    code = """
from simsv_dataset import Simsv
view = Simsv("all", release="org/simsv", num_rows=3, frame_budget=8)
streamed = list(view.as_streaming_dataset("train"))
view.download_and_prepare()
assert list(view.as_dataset("train")) == streamed
whole = list(simsv_dataset.load("org/simsv", "all"))
print(json.dumps([len(streamed), streamed == whole[:3]]))
"""
    assert told(code, hub, tmp_path) == [3, True]
    assert not fetched(hub, manifest)


def test_what_the_hub_does_not_have_is_named(manifest: Manifest, hub: LoopbackHub, tmp_path: Path) -> None:
    for arguments, error in (
        ('"org/simsv", "4q"', "ValueError: org/simsv has no config '4q'; it has all, 3q"),
        ('"org/simsv", split="dev"', "ValueError: config '3q' of org/simsv has no split 'dev'"),
        ('"org/other"', "RepositoryNotFoundError"),
        ('"org/simsv", revision="v9"', "RevisionNotFoundError"),
    ):
        done = run_python(f"import simsv_dataset\nsimsv_dataset.load({arguments})", hub, tmp_path)
        assert error in done.stderr


def test_an_older_release_of_the_hub_is_named_with_its_version(
    manifest: Manifest, hub: LoopbackHub, tmp_path: Path
) -> None:
    repository = hub.repositories[REPO]
    content = json.loads(repository.content(repository.head("main").tree["manifest.json"]))
    put(hub, "manifest.json", json.dumps({**content, "schema_version": 1}).encode())
    done = run_python('import simsv_dataset\nsimsv_dataset.load("org/simsv")', hub, tmp_path)
    assert "schema_version is 1, this software reads" in done.stderr
