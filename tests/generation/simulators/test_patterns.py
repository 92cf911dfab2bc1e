"""Patterns and pictures of surfaces."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from simsv_generation.simulators.embedded.patterns import PATTERNS, TEXELS, pattern_factors
from simsv_generation.simulators.embedded.patterns.pictures import LANDSCAPES, PICTURES, PORTRAITS, PRINTS

REPEATING = [name for name, pattern in PATTERNS.items() if not pattern.is_picture]


@pytest.mark.parametrize("name", PATTERNS)
def test_factors_have_the_shape_and_range_that_renderers_store(name: str) -> None:
    factors = pattern_factors(name)
    assert factors.shape == (TEXELS, TEXELS, 3)
    assert 0 <= factors.min() < factors.max() <= 2
    assert PATTERNS[name].repeat > 0


@pytest.mark.parametrize("name", REPEATING)
def test_patterns_leave_colors_as_they_are_on_average(name: str) -> None:
    assert pattern_factors(name).mean() == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("name", REPEATING)
def test_patterns_repeat_without_a_seam(name: str) -> None:
    factors = pattern_factors(name)
    for axis in (0, 1):
        steps = np.abs(np.diff(factors, axis=axis, append=np.take(factors, [0], axis))).mean((1 - axis, 2))
        # The step over the border is one of the steps that the pattern has inside, joints included.
        assert steps[-1] <= np.sort(steps[:-1])[-2] + 0.01


def test_every_picture_hangs_upright_or_across() -> None:
    assert sorted((*PORTRAITS, *LANDSCAPES)) == sorted(PICTURES)
    assert set(PRINTS) <= set(PICTURES)


def test_factors_are_shared_and_cannot_be_changed() -> None:
    assert pattern_factors("planks") is pattern_factors("planks")
    with pytest.raises(ValueError, match="read-only"):
        pattern_factors("planks")[0, 0] = 1.0


def test_an_unknown_pattern_is_an_error() -> None:
    with pytest.raises(KeyError, match="marzipan"):
        pattern_factors("marzipan")


def test_patterns_are_the_same_in_another_process_and_order() -> None:
    names = ["planks", "granite", "fabric", "sea", "green leaves"]
    script = (
        "import hashlib; from simsv_generation.simulators.embedded.patterns import pattern_factors\n"
        f"for n in reversed({names}): print(hashlib.sha256(pattern_factors(n).tobytes()).hexdigest())\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)
    here = [hashlib.sha256(pattern_factors(name).tobytes()).hexdigest() for name in reversed(names)]
    assert run.stdout.split() == here
