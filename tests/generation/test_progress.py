import io
import re
import sys

import pytest

from simsv_generation.progress import Reporter


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which stands still unless a test moves it."""
    now = [100.0]
    monkeypatch.setattr("simsv_generation.progress.time.monotonic", lambda: now[0])
    return now


def test_plain_lines_are_at_most_one_a_second(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with Reporter("generate", "houses", total=10, done=4) as reporter:
        reporter.update(4)
        clock[0] += 0.5
        reporter.update(5, "1 refused")
        clock[0] += 0.5
        reporter.update(6, "1 refused")
        clock[0] += 0.1
        reporter.update(10)
    assert capsys.readouterr().err.splitlines() == [
        "generate: 4/10 houses, 0 s",
        "generate: 6/10 houses, 1 s, about 2 s left, 1 refused",
        "generate: 10/10 houses, 1 s, about 0 s left",
    ]


def test_a_terminal_gets_a_bar_with_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "120")
    with Reporter("generate", "houses", total=3) as reporter:
        reporter.update(1)
        reporter.update(3, "2 refused")
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.getvalue())
    assert "3/3 houses 2 refused" in shown
    assert "left:" in shown


def test_nothing_is_said_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Reporter("generate", "houses", total=0):
        pass
    assert capsys.readouterr().err == ""
