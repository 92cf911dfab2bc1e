"""Answers from the house's record and the camera's poses. Every check says what is wrong; "" when nothing is."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from tests.conformance.oracles.boxes import Floats, gap_to_point
from tests.conformance.oracles.people import People
from tests.conformance.oracles.stored import Stored, Unclear
from tests.conformance.oracles.wording import actions, listed, understood

Row = Mapping[str, Any]
Words = Mapping[str, str]


@dataclass(frozen=True)
class Geometry:
    """Of one episode."""

    stored: Stored
    people: People = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "people", People(self.stored))

    def check(self, row: Row) -> str:
        """What is wrong with a question's answer; "" when nothing is."""
        try:
            words = understood(row["question_type"], row["question"])
            if problem := self._look_alone(row, words):
                return problem
            return _CHECKS[row["question_type"]](self, row, words)
        except Unclear as unclear:
            return str(unclear)

    def _look_alone(self, row: Row, words: Words) -> str:
        """What a row says twice must be the same."""
        options, answer = row["options"], row["answer"]
        if options is None:
            if float(answer) != row["value"] or row["answer_letter"] is not None:
                return f"the answer {answer} is not the value {row['value']}"
        elif len(set(options)) < len(options) or options["ABCDEFGH".index(row["answer_letter"])] != answer:
            return f"{row['answer_letter']} is not {answer} among {options}"
        named = [
            words[part] for part in ("thing", "a", "b", "stand", "face", "query", "begin", "goal") if part in words
        ]
        if row["question_type"] not in ("object_counting", "object_existence"):
            things = [self.stored.the(name) for name in named]
            first, last = row["evidence_first"], row["evidence_last"]
            for thing in things:
                if self.stored.ids[thing.number] not in row["referents"]:
                    return f"the {thing.name} is not among the referents"
                if not self.stored.clear[thing.number, first : last + 1].any():
                    return f"the {thing.name} is not clear in the evidence"
        moments = [self.stored.frame_at(words[part]) for part in ("first", "last") if part in words]
        return "" if moments == list(row["moments"]) else f"the moments are {moments}"


def number(row: Row, low: float, high: float, unit: float) -> str:
    """Whether the answer is a number between two bounds, rounded to a unit."""
    value = float(row["answer"])
    if low - unit / 2 - 1e-9 <= value <= high + unit / 2 + 1e-9 and round(value / unit, 6).is_integer():
        return ""
    return f"it is {low:.4f} to {high:.4f}, the answer is {row['answer']}"


def choice(row: Row, is_right: Callable[[str], bool]) -> str:
    """Whether the answer is the one right option."""
    right = [option for option in row["options"] if is_right(option)]
    return "" if right == [row["answer"]] else f"right is {right}, the answer is {row['answer']}"


def counting(geometry: Geometry, row: Row, words: Words) -> str:
    stored = geometry.stored
    if (words["place"] == "room") != (len(stored.floors) == 1):
        return f"the house is no {words['place']}"
    things = stored.called(words["thing"])
    if hidden := [stored.ids[thing.number] for thing in things if not stored.is_plain(thing)]:
        return f"{', '.join(hidden)} is hardly seen"
    return number(row, len(things), len(things), 1.0)


def absolute_distance(geometry: Geometry, row: Row, words: Words) -> str:
    low, high = geometry.stored.distance(geometry.stored.the(words["a"]), geometry.stored.the(words["b"]))
    return number(row, low, high, 0.1) or margin(row, 0.05 - abs(low - row["value"]))


def margin(row: Row, expected: float) -> str:
    """Whether the margin is as large as is said, to a millimetre or its like."""
    return "" if abs(row["margin"] - expected) < 1e-3 else f"the margin is {expected:.4f}, not {row['margin']}"


