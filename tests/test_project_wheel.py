"""The wheel alone does the work: package data is in it, and the command runs far from the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from simsv_dataset import __version__

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PACKAGES = {
    "simsv_dataset": ROOT / "simsv_dataset",
    "simsv_generation": ROOT / "generation/simsv_generation",
    "simsv_hub": ROOT / "hub/simsv_hub",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory):
    """A folder with nothing but the unpacked wheel in it; what it depends on comes from this environment."""
    folder = tmp_path_factory.mktemp("site")
    pip("install", "--no-deps", "--no-index", "--target", folder, wheel)
    return folder


def pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def python(site: Path, cwd: Path, *arguments: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = {
        f"{package}/{path.relative_to(folder).as_posix()}"
        for package, folder in PACKAGES.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == files
    assert {"simsv_generation/configs/demo.yaml", "simsv_dataset/py.typed"} <= packed


def test_wheel_says_what_it_is(wheel):
    with zipfile.ZipFile(wheel) as archive:
        information = f"simsv-{__version__}.dist-info"
        assert "simsv = simsv_dataset.cli:main" in archive.read(f"{information}/entry_points.txt").decode()
        assert archive.read(f"{information}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_come_from_the_wheel(site, tmp_path, package):
    origin = python(site, tmp_path, "-P", "-c", f"import {package}; print({package}.__file__)").strip()
    assert Path(origin).is_relative_to(site)


def test_demo_plans_outside_the_checkout(site, tmp_path):
    plan = python(site, tmp_path, "-P", "-m", "simsv_dataset.cli", "demo", "--dry-run")
    assert "generate" in plan
    assert "384" in plan
    assert list(tmp_path.iterdir()) == []
