"""Words for positions: what the steps of a rationale are made of.

Positions are told as a viewer could estimate them: from the point on the floor below the camera of the first frame, x
along its heading, y to the left, z up, metres with three decimals.
"""

import math
import re

import numpy as np

from simsv_generation.geometry import Floats
from simsv_generation.questions.sightings import Sightings

FRAME = "Measured from below the camera's first place, with x ahead, y to the left and z up, in metres"
_NUMBERS = re.compile(r"\((-?\d+\.\d+(?:, -?\d+\.\d+)*)\)")


def from_start(sightings: Sightings, point: Floats) -> Floats:
    """A world position, shape (2,) or (3,), in the frame of the first camera."""
    pose = sightings.episode.trajectory.steps[0].pose
    cosine, sine = math.cos(math.radians(pose.yaw)), math.sin(math.radians(pose.yaw))
    x, y = point[0] - pose.position[0], point[1] - pose.position[1]
    return np.array([cosine * x + sine * y, cosine * y - sine * x, *point[2:]])


def told(position: Floats) -> str:
    """Coordinates as text: "(1.204, -0.350, 0.750)"."""
    return "(" + ", ".join(f"{round(float(value), 3) + 0.0:.3f}" for value in position) + ")"


def heard(rationale: str) -> list[Floats]:
    """All coordinates of a rationale, in order; the inverse of `told`."""
    return [np.array([float(value) for value in found.split(", ")]) for found in _NUMBERS.findall(rationale)]
