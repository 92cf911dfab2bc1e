"""Downloaded models in the pictures of a house: in their place, the right way round, and replaced where damaged."""

import gzip
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import Frame, StandIn
from simsv_generation.look import Look
from simsv_generation.simulators import SimulatorUnavailable
from simsv_generation.simulators.embedded import EmbeddedSimulator
from simsv_generation.simulators.settings import EmbeddedSettings
from tests.factories import make_house, make_room, make_thing

ASSET = "Fridge_1"
CAMERA = Camera(192, 112, 59.0)
# Unity's axes: a slab of which a viewer who stands before its front (+z) sees the whole image, upright.
SLAB = [(x, y, z) for x in (-0.4, 0.4) for y in (0.0, 1.5) for z in (-0.35, 0.35)]
FACES = [(1, 5, 7, 3), (0, 2, 6, 4), (0, 1, 3, 2), (4, 6, 7, 5), (2, 3, 7, 6), (0, 4, 5, 1)]


def uv(x: float, y: float) -> tuple[float, float]:
    """The viewer's right is the slab's left, -x."""
    return 0.5 - x / 0.8, y / 1.5


def write_image(path: Path) -> None:
    """Red upper left, green upper right, blue lower left, white lower right."""
    image = Image.new("RGB", (64, 64), (255, 255, 255))
    for color, corner in (("red", (0, 0)), ("lime", (32, 0)), ("blue", (0, 32))):
        image.paste(color, (*corner, corner[0] + 32, corner[1] + 32))
    image.save(path)


def write_objathor(root: Path) -> EmbeddedSettings:
    home = root / ASSET
    home.mkdir(parents=True)
    asset = {
        "vertices": [dict(zip("xyz", corner, strict=True)) for corner in SLAB],
        "uvs": [dict(zip("xy", uv(x, y), strict=True)) for x, y, _ in SLAB],
        # Unity's triangles turn as the cross product of its left-handed axes has it.
        "triangles": [corner for a, b, c, d in FACES for corner in (a, b, c, a, c, d)],
        "albedoTexturePath": "albedo.png",
        "yRotOffset": 0.0,
    }
    (home / f"{ASSET}.pkl.gz").write_bytes(gzip.compress(pickle.dumps(asset)))
    write_image(home / "albedo.png")
    return EmbeddedSettings(light="plain", assets="none", objathor=str(root))


def write_molmospaces(root: Path) -> EmbeddedSettings:
    home = root / "Kitchen Objects" / ASSET
    home.mkdir(parents=True)
    lines = [f"v {x} {y} {z}" for x, y, z in SLAB] + ["vt {} {}".format(*uv(x, y)) for x, y, _ in SLAB]
    lines += ["f " + " ".join(f"{corner + 1}/{corner + 1}" for corner in face) for face in FACES]
    (home / "slab.obj").write_text("\n".join(lines))
    (home / f"{ASSET}_prim.xml").write_text(
        '<mujoco><default><default class="visual"/></default><asset><mesh name="m" file="slab.obj" scale="-1 1 1"/>'
        '<texture name="t" type="2d" file="t.png"/><material name="c" texture="t"/></asset><worldbody><body>'
        '<geom class="visual" type="mesh" mesh="m" material="c"/></body></worldbody></mujoco>'
    )
    write_image(home / "t.png")
    return EmbeddedSettings(light="plain", assets="none", molmospaces=str(root))


WRITERS = {"objathor": write_objathor, "molmospaces": write_molmospaces}


def show(settings: EmbeddedSettings) -> tuple[Frame, tuple[StandIn, ...]]:
    """A frame with the slab in the middle, seen from its front."""
    house = make_house([make_room()], [], [make_thing("slab", ASSET, 3.5, 2.0, yaw=90.0)])
    try:
        with EmbeddedSimulator(settings, "gl") as simulator:
            simulator.load(house, Look.standard(house))
            return simulator.render(Pose((1.0, 2.0, 0.9), 0.0), CAMERA), simulator.stand_ins
    except SimulatorUnavailable as error:
        (pytest.fail if "CI" in os.environ else pytest.skip)(str(error))


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_image_on_the_front_is_upright_and_not_mirrored(
    tmp_path: Path, write: Callable[[Path], EmbeddedSettings]
) -> None:
    frame, stand_ins = show(write(tmp_path))
    assert stand_ins == ()
    rows, columns = np.nonzero(frame.instance_ids == 1)
    top, bottom, left, right = rows.min(), rows.max(), columns.min(), columns.max()

    def color(share_down: float, share_right: float) -> list[bool]:
        """Which channels are strong there."""
        pixel = frame.rgb[round(top + share_down * (bottom - top)), round(left + share_right * (right - left))]
        return [bool(channel > 0.6 * pixel.max()) for channel in pixel]

    assert color(0.3, 0.3) == [True, False, False]
    assert color(0.3, 0.7) == [False, True, False]
    assert color(0.75, 0.3) == [False, False, True]
    assert color(0.75, 0.7) == [True, True, True]


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_damaged_model_becomes_a_stand_in_that_says_why(
    tmp_path: Path, write: Callable[[Path], EmbeddedSettings]
) -> None:
    settings = write(tmp_path)
    image = next(tmp_path.rglob("*.png"))
    image.unlink()
    frame, stand_ins = show(settings)
    assert (frame.instance_ids == 1).sum() > 100
    (stand_in,) = stand_ins
    assert (stand_in.object_id, stand_in.asset_id) == ("slab", ASSET)
    assert stand_in.reason.startswith(image.relative_to(tmp_path).as_posix())


def test_episodes_can_tell_which_folder_made_them(tmp_path: Path) -> None:
    digests = []
    for name in ("a", "b"):
        settings = write_objathor(tmp_path / name)
        (tmp_path / name / f"only in {name}").touch()
        with EmbeddedSimulator(settings) as simulator:
            digests.append(simulator.info.assets)
    assert digests[0] != digests[1]
