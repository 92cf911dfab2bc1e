"""The one list of question types. Names are VSI-Bench's where it has the type."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class QuestionType:
    """What a reader needs to know of a question type."""

    name: str
    skill: str
    """What one must be able to do to answer."""
    answer_format: Literal["number", "choice"]
    """A number, or one of the row's options."""
    unit: str = ""
    """Of a number: "m" for metres; empty for choices."""
    num_options: int = 0
    """Of a choice."""
    category_tells: bool = False
    """Whether who knows the kind of thing asked about knows something of the answer, as with sizes and counts."""

    @property
    def metric(self) -> Literal["mra", "accuracy"]:
        """VSI-Bench's score: mean relative accuracy for numbers, accuracy for choices."""
        return "mra" if self.answer_format == "number" else "accuracy"


QUESTION_TYPES = (
    QuestionType("object_counting", "number of objects of a kind", "number", category_tells=True),
    QuestionType("object_abs_distance", "metric distance between two objects", "number", unit="m"),
    QuestionType("object_size_estimation", "longest side of an object", "number", unit="cm", category_tells=True),
    QuestionType(
        "object_short_size_estimation", "shortest side of an object", "number", unit="cm", category_tells=True
    ),
    QuestionType("room_size_estimation", "floor area of all rooms shown", "number", unit="m2", category_tells=True),
    QuestionType("room_count", "number of rooms entered", "number"),
    QuestionType("object_existence", "whether there is an object of a kind", "choice", num_options=2),
    QuestionType("object_rel_distance", "closest of four objects to a fifth", "choice", num_options=4),
    QuestionType("object_rel_direction_easy", "left or right of an imagined view", "choice", num_options=2),
    QuestionType("object_rel_direction_medium", "left, right or behind an imagined view", "choice", num_options=3),
    QuestionType("object_rel_direction_hard", "quadrant of an imagined view", "choice", num_options=4),
    QuestionType("route_planning", "turns on a walk between landmarks", "choice", num_options=4),
    QuestionType("obj_appearance_order", "order of first appearance in the video", "choice", num_options=4),
    QuestionType("appearance_order_2", "order of first appearance of two things", "choice", num_options=2),
    QuestionType("appearance_order_3", "order of first appearance of three things", "choice", num_options=4),
    QuestionType("appearance_order_5", "order of first appearance of five things", "choice", num_options=4),
    QuestionType("appearance_order_6", "order of first appearance of six things", "choice", num_options=4),
    QuestionType("camera_displacement", "distance between two places of the camera", "number", unit="m"),
    QuestionType("camera_turn", "side to which the camera turned", "choice", num_options=2),
    QuestionType("camera_object_distance", "distance from the camera at a moment", "number", unit="m"),
    QuestionType("camera_object_approach", "whether the camera came closer to an object", "choice", num_options=2),
    QuestionType("camera_object_direction", "quadrant around the camera at a moment", "choice", num_options=4),
)

VSI_BENCH_TYPES = (
    "object_counting",
    "object_abs_distance",
    "object_size_estimation",
    "room_size_estimation",
    "object_rel_distance",
    "object_rel_direction_easy",
    "object_rel_direction_medium",
    "object_rel_direction_hard",
    "route_planning",
    "obj_appearance_order",
)
"""Names of those that VSI-Bench has."""
