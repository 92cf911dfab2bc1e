"""An episode: one walk through one house, with all that was recorded on the way.

An episode is the only thing that a question may read. On disk it is a folder (`simsv_generation.store`); in a release
it is a row of the config `episodes`.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from simsv_generation.camera import Camera, Pose
from simsv_generation.look import Look
from simsv_generation.scene import House

PARAMETRIC: Final = "parametric"
"""`SimulatorInfo.assets` where all shapes are parametric, and no models are needed to draw them again."""

Action = Literal["start", "walk", "turn", "scan"]


@dataclass(frozen=True, slots=True)
class Frame:
    """One rendered view. The arrays share their height and width and are C-contiguous."""

    rgb: NDArray[np.uint8]
    """Shape (H, W, 3), sRGB."""
    depth: NDArray[np.float32]
    """Shape (H, W), planar depth along the optical axis, metres, at pixel centres; 0 where nothing is hit."""
    instance_ids: NDArray[np.uint16]
    """Shape (H, W), at pixel centres: indices into `House.instances()`."""

    def cropped(self, columns: int) -> "Frame":
        """The frame without its `columns` leftmost and rightmost pixels, in colour, depth and ids alike."""
        if columns == 0:
            return self
        keep = slice(columns, self.rgb.shape[1] - columns)
        return Frame(
            np.ascontiguousarray(self.rgb[:, keep]),
            np.ascontiguousarray(self.depth[:, keep]),
            np.ascontiguousarray(self.instance_ids[:, keep]),
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One frame of a walk."""

    index: int
    time: float
    """Seconds since the first frame."""
    pose: Pose
    """Of the camera."""
    action: Action
    """What led here from the step before."""
    room_id: str
    """The room the camera is in."""


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A walk through a house."""

    house_id: str
    walk_index: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which instances each saved frame shows: parallel columns, sorted by frame, then instance."""

    frame_index: NDArray[np.int32]
    instance: NDArray[np.int32]
    """Index into `House.instances()`; never 0."""
    num_pixels: NDArray[np.int32]
    bbox: NDArray[np.int32]
    """Shape (N, 4): left, top, right, bottom of the mask in pixels; right and bottom are exclusive."""
    nearest_depth: NDArray[np.float64]
    """Smallest planar depth in the mask, metres, quantised to 0.1 mm."""
    is_truncated: NDArray[np.bool_]
    """Whether the mask touches the border of the frame."""


@dataclass(frozen=True, slots=True)
class SimulatorInfo:
    """What rendered an episode; frames are bit-identical where all of this is equal."""

    name: str
    """Row of the simulator table, such as "embedded"."""
    version: str
    """Version of the simulator's own look, such as "1.5f0c2a9b"."""
    build: str
    """Renderer and driver, such as "moderngl 5.13.0, llvmpipe (LLVM 15.0.6, 256 bits), Mesa 22.3.6"."""
    assets: str = PARAMETRIC
    """Names the very models the shapes came from."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """An object that is drawn by a parametric shape because its model is damaged or unknown."""

    object_id: str
    asset_id: str
    reason: str
    """In words, the same on every machine."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """How the camera recorded what the simulator showed, quantised to 0.001.

    Raises ValueError, naming the field, for what no camera can have.
    """

    noise: float = 0.0
    """Standard deviation at mid grey, steps of 8-bit sRGB."""
    shutter: float = 0.0
    """How long the shutter is open for a frame, as a share of the time to the next."""

    def __post_init__(self) -> None:
        for name, largest in (("noise", 100.0), ("shutter", 1.0)):
            if not 0.0 <= getattr(self, name) <= largest:
                raise ValueError(f"sensor {name} must be between 0 and {largest}, got {getattr(self, name)}")
            object.__setattr__(self, name, round(float(getattr(self, name)), 3) + 0.0)


@dataclass(frozen=True, slots=True)
class FrameHashes:
    """Hex SHA-256 of the raw C-order bytes of each array of a frame, little endian."""

    rgb: str
    depth: str
    instance_ids: str


@dataclass(frozen=True, slots=True)
class Episode:
    """All that was recorded on one walk."""

    episode_id: str
    """`<house_id>-w<walk_index>`."""
    house: House
    """As it settled in the simulator."""
    camera: Camera
    """Of the saved frames."""
    fps: int
    trajectory: Trajectory
    visibility: Visibility
    frame_hashes: tuple[FrameHashes, ...]
    """One per step, of the saved frame before encoding."""
    simulator: SimulatorInfo
    look: Look
    sensor: Sensor
    stand_ins: tuple[StandIn, ...]
    """In the order of the house's objects."""
    attributions: tuple[str, ...]
    """Whose models the house shows: a line for each, with its name, author, licence and source, sorted."""
    modalities: tuple[str, ...] = ()
    """Names of `simsv_dataset.modalities.MODALITIES` that were recorded beside the video, in that order."""
