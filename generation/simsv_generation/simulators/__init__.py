"""Simulators: what a house looks like from a pose.

A simulator is made with its settings and is a context manager with three methods and three properties. Adding one is a
row in `SIMULATORS`; the conformance suite in `tests/conformance` then holds it to the same invariants as the others.
"""

import importlib
from types import TracebackType
from typing import Protocol, Self

from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import Frame, SimulatorInfo, StandIn
from simsv_generation.look import Look
from simsv_generation.navigation import Agent, NavigationGrid
from simsv_generation.scene import House
from simsv_generation.simulators.settings import EmbeddedSettings

SIMULATORS = {
    "embedded": "simsv_generation.simulators.embedded:EmbeddedSimulator",
}
"""Name to "module:class"; a class is imported when it is opened."""


class SimulatorUnavailable(RuntimeError):
    """The simulator cannot start on this machine; the message says what to install."""


class Simulator(Protocol):
    """Loads one house at a time and renders it. Not safe across threads or forks: open one per spawned process."""

    def __init__(self, settings: EmbeddedSettings) -> None: ...

    @staticmethod
    def prepare(settings: EmbeddedSettings) -> EmbeddedSettings:
        """What every worker would otherwise do for itself, done once before they start; settings for them.

        Runs in their parent, so it must start no renderer.

        Raises:
            SimulatorUnavailable: no worker could start with these settings.
        """
        ...

    info: SimulatorInfo
    """Known once the simulator is entered."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def load(self, house: House, look: Look) -> House:
        """Load a house and return it as it settled: same ids, final boxes, doors as open as they will be.

        The look changes colours alone: not the settled house, not where one can stand, not depth or ids. A house may be
        refused before it is ever rendered, so what is dear and only colours need is best left to the first `render`.

        Raises:
            ValueError: the house cannot be built; names what is wrong with it.
        """
        ...

    @property
    def stand_ins(self) -> tuple[StandIn, ...]:
        """Objects of the loaded house, in its order, whose model is damaged or unknown.

        Types that are drawn parametrically by design are not among them.
        """
        ...

    @property
    def attributions(self) -> tuple[str, ...]:
        """Whose models the loaded house shows: a line for each, with its name, author, licence and source, sorted."""
        ...

    def navigation(self, agent: Agent) -> NavigationGrid:
        """Where the agent can stand in the loaded house. Raises ValueError when nowhere."""
        ...

    def render(self, pose: Pose, camera: Camera) -> Frame:
        """The loaded house seen from a pose. The same pose gives the same bits."""
        ...


def open_simulator(name: str, settings: EmbeddedSettings) -> Simulator:
    """A simulator of the table, not yet entered.

    Args:
        name: its row.
        settings: what the simulator is made with.

    Raises:
        ValueError: no simulator has that name.
    """
    return _simulator_class(name)(settings)


def prepare_simulator(name: str, settings: EmbeddedSettings) -> EmbeddedSettings:
    """Settings with which workers open a simulator of the table, after `Simulator.prepare`.

    Raises:
        ValueError: no simulator has that name.
        SimulatorUnavailable: no worker could start with these settings.
    """
    return _simulator_class(name).prepare(settings)


def _simulator_class(name: str) -> type[Simulator]:
    if name not in SIMULATORS:
        raise ValueError(f"unknown simulator {name!r}; choose from {', '.join(sorted(SIMULATORS))}")
    module, attribute = SIMULATORS[name].split(":")
    simulator: type[Simulator] = getattr(importlib.import_module(module), attribute)
    return simulator
