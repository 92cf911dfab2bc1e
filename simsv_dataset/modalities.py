"""What a release may hold of its walks beside the videos, one file for each walk and modality.

    <release>/modalities/<name>/<split>/<nnn>/<episode_id>.mkv

`simsv_dataset.video` reads them: `read_depth`, `read_ids`, and `read_frames` for those that are for eyes.
"""

from pathlib import PurePosixPath
from typing import Final

MODALITIES: Final = {
    "depth": "depth.mkv",
    "instance": "instances.mkv",
    "semantic": "semantic.mkv",
    "edge": "edge.mp4",
}
"""Name to the file in the folder of an episode: FFV1 of 16 bits (`.mkv`), lossless, or H.264 as the videos (`.mp4`)."""

MODALITIES_FOLDER: Final = "modalities"


def modality_path(name: str, video: str) -> str:
    """Path in the release of a walk's modality.

    Args:
        name: of `MODALITIES`.
        video: path in the release of the walk's video.

    Raises:
        KeyError: there is no such modality.
        ValueError: it is no path of a video.
    """
    folder, *parts = PurePosixPath(video).parts
    if folder != "videos":
        raise ValueError(f"{video!r} is no video of a release: it must begin with videos/")
    suffix = PurePosixPath(MODALITIES[name]).suffix
    return str(PurePosixPath(MODALITIES_FOLDER, name, *parts).with_suffix(suffix))
