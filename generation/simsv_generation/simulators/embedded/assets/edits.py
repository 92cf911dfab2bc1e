"""What is changed on single models, found by looking at them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.assets.finish import Finish

_GLOW = 0.8
"""What a lit lamp shade gives off, in units of its colour."""


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
    shades: tuple[str, ...] = ()
    """Materials of lamp shades, which glow when the lamp is on."""

    def applied(self, name: str, finish: Finish) -> Finish:
        """The finish of the material of that name, changed."""
        for pattern, texture in self.patterns.items():
            if fnmatch(name, pattern) and not finish.image:
                finish = replace(finish, material=replace(finish.material, texture=texture))
        for pattern, color in self.colors.items():
            if fnmatch(name, pattern):
                finish = replace(finish, color=color)
        if any(fnmatch(name, pattern) for pattern in self.shades):
            finish = replace(finish, material=replace(finish.material, emission=_GLOW))
        return finish


NO_EDIT = Edit()
_FABRIC: Mapping[str, str] = {"*": "fabric"}
_LEATHER: Mapping[str, str] = {"*": "leather"}
_UPHOLSTERY: Mapping[str, str] = {"Buttons": "leather", "S[ui]*": "leather", "Back": "leather"}
_REDDISH_WOOD = Edit(patterns={"amber": "wood"}, colors={"amber": (0.30, 0.14, 0.06)})
_PINE = Edit(
    patterns={"flyellow": "wood", "bone2": "fabric"},
    colors={"flyellow": (0.52, 0.34, 0.18), "bone2": (0.70, 0.64, 0.54)},
)
_NAVY = Edit(patterns=_FABRIC, colors={"iris": (0.055, 0.085, 0.16)})
_BEIGE = Edit(without=("cosins*",), patterns={"*beige*": "fabric"}, colors={"*beige*": (0.62, 0.56, 0.45)})

EDITS: Mapping[str, Edit] = {
    "Blend Swap CC-0#armchair2": Edit(patterns=_LEATHER),
    "Blend Swap CC-0#bed1": Edit(without=("pillow",)),
    "Blend Swap CC-0#bed2": Edit(without=("pillow",), patterns={"structure": "wood"}),
    "Blend Swap CC-0#bed3": Edit(without=("Pillow",), patterns={"Blanquet": "fabric", "Bed": "leather"}),
    "Blend Swap CC-0#bedWithTexture": Edit(without=("*Pillow",)),
    "Blend Swap CC-0#cactus": Edit(triangles=900),
    "Blend Swap CC-0#couch": Edit(without=("Grey_Pillow",)),
    "Blend Swap CC-0#desklamp": Edit(shades=("Material.002",)),
    "Blend Swap CC-0#sillaBlanca": Edit(patterns={"verde": "fabric"}),
    "Blend Swap CC-0#stool2": Edit(triangles=500),
    "Blend Swap CC-0#washbasin": Edit(without=("*chrome*",)),
    "Blend Swap CC-0#winchesterArmchair": Edit(patterns=_UPHOLSTERY),
    "Blend Swap CC-0#winchesterSofa": Edit(patterns=_UPHOLSTERY),
    "Blend Swap CC-BY#armchair1": Edit(patterns=_LEATHER),
    "Blend Swap CC-BY#couch3": Edit(patterns={"Base": "fabric"}),
    "Blend Swap CC-BY#ella_chair_f": Edit(patterns={"*": "wood"}),
    "Blend Swap CC-BY#fotel": Edit(patterns=_LEATHER),
    "Blend Swap CC-BY#juniorBed": Edit(without=("pillow",)),
    "Blend Swap CC-BY#lamp": Edit(patterns={"Shade": "fabric"}, shades=("Shade",)),
    "Blend Swap CC-BY#lettoCloud": Edit(without=("*Pillow", "bianco")),
    "Blend Swap CC-BY#succulentPlant": Edit(triangles=900),
    "Blend Swap CC-BY#washbasin_jay_hardy": Edit(without=("Steel-chrome", "Tap*")),
    "Kator Legaz#futon-couch": Edit(colors={"Matress": (0.30, 0.06, 0.05)}),
    "Kator Legaz#mid-century-bench-sofa": Edit(colors={"TEXTILE*": (0.46, 0.19, 0.07)}),
    "Kator Legaz#mid-century-chair": Edit(colors={"TEXTILE*": (0.20, 0.27, 0.25)}),
    "Kator Legaz#mid-century-sofa": Edit(colors={"TEXTILE*": (0.58, 0.56, 0.52)}),
    "Scopia#armchair": Edit(patterns={"sillon_ref": "leather"}),
    "Scopia#beige_sofa": _BEIGE,
    "Scopia#beige_sofa_2seats": _BEIGE,
    "Scopia#bonsai-tree": Edit(triangles=3600),
    "Scopia#burlap_sofa": Edit(without=("cosins*",)),
    "Scopia#chair": Edit(patterns={"coixi*": "fabric"}),
    "Scopia#chair4": Edit(patterns={"coixi*": "fabric"}),
    "Scopia#children_bed": Edit(without=("cuishon*",)),
    "Scopia#clear_sofa": Edit(without=("cushion_*",), patterns={"skin": "leather"}),
    "Scopia#iron_bed": Edit(patterns={"sobrecolchon*": "fabric"}),
    "Scopia#little_lamp1": Edit(patterns={"squares*": "fabric"}, shades=("squares*",)),
    "Scopia#little_lamp2": Edit(patterns={"lampshade*": "fabric"}, shades=("lampshade*",)),
    "Scopia#little_lamp3": Edit(patterns={"yellow*": "fabric"}, shades=("yellow*",)),
    "Scopia#living_lamp": Edit(shades=("squares*",)),
    "Scopia#livingroom_lamp1": Edit(shades=("lampshade*",)),
    "Scopia#office_chair": Edit(patterns={"tela*": "fabric"}),
    "Scopia#simple_sofa": Edit(without=("cojoncillos",), patterns={"cojines": "fabric"}),
    "Scopia#table_lamp": Edit(shades=("lampshade*",)),
    "Scopia#toaster": Edit(turn=90),
    "eTeks#armchair": _NAVY,
    "eTeks#armchair2": Edit(patterns={"flgrey": "fabric", "flblonde": "wood"}),
    "eTeks#bed": Edit(without=("*_pillow_*",), patterns={"flgrey": "fabric", "flwhite": "fabric"}),
    "eTeks#bed140x190": _PINE,
    "eTeks#bed90x190": _PINE,
    "eTeks#bedsideTable": _REDDISH_WOOD,
    "eTeks#chair": _REDDISH_WOOD,
    "eTeks#chair2": Edit(patterns={"fltan": "wood"}),
    "eTeks#chest": _REDDISH_WOOD,
    "eTeks#cornerSofa": _NAVY,
    "eTeks#desk": Edit(patterns={"lighttan": "wood"}),
    "eTeks#dresser": Edit(patterns={"brzskin": "wood"}),
    "eTeks#floorUplight": Edit(shades=("flltgrey",)),
    "eTeks#lamp": Edit(patterns={"flltgrey": "fabric"}, shades=("flltgrey",)),
    "eTeks#roundTable": _REDDISH_WOOD,
    "eTeks#sofa": _NAVY,
    "eTeks#sofa2": Edit(patterns={"flgrey": "fabric", "flblonde": "wood"}),
    "eTeks#squareTable": Edit(patterns={"flblonde": "wood"}),
    "eTeks#stool": _REDDISH_WOOD,
    "eTeks#table": Edit(patterns={"lighttannew": "wood"}),
    "eTeks#washbasin": Edit(without=("Robinet*",)),
}
