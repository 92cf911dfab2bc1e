"""A run of one walk, and its release, recorded in the fake world with every modality; in this process."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from simsv_generation.build import build
from simsv_generation.config import extent, identity
from simsv_generation.config import load as load_config
from simsv_generation.generate import GenerateConfig
from simsv_generation.generate.configuration import HouseTask, ModalitiesConfig
from simsv_generation.generate.recorder import HouseRecorder
from simsv_generation.houses import HOUSE_SOURCES
from simsv_generation.questions.sightings import Thresholds
from simsv_generation.simulators import SIMULATORS
from simsv_generation.store import RunRecord, RunStore
from tests.generation.fake_world import CONFIG
from tests.runs import write_questions

ALL = ModalitiesConfig(depth=True, instance=True, semantic=True, edge=True)
WALK = "fake-train-000000-w0"


def know_the_fake_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HOUSE_SOURCES, "fake", "tests.generation.fake_world:FakeHouses")
    monkeypatch.setitem(SIMULATORS, "fake", "tests.generation.fake_world:FakeSimulator")


def record(folder: Path, modalities: ModalitiesConfig = ALL) -> RunStore:
    """A run in `folder / "run"`; the fake world must be known. Nothing is asked about its walk."""
    (folder / "fake.yaml").write_text(CONFIG)
    config = replace(load_config(GenerateConfig, str(folder / "fake.yaml")), modalities=modalities)
    with (
        RunStore.writing(folder / "run", RunRecord(identity(config), {}, extent(config))) as store,
        HouseRecorder(config, store.root) as recorder,
    ):
        assert recorder(HouseTask("fake", "train", 0)) is None
    write_questions(store, WALK, [], config={"thresholds": asdict(Thresholds())}, rejections={})
    return RunStore.open(store.root)


def release(folder: Path, modalities: ModalitiesConfig = ALL) -> Path:
    """The release of such a run, in `folder / "simsv"`."""
    build(record(folder, modalities), folder / "simsv")
    return folder / "simsv"
