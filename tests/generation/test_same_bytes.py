"""Questions and their curation do not depend on hashing, on the processor's vector units, or on the order of houses."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.dense_episode import dense_episode

SCRIPT = """
import json, pickle, sys
from pathlib import Path
from hashlib import sha256
from dataclasses import asdict
from simsv_dataset.taxonomy import QUESTION_TYPES
from simsv_generation.quality import curate
from simsv_generation.questions.asking import QuestionsConfig, ask_episode

asked = []
for path in map(Path, sys.argv[1:]):
    episode = pickle.loads(path.read_bytes())
    questions, refusals = ask_episode(episode, QuestionsConfig(), 3)
    asked.append((episode.episode_id, [asdict(question) for question in questions], refusals))
asked.sort()
rows = {}
for _, questions, _ in asked:
    for row in questions:
        rows.setdefault(row["question_type"], []).append({**row, "numeric_options": None})
digest = sha256(json.dumps(asked).encode())
for question_type in QUESTION_TYPES:
    if question_type.name in rows:
        ordered = sorted(rows[question_type.name], key=lambda row: sha256(row["id"].encode()).digest())
        curated = curate(question_type, {"train": ordered}, 3, as_asked=False)
        told = [curated.rows, curated.dropped, {form: asdict(record) for form, record in curated.blind.items()}]
        digest.update(json.dumps(told).encode())
        print(question_type.name, len(ordered), sum(map(len, curated.rows.values())), sorted(curated.blind))
print(digest.hexdigest())
"""
ROOT = Path(__file__).parents[2]
EPISODES = 14


def run(episodes: list[Path], **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *map(str, episodes)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.slow
def test_same_questions_whatever_the_machine_and_the_order(tmp_path: Path) -> None:
    # Made once: an episode is a record, and what made this one up may use the vector units as it likes.
    episodes = [tmp_path / str(seed) for seed in range(EPISODES)]
    for seed, path in enumerate(episodes):
        path.write_bytes(pickle.dumps(dense_episode(seed)))
    first = run(episodes, PYTHONHASHSEED="0")
    # Enough for forests to be grown, so that they are among what must be the same.
    assert any("'choice'" in line for line in first)
    assert any("'number'" in line for line in first)
    units = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
    assert run(episodes, PYTHONHASHSEED="1", NPY_DISABLE_CPU_FEATURES=" ".join(units)) == first
    assert run(episodes[::-1], PYTHONHASHSEED="random", OMP_NUM_THREADS="4") == first
