"""MJCF files (MuJoCo's XML): the textured meshes of an object and where they stand.

Read is what a MuJoCo viewer shows of an object at rest, as far as objects are made of it: <compiler>, <default>,
<asset> with meshes, 2d textures and materials, and nested <body> and <frame>, as in the XML reference on
mujoco.readthedocs.io. What an object could have besides and would look wrong without is refused by name, not left out.
"""

import posixpath
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.transform import Rotation

from simsv_generation.geometry import Floats
from simsv_generation.simulators.embedded.model import DamagedModel
from simsv_generation.simulators.embedded.sources.folder import Folder

_VISUAL_CLASSES = ("visual", "__VISUAL_MJT__")
_REFUSED = ("attach", "composite", "flexcomp", "include", "model", "replicate")
_MOST_ELEMENTS = 100_000
_GREY = "0.5 0.5 0.5 1"
"""MuJoCo's colour of what has none."""

Attributes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A mesh of an object."""

    mesh: str
    """OBJ file."""
    matrix: Floats
    """Shape (3, 3): a position p of the mesh file is at matrix p + offset in the object."""
    offset: Floats
    """Shape (3,)."""
    rgba: tuple[float, ...]
    """As displayed; a factor on the texture where there is one."""
    texture: str | None
    """Image file."""
    repeats: tuple[float, ...]
    """Of the texture, along u and v."""
    specular: float
    """Strength of the highlight, 0 to 1; 0 where the file does not say."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A frame in the object, and the defaults class of what is in it."""

    matrix: Floats
    offset: Floats
    childclass: str


def read_mjcf(folder: Folder, file: str) -> list[Part]:
    """The visible meshes of the object in a file. Raises DamagedModel."""
    data = folder.read(file)
    try:
        root = ET.fromstring(data, ET.XMLParser(target=_NoDoctype(file)))
    except (ET.ParseError, ValueError, LookupError) as error:  # of a damaged file, a damaged or an unknown encoding
        raise DamagedModel(f"{file}: no XML: {error}") from error
    try:
        return _Mjcf(folder, file, root).parts()
    except (ValueError, RecursionError) as error:
        raise DamagedModel(f"{file}: {error}") from error


