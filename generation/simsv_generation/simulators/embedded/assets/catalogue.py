"""The catalogues of Sweet Home 3D: which models there are, how big, by whom, under which licence."""

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from simsv_generation.geometry import Floats, Vec3

_CATALOGUES: Final = (
    "PluginFurnitureCatalog.properties",
    "com/eteks/sweethome3d/io/DefaultFurnitureCatalog.properties",
)
_LICENCES: Final = (
    ("GNU GPL / CC-BY 3.0", "CC BY 3.0"),  # "at your choice"
    ("Creative Commons Attribution 3.0 United States", "CC BY 3.0 US"),
    ("Creative Commons Attribution 3.0", "CC BY 3.0"),
    ("Public domain", "CC0 1.0"),
)
"""How a catalogue's licence begins, and its short name; models under any other are left out."""
_TO_LOCAL: Final = np.array([[-1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
"""From Sweet Home 3D's axes (x right seen from behind, y up, front at +z) to ours, both right-handed."""


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """A row of a catalogue."""

    model_id: str
    """Unique over all catalogues, such as "Scopia#bed1"."""
    name: str
    author: str
    licence: str
    """"CC0 1.0", "CC BY 3.0" or "CC BY 3.0 US"."""
    source: str
    """Name of the catalogue."""
    size: Vec3
    """Width, depth, height, metres; what the files say is in units of their own."""
    to_local: Floats
    """Shape (3, 3), a rotation: from the axes of the file to x width, y front, z up."""
    archive: zipfile.ZipFile
    path: str
    """Of the OBJ file in the archive."""


def read_catalogues(archives: Mapping[str, zipfile.ZipFile]) -> dict[str, CatalogueModel]:
    """All models with a shape and a licence that allows changed copies with attribution, by id.

    Archives without a catalogue are passed over.

    Raises:
        ValueError: a row of a catalogue lacks a size or a name.
    """
    models = {}
    for archive in archives.values():
        for path in set(archive.namelist()).intersection(_CATALOGUES):
            for model in _rows(archive, _properties(archive.read(path).decode("latin-1"))):
                models[model.model_id] = model
    return dict(sorted(models.items()))


def _rows(archive: zipfile.ZipFile, properties: Mapping[str, str]) -> Iterator[CatalogueModel]:
    stated = properties.get("license", "")
    licence = next((short for beginning, short in _LICENCES if stated.startswith(beginning)), None)
    if licence is None:
        return
    rows: dict[int, dict[str, str]] = defaultdict(dict)
    for key, value in properties.items():
        if match := re.fullmatch(r"(\w+)#(\d+)", key):
            rows[int(match[2])][match[1]] = value
    source = properties.get("name", "")
    names = set(archive.namelist())
    for number, row in sorted(rows.items()):
        path = row.get("model", "").lstrip("/")
        if not path.endswith(".obj") or path not in names:
            continue
        try:
            width, depth, height = (float(row[key]) / 100 for key in ("width", "depth", "height"))
            turn = np.array([float(value) for value in row.get("modelRotation", "1 0 0 0 1 0 0 0 1").split()])
            yield CatalogueModel(
                model_id=row["id"],
                name=row["name"],
                author=row.get("creator") or source,
                licence=licence,
                source=source,
                size=(width, depth, height),
                to_local=_TO_LOCAL @ turn.reshape(3, 3),
                archive=archive,
                path=path,
            )
        except (KeyError, ValueError) as error:
            raise ValueError(f"row {number} of the catalogue {source!r} is damaged: {error!r}") from error


def _properties(text: str) -> dict[str, str]:
    r"""Java's properties, as far as the catalogues use them: "key=value", "\" continues a line, "\uXXXX"."""
    found = {}
    for line in re.sub(r"\\\r?\n\s*", "", text).splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.lstrip().startswith(("#", "!")):
            found[key.strip()] = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), value.strip())
    return found
