"""Pictures with what they show, from the train houses of a release: what a new projector is taught first.

    python -m recipes.results.captions simsv runs/results/captions

Writes `captions.jsonl`, a conversation a line, and `clips/`, a video of a single frame for each. Names alone, and on
which side of the picture; nothing of distances, directions or order, about which the questions are.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from simsv_dataset import load, read_frames, sample_indices
from simsv_dataset.downloads import local_video

FRAMES = 12
"""Uniform frames of each video."""
MIN_PIXELS = 400
"""Of 86,016: what is smaller is hardly to be seen when the picture is 112 pixels wide."""
SIDES = ("left", "middle", "right")
PROMPT = "What is in this picture?"


def main(release: str, folder: Path) -> None:
    """Write the clips first, so that the list names none that is not there."""
    (folder / "clips").mkdir(parents=True, exist_ok=True)
    conversations = [messages for episode in load(release, "episodes") for messages in captioned(episode, folder)]
    lines = [json.dumps({"messages": messages}) for messages in conversations]
    draft = folder / "captions.draft"
    draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
    draft.replace(folder / "captions.jsonl")
    print(f"{len(lines)} captions in {folder}")


def captioned(episode: Mapping[str, Any], folder: Path) -> Iterator[list[dict[str, Any]]]:
    """Conversations about frames of an episode; none about a frame that shows nothing large enough."""
    names = {thing["id"]: thing["category"] for thing in episode["objects"]}
    indices = sample_indices(len(episode["visible"]), FRAMES)
    frames = read_frames(local_video(episode["video"]["path"]), indices)
    for index, frame in zip(indices, frames, strict=True):
        caption = described(episode["visible"][index], names, frame.shape[1])
        if not caption:
            continue
        clip = folder / "clips" / f"{episode['episode_id']}-{index:04d}.mp4"
        write_clip(clip, frame)
        shown = [{"type": "video", "video": str(clip.resolve())}, {"type": "text", "text": PROMPT}]
        yield [
            {"role": "user", "content": shown},
            {"role": "assistant", "content": [{"type": "text", "text": caption}]},
        ]


def described(visible: list[Mapping[str, Any]], names: Mapping[str, str], width: int) -> str:
    """Such as "left: bed, pillow; right: desk": largest first, a name once a side."""
    sides: dict[str, list[str]] = {side: [] for side in SIDES}
    for part in sorted(visible, key=lambda part: (-part["num_pixels"], part["id"])):
        if part["id"] in names and part["num_pixels"] >= MIN_PIXELS:
            left, _, right, _ = part["bbox"]
            side = sides[SIDES[min(3 * (left + right) // (2 * width), 2)]]
            if names[part["id"]] not in side:
                side.append(names[part["id"]])
    return "; ".join(f"{side}: {', '.join(found)}" for side, found in sides.items() if found)


def write_clip(path: Path, frame: NDArray[np.uint8]) -> None:
    """A video of one frame, (height, width, 3) uint8."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"crf": "20"})
        stream.height, stream.width = frame.shape[:2]
        stream.pix_fmt = "yuv420p"
        for packet in stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")):
            container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
