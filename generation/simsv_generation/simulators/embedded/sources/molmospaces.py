"""AI2-THOR's own meshes, as MolmoSpaces publishes them for MuJoCo: one MJCF file for every asset.

The layout is that of github.com/allenai/molmospaces (`housegen/builder.py`, docs/assets.md): below `objects/thor` lie
`.../Fridge_1/Fridge_1.xml`, `Fridge_1_prim.xml` and `Fridge_1_mesh.xml`, which differ in what collides alone, and
textures that they share; below `objects/objaverse` `<asset id>/<asset id>.xml`. What builds their scenes turns an
object that stands unturned in a ProcTHOR house by half a turn about (0, 1, 1). So the axes of an object are Unity's
with x mirrored: right-handed, y up, the front at +z; and (x, y, z) there is (-x, z, y) here.

That was read from their code; no downloaded file was at hand. An object that their code turns in a house by the
yRotOffset of its objathor asset stands unturned here, because an MJCF file does not say it: for Objaverse, objathor's
own assets are the better source.
"""

import re
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from simsv_generation.geometry import Floats, Vec3
from simsv_generation.simulators.embedded.mesh import Material, Mesh, merge
from simsv_generation.simulators.embedded.model import DamagedModel, Model
from simsv_generation.simulators.embedded.sides import outside_out
from simsv_generation.simulators.embedded.sources.folder import Folder
from simsv_generation.simulators.embedded.sources.licences import objaverse_line
from simsv_generation.simulators.embedded.sources.lighter import lighter
from simsv_generation.simulators.embedded.sources.mjcf import Part, read_mjcf
from simsv_generation.simulators.embedded.sources.surface import centred, surface, turned
from simsv_generation.simulators.embedded.sources.wavefront import read_obj

_VARIANTS = ("", "_mesh", "_prim")
_KEPT_MODELS = 8
_OBJAVERSE_ID = re.compile("[0-9a-f]{32}")
_TO_OURS = np.array([[-1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])


class MolmoSpacesSource:
    """The models of a folder of MJCF objects, by asset id. Reads a model when it is asked for, and keeps a few.

    Args:
        folder: anything above the objects that holds their textures as well, such as `objects/thor`.

    Raises:
        NotADirectoryError: there is no such folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Folder(folder)
        self._kept = lru_cache(_KEPT_MODELS)(self._read)

    @cached_property
    def digest(self) -> str:
        """Over names and sizes of all files, see `Folder.digest`."""
        return self._folder.digest("molmospaces")

    def model(self, asset_id: str, asset_type: str, size: Vec3) -> Model | None:
        """The model with this asset id, whatever the type and size. Raises DamagedModel when it cannot be read.

        Capital and small letters are alike, as they are for MolmoSpaces.
        """
        for variant in _VARIANTS:
            if file := self._files.get(f"{asset_id}{variant}".lower()):
                return self._kept(asset_id, file)
        return None

    @cached_property
    def _files(self) -> dict[str, str]:
        """MJCF files by name without ending, of two alike the first; an id is never made into a path."""
        names = sorted((name for name, _ in self._folder.files() if name.endswith(".xml")), reverse=True)
        return {Path(name).stem.lower(): name for name in names}

    def _read(self, asset_id: str, file: str) -> Model:
        parts = read_mjcf(self._folder, file)
        textures = sorted({part.texture for part in parts if part.texture is not None})
        images = {texture: self._folder.image(texture) for texture in textures}
        cutouts = {texture for texture, image in images.items() if (image[..., 3] < 128).any()}
        try:
            mesh = merge([self._mesh(part, part.texture in cutouts) for part in parts])
        except ValueError as error:
            raise DamagedModel(f"{file}: {error}") from error
        return Model(
            mesh=outside_out(centred(lighter(turned(mesh, _TO_OURS, np.zeros(3))))),
            images={f"molmospaces/{texture}": image for texture, image in images.items()},
            attribution=_attribution(asset_id),
        )

    def _mesh(self, part: Part, is_cutout: bool) -> Mesh:
        if not part.mesh.lower().endswith(".obj"):
            raise DamagedModel(f"{part.mesh}: only OBJ meshes are read")
        obj = read_obj(part.mesh, self._folder.read(part.mesh).decode("utf-8", "replace"))
        if part.texture is not None and obj.texture_at is None:
            raise DamagedModel(f"{part.mesh}: has no texture coordinates for {part.texture}")
        material = Material(
            texture="" if part.texture is None else f"image:molmospaces/{part.texture}",
            gloss=min(max(0.08 * part.specular, 0.0), 1.0),  # half strength, the default of Unity, is varnish
            opacity=min(max(part.rgba[3], 0.0), 1.0),
            cutout=is_cutout,
        )
        texture_at = None
        if part.texture is not None and obj.texture_at is not None:
            # MuJoCo repeats a texture downwards from its upper edge.
            texture_at = np.array([0.0, 1.0]) + (obj.texture_at - np.array([0.0, 1.0])) * part.repeats
        mesh = surface(part.mesh, obj.positions, obj.triangles, obj.normals, texture_at, _linear(part.rgba), material)
        return turned(mesh, part.matrix, part.offset)


def _attribution(asset_id: str) -> str:
    """By MolmoSpaces' rule (`utils/license_utils.py`): an Objaverse object has an author, all others are Ai2's."""
    if _OBJAVERSE_ID.fullmatch(asset_id.lower()):
        return objaverse_line(asset_id, None)
    return f"{asset_id}, Allen Institute for AI (Ai2), CC BY 4.0, MolmoSpaces"


def _linear(rgba: tuple[float, ...]) -> Floats:
    """Linear light of displayed colours (IEC 61966-2-1), shape (3,)."""
    shown = np.clip(rgba[:3], 0.0, 1.0)
    return np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
