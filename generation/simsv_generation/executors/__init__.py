"""Executors: who runs the work, how often it is tried, and what is told about it.

Every engine may run an item more than once, so the work must be idempotent; being done exactly once is the store's
affair, never the executor's.
"""

from collections import deque
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

Worker = AbstractContextManager[Callable[[Item], Result]]
"""Entered once per process, for as long as the process lives; gives the function that makes an item."""


@dataclass(frozen=True, slots=True)
class Event(Generic[Item, Result]):
    """Something that happened to an item. Every item ends in exactly one `done` or `failed`."""

    item: Item
    kind: Literal["start", "done", "retry", "failed"]
    attempt: int
    """1 for the first."""
    detail: str = ""
    """Of `retry` and `failed`: what went wrong, in a line, and then the stacks that were to be had."""
    seconds: float = 0.0
    """Since this attempt was handed out."""
    result: Result | None = None
    """Of `done`: what the function returned."""


class Interrupted(Exception):
    """A signal asked the run to stop; all workers are gone and unfinished items have no last event."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(f"stopped by signal {signal_number}")
        self.signal_number = signal_number


class Executor(Protocol):
    """Runs items in other processes."""

    def run(
        self, open_worker: Callable[[], Worker[Item, Result]], items: deque[Item]
    ) -> Generator[Event[Item, Result], None, None]:
        """Run all items, in any order, and tell what happens.

        Args:
            open_worker: Picklable; called in each worker process, before its first item.
            items: Hashable, picklable items. They are taken from the left as workers get free, and the caller may
                append more for as long as it is consuming events.

        Raises:
            Interrupted: SIGINT or SIGTERM came.
            CommandFailed: a worker raised it, so that going on makes no sense (a full disk, no simulator).
            RuntimeError: workers cannot be opened, which is no item's fault.
        """
        ...
