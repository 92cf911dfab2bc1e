"""Where Unity's physics would put a thing: on a receptacle, or on the floor after a fall."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from simsv_generation.geometry import Floats, Vec3
from simsv_generation.houses.settle import Support, Thing, support_of
from simsv_generation.houses.shapes import parts
from simsv_generation.houses.unity import box_from_unity, swap_axes
from simsv_generation.scene import Asset

_ATTEMPTS = 30
_SLACK = 1e-3
"""Metres by which boxes that touch may seem to overlap."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An object where it stands, as Unity and we say it."""

    asset: Asset
    thing: Thing
    angles: Vec3
    """Unity's Euler angles (x, y, z), degrees."""

    def sunk_to(self, height: float) -> "Placed":
        """The object with its lowest point at a height, metres."""
        return replace(self, thing=self.thing.sunk_to(height))


def place(asset: Asset, position: Vec3, angles: Vec3, is_fixed: bool = False) -> Placed:
    """A model at a position and angles of Unity's frame, metres and degrees."""
    return Placed(asset, Thing(asset.asset_type, box_from_unity(position, angles, asset.size), is_fixed), angles)


def put_on(asset: Asset, receptacle: Placed, others: Sequence[Thing], generator: np.random.Generator) -> Placed | None:
    """A model standing at a random free place of a receptacle, turned at random; None when none was found.

    Args:
        asset: the model.
        receptacle: what it is put on.
        others: everything else around.
        generator: where the place and the turn are drawn from.
    """
    carrier = receptacle.thing
    surfaces = [part for part in parts(carrier.asset_type, carrier.box.size) if part.carries]
    for _ in range(_ATTEMPTS if surfaces else 0):
        surface = surfaces[generator.integers(len(surfaces))]
        turn = float(generator.uniform(0.0, 360.0))
        share = generator.uniform(size=2)
        margin = place(asset, (0.0, 0.0, 0.0), (0.0, turn, 0.0)).thing.high
        free = [surface.high[axis] - surface.low[axis] - 2 * margin[axis] for axis in (0, 1)]
        if min(free) <= 0:
            continue
        x, y = (surface.low[axis] + margin[axis] + free[axis] * share[axis] for axis in (0, 1))
        center = carrier.box.to_world(np.array([x, y, surface.high[2] + margin[2]]))
        angles = (0.0, (receptacle.angles[1] + turn) % 360.0, 0.0)
        candidate = place(asset, swap_axes((center[0], center[1], center[2])), angles)
        if _is_free(candidate.thing, carrier, others):
            return candidate
    return None


def lay_down(falling: Placed, others: Sequence[Thing], floors: Sequence[shapely.Polygon]) -> Placed:
    """A long thing after it fell: flat where it stood, or else on the floor nearby, turned so that it hits nothing.

    It stays upright where there is no such place.

    Args:
        falling: where it falls from.
        others: everything else around.
        floors: of the rooms; it lies inside one of them.
    """
    x, height, z = swap_axes(falling.thing.box.center)
    yaw = falling.angles[1]
    for distance, direction in [(0.0, 0), *itertools.product((0.4, 0.8, 1.2), range(0, 360, 45))]:
        away = math.radians(direction)
        position = (x + distance * math.cos(away), height, z + distance * math.sin(away))
        for turn in range(0, 180, 15):
            landed, support = _sunk(place(falling.asset, position, (90.0, (yaw + turn) % 360.0, 0.0)), others)
            if support is None or not (support.carries and (distance == 0.0 or support.carrier is None)):
                continue
            footprint = shapely.Polygon(landed.thing.box.footprint())
            if any(floor.contains(footprint) for floor in floors) and _is_free(landed.thing, support.carrier, others):
                return landed
    return _sunk(place(falling.asset, (x, height, z), (0.0, yaw, 0.0)), others)[0]


def _sunk(placed: Placed, others: Sequence[Thing]) -> tuple[Placed, Support | None]:
    """The object on what is below it; where it is, and None, when it is inside something."""
    support = support_of(placed.thing, others)
    return (placed if support is None else placed.sunk_to(support.height)), support


def _is_free(thing: Thing, carrier: Thing | None, others: Iterable[Thing]) -> bool:
    """Whether a thing that stands on `carrier` hits no part of it, and nothing else; judged by extents."""
    if any(_overlap((thing.low, thing.high), (other.low, other.high)) for other in others if other is not carrier):
        return False
    if carrier is None:
        return True
    local = carrier.box.to_local(thing.box.corners())
    extent = local.min(0), local.max(0)
    return not any(_overlap(extent, (part.low, part.high)) for part in parts(carrier.asset_type, carrier.box.size))


def _overlap(first: tuple[Vec3 | Floats, Vec3 | Floats], second: tuple[Vec3, Vec3]) -> bool:
    (low, high), (other_low, other_high) = first, second
    return all(low[k] + _SLACK < other_high[k] and other_low[k] + _SLACK < high[k] for k in range(3))
