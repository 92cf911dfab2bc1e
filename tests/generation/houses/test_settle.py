"""Things sink onto what is below them, and no further."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simsv_generation.geometry import OrientedBox, Vec3
from simsv_generation.houses.settle import Support, Thing, settled, support_of
from tests.generation.houses.specs import ASSETS


def make(asset_id: str, x: float, y: float, bottom: float, *, is_fixed: bool = False, yaw: float = 0.0) -> Thing:
    asset = ASSETS[asset_id]
    center: Vec3 = (x, y, bottom + asset.size[2] / 2)
    return Thing(asset.asset_type, OrientedBox.upright(center, asset.size, yaw), is_fixed)


TABLE = make("table", 0, 0, 0, is_fixed=True)
BED = make("bed", 5, 0, 0, is_fixed=True)
FRIDGE = make("fridge", 10, 0, 0, is_fixed=True)
SHELF = make("shelf", 15, 0, 0, is_fixed=True)


@pytest.mark.parametrize(
    ("thing", "bottom"),
    [
        (make("apple", 0, 0, 0.8), 0.75),
        (make("apple", 0.75, 0.35, 2.0), 0.75),
        (make("apple", 0.9, 0, 0.8), 0.0),
        (make("apple", 0, 0, 0.2), 0.0),
        (make("apple", 0, 0, 0.745), 0.745),
        (make("pillow", 5, -0.2, 1.0), 0.63),
        (make("apple", 15, 0, 0.6), 0.54),
        (make("apple", 15, 0, 1.9), 1.5),
        (make("apple", 10, 0, 1.0), 1.0),
        (make("apple", 10, 0, 2.5), 1.8),
        (make("apple", 30, 0, 0.0), 0.0),
    ],
    ids=[
        "lifted over the table",
        "over the corner of the table",
        "beside the table",
        "under the table",
        "a little into the table",
        "over the bed",
        "over a board",
        "under the top board",
        "in the refrigerator",
        "over the refrigerator",
        "on the floor",
    ],
)
def test_where_a_thing_comes_to_rest(thing: Thing, bottom: float) -> None:
    *_, rested = settled([TABLE, BED, FRIDGE, SHELF, thing])
    assert rested.low[2] == pytest.approx(bottom, abs=1e-4)
    assert rested.box.center[:2] == thing.box.center[:2]
    assert rested.box.rotation == thing.box.rotation


def test_what_is_fixed_stays() -> None:
    painting = make("apple", 0, 0, 1.7, is_fixed=True)
    assert settled([TABLE, painting]) == [TABLE, painting]


def test_a_pile_sinks_as_a_pile() -> None:
    pile = [make("apple", 0, 0, 0.8 + 0.1 * level) for level in (2, 0, 1)]
    assert [thing.low[2] for thing in settled([*pile, TABLE])[:3]] == pytest.approx([0.95, 0.75, 0.85], abs=2e-4)


def test_what_carries_is_told() -> None:
    assert support_of(make("apple", 0, 0, 1), [BED, TABLE]) == Support(0.75, TABLE, carries=True)
    assert support_of(make("apple", 10, 0, 2), [FRIDGE]) == Support(1.8, FRIDGE, carries=False)
    assert support_of(make("apple", 3, 0, 2), [BED, TABLE]) == Support(0.0)
    assert support_of(make("apple", 10, 0, 1), [FRIDGE]) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(set(ASSETS))),
            *[st.floats(-1, 1)] * 2,
            st.floats(0, 3),
            st.booleans(),
            st.floats(-180, 180),
        ),
        max_size=6,
    )
)
def test_nothing_rises_moves_aside_or_sinks_into_the_floor(
    spots: list[tuple[str, float, float, float, bool, float]],
) -> None:
    things = [make(a, x, y, bottom, is_fixed=is_fixed, yaw=yaw) for a, x, y, bottom, is_fixed, yaw in spots]
    for before, after in zip(things, settled(things), strict=True):
        assert after.box.center[:2] == before.box.center[:2]
        assert -1e-4 <= after.low[2] <= before.low[2]
        assert after == before or not before.is_fixed
