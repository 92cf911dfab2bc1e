"""What training does to a stream: share it out, stop and go on."""

import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

import simsv_dataset
from simsv_dataset.release import TableShape
from simsv_dataset.simsv import Simsv
from simsv_generation.build import Choice, build
from tests.runs import make_rows, make_walk, rows, write_questions, write_run

pytestmark = pytest.mark.usefixtures("datasets_cache", "no_sleep")

COUNT = 160
FORMS = ("load", "messages", "several", "builder", "filtered")


@pytest.fixture
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """`datasets` waits ten seconds for threads of an older Arrow whenever a shuffled stream ends."""
    monkeypatch.setattr("datasets.config.SLEEP_TIME_ON_THREADS_SHUTDOWN", 0)


@pytest.fixture(scope="module", params=[1, 8, 23], ids=["one file", "8 files", "23 files"])
def release(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """160 questions about two walks, in one file or several."""
    folder = tmp_path_factory.mktemp("stream")
    walks = [make_walk("train"), make_walk("train", walk=1)]
    store = write_run(folder / "run", walks, {})
    for walk in walks:
        write_questions(store, walk.episode_id, make_rows(walk, {"object_abs_distance": COUNT // 2}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simsv_dataset.release.QUESTION_SHAPE", TableShape(50, 0, request.param, COUNT))
        build(store, folder / "simsv", Choice(as_asked=True))
    return folder / "simsv"


def stream(release: Path, form: str) -> Any:
    """A fresh stream, as another process would open it."""
    name = "object_abs_distance"
    match form:
        case "load":
            return simsv_dataset.load(release, name, streaming=True)
        case "messages":
            return simsv_dataset.load(release, name, streaming=True, answer_style="mc")
        case "several":
            return simsv_dataset.load(
                release, name, streaming=True, answer_style="mc_letter", questions_per_conversation=5
            )
        case "builder":
            return Simsv(name, release=release).as_streaming_dataset("train")
        case _:
            return Simsv(name, release=release, num_rows=COUNT - 1, frame_budget=8).as_streaming_dataset("train")


def ids(of: Any) -> list[str]:
    return [row["id"] for row in of]


@pytest.mark.parametrize("world_size", [2, 4, 8])
@pytest.mark.parametrize("form", FORMS)
def test_ranks_get_equal_parts_and_no_row_twice(release: Path, form: str, world_size: int) -> None:
    from datasets.distributed import split_dataset_by_node

    whole = ids(stream(release, form))
    parts = [ids(split_dataset_by_node(stream(release, form), rank, world_size)) for rank in range(world_size)]
    assert sorted(name for part in parts for name in part) == sorted(whole)
    assert len(set(whole)) == len(whole)
    sizes = {len(part) for part in parts}
    # Files differ by a row, so parts differ by at most a row for each of their files.
    assert max(sizes) - min(sizes) <= 32 // world_size
    if form in ("load", "messages", "builder"):
        assert len(sizes) == 1


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_a_stopped_stream_goes_on_with_the_very_next_row(release: Path, form: str, shuffled: bool) -> None:
    def opened() -> Any:
        return stream(release, form).shuffle(seed=1, buffer_size=1) if shuffled else stream(release, form)

    whole = list(opened())
    for stop in (0, 1, len(whole) // 2, len(whole) - 1):
        first = opened()
        taken = list(islice(first, stop))
        state = json.loads(json.dumps(first.state_dict()))
        second = opened()
        second.load_state_dict(state)
        assert taken + list(second) == whole, stop


def test_a_rank_that_was_stopped_goes_on_too(release: Path) -> None:
    from datasets.distributed import split_dataset_by_node

    def opened() -> Any:
        return split_dataset_by_node(stream(release, "messages"), 1, 4)

    whole = list(opened())
    first = opened()
    taken = list(islice(first, 17))
    second = opened()
    second.load_state_dict(first.state_dict())
    assert taken + list(second) == whole


def test_a_shuffled_epoch_has_every_row_once_in_another_order(release: Path) -> None:
    shuffled = stream(release, "load").shuffle(seed=0, buffer_size=50)
    orders = [ids(shuffled)]
    shuffled.set_epoch(1)
    orders.append(ids(shuffled))
    whole = [row["id"] for row in rows(release, "object_abs_distance", "train")]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]) == sorted(whole)
