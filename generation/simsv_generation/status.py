"""`simsv status`: what a run has done and what is left, without a live generator."""

import argparse
from pathlib import Path

from simsv_generation.store import RunStore
from simsv_generation.store.files import disk_trouble
from simsv_generation.store.ids import SPLITS
from simsv_generation.store.summary import Summary, in_words


def main(argv: list[str]) -> int:
    """Print the counts of a run; `DONE`, `INCOMPLETE` or `FAILURES`.

    Raises:
        CommandFailed: `USAGE` when the folder is not a run.
    """
    parser = argparse.ArgumentParser(
        prog="simsv status",
        description="Tell what a run has done and what is left.",
        epilog="exit code: 0 complete, 3 houses are missing, 4 houses failed",
    )
    parser.add_argument("run", type=Path, help="folder of the run")
    arguments = parser.parse_args(argv)
    with disk_trouble(arguments.run):
        store = RunStore.open(arguments.run)
        summary = Summary.of(store)
        failed = store.failed()
        holder = store.lock_holder()
    total = sum(summary.episodes.values())
    print(f"run        {store.root} (configuration {store.record.digest[:12]})")
    for split in SPLITS:
        houses = f"{summary.made[split]} of {summary.wanted[split]} houses"
        print(f"{split:<10} {houses}, {summary.episodes.get(split, 0)} episodes")
    print(f"refused    {in_words(summary.refused_houses)} houses, {in_words(summary.refused_tours)} tours")
    if summary.stand_ins:
        objects, models = sum(summary.stand_ins.values()), len(summary.stand_ins)
        print(f"stand-ins  {objects} objects drawn without their {models} models, which are damaged or unknown")
    for house_id, failure in failed.items():
        print(f"failed     {house_id}: {failure['detail'][0]}; to see it again: {failure['reproduce']}")
    print(f"questions  {summary.asked} of {total} episodes asked")
    print(f"generator  {holder or 'none at work'}")
    print(f"status: {summary}")
    return summary.exit_code
