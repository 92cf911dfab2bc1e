"""`simsv card`: the full data set card of a release, made of its manifest, and a picture of its videos."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
from jinja2 import Environment, StrictUndefined

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.manifest import BlindRecord, Manifest, hash_files, read_manifest, write_durably, write_manifest
from simsv_dataset.modalities import MODALITIES_FOLDER
from simsv_dataset.readme import Configs, front_matter, in_order, licence_text, mixtures_text
from simsv_dataset.release import EPISODES, MESSAGES, SPLITS
from simsv_dataset.schema import EPISODE_SCHEMA, QUESTION_SCHEMA
from simsv_dataset.taxonomy import QUESTION_TYPES, QuestionType
from simsv_hub.contact_sheet import CONTACT_SHEET_NAME, contact_sheet

README_NAME = "README.md"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a release lies, as its card says it."""

    root: str
    """Absolute path, or address of the published release."""
    name: str
    """First argument of `load_dataset`: `simsv`, or ORG/NAME."""
    version: str
    """Tag of the published release, or the version of the software."""

    @property
    def is_published(self) -> bool:
        """Whether it is on the Hub."""
        return "/" in self.name


def main(argv: Sequence[str]) -> int:
    """Run the command. Raises CommandFailed."""
    parser = argparse.ArgumentParser(
        prog="simsv card",
        description=f"Write the full data set card of a release, {README_NAME}, and {CONTACT_SHEET_NAME}. "
        "simsv publish does so for what it uploads.",
    )
    parser.add_argument("release", type=Path, help="folder of a release")
    folder = parser.parse_args(argv).release.resolve()
    try:
        manifest = read_manifest(folder)
        write_card(folder, folder, manifest, Place(str(folder), "simsv", manifest.simsv_version))
        changed = hash_files(folder, [README_NAME, CONTACT_SHEET_NAME])
        write_manifest(folder, replace(manifest, files=dict(sorted({**manifest.files, **changed}.items()))))
    except FileNotFoundError as error:
        raise CommandFailed(ExitCode.USAGE, f"{error.filename} is not there: is {folder} a release?") from error
    except ValueError as error:
        raise CommandFailed(ExitCode.FAILURES, str(error)) from error
    print(f"wrote {folder / README_NAME}: {len(manifest.configs)} configs")
    return ExitCode.DONE


def write_card(folder: Path, target: Path, manifest: Manifest, place: Place) -> None:
    """Write README.md and the picture that it shows.

    Args:
        folder: of the release, for its videos.
        target: folder to write into.
        manifest: of the release; its `files` need not be those of the published one.
        place: where the release is going to lie.

    Raises:
        FileNotFoundError, ValueError: a video is not there, or is damaged.
        OSError: the disk refuses.
    """
    write_durably(target / CONTACT_SHEET_NAME, contact_sheet(folder, manifest))
    write_durably(target / README_NAME, card_text(manifest, place).encode())


def card_text(manifest: Manifest, place: Place) -> str:
    """The card, front matter included. Raises ValueError when the release has no rows."""
    configs = manifest.configs
    if not configs:
        raise ValueError("a card needs a release with at least one episode")
    example = next(name for name in ("3q", EPISODES, *configs) if name in configs)
    types = [type_ for type_ in QUESTION_TYPES if type_.name in configs]
    names = [name for name in configs if name not in {type_.name for type_ in types}]
    environment = Environment(  # Markdown, not HTML; what is put in are our own descriptions and digests
        autoescape=False, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    template = environment.from_string((files("simsv_hub") / "card_template.md").read_text(encoding="utf-8"))
    text = template.render(
        manifest=manifest,
        name=place.name,
        version=place.version,
        is_published=place.is_published,
        example=example,
        split=next(iter(in_order(configs[example]))),
        splits=SPLITS,
        num_questions=sum(_total(configs, type_.name) for type_ in types),
        num_videos=_total(configs, EPISODES),
        is_packed=any(path.startswith("videos/") and path.endswith(".tar") for path in manifest.files),
        modalities=sorted({path.split("/")[1] for path in manifest.files if path.startswith(f"{MODALITIES_FOLDER}/")}),
        talks=[name for name in configs if name.endswith(MESSAGES)],
        sheet=CONTACT_SHEET_NAME,
        sheet_rows=min(4, _total(configs, EPISODES)),
        mixtures_and_episodes=[{"name": name, "counts": _counts(configs, name)} for name in names],
        mixtures=mixtures_text(configs),
        types=[row for type_ in types for row in _type_rows(type_, manifest)],
        has_blind=bool(manifest.blind),
        question_columns=_columns(QUESTION_SCHEMA),
        episode_columns=_columns(EPISODE_SCHEMA),
        licence=licence_text(manifest.licences),
        checksums=[
            {"config": name, "split": split, "num_rows": record.num_rows, "sha256": record.sha256}
            for name, splits in configs.items()
            for split, record in in_order(splits).items()
        ],
    )
    return f"---\n{front_matter(manifest, place.root)}\n---\n\n{text}"


def _total(configs: Configs, name: str) -> int:
    return sum(record.num_rows for record in configs.get(name, {}).values())


def _counts(configs: Configs, name: str) -> list[str]:
    splits = configs[name]
    return [str(splits[split].num_rows) if split in splits else "" for split in SPLITS]


def _type_rows(type_: QuestionType, manifest: Manifest) -> Iterator[dict[str, Any]]:
    """A row for the type, and one for numbers that are also asked as choices, where that was tried blind."""
    forms = manifest.blind.get(type_.name, {})
    others = [form for form in forms if form != type_.answer_format]
    for form in (type_.answer_format, *others):
        is_number = form == "number"
        answer = "number" if is_number else f"one of {type_.num_options}" if type_.num_options else "one of its options"
        record = forms.get(form)
        chance = record.chance if record else 1 / type_.num_options if type_.num_options else None
        yield {
            "name": type_.name,
            "skill": type_.skill,
            "answer": f"{answer}, {type_.unit}" if is_number and type_.unit else answer,
            "metric": "mra" if is_number else "accuracy",
            "counts": _counts(manifest.configs, type_.name) if form == type_.answer_format else [""] * len(SPLITS),
            "chance": _percent(chance),
            "best_constant": _percent(record.best_constant if record else None),
            "blind": _blind(record),
        }


def _blind(record: BlindRecord | None) -> str:
    if record is None:
        return ""
    mark = "" if record.is_gated else " \\*"
    return f"{_percent(record.forest)} ({100 * record.excess_low:+.1f} to {100 * record.excess_high:+.1f}){mark}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"


def _columns(schema: pa.Schema) -> list[dict[str, str]]:
    return [
        {
            "name": field.name,
            "type": _type_name(field.type) + (", or null" if field.nullable else ""),
            "description": field.metadata[b"description"].decode().translate({ord("|"): r"\|", ord("<"): r"\<"}),
        }
        for field in schema
    ]


def _type_name(kind: pa.DataType) -> str:
    """What a reader wants to know of a type: the fields of a record are described by its Parquet files."""
    if pa.types.is_list(kind):
        return f"list of {_type_name(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "record of " + ", ".join(field.name for field in kind)
    return {"string": "text", "double": "float64"}.get(str(kind), str(kind))
