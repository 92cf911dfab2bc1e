"""What people may take for one another, and what they may look for in a room."""

from collections.abc import Collection

_LOOK_ALIKES = (
    ("chair", "armchair", "stool"),
    ("armchair", "sofa"),
    ("stool", "ottoman"),
    ("dining table", "desk", "coffee table", "side table"),
    ("side table", "dresser", "tv stand", "cart"),
    ("dresser", "tv stand", "shelf"),
    ("cart", "shelf"),
    ("counter", "sink"),
    ("floor lamp", "desk lamp"),
    ("bed", "dog bed"),
    ("dog bed", "pillow"),
    ("trash can", "trash bag", "laundry hamper"),
    ("box", "tissue box", "safe"),
    ("washing machine", "clothes dryer"),
    ("coffee machine", "kettle"),
    ("microwave", "toaster"),
    ("computer", "laptop"),
    ("computer", "tv"),
    ("statue", "vase", "decoration"),
    ("potted plant", "vase"),
    ("bottle", "soap bottle", "spray bottle", "wine bottle"),
    ("cup", "mug"),
    ("bowl", "plate", "pan", "pot"),
    ("fork", "knife", "ladle", "spatula", "spoon"),
    ("pen", "pencil"),
    ("apple", "potato", "tomato"),
    ("book", "newspaper"),
    ("phone", "remote control"),
    ("cloth", "towel"),
)
"""Categories that one person calls by one name and another by another, or of which one can pass for a kind of it."""

_TWINS = (
    ("dining table", "desk", "coffee table", "side table"),
    ("armchair", "sofa"),
    ("decoration", "vase"),
)
"""Of these, also one who sees both may take each for the other: what a house calls a dining table is a console at the
wall, what it calls a desk has four chairs. The looser likenesses above matter where kinds are counted or looked for.
"""
_UNNAMED = frozenset({"decoration", "safe"})
"""What nobody calls by this name who sees it."""

_SIGNS = {"chair": ("armchair",), "sink": ("faucet",)}
"""Category to what makes a person say that one is there: an armchair is a chair, a faucet on a counter a sink."""

LOOKED_FOR = {
    "armchair": ("Bedroom", "LivingRoom"),
    "bed": ("Bedroom",),
    "box": ("Bedroom", "LivingRoom"),
    "cart": ("LivingRoom",),
    "chair": ("Bedroom", "Kitchen", "LivingRoom"),
    "clothes dryer": ("Bathroom",),
    "coffee machine": ("Kitchen",),
    "coffee table": ("Bedroom", "LivingRoom"),
    "counter": ("Kitchen",),
    "desk": ("Bedroom",),
    "desk lamp": ("Bedroom", "LivingRoom"),
    "dining table": ("Bedroom", "Kitchen", "LivingRoom"),
    "dog bed": ("Bedroom", "LivingRoom"),
    "dresser": ("Bedroom", "LivingRoom"),
    "floor lamp": ("Bedroom", "LivingRoom"),
    "laptop": ("Bedroom", "LivingRoom"),
    "laundry hamper": ("Bathroom",),
    "microwave": ("Kitchen",),
    "ottoman": ("LivingRoom",),
    "painting": ("Bathroom", "Bedroom", "Kitchen", "LivingRoom"),
    "pillow": ("Bedroom", "LivingRoom"),
    "potted plant": ("Bedroom", "Kitchen", "LivingRoom"),
    "refrigerator": ("Kitchen",),
    "safe": ("Bedroom", "Kitchen"),
    "shelf": ("Kitchen", "LivingRoom"),
    "side table": ("Bedroom", "LivingRoom"),
    "sink": ("Bathroom",),
    "sofa": ("LivingRoom",),
    "statue": ("Bedroom", "Kitchen", "LivingRoom"),
    "stool": ("Kitchen",),
    "teddy bear": ("Bedroom",),
    "toaster": ("Kitchen",),
    "toilet": ("Bathroom",),
    "trash bag": ("Kitchen",),
    "trash can": ("Bathroom", "Bedroom", "Kitchen", "LivingRoom"),
    "tv": ("Bedroom", "Kitchen", "LivingRoom"),
    "tv stand": ("Bedroom", "LivingRoom"),
    "vacuum cleaner": ("Bedroom",),
    "washing machine": ("Bathroom",),
}
"""Category to the types of rooms in which ProcTHOR's homes have it now and then, of what is large enough to be noticed.

From 150 houses; in a room of these types neither its presence nor its absence is a surprise.
"""


def look_alikes(category: str) -> frozenset[str]:
    """Other categories that a person may take for this one."""
    return _ALIKE.get(category, frozenset())


def signs(category: str) -> tuple[str, ...]:
    """The category and others whose first sight a person may take for its own."""
    return category, *_SIGNS.get(category, ())


def misnomer(category: str, seen: Collection[str]) -> str:
    """Why a question must not name a category where these are seen, as a rejection reason; "" where it may."""
    if category in _UNNAMED:
        return "nobody_calls_it_that"
    twins = (other for group in _TWINS if category in group for other in group if other != category)
    return "a_look_alike_is_seen" if any(other in seen for other in twins) else ""


_ALIKE = {
    category: frozenset(other for group in _LOOK_ALIKES if category in group for other in group) - {category}
    for category in {category for group in _LOOK_ALIKES for category in group}
}
