"""`simsv score`: what a model's predictions are worth, in a table."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.manifest import write_durably
from simsv_dataset.mixtures import ALL
from simsv_dataset.place import Place, find_release
from simsv_dataset.predictions import Predictions, read_predictions
from simsv_dataset.release import EPISODES, MESSAGES, read_file
from simsv_dataset.score import COLUMNS, Estimate, Score, Scores, score_predictions
from simsv_dataset.text_table import aligned

PARSER: Final = "lmms-eval 0.7.3, vsibench"
"""How responses are read (`simsv_dataset.metrics`)."""


def main(argv: Sequence[str]) -> int:
    """Run the command. Raises CommandFailed."""
    parser = argparse.ArgumentParser(
        prog="simsv score",
        description="What a model's predictions are worth: a table by question type, with 95 % intervals over houses.",
    )
    parser.add_argument(
        "predictions",
        type=Path,
        metavar="PREDICTIONS",
        help='lines of {"id": ..., "prediction": ...}, or samples that lmms-eval logged',
    )
    parser.add_argument("--release", default="simsv", help="folder of the release, or ORG/NAME on the Hub (simsv)")
    parser.add_argument("--revision", help="tag, branch or commit of the release on the Hub (its main branch)")
    parser.add_argument("--config", default="all", help="config whose questions were asked (all)")
    parser.add_argument("--split", default="test", help="its split (test)")
    parser.add_argument("--blind", type=Path, metavar="FILE", help="predictions of the same model without the video")
    parser.add_argument("--partial", action="store_true", help="score those that are there when some are missing")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the table as JSON too")
    arguments = parser.parse_args(argv)
    try:
        arms = [read_predictions(path) for path in (arguments.predictions, arguments.blind) if path is not None]
        place = find_release(arguments.release, arguments.revision)
        rows = read_questions(place, arguments.config, arguments.split)
    except (ValueError, OSError) as error:
        raise CommandFailed(ExitCode.USAGE, str(error)) from error
    where = f"{arguments.config}/{arguments.split} of {place.name}"
    for path, arm in zip((arguments.predictions, arguments.blind), arms, strict=False):
        _check(path, arm, rows, where, is_partial=arguments.partial)
    asked = [row for row in rows if all(row["id"] in arm.texts for arm in arms)]
    if not asked:
        raise CommandFailed(ExitCode.INCOMPLETE, f"no question has a prediction in both files: {where}")
    scores = score_predictions(asked, *(arm.texts for arm in arms))
    told = {**arms[0].told, "parser": PARSER, "questions": f"{len(asked):,} of {len(rows):,} in {where}"}
    if arguments.out:
        try:
            _write(arguments.out, {"told": told, **asdict(scores)})
        except OSError as error:
            raise CommandFailed(ExitCode.DISK, f"cannot write {arguments.out}: {error}") from error
    print(table(scores, told))
    return ExitCode.DONE


def read_questions(place: Place, config: str, split: str) -> list[dict[str, Any]]:
    """The `COLUMNS` of one split of a config of questions, in order.

    Raises:
        ValueError: there is no such config or split, it has no questions, or a file is damaged.
        OSError: a file cannot be read or fetched.
    """
    if config == EPISODES or config.endswith(MESSAGES):
        raise ValueError(f"config {config!r} has no questions to score; take {ALL!r} or another mixture or type")
    return [row for file in place.files(config, split) for part in read_file(file, COLUMNS) for row in part.to_pylist()]


def table(scores: Scores, told: Mapping[str, str]) -> str:
    """The scores in points, and what is told with them, as text."""
    named = [*scores.types.items(), ("macro", scores.macro), ("micro", scores.micro)]
    if scores.vsi_bench is not None:
        named.insert(-2, ("macro of VSI-Bench", scores.vsi_bench))
    has_blind = scores.micro.blind is not None
    header = ["type", "questions", "houses", "score", "95 %", "chance", "constant"]
    lines = [[*header, *(["blind", "95 %", "gain", "95 %"] if has_blind else [])]]
    lines += [[name, *_entries(score)] for name, score in named]
    return f"{aligned([*told.items()])}\n\n{aligned(lines)}"


def _entries(score: Score) -> list[str]:
    chance = "" if score.chance is None else _points(score.chance)
    columns = [f"{score.num_rows:,}", f"{score.num_houses:,}", *_estimate(score.model), chance]
    columns.append(_points(score.best_constant))
    if score.blind is not None and score.gain is not None:
        columns += [*_estimate(score.blind), *_estimate(score.gain, "+")]
    return columns


def _estimate(estimate: Estimate, sign: str = "") -> list[str]:
    value = _points(estimate.value, sign)
    if estimate.low is None or estimate.high is None:
        return [value, ""]
    return [value, f"{_points(estimate.low, sign)} to {_points(estimate.high, sign)}"]


def _points(share: float, sign: str = "") -> str:
    return f"{100 * share:{sign}.1f}"


def _check(path: Path, said: Predictions, rows: Sequence[Mapping[str, Any]], where: str, *, is_partial: bool) -> None:
    """See that what was said is to these questions, and to all. Raises CommandFailed."""
    asked = [row["id"] for row in rows]
    if unknown := sorted(set(said.texts) - set(asked)):
        raise CommandFailed(
            ExitCode.USAGE,
            f"{path}: {len(unknown):,} of {len(said.texts):,} predictions are to no question of {where}, "
            f"such as {unknown[0]!r}; --release, --config and --split say what was asked",
        )
    missing = [question_id for question_id in asked if question_id not in said.texts]
    if missing and not is_partial:
        raise CommandFailed(
            ExitCode.INCOMPLETE,
            f"{path}: {len(missing):,} of {len(asked):,} questions of {where} have no prediction, "
            f"such as {missing[0]!r}; --partial scores the others",
        )


def _write(path: Path, content: Mapping[str, Any]) -> None:
    draft = path.with_name(f"{path.name}.draft")
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    write_durably(draft, f"{text}\n".encode())
    draft.replace(path)
