"""Wavefront OBJ and MTL files, as far as furniture uses them."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Floats

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


def read_obj(content: bytes) -> ObjFile:
    """The triangles of an OBJ file; polygons become fans.

    Raises:
        ValueError: a line cannot be read, or a face names a vertex that is not there.
    """
    positions: list[bytes] = []
    texture_at: list[bytes] = []
    faces: dict[tuple[int, bool], _Faces] = defaultdict(_Faces)
    num_faces = 0
    materials: dict[str, int] = {}
    begins: list[tuple[int, int]] = []
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
            name = line[6:].strip().decode("utf-8", "replace")
            begins.append((num_faces, materials.setdefault(name, len(materials))))
        elif line.startswith(b"mtllib"):
            libraries.append(line[6:].strip().decode("utf-8", "replace"))
    if not begins or begins[0][0] > 0:
        begins.insert(0, (0, materials.setdefault("", len(materials))))
    points = _table(positions, 3)
    texture_points = _table(texture_at, 2)
    pieces = [_triangles(way, *key, num_positions=len(points), num_texture=len(texture_points)) for key, way in faces.items()]
    corners, texture_corners, ordinals = (
        np.concatenate(columns) if columns else np.zeros((0, 3)[: 2 - (k == 2)], np.int64)
        for k, columns in enumerate(zip(*pieces, strict=True) if pieces else ((), (), ()))
    )
    in_order = np.argsort(ordinals, kind="stable")
    starts = np.array([start for start, _ in begins])
    ids = np.array([material for _, material in begins])
    return ObjFile(
        points,
        texture_points,
        corners[in_order],
        texture_corners[in_order],
        ids[np.searchsorted(starts, ordinals[in_order], side="right") - 1],
        tuple(materials),
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


def _triangles(
    faces: _Faces, slashes: int, skips: bool, num_positions: int, num_texture: int
) -> tuple[Ints, Ints, Ints]:
    """Corners (T, 3), their texture corners (T, 3) and the ordinal of the face of each triangle (T,)."""
    per_corner = 1 if slashes == 0 else 2 if skips or slashes == 1 else 3
    counts = np.array([len(line.split()) for line in faces.lines])
    text = b" ".join(faces.lines).replace(b"/", b" ")
    numbers = np.array(text.split(), dtype=np.int64)
    if len(numbers) != counts.sum() * per_corner:
        raise ValueError("the corners of a face are written in different ways")
    table = numbers.reshape(-1, per_corner)
    at = table[:, 0] - 1
    texture = table[:, 1] - 1 if per_corner > 1 and not skips else np.full(len(at), -1)
    if len(at) and not (0 <= at.min() and at.max() < num_positions and texture.max() < num_texture):
        raise ValueError("a face names a vertex that is not there")
    starts = np.cumsum(counts) - counts
    ordinals = np.array(faces.ordinals)
    corners, owners = [], []
    for count in np.unique(counts):
        of_count = np.flatnonzero(counts == count)
        for k in range(1, count - 1):
            corners.append(starts[of_count][:, None] + [0, k, k + 1])
            owners.append(ordinals[of_count])
    if not corners:
        return np.zeros((0, 3), np.int64), np.zeros((0, 3), np.int64), np.zeros(0, np.int64)
    rows = np.concatenate(corners)
    return at[rows], texture[rows], np.concatenate(owners)
