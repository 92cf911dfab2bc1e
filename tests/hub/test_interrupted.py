"""A publisher that is killed, wherever that may be, leaves nothing half done, and the next one ends the work."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simsv_dataset.exits import ExitCode
from tests.hub.killing import start_publishing
from tests.hub.server import Fault, LoopbackHub, Request
from tests.hub.test_publish import REPO, is_published_once, num_files, published_paths

STEPS = (
    ("POST /api/repos/create", 1, Fault.UNANSWERED),
    ("GET .*/discussions", 1, Fault.UNHEARD),
    ("POST .*/discussions", 1, Fault.UNANSWERED),
    ("PUT /upload/.*", 1, Fault.UNHEARD),
    ("PUT /upload/.*", 12, Fault.UNANSWERED),
    ("POST .*/commit/refs%2Fpr%2F1", 1, Fault.UNHEARD),
    ("POST .*/commit/refs%2Fpr%2F1", 1, Fault.UNANSWERED),
    ("GET .*/tree/refs%2Fpr%2F1", 3, Fault.UNHEARD),
    ("POST .*/discussions/1/status", 1, Fault.UNANSWERED),
    ("POST .*/discussions/1/merge", 1, Fault.UNHEARD),
    ("POST .*/discussions/1/merge", 1, Fault.UNANSWERED),
    ("POST .*/tag/.*", 1, Fault.UNHEARD),
    ("POST .*/tag/.*", 1, Fault.UNANSWERED),
)
"""Requests at which to kill: a pattern, the how-manieth of its kind, and before or after it is done."""


def assert_main_is_nothing_or_all(hub: LoopbackHub, release: Path) -> None:
    trees = [set(commit.tree) for commit in hub.repositories[REPO].history()] if REPO in hub.repositories else []
    assert trees in ([], [{".gitattributes"}], [published_paths(release), {".gitattributes"}])


@pytest.mark.slow
def test_killed_at_every_step_in_turn(small_release: Path, hub: LoopbackHub, tmp_path: Path) -> None:
    """Every run goes on where the last was killed, before or after the Hub did what it was asked for."""
    for pattern, number, fault in STEPS:
        countdown, pids = [number], []

        def strike(request: Request, pattern=pattern, countdown=countdown, pids=pids, fault=fault) -> Fault | None:
            countdown[0] -= bool(re.fullmatch(pattern, f"{request.method} {request.path}"))
            if countdown[0]:
                return None
            os.kill(pids[0], signal.SIGKILL)
            return fault

        with hub.lock:  # so that no request is answered before we know whose it is
            process = start_publishing(small_release, REPO, hub.url, hub.token, tmp_path)
            pids.append(process.pid)
            hub.fault = strike
        process.join()
        assert process.exitcode == -signal.SIGKILL, pattern
        assert_main_is_nothing_or_all(hub, small_release)
    hub.fault = lambda request: None
    last = start_publishing(small_release, REPO, hub.url, hub.token, tmp_path)
    last.join()
    assert last.exitcode == 0
    assert is_published_once(hub, small_release)


def command(release: Path, hub: LoopbackHub, home: Path, **environment: str) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-m", "simsv_dataset.cli", "publish", str(release), "--repo-id", REPO, "--tag", "v1"]
    variables = {**os.environ, **hub.environment, "HF_HOME": str(home), "TMPDIR": str(home), **environment}
    return subprocess.Popen(arguments, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_command_killed_and_run_again(small_release: Path, hub: LoopbackHub, tmp_path: Path) -> None:
    def strike(request: Request) -> Fault | None:
        if "/commit/" not in request.path:
            return None
        first.kill()
        return Fault.UNHEARD

    hub.fault = strike
    first = command(small_release, hub, tmp_path)
    first.communicate()
    assert first.returncode == -signal.SIGKILL
    assert_main_is_nothing_or_all(hub, small_release)
    hub.fault = lambda request: None
    second = command(small_release, hub, tmp_path)
    output, log = second.communicate()
    assert second.returncode == 0, log
    assert output == f"{REPO}@v1 is published: {num_files(small_release)} files\n"
    assert f"{REPO}@v1: {num_files(small_release)} files, " in log
    assert hub.token not in output + log
    assert is_published_once(hub, small_release)


def test_the_command_without_a_token(small_release: Path, hub: LoopbackHub, tmp_path: Path) -> None:
    process = command(small_release, hub, tmp_path, HF_TOKEN="")
    output, log = process.communicate()
    assert process.returncode == ExitCode.USAGE
    assert (output, log) == (
        "",
        "simsv publish: no token of the Hub is here: set HF_TOKEN, or run `hf auth login` once\n",
    )
