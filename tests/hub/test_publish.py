"""A release reaches the Hub whole, once, or not at all; what the Hub does is asked of it through its own client."""

import logging
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.manifest import check_files, list_files, read_manifest, relative_video, write_manifest
from simsv_hub.patience import TRIES
from simsv_hub.publish import publish
from tests.hub.server import Fault, LoopbackHub, Request
from tests.runs import flip, rows

REPO = "org/simsv"

# The client's own habit, in its upload of large files.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")


def snapshot(api: HfApi, revision: str, folder: Path) -> Path:
    """All files of a revision, as the client downloads them."""
    api.snapshot_download(REPO, repo_type="dataset", revision=revision, local_dir=folder)
    shutil.rmtree(folder / ".cache")
    (folder / ".gitattributes").unlink()
    return folder


def published_paths(release: Path) -> set[str]:
    """What a repository holds that has this release."""
    return {*list_files(release), "manifest.json", "contact_sheet.jpg", ".gitattributes"}


def num_files(release: Path) -> int:
    """Files of the published release."""
    return len(published_paths(release)) - 1


def is_published_once(hub: LoopbackHub, release: Path, tag: str = "v1") -> bool:
    """Main went from nothing to everything in one step, which has the tag, by one pull request."""
    repository = hub.repositories[REPO]
    last, first = repository.history()
    assert list(first.tree) == [".gitattributes"]
    assert set(last.tree) == published_paths(release)
    assert repository.tags == {tag: last.oid}
    assert [request.status for request in repository.pull_requests] == ["merged"]
    return True


@pytest.fixture
def copy(small_release: Path, tmp_path: Path) -> Path:
    shutil.copytree(small_release, tmp_path / "copy")
    return tmp_path / "copy"


def test_a_published_release_is_the_release(small_release: Path, hub: LoopbackHub, api: HfApi, tmp_path: Path) -> None:
    assert publish(small_release, REPO, api, tag="v1") == f"{REPO}@v1 is published: {num_files(small_release)} files"
    assert is_published_once(hub, small_release)
    there = snapshot(api, "v1", tmp_path / "there")
    ours, theirs = read_manifest(small_release), read_manifest(there)
    assert theirs.configs == ours.configs
    assert replace(theirs, files={}) == replace(ours, files={})
    same = {path for path in ours.files if ours.files[path] == theirs.files[path]}
    assert same == {path for path in ours.files if path.startswith("videos/")}
    assert check_files(there, theirs) == []
    for config in ("3q", "episodes"):
        for row, original in zip(rows(there, config, "test"), rows(small_release, config, "test"), strict=True):
            path = f"hf://datasets/{REPO}@v1/{relative_video(original['video']['path'])}"
            assert row == {**original, "video": {"bytes": None, "path": path}}


def test_a_second_time_changes_nothing(small_release: Path, hub: LoopbackHub, api: HfApi) -> None:
    publish(small_release, REPO, api, tag="v1")
    num_requests = len(hub.requests)
    assert (
        publish(small_release, REPO, api, tag="v1")
        == f"{REPO}@v1 is published already: {num_files(small_release)} files"
    )
    assert is_published_once(hub, small_release)
    changes = [request.path for request in hub.requests[num_requests:] if request.method != "GET"]
    assert changes == ["/api/repos/create"]


@pytest.mark.parametrize("offset", [0, 3, 7])
def test_a_tenth_of_the_requests_answered_with_503(
    small_release: Path, hub: LoopbackHub, api: HfApi, offset: int
) -> None:
    hub.fault = lambda request: Fault.REFUSED if request.number % 10 == offset else None
    publish(small_release, REPO, api, tag="v1")
    assert is_published_once(hub, small_release)


