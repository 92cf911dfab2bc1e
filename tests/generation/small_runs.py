"""Episodes without pictures, and runs on disk that hold them."""

from dataclasses import replace
from pathlib import Path

from simsv_generation.episode import Episode, Trajectory
from simsv_generation.scene import Split
from simsv_generation.store import RunRecord, RunStore
from tests.episodes import make_episode, make_object

RECORD = RunRecord({"seed": 0, "tour": {"step": 0.2}}, {"numpy": "2.0"}, {"houses": {"train": 1}})
EPISODE = make_episode([make_object("table", 2, 2), make_object("chair", 4, 3, yaw=33.3)], num_frames=20)
ID = EPISODE.episode_id


def commit(store: RunStore, episode: Episode = EPISODE, video: bytes | None = b"moving pictures") -> bool:
    with store.begin(episode.episode_id) as folder:
        if video is not None:
            (folder / "video.mp4").write_bytes(video)
        return store.commit(folder, episode, ("too_long",))


def write_two(run: Path, video: bytes) -> None:
    with RunStore.writing(run, RECORD) as store:
        commit(store, numbered("train", 1), video)
        commit(store, numbered("train", 2), video)


def numbered(split: Split, ordinal: int, walk: int = 0) -> Episode:
    house = replace(EPISODE.house, house_id=f"test-{split}-{ordinal:06d}")
    trajectory = Trajectory(house.house_id, walk, EPISODE.trajectory.steps)
    return replace(EPISODE, episode_id=f"{house.house_id}-w{walk}", house=house, trajectory=trajectory)
