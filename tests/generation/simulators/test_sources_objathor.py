import gzip
import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from simsv_generation.simulators.embedded.model import DamagedModel, Model, ModelSource
from simsv_generation.simulators.embedded.sources import folder as folder_module
from simsv_generation.simulators.embedded.sources.folder import Folder
from simsv_generation.simulators.embedded.sources.objathor import ObjathorSource
from simsv_generation.simulators.embedded.sources.plain_pickle import plain_pickle

SIZE = (1.0, 1.0, 1.0)
# Parts of a thing that is alike from no two sides, in Unity's axes, each with texture coordinates of its own.
BODY, NOSE, MARKER, CAP = (0.1, 0.1), (0.3, 0.1), (0.5, 0.1), (0.7, 0.1)
PARTS = {
    BODY: ((-0.2, 0.0, -0.5), (0.2, 0.4, 0.5)),
    NOSE: ((-0.05, 0.1, 0.5), (0.05, 0.2, 0.8)),  # forwards: Unity's +z
    MARKER: ((0.2, 0.1, -0.1), (0.3, 0.2, 0.1)),  # to its right: Unity's +x
    CAP: ((-0.1, 0.4, -0.5), (0.1, 0.45, -0.4)),
}


def asset(**changes: Any) -> dict[str, Any]:
    """Boxes as objathor writes them: four vertices a face, wound as Unity needs it."""
    vertices, normals, uvs, triangles = [], [], [], []
    for uv, (low, high) in PARTS.items():
        for axis in range(3):
            for side in (0, 1):
                normal = np.zeros(3)
                normal[axis] = 2 * side - 1
                u, v = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3]
                center, half = (np.add(low, high)) / 2, np.subtract(high, low) / 2
                face = [center + half * (normal + a * u + b * v) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
                start = len(vertices)
                vertices += [dict(zip("xyz", map(float, point), strict=True)) for point in face]
                normals += [dict(zip("xyz", map(float, normal), strict=True))] * 4
                uvs += [dict(zip("xy", uv, strict=True))] * 4
                # Unity's formula for the outside is the cross product's as well, though its hands differ.
                order = (0, 1, 2, 0, 2, 3) if side else (0, 2, 1, 0, 3, 2)
                triangles += [start + k for k in order]
    return {
        "name": "thing",
        "vertices": vertices,
        "normals": normals,
        "uvs": uvs,
        "triangles": triangles,
        "albedoTexturePath": "/home/someone/elsewhere/albedo.jpg",
        "normalTexturePath": "normal.jpg",
        "yRotOffset": 0.0,
        **changes,
    }


def write(root: Path, asset_id: str = "thing", content: Any = None, *, suffix: str = ".pkl.gz") -> Path:
    """One asset folder; content is what is pickled, or bytes that are written as they are."""
    home = root / asset_id
    home.mkdir(parents=True)
    Image.new("RGB", (8, 4), (200, 100, 50)).save(home / "albedo.jpg", quality=95)
    content = asset() if content is None else content
    if isinstance(content, bytes):
        data = content
    elif suffix.startswith(".json"):
        data = json.dumps(content).encode()
    elif suffix.startswith(".msgpack"):
        data = pytest.importorskip("msgpack").packb(content)
    else:
        data = pickle.dumps(content, protocol=4)
    is_raw = isinstance(content, bytes) or not suffix.endswith(".gz")
    (home / f"{asset_id}{suffix}").write_bytes(data if is_raw else gzip.compress(data))
    return root


def load(root: Path, asset_id: str = "thing") -> Model:
    model = ObjathorSource(root).model(asset_id, "Chair", SIZE)
    assert model is not None
    return model


def part(model: Model, uv: tuple[float, float]) -> np.ndarray:
    """The vertices with these texture coordinates."""
    return model.mesh.positions[np.isclose(model.mesh.texture_at, uv).all(1)]


def signed_volume(model: Model) -> float:
    a, b, c = (model.mesh.positions[model.mesh.triangles[:, k]] for k in range(3))
    return float((np.cross(a, b) * c).sum() / 6)


def test_front_right_and_top_are_where_they_were(tmp_path: Path) -> None:
    model = load(write(tmp_path))
    low, high = model.mesh.extent()
    np.testing.assert_allclose(high - low, (0.5, 1.3, 0.45))
    np.testing.assert_allclose(low + high, 0, atol=1e-12)
    np.testing.assert_allclose(part(model, NOSE)[:, 1].max(), 0.65)
    np.testing.assert_allclose(part(model, MARKER)[:, 0].max(), 0.25)
    np.testing.assert_allclose(part(model, CAP)[:, 2].max(), 0.225)
    # Volumes add up with a positive sign: every triangle is counter-clockwise seen from outside.
    assert signed_volume(model) == pytest.approx(0.4 * 0.4 * 1 + 0.1 * 0.1 * 0.3 + 0.1 * 0.1 * 0.2 + 0.2 * 0.05 * 0.1)
    faces = model.mesh.positions[model.mesh.triangles]
    across = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    assert ((across * model.mesh.normals[model.mesh.triangles[:, 0]]).sum(1) > 0).all()


def test_winding_of_another_exporter_is_turned_to_the_normals(tmp_path: Path) -> None:
    plain = asset()
    write(tmp_path, "a", plain)
    write(tmp_path, "b", {**plain, "triangles": plain["triangles"][::-1]})
    assert signed_volume(load(tmp_path, "a")) == pytest.approx(signed_volume(load(tmp_path, "b")))


def test_turn_that_makes_the_box_smallest_is_clockwise_seen_from_above(tmp_path: Path) -> None:
    # A thing that is turned by 30 degrees from x to z, counter-clockwise in Unity's plan, is turned back by +30.
    turn = np.array([[np.cos(np.pi / 6), 0, -0.5], [0, 1, 0], [0.5, 0, np.cos(np.pi / 6)]])
    points = np.array([[row[axis] for axis in "xyz"] for row in asset()["vertices"]]) @ turn.T
    slanted = asset(vertices=[dict(zip("xyz", map(float, p), strict=True)) for p in points])
    write(tmp_path, "slanted", slanted)
    write(tmp_path, "upright", {**slanted, "yRotOffset": np.float64(30.0)})
    low, high = load(tmp_path, "upright").mesh.extent()
    np.testing.assert_allclose(high - low, (0.5, 1.3, 0.45))
    low, high = load(tmp_path, "slanted").mesh.extent()
    assert ((high - low)[:2] > (0.8, 1.2)).all()


def test_missing_and_zero_normals_are_those_of_the_triangles(tmp_path: Path) -> None:
    zero = [{"x": 0.0, "y": 0.0, "z": 0.0}] * len(asset()["normals"])
    write(tmp_path, "whole")
    write(tmp_path, "missing", {key: value for key, value in asset().items() if key != "normals"})
    write(tmp_path, "zero", asset(normals=zero))
    whole, missing, flat = (load(tmp_path, asset_id).mesh for asset_id in ("whole", "missing", "zero"))
    np.testing.assert_allclose(flat.normals, whole.normals)
    np.testing.assert_allclose(missing.normals[missing.triangles], whole.normals[whole.triangles])


def test_unused_vertices_do_not_stretch_the_box(tmp_path: Path) -> None:
    far = asset()
    for name, row in (("vertices", {"x": 9.0, "y": 9.0, "z": 9.0}), ("normals", {"x": 0, "y": 1, "z": 0})):
        far[name] = [*far[name], row]
    far["uvs"] = [*far["uvs"], {"x": 0, "y": 0}]
    assert (load(write(tmp_path, content=far)).mesh.extent()[1] < 1).all()


def test_texture_is_white_light_times_the_image(tmp_path: Path) -> None:
    model = load(write(tmp_path))
    assert model.mesh.materials[0].texture == "image:objathor/thing/albedo.jpg"
    assert (model.mesh.colors == 1).all()
    image = model.images["objathor/thing/albedo.jpg"]
    assert image.shape == (4, 8, 4)
    assert image.dtype == np.uint8
    np.testing.assert_allclose(image[0, 0], (200, 100, 50, 255), atol=3)


def test_upper_row_of_an_image_is_first_and_large_ones_shrink(tmp_path: Path) -> None:
    write(tmp_path)
    tall = Image.new("RGB", (100, 4096), (0, 0, 0))
    tall.paste((255, 255, 255), (0, 0, 100, 2048))
    tall.save(tmp_path / "thing" / "albedo.jpg")
    image = load(tmp_path).images["objathor/thing/albedo.jpg"]
    assert image.shape == (512, 12, 4)
    assert image[0, 0, 0] > 250
    assert image[-1, 0, 0] < 5


@pytest.mark.parametrize("suffix", [".pkl.gz", ".json", ".json.gz", ".msgpack", ".msgpack.gz"])
def test_every_form_that_objathor_writes_is_read(tmp_path: Path, suffix: str) -> None:
    assert signed_volume(load(write(tmp_path, suffix=suffix))) > 0


def test_msgpack_without_its_package_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msgpack", None)
    with pytest.raises(DamagedModel, match="pip install msgpack"):
        load(write(tmp_path, content=gzip.compress(b"\x80"), suffix=".msgpack.gz"))


DAMAGED = {
    "empty file": (b"", "thing/thing.pkl.gz"),
    "no gzip": (b"garbage" * 100, "thing/thing.pkl.gz"),
    "truncated gzip": (gzip.compress(pickle.dumps(asset()))[:500], "thing/thing.pkl.gz"),
    "truncated pickle": (gzip.compress(pickle.dumps(asset())[:-100]), "no pickle"),
    "wrong value": ([1, 2], "no asset"),
    "no vertices": ({key: value for key, value in asset().items() if key != "vertices"}, "vertices"),
    "vertices of two": (asset(vertices=[{"x": 1.0, "y": 2.0}] * 96), "'z'"),
    "vertices of words": (asset(vertices=[{"x": "a", "y": "b", "z": "c"}] * 96), "vertices"),
    "vertices are none": (asset(vertices=None), "NoneType"),
    "NaN": (asset(vertices=[*asset()["vertices"][:-1], {"x": 0, "y": 0, "z": float("nan")}]), "finite"),
    "infinite": (asset(vertices=[*asset()["vertices"][:-1], {"x": 0, "y": 0, "z": 1e300}]), "finite"),
    "index too large": (asset(triangles=[*asset()["triangles"][:-1], 10**6]), "1000000"),
    "index negative": (asset(triangles=[*asset()["triangles"][:-1], -1]), "triangle"),
    "index beyond machine numbers": (asset(triangles=[*asset()["triangles"][:-1], 2**80]), "triangle"),
    "index is a fraction": (asset(triangles=[*asset()["triangles"][:-1], 0.5]), "whole"),
    "two corners too many": (asset(triangles=asset()["triangles"][:-1]), "reshape"),
    "no triangle": (asset(triangles=[]), "triangle"),
    "no area": (asset(triangles=[0, 0, 1]), "area"),
    "one point": (asset(vertices=[{"x": 1, "y": 1, "z": 1}] * 96), "area"),
    "too few uvs": (asset(uvs=asset()["uvs"][:-1]), "95 texture coordinates for 96"),
    "too few normals": (asset(normals=asset()["normals"][:-1]), "95 normals for 96"),
    "no angle": (asset(yRotOffset=float("nan")), "yRotOffset"),
    "no texture named": (asset(albedoTexturePath=None), "albedoTexturePath"),
    "texture missing": (asset(albedoTexturePath="other.jpg"), "thing/other.jpg"),
    "texture is the folder": (asset(albedoTexturePath=".."), "outside"),
    "texture is the asset": (asset(albedoTexturePath="thing.pkl.gz"), "thing/thing.pkl.gz: no image"),
}


@pytest.mark.parametrize(("content", "message"), DAMAGED.values(), ids=DAMAGED)
def test_damage_is_named_with_its_file_and_no_path_of_this_machine(tmp_path: Path, content: Any, message: str) -> None:
    source = ObjathorSource(write(tmp_path, content=content))
    with pytest.raises(DamagedModel, match=r"^thing") as caught:
        source.model("thing", "Chair", SIZE)
    assert message in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_folder_without_an_asset_file_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "thing").mkdir()
    with pytest.raises(DamagedModel, match="thing/thing"):
        load(tmp_path)


