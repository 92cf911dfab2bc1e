from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from simsv_generation.simulators.embedded.model import DamagedModel, Model, ModelSource
from simsv_generation.simulators.embedded.sources.folder import Folder
from simsv_generation.simulators.embedded.sources.mjcf import read_mjcf
from simsv_generation.simulators.embedded.sources.molmospaces import MolmoSpacesSource
from simsv_generation.simulators.embedded.sources.wavefront import read_obj

SIZE = (1.0, 1.0, 1.0)
# A tetrahedron with legs of 1, 2 and 3 along x, y and z; its faces are counter-clockwise seen from outside.
OBJ = """# comment
mtllib thing.mtl
o thing
v 0 0 0
v 1 0 0
v 0 2 0
v 0 0 3
vt 0 0
vt 1 0
vt 0 1
s off
usemtl wood
f 1/1 3/2 2/3
f 1/1 2/2 4/3
f 2/1 3/2 4/3
f 1/1 4/2 3/3
"""
XML = """<mujoco model="thing">
  <compiler angle="radian"/>
  <default>
    <default class="/">
      <default class="__VISUAL_MJT__"><geom contype="0" conaffinity="0" group="0" mass="1e-8"/></default>
      <default class="__DYNAMIC_MJT__"><geom conaffinity="15" group="4"/></default>
    </default>
  </default>
  <asset>
    <mesh name="visual" file="thing.obj" scale="-1 1 1"/>
    <mesh name="collider" file="missing.obj"/>
    <texture type="2d" name="wood" file="../Textures/wood.png"/>
    <material name="material_wood" texture="wood" rgba="1 1 1 1"/>
  </asset>
  <worldbody>
    <body name="thing">
      <freejoint/>
      <geom class="__VISUAL_MJT__" type="mesh" mesh="visual" material="material_wood"/>
      <geom class="__DYNAMIC_MJT__" type="mesh" mesh="collider"/>
      <geom class="__DYNAMIC_MJT__" type="box" size="9 9 9"/>
      <site name="somewhere" pos="5 5 5"/>
    </body>
  </worldbody>
</mujoco>
"""


def write(root: Path, xml: str = XML, obj: str = OBJ, *, name: str = "Thing_1") -> Path:
    home = root / "Things"
    home.mkdir(parents=True, exist_ok=True)
    (home / f"{name}.xml").write_text(xml, encoding="utf-8")
    (home / "thing.obj").write_text(obj, encoding="utf-8")
    (root / "Textures").mkdir(exist_ok=True)
    wood = Image.new("RGB", (4, 4), (10, 20, 30))
    wood.putpixel((0, 0), (200, 100, 50))
    wood.save(root / "Textures" / "wood.png")
    return root


def load(root: Path, asset_id: str = "Thing_1") -> Model:
    model = MolmoSpacesSource(root).model(asset_id, "Chair", SIZE)
    assert model is not None
    return model


def asset(text: str, geom: str = 'class="__VISUAL_MJT__" type="mesh" mesh="visual"', compiler: str = "") -> str:
    """An object with these assets and one geom."""
    return f"""<mujoco><compiler {compiler}/><default><default class="__VISUAL_MJT__"/></default>
    <asset>{text}</asset><worldbody><body><geom {geom}/></body></worldbody></mujoco>"""


def signed_volume(model: Model) -> float:
    a, b, c = (model.mesh.positions[model.mesh.triangles[:, k]] for k in range(3))
    return float((np.cross(a, b) * c).sum() / 6)


def legs(model: Model) -> np.ndarray:
    """The three edges of the tetrahedron that start at its right angle, which has the texture coordinates (0, 0)."""
    start = model.mesh.positions[(model.mesh.texture_at == 0).all(1)][0]
    edges = np.unique((model.mesh.positions - start).round(9), axis=0)
    return edges[np.abs(edges).sum(1) > 0]


