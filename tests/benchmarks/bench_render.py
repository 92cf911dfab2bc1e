"""What frames and houses cost the embedded simulator: `python -m tests.benchmarks.bench_render`.

CPU time over all threads, so that a busy machine does not matter; the houses are the first of the demo.
"""

import contextlib
import json
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

from simsv_generation.camera import Camera, Pose
from simsv_generation.look import Look
from simsv_generation.navigation import Agent
from simsv_generation.scene import House
from simsv_generation.simulators import Simulator, open_simulator
from simsv_generation.simulators.embedded import builder
from simsv_generation.simulators.embedded.light.cache import LightCache
from simsv_generation.simulators.settings import EmbeddedSettings
from tests.benchmarks.fill_limit import fill_limit_ms
from tests.factories import make_house
from tests.views import procthor_houses, tour_poses

_HOUSES = 4
_FRAMES = 24
_LIMITS = {Camera(680, 384, 59.0): 60.0, Camera(384, 224, 59.0): 30.0}
"""CPU milliseconds a frame."""
_BUILD_LIMIT = 10.0
_PEAK_LIMIT = 1024.0


def run() -> list[dict[str, Any]]:
    """Records of building and baking, of frames of both sizes, of the fill limit and of memory."""
    houses = [house for _, house in islice(procthor_houses(), _HOUSES)]
    builds: list[float] = []
    frames: dict[Camera, list[float]] = {camera: [] for camera in _LIMITS}
    wall: list[float] = []
    with cold_cache_of_light(), open_simulator("embedded", EmbeddedSettings()) as simulator:
        _build_s(simulator, make_house())  # shaders and patterns are made once per process
        for house in houses:
            builds.append(_build_s(simulator, house))
            poses = tour_poses(house, simulator.navigation(Agent()), _FRAMES)
            for camera, costs in frames.items():
                started = time.perf_counter()
                costs.append(_frame_ms(simulator, poses, camera))
                wall.append((time.perf_counter() - started) / (_FRAMES + 1))
        build = simulator.info.build
        assets = simulator.info.assets
    over = f"{_HOUSES} houses of the demo, {build}, assets {assets[:24]}"
    detail = f"median, cold cache, worst {max(builds):.1f}, {' '.join(f'{cost:.1f}' for cost in builds)}; {over}"
    records = [_record("house_build_cpu_s", statistics.median(builds), "s", _BUILD_LIMIT, detail)]
    for camera, costs in frames.items():
        each = " ".join(f"{cost:.0f}" for cost in costs)
        detail = f"median over houses ({each}), {_FRAMES} frames of a tour each, colour, ids and depth; {over}"
        name = f"render_{camera.width}x{camera.height}_cpu_ms"
        records.append(_record(name, statistics.median(costs), "ms", _LIMITS[camera], detail))
    large = next(iter(_LIMITS))
    if "llvmpipe" in build:
        limit = fill_limit_ms(large)
        detail = f"680x384 over {limit:.1f} CPU ms for one triangle with 2 textures, ids and depths, read back"
        records.append(_record("render_fill_limit_ratio", statistics.median(frames[large]) / limit, "", None, detail))
    elif "moderngl" in build:
        rate = 1 / statistics.median(wall[:: len(_LIMITS)])
        records.append(_record("render_gpu_fps", rate, "frames per second", None, f"680x384, wall time, {over}"))
    largest = max(houses, key=lambda house: len(house.objects))
    detail = f"resident, a process that builds, bakes and draws {len(largest.objects)} objects, {build}"
    records.append(_record("render_peak_mib", _peak_mib(largest), "MiB", _PEAK_LIMIT, detail))
    return records


@contextlib.contextmanager
def cold_cache_of_light() -> Iterator[None]:
    """Lets simulators that are opened meanwhile find no light that was computed before."""
    with tempfile.TemporaryDirectory(prefix="simsv-bench-") as empty:
        cache = LightCache(Path(empty))
        with patch.object(builder, "LightCache", lambda folder: cache):
            yield


def _build_s(simulator: Simulator, house: House) -> float:
    """From a record to the first frame, a small one: what is dear may be left to it."""
    started = time.process_time()
    settled = simulator.load(house, Look.standard(house))
    x, y = settled.rooms[0].polygon.representative_point().coords[0]
    simulator.render(Pose((x, y, 1.5), 0.0), Camera(32, 18, 59.0))
    return time.process_time() - started


def _frame_ms(simulator: Simulator, poses: list[Pose], camera: Camera) -> float:
    simulator.render(poses[0], camera)
    started = time.process_time()
    for pose in poses:
        simulator.render(pose, camera)
    return (time.process_time() - started) * 1000 / len(poses)


def _peak_mib(house: House) -> float:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_peak_of_this_process, house).result()


def _peak_of_this_process(house: House) -> float:
    """MiB after a house was built and drawn."""
    with cold_cache_of_light(), open_simulator("embedded", EmbeddedSettings()) as simulator:
        _build_s(simulator, house)
        for pose in tour_poses(house, simulator.navigation(Agent()), _FRAMES):
            simulator.render(pose, next(iter(_LIMITS)))
    # Linux counts in KiB, macOS in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 2**20


def _record(name: str, value: float, unit: str, limit: float | None, detail: str) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "limit": limit, "detail": detail}


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
