"""A folder of files made by others: what is in it, and how its files are read without trusting them."""

import hashlib
import io
import json
import os
import posixpath
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from gzip import GzipFile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from simsv_generation.simulators.embedded.model import DamagedModel
from simsv_generation.simulators.embedded.patterns import TEXELS

_LARGEST_FILE = 2**28
"""Bytes after decompression; the largest models that objathor makes take a tenth of it."""
_LARGEST_IMAGE = 2**26
"""Pixels before it is made smaller."""
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TGA")
"""Others that Pillow reads are not plain data: it hands PostScript to a program that runs it."""
_DEEPEST = 8
"""Folders within folders, so that a link to its own parent ends."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder whose files are named by their path below it, with "/": so a message about one is alike everywhere.

    Links are followed, because downloaders lay such folders out with them; names are not, where they lead outside.

    Raises:
        NotADirectoryError: there is no such folder.
    """

    root: Path

    def __post_init__(self) -> None:
        if not self.root.is_dir():
            raise NotADirectoryError(f"{self.root} is no folder of models")

    def join(self, folder: str, name: str) -> str:
        """The file that something in `folder` calls `name`. Raises DamagedModel when that lies outside."""
        path = posixpath.normpath(posixpath.join(folder, name.replace("\\", "/")))
        if path.startswith(("/", "../")) or path in ("..", ".") or "\0" in path or ":" in path.split("/")[0]:
            raise DamagedModel(f"{folder}: {name!r} lies outside the folder of models")
        return path

    def read(self, file: str) -> bytes:
        """The content of a file, decompressed where it ends in .gz. Raises DamagedModel."""
        try:
            with open(self.root / file, "rb") as raw:
                data = (GzipFile(fileobj=raw) if file.endswith(".gz") else raw).read(_LARGEST_FILE + 1)
        except (EOFError, zlib.error) as error:
            raise DamagedModel(f"{file}: {error}") from error
        except OSError as error:
            raise DamagedModel(f"{file}: {error.strerror or error}") from error
        if len(data) > _LARGEST_FILE:
            raise DamagedModel(f"{file}: more than {_LARGEST_FILE >> 20} MiB")
        return data

    def json(self, file: str) -> Any:
        """What a JSON file says. Raises DamagedModel."""
        try:
            return json.loads(self.read(file))
        except (ValueError, RecursionError) as error:
            raise DamagedModel(f"{file}: no JSON: {error}") from error

    def image(self, file: str) -> NDArray[np.uint8]:
        """Shape (H, W, 4), sRGB and alpha, top row first, no larger than it is drawn. Raises DamagedModel."""
        data = self.read(file)
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                if image.width * image.height > _LARGEST_IMAGE:
                    raise DamagedModel(f"{file}: {image.width} x {image.height} pixels are too many")
                image.draft("RGB", (TEXELS, TEXELS))
                small = image.convert("RGBA")
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise DamagedModel(f"{file}: no image of a kind among {', '.join(_FORMATS)}, or a damaged one") from error
        small.thumbnail((TEXELS, TEXELS), Image.Resampling.BOX)
        return np.asarray(small)

    def files(self) -> Iterator[tuple[str, int]]:
        """All files with their sizes in bytes, in no particular order."""
        yield from _files(str(self.root), "", _DEEPEST)

    def digest(self, kind: str) -> str:
        """64 hex digits over the names and sizes of all files.

        Contents are not read, because there are tens of gigabytes of them. So a file that was changed and kept its size
        leaves the digest as it was; the hashes of the frames that show it do change.
        """
        digest = hashlib.sha256(f"{kind}\n".encode())
        for name, size in sorted(self.files()):
            digest.update(f"{name}\0{size}\n".encode(errors="surrogateescape"))
        return digest.hexdigest()


def _files(folder: str, prefix: str, depth: int) -> Iterator[tuple[str, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file():
                yield prefix + entry.name, entry.stat().st_size
            elif depth and entry.is_dir():
                yield from _files(entry.path, f"{prefix}{entry.name}/", depth - 1)
