import dataclasses

import numpy as np
import pytest

from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, box, merge, polygon
from simsv_generation.simulators.embedded.sides import outside_out
from simsv_generation.simulators.embedded.solids import ellipsoid, lathe, moved

GREY = (0.5, 0.5, 0.5)
CUBE = box((-0.5, -0.5, -0.5), (0.5, 0.5, 0.5), GREY)
SHEET = polygon([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], GREY)


def inside_out(mesh: Mesh) -> Mesh:
    return dataclasses.replace(mesh, triangles=mesh.triangles[:, ::-1], normals=-mesh.normals)


def volume(mesh: Mesh) -> float:
    a, b, c = (mesh.positions[mesh.triangles[:, k]] for k in range(3))
    return float((np.cross(a, b) * c).sum() / 6)


def two_sided(mesh: Mesh) -> list[bool]:
    """Of every triangle."""
    return [mesh.materials[row].two_sided for row in mesh.material_ids[mesh.triangles[:, 0]]]


def faces_along_normals(mesh: Mesh) -> bool:
    a, b, c = (mesh.positions[mesh.triangles[:, k]] for k in range(3))
    return bool(((np.cross(b - a, c - a) * mesh.normals[mesh.triangles[:, 0]]).sum(1) > 0).all())


@pytest.mark.parametrize(
    "solid",
    [
        CUBE,
        ellipsoid((3.0, 0.0, 0.0), (0.2, 0.3, 0.4), GREY),
        lathe([(0.1, 0.0), (0.2, 0.3)], GREY, at=(5.0, 5.0, 5.0)),
    ],
    ids=["cube", "ball", "cup"],
)
def test_a_solid_shows_its_outside_whichever_way_it_came(solid: Mesh) -> None:
    for given in (solid, inside_out(solid)):
        after = outside_out(given)
        assert volume(after) == pytest.approx(volume(solid))
        used = np.unique(solid.triangles)
        assert after.normals[used] == pytest.approx(solid.normals[used])
        assert not any(two_sided(after))
    assert faces_along_normals(outside_out(inside_out(CUBE)))


def test_a_sheet_shows_both_sides_and_stays_as_it_is() -> None:
    after = outside_out(SHEET)
    assert all(two_sided(after))
    assert (after.triangles == SHEET.triangles).all()
    assert (after.normals == SHEET.normals).all()


def test_a_box_without_a_lid_is_a_sheet() -> None:
    kept = CUBE.normals[CUBE.triangles[:, 0], 2] < 0.5
    assert all(two_sided(outside_out(dataclasses.replace(CUBE, triangles=CUBE.triangles[kept]))))


def test_a_box_with_one_face_turned_is_a_sheet() -> None:
    triangles = CUBE.triangles.copy()
    triangles[0] = triangles[0][::-1]
    assert all(two_sided(outside_out(dataclasses.replace(CUBE, triangles=triangles))))


def test_every_part_is_judged_alone() -> None:
    away = moved(inside_out(CUBE), (3.0, 0.0, 0.0))
    after = outside_out(merge([CUBE, away, moved(SHEET, (0.0, 5.0, 0.0))]))
    assert two_sided(after) == [False] * 24 + [True] * 2
    assert volume(after) == pytest.approx(2.0)


TOUCHING = {"face": (1.0, 0.0, 0.0), "edge": (1.0, 1.0, 0.0), "corner": (1.0, 1.0, 1.0)}


@pytest.mark.parametrize("where", TOUCHING)
def test_two_cubes_that_touch_show_their_outside(where: str) -> None:
    both = merge([CUBE, moved(CUBE, TOUCHING[where])])
    for given in (both, inside_out(both)):
        after = outside_out(given)
        if where != "face":  # what lies between them is in no solid's surface
            assert not any(two_sided(after))
            assert volume(after) == pytest.approx(2.0)
        assert outsides_are_seen(after)


@pytest.mark.parametrize("where", TOUCHING)
@pytest.mark.parametrize("first", [False, True])
def test_two_cubes_that_touch_and_look_different_ways_show_their_outside(where: str, first: bool) -> None:
    cubes = [inside_out(CUBE) if first else CUBE, moved(CUBE if first else inside_out(CUBE), TOUCHING[where])]
    assert outsides_are_seen(outside_out(merge(cubes)))


def outsides_are_seen(cubes: Mesh) -> bool:
    """Whether the faces of two cubes are all turned outwards, or seen from both sides."""
    a, b, c = (cubes.positions[cubes.triangles[:, k]] for k in range(3))
    middles = np.array([part.reshape(-1, 3).mean(0) for part in np.split(cubes.positions[cubes.triangles], 2)])
    outwards = (np.cross(b - a, c - a) * (a - middles.repeat(12, 0))).sum(1) > 0
    return bool((outwards | np.array(two_sided(cubes))).all())


def test_corners_within_a_hundredth_of_a_millimetre_are_one() -> None:
    shaken = dataclasses.replace(
        CUBE, positions=CUBE.positions + 2e-6 * np.sin(np.arange(CUBE.positions.size)).reshape(-1, 3)
    )
    assert not any(two_sided(outside_out(shaken)))
    torn = dataclasses.replace(CUBE, positions=CUBE.positions + 1e-3 * CUBE.normals)
    assert all(two_sided(outside_out(torn)))


def test_triangles_without_area_change_nothing() -> None:
    extra = np.array([[0, 0, 0], [0, 1, 1], [2, 2, 3]], np.int32)
    given = dataclasses.replace(CUBE, triangles=np.concatenate([CUBE.triangles, extra]))
    assert not any(two_sided(outside_out(given)))
    only = dataclasses.replace(CUBE, triangles=extra)
    assert len(outside_out(only).triangles) == 3


def test_nothing_stays_nothing() -> None:
    assert len(outside_out(merge([])).triangles) == 0
    loose = dataclasses.replace(CUBE, triangles=np.zeros((0, 3), np.int32))
    assert len(outside_out(loose).positions) == len(CUBE.positions)


def test_materials_stay_with_their_triangles() -> None:
    oak, leaf = Material("oak", 0.04), Material("image:leaf", cutout=True)
    solid = box((0, 0, 0), (1, 1, 1), Finish(GREY, oak))
    sheets = [moved(polygon(SHEET.positions, Finish(GREY, m)), (0, 0, 3.0 + k)) for k, m in enumerate((leaf, oak))]
    after = outside_out(merge([solid, *sheets]))
    found = [after.materials[row] for row in after.material_ids[after.triangles[:, 0]]]
    two = [dataclasses.replace(m, two_sided=True) for m in (leaf, oak)]
    assert found == [oak] * 12 + [two[0]] * 2 + [two[1]] * 2
    assert set(after.materials) == {oak, *two}


def test_more_materials_than_ids_are_refused() -> None:
    parts = []
    for k in range(200):
        finish = Finish(GREY, Material(gloss=k / 1000))
        at = (2.0 * k, 0.0, 0.0)
        parts += [
            moved(box((0, 0, 0), (1, 1, 1), finish), at),
            moved(polygon(SHEET.positions, finish), (2.0 * k, 5.0, 0.0)),
        ]
    with pytest.raises(ValueError, match="at most 256 materials"):
        outside_out(merge(parts))
