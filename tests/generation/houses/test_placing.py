"""Things are put on receptacles and fall over as they would in a room."""

import numpy as np
import pytest
import shapely

from simsv_generation import seeding
from simsv_generation.houses.placing import Placed, lay_down, place, put_on
from simsv_generation.houses.settle import Thing
from simsv_generation.houses.shapes import parts
from tests.generation.houses.specs import ASSETS

FLOOR = shapely.box(-3, -3, 3, 3)


def standing(asset_id: str, x: float, y: float, yaw: float = 0.0) -> Placed:
    """A fixed thing on the floor; x and y of the world, Unity's yaw."""
    asset = ASSETS[asset_id]
    return place(asset, (x, asset.size[2] / 2, y), (0.0, yaw, 0.0), is_fixed=True)


@pytest.mark.parametrize("asset_id", ["table", "bed", "shelf"])
@pytest.mark.parametrize("yaw", [0.0, 90.0, 37.0])
def test_it_stands_free_on_a_part_that_carries(asset_id: str, yaw: float) -> None:
    receptacle = standing(asset_id, 1, 2, yaw)
    pieces = parts(receptacle.thing.asset_type, receptacle.thing.box.size)
    for draw in range(20):
        apple = put_on(ASSETS["apple"], receptacle, [], seeding.rng(draw, "test"))
        assert apple is not None
        local = receptacle.thing.box.to_local(apple.thing.box.corners())
        low, high = local.min(0), local.max(0)
        assert any(
            piece.carries
            and low[2] == pytest.approx(piece.high[2], abs=2e-4)
            and all(piece.low[k] - 1e-3 <= low[k] and high[k] <= piece.high[k] + 1e-3 for k in (0, 1))
            for piece in pieces
        )
        assert not any(
            all(low[k] + 2e-3 < piece.high[k] and piece.low[k] + 2e-3 < high[k] for k in range(3)) for piece in pieces
        )


def test_things_on_one_receptacle_do_not_overlap() -> None:
    table = standing("table", 0, 0)
    apples: list[Thing] = []
    for draw in range(30):
        apple = put_on(ASSETS["apple"], table, apples, seeding.rng(draw, "test"))
        if apple is not None:
            apples.append(apple.thing)
    assert len(apples) > 10
    for i, first in enumerate(apples):
        for second in apples[:i]:
            gaps = np.maximum(np.subtract(first.low, second.high), np.subtract(second.low, first.high))
            assert gaps.max() > -2e-3


def test_the_same_draw_gives_the_same_place() -> None:
    places = {str(put_on(ASSETS["apple"], standing("bed", 0, 0), [], seeding.rng(5, "test"))) for _ in range(3)}
    assert len(places) == 1


def test_there_may_be_no_place() -> None:
    assert put_on(ASSETS["apple"], standing("fridge", 0, 0), [], seeding.rng(0, "test")) is None
    assert put_on(ASSETS["bed"], standing("table", 0, 0), [], seeding.rng(0, "test")) is None
    lid = Thing("Box", standing("table", 0, 0).thing.sunk_to(0.75).box)
    assert put_on(ASSETS["apple"], standing("table", 0, 0), [lid], seeding.rng(0, "test")) is None


def falling(x: float, y: float) -> Placed:
    return place(ASSETS["bat"], (x, 3.0, y), (4.0, 20.0, 0.0))


def test_a_bat_lies_on_the_floor() -> None:
    landed = lay_down(falling(0, 0), [], [FLOOR])
    assert landed.angles == (90.0, 20.0, 0.0)
    assert (landed.thing.low[2], landed.thing.high[2]) == pytest.approx((0.0, 0.08), abs=2e-4)


def test_a_bat_lies_where_it_fits_in_the_room() -> None:
    for x, y in [(2.95, 0), (2.9, 2.9), (-2.9, 1)]:
        landed = lay_down(falling(x, y), [], [FLOOR])
        assert landed.angles[0] == 90.0
        assert FLOOR.contains(shapely.Polygon(landed.thing.box.footprint()))


def test_a_bat_lies_on_a_bed_and_beside_a_refrigerator() -> None:
    on_bed = lay_down(falling(0, 0), [standing("bed", 0, 0).thing], [FLOOR])
    assert on_bed.thing.low[2] == pytest.approx(0.63, abs=2e-4)
    fridge = standing("fridge", 0, 0).thing
    beside = lay_down(falling(0, 0), [fridge], [FLOOR])
    assert beside.thing.low[2] == pytest.approx(0.0, abs=2e-4)
    outline = shapely.Polygon(beside.thing.box.footprint())
    assert outline.intersection(shapely.Polygon(fridge.box.footprint())).area < 1e-3


def test_a_bat_stays_upright_where_there_is_no_room() -> None:
    landed = lay_down(falling(0, 0), [], [shapely.box(-0.2, -0.2, 0.2, 0.2)])
    assert landed.angles == (0.0, 20.0, 0.0)
    assert (landed.thing.low[2], landed.thing.high[2]) == pytest.approx((0.0, 0.9), abs=2e-4)
