"""A publisher in a process of its own, made quickly, to be killed."""

import multiprocessing
import tempfile
import time
import warnings
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.hub.killing", "simsv_hub.publish"])


def start_publishing(release: Path, repo_id: str, url: str, token: str, drafts: Path) -> BaseProcess:
    """Begin to publish under the tag v1; the exit code is 0 when it is done."""
    process = _CONTEXT.Process(target=_publish, args=(release, repo_id, url, token, drafts))
    process.start()
    return process


def _publish(release: Path, repo_id: str, url: str, token: str, drafts: Path) -> None:
    from huggingface_hub import HfApi, constants
    from huggingface_hub.utils.tqdm import disable_progress_bars

    from simsv_hub.publish import publish

    constants.HF_HUB_DISABLE_XET = True
    tempfile.tempdir = str(drafts)
    disable_progress_bars()
    warnings.simplefilter("ignore")
    monkeypatch = pytest.MonkeyPatch()
    sleep = time.sleep
    monkeypatch.setattr("time.sleep", lambda seconds: sleep(min(seconds, 0.005)))
    publish(release, repo_id, HfApi(endpoint=url, token=token), tag="v1")
