import hashlib
import io
import json
import zipfile

import numpy as np
import pytest

from simsv_generation.simulators.embedded.assets.catalogue import read_catalogues
from simsv_generation.simulators.embedded.assets.make import make_pack
from simsv_generation.simulators.embedded.assets.pack import FORMAT, AssetPack, NoPack
from simsv_generation.simulators.embedded.model import DamagedModel
from tests.generation.simulators.assets.furniture_files import BALL, BOX, catalogue_text, cube_obj, library

SIZE = (0.24, 0.24, 0.24)


def archives(content=None):
    return {"Small.sh3f": zipfile.ZipFile(io.BytesIO(content or library()))}


@pytest.fixture
def pack(tmp_path):
    return make_pack(archives(), tmp_path)


def ball(pack):
    return pack.model("BasketBall_1", "BasketBall", (0.4, 0.2, 0.1))


def test_a_model_comes_back_as_it_is(pack):
    model = ball(pack)
    low, high = model.mesh.extent()
    assert high - low == pytest.approx((0.4, 0.2, 0.1), abs=1e-6)
    assert low + high == pytest.approx((0, 0, 0), abs=1e-6)
    assert len(model.mesh.triangles) == 12
    (material,) = model.mesh.materials
    assert material.gloss == pytest.approx(0.04)
    (image,) = model.images.values()
    assert material.texture == f"image:{next(iter(model.images))}"
    assert image.shape == (4, 8, 4)
    assert image.dtype == np.uint8
    assert np.abs(image[..., :3].astype(int) - (200, 60, 40)).max() < 12
    assert model.attribution == "Basketball by Ann, CC0 1.0, from Sweet Home 3D's Small catalogue"


def test_normals_point_outwards(pack):
    mesh = ball(pack).mesh
    a, b, c = (mesh.positions[mesh.triangles[:, k]] for k in range(3))
    faces = np.cross(b - a, c - a)
    assert ((faces * (a + b + c)).sum(1) > 0).all()
    assert ((faces * mesh.normals[mesh.triangles[:, 0]]).sum(1) > 0).all()
    assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1)


def test_the_folder_is_named_by_format_and_digest_and_tells_of_its_authors(pack):
    assert pack.folder.name == f"{FORMAT}-{pack.digest[:12]}"
    page = (pack.folder / "ATTRIBUTION.md").read_text("utf-8")
    assert "Basketball by Ann, CC0 1.0" in page
    assert "creativecommons.org/licenses/by/3.0/" in page


def test_building_twice_gives_the_same_bytes(pack, tmp_path):
    again = make_pack(archives(), tmp_path / "again")
    names = sorted(path.relative_to(pack.folder) for path in pack.folder.rglob("*"))
    assert names == sorted(path.relative_to(again.folder) for path in again.folder.rglob("*"))
    for name in names:
        if (pack.folder / name).is_file():
            assert (pack.folder / name).read_bytes() == (again.folder / name).read_bytes()
    assert make_pack(archives(), tmp_path).folder == pack.folder


def test_other_content_has_another_digest(pack, tmp_path):
    other = make_pack(archives(library(ball__thing_dot_obj=cube_obj((1, 1, 2), "Other"))), tmp_path)
    assert other.digest != pack.digest
    assert pack.folder.exists()


def test_nothing_is_left_beside_the_packs(pack, tmp_path):
    assert [path.name for path in tmp_path.iterdir()] == [pack.folder.name]


def test_a_pack_that_cannot_be_finished_leaves_nothing(tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("simsv_generation.simulators.embedded.assets.pack.os.rename", full)
    with pytest.raises(OSError, match="No space"):
        make_pack(archives(), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("folder", "suffix"), [("models", "npz"), ("textures", "webp")])
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "gone"])
def test_a_damaged_file_is_named_and_the_other_models_are_whole(pack, folder, suffix, damage):
    chosen = pack.models[BALL].files
    path = next(pack.folder / name for name in chosen if name.startswith(folder))
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        path.write_bytes({"flip": flipped, "cut": content[:-1], "empty": b""}[damage])
    fresh = AssetPack.open(pack.folder)
    with pytest.raises(DamagedModel, match=rf"^{folder}/{path.name} of the pack cannot be read: ") as caught:
        ball(fresh)
    assert str(pack.folder) not in str(caught.value)
    if folder == "models":
        assert fresh._read(BOX) is not None


def test_a_file_is_checked_when_it_is_read_and_not_before(pack):
    for path in (pack.folder / "models").iterdir():
        path.write_bytes(b"")
    assert set(AssetPack.open(pack.folder).models) == {BALL, BOX}


