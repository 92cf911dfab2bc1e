import dataclasses

import numpy as np
import pytest

from simsv_generation.geometry import OrientedBox
from simsv_generation.look import Look
from simsv_generation.scene import Asset, House, Opening, SceneObject
from simsv_generation.simulators.embedded.house_shape import SolidPiece
from simsv_generation.simulators.embedded.light.lights import house_windows, lit_lamps, switched
from simsv_generation.simulators.embedded.mesh import Finish, Material, box
from tests.factories import make_house, make_room
from tests.generation.simulators.light.rooms import bare_house

WEST = make_room([(0, 0), (4, 0), (4, 4), (0, 4)])
EAST = make_room([(4, 0), (7, 0), (7, 4), (4, 4)], room_id="room|2", ceiling_height=3.5)
FAR = make_room([(7, 0), (9, 0), (9, 4), (7, 4)], room_id="room|3")
DOOR = Opening("d", "door", ("room|1", "room|2"), ((4.0, 1.0), (4.0, 2.0)), 0.0, 2.1, True)
NORTH = Opening("n", "window", ("room|2",), ((4.5, 4.0), (6.0, 4.0)), 0.9, 2.1, False)


def with_lamp(kind: str, room_id: str = "room|1") -> House:
    size = (0.3, 0.4, 1.5)
    thing = SceneObject("lamp", "lamp", OrientedBox.upright((1.0, 2.0, 0.75), size, 30.0), room_id, "", "Lamp_1")
    return dataclasses.replace(make_house([WEST, EAST], (), ()), objects=(thing,), assets={"Lamp_1": Asset(kind, size)})


def look(*rooms: str) -> Look:
    return Look(0.0, -40.0, 0.0, rooms)


def test_a_windows_light_begins_in_front_of_its_pane_and_looks_into_the_room() -> None:
    house, shape = bare_house([WEST, EAST], [DOOR, NORTH])
    (window,) = house_windows(house, shape)
    assert window.inward == pytest.approx((0.0, -1.0, 0.0), abs=1e-9)
    corners = window.corner + np.array([[a, b] for a in (0, 1) for b in (0, 1)]) @ [window.width, window.height]
    assert corners[:, 0].min() == pytest.approx(4.5)
    assert corners[:, 0].max() == pytest.approx(6.0)
    assert corners[:, 2].min() == pytest.approx(0.9)
    assert corners[:, 2].max() == pytest.approx(2.1)
    pane = shape.panes[0].mesh.positions[:, 1]
    assert corners[:, 1] == pytest.approx(pane[0] - 0.04)
    assert window.rooms == (0, 1), "its light goes through the open door"


def test_light_goes_through_open_doors_alone() -> None:
    for is_open, expected in ((True, (0, 1)), (False, (1,))):
        house, shape = bare_house([WEST, EAST, FAR], [dataclasses.replace(DOOR, is_open=is_open), NORTH])
        assert house_windows(house, shape)[0].rooms == expected
        (*_, lamp) = lit_lamps(house, look("room|2"))
        assert lamp.rooms == expected


def test_only_lit_rooms_have_lamps() -> None:
    house = make_house([WEST, EAST], (), ())
    assert lit_lamps(house, look()) == []
    lamps = lit_lamps(house, look("room|2"))
    assert lamps
    for lamp in lamps:
        assert house.room_at(*lamp.center[:2]) == "room|2"
        assert 3.0 < lamp.center[2] < 3.5
        assert lamp.is_disc
        assert lamp.rooms == (1,)


def test_lamps_of_a_room_give_light_for_its_floor_and_more_below_high_ceilings() -> None:
    def total(*, height: float, side: float) -> float:
        room = make_room([(0, 0), (side, 0), (side, side), (0, side)], ceiling_height=height)
        return sum(sum(lamp.power) for lamp in lit_lamps(make_house([room], (), ()), look("room|1")))

    assert total(height=2.5, side=6) == pytest.approx(4 * total(height=2.5, side=3))
    assert total(height=5.0, side=4) == pytest.approx(4 * total(height=2.5, side=4))
    assert total(height=2.0, side=4) == pytest.approx(total(height=2.5, side=4))


@pytest.mark.parametrize(("kind", "count"), [("FloorLamp", 1), ("DeskLamp", 1), ("Chair", 0)])
def test_lamps_that_stand_in_lit_rooms_shine_within_their_boxes(kind: str, count: int) -> None:
    house = with_lamp(kind)
    balls = [lamp for lamp in lit_lamps(house, look("room|1")) if not lamp.is_disc]
    assert len(balls) == count
    for ball in balls:
        local = house.objects[0].box.to_local(ball.center)
        assert (np.abs(local) + ball.radius <= np.array([0.15, 0.2, 0.75]) + 1e-9).all()
        assert local[2] > 0.4
    assert not [lamp for lamp in lit_lamps(house, look("room|2")) if not lamp.is_disc]


def test_objects_without_an_asset_do_not_shine() -> None:
    house = dataclasses.replace(with_lamp("FloorLamp"), assets={})
    assert not [lamp for lamp in lit_lamps(house, look("room|1")) if not lamp.is_disc]


def test_shades_glow_only_in_lit_rooms() -> None:
    house = with_lamp("FloorLamp")
    _, shape = bare_house([WEST, EAST])
    glowing = box((0.0, 0.0, 0.0), (0.1, 0.1, 0.1), Finish((1.0, 1.0, 1.0), Material(emission=2.0)))
    names = ("lamp", "room|1|ceiling", "room|2|ceiling", "screen")
    shape = dataclasses.replace(shape, solids=tuple(SolidPiece(name, ("room|1",), glowing, None) for name in names))
    for lit, expected in ((("room|1",), [2, 2, 0, 2]), (("room|2",), [0, 0, 2, 2]), ((), [0, 0, 0, 2])):
        after = switched(house, shape, look(*lit))
        assert [piece.mesh.materials[0].emission for piece in after.solids] == expected
        assert all(piece.mesh.positions is glowing.positions for piece in after.solids)
