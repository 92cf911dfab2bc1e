"""What a release may hold of its walks beside the videos, one file for each walk and modality.

    <release>/modalities/<name>/<split>/<nnn>/<episode_id>.mkv

`simsv_dataset.video` reads them: `read_depth`, `read_ids`, and `read_frames` for those that are for eyes.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final


@dataclass(frozen=True, slots=True)
class Modality:
    """One kind of picture."""

    name: str
    file_name: str
    """In the folder of an episode; `.mkv` is FFV1 of 16 bits, lossless, `.mp4` is H.264 as the videos are."""


MODALITIES: Final = {
    modality.name: modality
    for modality in (
        Modality("depth", "depth.mkv"),
        Modality("instance", "instances.mkv"),
        Modality("semantic", "semantic.mkv"),
        Modality("edge", "edge.mp4"),
    )
}
"""Name to modality, in the order of the columns."""

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
    suffix = PurePosixPath(MODALITIES[name].file_name).suffix
    return str(PurePosixPath(MODALITIES_FOLDER, name, *parts).with_suffix(suffix))
