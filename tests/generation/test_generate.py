import json
import os
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import av
import numpy as np
import pytest

from simsv_dataset.exits import ExitCode
from simsv_generation.annotate import hash_frame
from simsv_generation.camera import Camera, Pose
from simsv_generation.config import load as load_config
from simsv_generation.episode import Frame, Sensor
from simsv_generation.generate import GenerateConfig
from simsv_generation.generate.configuration import HouseTask
from simsv_generation.generate.recorder import HouseRecorder
from simsv_generation.houses import HOUSE_SOURCES
from simsv_generation.look import Look
from simsv_generation.scene import House
from simsv_generation.sensor import expose
from simsv_generation.simulators import SIMULATORS
from simsv_generation.store import RunRecord, RunStore
from tests.factories import PLAIN
from tests.generation.fake_world import CONFIG, FakeHouses, FakeSimulator

ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("FAKE_")}
MADE = [
    f"fake-{name}-w0" for name in ("test-000000", "train-000000", "train-000002", "train-000003", "validation-000000")
]


def started(
    run: Path, *flags: str, faults: dict[str, str] | None = None, command: str = "generate"
) -> subprocess.Popen[str]:
    """`simsv generate` of the fake world."""
    config = run.parent / f"{run.name}.yaml"
    config.write_text(CONFIG)
    marks = run.parent / f"{run.name}.marks"
    marks.mkdir(exist_ok=True)
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.generation.fake_world",
            command,
            "--config",
            str(config),
            "--run",
            str(run),
            *flags,
        ],
        env=ENVIRONMENT | {"FAKE_FAULTS": json.dumps(faults or {}), "FAKE_MARKS": str(marks)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def generated(
    run: Path, *flags: str, code: int = ExitCode.DONE, faults: dict[str, str] | None = None
) -> tuple[str, str]:
    """What it prints on standard output and standard error."""
    process = started(run, "--workers", "2", *flags, faults=faults)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    return out, err


def episodes(run: Path) -> dict[str, str]:
    """File to SHA-256, of all that is promised to be the same bytes."""
    files = sorted(path for folder in ("episodes", "refused") for path in (run / folder).rglob("*") if path.is_file())
    return {str(path.relative_to(run)): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nothing disturbed. Read only."""
    run = tmp_path_factory.mktemp("whole") / "run"
    generated(run)
    return run


def test_the_counts_end_the_output(whole: Path) -> None:
    out, err = generated(whole)
    assert out.startswith(
        "generate: 5 episodes; houses: train 3 of 3, validation 1 of 1, test 1 of 1; "
        "refused: 1 (fourth_house 1); failed: 0; "
    )
    assert err == ""


def test_refused_houses_are_replaced_by_the_next(whole: Path) -> None:
    store = RunStore.open(whole)
    assert store.episode_ids() == MADE
    assert list(store.refused()) == ["fake-train-000001"]
    assert all(store.verify_commit(episode_id) == [] for episode_id in MADE)
    assert not list((whole / "tmp").iterdir())


def test_the_simulator_is_prepared_once_and_by_the_parent(tmp_path: Path) -> None:
    process = started(tmp_path / "run", "--workers", "3")
    _, err = process.communicate(timeout=60)
    assert [line for line in err.splitlines() if "prepared" in line] == [f"prepared in {process.pid}"]
    _, err = generated(tmp_path / "run")
    assert "prepared" not in err  # there is nothing to make


def test_an_episode_is_what_the_simulator_showed(whole: Path) -> None:
    episode = RunStore.open(whole).read_episode("fake-train-000002-w0")
    assert episode.house == FakeHouses().house(0, "train", 2)
    assert (episode.camera.width, episode.camera.height) == (60, 48)
    assert 58.0 <= episode.camera.vertical_fov <= 60.0
    assert episode.stand_ins == FakeSimulator.stand_ins
    assert episode.attributions == FakeSimulator.attributions
    assert episode.sensor == Sensor()
    simulator = FakeSimulator(PLAIN)
    simulator.load(episode.house, episode.look)
    with av.open(str(RunStore.open(whole).video_path(episode.episode_id))) as container:
        images = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(images) == len(episode.trajectory.steps) == len(episode.frame_hashes)
    for step, image, hashes in zip(episode.trajectory.steps, images, episode.frame_hashes, strict=True):
        frame = simulator.render(step.pose, Camera(64, 48, episode.camera.vertical_fov)).cropped(2)
        assert hash_frame(frame) == hashes
        assert image.shape == frame.rgb.shape
        shown = episode.visibility.frame_index == step.index
        np.testing.assert_array_equal(episode.visibility.instance[shown], np.unique(frame.instance_ids)[1:])


def test_camera_and_tour_differ_between_houses_and_walks(tmp_path: Path) -> None:
    generated(tmp_path / "run", "--walks_per_house", "2", "--houses.train", "2", "--houses.validation", "0")
    store = RunStore.open(tmp_path / "run")
    read = [store.read_episode(episode_id) for episode_id in store.episode_ids()]
    assert len(read) == 6
    assert len({episode.camera.vertical_fov for episode in read}) == 6
    assert len({episode.look for episode in read}) == 6
    assert len({episode.trajectory.steps[0].pose for episode in read}) == 6
    assert {episode.trajectory.walk_index for episode in read} == {0, 1}


def test_what_varies_is_recorded_and_shown_in_every_walk(tmp_path: Path) -> None:
    """Also that a second walk, whose light is another, is rendered in its own light."""
    varied = ("materials", "true"), ("exposure", "0.5"), ("camera_height", "0.2"), ("noise", "3"), ("motion_blur", "1")
    flags = [text for name, value in varied for text in (f"--variation.{name}", value)]
    generated(tmp_path / "run", *flags, "--walks_per_house", "2", "--houses.train", "1", "--houses.validation", "0")
    store = RunStore.open(tmp_path / "run")
    read = [store.read_episode(episode_id) for episode_id in store.episode_ids()]
    assert len({episode.look.material_seed for episode in read}) == len({episode.sensor for episode in read}) == 4
    heights = {step.pose.position[2] for episode in read for step in episode.trajectory.steps}
    assert len(heights) == 4
    assert all(1.3 <= height <= 1.7 for height in heights)
    simulator = FakeSimulator(PLAIN)
    for episode in read:
        simulator.load(episode.house, episode.look)
        camera = Camera(64, 48, episode.camera.vertical_fov)
        steps = episode.trajectory.steps

        def render(pose: Pose, camera: Camera = camera) -> Frame:
            return simulator.render(pose, camera).cropped(2)

        for index in (0, len(steps) - 1):
            frame = expose(render, steps, index, episode.sensor, 0, episode.episode_id)
            assert hash_frame(frame) == episode.frame_hashes[index]
            assert hash_frame(frame) != hash_frame(render(steps[index].pose))


def test_a_tour_does_not_depend_on_what_varies_in_colour(whole: Path, tmp_path: Path) -> None:
    flags = ("--variation.light", "false", "--variation.materials", "true", "--variation.noise", "3")
    generated(tmp_path / "run", *flags)
    for episode_id in MADE:
        mine, theirs = (RunStore.open(run).read_episode(episode_id) for run in (tmp_path / "run", whole))
        assert mine.trajectory == theirs.trajectory
        assert mine.look != theirs.look
        assert [hashes.depth for hashes in mine.frame_hashes] == [hashes.depth for hashes in theirs.frame_hashes]
        assert mine.frame_hashes != theirs.frame_hashes


def test_a_house_is_loaded_again_only_for_another_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HOUSE_SOURCES, "fake", "tests.generation.fake_world:FakeHouses")
    monkeypatch.setitem(SIMULATORS, "fake", "tests.generation.fake_world:FakeSimulator")
    loaded: list[Look] = []
    load = FakeSimulator.load

    def listen(self: FakeSimulator, house: House, look: Look) -> House:
        loaded.append(look)
        return load(self, house, look)

    monkeypatch.setattr(FakeSimulator, "load", listen)
    for light, number in ((False, 1), (True, 3)):
        loaded.clear()
        (tmp_path / "fake.yaml").write_text(f"{CONFIG}walks_per_house: 3\nvariation: {{light: {str(light).lower()}}}\n")
        config = load_config(GenerateConfig, str(tmp_path / "fake.yaml"))
        with (
            RunStore.writing(tmp_path / f"run {light}", RunRecord({}, {}, {})) as store,
            HouseRecorder(config, store.root) as recorder,
        ):
            assert recorder(HouseTask("fake", "train", 0)) is None
            assert len(store.episode_ids()) == 3
        assert len(loaded) == len(set(loaded)) == number


@pytest.mark.slow
def test_workers_order_and_hash_seeds_do_not_matter(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENVIRONMENT, "PYTHONHASHSEED", "7")
    process = started(tmp_path / "run", "--workers", "1", faults={"render": "slow"})
    process.communicate()
    assert process.returncode == 0
    assert episodes(tmp_path / "run") == episodes(whole)


@pytest.mark.slow
def test_a_run_grows_into_the_same_run(whole: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    generated(run, "--houses.train", "1", "--houses.test", "0")
    assert RunStore.open(run).episode_ids() == ["fake-train-000000-w0", "fake-validation-000000-w0"]
    generated(run)
    assert episodes(run) == episodes(whole)
    out, _ = generated(run, "--houses.train", "1")
    assert "5 episodes; houses: train 1 of 1" in out


def test_nothing_to_do_starts_nothing(whole: Path) -> None:
    code = """
import runpy, sys
try:
    runpy.run_module("tests.generation.fake_world", run_name="__main__")
except SystemExit as end:
    print(end.code, sorted({"pebble", "procthor", "moderngl", "embreex", "av"} & set(sys.modules)))
"""
    arguments = ["generate", "--config", str(whole.parent / "run.yaml"), "--run", str(whole)]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"


def test_another_seed_makes_other_episodes_and_needs_another_folder(whole: Path, tmp_path: Path) -> None:
    before = episodes(whole)
    _, err = generated(whole, "--seed", "1", "--tour.step", "0.4", code=ExitCode.USAGE)
    assert "seed: 1, not 0; tour.step: 0.4, not 0.5" in err
    assert episodes(whole) == before
    generated(tmp_path / "run", "--seed", "1")
    mine, theirs = episodes(tmp_path / "run"), episodes(whole)
    assert all(mine[name] != theirs[name] for name in theirs if name.endswith("steps.parquet"))


# Houses that go wrong


@pytest.mark.slow
def test_a_house_that_fails_is_told_with_its_stack_and_made_when_it_can_be(whole: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    faults = {"fake-train-000002": "raise", "fake-test-000000": "die"}
    out, _ = generated(run, code=ExitCode.FAILURES, faults=faults)
    assert "train 2 of 3, validation 1 of 1, test 0 of 1; refused: 1 (fourth_house 1); failed: 2" in out
    failed = RunStore.open(run).failed()
    assert list(failed) == ["fake-test-000000", "fake-train-000002"]
    assert failed["fake-train-000002"]["attempts"] == 1
    assert failed["fake-train-000002"]["detail"][0] == "RuntimeError: the ceiling fell down"
    assert failed["fake-test-000000"]["attempts"] == 3
    assert "SIGKILL" in failed["fake-test-000000"]["detail"][0]
    reproduce = failed["fake-train-000002"]["reproduce"].split()
    assert reproduce[:2] == ["simsv", "generate"]
    assert reproduce[-2:] == ["--house", "fake-train-000002"]

    out, _ = generated(run, *reproduce[-2:], code=ExitCode.FAILURES)
    assert "train 3 of 3" in out
    generated(run)
    assert RunStore.open(run).failed() == {}
    assert episodes(run) == episodes(whole)


def test_one_house_alone(whole: Path, tmp_path: Path) -> None:
    generated(tmp_path / "run", "--house", "fake-train-000000", code=ExitCode.INCOMPLETE)
    assert RunStore.open(tmp_path / "run").episode_ids() == ["fake-train-000000-w0"]
    _, err = generated(whole, "--house", "fake-train-000009", code=ExitCode.USAGE)
    assert "--house fake-train-000009: nothing to make" in err


def test_a_worker_that_dies_once_is_forgiven(whole: Path, tmp_path: Path) -> None:
    generated(tmp_path / "run", faults={"fake-train-000000": "die once"})
    assert episodes(tmp_path / "run") == episodes(whole)
    assert not list((tmp_path / "run" / "tmp").iterdir())
    lines = (tmp_path / "run" / "events.jsonl").read_text().splitlines()
    assert [json.loads(line)["kind"] for line in lines].count("retry") == 1


@pytest.mark.slow
def test_a_house_that_hangs_fails_alone(tmp_path: Path) -> None:
    run = tmp_path / "run"
    generated(run, "--house_timeout", "1.5", code=ExitCode.FAILURES, faults={"fake-test-000000": "hang"})
    [failure] = RunStore.open(run).failed().values()
    assert any("in _suffer" in line for line in failure["detail"])
    assert len(RunStore.open(run).episode_ids()) == 4


@pytest.mark.slow
def test_a_full_disk_is_nobodys_failure(whole: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    _, err = generated(run, code=ExitCode.DISK, faults={"fake-train-000002": "full disk"})
    assert "No space left on device" in err
    assert "Traceback" not in err
    assert RunStore.open(run).failed() == {}
    generated(run)
    assert episodes(run) == episodes(whole)


def test_a_simulator_that_cannot_start(tmp_path: Path) -> None:
    _, err = generated(tmp_path / "run", code=ExitCode.SIMULATOR, faults={"simulator": "unavailable"})
    assert "the simulator fake cannot start: install nothing, this is a test" in err
    assert RunStore.open(tmp_path / "run").failed() == {}


def test_a_configuration_that_no_house_can_meet(tmp_path: Path) -> None:
    _, err = generated(tmp_path / "run", "--agent.radius", "3.0", code=ExitCode.FAILURES)
    assert "houses of train were refused where 3 are wanted" in err
    reasons = {refusal.reason for refusal in RunStore.open(tmp_path / "run").refused().values()}
    assert reasons == {"no_reachable_position", "fourth_house"}


def test_a_tour_that_is_too_long_is_drawn_again_and_then_refused(tmp_path: Path) -> None:
    # First draws of these houses take 36 to 41 frames, and those of house 4 take 41 each.
    only_train = ("--houses.train", "4", "--houses.validation", "0", "--houses.test", "0")
    generated(tmp_path / "run", "--tour.max_steps", "36", *only_train)
    store = RunStore.open(tmp_path / "run")
    assert {store.refused_tours(episode_id) != [] for episode_id in store.episode_ids()} == {True, False}
    assert store.refused_tours("fake-train-000002-w0") == ["too_long", "too_long"]
    assert store.refused()["fake-train-000004"].reason == "too_long"


@pytest.mark.slow
def test_a_source_that_has_no_more_houses(tmp_path: Path) -> None:
    _, err = generated(tmp_path / "run", "--houses.train", "80", code=ExitCode.USAGE)
    assert "houses.train: fake has no house 100" in err


# Generators that go wrong


@pytest.mark.slow
def test_two_generators_at_once(tmp_path: Path) -> None:
    first = started(tmp_path / "run", faults={"render": "slow"})
    while not list(tmp_path.glob("run/events.jsonl")):
        time.sleep(0.05)
    _, err = generated(tmp_path / "run", code=ExitCode.LOCKED)
    assert f"process {first.pid} on" in err
    first.communicate()
    assert first.returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_says_how_to_go_on(whole: Path, tmp_path: Path, number: signal.Signals) -> None:
    process = started(tmp_path / "run", "--workers", "2", faults={"render": "slow"})
    while not list(tmp_path.glob("run/episodes/*/*")):
        time.sleep(0.05)
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 128 + number
    assert "the same command goes on from there" in err
    assert "Traceback" not in err
    assert not list((tmp_path / "run" / "tmp").iterdir())
    assert 0 < len(RunStore.open(tmp_path / "run").episode_ids()) < 5
    generated(tmp_path / "run")
    assert episodes(tmp_path / "run") == episodes(whole)


@pytest.mark.slow
def test_a_driver_that_is_killed_again_and_again(whole: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    for sign in ("run.json", "refused/*.json", "tmp/*/video.mp4", "episodes/*/*"):
        process = started(run, "--workers", "2", faults={"render": "slow"})
        while not list(run.glob(sign)):
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    generated(run)
    assert episodes(run) == episodes(whole)
    assert not list((run / "tmp").iterdir())


@pytest.mark.parametrize("workers", ["0", "-1", "two"])
def test_workers_that_cannot_be(tmp_path: Path, workers: str) -> None:
    _, err = generated(tmp_path / "run", "--workers", workers, code=ExitCode.USAGE)
    assert "--workers" in err
    assert not (tmp_path / "run").exists()
