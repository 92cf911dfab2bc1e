"""`simsv assets`."""

import pytest

from simsv_dataset.cli import main
from simsv_dataset.exits import ExitCode
from simsv_generation.simulators.embedded.assets import debian
from simsv_generation.simulators.embedded.assets.debian import PackagesUnavailable
from tests.generation.simulators.assets.furniture_files import furniture_deb, library


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SIMSV_ASSETS", raising=False)

    def download():
        raise PackagesUnavailable("there is no apt-get on this machine")

    monkeypatch.setattr(debian, "download_packages", download)


@pytest.fixture
def package(tmp_path):
    path = tmp_path / "sweethome3d-furniture_1.8_all.deb"
    path.write_bytes(furniture_deb())
    return path


def test_a_pack_is_made_and_then_found(package, capsys):
    assert main(["assets", "--from", str(package)]) == ExitCode.DONE
    made = capsys.readouterr().out
    assert made.startswith("assets: 2 models for 2 types, 24 triangles, ")
    assert made.count("\n") == 1
    assert main(["assets"]) == ExitCode.DONE
    assert capsys.readouterr().out == made
    assert main(["assets", "--from", str(package)]) == ExitCode.DONE
    assert capsys.readouterr().out == made


def test_libraries_are_taken_as_they_are(tmp_path, capsys):
    path = tmp_path / "Small.sh3f"
    path.write_bytes(library())
    assert main(["assets", "--from", str(path)]) == ExitCode.DONE


def test_without_a_source_it_says_what_to_do(capsys):
    assert main(["assets"]) == ExitCode.INCOMPLETE
    said = capsys.readouterr().err
    assert "no apt-get" in said
    assert "simsv assets --from" in said


@pytest.mark.parametrize("content", [None, b"", b"nonsense", library()])
def test_a_file_that_is_no_package_is_named(tmp_path, capsys, content):
    path = tmp_path / "other.deb"
    if content is not None:
        path.write_bytes(content)
    assert main(["assets", "--from", str(path)]) == ExitCode.USAGE
    assert "other.deb" in capsys.readouterr().err


def test_a_variable_that_names_no_pack_is_an_error(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("SIMSV_ASSETS", str(tmp_path))
    assert main(["assets"]) == ExitCode.USAGE
    assert "SIMSV_ASSETS" in capsys.readouterr().err


def test_a_full_disk_leaves_nothing(package, monkeypatch, tmp_path, capsys):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("simsv_generation.simulators.embedded.assets.pack.os.rename", full)
    assert main(["assets", "--from", str(package)]) == ExitCode.DISK
    assert not list((tmp_path / "cache" / "simsv" / "assets").glob("*-*"))
