"""The published SIMS-VSI (ellisbrown/SIMS-VSI on the Hub) as question rows, to be mixed with our own.

It has two tables, `sims_vsi_200k.parquet` and `sims_vsi_3q_40k.parquet`, with a conversation a row, and videos in
`video_shard_*.tar.zst` that are unpacked by hand:

    for shard in video_shard_*.tar.zst; do tar --zstd -xf $shard; done

Columns, as published readers of it know them: `video`, a path in the unpacked folder; `conversations`, a list of
records with `from` (human or gpt) and `value`; `question_type`; `fmt`, "oe" (open) or "mc" (choice). In some records
the text lies under another key than `value`. This reader was written from that description and was never run on the
published files.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from simsv_dataset.chat import CHOICE_PROMPT, OPEN_PROMPT, PRE_PROMPT
from simsv_dataset.schema import QUESTION_SCHEMA, features
from simsv_dataset.taxonomy import QUESTION_TYPES

if TYPE_CHECKING:
    from datasets import Dataset

SimsVsiConfig = Literal["sims_vsi_200k", "sims_vsi_3q"]
_FILES: Final = {"sims_vsi_200k": "sims_vsi_200k.parquet", "sims_vsi_3q": "sims_vsi_3q_40k.parquet"}
_RENAMED: Final = {
    "obj_count": "object_counting",
    "obj_abs_distance": "object_abs_distance",
    "obj_size_est": "object_size_estimation",
    "room_size_est": "room_size_estimation",
    "obj_rel_distance": "object_rel_distance",
    "obj_rel_direction_easy": "object_rel_direction_easy",
    "obj_rel_direction_medium": "object_rel_direction_medium",
    "obj_rel_direction_hard": "object_rel_direction_hard",
}
_UNITS: Final = {question_type.name: question_type.unit for question_type in QUESTION_TYPES}
_OPTION: Final = re.compile(r"\(?([A-H])[.)]\s*(.*)")
_LETTER: Final = re.compile(r"\(?([A-H])\b[.)]?")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_BATCH: Final = 1000


def load_sims_vsi(
    tables: str | Path, videos: str | Path, config: SimsVsiConfig = "sims_vsi_3q", *, fmt: str | None = None
) -> "Dataset":
    """The published questions as a table with the columns of ours.

    What the published rows do not say is null or empty: referents, margin, frames that are needed, rationale. Options
    are without letters, as ours are, and prompts are taken off, so that `simsv_dataset.loader.with_messages` puts both
    sets alike. Ids are `sims_vsi-<number of the row>-<number of the question in it>`.

    Args:
        tables: folder with the two Parquet files.
        videos: folder in which the shards were unpacked.
        config: which of the two.
        fmt: only rows of this format, "oe" or "mc"; both when left out. Every question is there in both.

    Raises:
        ValueError: there is no such config, or a row is not as described above; names the file and the row.
        FileNotFoundError: there is no such file.
    """
    from datasets import Dataset, DatasetInfo

    if config not in get_args(SimsVsiConfig):
        raise ValueError(f"config {config!r} is none of {', '.join(_FILES)}")
    path, columns = Path(tables) / _FILES[config], features(QUESTION_SCHEMA)
    schema = columns.arrow_schema
    root = Path(videos).resolve()
    read = [pa.Table.from_pylist(rows, schema) for rows in _batches(path, root, fmt)]
    return Dataset(pa.concat_tables(read) if read else schema.empty_table(), info=DatasetInfo(features=columns))


def _batches(path: Path, videos: Path, fmt: str | None) -> Iterator[list[dict[str, Any]]]:
    number = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH, columns=["video", "conversations", "question_type", "fmt"]):
            rows: list[dict[str, Any]] = []
            for published in batch.to_pylist():
                try:
                    if fmt in (None, published["fmt"]):
                        rows += question_rows(published, number, videos)
                except ValueError as error:
                    raise ValueError(f"{path}: row {number}: {error}") from error
                number += 1
            if rows:
                yield rows


def question_rows(published: Mapping[str, Any], number: int, videos: Path) -> list[dict[str, Any]]:
    """The questions of one published row, columns of `simsv_dataset.schema.QUESTION_SCHEMA`.

    Args:
        published: a row of one of the two tables.
        number: of the row in its table, from 0.
        videos: folder in which the shards were unpacked.

    Raises:
        ValueError: the row is not as the module says.
    """
    turns = published["conversations"]
    if not turns or len(turns) % 2 or any(turn["from"] != ("human", "gpt")[k % 2] for k, turn in enumerate(turns)):
        raise ValueError("conversations must be human and gpt in turn")
    question_type = published["question_type"].removeprefix("vsi_")
    question_type = _RENAMED.get(question_type, question_type)
    if question_type not in _UNITS:
        raise ValueError(f"question_type {published['question_type']!r} is none of SIMS-VSI's")
    relative = PurePosixPath(published["video"])
    if relative.is_absolute() or ".." in relative.parts:
        raise ValueError(f"video must lie in the unpacked folder, got {published['video']!r}")
    texts = [_text(turn) for turn in turns]
    common = {
        **dict.fromkeys(QUESTION_SCHEMA.names),
        "question_type": question_type,
        "referents": [],
        "subject": "",
        "moments": [],
        "rationale": "",
        "episode_id": str(relative.with_suffix("")),
        "house_id": str(relative.parent),
        "room_ids": [],
        "video": {"bytes": None, "path": str(videos / relative)},
    }
    return [
        {**common, "id": f"sims_vsi-{number:06d}-{k}", **_asked(question_type, texts[2 * k], texts[2 * k + 1])}
        for k in range(len(texts) // 2)
    ]


def _text(turn: Mapping[str, Any]) -> str:
    """What was said: under `value`, or where that is missing under the one other key that has a text."""
    others = [text for key, text in turn.items() if key not in ("from", "value") and isinstance(text, str) and text]
    found = [turn["value"]] if turn.get("value") else others
    if len(found) != 1:
        raise ValueError(f"a turn must have one text, got {dict(turn)}")
    return str(found[0])


def _asked(question_type: str, human: str, answer: str) -> dict[str, Any]:
    """Question, options and answer of a human turn and its answer."""
    lines = [line.strip() for line in re.sub(r"<(image|video)>", "", human).splitlines()]
    lines = [line for line in lines if line and line not in (PRE_PROMPT, CHOICE_PROMPT, OPEN_PROMPT, "Options:")]
    first = next((k for k, line in enumerate(lines) if (match := _OPTION.fullmatch(line)) and match[1] == "A"), None)
    question = "\n".join(lines[:first])
    if not question:
        raise ValueError(f"there is no question in {human!r}")
    answer = answer.strip()
    if first is None:
        is_number = _NUMBER.fullmatch(answer) is not None
        return {
            "question": question,
            "answer": answer,
            "value": float(answer) if is_number else None,
            "unit": _UNITS[question_type] if is_number else "",
        }
    options = _options(lines[first:])
    chosen = _LETTER.match(answer)
    if not chosen or "ABCDEFGH".index(chosen[1]) >= len(options):
        raise ValueError(f"the answer {answer!r} is none of the options {options}")
    return {
        "question": question,
        "options": options,
        "answer": options["ABCDEFGH".index(chosen[1])],
        "answer_letter": chosen[1],
        "unit": "",
    }


def _options(lines: Sequence[str]) -> list[str]:
    """Texts of lettered lines in the order of their letters; lines after the last are instructions."""
    options: list[str] = []
    for line in lines:
        match = _OPTION.fullmatch(line)
        if not match or match[1] != "ABCDEFGH"[len(options)]:
            break
        options.append(match[2])
    return options
