"""How fast questions stream from a Hub, and what a row costs: `python -m tests.benchmarks.bench_stream`."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq
from huggingface_hub import HfApi, constants
from huggingface_hub.utils.tqdm import disable_progress_bars

from simsv_dataset.mixtures import MIXTURES
from simsv_generation.build import Choice, build
from simsv_generation.config import canonical_json
from simsv_generation.questions.asking import QuestionsConfig, ask_episode
from simsv_generation.store import RunRecord, RunStore
from simsv_hub.publish import publish
from tests.benchmarks.dense_episode import dense_episode
from tests.hub.server import LoopbackHub
from tests.runs import write_video

_EPISODES = 12
_QUESTIONS = QuestionsConfig(per_episode=400, attempts=4000)
_TYPES = MIXTURES[0].weights.keys()
_CLIENT = """
import json, sys, time
from datasets import load_dataset
rows = iter(load_dataset("org/simsv", "3q", split="train", streaming=True))
next(rows)
started, count = time.perf_counter(), sum(1 for _ in rows)
print(json.dumps([count, time.perf_counter() - started]))
"""


def run() -> list[dict[str, object]]:
    """Rows of `3q` over seconds, by `datasets` alone in a process of its own; and bytes of Parquet a row."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        release = _release(folder)
        with LoopbackHub() as hub:
            disable_progress_bars()
            # The loopback Hub knows nothing of Xet.
            constants.HF_HUB_DISABLE_XET = True
            publish(release, "org/simsv", HfApi(endpoint=hub.url, token=hub.token), tag="v1")
            hub.requests.clear()
            done = subprocess.run(
                [sys.executable, "-c", _CLIENT],
                env={**os.environ, **hub.environment, "HF_HOME": str(folder / "home")},
                capture_output=True,
                text=True,
                check=True,
            )
            sent = sum(request.num_bytes for request in hub.requests)
        count, seconds = json.loads(done.stdout)
        table = pq.read_metadata(release / "3q" / "train-00000.parquet")
        columns = [
            group.column(k)
            for group in map(table.row_group, range(table.num_row_groups))
            for k in range(group.num_columns)
        ]
        size = sum(column.total_compressed_size for column in columns if column.path_in_schema != "rationale")
        whole = sum(column.total_compressed_size for column in columns)
    return [
        {
            "name": "stream_rows_per_s",
            "value": count / seconds,
            "unit": "rows per second",
            "limit": 5000.0,
            "detail": f"{count} rows of 3q over loopback, by datasets alone; {sent / 1e6:.2f} MB were sent",
        },
        {
            "name": "question_row_bytes",
            "value": size / table.num_rows,
            "unit": "bytes of Parquet a row",
            "limit": 200.0,
            "detail": f"without the rationale, {whole / table.num_rows:.0f} with it; {table.num_rows} rows of 3q",
        },
    ]


def _release(folder: Path) -> Path:
    """A release of synthetic walks with real questions, of the types of `3q`; its videos are of other walks."""
    with RunStore.writing(folder / "run", RunRecord({"seed": 0}, {}, {})) as store:
        for seed in range(_EPISODES):
            episode = dense_episode(seed)
            with store.begin(episode.episode_id) as draft:
                write_video(draft / "video.mp4")
                store.commit(draft, episode, ())
            questions, _ = ask_episode(episode, _QUESTIONS, 0)
            content = {
                "config": asdict(_QUESTIONS),
                "questions": [asdict(question) for question in questions if question.question_type in _TYPES],
                "rejections": {},
            }
            path = store.questions_path(episode.episode_id)
            path.parent.mkdir(exist_ok=True)
            path.write_text(canonical_json(content))
    build(RunStore.open(folder / "run"), folder / "simsv", Choice(as_asked=True))
    return folder / "simsv"


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
