import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from simsv_generation.simulators.embedded.assets.edits import EDITS, Edit
from simsv_generation.simulators.embedded.assets.finish import default_materials, finish, linear, read_image
from simsv_generation.simulators.embedded.assets.obj import ObjMaterial
from tests.generation.simulators.assets.furniture_files import library, png
from tests.generation.simulators.assets.test_classfile import class_file, text


@pytest.mark.parametrize(
    ("name", "texture", "shines"),
    [
        ("Wood_legs", "wood", False),
        ("RED_OAK.001", "wood", False),
        ("white_wood", "", False),
        ("Seat cushion", "fabric", False),
        ("dark_leather", "leather", False),
        ("Metal-Handles", "", True),
        ("CHROME", "", True),
        ("Material.007", "", False),
        ("", "", False),
    ],
)
def test_names_tell_what_a_part_is(name, texture, shines):
    made = finish(name, ObjMaterial(), None, 64)
    assert made.material.texture == texture
    assert (made.material.gloss > 0.1) == shines
    assert made.image == b""


def test_varnish_glass_and_light_are_seen_in_the_figures():
    assert finish("a", ObjMaterial(specular=(0.5,) * 3, shininess=96), None, 64).material.gloss == pytest.approx(0.04)
    assert finish("a", ObjMaterial(specular=(0.5,) * 3, shininess=5), None, 64).material.gloss == 0
    assert finish("pane", ObjMaterial(opacity=0.4), None, 64).material.opacity == pytest.approx(0.4)
    assert finish("pane", ObjMaterial(opacity=0.0), None, 64).material.opacity > 0
    assert finish("bulb", ObjMaterial(emission=(1, 1, 1)), None, 64).material.emission == 1


def test_an_image_becomes_small_and_is_named_by_its_content():
    picture = Image.fromarray(np.random.Generator(np.random.Philox(1)).integers(0, 255, (90, 200, 4), np.uint8))
    picture.putalpha(255)
    made = finish("wood", ObjMaterial(), picture.copy(), 100)
    with Image.open(io.BytesIO(made.image)) as stored:
        assert stored.size == (100, 45)
        assert stored.mode == "RGB"
    assert made.material.texture.startswith("image:")
    assert not made.material.cutout
    again = finish("other", ObjMaterial(), picture.copy(), 100)
    assert again.material.texture == made.material.texture
    assert finish("other", ObjMaterial(), picture.copy(), 50).material.texture != made.material.texture


def test_holes_are_cut_out():
    leaf = Image.fromarray(np.full((16, 16, 4), 255, np.uint8))
    leaf.paste((0, 0, 0, 0), (0, 0, 8, 16))
    made = finish("leaf", ObjMaterial(), leaf, 64)
    assert made.material.cutout
    with Image.open(io.BytesIO(made.image)) as stored:
        assert stored.mode == "RGBA"


@pytest.mark.parametrize("color", [(0, 0, 0), (1, 1, 1), (1, 0, 0), (0.5, 0.5, 0.5), (2, -1, 0)])
def test_paint_is_never_pure(color):
    channels = linear(color)
    assert all(0 < channel < 0.85 for channel in channels)
    assert max(channels) <= 14.5 * min(channels)


def test_a_grey_is_decoded():
    assert linear((0.5, 0.5, 0.5)) == pytest.approx((0.2140,) * 3, abs=1e-4)


def test_images_are_found_beside_their_model_and_by_the_end_of_a_foreign_path():
    archive = zipfile.ZipFile(io.BytesIO(library(ball__deep_dot_png=png())))
    for image in ("skin.png", "C:\\Users\\x\\skin.png", "/media/y/skin.png"):
        found = read_image(archive, "ball/thing.obj", image)
        assert found is not None
        assert found.size == (8, 4)
    assert read_image(archive, "ball/thing.obj", "missing.png") is None
    assert read_image(archive, "ball/thing.obj", "../../etc/passwd") is None


def test_a_damaged_image_is_an_error():
    archive = zipfile.ZipFile(io.BytesIO(library(ball__skin_dot_png=b"not a picture")))
    with pytest.raises(OSError, match="identify"):
        read_image(archive, "ball/thing.obj", "skin.png")


def test_default_materials_come_from_the_program():
    reader = class_file(text("some text"), text("newmtl amber\nKd 0.5 0.2 0\nnewmtl silver\nKd 0.4 0.4 0.4\n"))
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("com/eteks/sweethome3d/j3d/OBJLoader.class", reader)
    assert set(default_materials(zipfile.ZipFile(stored))) == {"amber", "silver"}
    assert default_materials(zipfile.ZipFile(io.BytesIO(library()))) == {}


def test_edits_change_what_they_name():
    plain = finish("Shade.001", ObjMaterial(), None, 64)
    edit = Edit(patterns={"Shade*": "fabric"}, colors={"Shade*": (0.1, 0.2, 0.3)}, shades=("Shade*",))
    made = edit.applied("Shade.001", plain)
    assert (made.material.texture, made.color) == ("fabric", (0.1, 0.2, 0.3))
    assert made.material.emission > 0
    assert edit.applied("Base", plain) == plain


def test_edits_are_for_chosen_models():
    from simsv_generation.simulators.embedded.assets.choice import MODELS

    assert set(EDITS) <= {model_id for ids in MODELS.values() for model_id in ids}
