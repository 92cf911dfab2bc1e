import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simsv_generation.camera import Camera, Pose

angles = st.floats(-720, 720, allow_nan=False)
metres = st.floats(-20, 20, allow_nan=False)


@given(st.tuples(metres, metres, metres), angles, st.floats(-80, 80))
def test_camera_axes_are_a_right_handed_rotation(
    position: tuple[float, float, float], yaw: float, pitch: float
) -> None:
    matrix = Pose(position, yaw, pitch).world_from_camera()
    np.testing.assert_allclose(matrix[:3, :3].T @ matrix[:3, :3], np.eye(3), atol=1e-12)
    assert np.linalg.det(matrix[:3, :3]) == pytest.approx(1.0)


def test_the_camera_looks_along_x_at_yaw_zero_and_down_at_negative_pitch() -> None:
    camera = Camera(100, 60, 50)
    pixel, depth = camera.project(np.array([5.0, 0.0, 1.5]), Pose((0, 0, 1.5), 0.0))
    np.testing.assert_allclose(pixel, [49.5, 29.5])
    assert depth == pytest.approx(5.0)
    left, _ = camera.project(np.array([5.0, 1.0, 1.5]), Pose((0, 0, 1.5), 0.0))
    assert left[0] < 49.5
    below, _ = camera.project(np.array([5.0, 0.0, 0.5]), Pose((0, 0, 1.5), 0.0))
    assert below[1] > 29.5
    lowered, _ = camera.project(np.array([5.0, 0.0, 1.5]), Pose((0, 0, 1.5), 0.0, -10.0))
    assert lowered[1] < 29.5


@given(st.tuples(metres, metres, metres), angles, st.floats(-60, 60), st.floats(20, 100))
def test_projection_and_unprojection_are_inverse(
    position: tuple[float, float, float], yaw: float, pitch: float, fov: float
) -> None:
    camera, pose = Camera(16, 10, fov), Pose(position, yaw, pitch)
    depth = np.linspace(0.5, 9, 160).reshape(10, 16)
    pixels, depths = camera.project(camera.unproject(depth, pose), pose)
    np.testing.assert_allclose(depths, depth, atol=1e-9)
    u, v = np.meshgrid(np.arange(16), np.arange(10))
    np.testing.assert_allclose(pixels, np.stack([u, v], -1), atol=1e-6)


def test_the_matrix_agrees_with_the_projection() -> None:
    camera, pose = Camera(64, 48, 60), Pose((1, 2, 1.5), 30, -10)
    point = np.array([4.0, 3.5, 1.0])
    in_camera = np.linalg.inv(pose.world_from_camera()) @ np.array([*point, 1.0])
    homogeneous = camera.intrinsics() @ in_camera[:3]
    np.testing.assert_allclose(homogeneous[:2] / homogeneous[2], camera.project(point, pose)[0])


def test_vertical_field_of_view_spans_the_height() -> None:
    camera = Camera(680, 384, 59)
    assert 2 * math.degrees(math.atan(384 / 2 / camera.focal_length)) == pytest.approx(59)


def test_cropping_moves_the_principal_point_and_keeps_the_focal_length() -> None:
    camera = Camera(680, 384, 59)
    assert camera.cropped(6).width == 668
    assert camera.cropped(6).focal_length == camera.focal_length
    assert camera.cropped(6).intrinsics()[0, 2] == camera.intrinsics()[0, 2] - 6


@given(angles)
def test_yaw_is_stored_in_one_turn(yaw: float) -> None:
    stored = Pose((0, 0, 0), yaw).yaw
    assert -180 < stored <= 180
    assert math.remainder(stored - yaw, 360) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("arguments", [(3, 4, 60), (0, 4, 60), (4, 4, 0.5), (4, 4, 151), (4, 4, math.nan)])
def test_impossible_cameras_are_refused(arguments: tuple[int, int, float]) -> None:
    with pytest.raises(ValueError, match="camera"):
        Camera(*arguments)


@pytest.mark.parametrize("pose", [((math.nan, 0, 0), 0, 0), ((0, 0, 0), math.inf, 0), ((0, 0, 0), 0, math.nan)])
def test_impossible_poses_are_refused(pose: tuple[tuple[float, float, float], float, float]) -> None:
    with pytest.raises(ValueError, match="pose"):
        Pose(*pose)
