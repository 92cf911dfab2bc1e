"""Whether loader workers keep up with the trainer: `python -m tests.benchmarks.bench_feed`.

Steps of `recipes/sft.py` that decode their videos are compared with the same steps on batches that were collated
before. A tiny model computes for some milliseconds, which no decoder can match; so steps are also made as long as those
of the cheapest recipe, by waiting as one waits for a GPU, which leaves the processor to the workers.
"""

import importlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from simsv_dataset.video import sample_video
from simsv_generation.build import Choice, build
from simsv_generation.camera import Camera
from tests.benchmarks.bench_loader import cpu_seconds, write_moving
from tests.recipes.conftest import ROOT, environment
from tests.runs import make_rows, make_walk, write_questions, write_run

CAMERA = Camera(680, 384, 60.0)
NUM_FRAMES, BATCH, WORKERS = 32, 2, 2
WARM, STEPS, ROUNDS = 6, 14, 2
"""Steps that fill the queues of the workers, steps that are measured, and how often in turn; the best is taken."""
RECIPE = "recipes/llava_onevision/lora.yaml"
CHEAPEST_STEP = 0.29
"""Seconds a conversation of `smolvlm2/lora.yaml` on one GPU, the estimate in recipes/README.md."""


def run() -> list[dict[str, Any]]:
    """Ratios of the times of a step, and how many videos a worker makes ready in a second."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        _release(folder)
        for words in (["tests.recipes.tiny_models", folder / "models"], ["tests.benchmarks.bench_feed", folder]):
            done = subprocess.run(
                [sys.executable, "-m", *map(str, words)],
                env=environment(HF_HOME=str(folder / "home")),
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(f"{words[0]} ended with {done.returncode}: {done.stderr}")
        found = json.loads(done.stdout.splitlines()[-1])
    rate, needed = 1 / found["collated"], BATCH * found["collated"] / WORKERS
    setting = f"{NUM_FRAMES} frames of 680x384, batches of {BATCH}, {WORKERS} workers, best of {ROUNDS} x {STEPS} steps"
    bound = f"workers need {needed:.2f} CPU-s a batch, and steps from that on are fed"
    return [
        {
            "name": "train_step_feed_ratio",
            "value": found["tiny"]["decoded"] / found["tiny"]["cached"],
            "unit": "ratio",
            "limit": 1.1,
            "detail": f"tiny model: {_seconds(found['tiny'])}; decoding bounds it: {bound}; {setting}",
        },
        {
            "name": "train_step_feed_ratio_real_step",
            "value": found["real"]["decoded"] / found["real"]["cached"],
            "unit": "ratio",
            "limit": 1.1,
            "detail": f"the same and {BATCH} x {CHEAPEST_STEP} s of waiting for a GPU, as smolvlm2/lora.yaml is "
            f"estimated to: {_seconds(found['real'])}",
        },
        {
            "name": "collated_videos_per_cpu_s",
            "value": rate,
            "unit": "videos per CPU second",
            "limit": None,
            "detail": f"{1000 * found['decoded']:.0f} CPU-ms of {1000 * found['collated']:.0f} are decoding, the rest "
            f"processor and text of the tiny LLaVA-OneVision, whose frames are 56x56",
        },
    ]


def _seconds(arms: Mapping[str, float]) -> str:
    return f"{arms['decoded']:.3f} s a step, cached {arms['cached']:.3f}"


def _release(folder: Path) -> None:
    """A small release whose videos are as large as those of `paper.yaml`, for half a minute."""
    walks = [make_walk("train", house) for house in range(4)]
    store = write_run(folder / "run", walks, {})
    for walk in walks:
        write_questions(store, walk.episode_id, make_rows(walk, {"object_abs_distance": 16}))
    build(store, folder / "simsv", Choice(as_asked=True))
    write_moving(folder / "moving.mp4", CAMERA)
    for path in (folder / "simsv").glob("videos/**/*.mp4"):
        shutil.copyfile(folder / "moving.mp4", path)


def measure(folder: Path) -> dict[str, Any]:
    """Seconds of a step with and without decoding, and CPU-seconds of one conversation; torchvision can be imported."""
    sft: Any = importlib.import_module("recipes.sft")
    trained_by = sft.SFTTrainer
    given = {
        "model_name_or_path": folder / "models" / "llava_onevision",
        "dataset_name": folder / "simsv",
        "dataset_config": "object_abs_distance",
        "num_frames": NUM_FRAMES,
        "per_device_train_batch_size": BATCH,
        "gradient_accumulation_steps": 1,
        "max_steps": WARM + STEPS + 1,
        "save_strategy": "no",
        "logging_strategy": "no",
        "disable_tqdm": "true",
        "dtype": "float32",
        "bf16": "false",
        "dataloader_num_workers": WORKERS,
        "output_dir": folder / "out",
    }
    words = [str(word) for name, value in given.items() for word in (f"--{name}", value)]
    recipe = sft.read_recipe(["--config", RECIPE, *words])
    sources, collator = sft.find_sources(recipe), sft.load_collator(recipe)

    rows = list(sft.open_stream(recipe, sources).take(BATCH * 4))
    ready = Cached([collator(rows[k : k + BATCH]) for k in range(0, len(rows), BATCH)], collator.processor)
    # Without workers, so that nothing is sent from one process to another either.
    alone = replace(
        recipe, training=sft.read_recipe(["--config", RECIPE, *words, "--dataloader_num_workers", "0"]).training
    )
    arms = {"decoded": (recipe, collator), "cached": (alone, ready)}
    waits = {"tiny": 0.0, "real": BATCH * CHEAPEST_STEP}
    times: dict[str, dict[str, list[float]]] = {name: {arm: [] for arm in arms} for name in waits}
    for _ in range(ROUNDS):
        for name, wait in waits.items():
            for arm, (settings, collate) in arms.items():
                sft.SFTTrainer = _timed(trained_by, wait)
                trainer = sft.train(settings, collate, sft.open_stream(settings, sources), None)
                times[name][arm].append((trainer.begins[-1] - trainer.begins[WARM]) / (len(trainer.begins) - WARM - 1))
    video = rows[0]["messages"][0]["content"][0]["video"]
    return {
        **{name: {arm: min(seconds) for arm, seconds in of_arms.items()} for name, of_arms in times.items()},
        "collated": min(cpu_seconds(lambda: collator(rows[:1])) for _ in range(5)),
        "decoded": min(cpu_seconds(lambda: sample_video(video, NUM_FRAMES)) for _ in range(5)),
    }


@dataclass
class Cached:
    """A collator that has the batches already, and hands them out in turn."""

    batches: list[dict[str, Any]]
    processor: Any
    count: int = field(default=0)

    def __call__(self, rows: object) -> dict[str, Any]:
        self.count += 1
        return self.batches[self.count % len(self.batches)]


def _timed(trainer: Any, wait: float) -> Any:
    """A trainer that notes when each step begins, and after each waits for some seconds."""

    class Timed(trainer):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            self.begins: list[float] = []
            super().__init__(*arguments, **named)

        def training_step(self, *arguments: Any, **named: Any) -> Any:
            self.begins.append(time.perf_counter())
            loss = super().training_step(*arguments, **named)
            time.sleep(wait)
            return loss

    return Timed


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(Path(sys.argv[1]))))
    else:
        print(json.dumps(run(), indent=2))