def test_file_that_expands_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "_LARGEST_FILE", 10_000)
    with pytest.raises(DamagedModel, match="more than"):
        load(write(tmp_path, content=gzip.compress(bytes(10**6))))


def test_image_of_too_many_pixels_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "_LARGEST_IMAGE", 10)
    with pytest.raises(DamagedModel, match="8 x 4 pixels"):
        load(write(tmp_path))


class Command:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("protocol", range(6))
def test_pickle_that_runs_a_command_is_refused_and_does_not_run(tmp_path: Path, protocol: int) -> None:
    witness = tmp_path / "witness"
    hostile = gzip.compress(pickle.dumps(asset(colliders=[Command(witness)]), protocol))
    with pytest.raises(DamagedModel, match=r"thing/thing\.pkl\.gz: .*system"):
        load(write(tmp_path / "assets", content=hostile))
    assert not witness.exists()


@pytest.mark.parametrize(
    "program",
    [
        b"cbuiltins\neval\n(S'1'\ntR.",
        b"\x80\x04cbuiltins\ngetattr\n.",
        b"cnumpy.core.multiarray\n_reconstruct\n.",
        b"cnumpy\nload\n.",
        b"cnumpy\ndtype\n(S'O'\ntR.",
        b"ctypes\nFunctionType\n.",
        b"(iposix\nsystem\n.",
        b"Pid\n.",
        b"\x82\x01.",
        b"cnumpy\ndtype\n(S'f8'\ntR(I3\nS'<\\x00'\nttb.",
    ],
)
def test_no_other_name_is_looked_up(program: bytes) -> None:
    with pytest.raises(ValueError, match="pickle"):
        plain_pickle(program)


