"""`simsv demo` is generate, ask and build with the same folders, and nothing else."""

import pytest

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation import demo


@pytest.fixture
def steps(monkeypatch):
    """Stand-ins for the steps: the list of their calls, and the code that each will return, DONE when none is set."""
    called = []
    codes: dict[str, ExitCode] = {}

    def replace(name):
        def step(argv):
            called.append((name, list(argv)))
            return codes.get(name, ExitCode.DONE)

        monkeypatch.setattr(f"simsv_generation.{name}.main", step)

    for name in ("generate", "ask", "build"):
        replace(name)
    return called, codes


def test_steps_share_their_folders(steps, capsys):
    called, _ = steps
    assert demo.main(["--run", "a run", "--out", "out/simsv", "--workers", "1", "--config", "tiny"]) == ExitCode.DONE
    assert called == [
        ("generate", ["--config", "tiny", "--run", "a run", "--workers", "1"]),
        ("ask", ["--run", "a run"]),
        ("build", ["--run", "a run", "--out", "out/simsv"]),
    ]
    assert 'load_dataset("out/simsv", "3q"' in capsys.readouterr().out


def test_stops_at_the_first_step_that_is_not_done(steps, capsys):
    called, codes = steps
    codes["generate"] = ExitCode.FAILURES
    assert demo.main([]) == ExitCode.FAILURES
    assert [name for name, _ in called] == ["generate"]
    assert "load_dataset" not in capsys.readouterr().out


def test_dry_run_starts_nothing(steps, capsys):
    called, _ = steps
    assert demo.main(["--dry-run"]) == ExitCode.DONE
    assert called == []
    plan = capsys.readouterr().out
    assert "simsv generate --config demo --run runs/demo" in plan
    assert "simsv build --run runs/demo --out simsv" in plan
    assert "seed:" in plan


def test_dry_run_of_an_unknown_configuration(steps):
    with pytest.raises(CommandFailed, match="no configuration 'nothing'"):
        demo.main(["--dry-run", "--config", "nothing"])
