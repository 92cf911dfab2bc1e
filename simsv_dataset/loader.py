"""Load a release, as rows, as conversations, with decoded frames; no torch anywhere."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simsv_dataset.chat import ANSWER_STYLES, AnswerStyle, message_rows, message_table
from simsv_dataset.downloads import local_video
from simsv_dataset.place import find_release
from simsv_dataset.release import EPISODES, MESSAGES
from simsv_dataset.schema import MESSAGE_SCHEMA, features
from simsv_dataset.video import sample_frames

if TYPE_CHECKING:
    from datasets import Dataset, IterableDataset

_STREAM_SHARDS = 32
"""For 8 processes with 4 workers each."""


def load(
    path: str | Path = "simsv",
    config: str = "3q",
    split: str = "train",
    *,
    revision: str | None = None,
    streaming: bool = False,
    frames: int | None = None,
    answer_style: AnswerStyle | None = None,
    questions_per_conversation: int = 1,
) -> "Dataset | IterableDataset":
    """One split of a config, as `datasets.load_dataset` gives it, with conversations or frames if wanted.

    Args:
        path: folder of a release, or ORG/NAME of a dataset on the Hub.
        config: `3q`, another mixture, a question type, or `episodes`.
        split: `train`, `validation` or `test`.
        revision: tag, branch or commit on the Hub; its main branch when left out.
        streaming: give an iterable that reads rows as they are taken, instead of a table.
        frames: how many frames to decode for every row (`with_frames`); none when left out.
        answer_style: give conversations instead of questions (`with_messages`), put and answered like this.
        questions_per_conversation: most questions about one video in one conversation.

    Raises:
        ValueError: the release has no such config or split or is of another version, `frames` or
            `questions_per_conversation` is less than 1, or there is no such answer style, or none for this config.
        FileNotFoundError: there is no release; or, when a row is taken, its video is not there.
        OSError: the Hub cannot be reached.
    """
    from datasets import load_dataset

    if frames is not None:
        _check_frames(frames)
    place = find_release(path, revision)
    place.check(config, split)
    if answer_style is not None and (config == EPISODES or config.endswith(MESSAGES)):
        raise ValueError(f"config {config!r} has no questions to make conversations of; leave answer_style out")
    if answer_style is None and questions_per_conversation != 1:
        raise ValueError("questions_per_conversation is for conversations; give answer_style too")
    rows = load_dataset(place.name, config, split=split, revision=place.revision, streaming=streaming)
    if answer_style is not None:
        if streaming and questions_per_conversation > 1:
            rows = load_dataset(place.name, config, split=split, revision=place.revision)
        rows = with_messages(rows, answer_style, questions_per_conversation)
        if streaming and questions_per_conversation > 1:
            rows = rows.to_iterable_dataset(num_shards=min(_STREAM_SHARDS, len(rows)))
    return rows if frames is None else with_frames(rows, frames)


def with_messages(
    rows: "Dataset | IterableDataset", answer_style: AnswerStyle = "mc_letter", questions_per_conversation: int = 1
) -> "Dataset | IterableDataset":
    """Questions as conversations: rows of `simsv_dataset.schema.MESSAGE_SCHEMA`, with the messages decoded.

    Of an iterable, every question is a conversation of its own, made when it is taken. To bring together the questions
    about a video all rows must be at hand, so that is for tables; `load` does it for streams too, by reading the
    questions, which are small, and streaming the conversations.

    Raises:
        ValueError: several questions a conversation are wanted of an iterable; or as `chat.message_rows`.
    """
    from datasets import Dataset, DatasetInfo, IterableDataset

    if answer_style not in ANSWER_STYLES:
        raise ValueError(f"answer style {answer_style!r} is none of {', '.join(ANSWER_STYLES)}")
    columns = features(MESSAGE_SCHEMA)
    if isinstance(rows, IterableDataset):
        if questions_per_conversation != 1:
            raise ValueError("only a table has all questions about a video at hand; use load, or leave streaming out")
        return rows.map(
            partial(_one_conversation, style=answer_style), remove_columns=rows.column_names, features=columns
        )
    table = message_table(rows, style=answer_style, questions_per_conversation=questions_per_conversation)
    return Dataset(table.replace_schema_metadata().cast(columns.arrow_schema), info=DatasetInfo(features=columns))


def with_frames(rows: "Dataset | IterableDataset", count: int) -> "Dataset | IterableDataset":
    """Rows with one more column, `frames`: uniformly sampled frames of their video.

    A uint8 array of shape (count, height, width, 3), fewer frames when the video is shorter. They are decoded when a
    row is taken, again each time, and never stored; a video that is not on this machine is fetched once.

    Args:
        rows: rows with a column `video`: questions, conversations or episodes.
        count: how many frames, at least 1.

    Raises:
        ValueError: `count` is less than 1; or, when a row is taken, its video is damaged.
        FileNotFoundError: when a row is taken, its video is not there.
    """
    from datasets import IterableDataset

    _check_frames(count)
    if isinstance(rows, IterableDataset):
        return rows.map(partial(_with_frames, count=count))
    return rows.with_transform(partial(_batch_with_frames, count=count))


def _check_frames(count: int) -> None:
    if count < 1:
        raise ValueError(f"frames must be at least 1, got {count}")


def _one_conversation(row: Mapping[str, Any], style: AnswerStyle) -> dict[str, Any]:
    return next(message_rows([row], style=style))


def _with_frames(row: Mapping[str, Any], count: int) -> dict[str, Any]:
    return {**row, "frames": _sample(row["video"]["path"], count)}


def _batch_with_frames(batch: Mapping[str, list[Any]], count: int) -> dict[str, list[Any]]:
    # Whoever selects columns without the video wants no frames.
    if "video" not in batch:
        return dict(batch)
    return {**batch, "frames": [_sample(video["path"], count) for video in batch["video"]]}


def _sample(path: str, count: int) -> NDArray[np.uint8]:
    return sample_frames(local_video(path), count)
