from dataclasses import replace
from pathlib import Path

import pytest

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.manifest import BlindRecord, write_manifest
from simsv_dataset.report import main, report
from tests.dataset.test_manifest import MANIFEST

CHOICE = BlindRecord(1200, 40, 0.25, 0.2525, 0.31, 0.02, 0.09, True)


def test_everything_in_the_manifest_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blind = {**MANIFEST.blind, "route_planning": {"choice": CHOICE}}
    write_manifest(tmp_path, replace(MANIFEST, blind=blind))
    assert main([str(tmp_path)]) == ExitCode.DONE
    said = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "3q train 2" in said
    assert "object_counting number 900 20 50.0 52.0 +2.0 +1.0 to +3.0 not gated" in said
    assert "route_planning choice 1,200 40 25.0 25.2 31.0 +5.8 +2.0 to +9.0" in said
    assert "object_counting answer_ahead 2" in said
    assert "object_abs_distance close 4" in said
    assert "unreachable 1" in said


def test_what_is_empty_is_left_out() -> None:
    bare = replace(MANIFEST, dropped={}, blind={}, rejections={}, refused_houses={})
    assert report(bare).splitlines()[0] == "Rows by config and split"
    assert len(report(bare).splitlines()) == 1 + len(bare.configs)


def test_no_release_and_a_damaged_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="is not a release") as nothing:
        main([str(tmp_path)])
    (tmp_path / "manifest.json").write_text('{"kind": "simsv release", "schema_version": 0}')
    with pytest.raises(CommandFailed, match="schema_version is 0") as old:
        main([str(tmp_path)])
    assert (nothing.value.code, old.value.code) == (ExitCode.USAGE, ExitCode.FAILURES)
