"""The command `simsv`: a table of commands, each a function imported only when it is called."""

import difflib
import importlib
import logging
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from simsv_dataset import __version__
from simsv_dataset.exits import CommandFailed, ExitCode

Main = Callable[[list[str]], int]


@dataclass(frozen=True, slots=True)
class Command:
    """A row of the table."""

    target: str
    """"module:function"; the function takes the arguments after the command's name and returns an exit code."""
    summary: str
    """One line for `simsv --help`."""
    extra: str
    """The extra of this distribution that installs what the command needs; empty when it needs none."""


COMMANDS: Final = {
    "demo": Command("simsv_generation.demo:main", "the whole way in one go: generate, ask, build", "generate"),
    "generate": Command("simsv_generation.generate:main", "houses to episodes: walk, render, annotate", "generate"),
    "ask": Command("simsv_generation.ask:main", "episodes to questions", "generate"),
    "build": Command("simsv_generation.build:main", "episodes and questions to a release", "generate"),
    "report": Command("simsv_dataset.report:main", "what a release holds and what can be guessed of it", ""),
    "score": Command("simsv_dataset.score_table:main", "what the predictions of a model are worth", ""),
    "verify": Command("simsv_generation.verify:main", "check a release against itself", "generate"),
    "assets": Command("simsv_generation.assets:main", "find or make the pack of furniture models", "generate"),
    "card": Command("simsv_hub.card:main", "write the full data set card of a release", "hub"),
    "publish": Command("simsv_hub.publish:main", "upload a release to the Hugging Face Hub", "hub"),
    "status": Command("simsv_generation.status:main", "what a run has done and what is left", "generate"),
}
ENTRY_POINTS: Final = "simsv.commands"
"""The entry-point group with which other distributions add commands."""
_OURS: Final = ("simsv_dataset", "simsv_generation", "simsv_hub")


def usage() -> str:
    """The text of `simsv --help`."""
    rows = {name: command.summary for name, command in COMMANDS.items()}
    rows |= {name: f"from {point.module}" for name, point in sorted(_outsiders().items())}
    width = max(map(len, rows))
    lines = [f"  {name:<{width}}  {summary}" for name, summary in rows.items()]
    return "\n".join(
        [
            "usage: simsv COMMAND [ARGUMENTS]",
            "",
            "Spatial questions about walks through simulated homes.",
            "",
            "commands:",
            *lines,
            "",
            "simsv COMMAND --help tells of one command; simsv --version of this installation.",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code (`ExitCode`).

    What is logged meanwhile is told on standard error. An unexpected exception is let through with its traceback. When
    the reader of our output goes away (`| head`), the code is 141, as for a program that SIGPIPE ends.
    """
    argv = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with _logs_told():
            code = _dispatch(argv)
        sys.stdout.flush()
    except CommandFailed as error:
        print(f"simsv {argv[0]}: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        print(f"simsv {argv[0]}: interrupted", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        if not _is_output_gone():
            raise
        return 128 + signal.SIGPIPE
    return code


def _dispatch(argv: list[str]) -> int:
    if not argv or argv[0] in ("-h", "--help"):
        print(usage(), file=sys.stdout if argv else sys.stderr)
        return ExitCode.DONE if argv else ExitCode.USAGE
    if argv[0] == "--version":
        print(f"simsv {__version__}")
        return ExitCode.DONE
    name, *rest = argv
    if name in COMMANDS:
        return _run(name, COMMANDS[name], rest)
    outsiders = _outsiders()
    if name not in outsiders:
        close = difflib.get_close_matches(name, [*COMMANDS, *outsiders], n=1)
        hint = f"did you mean {close[0]!r}?" if close else "simsv --help lists the commands"
        print(f"simsv: unknown command {name!r}; {hint}", file=sys.stderr)
        return ExitCode.USAGE
    outsider: Main = outsiders[name].load()
    return outsider(rest)


def _run(name: str, command: Command, argv: list[str]) -> int:
    """Raises CommandFailed when a package that the command needs is not installed."""
    module, function = command.target.split(":")
    try:
        run: Main = getattr(importlib.import_module(module), function)
        return run(argv)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in ("", *_OURS):
            raise
        raise CommandFailed(
            ExitCode.USAGE, f'needs the package {missing}, which is not here: pip install "simsv[{command.extra}]"'
        ) from error


@contextmanager
def _logs_told() -> Iterator[None]:
    """Print on standard error what is logged meanwhile by the logger "simsv", such as that a download takes a while."""
    log, handler = logging.getLogger("simsv"), logging.StreamHandler()
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.setLevel(level)
        log.removeHandler(handler)


def _outsiders() -> dict[str, EntryPoint]:
    """Commands of other distributions; a name of ours cannot be taken."""
    return {point.name: point for point in entry_points(group=ENTRY_POINTS) if point.name not in COMMANDS}


def _is_output_gone() -> bool:
    """Whether nobody reads our standard output any more; if so, it is pointed at nothing for the exit to be quiet."""
    output = sys.stdout.fileno()
    poll = select.poll()
    poll.register(output, 0)
    if not poll.poll(0):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), output)
    return True


if __name__ == "__main__":
    sys.exit(main())
