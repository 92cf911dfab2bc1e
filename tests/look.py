"""A contact sheet of what the embedded simulator shows: `python -m tests.look [OUT]`, to be looked at by a person.

Writes sheet.png (24 frames over 6 houses, then one of them with its ids and depths) and every frame by itself.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from simsv_generation.camera import Camera
from simsv_generation.episode import Frame
from simsv_generation.look import Look
from simsv_generation.scene import House
from simsv_generation.simulators import Simulator, open_simulator
from simsv_generation.simulators.settings import EmbeddedSettings
from tests.views import procthor_houses, room_views

CAMERA = Camera(680, 384, 59.0)
HOUSES, VIEWS = 6, 4
FEWEST_ROOM_TYPES = 3
_COLUMNS = 4
_CAPTION = 22


@dataclass(frozen=True, slots=True)
class Shot:
    caption: str
    frame: Frame


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    shots: list[Shot] = []
    with open_simulator("embedded", EmbeddedSettings()) as simulator:
        print(simulator.info)
        for ordinal, house in procthor_houses():
            if len({room.room_type for room in house.rooms}) >= FEWEST_ROOM_TYPES:
                shots += _shots(simulator, house, ordinal)
                print(f"house {ordinal}: {len(simulator.stand_ins)} stand-ins {simulator.stand_ins[:3]}")
            if len(shots) == HOUSES * VIEWS:
                break
    pictures = [(shot.caption, shot.frame.rgb) for shot in shots]
    best = max(shots, key=lambda shot: len(np.unique(shot.frame.instance_ids)))
    pictures += [
        (best.caption, best.frame.rgb),
        ("instance ids", id_colors(best.frame.instance_ids)),
        ("depth", depth_colors(best.frame.depth)),
    ]
    for number, (caption, pixels) in enumerate(pictures):
        Image.fromarray(pixels).save(out / f"{number:02d}-{caption.split(',')[0].replace(' ', '_')}.png")
    _sheet(pictures).save(out / "sheet.png")
    print(f"{len(pictures)} pictures in {out}")


def id_colors(ids: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """A colour for every id, neighbours far apart: hues by the golden ratio, in three brightnesses."""
    count = int(ids.max()) + 1
    hue = np.arange(count) * 0.61803398875 % 1.0
    value = np.array([1.0, 0.75, 0.5])[np.arange(count) % 3]
    wheel = np.clip(np.abs((hue[:, None] * 6 + np.array([0.0, 4.0, 2.0])) % 6 - 3) - 1, 0, 1)
    return np.rint(255 * (0.15 + 0.85 * wheel) * value[:, None]).astype(np.uint8)[ids]


def depth_colors(depth: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Depths from 0, yellow, to the farthest, dark blue, with a scale in metres along the lower edge."""
    farthest = int(np.ceil(depth.max()))
    image = Image.fromarray(_viridis(depth / np.float32(farthest)))
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(13)
    left, right, top = 20, image.width - 20, image.height - 34
    scale = np.tile(np.linspace(0, 1, right - left, dtype=np.float32), (12, 1))
    image.paste(Image.fromarray(_viridis(scale)), (left, top))
    for metres in range(farthest + 1):
        x = left + (right - left) * metres / farthest
        draw.line([(x, top - 3), (x, top + 14)], fill="white")
        draw.text(
            (x, top + 15), f"{metres} m", fill="white", font=font, anchor="ma", stroke_width=1, stroke_fill="black"
        )
    return np.asarray(image)


def _viridis(share: NDArray[np.float32]) -> NDArray[np.uint8]:
    stops = np.array([[253, 231, 37], [94, 201, 98], [33, 145, 140], [59, 82, 139], [68, 1, 84]], np.float64)
    at = np.clip(share, 0, 1) * (len(stops) - 1)
    channels = [np.interp(at, np.arange(len(stops)), stops[:, k]) for k in range(3)]
    return np.rint(np.stack(channels, -1)).astype(np.uint8)


def _shots(simulator: Simulator, house: House, ordinal: int) -> list[Shot]:
    house = simulator.load(house, Look.standard(house))
    return [
        Shot(f"{view.room_type} of house {ordinal}, from {view.pose.position}", simulator.render(view.pose, CAMERA))
        for view in room_views(simulator, house, VIEWS)
    ]


def _sheet(pictures: list[tuple[str, NDArray[np.uint8]]]) -> Image.Image:
    width, height = CAMERA.width, CAMERA.height + _CAPTION
    rows = -(-len(pictures) // _COLUMNS)
    sheet = Image.new("RGB", (width * _COLUMNS, height * rows), (20, 20, 20))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for number, (caption, pixels) in enumerate(pictures):
        x, y = number % _COLUMNS * width, number // _COLUMNS * height
        sheet.paste(Image.fromarray(pixels), (x, y))
        draw.text((x + 6, y + CAMERA.height + 2), caption, fill="white", font=font)
    return sheet


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "look"))
