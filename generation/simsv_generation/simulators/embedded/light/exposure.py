"""How bright a room is shown: as an eye sees it that got used to it."""

from collections.abc import Sequence

import numpy as np

from simsv_generation.geometry import Floats
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
_DARKEST = 1e-3


def exposures(house: House, shape: HouseShape, shell_light: Sequence[Singles], look: Look) -> Floats:
    """Factor on the light of every room, shape (rooms,).

    Rooms of an open plan share theirs, so that no edge shows where one becomes the other.
    """
    logs, areas = np.zeros(len(house.rooms)), np.zeros(len(house.rooms))
    index = {room.room_id: k for k, room in enumerate(house.rooms)}
    for piece, texels in zip(shape.shell, shell_light, strict=True):
        area = piece.surface.size[0] * piece.surface.size[1]
        brightness = (texels * piece.surface.mesh.colors[0]) @ _LUMINANCE
        logs[index[piece.room_id]] += area * float(np.log(np.maximum(brightness, _DARKEST)).mean())
        areas[index[piece.room_id]] += area
    group = np.arange(len(house.rooms))
    for opening in house.openings:
        if opening.kind == "passage" and len(opening.room_ids) == 2:
            a, b = (group[index[room_id]] for room_id in opening.room_ids)
            group[group == max(a, b)] = min(a, b)
    mean = np.array([np.exp(logs[group == g].sum() / areas[group == g].sum()) for g in group])
    return np.asarray((_KEY / mean) ** _ADAPTED * 2.0**look.exposure)
