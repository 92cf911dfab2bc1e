"""What the README says can be done, can: its commands exist, its files are there, its Python runs."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from simsv_dataset.cli import COMMANDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL_LINES = [
    line
    for block in re.findall(r"^```bash\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
    if line.strip() and not line.startswith("#")
]
PYTHON_BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
LINKS = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)
PATHS = re.findall(r"`((?:simsv_dataset|generation|hub|tests|docs)/[\w./{},-]+)`", README)


@cache
def help_of(command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "simsv_dataset.cli", command, "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_readme_has_something_to_check():
    assert SHELL_LINES
    assert PYTHON_BLOCKS
    assert PATHS


@pytest.mark.parametrize("line", SHELL_LINES)
def test_command_of_the_readme_exists(line):
    words = shlex.split(line, comments=True)
    match words[0]:
        case "make":
            targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
            assert set(words[1:]) <= set(targets)
        case "simsv":
            assert words[1] in COMMANDS
            options = {word.partition("=")[0] for word in words[2:] if word.startswith("--")}
            assert options <= set(re.findall(r"--[\w.-]+", help_of(words[1])))
        case "pip":
            extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
            named = re.findall(r"\[([\w,]+)\]", line)
            assert set(",".join(named).split(",")) - {""} <= set(extras)
        case other:
            pytest.fail(f"the README runs {other!r}, which no test knows")


@pytest.mark.parametrize("path", sorted({*LINKS, *PATHS}))
def test_path_of_the_readme_exists(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("number", range(len(PYTHON_BLOCKS)))
def test_python_of_the_readme_runs(number, release, tmp_path):
    """Each block by itself, in the folder that holds the release."""
    environment = os.environ | {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PYTHON_BLOCKS[number]],
        cwd=release.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
