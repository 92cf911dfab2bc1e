"""Where the CPU time of an episode goes: `python -m tests.benchmarks.bench_episode`."""

import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from simsv_generation import config
from simsv_generation.generate.configuration import GenerateConfig, HouseTask
from simsv_generation.generate.recorder import HouseRecorder
from simsv_generation.simulators.embedded import EmbeddedSimulator
from simsv_generation.store import RunRecord, RunStore
from simsv_generation.video import VideoWriter
from tests.benchmarks.bench_render import cold_cache_of_light

_SHARE_LIMIT = 0.85
_SKETCH_LIMIT = 10.0
_SKETCHES = 3
_RENDERING: tuple[tuple[type, str], ...] = (
    (EmbeddedSimulator, "load"),
    (EmbeddedSimulator, "render"),
    (VideoWriter, "write"),
    (VideoWriter, "__exit__"),
)
"""What builds, bakes, draws and encodes."""


@dataclass(frozen=True, slots=True)
class _Recorded:
    """CPU seconds of an episode, from ProcTHOR to the commit."""

    seconds: float
    frames: int
    rendering: Mapping[str, float]
    """Of these seconds those in `_RENDERING`, by name."""


def run() -> list[dict[str, Any]]:
    """One whole episode of the demo with a cold cache, and a few sketches."""
    with cold_cache_of_light():
        demo = _record_episodes("demo", 1)[0]
    parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in demo.rendering.items())
    sketches = _record_episodes("sketch", _SKETCHES)
    each = ", ".join(f"{sketch.seconds:.1f} s for {sketch.frames} frames" for sketch in sketches)
    return [
        {
            "name": "render_share_of_episode",
            "value": sum(demo.rendering.values()) / demo.seconds,
            "unit": "of CPU time",
            "limit": _SHARE_LIMIT,
            "detail": f"at least; demo episode, cold cache, {demo.seconds:.1f} s, {demo.frames} frames: {parts}",
        },
        {
            "name": "sketch_episode_cpu_s",
            "value": statistics.median(sketch.seconds for sketch in sketches),
            "unit": "s",
            "limit": _SKETCH_LIMIT,
            "detail": f"median of whole episodes: {each}",
        },
    ]


def _record_episodes(name: str, count: int) -> list[_Recorded]:
    """The first episodes of a configuration, one house each."""
    settings = config.load(GenerateConfig, name)
    found: list[_Recorded] = []
    with tempfile.TemporaryDirectory(prefix="simsv-bench-") as folder, _counted() as spent:
        run = Path(folder) / "run"
        with RunStore.writing(run, RunRecord({}, {}, {})) as store, HouseRecorder(settings, run) as recorder:
            ordinal = 0
            while len(found) < count:
                task = HouseTask(settings.houses.source, "train", ordinal)
                spent.clear()
                started = time.process_time()
                if recorder(task) is None:
                    seconds = time.process_time() - started
                    steps = store.read_episode(task.episode_ids(1)[0]).trajectory.steps
                    found.append(_Recorded(seconds, len(steps), dict(spent)))
                ordinal += 1
    return found


@contextmanager
def _counted() -> Iterator[defaultdict[str, float]]:
    """CPU seconds that are spent in `_RENDERING`, by name, meanwhile."""
    spent: defaultdict[str, float] = defaultdict(float)

    def counting(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            started = time.process_time()
            try:
                return method(*args, **kwargs)
            finally:
                spent[name] += time.process_time() - started

        return call

    with ExitStack() as patches:
        for kind, name in _RENDERING:
            method = counting(f"{kind.__name__}.{name}", getattr(kind, name))
            patches.enter_context(patch.object(kind, name, method))
        yield spent


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
