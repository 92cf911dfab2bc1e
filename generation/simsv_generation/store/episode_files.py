"""An episode as files, and back: `episode.json`, `house.json`, `steps.parquet`, `visibility.parquet`.

The files hold what follows from configuration and seed alone; no time, host or process id, so that equal runs give
equal bytes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsv_dataset.modalities import MODALITIES
from simsv_generation.camera import Camera, Pose
from simsv_generation.config import canonical_json
from simsv_generation.episode import (
    Episode,
    FrameHashes,
    Sensor,
    SimulatorInfo,
    StandIn,
    Step,
    Trajectory,
    Visibility,
)
from simsv_generation.look import Look
from simsv_generation.scene import House

if TYPE_CHECKING:
    import pyarrow as pa

VIDEO: Final = "video.mp4"
EPISODE_FILES: Final = ("episode.json", "house.json", "steps.parquet", VIDEO, "visibility.parquet")
"""Files that every episode has, apart from its commit record."""
MODALITY_FILES: Final = tuple(MODALITIES.values())
"""Files that it may have besides."""
_BOX: Final = ("left", "top", "right", "bottom")


def encode_episode(episode: Episode, refused_tours: Sequence[str]) -> dict[str, bytes]:
    """File name to content, for every file but the video and the modalities.

    Args:
        episode: what to write.
        refused_tours: the reasons why earlier draws of this walk's tour were refused, in order.
    """
    description = {
        "episode_id": episode.episode_id,
        "house_id": episode.house.house_id,
        "split": episode.house.split,
        "walk_index": episode.trajectory.walk_index,
        "num_frames": len(episode.trajectory.steps),
        "fps": episode.fps,
        "camera": asdict(episode.camera),
        "simulator": asdict(episode.simulator),
        "look": asdict(episode.look),
        "sensor": asdict(episode.sensor),
        "stand_ins": [asdict(stand_in) for stand_in in episode.stand_ins],
        "attributions": list(episode.attributions),
        "modalities": list(episode.modalities),
        "refused_tours": list(refused_tours),
    }
    return {
        "episode.json": canonical_json(description).encode(),
        "house.json": episode.house.to_json().encode(),
        "steps.parquet": _parquet(_step_columns(episode)),
        "visibility.parquet": _parquet(_visibility_columns(episode.visibility)),
    }


def decode_episode(folder: Path) -> Episode:
    """The episode of a folder.

    Raises:
        ValueError: a file is not what `encode_episode` writes; names the folder.
    """
    # pyarrow's errors for damaged files are OSError and subclasses of ValueError.
    try:
        description = json.loads((folder / "episode.json").read_bytes())
        house = House.from_json((folder / "house.json").read_text(encoding="utf-8"))
        steps: dict[str, list[Any]] = _read_parquet(folder / "steps.parquet").to_pydict()
        return Episode(
            episode_id=description["episode_id"],
            house=house,
            camera=Camera(**description["camera"]),
            fps=description["fps"],
            trajectory=Trajectory(house.house_id, description["walk_index"], _steps(steps)),
            visibility=_visibility(_read_parquet(folder / "visibility.parquet")),
            frame_hashes=tuple(
                FrameHashes(*hashes)
                for hashes in zip(steps["rgb_sha256"], steps["depth_sha256"], steps["ids_sha256"], strict=True)
            ),
            simulator=SimulatorInfo(**description["simulator"]),
            look=Look.from_dict(description["look"]),
            sensor=Sensor(**description["sensor"]),
            stand_ins=_stand_ins(description),
            attributions=tuple(description["attributions"]),
            modalities=_modalities(description["modalities"]),
        )
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise ValueError(f"the episode in {folder} is damaged: {type(error).__name__}: {error}") from error


def read_refused_tours(folder: Path) -> list[str]:
    """The reasons given to `encode_episode`."""
    reasons: list[str] = json.loads((folder / "episode.json").read_bytes())["refused_tours"]
    return reasons


def read_stand_ins(folder: Path) -> tuple[StandIn, ...]:
    """`Episode.stand_ins`, without the rest of the episode."""
    return _stand_ins(json.loads((folder / "episode.json").read_bytes()))


def _stand_ins(description: Mapping[str, Any]) -> tuple[StandIn, ...]:
    return tuple(StandIn(**stand_in) for stand_in in description["stand_ins"])


def _modalities(names: Sequence[str]) -> tuple[str, ...]:
    if unknown := sorted(set(names) - set(MODALITIES)):
        raise ValueError(f"unknown modalities {unknown}")
    return tuple(names)


def _step_columns(episode: Episode) -> dict[str, Any]:
    steps, hashes = episode.trajectory.steps, episode.frame_hashes
    intrinsics = episode.camera.intrinsics()
    position = np.array([step.pose.position for step in steps], dtype=np.float64).reshape(-1, 3)
    return {
        "index": np.array([step.index for step in steps], dtype=np.int32),
        "time": [step.time for step in steps],
        "x": position[:, 0],
        "y": position[:, 1],
        "z": position[:, 2],
        "yaw": [step.pose.yaw for step in steps],
        "pitch": [step.pose.pitch for step in steps],
        "action": [step.action for step in steps],
        "room_id": [step.room_id for step in steps],
        "fx": np.full(len(steps), intrinsics[0, 0]),
        "fy": np.full(len(steps), intrinsics[1, 1]),
        "cx": np.full(len(steps), intrinsics[0, 2]),
        "cy": np.full(len(steps), intrinsics[1, 2]),
        "rgb_sha256": [each.rgb for each in hashes],
        "depth_sha256": [each.depth for each in hashes],
        "ids_sha256": [each.instance_ids for each in hashes],
    }


def _steps(columns: Mapping[str, list[Any]]) -> tuple[Step, ...]:
    names = ("index", "time", "x", "y", "z", "yaw", "pitch", "action", "room_id")
    return tuple(
        Step(index, time, Pose((x, y, z), yaw, pitch), action, room_id)
        for index, time, x, y, z, yaw, pitch, action, room_id in zip(*(columns[name] for name in names), strict=True)
    )


def _visibility_columns(visibility: Visibility) -> dict[str, Any]:
    return {
        "frame_index": visibility.frame_index,
        "instance": visibility.instance,
        "num_pixels": visibility.num_pixels,
        **{name: visibility.bbox[:, k] for k, name in enumerate(_BOX)},
        "nearest_depth": visibility.nearest_depth,
        "is_truncated": visibility.is_truncated,
    }


def _visibility(table: "pa.Table") -> Visibility:
    # By way of lists of Python's numbers it would take twenty times as long.
    columns = {name: table[name].to_numpy() for name in table.column_names}
    return Visibility(
        frame_index=columns["frame_index"].astype(np.int32),
        instance=columns["instance"].astype(np.int32),
        num_pixels=columns["num_pixels"].astype(np.int32),
        bbox=np.stack([columns[name] for name in _BOX], axis=1).astype(np.int32),
        nearest_depth=columns["nearest_depth"].astype(np.float64),
        is_truncated=columns["is_truncated"].astype(np.bool_),
    )


def _parquet(columns: Mapping[str, Any]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    # Fixed sizes and no metadata of any maker: equal columns give equal bytes for one version of pyarrow.
    pq.write_table(
        pa.table(dict(columns)),
        sink,
        compression="zstd",
        compression_level=3,
        row_group_size=65536,
        write_page_checksum=True,
    )
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _read_parquet(path: Path) -> "pa.Table":
    import pyarrow.parquet as pq

    # Not `read_table`, which reads columns into the names of folders on the way ("a=b").
    return pq.ParquetFile(path, page_checksum_verification=True).read(use_threads=False)
