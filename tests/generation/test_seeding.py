import hashlib
import pickle

import numpy as np

from simsv_generation.seeding import rng


def test_draws_are_golden() -> None:
    """Every release depends on these values: a change is a change of every dataset."""
    random = rng(7, "house", 3)
    assert random.integers(1 << 62) == 4436310153283510932
    assert random.permutation(6).tolist() == [5, 1, 3, 0, 4, 2]
    assert float(random.random()) == 0.8652695064169028


def test_every_part_of_the_path_matters_and_nothing_else() -> None:
    def first(seed: int, *path: str | int) -> int:
        return int(rng(seed, *path).integers(1 << 62))

    assert first(1, "a", 2) == first(1, "a", 2)
    draws = {first(1, "a", 2), first(1, "a", 3), first(1, "b", 2), first(2, "a", 2), first(1, "a", "2"), first(1, "a2")}
    assert len(draws) == 6


def test_the_generator_is_a_philox_with_the_first_half_of_the_hash_as_key() -> None:
    digest = hashlib.sha256(b'["simsv/1",7,"house",3]').digest()
    philox = np.random.Philox(key=int.from_bytes(digest[:16], "little"))
    drawn, expected = rng(7, "house", 3), np.random.Generator(philox)
    assert drawn.integers(1 << 62, size=100).tolist() == expected.integers(1 << 62, size=100).tolist()
    assert pickle.loads(pickle.dumps(drawn)).random() == expected.random()
