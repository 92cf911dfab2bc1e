"""Columns of a release: questions, and the episodes that they ask about.

The descriptions are part of the Parquet files (`pyarrow.parquet.read_schema(file).field(name).metadata`), and
`docs/data_format.md` says more. World frame: right-handed, z up, metres; angles in degrees, counter-clockwise seen
from above, 0 along +x. Lists of numbers are in the order of the axes they name.
"""

import reprlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from datasets import Features

SCHEMA_VERSION = 3
"""Raised when a column changes its meaning, its type or its name."""

_TEXT, _INT, _REAL, _BOOL = pa.string(), pa.int32(), pa.float64(), pa.bool_()
_TEXTS, _REALS, _MATRIX = pa.list_(_TEXT), pa.list_(_REAL), pa.list_(pa.list_(_REAL))
_VIDEO = pa.struct([("bytes", pa.binary()), ("path", _TEXT)])


def _column(name: str, kind: pa.DataType, description: str, *, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"description": description})


def _record(**columns: tuple[pa.DataType, str]) -> pa.DataType:
    # Nullable, because that is all that `datasets` knows inside a column; nothing inside is null but in `modalities`.
    return pa.struct([_column(name, *column, nullable=True) for name, column in columns.items()])


_VIDEO_COLUMN = _column(
    "video", _VIDEO, "The walk: bytes is null, path is absolute in a local release and an hf:// address in a published."
)

QUESTION_SCHEMA = pa.schema(
    [
        _column("id", _TEXT, "<episode_id>-<question_type>-<12 hex digits>, unique in the release."),
        _column("question_type", _TEXT, "A name of simsv_dataset.taxonomy.QUESTION_TYPES."),
        _column("question", _TEXT, "The question, without options and instructions."),
        _column("options", _TEXTS, "Texts to choose from, no letters; null for numbers.", nullable=True),
        _column("answer", _TEXT, "One of the options, letter by letter, or the number as text."),
        _column("answer_letter", _TEXT, "A for the first option and so on; null for numbers.", nullable=True),
        _column("value", _REAL, "The number, in `unit`; null for choices.", nullable=True),
        _column("unit", _TEXT, "Unit of `value`, such as m; empty for choices."),
        _column("numeric_options", _REALS, "Numbers to choose from, for a number asked as a choice.", nullable=True),
        _column("referents", _TEXTS, "Ids of the objects asked about; of a direction: stood by, faced, asked about."),
        _column("subject", _TEXT, "What else is asked about: a category, or a room's id; empty for none."),
        _column("moments", pa.list_(_INT), "Frames that the question names."),
        _column("margin", _REAL, "How far the deciding quantity is from another answer, in the type's own unit."),
        _column("evidence_first", _INT, "First frame of the span that shows what the answer rests on."),
        _column("evidence_last", _INT, "Last frame of that span."),
        _column("min_frames", _INT, "Fewest of 8, 16, 32, 64 uniform frames that show all referents; 0 if none does."),
        _column("template_id", _TEXT, "The wording that was used."),
        _column(
            "blind_score",
            _REAL,
            "What one who reads only words makes of it, 0 to 1; null where there are too few to tell.",
            nullable=True,
        ),
        _column("rationale", _TEXT, "A few true steps from what the video shows to the answer."),
        _column("episode_id", _TEXT, "The episode that is asked about: a row of the config `episodes`."),
        _column("house_id", _TEXT, "Its house; a house is in one split only."),
        _column("room_ids", _TEXTS, "Rooms of what is asked about, sorted."),
        _VIDEO_COLUMN,
    ],
    metadata={"simsv_schema_version": str(SCHEMA_VERSION)},
)
"""Columns of `3q` and of every question type."""

MESSAGE_SCHEMA = pa.schema(
    [
        _column("id", _TEXT, "Id of the first question, unique in the release."),
        _column("question_ids", _TEXTS, "The questions of the conversation, all about one video, in their order."),
        _column(
            "messages",
            _TEXTS,
            "JSON of each message: role (user or assistant) and content, a list of texts; the first has the video too.",
        ),
        _column("images", _TEXTS, "Always empty. By this column TRL knows that a model with eyes is trained."),
        _column("episode_id", _TEXT, "The episode that is asked about: a row of the config `episodes`."),
        _VIDEO_COLUMN,
    ],
    metadata={"simsv_schema_version": str(SCHEMA_VERSION)},
)
"""Columns of `3q_messages`: conversations in the form that TRL trains on."""