def size(geometry: Geometry, row: Row, words: Words) -> str:
    if words["side"] != ("shortest" if "short" in row["question_type"] else "longest"):
        return f"the question is about the {words['side']} side"
    block = geometry.stored.the(words["thing"]).block
    ways = (block.corners - block.corners[0]) @ block.axes  # from one corner to all, along the sides
    sides = 100 * np.ptp(ways, axis=0)
    side = float(sides.max() if words["side"] == "longest" else sides.min())
    return number(row, side, side, 1.0)


def room_size(geometry: Geometry, row: Row, words: Words) -> str:
    stored, area = geometry.stored, 0.0
    rooms = {_the_room(stored, words["room"])} if words["room"] else stored.entered
    if unentered := (rooms if words["room"] else stored.shown) - stored.entered:
        return f"{sorted(unentered)} is asked about and not entered"
    for room in rooms:
        x, y = stored.floors[room].T
        area += abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
    return number(row, area, area, 0.1)


_KNOWN_BY = {"kitchen": "refrigerator", "bedroom": "bed", "bathroom": "toilet", "living room": "sofa"}


def _the_room(stored: Stored, name: str) -> str:
    """The one room that a viewer calls so. Raises Unclear when it could be another one."""
    rooms = [room["room_id"] for room in stored.house["rooms"] if room["room_type"].lower() == name.replace(" ", "")]
    signs = [thing for thing in stored.things if thing.name == _KNOWN_BY[name] and stored.seen[thing.number].any()]
    if len(rooms) != 1 or {thing.room for thing in signs} != set(rooms):
        raise Unclear(f"{rooms} may be the {name}")
    if not any(stored.is_plain(thing) for thing in signs):
        raise Unclear(f"nothing shows that a room is the {name}")
    if _goes_over(stored, set(rooms)):
        raise Unclear(f"the {name} goes over into another room")
    return str(rooms[0])


def _goes_over(stored: Stored, rooms: set[str]) -> bool:
    """Whether a wall is missing around some of the rooms."""
    passages = [opening for opening in stored.house["openings"] if opening["kind"] == "passage"]
    return any(not rooms.isdisjoint(opening["room_ids"]) for opening in passages)


def room_count(geometry: Geometry, row: Row, words: Words) -> str:
    stored = geometry.stored
    if _goes_over(stored, stored.entered):
        return "a room goes over into another"
    return number(row, len(stored.entered), len(stored.entered), 1.0)


def existence(geometry: Geometry, row: Row, words: Words) -> str:
    stored = geometry.stored
    if (words["article"] == "an") != (words["thing"][0] in "aeiou"):
        return f"nobody says {words['article']} {words['thing']}"
    things = [thing for thing in stored.things if thing.name == words["thing"]]
    is_plain = any(stored.is_plain(thing) for thing in things)
    return choice(row, lambda option: is_plain if option == "yes" else not things)


def relative_distance(geometry: Geometry, row: Row, words: Words) -> str:
    stored, names = geometry.stored, listed(words["listed"])
    if sorted(names) != sorted(row["options"]):
        return f"the question lists {names}, the options are {row['options']}"
    target = stored.the(words["thing"])
    least = {name: min(stored.distance(target, other)[0] for other in stored.called(name)) for name in names}
    plain = {
        name: min(
            (stored.distance(target, other)[1] for other in stored.called(name) if stored.is_plain(other)), default=0
        )
        for name in names
    }
    if hidden := [name for name in names if not plain[name]]:
        return f"{hidden} is hardly seen"
    # Whoever missed one that is hardly seen, of any category, must come to the same answer.
    return choice(row, lambda option: all(plain[option] < least[name] - 0.1 for name in names if name != option))


def turns(places: Floats, faced: Floats, asked: Floats) -> Floats:
    """Degrees to the left that a person at each place turns from one thing to another; arrays (N, 2) that broadcast."""
    there, ahead = asked - places, faced - places
    angles = np.arctan2(there[..., 1], there[..., 0]) - np.arctan2(ahead[..., 1], ahead[..., 0])
    return np.degrees((angles + np.pi) % (2 * np.pi) - np.pi)


