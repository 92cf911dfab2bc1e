"""Ask a model of `recipes/results` the held-out questions of a release, for `simsv score`.

    python -m recipes.results.predict simsv runs/results/base runs/results/predictions/base.jsonl --num_frames 16

For one small model on a processor: of a video, frames are decoded, seen and read once for all questions about it. What
lmms-eval measures with `recipes/eval` it answers too, the same prompts put the same way, and some ten times as fast.
"""

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from peft import PeftModel
from transformers import AutoModelForImageTextToText, AutoProcessor, DynamicCache

from simsv_dataset import Simsv
from simsv_dataset.chat import PRE_PROMPT, group_by_video, question_text
from simsv_dataset.downloads import local_video
from simsv_dataset.taxonomy import VSI_BENCH_TYPES
from simsv_dataset.video import sample_video

FRAME_BUDGET: Final = 16
"""Only questions that so many uniform frames can answer, whatever the model sees."""
PER_TYPE: Final = 120
"""Most questions of a type: the first in the order of the release."""
MAX_NEW_TOKENS: Final = 16
"""As lmms-eval's vsibench has it."""


def main() -> None:
    """Write a line for each question: its id, what was said, and what said it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", help="folder or ORG/NAME")
    parser.add_argument("model", help="folder of a model with its processor")
    parser.add_argument("out", type=Path, help="file of predictions")
    parser.add_argument("--adapter", help="folder of a LoRA adapter of the model")
    parser.add_argument("--num_frames", type=int, default=16, help="0 shows no video")
    given = parser.parse_args()
    processor = AutoProcessor.from_pretrained(given.model)
    model = AutoModelForImageTextToText.from_pretrained(given.model, dtype=torch.bfloat16)
    if given.adapter:
        model = PeftModel.from_pretrained(model, given.adapter).merge_and_unload()
    model.eval()
    name = given.adapter or given.model
    lines = []
    for rows in group_by_video(questions(given.release), 10_000):
        for row, said in zip(rows, answers(model, processor, rows, given.num_frames), strict=True):
            made = {"id": row["id"], "prediction": said, "model": name, "num_frames": given.num_frames}
            lines.append(json.dumps(made))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    draft = given.out.with_name(f"{given.out.name}.draft")
    draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
    draft.replace(given.out)
    print(f"{len(lines)} predictions in {given.out}")


def questions(release: str) -> list[Mapping[str, Any]]:
    """Those of the test split that are asked: of VSI-Bench's types, and answerable from `FRAME_BUDGET` frames."""
    view = Simsv("all", release=release, frame_budget=FRAME_BUDGET)
    view.download_and_prepare()
    asked: Counter[str] = Counter()
    rows = []
    for row in view.as_dataset(split="test"):
        name = row["question_type"]
        asked[name] += name in VSI_BENCH_TYPES
        if 0 < asked[name] <= PER_TYPE:
            rows.append(row)
    return rows


@torch.inference_mode()  # type: ignore[untyped-decorator] # torch leaves it so
def answers(model: Any, processor: Any, rows: Sequence[Mapping[str, Any]], num_frames: int) -> list[str]:
    """What the model says, by its likeliest tokens, to questions about one video."""
    tokenizer = processor.tokenizer
    prompts = [_prompt(processor, row, num_frames) for row in rows]
    # All begin alike: up to the video, or with the one token that begins every prompt.
    shared = prompts[0].index(model.config.video_token_id) + 1 if num_frames else 1
    embed = model.get_input_embeddings()
    seen = embed(torch.tensor([prompts[0][:shared]]))
    if num_frames:
        features = _features(model, processor, local_video(rows[0]["video"]["path"]), num_frames)
        seen = torch.cat([seen[:, :-1], features[None]], dim=1)
    cache = DynamicCache(config=model.config.text_config)
    model.model.language_model(inputs_embeds=seen, past_key_values=cache)
    cache.batch_repeat_interleave(len(rows))

    # Questions are of different lengths: between the video and a shorter one lie tokens that nobody looks at.
    rests = [tokens[shared:] for tokens in prompts]
    longest = max(map(len, rests))
    ids = torch.full((len(rows), longest), tokenizer.pad_token_id)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for k, rest in enumerate(rests):
        ids[k, longest - len(rest) :], mask[k, longest - len(rest) :] = torch.tensor(rest), 1
    mask = torch.cat([torch.ones((len(rows), seen.shape[1]), dtype=torch.long), mask], dim=1)
    said: list[list[int]] = [[] for _ in rows]
    for _ in range(MAX_NEW_TOKENS):
        positions = (mask.cumsum(1) - 1)[:, -ids.shape[1] :].clamp(min=0)
        hidden = model.model.language_model(
            inputs_embeds=embed(ids), attention_mask=mask, position_ids=positions, past_key_values=cache
        ).last_hidden_state[:, -1]
        ids = model.lm_head(hidden).argmax(-1)[:, None]
        mask = torch.cat([mask, torch.ones_like(ids)], dim=1)
        for tokens, token in zip(said, ids[:, 0].tolist(), strict=True):
            tokens.append(token)
        if all(tokenizer.eos_token_id in tokens for tokens in said):
            break
    ends = [tokens.index(tokenizer.eos_token_id) if tokenizer.eos_token_id in tokens else None for tokens in said]
    return [tokenizer.decode(tokens[:end]).strip() for tokens, end in zip(said, ends, strict=True)]


def _prompt(processor: Any, row: Mapping[str, Any], num_frames: int) -> list[int]:
    """Tokens of the prompt of `recipes/sft.py`, one for the whole video."""
    text = {"type": "text", "text": f"{PRE_PROMPT}\n{question_text(row)}"}
    content = [{"type": "video"}, text] if num_frames else [text]
    written = processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True)
    tokens: list[int] = processor.tokenizer(written, add_special_tokens=False)["input_ids"]
    return tokens


def _features(model: Any, processor: Any, path: Path, num_frames: int) -> torch.Tensor:
    """The video as tokens, (tokens, width), with the newline that ends them."""
    frames, _ = sample_video(path, num_frames)
    pixels = processor.video_processor(frames, return_tensors="pt")["pixel_values_videos"].to(model.dtype)
    config = model.config
    found = model.model.get_video_features(
        pixels,
        vision_feature_layer=config.vision_feature_layer,
        vision_feature_select_strategy=config.vision_feature_select_strategy,
    )
    features: torch.Tensor = found.pooler_output[0]
    return features


if __name__ == "__main__":
    main()
