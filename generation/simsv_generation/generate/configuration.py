"""What a run is: which houses, which camera, which walks."""

from dataclasses import dataclass, field

from simsv_dataset.modalities import MODALITIES
from simsv_generation.camera import Camera
from simsv_generation.config import EXTENT
from simsv_generation.generate.variation import VariationConfig
from simsv_generation.houses import HOUSE_SOURCES
from simsv_generation.navigation import Agent
from simsv_generation.scene import Split
from simsv_generation.simulators import SIMULATORS
from simsv_generation.simulators.settings import EmbeddedSettings
from simsv_generation.store.ids import SPLITS, episode_ids, house_id
from simsv_generation.tour import TourConfig


@dataclass(frozen=True, slots=True)
class HousesConfig:
    """Where houses come from and how many are wanted; the counts may be changed in a run that exists."""

    source: str = "procthor"
    """Row of the table of house sources."""
    train: int = field(default=6, metadata=EXTENT)
    """Houses of the split train."""
    validation: int = field(default=1, metadata=EXTENT)
    """Houses of the split validation."""
    test: int = field(default=1, metadata=EXTENT)
    """Houses of the split test."""

    def __post_init__(self) -> None:
        if self.source not in HOUSE_SOURCES:
            raise ValueError(f"houses.source must be one of {', '.join(sorted(HOUSE_SOURCES))}, got {self.source!r}")
        for split in SPLITS:
            if not 0 <= self.wanted(split) <= 500_000:
                raise ValueError(f"houses.{split} must be between 0 and 500000, got {self.wanted(split)}")

    def wanted(self, split: Split) -> int:
        """Houses of a split."""
        count: int = getattr(self, split)
        return count


@dataclass(frozen=True, slots=True)
class CameraConfig:
    """The camera of the saved videos. The vertical field of view is the paper's (SIMS-V, arXiv 2511.04668)."""

    width: int = 384
    """Pixels rendered."""
    height: int = 224
    """Pixels rendered."""
    vertical_fov: float = 59.0
    """Degrees."""
    vertical_fov_jitter: float = 1.0
    """The field of view of an episode is drawn uniformly from `vertical_fov` plus or minus this, degrees."""
    crop: int = 0
    """Columns cut off on the left and as many on the right, in colour, depth and masks alike."""

    def __post_init__(self) -> None:
        for name in ("vertical_fov_jitter", "crop"):
            if getattr(self, name) < 0:
                raise ValueError(f"camera.{name} must not be negative, got {getattr(self, name)}")
        for fov in (self.vertical_fov - self.vertical_fov_jitter, self.vertical_fov + self.vertical_fov_jitter):
            Camera(self.width, self.height, fov).cropped(self.crop)


@dataclass(frozen=True, slots=True)
class ModalitiesConfig:
    """What is recorded beside the video of a walk, frame by frame; each costs disk and up to a tenth of the time."""

    depth: bool = False
    """Planar depth in millimetres, 16 bits, lossless."""
    instance: bool = False
    """What each pixel shows, as 16-bit ids of the house's objects, openings and surfaces, lossless."""
    semantic: bool = False
    """Its category, as 16-bit ids with a legend in the episode, lossless."""
    edge: bool = False
    """Outlines of all instances, white on black, as a video."""

    def chosen(self) -> tuple[str, ...]:
        """Names of those that are on, in the order of `simsv_dataset.modalities.MODALITIES`."""
        return tuple(name for name in MODALITIES if getattr(self, name))


@dataclass(frozen=True, slots=True)
class GenerateConfig:
    """The configuration of `simsv generate`."""

    seed: int = 0
    """Everything is drawn from this."""
    houses: HousesConfig = field(default_factory=HousesConfig)
    walks_per_house: int = 1
    """Episodes of each house."""
    simulator: str = "embedded"
    """Row of the table of simulators."""
    embedded: EmbeddedSettings = field(default_factory=EmbeddedSettings)
    camera: CameraConfig = field(default_factory=CameraConfig)
    agent: Agent = field(default_factory=Agent)
    tour: TourConfig = field(default_factory=TourConfig)
    variation: VariationConfig = field(default_factory=VariationConfig)
    modalities: ModalitiesConfig = field(default_factory=ModalitiesConfig)
    house_timeout: float = field(default=3600.0, metadata=EXTENT)
    """Seconds after which a worker is taken for hung, restarted, and its house tried again."""

    def __post_init__(self) -> None:
        if self.simulator not in SIMULATORS:
            raise ValueError(f"simulator must be one of {', '.join(sorted(SIMULATORS))}, got {self.simulator!r}")
        if not 1 <= self.walks_per_house <= 100:
            raise ValueError(f"walks_per_house must be between 1 and 100, got {self.walks_per_house}")
        positive = {
            "agent.radius": self.agent.radius,
            "agent.height": self.agent.height,
            "house_timeout": self.house_timeout,
        }
        for name, value in positive.items():
            if not value > 0:
                raise ValueError(f"{name} must be positive, got {value}")
        lowest, highest = (self.tour.camera_height + side * self.variation.camera_height for side in (-1, 1))
        if lowest <= 0 or highest > self.agent.height:
            raise ValueError(
                "tour.camera_height plus or minus variation.camera_height must lie between 0 and agent.height, "
                f"got {lowest:g} to {highest:g} m where the agent has {self.agent.height:g}"
            )


@dataclass(frozen=True, slots=True)
class HouseTask:
    """The unit of work: one house with all its episodes."""

    source: str
    split: Split
    ordinal: int

    @property
    def house_id(self) -> str:
        """The id that the source gives the house."""
        return house_id(self.source, self.split, self.ordinal)

    def episode_ids(self, walks: int) -> list[str]:
        """The ids of its episodes."""
        return episode_ids(self.house_id, walks)
