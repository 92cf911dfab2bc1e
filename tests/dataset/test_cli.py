"""The command line around the commands: help, errors, exit codes, commands of other distributions."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simsv_dataset import __version__, cli
from simsv_dataset.exits import ExitCode

HEAVY = {"ai2thor", "av", "datasets", "moderngl", "pandas", "procthor", "scipy", "torch", "trimesh"}


def run_cli(*arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`simsv ARGUMENTS` in a new interpreter that also finds what lies in `path`."""
    environment = os.environ | ({"PYTHONPATH": str(path)} if path else {})
    command = [sys.executable, "-m", "simsv_dataset.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Makes a command `example` of the source of a module."""

    def make(source: str, name: str = "example_command") -> None:
        (tmp_path / f"{name}.py").write_text(source)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, name, raising=False)
        monkeypatch.setitem(cli.COMMANDS, "example", cli.Command(f"{name}:main", "an example", "generate"))

    return make


def test_help_names_every_command(capsys):
    assert cli.main(["--help"]) == ExitCode.DONE
    text = capsys.readouterr().out
    for name, row in cli.COMMANDS.items():
        assert f"  {name} " in text
        assert row.summary in text


def test_no_command_is_a_usage_error(capsys):
    assert cli.main([]) == ExitCode.USAGE
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("usage: simsv COMMAND")


def test_version(capsys):
    assert cli.main(["--version"]) == ExitCode.DONE
    assert capsys.readouterr().out == f"simsv {__version__}\n"


@pytest.mark.parametrize(
    ("wrong", "hint"), [("generat", "did you mean 'generate'?"), ("xyzzy", "--help lists"), ("", "--help lists")]
)
def test_unknown_command(capsys, wrong, hint):
    assert cli.main([wrong]) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert error.startswith(f"simsv: unknown command {wrong!r}; ")
    assert hint in error
    assert error.count("\n") == 1


def test_command_gets_its_arguments_and_gives_the_code(command, capsys):
    command("def main(argv):\n    print(argv)\n    return 3\n")
    assert cli.main(["example", "--run", "a b"]) == ExitCode.INCOMPLETE
    assert capsys.readouterr().out == "['--run', 'a b']\n"


@pytest.mark.parametrize("source", ["import no_such_package.part\n", "def main(argv):\n    import no_such_package\n"])
def test_missing_package_names_the_extra(command, capsys, source):
    command(source)
    assert cli.main(["example"]) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert "no_such_package" in error
    assert 'pip install "simsv[generate]"' in error
    assert error.count("\n") == 1


def test_missing_module_of_ours_is_a_bug(command):
    command("import simsv_dataset.no_such_module\n")
    with pytest.raises(ModuleNotFoundError, match=r"simsv_dataset\.no_such_module"):
        cli.main(["example"])


def test_command_failed_is_one_line_and_its_code(command, capsys):
    command(
        "from simsv_dataset.exits import CommandFailed, ExitCode\n"
        "def main(argv):\n    raise CommandFailed(ExitCode.LOCKED, 'runs/x: another generator holds the lock')\n"
    )
    assert cli.main(["example"]) == ExitCode.LOCKED
    assert capsys.readouterr().err == "simsv example: runs/x: another generator holds the lock\n"


def test_interrupt(command, capsys):
    command("def main(argv):\n    raise KeyboardInterrupt\n")
    assert cli.main(["example"]) == ExitCode.INTERRUPTED
    assert capsys.readouterr().err == "simsv example: interrupted\n"


def test_unexpected_exception_keeps_its_traceback(command):
    command("def main(argv):\n    raise ZeroDivisionError('seven')\n")
    with pytest.raises(ZeroDivisionError, match="seven"):
        cli.main(["example"])


def test_broken_pipe_of_a_worker_is_not_ours_to_hide(command):
    command("def main(argv):\n    raise BrokenPipeError('a worker went away')\n")
    with pytest.raises(BrokenPipeError, match="a worker"):
        cli.main(["example"])


def test_reader_that_goes_away_ends_quietly(tmp_path):
    (tmp_path / "chatty.py").write_text("def main(argv):\n    while True:\n        print('line')\n")
    program = (
        "import sys; from simsv_dataset import cli\n"
        "cli.COMMANDS['chatty'] = cli.Command('chatty:main', '', '')\n"
        "sys.exit(cli.main(['chatty']))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "line\n"
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr:
        assert process.stderr.read() == ""
    assert process.wait() == 141


@pytest.fixture
def outsider(tmp_path):
    """A folder with another distribution in it that adds the command `hello`, and tries to take `demo`."""
    (tmp_path / "outsider.py").write_text("def main(argv):\n    print('hello', *argv)\n    return 4\n")
    information = tmp_path / "outsider-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: outsider\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[simsv.commands]\nhello = outsider:main\ndemo = outsider:main\n")
    return tmp_path


def test_command_of_another_distribution(outsider):
    done = run_cli("hello", "you", path=outsider)
    assert (done.returncode, done.stdout, done.stderr) == (4, "hello you\n", "")
    assert "hello     from outsider" in run_cli("--help", path=outsider).stdout
    assert "did you mean 'hello'?" in run_cli("hallo", path=outsider).stderr


def test_no_distribution_takes_a_name_of_ours(outsider):
    assert "hello" not in run_cli("demo", "--help", path=outsider).stdout


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_help_of_a_command_loads_nothing_heavy(name):
    program = (
        "import sys; from simsv_dataset import cli\n"
        "try:\n    code = cli.main(sys.argv[1:])\n"
        "except SystemExit as end:\n    code = end.code\n"
        f"print('heavy:', sorted({HEAVY} & set(sys.modules)))\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, name, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"usage: simsv {name}" in done.stdout
    assert done.stdout.endswith("heavy: []\n")


def test_what_is_logged_is_told_while_a_command_runs(monkeypatch, capsys):
    log = logging.getLogger("simsv")

    def dispatch(argv):
        log.info("fetching %d MB", 140)
        return ExitCode.DONE

    monkeypatch.setattr(cli, "_dispatch", dispatch)
    assert cli.main(["assets"]) == cli.main(["assets"]) == ExitCode.DONE
    assert capsys.readouterr().err == "fetching 140 MB\n" * 2
    assert not log.handlers
    assert not log.isEnabledFor(logging.INFO)
