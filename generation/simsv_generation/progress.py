"""How far a long command is: a bar with the time left on a terminal, a plain line elsewhere."""

import sys
import time
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

_QUIET: Final = 1.0
"""Seconds at least between two plain lines."""


class Reporter:
    """Tells on standard error how many of the things to make are made. Owns the bar while it is entered."""

    def __init__(self, title: str, unit: str, total: int, done: int = 0) -> None:
        self._title, self._unit = title, unit
        self._already = self._done = done
        self._total = total
        self._began = time.monotonic()
        self._told = float("-inf")
        self._bar: Progress | None = None
        if sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn(f"{unit} {{task.fields[note]}}"),
                TimeElapsedColumn(),
                TextColumn("left:"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._task = self._bar.add_task(title, total=total, completed=done, note="")

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def update(self, done: int, note: str = "") -> None:
        """Say how many are done by now, and something else worth knowing, such as "2 refused"."""
        self._done = done
        if self._bar:
            self._bar.update(self._task, completed=done, note=note)
            return
        now = time.monotonic()
        if now - self._told >= _QUIET or done == self._total:
            self._told = now
            text = f"{self._title}: {done}/{self._total} {self._unit}, {self._time(now - self._began)}"
            print(f"{text}, {note}" if note else text, file=sys.stderr, flush=True)

    def _time(self, seconds: float) -> str:
        """Time spent, and an estimate of the time left from what this process itself has made."""
        made = self._done - self._already
        spent = f"{seconds:.0f} s"
        return f"{spent}, about {seconds / made * (self._total - self._done):.0f} s left" if made else spent
