"""The built-in simulator: furnished houses in traced light, drawn by OpenGL or, where there is none, by Embree."""

import dataclasses
import hashlib
import logging
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self

from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import Frame, SimulatorInfo, StandIn
from simsv_generation.look import Look
from simsv_generation.navigation import Agent, NavigationGrid, grid_from_house
from simsv_generation.scene import House
from simsv_generation.simulators import SimulatorUnavailable
from simsv_generation.simulators.embedded.assets.find import find_pack
from simsv_generation.simulators.embedded.assets.pack import NoPack
from simsv_generation.simulators.embedded.builder import HouseBuilder
from simsv_generation.simulators.embedded.house_mesh import HouseMesh
from simsv_generation.simulators.embedded.house_shape import HouseShape
from simsv_generation.simulators.embedded.render_cpu import CpuRenderer
from simsv_generation.simulators.embedded.render_gl import GlRenderer, GlUnavailable
from simsv_generation.simulators.settings import EmbeddedSettings

_LOG = logging.getLogger("simsv")
VERSION = "2"
"""Of the simulator's look; the digest of its sources follows it."""
_SOURCES = (".py", ".vert", ".frag", ".glsl")


class Renderer(Protocol):
    """Draws one house at a time."""

    build: str
    """Library, renderer and driver."""

    def load(self, house: HouseMesh) -> None:
        """Put a house in the place of the one before."""
        ...

    def render(self, pose: Pose, camera: Camera) -> Frame:
        """The loaded house from a pose."""
        ...

    def close(self) -> None:
        """Free what the renderer holds."""
        ...


class EmbeddedSimulator:
    """Renders houses in this process. Owns the renderer and the loaded house.

    A door between two rooms stands open, without its leaf; the door to the outside is shut.

    Args:
        settings: how to draw.
        renderer: "gl" or "cpu" for that one alone; by default OpenGL, and Embree where OpenGL cannot start.
    """

    info: SimulatorInfo
    """Known once the simulator is entered."""

    def __init__(self, settings: EmbeddedSettings, renderer: Literal["gl", "cpu"] | None = None) -> None:
        self._settings = settings
        self._choice = renderer
        self._house: House | None = None
        self._shape: HouseShape | None = None

    @staticmethod
    def prepare(settings: EmbeddedSettings) -> EmbeddedSettings:
        """Find the pack of models, or make it, for all workers; where there is none, they need not look for it again.

        Raises:
            SimulatorUnavailable: the environment names something else than a pack.
        """
        try:
            is_without = settings.assets == "auto" and find_pack(settings.assets_repo) is None
        except NoPack as error:
            raise SimulatorUnavailable(str(error)) from error
        return dataclasses.replace(settings, assets="none") if is_without else settings

    def __enter__(self) -> Self:
        """Start the renderer. Raises SimulatorUnavailable when none can start, or what holds models is not there."""
        try:
            self._builder = HouseBuilder(self._settings, f"{VERSION}.{_source_digest()}")
        except (NoPack, NotADirectoryError) as error:
            raise SimulatorUnavailable(str(error)) from error
        self._renderer = _start(self._choice)
        self.info = SimulatorInfo(
            name="embedded",
            version=f"{VERSION}.{_source_digest()}, {self._builder.light} light",
            build=", ".join(filter(None, (self._renderer.build, self._builder.ray_tracer))),
            assets=self._builder.assets,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the renderer back."""
        self._renderer.close()
        self._house = None

    @property
    def stand_ins(self) -> tuple[StandIn, ...]:
        """Objects of the loaded house whose model is damaged or unknown."""
        self._loaded()
        return self._stand_ins

    @property
    def attributions(self) -> tuple[str, ...]:
        """Whose models the loaded house shows: name, author, licence and source of each in a line, sorted."""
        self._loaded()
        return self._attributions

    def load(self, house: House, look: Look) -> House:
        """Load a house and return it with its inner doors open.

        Raises:
            ValueError: the house cannot be built; names what is wrong with it.
        """
        openings = tuple(
            dataclasses.replace(opening, is_open=True)
            if opening.kind == "door" and len(opening.room_ids) == 2
            else opening
            for opening in house.openings
        )
        settled = dataclasses.replace(house, openings=openings)
        self._shape, self._look = self._builder.shape(settled, look), look
        self._stand_ins, self._attributions = self._shape.stand_ins, self._shape.attributions
        self._house = settled
        return settled

    def navigation(self, agent: Agent) -> NavigationGrid:
        """Where the agent can stand in the loaded house. Raises ValueError when nowhere."""
        return grid_from_house(self._loaded(), agent)

    def render(self, pose: Pose, camera: Camera) -> Frame:
        """The loaded house from a pose; the same pose gives the same bits."""
        house = self._loaded()
        if self._shape is not None:  # only now: many houses are loaded and refused
            self._renderer.load(self._builder.mesh(house, self._shape, self._look))
            self._shape = None
        return self._renderer.render(pose, camera)

    def _loaded(self) -> House:
        if self._house is None:
            raise RuntimeError("load a house first")
        return self._house


def _source_digest() -> str:
    """Eight hex digits that change with any line of this package: shapes, light and shaders decide every pixel."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(path for path in folder.rglob("*") if path.suffix in _SOURCES):
        digest.update(f"{path.relative_to(folder).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:8]


def _start(choice: Literal["gl", "cpu"] | None) -> Renderer:
    refusals = []
    if choice != "cpu":
        try:
            return GlRenderer()
        except GlUnavailable as error:
            refusals.append(f"OpenGL: {error} (on Debian: apt-get install libegl1 libgl1-mesa-dri)")
    if choice != "gl":
        try:
            renderer = CpuRenderer()
        except ImportError as error:
            refusals.append(f"Embree: {error} (pip install embreex)")
        else:
            if refusals:
                _LOG.warning("rendering with %s, many times slower, because of %s", renderer.build, refusals[0])
            return renderer
    raise SimulatorUnavailable("the embedded simulator cannot start: " + "; ".join(refusals))