def test_front_right_and_top_are_unitys(tmp_path: Path) -> None:
    # The file is the Unity mesh: its scale mirrors x for MuJoCo, and Unity's x, y, z are our x, z, y.
    model = load(write(tmp_path))
    low, high = model.mesh.extent()
    np.testing.assert_allclose(high - low, (1, 3, 2))
    np.testing.assert_allclose(low + high, 0, atol=1e-12)
    np.testing.assert_allclose(legs(model), ((0, 0, 2), (0, 3, 0), (1, 0, 0)))
    assert signed_volume(model) == pytest.approx(1)
    faces = model.mesh.positions[model.mesh.triangles]
    across = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    assert ((across * model.mesh.normals[model.mesh.triangles[:, 0]]).sum(1) > 0).all()


def test_colliders_are_neither_drawn_nor_opened(tmp_path: Path) -> None:
    assert len(load(write(tmp_path)).mesh.triangles) == 4


def test_texture_comes_from_a_shared_folder_upper_row_first(tmp_path: Path) -> None:
    model = load(write(tmp_path))
    assert model.mesh.materials[0].texture == "image:molmospaces/Textures/wood.png"
    image = model.images["molmospaces/Textures/wood.png"]
    assert image[0, 0].tolist() == [200, 100, 50, 255]
    assert image[3, 0].tolist() == [10, 20, 30, 255]
    assert not model.mesh.materials[0].cutout


def test_texture_with_holes_is_cut_out(tmp_path: Path) -> None:
    write(tmp_path)
    Image.new("RGBA", (4, 4), (10, 200, 10, 0)).save(tmp_path / "Textures" / "wood.png")
    assert load(tmp_path).mesh.materials[0].cutout


def test_repeats_count_from_the_upper_edge_as_mujocos_do(tmp_path: Path) -> None:
    once, often = load(write(tmp_path)), load(write(tmp_path / "b", XML.replace('rgba="1 1 1 1"', 'texrepeat="2 3"')))
    expected = once.mesh.texture_at * (2, 3) + (0, -2)
    rows = [tuple(row) for row in expected.round(9)]
    assert sorted(rows) == sorted(tuple(row) for row in often.mesh.texture_at.round(9))
    assert {v for _, v in rows} == {-2.0, 1.0}


@pytest.mark.parametrize(
    ("material", "geom", "expected"),
    [
        ('rgba="0.5 1 0 1"', "", (0.21404, 1, 0, 1)),
        ('rgba="0.5 1 0 0.25"', "", (0.21404, 1, 0, 0.25)),
        ('rgba="0.5 1 0 1"', 'rgba="0 0 1 1"', (0, 0, 1, 1)),
        ('rgba="0 0 0 0"', "", (0.21404, 0.21404, 0.21404, 1)),
        ("", "", (1, 1, 1, 1)),
    ],
)
def test_colors_are_linear_and_a_geoms_own_wins(
    tmp_path: Path, material: str, geom: str, expected: tuple[float, ...]
) -> None:
    xml = XML.replace('texture="wood" rgba="1 1 1 1"', material)
    model = load(write(tmp_path, xml.replace('material="material_wood"', f'material="material_wood" {geom}')))
    np.testing.assert_allclose(model.mesh.colors, [expected[:3]] * len(model.mesh.colors), atol=1e-4)
    assert model.mesh.materials[0].opacity == expected[3]
    assert model.images == {}


def test_highlight_is_gloss_where_the_file_speaks_of_it(tmp_path: Path) -> None:
    shiny = XML.replace('rgba="1 1 1 1"', 'specular="0.5"')
    assert load(write(tmp_path / "a", shiny)).mesh.materials[0].gloss == 0.04
    assert load(write(tmp_path / "b")).mesh.materials[0].gloss == 0


