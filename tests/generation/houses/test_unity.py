"""Unity's frame to ours, against scipy's rotations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from simsv_generation.houses.unity import box_from_unity, swap_axes

SWAP = np.array([[1.0, 0, 0], [0, 0, 1], [0, 1, 0]])


def unity_matrix(angles: tuple[float, float, float]) -> np.ndarray:
    """Unity's rotation: about z, then x, then y. In its left-handed axes the matrices look as usual."""
    return Rotation.from_euler("zxy", [angles[2], angles[0], angles[1]], degrees=True).as_matrix()


@given(st.tuples(*[st.floats(-360, 360)] * 3))
def test_every_rotation_is_unitys_seen_in_our_axes(angles: tuple[float, float, float]) -> None:
    box = box_from_unity((1, 2, 3), angles, (0.5, 1.0, 2.0))
    assert box.center == (1, 3, 2)
    assert box.axes() == pytest.approx(SWAP @ unity_matrix(angles) @ SWAP, abs=1e-6)


@pytest.mark.parametrize(("yaw", "front"), [(0, (0, 1)), (90, (1, 0)), (180, (0, -1)), (270, (-1, 0))])
def test_the_front_turns_clockwise_with_unitys_yaw(yaw: float, front: tuple[float, float]) -> None:
    box = box_from_unity((0, 0, 0), (0, yaw, 0), (1, 1, 1))
    assert tuple(box.to_world(np.array([0.0, 1.0, 0.0]))) == pytest.approx((*front, 0), abs=1e-6)


def test_a_bat_that_lies_is_as_long_as_it_was_high() -> None:
    low, high = box_from_unity((0, 0, 0), (90, 0, 0), (0.1, 0.2, 0.9)).extent()
    assert high - low == pytest.approx((0.1, 0.9, 0.2), abs=1e-6)


def test_axes_swap_back() -> None:
    assert swap_axes(swap_axes((1, 2, 3))) == (1, 2, 3)
