"""What a camera makes of the light that a simulator shows: blur while the shutter is open, and noise.

Colour alone is touched; depth and ids are always those of the step's own pose. All sums are of integers, so the same
pictures give the same bytes on every machine.
"""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simsv_generation.camera import Pose
from simsv_generation.episode import Frame, Sensor, Step
from simsv_generation.geometry import wrap_degrees
from simsv_generation.seeding import rng

_TURN: Final = 0.5
"""Degrees between the poses that a blurred picture is the mean of: a few pixels."""
_MOVE: Final = 0.04
"""Metres between them."""
_MOST_POSES: Final = 6
_BITS: Final = 10
"""Random bits that a value's noise is drawn from: 1024 equally likely steps of a normal distribution."""
_ROWS: Final = 32
"""Rows of an image at a time: what fits the cache takes half as long."""
_MID_GREY: Final = 118
"""The 8-bit sRGB value of 18 % reflectance."""
_READ_NOISE: Final = 5e-4
"""Variance of the noise in the dark over the slope of the variance with the light, in units of white."""


def expose(
    render: Callable[[Pose], Frame], steps: Sequence[Step], index: int, sensor: Sensor, seed: int, episode_id: str
) -> Frame:
    """A frame of a walk as it is saved.

    Args:
        render: what the simulator shows from a pose, cropped.
        steps: of the walk.
        index: of the frame.
        sensor: of the episode.
        seed: of the run.
        episode_id: of the walk; with seed and index it decides the noise.
    """
    frame = render(steps[index].pose)
    rgb = frame.rgb
    following = steps[min(index + 1, len(steps) - 1)].pose
    if others := shutter_poses(steps[index].pose, following, sensor.shutter):
        rgb = mean_light([rgb, *(render(pose).rgb for pose in others)])
    if sensor.noise > 0:
        rgb = add_noise(rgb, sensor.noise, rng(seed, "noise", episode_id, index))
    return Frame(rgb, frame.depth, frame.instance_ids)


def shutter_poses(pose: Pose, following: Pose, shutter: float) -> list[Pose]:
    """Where else the camera is, evenly in time, while the shutter is open; nowhere when it stands still.

    Args:
        pose: when the shutter opens.
        following: one frame later.
        shutter: share of the time between them that it is open.
    """
    moved = [shutter * (b - a) for a, b in zip(pose.position, following.position, strict=True)]
    yaw, pitch = (shutter * wrap_degrees(getattr(following, name) - getattr(pose, name)) for name in ("yaw", "pitch"))
    spaces = math.ceil(max(abs(yaw) / _TURN, abs(pitch) / _TURN, math.hypot(*moved) / _MOVE))
    if spaces == 0:
        return []
    count = min(max(spaces, 2), _MOST_POSES - 1)
    x, y, z = pose.position
    return [
        Pose((x + t * moved[0], y + t * moved[1], z + t * moved[2]), pose.yaw + t * yaw, pose.pitch + t * pitch)
        for t in (k / count for k in range(1, count + 1))
    ]


def mean_light(images: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """The mean of sRGB images of one shape, in linear light."""
    to_linear, to_display = _light_tables()
    total = np.full(images[0].shape, len(images) // 2, dtype=np.uint32)
    for image in images:
        total += to_linear.take(image)
    return to_display.take(total // len(images))


def add_noise(rgb: NDArray[np.uint8], noise: float, random: np.random.Generator) -> NDArray[np.uint8]:
    """An sRGB image of shape (H, W, 3) with independent noise on every value.

    The variance in linear light is a x + b, shot noise and read noise (A. Foi et al., "Practical Poissonian-Gaussian
    noise modeling and fitting for single-image raw-data", IEEE TIP 2008).

    Args:
        rgb: the image without noise.
        noise: standard deviation at mid grey, steps of 8 bits.
        random: what to draw from.
    """
    table, noisy = _noise_table(noise), np.empty_like(rgb)
    for first in range(0, len(rgb), _ROWS):
        rows = rgb[first : first + _ROWS]
        draws = random.integers(0, 2**64, -(-rows.size // 4), dtype=np.uint64).view(np.uint16)[: rows.size]
        steps = (draws >> (16 - _BITS)).reshape(rows.shape)
        noisy[first : first + _ROWS] = table.take((rows.astype(np.uint32) << _BITS) + steps)
    return noisy


@lru_cache(1)
def _light_tables() -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Light of each 8-bit sRGB value in units of 1/65535 (IEC 61966-2-1), and the value nearest to each light."""
    light = np.rint(65535 * _light(np.arange(256) / 255)).astype(np.uint32)
    borders = (light[1:] + light[:-1] + 1) // 2
    return light, np.searchsorted(borders, np.arange(65536), side="right").astype(np.uint8)


@lru_cache(1)
def _noise_table(noise: float) -> NDArray[np.uint8]:
    """Value with noise for each value and step of the normal distribution, at (value << _BITS) + step."""
    values = np.arange(256)
    light = _light(values / 255)
    # What a little more light adds to the displayed value: the slope of the sRGB curve.
    slope = np.where(light <= 0.0031308, 12.92, 1.055 / 2.4 * np.maximum(light, 0.0031308) ** (1 / 2.4 - 1))
    deviation = np.sqrt(light + _READ_NOISE) * slope
    deviation *= noise / deviation[_MID_GREY]
    steps = 2**_BITS
    normal = np.array([NormalDist().inv_cdf((step + 0.5) / steps) for step in range(steps)])
    normal /= normal.std()
    # Rounded twice, so that the last bit of a power does not decide a half.
    noisy = np.rint(np.round(values[:, None] + deviation[:, None] * normal, 6))
    return np.asarray(np.clip(noisy, 0, 255), dtype=np.uint8).ravel()


def _light(display: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(display <= 0.04045, display / 12.92, ((display + 0.055) / 1.055) ** 2.4)
