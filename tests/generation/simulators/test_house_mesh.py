import dataclasses

import numpy as np
import pytest

from simsv_generation.scene import Asset
from simsv_generation.simulators.embedded.house_mesh import build_house_mesh
from simsv_generation.simulators.embedded.house_shape import shape_house
from tests.factories import make_house, make_room, make_thing


def test_every_instance_has_triangles_where_it_is() -> None:
    house = make_house()
    mesh = build_house_mesh(house)
    names = np.array(house.instances())
    seen = {name for each in mesh.triangles.values() for name in names[np.unique(each.instances)]}
    assert seen == set(names) - {""}
    for thing in house.objects:
        solids = mesh.triangles["solid"]
        points = solids.positions[names[solids.instances] == thing.object_id].astype(np.float64)
        local, half = thing.box.to_local(points), np.asarray(thing.box.size) / 2
        assert local.min(0) == pytest.approx(-half, abs=1e-5)
        assert local.max(0) == pytest.approx(half, abs=1e-5)


def test_parts_cover_all_triangles_and_bound_them() -> None:
    for each in build_house_mesh(make_house()).triangles.values():
        assert sum(part.count for part in each.parts) == len(each.indices)
        for part in each.parts:
            points = each.positions[each.indices[part.first : part.first + part.count]]
            assert (points >= part.low - 1e-5).all()
            assert (points <= part.high + 1e-5).all()


def test_light_is_finite_and_nowhere_dark() -> None:
    mesh = build_house_mesh(make_house())
    used = mesh.light_map[mesh.light_map.sum(-1) > 0]
    assert np.isfinite(used).all()
    assert used.min() > 0.05
    assert np.isfinite(mesh.triangles["solid"].colors).all()


def test_same_house_gives_the_same_arrays() -> None:
    first, second = build_house_mesh(make_house()), build_house_mesh(make_house())
    assert first.light_map.tobytes() == second.light_map.tobytes()
    for kind, each in first.triangles.items():
        for field in ("positions", "colors", "pattern", "light", "indices", "instances"):
            assert getattr(each, field).tobytes() == getattr(second.triangles[kind], field).tobytes()


def test_house_without_openings_and_objects_has_no_panes() -> None:
    mesh = build_house_mesh(make_house([make_room()]))
    assert mesh.triangles["pane"].parts == ()
    assert mesh.triangles["pane"].indices.shape == (0, 3)


def test_what_cannot_be_shaped_is_refused_by_name() -> None:
    house = make_house([make_room()], objects=[make_thing("my sofa", "Sofa_1", 2.0, 2.0)])
    with pytest.raises(ValueError, match=r"my sofa .*unknown asset 'Sofa_1'"):
        shape_house(dataclasses.replace(house, assets={}))
    with pytest.raises(ValueError, match=r"my sofa .*'Spaceship'"):
        shape_house(dataclasses.replace(house, assets={"Sofa_1": Asset("Spaceship", (1.0, 1.0, 1.0))}))


def test_more_instances_than_ids_are_refused() -> None:
    things = tuple(make_thing(f"mug {k}", "Mug_1", 2.0, 2.0) for k in range(65536))
    with pytest.raises(ValueError, match="instance ids end at 65535"):
        build_house_mesh(make_house([make_room()], objects=things))