def test_nested_bodies_frames_and_defaults_place_the_mesh(tmp_path: Path) -> None:
    # Expected figures are those of MuJoCo 4.0.0 for this file: mesh_vert, geom_xmat and geom_xpos after mj_forward.
    xml = """<mujoco><compiler angle="radian" assetdir="Things" eulerseq="xzy"/>
    <default><default class="visual">
      <geom type="mesh" contype="0" conaffinity="0"/><mesh scale="0.5 0.5 0.5"/></default></default>
    <asset><mesh name="a" file="thing.obj" scale="-1 2 1.5" refpos="0.1 0.2 0.3" refquat="0.9 0.1 -0.3 0.2"/>
      <mesh class="visual" file="thing.obj"/></asset>
    <worldbody><body pos="1 2 3" euler="0.3 -0.2 0.9" childclass="visual">
      <geom mesh="a" pos="0.1 0 0" quat="0.5 0.2 -0.1 0.6"/>
      <frame pos="0 0 1" axisangle="1 1 0 0.7"><body pos="-1 0 0.5" xyaxes="0 1 0 -1 0.5 0">
        <geom mesh="thing" axisangle="0 1 2 0.4"/></body></frame></body></worldbody></mujoco>"""
    write(tmp_path)
    (tmp_path / "scene.xml").write_text(xml)
    folder = Folder(tmp_path)
    for part, expected in zip(read_mjcf(folder, "scene.xml"), MUJOCO_POINTS, strict=True):
        obj = read_obj(part.mesh, folder.read(part.mesh).decode())
        points = np.unique((obj.positions @ part.matrix.T + part.offset).round(4), axis=0)
        np.testing.assert_allclose(points, expected, atol=2e-4)


MUJOCO_POINTS = (
    ((-1.631, 1.4828, 5.0545), (0.84, 2.8702, 1.6015), (1.259, 2.4423, 2.8561), (2.5876, -1.3353, 2.5662)),
    ((1.5623, 0.3931, 5.1254), (1.9436, 0.9915, 4.4207), (2.1142, 1.3002, 4.7751), (3.2324, 0.2255, 4.4676)),
)


def test_angles_are_degrees_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    geom = 'type="mesh" mesh="thing" euler="0 90 0"'
    for compiler in ("", 'angle="degree"'):
        write(tmp_path, asset('<mesh file="thing.obj"/>', geom, compiler))
        (part,) = read_mjcf(Folder(tmp_path), "Things/Thing_1.xml")
        np.testing.assert_allclose(part.matrix @ (1, 0, 0), (0, 0, -1), atol=1e-12)


def test_geoms_without_a_word_on_visuals_are_those_that_mujoco_shows(tmp_path: Path) -> None:
    xml = XML.replace("__VISUAL_MJT__", "a").replace('contype="0" conaffinity="0" ', "")
    assert len(load(write(tmp_path, xml)).mesh.triangles) == 4


def test_parts_of_other_materials_become_one_mesh(tmp_path: Path) -> None:
    geom = '<geom class="__VISUAL_MJT__" type="mesh" mesh="visual" material="material_wood"/>'
    model = load(write(tmp_path, XML.replace(geom, geom + geom.replace('material="material_wood"', 'pos="2 0 0"'))))
    assert len(model.mesh.triangles) == 8
    assert len(model.mesh.materials) == 2
    assert model.mesh.extent()[1][0] == pytest.approx(1.5)


