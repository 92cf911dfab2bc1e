"""How bright a room is shown: as an eye sees it that got used to it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simsv_generation.look import Look
from simsv_generation.scene import House
from simsv_generation.simulators.embedded.house_shape import HouseShape
from simsv_generation.simulators.embedded.light.rays import Singles

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_KEY = 0.2
"""Mean brightness of a room's floor, walls and ceiling, on the logarithmic scale of E. Reinhard et al., "Photographic
tone reproduction for digital images", SIGGRAPH 2002."""
_ADAPTED = 0.85
"""How much of the difference in brightness between two rooms an eye makes up for."""
_SOFTENED = 0.12
"""Exponent by which the contrast within a room is less than it is."""
_DARKEST = 1e-3


@dataclass(frozen=True, slots=True)
class Exposure:
    """How a room's light is shown."""

    factor: float
    """Of what is shown to what there is."""
    mean: float
    """Brightness of the light that falls on the room's surfaces, on a logarithmic scale."""

    def shown(self, light: Singles) -> Singles:
        """Light (..., 3) as it is shown: with the factor, and with less contrast, as a camera's tone mapping has it."""
        brightness = np.maximum(light @ _LUMINANCE, _DARKEST * self.mean)
        return np.asarray(light * (self.factor * (self.mean / brightness) ** _SOFTENED)[..., None], np.float32)


def exposures(house: House, shape: HouseShape, shell_light: Sequence[Singles], look: Look) -> tuple[Exposure, ...]:
    """The exposure of every room.

    Rooms of an open plan share theirs, so that no edge shows where one becomes the other.
    """
    totals = np.zeros((len(house.rooms), 3))
    index = {room.room_id: k for k, room in enumerate(house.rooms)}
    for piece, texels in zip(shape.shell, shell_light, strict=True):
        area = piece.surface.size[0] * piece.surface.size[1]
        falling, leaving = texels @ _LUMINANCE, (texels * piece.surface.mesh.colors[0]) @ _LUMINANCE
        means = (float(np.log(np.maximum(light, _DARKEST)).mean()) for light in (falling, leaving))
        totals[index[piece.room_id]] += area * np.array([1.0, *means])
    group = np.arange(len(house.rooms))
    for opening in house.openings:
        if opening.kind == "passage" and len(opening.room_ids) == 2:
            a, b = (group[index[room_id]] for room_id in opening.room_ids)
            group[group == max(a, b)] = min(a, b)
    found = []
    for name in group:
        area, falling, leaving = totals[group == name].sum(0)
        factor = float((_KEY / np.exp(leaving / area)) ** _ADAPTED * 2.0**look.exposure)
        found.append(Exposure(factor, float(np.exp(falling / area))))
    return tuple(found)
