"""How much light falls where in a house: computed once per house and look."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.simulators.embedded.light.sky import Sky


@dataclass(frozen=True, slots=True)
class HouseLight:
    """The light on a house, piece by piece, linear RGB, exposed for the camera: 1 is a bright white."""

    sky: Sky
    """What the windows show."""
    shell: tuple[NDArray[np.float16], ...]
    """For every piece of the shell a grid of shape (rows, columns, 3), [v, u] at the middles of equal parts."""
    solids: tuple[NDArray[np.float16], ...]
    """For every solid piece shape (N, 3), at its vertices."""
    reflections: NDArray[np.float16]
    """Shape (2 * rooms, SIDE, SIDE, 3): what is seen from within every room, sharp and blurred; see `reflections`."""
    viewpoints: Floats
    """Shape (rooms, 3): where it is seen from, metres."""
