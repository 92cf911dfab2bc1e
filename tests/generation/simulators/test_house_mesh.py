import dataclasses

import numpy as np
import pytest

from simsv_generation.look import Look
from simsv_generation.scene import House, Opening
from simsv_generation.simulators.embedded.house_mesh import KINDS, HouseMesh, build_house_mesh
from simsv_generation.simulators.embedded.house_shape import HouseShape, SolidPiece, shape_house
from simsv_generation.simulators.embedded.light import HouseLight
from simsv_generation.simulators.embedded.light.plain import plain_light
from simsv_generation.simulators.embedded.mesh import Finish, Material, box, merge
from simsv_generation.simulators.embedded.patterns import PATTERNS
from simsv_generation.simulators.embedded.solids import moved
from tests.factories import make_house, make_room, make_thing
from tests.generation.simulators.light.rooms import bare_house

GREY = (0.5, 0.5, 0.5)
OAK = sorted(PATTERNS)[0]
LEAF = Material("image:leaf", cutout=True)


def built(house: House) -> HouseMesh:
    shape = shape_house(house)
    return build_house_mesh(house, shape, plain_light(house, shape, Look.standard(house)))


def with_cubes(*materials: Material) -> tuple[House, HouseShape, HouseLight]:
    """A room with a cube of each material, three metres apart, lit evenly by 0.5."""
    cubes = [moved(box((0, 0, 0), (1, 1, 1), Finish(GREY, m)), (3.0 * k, 0, 0)) for k, m in enumerate(materials)]
    house, shape = bare_house([make_room()], (), cubes)
    shape = dataclasses.replace(shape, images={"leaf": np.full((4, 4, 4), 255, np.uint8)})
    light = plain_light(house, shape, Look.standard(house))
    even = tuple(np.full((len(piece.mesh.positions), 3), 0.5, np.float16) for piece in shape.solids)
    return house, shape, dataclasses.replace(light, solids=even)


def test_every_instance_has_triangles_where_it_is() -> None:
    house = make_house()
    mesh = built(house)
    names = np.array(house.instances())
    seen = {name for each in mesh.triangles.values() for name in names[np.unique(each.instances)]}
    assert seen == set(names) - {""}
    for thing in house.objects:
        points = np.concatenate(
            [each.positions[names[each.instances] == thing.object_id] for each in mesh.triangles.values()]
        ).astype(np.float64)
        local, half = thing.box.to_local(points), np.asarray(thing.box.size) / 2
        assert local.min(0) == pytest.approx(-half, abs=1e-5)
        assert local.max(0) == pytest.approx(half, abs=1e-5)


def test_no_triangle_is_lost_on_the_way() -> None:
    house = make_house()
    shape, mesh = shape_house(house), built(house)
    given = [piece.surface.mesh for piece in shape.shell]
    given += [piece.mesh for piece in shape.solids] + [pane.mesh for pane in shape.panes]
    assert sum(len(each.indices) for each in mesh.triangles.values()) == sum(len(one.triangles) for one in given)
    low = np.min([one.positions[one.triangles].mean(1).min(0) for one in given if len(one.triangles)], 0)
    found = np.min([each.positions[each.indices].mean(1).min(0) for each in mesh.triangles.values() if each.parts], 0)
    assert found == pytest.approx(low, abs=1e-5)


def test_parts_cover_all_triangles_and_bound_them() -> None:
    for each in built(make_house()).triangles.values():
        assert sum(part.count for part in each.parts) == len(each.indices)
        assert [part.first for part in each.parts] == np.cumsum([0, *(part.count for part in each.parts)])[:-1].tolist()
        for part in each.parts:
            points = each.positions[each.indices[part.first : part.first + part.count]]
            assert (points >= part.low - 1e-5).all()
            assert (points <= part.high + 1e-5).all()
            assert part.rooms


