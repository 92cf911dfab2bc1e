"""Videos of published releases, each fetched once per machine.

What comes from the Hub lies in the Hub's own cache; what comes from another web server in `simsv/videos` beside it,
both below `$HF_HOME`. Any number of processes may ask for one video at once: one fetches it, the others wait.
"""

import fcntl
import re
import shutil
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit
from urllib.request import urlopen

_HUB_ADDRESS: Final = re.compile(r"hf://datasets/([^/@]+/[^/@]+)(?:@([^/]+))?/(.+)")
_SECONDS: Final = 60
"""A server that says nothing for so long is given up."""


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
    if not Path(address).exists():
        raise FileNotFoundError(
            f"{address} is not there; after moving a release, run simsv build --relocate on its folder"
        )
    return Path(address)


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


def _from_hub(address: str) -> Path:
    from huggingface_hub import hf_hub_download, try_to_load_from_cache

    repo_id, revision, path = _parts(address)
    cached = try_to_load_from_cache(repo_id, path, repo_type="dataset", revision=revision)
    if isinstance(cached, str):
        return Path(cached)
    return Path(hf_hub_download(repo_id, path, repo_type="dataset", revision=revision))


def _from_web(address: str) -> Path:
    from huggingface_hub import constants

    folder = Path(constants.HF_HOME) / "simsv" / "videos"
    suffix = PurePosixPath(urlsplit(address).path).suffix
    target = folder / f"{sha256(address.encode()).hexdigest()}{suffix}"
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with target.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Whoever held the lock before has most likely fetched it.
        if not target.exists():
            draft = target.with_suffix(".draft")
            _fetch(address, draft)
            draft.replace(target)
    return target


def _fetch(address: str, target: Path) -> None:
    try:
        with urlopen(address, timeout=_SECONDS) as response, target.open("wb") as file:
            shutil.copyfileobj(response, file)
            expected, fetched = response.headers["Content-Length"], file.tell()
    except OSError as error:
        kind = FileNotFoundError if getattr(error, "code", None) in (404, 410) else OSError
        raise kind(f"{address} cannot be fetched: {error}") from error
    if expected is not None and int(expected) != fetched:
        raise OSError(f"{address} cannot be fetched: {fetched} of {expected} bytes came")
