"""What a question asks, read from its text alone."""

import re

from tests.conformance.oracles.stored import Unclear

_STAND = r"If I am standing by the (?P<stand>.+) and facing the (?P<face>.+), is the (?P<query>.+) "
_ORDER = r"What will be the first-time appearance order of the following categories in the video: (?P<listed>.+)\?"
_SIZE = (
    r"What is the length of the (?P<side>longest|shortest) dimension \(length, width, or height\) of the "
    r"(?P<thing>.+), measured in centimeters\?"
)
_FIRST, _LAST = r"(?P<first>\d+\.\d) s", r"(?P<last>\d+\.\d) s"
_WORDINGS = {
    "object_counting": r"How many (?P<thing>.+)\(s\) are in this (?P<place>room|home)\?",
    "object_abs_distance": r"Measuring from the closest point of each object, what is the direct distance between the "
    r"(?P<a>.+) and the (?P<b>.+) \(in meters\)\?",
    "object_size_estimation": _SIZE,
    "object_short_size_estimation": _SIZE,
    "room_size_estimation": r"What is the size of (?:the (?P<room>.+) \(in square meters\)\?|"
    r"this room \(in square meters\)\? If multiple rooms are shown, estimate the size of the combined space\.)",
    "room_count": r"How many different rooms does the camera go into in this video\?",
    "object_existence": r"Is there (?P<article>an?) (?P<thing>.+) in this video\?",
    "object_rel_distance": r"Measuring from the closest point of each object, which of these objects "
    r"\((?P<listed>.+)\) is the closest to the (?P<thing>.+)\? If there are multiple instances of an object category, "
    r"measure to the closest\.",
    "object_rel_direction_easy": _STAND + r"to the left or the right of the (?P=face)\?",
    "object_rel_direction_medium": _STAND + r"to my left, right, or back\? An object is to my back if I would have to "
    r"turn at least 135 degrees in order to face it\.",
    "object_rel_direction_hard": _STAND + r"to my front-left, front-right, back-left, or back-right\? The directions "
    r"refer to the quadrants of a Cartesian plane \(if I am standing at the origin and facing along the positive "
    r"y-axis\)\.",
    "route_planning": r"You are a robot beginning at the (?P<begin>.+) and facing the (?P<face>.+)\. You want to "
    r"navigate to the (?P<goal>.+)\. You will perform the following actions \(Note: for each \[please fill in\], "
    r"choose either 'turn back,' 'turn left,' or 'turn right\.'\): (?P<actions>.+)\. You have reached the final "
    r"destination\.",
    **dict.fromkeys(["obj_appearance_order", *(f"appearance_order_{count}" for count in (2, 3, 5, 6))], _ORDER),
    "camera_displacement": rf"How far is the camera's position at {_LAST} from its position at {_FIRST}, in a straight "
    r"line \(in meters\)\?",
    "camera_turn": rf"Compared with its heading at {_FIRST}, has the camera turned to the left or to the right by "
    rf"{_LAST}\?",
    "camera_object_distance": rf"At {_FIRST}, what is the distance between the camera and the closest point of the "
    r"(?P<thing>.+) \(in meters\)\?",
    "camera_object_approach": rf"Is the camera closer to the (?P<thing>.+) at {_LAST} than at {_FIRST}, or farther "
    r"from it\?",
    "camera_object_direction": rf"At {_FIRST} in the video, is the (?P<thing>.+) to the camera's front-left, "
    r"front-right, back-left, or back-right\? The directions refer to the quadrants of a Cartesian plane \(if the "
    r"camera is at the origin and faces along the positive y-axis\)\.",
}
TYPES = tuple(_WORDINGS)
_ACTION = re.compile(r"(\d+)\. (?:\[(please fill in)\]|Go forward until the (.+?))(?= \d+\. |$)")


def understood(question_type: str, text: str) -> dict[str, str]:
    """The words of a question by their part in it; "" for a part it lacks. Raises Unclear when worded otherwise."""
    found = re.fullmatch(_WORDINGS[question_type], text) if question_type in _WORDINGS else None
    if found is None:
        raise Unclear(f"the question is worded as no {question_type} is")
    return found.groupdict("")


def listed(words: str) -> list[str]:
    """The names of a list. Raises Unclear when one is there twice."""
    names = words.split(", ")
    if len(set(names)) < len(names):
        raise Unclear(f"{words} names something twice")
    return names


def actions(words: str) -> list[str]:
    """What to do on a walk: the landmark up to which to go, or "" for a turn that is left out."""
    found = _ACTION.findall(words)
    if [int(number) for number, _, _ in found] != list(range(1, len(found) + 1)):
        raise Unclear(f"the actions are not numbered: {words}")
    return [landmark for _, _, landmark in found]
