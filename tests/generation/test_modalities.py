from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import binary_erosion

from simsv_dataset.modalities import MODALITIES
from simsv_generation.episode import Frame
from simsv_generation.modalities import category_table, image_of, millimetres, outlines, semantic_legend
from simsv_generation.seeding import rng
from tests.episodes import make_object, make_two_rooms

HOUSE = make_two_rooms(
    make_object("chair", 1, 1), make_object("table", 2, 2), make_object("chair", 3, 3, object_id="b")
)


def frame() -> Frame:
    random = rng(0, "frame")
    shape = (8, 10)
    return Frame(
        random.integers(0, 256, (*shape, 3), dtype=np.uint8),
        random.uniform(0.1, 9.0, shape).astype(np.float32),
        random.integers(0, len(HOUSE.instances()), shape).astype(np.uint16),
    )


@pytest.mark.parametrize(
    ("metres", "expected"),
    [
        (0.0, 0),
        (0.0001, 1),  # near, but not nothing
        (0.0014, 1),
        (1.2346, 1235),
        (65.5349, 65535),
        (1000.0, 65535),
        (np.inf, 65535),
        (np.nan, 0),
        (-1.0, 0),
    ],
)
def test_depth_is_the_nearest_millimetre(metres: float, expected: int) -> None:
    stored = millimetres(np.array([[metres]], np.float32))
    assert stored.dtype == np.uint16
    assert stored.tolist() == [[expected]]


@given(st.floats(2**-10, 65.0, width=32))
def test_depth_is_off_by_half_a_millimetre_at_most(metres: float) -> None:
    assert abs(int(millimetres(np.array([metres], np.float32))[0]) / 1000 - metres) <= 0.0005 + 1e-9


def test_every_instance_has_its_category_in_the_legend() -> None:
    legend, table = semantic_legend(HOUSE), category_table(HOUSE)
    assert legend == ("", "ceiling", "chair", "door", "floor", "table", "wall")
    named = dict(zip(HOUSE.instances(), (legend[index] for index in table), strict=True))
    assert named == {
        "": "",
        "chair": "chair",
        "table": "table",
        "b": "chair",
        "door|1|2": "door",
        **{f"room|{k}|{name}": name for k in (1, 2) for name in ("floor", "wall", "ceiling")},
    }


def test_a_house_without_objects_has_surfaces() -> None:
    assert semantic_legend(replace(HOUSE, objects=(), openings=())) == ("", "ceiling", "floor", "wall")


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (9, 1), (12, 17)])
def test_outlines_are_what_an_erosion_takes_away(shape: tuple[int, int]) -> None:
    for number in range(5):
        coarse = rng(number, "ids").integers(0, 4, (-(-shape[0] // 3), -(-shape[1] // 4)))
        ids = coarse.repeat(3, 0).repeat(4, 1)[: shape[0], : shape[1]].astype(np.uint16)
        eaten = np.zeros(shape, bool)
        for instance in np.unique(ids):
            mask = ids == instance
            eaten |= mask ^ binary_erosion(mask, np.ones((3, 3), bool), border_value=1)
        assert np.array_equal(outlines(ids), eaten)


def test_one_instance_has_no_outline() -> None:
    assert not outlines(np.full((5, 6), 7, np.uint16)).any()


def test_every_modality_has_an_image() -> None:
    shown = frame()
    images = {name: image_of(name, shown, HOUSE) for name in MODALITIES}
    assert np.array_equal(images["depth"], millimetres(shown.depth))
    assert np.array_equal(images["instance"], shown.instance_ids)
    assert np.array_equal(images["semantic"], category_table(HOUSE)[shown.instance_ids])
    assert images["edge"].shape == (8, 10, 3)
    assert set(images["edge"].ravel().tolist()) <= {0, 255}
    assert np.array_equal(images["edge"][..., 1] == 255, outlines(shown.instance_ids))
    with pytest.raises(ValueError, match="no modality 'smell'"):
        image_of("smell", shown, HOUSE)
