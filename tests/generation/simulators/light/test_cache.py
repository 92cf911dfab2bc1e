import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simsv_generation.look import Look
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.light import HouseLight, cache
from simsv_generation.simulators.embedded.light.cache import LightCache
from simsv_generation.simulators.embedded.light.sky import sky_of


def light_of(seed: int, num_shells: int = 12) -> HouseLight:
    random = rng(seed, "test light")
    return HouseLight(
        sky_of(Look(10.0, 20.0, 0.3, ())),
        tuple(random.random((2 + k, 3, 3)).astype(np.float16) for k in range(num_shells)),
        tuple(random.random((k, 3)).astype(np.float16) for k in range(11)),
        random.random((4, 8, 8, 3)).astype(np.float16),
        random.random((2, 3)),
    )


def same(a: HouseLight, b: HouseLight) -> bool:
    pairs: list[tuple[NDArray[Any], NDArray[Any]]] = [
        *zip(a.shell, b.shell, strict=True),
        *zip(a.solids, b.solids, strict=True),
        (a.reflections, b.reflections),
        (a.viewpoints, b.viewpoints),
    ]
    return a.sky == b.sky and all(x.dtype == y.dtype and x.tobytes() == y.tobytes() for x, y in pairs)


def never() -> HouseLight:
    raise AssertionError("it was in the cache")


def making(light: HouseLight, calls: list[int]) -> Callable[[], HouseLight]:
    def compute() -> HouseLight:
        calls.append(1)
        return light

    return compute


def test_what_comes_back_is_what_was_computed(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"
    light = light_of(1)
    assert LightCache(folder).light("a house", lambda: light) is light
    assert same(LightCache(folder).light("a house", never), light)
    (file,) = folder.iterdir()
    assert file.suffix == ".light"


def test_another_key_is_another_light(tmp_path: Path) -> None:
    store = LightCache(tmp_path)
    for seed, key in enumerate(("a", "b", "", "\u00e9\u5bb6\n\0/../x", "long " * 100_000)):
        store.light(key, lambda seed=seed: light_of(seed))  # type: ignore[misc]
    for seed, key in enumerate(("a", "b", "", "\u00e9\u5bb6\n\0/../x", "long " * 100_000)):
        assert same(store.light(key, never), light_of(seed))
    assert len(list(tmp_path.iterdir())) == 5


@pytest.mark.parametrize(
    "content", [b"", b"x" * 32, b"\0" * 5000, b"no zip at all", "half", "twice"], ids=lambda c: str(c)[:12]
)
def test_a_damaged_file_is_computed_again_and_mended(tmp_path: Path, content: bytes | str) -> None:
    store, light, calls = LightCache(tmp_path), light_of(2), list[int]()
    store.light("house", lambda: light)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    if isinstance(content, str):
        content = whole[: len(whole) // 2] if content == "half" else whole[:100] + whole
    file.write_bytes(content)
    assert same(store.light("house", making(light, calls)), light)
    assert same(store.light("house", never), light)
    assert len(calls) <= 1


def test_no_flipped_bit_brings_the_renderer_down(tmp_path: Path) -> None:
    store, light = LightCache(tmp_path), light_of(3, num_shells=2)
    store.light("house", lambda: light)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    random = rng(0, "test flips")
    for _ in range(400):
        damaged = bytearray(whole)
        # Most of a file is numbers, which a checksum guards; names and sizes are at its end.
        at = int(random.integers(len(whole))) if random.random() < 0.3 else -1 - int(random.integers(2000))
        damaged[at] ^= 1 << int(random.integers(8))
        file.write_bytes(damaged)
        assert same(store.light("house", lambda: light), light)


def test_a_folder_that_cannot_be_made_costs_only_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be")
    calls: list[int] = []
    for _ in range(2):
        assert same(LightCache(blocked / "light").light("house", making(light_of(5), calls)), light_of(5))
    assert len(calls) == 2
    assert blocked.read_text() == "a file where the folder should be"


def test_a_folder_in_the_place_of_a_file_costs_only_time(tmp_path: Path) -> None:
    store = LightCache(tmp_path)
    store.light("house", lambda: light_of(6))
    (file,) = tmp_path.iterdir()
    file.unlink()
    (file / "child").mkdir(parents=True)
    assert same(store.light("house", lambda: light_of(6)), light_of(6))
    assert [path for path in tmp_path.iterdir() if path != file] == [], "something half-written was left"


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: str, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert same(LightCache(tmp_path).light("house", lambda: light_of(7)), light_of(7))
    assert list(tmp_path.iterdir()) == []


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LightCache(tmp_path)
    for seed, key in enumerate("abc"):
        before = set(tmp_path.iterdir())
        store.light(key, lambda seed=seed: light_of(seed))  # type: ignore[misc]
        (new,) = set(tmp_path.iterdir()) - before
        long_ago = time.time() - 1000 + 10 * seed
        os.utime(new, (long_ago, long_ago))
    size = new.stat().st_size
    store.light("a", never)  # now b was not used for longest
    monkeypatch.setattr(cache, "_MOST_BYTES", int(3.5 * size))
    store.light("d", lambda: light_of(3))
    for key in "acd":
        store.light(key, never)
    calls: list[int] = []
    store.light("b", making(light_of(1), calls))
    assert len(calls) == 1


def test_other_files_in_the_folder_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    monkeypatch.setattr(cache, "_MOST_BYTES", 0)
    LightCache(tmp_path).light("house", lambda: light_of(8))
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_process_killed_while_it_writes_leaves_no_light_behind(tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from simsv_generation.simulators.embedded.light.cache import LightCache\n"
        "from tests.generation.simulators.light.test_cache import light_of\n"
        "os.replace = lambda source, target: os._exit(9)\n"
        "LightCache(Path(sys.argv[1])).light('house', lambda: light_of(9))\n"
    )
    root = Path(__file__).parents[4]
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=root, check=False)
    assert done.returncode == 9
    calls: list[int] = []
    assert same(LightCache(tmp_path).light("house", making(light_of(9), calls)), light_of(9))
    assert calls == [1]
