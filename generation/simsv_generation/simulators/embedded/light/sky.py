"""What is outside the windows: sun, sky and a green horizon, for any time of day.

Light is relative: a white surface under it has the brightness 1 where the light is 1. All renderers and the baked light
read the same numbers.
"""

from dataclasses import dataclass

import numpy as np

from simsv_generation.geometry import Floats, Vec3
from simsv_generation.look import Look

_DAY_ZENITH = np.array([2.1, 3.1, 4.7])
_DAY_HORIZON = np.array([4.3, 4.7, 5.1])
_OVERCAST = np.array([3.6, 3.75, 3.9])
_DUSK_HORIZON = np.array([4.2, 2.1, 1.0])
_NIGHT = np.array([0.012, 0.017, 0.035])
_LAND = np.array([0.07, 0.10, 0.04])
"""Reflectance of grass and trees."""
_SUN_HIGH, _SUN_LOW = np.array([1.0, 0.95, 0.86]), np.array([1.0, 0.55, 0.22])
_SUN = 26.0
"""What falls on a surface that faces a high sun in a clear sky."""


@dataclass(frozen=True, slots=True)
class Sky:
    """Light from outside."""

    zenith: Vec3
    """Radiance straight up, linear RGB."""
    horizon: Vec3
    """Radiance just above the horizon."""
    land: Vec3
    """Radiance of the ground below the horizon; towards the horizon haze covers it."""
    sun: Vec3
    """What the sun gives a surface that faces it; 0 at night and under clouds."""
    toward_sun: Vec3
    """Unit vector."""


def sky_of(look: Look) -> Sky:
    """The sky of a look."""
    elevation, azimuth = np.radians(look.sun_elevation), np.radians(look.sun_azimuth)
    day = _smoothstep(-9.0, 16.0, look.sun_elevation)
    dusk = _smoothstep(-9.0, -1.0, look.sun_elevation) * (1 - _smoothstep(4.0, 18.0, look.sun_elevation))
    clear = 1 - look.cloudiness
    horizon = _DAY_HORIZON * (1 - 0.7 * dusk) + _DUSK_HORIZON * 0.7 * dusk
    overcast = _OVERCAST * (1 - 0.35 * dusk)
    zenith = day * (_DAY_ZENITH * clear + overcast * look.cloudiness) + _NIGHT
    around = day * (horizon * clear + overcast * look.cloudiness) + 1.6 * _NIGHT
    warm = _smoothstep(2.0, 24.0, look.sun_elevation)
    sun = _SUN * clear**1.5 * _smoothstep(-0.5, 14.0, look.sun_elevation) * (_SUN_HIGH * warm + _SUN_LOW * (1 - warm))
    level = np.cos(elevation)
    toward_sun = (float(level * np.cos(azimuth)), float(level * np.sin(azimuth)), float(np.sin(elevation)))
    land = _LAND * (0.5 * (zenith + around) + sun * max(toward_sun[2], 0.0))
    return Sky(_vec3(zenith), _vec3(around), _vec3(land), _vec3(sun), toward_sun)


def sky_light(sky: Sky, directions: Floats) -> Floats:
    """Radiance from unit directions (N, 3), shape (N, 3), without the sun's disc; `shaders/sky.glsl` is the same."""
    x, y, rise = (directions[:, k : k + 1] for k in range(3))
    level = np.sqrt(np.maximum(x * x + y * y, 1e-6))
    x, y = x / level, y / level
    hills = 0.055 + 0.022 * np.sin(3 * x + 5 * y) + 0.014 * np.sin(11 * x - 7 * y) + 0.004 * np.sin(43 * x + 31 * y)
    air = _mix(sky.horizon, sky.zenith, np.clip(rise * 1.5, 0, 1) ** 0.7)
    haze = np.clip(0.55 + 4.0 * rise, 0.0, 0.75)
    return np.asarray(np.where(rise < hills, _mix(sky.land, sky.horizon, haze), air))


def _mix(low: Vec3, high: Vec3, share: Floats) -> Floats:
    return np.asarray(np.asarray(low) * (1 - share) + np.asarray(high) * share)


def _smoothstep(low: float, high: float, value: float) -> float:
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _vec3(values: Floats) -> Vec3:
    red, green, blue = (float(value) for value in values)
    return red, green, blue