class _NoDoctype(ET.TreeBuilder):
    """Refuses document types: with them come entities that expand without end or name other files."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self._file = file
        self._count = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise DamagedModel(f"{self._file}: has a document type, which MJCF needs none of")

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self._count += 1
        if self._count > _MOST_ELEMENTS:
            raise DamagedModel(f"{self._file}: more than {_MOST_ELEMENTS} elements")
        return super().start(tag, attrs)


class _Mjcf:
    """One parsed file: its defaults and assets by name."""

    def __init__(self, folder: Folder, file: str, root: ET.Element) -> None:
        if root.tag != "mujoco":
            raise DamagedModel(f"{file}: <{root.tag}> instead of <mujoco>")
        for element in root.iter():
            if element.tag in _REFUSED:
                raise DamagedModel(f"{file}: <{element.tag}> is not supported")
        self._folder = folder
        self._file = file
        self._root = root
        self._compiler = {key: value for element in root.findall("compiler") for key, value in element.items()}
        self._defaults: dict[str, dict[str, dict[str, str]]] = {"main": {}}
        for element in root.findall("default"):
            self._read_defaults(element, "main", {})
        self._assets = {
            (element.tag, _name(element)): self._with_defaults(element, "main")
            for asset in root.findall("asset")
            for element in asset
        }

    def parts(self) -> list[Part]:
        geoms = [
            (self._with_defaults(element, place.childclass), place)
            for world in self._root.findall("worldbody")
            for element, place in self._geoms(world)
        ]
        visual = [geom for geom in geoms if _is_visual(geom[0])]
        # A file that tells visual from colliding geoms in no way shows what MuJoCo's viewer shows at first.
        shown = visual or [geom for geom in geoms if int(geom[0].get("group", "0")) < 3]
        parts = [part for part in (self._part(attributes, place) for attributes, place in shown) if part.rgba[3] > 0]
        if not parts:
            raise DamagedModel(f"{self._file}: no visible geom")
        return parts

    def _read_defaults(self, element: ET.Element, name: str, parent: Mapping[str, dict[str, str]]) -> None:
        own = self._defaults.setdefault(name, {tag: dict(values) for tag, values in parent.items()})
        for child in element:
            if child.tag != "default":
                own.setdefault(child.tag, {}).update(child.attrib)
        for child in element.findall("default"):
            self._read_defaults(child, child.get("class", "main"), own)

    def _with_defaults(self, element: ET.Element, childclass: str) -> Attributes:
        name = element.get("class", childclass)
        if name not in self._defaults:
            raise DamagedModel(f"{self._file}: there is no default class {name!r}")
        return {**self._defaults[name].get(element.tag, {}), "class": name, **element.attrib}

    def _geoms(self, world: ET.Element) -> Iterator[tuple[ET.Element, _Place]]:
        """Every geom with its own place, in the order of the file."""
        stack = [(world, _Place(np.eye(3), np.zeros(3), "main"))]
        while stack:
            element, outer = stack.pop()
            if element.tag == "geom":
                yield element, outer
            elif element.tag in ("worldbody", "body", "frame"):
                place = self._placed(element.attrib, outer)
                place = replace(place, childclass=element.get("childclass", outer.childclass))
                stack += [(child, place) for child in reversed(element)]

    def _placed(self, attributes: Attributes, outer: _Place) -> _Place:
        offset = _numbers(attributes, "pos", "0 0 0", 3)
        return replace(
            outer,
            matrix=outer.matrix @ self._orientation(attributes),
            offset=outer.offset + outer.matrix @ np.array(offset),
        )

    def _orientation(self, attributes: Attributes) -> Floats:
        """The rotation that quat, axisangle, euler or xyaxes say, as a matrix."""
        for key in ("zaxis", "fromto"):
            if key in attributes:
                raise DamagedModel(f"{self._file}: orientation by {key} is not supported")
        in_degrees = self._compiler.get("angle", "degree") == "degree"
        if "axisangle" in attributes:
            *axis, angle = _numbers(attributes, "axisangle", "", 4)
            return Rotation.from_rotvec(_unit(np.array(axis)) * angle, degrees=in_degrees).as_matrix()
        if "euler" in attributes:
            # MuJoCo writes small letters for axes that turn along, SciPy capital ones.
            sequence = self._compiler.get("eulerseq", "xyz").swapcase()
            angles = _numbers(attributes, "euler", "", 3)
            return Rotation.from_euler(sequence, angles, degrees=in_degrees).as_matrix()
        if "xyaxes" in attributes:
            x, y = np.array(_numbers(attributes, "xyaxes", "", 6)).reshape(2, 3)
            x = _unit(x)
            y = _unit(y - (x * y).sum() * x)
            return np.column_stack([x, y, np.cross(x, y)])
        return _from_quat(_numbers(attributes, "quat", "1 0 0 0", 4))

    def _part(self, geom: Attributes, outer: _Place) -> Part:
        kind = geom.get("type", "sphere")
        if kind != "mesh":
            raise DamagedModel(f"{self._file}: a visible geom of type {kind}; only meshes are read")
        place = self._placed(geom, outer)
        mesh = self._asset("mesh", geom.get("mesh", ""))
        # A vertex of the file is first moved by refpos, then turned back by refquat, then scaled (MuJoCo's order).
        scale = np.diag(_numbers(mesh, "scale", "1 1 1", 3))
        own = scale @ _from_quat(_numbers(mesh, "refquat", "1 0 0 0", 4)).T
        matrix = place.matrix @ own
        if abs(np.linalg.det(matrix)) < 1e-18:
            raise DamagedModel(f"{self._file}: mesh {geom.get('mesh')!r} is scaled to nothing")
        material = self._asset("material", geom["material"]) if "material" in geom else {}
        rgba = _numbers(geom, "rgba", _GREY, 4)
        if material and rgba == _numbers({}, "", _GREY, 4):
            rgba = _numbers(material, "rgba", "1 1 1 1", 4)
        if not any(rgba):
            # MolmoSpaces writes black without opacity where Unity's material gives no colour (housegen/builder.py).
            rgba = _numbers({}, "", _GREY, 4)
        return Part(
            mesh=self._path(mesh, "meshdir"),
            matrix=matrix,
            offset=place.offset - matrix @ np.array(_numbers(mesh, "refpos", "0 0 0", 3)),
            rgba=rgba,
            texture=self._texture(material),
            repeats=_numbers(material, "texrepeat", "1 1", 2),
            specular=_numbers(material, "specular", "0", 1)[0],
        )

    def _texture(self, material: Attributes) -> str | None:
        name = material.get("texture")
        if name is None:
            return None
        texture = self._asset("texture", name)
        if texture.get("type", "cube") != "2d" or "file" not in texture:
            raise DamagedModel(f"{self._file}: texture {name!r} is no 2d texture with a file")
        return self._path(texture, "texturedir")

    def _asset(self, tag: str, name: str) -> Attributes:
        try:
            return self._assets[tag, name]
        except KeyError:
            raise DamagedModel(f"{self._file}: there is no {tag} {name!r}") from None

    def _path(self, asset: Attributes, key: str) -> str:
        if "file" not in asset:
            raise DamagedModel(f"{self._file}: an asset without a file")
        within = self._compiler.get(key, self._compiler.get("assetdir", ""))
        name = asset["file"].replace("\\", "/")
        if self._compiler.get("strippath") == "true":
            name = posixpath.basename(name)
        return self._folder.join(posixpath.dirname(self._file), posixpath.join(within.replace("\\", "/"), name))


def _name(element: ET.Element) -> str:
    """Of an asset: its own, or that of its file."""
    return element.get("name") or posixpath.splitext(posixpath.basename(element.get("file", "").replace("\\", "/")))[0]


def _is_visual(geom: Attributes) -> bool:
    return geom["class"] in _VISUAL_CLASSES or (geom.get("contype") == "0" and geom.get("conaffinity") == "0")


def _numbers(attributes: Attributes, key: str, default: str, count: int) -> tuple[float, ...]:
    """The numbers of an attribute. Raises ValueError when there are not as many, or one is not finite."""
    values = tuple(float(value) for value in attributes.get(key, default).split())
    if len(values) != count or not np.isfinite(values).all():
        raise ValueError(f"{key}={attributes.get(key)!r} instead of {count} numbers")
    return values


def _unit(vector: Floats) -> Floats:
    """The direction of a vector. Raises ValueError for zero."""
    length = np.sqrt((vector * vector).sum())
    if length < 1e-9:
        raise ValueError("an axis without a direction")
    return np.asarray(vector / length)


def _from_quat(quaternion: tuple[float, ...]) -> Floats:
    """The rotation matrix of (w, x, y, z). Raises ValueError for zero."""
    return Rotation.from_quat(quaternion, scalar_first=True).as_matrix()
