import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simsv_dataset.downloads import local_video, web_address
from simsv_dataset.video import read_frames, sample_frames
from tests.loopback import serving
from tests.runs import NUM_FRAMES, write_video

ON_THE_HUB = "/datasets/org/simsv/resolve/v1/videos/train/000/gr%C3%B6%C3%9Fe.mp4"
HUB_ADDRESS = "hf://datasets/org/simsv@v1/videos/train/000/größe.mp4"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("huggingface_hub.constants.HF_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return tmp_path / "home"


def in_processes(code: str, number: int, home: Path, endpoint: str) -> list[str]:
    """What so many interpreters print that run the same code at once."""
    environment = {**os.environ, "HF_HOME": str(home), "HF_ENDPOINT": endpoint, "HF_HUB_DISABLE_XET": "1"}
    environment.pop("HF_HUB_OFFLINE", None)
    running = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=-1, stderr=-1, text=True)
        for _ in range(number)
    ]
    ended = [(*process.communicate(), process.returncode) for process in running]
    assert all(code == 0 for *_, code in ended), ended
    return [out.strip() for out, *_ in ended]


def test_a_path_is_itself(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    assert local_video(str(tmp_path / "a.mp4")) == tmp_path / "a.mp4"


def test_a_path_that_is_not_there_is_named_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"b\.mp4 is not there.*--relocate"):
        local_video(str(tmp_path / "b.mp4"))


def test_frames_of_the_web_are_those_of_the_file_and_it_is_fetched_once(tmp_path: Path, home: Path) -> None:
    write_video(tmp_path / "a.mp4")
    with serving({"/a.mp4": (tmp_path / "a.mp4").read_bytes()}) as site:
        for _ in range(3):
            path = local_video(f"{site.address}/a.mp4")
            assert np.array_equal(sample_frames(path, 4), read_frames(tmp_path / "a.mp4", [0, 4, 7, NUM_FRAMES - 1]))
        assert site.requests == {"GET /a.mp4": 1}
    assert path.is_relative_to(home)
    # And without the server.
    assert local_video(f"{site.address}/a.mp4") == path


def test_several_processes_at_once_fetch_once(tmp_path: Path) -> None:
    with serving({"/a.mp4": b"x" * 3_000_000}) as site:
        code = f"from simsv_dataset.downloads import local_video; print(local_video({site.address + '/a.mp4'!r}))"
        paths = in_processes(code, 4, tmp_path, site.address)
        assert site.requests == {"GET /a.mp4": 1}
    assert len(set(paths)) == 1
    assert Path(paths[0]).read_bytes() == b"x" * 3_000_000


def test_several_processes_at_once_fetch_once_from_the_hub(tmp_path: Path) -> None:
    code = f"from simsv_dataset.downloads import local_video; print(local_video({HUB_ADDRESS!r}))"
    with serving({ON_THE_HUB: b"x" * 3_000_000}) as site:
        paths = in_processes(code, 3, tmp_path, site.address)
        assert site.requests[f"GET {ON_THE_HUB}"] == 1
        asked = sum(site.requests.values())
        # What is here is not asked for again, and needs no network.
        assert in_processes(code, 1, tmp_path, site.address) == paths[:1]
        assert sum(site.requests.values()) == asked
    assert in_processes(code, 1, tmp_path, "http://127.0.0.1:1") == paths[:1]
    assert len(set(paths)) == 1
    assert Path(paths[0]).read_bytes() == b"x" * 3_000_000


def test_addresses_that_differ_in_anything_are_different_videos(home: Path) -> None:
    with serving({"/a.mp4": b"a", "/b.mp4": b"b", "/a.mp4?v=2": b"c"}) as site:
        contents = [local_video(f"{site.address}{path}").read_bytes() for path in ("/a.mp4", "/b.mp4", "/a.mp4?v=2")]
    assert contents == [b"a", b"b", b"c"]


def test_a_download_that_breaks_off_leaves_nothing_and_is_repeated(home: Path) -> None:
    with serving({"/a.mp4": b"x" * 100_000}, cut=10) as site, pytest.raises(OSError, match=r"a\.mp4 cannot be fetched"):
        local_video(f"{site.address}/a.mp4")
    assert not list(home.rglob("*.mp4"))
    files = {"/a.mp4": b"y" * 100_000}
    with serving(files) as site:
        assert local_video(f"{site.address}/a.mp4").read_bytes() == files["/a.mp4"]


@pytest.mark.parametrize("times", [1, 4])
def test_a_busy_server_is_asked_again(home: Path, times: int) -> None:
    with serving({"/a.mp4": b"x"}, busy=times) as site:
        assert local_video(f"{site.address}/a.mp4").read_bytes() == b"x"
        assert site.requests == {"GET /a.mp4": times + 1}


def test_a_server_that_stays_busy_is_given_up(home: Path) -> None:
    with serving({"/a.mp4": b"x"}, busy=9) as site, pytest.raises(OSError, match=r"a\.mp4 cannot be fetched.*503"):
        local_video(f"{site.address}/a.mp4")
    assert site.requests == {"GET /a.mp4": 5}


def test_what_the_web_does_not_have_is_named(home: Path) -> None:
    with serving({}) as site, pytest.raises(FileNotFoundError, match=r"/a\.mp4 cannot be fetched.*404"):
        local_video(f"{site.address}/a.mp4")
    with pytest.raises(OSError, match=r"http://127\.0\.0\.1:1/a\.mp4 cannot be fetched"):
        local_video("http://127.0.0.1:1/a.mp4")


@pytest.mark.parametrize(
    "address",
    [
        "hf://datasets/org/simsv@v1",
        "hf://datasets/simsv/videos",
        "hf://models/org/simsv@v1/a.mp4",
        "hf://datasets/org/simsv@v1/../../a.mp4",
    ],
)
def test_addresses_that_are_none_of_the_hub_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="hf://datasets/ORG/NAME@REVISION/PATH"):
        local_video(address)


def test_web_addresses() -> None:
    assert web_address("/r/a.mp4") == "/r/a.mp4"
    assert web_address("http://host/a.mp4") == "http://host/a.mp4"
    assert web_address(HUB_ADDRESS) == f"https://huggingface.co{ON_THE_HUB}"
    assert (
        web_address("hf://datasets/org/simsv@refs%2Fpr%2F1/a.mp4")
        == "https://huggingface.co/datasets/org/simsv/resolve/refs%2Fpr%2F1/a.mp4"
    )
