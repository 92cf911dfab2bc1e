"""How large things and rooms are."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simsv_generation.questions.base import Answer, Candidate, Rejection, smallest_budget
from simsv_generation.questions.rooms import DEEPEST_DOORSTEP, depth_entered, is_open_plan, name_of_room, spoken
from simsv_generation.questions.sightings import Sightings
from simsv_generation.scene import Room

SMALLEST_SIZE = 3.0
"""Centimetres; of what is thinner, a picture says too little."""
NUDGE = 0.1
"""Centimetres: an answer that changes when the size does by this is not asked."""
WALL_NUDGE = 1e-3
"""Metres: an answer that changes when a wall moves by this is not asked."""
FLATTEST = 0.1
"""Of what is thinner, as a share of its longest side, the thickness is hardly seen: pictures, rugs."""
UNMEASURED = {
    "longest": frozenset({"boots", "faucet", "sink"}),
    "shortest": frozenset({"bed", "boots", "counter", "faucet", "laptop", "potted plant", "sink", "tv"}),
}
"""Things whose box is not what people measure.

It holds headboards, feet, leaves, opened lids, both of a pair, and all of a counter that goes round a corner.
"""
_EXTENT = re.compile(r"(\d+\.\d+) cm")
_AREA = re.compile(r"(\d+\.\d+) m2")


@dataclass(frozen=True, slots=True)
class ObjectSize:
    """VSI-Bench's object_size_estimation, the longest side of an object's oriented box, and the shortest likewise."""

    question_type: str
    side: Literal["longest", "shortest"]

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """Objects that a question may name."""
        for index in rng.permutation(len(sightings.referents)).tolist():
            yield Candidate(self.question_type, (sightings.referents[index],))

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """Whole centimetres; the margin is the distance to where they round otherwise, centimetres."""
        if problem := sightings.problem(candidate.referents):
            return Rejection(problem)
        (referent,) = candidate.referents
        if sightings.objects[referent].category in UNMEASURED[self.side]:
            return Rejection("not_what_people_measure")
        extents = sightings.objects[referent].box.size
        extent = max(extents) if self.side == "longest" else min(extents)
        if not sightings.is_side_seen(referent, extents.index(extent)):
            return Rejection("never_seen_whole")
        size = 100 * extent
        if size < SMALLEST_SIZE or extent < FLATTEST * max(extents):
            return Rejection("too_thin")
        margin = abs(size - np.floor(size) - 0.5)
        if margin <= NUDGE:
            return Rejection("margin_below_nudge")
        frame = sightings.clearest(referent)
        return Answer(
            text=str(round(size)),
            value=float(round(size)),
            margin=round(float(margin), 4),
            evidence=(frame, frame),
            min_frames=sightings.min_frames((referent,)),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, None]:
        """VSI-Bench's wording."""
        text = (
            f"What is the length of the {self.side} dimension (length, width, or height) of the "
            f"{sightings.objects[candidate.referents[0]].category}, measured in centimeters?"
        )
        return f"vsi_object_size_{self.side}", text, None

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """The three sides."""
        thing = sightings.objects[candidate.referents[0]]
        width, depth, height = (100 * extent for extent in thing.box.size)
        return (
            f"The {thing.category} is {width:.2f} cm wide, {depth:.2f} cm deep and {height:.2f} cm high. "
            f"The {self.side} of these is {answer.text} centimeters."
        )

    def conclude(self, rationale: str) -> str:
        """The longest or shortest of the sides."""
        sides = [float(found) for found in _EXTENT.findall(rationale)]
        return str(round(max(sides) if self.side == "longest" else min(sides)))


class RoomSize:
    """VSI-Bench's room_size_estimation: the floor area of all rooms that the video shows, or of one that has a name.

    All are asked about only where the camera enters every room of which the video shows anything, and one, the subject,
    only where nobody could mean another.
    """

    question_type = "room_size_estimation"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """All rooms together, and where there are several, each."""
        rooms = sightings.entered_rooms if len(sightings.entered_rooms) > 1 else ()
        subjects = ("", *rooms)
        for index in rng.permutation(len(subjects)).tolist():
            yield Candidate(self.question_type, subject=subjects[index])

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """Square metres with one decimal; the margin is the distance to where they round otherwise."""
        steps, entered = sightings.episode.trajectory.steps, sightings.entered_rooms
        asked = _rooms(sightings, candidate)
        if not asked:
            return Rejection("not_entered")
        if candidate.subject and is_open_plan(sightings, asked):
            return Rejection("open_plan")
        if candidate.subject and not name_of_room(sightings, candidate.subject):
            return Rejection("could_mean_another_room")
        if not candidate.subject and sightings.shown_rooms - set(entered):
            return Rejection("a_room_is_seen_but_not_entered")
        if depth_entered(sightings, asked) < DEEPEST_DOORSTEP:
            return Rejection("hardly_entered")
        area = sum(room.area for room in asked)
        margin = abs(area * 10 - np.floor(area * 10) - 0.5) / 10
        if margin <= WALL_NUDGE * max(_longest_wall(room) for room in asked):
            return Rejection("margin_below_nudge")
        inside = [[step.index for step in steps if step.room_id == room.room_id] for room in asked]
        return Answer(
            text=f"{area:.1f}",
            value=float(f"{area:.1f}"),
            margin=round(float(margin), 4),
            evidence=(min(frames[0] for frames in inside), max(frames[-1] for frames in inside)),
            min_frames=smallest_budget(len(steps), [frozenset(frames) for frames in inside]),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, None]:
        """VSI-Bench's wording, which covers several rooms; with the name of the room where it is one of several."""
        if candidate.subject:
            name = name_of_room(sightings, candidate.subject)
            return "room_size_named", f"What is the size of the {name} (in square meters)?", None
        text = (
            "What is the size of this room (in square meters)? If multiple rooms are shown, estimate the size of the "
            "combined space."
        )
        return "vsi_room_size", text, None

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """The area of every room, in the order in which the camera enters them."""
        told = ", ".join(f"{spoken(room.room_type)} {room.area:.4f} m2" for room in _rooms(sightings, candidate))
        if candidate.subject:
            return f"The floor of the room, from wall to wall: {told}. Rounded, that is {answer.text} square meters."
        return f"The camera walks through these rooms: {told}. Together that is {answer.text} square meters."

    def conclude(self, rationale: str) -> str:
        """The sum of the areas."""
        return f"{sum(float(found) for found in _AREA.findall(rationale)):.1f}"


def _rooms(sightings: Sightings, candidate: Candidate) -> list[Room]:
    """The rooms asked about, in the order in which the camera enters them."""
    rooms = {room.room_id: room for room in sightings.episode.house.rooms}
    return [rooms[room_id] for room_id in sightings.entered_rooms if candidate.subject in ("", room_id)]


def _longest_wall(room: Room) -> float:
    corners = room.floor_polygon
    return max(math.dist(a, b) for a, b in zip(corners, (*corners[1:], corners[0]), strict=True))
