import dataclasses
from typing import Any

import numpy as np
import pytest

from simsv_generation.simulators.embedded.mesh import Mesh, box, merge, polygon, prism

RED = (0.5, 0.0, 0.0)


def volume(mesh: Mesh) -> float:
    """Signed volume of a closed mesh: positive when all triangles turn counter-clockwise seen from outside."""
    a, b, c = (mesh.positions[mesh.triangles[:, k]] for k in range(3))
    return float((np.cross(a, b) * c).sum() / 6)


def test_box_is_closed_and_faces_outwards() -> None:
    cube = box((-1.0, 0.0, 0.5), (1.0, 3.0, 1.0), RED)
    assert volume(cube) == pytest.approx(2 * 3 * 0.5)
    low, high = cube.extent()
    assert (low.tolist(), high.tolist()) == ([-1.0, 0.0, 0.5], [1.0, 3.0, 1.0])
    corners = cube.positions[cube.triangles]
    turned = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert ((turned * cube.normals[cube.triangles[:, 0]]).sum(1) > 0).all()


def test_prism_of_a_pentagon() -> None:
    angles = np.arange(5) * 2 * np.pi / 5
    shape = prism(np.column_stack([np.cos(angles), np.sin(angles)]), 0.0, 2.0, RED)
    assert volume(shape) == pytest.approx(2 * 2.5 * np.sin(2 * np.pi / 5))


def test_merge_shifts_triangles_and_takes_nothing() -> None:
    face = polygon([(0, 0, 0), (1, 0, 0), (0, 1, 0)], RED)
    both = merge([face, face])
    assert both.triangles.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert both.triangles.dtype == np.int32
    assert len(merge([]).positions) == 0


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("positions", np.full((3, 3), np.nan), "positions must be finite"),
        ("colors", np.zeros((2, 3)), "colors must have the shape"),
        ("normals", np.full((3, 3), np.inf), "normals must be finite"),
        ("triangles", np.array([[0, 1, 3]], np.int32), "must index 3 vertices"),
        ("triangles", np.array([[0, 1, -1]], np.int32), "must index 3 vertices"),
        ("triangles", np.array([0, 1, 2], np.int32), "must have the shape"),
    ],
)
def test_impossible_meshes_are_refused(field: str, value: np.ndarray, message: str) -> None:
    face = polygon([(0, 0, 0), (1, 0, 0), (0, 1, 0)], RED)
    change: dict[str, Any] = {field: value}
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(face, **change)
