"""Which houses are still to be made, and what becomes of them."""

import importlib.metadata
import signal
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from simsv_dataset import __version__
from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation.config import extent, identity
from simsv_generation.executors import Event, Interrupted
from simsv_generation.generate.configuration import GenerateConfig, HouseTask
from simsv_generation.scene import Split
from simsv_generation.store import Refusal, RunRecord, RunStore
from simsv_generation.store.ids import SPLITS
from simsv_generation.store.summary import Summary

_FEW: Final = 20
"""A split may refuse this many houses, or ten times as many as it wants, before the run gives up."""
_MAKERS: Final = ("av", "embreex", "moderngl", "numpy", "procthor", "pyarrow", "scipy", "shapely")
"""Distributions that decide bytes."""

HouseEvent = Event[HouseTask, Refusal | None]


def generate(config: GenerateConfig, run: Path, workers: int, command: str, only: str = "") -> Summary:
    """Make the episodes of a run that are missing.

    Args:
        config: what to make.
        run: the folder; created, or continued when it was made with the same configuration.
        workers: processes; the episodes are the same bytes for any number.
        command: what a person types to make the run, for the records of failed houses.
        only: id of the one house to make; all when empty.

    Raises:
        CommandFailed: with any code of a command that cannot go on; what is committed by then is kept.
    """
    with RunStore.writing(run, RunRecord(identity(config), _versions(), extent(config))) as store:
        _Houses(config, store, only).make(workers, command)
        return Summary.of(store)


class _Houses:
    """The houses that hold a place in the run: of each split the first that are not refused, as many as are wanted."""

    def __init__(self, config: GenerateConfig, store: RunStore, only: str) -> None:
        self._config, self._store, self._only = config, store, only
        self._ordinals = {split: store.unrefused_ordinals(config.houses.source, split) for split in SPLITS}
        self._todo = deque(task for split in SPLITS for task in self._take(split, places=config.houses.wanted(split)))
        if only and not self._todo:
            raise CommandFailed(ExitCode.USAGE, f"--house {only}: nothing to make; it is done, refused or not wanted")

    def make(self, workers: int, command: str) -> None:
        """Work through all that are not made."""
        if not self._todo:
            return
        from simsv_generation.executors.local import LocalExecutor
        from simsv_generation.generate.recorder import HouseRecorder
        from simsv_generation.progress import Reporter
        from simsv_generation.simulators import SimulatorUnavailable, prepare_simulator

        try:
            prepared = prepare_simulator(self._config.simulator, self._config.embedded)
        except SimulatorUnavailable as error:
            raise CommandFailed(ExitCode.SIMULATOR, str(error)) from error
        executor = LocalExecutor(workers, self._config.house_timeout)
        events = executor.run(
            partial(HouseRecorder, replace(self._config, embedded=prepared), self._store.root), self._todo
        )
        total = len(self._todo) if self._only else sum(map(self._config.houses.wanted, SPLITS))
        made, refused, failed = total - len(self._todo), 0, 0
        with closing(events), Reporter("generate", "houses", total, made) as reporter:
            try:
                for event in events:
                    self._log(event)
                    if event.kind == "failed":
                        self._store.fail(event.item.house_id, _failure(event, command))
                        failed += 1
                    elif event.kind == "done":
                        self._settle(event)
                        refused += event.result is not None
                        made += event.result is None
                    reporter.update(made, f"{refused} refused, {failed} failed")
            except Interrupted as stop:
                code = ExitCode.INTERRUPTED if stop.signal_number == signal.SIGINT else ExitCode.TERMINATED
                raise CommandFailed(
                    code, f"stopped with {made} of {total} houses made; the same command goes on from there"
                ) from stop

    def _settle(self, event: HouseEvent) -> None:
        task = event.item
        if event.result:
            self._store.refuse(task.house_id, event.result)
            self._todo.extend(self._take(task.split, places=1))
        self._store.forget_failure(task.house_id)

    def _take(self, split: Split, places: int) -> Iterator[HouseTask]:
        """The next houses of a split; those already made take their place without work."""
        wanted = self._config.houses.wanted(split)
        for ordinal in islice(self._ordinals[split], places):
            if ordinal + 1 - wanted >= max(_FEW, 10 * wanted):
                raise CommandFailed(
                    ExitCode.FAILURES,
                    f"{ordinal + 1 - wanted} houses of {split} were refused where {wanted} are wanted; "
                    f"{self._store.root / 'refused'} says why: the configuration asks too much of the houses",
                )
            task = HouseTask(self._config.houses.source, split, ordinal)
            made = all(map(self._store.has, task.episode_ids(self._config.walks_per_house)))
            if not made and self._only in ("", task.house_id):
                yield task

    def _log(self, event: HouseEvent) -> None:
        line = {
            "time": round(time.time(), 3),
            "item": event.item.house_id,
            "kind": event.kind,
            "attempt": event.attempt,
            "seconds": round(event.seconds, 3),
            "detail": str(event.result.reason) if event.result else event.detail,
        }
        self._store.log(line)


def _failure(event: HouseEvent, command: str) -> dict[str, object]:
    return {
        "attempts": event.attempt,
        "reproduce": f"{command} --house {event.item.house_id}",
        "detail": event.detail.splitlines(),
    }


def _versions() -> dict[str, str]:
    versions = {"simsv": __version__}
    for name in _MAKERS:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "absent"
    return versions
