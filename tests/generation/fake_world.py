"""A house source and a simulator that take milliseconds, and a command line that knows them.

    python -m tests.generation.fake_world generate --config FILE --run RUN

`FAKE_FAULTS` makes things go wrong in a house: JSON of house id to a fault, see `_suffer`. `FAKE_MARKS` is a folder in
which a fault that happens once leaves its mark.
"""

import errno
import json
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from simsv_dataset import cli
from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import Frame, SimulatorInfo, StandIn
from simsv_generation.houses import HOUSE_SOURCES, HouseRefused
from simsv_generation.look import Look
from simsv_generation.navigation import Agent, NavigationGrid, grid_from_house
from simsv_generation.scene import House, Split
from simsv_generation.seeding import rng
from simsv_generation.simulators import SIMULATORS, SimulatorUnavailable
from simsv_generation.simulators.settings import EmbeddedSettings
from tests.episodes import make_object, make_two_rooms

if __name__ in ("__main__", "__mp_main__"):  # the command line and its spawned workers, never the tests themselves
    HOUSE_SOURCES["fake"] = "tests.generation.fake_world:FakeHouses"
    SIMULATORS["fake"] = "tests.generation.fake_world:FakeSimulator"

CONFIG = """
houses: {source: fake, train: 3, validation: 1, test: 1}
simulator: fake
camera: {width: 64, height: 48, crop: 2}
tour: {max_steps: 200, max_turn: 30.0, step: 0.5}
house_timeout: 60.0
"""


class FakeHouses:
    """Two rooms with a table somewhere. Every fourth house, from ordinal 1 on, is refused; there are 100 a split."""

    name = "fake"

    def house(self, seed: int, split: Split, ordinal: int) -> House:
        if ordinal >= 100:
            raise IndexError("there are 100 houses")
        if ordinal % 4 == 1:
            raise HouseRefused("fourth_house", f"ordinal {ordinal}")
        x, y = rng(seed, "fake", split, ordinal).uniform(1.0, 3.0, 2)
        house_id = f"fake-{split}-{ordinal:06d}"
        table = make_object("table", float(x), float(y), size=(0.4, 0.4, 0.7))
        return replace(make_two_rooms(table), house_id=house_id, source="fake", split=split)


class FakeSimulator:
    """Draws noise that depends on house, look and pose, and instances in vertical stripes; tables are stand-ins."""

    info = SimulatorInfo("fake", "1", "numpy")
    stand_ins = (StandIn("table", "", "a table is no fake"),)
    attributions = ("Nothing by Nobody, CC0 1.0, from nowhere",)

    def __init__(self, settings: EmbeddedSettings) -> None:
        pass

    @staticmethod
    def prepare(settings: EmbeddedSettings) -> EmbeddedSettings:
        print(f"prepared in {os.getpid()}", file=sys.stderr)
        return settings

    def __enter__(self) -> "FakeSimulator":
        if _faults().get("simulator") == "unavailable":
            raise SimulatorUnavailable("install nothing, this is a test")
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def load(self, house: House, look: Look) -> House:
        self._house, self._look = house, look
        _suffer(_faults().get(house.house_id, ""), house.house_id)
        return house

    def navigation(self, agent: Agent) -> NavigationGrid:
        return grid_from_house(self._house, agent)

    def render(self, pose: Pose, camera: Camera) -> Frame:
        if _faults().get("render") == "slow":
            time.sleep(0.02)
        light = rng(0, "light", self._house.house_id, repr((self._look, pose)))
        depth = rng(0, "depth", self._house.house_id, repr(pose))
        shape = (camera.height, camera.width)
        stripes = np.arange(camera.width) * len(self._house.instances()) // camera.width
        return Frame(
            rgb=light.integers(0, 256, (*shape, 3), dtype=np.uint8),
            depth=depth.uniform(1.0, 5.0, shape).astype(np.float32),
            instance_ids=np.broadcast_to(stripes, shape).astype(np.uint16),
        )


def _faults() -> dict[str, str]:
    faults: dict[str, str] = json.loads(os.environ.get("FAKE_FAULTS", "{}"))
    return faults


def _suffer(fault: str, house_id: str) -> None:
    mark = Path(os.environ.get("FAKE_MARKS", ""), house_id)
    match fault:
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "die once" if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            time.sleep(1000)
        case "raise":
            raise RuntimeError("the ceiling fell down")
        case "full disk":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


if __name__ == "__main__":
    sys.exit(cli.main())
