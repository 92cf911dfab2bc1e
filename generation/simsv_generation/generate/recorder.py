"""One house after the other, walked through, rendered, annotated and committed: what a worker process does."""

from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation.annotate import Annotator, hash_frame
from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import Episode, Frame, Sensor, Trajectory
from simsv_generation.generate.configuration import GenerateConfig, HouseTask
from simsv_generation.generate.modality_writer import ModalityWriter
from simsv_generation.generate.variation import draw_camera_height, draw_look, draw_sensor
from simsv_generation.houses import HouseRefused, open_house_source
from simsv_generation.look import Look
from simsv_generation.navigation import NavigationGrid
from simsv_generation.scene import House
from simsv_generation.seeding import rng
from simsv_generation.sensor import expose
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
    """What was drawn for an episode: how the house looks, with what camera, and the tour."""

    look: Look
    camera: Camera
    """Before cropping."""
    sensor: Sensor
    trajectory: Trajectory
    refused_tours: tuple[str, ...]
    """Why the tours drawn before were refused."""


class HouseRecorder:
    """Makes the episodes of houses. Owns a simulator while it is entered."""

    def __init__(self, config: GenerateConfig, run: Path) -> None:
        self._config = config
        self._store = RunStore.open(run)
        self._source = open_house_source(config.houses.source)
        self._simulator = open_simulator(config.simulator, config.embedded)

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
                raw = self._house(task)
                looks = [self._look(raw, index) for index in range(self._config.walks_per_house)]
                house = self._simulator.load(raw, looks[0])
                grid = self._grid(house)
                walks = [self._plan(house, grid, look, index) for index, look in enumerate(looks)]
            except (HouseRefused, TourRefused) as refusal:
                return Refusal(refusal.reason, refusal.detail)
            shown = looks[0]
            for walk, episode_id in zip(walks, task.episode_ids(len(walks)), strict=True):
                if self._store.has(episode_id):
                    continue
                if walk.look != shown:
                    self._simulator.load(raw, walk.look)
                    shown = walk.look
                self._record(house, walk, episode_id)
            return None

    def _house(self, task: HouseTask) -> House:
        try:
            house = self._source.house(self._config.seed, task.split, task.ordinal)
        except IndexError as error:
            raise CommandFailed(
                ExitCode.USAGE, f"houses.{task.split}: {task.source} has no house {task.ordinal}: {error}"
            ) from error
        if house.house_id != task.house_id:
            raise ValueError(f"{task.source} calls its house {task.ordinal} of {task.split} {house.house_id}")
        return house

    def _look(self, house: House, walk_index: int) -> Look:
        return draw_look(house, self._config.variation, rng(self._config.seed, "look", house.house_id, walk_index))

    def _grid(self, house: House) -> NavigationGrid:
        try:
            return self._simulator.navigation(self._config.agent)
        except ValueError as error:
            raise HouseRefused("no_reachable_position", str(error)) from error

    def _plan(self, house: House, grid: NavigationGrid, look: Look, walk_index: int) -> _Walk:
        """The first acceptable of a few tours. Raises TourRefused for the last reason when there is none."""
        seed, settings, variation = self._config.seed, self._config.camera, self._config.variation
        random = rng(seed, "camera", house.house_id, walk_index)
        jitter = float(random.uniform(-settings.vertical_fov_jitter, settings.vertical_fov_jitter))
        camera = Camera(settings.width, settings.height, settings.vertical_fov + jitter)
        height = draw_camera_height(self._config.tour.camera_height, variation, random)
        sensor = draw_sensor(variation, rng(seed, "sensor", house.house_id, walk_index))
        tour = replace(self._config.tour, camera_height=height)
        refused: list[str] = []
        while True:
            random = rng(seed, "tour", house.house_id, walk_index, len(refused))
            try:
                trajectory = plan_tour(house, grid, tour, random, walk_index)
            except TourRefused as refusal:
                refused.append(refusal.reason)
                if len(refused) == TOUR_DRAWS:
                    raise
            else:
                return _Walk(look, camera, sensor, trajectory, tuple(refused))

    def _record(self, house: House, walk: _Walk, episode_id: str) -> None:
        crop, steps = self._config.camera.crop, walk.trajectory.steps
        saved = walk.camera.cropped(crop)
        annotator, hashes, modalities = Annotator(), [], self._config.modalities.chosen()

        def render(pose: Pose) -> Frame:
            return self._simulator.render(pose, walk.camera).cropped(crop)

        with self._store.begin(episode_id) as folder:
            with (
                VideoWriter(folder / VIDEO, saved, self._config.tour.fps) as video,
                ModalityWriter(folder, modalities, house, saved, self._config.tour.fps) as beside,
            ):
                for step in steps:
                    frame = expose(render, steps, step.index, walk.sensor, self._config.seed, episode_id)
                    video.write(frame.rgb)
                    beside.write(frame)
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
                look=walk.look,
                sensor=walk.sensor,
                stand_ins=self._simulator.stand_ins,
                attributions=self._simulator.attributions,
                modalities=modalities,
            )
            self._store.commit(folder, episode, walk.refused_tours)
