"""Runs every benchmark beside this file and writes bench.json in the root: `python -m tests.benchmarks`.

A benchmark is a module `bench_*.py` with `run() -> list[dict]`: one record a figure, with the keys of `KEYS`. An
exception in one of them ends the run and leaves bench.json as it was.
"""

import importlib
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

KEYS = ("name", "value", "unit", "limit", "detail")
"""`value` and `limit` are in `unit`; `limit` is null where nothing was promised; `detail` says how it was measured."""
ROOT = Path(__file__).parents[2]


def measure(modules: list[str]) -> list[dict[str, Any]]:
    """The records of the benchmarks, by name.

    Raises:
        ValueError: a record has other keys, a value that is no finite number, or a name that was there before.
    """
    records: dict[str, dict[str, Any]] = {}
    for module in modules:
        start = time.perf_counter()
        for record in importlib.import_module(f"tests.benchmarks.{module}").run():
            if set(record) != set(KEYS):
                raise ValueError(f"{module}: a record must have the keys {KEYS}, got {tuple(record)}")
            if not math.isfinite(record["value"]):
                raise ValueError(f"{module}: {record['name']} must be a finite number, got {record['value']}")
            if record["name"] in records:
                raise ValueError(f"{module}: {record['name']} was measured before")
            records[record["name"]] = {key: record[key] for key in KEYS}
            limit = "" if record["limit"] is None else f"  (limit {record['limit']:g})"
            print(f"{record['name']:<32} {record['value']:>12.4g} {record['unit']}{limit}  {record['detail']}")
        print(f"  {module} took {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return [records[name] for name in sorted(records)]


if __name__ == "__main__":
    found = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    figures = measure(found)
    partial = ROOT / "bench.json.partial"
    partial.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    partial.replace(ROOT / "bench.json")
    print(f"{len(figures)} figures of {len(found)} benchmarks in bench.json")
