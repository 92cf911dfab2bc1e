"""Where the camera stands, what it sees, and the way between pixels and the world.

A camera looks along +x of its pose: yaw 0 looks along world +x, yaw 90 along world +y; pitch is positive upwards.
Matrices follow OpenCV: camera axes are x right, y down, z forward, and the centre of pixel (column u, row v) has the
coordinates (u, v), so the principal point of an image of width W is (W - 1) / 2.
"""

import math
from dataclasses import dataclass

import numpy as np

from simsv_generation.geometry import Floats, Vec3, quantize_degrees, quantize_metres, require_finite, wrap_degrees


@dataclass(frozen=True, slots=True)
class Pose:
    """A camera pose in the world frame, quantised. Raises ValueError when a value is not finite."""

    position: Vec3
    """Optical centre, metres."""
    yaw: float
    """Degrees, counter-clockwise seen from above, 0 along +x, in (-180, 180]."""
    pitch: float = 0.0
    """Degrees above the horizon; negative looks down."""

    def __post_init__(self) -> None:
        require_finite("pose", (*self.position, self.yaw, self.pitch))
        object.__setattr__(self, "position", tuple(quantize_metres(v) for v in self.position))
        object.__setattr__(self, "yaw", quantize_degrees(wrap_degrees(quantize_degrees(self.yaw))))
        object.__setattr__(self, "pitch", quantize_degrees(self.pitch))

    def axes(self) -> tuple[Vec3, Vec3, Vec3]:
        """Unit vectors to the right in the picture, down in it, and into it, in world coordinates."""
        yaw, pitch = math.radians(self.yaw), math.radians(self.pitch)
        cos_yaw, sin_yaw, cos_pitch, sin_pitch = math.cos(yaw), math.sin(yaw), math.cos(pitch), math.sin(pitch)
        forward = (cos_yaw * cos_pitch, sin_yaw * cos_pitch, sin_pitch)
        right = (sin_yaw, -cos_yaw, 0.0)
        down = (cos_yaw * sin_pitch, sin_yaw * sin_pitch, -cos_pitch)
        return right, down, forward

    def world_from_camera(self) -> Floats:
        """Shape (4, 4): rigid transform from OpenCV camera coordinates to world coordinates."""
        matrix = np.eye(4)
        matrix[:3, :3], matrix[:3, 3] = np.transpose(self.axes()), self.position
        return matrix


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera with square pixels. Raises ValueError for an impossible size or field of view."""

    width: int
    """Pixels."""
    height: int
    """Pixels."""
    vertical_fov: float
    """Degrees."""

    def __post_init__(self) -> None:
        if self.width < 2 or self.height < 2 or self.width % 2 or self.height % 2:
            raise ValueError(f"camera size must be even and at least 2x2, got {self.width}x{self.height}")
        require_finite("camera vertical_fov", (self.vertical_fov,))
        if not 1.0 <= self.vertical_fov <= 150.0:
            raise ValueError(f"camera vertical_fov must be between 1 and 150 degrees, got {self.vertical_fov}")
        object.__setattr__(self, "vertical_fov", quantize_degrees(self.vertical_fov))

    @property
    def focal_length(self) -> float:
        """Focal length in pixels, the same along both axes."""
        return self.height / 2 / math.tan(math.radians(self.vertical_fov) / 2)

    def intrinsics(self) -> Floats:
        """Shape (3, 3): the OpenCV camera matrix."""
        f = self.focal_length
        return np.array([[f, 0.0, (self.width - 1) / 2], [0.0, f, (self.height - 1) / 2], [0.0, 0.0, 1.0]])

    def cropped(self, columns: int) -> "Camera":
        """The camera of an image that lost `columns` pixels on the left and as many on the right.

        The focal length, and with it the vertical field of view, stays.
        """
        return Camera(self.width - 2 * columns, self.height, self.vertical_fov)

    def project(self, points: Floats, pose: Pose) -> tuple[Floats, Floats]:
        """World points (..., 3) to pixel coordinates (..., 2) and planar depths (...), metres.

        Coordinates are meaningful where the depth is positive.
        """
        matrix = pose.world_from_camera()
        offset = points - matrix[:3, 3]
        x, y, z = (np.asarray((offset * matrix[:3, k]).sum(-1)) for k in range(3))
        safe = np.where(np.abs(z) < 1e-9, 1e-9, z)
        f = self.focal_length
        return np.stack([f * x / safe + (self.width - 1) / 2, f * y / safe + (self.height - 1) / 2], -1), z

    def unproject(self, depth: Floats, pose: Pose) -> Floats:
        """World position of every pixel centre, shape (height, width, 3), from planar depth (height, width), metres."""
        f = self.focal_length
        u = (np.arange(self.width) - (self.width - 1) / 2) / f
        v = (np.arange(self.height) - (self.height - 1) / 2) / f
        matrix = pose.world_from_camera()
        rays = u[None, :, None] * matrix[:3, 0] + v[:, None, None] * matrix[:3, 1] + matrix[:3, 2]
        return np.asarray(matrix[:3, 3] + depth[..., None] * rays)
