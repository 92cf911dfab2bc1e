import subprocess

import pytest

from simsv_generation.simulators.embedded.assets.debian import (
    PackagesUnavailable,
    UnreadableArchive,
    download_packages,
    furniture_archives,
)
from tests.generation.simulators.assets.furniture_files import deb, furniture_deb, library


@pytest.mark.parametrize("compression", ["xz", "gz", "bz2"])
def test_libraries_inside_packages_and_bare_ones_are_found(compression):
    package = deb({"a/One.sh3f": library(), "a/program.jar": library(), "a/readme": b"no"}, compression)
    archives = furniture_archives([("x.deb", package), ("Other.sh3f", library())])
    assert list(archives) == ["One.sh3f", "Other.sh3f", "program.jar"]
    assert "ball/thing.obj" in archives["One.sh3f"].namelist()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.deb", b"", "no Debian package"),
        ("x.deb", b"<html>not found</html>", "no Debian package"),
        ("x.deb", b"!<arch>\n", "no data.tar"),
        ("x.deb", furniture_deb()[:400], "cannot be read"),
        ("x.deb", deb({"usr/readme": b""}), "holds no furniture"),
        ("x.sh3f", b"PK but not really", "cannot be read"),
        ("x.sh3f", library()[:-30], "cannot be read"),
        ("ünïcode 家.sh3f", b"", "ünïcode 家.sh3f"),
    ],
)
def test_what_is_no_furniture_is_refused_by_name(name, content, says):
    with pytest.raises(UnreadableArchive, match=says) as error:
        furniture_archives([(name, content)])
    assert name in str(error.value)


def test_without_apt_get_there_are_no_packages(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PackagesUnavailable, match="no apt-get"):
        download_packages()


def test_what_apt_get_says_is_passed_on(monkeypatch, tmp_path):
    stand_in = tmp_path / "apt-get"
    stand_in.write_text("#!/bin/sh\necho 'W: hm' >&2\necho 'E: Unable to locate package sweethome3d' >&2\nexit 100\n")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(PackagesUnavailable, match=r"Unable to locate package sweethome3d$"):
        download_packages()


def test_packages_are_read_and_nothing_is_left(monkeypatch, tmp_path):
    stand_in = tmp_path / "apt-get"
    stand_in.write_text("#!/bin/sh\nprintf two > sweethome3d_2.deb\nprintf one > sweethome3d-furniture_1.deb\n")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    assert download_packages() == [("sweethome3d-furniture_1.deb", b"one"), ("sweethome3d_2.deb", b"two")]
    assert list(temporary.iterdir()) == []


def test_a_download_that_hangs_ends(monkeypatch):
    def hang(*arguments, timeout, **options):
        raise subprocess.TimeoutExpired("apt-get", timeout)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(PackagesUnavailable, match="longer than"):
        download_packages()
