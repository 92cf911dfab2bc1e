"""Objaverse's own meshes, as objathor prepares them for AI2-THOR: `<folder>/<asset id>/<asset id>.pkl.gz`.

The format is what github.com/allenai/objathor writes (`asset_conversion/util.py`, `object_consolidater.py`): a dict of
vertices and normals [{x, y, z}], uvs [{x, y}] from the image's lower edge, triangles [int], albedoTexturePath and
yRotOffset. The axes are Unity's: left-handed, y up, the front at +z, and positive turns about y are clockwise seen from
above. yRotOffset is the turn, degrees, that makes the box around the object smallest and that AI2-THOR puts it into a
house with (`optimization_pipeline.py`). Swapping y and z leads to our axes; the swap mirrors, so triangles turn round.

Only the albedo texture is used: there are no normal maps here, and the maps of metal and emission have one value for a
whole object at best. `.msgpack` needs the package msgpack. The format was read from that code; no asset was at hand.
"""

import math
import posixpath
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from simsv_generation.geometry import Floats, Vec3
from simsv_generation.simulators.embedded.mesh import Material
from simsv_generation.simulators.embedded.model import DamagedModel, Model
from simsv_generation.simulators.embedded.sides import outside_out
from simsv_generation.simulators.embedded.sources.folder import Folder
from simsv_generation.simulators.embedded.sources.licences import objaverse_line
from simsv_generation.simulators.embedded.sources.lighter import lighter
from simsv_generation.simulators.embedded.sources.plain_pickle import plain_pickle
from simsv_generation.simulators.embedded.sources.surface import centred, surface, turned

_SUFFIXES = (".json.gz", ".json", ".pkl.gz", ".msgpack.gz", ".msgpack")
"""Of one and the same content; the first that is there is read."""
_ANNOTATIONS = "annotations.json.gz"
_KEPT_MODELS = 8
_SWAP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])


class ObjathorSource:
    """The models of a folder of objathor assets, by asset id. Reads a model when it is asked for, and keeps a few.

    Args:
        folder: what holds one folder for every asset.

    Raises:
        NotADirectoryError: there is no such folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Folder(folder)
        self._kept = lru_cache(_KEPT_MODELS)(self._read)

    @cached_property
    def digest(self) -> str:
        """Over names and sizes of all files, see `Folder.digest`."""
        return self._folder.digest("objathor")

    def model(self, asset_id: str, asset_type: str, size: Vec3) -> Model | None:
        """The model with this asset id, whatever the type and size. Raises DamagedModel when it cannot be read."""
        return self._kept(asset_id) if asset_id in self._asset_ids else None

    @cached_property
    def _asset_ids(self) -> frozenset[str]:
        """What a scan of the folder found: an id of any other form is never made into a path."""
        return frozenset(path.name for path in self._folder.root.iterdir() if path.is_dir())

    def _read(self, asset_id: str) -> Model:
        file = self._file(asset_id)
        asset = self._asset(file)
        albedo = asset.get("albedoTexturePath")
        if not isinstance(albedo, str) or not albedo:
            raise DamagedModel(f"{file}: names no albedoTexturePath")
        # objathor writes absolute paths on request, of the machine that converted the asset.
        image = self._folder.join(asset_id, posixpath.basename(albedo.replace("\\", "/")))
        try:
            mesh = surface(
                file,
                _rows(asset["vertices"], "xyz"),
                np.asarray(asset["triangles"]).reshape(-1, 3),
                _rows(asset["normals"], "xyz") if asset.get("normals") else None,
                _rows(asset["uvs"], "xy"),
                np.ones(3),
                Material(f"image:objathor/{image}"),
            )
            turn = _clockwise(float(asset.get("yRotOffset") or 0.0))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise DamagedModel(f"{file}: {type(error).__name__}: {error}") from error
        return Model(
            mesh=outside_out(centred(lighter(turned(mesh, turn @ _SWAP, np.zeros(3))))),
            images={f"objathor/{image}": self._folder.image(image)},
            attribution=self._attribution(asset_id),
        )

    def _file(self, asset_id: str) -> str:
        for suffix in _SUFFIXES:
            file = f"{asset_id}/{asset_id}{suffix}"
            if (self._folder.root / file).is_file():
                return file
        raise DamagedModel(f"{asset_id}/{asset_id}: no {', '.join(_SUFFIXES)}")

    def _asset(self, file: str) -> Mapping[str, Any]:
        if file.endswith((".json", ".json.gz")):
            asset = self._folder.json(file)
        else:
            data = self._folder.read(file)
            try:
                asset = plain_pickle(data) if file.endswith(".pkl.gz") else _unpacked(data)
            except ImportError as error:
                raise DamagedModel(f"{file}: needs msgpack: pip install msgpack") from error
            except (ValueError, RecursionError) as error:
                raise DamagedModel(f"{file}: {error}") from error
        if not isinstance(asset, Mapping):
            raise DamagedModel(f"{file}: holds no asset")
        return asset

    def _attribution(self, asset_id: str) -> str:
        own = f"{asset_id}/{_ANNOTATIONS}"
        if (self._folder.root / own).is_file():
            annotation = self._folder.json(own)
            # Some files hold the entry itself, some a mapping from the id to it.
            nested = annotation.get(asset_id) if isinstance(annotation, Mapping) else None
            return objaverse_line(asset_id, nested or annotation)
        return self._common_lines.get(asset_id) or objaverse_line(asset_id, None)

    @cached_property
    def _common_lines(self) -> Mapping[str, str]:
        """Lines of the one annotations file of all assets, which Holodeck's downloads have in or beside the folder."""
        for root in (self._folder.root, self._folder.root.absolute().parent):
            if (root / _ANNOTATIONS).is_file():
                annotations = Folder(root).json(_ANNOTATIONS)
                if isinstance(annotations, Mapping):
                    return {uid: objaverse_line(uid, entry) for uid, entry in annotations.items()}
        return {}


def _rows(dicts: Any, keys: str) -> list[tuple[float, ...]]:
    return [tuple(row[key] for key in keys) for row in dicts]


def _clockwise(degrees: float) -> Floats:
    """Turns about z in our axes. Raises ValueError for no angle."""
    if not math.isfinite(degrees):
        raise ValueError("yRotOffset is not finite")
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])


def _unpacked(data: bytes) -> Any:
    import msgpack

    try:
        return msgpack.unpackb(data)
    except Exception as error:  # msgpack raises classes of its own and many of Python's
        raise ValueError(f"no msgpack: {type(error).__name__}: {error}") from error
