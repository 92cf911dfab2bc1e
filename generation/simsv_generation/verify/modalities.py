"""What a release holds beside its videos, against the episodes' rows and against frames that were rendered again."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simsv_dataset.manifest import Manifest
from simsv_dataset.modalities import MODALITIES, MODALITIES_FOLDER, modality_path
from simsv_dataset.packing import video_paths
from simsv_dataset.video import read_depth, read_frames, read_ids
from simsv_generation.episode import Episode, Frame
from simsv_generation.modalities import category_table, image_of, outlines, semantic_legend
from simsv_generation.seeding import rng

FRAMES_PER_EPISODE: Final = 4
"""Frames of every episode that are decoded, the first and the last among them."""
SMALLEST_EDGE_AGREEMENT: Final = 0.99
"""Share of a frame's pixels that are on the same side of mid grey after encoding."""
_HALF_MILLIMETRE: Final = 0.0005 + 0.0001
"""Metres that a stored depth may be off a recorded one, which is itself rounded to a tenth of that."""


def check_modalities(folder: Path, manifest: Manifest, episodes: Mapping[str, Episode]) -> tuple[str, list[str]]:
    """Which modalities were looked at, and where they are not what the episodes say; needs no simulator.

    Args:
        folder: of the release.
        manifest: of the release.
        episodes: by id.
    """
    videos = video_paths(folder, manifest.files)
    recorded = {
        (episode_id, name): modality_path(name, videos[episode_id])
        for episode_id, episode in episodes.items()
        for name in episode.modalities
        if episode_id in videos
    }
    there = {path for path in manifest.files if path.startswith(f"{MODALITIES_FOLDER}/")}
    problems = [f"{path} is in no row of episodes" for path in sorted(there - set(recorded.values()))]
    for (episode_id, name), path in sorted(recorded.items()):
        if path in there:
            problems += [f"{path}: {trouble}" for trouble in _file_problems(folder / path, name, episodes[episode_id])]
        else:
            problems.append(f"{path} is not in the release, but in the row of {episode_id}")
    counts = {name: sum(name == other for _, other in recorded) for name in MODALITIES}
    return ", ".join(f"{name} of {count}" for name, count in counts.items() if count), problems


def frame_problems(folder: Path, video: str, episode: Episode, index: int, frame: Frame) -> Iterator[str]:
    """Where the modalities of a frame differ from what it is when it was rendered again bit by bit.

    Args:
        folder: of the release.
        video: path in the release of the walk's video.
        episode: the walk.
        index: of the frame.
        frame: as it was rendered again.
    """
    for name in episode.modalities:
        path = modality_path(name, video)
        try:
            if name == "edge":
                same = edge_agreement(_edges(folder / path, index), outlines(frame.instance_ids))
                is_true = same >= SMALLEST_EDGE_AGREEMENT
            else:
                is_true = np.array_equal(read_ids(folder / path, [index])[0], image_of(name, frame, episode.house))
        except (ValueError, FileNotFoundError) as error:
            yield str(error)
        else:
            if not is_true:
                yield f"{path}: frame {index} is not what is rendered"


def edge_agreement(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """Share of pixels that are equal, of two images of one shape; 0 when their shapes differ."""
    return float((a == b).mean()) if a.shape == b.shape else 0.0


def _file_problems(path: Path, name: str, episode: Episode) -> Iterator[str]:
    """What is wrong with the file of a modality, as far as the episode's row tells."""
    count = len(episode.trajectory.steps)
    random = rng(0, "verify", "modalities", episode.episode_id)
    drawn = random.choice(count, min(FRAMES_PER_EPISODE, count), replace=False).tolist()[2:]
    indices = sorted({0, count - 1, *drawn})
    shape = (len(indices), episode.camera.height, episode.camera.width)
    try:
        if name == "edge":
            images: NDArray[Any] = read_frames(path, indices)[..., 0]
        else:
            images = read_depth(path, indices) if name == "depth" else read_ids(path, indices)
    except ValueError as error:
        yield str(error)
        return
    if images.shape != shape:
        yield f"its frames have the size {images.shape[2]}x{images.shape[1]}, not {shape[2]}x{shape[1]}"
        return
    if _has_frame(path, count):
        yield f"has more than the {count} frames of the walk"
    for index, image in zip(indices, images, strict=True):
        match name:
            case "depth":
                is_true = _is_nearest(image, episode, index)
            case "instance":
                is_true = sha256(image.astype("<u2").tobytes()).hexdigest() == episode.frame_hashes[index].instance_ids
            case "semantic":
                is_true = _has_categories(image, episode, index)
            case _:
                continue
        if not is_true:
            yield f"frame {index} is not what the episode says"


def _has_frame(path: Path, index: int) -> bool:
    try:
        read_frames(path, [index])
    except ValueError:
        return False
    return True


def _is_nearest(depth: NDArray[np.float32], episode: Episode, index: int) -> bool:
    """Whether the smallest depth is that of the nearest instance that the frame shows."""
    shown = episode.visibility.frame_index == index
    nearest = float(episode.visibility.nearest_depth[shown].min(initial=np.inf))
    stored = float(depth[depth > 0].min(initial=np.inf))
    return stored == nearest or abs(stored - nearest) < _HALF_MILLIMETRE


def _has_categories(ids: NDArray[Any], episode: Episode, index: int) -> bool:
    """Whether each category has as many pixels as the instances of it that the frame shows."""
    shown = episode.visibility.frame_index == index
    table = category_table(episode.house)
    pixels = np.zeros(len(semantic_legend(episode.house)), dtype=np.int64)
    np.add.at(pixels, table[episode.visibility.instance[shown]], episode.visibility.num_pixels[shown])
    pixels[0] = ids.size - pixels.sum()
    return bool(np.array_equal(np.bincount(ids.ravel(), minlength=len(pixels)), pixels))


def _edges(path: Path, index: int) -> NDArray[np.bool_]:
    return np.asarray(read_frames(path, [index])[0, :, :, 0] > 127)
