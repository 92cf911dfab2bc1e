"""How fast stored episodes are asked about: `python -m tests.benchmarks.bench_questions`."""

import json
import tempfile
import time
from pathlib import Path

from simsv_generation.questions import GENERATORS
from simsv_generation.questions.asking import QuestionsConfig, ask_episode
from simsv_generation.store import RunRecord, RunStore
from tests.benchmarks.dense_episode import FRAMES, OBJECTS_A_FRAME, dense_episode

_EPISODES = 8
_LIMIT = 5000.0


def run() -> list[dict[str, object]]:
    """Accepted questions over all CPU seconds, of reading the episodes and of refused candidates too.

    The first figure is without rationales, the second is rationales over the CPU seconds that they add.
    """
    config = QuestionsConfig()
    with (
        tempfile.TemporaryDirectory() as folder,
        RunStore.writing(Path(folder) / "run", RunRecord({}, {}, {})) as store,
    ):
        for seed in range(_EPISODES + 1):
            episode = dense_episode(seed)
            with store.begin(episode.episode_id) as place:
                (place / "video.mp4").write_bytes(b"never decoded")
                store.commit(place, episode, ())
        warm_up, *names = store.episode_ids()
        ask_episode(store.read_episode(warm_up), config, seed=0)
        asked, reading, asking, explaining = [], 0.0, 0.0, 0.0
        # One after the other, as the command does.
        for name in names:
            started = time.process_time()
            episode = store.read_episode(name)
            read = time.process_time()
            asked.append(ask_episode(episode, config, seed=0, explain=False))
            plain = time.process_time()
            ask_episode(episode, config, seed=0)
            explained = time.process_time()
            reading, asking = reading + read - started, asking + plain - read
            explaining += (explained - plain) - (plain - read)
    questions = sum(len(found) for found, _ in asked)
    refused = sum(sum(reasons.values()) for _, refusals in asked for reasons in refusals.values())
    detail = f"{questions} questions of {len(GENERATORS)} types about {_EPISODES} synthetic episodes of {FRAMES} frames"
    return [
        {
            "name": "questions_per_cpu_s",
            "value": questions / (reading + asking),
            "unit": "questions per CPU second",
            "limit": _LIMIT,
            "detail": f"{detail} with {OBJECTS_A_FRAME} objects each, {refused} refusals; reading "
            f"{reading / _EPISODES * 1000:.0f} ms and asking {asking / _EPISODES * 1000:.0f} ms an episode",
        },
        {
            "name": "rationales_per_cpu_s",
            "value": questions / explaining,
            "unit": "rationales per CPU second",
            "limit": None,
            "detail": f"of the same {questions} questions, {explaining:.2f} CPU s more",
        },
    ]


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
