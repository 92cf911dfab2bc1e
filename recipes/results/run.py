"""The learning run of `recipes/RESULTS.md`, from houses to predictions, in `runs/results`; `make results` runs it.

    python -m recipes.results.run

Again: it goes on behind the last stage that was finished, and a training behind its last checkpoint.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

RECIPES: Final = Path("recipes")
HERE: Final = Path("runs/results")
RELEASE, MODEL, CAPTIONS, ALIGNED, BASE = (HERE / name for name in ("simsv", "model", "captions", "aligned", "base"))
HOUSES: Final = ("--houses.train", "800", "--houses.validation", "10", "--houses.test", "70")
MIXTURES: Final = ("3q", "vsi_baseline")
FRAMES: Final = {"": 16, "_blind": 0}
"""Ends of the names of arms, and the frames that each sees."""
BATCH: Final = 10
"""Of `sft.yaml`."""
SIZES: Final = (250, 500, 1000)
"""Examples after which an arm is asked."""
MEMORY: Final = {"MALLOC_MMAP_THRESHOLD_": "33554432", "MALLOC_TRIM_THRESHOLD_": "8589934592", "MALLOC_ARENA_MAX": "1"}
"""Of glibc, which otherwise gives each large tensor back and asks for it again: two fifths of a step's time."""


@dataclass(frozen=True)
class Stage:
    """Commands, and the file that the last of them writes last."""

    made: Path
    commands: Sequence[Sequence[object]]


def main() -> None:
    """Run what is missing. A stage that fails ends the run; its output is in `runs/results/log`."""
    given = {**os.environ, **MEMORY}
    for stage in stages():
        if stage.made.exists():
            continue
        log = HERE / "log" / f"{'-'.join(stage.made.relative_to(HERE).with_suffix('').parts)}.txt"
        log.parent.mkdir(parents=True, exist_ok=True)
        for command in stage.commands:
            words = [str(word) for word in command]
            print(" ".join(words), flush=True)
            with log.open("a", encoding="utf-8") as file:
                status = subprocess.run(words, env=given, stdout=file, stderr=subprocess.STDOUT).returncode
            if status:
                sys.exit(f"status {status}, see {log}")


def stages() -> Iterator[Stage]:
    """All stages, each behind those that it needs."""
    simsv, run = (sys.executable, "-m", "simsv_dataset.cli"), ("--run", HERE / "run")
    generate = (*simsv, "generate", "--config", "sketch", *HOUSES, *run)
    yield Stage(RELEASE / "manifest.json", (generate, (*simsv, "ask", *run), (*simsv, "build", *run, "--out", RELEASE)))
    yield Stage(MODEL / "processor_config.json", [_module("model", MODEL)])
    yield Stage(CAPTIONS / "captions.jsonl", [_module("captions", RELEASE, CAPTIONS)])
    yield _training(ALIGNED, "align.yaml")
    yield Stage(BASE / "README.md", [_python("merge.py", ALIGNED, BASE)])
    for mixture in MIXTURES:
        for end, frames in FRAMES.items():
            yield _training(arm(mixture + end), "sft.yaml", "--dataset_config", mixture, "--num_frames", frames)
    for end, frames in FRAMES.items():
        yield _asking(f"base{end}", frames)
        for mixture in MIXTURES:
            for size in SIZES:
                checkpoint = arm(mixture + end) / f"checkpoint-{size // BATCH}"
                yield _asking(f"{mixture}{end}_{size}", frames, "--adapter", checkpoint)


def arm(name: str) -> Path:
    """Folder of a training."""
    return HERE / "arms" / name


def predictions(name: str) -> Path:
    """File of what a model said: of `base`, `base_blind`, or an arm and its number of examples."""
    return HERE / "predictions" / f"{name}.jsonl"


def _module(name: str, *arguments: object) -> tuple[object, ...]:
    return (sys.executable, "-m", f"recipes.results.{name}", *arguments)


def _python(script: str, *arguments: object) -> tuple[object, ...]:
    return (sys.executable, RECIPES / script, *arguments)


def _training(folder: Path, configuration: str, *arguments: object) -> Stage:
    checkpoints = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.partition("-")[2]))
    resumed = ("--resume_from_checkpoint", checkpoints[-1]) if checkpoints else ()
    config = ("--config", RECIPES / "results" / configuration, "--output_dir", folder)
    return Stage(folder / "training_args.bin", [_python("sft.py", *config, *arguments, *resumed)])


def _asking(name: str, frames: int, *adapter: object) -> Stage:
    made = predictions(name)
    return Stage(made, [_module("predict", RELEASE, BASE, made, "--num_frames", frames, *adapter)])


if __name__ == "__main__":
    main()
