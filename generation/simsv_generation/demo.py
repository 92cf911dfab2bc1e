"""`simsv demo`: generate, ask and build in one go, with a configuration that takes minutes."""

import argparse
import shlex
from dataclasses import asdict

import yaml

from simsv_dataset.exits import ExitCode


def main(argv: list[str]) -> int:
    """Run the command: the code of the first step that is not done, or `DONE`.

    Raises:
        CommandFailed: as the steps do.
    """
    parser = argparse.ArgumentParser(
        prog="simsv demo", description="Generate episodes, ask questions and build a release, in minutes."
    )
    parser.add_argument(
        "--config", default="demo", help="name of a packaged configuration, or a YAML file (%(default)s)"
    )
    parser.add_argument("--run", default="runs/demo", help="folder of the run (%(default)s)")
    parser.add_argument("--out", default="simsv", help="folder of the release (%(default)s)")
    parser.add_argument("--workers", type=int, help="worker processes (as many as simsv generate takes)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    arguments = parser.parse_args(argv)

    # Not before: they are three commands' worth of imports, which --help need not pay.
    from simsv_generation import ask, build, config, generate

    workers = [] if arguments.workers is None else ["--workers", str(arguments.workers)]
    steps = (
        ("generate", generate.main, ["--config", arguments.config, "--run", arguments.run, *workers]),
        ("ask", ask.main, ["--run", arguments.run]),
        ("build", build.main, ["--run", arguments.run, "--out", arguments.out]),
    )
    if arguments.dry_run:
        resolved = asdict(config.load(generate.GenerateConfig, arguments.config))
        print(f"# {arguments.config}", yaml.safe_dump(resolved, sort_keys=False), sep="\n", end="")
    for name, step, flags in steps:
        print("#" if arguments.dry_run else ">", "simsv", shlex.join([name, *flags]), flush=True)
        if not arguments.dry_run and (code := step(flags)) != ExitCode.DONE:
            return code
    if not arguments.dry_run:
        print(f"check it: simsv verify {shlex.quote(arguments.out)}")
        print(f'load it:  datasets.load_dataset("{arguments.out}", "3q", split="train")')
    return ExitCode.DONE
