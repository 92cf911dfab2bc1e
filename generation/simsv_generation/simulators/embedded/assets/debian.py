"""Debian packages as a source of furniture: fetching them, and what of Sweet Home 3D lies in them."""

import io
import lzma
import os
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

PACKAGES: Final = ("sweethome3d", "sweethome3d-furniture")
_ARCHIVES: Final = (".sh3f", ".jar")
_PATIENCE: Final = 600
"""Seconds for a download of 140 MB."""


class PackagesUnavailable(Exception):
    """The packages cannot be had; the message says why."""


class UnreadableArchive(Exception):
    """A file holds no furniture, or is damaged; the message names it."""


def download_packages() -> list[tuple[str, bytes]]:
    """Name and content of the newest `PACKAGES` that this machine's package sources have. Nothing is installed.

    Raises:
        PackagesUnavailable: there is no apt-get, no network, or no such package.
    """
    with tempfile.TemporaryDirectory(prefix="simsv-assets-") as folder:
        # Without this, apt-get warns that its own user may not write here.
        command = ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=", *PACKAGES]
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=_PATIENCE,
                env={**os.environ, "LC_ALL": "C"},
            )  # fmt: skip
        except FileNotFoundError as error:
            raise PackagesUnavailable("there is no apt-get on this machine") from error
        except subprocess.TimeoutExpired as error:
            raise PackagesUnavailable(f"apt-get download took longer than {_PATIENCE} s") from error
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            raise PackagesUnavailable(f"apt-get download failed: {reason}")
        return [(path.name, path.read_bytes()) for path in sorted(Path(folder).glob("*.deb"))]


def furniture_archives(files: Sequence[tuple[str, bytes]]) -> dict[str, zipfile.ZipFile]:
    """The furniture libraries (`.sh3f`) and programs (`.jar`) among files and inside Debian packages, by base name.

    Args:
        files: name and content each: `.deb`, `.sh3f` or `.jar`.

    Raises:
        UnreadableArchive: a file is none of these, is damaged, or holds no furniture.
    """
    archives: dict[str, zipfile.ZipFile] = {}
    for name, content in files:
        try:
            inside = list(_inside(name, content))
            archives |= {Path(member).name: zipfile.ZipFile(io.BytesIO(data)) for member, data in inside}
        except (zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, EOFError, ValueError) as error:
            raise UnreadableArchive(f"{name} cannot be read: {error}") from error
        if not inside:
            raise UnreadableArchive(f"{name} holds no furniture of Sweet Home 3D ({' or '.join(_ARCHIVES)})")
    return dict(sorted(archives.items()))


def _inside(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if name.endswith(_ARCHIVES):
        yield name, content
        return
    with tarfile.open(fileobj=io.BytesIO(_data_archive(content)), mode="r:*") as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(_ARCHIVES) and (file := archive.extractfile(member)):
                yield member.name, file.read()


def _data_archive(package: bytes) -> bytes:
    """The tar of a Debian package's files: a package is an ar archive with members of 60 bytes of header each (deb(5)).

    Raises:
        ValueError: this is no Debian package.
    """
    if not package.startswith(b"!<arch>\n"):
        raise ValueError("it is no Debian package")
    at = 8
    while at + 60 <= len(package):
        name, length = package[at : at + 16].strip(b" /"), int(package[at + 48 : at + 58])
        if name.startswith(b"data.tar"):
            return package[at + 60 : at + 60 + length]
        at += 60 + length + length % 2
    raise ValueError("it has no data.tar")
