"""Solids: closed, and textured in metres along their surface."""

import numpy as np
import pytest

from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, box, merge
from simsv_generation.simulators.embedded.solids import (
    block,
    ellipsoid,
    fitted,
    framed,
    lathe,
    plate,
    rounded,
    sheet,
    tube,
    turned,
)
from tests.generation.simulators.test_furniture import face_normals, unmatched_edges

OAK = Finish((0.4, 0.25, 0.13), Material("wood", gloss=0.03))
FOLDS = [[(x, 0.04 * np.sin(9 * x), z) for x in np.linspace(-0.5, 0.5, 31)] for z in (0.0, 0.4, 1.0)]
SOLIDS = {
    "block": block((-0.5, -0.1, 0.0), (0.5, 0.1, 0.03), OAK),
    "sharp block": block((-0.5, -0.1, 0.0), (0.5, 0.1, 0.03), OAK, bevel=0.0),
    "rounded": rounded((-0.5, -0.3, 0.0), (0.5, 0.3, 0.2), OAK, 0.05),
    "lathe": lathe([(0.2, 0.0), (0.25, 0.3), (0.1, 0.5)], OAK),
    "ellipsoid": ellipsoid((0, 0, 1), (0.3, 0.1, 0.2), OAK, boxy=0.5),
    "tube": tube([(0, 0, 0), (0, 0, 1), (0.5, 0, 1)], 0.02, OAK),
    "plate": plate([(0, 0), (1, 0), (0.5, 0.8)], 0.0, 0.05, OAK),
    "sheet": sheet(FOLDS, 0.004, OAK),
    "framed": framed((-0.3, 0.0, 0.0), (0.3, 0.02, 0.7), OAK, rim=0.05, sunk=0.008),
    "box": box((0, 0, 0), (1, 2, 3), OAK),
}


def lengths(mesh: Mesh, of: str) -> np.ndarray:
    """Shape (M, 3): lengths of the triangles' edges in space or on the texture."""
    corners = getattr(mesh, of)[mesh.triangles]
    return np.linalg.norm(corners - np.roll(corners, 1, 1), axis=2)


@pytest.mark.parametrize("name", SOLIDS)
def test_solids_are_closed_and_face_outwards(name: str) -> None:
    mesh = SOLIDS[name]
    assert unmatched_edges(mesh) == 0
    faces = face_normals(mesh)
    solid = np.linalg.norm(faces, axis=1) > 1e-12
    assert ((faces[:, None] * mesh.normals[mesh.triangles]).sum((1, 2))[solid] > 0).all()
    assert mesh.materials == (OAK.material,)


@pytest.mark.parametrize("name", SOLIDS)
def test_textures_are_in_metres(name: str) -> None:
    mesh = SOLIDS[name]
    stretch = lengths(mesh, "texture_at").sum() / lengths(mesh, "positions").sum()
    # Turned and rounded solids cannot be unrolled without any distortion.
    assert stretch == pytest.approx(1.0, abs=0.3 if name in ("lathe", "ellipsoid", "rounded") else 0.05)


def test_grain_runs_along_the_longest_edge_of_a_board() -> None:
    for size in ((1.0, 0.1, 0.05), (0.1, 1.0, 0.05), (0.05, 0.1, 1.0)):
        board = block((0, 0, 0), size, OAK, bevel=0.0)
        along = np.argmax(size)
        sides = np.abs(board.normals[:, along]) < 0.5
        u = board.texture_at[sides, 0]
        assert np.ptp(u - board.positions[sides, along]) == pytest.approx(0.0, abs=1e-9)


def test_boards_side_by_side_are_cut_from_different_places() -> None:
    first, second = (block((0, y, 0), (1, y + 0.1, 0.02), OAK).texture_at for y in (0.0, 0.1))
    assert np.abs(first - second).max() > 0.01


def test_placing_a_solid_leaves_its_texture() -> None:
    board = SOLIDS["block"]
    assert (turned(board, 30).texture_at == board.texture_at).all()
    assert (fitted(board, (2.0, 1.0, 1.0)).texture_at == board.texture_at).all()


def test_merging_keeps_every_material() -> None:
    red = Finish((0.4, 0.0, 0.0), Material(gloss=0.5))
    both = merge([box((0, 0, 0), (1, 1, 1), OAK), box((1, 0, 0), (2, 1, 1), red), box((2, 0, 0), (3, 1, 1), OAK)])
    assert both.materials == (OAK.material, red.material)
    assert [both.materials[k] for k in both.material_ids[[0, 30, 60]]] == [OAK.material, red.material, OAK.material]
