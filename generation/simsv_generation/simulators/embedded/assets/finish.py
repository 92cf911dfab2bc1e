"""What the parts of a model are made of, judged by what its files say."""

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import numpy as np
from PIL import Image

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.assets.classfile import string_constants
from simsv_generation.simulators.embedded.assets.obj import ObjMaterial, read_mtl
from simsv_generation.simulators.embedded.mesh import Material

_OBJ_LOADER: Final = "com/eteks/sweethome3d/j3d/OBJLoader.class"
_PATTERN_WORDS: Final = (
    ("leather", ("leather", "cuir", "cuero")),
    ("fabric", ("fabric", "cloth", "textil", "cushion", "cosin", "coussin", "matress", "mattress", "sheet", "towel",
                "linen", "couch", "sofa", "blanket", "curtain", "toalla", "pillow")),
    ("wood", ("wood", "oak", "pine", "walnut", "venge", "wenge", "mahog", "madera", "fusta", "bois", "birch", "teak",
              "beech", "alder")),
)  # fmt: skip
"""The row whose word is in the name of a material without an image tells its pattern."""
_METAL: Final = re.compile(r"chrom|cromo|metal|steel|alum|^alu|inox|silver|brass|iron|gold|handle", re.IGNORECASE)
_MIRROR: Final = re.compile(r"mirror|espejo|miroir", re.IGNORECASE)
_GLASS: Final = re.compile(r"glass|vidro|verre|cristal", re.IGNORECASE)
_GLOSSY_FROM: Final = 40.0
"""Shininess of an MTL file from which a specular colour means varnish, plastic or glaze."""
_BRIGHTEST: Final = 0.82
"""No paint reflects more; files often say 1."""
_BRIGHTEST_VIVID: Final = 0.45
"""The same of a colour whose weakest channel is below `_VIVID_BELOW` of its strongest."""
_VIVID_BELOW: Final = 0.2
_LEAST_SHARE: Final = 0.07
"""Of the strongest channel that the others have at least."""
_OPAQUE_FROM: Final = 0.95
_LEAST_OPACITY: Final = 0.15
_QUALITY: Final = 90


@dataclass(frozen=True, slots=True)
class Finish:
    """The look of one material of a model."""

    color: Vec3
    """Linear RGB reflectance; a factor where there is an image."""
    material: Material
    image: bytes = b""
    """WebP; empty for none."""


def default_materials(archive: zipfile.ZipFile) -> dict[str, ObjMaterial]:
    """What models without an MTL file refer to: the materials of Java 3D, which lie in the program's OBJ reader.

    Empty when the archive holds no such program.
    """
    if _OBJ_LOADER not in archive.namelist():
        return {}
    constants = string_constants(archive.read(_OBJ_LOADER))
    return next((read_mtl(text) for text in constants if text.count("newmtl ") > 1), {})


def read_image(archive: zipfile.ZipFile, obj_path: str, image: str) -> Image.Image | None:
    """An image beside an OBJ file, or None when it is missing, as some are; paths of the author's disk are cut off."""
    folder = PurePosixPath(obj_path).parent
    for name in (image, image.replace("\\", "/").rpartition("/")[2]):
        try:
            content = archive.read(str(folder / name))
        except KeyError:
            continue
        return Image.open(io.BytesIO(content)).convert("RGBA")
    return None


def finish(name: str, material: ObjMaterial, image: Image.Image | None, most_texels: int) -> Finish:
    """The finish of one material.

    Args:
        name: of the material, which often says what it is.
        material: what the MTL file says.
        image: its texture, if it has one.
        most_texels: the longer side of the stored texture.
    """
    is_metal, is_mirror = bool(_METAL.search(name)), bool(_MIRROR.search(name))
    is_clear = material.opacity < _OPAQUE_FROM or bool(_GLASS.search(name) and material.opacity < 1)
    is_varnished = max(material.specular) > 0.1 and material.shininess >= _GLOSSY_FROM and material.illumination >= 2
    gloss = 0.8 if is_mirror else 0.25 if is_metal else 0.04 if is_clear or is_varnished else 0.0
    opacity = max(material.opacity, _LEAST_OPACITY) if is_clear else 1.0
    emission = 1.0 if max(material.emission) > 0.2 else 0.0
    if image is None:
        lowered = name.lower()
        pattern = next((row for row, words in _PATTERN_WORDS if any(word in lowered for word in words)), "")
        if pattern == "wood" and "white" in lowered:
            pattern = ""  # painted
        if pattern == "fabric":
            gloss = 0.0
        color = linear(material.diffuse)
        return Finish(color, Material("" if is_metal or is_clear else pattern, gloss, opacity, emission=emission))
    image.thumbnail((most_texels, most_texels), Image.Resampling.LANCZOS)
    alpha = np.asarray(image)[..., 3]
    has_holes = bool((alpha < 128).mean() > 0.01)
    stored = io.BytesIO()
    (image if has_holes else image.convert("RGB")).save(stored, "WEBP", quality=_QUALITY, method=4)
    # Named by its content, so that images of different models never meet under one name.
    image_name = hashlib.sha256(stored.getvalue()).hexdigest()[:16]
    look = Material(f"image:{image_name}", gloss, opacity, cutout=has_holes, emission=emission)
    return Finish((_BRIGHTEST,) * 3, look, stored.getvalue())


def linear(color: tuple[float, float, float]) -> Vec3:
    """Linear reflectance of a colour in sRGB (IEC 61966-2-1) as a paint can have it: never pure, never quite white."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
    brightest = _BRIGHTEST_VIVID if min(channels) < _VIVID_BELOW * max(channels) else _BRIGHTEST
    scale = min(brightest / max(*channels, 1e-6), 1.0)
    least = max(_LEAST_SHARE * max(channels) * scale, 0.008)
    red, green, blue = (max(channel * scale, least) for channel in channels)
    return red, green, blue
