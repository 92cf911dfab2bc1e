"""The only source of randomness: a generator for every named place, the same on every machine and in any order."""

import hashlib
import json

import numpy as np
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import DTypeLike, NDArray


def rng(seed: int, *path: str | int) -> np.random.Generator:
    """A generator that depends on the seed and the path alone.

    The key is the first 128 bits of a SHA-256 over the canonical JSON of (seed, path), so neither the order in which
    generators are made, nor the process, nor the number of workers matters. A path names *what* is drawn (house,
    ordinal, stage), never an engine's retry.

    Philox is counter-based: J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
    """
    text = json.dumps(["simsv/1", seed, *path], separators=(",", ":"))
    key = _Key(hashlib.sha256(text.encode()).digest()[:16])
    return np.random.Generator(np.random.Philox(key))  # type: ignore[arg-type]  # Stubs know SeedSequence alone.


class _Key(ISeedSequence):
    """The key of a Philox. `Philox(key=...)` draws the same, but first asks the operating system for entropy."""

    def __init__(self, little_endian: bytes) -> None:
        self._words = np.frombuffer(little_endian, "<u8").astype(np.uint64)

    def generate_state(self, n_words: int, dtype: DTypeLike = np.uint64) -> NDArray[np.uint64]:
        """The two words that a Philox asks for."""
        return self._words
