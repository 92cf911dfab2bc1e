"""Worker processes on this machine, by pebble: a crash, a hang or a poisonous item costs that item alone."""

import multiprocessing
import os
import signal
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from simsv_dataset.exits import CommandFailed
from simsv_generation.executors import Event, Interrupted, Item, Result, Worker
from simsv_generation.executors.worker_process import Answer, dump_file, make, start_worker

_GRACE: Final = 20.0
"""Seconds that a worker has to end itself after its deadline before it is killed from outside."""
_PATIENCE: Final = 3
"""Times in a row that the workers may die without having taken an item."""
_POLL: Final = 0.2
"""Seconds after which a signal is noticed."""
_LONGEST_DUMP: Final = 8000


@dataclass(frozen=True, slots=True)
class LocalExecutor:
    """Processes of this machine, started afresh (spawn), so that each has its own simulator and GL context.

    A Python exception is the item's own and final. A process that dies or does not answer within `timeout` seconds is
    replaced and its item tried again, `retries` times. No worker outlives this process, however that ends (on Linux).
    """

    workers: int
    timeout: float
    """Seconds for one item, opening the worker included."""
    retries: int = 2

    def run(
        self, open_worker: Callable[[], Worker[Item, Result]], items: deque[Item]
    ) -> Generator[Event[Item, Result], None, None]:
        """See `Executor.run`."""
        attempts: Counter[Item] = Counter()
        with (
            _caught_signals() as signals,
            tempfile.TemporaryDirectory(prefix="simsv-") as dumps,
            closing(_Crew[Item](self.workers, self.timeout, open_worker, Path(dumps))) as crew,
        ):
            while items or crew.running:
                while items and crew.has_room():
                    item = items.popleft()
                    attempts[item] += 1
                    crew.hand_out(item)
                    yield Event(item, "start", attempts[item])
                for item, future, seconds in crew.finished():
                    event = self._event(item, attempts[item], seconds, future, Path(dumps))
                    if event.kind == "retry":
                        items.append(item)
                    yield event
                for item in crew.take_back():
                    attempts[item] -= 1
                    items.appendleft(item)
                if signals:
                    raise Interrupted(signals[0])

    def _event(
        self, item: Item, attempt: int, seconds: float, future: ProcessFuture[Answer], dumps: Path
    ) -> Event[Item, Any]:
        error = future.exception()
        if error is None:
            answer = future.result()
            if answer.fatal:
                raise CommandFailed(*answer.fatal)
            if not answer.is_open:
                raise RuntimeError(f"a worker cannot be opened:\n{answer.stack}")
            if answer.stack:
                return Event(item, "failed", attempt, answer.stack, seconds)
            return Event(item, "done", attempt, seconds=seconds, result=answer.result)
        if isinstance(error, ProcessExpired):
            detail = _obituary(error, dumps)
        elif isinstance(error, TimeoutError):
            detail = f"the worker did not answer within {self.timeout:g} s and had to be killed"
        else:
            raise error
        return Event(item, "retry" if attempt <= self.retries else "failed", attempt, detail, seconds)


class _Crew(Generic[Item]):
    """The workers and what each has in hand. Owns the pool, which breaks, and is replaced, when an idle worker dies."""

    def __init__(self, size: int, timeout: float, open_worker: Callable[[], Worker[Item, Any]], dumps: Path) -> None:
        self._size, self._timeout, self._open_worker, self._dumps = size, timeout, open_worker, dumps
        self._pool = self._started()
        self._broken = 0
        self.running: dict[ProcessFuture[Answer], tuple[Item, float]] = {}
        """To the item and the time it was handed out."""

    def has_room(self) -> bool:
        """Whether a worker is free."""
        return len(self.running) < self._size and self._pool.active

    def hand_out(self, item: Item) -> None:
        """Let a free worker make the item."""
        future = self._pool.schedule(make, args=(item, self._timeout), timeout=self._timeout + _GRACE)
        self.running[future] = item, time.monotonic()

    def finished(self) -> Iterator[tuple[Item, ProcessFuture[Answer], float]]:
        """Wait a moment for items to end: each with how, and how many seconds it took."""
        wait(self.running, timeout=_POLL, return_when=FIRST_COMPLETED)
        ended = [future for future in self.running if future.done()]
        for future in ended:
            if not isinstance(future.exception(), BrokenProcessPool):
                self._broken = 0
                item, began = self.running.pop(future)
                yield item, future, time.monotonic() - began

    def take_back(self) -> list[Item]:
        """What was handed out to a pool that broke; no item is to blame for that.

        Raises:
            RuntimeError: it happens again and again.
        """
        if self._pool.active:
            return []
        self._broken += 1
        if self._broken > _PATIENCE:
            raise RuntimeError("the worker processes die before they take any work; their output may say why")
        items = [item for item, _ in self.running.values()]
        self.running.clear()
        self.close()
        self._pool = self._started()
        return items

    def close(self) -> None:
        """End all workers, whatever they are doing."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _started(self) -> ProcessPool:
        return ProcessPool(
            self._size,
            initializer=start_worker,
            initargs=(self._open_worker, os.getpid(), self._dumps),
            context=multiprocessing.get_context("spawn"),
        )


@contextmanager
def _caught_signals() -> Iterator[list[int]]:
    """The numbers of the SIGINT and SIGTERM that came; elsewhere than in the main thread none can be seen."""
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    previous = {number: signal.signal(number, lambda came_number, _: came.append(came_number)) for number in numbers}
    try:
        yield came
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _obituary(error: ProcessExpired, dumps: Path) -> str:
    """How a worker died, in a line, and the stacks that its faulthandler could still write."""
    code = error.exitcode
    how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    dump = dump_file(dumps, error.pid)
    stacks = dump.read_text(errors="replace")[:_LONGEST_DUMP] if dump.exists() else ""
    return f"the worker died: {how}\n{stacks}".strip()
