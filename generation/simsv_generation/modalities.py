"""What can be recorded of a frame beside its colour, as images of whole numbers."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simsv_generation.episode import Frame
from simsv_generation.scene import House

_SURFACES: Final = ("floor", "wall", "ceiling")


def image_of(modality: str, frame: Frame, house: House) -> NDArray[Any]:
    """A frame's depth, instances or categories, uint16 of shape (H, W), or its edges, uint8 of shape (H, W, 3).

    Args:
        modality: a name of `simsv_dataset.modalities.MODALITIES`.
        frame: as it is saved.
        house: that it shows.
    """
    match modality:
        case "depth":
            return millimetres(frame.depth)
        case "instance":
            return frame.instance_ids
        case "semantic":
            return category_table(house)[frame.instance_ids]
        case "edge":
            return np.repeat(outlines(frame.instance_ids)[:, :, None].astype(np.uint8) * 255, 3, axis=2)
    raise ValueError(f"there is no modality {modality!r}")


def millimetres(depth: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Depth in metres as the nearest millimetre; 0 stays nothing, all from 65.535 m on is 65535."""
    nearest = np.rint(depth.astype(np.float64) * 1000.0)
    # What is hit, however near, must not become nothing.
    return np.where(depth > 0, np.clip(nearest, 1, 65535), 0).astype(np.uint16)


def category_table(house: House) -> NDArray[np.uint16]:
    """Index into `semantic_legend` for each row of `House.instances()`."""
    index_of = {category: index for index, category in enumerate(semantic_legend(house))}
    return np.array([index_of[category] for category in _instance_categories(house)], dtype=np.uint16)


def semantic_legend(house: House) -> tuple[str, ...]:
    """Category of every semantic id: 0 is nothing, written "", the others are sorted.

    They are the categories of the house's objects, the kinds of its openings, and floor, wall and ceiling.
    """
    return tuple(sorted(set(_instance_categories(house))))


def outlines(instance_ids: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Pixels of which one of the up to eight neighbours shows another instance, shape (H, W).

    They are what an erosion by 3x3 takes away from the mask of each instance (SIMS-V, arXiv 2511.04668).
    """
    edges = np.zeros(instance_ids.shape, dtype=np.bool_)
    here, there, everything = slice(None, -1), slice(1, None), slice(None)
    pairs = (
        ((here, everything), (there, everything)),
        ((everything, here), (everything, there)),
        ((here, here), (there, there)),
        ((here, there), (there, here)),
    )
    for first, second in pairs:
        differs = instance_ids[first] != instance_ids[second]
        edges[first] |= differs
        edges[second] |= differs
    return edges


def _instance_categories(house: House) -> tuple[str, ...]:
    """Category of each row of `House.instances()`."""
    of_objects = (thing.category for thing in house.objects)
    of_openings = (opening.kind for opening in house.openings)
    return ("", *of_objects, *of_openings, *(surface for _ in house.rooms for surface in _SURFACES))
