"""What a model said to the questions of a release, as a file: our own JSON lines, or what lmms-eval logs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

SAMPLE_KEY: Final = "simsv_micro"
"""The metric of the tasks in `recipes/eval` under which a line that lmms-eval logs has the id of its question."""
TOLD: Final = ("model", "num_frames", "answer_style")
"""Keys of a line that are told with the scores; all lines that have one must agree."""


@dataclass(frozen=True, slots=True)
class Predictions:
    """A file that was read."""

    texts: Mapping[str, str]
    """Question id to what the model said."""
    told: Mapping[str, str] = field(default_factory=dict)
    """What the file says of how they were made, such as model and number of frames."""


def read_predictions(path: Path) -> Predictions:
    """Read a file of predictions: a JSON object a line, blank lines aside.

    Either `{"id": QUESTION, "prediction": TEXT}`, with other keys as one likes, of which `TOLD` are told; or a line of
    the samples that lmms-eval logs of a task in `recipes/eval`, whose model and arguments are then taken from the
    results that it wrote beside them.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file has no predictions, two for one question, or a line that is none; says which line.
    """
    texts: dict[str, str] = {}
    told: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not text in UTF-8: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        record = _record(line, where)
        question_id, text = _prediction(record, where)
        if question_id in texts:
            raise ValueError(f"{where}: question {question_id!r} has a prediction already")
        texts[question_id] = text
        for key in TOLD:
            if key in record and told.setdefault(key, str(record[key])) != str(record[key]):
                raise ValueError(f"{where}: {key} is {record[key]!r}, and was {told[key]!r} on a line before")
    if not texts:
        raise ValueError(f"{path} has no predictions")
    return Predictions(texts, told | _of_lmms_eval(path))


def _record(line: str, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise ValueError(f"{where}: this is no JSON: {error}") from error
    if not isinstance(record, dict):
        raise ValueError(f"{where}: this is no JSON object")
    return record


def _prediction(record: Mapping[str, Any], where: str) -> tuple[str, str]:
    """Question and text of a line."""
    is_sample = "filtered_resps" in record
    key = "filtered_resps" if is_sample else "prediction"
    holder = record.get(SAMPLE_KEY) if is_sample else record
    question_id = holder.get("id") if isinstance(holder, dict) else None
    if is_sample and question_id is None:
        raise ValueError(f"{where}: this sample of lmms-eval is of no task in recipes/eval: it has no {SAMPLE_KEY}.id")
    for name, value in (("id", question_id), (key, record.get(key))):
        if not isinstance(value, str):
            raise ValueError(f"{where}: {name!r} must be a text, and is {'missing' if value is None else repr(value)}")
    return str(question_id), str(record[key])


def _of_lmms_eval(samples: Path) -> dict[str, str]:
    """What lmms-eval wrote beside its samples of how it ran; nothing where there is no such file."""
    date, found, _ = samples.name.partition("_samples_")
    results = samples.with_name(f"{date}_results.json")
    if not found or not results.is_file():
        return {}
    try:
        config = json.loads(results.read_text(encoding="utf-8"))["config"]
        return {"model": str(config["model"]), "model_args": str(config["model_args"])}
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{results} is damaged: {type(error).__name__}: {error}") from error
