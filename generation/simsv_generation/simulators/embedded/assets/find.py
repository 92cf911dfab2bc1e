"""Where models come from: the first of several places that has a pack."""

import fcntl
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from simsv_generation.simulators.embedded.assets.pack import FORMAT, AssetPack, NoPack
from simsv_generation.simulators.embedded.caches import cache_folder

_LOG = logging.getLogger("simsv")
_VARIABLE = "SIMSV_ASSETS"


class NothingFound(Exception):
    """No place has a pack; the message says why not, place by place, and what to do."""


def find_pack(repo: str = "") -> AssetPack | None:
    """The pack to draw furniture with, or None, with one warning that says what to do; see `search`.

    Raises:
        NoPack: `$SIMSV_ASSETS` names something else than a pack.
    """
    try:
        return search(repo)
    except NothingFound as error:
        _LOG.warning("furniture is drawn as plain shapes, because no pack of models was found: %s", error)
        return None


def search(repo: str = "") -> AssetPack:
    """The first pack of: `$SIMSV_ASSETS`, the cache, one made of Debian packages now, a data set on the Hub.

    Args:
        repo: the data set's name on the Hub, "organisation/name"; "" leaves the Hub out.

    Raises:
        NoPack: `$SIMSV_ASSETS` names something else than a pack.
        NothingFound: none has one.
    """
    if named := os.environ.get(_VARIABLE):
        try:
            return AssetPack.open(Path(named))
        except NoPack as error:
            raise NoPack(f"${_VARIABLE}: {error}") from error
    reasons: list[str] = []
    pack = _from_cache(reasons) or _from_debian(reasons) or (_from_hub(repo, reasons) if repo else None)
    if pack is None:
        raise NothingFound(
            f"{'; '.join(reasons)}. Make one with: simsv assets, or, with packages fetched elsewhere: "
            "simsv assets --from sweethome3d*.deb"
        )
    return pack


def packs_folder() -> Path:
    """Where packs are kept that were made on this machine; it may not exist yet."""
    return cache_folder() / "assets"


@contextmanager
def making() -> Iterator[None]:
    """One process at a time makes a pack; the others wait. The lock goes with its holder, however it ends."""
    packs_folder().mkdir(parents=True, exist_ok=True)
    handle = os.open(packs_folder() / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _from_cache(reasons: list[str]) -> AssetPack | None:
    for folder in _newest_first(packs_folder()):
        try:
            return AssetPack.open(folder)
        except NoPack as error:
            reasons.append(str(error))
    return None


def _newest_first(parent: Path) -> Sequence[Path]:
    return sorted(parent.glob(f"{FORMAT}-*"), key=lambda folder: (folder.stat().st_mtime, folder.name), reverse=True)


def _from_debian(reasons: list[str]) -> AssetPack | None:
    from simsv_generation.simulators.embedded.assets.debian import (
        PackagesUnavailable,
        UnreadableArchive,
        download_packages,
        furniture_archives,
    )
    from simsv_generation.simulators.embedded.assets.make import make_pack

    try:
        with making():
            if pack := _from_cache([]):
                return pack
            _LOG.info("fetching Debian's packages of furniture, 140 MB, because there is no pack of models yet")
            archives = furniture_archives(download_packages())
            _LOG.info("making a pack of models of them, once, in about a minute")
            return make_pack(archives, packs_folder())
    except (PackagesUnavailable, UnreadableArchive, NoPack, ValueError, OSError) as error:
        reasons.append(f"Debian packages: {error}")
        return None


def _from_hub(repo: str, reasons: list[str]) -> AssetPack | None:
    """A pack that somebody has uploaded as a data set. Proven against a stand-in of the Hub, never against the Hub."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return AssetPack.open(Path(snapshot_download(repo, repo_type="dataset")))
    except (HfHubHTTPError, NoPack, OSError, ValueError) as error:
        reasons.append(f"{repo} on the Hub: {' '.join(str(error).split())[:300]}")
        return None
