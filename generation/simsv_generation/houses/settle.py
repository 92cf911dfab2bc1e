"""Things at rest: how far down a thing sinks until something carries it.

ProcTHOR leaves this to Unity's physics: it writes pillows at the height of the headboard, and lifts what could break by
5 cm (`procthor/generation/small_objects.py`) so that it lands softly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from simsv_generation.geometry import OrientedBox, Vec3
from simsv_generation.houses.shapes import Part, parts

_TOUCHING = 0.01
"""Metres by which a carrier may reach into what stands on it: boxes are coarser than meshes."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A model in its place."""

    asset_type: str
    box: OrientedBox
    is_fixed: bool = False
    """Fixed to the building or too heavy to move: physics leaves it where it is."""
    low: Vec3 = field(init=False)
    """Lowest world coordinates, metres."""
    high: Vec3 = field(init=False)
    """Highest world coordinates, metres."""

    def __post_init__(self) -> None:
        for name, corner in zip(("low", "high"), self.box.extent(), strict=True):
            object.__setattr__(self, name, (float(corner[0]), float(corner[1]), float(corner[2])))

    def sunk_to(self, height: float) -> "Thing":
        """The thing with its lowest point at a height, metres."""
        x, y, z = self.box.center
        return replace(self, box=replace(self.box, center=(x, y, z - self.low[2] + height)))


@dataclass(frozen=True, slots=True)
class Support:
    """What is below a thing."""

    height: float
    """Of the surface that carries it, metres."""
    carrier: Thing | None = None
    """None where the floor carries it."""
    carries: bool = True
    """Whether things are put there: on a table, but not on a lampshade."""


def support_of(thing: Thing, others: Iterable[Thing]) -> Support | None:
    """The highest surface below the centre of a thing; None when the centre is inside another thing."""
    center = thing.box.center
    best = Support(0.0)
    for other in others:
        if not _covers(other.low, other.high, center):
            continue
        x, y, z = other.box.to_local(np.asarray(center))
        for part in parts(other.asset_type, other.box.size):
            if not _covers(part.low, part.high, (x, y, z)):
                continue
            if part.low[2] < z < part.high[2]:
                return None
            top = _upper_side(other, part)
            if best.height < top <= thing.low[2] + _TOUCHING:
                best = Support(top, other, part.carries)
    return best


def settled(things: Sequence[Thing]) -> list[Thing]:
    """Every thing after it sank straight down onto what is below its centre, the lowest first.

    What is fixed stays, and so does what is inside something else, such as a tomato in a refrigerator.
    """
    resting = list(things)
    for index in sorted(range(len(things)), key=lambda i: (things[i].low[2], i)):
        thing = things[index]
        if thing.is_fixed:
            continue
        support = support_of(thing, resting[:index] + resting[index + 1 :])
        if support is not None and support.height < thing.low[2]:
            resting[index] = thing.sunk_to(support.height)
    return resting


def _upper_side(thing: Thing, part: Part) -> float:
    return float(thing.box.to_world(np.array([0.0, 0.0, part.high[2]]))[2])


def _covers(low: Vec3, high: Vec3, point: Vec3) -> bool:
    """Whether a point is above, in or below a region."""
    return low[0] <= point[0] <= high[0] and low[1] <= point[1] <= high[1]
