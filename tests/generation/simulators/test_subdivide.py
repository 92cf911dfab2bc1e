from collections import Counter

import numpy as np
import pytest

from simsv_generation.geometry import Floats
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, box, merge, polygon
from simsv_generation.simulators.embedded.solids import block, ellipsoid, moved
from simsv_generation.simulators.embedded.subdivide import subdivided

GREY = (0.5, 0.5, 0.5)
SHAPES = {
    "box": box((0.0, 0.0, 0.0), (2.0, 0.3, 0.05), GREY),
    "block": block((-0.7, -0.1, 0.0), (0.7, 0.1, 0.9), GREY),
    "ball": ellipsoid((1.0, 2.0, 3.0), (0.9, 0.5, 0.4), GREY),
}


def area(mesh: Mesh) -> float:
    a, b, c = (mesh.positions[mesh.triangles[:, k]] for k in range(3))
    return float(np.sqrt((np.cross(b - a, c - a) ** 2).sum(1)).sum() / 2)


def edges(mesh: Mesh) -> Floats:
    """Lengths, shape (M, 3)."""
    corners = mesh.positions[mesh.triangles]
    return np.asarray(np.sqrt(((corners - np.roll(corners, -1, 1)) ** 2).sum(-1)))


def loose_edges(mesh: Mesh) -> int:
    """How many edges, by the exact places of their ends, no other triangle runs along the other way."""
    places = [tuple(place) for place in mesh.positions.tolist()]
    ways = Counter(
        (places[a], places[b]) for t in mesh.triangles.tolist() for a, b in zip(t, t[1:] + t[:1], strict=True)
    )
    return sum(count != ways[b, a] for (a, b), count in ways.items())


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("longest", [1.0, 0.3, 0.11])
def test_no_edge_is_too_long_no_crack_opens_and_the_area_stays(name: str, longest: float) -> None:
    mesh = SHAPES[name]
    after = subdivided(mesh, longest)
    assert edges(after).max() <= longest + 1e-12
    assert area(after) == pytest.approx(area(mesh))
    assert loose_edges(mesh) == 0
    assert loose_edges(after) == 0
    assert after.triangles.dtype == np.int32
    corners = after.positions[after.triangles]
    turned = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert ((turned * after.normals[after.triangles[:, 0]]).sum(1) > 0).all()


def test_what_is_short_enough_stays_the_same() -> None:
    mesh = SHAPES["block"]
    assert subdivided(mesh, 9.0) is mesh
    assert len(subdivided(merge([]), 0.1).positions) == 0


def test_the_first_vertices_stay_and_those_between_are_interpolated() -> None:
    random = rng(0, "test subdivide")
    corners, normal = random.random((3, 3)), (0.0, 0.0, 1.0)
    slopes = {name: random.normal(size=(3, width)) for name, width in (("colors", 3), ("texture_at", 2))}
    attributes = {name: corners @ slope for name, slope in slopes.items()}
    given = Mesh(
        corners,
        np.tile(normal, (3, 1)),
        attributes["colors"],
        np.array([[0, 1, 2]], np.int32),
        attributes["texture_at"],
        np.full(3, 1, np.uint8),
        (Material(), Material("oak")),
    )
    after = subdivided(given, 0.07)
    assert len(after.triangles) > 20
    assert (after.positions[:3] == corners).all()
    # What is linear in the corners is linear everywhere.
    assert after.colors == pytest.approx(after.positions @ slopes["colors"])
    assert after.texture_at == pytest.approx(after.positions @ slopes["texture_at"])
    assert after.normals == pytest.approx(np.tile(normal, (len(after.positions), 1)))
    assert (after.material_ids == 1).all()


def test_normals_between_stay_unit_vectors() -> None:
    after = subdivided(SHAPES["ball"], 0.05)
    assert (after.normals**2).sum(1) == pytest.approx(1.0)
    bent = polygon([(0, 0, 0), (1, 0, 0), (0, 1, 0)], GREY)
    bent.normals[1] = -bent.normals[0]
    assert np.isfinite(subdivided(bent, 0.3).normals).all()


def test_materials_of_neighbours_do_not_mix() -> None:
    two = merge(
        [SHAPES["box"], moved(box((0, 0, 0), (2.0, 0.3, 0.05), Finish(GREY, Material("oak"))), (0.0, 0.3, 0.0))]
    )
    after = subdivided(two, 0.1)
    rows = after.material_ids[after.triangles]
    assert (rows == rows[:, :1]).all()
    assert area(after) == pytest.approx(area(two))


def test_long_thin_triangles_come_to_an_end() -> None:
    needle = polygon([(0, 0, 0), (30, 0, 0), (0, 1e-4, 0)], GREY)
    assert edges(subdivided(needle, 0.2)).max() <= 0.2
    flat = polygon([(0, 0, 0), (1, 0, 0), (0, 1, 0)], GREY)
    flat.positions[2] = flat.positions[0]
    assert edges(subdivided(flat, 0.2)).max() <= 0.2


def test_there_is_a_limit() -> None:
    sheet = polygon([(0, 0, 0), (90, 0, 0), (90, 90, 0), (0, 90, 0)], GREY)
    after = subdivided(sheet, 0.1)
    assert 40_000 <= len(after.triangles) < 160_000
    assert area(after) == pytest.approx(8100)
