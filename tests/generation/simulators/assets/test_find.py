import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
from typing import ClassVar

import pytest

from simsv_generation.simulators.embedded.assets import debian, find
from simsv_generation.simulators.embedded.assets.debian import PackagesUnavailable, furniture_archives
from simsv_generation.simulators.embedded.assets.find import NothingFound, find_pack, making, packs_folder, search
from simsv_generation.simulators.embedded.assets.make import make_pack
from simsv_generation.simulators.embedded.assets.pack import NoPack
from tests.generation.simulators.assets.furniture_files import cube_obj, furniture_deb, library


@pytest.fixture(autouse=True)
def own_machine(monkeypatch, tmp_path):
    """An empty cache, no variable, no package source."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SIMSV_ASSETS", raising=False)
    offline(monkeypatch)


def offline(monkeypatch):
    def download():
        raise PackagesUnavailable("no network")

    monkeypatch.setattr(debian, "download_packages", download)


def online(monkeypatch, calls=None):
    def download():
        (calls if calls is not None else []).append(1)
        return [("sweethome3d-furniture.deb", furniture_deb())]

    monkeypatch.setattr(debian, "download_packages", download)


def made(parent, content=None):
    return make_pack(furniture_archives([("Small.sh3f", content or library())]), parent)


def test_without_any_source_there_is_one_warning_that_says_what_to_do(caplog):
    assert find_pack() is None
    (message,) = caplog.messages
    assert "no network" in message
    assert "simsv assets" in message


def test_packages_are_fetched_once_and_kept(monkeypatch):
    calls = []
    online(monkeypatch, calls)
    first, second = search(), search()
    assert first.folder == second.folder
    assert first.folder.parent == packs_folder()
    assert calls == [1]


def test_the_variable_stands_over_the_cache(monkeypatch, tmp_path):
    made(packs_folder())
    other = made(tmp_path / "mine", library(ball__thing_dot_obj=cube_obj((1, 2, 1), "Other")))
    monkeypatch.setenv("SIMSV_ASSETS", str(other.folder))
    assert search().digest == other.digest


@pytest.mark.parametrize("named", ["gone", "."])
def test_a_variable_that_names_no_pack_is_an_error(monkeypatch, tmp_path, named):
    made(packs_folder())
    monkeypatch.setenv("SIMSV_ASSETS", str(tmp_path / named))
    with pytest.raises(NoPack, match=r"\$SIMSV_ASSETS"):
        find_pack()


def test_the_newest_pack_of_the_cache_is_taken(tmp_path):
    old = made(packs_folder())
    new = made(packs_folder(), library(ball__thing_dot_obj=cube_obj((1, 2, 1), "Other")))
    os.utime(old.folder, (1, 1))
    assert search().digest == new.digest
    os.utime(new.folder, (0, 0))
    assert search().digest == old.digest


def test_a_damaged_pack_of_the_cache_is_passed_over_and_named(caplog):
    damaged = made(packs_folder())
    (damaged.folder / "pack.json").write_text("{}")
    with pytest.raises(NothingFound, match=damaged.folder.name):
        search()


def test_packages_that_hold_nothing_are_passed_over(monkeypatch):
    monkeypatch.setattr(debian, "download_packages", lambda: [("a.deb", b"nonsense")])
    with pytest.raises(NothingFound, match=r"Debian packages: a\.deb cannot be read"):
        search()


def test_one_process_at_a_time_makes_a_pack():
    script = (
        "import sys, time\n"
        "from simsv_generation.simulators.embedded.assets.find import making\n"
        "with making():\n"
        "    print('in', flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        other.stdout.readline()
        entered = threading.Event()
        waiting = threading.Thread(target=lambda: _enter(entered))
        waiting.start()
        assert not entered.wait(0.3)
        other.kill()
        assert entered.wait(20)
        waiting.join()


def _enter(entered):
    with making():
        entered.set()


class _Hub(http.server.BaseHTTPRequestHandler):
    """As much of the Hub as `snapshot_download` asks for: the files of one data set, at one commit."""

    commit = "0" * 39 + "1"
    files: ClassVar[dict[str, bytes]] = {}

    def do_HEAD(self):
        self._answer(body=False)

    def do_GET(self):
        self._answer(body=True)

    def _answer(self, body):
        path = self.path.partition("?")[0]
        prefix = f"/datasets/someone/furniture/resolve/{self.commit}/"
        if path.startswith("/api/datasets/someone/furniture/tree/"):
            content = json.dumps([self._entry(name) for name in self.files]).encode()
        elif path.startswith("/api/datasets/someone/furniture"):
            listed = {"id": "someone/furniture", "sha": self.commit, "siblings": [{"rfilename": f} for f in self.files]}
            content = json.dumps(listed).encode()
        elif path.startswith(prefix) and path.removeprefix(prefix) in self.files:
            content = self.files[path.removeprefix(prefix)]
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Repo-Commit", self.commit)
        self.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
        self.end_headers()
        if body:
            self.wfile.write(content)

    def _entry(self, name):
        return {"type": "file", "path": name, "size": len(self.files[name]), "oid": f"{len(name):040x}"}

    def log_message(self, *arguments):
        pass


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A stand-in of the Hub; its files are set by the test."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    from huggingface_hub import snapshot_download as real

    def snapshot_download(repo, **options):
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        return real(repo, endpoint=endpoint, cache_dir=tmp_path / "hub", **options)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    yield _Hub
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_pack_comes_from_a_data_set_on_the_hub(hub, tmp_path, monkeypatch):
    pack = made(tmp_path / "uploaded")
    files = {p.relative_to(pack.folder).as_posix(): p.read_bytes() for p in pack.folder.rglob("*") if p.is_file()}
    monkeypatch.setattr(hub, "files", files)
    found = search("someone/furniture")
    assert found.digest == pack.digest
    assert found.model("Basketball_1", "BasketBall", (0.4, 0.2, 0.1)) is not None


@pytest.mark.parametrize("repo", ["someone/else", "not a name", "someone/furniture"])
def test_a_data_set_that_cannot_be_had_is_a_reason(hub, repo):
    with pytest.raises(NothingFound, match=f"{repo} on the Hub"):
        search(repo)


def test_the_hub_is_asked_last(monkeypatch):
    online(monkeypatch)
    monkeypatch.setattr(find, "_from_hub", lambda *arguments: pytest.fail("asked"))
    assert search("someone/furniture").digest
