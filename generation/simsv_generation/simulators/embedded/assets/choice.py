"""Which models stand for which AI2-THOR object types, chosen by looking at each.

A model is in the table when a person names it as that type at once, from all sides, and when it shows nothing else that
could be asked about: no laptop on a desk, no pillow on a bed, no tap on a sink. Types without a row stay parametric:

* things inside or on their boards must stand on them: ShelvingUnit, CounterTop, Cart, TableTopDecor;
* the catalogues have none, or none that fits: AluminumFoil, Apple, BaseballBat, Blinds, Boots, ButterKnife, CD, Cloth,
  CreditCard, Desktop, DishSponge, DogBed, Dumbbell, Egg, Faucet, Footstool, GarbageBag, HandTowel, HandTowelHolder,
  Knife, Lettuce, Ottoman, Pan, PepperShaker, Pencil, Pillow, Plunger, Potato, RoomDecor, ShowerCurtain, ShowerHead,
  SoapBar, SprayBottle, TissueBox, ToiletPaper, Tomato, Towel, VacuumCleaner, WateringCan;
* they show text, or another thing with a name: Book, Newspaper, Painting, ToiletPaperHanger, WineBottle;
* the parametric shape looks as good with fewer triangles and in more colours: AlarmClock, Bottle, Bowl, Candle, Cup,
  KeyChain, LightSwitch, Mug, PaperTowelRoll, Pen, Plate, Pot, SaltShaker, ScrubBrush, Statue, TennisRacket,
  TowelHolder, Watch;
* they are part of the house: Doorframe, Doorway, Window.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.seeding import rng

MODELS: Final[Mapping[str, tuple[str, ...]]] = {
    "ArmChair": (
        "Blend Swap CC-0#armchair2",
        "Blend Swap CC-0#modernArmchair",
        "Blend Swap CC-0#winchesterArmchair",
        "Blend Swap CC-BY#armChair2",
        "Blend Swap CC-BY#armchair1",
        "Blend Swap CC-BY#fotel",
        "Kator Legaz#mid-century-chair",
        "Scopia#armchair",
        "Scopia#armchair2",
        "Scopia#armchair3",
        "eTeks#armchair",
        "eTeks#armchair2",
    ),
    "BasketBall": ("Blend Swap CC-0#basketball",),
    "Bed": (
        "Blend Swap CC-0#bed1",
        "Blend Swap CC-0#bed2",
        "Blend Swap CC-0#bed3",
        "Blend Swap CC-0#bedWithTexture",
        "Blend Swap CC-BY#juniorBed",
        "Blend Swap CC-BY#lettoCloud",
        "Scopia#bed1",
        "Scopia#children_bed",
        "Scopia#iron_bed",
        "eTeks#bed",
        "eTeks#bed140x190",
        "eTeks#bed90x190",
    ),
    "Box": ("Scopia#cardboard-box", "Scopia#open-cardboard-box"),
    "Bread": ("", "Blend Swap CC-0#bread"),
    "CellPhone": ("", "Blend Swap CC-0#iphone"),
    "Chair": (
        "Blend Swap CC-0#antiqueChair",
        "Blend Swap CC-0#armchair",
        "Blend Swap CC-0#chair",
        "Blend Swap CC-0#chair2",
        "Blend Swap CC-0#chairWithCushion",
        "Blend Swap CC-0#oakChair",
        "Blend Swap CC-0#osakaChair",
        "Blend Swap CC-0#plasticChair",
        "Blend Swap CC-0#sillaBlanca",
        "Blend Swap CC-0#thonet",
        "Blend Swap CC-BY#cafe_set_tonon_chair",
        "Blend Swap CC-BY#chair3",
        "Blend Swap CC-BY#chair4",
        "Blend Swap CC-BY#chairWithCushion",
        "Blend Swap CC-BY#ella_chair_f",
        "Blend Swap CC-BY#foldingChair",
        "Blend Swap CC-BY#kitchenChair",
        "Blend Swap CC-BY#plaidChair",
        "Kator Legaz#dining-chair",
        "Kator Legaz#office-chair",
        "Scopia#chair",
        "Scopia#chair3",
        "Scopia#chair4",
        "Scopia#kids_desk_chair",
        "Scopia#office_chair",
        "Scopia#plastic_chair",
        "Scopia#tubular_chair",
        "Scopia#white_kitchen_chair",
        "eTeks#chair",
        "eTeks#chair2",
    ),
    "ClothesDryer": ("Scopia#dryer_machine",),
    "CoffeeMachine": ("Kator Legaz#coffee-maker", "Scopia#coffee_machine"),
    "CoffeeTable": (
        "Blend Swap CC-BY#coffeeTable",
        "Scopia#coffee-table2",
        "Scopia#living_room_table",
        "Scopia#saloon_table",
        "Scopia#table_wood_and_iron",
        "eTeks#coffeeTable",
    ),
    "Desk": (
        "Blend Swap CC-0#lbDesk",
        "Blend Swap CC-BY#biurko3",
        "Blend Swap CC-BY#officeTable",
        "Blend Swap CC-BY#simpleDesk",
        "Scopia#kids_desk_table",
        "Scopia#kids_wooden_desk",
        "eTeks#desk",
    ),
    "DeskLamp": (
        "Blend Swap CC-0#desklamp",
        "Blend Swap CC-BY#lamp",
        "Scopia#desk_lamp1",
        "Scopia#desk_lamp2",
        "Scopia#little_lamp1",
        "Scopia#little_lamp2",
        "Scopia#little_lamp3",
        "Scopia#livingroom_lamp1",
        "Scopia#table_lamp",
        "eTeks#lamp",
        "eTeks#workLamp",
    ),
    "DiningTable": (
        "Blend Swap CC-0#oakTable",
        "Blend Swap CC-0#table",
        "Blend Swap CC-BY#table",
        "Kator Legaz#glass-dining-table",
        "Scopia#black_table",
        "Scopia#metal_glass_table",
        "Scopia#round-table",
        "Scopia#table-with-leaning-feet",
        "Scopia#table4",
        "Scopia#white_kitchen_table",
        "Scopia#wooden_table_office",
        "eTeks#roundTable",
        "eTeks#squareTable",
        "eTeks#table",
    ),
    "Dresser": ("", "Blend Swap CC-BY#chest", "Blend Swap CC-BY#dresserWithDrawers", "eTeks#chest"),
    "FloorLamp": ("", "Scopia#living_lamp", "eTeks#floorUplight"),
    "Fork": ("Blend Swap CC-BY#fork",),
    "Fridge": (
        "Blend Swap CC-0#largeFridge",
        "Blend Swap CC-0#refrigerator",
        "Kator Legaz#fridge",
        "eTeks#fridgeFreezer",
    ),
    "GarbageCan": ("", "Blend Swap CC-0#dustbin", "Kator Legaz#bullet-trash-can"),
    "HousePlant": (
        "Blend Swap CC-0#augalas",
        "Blend Swap CC-0#cactus",
        "Blend Swap CC-0#littlePlant",
        "Blend Swap CC-BY#decorativePlant",
        "Blend Swap CC-BY#luckyBamboo",
        "Blend Swap CC-BY#mediumIndoorPlant",
        "Blend Swap CC-BY#spatifilum",
        "Blend Swap CC-BY#spider_plant",
        "Blend Swap CC-BY#succulentPlant",
        "Blend Swap CC-BY#yuccaPlant",
        "Scopia#bonsai-tree",
        "Scopia#maceta",
    ),
    "Kettle": ("Blend Swap CC-BY#boiler",),
    "Ladle": ("Scopia#kitchen_tool2",),
    "Laptop": ("Blend Swap CC-BY#laptop", "Kator Legaz#apple-ibook-2001", "eTeks#laptop"),
    "LaundryHamper": ("", "Scopia#clothes-basket"),
    "Microwave": ("Blend Swap CC-BY#microwave", "eTeks#oven"),
    "RemoteControl": ("Scopia#tv-remote-control",),
    "Safe": ("Blend Swap CC-BY#sef-kasa",),
    "SideTable": ("", "Blend Swap CC-0#bedsideTable2", "Blend Swap CC-BY#bedsideTable", "eTeks#bedsideTable"),
    "Sink": ("Blend Swap CC-0#washbasin", "Blend Swap CC-BY#washbasin_jay_hardy", "eTeks#washbasin"),
    "SoapBottle": ("", "Scopia#com_bath2_soap"),
    "Sofa": (
        "Blend Swap CC-0#L_shaped_sofa",
        "Blend Swap CC-0#couch",
        "Blend Swap CC-0#couch2",
        "Blend Swap CC-0#sofa",
        "Blend Swap CC-0#sofa2",
        "Blend Swap CC-0#winchesterSofa",
        "Blend Swap CC-BY#couch3",
        "Blend Swap CC-BY#sofa2",
        "Blend Swap CC-BY#sofa3",
        "Kator Legaz#futon-couch",
        "Kator Legaz#mid-century-bench-sofa",
        "Kator Legaz#mid-century-sofa",
        "Scopia#beige_sofa",
        "Scopia#beige_sofa_2seats",
        "Scopia#burlap_sofa",
        "Scopia#clear_sofa",
        "Scopia#leather_sofa",
        "Scopia#simple_sofa",
        "eTeks#cornerSofa",
        "eTeks#sofa",
        "eTeks#sofa2",
    ),
    "Spatula": ("Scopia#kitchen_tool3",),
    "Spoon": ("Blend Swap CC-BY#spoon",),
    "Stool": ("Blend Swap CC-0#stool2", "Blend Swap CC-BY#green_stool", "eTeks#stool"),
    "TVStand": ("", "Blend Swap CC-BY#tvStand", "eTeks#dresser"),
    "TeddyBear": ("Blend Swap CC-0#teddyBear",),
    "Television": ("Blend Swap CC-0#led_tv", "Scopia#tv", "Scopia#wall-flat-tv", "eTeks#flatTV"),
    "Toaster": ("", "Scopia#toaster"),
    "Toilet": (
        "Blend Swap CC-0#toiletsUnit",
        "Blend Swap CC-BY#modernToilet",
        "Blend Swap CC-BY#toilets_unit_jay_hardy",
        "eTeks#toiletUnit",
    ),
    "Vase": ("", "Scopia#jar", "Scopia#vase1", "Scopia#vase3"),
    "WashingMachine": ("Blend Swap CC-BY#washing_machine", "Scopia#clothes_washing_machine", "eTeks#clothesWasher"),
}
"""Object type to the ids of its models; "" stands for the parametric shape, where few models would meet too often."""

_MOST_DISTORTION: Final = 0.45
"""Standard deviation of the logarithms of the three axes' scales from which a model looks wrong."""
_AS_GOOD: Final = 0.1
"""Models distorted this much more than the best are chosen as well, for variety."""
_THINNEST: Final = 0.12
"""Share of the longest side: how much flatter a flat thing gets is not seen."""


def choose(asset_id: str, asset_type: str, size: Vec3, models: Mapping[str, Vec3]) -> str | None:
    """The id of the model for an asset, always the same; None when there is none or all would be distorted badly.

    Args:
        asset_id: which of the models that fit is drawn for each asset of its own.
        asset_type: AI2-THOR object type.
        size: width, depth, height of the asset's box, metres.
        models: the models at hand with their sizes, metres.
    """
    options = MODELS.get(asset_type, ())
    distortions = {option: _distortion(size, models[option]) for option in options if option in models}
    limit = min(_MOST_DISTORTION, min(distortions.values(), default=0.0) + _AS_GOOD)
    fitting = [option for option in options if not option or distortions.get(option, np.inf) <= limit]
    return fitting[int(rng(0, "model", asset_id).integers(len(fitting)))] or None if fitting else None


def _distortion(wanted: Vec3, given: Vec3) -> float:
    """How far three scales are from one: the standard deviation of their logarithms."""
    one, other = (np.maximum(np.array(size), max(*size, 1e-3) * _THINNEST) for size in (wanted, given))
    return float(np.log(one / other).std())
