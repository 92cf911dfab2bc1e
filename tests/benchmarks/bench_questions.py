"""How fast stored episodes are asked about."""

import tempfile
import time
from pathlib import Path

from simsv_generation.questions.asking import QuestionsConfig, ask_episode
from simsv_generation.store import RunStore
from tests.conftest import simsv


def run() -> list[dict[str, object]]:
    """Questions per CPU second over the rendered episodes of `tiny.yaml`, refused candidates included in the cost."""
    with tempfile.TemporaryDirectory() as folder:
        simsv("generate", "--config", "tiny", "--run", Path(folder) / "run")
        store = RunStore.open(Path(folder) / "run")
        episodes = [store.read_episode(episode_id) for episode_id in store.episode_ids()]
    start = time.process_time()
    asked = [ask_episode(episode, QuestionsConfig(), seed=0) for episode in episodes]
    seconds = time.process_time() - start
    questions = sum(len(found) for found, _ in asked)
    refused = sum(sum(reasons.values()) for _, refusals in asked for reasons in refusals.values())
    return [
        {
            "name": "questions_per_cpu_s",
            "value": questions / seconds,
            "unit": "questions per CPU second",
            "limit": None,
            "detail": f"{questions} questions of {len(episodes)} episodes, {refused} refusals, {seconds:.2f} CPU s",
        }
    ]
