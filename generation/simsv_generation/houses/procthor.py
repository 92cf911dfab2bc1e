"""Houses from the real ProcTHOR generator: PyPI's `procthor`, offline and reproducible.

M. Deitke et al., "ProcTHOR: Large-Scale Embodied AI Using Procedural Generation", NeurIPS 2022.
"""

import json
import random  # noqa: TID251 - procthor draws from it
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from simsv_generation import seeding
from simsv_generation.houses import HouseRefused
from simsv_generation.houses.asset_database import procthor_assets
from simsv_generation.houses.house_schema import upgraded
from simsv_generation.houses.house_spec import house_from_spec
from simsv_generation.houses.offline_controller import OfflineController
from simsv_generation.houses.procthor_patches import load_procthor
from simsv_generation.scene import House, Split

_SPLITS = {"train": "train", "validation": "val", "test": "test"}
"""Ours to ProcTHOR's; each has asset models of its own."""


class ProcThorHouses:
    """A house for every ordinal, without end; the asset models differ between the splits."""

    name = "procthor"

    def __init__(self) -> None:
        self._assets = procthor_assets()
        self._controller = OfflineController(self._assets)

    def house(self, seed: int, split: Split, ordinal: int) -> House:
        """The house `procthor-<split>-<ordinal, six digits>`.

        Raises:
            HouseRefused: ProcTHOR cannot finish the house ("procthor_failed"), its own validation warns
                ("procthor_" and the warning), or it is no possible house ("malformed_house").
        """
        with _globals_kept():
            generated = self._generate(seed, split, ordinal)
            try:
                complaints = generated.validate(self._controller)
                house = house_from_spec(
                    upgraded(json.loads(json.dumps(generated.data)), self._assets),
                    self._assets,
                    house_id=f"{self.name}-{split}-{ordinal:06d}",
                    source=self.name,
                    split=split,
                )
            except ValueError as error:
                raise HouseRefused("malformed_house", str(error)) from error
        if complaints:
            raise HouseRefused(_reason(complaints), "; ".join(sorted(complaints.values())))
        return house

    def _generate(self, seed: int, split: Split, ordinal: int) -> Any:
        """A `procthor.generation.House`; its data has schema 0.0.1."""
        procthor = load_procthor()
        _seed_global_random(seeding.rng(0, "procthor asset groups", split))
        procthor.spawnable_asset_group_info(split=_SPLITS[split], controller=self._controller)
        generator = procthor.house_generator(
            split=_SPLITS[split], seed=0, room_spec_sampler=procthor.room_spec_sampler, controller=self._controller
        )
        _seed_global_random(seeding.rng(seed, "house", self.name, split, ordinal))
        try:
            house, _ = generator.sample()
        except Exception as error:
            # ProcTHOR gives up with a bare Exception or an assertion; anything else is a defect, to be seen.
            if type(error) not in (Exception, AssertionError):
                raise
            raise HouseRefused("procthor_failed", str(error)) from error
        return house


def _reason(warnings: Mapping[str, str]) -> str:
    """The first warning, such as "RoomsNotNavigable" or "Unreachable point: {…}", as a reason to count."""
    name = min(warnings).partition(":")[0]
    return "procthor_" + re.sub(r"(?<=[a-z])(?=[A-Z])| ", "_", name).lower()


@contextmanager
def _globals_kept() -> Iterator[None]:
    """ProcTHOR draws from the global generators of Python and NumPy; the caller finds them as they were.

    It also calls pandas in ways that pandas 4 will drop, which is known and pinned.
    """
    python_state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"procthor\.")
            yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)  # noqa: NPY002


def _seed_global_random(generator: np.random.Generator) -> None:
    random.seed(int.from_bytes(generator.bytes(32), "little"))
    np.random.seed(generator.integers(2**32, size=8, dtype=np.uint32))  # noqa: NPY002, TID251
