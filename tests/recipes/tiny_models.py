"""Random models of the recipes' four architectures, with real processors and the chat templates of the real ones.

`python -m tests.recipes.tiny_models FOLDER` writes them all, some 0.3 million weights each. Nothing is fetched: the
tokenizers are trained on a few sentences, and know every byte.
"""

import sys
from pathlib import Path
from typing import Any

import torch
import transformers
import trl
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers.models.smolvlm.processing_smolvlm import DEFAULT_CHAT_TEMPLATE

SENTENCES = (
    "These are frames of a video. How many chairs are in this room? Measuring from the closest point of each object,",
    "system user assistant User: Assistant: You are a helpful assistant. You are provided the following series",
    "Options: A. B. C. D. Answer with the option's letter from the given choices directly. left right back",
    "Please answer the question using a single word or phrase. 0123456789 meters <0.5 seconds> Frame from 00:01:",
)
WIDTH, PIXELS = 64, 56
TEXT = {
    "hidden_size": WIDTH,
    "intermediate_size": 2 * WIDTH,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "vocab_size": 640,
    "max_position_embeddings": 8192,
}
EYES = {"hidden_size": 32, "intermediate_size": 64}
ENCODER = {**EYES, "num_hidden_layers": 2, "num_attention_heads": 2, "image_size": PIXELS}
ROTATED = {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": [2, 3, 3]}
CHAT_TEMPLATES = Path(trl.__file__).parent / "chat_templates"
# The one of llava-hf/llava-onevision-qwen2-7b-ov-hf, which TRL does not have. Ends of answers are not among the marked.
LLAVA_ONEVISION = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + ' '}}"
    "{# Render all images first #}{% for content in message['content'] | selectattr('type', 'equalto', 'image') %}"
    "{{ '<image>\\n' }}{% endfor %}"
    "{# Render all video then #}{% for content in message['content'] | selectattr('type', 'equalto', 'video') %}"
    "{{ '<video>\\n' }}{% endfor %}"
    "{# Render all text next #}{% if message['role'] != 'assistant' %}"
    "{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}{{ '\\n' + content['text'] }}"
    "{% endfor %}{% else %}"
    "{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}"
    "{% generation %}{{ '\\n' + content['text'] }}{% endgeneration %}{% endfor %}{% endif %}"
    "{{'<|im_end|>'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def tokenizer(end: str, *special: str) -> Any:
    """One that is trained on `SENTENCES`; `end` ends what is said, and "<|endoftext|>" fills."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    known = ["<|endoftext|>", "<|im_start|>", end, *special]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=600, initial_alphabet=alphabet, special_tokens=known, show_progress=False)
    made.train_from_iterator(SENTENCES * 20, trainer)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=made, eos_token=end, pad_token="<|endoftext|>")


def qwen2_5_vl() -> tuple[Any, Any]:
    return _qwen(
        transformers.Qwen2_5_VLConfig,
        transformers.Qwen2_5_VLForConditionalGeneration,
        transformers.Qwen2_5_VLProcessor,
        transformers.Qwen2VLVideoProcessor,
        "qwen2_5_vl.jinja",
        {**EYES, "depth": 2, "num_heads": 2, "fullatt_block_indexes": [1], "window_size": 56, "patch_size": 14},
        ROTATED,
    )


def qwen3_vl() -> tuple[Any, Any]:
    return _qwen(
        transformers.Qwen3VLConfig,
        transformers.Qwen3VLForConditionalGeneration,
        transformers.Qwen3VLProcessor,
        transformers.Qwen3VLVideoProcessor,
        "qwen3_vl.jinja",
        {
            **EYES,
            "depth": 3,
            "num_heads": 2,
            "patch_size": 16,
            "num_position_embeddings": 256,
            "deepstack_visual_indexes": [0, 1],
        },
        {**ROTATED, "mrope_interleaved": True},
    )


def _qwen(
    config: Any, model: Any, processor: Any, video_processor: Any, template: str, eyes: dict[str, Any], rope: Any
) -> tuple[Any, Any]:
    words = tokenizer(
        "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>"
    )
    named = {
        "image_token_id": "<|image_pad|>",
        "video_token_id": "<|video_pad|>",
        "vision_start_token_id": "<|vision_start|>",
        "vision_end_token_id": "<|vision_end|>",
    }
    patch = eyes["patch_size"]
    cut = {"patch_size": patch, "merge_size": 2, "temporal_patch_size": 2}
    size = {"shortest_edge": (2 * patch) ** 2 * 4, "longest_edge": (2 * patch) ** 2 * 64}
    made = model(
        config(
            text_config={**TEXT, "rope_parameters": rope},
            vision_config={**eyes, "out_hidden_size": WIDTH, "spatial_merge_size": 2, "temporal_patch_size": 2},
            **{name: words.convert_tokens_to_ids(token) for name, token in named.items()},
        )
    )
    return made, processor(
        image_processor=transformers.Qwen2VLImageProcessor(**cut),
        video_processor=video_processor(**cut, size=size),
        tokenizer=words,
        chat_template=(CHAT_TEMPLATES / template).read_text(),
    )


def llava_onevision() -> tuple[Any, Any]:
    words = tokenizer("<|im_end|>", "<image>", "<video>")
    grid = [[PIXELS, PIXELS]]
    model = transformers.LlavaOnevisionForConditionalGeneration(
        transformers.LlavaOnevisionConfig(
            text_config={"model_type": "qwen2", **TEXT},
            vision_config={"model_type": "siglip_vision_model", **ENCODER, "patch_size": 14, "vision_use_head": False},
            image_token_index=words.convert_tokens_to_ids("<image>"),
            video_token_index=words.convert_tokens_to_ids("<video>"),
            image_grid_pinpoints=grid,
            vision_feature_select_strategy="full",
            vision_feature_layer=-1,
        )
    )
    size = {"height": PIXELS, "width": PIXELS}
    return model, transformers.LlavaOnevisionProcessor(
        image_processor=transformers.LlavaOnevisionImageProcessor(size=size, image_grid_pinpoints=grid),
        video_processor=transformers.LlavaOnevisionVideoProcessor(size=size),
        tokenizer=words,
        num_image_tokens=(PIXELS // 14) ** 2,
        vision_feature_select_strategy="full",
        chat_template=LLAVA_ONEVISION,
    )


def smolvlm2() -> tuple[Any, Any]:
    cells = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]
    words = tokenizer("<end_of_utterance>", "<fake_token_around_image>", "<image>", "<global-img>", *cells)
    words.fake_image_token, words.image_token = "<fake_token_around_image>", "<image>"
    words.global_image_token, words.end_of_utterance_token = "<global-img>", "<end_of_utterance>"
    model = transformers.SmolVLMForConditionalGeneration(
        transformers.SmolVLMConfig(
            text_config={"model_type": "llama", **TEXT, "pad_token_id": words.pad_token_id},
            vision_config={**ENCODER, "image_size": 64, "patch_size": 8},
            scale_factor=4,
            image_token_id=words.convert_tokens_to_ids("<image>"),
        )
    )
    edge = {"longest_edge": 64}
    return model, transformers.SmolVLMProcessor(
        image_processor=transformers.SmolVLMImageProcessor(size=edge, max_image_size=edge, do_image_splitting=False),
        video_processor=transformers.SmolVLMVideoProcessor(size=edge, max_image_size=edge, num_frames=8, fps=2),
        tokenizer=words,
        image_seq_len=4,
        chat_template=DEFAULT_CHAT_TEMPLATE,
    )


TINY_MODELS = {made.__name__: made for made in (llava_onevision, qwen2_5_vl, qwen3_vl, smolvlm2)}
"""By the names of the recipes' folders."""


def main(folder: Path) -> None:
    for name, make in TINY_MODELS.items():
        torch.manual_seed(0)
        model, processor = make()
        model.save_pretrained(folder / name)
        processor.save_pretrained(folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
