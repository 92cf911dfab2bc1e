"""How a command ends: exit codes that scripts can rely on, and the exception that carries one."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Process exit codes of every `simsv` command."""

    DONE = 0
    USAGE = 2
    """Bad arguments or configuration, or a folder that belongs to something else; the message names the field."""
    INCOMPLETE = 3
    FAILURES = 4
    SIMULATOR = 69
    DISK = 74
    LOCKED = 75
    INTERRUPTED = 130
    TERMINATED = 143


class CommandFailed(Exception):
    """A command cannot go on. The command line prints the message on one line and exits with the code."""

    def __init__(self, code: ExitCode, message: str) -> None:
        super().__init__(message)
        self.code = code
