"""`simsv score` on a release."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.place import find_release
from simsv_dataset.score import truth
from simsv_dataset.score_table import main, read_questions
from tests.dataset.test_predictions import written


@pytest.fixture
def asked(small_release: Path) -> list[dict[str, str]]:
    """Right predictions for all test questions of the release."""
    rows = read_questions(find_release(small_release), "all", "test")
    return [{"id": row["id"], "prediction": truth(row), "model": "oracle", "num_frames": "32"} for row in rows]


def test_right_answers_score_all(
    small_release: Path, asked: list[dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said, out = written(tmp_path, *asked), tmp_path / "table.json"
    assert main([str(said), "--release", str(small_release), "--out", str(out)]) == ExitCode.DONE
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[:4] == [
        "model oracle",
        "num_frames 32",
        "parser lmms-eval 0.7.3, vsibench",
        f"questions {len(asked)} of {len(asked)} in all/test of {small_release}",
    ]
    assert "object_abs_distance 2 1 100.0 100.0" in lines
    assert "object_rel_direction_easy 2 1 100.0 50.0 100.0" in lines
    assert lines[-3:] == [f"{name} 10 1 100.0 100.0" for name in ("macro of VSI-Bench", "macro", "micro")]
    table = json.loads(out.read_text())
    assert table["told"]["parser"] == "lmms-eval 0.7.3, vsibench"
    assert table["micro"]["model"] == {"value": 1.0, "low": None, "high": None}
    assert set(table) == {"told", "types", "vsi_bench", "macro", "micro"}


def test_a_blind_arm_stands_beside(
    small_release: Path, asked: list[dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = written(tmp_path, *asked)
    blind = written(tmp_path, *({**line, "prediction": "A", "model": "blind"} for line in asked), name="blind.jsonl")
    main([str(said), "--release", str(small_release), "--split", "test", "--blind", str(blind)])
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "object_abs_distance 2 1 100.0 100.0 0.0 +100.0" in lines
    assert "obj_appearance_order 2 1 100.0 50.0 100.0 0.0 +100.0" in lines


def test_missing_predictions_are_refused_unless_only_a_part_is_wanted(
    small_release: Path, asked: list[dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [str(written(tmp_path, *asked[:3])), "--release", str(small_release)]
    with pytest.raises(CommandFailed, match=f"{len(asked) - 3} of {len(asked)} questions of all/test") as missing:
        main(command)
    assert missing.value.code == ExitCode.INCOMPLETE
    assert asked[3]["id"] in str(missing.value)
    assert main([*command, "--partial"]) == ExitCode.DONE
    assert f"3 of {len(asked)} in all/test" in capsys.readouterr().out
    other = written(tmp_path, *asked[3:], name="blind.jsonl")
    with pytest.raises(CommandFailed, match=r"blind\.jsonl: 3 of 10 questions") as of_blind:
        main([str(written(tmp_path, *asked)), *command[1:], "--blind", str(other)])
    assert of_blind.value.code == ExitCode.INCOMPLETE
    with pytest.raises(CommandFailed, match="no question has a prediction in both"):
        main([str(written(tmp_path, *asked[:3])), *command[1:], "--blind", str(other), "--partial"])


def test_predictions_to_other_questions_are_refused(
    small_release: Path, asked: list[dict[str, str]], tmp_path: Path
) -> None:
    said = written(tmp_path, *asked, {"id": "Ω", "prediction": "A"})
    for more in ([], ["--partial"]):
        with pytest.raises(CommandFailed, match="1 of 11 predictions are to no question of all/test") as unknown:
            main([str(said), "--release", str(small_release), *more])
        assert (unknown.value.code, "'Ω'" in str(unknown.value)) == (ExitCode.USAGE, True)
    with pytest.raises(CommandFailed, match="predictions are to no question of all/train"):
        main([str(written(tmp_path, *asked)), "--release", str(small_release), "--split", "train"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--release", "none/of/them"], "none/of/them"),
        (["--config", "vibes"], "no config 'vibes'; it has"),
        (["--config", "episodes"], "config 'episodes' has no questions"),
        (["--config", "3q_messages"], "config '3q_messages' has no questions"),
        (["--split", "exam"], "no split 'exam'; it has"),
        (["--blind", "none.jsonl"], "none.jsonl"),
    ],
)
def test_what_is_not_there_is_named(
    small_release: Path, asked: list[dict[str, str]], tmp_path: Path, options: list[str], said: str
) -> None:
    command = [str(written(tmp_path, *asked)), "--release", str(small_release)]
    with pytest.raises(CommandFailed, match=said) as error:
        main([*command, *options])
    assert error.value.code == ExitCode.USAGE


def test_a_table_that_cannot_be_written_is_said(
    small_release: Path, asked: list[dict[str, str]], tmp_path: Path
) -> None:
    command = [str(written(tmp_path, *asked)), "--release", str(small_release)]
    with pytest.raises(CommandFailed, match="cannot write") as error:
        main([*command, "--out", str(tmp_path / "no" / "table.json")])
    assert error.value.code == ExitCode.DISK


def test_help_is_quick_and_needs_no_torch() -> None:
    check = "import sys; from simsv_dataset.score_table import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    heavy = "assert not {'torch', 'datasets', 'transformers', 'huggingface_hub'} & set(sys.modules), sys.modules"
    done = subprocess.run([sys.executable, "-c", check + heavy], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--partial" in done.stdout
