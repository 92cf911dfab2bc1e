"""What the saved frames show, measured on their own pixels: every frame is drawn again, its depth unprojected."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.conformance.oracles.boxes import Block, Floats
from tests.conformance.oracles.stored import Stored

TOLERANCE = 0.01
"""Metres by which a pixel may lie outside its object's box."""
_GRAIN = 0.02
"""Metres between the points that are kept of an object."""
_FEWEST = 20
"""Pixels of an object, over all frames, from which it is measured."""


@dataclass(frozen=True)
class Picture:
    """One frame as it was saved."""

    depth: NDArray[np.float32]
    ids: NDArray[np.uint16]

    def is_saved(self, depth_sha256: str, ids_sha256: str) -> bool:
        """Whether these are bit by bit the saved ones."""
        return (
            hashlib.sha256(self.depth.astype("<f4").tobytes()).hexdigest() == depth_sha256
            and hashlib.sha256(self.ids.astype("<u2").tobytes()).hexdigest() == ids_sha256
        )


@dataclass
class Shown:
    """What all frames of an episode show of each object of its house."""

    pixels: NDArray[np.int64]
    """Shape (objects, frames)."""
    is_cut: NDArray[np.bool_]
    """Shape (objects, frames): whether pixels at the border of the frame show it."""
    nearest: Floats
    """Shape (objects, frames): metres from the camera to the nearest pixel; infinite where there is none."""
    low: Floats
    """Shape (objects, 3): the extent of its pixels along the axes of its box, from the box's centre, metres."""
    high: Floats
    points: list[Floats]
    """Of each object, points (N, 3) in the world where pixels saw it."""
    frames_saved: int = 0
    """That are bit by bit those that were saved."""
    outside: int = 0
    """Pixels outside their object's box."""
    all_pixels: int = 0
    """Of objects."""

    def block(self, number: int, whole: Block) -> Block:
        """The box that the pixels of an object fill, within its whole one."""
        middle, half = (self.high[number] + self.low[number]) / 2, (self.high[number] - self.low[number]) / 2
        return Block(whole.world(middle[None])[0], half, whole.axes)

    def missing(self, number: int, whole: Block) -> float:
        """Metres that any point of the whole box is from what the pixels fill, at most."""
        short = np.maximum(whole.half + self.low[number], whole.half - self.high[number])
        return float(np.linalg.norm(np.maximum(short, 0.0)))

    def is_measured(self, number: int) -> bool:
        return int(self.pixels[number].sum()) >= _FEWEST


def look(stored: Stored, pictures: Iterable[Picture]) -> Shown:
    """Measure all frames of an episode, in their order."""
    things, count = stored.things, len(stored.things)
    shown = Shown(
        pixels=np.zeros((count, stored.num_frames), np.int64),
        is_cut=np.zeros((count, stored.num_frames), bool),
        nearest=np.full((count, stored.num_frames), np.inf),
        low=np.full((count, 3), np.inf),
        high=np.full((count, 3), -np.inf),
        points=[],
    )
    kept: list[list[Floats]] = [[] for _ in things]
    for frame, picture in enumerate(pictures):
        shown.frames_saved += picture.is_saved(stored.steps["depth_sha256"][frame], stored.steps["ids_sha256"][frame])
        world = unprojected(stored, frame, picture.depth).reshape(-1, 3)
        flat = picture.ids.ravel()
        ids = picture.ids.astype(int) - 1
        at_border = {*ids[0].tolist(), *ids[-1].tolist(), *ids[:, 0].tolist(), *ids[:, -1].tolist()}
        order = np.argsort(flat, kind="stable")
        edges = np.searchsorted(flat[order], np.arange(1, count + 2))
        for number in np.flatnonzero(np.diff(edges)):
            points = world[order[edges[number] : edges[number + 1]]]
            block = things[number].block
            local = block.local(points)
            shown.pixels[number, frame] = len(points)
            shown.is_cut[number, frame] = number in at_border
            shown.nearest[number, frame] = np.linalg.norm(points - stored.eye(frame), axis=1).min()
            shown.low[number] = np.minimum(shown.low[number], local.min(0))
            shown.high[number] = np.maximum(shown.high[number], local.max(0))
            shown.outside += int((np.abs(local) > block.half + TOLERANCE).any(1).sum())
            shown.all_pixels += len(points)
            kept[number].append(thinned(points))
    shown.points = [thinned(np.concatenate(points)) if points else np.zeros((0, 3)) for points in kept]
    return shown


def unprojected(stored: Stored, frame: int, depth: NDArray[np.float32]) -> Floats:
    """Shape (height, width, 3): where in the world each pixel is, by the stored intrinsics and pose."""
    focal, left, top = (stored.steps[name][frame] for name in ("fx", "cx", "cy"))
    yaw, pitch = np.radians([stored.steps["yaw"][frame], stored.steps["pitch"][frame]])
    rows, columns = np.indices(depth.shape)
    ahead, right, up = depth.astype(float), (columns - left) / focal * depth, -(rows - top) / focal * depth
    # The camera nods, then turns.
    level, rise = np.cos(pitch) * ahead - np.sin(pitch) * up, np.sin(pitch) * ahead + np.cos(pitch) * up
    x, y = np.cos(yaw) * level + np.sin(yaw) * right, np.sin(yaw) * level - np.cos(yaw) * right
    return np.asarray(np.stack([x, y, rise], -1) + stored.eye(frame))


def thinned(points: Floats) -> Floats:
    """One of the points in every cell of a grid."""
    cells = np.floor(points / _GRAIN).astype(np.int64)
    keys = (cells[:, 0] * 1_000_003 + cells[:, 1]) * 1_000_003 + cells[:, 2]
    return points[np.unique(keys, return_index=True)[1]]
