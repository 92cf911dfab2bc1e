"""The larger run is `python -m tests.conformance.pixel_truth`."""

from dataclasses import replace

import numpy as np
import pytest

from simsv_generation.camera import Pose
from simsv_generation.episode import Frame
from simsv_generation.look import Look
from simsv_generation.scene import House
from simsv_generation.simulators import open_simulator
from simsv_generation.simulators.settings import EmbeddedSettings
from tests.conformance.pixel_truth import CAMERA, Truth, count_boxes, count_rays, pixel_truth
from tests.factories import make_house
from tests.views import procthor_houses

pytest.importorskip("embreex")
POSE = Pose((4.0, 1.8, 1.5), 150.0, -15.0)


def test_pixels_of_a_small_house_tell_the_truth() -> None:
    truth = pixel_truth([make_house()], 12, 1)
    assert truth.frames == 12
    assert truth.object_pixels > 10_000
    assert truth.share_inside >= 0.999
    assert not truth.missing
    assert truth.rays_that_differ < 0.001 * truth.rays


@pytest.mark.slow
def test_pixels_of_procthor_houses_tell_the_truth() -> None:
    truth = pixel_truth((house for _, house in procthor_houses()), 20, 3)
    assert truth.frames == 60
    assert truth.share_inside >= 0.999
    assert not truth.missing


@pytest.fixture(scope="module")
def shown() -> tuple[House, Frame]:
    house = make_house()
    with open_simulator("embedded", EmbeddedSettings(light="plain")) as simulator:
        settled = simulator.load(house, Look.standard(house))
        return settled, simulator.render(POSE, CAMERA)


def test_depth_that_is_two_centimetres_off_is_counted(shown: tuple[House, Frame]) -> None:
    house, frame = shown
    right, wrong = Truth(), Truth()
    count_boxes(right, house, frame, POSE, CAMERA)
    count_boxes(wrong, house, replace(frame, depth=frame.depth - np.float32(0.02)), POSE, CAMERA)
    assert right.pixels_outside == 0
    assert wrong.share_inside < 0.999
    assert sum(wrong.outside.values()) == wrong.pixels_outside


def test_mask_that_was_erased_is_counted_by_its_object(shown: tuple[House, Frame]) -> None:
    house, frame = shown
    number = int(np.bincount(frame.instance_ids.ravel())[1 : len(house.objects) + 1].argmax()) + 1
    erased = np.where(frame.instance_ids == number, 0, frame.instance_ids).astype(np.uint16)
    for has_holes, expected in ((np.zeros(0, np.int64), 1), (np.array([number]), 0)):
        truth = Truth()
        count_rays(truth, house, replace(frame, instance_ids=erased), frame.instance_ids.astype(np.int64), has_holes)
        assert sum(truth.missing.values()) == expected
    assert truth.rays_that_differ == (frame.instance_ids == number).sum()