@pytest.mark.parametrize(
    ("material", "kind"),
    [
        (Material(), "solid"),
        (Material(gloss=0.04), "polished solid"),
        (Material(gloss=0.001), "solid"),
        (Material(OAK), "textured"),
        (Material(OAK, gloss=0.8), "polished textured"),
        (LEAF, "cutout"),
        (Material(opacity=0.2), "glass"),
        (Material(opacity=0.2, gloss=0.04), "glass"),
        (Material(two_sided=True), "solid"),
    ],
)
def test_materials_decide_the_kind(material: Material, kind: str) -> None:
    mesh = build_house_mesh(*with_cubes(material))
    cube = mesh.triangles[kind]
    assert len(cube.indices) == 12
    assert [part.two_sided for part in cube.parts] == [material.two_sided]
    assert (cube.gloss == np.array((material.gloss, material.opacity), np.float32)).all()
    assert all(not mesh.triangles[name].parts for name in KINDS if name not in (kind, "shell"))


def test_one_piece_of_many_materials_is_split_and_stays_whole() -> None:
    house, shape, light = with_cubes()
    materials = (Material(), Material(gloss=0.5), Material(OAK), LEAF, Material(opacity=0.5), Material(two_sided=True))
    pieces = [moved(box((0, 0, 0), (1, 1, 1), Finish(GREY, m)), (0, 0, 2.0 * k)) for k, m in enumerate(materials)]
    whole = merge(pieces)
    shape = dataclasses.replace(shape, solids=(SolidPiece("room|1|wall", ("room|1",), whole, None),))
    light = dataclasses.replace(light, solids=(np.full((len(whole.positions), 3), 0.5, np.float16),))
    triangles = build_house_mesh(house, shape, light).triangles
    counts = {kind: len(each.indices) for kind, each in triangles.items() if kind not in ("shell",) and each.parts}
    assert counts == {"solid": 24, "polished solid": 12, "textured": 12, "cutout": 12, "glass": 12}
    assert sorted(part.two_sided for part in triangles["solid"].parts) == [False, True]
    for kind, level in (("polished solid", 2.0), ("textured", 4.0), ("cutout", 6.0), ("glass", 8.0)):
        assert triangles[kind].positions[:, 2].min() == level


def test_colours_hold_the_light_and_what_a_shade_gives_off() -> None:
    shades = build_house_mesh(*with_cubes(Material(), Material(emission=2.0)))
    solid = shades.triangles["solid"]
    assert solid.colors[solid.positions[:, 0] < 2] == pytest.approx(0.25)
    assert solid.colors[solid.positions[:, 0] > 2] == pytest.approx(0.5 * (0.5 + 2.0))
    # A texel of a pattern stands for half of its factor.
    textured = build_house_mesh(*with_cubes(Material(OAK), LEAF)).triangles
    assert textured["textured"].colors == pytest.approx(0.5)
    assert textured["cutout"].colors == pytest.approx(0.25)


def test_patterns_repeat_by_the_metre_and_images_as_they_are() -> None:
    house, shape, light = with_cubes(Material(OAK), LEAF)
    mesh = build_house_mesh(house, shape, light)
    names = ["", *sorted((OAK, "image:leaf"))]
    assert len(mesh.textures) == 3, "the shell, which has no texture, has none of theirs"
    for kind, name, repeat in (("textured", OAK, PATTERNS[OAK].repeat), ("cutout", "image:leaf", 1.0)):
        at = mesh.triangles[kind].texture
        source = shape.solids[0 if name == OAK else 1].mesh.texture_at
        assert (at[:, 2] == names.index(name)).all()
        assert np.ptp(at[:, 0]) == pytest.approx(np.ptp(source[:, 0]) / repeat)


def test_houses_without_textures_and_openings_can_be_drawn() -> None:
    mesh = build_house_mesh(*with_cubes())
    assert mesh.textures.shape[0] == 1
    assert (mesh.textures == 255).all()
    assert mesh.triangles["pane"].parts == ()
    assert mesh.triangles["pane"].indices.shape == (0, 3)


