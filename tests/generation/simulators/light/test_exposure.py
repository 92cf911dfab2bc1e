import dataclasses

import numpy as np
import pytest

from simsv_generation.look import Look
from simsv_generation.scene import House, Opening
from simsv_generation.simulators.embedded.house_shape import HouseShape
from simsv_generation.simulators.embedded.light.exposure import Exposure, exposures
from simsv_generation.simulators.embedded.light.rays import Singles
from tests.factories import make_room
from tests.generation.simulators.light.rooms import NIGHT, bare_house

WEST = make_room([(0, 0), (4, 0), (4, 4), (0, 4)])
EAST = make_room([(4, 0), (7, 0), (7, 4), (4, 4)], room_id="room|2")
PLAN = Opening("p", "passage", ("room|1", "room|2"), ((4.0, 0.0), (4.0, 4.0)), 0.0, 2.5, True)


def found(house: House, shape: HouseShape, levels: dict[str, float], look: Look = NIGHT) -> tuple[Exposure, ...]:
    light: list[Singles] = [np.full((4, 5, 3), levels[piece.room_id], np.float32) for piece in shape.shell]
    return exposures(house, shape, light, look)


def test_an_eye_makes_up_for_most_of_the_difference_between_rooms() -> None:
    house, shape = bare_house([WEST, EAST])
    bright, dim = found(house, shape, {"room|1": 2.0, "room|2": 0.02})
    shown = [
        float(exposure.shown(np.full((1, 3), level, np.float32)).mean())
        for exposure, level in ((bright, 2.0), (dim, 0.02))
    ]
    assert 1.3 < shown[0] / shown[1] < 4
    # A surface that throws back half of it is shown about as bright as the key.
    assert all(0.1 < 0.5 * level < 0.4 for level in shown)


def test_the_mean_of_a_room_is_shown_with_the_factor() -> None:
    house, shape = bare_house([WEST])
    (exposure,) = found(house, shape, {"room|1": 0.3})
    assert exposure.mean == pytest.approx(0.3)
    light = np.array([[0.3, 0.3, 0.3], [3.0, 3.0, 3.0], [0.03, 0.03, 0.03]], np.float32)
    shown = exposure.shown(light)[:, 0]
    assert shown[0] == pytest.approx(0.3 * exposure.factor)
    assert 1 < shown[1] / shown[0] < 10
    assert 0.1 < shown[2] / shown[0] < 1
    red = exposure.shown(np.array([[0.4, 0.2, 0.0]], np.float32))[0]
    assert red[1] / red[0] == pytest.approx(0.5)
    assert red[2] == 0


def test_darkness_stays_dark_and_finite() -> None:
    house, shape = bare_house([WEST])
    (exposure,) = found(house, shape, {"room|1": 0.0})
    assert not exposure.shown(np.zeros((2, 3, 3), np.float32)).any()
    assert np.isfinite(exposure.shown(np.full((1, 3), 30.0, np.float32))).all()


def test_rooms_of_an_open_plan_share_their_exposure() -> None:
    levels = {"room|1": 1.0, "room|2": 0.1}
    open_plan = found(*bare_house([WEST, EAST], [PLAN]), levels)
    assert open_plan[0] == open_plan[1]
    apart = found(*bare_house([WEST, EAST]), levels)
    assert apart[0].factor < open_plan[0].factor < apart[1].factor
    door = dataclasses.replace(PLAN, kind="door", segment=((4.0, 1.0), (4.0, 2.0)), top=2.1)
    joined = found(*bare_house([WEST, EAST], [door]), levels)
    assert joined[0] != joined[1]


def test_a_row_of_open_rooms_shares_one_exposure_whatever_the_order() -> None:
    rooms = [make_room([(4 * k, 0), (4 * k + 4, 0), (4 * k + 4, 4), (4 * k, 4)], room_id=f"room|{k}") for k in range(4)]
    ways = [
        Opening(
            f"p{a}", "passage", (f"room|{a}", f"room|{a + 1}"), ((4.0 * a + 4, 0), (4.0 * a + 4, 4)), 0.0, 2.5, True
        )
        for a in (2, 0, 1)
    ]
    found_ = found(*bare_house(rooms, ways), {f"room|{k}": 0.1 * (k + 1) for k in range(4)})
    assert len(set(found_)) == 1


@pytest.mark.parametrize("stops", [-2.0, 1.0])
def test_a_stop_doubles_the_light(stops: float) -> None:
    house, shape = bare_house([WEST])
    (metered,) = found(house, shape, {"room|1": 0.5})
    (changed,) = found(house, shape, {"room|1": 0.5}, dataclasses.replace(NIGHT, exposure=stops))
    assert changed.factor == pytest.approx(metered.factor * 2**stops)
