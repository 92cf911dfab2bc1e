"""The published procthor package, mended."""

import itertools
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from simsv_generation.houses import procthor_patches


def orthogonal_polygon(cells: list[list[bool]]) -> SimpleNamespace:
    """What `all_rectangles` reads of procthor's `OrthogonalPolygon`, for the union of unit cells."""
    shape = shapely.union_all(
        [
            shapely.box(1.5 * x, z, 1.5 * x + 1.5, z + 1)
            for x, row in enumerate(cells)
            for z, full in enumerate(row)
            if full
        ]
    )
    corners = shapely.get_coordinates(shape)
    return SimpleNamespace(
        polygon=shape, unique_xs=sorted(set(corners[:, 0].tolist())), unique_zs=sorted(set(corners[:, 1].tolist()))
    )


@settings(max_examples=50)
@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=4, max_size=4))
def test_rectangles_are_all_those_inside(cells: list[list[bool]]) -> None:
    polygon = orthogonal_polygon(cells)
    pairs = [itertools.combinations(lines, 2) for lines in (polygon.unique_xs, polygon.unique_zs)]
    expected = [
        (x0, z0, x1, z1)
        for (x0, x1), (z0, z1) in itertools.product(*pairs)
        if polygon.polygon.buffer(1e-6).contains(shapely.box(x0, z0, x1, z1))
    ]
    found = procthor_patches.all_rectangles(polygon) if polygon.unique_xs else []
    assert sorted(found) == sorted(expected)


def test_rectangles_agree_with_the_package() -> None:
    """The package's own search, on a room of two parts with a corner cut out."""
    procthor_patches.load_procthor()
    polygon_class = sys.modules["procthor.generation.objects"].OrthogonalPolygon
    room = polygon_class(shapely.box(0, 0, 5, 3) - shapely.box(4, 2, 5, 3) - shapely.box(1, 0, 1.5, 1))
    joined = room.get_neighboring_rectangles()
    while more := room._join_neighboring_rectangles(joined):
        joined = joined | more
    assert set(room.get_all_rectangles()) == joined


def floor_plans(floorplan: list[list[int]], boundary_groups: dict[tuple[int, int], Any]) -> Any:
    """`sample_house_structure` after it was mended, when the package draws this floor plan for three rooms."""
    structure = SimpleNamespace(floorplan=np.array(floorplan), boundary_groups=boundary_groups)
    generation = SimpleNamespace(sample_house_structure=lambda **_: structure)
    doors = SimpleNamespace(get_room_spec_neighbors=lambda spec: spec)
    procthor_patches._mend_floor_plans(generation, doors, LookupError)
    return lambda: generation.sample_house_structure(
        room_spec=SimpleNamespace(spec=[[{2}, {3}, {4}]]), room_ids={2, 3, 4}
    )


def test_a_floor_plan_whose_rooms_touch_is_taken() -> None:
    assert floor_plans([[2, 3, 4]], {(2, 3): [], (3, 4): []})().floorplan.tolist() == [[2, 3, 4]]


def test_a_floor_plan_with_an_empty_cell_is_drawn_again() -> None:
    with pytest.raises(LookupError, match="a cell belongs to no room"):
        floor_plans([[2, 3, 4, 0]], {(2, 3): [], (3, 4): []})()


def test_a_floor_plan_with_a_room_apart_is_drawn_again() -> None:
    with pytest.raises(LookupError, match=r"the rooms \[4\] touch none of \[2, 3\]"):
        floor_plans([[2, 3, 1, 4]], {(2, 3): [], (1, 4): []})()


def test_asset_groups_come_in_the_order_of_their_names() -> None:
    databases = SimpleNamespace(_get_asset_groups=lambda: {"b": 2, "c": 3, "a": 1})
    procthor_patches._mend_file_order(databases)
    assert list(databases._get_asset_groups()) == ["a", "b", "c"]


def test_television_results_are_always_three() -> None:
    for result in [("lines", "heights"), ("televisions", "lines", "heights")]:
        wall_objects = SimpleNamespace(add_televisions=lambda *_, result=result: result)
        procthor_patches._mend_televisions(wall_objects)
        televisions, *rest = wall_objects.add_televisions("anything")
        assert rest == ["lines", "heights"]
        assert len(result) == 3 or televisions["any room"] == 0


IMPORT = """
import logging, sys
before = logging.getLogger().handlers[:]
from simsv_generation.houses.procthor import ProcThorHouses
source = ProcThorHouses()
assert "pandas" not in sys.modules and "procthor.generation" not in sys.modules, "opening the source is cheap"
from simsv_generation.houses.procthor_patches import load_procthor
load_procthor()
viewers = {"ai2thor", "ai2thor.controller", "matplotlib", "matplotlib.pyplot", "moviepy", "moviepy.editor"}
assert not viewers & set(sys.modules), viewers & set(sys.modules)
for ordinal in range(2):
    try:
        source.house(5, "train", ordinal)
    except Exception as refused:
        assert type(refused).__name__ == "HouseRefused", refused
assert logging.getLogger().handlers == before
"""


def test_importing_leaves_no_trace() -> None:
    """No stand-in module stays behind, nothing is printed, and the root logger is as it was."""
    done = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