def test_the_light_map_of_a_wall_is_found_at_its_corners() -> None:
    house, shape, light = with_cubes()
    marked = tuple(np.full_like(grid, k + 1) for k, grid in enumerate(light.shell))
    mesh = build_house_mesh(house, shape, dataclasses.replace(light, shell=marked))
    shell = mesh.triangles["shell"]
    for k, part in enumerate(shell.parts):
        at = shell.light[np.unique(shell.indices[part.first : part.first + part.count])]
        # Half a texel inside of the edges lies a texel of this very grid.
        inner = at + 0.4 * np.sign(at.mean(0) - at)
        assert (mesh.light_map[inner[:, 1].astype(int), inner[:, 0].astype(int), 0] == k + 1).all()


def test_rooms_and_their_boxes() -> None:
    house = make_house()
    mesh = built(house)
    assert mesh.room_boxes[0, :2].tolist() == [[0.0, 0.0, 0.0], [6.0, 5.0, 2.5]]
    names = np.array(house.instances())
    for each in mesh.triangles.values():
        for thing in house.objects:
            mine = names[each.instances] == thing.object_id
            assert (each.rooms[mine] == [room.room_id for room in house.rooms].index(thing.room_id)).all()


def test_what_reaches_into_another_room_is_seen_there() -> None:
    rooms = [make_room([(0, 0), (3, 0), (3, 3), (0, 3)]), make_room([(3, 0), (6, 0), (6, 3), (3, 3)], room_id="room|2")]
    for x, expected in ((1.5, (0,)), (2.6, (0, 1))):
        house = make_house(rooms, (), [make_thing("sofa", "Sofa_1", x, 1.5)])
        mesh, names = built(house), np.array(house.instances())
        found = {
            part.rooms
            for each in mesh.triangles.values()
            for part in each.parts
            if names[each.instances[each.indices[part.first, 0]]] == "sofa"
        }
        assert found == {expected}


def test_doors_belong_to_both_rooms() -> None:
    house = make_house()
    mesh, names = built(house), np.array(house.instances())
    found = {
        part.rooms
        for each in mesh.triangles.values()
        for part in each.parts
        if names[each.instances[each.indices[part.first, 0]]] == "door|1|2"
    }
    assert found == {(0, 1)}


def test_light_is_finite_and_nowhere_dark() -> None:
    mesh = built(make_house())
    used = mesh.light_map[mesh.light_map.sum(-1) > 0]
    assert np.isfinite(used).all()
    assert used.min() > 0.05
    for each in mesh.triangles.values():
        assert np.isfinite(each.colors).all()


def test_same_house_gives_the_same_arrays() -> None:
    first, second = built(make_house()), built(make_house())
    for name in ("light_map", "textures", "reflections", "room_boxes"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
    for kind, each in first.triangles.items():
        other = second.triangles[kind]
        assert list(map(str, each.parts)) == list(map(str, other.parts))
        for field in dataclasses.fields(each):
            if field.name != "parts":
                assert getattr(each, field.name).tobytes() == getattr(other, field.name).tobytes()


def test_a_house_that_cannot_be_shaped_is_refused_by_name() -> None:
    nowhere = Opening("my door", "door", ("room|1",), ((50.0, 1.0), (50.0, 2.0)), 0.0, 2.1, True)
    with pytest.raises(ValueError, match="my door"):
        shape_house(make_house([make_room()], [nowhere], ()))


def test_more_instances_than_ids_are_refused() -> None:
    things = tuple(make_thing(f"mug {k}", "Mug_1", 2.0, 2.0) for k in range(65536))
    house = make_house([make_room()], objects=things)
    _, shape, light = with_cubes()
    with pytest.raises(ValueError, match="instance ids end at 65535"):
        build_house_mesh(house, shape, light)
