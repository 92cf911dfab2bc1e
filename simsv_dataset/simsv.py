"""A builder of `datasets` over a release: its questions, as many and of such kinds as one wants.

    from simsv_dataset.simsv import Simsv

    easy = Simsv("3q", release="ORG/simsv", num_rows=10_000, frame_budget=32, min_margin=0.2)
    for row in easy.as_streaming_dataset("train"): ...
    easy.download_and_prepare()
    table = easy.as_dataset("train")

It is used by itself; `load_dataset("simsv", ...)` needs none of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.compute as pc

from simsv_dataset.manifest import canonical_json
from simsv_dataset.mixtures import ALL, MIXTURES
from simsv_dataset.place import Place, find_release
from simsv_dataset.release import SPLITS, read_file, with_video_root
from simsv_dataset.schema import QUESTION_SCHEMA, features
from simsv_dataset.taxonomy import QUESTION_TYPES


@dataclass
class SimsvConfig(datasets.BuilderConfig):  # type: ignore[misc] # datasets has no types
    """What to take of a release; `name` is a question type or a mixture."""

    release: str | Path = "simsv"
    """Its folder, or ORG/NAME on the Hub."""
    revision: str | None = None
    """Tag, branch or commit on the Hub; its main branch when left out."""
    num_rows: int | None = None
    """At most so many rows of every split: the first of those that pass, so smaller selections are part of larger."""
    min_margin: float = 0.0
    """Least `margin`, in the unit of the question's type."""
    frame_budget: int | None = None
    """Only questions that so many uniform frames can answer: `min_frames` is not 0 and at most this."""
    min_rooms: int = 0
    """Fewest rooms that what is asked about lies in (`room_ids`)."""
    max_rooms: int | None = None
    """Most rooms that what is asked about lies in; 1 keeps to questions about one room."""

    def check(self) -> None:
        """See that the fields can be. Raises ValueError that names the one that cannot."""
        lowest = {"num_rows": 1, "frame_budget": 1, "max_rooms": 1, "min_rooms": 0, "min_margin": 0}
        for name, low in lowest.items():
            value = getattr(self, name)
            if value is not None and not value >= low:
                raise ValueError(f"{name} must be at least {low}, got {value}")
        if self.max_rooms is not None and self.max_rooms < self.min_rooms:
            raise ValueError(f"max_rooms {self.max_rooms} is less than min_rooms {self.min_rooms}")

    def place(self) -> Place:
        """The release. Raises as `simsv_dataset.place.find_release`."""
        return find_release(self.release, self.revision)

    def create_config_id(self, config_kwargs: dict[str, Any], custom_features: datasets.Features | None = None) -> str:
        """Name of the prepared copy in the cache of `datasets`: another one for other rows, or rows elsewhere."""
        place = self.place()
        rows = {split: record.sha256 for split, record in place.manifest.configs.get(self.name, {}).items()}
        known = {**config_kwargs, "release": canonical_json([place.root, rows])}
        return str(super().create_config_id(known, custom_features))

    def passing(self, rows: pa.Table) -> pa.Table:
        """The rows that no filter keeps out, in their order."""
        num_rooms = pc.list_value_length(rows["room_ids"])
        keep = pc.and_(pc.greater_equal(rows["margin"], self.min_margin), pc.greater_equal(num_rooms, self.min_rooms))
        if self.max_rooms is not None:
            keep = pc.and_(keep, pc.less_equal(num_rooms, self.max_rooms))
        if self.frame_budget is not None:
            needed = rows["min_frames"]
            keep = pc.and_(keep, pc.and_(pc.not_equal(needed, 0), pc.less_equal(needed, self.frame_budget)))
        return rows.filter(keep)


class Simsv(datasets.ArrowBasedBuilder):  # type: ignore[misc] # datasets has no types
    """Filtered and sized views of a release, local or on the Hub, streamed or prepared; fields of `SimsvConfig`.

    Videos of a local release are where the release is now, also when it was moved. A mixture keeps its proportions as
    far as the filters do not favour a type.
    """

    BUILDER_CONFIG_CLASS = SimsvConfig
    BUILDER_CONFIGS = [  # noqa: RUF012 -- what `datasets` reads
        SimsvConfig(name=ALL, description="all questions"),
        *(SimsvConfig(name=mixture.name, description=mixture.source) for mixture in MIXTURES),
        *(SimsvConfig(name=question_type.name, description=question_type.skill) for question_type in QUESTION_TYPES),
    ]
    DEFAULT_CONFIG_NAME = MIXTURES[0].name

    def __init__(self, config_name: str | None = None, **fields: Any) -> None:
        # `datasets` takes its own directory for cached data as the first argument.
        super().__init__(config_name=config_name, **fields)
        self.config.check()

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(features=features(QUESTION_SCHEMA))

    def _split_generators(self, dl_manager: Any) -> list[datasets.SplitGenerator]:
        place, name = self.config.place(), self.config.name
        there = [split for split in SPLITS if split in place.manifest.configs.get(name, {})]
        if not there:
            place.check(name, SPLITS[0])
        files = {split: place.files(name, split) for split in there}
        shares = {split: self._shares(files[split]) for split in there}
        # `datasets` cannot open a split without rows.
        if not any(any(of_split) for of_split in shares.values()):
            raise ValueError(f"no question of {name} in {place.name} passes: {self.config}")
        return [
            datasets.SplitGenerator(split, gen_kwargs={"files": files[split], "shares": shares[split]})
            for split in there
            if any(shares[split])
        ]

    def _shares(self, files: list[str]) -> list[int]:
        """How many of its passing rows to take of each file."""
        shares: list[int] = []
        for file in files:
            columns = read_file(file, ["margin", "min_frames", "room_ids"])
            passing = sum(self.config.passing(rows).num_rows for rows in columns)
            left = passing if self.config.num_rows is None else self.config.num_rows - sum(shares)
            shares.append(min(passing, left))
        return shares

    def _generate_tables(self, files: list[str], shares: list[int]) -> Iterator[tuple[Any, pa.Table]]:
        for file, share in zip(files, shares, strict=True):
            for number, rows in enumerate(read_file(file) if share else ()):
                passing = self.config.passing(rows).slice(0, share)
                share -= passing.num_rows
                if passing.num_rows:
                    yield (file, number), self._placed(passing, file)
                if not share:
                    break

    def _placed(self, rows: pa.Table, file: str) -> pa.Table:
        # <root>/<config>/<file>
        root = file.rsplit("/", 2)[0]
        placed = rows if root.startswith("hf://") else with_video_root(rows, root)
        return placed.replace_schema_metadata().cast(self.info.features.arrow_schema)
