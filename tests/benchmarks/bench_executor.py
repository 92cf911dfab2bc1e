"""What an item costs on top of its work, and how soon the first worker is at work."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from simsv_generation.executors.local import LocalExecutor

ITEMS = 2000
WORKERS = 2


@contextmanager
def idle_worker() -> Iterator[Callable[[int], None]]:
    """Makes nothing."""
    yield nothing


def nothing(item: int) -> None:
    """No work at all."""


def run() -> list[dict[str, Any]]:
    """Wall time of items without work, after the first is done."""
    start = time.perf_counter()
    finished = [
        time.perf_counter()
        for event in LocalExecutor(WORKERS, timeout=60.0).run(idle_worker, deque(range(ITEMS)))
        if event.kind == "done"
    ]
    return [
        {
            "name": "executor_overhead_local",
            "value": (finished[-1] - finished[0]) / (ITEMS - 1) * 1000,
            "unit": "ms",
            "limit": 10.0,
            "detail": f"wall time an item, {ITEMS} empty items, {WORKERS} workers; "
            f"the first was done {finished[0] - start:.2f} s after the start",
        }
    ]
