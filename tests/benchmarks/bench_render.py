"""What a frame and a house cost the embedded simulator: `python -m tests.benchmarks.bench_render`."""

import json
import resource
import sys
import time
from typing import Any

from simsv_generation.camera import Camera
from simsv_generation.houses import open_house_source
from simsv_generation.navigation import Agent
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded import EmbeddedSimulator
from simsv_generation.simulators.settings import EmbeddedSettings
from simsv_generation.tour import TourConfig, plan_tour
from tests.factories import load_standard

_ORDINAL = 1
_FRAMES = 60
_CAMERAS = (Camera(680, 384, 59.0), Camera(384, 224, 59.0))


def run() -> list[dict[str, Any]]:
    """CPU time over all threads, on one tour through one ProcTHOR house."""
    house = open_house_source("procthor").house(0, "train", _ORDINAL)
    with EmbeddedSimulator(EmbeddedSettings()) as simulator:
        load_standard(simulator, house)
        started = time.process_time()
        load_standard(simulator, house)
        build = time.process_time() - started
        grid = simulator.navigation(Agent())
        steps = plan_tour(house, grid, TourConfig(), rng(0, "bench"), 0).steps
        poses = [steps[k * len(steps) // _FRAMES].pose for k in range(_FRAMES)]
        detail = f"{len(house.rooms)} rooms, {len(house.objects)} objects, {simulator.info.build}"
        records = [_record("house_build_cpu_s", build, "s", f"load of {detail}")]
        for camera in _CAMERAS:
            simulator.render(poses[0], camera)
            started = time.process_time()
            for pose in poses:
                simulator.render(pose, camera)
            cost = (time.process_time() - started) * 1000 / _FRAMES
            frames = f"colour, ids and depth, {_FRAMES} frames of a tour, {detail}"
            records.append(_record(f"render_{camera.width}x{camera.height}_cpu_ms", cost, "ms", frames))
    # Linux counts in KiB, macOS in bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    records.append(_record("render_peak_mib", peak / 2**20, "MiB", f"resident, whole process with procthor, {detail}"))
    return records


def _record(name: str, value: float, unit: str, detail: str) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "limit": None, "detail": detail}


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
