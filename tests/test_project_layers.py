"""The layer contracts hold in the real tree and break on planted imports; no top-level folder hides the data set."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("simsv_dataset", "generation/simsv_generation", "hub/simsv_hub")
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@pytest.fixture
def tree(tmp_path):
    """A copy of the packages and the contracts."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over the packages of a tree."""
    path = os.pathsep.join(str((tree / package).parent) for package in PACKAGES)
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": path, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_layers_hold(tree):
    done = lint(tree)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("simsv_dataset/taxonomy.py", "simsv_generation.scene"),
        ("generation/simsv_generation/scene.py", "simsv_hub"),
        ("generation/simsv_generation/geometry.py", "simsv_generation.scene"),
        ("generation/simsv_generation/questions/__init__.py", "simsv_generation.simulators"),
        ("generation/simsv_generation/questions/__init__.py", "av"),
        ("generation/simsv_generation/tour.py", "procthor"),
        ("generation/simsv_generation/ask.py", "simsv_generation.generate"),
        ("simsv_dataset/taxonomy.py", "torch"),
    ],
)
def test_planted_import_is_found(tree, importer, imported):
    with (tree / importer).open("a") as file:
        file.write(f"\n\ndef planted() -> None:\n    import {imported}\n")
    done = lint(tree)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
    name = importer.removesuffix(".py").removesuffix("/__init__").replace("/", ".").removeprefix("generation.")
    assert f"{name} -> {imported}" in done.stdout


def test_module_without_a_layer_is_found(tree):
    (tree / "generation/simsv_generation/stray.py").write_text('"""In no layer."""\n')
    done = lint(tree)
    assert done.returncode == 1
    assert "stray" in done.stdout


def test_nothing_tracked_is_called_simsv():
    """`load_dataset("simsv")` looks for a folder of that name first, and the release goes there."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    tracked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert tracked
    assert not {"simsv", "simsv.py"} & {path.split("/")[0] for path in tracked}
