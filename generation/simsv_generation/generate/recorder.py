"""One house after the other, walked through, rendered, annotated and committed: what a worker process does."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation.annotate import Annotator, hash_frame
from simsv_generation.camera import Camera
from simsv_generation.episode import Episode, Trajectory
from simsv_generation.generate.configuration import GenerateConfig, HouseTask
from simsv_generation.houses import HouseRefused, open_house_source
from simsv_generation.navigation import NavigationGrid
from simsv_generation.scene import House
from simsv_generation.seeding import rng
from simsv_generation.simulators import SimulatorUnavailable, open_simulator
from simsv_generation.store import Refusal, RunStore
from simsv_generation.store.episode_files import VIDEO
from simsv_generation.store.files import disk_trouble
from simsv_generation.tour import TourRefused, plan_tour
from simsv_generation.video import VideoWriter

TOUR_DRAWS = 3
"""Tours drawn for one walk before its house is refused."""


@dataclass(frozen=True, slots=True)
class _Walk:
    """A tour that was planned, and why the ones drawn before it were refused."""

    trajectory: Trajectory
    refused_tours: tuple[str, ...]


class HouseRecorder:
    """Makes the episodes of houses. Owns a simulator while it is entered."""

    def __init__(self, config: GenerateConfig, run: Path) -> None:
        self._config = config
        self._store = RunStore.open(run)
        self._source = open_house_source(config.houses.source)
        self._simulator = open_simulator(config.simulator)

    def __enter__(self) -> Self:
        try:
            self._simulator.__enter__()
        except SimulatorUnavailable as error:
            raise CommandFailed(
                ExitCode.SIMULATOR, f"the simulator {self._config.simulator} cannot start: {error}"
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._simulator.__exit__(kind, error, trace)

    def __call__(self, task: HouseTask) -> Refusal | None:
        """Commit all episodes of a house that are not there yet; why there can be none, or None.

        No episode is rendered before all walks of the house are planned, so a refused house leaves none behind.

        Raises:
            CommandFailed: `DISK`, or `USAGE` when the source has no such ordinal.
            Exception: anything that went wrong with this house alone.
        """
        with disk_trouble(self._store.root):
            try:
                house = self._load(task)
                grid = self._grid(house)
                walks = [self._plan(house, grid, index) for index in range(self._config.walks_per_house)]
            except (HouseRefused, TourRefused) as refusal:
                return Refusal(refusal.reason, refusal.detail)
            for walk, episode_id in zip(walks, task.episode_ids(len(walks)), strict=True):
                if not self._store.has(episode_id):
                    self._record(house, walk, episode_id)
            return None

    def _load(self, task: HouseTask) -> House:
        try:
            house = self._source.house(self._config.seed, task.split, task.ordinal)
        except IndexError as error:
            raise CommandFailed(
                ExitCode.USAGE, f"houses.{task.split}: {task.source} has no house {task.ordinal}: {error}"
            ) from error
        if house.house_id != task.house_id:
            raise ValueError(f"{task.source} calls its house {task.ordinal} of {task.split} {house.house_id}")
        return self._simulator.load(house)

    def _grid(self, house: House) -> NavigationGrid:
        try:
            return self._simulator.navigation(self._config.agent)
        except ValueError as error:
            raise HouseRefused("no_reachable_position", str(error)) from error

    def _plan(self, house: House, grid: NavigationGrid, walk_index: int) -> _Walk:
        """The first acceptable of a few tours. Raises TourRefused for the last reason when there is none."""
        refused: list[str] = []
        while True:
            random = rng(self._config.seed, "tour", house.house_id, walk_index, len(refused))
            try:
                return _Walk(plan_tour(house, grid, self._config.tour, random, walk_index), tuple(refused))
            except TourRefused as refusal:
                refused.append(refusal.reason)
                if len(refused) == TOUR_DRAWS:
                    raise

    def _record(self, house: House, walk: _Walk, episode_id: str) -> None:
        settings = self._config.camera
        random = rng(self._config.seed, "camera", house.house_id, walk.trajectory.walk_index)
        jitter = float(random.uniform(-settings.vertical_fov_jitter, settings.vertical_fov_jitter))
        camera = Camera(settings.width, settings.height, settings.vertical_fov + jitter)
        saved = camera.cropped(settings.crop)
        annotator, hashes = Annotator(), []
        with self._store.begin(episode_id) as folder:
            with VideoWriter(folder / VIDEO, saved, self._config.tour.fps) as video:
                for step in walk.trajectory.steps:
                    frame = self._simulator.render(step.pose, camera).cropped(settings.crop)
                    video.write(frame.rgb)
                    annotator.add(step.index, frame)
                    hashes.append(hash_frame(frame))
            episode = Episode(
                episode_id=episode_id,
                house=house,
                camera=saved,
                fps=self._config.tour.fps,
                trajectory=walk.trajectory,
                visibility=annotator.visibility(),
                frame_hashes=tuple(hashes),
                simulator=self._simulator.info,
            )
            self._store.commit(folder, episode, walk.refused_tours)
