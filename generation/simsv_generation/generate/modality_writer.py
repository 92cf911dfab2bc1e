"""Files beside the video of a walk."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from simsv_dataset.modalities import MODALITIES
from simsv_generation.camera import Camera
from simsv_generation.episode import Frame
from simsv_generation.modalities import image_of
from simsv_generation.scene import House
from simsv_generation.video import PlaneWriter, VideoWriter


class ModalityWriter:
    """Writes the modalities of a walk, frame by frame, each into its file. Owns the files while it is entered."""

    def __init__(self, folder: Path, modalities: Sequence[str], house: House, camera: Camera, fps: int) -> None:
        self._folder, self._modalities, self._house = folder, modalities, house
        self._camera, self._fps = camera, fps
        self._writers: dict[str, PlaneWriter | VideoWriter] = {}

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            for name in self._modalities:
                path = self._folder / MODALITIES[name]
                writer: PlaneWriter | VideoWriter
                if path.suffix == ".mkv":
                    writer = opened.enter_context(PlaneWriter(path, self._camera, self._fps))
                else:
                    writer = opened.enter_context(VideoWriter(path, self._camera, self._fps))
                self._writers[name] = writer
            self._opened = opened.pop_all()
        return self

    def write(self, frame: Frame) -> None:
        """Append a frame as it is saved."""
        for name, writer in self._writers.items():
            writer.write(image_of(name, frame, self._house))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.__exit__(kind, error, trace)