@pytest.mark.parametrize("fault", Fault)
def test_every_kind_of_request_fails_once(small_release: Path, hub: LoopbackHub, api: HfApi, fault: Fault) -> None:
    seen: Counter[str] = Counter()

    def first_of_its_kind(request: Request) -> Fault | None:
        seen[f"{request.method} {request.path}"] += 1
        return fault if seen[f"{request.method} {request.path}"] == 1 else None

    hub.fault = first_of_its_kind
    publish(small_release, REPO, api, tag="v1")
    assert is_published_once(hub, small_release)
    assert min(seen.values()) > 1 or fault is Fault.UNANSWERED


def test_large_files_are_sent_once(small_release: Path, hub: LoopbackHub, api: HfApi) -> None:
    """Even when the commit that names them fails."""
    commits = iter([Fault.REFUSED, Fault.UNANSWERED])
    hub.fault = lambda request: next(commits, None) if "/commit/" in request.path else None
    publish(small_release, REPO, api, tag="v1")
    sent = Counter(request.path for request in hub.requests if request.method == "PUT")
    tree = hub.repositories[REPO].head("main").tree
    large = Counter(entry.sha256 for entry in tree.values() if entry.sha256)
    assert {path.split("/")[2] for path in sent} == set(large)
    # The client sends equal files side by side.
    assert all(count <= large[path.split("/")[2]] for path, count in sent.items())
    assert is_published_once(hub, small_release)


def test_a_hub_that_stays_busy_ends_in_one_sentence(small_release: Path, hub: LoopbackHub, api: HfApi) -> None:
    hub.fault = lambda request: Fault.REFUSED
    with pytest.raises(
        CommandFailed, match=r"cannot create org/simsv now: the Hub answers 503.*again to go on"
    ) as failed:
        publish(small_release, REPO, api, tag="v1")
    assert failed.value.code == ExitCode.INCOMPLETE
    assert len(hub.requests) == TRIES


def test_a_hub_that_is_not_there(small_release: Path, hub: LoopbackHub, api: HfApi) -> None:
    nowhere = HfApi(endpoint="http://127.0.0.1:9", token=hub.token)
    with pytest.raises(CommandFailed, match="ConnectError") as failed:
        publish(small_release, REPO, nowhere, tag="v1")
    assert failed.value.code == ExitCode.INCOMPLETE


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda folder: flip(folder / "videos/test/000/test-test-000000-w0.mp4"), r"w0\.mp4 was changed"),
        (lambda folder: cut(folder / "3q/train-00000.parquet"), r"3q/train-00000\.parquet was changed"),
        (lambda folder: (folder / "3q/test-00000.parquet").unlink(), r"test-00000\.parquet is missing"),
        (lambda folder: (folder / "größe").touch(), "größe is not in the manifest"),
    ],
    ids=["a bit of a video", "a truncated table", "a table that is gone", "a file too many"],
)
def test_a_damaged_release_is_not_published(
    copy: Path, hub: LoopbackHub, api: HfApi, damage: Callable[[Path], None], told: str
) -> None:
    damage(copy)
    with pytest.raises(CommandFailed, match=f"is damaged: .*{told}") as failed:
        publish(copy, REPO, api, tag="v1")
    assert failed.value.code == ExitCode.FAILURES
    assert hub.requests == []


def test_rows_that_are_not_the_manifests_are_not_published(copy: Path, hub: LoopbackHub, api: HfApi) -> None:
    """Files as the manifest has them, and yet not the rows that it counts."""
    manifest = read_manifest(copy)
    wrong = replace(manifest.configs["3q"]["test"], sha256="0" * 64)
    write_manifest(copy, replace(manifest, configs={**manifest.configs, "3q": {"test": wrong}}))
    with pytest.raises(CommandFailed, match="has other rows than"):
        publish(copy, REPO, api, tag="v1")
    assert hub.requests == []


def test_what_is_no_release(tmp_path: Path, api: HfApi) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(CommandFailed, match=r"is not a release: it has no manifest\.json"):
            publish(folder, REPO, api)
    (tmp_path / "manifest.json").write_text('{"kind": "simsv release", "schema_version": 1}')
    with pytest.raises(CommandFailed, match="schema_version is 1, this software reads"):
        publish(tmp_path, REPO, api)


