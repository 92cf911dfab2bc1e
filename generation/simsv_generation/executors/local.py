"""Worker processes on this machine, by pebble: a crash, a hang or a poisonous item costs that item alone."""

import ctypes
import faulthandler
import multiprocessing
import multiprocessing.util
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation.executors import Event, Interrupted, Item, Result, Worker

_GRACE: Final = 20.0
"""Seconds that a worker has to end itself after its deadline before it is killed from outside."""
_PATIENCE: Final = 3
"""Times in a row that the workers may die without having taken an item."""
_LONGEST_DUMP: Final = 8000
_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True)
class _Answer:
    """How an item ended in a worker; everything else is a process that died."""

    result: Any = None
    stack: str = ""
    """Of the exception that was raised."""
    is_open: bool = True
    """Whether the worker had been opened by then, so that the exception is the item's."""
    fatal: tuple[ExitCode, str] | None = None
    """Of a CommandFailed."""


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
        with _caught_signals() as signals, tempfile.TemporaryDirectory(prefix="simsv-") as folder:
            dumps = Path(folder)
            pool = self._start_pool(open_worker, dumps)
            try:
                running: dict[ProcessFuture[_Answer], tuple[Item, float]] = {}
                attempts: Counter[Item] = Counter()
                broken = 0
                while items or running:
                    while items and len(running) < self.workers and pool.active:
                        item = items.popleft()
                        future = pool.schedule(_make, args=(item, self.timeout), timeout=self.timeout + _GRACE)
                        running[future] = item, time.monotonic()
                        attempts[item] += 1
                        yield Event(item, "start", attempts[item])
                    wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
                    if signals:
                        break
                    for future in [f for f in running if f.done() and not isinstance(f.exception(), BrokenProcessPool)]:
                        item, began = running.pop(future)
                        event = self._event(future, item, attempts[item], time.monotonic() - began, dumps)
                        if event.kind == "retry":
                            items.append(item)
                        broken = 0
                        yield event
                    if not pool.active:
                        # A worker died with nothing in hand, which breaks the pool; no item is to blame.
                        broken += 1
                        if broken > _PATIENCE:
                            raise RuntimeError("worker processes die before they take any work; see their output")
                        for item, _ in reversed(running.values()):
                            items.appendleft(item)
                            attempts[item] -= 1
                        running.clear()
                        _stop_pool(pool)
                        pool = self._start_pool(open_worker, dumps)
            finally:
                _stop_pool(pool)
            if signals:
                raise Interrupted(signals[0])

    def _start_pool(self, open_worker: Callable[[], Worker[Item, Result]], dumps: Path) -> ProcessPool:
        return ProcessPool(
            self.workers,
            initializer=_start_worker,
            initargs=(open_worker, os.getpid(), dumps),
            context=multiprocessing.get_context("spawn"),
        )

    def _event(
        self, future: ProcessFuture[_Answer], item: Item, attempt: int, seconds: float, dumps: Path
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


def _stop_pool(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


@contextmanager
def _caught_signals() -> Iterator[list[int]]:
    """The numbers of the SIGINT and SIGTERM that came; elsewhere than in the main thread none can be seen."""
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return
    previous = {
        number: signal.signal(number, lambda n, _: came.append(n)) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield came
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _obituary(error: ProcessExpired, dumps: Path) -> str:
    """How a worker died, with the stacks that its faulthandler could still write."""
    code = error.exitcode
    how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    dump = dumps / f"{error.pid}.txt"
    stacks = dump.read_text(errors="replace")[:_LONGEST_DUMP] if dump.exists() else ""
    return f"the worker died: {how}\n{stacks}".strip()


# In the worker process


class _WorkerProcess:
    """What a worker process keeps from item to item."""

    def __init__(self, open_worker: Callable[[], Worker[Any, Any]], dump: Path) -> None:
        self._open_worker = open_worker
        self._make: Callable[[Any], Any] | None = None
        self._dump = dump.open("w")
        faulthandler.enable(self._dump)

    def make(self, item: Any, timeout: float) -> _Answer:
        # A thread of C: it ends the process even when a native call hangs and holds the interpreter's lock.
        faulthandler.dump_traceback_later(timeout, exit=True, file=self._dump)
        try:
            if self._make is None:
                stack = ExitStack()
                self._make = stack.enter_context(self._open_worker())
                multiprocessing.util.Finalize(None, stack.close, exitpriority=10)
            return _Answer(self._make(item))
        except CommandFailed as error:
            return _Answer(fatal=(error.code, str(error)))
        except BaseException:
            return _Answer(stack=traceback.format_exc(), is_open=self._make is not None)
        finally:
            faulthandler.cancel_dump_traceback_later()


_process: list[_WorkerProcess] = []
"""The one of this process, once it has started."""


def _start_worker(open_worker: Callable[[], Worker[Any, Any]], driver: int, dumps: Path) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != driver:
            os._exit(1)
    _process.append(_WorkerProcess(open_worker, dumps / f"{os.getpid()}.txt"))


def _make(item: Any, timeout: float) -> _Answer:
    return _process[0].make(item, timeout)
