"""What a Hub keeps: data set repositories with commits, pull requests, tags and large files. Knows nothing of HTTP."""

import hashlib
import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MAIN = "refs/heads/main"
LARGE = (".mp4", ".mkv", ".parquet", ".tar", ".jpg", ".png")
"""Names that the Hub's own `.gitattributes` gives to LFS; so is every file of more than `LARGE_BYTES`."""
LARGE_BYTES = 10 << 20


class Refused(Exception):
    """The Hub says no: an HTTP status, the value of X-Error-Code (may be empty) and a sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a tree."""

    oid: str
    """Git's: of the content, or of the pointer of a large file."""
    size: int
    sha256: str | None
    """Of a large file."""


Tree = Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Commit:
    """A state of a repository."""

    oid: str
    parent: str | None
    title: str
    tree: Tree


@dataclass(slots=True)
class PullRequest:
    """A request, with the commit that it started from."""

    number: int
    title: str
    base: str
    status: Literal["draft", "open", "closed", "merged"] = "draft"
    merge_commit: str | None = None

    @property
    def ref(self) -> str:
        return f"refs/pr/{self.number}"


@dataclass
class Repository:
    """A data set repository, from its first commit on. Owns its history; blobs and large files belong to the Hub."""

    repo_id: str
    private: bool
    blobs: dict[str, bytes]
    large: dict[str, bytes]
    commits: dict[str, Commit] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    pull_requests: list[PullRequest] = field(default_factory=list)
    lock: Any = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        attributes = "".join(f"*{name} filter=lfs diff=lfs merge=lfs -text\n" for name in LARGE)
        self._commit(MAIN, None, "initial commit", {".gitattributes": self.blob(attributes.encode())})

    def blob(self, content: bytes) -> Entry:
        """Keep a small file."""
        oid = git_oid(content)
        self.blobs[oid] = content
        return Entry(oid, len(content), None)

    def head(self, revision: str) -> Commit:
        """The commit that a branch, a tag, a pull request's reference or a commit's own name stands for."""
        for name in (revision, f"refs/heads/{revision}"):
            if name in self.refs:
                return self.commits[self.refs[name]]
        oid = self.tags.get(revision, revision)
        if oid not in self.commits:
            raise Refused(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return self.commits[oid]

    def content(self, entry: Entry) -> bytes:
        return self.blobs[entry.oid] if entry.sha256 is None else self.large[entry.sha256]

    def history(self, revision: str = "main") -> list[Commit]:
        """Commits of a revision, the latest first."""
        commits = [self.head(revision)]
        while commits[-1].parent is not None:
            commits.append(self.commits[commits[-1].parent])
        return commits

    def commit(self, revision: str, lines: Iterable[Mapping[str, Any]]) -> Commit:
        """Do what the lines of a commit request say, all or nothing."""
        head = self.head(revision)
        ref = revision if revision in self.refs else f"refs/heads/{revision}"
        tree, title = dict(head.tree), ""
        for line in lines:
            value = line["value"]
            match line["key"]:
                case "header":
                    title = value["summary"]
                    if value.get("parentCommit", head.oid) != head.oid:
                        raise Refused(412, "", "A commit has happened since. Please refresh and try again.")
                case "file":
                    tree[value["path"]] = self.blob(value["content"])
                case "lfsFile":
                    content = self.large.get(value["oid"])
                    if content is None or len(content) != value["size"]:
                        raise Refused(400, "", f"LFS pointer points to a file that does not exist: {value['path']}")
                    tree[value["path"]] = large_entry(value["oid"], value["size"])
                case "deletedFile":
                    if tree.pop(value["path"], None) is None:
                        raise Refused(404, "EntryNotFound", "A file with this name doesn't exist")
                case other:
                    raise Refused(400, "", f"unknown operation {other}")
        return self._commit(ref, head, title, tree)

    def open_request(self, title: str) -> PullRequest:
        request = PullRequest(len(self.pull_requests) + 1, title, self.refs[MAIN])
        self.pull_requests.append(request)
        self.refs[request.ref] = request.base
        return request

    def request(self, number: int) -> PullRequest:
        if not 1 <= number <= len(self.pull_requests):
            raise Refused(404, "", "Discussion not found")
        return self.pull_requests[number - 1]

    def conflicts(self, request: PullRequest) -> list[str]:
        """Files that both the request and main have changed since the request began, differently."""
        if request.status == "merged":
            return []
        base, ours, theirs = (self.commits[oid].tree for oid in (request.base, self.refs[MAIN], self.refs[request.ref]))
        changed = (path for path in {*base, *theirs} if theirs.get(path) != base.get(path))
        return sorted(path for path in changed if ours.get(path) not in (base.get(path), theirs.get(path)))

    def merge(self, request: PullRequest) -> None:
        if request.status != "open":
            raise Refused(409, "", f"This pull request is {request.status}, it cannot be merged")
        if self.conflicts(request):
            raise Refused(409, "", "There are conflicts")
        base, theirs = self.commits[request.base].tree, self.commits[self.refs[request.ref]].tree
        main = self.head("main")
        tree = {path: entry for path, entry in main.tree.items() if path in theirs or path not in base}
        tree |= {path: entry for path, entry in theirs.items() if entry != base.get(path)}
        request.merge_commit = self._commit(MAIN, main, f"{request.title} (#{request.number})", tree).oid
        request.status = "merged"

    def tag(self, name: str, revision: str) -> None:
        if name in self.tags:
            raise Refused(409, "", "Tag reference exists already")
        self.tags[name] = self.head(revision).oid

    def _commit(self, ref: str, parent: Commit | None, title: str, tree: Tree) -> Commit:
        oids = {path: entry.oid for path, entry in sorted(tree.items())}
        name = json.dumps([self.repo_id, len(self.commits), title, oids]).encode()
        commit = Commit(hashlib.sha1(name).hexdigest(), parent.oid if parent else None, title, tree)
        self.commits[commit.oid] = commit
        self.refs[ref] = commit.oid
        return commit


def git_oid(content: bytes) -> str:
    """Name that git gives to a file."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def large_entry(sha256: str, size: int) -> Entry:
    """A large file, by the git name of its pointer."""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"
    return Entry(git_oid(pointer.encode()), size, sha256)
