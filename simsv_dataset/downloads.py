"""Videos of published releases, each fetched once per machine.

What comes from the Hub lies in the Hub's own cache; what comes from another web server, or out of a tar file, in
`simsv/videos` beside it, both below `$HF_HOME`. Any number of processes may ask for one video at once: one fetches it,
the others wait.
"""

import fcntl
import re
import shutil
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final, TypeVar
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import urlopen

from simsv_dataset.packing import Member, find_member, pack_of

_HUB_ADDRESS: Final = re.compile(r"hf://datasets/([^/@]+/[^/@]+)(?:@([^/]+))?/(.+)")
_SECONDS: Final = 60
"""A server that says nothing for so long is given up."""
_WAITS: Final = (1.0, 2.0, 4.0, 8.0)
"""Seconds between tries."""
_BUSY: Final = frozenset({408, 429, 500, 502, 503, 504})

Result = TypeVar("Result")


def local_video(address: str) -> Path:
    """The file of a video: the column `video.path` of a row, fetched if it is not yet on this machine.

    An address is taken to mean the same bytes for ever, as the tags of published releases do: what was fetched once is
    never asked for again, and nothing is asked of the network for it.

    Args:
        address: a path, an `hf://datasets/ORG/NAME@REVISION/...` address, or an http(s) one.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: the video cannot be fetched, or the disk refuses; what the Hub answers is a
            `huggingface_hub.errors.HfHubHTTPError`, which is one as well.
        ValueError: it is no address of the Hub.
    """
    if address.startswith("hf://"):
        return _from_hub(address)
    if address.startswith(("http://", "https://")):
        return _from_web(address)
    return Path(address) if Path(address).exists() else _from_tar(address)


def web_address(address: str) -> str:
    """The http(s) address of a file of the Hub, for readers that know no `hf://`; other addresses and paths as is."""
    from huggingface_hub import hf_hub_url

    if not address.startswith("hf://"):
        return address
    repo_id, revision, path = _parts(address)
    return hf_hub_url(repo_id, path, repo_type="dataset", revision=revision)


def _parts(address: str) -> tuple[str, str, str]:
    match = _HUB_ADDRESS.fullmatch(address)
    if not match or ".." in match[3].split("/"):
        raise ValueError(f"{address!r} is no hf://datasets/ORG/NAME@REVISION/PATH")
    return match[1], unquote(match[2] or "main"), match[3]


def hub_file(repo_id: str, path: str, revision: str | None) -> Path:
    """A file of a dataset on the Hub, as its client keeps it; tried again for some seconds while the Hub is busy.

    Raises:
        OSError: it cannot be fetched, a `huggingface_hub.errors.HfHubHTTPError` where the Hub says why.
    """
    from huggingface_hub import hf_hub_download

    return _patiently(
        lambda: Path(hf_hub_download(repo_id, path, repo_type="dataset", revision=revision)), _may_pass_on_hub
    )


def _from_hub(address: str) -> Path:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import EntryNotFoundError

    repo_id, revision, path = _parts(address)
    tar, index, name = pack_of(path)

    def kept(path: str) -> Path | None:
        there = try_to_load_from_cache(repo_id, path, repo_type="dataset", revision=revision)
        return Path(there) if isinstance(there, str) else None

    if video := kept(path):
        return video
    found = kept(index)
    if found is None:
        try:
            return hub_file(repo_id, path, revision)
        except EntryNotFoundError as error:
            try:
                found = hub_file(repo_id, index, revision)
            except EntryNotFoundError:
                raise error from None
    member = find_member(found, name)
    return _kept(_place(member.sha256, path), lambda draft: _from_hub_tar(f"{repo_id}@{revision}/{tar}", member, draft))


def _from_hub_tar(tar: str, member: Member, draft: Path) -> None:
    """Write one member of a tar file of the Hub, by one ranged read."""
    from huggingface_hub import HfFileSystem

    def fetch() -> bytes:
        with HfFileSystem().open(f"datasets/{tar}", "rb", cache_type="none") as file:
            file.seek(member.offset)
            return bytes(file.read(member.num_bytes))

    draft.write_bytes(member.check(_patiently(fetch, _may_pass_on_hub), f"hf://datasets/{tar}"))


def _from_tar(path: str) -> Path:
    """A video of a local release whose videos are packed."""
    tar, index, name = pack_of(path)
    if not Path(index).exists():
        raise FileNotFoundError(
            f"{path} is not there; after moving a release, run simsv build --relocate on its folder"
        )
    member = find_member(Path(index), name)

    def copy(draft: Path) -> None:
        with Path(tar).open("rb") as file:
            file.seek(member.offset)
            draft.write_bytes(member.check(file.read(member.num_bytes), path))

    return _kept(_place(member.sha256, path), copy)


def _place(digest: str, address: str) -> Path:
    """Where a video is kept that the Hub's client does not keep."""
    from huggingface_hub import constants

    suffix = PurePosixPath(urlsplit(address).path).suffix
    return Path(constants.HF_HOME) / "simsv" / "videos" / f"{digest}{suffix}"


def _kept(target: Path, make: Callable[[Path], None]) -> Path:
    """A file, made by the first of all processes that ask for it: `make` writes it as a draft."""
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Whoever held the lock before has most likely made it.
        if not target.exists():
            draft = target.with_suffix(".draft")
            make(draft)
            draft.replace(target)
    return target


def _may_pass_on_hub(error: Exception) -> bool:
    from huggingface_hub import constants
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    if isinstance(error, HfHubHTTPError):
        return error.response.status_code in _BUSY
    # The first is how the client says that it did not reach the Hub, the second what its HTTP library raises.
    unreached = (LocalEntryNotFoundError, HfHubHTTPError.__bases__[0])
    return isinstance(error, unreached) and not constants.HF_HUB_OFFLINE


def _from_web(address: str) -> Path:
    def fetch(draft: Path) -> None:
        try:
            _patiently(lambda: _fetch(address, draft), _may_pass_on_web)
        except OSError as error:
            kind = FileNotFoundError if isinstance(error, HTTPError) and error.code in (404, 410) else OSError
            raise kind(f"{address} cannot be fetched: {error}") from error

    return _kept(_place(sha256(address.encode()).hexdigest(), address), fetch)


def _fetch(address: str, target: Path) -> None:
    with urlopen(address, timeout=_SECONDS) as response, target.open("wb") as file:
        shutil.copyfileobj(response, file)
        expected, fetched = response.headers["Content-Length"], file.tell()
    if expected is not None and int(expected) != fetched:
        raise OSError(f"{fetched} of {expected} bytes came")


def _may_pass_on_web(error: Exception) -> bool:
    if isinstance(error, HTTPError):
        return error.code in _BUSY
    return isinstance(error, OSError)


def _patiently(call: Callable[[], Result], may_pass: Callable[[Exception], bool]) -> Result:
    for wait in _WAITS:
        try:
            return call()
        except Exception as error:
            if not may_pass(error):
                raise
        time.sleep(wait)
    return call()