EPISODE_SCHEMA = pa.schema(
    [
        _column("episode_id", _TEXT, "<house_id>-w<walk_index>."),
        _column("house_id", _TEXT, "<source>-<split>-<six digits>."),
        _column("split", _TEXT, "train, validation or test."),
        _column("source", _TEXT, "Where the house comes from, such as procthor."),
        _column("walk_index", _INT, "Number of the walk in its house, from 0."),
        _column("width", _INT, "Of a frame, pixels."),
        _column("height", _INT, "Of a frame, pixels."),
        _column("vertical_fov", _REAL, "Vertical field of view, degrees; quantised to 1e-3."),
        _column(
            "intrinsics",
            _MATRIX,
            "3x3 OpenCV camera matrix, rows first, pixels; pixel centres are whole numbers; rounded to 1e-7.",
        ),
        _column("fps", _INT, "Frames per second of the video; every step is one frame."),
        _column(
            "steps",
            pa.list_(
                _record(
                    time=(_REAL, "Seconds since the first frame."),
                    position=(_REALS, "Optical centre x, y, z, metres; quantised to 1e-4."),
                    yaw=(_REAL, "Degrees in (-180, 180], 0 looks along +x; quantised to 1e-3."),
                    pitch=(_REAL, "Degrees above the horizon; quantised to 1e-3."),
                    world_from_camera=(
                        _MATRIX,
                        "4x4 rigid transform, rows first, from OpenCV camera axes (x right, y down, z forward); 1e-7.",
                    ),
                    action=(_TEXT, "What led here: start, walk, turn or scan."),
                    room_id=(_TEXT, "The room the camera is in."),
                )
            ),
            "One for every frame, in order.",
        ),
        _column(
            "rooms",
            pa.list_(
                _record(
                    id=(_TEXT, "Unique in the house."),
                    type=(_TEXT, "Kitchen, LivingRoom, Bedroom or Bathroom in ProcTHOR houses."),
                    polygon=(_MATRIX, "Floor outline x, y, counter-clockwise, not closed."),
                    area=(_REAL, "Floor area, square metres."),
                    ceiling_height=(_REAL, "Height of the ceiling, metres."),
                )
            ),
            "Rooms of the house; every edge of the polygon is a vertical wall.",
        ),
        _column(
            "openings",
            pa.list_(
                _record(
                    id=(_TEXT, "Unique in the house."),
                    kind=(_TEXT, "door, window or passage."),
                    room_ids=(_TEXTS, "The two rooms it joins, or the one when it leads outdoors."),
                    segment=(_MATRIX, "Both ends x, y on the floor plan, metres."),
                    bottom=(_REAL, "Height of the lower edge, metres."),
                    top=(_REAL, "Height of the upper edge, metres."),
                    is_open=(_BOOL, "Whether a person can walk through."),
                    asset_id=(_TEXT, "Its model; empty when it has none."),
                )
            ),
            "Doors, windows and passages.",
        ),
        _column(
            "objects",
            pa.list_(
                _record(
                    id=(_TEXT, "Unique in the house."),
                    category=(_TEXT, "What a person would call it, lower case, synonyms merged."),
                    room_id=(_TEXT, "The room it is in."),
                    parent_id=(_TEXT, "The object it stands on or in; empty for floors and walls."),
                    asset_id=(_TEXT, "Its model."),
                    center=(_REALS, "Centre of its oriented box x, y, z, metres; quantised to 1e-4."),
                    size=(_REALS, "Full extents along the box's width, depth and height, metres."),
                    rotation=(
                        _REALS,
                        "Unit quaternion w, x, y, z that turns box axes into world axes; the front faces local +y.",
                    ),
                )
            ),
            "Everything in the house, seen or not, as it settled in the simulator.",
        ),
        _column(
            "visible",
            pa.list_(
                pa.list_(
                    _record(
                        id=(_TEXT, "An object, an opening, or <room id>|floor, |wall or |ceiling."),
                        num_pixels=(_INT, "Pixels of the frame that show it."),
                        bbox=(pa.list_(_INT), "left, top, right, bottom of its mask, pixels; last two exclusive."),
                        nearest_depth=(_REAL, "Smallest planar depth in the mask, metres; quantised to 1e-4."),
                        is_truncated=(_BOOL, "Whether the mask touches the border of the frame."),
                    )
                )
            ),
            "What each frame shows: one list for every step.",
        ),
        _column(
            "map",
            _record(
                bounds=(_REALS, "West, south, east, north of the rooms, metres."),
                objects=(
                    pa.list_(
                        _record(
                            id=(_TEXT, "The object."),
                            column=(_INT, "0 (west) to 9 (east)."),
                            row=(_INT, "0 (south) to 9 (north)."),
                        )
                    ),
                    "The cell of each object's box centre, in the order of `objects`.",
                ),
            ),
            "The bounding rectangle of all rooms cut into 10 by 10 equal cells.",
        ),
        _column(
            "frame_hashes",
            pa.list_(
                _record(
                    rgb=(_TEXT, "Of the uint8 (height, width, 3) image, noise and blur included, before encoding."),
                    depth=(_TEXT, "Of the float32 (height, width) planar depth, metres."),
                    instance_ids=(_TEXT, "Of the uint16 (height, width) instance ids."),
                )
            ),
            "Hex SHA-256 of the raw little-endian C-order bytes of each rendered frame, one for every step.",
        ),
        _column(
            "simulator",
            _record(
                name=(_TEXT, "Row of the simulator table."),
                version=(_TEXT, "Version of the simulator, with a digest of its shapes, light and shaders."),
                build=(_TEXT, "Renderer and driver."),
                assets=(_TEXT, "Names the very models the shapes came from; parametric where there were none."),
            ),
            "What rendered the frames; they are bit-identical where all of this is equal.",
        ),
        _column(
            "look",
            _record(
                sun_azimuth=(_REAL, "Where the sun stands, degrees in (-180, 180]; quantised to 1e-3."),
                sun_elevation=(_REAL, "Degrees above the horizon, negative at night; quantised to 1e-3."),
                cloudiness=(_REAL, "0 for a clear sky to 1 for an overcast one; quantised to 1e-3."),
                lit_rooms=(_TEXTS, "Rooms whose lamps are on."),
                exposure=(_REAL, "Stops brighter than metered; quantised to 1e-3."),
                material_seed=(_INT, "0 for the house's own finishes; any other number drew them anew."),
            ),
            "What was varied in how the house looks on this walk.",
        ),
        _column(
            "sensor",
            _record(
                noise=(_REAL, "Standard deviation at mid grey, steps of 8-bit sRGB; quantised to 1e-3."),
                shutter=(_REAL, "Share of the time between frames that the shutter is open; quantised to 1e-3."),
            ),
            "How the camera recorded what the simulator showed; 0 is none.",
        ),
        _column(
            "stand_ins",
            pa.list_(
                _record(
                    object_id=(_TEXT, "The object."),
                    asset_id=(_TEXT, "Its model."),
                    reason=(_TEXT, "What is wrong with the model."),
                )
            ),
            "Objects drawn by a plain parametric shape, because their model is damaged or unknown.",
        ),
        _column(
            "attributions",
            _TEXTS,
            "Whose models of furniture the house shows: a line each of name, author, licence and source, sorted.",
        ),
        _column(
            "modalities",
            _record(
                depth=(_TEXT, "FFV1 of 16 bits: planar depth, millimetres; 0 where nothing is hit."),
                instance=(_TEXT, "FFV1 of 16 bits: places in the house's list of instances; 0 for nothing."),
                semantic=(_TEXT, "FFV1 of 16 bits: places in semantic_legend."),
                edge=(_TEXT, "H.264: outlines of all instances, white on black."),
                semantic_legend=(_TEXTS, "Categories; the first is empty, for nothing. Null without semantic."),
            ),
            "What was recorded beside the video: paths in the release, null where it was not.",
        ),
        _column("house_json", _TEXT, "The whole house record as canonical JSON, assets and source record included."),
        _VIDEO_COLUMN,
    ],
    metadata={"simsv_schema_version": str(SCHEMA_VERSION)},
)
"""Columns of `episodes`."""


