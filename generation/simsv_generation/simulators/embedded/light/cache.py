"""Light that was computed before, kept in a folder by everything that decides it."""

import contextlib
import hashlib
import io
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from simsv_generation.simulators.embedded.light import HouseLight
from simsv_generation.simulators.embedded.light.sky import Sky

_MOST_BYTES = 1 << 30
"""What the folder may hold; light that was not used for longest goes first."""
_PART = ".part"
_SUFFIX = ".light"
"""Of files that hold a SHA-256 and the bytes it is of: numpy's .npz."""
_DIGEST_BYTES = 32


class LightCache:
    """A folder of computed light. Safe for many processes: files appear whole, and a missing one is computed again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def light(self, key: str, compute: Callable[[], HouseLight]) -> HouseLight:
        """The light stored under a key; computed and stored when there is none, or when its file is damaged.

        A folder that cannot be written to costs time, not frames.

        Args:
            key: everything that decides the light, as text of any length.
            compute: makes the light.
        """
        path = self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}{_SUFFIX}"
        light = _read(path)
        if light is not None:
            with contextlib.suppress(OSError):
                os.utime(path)
            return light
        light = compute()
        with contextlib.suppress(OSError):
            _write(path, light)
            self._shrink()
        return light

    def _shrink(self) -> None:
        """Drop the files that were not used for longest."""
        paths = [*self._folder.glob(f"*{_SUFFIX}"), *self._folder.glob(f"*{_PART}")]  # parts of killed processes too
        files = sorted(((path.stat().st_mtime, path.stat().st_size, path) for path in paths), reverse=True)
        total = 0
        for _, size, path in files:
            total += size
            if total > _MOST_BYTES:
                path.unlink(missing_ok=True)


def _write(path: Path, light: HouseLight) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {f"shell_{k}": texels for k, texels in enumerate(light.shell)}
    arrays |= {f"solid_{k}": values for k, values in enumerate(light.solids)}
    arrays |= {f"sky_{name}": np.array(value) for name, value in asdict(light.sky).items()}
    content = io.BytesIO()
    np.savez(content, reflections=light.reflections, viewpoints=light.viewpoints, **arrays)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=_PART, delete=False) as part:
        try:
            part.write(hashlib.sha256(content.getbuffer()).digest())
            part.write(content.getbuffer())
            part.close()
            os.replace(part.name, path)
        except BaseException:
            os.unlink(part.name)
            raise


def _read(path: Path) -> HouseLight | None:
    """None when there is no file, or when it does not hold what was written."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, packed = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if hashlib.sha256(packed).digest() != digest:
        return None
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        sky = {name.removeprefix("sky_"): tuple(arrays[name].tolist()) for name in arrays if name.startswith("sky_")}
        counts = {kind: sum(name.startswith(f"{kind}_") for name in arrays) for kind in ("shell", "solid")}
        return HouseLight(
            Sky(**sky),
            tuple(arrays[f"shell_{k}"] for k in range(counts["shell"])),
            tuple(arrays[f"solid_{k}"] for k in range(counts["solid"])),
            arrays["reflections"],
            arrays["viewpoints"],
        )
