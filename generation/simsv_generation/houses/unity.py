"""Unity's frame: left-handed, x right, y up, z forward; angles in degrees.

The world frame (`simsv_generation.geometry`) swaps y and z. The swap is a reflection, so every rotation turns the other
way: Unity's yaw is clockwise seen from above, ours counter-clockwise. A model's front is Unity's +z and our local +y.
"""

import math

from simsv_generation.geometry import OrientedBox, Quaternion, Vec3


def swap_axes(vector: Vec3) -> Vec3:
    """A position or a size, from Unity's axes to ours; the same swap leads back."""
    x, y, z = vector
    return x, z, y


def box_from_unity(center: Vec3, angles: Vec3, size: Vec3) -> OrientedBox:
    """The world box of a model.

    Args:
        center: centre of the box, Unity metres.
        angles: Unity's Euler angles (x, y, z), degrees: turned about z first, then x, then y
            (Unity manual, `Transform.eulerAngles`).
        size: extents of the upright model in the local axes of `OrientedBox`, metres.
    """
    about_x, about_y, about_z = angles
    turn = _multiply(_turn(2, -about_y), _multiply(_turn(0, -about_x), _turn(1, -about_z)))
    return OrientedBox(swap_axes(center), size, turn)


def _turn(axis: int, degrees: float) -> Quaternion:
    half = math.radians(degrees) / 2
    imaginary = [0.0, 0.0, 0.0]
    imaginary[axis] = math.sin(half)
    return math.cos(half), imaginary[0], imaginary[1], imaginary[2]


def _multiply(p: Quaternion, q: Quaternion) -> Quaternion:
    """Hamilton product: first turns by q, then by p."""
    a, b, c, d = p
    e, f, g, h = q
    return (
        a * e - b * f - c * g - d * h,
        a * f + b * e + c * h - d * g,
        a * g - b * h + c * e + d * f,
        a * h + b * g - c * f + d * e,
    )
