import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation.executors import Event, Interrupted
from simsv_generation.executors.local import LocalExecutor

TIMEOUT = 1.0
Item = tuple[str, str]
"""What happens, and a name or a path."""
Result = tuple[int, int, str]
"""The process that opened the worker, the one that made the item, and its name."""


@contextmanager
def worker() -> Iterator[Callable[[Item], Result]]:
    opened = os.getpid()

    def make(item: Item) -> Result:
        what, argument = item
        match what:
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "die once" if not Path(argument).exists():
                Path(argument).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            case "crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "leave":
                os._exit(7)
            case "hang":
                time.sleep(1000)
            case "stand still":
                os.kill(os.getpid(), signal.SIGSTOP)
            case "raise":
                raise ValueError("no such furniture")
            case "exit":
                raise SystemExit(3)
            case "give up":
                raise CommandFailed(ExitCode.DISK, "the disk is full")
            case "slow":
                time.sleep(float(argument))
        return opened, os.getpid(), argument

    yield make


def broken_worker() -> AbstractContextManager[Callable[[Item], Result]]:
    raise CommandFailed(ExitCode.SIMULATOR, "no graphics here")


def misspelt_worker() -> AbstractContextManager[Callable[[Item], Result]]:
    raise ImportError("there is no module named simulater")


def run(items: list[Item], workers: int = 2) -> dict[Item, list[Event[Item, Result]]]:
    """All events but `start`, by item."""
    events: dict[Item, list[Event[Item, Result]]] = {item: [] for item in items}
    for event in LocalExecutor(workers, TIMEOUT).run(worker, deque(items)):
        if event.kind != "start":
            events[event.item].append(event)
    return events


def kinds(events: list[Event[Item, Result]]) -> list[str]:
    return [event.kind for event in events]


def children() -> list[int | None]:
    return [process.pid for process in multiprocessing.active_children()]


@pytest.mark.parametrize("workers", [1, 2])
def test_every_item_is_done_once_by_workers_that_are_opened_once(workers: int) -> None:
    items = [("work", str(k)) for k in range(30)]
    events = run(items, workers)
    results = [event.result for item in items for event in events[item] if event.result]
    assert [result[2] for result in results] == [name for _, name in items]
    assert all(opened == made_in != os.getpid() for opened, made_in, _ in results)
    assert 1 <= len({opened for opened, _, _ in results}) <= workers


def test_nothing_to_do() -> None:
    assert run([]) == {}


def test_a_poisonous_item_costs_itself_alone(tmp_path: Path) -> None:
    poison = [("die", ""), ("crash", ""), ("leave", ""), ("die once", str(tmp_path / "mark"))]
    healthy = [("work", str(k)) for k in range(12)]
    events = run([*healthy[:4], *poison, *healthy[4:]])
    assert all(kinds(events[item]) == ["done"] for item in healthy)
    assert kinds(events[poison[3]]) == ["retry", "done"]
    assert events[poison[3]][-1].attempt == 2
    for item, how in zip(poison, ("SIGKILL", "SIGSEGV", "exit code 7"), strict=False):
        assert kinds(events[item]) == ["retry", "retry", "failed"]
        assert [event.attempt for event in events[item]] == [1, 2, 3]
        assert all(f"the worker died: {how}" in event.detail for event in events[item])
    assert "in make" in events["crash", ""][0].detail


def test_an_exception_is_final_and_told_whole() -> None:
    events = run([("raise", ""), ("exit", ""), ("work", "a")])
    assert kinds(events["raise", ""]) == kinds(events["exit", ""]) == ["failed"]
    assert events["raise", ""][0].detail.startswith("ValueError: no such furniture\nTraceback")
    assert "in make" in events["raise", ""][0].detail
    assert kinds(events["work", "a"]) == ["done"]


def test_a_hang_ends_with_the_place_where_it_hung() -> None:
    events = run([("hang", ""), ("work", "a")])
    assert kinds(events["work", "a"]) == ["done"]
    assert kinds(events["hang", ""]) == ["retry", "retry", "failed"]
    for event in events["hang", ""]:
        assert "in make" in event.detail
        assert "Timeout" in event.detail


def test_a_stopped_process_is_killed_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simsv_generation.executors.local._GRACE", 0.5)
    executor = LocalExecutor(1, TIMEOUT, retries=0)
    *_, last = executor.run(worker, deque([("work", "a"), ("stand still", "")]))
    assert (last.kind, last.item) == ("failed", ("stand still", ""))
    assert "had to be killed" in last.detail


def test_items_may_be_added_while_others_run() -> None:
    items: deque[Item] = deque([("work", "3")])
    done = []
    for event in LocalExecutor(2, TIMEOUT).run(worker, items):
        if event.kind == "done":
            done.append(event.item[1])
            if event.item[1] != "0":
                items.append(("work", str(int(event.item[1]) - 1)))
    assert done == ["3", "2", "1", "0"]


@pytest.mark.parametrize(
    ("open_worker", "item", "code"),
    [(worker, ("give up", ""), ExitCode.DISK), (broken_worker, ("work", ""), ExitCode.SIMULATOR)],
)
def test_what_makes_going_on_senseless_ends_the_run(open_worker, item: Item, code: ExitCode) -> None:
    with pytest.raises(CommandFailed) as failed:
        list(LocalExecutor(2, TIMEOUT).run(open_worker, deque([item])))
    assert failed.value.code == code
    assert children() == []


def test_no_item_is_blamed_for_a_worker_that_cannot_be_opened() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)a worker cannot be opened:.*no module named simulater"):
        list(LocalExecutor(1, TIMEOUT).run(misspelt_worker, deque([("work", "a")])))


def test_idle_workers_that_die_are_replaced() -> None:
    items: deque[Item] = deque([("work", "a")])
    done: Counter[Item] = Counter()
    for event in LocalExecutor(2, TIMEOUT).run(worker, items):
        if event.kind == "done":
            done[event.item] += 1
            if event.item == ("work", "a"):
                for process in multiprocessing.active_children():
                    process.kill()
                items.extend(("work", str(k)) for k in range(4))
    assert len(done) == 5
    assert set(done.values()) == {1}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(number: signal.Signals) -> None:
    handlers = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
    events = LocalExecutor(2, 60.0).run(worker, deque([("slow", "50"), ("slow", "51")]))
    next(events)
    next(events)
    os.kill(os.getpid(), number)
    with pytest.raises(Interrupted) as stopped:
        next(events)
    assert stopped.value.signal_number == number
    assert children() == []
    assert handlers == [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_no_worker_outlives_a_killed_driver(tmp_path: Path) -> None:
    code = """
import os, sys
from collections import deque
from simsv_generation.executors.local import LocalExecutor
from tests.generation.test_executors import worker
if __name__ == "__main__":
    items = deque([("slow", "0"), ("slow", "0"), ("slow", "60"), ("slow", "61")])
    for event in LocalExecutor(2, 100.0).run(worker, items):
        if event.kind == "done":
            print(event.result[0], flush=True)
"""
    script = tmp_path / "driver.py"
    script.write_text(code)
    driver = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": os.getcwd()}
    )
    assert driver.stdout is not None
    workers = {int(driver.stdout.readline()) for _ in range(2)}
    time.sleep(0.3)
    driver.kill()
    driver.communicate()
    deadline = time.monotonic() + 5
    while (alive := [pid for pid in workers if is_running(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert alive == []


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
