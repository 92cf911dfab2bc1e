"""`simsv generate`: houses to episodes."""

import argparse
import os
import shlex
import time
from pathlib import Path

from simsv_generation import config
from simsv_generation.generate.configuration import GenerateConfig
from simsv_generation.generate.driver import generate

__all__ = ["GenerateConfig", "generate", "main"]


def main(argv: list[str]) -> int:
    """Make the episodes of a run that are missing.

    Raises:
        CommandFailed: see `generate` and `config.load`.
    """
    parser = argparse.ArgumentParser(
        prog="simsv generate",
        description="Walk through houses and record episodes. Run it again at any time: it does what is missing.",
        epilog=f"settings, each changed by --key value [default]:\n{config.describe(GenerateConfig)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--config", default="demo", help="name of a packaged configuration, or a YAML file (%(default)s)"
    )
    parser.add_argument("--run", type=Path, required=True, help="folder of the run")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="worker processes (%(default)s)")
    parser.add_argument("--house", default="", help="make this house only, such as procthor-train-000012")
    arguments, settings = parser.parse_known_args(argv)
    if arguments.workers < 1:
        parser.error(f"--workers must be at least 1, got {arguments.workers}")
    began = time.monotonic()
    command = ["simsv", "generate", "--config", arguments.config, "--run", str(arguments.run), *settings]
    summary = generate(
        config.load(GenerateConfig, arguments.config, settings),
        arguments.run,
        arguments.workers,
        shlex.join(command),
        arguments.house,
    )
    print(f"generate: {summary}; {time.monotonic() - began:.1f} s")
    return summary.exit_code
