from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from simsv_generation.episode import Sensor
from simsv_generation.generate.variation import VariationConfig, draw_camera_height, draw_look, draw_sensor
from simsv_generation.look import Look
from simsv_generation.scene import House, Opening
from simsv_generation.seeding import rng
from tests.factories import make_house, make_room

OFF = VariationConfig(light=False)
LIGHT = VariationConfig()
ALL = VariationConfig(light=True, materials=True, exposure=0.5, camera_height=0.2, noise=6.0, motion_blur=0.3)


def make_row(rooms: int, windows: int) -> House:
    """Rooms in a row, the first of which have a window."""
    walls = [4.0 * number for number in range(rooms)]
    return make_house(
        [make_room([(x, 0), (x + 4, 0), (x + 4, 3), (x, 3)], room_id=f"room|{k}") for k, x in enumerate(walls)],
        [
            Opening(f"window|{k}", "window", (f"room|{k}",), ((x + 1, 0), (x + 2, 0)), 0.9, 2.1, False)
            for k, x in enumerate(walls[:windows])
        ],
        (),
    )


def looks(house: House, variation: VariationConfig, count: int = 400) -> list[Look]:
    return [draw_look(house, variation, rng(0, "look", number)) for number in range(count)]


def test_where_nothing_varies_it_is_the_standard_look() -> None:
    house = make_house()
    assert set(looks(house, OFF, 20)) == {Look.standard(house)}


def test_the_same_generator_draws_the_same_look() -> None:
    house = make_house()
    assert looks(house, ALL, 20) == looks(house, ALL, 20)
    assert len(set(looks(house, ALL, 20))) == 20


def test_kinds_of_variation_do_not_disturb_each_other() -> None:
    house = make_house()
    everything, light = looks(house, ALL, 20), looks(house, LIGHT, 20)
    assert [replace(look, exposure=0.0, material_seed=0) for look in everything] == light
    materials = looks(house, replace(OFF, materials=True), 20)
    assert [look.material_seed for look in materials] == [look.material_seed for look in everything]
    exposures = looks(house, replace(OFF, exposure=0.5), 20)
    assert [look.exposure for look in exposures] == [look.exposure for look in everything]


def test_most_walks_are_by_day_and_some_are_not() -> None:
    elevations = np.array([look.sun_elevation for look in looks(make_house(), LIGHT)])
    assert 0.55 < (elevations > 15).mean() < 0.75
    assert 0.1 < ((elevations > 0) & (elevations <= 15)).mean() < 0.3
    assert 0.08 < (elevations < 0).mean() < 0.25
    azimuths = np.array([look.sun_azimuth for look in looks(make_house(), LIGHT)])
    assert np.histogram(azimuths, 8, (-180, 180))[0].min() > 20
    clouds = np.array([look.cloudiness for look in looks(make_house(), LIGHT)])
    assert (clouds < 0.2).any()
    assert (clouds > 0.8).any()


def test_a_room_without_window_is_never_dark() -> None:
    for look in looks(make_row(4, windows=2), LIGHT):
        assert {"room|2", "room|3"} <= set(look.lit_rooms)


def test_lamps_are_on_in_most_rooms_and_no_house_is_dark_at_night() -> None:
    house = make_row(5, windows=5)
    order = [room.room_id for room in house.rooms]
    counts = {True: Counter[int](), False: Counter[int]()}
    for look in looks(house, LIGHT):
        counts[look.sun_elevation < 0][len(look.lit_rooms)] += 1
        assert list(look.lit_rooms) == sorted(look.lit_rooms, key=order.index)
    assert min(counts[True]) >= 3
    assert counts[True].keys() > {5}
    assert len(counts[False]) > 2


def test_the_only_room_is_lit_at_night() -> None:
    for look in looks(make_row(1, windows=1), LIGHT):
        assert look.sun_elevation > 0 or look.lit_rooms == ("room|0",)


def test_materials_and_exposure_keep_their_bounds() -> None:
    drawn = looks(make_house(), ALL)
    assert all(-0.5 <= look.exposure <= 0.5 for look in drawn)
    assert max(look.exposure for look in drawn) > 0.4
    assert all(look.material_seed > 0 for look in drawn)
    assert len({look.material_seed for look in drawn}) == len(drawn)


def test_camera_and_sensor_keep_their_bounds() -> None:
    heights = [draw_camera_height(1.5, ALL, rng(0, number)) for number in range(200)]
    assert 1.3 <= min(heights) < 1.35
    assert 1.65 < max(heights) <= 1.7
    assert draw_camera_height(1.5, OFF, rng(0, 1)) == 1.5
    sensors = [draw_sensor(ALL, rng(0, number)) for number in range(200)]
    assert all(0 <= sensor.noise <= 6.0 and 0 <= sensor.shutter <= 0.3 for sensor in sensors)
    assert len(set(sensors)) == 200
    assert draw_sensor(OFF, rng(0, 1)) == Sensor(0.0, 0.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"exposure": -0.1},
        {"exposure": 3.1},
        {"exposure": float("nan")},
        {"camera_height": -1.0},
        {"camera_height": 1.5},
        {"noise": -1.0},
        {"noise": 51.0},
        {"noise": float("nan")},
        {"motion_blur": 1.01},
        {"motion_blur": -0.01},
    ],
)
def test_what_cannot_vary_so_far_is_refused_by_name(changes: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=f"variation.{next(iter(changes))} must be between 0 and"):
        VariationConfig(**changes)  # type: ignore[arg-type]
