"""What differs from episode to episode, apart from house and walk: light, finishes, camera, sensor."""

import math
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from simsv_generation.episode import Sensor
from simsv_generation.geometry import quantize_metres
from simsv_generation.look import Look
from simsv_generation.scene import House


class _TimeOfDay(NamedTuple):
    share: float
    """Of all walks."""
    elevations: tuple[float, float]
    """Of the sun, lowest and highest, degrees."""
    lit: float
    """Chance that the lamps of a room with a window are on."""


_TIMES_OF_DAY: Final = (
    _TimeOfDay(0.65, (15.0, 65.0), 0.7),  # day
    _TimeOfDay(0.2, (2.0, 15.0), 0.85),  # golden hour
    _TimeOfDay(0.15, (-30.0, -6.0), 0.9),  # night
)
"""People film their homes by day, and with most lamps on."""
_LIT_BY_NIGHT: Final = 0.5
"""At night the lamps are on in at least this share of the rooms."""


@dataclass(frozen=True, slots=True)
class VariationConfig:
    """How far episodes may differ. The field of view varies by `camera.vertical_fov_jitter`."""

    light: bool = True
    """Time of day, clouds and lamps are drawn for every episode; otherwise it is a clear day with all lamps on."""
    materials: bool = False
    """The finishes of floors, walls and furniture are drawn for every episode, not only for every house."""
    exposure: float = 0.0
    """The exposure of an episode is drawn uniformly from what is metered plus or minus this, stops."""
    camera_height: float = 0.0
    """The camera height of an episode is drawn uniformly from `tour.camera_height` plus or minus this, metres."""
    noise: float = 0.0
    """The sensor noise of an episode is drawn uniformly from 0 to this: standard deviation at mid grey, of 255."""
    motion_blur: float = 0.0
    """How long the shutter is open is drawn uniformly from 0 to this, as a share of the time between frames."""

    def __post_init__(self) -> None:
        limits = {"exposure": 3.0, "camera_height": 1.0, "noise": 50.0, "motion_blur": 1.0}
        for name, largest in limits.items():
            if not 0.0 <= getattr(self, name) <= largest:
                raise ValueError(f"variation.{name} must be between 0 and {largest:g}, got {getattr(self, name)}")


def draw_look(house: House, variation: VariationConfig, random: np.random.Generator) -> Look:
    """How a house looks on one walk.

    Where nothing varies it is `Look.standard`. Rooms without a window always have their lamps on, and no house is all
    dark. A kind of variation that is off or on leaves what is drawn for the others as it is.
    """
    exposure = float(random.uniform(-variation.exposure, variation.exposure))
    material_seed = int(random.integers(1, 2**31))
    # Last, because it takes more or fewer draws from the generator.
    look = _draw_light(house, random) if variation.light else Look.standard(house)
    return replace(look, exposure=exposure, material_seed=material_seed if variation.materials else 0)


def draw_camera_height(height: float, variation: VariationConfig, random: np.random.Generator) -> float:
    """Metres above the floor, quantised.

    Args:
        height: around which it is drawn, metres.
        variation: how far from it.
        random: what to draw from.
    """
    return quantize_metres(height + float(random.uniform(-variation.camera_height, variation.camera_height)))


def draw_sensor(variation: VariationConfig, random: np.random.Generator) -> Sensor:
    """The noise and the shutter of one walk."""
    return Sensor(
        noise=float(random.uniform(0, variation.noise)), shutter=float(random.uniform(0, variation.motion_blur))
    )


def _draw_light(house: House, random: np.random.Generator) -> Look:
    time = _TIMES_OF_DAY[int(random.choice(len(_TIMES_OF_DAY), p=[time.share for time in _TIMES_OF_DAY]))]
    # A house may be turned any way, so the sun may stand on any side of it at any hour.
    azimuth, elevation = float(random.uniform(-180.0, 180.0)), float(random.uniform(*time.elevations))
    # More often nearly clear or nearly overcast than between.
    cloudiness = float(random.beta(0.5, 0.7))
    rooms = [room.room_id for room in house.rooms]
    draws = dict(zip(rooms, random.random(len(rooms)).tolist(), strict=True))
    with_window = {room_id for opening in house.openings if opening.kind == "window" for room_id in opening.room_ids}
    lit = {room_id for room_id in rooms if draws[room_id] < time.lit or room_id not in with_window}
    if elevation < 0:
        lit.update(sorted(rooms, key=draws.__getitem__)[: math.ceil(_LIT_BY_NIGHT * len(rooms))])
    return Look(azimuth, elevation, cloudiness, tuple(room_id for room_id in rooms if room_id in lit))
