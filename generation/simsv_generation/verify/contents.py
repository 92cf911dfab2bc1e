"""Rows against what can be derived from the `episodes` rows."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simsv_dataset.attribution import ATTRIBUTION_NAME, attribution_text, count_licences
from simsv_dataset.chat import message_table
from simsv_dataset.manifest import Manifest, RowDigest, relative_video
from simsv_dataset.release import EPISODES, MESSAGES, read_split
from simsv_dataset.taxonomy import QUESTION_TYPES
from simsv_generation.episode import Episode
from simsv_generation.questions import GENERATORS
from simsv_generation.questions.base import Candidate, Rejection, question_id, room_ids
from simsv_generation.questions.sightings import Sightings, Thresholds
from simsv_generation.rows import episode_from_row, episode_row

_TYPES = {question_type.name for question_type in QUESTION_TYPES}


def read_episodes(folder: Path) -> tuple[dict[str, Episode], list[str]]:
    """All episodes by id, and which rows contradict themselves."""
    episodes: dict[str, Episode] = {}
    problems: list[str] = []
    for split in ("train", "validation", "test"):
        for row in _rows(folder, EPISODES, split):
            name = row["episode_id"]
            try:
                episode = episode_from_row(row)
            except ValueError as error:
                problems.append(f"episode {name}: {error}")
                continue
            derived = episode_row(episode, row["video"]["path"])
            if different := [column for column in derived if derived[column] != row[column]]:
                problems.append(f"episode {name}: its columns contradict each other in {', '.join(different)}")
            if episode.house.split != split:
                problems.append(f"episode {name} is of split {episode.house.split}, not {split}")
            if name in episodes:
                problems.append(f"episode {name} is there twice")
            episodes[name] = episode
    return episodes, problems


def check_rows(folder: Path, manifest: Manifest, episodes: Mapping[str, Episode]) -> tuple[int, list[str]]:
    """The number of answers derived again, and what is wrong with the rows of every config."""
    problems: list[str] = []
    thresholds = Thresholds(**manifest.questions_config["thresholds"])
    sightings = {name: Sightings(episode, thresholds) for name, episode in episodes.items()}
    root = folder.resolve().as_posix()
    asked: dict[str, dict[str, Any]] = {}
    for config in sorted(manifest.configs, key=lambda name: (name not in _TYPES, name)):
        for split, record in manifest.configs[config].items():
            digest, moved = RowDigest(), 0
            for row in _rows(folder, config, split):
                digest.update([row])
                path = row["video"]["path"]
                moved += not path.startswith("hf://") and path != f"{root}/{relative_video(path)}"
                if config in _TYPES:
                    asked[row["id"]] = row
                    problems += [f"{row['id']}: {trouble}" for trouble in _answer_problems(row, sightings, split)]
                elif config.endswith(MESSAGES):
                    told = [asked[name] for name in row["question_ids"] if name in asked]
                    if message_table(told, questions_per_conversation=max(len(told), 1)).to_pylist() != [row]:
                        problems.append(f"{row['id']} of {config} is not what its questions make")
                elif config != EPISODES and asked.get(row["id"]) != row:
                    problems.append(f"{row['id']} of {config} is not the row of its question type")
            if digest.record() != record:
                problems.append(f"{config}/{split} has other rows than the manifest says")
            if moved:
                problems.append(f"{config}/{split}: videos lie elsewhere; run simsv build --relocate {folder}")
    return len(asked), problems


def check_attribution(folder: Path, manifest: Manifest, episodes: Mapping[str, Episode]) -> list[str]:
    """Where ATTRIBUTION.md and the manifest differ from what the episodes say of the models they show."""
    lines = {line for episode in episodes.values() for line in episode.attributions}
    path = folder / ATTRIBUTION_NAME
    problems = []
    if (path.read_bytes() if path.exists() else b"") != (attribution_text(lines).encode() if lines else b""):
        problems.append(f"{ATTRIBUTION_NAME} does not name the models that the episodes show, each once and no others")
    if manifest.licences != count_licences(lines):
        problems.append(f"the manifest counts the licences {manifest.licences}, the episodes {count_licences(lines)}")
    return problems


def _answer_problems(row: Mapping[str, Any], sightings: Mapping[str, Sightings], split: str) -> Iterator[str]:
    """Where a question row differs from what its episode says."""
    if row["episode_id"] not in sightings:
        yield f"its episode {row['episode_id']} is not in the release"
        return
    seen = sightings[row["episode_id"]]
    house = seen.episode.house
    candidate = Candidate(row["question_type"], tuple(row["referents"]), row["subject"], tuple(row["moments"]))
    if unknown := sorted(set(candidate.referents) - set(seen.objects)):
        yield f"its referents {unknown} are not in the house"
        return
    if beyond := [moment for moment in candidate.moments if not 0 <= moment < len(seen.episode.trajectory.steps)]:
        yield f"its moments {beyond} are not in the video"
        return
    generator = GENERATORS[candidate.question_type]
    answer = generator.answer(seen, candidate)
    if isinstance(answer, Rejection):
        yield f"should not be asked: {answer.reason}"
        return
    derived = {
        "id": question_id(row["episode_id"], candidate),
        "answer": answer.text,
        "value": answer.value,
        "margin": answer.margin,
        "evidence_first": answer.evidence[0],
        "evidence_last": answer.evidence[1],
        "min_frames": answer.min_frames,
        "rationale": generator.rationale(seen, candidate, answer),
        "house_id": house.house_id,
        "room_ids": list(room_ids(seen, candidate)),
    }
    for column, value in derived.items():
        if row[column] != value:
            yield f"{column} is {row[column]!r}, but the episode says {value!r}"
    if (concluded := generator.conclude(row["rationale"])) != row["answer"]:
        yield f"its rationale ends in {concluded!r}"
    if house.split != split:
        yield f"is in split {split}, its house in {house.split}"
    if row["options"] is not None:
        letter = "ABCDEFGH"[row["options"].index(answer.text)] if answer.text in row["options"] else None
        if row["answer_letter"] != letter or len(set(row["options"])) != len(row["options"]):
            yield f"the options {row['options']} do not hold the answer once, under its letter"
    if row["numeric_options"] is not None and row["numeric_options"].count(answer.value) != 1:
        yield f"the numeric options {row['numeric_options']} do not hold the answer once"


def _rows(folder: Path, config: str, split: str) -> Iterator[dict[str, Any]]:
    for table in read_split(folder, config, split):
        yield from table.to_pylist()
