"""How long `simsv --help`, and that of the slowest command, keeps a person waiting."""

import subprocess
import sys
import time
from typing import Any

from simsv_dataset.cli import COMMANDS

REPEATS = 5


def run() -> list[dict[str, Any]]:
    """Wall time of whole processes, the fastest of five each; the first call of all, on cold caches, is not counted."""
    fastest_of("--help")
    commands = {name: fastest_of(name, "--help") for name in COMMANDS}
    slowest = max(commands, key=lambda name: commands[name])
    detail = f"wall time of the process, fastest of {REPEATS}"
    return [
        {"name": "help_s", "value": fastest_of("--help"), "unit": "s", "limit": 0.4, "detail": detail},
        {
            "name": "command_help_s",
            "value": commands[slowest],
            "unit": "s",
            "limit": 0.4,
            "detail": f"{detail}, of the slowest command ({slowest})",
        },
    ]


def fastest_of(*arguments: str) -> float:
    """Seconds."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "simsv_dataset.cli", *arguments], stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    return min(times)