def test_plain_values_and_numpy_numbers_are_read() -> None:
    value = {"a": [1, 2.5, "ä", None, True, b"x", (1,)], "b": np.float64(-3.25), "c": np.int32(7), "d": {1, 2}}
    assert plain_pickle(pickle.dumps(value)) == value


HOSTILE_IDS = ("../../etc/passwd", "..", ".", "", "/etc/passwd", "thing/../thing", "thing\0", "a" * 5000, "\udcff")


@pytest.mark.parametrize("asset_id", HOSTILE_IDS)
def test_ids_that_are_no_name_of_a_folder_are_unknown(tmp_path: Path, asset_id: str) -> None:
    write(tmp_path / "assets")
    write(tmp_path, "etc")
    source: ModelSource = ObjathorSource(tmp_path / "assets")
    assert source.model(asset_id, "Chair", SIZE) is None


def test_ids_of_any_letters_are_known(tmp_path: Path) -> None:
    for asset_id in ("椅子", "a b", "Chair|1|2", "%2e%2e"):
        assert load(write(tmp_path, asset_id), asset_id).mesh.positions.size


def test_models_are_read_late_and_kept(tmp_path: Path) -> None:
    source = ObjathorSource(write(tmp_path))
    (tmp_path / "damaged").mkdir()
    first = source.model("thing", "Chair", SIZE)
    (tmp_path / "thing" / "thing.pkl.gz").unlink()
    assert source.model("thing", "Sofa", (2, 2, 2)) is first


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="nowhere"):
        ObjathorSource(tmp_path / "nowhere")


