"""Questions as conversations: the prompts of VSI-Bench, and what a model is to answer.

A conversation is about one video and has one question or several. Its messages are in the form that chat templates of
`transformers` and trainers of TRL take: contents are lists, the first user's begins with the video, and only what an
assistant says is to be learned, so that a mask of the assistant's tokens is right for any number of questions.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, get_args

import pyarrow as pa

from simsv_dataset.downloads import web_address
from simsv_dataset.schema import MESSAGE_SCHEMA, to_table

AnswerStyle = Literal["mc_letter", "mc", "open", "rationale"]
"""How questions are put, and answered.

- `mc_letter`: as VSI-Bench does and lmms-eval scores. Choices with lettered options, answered by the letter, "B";
  numbers without options, answered by the number. Prompts are VSI-Bench's to the letter.
- `mc`: whatever can be a choice is one, also a number that has `numeric_options`; answered by letter and text,
  "B. left". Other numbers as in `mc_letter`.
- `open`: no options are shown; answered by the text, "left", or the number.
- `rationale`: put as in `mc_letter`, answered by the column `rationale`, with letter or number as the last line.
"""

ANSWER_STYLES: Final = get_args(AnswerStyle)

PRE_PROMPT: Final = "These are frames of a video."
CHOICE_PROMPT: Final = "Answer with the option's letter from the given choices directly."
OPEN_PROMPT: Final = "Please answer the question using a single word or phrase."
"""These three are VSI-Bench's; it asks for numbers with the last."""
FULL_CHOICE_PROMPT: Final = "Answer with the option's letter and text from the given choices."
RATIONALE_CHOICE_PROMPT: Final = "Explain step by step, then write the option's letter alone on the last line."
RATIONALE_NUMBER_PROMPT: Final = "Explain step by step, then write the number alone on the last line."


def question_text(row: Mapping[str, Any], style: AnswerStyle = "mc_letter") -> str:
    """A question with its options and what to answer with, without `PRE_PROMPT`.

    Args:
        row: columns of a config of questions.
        style: how it is put.

    Raises:
        ValueError: there is no such style.
    """
    options = _options(row, style)
    match style:
        case "rationale":
            prompt = RATIONALE_CHOICE_PROMPT if options else RATIONALE_NUMBER_PROMPT
        case "mc" if options:
            prompt = FULL_CHOICE_PROMPT
        case _:
            prompt = CHOICE_PROMPT if options else OPEN_PROMPT
    listed = ["Options:", *(f"{_letter(k)}. {text}" for k, text in enumerate(options))] if options else []
    return "\n".join([row["question"], *listed, prompt])


def answer_text(row: Mapping[str, Any], style: AnswerStyle = "mc_letter") -> str:
    """What a model is to answer to `question_text` of the same row and style.

    Raises:
        ValueError: there is no such style, the answer is none of the options, or the row lacks the rationale asked for.
    """
    options, answer = _options(row, style), row["answer"]
    if options and answer not in options:
        raise ValueError(f"question {row['id']}: the answer {answer!r} is none of the options {options}")
    letter = _letter(options.index(answer)) if options else ""
    if style == "mc" and options:
        return f"{letter}. {answer}"
    if style == "rationale":
        if not row["rationale"]:
            raise ValueError(f"question {row['id']} has no rationale; take another answer style")
        return f"{row['rationale']}\n{letter or answer}"
    return letter or str(answer)


def conversation(
    rows: Sequence[Mapping[str, Any]], video: str, style: AnswerStyle = "mc_letter"
) -> list[dict[str, Any]]:
    """Messages of a conversation about one video.

    Args:
        rows: questions about it, one or more, columns of a config of questions.
        video: path or http(s) address that the processor of a model will open.
        style: how questions are put and answered.
    """
    messages: list[dict[str, Any]] = []
    for row in rows:
        text = question_text(row, style)
        # Once in a conversation, like the video that it is said of.
        opening = [] if messages else [{"type": "video", "video": video}]
        asked = {"type": "text", "text": text if messages else f"{PRE_PROMPT}\n{text}"}
        answered = {"type": "text", "text": answer_text(row, style)}
        messages.append({"role": "user", "content": [*opening, asked]})
        messages.append({"role": "assistant", "content": [answered]})
    return messages


def group_by_video(rows: Iterable[Mapping[str, Any]], size: int) -> list[list[Mapping[str, Any]]]:
    """Rows in groups of `size` about one video each; the last of a video may have fewer.

    A group has the place of its first row, and its rows keep their order, so nothing is drawn: rows that are in hash
    order are mixed by it.

    Raises:
        ValueError: `size` is less than 1.
    """
    if size < 1:
        raise ValueError(f"a conversation needs at least 1 question, got {size}")
    groups: list[list[Mapping[str, Any]]] = []
    latest: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        group = latest.get(row["video"]["path"])
        if group is None or len(group) == size:
            group = latest[row["video"]["path"]] = []
            groups.append(group)
        group.append(row)
    return groups


def message_rows(
    rows: Iterable[Mapping[str, Any]], *, style: AnswerStyle = "mc_letter", questions_per_conversation: int = 1
) -> Iterator[dict[str, Any]]:
    """Question rows as conversations: the columns of `simsv_dataset.schema.MESSAGE_SCHEMA`, messages as dicts.

    Args:
        rows: columns of a config of questions.
        style: how questions are put and answered.
        questions_per_conversation: most questions about one video in one conversation (`group_by_video`).

    Raises:
        ValueError: as `conversation` and `group_by_video`.
    """
    for group in group_by_video(rows, questions_per_conversation):
        first = group[0]
        yield {
            "id": first["id"],
            "question_ids": [row["id"] for row in group],
            "messages": conversation(group, web_address(first["video"]["path"]), style),
            "images": [],
            "episode_id": first["episode_id"],
            "video": first["video"],
        }


def message_table(
    rows: Iterable[Mapping[str, Any]], *, style: AnswerStyle = "mc_letter", questions_per_conversation: int = 1
) -> pa.Table:
    """`message_rows` as they are stored, each message as JSON: a table of `simsv_dataset.schema.MESSAGE_SCHEMA`."""
    made = message_rows(rows, style=style, questions_per_conversation=questions_per_conversation)
    return to_table([{**row, "messages": [_dumps(part) for part in row["messages"]]} for row in made], MESSAGE_SCHEMA)


def with_video(messages: Sequence[str], video: str) -> list[str]:
    """Messages of a stored row, each JSON, with their video at another path or address."""
    first = json.loads(messages[0])
    content = [{**part, "video": video} if part["type"] == "video" else part for part in first["content"]]
    return [_dumps({**first, "content": content}), *messages[1:]]


def _options(row: Mapping[str, Any], style: AnswerStyle) -> list[str]:
    """Texts of the options that a style shows; none for a question that is open in it."""
    if style not in ANSWER_STYLES:
        raise ValueError(f"answer style {style!r} is none of {', '.join(ANSWER_STYLES)}")
    if style == "open":
        return []
    if style == "mc" and row["numeric_options"]:
        decimals = len(row["answer"].partition(".")[2])
        return [f"{number:.{decimals}f}" for number in row["numeric_options"]]
    return row["options"] or []


def _letter(k: int) -> str:
    return "ABCDEFGH"[k]


def _dumps(message: Mapping[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
