import io
import zipfile

import numpy as np
import pytest

from simsv_generation.simulators.embedded.assets.catalogue import read_catalogues
from tests.generation.simulators.assets.furniture_files import BALL, BOX, catalogue_text, library


def read(content):
    return read_catalogues({"a": zipfile.ZipFile(io.BytesIO(content))})


def test_a_row_becomes_a_model():
    models = read(library())
    assert list(models) == [BALL, BOX]
    ball = models[BALL]
    assert (ball.name, ball.author, ball.licence, ball.source) == ("Basketball", "Ann", "CC0 1.0", "Small catalogue")
    assert ball.size == pytest.approx((0.4, 0.2, 0.1))
    assert ball.path == "ball/thing.obj"


@pytest.mark.parametrize(
    ("stated", "short"),
    [
        ("Public domain", "CC0 1.0"),
        ("Creative Commons Attribution 3.0 license", "CC BY 3.0"),
        ("Creative Commons Attribution 3.0 Unported license  \xa9 Somebody", "CC BY 3.0"),
        ("Creative Commons Attribution 3.0 United States license", "CC BY 3.0 US"),
        ("GNU GPL / CC-BY 3.0  \xa9 eTeks", "CC BY 3.0"),
    ],
)
def test_free_licences_are_known(stated, short):
    assert {model.licence for model in read(library(catalogue_text(stated))).values()} == {short}


@pytest.mark.parametrize("stated", ["", "GNU GPL", "Creative Commons Attribution-NonCommercial 3.0", "All rights"])
def test_other_licences_are_left_out(stated):
    assert read(library(catalogue_text(stated))) == {}


def test_the_front_is_at_plus_y_and_nothing_is_mirrored():
    to_local = read(library())[BALL].to_local
    assert (to_local @ [0, 0, 1] == [0, 1, 0]).all()
    assert (to_local @ [0, 1, 0] == [0, 0, 1]).all()
    assert np.linalg.det(to_local) == pytest.approx(1)


def test_a_model_may_be_turned():
    text = catalogue_text() + "\nmodelRotation#1=0 0 1 0 1 0 -1 0 0"
    assert np.allclose(read(library(text))[BALL].to_local @ [-1, 0, 0], [0, 1, 0])


def test_rows_without_a_shape_are_passed_over():
    text = catalogue_text() + "\nid#3=eTeks#light\nname#3=Light\nid#4=a#b\nname#4=b\nmodel#4=/gone.obj"
    assert set(read(library(text))) == {BALL, BOX}


def test_escapes_and_continued_lines_are_understood():
    text = catalogue_text().replace("name#1=Basketball", "name#1=B\\u00e4ll \\\n   of leather")
    assert read(library(text))[BALL].name == "Bäll of leather"


@pytest.mark.parametrize("damage", [("width#1=40", "width#1=wide"), ("name#1=Basketball", "")])
def test_a_damaged_row_is_named(damage):
    with pytest.raises(ValueError, match=r"row 1 of the catalogue 'Small catalogue' is damaged"):
        read(library(catalogue_text().replace(*damage)))


def test_an_archive_without_a_catalogue_has_no_models():
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("readme", b"")
    assert read(stored.getvalue()) == {}
