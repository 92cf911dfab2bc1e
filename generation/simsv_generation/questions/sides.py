"""Which sides of an object a video shows at their full length."""

import numpy as np
from numpy.typing import NDArray

from simsv_generation.episode import Episode
from simsv_generation.geometry import Boxes

LEAST_SHARE = 0.6
"""Of the outline of an object's box, the share in each direction of the picture that what is seen of it spans.

A ball spans two thirds of its box seen from close up; an object of which less is seen is partly hidden.
"""
STEEPEST_VIEW = 0.75
"""Square of the cosine of 30 degrees: closer to the line of sight, a side is foreshortened to less than half."""


def sides_seen(episode: Episode, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Of each object, shape (objects, 3): whether its width, depth and height can be judged.

    That takes a frame in which nothing hides an end of the object and the side does not point at the camera.

    Args:
        episode: what was shown.
        rows: of its visibility, those of objects that are clear and not cut by the border of the frame.
    """
    visibility = episode.visibility
    things = visibility.instance[rows].astype(np.intp) - 1
    boxes = Boxes.of([thing.box for thing in episode.house.objects]).take(things)
    frames, which = np.unique(visibility.frame_index[rows], return_inverse=True)
    poses = [episode.trajectory.steps[frame].pose for frame in frames.tolist()]
    eyes = np.array([pose.position for pose in poses]).reshape(-1, 3)[which]
    axes = np.array([pose.axes() for pose in poses]).reshape(-1, 3, 3)[which]
    offsets = boxes.corners() - eyes[:, None]
    x, y, depth = ((offsets * axes[:, None, k]).sum(-1) for k in range(3))
    in_front = depth.min(1, initial=np.inf) > 0
    safe = np.where(in_front[:, None], depth, 1.0)
    left, top, right, bottom = visibility.bbox[rows].T / episode.camera.focal_length
    whole = in_front
    for seen, projected in ((right - left, x / safe), (bottom - top, y / safe)):
        whole = whole & (seen >= LEAST_SHARE * np.ptp(projected, axis=1))
    views = boxes.to_local(eyes[:, None])[:, 0] ** 2
    judged = whole[:, None] & (views <= STEEPEST_VIEW * views.sum(1, keepdims=True))
    sides = np.zeros((len(episode.house.objects), 3), dtype=np.bool_)
    np.logical_or.at(sides, things, judged)
    return sides
