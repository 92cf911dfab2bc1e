"""What is changed on single models, found by looking at them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.assets.finish import Finish


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes to one model. Materials and groups are named by patterns with `*`."""

    without: tuple[str, ...] = ()
    """Materials and groups that are left out: things of their own that an annotation would have to know."""
    turn: float = 0.0
    """Degrees counter-clockwise seen from above, until the front is at +y."""
    triangles: int = 0
    """At most about how many; 0 leaves it to the size."""
    patterns: Mapping[str, str] = field(default_factory=dict)
    """Material to the pattern of an untextured part."""
    colors: Mapping[str, Vec3] = field(default_factory=dict)
    """Material to its linear reflectance."""

    def applied(self, name: str, finish: Finish) -> Finish:
        """The finish of the material of that name, changed."""
        for pattern, texture in self.patterns.items():
            if fnmatch(name, pattern) and not finish.image:
                finish = replace(finish, material=replace(finish.material, texture=texture))
        for pattern, color in self.colors.items():
            if fnmatch(name, pattern):
                finish = replace(finish, color=color)
        return finish


NO_EDIT = Edit()
EDITS: Mapping[str, Edit] = {
    "Blend Swap CC-0#bed1": Edit(without=("pillow",)),
    "Blend Swap CC-0#bed2": Edit(without=("pillow",)),
    "Blend Swap CC-0#deer": Edit(turn=90),
    "Kator Legaz#coffee-mug": Edit(turn=90),
    "Scopia#montre-with-pose": Edit(turn=90),
    "Scopia#toaster": Edit(turn=90),
}
