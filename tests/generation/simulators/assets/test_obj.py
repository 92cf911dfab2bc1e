import numpy as np
import pytest

from simsv_generation.simulators.embedded.assets.obj import read_mtl, read_obj
from tests.generation.simulators.assets.furniture_files import cube_obj

SQUARE = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvn 0 0 1\n"


def area(file):
    a, b, c = (file.positions[file.corners[:, k]] for k in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2


def test_a_cuboid_has_its_surface():
    file = read_obj(cube_obj((1, 2, 3)))
    assert len(file.corners) == 12
    assert area(file) == pytest.approx(22)
    assert file.libraries == ("thing.mtl",)
    assert {file.materials[k] for k in file.material_ids} == {"Paint"}
    assert {file.groups[k] for k in file.group_ids} == {"Body"}


@pytest.mark.parametrize(
    ("faces", "has_texture"),
    [
        ("f 1 2 3 4", False),
        ("f 1/1 2/2 3/2 4/1", True),
        ("f 1//1 2//1 3//1 4//1", False),
        ("f 1/1/1 2/2/1 3/2/1 4/1/1", True),
        ("f 1 2 3\nf 1//1 3//1 4//1", False),
        ("f 1 2 \\\n3 4", False),
    ],
)
def test_faces_are_written_in_many_ways(faces, has_texture):
    file = read_obj((SQUARE + faces).encode())
    assert area(file) == pytest.approx(1)
    assert ((file.texture_corners >= 0) == has_texture).all()


def test_names_hold_until_the_next_in_the_order_of_the_file():
    text = SQUARE + "f 1 2 3\nusemtl red one\no lid\nf 1//1 2//1 3//1\nf 1 2 4\nusemtl blue\nf 1 3 4"
    file = read_obj(text.encode())
    assert [file.materials[k] for k in file.material_ids] == ["", "red one", "red one", "blue"]
    assert [file.groups[k] for k in file.group_ids] == ["", "lid", "lid", "lid"]


def test_more_numbers_than_needed_are_passed_over():
    assert read_obj(b"v 0 0 0 1\nv 1 0 0\nv 0 1 0 0.5 0.5 0.5\nf 1 2 3").positions.tolist()[2] == [0, 1, 0]


@pytest.mark.parametrize("text", ["", "# nothing\n", "v 0 0 0\n", SQUARE + "f 1 2\nl 1 2"])
def test_a_file_may_have_no_triangles(text):
    file = read_obj(text.encode())
    assert file.corners.shape == file.texture_corners.shape == (0, 3)
    assert len(file.material_ids) == len(file.group_ids) == 0


@pytest.mark.parametrize(
    "text",
    ["v 0 0\nf 1 1 1", "v a b c\n", "v nan 0 0\n", SQUARE + "f 1 2 9", SQUARE + "f 0 1 2", SQUARE + "f 1/9 2/1 3/1",
     SQUARE + "f 1/1 2 3/1", SQUARE + "f one two three"],
)  # fmt: skip
def test_damage_is_an_error(text):
    with pytest.raises(ValueError, match=r"."):
        read_obj(text.encode())


def test_materials_are_read():
    text = "newmtl a b\nKd 0.1 0.2 0.3\nKs 1 1 1\nNs 96\nd 0.5\nillum 2\nKe 1 0 0\nmap_Kd -s 1 1 1 wood.jpg\nnewmtl c\n"
    materials = read_mtl(text)
    assert set(materials) == {"a b", "c"}
    material = materials["a b"]
    assert material.diffuse == (0.1, 0.2, 0.3)
    assert (material.opacity, material.shininess, material.emission[0]) == (0.5, 96, 1)
    assert material.image == "wood.jpg"
    assert materials["c"].image == ""


def test_spaces_in_the_name_of_an_image_stay():
    assert read_mtl("newmtl a\nmap_Kd my wood.jpg")["a"].image == "my wood.jpg"


@pytest.mark.parametrize("line", ["Kd red", "Kd 1 1", "Ns", "d opaque"])
def test_a_figure_that_is_none_is_an_error(line):
    with pytest.raises((ValueError, IndexError)):
        read_mtl(f"newmtl a\n{line}\n")
