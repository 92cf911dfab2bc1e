"""Parametric furniture: a shape that a person recognises for every AI2-THOR object type, in any metric size.

A family module has a table `SHAPES` from object type to a function of the size and the paint. Its mesh may miss the
size a little; `build_object` stretches it to fit. Local axes: x = width, y = depth with the front at +y, z = height,
origin in the middle.
"""

from collections.abc import Callable

from simsv_generation.geometry import Vec3
from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.furniture import (
    appliances,
    bathroom,
    beds,
    clocks,
    decoration,
    devices,
    food,
    kitchenware,
    lamps,
    seating,
    small_things,
    storage,
    tables,
    toiletries,
)
from simsv_generation.simulators.embedded.materials import Paint
from simsv_generation.simulators.embedded.mesh import Mesh
from simsv_generation.simulators.embedded.solids import fitted

_THINNEST = 5e-4
"""Metres; thinner boxes are shaped at this size and then pressed flat."""

SHAPES: dict[str, Callable[[Vec3, Paint], Mesh]] = {
    **appliances.SHAPES,
    **bathroom.SHAPES,
    **beds.SHAPES,
    **clocks.SHAPES,
    **decoration.SHAPES,
    **devices.SHAPES,
    **food.SHAPES,
    **kitchenware.SHAPES,
    **lamps.SHAPES,
    **seating.SHAPES,
    **small_things.SHAPES,
    **storage.SHAPES,
    **tables.SHAPES,
    **toiletries.SHAPES,
}
"""Object type to the function that shapes it."""


def build_object(asset_type: str, size: Vec3, materials: tuple[str, ...], key: str, seed: int = 0) -> Mesh:
    """The shape of an object type that fills a box of this size, metres, exactly.

    `key` (the asset id) decides variants, and colours where `materials` say none: the same arguments give the same
    mesh. A seed other than 0 draws other finishes, whatever the materials are, for the same shape.

    Raises:
        ValueError: there is no shape for the type.
    """
    if asset_type not in SHAPES:
        raise ValueError(f"there is no shape for objects of the type {asset_type!r}")
    width, depth, height = (max(extent, _THINNEST) for extent in size)
    paint = Paint(materials if seed == 0 else (), rng(0, "furniture", key), rng(seed, "paint", key))
    return fitted(SHAPES[asset_type]((width, depth, height), paint), size)
