"""A data set repository on the Hub, by the few steps of publishing. Each can be done again without harm."""

from collections.abc import Sequence
from dataclasses import dataclass

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import RevisionNotFoundError
from huggingface_hub.hf_api import RepoFile

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_hub.patience import patiently
from simsv_hub.published import Files, differences

_FILES_PER_COMMIT = 100
"""What the Hub advises, and the most that has to be sent again after an interruption."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A data set `repo_id` of the Hub that `api` speaks to. All methods raise CommandFailed as `patiently` does."""

    api: HfApi
    repo_id: str

    def create(self, *, private: bool) -> None:
        """Make it unless it is there.

        Raises:
            CommandFailed: also with `USAGE` when it must be private and is there for all to see.
        """

        def step() -> bool:
            self.api.create_repo(self.repo_id, repo_type="dataset", private=private or None, exist_ok=True)
            return bool(self.api.dataset_info(self.repo_id).private)

        if not patiently(f"create {self.repo_id}", step) and private:
            raise CommandFailed(ExitCode.USAGE, f"{self.repo_id} is there already, and it is public")

    def files(self, revision: str) -> dict[str, RepoFile] | None:
        """Path to what a revision has there; None when there is no such revision."""

        def step() -> dict[str, RepoFile] | None:
            try:
                tree = self.api.list_repo_tree(self.repo_id, repo_type="dataset", revision=revision, recursive=True)
                return {entry.path: entry for entry in tree if isinstance(entry, RepoFile)}
            except RevisionNotFoundError:
                return None

        return patiently(f"list the files of {self.repo_id}", step)

    def pull_request(self, title: str) -> int:
        """The number of the first pull request of that title which is not closed; made when there is none."""

        def step() -> int:
            discussions = self.api.get_repo_discussions(self.repo_id, repo_type="dataset")
            found = [
                discussion.num
                for discussion in discussions
                if discussion.is_pull_request and discussion.title == title and discussion.status != "closed"
            ]
            return min(found) if found else self.api.create_pull_request(self.repo_id, title, repo_type="dataset").num

        return patiently(f"open a pull request in {self.repo_id}", step)

    def is_merged(self, number: int) -> bool:
        """Whether a pull request is merged."""

        def step() -> bool:
            return self.api.get_discussion_details(self.repo_id, number, repo_type="dataset").status == "merged"

        return patiently(f"look at pull request {number} of {self.repo_id}", step)

    def fill(self, number: int, files: Files) -> None:
        """Bring a pull request to hold these files and no others, sending only what it lacks."""
        revision, title = f"refs/pr/{number}", ""
        while True:

            def step() -> str:
                """Send the next files; returns what was sent, which is nothing when all is there."""
                wrong, surplus = differences(files, self.files(revision) or {})
                paths = [*wrong, *surplus][:_FILES_PER_COMMIT]
                if paths:
                    self._commit(revision, paths, files, f"{len(wrong) + len(surplus)} files to go")
                return " ".join(paths)

            # A Hub that takes files without keeping them must not keep us here for ever; the comparison will tell.
            sent = patiently(f"upload to {self.repo_id}", step)
            if sent in ("", title):
                return
            title = sent

    def _commit(self, revision: str, paths: Sequence[str], files: Files, title: str) -> None:
        operations = [
            CommitOperationAdd(path, files[path].path) if path in files else CommitOperationDelete(path)
            for path in paths
        ]
        self.api.create_commit(self.repo_id, operations, commit_message=title, repo_type="dataset", revision=revision)

    def merge(self, number: int) -> str:
        """Merge a pull request unless it is merged; the commit that did it."""

        def step() -> str:
            details = self.api.get_discussion_details(self.repo_id, number, repo_type="dataset")
            if details.status == "draft":
                self.api.change_discussion_status(self.repo_id, number, "open", repo_type="dataset")
            if details.status != "merged":
                self.api.merge_pull_request(self.repo_id, number, repo_type="dataset")
                details = self.api.get_discussion_details(self.repo_id, number, repo_type="dataset")
            return details.merge_commit_oid or "main"

        return patiently(f"merge pull request {number} of {self.repo_id}", step)

    def tag(self, name: str, revision: str) -> None:
        """Give a revision a name."""

        def step() -> None:
            self.api.create_tag(self.repo_id, tag=name, revision=revision, repo_type="dataset", exist_ok=True)

        patiently(f"tag {self.repo_id}", step)
