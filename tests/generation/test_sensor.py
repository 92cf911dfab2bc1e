from dataclasses import fields

import numpy as np
import pytest
from numpy.typing import NDArray

from simsv_generation.camera import Pose
from simsv_generation.episode import Frame, Sensor, Step
from simsv_generation.seeding import rng
from simsv_generation.sensor import add_noise, expose, mean_light, shutter_poses

SHAPE = (40, 60)
STILL, CLEAN = Sensor(4.0, 0.0), Sensor(0.0, 0.0)


def stripes(pose: Pose) -> Frame:
    """White stripes on black that move with the yaw, and ids and depth that depend on the pose too."""
    columns = np.arange(SHAPE[1]) + round(4 * pose.yaw)
    rgb = np.broadcast_to(np.where(columns // 8 % 2, 255, 0)[None, :, None], (*SHAPE, 3)).astype(np.uint8)
    depth = np.full(SHAPE, 2.0 + pose.position[0], np.float32)
    return Frame(np.ascontiguousarray(rgb), depth, np.broadcast_to(columns % 9, SHAPE).astype(np.uint16))


def walk(*yaws: float) -> list[Step]:
    return [
        Step(index, index / 10, Pose((0.1 * index, 0.0, 1.5), yaw), "walk", "room|1") for index, yaw in enumerate(yaws)
    ]


def grey(value: int, shape: tuple[int, ...] = (200, 300, 3)) -> NDArray[np.uint8]:
    return np.full(shape, value, np.uint8)


def exposed(steps: list[Step], index: int, sensor: Sensor, seed: int = 0, episode: str = "a") -> Frame:
    return expose(stripes, steps, index, sensor, seed, episode)


# Noise


@pytest.mark.parametrize("noise", [1.0, 2.0, 3.0, 4.2, 6.0, 20.0])
def test_noise_has_the_deviation_it_says_at_mid_grey(noise: float) -> None:
    noisy = add_noise(grey(118), noise, rng(0, "noise")).astype(float)
    assert noisy.std() == pytest.approx(np.hypot(noise, np.sqrt(1 / 12)), rel=0.01)  # whole numbers add a twelfth
    assert noisy.mean() == pytest.approx(118, abs=0.2)
    assert abs(np.corrcoef(noisy[:, :-1].ravel(), noisy[:, 1:].ravel())[0, 1]) < 0.02
    assert abs(np.corrcoef(noisy[..., 0].ravel(), noisy[..., 1].ravel())[0, 1]) < 0.02


def test_noise_is_shot_noise_in_linear_light() -> None:
    """Twice the light has the root of two times the deviation, where read noise plays no part."""
    linear = {}
    for value in (118, 160):  # 18 % and 35 % of white
        noisy = add_noise(grey(value), 3.0, rng(0, value)) / 255
        light = ((noisy + 0.055) / 1.055) ** 2.4
        linear[value] = (light.mean(), light.std())
    (low, narrow), (high, wide) = linear.values()
    assert wide / narrow == pytest.approx(np.sqrt(high / low), rel=0.03)


def test_noise_stays_in_range_and_in_the_dark_it_is_not_lost() -> None:
    for value in (0, 1, 254, 255):
        noisy = add_noise(grey(value), 50.0, rng(0, value))
        assert noisy.dtype == np.uint8
        assert 5 < np.abs(noisy.astype(int) - value).mean() < 60


def test_noise_follows_seed_episode_and_frame_alone() -> None:
    steps = walk(0, 0, 0)
    first = exposed(steps, 0, STILL)
    assert np.array_equal(first.rgb, exposed(steps, 0, STILL).rgb)
    others = (exposed(steps, 1, STILL), exposed(steps, 0, STILL, seed=1), exposed(steps, 0, STILL, episode="b"))
    assert all(not np.array_equal(first.rgb, other.rgb) for other in others)


@pytest.mark.parametrize("shape", [(1, 1, 3), (33, 7, 3), (64, 2, 3)])
def test_noise_takes_any_shape(shape: tuple[int, ...]) -> None:
    image = np.arange(np.prod(shape)).astype(np.uint8).reshape(shape)
    before = image.copy()
    assert add_noise(image, 2.0, rng(0, 1)).shape == shape
    assert np.array_equal(image, before)


# Blur


def test_a_clean_sensor_and_a_still_camera_change_nothing() -> None:
    for steps, sensor in ((walk(0, 5), CLEAN), (walk(7.5), Sensor(0.0, 1.0))):
        assert np.array_equal(exposed(steps, 0, sensor).rgb, stripes(steps[0].pose).rgb)
    still = [Step(0, 0.0, Pose((0, 0, 1), 3.0), "start", ""), Step(1, 0.1, Pose((0, 0, 1), 3.0), "scan", "")]
    for index in (0, 1):
        assert np.array_equal(exposed(still, index, Sensor(0.0, 0.7)).rgb, stripes(still[0].pose).rgb)


def test_blur_is_of_colour_alone_and_as_long_as_the_shutter_is_open() -> None:
    steps = walk(0, 5, 10)
    sharp = stripes(steps[1].pose)
    softness = []
    for shutter in (0.1, 0.3, 0.6):
        frame = exposed(steps, 1, Sensor(0.0, shutter))
        assert np.array_equal(frame.depth, sharp.depth)
        assert np.array_equal(frame.instance_ids, sharp.instance_ids)
        softness.append(((frame.rgb > 0) & (frame.rgb < 255)).mean())
    assert 0 < softness[0] < softness[1] < softness[2]


def test_the_last_frame_has_nowhere_to_go() -> None:
    steps = walk(0, 5)
    assert np.array_equal(exposed(steps, 1, Sensor(0.0, 1.0)).rgb, stripes(steps[1].pose).rgb)


def test_poses_lie_between_this_step_and_the_next_and_turn_the_short_way() -> None:
    poses = shutter_poses(Pose((0, 0, 1.5), 179.0, -10.0), Pose((0.2, 0, 1.5), -179.0, -12.0), 0.5)
    assert len(poses) >= 2
    assert poses[-1] == Pose((0.1, 0, 1.5), 180.0, -11.0)
    assert all(abs(pose.yaw) >= 179.0 for pose in poses)
    xs = [pose.position[0] for pose in poses]
    assert xs == sorted(xs)
    assert np.ptp(np.diff([0.0, *xs])) < 1e-3
    assert shutter_poses(Pose((0, 0, 1), 0.0), Pose((0, 0, 1), 0.0), 1.0) == []
    assert shutter_poses(Pose((0, 0, 1), 0.0), Pose((5, 0, 1), 90.0), 0.0) == []
    assert len(shutter_poses(Pose((0, 0, 1), 0.0), Pose((5, 0, 1), 90.0), 1.0)) <= 5


def test_the_mean_is_of_light() -> None:
    # Half the light of white is sRGB 188, not 128 (IEC 61966-2-1).
    assert (mean_light([grey(0), grey(255)]) == 188).all()
    every = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    assert np.array_equal(mean_light([every]), every)
    assert np.array_equal(mean_light([every] * 5), every)


# The record


def test_a_sensor_is_quantised() -> None:
    assert Sensor(1.23456, 0.99999) == Sensor(1.235, 1.0)
    assert {field.name for field in fields(Sensor)} == {"noise", "shutter"}


@pytest.mark.parametrize(
    ("noise", "shutter", "said"),
    [(-0.1, 0.0, "noise"), (float("nan"), 0.0, "noise"), (101.0, 0.0, "noise"), (0.0, 1.1, "shutter")],
)
def test_what_no_sensor_can_be_is_refused_by_name(noise: float, shutter: float, said: str) -> None:
    with pytest.raises(ValueError, match=f"sensor {said} must be between"):
        Sensor(noise, shutter)
