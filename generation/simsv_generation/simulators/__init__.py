"""Simulators: what a house looks like from a pose.

A simulator is a context manager with three methods. Adding one is a row in `SIMULATORS`; the conformance suite in
`tests/conformance` then holds it to the same invariants as the others.
"""

import importlib
from types import TracebackType
from typing import Protocol, Self

from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import Frame, SimulatorInfo
from simsv_generation.navigation import Agent, NavigationGrid
from simsv_generation.scene import House

SIMULATORS = {
    "embedded": "simsv_generation.simulators.embedded:EmbeddedSimulator",
}
"""Name to "module:class"; a class is imported when it is opened."""


class SimulatorUnavailable(RuntimeError):
    """The simulator cannot start on this machine; the message says what to install."""


class Simulator(Protocol):
    """Loads one house at a time and renders it. Not safe across threads or forks: open one per spawned process."""

    info: SimulatorInfo

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def load(self, house: House) -> House:
        """Load a house and return it as it settled: same ids, final boxes, doors as open as they will be.

        Raises:
            ValueError: the house cannot be built; names what is wrong with it.
        """
        ...

    def navigation(self, agent: Agent) -> NavigationGrid:
        """Where the agent can stand in the loaded house. Raises ValueError when nowhere."""
        ...

    def render(self, pose: Pose, camera: Camera) -> Frame:
        """The loaded house seen from a pose. The same pose gives the same bits."""
        ...


def open_simulator(name: str) -> Simulator:
    """A simulator of the table, not yet entered.

    Raises:
        ValueError: no simulator has that name.
    """
    if name not in SIMULATORS:
        raise ValueError(f"unknown simulator {name!r}; choose from {', '.join(sorted(SIMULATORS))}")
    module, attribute = SIMULATORS[name].split(":")
    simulator: Simulator = getattr(importlib.import_module(module), attribute)()
    return simulator
