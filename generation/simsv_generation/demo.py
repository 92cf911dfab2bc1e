"""`simsv demo`: generate, ask and build in one go, with a configuration that takes minutes."""

import argparse
import shlex
from collections.abc import Callable, Sequence

import draccus

from simsv_dataset.exits import ExitCode
from simsv_generation import ask, build, generate
from simsv_generation.config import load
from simsv_generation.generate import GenerateConfig

Main = Callable[[Sequence[str]], int]


def main(argv: Sequence[str]) -> int:
    """Run the command: the code of the first step that is not done, or `DONE`. Raises CommandFailed."""
    parser = argparse.ArgumentParser(
        prog="simsv demo", description="Generate episodes, ask questions and build a release, in minutes."
    )
    parser.add_argument(
        "--config", default="demo", help="name of a packaged configuration, or a .yaml file [%(default)s]"
    )
    parser.add_argument("--run", default="runs/demo", help="folder for the episodes [%(default)s]")
    parser.add_argument("--out", default="simsv", help="folder for the release [%(default)s]")
    parser.add_argument("--workers", type=int, help="processes that render [as simsv generate]")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    arguments = parser.parse_args(argv)

    workers = [] if arguments.workers is None else ["--workers", str(arguments.workers)]
    steps: tuple[tuple[str, Main, list[str]], ...] = (
        ("generate", generate.main, ["--config", arguments.config, "--run", arguments.run, *workers]),
        ("ask", ask.main, ["--run", arguments.run]),
        ("build", build.main, ["--run", arguments.run, "--out", arguments.out]),
    )
    if arguments.dry_run:
        print(f"# configuration {arguments.config}")
        print(draccus.dump(load(GenerateConfig, arguments.config)).strip())
        print("# steps")
    for name, step, flags in steps:
        print("simsv", shlex.join([name, *flags]), flush=True)
        if not arguments.dry_run and (code := step(flags)) != ExitCode.DONE:
            return code
    if not arguments.dry_run:
        print(f"check it: simsv verify {shlex.quote(arguments.out)}")
        print(f'load it:  datasets.load_dataset("{arguments.out}", "3q", split="train")')
    return ExitCode.DONE