def lies(side: str, angles: Floats, behind: float = 180.0) -> NDArray[np.bool_]:
    """Which angles, degrees to the left, a person calls by a side, where what takes a larger turn is at the back."""
    ahead = np.abs(angles)
    is_left = angles > 0
    if side == "back":
        return np.asarray(ahead > behind)
    if side in ("left", "right"):
        return np.asarray((ahead < behind) & (is_left == (side == "left")))
    depth, hand = side.split("-")
    return np.asarray(((ahead < 90) == (depth == "front")) & (is_left == (hand == "left")))


_SHARES = qmc.Halton(9, scramble=False).random(2000)


def direction(geometry: Geometry, row: Row, words: Words) -> str:
    behind = 135.0 if row["question_type"].endswith("medium") else 180.0
    stand, face, query = (geometry.stored.the(words[part]) for part in ("stand", "face", "query"))
    middle, faced, asked = (thing.block.center[:2] for thing in (stand, face, query))
    places = np.concatenate([middle[None], geometry.people.places_by(stand)])
    angles = turns(places, faced, asked)
    # Anywhere within the three things: most of it must speak for the answer.
    within = [thing.block.inside(_SHARES[:, 3 * k : 3 * k + 3])[:, :2] for k, thing in enumerate((stand, face, query))]
    spread = turns(*within)
    shares = {option: lies(option, spread, behind).mean() for option in row["options"]}
    if max(shares, key=lambda option: shares[option]) != row["answer"]:
        return f"of the space within the things, {shares} speaks for each option"
    problem = choice(row, lambda option: bool(lies(option, angles, behind).all()))
    if problem:
        others = int((~lies(row["answer"], angles, behind)).sum())
        problem += f"; {others} of {len(angles)} places speak against it"
    return problem


def route(geometry: Geometry, row: Row, words: Words) -> str:
    stored, people = geometry.stored, geometry.people
    begin, face, steps = stored.the(words["begin"]), stored.the(words["face"]), actions(words["actions"])
    if not steps[-1] or steps[-1] != words["goal"]:
        return f"the walk ends at {steps[-1]}"
    here = people.starts(begin)
    heading = face.block.center[:2] - here
    room, turned = np.full(len(here), np.inf), []
    for before, landmark in zip(["-", *steps], steps, strict=False):
        if not landmark:
            continue
        thing = stored.the(landmark)
        ahead = thing.block.center[:2] - here
        if not before:
            turned.append(turns(np.zeros(2), heading, ahead))
        elif before != "-" or landmark != words["face"]:
            return f"nothing says how to turn to the {landmark}"
        here, free = people.walk(here, thing)
        room, heading = np.minimum(room, free), ahead
    if not (room >= 0.19).any():
        return f"nobody gets through: there are {room.max(initial=0.0):.2f} m at most"
    through = room >= 0.15

    def is_right(option: str) -> bool:
        said = option.split(", ")
        return len(said) == len(turned) and all(
            _is_turn(name, angles[through]).all() for name, angles in zip(said, turned, strict=True)
        )

    return choice(row, is_right)


def _is_turn(name: str, angles: Floats) -> NDArray[np.bool_]:
    if name == "Turn Back":
        return np.asarray(np.abs(angles) > 135)
    return np.asarray((np.abs(angles) > 45) & lies(name.removeprefix("Turn ").lower(), angles, 135.0))


