"""What the parent of the workers does for them before they start."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simsv_generation.simulators import SimulatorUnavailable, embedded, open_simulator, prepare_simulator
from simsv_generation.simulators.settings import EmbeddedSettings

SETTINGS = EmbeddedSettings(light="plain", assets_repo="org/pack")


def nowhere(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine without a pack, a network or apt-get."""
    return {
        **{key: value for key, value in os.environ.items() if key != "SIMSV_ASSETS"},
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PATH": str(tmp_path),
    }


def test_workers_take_the_pack_that_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_pack", {"org/pack": "a pack"}.__getitem__)
    assert prepare_simulator("embedded", SETTINGS) == SETTINGS


def test_workers_do_not_look_again_where_nothing_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_pack", lambda repo: None)
    assert prepare_simulator("embedded", SETTINGS) == replace(SETTINGS, assets="none")


def test_nothing_is_looked_for_that_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(repo: str) -> Any:
        raise AssertionError

    monkeypatch.setattr(embedded, "find_pack", fail)
    settings = replace(SETTINGS, assets="none")
    assert prepare_simulator("embedded", settings) == settings


def test_an_unknown_simulator_is_named() -> None:
    with pytest.raises(ValueError, match="unknown simulator 'unreal'"):
        prepare_simulator("unreal", SETTINGS)


@pytest.mark.parametrize("start", [prepare_simulator, lambda *made: open_simulator(*made).__enter__()])
def test_an_environment_that_names_no_pack(start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMSV_ASSETS", str(tmp_path / "größe"))
    with pytest.raises(SimulatorUnavailable, match=r"\$SIMSV_ASSETS: .*größe is no pack"):
        start("embedded", SETTINGS)


@pytest.mark.parametrize("name", ["objathor", "molmospaces"])
def test_a_folder_of_models_that_is_not_there(name: str, tmp_path: Path) -> None:
    settings = replace(EmbeddedSettings(assets="none"), **{name: str(tmp_path / "gone")})  # type: ignore[arg-type]
    with pytest.raises(SimulatorUnavailable, match="gone is no folder of models"):
        open_simulator("embedded", settings).__enter__()


def test_preparing_touches_no_opengl(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from simsv_generation.simulators import prepare_simulator\n"
        "from simsv_generation.simulators.settings import EmbeddedSettings\n"
        "print(prepare_simulator('embedded', EmbeddedSettings()).assets, {'moderngl', 'glcontext'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=nowhere(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.stdout == "none set()\n", done.stderr


@pytest.mark.slow
def test_a_run_without_any_pack_warns_once_and_draws_plain_shapes(tmp_path: Path) -> None:
    flags = ["--embedded.assets", "auto", "--houses.train", "2", "--houses.validation", "0", "--houses.test", "0"]
    command = [
        sys.executable,
        "-m",
        "simsv_dataset.cli",
        "generate",
        "--config",
        "tiny",
        "--run",
        str(tmp_path / "run"),
    ]
    done = subprocess.run(
        [*command, *flags, "--workers", "2"], env=nowhere(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("furniture is drawn as plain shapes") == 1
    assert done.stderr.count("simsv assets --from") == 1
    made = [json.loads(path.read_bytes()) for path in (tmp_path / "run").rglob("episode.json")]
    assert [episode["simulator"]["assets"] for episode in made] == ["parametric"] * 2
    assert not any(episode["attributions"] for episode in made)
    assert json.loads((tmp_path / "run" / "run.json").read_bytes())["config"]["embedded"]["assets"] == "auto"
