import dataclasses

import numpy as np
import pytest

from simsv_generation.look import Look
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.light.sky import Sky, sky_light, sky_of

NOON = Look(30.0, 60.0, 0.0, ())


@pytest.mark.parametrize(("azimuth", "elevation"), [(0.0, 0.0), (90.0, 45.0), (-60.0, 35.0), (180.0, 90.0)])
def test_the_sun_stands_where_the_look_says(azimuth: float, elevation: float) -> None:
    x, y, z = sky_of(Look(azimuth, elevation, 0.0, ())).toward_sun
    assert np.degrees(np.arcsin(z)) == pytest.approx(elevation, abs=1e-4)
    if elevation < 90:
        assert np.degrees(np.arctan2(y, x)) == pytest.approx(azimuth)
    assert x * x + y * y + z * z == pytest.approx(1.0)


def test_clouds_and_night_take_the_sun() -> None:
    assert min(sky_of(NOON).sun) > 10
    assert max(sky_of(dataclasses.replace(NOON, cloudiness=1.0)).sun) == 0
    assert max(sky_of(dataclasses.replace(NOON, sun_elevation=-0.5)).sun) == 0
    strengths = [sum(sky_of(dataclasses.replace(NOON, cloudiness=c)).sun) for c in (0.0, 0.3, 0.6, 1.0)]
    assert strengths == sorted(strengths, reverse=True)


def test_the_sky_darkens_from_noon_to_night_and_the_low_sun_is_red() -> None:
    skies = [sky_of(dataclasses.replace(NOON, sun_elevation=e)) for e in (60.0, 10.0, 2.0, -5.0, -20.0)]
    totals = [sum(sky.zenith) for sky in skies]
    assert totals == sorted(totals, reverse=True)
    assert totals[-1] < 0.01 * totals[0]
    low, high = skies[2].sun, skies[0].sun
    assert low[2] / low[0] < 0.5 * high[2] / high[0]


@pytest.mark.parametrize("elevation", [-90.0, -9.0, -0.5, 0.0, 4.0, 90.0])
@pytest.mark.parametrize("cloudiness", [0.0, 1.0])
def test_light_is_finite_and_never_negative(elevation: float, cloudiness: float) -> None:
    directions = rng(0, "test sky").normal(size=(500, 3))
    directions = np.concatenate([directions, np.eye(3), -np.eye(3)])
    directions /= np.sqrt((directions**2).sum(1))[:, None]
    sky = sky_of(Look(10.0, elevation, cloudiness, ()))
    light = sky_light(sky, directions)
    assert light.shape == (506, 3)
    assert np.isfinite(light).all()
    assert light.min() > 0
    assert min(*sky.sun, *sky.land) >= 0


def test_zenith_horizon_and_land_are_where_they_belong() -> None:
    sky = Sky((0.1, 0.2, 0.9), (1.0, 1.0, 1.0), (0.0, 0.5, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0))
    up, down, level = sky_light(sky, np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0], [0.0, np.sqrt(0.99), 0.1]]))
    assert up == pytest.approx(sky.zenith)
    assert down == pytest.approx(sky.land)
    assert level[2] > 0.9  # above the hills, close to the horizon
    assert sky_light(sky, np.zeros((0, 3))).shape == (0, 3)
