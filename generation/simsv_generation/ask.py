"""`simsv ask`: questions about every episode of a run.

Asking reads stored episodes and nothing else, and takes a fraction of a second for each, so every call asks anew: the
same run, configuration and version give the same files.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation.config import canonical_json, describe, load
from simsv_generation.questions.asking import UNFIT, QuestionsConfig, ask_episode
from simsv_generation.store import RunStore
from simsv_generation.store.files import disk_trouble, write_atomically

CONFIG = "questions"
"""Packaged configuration that is used unless another is named."""


def main(argv: Sequence[str]) -> int:
    """Run the command. Raises CommandFailed."""
    parser = argparse.ArgumentParser(
        prog="simsv ask",
        description="Ask questions about every episode of a run; settings of the configuration are flags too.",
        epilog=describe(QuestionsConfig),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--run", type=Path, required=True, help="folder of a run")
    parser.add_argument("--config", default=CONFIG, help="questions, questions_paper, or a .yaml file [%(default)s]")
    arguments, settings = parser.parse_known_args(argv)
    config = load(QuestionsConfig, arguments.config, settings)
    ask(RunStore.open(arguments.run), config)
    return ExitCode.DONE


def ask(store: RunStore, config: QuestionsConfig) -> None:
    """Write `questions/<episode_id>.json` for every episode, and print what came of it.

    Raises:
        CommandFailed: `INCOMPLETE` when the run has no episode, `DISK` when the files cannot be written.
    """
    episode_ids = store.episode_ids()
    if not episode_ids:
        raise CommandFailed(ExitCode.INCOMPLETE, f"{store.root} has no episode yet; run simsv generate first")
    asked: Counter[str] = Counter()
    refused = 0
    with disk_trouble(store.root):
        store.questions_path(episode_ids[0]).parent.mkdir(exist_ok=True)
    for episode_id in episode_ids:
        questions, rejections = ask_episode(store.read_episode(episode_id), config, store.record.config["seed"])
        content = {
            "config": asdict(config),
            "questions": [asdict(question) for question in questions],
            "rejections": rejections,
        }
        with disk_trouble(store.root):
            write_atomically(store.questions_path(episode_id), f"{canonical_json(content)}\n".encode())
        asked.update(question.question_type for question in questions)
        refused += sum(sum(reasons.values()) for key, reasons in rejections.items() if key != UNFIT)
    for question_type, count in sorted(asked.items()):
        print(f"  {question_type}: {count}")
    print(f"asked {asked.total()} questions about {len(episode_ids)} episodes, refused {refused} candidates")