@pytest.mark.parametrize(
    "repo_id",
    [
        *("", "/", "simsv", "../simsv", "org/..", "org/../x", "a/b/c", "größe/simsv", "org/sims v", "org/simsv.git"),
        *("datasets/org/simsv", "org/-x", "org/x\n", "org/" + "x" * 97, "https://huggingface.co/org/simsv", "org/x--y"),
    ],
)
def test_names_that_no_data_set_has(small_release: Path, hub: LoopbackHub, api: HfApi, repo_id: str) -> None:
    with pytest.raises(CommandFailed, match="--repo-id must be ORG/NAME") as failed:
        publish(small_release, repo_id, api)
    assert failed.value.code == ExitCode.USAGE
    assert hub.requests == []


@pytest.mark.parametrize("tag", ["", "..", "v1/2", "v 1", "größe", "-v", "v" * 65, "v1..2"])
def test_tags_that_are_none(small_release: Path, hub: LoopbackHub, api: HfApi, tag: str) -> None:
    with pytest.raises(CommandFailed, match="--tag takes"):
        publish(small_release, REPO, api, tag=tag)
    assert hub.requests == []


def test_the_tag_is_the_version_unless_told(small_release: Path, hub: LoopbackHub, api: HfApi) -> None:
    publish(small_release, REPO, api)
    assert is_published_once(hub, small_release, f"v{read_manifest(small_release).simsv_version}")


