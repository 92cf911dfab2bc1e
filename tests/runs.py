"""Factories of small runs on disk that were never rendered, for tests of what reads runs and releases."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from simsv_dataset.manifest import list_files
from simsv_dataset.release import read_split
from simsv_generation.camera import Camera
from simsv_generation.episode import Episode
from simsv_generation.scene import Split
from simsv_generation.store import RunRecord, RunStore
from simsv_generation.video import VideoWriter
from tests.episodes import make_episode, make_object

RECORD = RunRecord({"seed": 7, "source": "test"}, {"simsv": "test"}, {"houses": 3})
"""Configuration and versions of a run that nothing generated."""
NUM_FRAMES = 12
CAMERA = Camera(32, 24, 60.0)
ALL_TYPES = (
    "object_abs_distance",
    "object_rel_direction_easy",
    "object_rel_direction_medium",
    "object_rel_direction_hard",
    "obj_appearance_order",
)


def make_walk(split: Split = "train", ordinal: int = 0, walk: int = 0) -> Episode:
    """A short episode of a house of its own, with a chair, a table and a lamp."""
    objects = [make_object("chair", 1, 1), make_object("table", 6, 2, yaw=30), make_object("lamp", 3, 5, bottom=1)]
    shares = {thing.object_id: {frame: 0.05 for frame in range(k, k + 4)} for k, thing in enumerate(objects)}
    episode = make_episode(objects, shares, num_frames=NUM_FRAMES)
    house = replace(episode.house, house_id=f"test-{split}-{ordinal:06d}", split=split)
    return replace(
        episode,
        episode_id=f"{house.house_id}-w{walk}",
        house=house,
        camera=CAMERA,
        trajectory=replace(episode.trajectory, house_id=house.house_id, walk_index=walk),
    )


def make_rows(episode: Episode, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Rows as `simsv ask` writes them, so many of each type; their answers are made up."""
    return [
        _make_row(episode, question_type, number) for question_type, count in counts.items() for number in range(count)
    ]


def _make_row(episode: Episode, question_type: str, number: int) -> dict[str, Any]:
    is_number = question_type == "object_abs_distance"
    return {
        "id": f"{episode.episode_id}-{question_type}-{number:012x}",
        "question_type": question_type,
        "question": f"Question {number}: wie weit ist die Stehlampe „Größe“ entfernt?",
        "options": None if is_number else ["left", "right"],
        "answer": "1.5" if is_number else "right",
        "answer_letter": None if is_number else "B",
        "value": 1.5 if is_number else None,
        "unit": "m" if is_number else "",
        "referents": ["chair", "table"],
        "subject": "",
        "moments": [],
        "margin": 0.25,
        "evidence_first": 0,
        "evidence_last": 5,
        "min_frames": 8,
        "template_id": f"{question_type}-0",
        "rationale": "One sees it.",
        "episode_id": episode.episode_id,
        "house_id": episode.house.house_id,
        "room_ids": ["room|1"],
    }


def published(row: Mapping[str, Any], video: str = "/r/videos/train/000/a.mp4") -> dict[str, Any]:
    """A row as a release has it, with all that `simsv build` adds."""
    return {**row, "numeric_options": None, "blind_score": None, "video": {"bytes": None, "path": video}}


def frame_of(index: int, camera: Camera = CAMERA) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A picture that is another one for every index."""
    columns, rows = np.meshgrid(np.arange(camera.width), np.arange(camera.height))
    return np.stack([(columns * 7 + index * 11) % 256, (rows * 9) % 256, columns * 0 + index * 20 % 256], -1).astype(
        np.uint8
    )


def write_video(path: Path, num_frames: int = NUM_FRAMES, camera: Camera = CAMERA) -> None:
    """Encode `frame_of` 0, 1, 2 and so on."""
    with VideoWriter(path, camera, fps=10) as writer:
        for index in range(num_frames):
            writer.write(frame_of(index, camera))


def write_run(
    root: Path, episodes: Sequence[Episode], questions: Mapping[str, Mapping[str, int]] | None = None
) -> RunStore:
    """A run with these episodes.

    Args:
        root: folder to make or to continue.
        episodes: what to store, each with a video.
        questions: episode id to type to how many questions; two of every type for an episode that is left out. None
            writes no questions at all.
    """
    with RunStore.writing(root, RECORD) as store:
        for episode in episodes:
            with store.begin(episode.episode_id) as folder:
                write_video(folder / "video.mp4", len(episode.trajectory.steps))
                store.commit(folder, episode)
            if questions is not None:
                counts = questions.get(episode.episode_id, dict.fromkeys(ALL_TYPES, 2))
                write_questions(store, episode.episode_id, make_rows(episode, counts))
    return store


def write_questions(store: RunStore, episode_id: str, rows: Sequence[Mapping[str, Any]], **others: Any) -> None:
    """The questions about an episode; `others` replace what else their file says."""
    content = {"config": {"per_episode": 2}, "questions": rows, "rejections": {"object_abs_distance": {"close": 3}}}
    path = store.questions_path(episode_id)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({**content, **others}), encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a release."""
    return {path: (folder / path).read_bytes() for path in [*list_files(folder), "manifest.json"]}


def rows(folder: Path, config: str, split: str) -> list[dict[str, Any]]:
    """The rows of one split of a config."""
    return [row for table in read_split(folder, config, split) for row in table.to_pylist()]


def flip(path: Path, position: int | None = None) -> None:
    """Flip one bit of a file, in its middle unless told where."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if position is None else position] ^= 1
    path.write_bytes(content)
