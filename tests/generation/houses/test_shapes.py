"""Shapes of a few boxes stay inside their box and carry things where people put them."""

import pytest

from simsv_generation.houses.asset_database import procthor_assets
from simsv_generation.houses.shapes import parts


def test_parts_fill_their_box_and_nothing_more() -> None:
    for asset in procthor_assets().values():
        pieces = parts(asset.asset_type, asset.size)
        for axis, size in enumerate(asset.size):
            assert min(piece.low[axis] for piece in pieces) == pytest.approx(-size / 2)
            assert max(piece.high[axis] for piece in pieces) == pytest.approx(size / 2)
        assert all(piece.low[axis] < piece.high[axis] for piece in pieces for axis in range(3))


@pytest.mark.parametrize(
    ("asset_type", "heights"),
    [
        ("DiningTable", {1.0}),
        ("Bed", {0.63}),
        ("Chair", {0.5}),
        ("Toilet", {1.0}),
        ("ShelvingUnit", {0.03, 0.27, 0.51, 0.75, 1.0}),
        ("Dresser", {1.0}),
        ("Fridge", set()),
    ],
)
def test_what_carries(asset_type: str, heights: set[float]) -> None:
    carrying = {round(piece.high[2] + 0.5, 6) for piece in parts(asset_type, (1.0, 1.0, 1.0)) if piece.carries}
    assert carrying == heights


def test_there_is_room_for_a_chair_under_a_table() -> None:
    under = [p for p in parts("DiningTable", (1.6, 0.8, 0.75)) if p.low[0] < 0 < p.high[0] and p.low[1] < 0 < p.high[1]]
    assert [p.low[2] + 0.375 for p in under] == pytest.approx([0.675])


def test_the_back_of_a_seat_is_away_from_its_front() -> None:
    (back,) = (piece for piece in parts("Sofa", (2.0, 0.9, 0.8)) if piece.high[2] == 0.4)
    assert back.high[1] < 0
