import json
import shutil
from pathlib import Path

import pytest

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation.ask import main
from tests.conftest import simsv


@pytest.fixture
def run(run_folder: Path, tmp_path: Path) -> Path:
    """A run of its own, not yet asked about."""
    shutil.copytree(run_folder, tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "questions")
    return tmp_path / "run"


def asked(run: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((run / "questions").iterdir())}


def test_asking_again_gives_the_same_bytes(run: Path, run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--run", str(run)]) == ExitCode.DONE
    assert asked(run) == asked(run_folder)
    count = sum(len(json.loads(content)["questions"]) for content in asked(run).values())
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"asked {count} questions about ")


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_the_hash_seed_does_not_matter(run: Path, run_folder: Path, seed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", seed)
    simsv("ask", "--run", run)
    assert asked(run) == asked(run_folder)


def test_thresholds_can_be_given_and_are_kept(run: Path) -> None:
    main(["--run", str(run), "--config", "questions_paper", "--per_episode", "3"])
    for content in asked(run).values():
        config = json.loads(content)["config"]
        assert config["thresholds"] == {"seen": 0.05, "nameable": 0.05, "nameable_frames": 1, "cut": 0.05}
        assert config["per_episode"] == 3


def test_unknown_settings_are_named(run: Path) -> None:
    with pytest.raises(CommandFailed, match=r"unknown key thresholds\.sen; did you mean seen\?") as failed:
        main(["--run", str(run), "--thresholds.sen", "0.1"])
    assert failed.value.code == ExitCode.USAGE
    assert not (run / "questions").exists()
    with pytest.raises(CommandFailed, match="0 < seen <= nameable <= 1"):
        main(["--run", str(run), "--thresholds.seen", "0.5"])


def test_a_run_without_episodes_says_what_to_do(run: Path, tmp_path: Path) -> None:
    shutil.rmtree(run / "episodes")
    with pytest.raises(CommandFailed, match="run simsv generate first") as failed:
        main(["--run", str(run)])
    assert failed.value.code == ExitCode.INCOMPLETE
    with pytest.raises(CommandFailed, match="is not a run"):
        main(["--run", str(tmp_path)])