def test_digest_is_that_of_names_and_sizes(tmp_path: Path) -> None:
    first = ObjathorSource(write(tmp_path / "a")).digest
    assert ObjathorSource(write(tmp_path / "b")).digest == first
    (tmp_path / "b" / "thing" / "albedo.jpg").write_bytes(b"")
    assert ObjathorSource(tmp_path / "b").digest != first
    write(tmp_path / "a", "other")
    assert ObjathorSource(tmp_path / "a").digest != first
    assert ObjathorSource(tmp_path / "a").digest != Folder(tmp_path / "a").digest("another kind")


def test_digest_ends_where_a_folder_links_to_itself(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "thing" / "loop").symlink_to(tmp_path)
    (tmp_path / "thing" / "nowhere").symlink_to(tmp_path / "missing")
    assert len(ObjathorSource(tmp_path).digest) == 64


LICENCE = {"license": "by-sa", "creator_display_name": "Zoë\nB.", "uri": "https://example.org/1"}


@pytest.mark.parametrize("where", ["own", "own, by id", "in the folder", "beside it"])
def test_attribution_is_what_the_annotations_say(tmp_path: Path, where: str) -> None:
    assets = write(tmp_path / "assets")
    file, content = {
        "own": (assets / "thing" / "annotations.json.gz", {"license_info": LICENCE}),
        "own, by id": (assets / "thing" / "annotations.json.gz", {"thing": {"license_info": LICENCE}}),
        "in the folder": (assets / "annotations.json.gz", {"thing": {"license_info": LICENCE}}),
        "beside it": (tmp_path / "annotations.json.gz", {"thing": {"license_info": LICENCE}}),
    }[where]
    file.write_bytes(gzip.compress(json.dumps(content).encode()))
    assert load(assets).attribution == "thing, Zoë B., CC BY-SA 4.0, https://example.org/1"


@pytest.mark.parametrize("content", [None, [], {}, {"thing": 3}, {"thing": {"license_info": {"license": None}}}])
def test_attribution_says_when_the_folder_does_not_tell(tmp_path: Path, content: Any) -> None:
    write(tmp_path)
    (tmp_path / "annotations.json.gz").write_bytes(gzip.compress(json.dumps(content).encode()))
    assert load(tmp_path).attribution == "thing, Objaverse (ODC-BY 1.0), author and licence not in the folder"