def to_table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Rows as a table.

    Raises:
        ValueError: a row lacks a column, has one too many, a null or a NaN where none may be, or a value of the wrong
            type; names the column.
    """
    for row in rows:
        if difference := sorted(set(schema.names) ^ set(row)):
            raise ValueError(
                f"row {row.get('id', row.get('episode_id'))} has these columns too many or too few: {difference}"
            )
    columns = []
    for field in schema:
        values = [row[field.name] for row in rows]
        try:
            column = pa.array(values, field.type)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
            raise ValueError(f"column {field.name}: {error}") from error
        if not field.nullable and column.null_count:
            raise ValueError(f"column {field.name} must not be null")
        # Arrow cuts 1.5 down to 1 and a text up into letters; a NaN is not even equal to itself.
        for value, stored in zip(values, column.to_pylist(), strict=True):
            if value != stored:
                raise ValueError(f"column {field.name} cannot hold {reprlib.repr(value)}")
        if pa.types.is_floating(field.type) and pc.any(pc.is_inf(column)).as_py():
            raise ValueError(f"column {field.name} must be finite")
        columns.append(column)
    return pa.Table.from_arrays(columns, schema=schema)


def features(schema: pa.Schema) -> "Features":
    """The schema as `datasets` names it.

    The video is `Video(decode=False)`: its path, to be played on demand. Messages are `Json`, because in a common
    struct every content would get a null `video`, for which chat templates put a place in the text.
    """
    from datasets import Features, Json, List, Video

    special = {"video": Video(decode=False), "messages": List(Json())}
    named = Features.from_arrow_schema(schema.remove_metadata())
    return Features({name: special.get(name, feature) for name, feature in named.items()})