@pytest.mark.parametrize(
    ("token", "told"), [("", "no token"), ("hf_se\ncret", "no token has"), ("hf_größe", "no token has")]
)
def test_tokens_that_are_none(
    small_release: Path, hub: LoopbackHub, api: HfApi, token: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simsv_hub.publish.get_token", lambda: None)
    with pytest.raises(CommandFailed, match=told) as failed:
        publish(small_release, REPO, HfApi(endpoint=hub.url, token=token))
    assert "cret" not in str(failed.value)
    assert "größe" not in str(failed.value)
    assert hub.requests == []


@pytest.mark.parametrize("fault", [None, *Fault])
def test_the_token_is_never_told(
    small_release: Path,
    hub: LoopbackHub,
    api: HfApi,
    fault: Fault | None,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    token = "hf_" + "secret" * 5
    hub.fault = lambda request: fault
    with pytest.raises(CommandFailed) as failed:
        publish(small_release, "elsewhere/simsv", HfApi(endpoint=hub.url, token=token))
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__
    assert "secret" not in f"{failed.value}{caplog.text}{capfd.readouterr()}"


def test_what_the_hub_refuses_is_told_in_its_words(small_release: Path, hub: LoopbackHub, api: HfApi) -> None:
    with pytest.raises(
        CommandFailed, match=r"cannot create elsewhere/simsv: the Hub answers 403.*don't have the rights"
    ):
        publish(small_release, "elsewhere/simsv", api)
    assert hub.repositories == {}


def test_private_means_private(small_release: Path, hub: LoopbackHub, api: HfApi) -> None:
    publish(small_release, REPO, api, tag="v1", private=True)
    assert api.dataset_info(REPO).private
    assert publish(small_release, REPO, api, tag="v1", private=True).endswith(
        f"already: {num_files(small_release)} files"
    )


def test_a_public_data_set_is_not_taken_for_a_private_one(small_release: Path, hub: LoopbackHub, api: HfApi) -> None:
    api.create_repo(REPO, repo_type="dataset")
    with pytest.raises(CommandFailed, match="it is public"):
        publish(small_release, REPO, api, private=True)
    assert len(hub.repositories[REPO].commits) == 1


def put(hub: LoopbackHub, path: str, content: bytes, revision: str = "main") -> None:
    """Somebody else's commit."""
    hub.repositories[REPO].commit(revision, [{"key": "file", "value": {"path": path, "content": content}}])


def test_a_data_set_of_something_else_is_left_alone(small_release: Path, hub: LoopbackHub, api: HfApi) -> None:
    api.create_repo(REPO, repo_type="dataset")
    put(hub, "precious.parquet", b"data")
    with pytest.raises(CommandFailed, match=r"holds something else, such as precious\.parquet"):
        publish(small_release, REPO, api)
    assert "precious.parquet" in hub.repositories[REPO].head("main").tree


def test_another_release_needs_another_tag_and_takes_the_place(
    small_release: Path, copy: Path, hub: LoopbackHub, api: HfApi, tmp_path: Path
) -> None:
    publish(small_release, REPO, api, tag="v1")
    manifest = read_manifest(copy)
    shutil.rmtree(copy / "object_abs_distance")
    files = {path: record for path, record in manifest.files.items() if not path.startswith("object_abs")}
    configs = {name: splits for name, splits in manifest.configs.items() if name != "object_abs_distance"}
    write_manifest(copy, replace(manifest, files=files, configs=configs))
    with pytest.raises(CommandFailed, match=r"org/simsv@v1 is another release already; give this one another --tag"):
        publish(copy, REPO, api, tag="v1")
    publish(copy, REPO, api, tag="v2")
    assert read_manifest(snapshot(api, "v1", tmp_path / "1")).configs == manifest.configs
    assert set(list_files(snapshot(api, "main", tmp_path / "2"))) == {*files, "contact_sheet.jpg"}
    assert [commit.title[:8] for commit in hub.repositories[REPO].history()] == ["simsv v2", "simsv v1", "initial "]


def test_what_others_put_into_the_pull_request_does_not_stay(small_release: Path, hub: LoopbackHub, api: HfApi) -> None:
    def meddle(request: Request) -> None:
        if request.path.endswith("/validate-yaml"):
            hub.fault = lambda request: None
            put(hub, "more.txt", b"x", "refs/pr/1")

    hub.fault = meddle
    publish(small_release, REPO, api, tag="v1")
    assert is_published_once(hub, small_release)


def test_what_others_put_on_main_meanwhile_is_noticed(small_release: Path, hub: LoopbackHub, api: HfApi) -> None:
    def meddle(request: Request) -> None:
        if request.path.endswith("/merge"):
            hub.fault = lambda request: None
            put(hub, "more.txt", b"x")

    hub.fault = meddle
    with pytest.raises(CommandFailed, match=r"1 do not belong there \(more\.txt\); nothing was tagged"):
        publish(small_release, REPO, api, tag="v1")
    assert hub.repositories[REPO].tags == {}


def test_a_conflict_is_told(small_release: Path, hub: LoopbackHub, api: HfApi) -> None:
    def meddle(request: Request) -> None:
        if request.path.endswith("/merge"):
            hub.fault = lambda request: None
            put(hub, "README.md", b"# mine")

    hub.fault = meddle
    with pytest.raises(CommandFailed, match="cannot merge pull request 1 of org/simsv: the Hub answers 409"):
        publish(small_release, REPO, api, tag="v1")
    assert set(hub.repositories[REPO].head("main").tree) == {".gitattributes", "README.md"}
    assert hub.repositories[REPO].tags == {}


def test_a_hub_that_loses_a_file_is_found_out_before_anything_is_merged(
    small_release: Path, hub: LoopbackHub, api: HfApi
) -> None:
    api.create_repo(REPO, repo_type="dataset")
    repository = hub.repositories[REPO]
    keep_all = repository.commit
    repository.commit = lambda revision, lines: keep_all(  # type: ignore[method-assign]
        revision, [line for line in lines if not line["value"].get("path", "").startswith("videos/test/")]
    )
    with pytest.raises(CommandFailed, match=r"refs/pr/1 is not the release: 1 files are missing.*w0\.mp4"):
        publish(small_release, REPO, api, tag="v1")
    assert list(repository.head("main").tree) == [".gitattributes"]
    assert repository.pull_requests[0].status == "draft"
