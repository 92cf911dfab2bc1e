"""Furniture as a few boxes: what collides, and what carries things.

A whole bounding box is too coarse: chairs go under tables, pillows lie lower than the headboard, books stand between
shelves. Heights are medians over AI2-THOR's own scenes (`ai2thor-object-metadata.json` of procthor: how high the bottom
of a thing lies on a receptacle, over the receptacle's height): bed 0.63, sofa 0.50, armchair 0.47, chair 0.50, shelves
0.03 to 1.00, tables, dressers, sink rims and toilet tanks 1.00.
"""

from dataclasses import dataclass

from simsv_generation.geometry import Vec3

_CARRIES = True


@dataclass(frozen=True, slots=True)
class Part:
    """An upright piece of a shape, in the local axes of its box, from the centre of the box."""

    low: Vec3
    high: Vec3
    carries: bool = False
    """Whether things are put on its upper side."""


def _piece(x0: float, x1: float, y0: float, y1: float, z0: float, z1: float, carries: bool = False) -> Part:
    """A part of the unit box, from shares of its width, depth (0 is the back) and height."""
    return Part((x0 - 0.5, y0 - 0.5, z0 - 0.5), (x1 - 0.5, y1 - 0.5, z1 - 0.5), carries)


def _legs(top: float) -> tuple[Part, ...]:
    ends = ((0.0, 0.1), (0.9, 1.0))
    return tuple(_piece(x0, x1, y0, y1, 0.0, top) for x0, x1 in ends for y0, y1 in ends)


def _seat(height: float, back: float) -> tuple[Part, ...]:
    """A block to sit or lie on, and what rises at its back."""
    return _piece(0, 1, 0, 1, 0, height, _CARRIES), _piece(0, 1, 0, back, height, 1)


_SOLID = (_piece(0, 1, 0, 1, 0, 1, _CARRIES),)
_CONTAINER = (_piece(0, 1, 0, 1, 0, 1),)
"""Things go inside, and boxes do not tell what room there is."""
_TABLE = (_piece(0, 1, 0, 1, 0.9, 1, _CARRIES), *_legs(0.9))

_SHAPES: dict[str, tuple[Part, ...]] = {
    "ArmChair": _seat(0.47, 0.25),
    "Bed": _seat(0.63, 0.05),
    "Box": _CONTAINER,
    "Chair": (_piece(0, 1, 0, 1, 0.45, 0.5, _CARRIES), _piece(0, 1, 0, 0.1, 0.5, 1), *_legs(0.45)),
    "CoffeeTable": _TABLE,
    "Desk": _TABLE,
    "DiningTable": _TABLE,
    "FloorLamp": (
        _piece(0.2, 0.8, 0.2, 0.8, 0, 0.02),
        _piece(0.45, 0.55, 0.45, 0.55, 0, 0.8),
        _piece(0, 1, 0, 1, 0.8, 1),
    ),
    "Fridge": _CONTAINER,
    "GarbageCan": _CONTAINER,
    "ShelvingUnit": (
        *(_piece(0, 1, 0, 1, top - 0.02, top, _CARRIES) for top in (0.03, 0.27, 0.51, 0.75, 1.0)),
        _piece(0, 0.03, 0, 1, 0, 1),
        _piece(0.97, 1, 0, 1, 0, 1),
    ),
    "SideTable": _TABLE,
    "Sink": (
        _piece(0, 1, 0, 1, 0, 0.8),
        _piece(0, 1, 0, 0.2, 0.8, 1, _CARRIES),
        _piece(0, 1, 0.8, 1, 0.8, 1, _CARRIES),
        _piece(0, 0.2, 0, 1, 0.8, 1, _CARRIES),
        _piece(0.8, 1, 0, 1, 0.8, 1, _CARRIES),
    ),
    "Sofa": _seat(0.50, 0.25),
    "Stool": _TABLE,
    "Toilet": (_piece(0, 1, 0, 1, 0, 0.45), _piece(0, 1, 0, 0.25, 0.45, 1, _CARRIES)),
}
"""AI2-THOR object type to the parts of its unit box; every other type is solid."""


def parts(asset_type: str, size: Vec3) -> tuple[Part, ...]:
    """The parts of a model whose box has this size, metres."""

    def scaled(corner: Vec3) -> Vec3:
        return corner[0] * size[0], corner[1] * size[1], corner[2] * size[2]

    return tuple(Part(scaled(part.low), scaled(part.high), part.carries) for part in _SHAPES.get(asset_type, _SOLID))
