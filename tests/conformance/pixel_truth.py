"""Whether pixels tell the truth about the house's record: `python -m tests.conformance.pixel_truth --houses 50`.

Two things are counted. Of the pixels with an object's id, how many lie outside its oriented box once their depth is
unprojected. And for every object, the frames in which its mask is empty although Embree's rays through the centres of
the pixels, an independent route through all triangles of the house, meet it in some of them.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import Frame
from simsv_generation.look import Look
from simsv_generation.navigation import Agent
from simsv_generation.scene import House
from simsv_generation.simulators import open_simulator
from simsv_generation.simulators.embedded.builder import HouseBuilder
from simsv_generation.simulators.embedded.light.rays import Rays
from simsv_generation.simulators.settings import EmbeddedSettings
from simsv_generation.tour import TourRefused
from tests.views import procthor_houses, tour_poses

TOLERANCE = 0.01
"""Metres that a pixel may lie outside its object's box."""
FEWEST_PIXELS = 4
"""That rays must meet of an object before an empty mask counts."""
CAMERA = Camera(384, 224, 59.0)


@dataclass(slots=True)
class Truth:
    """What was counted."""

    houses: int = 0
    frames: int = 0
    object_pixels: int = 0
    pixels_outside: int = 0
    outside: Counter[str] = field(default_factory=Counter)
    """Pixels outside their box, by "house object asset"."""
    rays: int = 0
    rays_that_differ: int = 0
    """Pixels whose id is not that of what their ray meets: edges, and leaves with holes, which rays do not know."""
    missing: Counter[str] = field(default_factory=Counter)
    """Frames with an empty mask of a visible object, by "house object asset"."""

    @property
    def share_inside(self) -> float:
        """Of the pixels of objects."""
        return 1 - self.pixels_outside / max(self.object_pixels, 1)


def pixel_truth(houses: Iterable[House], frames_per_house: int, most_houses: int) -> Truth:
    """Count over tours through the first houses that have one; ids and depth do not depend on light, so it is plain."""
    truth, settings = Truth(), EmbeddedSettings(light="plain")
    builder = HouseBuilder(settings, "pixel truth")
    with open_simulator("embedded", settings) as simulator:
        for raw in houses:
            look = Look.standard(raw)
            house = simulator.load(raw, look)
            try:
                poses = tour_poses(house, simulator.navigation(Agent()), frames_per_house)
            except TourRefused:
                continue
            tracer = _Tracer(builder, house, look)
            for pose in poses:
                frame = simulator.render(pose, CAMERA)
                count_boxes(truth, house, frame, pose, CAMERA)
                count_rays(truth, house, frame, tracer.ids(pose, CAMERA), tracer.has_holes)
                truth.frames += 1
            truth.houses += 1
            if truth.houses == most_houses:
                break
    return truth


class _Tracer:
    """Ids of a house by rays among the triangles that the renderer got."""

    def __init__(self, builder: HouseBuilder, house: House, look: Look) -> None:
        mesh = builder.mesh(house, builder.shape(house, look), look)
        pieces = [piece for piece in mesh.triangles.values() if len(piece.indices)]
        corners = [piece.positions[piece.indices.reshape(-1, 3)] for piece in pieces]
        self._rays = Rays(np.concatenate(corners))
        self._instances = np.concatenate([piece.instances[piece.indices.reshape(-1, 3)[:, 0]] for piece in pieces])
        cutout = mesh.triangles.get("cutout")
        self.has_holes = np.unique(cutout.instances) if cutout is not None else np.zeros(0, np.uint16)

    def ids(self, pose: Pose, camera: Camera) -> NDArray[np.int64]:
        """Shape (height, width); -1 where nothing is met."""
        eye = np.asarray(pose.position, np.float32)
        rays = camera.unproject(np.ones((camera.height, camera.width)), pose).astype(np.float32).reshape(-1, 3) - eye
        hits = self._rays.hits(np.broadcast_to(eye, rays.shape), rays)
        ids = np.where(hits >= 0, self._instances[hits].astype(np.int64), -1)
        return ids.reshape(camera.height, camera.width)


def count_boxes(truth: Truth, house: House, frame: Frame, pose: Pose, camera: Camera) -> None:
    """Compare the depths of a frame's objects with their boxes."""
    world = camera.unproject(frame.depth.astype(np.float64), pose)
    for index in np.unique(frame.instance_ids):
        if 1 <= index <= len(house.objects):
            thing = house.objects[index - 1]
            points = world[frame.instance_ids == index]
            outside = int((thing.box.point_distance(points) > TOLERANCE).sum())
            truth.object_pixels += len(points)
            truth.pixels_outside += outside
            if outside:
                truth.outside[f"{house.house_id} {thing.object_id} {thing.asset_id}"] += outside


def count_rays(
    truth: Truth, house: House, frame: Frame, ids: NDArray[np.int64], has_holes: NDArray[np.integer]
) -> None:
    """Compare a frame's ids with those of rays, but for empty masks of objects whose leaves have holes."""
    truth.rays += ids.size
    truth.rays_that_differ += int((ids != frame.instance_ids).sum())
    count = len(house.objects) + 1
    drawn = np.bincount(frame.instance_ids.ravel(), minlength=count)[:count]
    met = np.bincount(ids[ids >= 0], minlength=count)[:count]
    for index in np.flatnonzero((met >= FEWEST_PIXELS) & (drawn == 0)):
        if index > 0 and index not in has_holes:
            thing = house.objects[index - 1]
            truth.missing[f"{house.house_id} {thing.object_id} {thing.asset_id}"] += 1


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--houses", type=int, default=50)
    parser.add_argument("--frames", type=int, default=2000, help="over all houses")
    arguments = parser.parse_args(argv)
    started = time.process_time()
    houses = (house for _, house in procthor_houses())
    truth = pixel_truth(houses, -(-arguments.frames // arguments.houses), arguments.houses)
    print(f"{truth.houses} houses, {truth.frames} frames, {time.process_time() - started:.0f} CPU s")
    print(f"{truth.share_inside:.6%} of {truth.object_pixels} object pixels lie within 1 cm of their box")
    print(f"{truth.rays_that_differ / max(truth.rays, 1):.4%} of pixels have another id than their ray meets")
    print(f"{sum(truth.missing.values())} empty masks of visible objects")
    for name, counts in (("pixels outside", truth.outside), ("frames without a mask", truth.missing)):
        for who, count in counts.most_common(20):
            print(f"  {count:6} {name}: {who}")
    return int(truth.share_inside < 0.999 or bool(truth.missing))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
