"""Load a release, with decoded frames if wanted; no torch anywhere."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simsv_dataset.video import count_frames, read_frames, sample_indices

if TYPE_CHECKING:
    from datasets import Dataset, IterableDataset


def load(
    path: str | Path = "simsv",
    config: str = "3q",
    split: str = "train",
    *,
    streaming: bool = False,
    frames: int | None = None,
) -> "Dataset | IterableDataset":
    """One split of a config, as `datasets.load_dataset` gives it.

    With `frames`, rows have one more column, `frames`: that many uniformly sampled frames of their video
    (`sample_indices`; fewer when the video is shorter), a uint8 array of shape (frames, height, width, 3). They are
    decoded when a row is taken, again each time, and never stored.

    Args:
        path: folder of a release.
        config: `3q`, a question type, or `episodes`.
        split: `train`, `validation` or `test`.
        streaming: give an iterable that reads rows as they are taken, instead of a table.
        frames: how many frames to decode for every row; none when left out.

    Raises:
        ValueError: the release has no such config or split, or `frames` is less than 1.
        FileNotFoundError: there is no release; or, when a row is taken, its video is not there.
    """
    from datasets import load_dataset

    if frames is not None and frames < 1:
        raise ValueError(f"frames must be at least 1, got {frames}")
    rows = load_dataset(str(path), config, split=split, streaming=streaming)
    if frames is None:
        return rows
    if streaming:
        return rows.map(partial(_with_frames, count=frames))
    return rows.with_transform(partial(_batch_with_frames, count=frames))


def _with_frames(row: Mapping[str, Any], count: int) -> dict[str, Any]:
    return {**row, "frames": _sample(row["video"]["path"], count)}


def _batch_with_frames(batch: Mapping[str, list[Any]], count: int) -> dict[str, list[Any]]:
    # Whoever selects columns without the video wants no frames.
    if "video" not in batch:
        return dict(batch)
    return {**batch, "frames": [_sample(video["path"], count) for video in batch["video"]]}


def _sample(path: str, count: int) -> NDArray[np.uint8]:
    if not Path(path).exists():
        raise FileNotFoundError(
            f"{path} is not there; after moving a release, run simsv build --relocate on its folder"
        )
    return read_frames(path, sample_indices(count_frames(path), count))
