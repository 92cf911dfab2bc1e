"""House sources: where houses come from.

Adding one is a row in `HOUSE_SOURCES`.
"""

import importlib
from typing import Protocol

from simsv_generation.scene import House, Split

HOUSE_SOURCES = {
    "procthor": "simsv_generation.houses.procthor:ProcThorHouses",
}
"""Name to "module:class"; a class is imported when it is opened."""


class HouseRefused(Exception):
    """The source has no usable house at this ordinal; the next one takes its place. Counted by `reason`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class HouseSource(Protocol):
    """Houses by split and ordinal; the same arguments give the same bytes in any process and order."""

    name: str

    def house(self, seed: int, split: Split, ordinal: int) -> House:
        """The house `<name>-<split>-<ordinal, six digits>`.

        Raises:
            HouseRefused: the house is not usable.
            IndexError: the source has no more houses.
        """
        ...


def open_house_source(name: str) -> HouseSource:
    """A house source of the table. Raises ValueError when no source has that name."""
    if name not in HOUSE_SOURCES:
        raise ValueError(f"unknown house source {name!r}; choose from {', '.join(sorted(HOUSE_SOURCES))}")
    module, attribute = HOUSE_SOURCES[name].split(":")
    source: HouseSource = getattr(importlib.import_module(module), attribute)()
    return source
