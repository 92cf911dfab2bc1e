"""Whether answers are true: `python -m tests.conformance.answer_truth --run RUN --episodes 50`.

The questions of a run's first episodes are answered again by oracles that share no code with those who ask: one from
the house's record, by dense sampling (`oracles.geometry`), and one from depth and ids of all saved frames, which are
drawn again (`oracles.pixels`). Every disagreement is printed with the question's id.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from simsv_generation.camera import Camera
from simsv_generation.episode import PARAMETRIC
from simsv_generation.simulators import open_simulator
from simsv_generation.simulators.settings import EmbeddedSettings
from simsv_generation.store import RunStore
from tests.conformance.oracles.frames import Picture, look
from tests.conformance.oracles.geometry import Geometry
from tests.conformance.oracles.pixels import Pixels
from tests.conformance.oracles.stored import Stored
from tests.conformance.oracles.wording import TYPES


@dataclass
class Truth:
    """What was counted, by question type."""

    asked: Counter[str] = field(default_factory=Counter)
    by_geometry: Counter[str] = field(default_factory=Counter)
    by_pixels: Counter[str] = field(default_factory=Counter)
    decided: Counter[str] = field(default_factory=Counter)
    """Answers that pixels alone tell."""
    disagreements: list[str] = field(default_factory=list)
    """Question id, oracle, and what is wrong."""
    houses: set[str] = field(default_factory=set)
    frames: int = 0
    frames_saved: int = 0
    """Frames drawn again bit by bit."""
    pixels: int = 0
    pixels_outside: int = 0
    """Pixels of objects outside their box."""

    def disagree(self, row: Mapping[str, Any], oracle: str, problem: str) -> None:
        if problem:
            self.disagreements.append(f"{row['id']} {oracle}: {problem}")


def answer_truth(run: Path, most_episodes: int, *, with_pixels: bool = True) -> Truth:
    """Check all questions about the first episodes of a run."""
    truth, store = Truth(), RunStore.open(run)
    for episode_id in store.episode_ids()[:most_episodes]:
        stored = Stored.read(run, store.episode_folder(episode_id))
        truth.houses.add(stored.house["house_id"])
        geometry = Geometry(stored)
        for row in stored.questions:
            truth.asked[row["question_type"]] += 1
            truth.by_geometry[row["question_type"]] += 1
            truth.disagree(row, "geometry", geometry.check(row))
        if with_pixels:
            check_pixels(truth, stored, store)
    return truth


def check_pixels(truth: Truth, stored: Stored, store: RunStore) -> None:
    """Draw all frames of an episode again, and hold its answers against them."""
    shown = look(stored, pictures(stored, store))
    truth.frames += stored.num_frames
    truth.frames_saved += shown.frames_saved
    truth.pixels += shown.all_pixels
    truth.pixels_outside += shown.outside
    pixels = Pixels(stored, shown)
    for row in stored.questions:
        verdict = pixels.check(row)
        if verdict is not None:
            truth.by_pixels[row["question_type"]] += 1
            truth.decided[row["question_type"]] += verdict.is_decided
            truth.disagree(row, "pixels", verdict.problem)


def pictures(stored: Stored, store: RunStore) -> Iterator[Picture]:
    """The frames of an episode in their order; depth and ids do not depend on light."""
    episode = store.read_episode(stored.episode["episode_id"])
    recorded = store.record.config["embedded"]
    settings = EmbeddedSettings(**{**recorded, "light": "plain"})
    if episode.simulator.assets == PARAMETRIC:
        settings = replace(settings, assets="none")
    crop = store.record.config["camera"]["crop"]
    wide = Camera(episode.camera.width + 2 * crop, episode.camera.height, episode.camera.vertical_fov)
    with open_simulator(episode.simulator.name, settings) as simulator:
        simulator.load(episode.house, episode.look)
        for step in episode.trajectory.steps:
            frame = simulator.render(step.pose, wide).cropped(crop)
            yield Picture(frame.depth, frame.instance_ids)


def table(truth: Truth) -> str:
    """A line for every type."""
    lines = [f"{'type':32}{'asked':>7}{'geometry':>10}{'pixels':>8}{'decided':>9}{'disagreements':>15}"]
    wrong = Counter(line.split(" ")[0].rsplit("-", 2)[1] for line in truth.disagreements)
    for name in TYPES:
        counts = (truth.asked[name], truth.by_geometry[name], truth.by_pixels[name], truth.decided[name], wrong[name])
        lines.append("{:32}{:7}{:10}{:8}{:9}{:15}".format(name, *counts))
    sums = (truth.asked, truth.by_geometry, truth.by_pixels, truth.decided, wrong)
    lines.append("{:32}{:7}{:10}{:8}{:9}{:15}".format("all", *(counts.total() for counts in sums)))
    return "\n".join(lines)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="a run with its questions")
    parser.add_argument("--episodes", type=int, default=50)
    parser.add_argument("--questions", type=int, default=5000, help="that must be checked at least")
    arguments = parser.parse_args(argv)
    started = time.process_time()
    truth = answer_truth(arguments.run, arguments.episodes)
    print(table(truth))
    print(f"{len(truth.houses)} houses, {time.process_time() - started:.0f} CPU s")
    print(f"{truth.frames_saved} of {truth.frames} frames were drawn again bit by bit as they were saved")
    print(f"{truth.pixels_outside} of {truth.pixels} pixels of objects lie outside their box")
    print("\n".join(truth.disagreements))
    if truth.asked.total() < arguments.questions:
        print(f"only {truth.asked.total()} questions were there to check, {arguments.questions} are wanted")
        return 1
    return int(bool(truth.disagreements))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
