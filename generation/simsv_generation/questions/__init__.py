"""Questions about episodes: one generator per type of `simsv_dataset.taxonomy.QUESTION_TYPES`.

Adding a type is a row in the taxonomy, a module with an object that satisfies `QuestionGenerator`, and a line here.
"""

from simsv_generation.questions.base import QuestionGenerator
from simsv_generation.questions.camera import (
    CameraDisplacement,
    CameraObjectApproach,
    CameraObjectDistance,
    CameraTurn,
)
from simsv_generation.questions.camera_direction import CameraObjectDirection
from simsv_generation.questions.counting import ObjectCounting
from simsv_generation.questions.direction import EASY, HARD, MEDIUM, RelativeDirection
from simsv_generation.questions.distance import AbsoluteDistance
from simsv_generation.questions.existence import ObjectExistence
from simsv_generation.questions.order import AppearanceOrder
from simsv_generation.questions.relative import RelativeDistance
from simsv_generation.questions.rooms import RoomCount
from simsv_generation.questions.route import RoutePlanning
from simsv_generation.questions.size import ObjectSize, RoomSize

_GENERATORS: tuple[QuestionGenerator, ...] = (
    ObjectCounting(),
    AbsoluteDistance(),
    ObjectSize("object_size_estimation", "longest"),
    ObjectSize("object_short_size_estimation", "shortest"),
    RoomSize(),
    RoomCount(),
    ObjectExistence(),
    RelativeDistance(),
    RelativeDirection("object_rel_direction_easy", EASY),
    RelativeDirection("object_rel_direction_medium", MEDIUM),
    RelativeDirection("object_rel_direction_hard", HARD),
    RoutePlanning(),
    AppearanceOrder("obj_appearance_order", 4),
    AppearanceOrder("appearance_order_2", 2),
    AppearanceOrder("appearance_order_3", 3),
    AppearanceOrder("appearance_order_5", 5),
    AppearanceOrder("appearance_order_6", 6),
    CameraDisplacement(),
    CameraTurn(),
    CameraObjectDistance(),
    CameraObjectApproach(),
    CameraObjectDirection(),
)

GENERATORS = {generator.question_type: generator for generator in _GENERATORS}
"""Question type to its generator."""
