"""Which rooms a walk goes through, what they are called, and how many there are."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import shapely

from simsv_generation.questions.base import Answer, Candidate, Rejection, smallest_budget
from simsv_generation.questions.sightings import Sightings
from simsv_generation.scene import Room

SIGNS = {"Bathroom": "toilet", "Bedroom": "bed", "Kitchen": "refrigerator", "LivingRoom": "sofa"}
"""Type of room to the category of an object by which everybody knows it."""
DEEPEST_DOORSTEP = 0.3
"""Metres from a room's walls: a camera that stays closer has hardly entered."""
_ROOM = re.compile(r"[:,] the (\d+)")


class RoomCount:
    """How many rooms the camera enters, each counted once.

    Where rooms are joined by a missing wall, people disagree on where one ends, so those are not counted.
    """

    question_type = "room_count"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """The one question about an episode."""
        yield Candidate(self.question_type)

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """A number; another one is a room away, so the margin is 1."""
        steps, entered = sightings.episode.trajectory.steps, sightings.entered_rooms
        if sightings.shown_rooms - set(entered):
            return Rejection("a_room_is_seen_but_not_entered")
        rooms = [room for room in sightings.episode.house.rooms if room.room_id in entered]
        if is_open_plan(sightings, rooms):
            return Rejection("open_plan")
        if depth_entered(sightings, rooms) < DEEPEST_DOORSTEP:
            return Rejection("hardly_entered")
        inside = [frozenset(step.index for step in steps if step.room_id == room_id) for room_id in entered]
        return Answer(
            text=str(len(entered)),
            value=float(len(entered)),
            margin=1.0,
            evidence=(0, max(min(frames) for frames in inside)),
            min_frames=smallest_budget(len(steps), inside),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, None]:
        """One wording."""
        return "room_count", "How many different rooms does the camera go into in this video?", None

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """The rooms in the order in which the camera enters them, and when."""
        entries = {step.room_id: step.time for step in reversed(sightings.episode.trajectory.steps)}
        types = {room.room_id: spoken(room.room_type) for room in sightings.episode.house.rooms}
        told = ", ".join(
            f"the {number}. a {types[room_id]} at {entries[room_id]:.2f} s"
            for number, room_id in enumerate(sightings.entered_rooms, start=1)
        )
        return f"The rooms, when the camera first enters each: {told}. So there are {answer.text}."

    def conclude(self, rationale: str) -> str:
        """How many are told."""
        return str(len(_ROOM.findall(rationale)))


def spoken(room_type: str) -> str:
    """What people call a type of room: "living room" for "LivingRoom"; "room" for none."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", room_type).lower() or "room"


def name_of_room(sightings: Sightings, room_id: str) -> str:
    """The name by which every viewer knows a room of the house, such as "kitchen"; "" where it could mean another one.

    It is the only room of its type, what tells the type is plain to see in it, and there is none of that elsewhere.
    """
    types = {room.room_id: room.room_type for room in sightings.episode.house.rooms}
    sign = SIGNS.get(types[room_id], "")
    found = sightings.seen_by_category.get(sign, ())
    alone = list(types.values()).count(types[room_id]) == 1
    inside = all(sightings.objects[object_id].room_id == room_id for object_id in found)
    plain = any(sightings.is_nameable(object_id) for object_id in found)
    return spoken(types[room_id]) if alone and inside and plain else ""


def is_open_plan(sightings: Sightings, rooms: Sequence[Room]) -> bool:
    """Whether a wall is missing between one of the rooms and its neighbour."""
    room_ids = {room.room_id for room in rooms}
    openings = sightings.episode.house.openings
    return any(opening.kind == "passage" and not room_ids.isdisjoint(opening.room_ids) for opening in openings)


def depth_entered(sightings: Sightings, rooms: Sequence[Room]) -> float:
    """Of each of these rooms, how far from its walls the camera gets; the smallest of these, metres."""
    steps = sightings.episode.trajectory.steps
    depths = []
    for room in rooms:
        points = shapely.points([step.pose.position[:2] for step in steps if step.room_id == room.room_id])
        depths.append(float(shapely.distance(room.polygon.exterior, points).max()))
    return min(depths, default=0.0)
