"""How many houses ProcTHOR makes in a second of CPU time: `python -m tests.benchmarks.bench_houses`."""

import json
import time

from simsv_generation.houses import HouseRefused, HouseSource, open_house_source

_HOUSES = 30
_LIMIT = 1.0


def run() -> list[dict[str, object]]:
    """Usable houses over all CPU seconds spent, also on refused ones, after import and warm-up."""
    source = open_house_source("procthor")
    _generate(source, seed=1, houses=1)
    started = time.process_time()
    tried, objects = _generate(source, seed=0, houses=_HOUSES)
    seconds = time.process_time() - started
    return [
        {
            "name": "procthor_houses_per_cpu_s",
            "value": _HOUSES / seconds,
            "unit": "houses per CPU second",
            "limit": _LIMIT,
            "detail": f"{_HOUSES} usable of {tried} houses, {objects} objects, {seconds:.2f} CPU s",
        }
    ]


def _generate(source: HouseSource, *, seed: int, houses: int) -> tuple[int, int]:
    """Ordinals tried and objects made until there are enough houses."""
    tried = made = objects = 0
    while made < houses:
        try:
            objects += len(source.house(seed, "train", tried).objects)
            made += 1
        except HouseRefused:
            pass
        tried += 1
    return tried, objects


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