def test_a_model_in_memory_is_not_read_again(pack):
    first = ball(pack)
    for path in (pack.folder / "models").iterdir():
        path.unlink()
    assert ball(pack) is first


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: "[]",
        lambda text: "{}",
        lambda text: text[:-20],
        lambda text: text.replace("Basketball", "Football"),
        lambda text: text.replace('"format": 1', '"format": 99'),
        lambda text: "\x00\xff",
    ],
)
def test_a_damaged_record_is_no_pack(pack, damage):
    record = pack.folder / "pack.json"
    record.write_text(damage(record.read_text("utf-8")), "utf-8")
    with pytest.raises(NoPack, match=pack.folder.name):
        AssetPack.open(pack.folder)


def test_a_record_with_a_right_digest_and_wrong_fields_is_no_pack(pack):
    from simsv_generation.simulators.embedded.assets.pack import _digest

    record = json.loads((pack.folder / "pack.json").read_text("utf-8"))
    record["models"][BALL]["colour"] = "red"
    record["digest"] = _digest(record["models"])
    (pack.folder / "pack.json").write_text(json.dumps(record), "utf-8")
    with pytest.raises(NoPack, match="damaged"):
        AssetPack.open(pack.folder)


def test_what_was_packed_broken_is_told_alike_every_time(pack):
    from simsv_generation.simulators.embedded.assets.pack import _digest

    record = json.loads((pack.folder / "pack.json").read_text("utf-8"))
    (texture,) = [path for path in record["models"][BALL]["files"] if path.startswith("textures")]
    (pack.folder / texture).write_bytes(b"no image")
    record["models"][BALL]["files"][texture] = hashlib.sha256(b"no image").hexdigest()
    record["digest"] = _digest(record["models"])
    (pack.folder / "pack.json").write_text(json.dumps(record), "utf-8")
    with pytest.raises(DamagedModel) as caught:
        ball(AssetPack.open(pack.folder))
    assert str(caught.value) == f"{texture} of the pack cannot be read: it is no image"


def test_a_record_cannot_point_outside_its_folder(pack, tmp_path):
    from simsv_generation.simulators.embedded.assets.pack import _digest

    record = json.loads((pack.folder / "pack.json").read_text("utf-8"))
    record["models"][BALL]["files"] = {"../../secret": "0" * 64}
    record["digest"] = _digest(record["models"])
    (pack.folder / "pack.json").write_text(json.dumps(record), "utf-8")
    with pytest.raises((NoPack, DamagedModel)):
        ball(AssetPack.open(pack.folder))


@pytest.mark.parametrize("name", ["missing", "file", "empty"])
def test_other_things_are_no_packs(tmp_path, name):
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoPack, match=name):
        AssetPack.open(tmp_path / name)


def test_assets_without_a_model_have_none(pack):
    assert pack.model("Chair_1", "Chair", SIZE) is None
    assert pack.model("Basketball_1", "BasketBall", (0.4, 0.01, 0.01)) is None


def test_models_that_cannot_be_built_are_left_out_by_name(tmp_path, caplog):
    made = make_pack(archives(library(ball__thing_dot_obj=b"f 1 2 3")), tmp_path)
    assert set(made.models) == {BOX}
    assert any(BALL in message and "cannot be built" in message for message in caplog.messages)


@pytest.mark.parametrize("text", [catalogue_text("All rights reserved"), catalogue_text(rows=())])
def test_nothing_to_build_is_no_pack(tmp_path, text):
    with pytest.raises(NoPack, match=r"Small\.sh3f"):
        make_pack(archives(library(text)), tmp_path)


def test_a_missing_texture_leaves_the_colour(tmp_path):
    made = make_pack(archives(library(ball__skin_dot_png=None)), tmp_path)
    model = ball(made)
    assert model.images == {}
    assert model.mesh.colors[0] == pytest.approx((0.214,) * 3, abs=1e-3)


def test_the_front_of_a_model_is_at_plus_y(tmp_path):
    nose = b"v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv 0.5 0.5 1\nf 4 3 2 1\nf 1 2 5\nf 2 3 5\nf 3 4 5\nf 4 1 5\n"
    mesh = ball(make_pack(archives(library(ball__thing_dot_obj=nose)), tmp_path)).mesh
    tip = mesh.positions[mesh.positions[:, 1].argmax()]
    assert tip == pytest.approx((0, 0.1, 0), abs=1e-6)


def test_catalogues_of_several_archives_are_united():
    two = archives() | {"More.sh3f": zipfile.ZipFile(io.BytesIO(library(catalogue_text(rows=(("A", "x#a", "ball"),)))))}
    assert set(read_catalogues(two)) == {BALL, BOX, "x#a"}
