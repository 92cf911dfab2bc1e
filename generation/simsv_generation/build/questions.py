"""The questions of a run, and those of them that a release publishes."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.manifest import BlindRecord, canonical_json
from simsv_dataset.mixtures import hash_rank
from simsv_dataset.release import SPLITS
from simsv_dataset.schema import QUESTION_SCHEMA, to_table
from simsv_dataset.taxonomy import QUESTION_TYPES
from simsv_generation.progress import Reporter
from simsv_generation.quality import Row, curate
from simsv_generation.store import RunStore


@dataclass(frozen=True, slots=True)
class Questions:
    """All questions of a run."""

    tables: Mapping[str, Mapping[str, pa.Table]]
    """Type to split to rows in hash order; only those that have rows."""
    rejections: Mapping[str, Mapping[str, int]]
    config: Mapping[str, Any]
    dropped: Mapping[str, Mapping[str, int]]
    blind: Mapping[str, Mapping[str, BlindRecord]]


@dataclass(frozen=True, slots=True)
class Source:
    """An episode on its way into the release."""

    episode_id: str
    split: str
    video: str
    """Path in the release."""


def curated_questions(store: RunStore, sources: Sequence[Source], target: Path, *, as_asked: bool) -> Questions:
    """The questions of a run that are published."""
    asked, rejections, config = _read_questions(store, sources, target)
    tables: dict[str, dict[str, pa.Table]] = {}
    dropped, blind = {}, {}
    with Reporter("build", "question types", len(asked)) as reporter:
        for done, question_type in enumerate(kind for kind in QUESTION_TYPES if kind.name in asked):
            name = question_type.name
            curated = curate(question_type, asked.pop(name), store.record.config["seed"], as_asked=as_asked)
            published = {split: curated.rows[split] for split in SPLITS if split in curated.rows}
            tables[name] = {split: to_table(rows, QUESTION_SCHEMA) for split, rows in published.items()}
            if curated.dropped:
                dropped[name] = curated.dropped
            if curated.blind:
                blind[name] = curated.blind
            reporter.update(done + 1)
    return Questions(tables, rejections, config, dropped, blind)


def _read_questions(
    store: RunStore, sources: Sequence[Source], target: Path
) -> tuple[dict[str, dict[str, list[Row]]], dict[str, dict[str, int]], dict[str, Any]]:
    """Rows in hash order by type and split, refusals by type and reason, and the configuration of the questions."""
    names = {question_type.name for question_type in QUESTION_TYPES}
    asked: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    rejections: dict[str, Counter[str]] = defaultdict(Counter)
    configs: dict[str, dict[str, Any]] = {}
    ids: set[str] = set()
    for source in sources:
        path = store.questions_path(source.episode_id)
        video = {"bytes": None, "path": f"{target}/{source.video}"}
        try:
            content = json.loads(path.read_bytes())
            added = {"numeric_options": None, "blind_score": None, "video": video}
            rows = [{**row, **added} for row in content["questions"]]
            to_table(rows, QUESTION_SCHEMA)
            for row in rows:
                if row["question_type"] not in names:
                    raise ValueError(f"unknown question type {row['question_type']}")
                if row["id"] in ids:
                    raise ValueError(f"question {row['id']} is there twice")
                ids.add(row["id"])
                asked[row["question_type"]][source.split].append(row)
            for question_type, reasons in content["rejections"].items():
                rejections[question_type].update(reasons)
            configs[canonical_json(content["config"])] = content["config"]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise CommandFailed(
                ExitCode.FAILURES, f"{path} is damaged: {error!r}; run simsv ask --run {store.root} again"
            ) from error
    if len(configs) > 1:
        raise CommandFailed(
            ExitCode.INCOMPLETE,
            f"the questions of {store.root} were not all asked with one configuration; run simsv ask again",
        )
    ordered = {
        name: {split: sorted(of_split, key=lambda row: hash_rank(row["id"])) for split, of_split in by_split.items()}
        for name, by_split in asked.items()
    }
    return ordered, {name: dict(reasons) for name, reasons in rejections.items()}, configs.popitem()[1]


def check_blind(blind: Mapping[str, Mapping[str, BlindRecord]], most: float | None) -> None:
    """Raises CommandFailed when a gated type can certainly be guessed better than allowed."""
    if most is None:
        return
    guessed = [
        f"{name} as a {form} ({record.best_constant:.3f} always the same, {record.forest:.3f} by a forest)"
        for name, forms in blind.items()
        for form, record in forms.items()
        if record.is_gated and 100 * record.excess_low > most
    ]
    if guessed:
        raise CommandFailed(
            ExitCode.FAILURES,
            f"no release is made: words alone give away more than {most:g} points of {', '.join(guessed)}; "
            "generate more houses, or allow more with --max-blind-excess",
        )
