"""Wavefront OBJ files, as far as MuJoCo uses them: corners, texture coordinates, normals and faces of all groups."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.simulators.embedded.model import DamagedModel

_WIDTHS = {"v": 3, "vt": 2, "vn": 3}


@dataclass(frozen=True, slots=True)
class ObjMesh:
    """Triangles of an OBJ file; a vertex for every combination of corner, texture coordinate and normal."""

    positions: Floats
    """Shape (N, 3)."""
    texture_at: Floats | None
    """Shape (N, 2), v upwards from the image's lower edge; None when a corner has none."""
    normals: Floats | None
    """Shape (N, 3); None when a corner has none."""
    triangles: NDArray[np.int64]
    """Shape (M, 3): polygons are cut into fans."""


def read_obj(file: str, text: str) -> ObjMesh:
    """The mesh of an OBJ file. Raises DamagedModel, naming the line."""
    lists: Mapping[str, list[tuple[float, ...]]] = {key: [] for key in _WIDTHS}
    vertices: dict[tuple[int, ...], int] = {}
    triangles: list[tuple[int, int, int]] = []
    for number, line in enumerate(text.replace("\\\n", " ").splitlines(), start=1):
        key, *fields = line.split() or [""]
        try:
            if key in _WIDTHS:
                lists[key].append(tuple(float(field) for field in fields[: _WIDTHS[key]]))
            elif key == "f":
                corners = [vertices.setdefault(_corner(field, lists), len(vertices)) for field in fields]
                triangles += [(corners[0], corners[k], corners[k + 1]) for k in range(1, len(corners) - 1)]
        except (ValueError, IndexError) as error:
            raise DamagedModel(f"{file}: line {number}: {line.strip()[:80]!r}: {error}") from error
    rows = np.array(list(vertices), np.int64).reshape(-1, 3)
    return ObjMesh(
        positions=_taken(file, "v", lists, rows[:, 0]),
        texture_at=None if (rows[:, 1] < 0).any() else _taken(file, "vt", lists, rows[:, 1]),
        normals=None if (rows[:, 2] < 0).any() else _taken(file, "vn", lists, rows[:, 2]),
        triangles=np.array(triangles, np.int64).reshape(-1, 3),
    )


def _corner(field: str, lists: Mapping[str, list[tuple[float, ...]]]) -> tuple[int, ...]:
    """Rows of position, texture coordinate and normal of "7", "7/3", "7//2" or "7/3/2"; -1 where there is none."""
    indices = [*field.split("/"), "", ""][:3]
    return tuple(_row(index, len(lists[key])) for index, key in zip(indices, _WIDTHS, strict=True))


def _row(index: str, count: int) -> int:
    """Files count from 1, or backwards from the latest as -1."""
    if not index:
        return -1
    row = int(index) - 1 if int(index) > 0 else count + int(index)
    if not 0 <= row < count or int(index) == 0:
        raise IndexError(f"there are {count}, not {index}")
    return row


def _taken(file: str, key: str, lists: Mapping[str, list[tuple[float, ...]]], rows: NDArray[np.int64]) -> Floats:
    try:
        return np.array(lists[key], np.float64).reshape(-1, _WIDTHS[key])[rows]
    except (ValueError, IndexError) as error:
        raise DamagedModel(f"{file}: a line {key!r} has not {_WIDTHS[key]} numbers") from error
