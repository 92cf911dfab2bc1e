"""The answers of the loopback Hub: one function for every address that the clients know."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from typing import Any, Protocol
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import yaml

from tests.hub.repositories import LARGE, LARGE_BYTES, MAIN, Commit, PullRequest, Refused, Repository

DATE = "2026-01-01T00:00:00.000Z"


class Hub(Protocol):
    """What the answers need to know of the Hub that they are given for."""

    url: str
    store_url: str
    token: str
    page_size: int
    part_bytes: int
    repositories: dict[str, Repository]
    blobs: dict[str, bytes]
    large: dict[str, bytes]
    parts: dict[tuple[str, int], bytes]
    lock: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def as_json(value: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps(value).encode(), (("Content-Type", "application/json"), *headers.items()))


class Endpoint:
    """One request to a Hub. Raises Refused."""

    def __init__(self, hub: Hub, method: str, url: str, headers: Message, body: bytes) -> None:
        self.hub, self.method, self.headers, self.body = hub, method, headers, body
        self.path, self.query_text = urlsplit(url).path, urlsplit(url).query
        self.query = {name: values[-1] for name, values in parse_qs(self.query_text).items()}

    def answer(self) -> Answer:
        for method, pattern, function in ROUTES:
            match = pattern.fullmatch(self.path)
            if match and ("GET" if self.method == "HEAD" else self.method) == method:
                found = {name: unquote(value or "") for name, value in match.groupdict().items()}
                if "repo_id" not in found:
                    return function(self, **found)
                repository = self._repository(found.pop("repo_id"))
                if method == "POST" and function is not Endpoint.paths_info:
                    self._user()
                with repository.lock:
                    return function(self, repository, **found)
        raise Refused(404, "", f"Sorry, we can't find {self.method} {self.path}")

    def _is_known(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {self.hub.token}"

    def _user(self) -> None:
        if not self._is_known():
            raise Refused(401, "", "Invalid username or password.")

    def _stranger(self) -> None:
        """Where an address is its own permission, the true stores refuse a request that brings a second one."""
        if "Authorization" in self.headers:
            raise Refused(400, "", "Only one auth mechanism allowed")

    def _repository(self, repo_id: str) -> Repository:
        repository = self.hub.repositories.get(repo_id)
        if repository is None or (repository.private and not self._is_known()):
            raise Refused(404 if self._is_known() else 401, "RepoNotFound", "Repository not found")
        return repository

    # Accounts and repositories

    def whoami(self) -> Answer:
        self._user()
        orgs = [{"type": "org", "name": "org", "fullname": "org"}]
        token = {"type": "access_token", "accessToken": {"displayName": "test", "role": "write"}}
        return as_json({"type": "user", "id": "1", "name": "someone", "fullname": "S", "orgs": orgs, "auth": token})

    def create(self) -> Answer:
        self._user()
        wish = json.loads(self.body)
        owner = wish.get("organization") or "someone"
        if owner not in ("org", "someone"):
            raise Refused(403, "", f'You don\'t have the rights to create a dataset under the namespace "{owner}"')
        repo_id = f"{owner}/{wish['name']}"
        answer = {"url": f"{self.hub.url}/datasets/{repo_id}", "name": repo_id, "id": repo_id}
        with self.hub.lock:
            if repo_id in self.hub.repositories:
                return as_json({"error": "You already created this dataset repo", **answer}, 409)
            private = wish.get("visibility") == "private" or wish.get("private") is True
            self.hub.repositories[repo_id] = Repository(repo_id, private, self.hub.blobs, self.hub.large)
        return as_json(answer)

    def validate_yaml(self) -> Answer:
        content = json.loads(self.body)["content"]
        try:
            yaml.safe_load(content.split("---\n")[1] if content.startswith("---\n") else "")
        except yaml.YAMLError as error:
            return as_json({"errors": [{"message": str(error)}], "warnings": []}, 400)
        return as_json({"errors": [], "warnings": []})

    # What is there

    def info(self, repository: Repository, revision: str = "main") -> Answer:
        head = repository.head(revision or "main")
        return as_json(
            {"_id": "0" * 24, "id": repository.repo_id, "author": repository.repo_id.partition("/")[0], "sha": head.oid}
            | {"private": repository.private, "gated": False, "disabled": False, "downloads": 0, "likes": 0, "tags": []}
            | {"lastModified": DATE, "createdAt": DATE, "siblings": [{"rfilename": path} for path in sorted(head.tree)]}
        )

    def refs(self, repository: Repository) -> Answer:
        def listed(names: dict[str, str], prefix: str, start: str) -> list[dict[str, str]]:
            found = {name: oid for name, oid in names.items() if name.startswith(start)}
            return [
                {"name": name.removeprefix(start), "ref": prefix + name, "targetCommit": oid}
                for name, oid in found.items()
            ]

        answer = {"branches": listed(repository.refs, "", "refs/heads/"), "converts": []}
        answer["tags"] = listed(repository.tags, "refs/tags/", "")
        if self.query.get("include_prs"):
            answer["pullRequests"] = listed(repository.refs, "", "refs/pr/")
        return as_json(answer)

    def tree(self, repository: Repository, revision: str, folder: str) -> Answer:
        head = repository.head(revision)
        entries = [
            entry
            for entry in self._listing(head)
            if not folder or entry["path"].startswith(f"{folder}/")
            if self.query.get("recursive") == "true"
            or "/" not in entry["path"].removeprefix(f"{folder}/" * bool(folder))
        ]
        if folder and not entries:
            raise Refused(404, "EntryNotFound", f"{folder} does not exist on {revision}")
        start = int(self.query.get("cursor", 0))
        size = min(int(self.query.get("limit", self.hub.page_size)), self.hub.page_size)
        headers: dict[str, Any] = {}
        if start + size < len(entries):
            following = urlencode(self.query | {"cursor": str(start + size)})
            headers["Link"] = f'<{self.hub.url}{self.path}?{following}>; rel="next"'
        return as_json(entries[start : start + size], **headers)

    def paths_info(self, repository: Repository, revision: str) -> Answer:
        if "json" in self.headers.get("Content-Type", ""):
            paths = json.loads(self.body)["paths"]
        else:
            paths = parse_qs(self.body.decode()).get("paths", [])
        there = {entry["path"]: entry for entry in self._listing(repository.head(revision))}
        return as_json([there[path] for path in paths if path in there])

    def _listing(self, head: Commit) -> list[dict[str, Any]]:
        folders = {path[:end] for path in head.tree for end, letter in enumerate(path) if letter == "/"}
        listed: dict[str, dict[str, Any]] = {
            path: {"type": "directory", "oid": hashlib.sha1(path.encode()).hexdigest(), "size": 0} for path in folders
        }
        for path, entry in head.tree.items():
            listed[path] = {"type": "file", "oid": entry.oid, "size": entry.size}
            if entry.sha256:
                listed[path]["lfs"] = {"oid": entry.sha256, "size": entry.size, "pointerSize": 134}
        if self.query.get("expand") == "true":
            for entry_info in listed.values():
                entry_info["lastCommit"] = {"id": head.oid, "title": head.title, "date": DATE}
        return [{**listed[path], "path": path} for path in sorted(listed)]

    def resolve(self, repository: Repository, revision: str, path: str) -> Answer:
        head = repository.head(revision)
        if path not in head.tree:
            raise Refused(404, "EntryNotFound", "Entry not found")
        entry = head.tree[path]
        common = (("X-Repo-Commit", head.oid), ("Accept-Ranges", "bytes"))
        if entry.sha256 is None:
            return self._ranged(repository.content(entry), (*common, ("ETag", f'"{entry.oid}"')))
        linked = (("X-Linked-Size", str(entry.size)), ("X-Linked-ETag", f'"{entry.sha256}"'))
        place = f"{self.hub.store_url}/store/{entry.sha256}/{quote(path)}"
        return Answer(302, b"Found", (*common, *linked, ("ETag", f'"{entry.sha256}"'), ("Location", place)))

    def fetch(self, sha256: str, path: str) -> Answer:
        self._stranger()
        return self._ranged(self.hub.large[sha256], (("ETag", f'"{sha256}"'), ("Accept-Ranges", "bytes")))

    def _ranged(self, content: bytes, headers: tuple[tuple[str, str], ...]) -> Answer:
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if not match:
            return Answer(200, content, headers)
        first, last = match.groups()
        start = int(first) if first else max(0, len(content) - int(last))
        stop = min(len(content), int(last) + 1) if first and last else len(content)
        if start >= len(content):
            return Answer(416, b"", (("Content-Range", f"bytes */{len(content)}"),))
        told = ("Content-Range", f"bytes {start}-{stop - 1}/{len(content)}")
        return Answer(206, content[start:stop], (*headers, told))

    # Uploads

    def preupload(self, repository: Repository, revision: str) -> Answer:
        tree = repository.head(revision).tree
        files = []
        for file in json.loads(self.body)["files"]:
            there = tree.get(file["path"])
            mode = "lfs" if file["path"].endswith(LARGE) or file["size"] > LARGE_BYTES else "regular"
            oid = (there.sha256 or there.oid) if there else None
            files.append({"path": file["path"], "uploadMode": mode, "shouldIgnore": False, "oid": oid})
        return as_json({"files": files})

    def large_batch(self, repository: Repository) -> Answer:
        wish = json.loads(self.body)
        if wish.get("hash_algo") != "sha256" or wish["operation"] != "upload":
            raise Refused(422, "", "only uploads by SHA-256")
        objects = []
        for item in wish["objects"]:
            oid, size = item["oid"], item["size"]
            answer: dict[str, Any] = {"oid": oid, "size": size}
            if oid not in self.hub.large:
                upload: dict[str, Any] = {"href": f"{self.hub.store_url}/upload/{oid}?size={size}"}
                if size > self.hub.part_bytes:
                    count = -(-size // self.hub.part_bytes)
                    parts = {f"{k + 1:05d}": f"{self.hub.store_url}/upload/{oid}/{k + 1}" for k in range(count)}
                    upload = {"href": f"{self.hub.url}/complete/{oid}?size={size}"}
                    upload["header"] = {"chunk_size": str(self.hub.part_bytes), **parts}
                verify = {"href": f"{self.hub.url}/datasets/{repository.repo_id}/verify"}
                answer["actions"] = {"upload": upload, "verify": verify}
            objects.append(answer)
        return as_json({"transfer": "basic", "objects": objects})

    def upload(self, oid: str) -> Answer:
        self._stranger()
        return self._keep(oid, self.body)

    def upload_part(self, oid: str, number: str) -> Answer:
        self._stranger()
        self.hub.parts[oid, int(number)] = self.body
        return Answer(200, b"", (("ETag", f'"{hashlib.md5(self.body).hexdigest()}"'),))

    def complete(self, oid: str) -> Answer:
        parts = [(oid, part["partNumber"]) for part in json.loads(self.body)["parts"]]
        if any(part not in self.hub.parts for part in parts):
            raise Refused(400, "", "InvalidPart")
        return self._keep(oid, b"".join(self.hub.parts[part] for part in parts))

    def _keep(self, oid: str, content: bytes) -> Answer:
        if hashlib.sha256(content).hexdigest() != oid or len(content) != int(self.query["size"]):
            raise Refused(400, "", "BadDigest")
        self.hub.large[oid] = content
        return Answer()

    def verify(self, repository: Repository) -> Answer:
        wish = json.loads(self.body)
        if len(self.hub.large.get(wish["oid"], b"")) != wish["size"]:
            raise Refused(404, "", "Object was not uploaded")
        return as_json({"message": "Found"})

    def commit(self, repository: Repository, revision: str) -> Answer:
        lines = [json.loads(line) for line in self.body.splitlines()]
        for line in lines:
            if line["key"] == "file":
                line["value"]["content"] = base64.b64decode(line["value"]["content"], validate=True)
        commit = repository.commit(revision, lines)
        url = f"{self.hub.url}/datasets/{repository.repo_id}/commit/{commit.oid}"
        return as_json({"success": True, "commitOid": commit.oid, "commitUrl": url, "hookOutput": ""})

    def tag(self, repository: Repository, revision: str) -> Answer:
        repository.tag(json.loads(self.body)["tag"], revision)
        return Answer(201)

    # Pull requests

    def discussions(self, repository: Repository) -> Answer:
        size, page = self.hub.page_size, int(self.query.get("p", 0))
        wanted = {"open": ("draft", "open"), "closed": ("closed", "merged")}.get(self.query.get("status", ""))
        found = [request for request in repository.pull_requests[::-1] if not wanted or request.status in wanted]
        told = [self._told(repository, request) for request in found[page * size : (page + 1) * size]]
        return as_json({"discussions": told, "count": len(found), "start": page * size})

    def discuss(self, repository: Repository) -> Answer:
        wish = json.loads(self.body)
        if not wish["pullRequest"] or not 3 <= len(wish["title"]) <= 200:
            raise Refused(400, "", "only pull requests, with a title of 3 to 200 characters")
        return as_json({"num": repository.open_request(wish["title"]).number, "pullRequest": True})

    def discussion(self, repository: Repository, number: str) -> Answer:
        request = repository.request(int(number))
        changes = {"base": MAIN, "mergeCommitId": request.merge_commit}
        conflicts = repository.conflicts(request)
        told = self._told(repository, request)
        return as_json(told | {"events": [], "changes": changes, "filesWithConflicts": conflicts, "diff": ""})

    def set_status(self, repository: Repository, number: str) -> Answer:
        request, wish = repository.request(int(number)), json.loads(self.body)
        if request.status == "merged":
            raise Refused(409, "", "This pull request is merged")
        request.status = wish["status"]
        event = {"id": "1", "type": "status-change", "createdAt": DATE, "author": {"name": "someone"}}
        return as_json({"newStatus": {**event, "data": {"status": request.status}}})

    def merge(self, repository: Repository, number: str) -> Answer:
        repository.merge(repository.request(int(number)))
        return as_json({})

    def _told(self, repository: Repository, request: PullRequest) -> dict[str, Any]:
        repo = {"name": repository.repo_id, "type": "dataset"}
        told = {"num": request.number, "title": request.title, "status": request.status, "isPullRequest": True}
        return told | {"repo": repo, "author": {"name": "someone"}, "createdAt": DATE}


_REPO, _REVISION = r"(?P<repo_id>[^/]+/[^/]+)", r"(?P<revision>[^/]+)"
_API = f"/api/datasets/{_REPO}"
ROUTES: list[tuple[str, re.Pattern[str], Callable[..., Answer]]] = [
    (method, re.compile(pattern), function)
    for method, pattern, function in (
        ("GET", "/api/whoami-v2", Endpoint.whoami),
        ("POST", "/api/repos/create", Endpoint.create),
        ("POST", "/api/validate-yaml", Endpoint.validate_yaml),
        ("GET", _API, Endpoint.info),
        ("GET", f"{_API}/revision/{_REVISION}", Endpoint.info),
        ("GET", f"{_API}/refs", Endpoint.refs),
        ("GET", f"{_API}/tree/{_REVISION}(?:/(?P<folder>.*))?", Endpoint.tree),
        ("POST", f"{_API}/paths-info/{_REVISION}", Endpoint.paths_info),
        ("GET", f"/datasets/{_REPO}/resolve/{_REVISION}/(?P<path>.+)", Endpoint.resolve),
        ("GET", "/store/(?P<sha256>[0-9a-f]{64})/(?P<path>.+)", Endpoint.fetch),
        ("POST", f"{_API}/preupload/{_REVISION}", Endpoint.preupload),
        ("POST", rf"/datasets/{_REPO}\.git/info/lfs/objects/batch", Endpoint.large_batch),
        ("PUT", "/upload/(?P<oid>[0-9a-f]{64})", Endpoint.upload),
        ("PUT", r"/upload/(?P<oid>[0-9a-f]{64})/(?P<number>\d+)", Endpoint.upload_part),
        ("POST", "/complete/(?P<oid>[0-9a-f]{64})", Endpoint.complete),
        ("POST", f"/datasets/{_REPO}/verify", Endpoint.verify),
        ("POST", f"{_API}/commit/{_REVISION}", Endpoint.commit),
        ("POST", f"{_API}/tag/{_REVISION}", Endpoint.tag),
        ("GET", f"{_API}/discussions", Endpoint.discussions),
        ("POST", f"{_API}/discussions", Endpoint.discuss),
        ("GET", rf"{_API}/discussions/(?P<number>\d+)", Endpoint.discussion),
        ("POST", rf"{_API}/discussions/(?P<number>\d+)/status", Endpoint.set_status),
        ("POST", rf"{_API}/discussions/(?P<number>\d+)/merge", Endpoint.merge),
    )
]
