"""Every object type of the asset database, in every size it comes in."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from simsv_generation.geometry import Floats, Vec3
from simsv_generation.houses.asset_database import procthor_assets
from simsv_generation.simulators.embedded.furniture import build_object
from simsv_generation.simulators.embedded.mesh import Mesh
from simsv_generation.simulators.embedded.patterns import PATTERNS

# Doors and windows are openings, not objects: `embedded/openings.py` draws them.
OPENINGS = {"Doorframe", "Doorway", "Window"}
TYPES = sorted({asset.asset_type for asset in procthor_assets().values()} - OPENINGS)
HARD_SIZES = [
    (0.0005, 0.0005, 0.0005),
    (0.0001, 0.2, 0.2),
    (0.2, 0.0001, 0.2),
    (0.2, 0.2, 0.0001),
    (0.0, 0.3, 0.3),
    (0.02, 3.0, 0.02),
    (6.0, 0.03, 0.8),
    (5.0, 5.0, 5.0),
]


def digest(mesh: Mesh) -> str:
    arrays = (mesh.positions, mesh.normals, mesh.colors, mesh.triangles, mesh.texture_at, mesh.material_ids)
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


def face_normals(mesh: Mesh) -> Floats:
    """Shape (M, 3): as long as twice the area of the triangle."""
    a, b, c = (mesh.positions[mesh.triangles[:, k]] for k in range(3))
    return np.cross(b - a, c - a)


def unmatched_edges(mesh: Mesh) -> int:
    """How many triangle edges have no triangle on their other side; 0 when all surfaces are closed."""
    _, welded = np.unique(np.round(mesh.positions, 6), axis=0, return_inverse=True)
    corners = welded.reshape(-1)[mesh.triangles].astype(np.int64)
    edges = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    edges = edges[edges[:, 0] != edges[:, 1]]
    low, high = edges.min(1), edges.max(1)
    _, kind = np.unique(low * len(mesh.positions) + high, return_inverse=True)
    return int(np.abs(np.bincount(kind.reshape(-1), weights=np.where(edges[:, 0] == low, 1, -1))).sum())


def check_fills_its_box(mesh: Mesh, size: Vec3) -> None:
    low, high = mesh.extent()
    assert low == pytest.approx(-np.array(size) / 2, abs=1e-6)
    assert high == pytest.approx(np.array(size) / 2, abs=1e-6)
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("asset_type", TYPES)
def test_every_model_of_the_type(asset_type: str) -> None:
    for asset_id, asset in sorted(procthor_assets().items()):
        if asset.asset_type != asset_type:
            continue
        mesh = build_object(asset_type, asset.size, asset.materials, asset_id)
        check_fills_its_box(mesh, asset.size)
        assert 0.01 <= mesh.colors.min() <= mesh.colors.max() <= 0.92, asset_id
        assert {material.texture for material in mesh.materials} <= {"", *PATTERNS}, asset_id
        turned = face_normals(mesh)
        areas = np.linalg.norm(turned, axis=1)
        solid = areas > 1e-3 * areas.max() / len(areas)
        assert 12 < solid.sum() <= len(mesh.triangles) <= 1500, asset_id
        facing = (turned[:, None] * mesh.normals[mesh.triangles]).sum((1, 2))
        assert (facing[solid] > 0).all(), f"{asset_id}: {(facing[solid] <= 0).sum()} triangles face inwards"
        assert unmatched_edges(mesh) == 0, asset_id


@pytest.mark.parametrize("asset_type", TYPES)
def test_hard_sizes(asset_type: str) -> None:
    for size in HARD_SIZES:
        for key in ("a", "b", "c"):
            mesh = build_object(asset_type, size, (), key)
            check_fills_its_box(mesh, size)
            assert 0.01 <= mesh.colors.min() <= mesh.colors.max() <= 0.92


@pytest.mark.slow
def test_the_same_key_gives_the_same_mesh_in_another_process() -> None:
    script = (
        "from tests.generation.simulators.test_furniture import TYPES, build_object, digest\n"
        "for t in reversed(TYPES): print(t, digest(build_object(t, (0.5, 0.4, 0.6), ('DarkWood2',), 'key')))\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)
    there = dict(line.split() for line in run.stdout.splitlines())
    assert there == {t: digest(build_object(t, (0.5, 0.4, 0.6), ("DarkWood2",), "key")) for t in TYPES}


def test_keys_give_different_looks() -> None:
    for asset_type in ("Apple", "Sofa", "Fridge", "Book", "Vase"):
        size = (0.5, 0.4, 0.6)
        assert len({digest(build_object(asset_type, size, (), str(key))) for key in range(8)}) > 1, asset_type


def test_a_seed_changes_finishes_and_never_the_shape() -> None:
    repainted = 0
    for asset_type in TYPES:
        plain, other = (build_object(asset_type, (0.5, 0.4, 0.6), ("DarkWood2",), "key", seed) for seed in (0, 7))
        assert (plain.positions == other.positions).all(), asset_type
        assert (plain.triangles == other.triangles).all(), asset_type
        repainted += plain.colors.tobytes() != other.colors.tobytes()
    assert repainted > 0.7 * len(TYPES)


def test_materials_that_name_a_color_decide_it() -> None:
    dark, white = (
        build_object("DiningTable", (1.4, 0.9, 0.75), (name,), "table").colors.mean()
        for name in ("DarkWoodSmooth2", "WhiteWood")
    )
    assert dark < 0.2 < white


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(ValueError, match="'Spaceship'"):
        build_object("Spaceship", (1.0, 1.0, 1.0), (), "key")
