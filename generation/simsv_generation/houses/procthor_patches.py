"""The `procthor` package 0.0.1.dev2 as published, with its defects mended when it is imported.

Nothing of the package is copied or changed on disk. Each `_mend_…` below mends one defect and says which.
"""

import functools
import importlib
import logging
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import shapely

_LOG = logging.getLogger("procthor")
_LOG.addHandler(logging.NullHandler())

_VIEWERS: dict[str, tuple[str, ...]] = {
    "ai2thor.controller": ("Controller",),
    "matplotlib": (),
    "matplotlib.pyplot": ("Axes",),
    "moviepy.editor": ("ImageSequenceClip",),
}
"""Modules that procthor imports for its viewers and type hints alone, with the names it takes from them."""

_EMPTY_ROOM_ID = 0
"""`procthor.constants.EMPTY_ROOM_ID`."""

Rectangle = tuple[float, float, float, float]
"""x0, z0, x1, z1; metres."""


@dataclass(frozen=True, slots=True)
class ProcThor:
    """What generates houses, in the mended package."""

    house_generator: Any
    """The class `HouseGenerator`."""
    room_spec_sampler: Any
    """`PROCTHOR10K_ROOM_SPEC_SAMPLER`."""
    spawnable_asset_group_info: Any
    """The function of that name: caches per split and controller, and draws random numbers when it fills the cache."""


@functools.cache
def load_procthor() -> ProcThor:
    """Import and mend the package; takes seconds.

    Raises:
        ModuleNotFoundError: procthor or a package that it needs is not installed.
    """
    with _viewers_left_out():
        generation = importlib.import_module("procthor.generation")

    def part(name: str) -> ModuleType:
        return importlib.import_module(f"procthor.{name}")

    databases = part("databases")
    databases.__dict__["ai2thor_object_metadata"] = {}  # 43 MB of JSON that generates nothing.
    _mend_file_order(databases)
    _mend_room_hashes(part("utils.types"))
    _mend_string_sets(part("generation.materials"), part("generation.asset_groups"))
    _mend_rectangles(part("generation.objects").OrthogonalPolygon)
    _mend_televisions(part("generation.wall_objects"))
    _mend_floor_plans(generation, part("generation.doors"), part("utils.types").InvalidFloorplan)
    _mend_output([module for name, module in sys.modules.items() if name.startswith("procthor.generation")])
    return ProcThor(
        house_generator=generation.HouseGenerator,
        room_spec_sampler=generation.PROCTHOR10K_ROOM_SPEC_SAMPLER,
        spawnable_asset_group_info=databases.get_spawnable_asset_group_info,
    )


@contextmanager
def _viewers_left_out() -> Iterator[None]:
    """Empty modules in the place of viewers: they are heavy, undeclared, or (`moviepy.editor`) no longer exist."""
    added = [name for name in _VIEWERS if name not in sys.modules]
    for name in added:
        module = ModuleType(name)
        module.__dict__.update({attribute: object for attribute in _VIEWERS[name]})
        sys.modules[name] = module
    try:
        yield
    finally:
        for name in added:
            del sys.modules[name]


def _mend_file_order(databases: Any) -> None:
    """Asset groups come in the order of `os.listdir`, which differs between file systems."""
    read = databases._get_asset_groups
    databases._get_asset_groups = lambda: dict(sorted(read().items()))


def _mend_room_hashes(types: Any) -> None:
    """Sets of rooms are iterated, and rooms hash by their address: another order in every process."""
    for room_class in (types.LeafRoom, types.MetaRoom):
        room_class.__hash__ = lambda room: int(room.room_id)


class _InsertionOrderedSet(dict[str, None]):
    def __init__(self, items: Iterable[str] = ()) -> None:
        super().__init__(dict.fromkeys(items))

    def add(self, item: str) -> None:
        self[item] = None


def _mend_string_sets(*modules: Any) -> None:
    """Sets of strings are iterated, in an order that depends on PYTHONHASHSEED."""
    for module in modules:
        module.set = _InsertionOrderedSet


def _mend_rectangles(polygon_class: Any) -> None:
    """Rectangles inside a polygon are found by joining all pairs until no new one appears: 70 % of all time."""
    polygon_class.get_all_rectangles = all_rectangles


def all_rectangles(polygon: Any) -> list[Rectangle]:
    """The rectangles inside an `OrthogonalPolygon` whose sides lie on the lines through its corners; sorted.

    A rectangle is inside when it has as many inside cells as cells; counted by prefix sums.
    """
    xs, zs = np.array(polygon.unique_xs), np.array(polygon.unique_zs)
    middle_x, middle_z = np.meshgrid((xs[1:] + xs[:-1]) / 2, (zs[1:] + zs[:-1]) / 2, indexing="ij")
    inside = shapely.contains_xy(polygon.polygon, middle_x, middle_z)
    sums = np.zeros((len(xs), len(zs)), dtype=np.int64)
    sums[1:, 1:] = inside.cumsum(0).cumsum(1)
    x0, x1 = np.triu_indices(len(xs), 1)
    z0, z1 = np.triu_indices(len(zs), 1)
    counts = sums[x1][:, z1] - sums[x0][:, z1] - sums[x1][:, z0] + sums[x0][:, z0]
    i, j = np.nonzero(counts == np.outer(x1 - x0, z1 - z0))
    corners = np.stack([xs[x0[i]], zs[z0[j]], xs[x1[i]], zs[z1[j]]], -1)
    return [tuple(rectangle) for rectangle in corners.tolist()]


def _mend_televisions(wall_objects: Any) -> None:
    """Without a wall television in the split, two values are returned where three are read: all of `val` fails."""
    add_televisions = wall_objects.add_televisions

    def mended(*args: Any, **kwargs: Any) -> Any:
        result = add_televisions(*args, **kwargs)
        return result if len(result) == 3 else (defaultdict(int), *result)

    wall_objects.add_televisions = mended


def _mend_floor_plans(generation: Any, doors: Any, invalid_floorplan: type[Exception]) -> None:
    """Two kinds of floor plan are let through that later fail; the generator draws another when told.

    A cell that no room took ends in a KeyError. A group of rooms that touches none of its neighbours never gets a door,
    and doors are drawn until it has one: forever.
    """
    sample_house_structure = generation.sample_house_structure

    def mended(*, room_spec: Any, **rest: Any) -> Any:
        structure = sample_house_structure(room_spec=room_spec, **rest)
        if (structure.floorplan == _EMPTY_ROOM_ID).any():
            raise invalid_floorplan("a cell belongs to no room")
        for groups in doors.get_room_spec_neighbors(room_spec.spec):
            for group in groups if len(groups) > 1 else ():
                others = {room for other in groups if other is not group for room in other}
                if not any((min(a, b), max(a, b)) in structure.boundary_groups for a in group for b in others):
                    raise invalid_floorplan(f"the rooms {sorted(group)} touch none of {sorted(others)}")
        return structure

    generation.sample_house_structure = mended


def _mend_output(modules: Iterable[Any]) -> None:
    """Messages go to standard output and to the root logger, which configures the caller's logging on the way."""
    for module in modules:
        module.logging = _LOG
        module.print = _LOG.warning
