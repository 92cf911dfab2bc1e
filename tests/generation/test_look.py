import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simsv_generation.look import Look
from simsv_generation.scene import House
from tests.factories import make_house, make_room

LOOK = Look(12.0, 30.0, 0.25, ("room|1",))


def make_lit(yaw: float, *others: dict[str, Any]) -> House:
    """A house over which ProcTHOR's directional light, turned so far, shines."""
    sun = {"id": "DirectionalLight", "type": "directional", "rotation": {"x": 66, "y": yaw, "z": 10}}
    return replace(make_house([make_room()]), spec={"proceduralParameters": {"lights": [*others, sun]}})


def test_a_look_is_quantised_when_it_is_made() -> None:
    look = Look(-180.0004, 12.34567, 0.12345, (), -0.00001)
    assert (look.sun_azimuth, look.sun_elevation, look.cloudiness, look.exposure) == (180.0, 12.346, 0.123, 0.0)
    assert str(look.exposure) == "0.0"
    assert Look(540.25, 0.0, 0.0, ()).sun_azimuth == -179.75


@given(st.floats(-1e4, 1e4), st.floats(-90, 90), st.floats(0, 1), st.floats(-5, 5), st.integers(0, 2**31 - 1))
def test_any_look_comes_back_from_json_exactly(
    azimuth: float, elevation: float, cloudiness: float, exposure: float, seed: int
) -> None:
    look = Look(azimuth, elevation, cloudiness, ("room|ü", "b"), exposure, seed)
    assert -180.0 < look.sun_azimuth <= 180.0
    assert Look.from_dict(json.loads(json.dumps(asdict(look)))) == look
    assert replace(look) == look


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sun_azimuth": float("nan")}, "finite"),
        ({"sun_elevation": 90.5}, "sun_elevation"),
        ({"sun_elevation": float("-inf")}, "finite"),
        ({"cloudiness": -0.1}, "cloudiness"),
        ({"cloudiness": 1.1}, "cloudiness"),
        ({"exposure": float("inf")}, "finite"),
        ({"material_seed": -1}, "material_seed"),
        ({"material_seed": 2**31}, "material_seed"),
        ({"lit_rooms": ("a", "b", "a")}, "room twice"),
    ],
)
def test_what_no_look_can_be_is_refused_by_name(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(LOOK, **changes)


def test_the_standard_look_is_a_day_with_all_lamps_on() -> None:
    house = make_house()
    look = Look.standard(house)
    assert look.lit_rooms == ("room|1", "room|2")
    assert 20.0 <= look.sun_elevation <= 60.0
    assert (look.cloudiness, look.exposure, look.material_seed) == (0.0, 0.0, 0)
    assert Look.standard(house) == look


@pytest.mark.parametrize(
    ("yaw", "azimuth"),
    [
        (0.0, -90.0),  # Shines along Unity's +z, which is north here, so the sun stands in the south.
        (90.0, 180.0),  # Shines east.
        (180.0, 90.0),
        (-90.0, 0.0),
        (75.0, -165.0),
        (-166.0, 76.0),
    ],
)
def test_the_sun_stands_where_procthor_put_it(yaw: float, azimuth: float) -> None:
    lamp = {"id": "light_1", "type": "point", "position": {"x": 0.0, "y": 2.0, "z": 0.0}}
    assert Look.standard(make_lit(yaw, lamp)).sun_azimuth == azimuth


def test_a_record_without_a_sun_has_one_all_the_same() -> None:
    bare = make_house([make_room()])
    for spec in ({}, {"proceduralParameters": {}}, {"proceduralParameters": {"lights": [{"type": "point"}]}}):
        assert Look.standard(replace(bare, spec=spec)) == Look.standard(bare)