BOMB = '<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
MESH = '<mesh name="visual" file="thing.obj"/>'
DAMAGED = {
    "empty": ("", OBJ, "no XML"),
    "cut off": (XML[:300], OBJ, "no XML"),
    "unknown encoding": ('<?xml version="1.0" encoding="nonsense"?><mujoco/>', OBJ, "no XML"),
    "other root": ("<svg/>", OBJ, "<svg> instead of <mujoco>"),
    "document type": (BOMB + "<mujoco>&b;</mujoco>", OBJ, "document type"),
    "other file by entity": (
        '<!DOCTYPE m [<!ENTITY e SYSTEM "file:///etc/passwd">]><mujoco>&e;</mujoco>',
        OBJ,
        "document",
    ),
    "include": ('<mujoco><include file="/etc/passwd"/></mujoco>', OBJ, "<include> is not supported"),
    "no geom": ("<mujoco/>", OBJ, "no visible geom"),
    "colliders alone": (XML.replace('class="__VISUAL_MJT__" type', 'group="3" type'), OBJ, "no visible geom"),
    "box": (asset(MESH, 'class="__VISUAL_MJT__" type="box" size="1 1 1"'), OBJ, "type box"),
    "unknown class": (asset(MESH, 'class="other" type="mesh" mesh="visual"'), OBJ, "class 'other'"),
    "unknown mesh": (asset(""), OBJ, "no mesh 'visual'"),
    "unknown material": (XML.replace('material="material_wood"', 'material="x"'), OBJ, "no material 'x'"),
    "unknown texture": (XML.replace('texture="wood"', 'texture="x"'), OBJ, "no texture 'x'"),
    "texture made by MuJoCo": (XML.replace('file="../Textures/wood.png"', 'builtin="checker"'), OBJ, "no 2d texture"),
    "texture around": (XML.replace('type="2d"', 'type="cube"'), OBJ, "no 2d texture"),
    "texture missing": (XML.replace("wood.png", "none.png"), OBJ, "Textures/none.png"),
    "texture is no image": (XML.replace("../Textures/wood.png", "thing.obj"), OBJ, "no image"),
    "texture outside": (XML.replace("../Textures/", "../../"), OBJ, "outside"),
    "mesh outside": (asset('<mesh name="visual" file="../../../../etc/passwd.obj"/>'), OBJ, "outside"),
    "mesh elsewhere": (asset('<mesh name="visual" file="/etc/passwd"/>'), OBJ, "outside"),
    "mesh on a drive": (asset('<mesh name="visual" file="..\\..\\x.obj"/>'), OBJ, "outside"),
    "mesh folder outside": (asset(MESH, compiler='meshdir="../.."'), OBJ, "outside"),
    "mesh of another kind": (asset('<mesh name="visual" file="thing.stl"/>'), OBJ, "only OBJ"),
    "mesh without a file": (asset('<mesh name="visual" vertex="0 0 0"/>'), OBJ, "without a file"),
    "mesh missing": (asset('<mesh name="visual" file="none.obj"/>'), OBJ, "Things/none.obj: No such file"),
    "scaled to nothing": (asset('<mesh name="visual" file="thing.obj" scale="0 1 1"/>'), OBJ, "scaled to nothing"),
    "two numbers": (asset('<mesh name="visual" file="thing.obj" scale="1 1"/>'), OBJ, "scale='1 1' instead of 3"),
    "not finite": (asset(MESH, 'type="mesh" mesh="visual" pos="nan 0 0"'), OBJ, "pos"),
    "no turn": (asset(MESH, 'type="mesh" mesh="visual" quat="0 0 0 0"'), OBJ, "Things/Thing_1.xml"),
    "no axis": (asset(MESH, 'type="mesh" mesh="visual" axisangle="0 0 0 1"'), OBJ, "Things/Thing_1.xml"),
    "z axis": (asset(MESH, 'type="mesh" mesh="visual" zaxis="0 1 0"'), OBJ, "zaxis"),
    "no face": (XML, "v 0 0 0\n", "Things/thing.obj: no triangles"),
    "empty mesh": (XML, "", "Things/thing.obj: no triangles"),
    "binary mesh": (XML, "\x00\x01v f\x02", "Things/thing.obj"),
    "face beyond": (XML, OBJ + "f 1 2 5\n", "line 17"),
    "face before": (XML, OBJ + "f -1 -2 -9\n", "line 17"),
    "face zero": (XML, OBJ + "f 0 1 2\n", "line 17"),
    "face of words": (XML, OBJ + "f a b c\n", "line 17"),
    "vertex of words": (XML, OBJ + "v a b c\n", "line 17"),
    "vertex of two": (XML, "v 1 2\n" + OBJ, "Things/thing.obj"),
    "NaN": (XML, OBJ.replace("v 0 0 3", "v 0 0 nan"), "finite"),
    "flat as a line": (XML, OBJ.replace("v 0 2 0", "v 2 0 0").replace("v 0 0 3", "v 3 0 0"), "area"),
    "no texture coordinates": (XML, "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "no texture coordinates"),
}


@pytest.mark.parametrize(("xml", "obj", "message"), DAMAGED.values(), ids=DAMAGED)
def test_damage_is_named_with_its_file_and_no_path_of_this_machine(
    tmp_path: Path, xml: str, obj: str, message: str
) -> None:
    write(tmp_path / "objects", xml, obj)
    Image.new("RGB", (4, 4)).save(tmp_path / "wood.png")
    with pytest.raises(DamagedModel, match=r"^(Things|Textures)") as caught:
        load(tmp_path / "objects")
    assert message in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_deeply_nested_bodies_are_walked(tmp_path: Path) -> None:
    depth = 20_000
    nested = '<body pos="0 0 0.001">' * depth + "<geom"
    write(tmp_path, asset(MESH).replace("<geom", nested).replace("</body>", "</body>" * (depth + 1)))
    (part,) = read_mjcf(Folder(tmp_path), "Things/Thing_1.xml")
    np.testing.assert_allclose(part.offset, (0, 0, 20.0), atol=1e-9)


def test_any_of_the_variants_is_the_model(tmp_path: Path) -> None:
    write(tmp_path, XML, name="Thing_1_prim")
    assert load(tmp_path).attribution == "Thing_1, Allen Institute for AI (Ai2), CC BY 4.0, MolmoSpaces"
    write(tmp_path, "<damaged", name="Thing_1")
    with pytest.raises(DamagedModel, match=r"Things/Thing_1\.xml"):
        load(tmp_path)


def test_objaverse_objects_are_not_ai2s(tmp_path: Path) -> None:
    asset_id = "0123456789abcdef" * 2
    assert "Ai2" not in load(write(tmp_path, name=asset_id), asset_id).attribution


HOSTILE_IDS = ("../Things/Thing_1", "Things/Thing_1", "..", "", "/etc/passwd", "x\0", "a" * 5000, "\udcff")


@pytest.mark.parametrize("asset_id", HOSTILE_IDS)
def test_ids_are_never_paths(tmp_path: Path, asset_id: str) -> None:
    source: ModelSource = MolmoSpacesSource(write(tmp_path))
    assert source.model(asset_id, "Chair", SIZE) is None


def test_ids_of_any_letters_and_cases_are_known(tmp_path: Path) -> None:
    write(tmp_path, name="Стол_1")
    assert load(tmp_path, "стол_1").mesh.positions.size
    assert load(tmp_path, "СТОЛ_1").mesh.positions.size


def test_models_are_read_late_and_kept(tmp_path: Path) -> None:
    source = MolmoSpacesSource(write(tmp_path))
    write(tmp_path, "<damaged", name="Other_1")
    first = source.model("Thing_1", "Chair", SIZE)
    (tmp_path / "Things" / "thing.obj").unlink()
    assert source.model("Thing_1", "Sofa", (2, 2, 2)) is first


def test_digest_changes_with_a_texture(tmp_path: Path) -> None:
    before = MolmoSpacesSource(write(tmp_path)).digest
    (tmp_path / "Textures" / "wood.png").write_bytes(b"")
    assert MolmoSpacesSource(tmp_path).digest != before


def test_obj_polygons_normals_and_counting_backwards() -> None:
    text = "v 0 0 0 1 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvn 0 0 2\nf -4//1 -3//-1 3//1 \\\n 4//1\n"
    mesh = read_obj("x.obj", text)
    assert mesh.triangles.tolist() == [[0, 1, 2], [0, 2, 3]]
    assert mesh.texture_at is None
    assert mesh.normals is not None
    assert mesh.normals.tolist() == [[0, 0, 2]] * 4
    assert mesh.positions[2].tolist() == [1, 1, 0]
