"""`simsv publish`: a release goes to the Hugging Face Hub, all of it or nothing.

Everything is uploaded to a pull request. When what lies there is the release, file by file, it is merged, and the merge
is tagged: main never shows a part of a release. Each step looks at what is there before it acts, so the same command,
run again after any end, goes on where the last one stopped and does nothing twice.
"""

import argparse
import logging
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from huggingface_hub import HfApi, get_token
from huggingface_hub.utils.tqdm import disable_progress_bars

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.manifest import MANIFEST_NAME, Manifest, check_files, read_manifest
from simsv_hub.published import HUB_FILES, Files, differences, digest, write_published
from simsv_hub.repository import Repository

_log = logging.getLogger("simsv.publish")


def main(argv: Sequence[str]) -> int:
    """Run the command. Raises CommandFailed."""
    parser = argparse.ArgumentParser(
        prog="simsv publish",
        description="Upload a release to the Hugging Face Hub. The token is that of HF_TOKEN or of `hf auth login`.",
    )
    parser.add_argument("release", type=Path, help="folder of a release")
    parser.add_argument("--repo-id", required=True, metavar="ORG/NAME", help="data set on the Hub, made if need be")
    parser.add_argument("--private", action="store_true", help="make it a private one")
    parser.add_argument("--tag", metavar="TAG", help="name of this very release [v and the version that built it]")
    arguments = parser.parse_args(argv)
    if not sys.stderr.isatty():
        disable_progress_bars()
    print(publish(arguments.release, arguments.repo_id, HfApi(), tag=arguments.tag, private=arguments.private))
    return ExitCode.DONE


def publish(folder: Path, repo_id: str, api: HfApi, *, tag: str | None = None, private: bool = False) -> str:
    """Publish a release under a tag, or finish what an earlier call began.

    Args:
        folder: of the release.
        repo_id: ORG/NAME of the data set; it may hold earlier releases, and nothing else.
        api: speaks to the Hub.
        tag: for this release; `v` and the version of the software that built it when left out.
        private: whether the data set must be private.

    Returns:
        A line that says what was done.

    Raises:
        CommandFailed: `USAGE` for a name, a token or a folder that will not do and for a data set that holds something
            else; `FAILURES` for a damaged release or when the Hub refuses; `INCOMPLETE` when it stays out of reach.
        OSError: the disk refuses.
    """
    _check_repo_id(repo_id)
    _check_token(api.token if isinstance(api.token, str) else get_token())
    manifest = _read_whole(folder)
    tag = tag if tag is not None else f"v{manifest.simsv_version}"
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", tag) or ".." in tag:
        raise CommandFailed(ExitCode.USAGE, f"--tag takes up to 64 letters, digits, dots and hyphens, not {tag!r}")
    with TemporaryDirectory(prefix="simsv-publish-") as draft:
        try:
            files = write_published(folder, manifest, Path(draft), repo_id, tag)
        except ValueError as error:
            raise CommandFailed(ExitCode.FAILURES, str(error)) from error
        return _upload(files, Repository(api, repo_id), tag, private)


def _upload(files: Files, repository: Repository, tag: str, private: bool) -> str:
    name = f"{repository.repo_id}@{tag}"
    repository.create(private=private)
    tagged = repository.files(tag)
    if tagged is not None:
        if any(differences(files, tagged)):
            raise CommandFailed(ExitCode.USAGE, f"{name} is another release already; give this one another --tag")
        return f"{name} is published already: {len(files)} files"
    number = repository.pull_request(f"simsv {tag} {digest(files)[:16]}")
    if not repository.is_merged(number):
        _check_contents(repository)
        num_bytes = sum(file.record.num_bytes for file in files.values())
        _log.info("%s: %d files, %.1f MB, by pull request %d", name, len(files), num_bytes / 1e6, number)
        repository.fill(number, files)
        _compare(files, repository, f"refs/pr/{number}")
    commit = repository.merge(number)
    _compare(files, repository, commit)
    repository.tag(tag, commit)
    _compare(files, repository, tag)
    return f"{name} is published: {len(files)} files"


def _compare(files: Files, repository: Repository, revision: str) -> None:
    wrong, surplus = differences(files, repository.files(revision) or {})
    if wrong or surplus:
        shown = ", ".join([*wrong, *surplus][:3])
        raise CommandFailed(
            ExitCode.FAILURES,
            f"{repository.repo_id} at {revision} is not the release: {len(wrong)} files are missing or different, "
            f"{len(surplus)} do not belong there ({shown}); nothing was tagged",
        )


def _check_contents(repository: Repository) -> None:
    """A release replaces all that is on main, so that must be an earlier one, or nothing."""
    others = set(repository.files("main") or {}) - HUB_FILES - {"README.md"}
    if others and MANIFEST_NAME not in others:
        raise CommandFailed(
            ExitCode.USAGE, f"{repository.repo_id} holds something else, such as {min(others)}; take another --repo-id"
        )


def _check_repo_id(repo_id: str) -> None:
    part = r"(?!.*(--|\.\.))[A-Za-z0-9]([\w.-]*[A-Za-z0-9_])?"
    if not re.fullmatch(f"{part}/{part}", repo_id, re.ASCII) or len(repo_id) > 96 or repo_id.endswith(".git"):
        raise CommandFailed(
            ExitCode.USAGE,
            f"--repo-id must be ORG/NAME, of letters, digits, dots, hyphens and underscores, not {repo_id!r}",
        )


def _check_token(token: str | None) -> None:
    if not token:
        raise CommandFailed(ExitCode.USAGE, "no token of the Hub is here: set HF_TOKEN, or run `hf auth login` once")
    # HTTP libraries would quote the whole header in their error.
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise CommandFailed(ExitCode.USAGE, "the token of the Hub has a character that no token has; set HF_TOKEN anew")


def _read_whole(folder: Path) -> Manifest:
    try:
        manifest = read_manifest(folder)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CommandFailed(ExitCode.USAGE, f"{folder} is not a release: it has no {MANIFEST_NAME}") from error
    except ValueError as error:
        raise CommandFailed(ExitCode.USAGE, str(error)) from error
    if problems := check_files(folder, manifest):
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise CommandFailed(
            ExitCode.FAILURES, f"{folder} is damaged: {problems[0]}{more}; simsv verify {folder} lists all"
        )
    return manifest
