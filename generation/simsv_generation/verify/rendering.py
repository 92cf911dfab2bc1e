"""Frames rendered again and compared with those that were recorded."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simsv_dataset.downloads import local_video
from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.manifest import Manifest
from simsv_dataset.packing import video_paths
from simsv_dataset.video import read_frames
from simsv_generation.annotate import Annotator, hash_frame
from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import PARAMETRIC, Episode, Frame, SimulatorInfo
from simsv_generation.geometry import Floats
from simsv_generation.seeding import rng
from simsv_generation.sensor import expose
from simsv_generation.simulators import Simulator, open_simulator
from simsv_generation.simulators.settings import EmbeddedSettings
from simsv_generation.verify.modalities import frame_problems

FRAMES_PER_EPISODE = 2
SMALLEST_ID_AGREEMENT = 0.995
"""Share of a frame's pixels, when another build rendered it."""
SMALLEST_PSNR = 35.0
"""Decibels against the decoded video, both averaged over blocks, when another build rendered it."""
_BLOCK = 4
"""Pixels along each side of a block. At full size the codec itself costs down to 31 dB; over blocks, 38 dB at worst."""


def check_renders(
    folder: Path, manifest: Manifest, episodes: Mapping[str, Episode], num_episodes: int, places: EmbeddedSettings
) -> tuple[str, list[str]]:
    """Render two frames of some episodes again: what was compared and how well it agrees, and what does not.

    The same renderer build must give equal hashes, and where hashes are equal the frame must be what is stored beside
    the video. Another build is held to the counted pixels of every instance and to the decoded video.

    Args:
        folder: of the release.
        manifest: of the release.
        episodes: by id.
        num_episodes: how many to look at.
        places: where models of furniture lie here; its other fields play no part.

    Raises:
        SimulatorUnavailable: the simulator cannot start here.
        CommandFailed: `SIMULATOR` when an episode was drawn with models that are not here.
    """
    chosen = sorted(episodes, key=lambda name: rng(manifest.seed, "verify", name).random())[:num_episodes]
    crop = manifest.config["camera"]["crop"]
    problems: list[str] = []
    equal, agreements, noises = 0, [1.0], [np.inf]
    videos = video_paths(folder, manifest.files)
    for name in sorted(chosen):
        episode = episodes[name]
        with open_simulator(episode.simulator.name, _settings(episode, manifest, places)) as simulator:
            if simulator.info.assets != episode.simulator.assets:
                raise CommandFailed(
                    ExitCode.SIMULATOR,
                    f"{name} was drawn with the models {episode.simulator.assets}, here are {simulator.info.assets}: "
                    "get those, or check all but the frames with --render-episodes 0",
                )
            same_build = simulator.info == episode.simulator
            for index, frame in _frames_again(simulator, episode, crop, manifest.seed):
                where = f"frame {index} of {name}"
                if hash_frame(frame) == episode.frame_hashes[index]:
                    equal += 1
                    problems += frame_problems(folder, videos[name], episode, index, frame)
                elif same_build:
                    problems.append(f"{where} renders differently by the same build, {episode.simulator.build}")
                else:
                    video = read_frames(local_video(f"{folder}/{videos[name]}"), [index])[0]
                    agreements.append(id_agreement(episode, index, frame))
                    noises.append(psnr(block_means(frame.rgb), block_means(video)))
                    if agreements[-1] < SMALLEST_ID_AGREEMENT or noises[-1] < SMALLEST_PSNR:
                        problems.append(
                            f"{where} by {_named(simulator.info)} instead of {_named(episode.simulator)}: "
                            f"{agreements[-1]:.2%} of the ids agree, PSNR {noises[-1]:.1f} dB"
                        )
    summary = f"{equal} rendered again bit by bit"
    if others := len(agreements) - 1:
        summary += (
            f", {others} by another build: at least {min(agreements):.2%} of the ids agree and PSNR is at least "
            f"{min(noises):.1f} dB"
        )
    return summary, problems


def id_agreement(episode: Episode, index: int, frame: Frame) -> float:
    """The largest share of pixels whose ids can be those that were recorded, from the pixel count of each instance."""
    annotator = Annotator()
    annotator.add(index, frame)
    now, then = annotator.visibility(), episode.visibility
    pixels = np.zeros((2, len(episode.house.instances())), dtype=np.int64)
    pixels[0, now.instance] = now.num_pixels
    recorded = then.frame_index == index
    pixels[1, then.instance[recorded]] = then.num_pixels[recorded]
    pixels[:, 0] = frame.instance_ids.size - pixels[:, 1:].sum(1)
    return float(pixels.min(0).sum() / frame.instance_ids.size)


def block_means(image: NDArray[np.uint8]) -> Floats:
    """Means over the whole blocks of an image of shape (H, W, 3)."""
    rows, columns = image.shape[0] // _BLOCK, image.shape[1] // _BLOCK
    whole = image[: rows * _BLOCK, : columns * _BLOCK].astype(np.float64)
    return np.asarray(whole.reshape(rows, _BLOCK, columns, _BLOCK, 3).mean((1, 3)))


def psnr(a: Floats, b: Floats) -> float:
    """Peak signal-to-noise ratio of two images with values up to 255, decibels; infinite when they are equal."""
    error = float(np.mean((a - b) ** 2))
    return float("inf") if error == 0 else 10 * float(np.log10(255.0**2 / error))


def _settings(episode: Episode, manifest: Manifest, places: EmbeddedSettings) -> EmbeddedSettings:
    """How the episode was drawn. Where it needed no models, none that lie here are taken."""
    recorded = manifest.config["embedded"]
    if episode.simulator.assets == PARAMETRIC:
        return EmbeddedSettings(light=recorded["light"], assets="none")
    return replace(places, **recorded)


def _named(simulator: SimulatorInfo) -> str:
    return f"{simulator.name} {simulator.version} ({simulator.build})"


def _frames_again(simulator: Simulator, episode: Episode, crop: int, seed: int) -> Iterator[tuple[int, Frame]]:
    steps = episode.trajectory.steps
    wide = Camera(episode.camera.width + 2 * crop, episode.camera.height, episode.camera.vertical_fov)
    indices = rng(0, "verify", episode.episode_id).choice(
        len(steps), min(FRAMES_PER_EPISODE, len(steps)), replace=False
    )
    simulator.load(episode.house, episode.look)

    def render(pose: Pose) -> Frame:
        return simulator.render(pose, wide).cropped(crop)

    for index in sorted(indices.tolist()):
        yield index, expose(render, steps, index, episode.sensor, seed, episode.episode_id)
