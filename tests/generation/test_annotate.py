import hashlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from simsv_generation.annotate import Annotator, hash_frame
from simsv_generation.episode import Frame


def make_frame(instance_ids: np.ndarray) -> Frame:
    depth = 1.0 + np.arange(instance_ids.size, dtype=np.float32).reshape(instance_ids.shape)
    return Frame(np.zeros((*instance_ids.shape, 3), np.uint8), depth, instance_ids.astype(np.uint16))


@settings(max_examples=50, deadline=None)
@given(arrays(np.uint16, st.tuples(st.integers(2, 12), st.integers(2, 12)), elements=st.integers(0, 5)))
def test_counts_boxes_and_depths_agree_with_plain_masks(ids: np.ndarray) -> None:
    annotator, frame = Annotator(), make_frame(ids)
    annotator.add(7, frame)
    seen = annotator.visibility()
    assert seen.instance.tolist() == [instance for instance in np.unique(ids).tolist() if instance]
    for k, instance in enumerate(seen.instance.tolist()):
        mask = ids == instance
        rows, columns = np.nonzero(mask)
        assert seen.frame_index[k] == 7
        assert seen.num_pixels[k] == mask.sum()
        assert seen.bbox[k].tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert seen.nearest_depth[k] == np.round(frame.depth[mask].min(), 4)
        border = mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any()
        assert seen.is_truncated[k] == border


def test_rows_are_sorted_by_frame_then_instance() -> None:
    annotator = Annotator()
    for index in range(3):
        annotator.add(index, make_frame(np.array([[5, 2], [0, 9]])))
    seen = annotator.visibility()
    assert seen.frame_index.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert seen.instance.tolist() == [2, 5, 9] * 3


def test_frames_without_anything_leave_no_rows() -> None:
    annotator = Annotator()
    assert annotator.visibility().bbox.shape == (0, 4)
    annotator.add(0, make_frame(np.zeros((2, 2))))
    assert annotator.visibility().num_pixels.shape == (0,)


def test_pixels_that_are_cropped_away_do_not_count() -> None:
    ids = np.zeros((4, 10), np.uint16)
    ids[:, :2], ids[:, 8:] = 3, 4
    ids[1, 2] = 4
    annotator = Annotator()
    annotator.add(0, make_frame(ids).cropped(2))
    seen = annotator.visibility()
    assert seen.instance.tolist() == [4]
    assert seen.num_pixels.tolist() == [1]
    assert seen.bbox.tolist() == [[0, 1, 1, 2]]


def test_hashes_are_of_the_raw_arrays() -> None:
    frame = make_frame(np.array([[1, 2], [3, 4]]))
    hashes = hash_frame(frame)
    assert hashes.instance_ids == hashlib.sha256(bytes([1, 0, 2, 0, 3, 0, 4, 0])).hexdigest()
    assert hashes.rgb == hashlib.sha256(bytes(12)).hexdigest()
    changed = frame.depth.copy()
    changed[0, 0] = np.nextafter(changed[0, 0], np.float32(2))
    assert hash_frame(Frame(frame.rgb, changed, frame.instance_ids)).depth != hashes.depth
