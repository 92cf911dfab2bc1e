"""Wavefront OBJ and MTL files, as far as furniture uses them."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.simulators.embedded.assets.polygons import triangulated

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ObjFile:
    """The triangles of an OBJ file. Normals are not read: they are often wrong, and made anew."""

    positions: Floats
    """Shape (V, 3), in the file's units and axes."""
    texture_at: Floats
    """Shape (W, 2): repeats of the image, v upwards."""
    corners: Ints
    """Shape (T, 3): rows of `positions`."""
    texture_corners: Ints
    """Shape (T, 3): rows of `texture_at`; -1 where there is none."""
    material_ids: Ints
    """Shape (T,): rows of `materials`."""
    materials: tuple[str, ...]
    group_ids: Ints
    """Shape (T,): rows of `groups`."""
    groups: tuple[str, ...]
    """Names of objects and groups alike."""
    libraries: tuple[str, ...]
    """Names of MTL files, beside the OBJ file."""


@dataclass(slots=True)
class ObjMaterial:
    """A material of an MTL file. Colours are as stored, in sRGB."""

    diffuse: tuple[float, float, float] = (0.8, 0.8, 0.8)
    specular: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shininess: float = 10.0
    opacity: float = 1.0
    emission: tuple[float, float, float] = (0.0, 0.0, 0.0)
    illumination: int = 2
    image: str = ""
    """Path beside the MTL file; "" for none."""


@dataclass(slots=True)
class _Faces:
    """Faces written in one way, such as "1/2/3": lines without the "f", and where they stood."""

    lines: list[bytes] = field(default_factory=list)
    ordinals: list[int] = field(default_factory=list)


class _Labels:
    """Names that hold from one face on until the next name. Owns the list of where each begins."""

    def __init__(self) -> None:
        self._rows = {"": 0}
        self._begins = [(0, 0)]

    def begin(self, num_faces: int, name: bytes) -> None:
        label = name.strip().decode("utf-8", "replace")
        self._begins.append((num_faces, self._rows.setdefault(label, len(self._rows))))

    def of(self, ordinals: Ints) -> Ints:
        """The row of the name that holds for each face."""
        starts, rows = np.array(self._begins).T
        return np.asarray(rows[np.searchsorted(starts, ordinals, side="right") - 1], np.int64)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._rows)


def read_obj(content: bytes) -> ObjFile:
    """The triangles of an OBJ file; polygons are cut into some.

    Raises:
        ValueError: a line cannot be read, or a face names a vertex that is not there.
    """
    positions: list[bytes] = []
    texture_at: list[bytes] = []
    faces: dict[tuple[int, bool], _Faces] = defaultdict(_Faces)
    num_faces = 0
    materials, groups = _Labels(), _Labels()
    libraries: list[str] = []
    for line in content.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ").splitlines():
        if line.startswith(b"v "):
            positions.append(line[2:])
        elif line.startswith(b"vt "):
            texture_at.append(line[3:])
        elif line.startswith(b"f "):
            first = line[2:].split(None, 1)[0]
            way = faces[first.count(b"/"), b"//" in first]
            way.lines.append(line[2:])
            way.ordinals.append(num_faces)
            num_faces += 1
        elif line.startswith(b"usemtl"):
            materials.begin(num_faces, line[6:])
        elif line.startswith((b"o ", b"g ")):
            groups.begin(num_faces, line[2:])
        elif line.startswith(b"mtllib"):
            libraries.append(line[6:].strip().decode("utf-8", "replace"))
    points = _table(positions, 3)
    texture_points = _table(texture_at, 2)
    pieces = [_triangles(faces[way], points, len(texture_points), *way) for way in faces]
    if not pieces:
        pieces = [(np.zeros((0, 3), np.int64), np.zeros((0, 3), np.int64), np.zeros(0, np.int64))]
    corners, texture_corners, ordinals = (np.concatenate(column) for column in zip(*pieces, strict=True))
    in_order = np.argsort(ordinals, kind="stable")
    ordinals = ordinals[in_order]
    return ObjFile(
        points,
        texture_points,
        corners[in_order],
        texture_corners[in_order],
        materials.of(ordinals),
        materials.names,
        groups.of(ordinals),
        groups.names,
        tuple(libraries),
    )


def read_mtl(content: str) -> dict[str, ObjMaterial]:
    """The materials of an MTL file by name. Raises ValueError for a figure that is none."""
    materials: dict[str, ObjMaterial] = {}
    material = ObjMaterial()
    for line in content.splitlines():
        key, _, value = line.strip().partition(" ")
        value = value.strip()
        if key == "newmtl":
            material = materials[value] = ObjMaterial()
        elif key == "Kd":
            material.diffuse = _color(value)
        elif key == "Ks":
            material.specular = _color(value)
        elif key == "Ke":
            material.emission = _color(value)
        elif key == "Ns":
            material.shininess = float(value)
        elif key == "d":
            material.opacity = float(value.split()[-1])
        elif key == "illum":
            material.illumination = int(float(value))
        elif key == "map_Kd":
            material.image = value.split()[-1] if value.startswith("-") else value
    return materials


def _color(text: str) -> tuple[float, float, float]:
    red, green, blue = (float(number) for number in text.split()[:3])
    return red, green, blue


def _table(lines: list[bytes], width: int) -> Floats:
    """Numbers of lines that may hold more than `width` each, shape (len(lines), width)."""
    if not lines:
        return np.zeros((0, width))
    per_line = len(lines[0].split())
    try:
        table = np.fromstring(b" ".join(lines), sep=" ").reshape(len(lines), per_line)[:, :width]
    except (ValueError, DeprecationWarning):
        table = np.array([[float(number) for number in line.split()[:width]] for line in lines])
    if table.shape != (len(lines), width) or not np.isfinite(table).all():
        raise ValueError(f"a vertex needs {width} finite coordinates")
    return np.asarray(table, dtype=np.float64)


def _triangles(faces: _Faces, points: Floats, num_texture: int, slashes: int, skips: bool) -> tuple[Ints, Ints, Ints]:
    """Corners (T, 3), their texture corners (T, 3) and the ordinal of the face of each triangle (T,)."""
    per_corner = 1 if slashes == 0 else 2 if skips or slashes == 1 else 3
    counts = np.array([len(line.split()) for line in faces.lines])
    numbers = np.array(b" ".join(faces.lines).replace(b"/", b" ").split(), dtype=np.int64)
    if len(numbers) != counts.sum() * per_corner:
        raise ValueError("the corners of a face are written in different ways")
    table = numbers.reshape(-1, per_corner)
    at = table[:, 0] - 1
    texture = table[:, 1] - 1 if per_corner > 1 and not skips else np.full(len(at), -1)
    if not (0 <= at.min() and at.max() < len(points) and texture.max() < num_texture):
        raise ValueError("a face names a vertex that is not there")
    starts = np.cumsum(counts) - counts
    rows, owners = [], []
    for count in np.unique(counts):
        of_count = np.flatnonzero(counts == count)
        polygons = starts[of_count][:, None] + np.arange(count)
        corners, owner = triangulated(polygons, points[at[polygons]])
        rows.append(corners)
        owners.append(np.array(faces.ordinals)[of_count][owner])
    corners = np.concatenate(rows)
    return at[corners], texture[corners], np.concatenate(owners)
