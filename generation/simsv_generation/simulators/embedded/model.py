"""Furniture made by others: what a source of models gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.mesh import Mesh


@dataclass(frozen=True, slots=True)
class Model:
    """A piece of furniture in its natural size."""

    mesh: Mesh
    """In the local axes of its box (x width, y depth with the front at +y, z up), from the box's centre, metres."""
    images: Mapping[str, NDArray[np.uint8]]
    """By the name in the materials' texture, without "image:"; shape (H, W, 4), sRGB and alpha, top row first."""
    attribution: str
    """One line: name, author, licence, where it is from."""


class DamagedModel(Exception):
    """A model cannot be read; the message names the file and what is wrong with it."""


class ModelSource(Protocol):
    """A collection of models."""

    @property
    def digest(self) -> str:
        """Names this very collection: another one has another digest."""
        ...

    def model(self, asset_id: str, asset_type: str, size: Vec3) -> Model | None:
        """The model for an asset of a house whose box has this size, metres; None when the source has none that fits.

        Raises:
            DamagedModel: there is one, and it cannot be read.
        """
        ...
