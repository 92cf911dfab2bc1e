"""How large things and rooms are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simsv_generation.questions.base import Answer, Candidate, Rejection, smallest_budget
from simsv_generation.questions.sightings import Sightings

SMALLEST_SIZE = 3.0
"""Centimetres; of what is thinner, a picture says too little."""
NUDGE = 0.1
"""Centimetres, or tenths of a square metre: an answer that changes when the size does by this is not asked."""
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
        if not sightings.is_seen_whole(referent):
            return Rejection("never_seen_whole")
        extents = sightings.objects[referent].box.size
        size = 100 * (max(extents) if self.side == "longest" else min(extents))
        if size < SMALLEST_SIZE:
            return Rejection("too_small")
        margin = abs(size - np.floor(size) - 0.5)
        if margin <= NUDGE:
            return Rejection("margin_below_nudge")
        return Answer(
            text=str(round(size)),
            value=float(round(size)),
            margin=round(float(margin), 4),
            evidence=sightings.shortest_span((referent,)),
            min_frames=sightings.min_frames((referent,)),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, None, None]:
        """VSI-Bench's wording."""
        text = (
            f"What is the length of the {self.side} dimension (length, width, or height) of the "
            f"{sightings.objects[candidate.referents[0]].category}, measured in centimeters?"
        )
        return f"vsi_object_size_{self.side}", text, None, None

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
    """VSI-Bench's room_size_estimation: the floor area of all rooms that the video shows.

    It is asked only where the camera enters every room of which the video shows anything.
    """

    question_type = "room_size_estimation"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """The one question about an episode."""
        yield Candidate(self.question_type)

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """Square metres with one decimal; the margin is the distance to where they round otherwise."""
        steps, entered = sightings.episode.trajectory.steps, sightings.entered_rooms
        if sightings.shown_rooms - set(entered):
            return Rejection("a_room_is_seen_but_not_entered")
        area = sum(_areas(sightings))
        margin = abs(area * 10 - np.floor(area * 10) - 0.5)
        if margin <= NUDGE:
            return Rejection("margin_below_nudge")
        inside = [frozenset(step.index for step in steps if step.room_id == room_id) for room_id in entered]
        return Answer(
            text=f"{area:.1f}",
            value=float(f"{area:.1f}"),
            margin=round(float(margin) / 10, 4),
            evidence=(0, len(steps) - 1),
            min_frames=smallest_budget(len(steps), inside),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, None, None]:
        """VSI-Bench's wording, which covers several rooms."""
        text = (
            "What is the size of this room (in square meters)? If multiple rooms are shown, estimate the size of the "
            "combined space."
        )
        return "vsi_room_size", text, None, None

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """The area of every room, in the order in which the camera enters them."""
        types = {room.room_id: room.room_type for room in sightings.episode.house.rooms}
        told = ", ".join(
            f"{types[room_id] or 'room'} {area:.3f} m2"
            for room_id, area in zip(sightings.entered_rooms, _areas(sightings), strict=True)
        )
        return f"The camera walks through these rooms: {told}. Together that is {answer.text} square meters."

    def conclude(self, rationale: str) -> str:
        """The sum of the areas."""
        return f"{sum(float(found) for found in _AREA.findall(rationale)):.1f}"


def _areas(sightings: Sightings) -> list[float]:
    areas = {room.room_id: room.area for room in sightings.episode.house.rooms}
    return [areas[room_id] for room_id in sightings.entered_rooms]
