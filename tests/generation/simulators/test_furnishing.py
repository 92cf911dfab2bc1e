import dataclasses

import numpy as np
import pytest

from simsv_generation.geometry import Vec3
from simsv_generation.scene import Asset, House
from simsv_generation.simulators.embedded.furnishing import furnish
from simsv_generation.simulators.embedded.mesh import Finish, Material, Mesh, box, merge
from simsv_generation.simulators.embedded.model import DamagedModel, Model
from tests.factories import ASSETS, make_house, make_room, make_thing

RED = Finish((0.8, 0.0, 0.0), Material("image:red"))
IMAGE = np.full((2, 2, 4), 255, np.uint8)


@dataclasses.dataclass
class Source:
    """Serves one mesh for some types."""

    mesh: Mesh
    types: tuple[str, ...]
    name: str = "ours"
    damaged: str = ""
    digest: str = "test"
    asked: list[tuple[str, str, Vec3]] = dataclasses.field(default_factory=list)

    def model(self, asset_id: str, asset_type: str, size: Vec3) -> Model | None:
        self.asked.append((asset_id, asset_type, size))
        if self.damaged:
            raise DamagedModel(self.damaged)
        return Model(self.mesh, {"red": IMAGE}, self.name) if asset_type in self.types else None


WEDGE = box((-3.0, 0.0, 0.0), (1.0, 0.2, 7.0), RED)


def is_red(mesh: Mesh) -> bool:
    return mesh.materials[0].texture == "image:red"


def test_models_fill_the_boxes_of_their_objects_whatever_their_size() -> None:
    house = make_house([make_room()], (), [make_thing("sofa", "Sofa_1", 2.0, 2.0, yaw=33.0)])
    source = Source(WEDGE, ("Sofa",))
    found = furnish(house, [source], 0)
    (mesh,) = found.meshes
    local = house.objects[0].box.to_local(mesh.positions)
    assert local.max(0) == pytest.approx(np.array(ASSETS["Sofa_1"].size) / 2)
    assert local.min(0) == pytest.approx(-np.array(ASSETS["Sofa_1"].size) / 2)
    assert (mesh.normals**2).sum(1) == pytest.approx(1.0)
    assert source.asked == [("Sofa_1", "Sofa", house.objects[0].box.size)]
    assert is_red(mesh)
    assert found.images["red"] is IMAGE
    assert found.attributions == ("ours",)
    assert found.stand_ins == ()


def test_the_first_source_that_has_a_model_gives_it() -> None:
    things = [make_thing("sofa", "Sofa_1", 2.0, 2.0), make_thing("chair", "Chair_1", 4.0, 2.0)]
    house = make_house([make_room()], (), things)
    first, second = Source(WEDGE, ("Chair",), "first"), Source(WEDGE, ("Chair", "Sofa"), "second")
    found = furnish(house, [first, second], 0)
    assert found.attributions == ("first", "second")
    assert [asset_id for asset_id, *_ in second.asked] == ["Sofa_1"]
    alone = furnish(house, [first], 0)
    assert [is_red(mesh) for mesh in alone.meshes] == [False, True]
    assert alone.stand_ins == ()


def test_without_sources_all_is_parametric() -> None:
    house = make_house()
    found = furnish(house, (), 0)
    assert len(found.meshes) == len(house.objects)
    assert not found.images
    assert found.attributions == ()
    assert found.stand_ins == ()


def test_a_damaged_model_is_replaced_and_named() -> None:
    house = make_house([make_room()], (), [make_thing("sofa", "Sofa_1", 2.0, 2.0)])
    found = furnish(house, [Source(WEDGE, (), damaged="sofa.obj: no faces"), Source(WEDGE, ("Sofa",))], 0)
    assert not is_red(found.meshes[0])
    (stand_in,) = found.stand_ins
    assert (stand_in.object_id, stand_in.asset_id, stand_in.reason) == ("sofa", "Sofa_1", "sofa.obj: no faces")
    assert found.attributions == ()


def test_a_model_that_cannot_carry_what_lies_on_it_gives_way() -> None:
    things = [
        make_thing("sofa", "Sofa_1", 2.0, 2.0),
        make_thing("mug", "Mug_1", 2.0, 2.0, bottom=0.4, parent_id="sofa"),
    ]
    house = make_house([make_room()], (), things)
    seat = merge([box((-1, -0.5, 0), (1, 0.5, 0.4), RED), box((-1, -0.5, 0.4), (1, -0.3, 0.85), RED)])
    for mesh, expected in ((WEDGE, False), (seat, True)):
        found = furnish(house, [Source(mesh, ("Sofa",))], 0)
        assert is_red(found.meshes[0]) is expected
        assert found.stand_ins == ()
        assert bool(found.images) is bool(found.attributions) is expected


def unknown(house: House, asset: Asset | None) -> House:
    return dataclasses.replace(house, assets={} if asset is None else {"Sofa_1": asset})


@pytest.mark.parametrize(
    ("asset", "reason"),
    [
        (None, "does not describe its asset 'Sofa_1'"),
        (Asset("Spaceship", (1, 1, 1)), "no shape for the type 'Spaceship'"),
    ],
)
def test_what_has_no_shape_is_a_block_in_its_box_and_named(asset: Asset | None, reason: str) -> None:
    house = unknown(make_house([make_room()], (), [make_thing("my sofa", "Sofa_1", 2.0, 2.0, yaw=10.0)]), asset)
    found = furnish(house, (), 0)
    (stand_in,) = found.stand_ins
    assert stand_in.object_id == "my sofa"
    assert reason in stand_in.reason
    half = np.array(house.objects[0].box.size) / 2
    assert np.abs(house.objects[0].box.to_local(found.meshes[0].positions)).max(0) == pytest.approx(half)


def test_flat_boxes_are_no_trouble() -> None:
    house = make_house([make_room()], (), [make_thing("sofa", "Sofa_1", 2.0, 2.0)])
    flat = dataclasses.replace(house.objects[0].box, size=(1.0, 0.0, 0.5))
    house = dataclasses.replace(house, objects=(dataclasses.replace(house.objects[0], box=flat),))
    for sources in ((), (Source(WEDGE, ("Sofa",)),)):
        for described in (house, unknown(house, None)):
            (mesh,) = furnish(described, sources, 0).meshes
            assert np.isfinite(mesh.positions).all()
            assert np.ptp(house.objects[0].box.to_local(mesh.positions)[:, 1]) == pytest.approx(0.0, abs=1e-9)


def test_another_seed_gives_other_finishes() -> None:
    house = make_house()
    colors = [np.concatenate([mesh.colors for mesh in furnish(house, (), seed).meshes]) for seed in (0, 0, 5)]
    assert (colors[0] == colors[1]).all()
    assert colors[0].shape != colors[2].shape or (colors[0] != colors[2]).any()
