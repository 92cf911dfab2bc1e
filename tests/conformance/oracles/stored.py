"""An episode's files as they lie on the disk, read with nothing but JSON and Parquet readers."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tests.conformance.oracles.boxes import Block, Floats, gap


class Unclear(Exception):
    """A question that a person could not answer, and why."""


@dataclass(frozen=True)
class Thing:
    """An object of the house."""

    number: int
    """In the house's list."""
    name: str
    """What people call it."""
    room: str
    parent: str
    block: Block


@dataclass(frozen=True)
class Stored:
    """An episode, its questions, and what may be named in them."""

    episode: dict[str, Any]
    house: dict[str, Any]
    steps: dict[str, list[Any]]
    visibility: dict[str, NDArray[Any]]
    questions: list[dict[str, Any]]
    thresholds: dict[str, float]

    @classmethod
    def read(cls, run: Path, folder: Path) -> "Stored":
        asked = json.loads((run / "questions" / f"{folder.name}.json").read_text())
        visibility = pq.read_table(folder / "visibility.parquet")
        return cls(
            episode=json.loads((folder / "episode.json").read_text()),
            house=json.loads((folder / "house.json").read_text()),
            steps=pq.read_table(folder / "steps.parquet").to_pydict(),
            visibility={name: visibility[name].to_numpy() for name in visibility.column_names},
            questions=asked["questions"],
            thresholds=asked["config"]["thresholds"],
        )

    @cached_property
    def things(self) -> list[Thing]:
        return [
            Thing(number, row["category"], row["room_id"], row["parent_id"], Block.of(**row["box"]))
            for number, row in enumerate(self.house["objects"])
        ]

    @cached_property
    def ids(self) -> list[str]:
        """Object ids, by number."""
        return [row["object_id"] for row in self.house["objects"]]

    @cached_property
    def pixels(self) -> NDArray[np.int64]:
        """Shape (instances but nothing, frames): how many pixels show each; objects come first."""
        count = len(self.house["objects"]) + len(self.house["openings"]) + 3 * len(self.house["rooms"])
        table = np.zeros((count, self.num_frames), np.int64)
        table[self.visibility["instance"] - 1, self.visibility["frame_index"]] = self.visibility["num_pixels"]
        return table

    @property
    def num_frames(self) -> int:
        return int(self.episode["num_frames"])

    @cached_property
    def area(self) -> int:
        """Pixels of a frame."""
        return int(self.episode["camera"]["width"] * self.episode["camera"]["height"])

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        """Shape of `pixels`: whether one may just notice it."""
        return np.asarray(self.pixels >= self.thresholds["seen"] * self.area)

    @cached_property
    def clear(self) -> NDArray[np.bool_]:
        """Shape of `pixels`: whether nobody misses it."""
        is_cut = np.zeros(self.pixels.shape, bool)
        is_cut[self.visibility["instance"] - 1, self.visibility["frame_index"]] = self.visibility["is_truncated"]
        least = np.where(is_cut, self.thresholds["cut"], self.thresholds["nameable"])
        return np.asarray(self.pixels >= least * self.area)

    def called(self, name: str) -> list[Thing]:
        """All things of the house that go by a name. Raises Unclear when there is none."""
        found = [thing for thing in self.things if thing.name == name]
        if not found:
            raise Unclear(f"there is no {name}")
        return found

    def is_plain(self, thing: Thing) -> bool:
        """Whether it is clear often enough for anyone to name it."""
        return int(self.clear[thing.number].sum()) >= self.thresholds["nameable_frames"]

    def the(self, name: str) -> Thing:
        """The one thing of a name that the video shows. Raises Unclear when one cannot tell which that is."""
        shown = [thing for thing in self.called(name) if self.seen[thing.number].any()]
        if len(shown) != 1:
            raise Unclear(f"the video shows {len(shown)} of {name}")
        if not self.is_plain(shown[0]):
            raise Unclear(f"the {name} is hardly seen")
        return shown[0]

    def distance(self, a: Thing, b: Thing) -> tuple[float, float]:
        """Bounds of the metres between two things."""
        key = (min(a.number, b.number), max(a.number, b.number))
        if key not in self._distances:
            self._distances[key] = gap(a.block, b.block)
        return self._distances[key]

    @cached_property
    def _distances(self) -> dict[tuple[int, int], tuple[float, float]]:
        return {}

    def frame_at(self, seconds: str) -> int:
        """The frame at a moment of the video."""
        exact = float(seconds) * self.episode["fps"]
        frame = round(exact)
        if abs(exact - frame) > 1e-6 or not 0 <= frame < self.num_frames:
            raise Unclear(f"no frame is at {seconds} s")
        return frame

    def eye(self, frame: int) -> Floats:
        """Shape (3,): where the camera is."""
        return np.array([self.steps[axis][frame] for axis in "xyz"])

    def heading(self, frame: int) -> float:
        """Degrees."""
        return float(self.steps["yaw"][frame])

    @cached_property
    def floors(self) -> dict[str, Floats]:
        """Room to its corners (N, 2)."""
        return {room["room_id"]: np.array(room["floor_polygon"]) for room in self.house["rooms"]}

    @cached_property
    def entered(self) -> set[str]:
        """Rooms that the camera is in at some time."""
        places = np.stack([self.steps["x"], self.steps["y"]], 1)
        return {room for room, floor in self.floors.items() if encloses(floor, places).any()}

    @cached_property
    def shown(self) -> set[str]:
        """Rooms of whose floor, walls or ceiling the video shows something."""
        first = len(self.house["objects"]) + len(self.house["openings"])
        surfaces = self.seen[first:].reshape(len(self.floors), -1)
        return {room for room, is_seen in zip(self.floors, surfaces, strict=True) if is_seen.any()}


def encloses(corners: Floats, points: Floats) -> NDArray[np.bool_]:
    """Which points (N, 2) a polygon goes round: the angle under which they see its outline adds up to a full turn."""
    spokes = corners[None] - points[:, None]
    angles = np.arctan2(spokes[..., 1], spokes[..., 0])
    turns = (np.diff(angles, axis=1, append=angles[:, :1]) + np.pi) % (2 * np.pi) - np.pi
    return np.asarray(np.abs(turns.sum(1)) > np.pi)