def order(geometry: Geometry, row: Row, words: Words) -> str:
    stored, names = geometry.stored, listed(words["listed"])
    count = {"obj_appearance_order": 4}.get(row["question_type"]) or int(row["question_type"][-1])
    if len(names) != count or any(sorted(listed(option)) != sorted(names) for option in row["options"]):
        return f"the options {row['options']} are not orders of {count} of {names}"
    if hidden := [name for name in names if not any(stored.is_plain(thing) for thing in stored.called(name))]:
        return f"{hidden} is hardly seen"
    numbers = {name: [thing.number for thing in stored.called(name)] for name in names}
    # Some viewers notice sooner than others: all must see the same order.
    eager, slow = (stored.thresholds[key] * stored.area for key in ("seen", "nameable"))
    orders = set()
    for noticed in (*(stored.pixels >= least for least in np.geomspace(eager, slow, 8)), stored.clear):
        first = {name: int(np.argmax(noticed[numbers[name]].any(0))) for name in names}
        ranked = sorted(names, key=lambda name: first[name])
        if any(first[a] == first[b] for a, b in itertools.pairwise(ranked)):
            return f"two of {first} come at once"
        orders.add(", ".join(ranked))
    return choice(row, lambda option: orders == {option})


def displacement(geometry: Geometry, row: Row, words: Words) -> str:
    first, last = (geometry.stored.eye(geometry.stored.frame_at(words[part])) for part in ("first", "last"))
    moved = float(np.sqrt(((last - first) ** 2).sum()))
    return number(row, moved, moved, 0.1) or margin(row, 0.05 - abs(moved - row["value"]))


def camera_turn(geometry: Geometry, row: Row, words: Words) -> str:
    first, last = (geometry.stored.frame_at(words[part]) for part in ("first", "last"))
    headings = np.radians(geometry.stored.steps["yaw"][first : last + 1])
    on_the_way = float(np.degrees(np.unwrap(headings)[-1] - headings[0]))
    # By the shorter way and as it went: all who look must agree.
    at_once = float(turns(np.zeros(2), _ahead(headings[0]), _ahead(headings[-1])))
    return choice(row, lambda option: all(lies(option, np.array([angle]))[0] for angle in (on_the_way, at_once)))


def _ahead(heading: float) -> Floats:
    return np.array([np.cos(heading), np.sin(heading)])


def camera_distance(geometry: Geometry, row: Row, words: Words) -> str:
    frame, thing = geometry.stored.frame_at(words["first"]), geometry.stored.the(words["thing"])
    low, high = gap_to_point(thing.block, geometry.stored.eye(frame))
    return number(row, low, high, 0.1) or margin(row, 0.05 - abs(low - row["value"]))


def approach(geometry: Geometry, row: Row, words: Words) -> str:
    thing = geometry.stored.the(words["thing"])
    before, after = (
        gap_to_point(thing.block, geometry.stored.eye(geometry.stored.frame_at(words[part])))
        for part in ("first", "last")
    )
    return choice(row, lambda option: after[1] < before[0] if option == "closer" else before[1] < after[0])


def camera_direction(geometry: Geometry, row: Row, words: Words) -> str:
    frame, thing = geometry.stored.frame_at(words["first"]), geometry.stored.the(words["thing"])
    eye, ahead = geometry.stored.eye(frame)[:2], _ahead(np.radians(geometry.stored.heading(frame)))
    everywhere = thing.block.world(thing.block.skin)[:, :2]
    angles = turns(eye, eye + ahead, everywhere)
    return choice(row, lambda option: bool(lies(option, angles).all()))


_CHECKS: dict[str, Callable[[Geometry, Row, Words], str]] = {
    "object_counting": counting,
    "object_abs_distance": absolute_distance,
    "object_size_estimation": size,
    "object_short_size_estimation": size,
    "room_size_estimation": room_size,
    "room_count": room_count,
    "object_existence": existence,
    "object_rel_distance": relative_distance,
    **dict.fromkeys([f"object_rel_direction_{level}" for level in ("easy", "medium", "hard")], direction),
    "route_planning": route,
    **dict.fromkeys(["obj_appearance_order", *(f"appearance_order_{count}" for count in (2, 3, 5, 6))], order),
    "camera_displacement": displacement,
    "camera_turn": camera_turn,
    "camera_object_distance": camera_distance,
    "camera_object_approach": approach,
    "camera_object_direction": camera_direction,
}
