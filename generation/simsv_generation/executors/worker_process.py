"""The worker's side of `simsv_generation.executors.local`: what happens in the processes that make items."""

import ctypes
import faulthandler
import multiprocessing.util
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation.executors import Worker

_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """How an item ended in a worker that lived to tell."""

    result: Any = None
    stack: str = ""
    """What exception was raised, in a line, and then where."""
    is_open: bool = True
    """Whether the worker had been opened by then, so that the exception is the item's."""
    fatal: tuple[ExitCode, str] | None = None
    """Of a CommandFailed; exceptions themselves may not survive the way between processes."""


def start_worker(open_worker: Callable[[], Worker[Any, Any]], driver: int, dumps: Path) -> None:
    """Prepare this process; it dies with the process `driver`, and its last stacks go to a file in `dumps`."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != driver:
            os._exit(1)
    _process.append(_WorkerProcess(open_worker, dump_file(dumps, os.getpid())))


def make(item: Any, timeout: float) -> Answer:
    """Make an item, in a process that `start_worker` prepared and that ends itself after `timeout` seconds."""
    return _process[0].make(item, timeout)


def dump_file(dumps: Path, pid: int) -> Path:
    """Where a worker leaves its stacks when it crashes or hangs."""
    return dumps / f"{pid}.txt"


class _WorkerProcess:
    """What a worker process keeps from item to item: the open worker, and the file for its last stacks."""

    def __init__(self, open_worker: Callable[[], Worker[Any, Any]], dump: Path) -> None:
        self._open_worker = open_worker
        self._make: Callable[[Any], Any] | None = None
        self._dump = dump.open("w")
        faulthandler.enable(self._dump)

    def make(self, item: Any, timeout: float) -> Answer:
        # A thread of C: it ends the process even when a native call hangs and holds the interpreter's lock.
        faulthandler.dump_traceback_later(timeout, exit=True, file=self._dump)
        try:
            if self._make is None:
                stack = ExitStack()
                self._make = stack.enter_context(self._open_worker())
                multiprocessing.util.Finalize(None, stack.close, exitpriority=10)
            return Answer(self._make(item))
        except CommandFailed as error:
            return Answer(fatal=(error.code, str(error)))
        except BaseException as error:
            summary = " ".join(f"{type(error).__name__}: {error}".split())
            return Answer(stack=f"{summary}\n{traceback.format_exc()}", is_open=self._make is not None)
        finally:
            faulthandler.cancel_dump_traceback_later()


_process: list[_WorkerProcess] = []
"""The one of this process, once it has started."""
