"""A pack of models: a folder that is read and never changed.

    pack.json  ATTRIBUTION.md  models/<name>.npz  textures/<name>.webp

`pack.json` tells of every model what it is, who made it, under which licence, and the SHA-256 of its files. Its digest
is the SHA-256 of that record, so it names the content of all files. A model is read, and checked, when it is needed.
"""

import functools
import hashlib
import io
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

import numpy as np
from PIL import Image

from simsv_generation.config import canonical_json
from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.assets.attribution import attribution_line, attribution_page
from simsv_generation.simulators.embedded.assets.build import BuiltModel
from simsv_generation.simulators.embedded.assets.choice import choose
from simsv_generation.simulators.embedded.mesh import Material, Mesh
from simsv_generation.simulators.embedded.model import DamagedModel, Model

FORMAT: Final = 1
"""Counts up with every change of what a pack holds, of the models in it or of how they are made."""
_RECORD: Final = "pack.json"
_KEPT: Final = 16
"""How many models stay in memory."""


class NoPack(Exception):
    """A folder is no pack of this format, or its record is damaged; the message says what to do."""


@dataclass(frozen=True, slots=True)
class PackedModel:
    """What the record of a pack tells of a model."""

    name: str
    author: str
    licence: str
    source: str
    """The catalogue that it is from."""
    size: Vec3
    """Width, depth, height, metres."""
    triangles: int
    materials: tuple[Mapping[str, Any], ...]
    """The fields of each `Material`."""
    files: Mapping[str, str]
    """Path in the pack to its SHA-256; the first is the mesh, the others are textures."""

    @property
    def attribution(self) -> str:
        """One line."""
        return attribution_line(self.name, self.author, self.licence, self.source)


class AssetPack:
    """A pack as a source of models; see `ModelSource`. Owns the models that were read last."""

    def __init__(self, folder: Path, digest: str, models: Mapping[str, PackedModel]) -> None:
        self.folder = folder
        self.digest = digest
        self.models = MappingProxyType(models)
        self._sizes = {model_id: model.size for model_id, model in models.items()}
        self._load = functools.lru_cache(maxsize=_KEPT)(self._read)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """A pack on disk. Raises NoPack, naming the folder, when it is none or its record is damaged."""
        try:
            record = json.loads((folder / _RECORD).read_bytes())
            if record["format"] != FORMAT:
                raise NoPack(f"{folder} is a pack of format {record['format']}, this version reads {FORMAT}")
            if record["digest"] != _digest(record["models"]):
                raise NoPack(f"{folder / _RECORD} is damaged: its digest does not fit; delete the folder")
            models = {
                model_id: PackedModel(**{**fields, "size": tuple(fields["size"])})
                for model_id, fields in record["models"].items()
            }
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NoPack(f"{folder} is no pack of models: it has no {_RECORD}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise NoPack(f"{folder / _RECORD} is damaged: {error!r}; delete the folder") from error
        return cls(folder, record["digest"], models)

    def model(self, asset_id: str, asset_type: str, size: Vec3) -> Model | None:
        """The model for an asset whose box has this size, metres; None when none fits.

        Raises:
            DamagedModel: a file of it is missing, changed or unreadable.
        """
        chosen = choose(asset_id, asset_type, size, self._sizes)
        return self._load(chosen) if chosen else None

    def _read(self, model_id: str) -> Model:
        packed = self.models[model_id]
        path = ""
        try:
            (path, *textures) = packed.files
            mesh = _mesh_from(self._content(path, packed), packed)
            images = {}
            for path in textures:
                with Image.open(io.BytesIO(self._content(path, packed))) as image:
                    images[Path(path).stem] = np.asarray(image.convert("RGBA"))
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, Image.DecompressionBombError) as error:
            # The same words on every machine: an OSError's own name the folder, or an address in memory.
            reason = (error.strerror or "it is no image") if isinstance(error, OSError) else error
            raise DamagedModel(f"{path or model_id} of the pack cannot be read: {reason}") from error
        return Model(mesh, MappingProxyType(images), packed.attribution)

    def _content(self, path: str, packed: PackedModel) -> bytes:
        content = (self.folder / path).read_bytes()
        if hashlib.sha256(content).hexdigest() != packed.files[path]:
            raise ValueError("it is not what the pack was made with; delete the folder and run simsv assets")
        return content


def write_pack(parent: Path, models: Mapping[str, tuple[PackedModel, BuiltModel]]) -> AssetPack:
    """Write a pack as a folder of `parent` that is named by format and digest, whole or not at all.

    Args:
        parent: made where it is missing.
        models: by id, what the record tells (without files) and what was built.
    """
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=parent) as name:
        folder = Path(name) / "pack"
        for subfolder in ("models", "textures"):
            (folder / subfolder).mkdir(parents=True)
        record = {
            model_id: {**asdict(packed), "files": _write_files(folder, model_id, built)}
            for model_id, (packed, built) in sorted(models.items())
        }
        digest = _digest(record)
        (folder / "ATTRIBUTION.md").write_text(
            attribution_page(packed.attribution for packed, _ in models.values()), "utf-8"
        )
        text = json.dumps({"format": FORMAT, "digest": digest, "models": record}, indent=1, sort_keys=True)
        (folder / _RECORD).write_text(f"{text}\n", "utf-8")
        final = parent / f"{FORMAT}-{digest[:12]}"
        if not final.exists():
            os.rename(folder, final)
    return AssetPack.open(final)


def _write_files(folder: Path, model_id: str, built: BuiltModel) -> dict[str, str]:
    mesh = built.mesh
    content = io.BytesIO()
    np.savez(
        content,
        positions=mesh.positions.astype(np.float32),
        normals=np.rint(mesh.normals * 32767).astype(np.int16),
        colors=mesh.colors.astype(np.float32),
        triangles=mesh.triangles.astype(np.uint16 if len(mesh.positions) <= 65_536 else np.int32),
        texture_at=mesh.texture_at.astype(np.float32),
        material_ids=mesh.material_ids,
    )
    contents = {f"models/{re.sub('[^A-Za-z0-9]+', '-', model_id)}.npz": content.getvalue()}
    contents |= {f"textures/{name}.webp": image for name, image in sorted(built.images.items())}
    for path, data in contents.items():
        (folder / path).write_bytes(data)
    return {path: hashlib.sha256(data).hexdigest() for path, data in contents.items()}


def _mesh_from(content: bytes, packed: PackedModel) -> Mesh:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        normals = arrays["normals"].astype(np.float64)
        return Mesh(
            arrays["positions"].astype(np.float64),
            normals / np.sqrt((normals * normals).sum(1))[:, None],
            arrays["colors"].astype(np.float64),
            arrays["triangles"].astype(np.int32),
            arrays["texture_at"].astype(np.float64),
            arrays["material_ids"],
            tuple(Material(**fields) for fields in packed.materials),
        )


def _digest(models: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json({"format": FORMAT, "models": models}).encode()).hexdigest()
