"""lmms-eval with one model more: any video model of transformers, given the frames that it was trained on.

    python recipes/eval/video_model.py --model video --model_args pretrained=runs/NAME,num_frames=32 \
        --tasks simsv_test,simsv_test_blind --include_path recipes/eval --log_samples --output_path runs/NAME/eval

All other arguments are those of `python -m lmms_eval`. Of the models that lmms-eval 0.7.3 brings none runs
LLaVA-OneVision with transformers 5, none is SmolVLM2, and most cut off what `simsv_dataset.sample_indices` rounds.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from accelerate import Accelerator
from lmms_eval.__main__ import cli_evaluate
from lmms_eval.api.model import lmms
from lmms_eval.models import MODEL_REGISTRY_V2
from lmms_eval.models.registry_v2 import ModelManifest
from transformers import AutoModelForImageTextToText, AutoProcessor

from simsv_dataset.video import sample_video

SAMPLING: Final = ("max_new_tokens", "num_beams", "do_sample", "temperature", "top_p")
"""What a task may say of generation; the last two only where it samples."""


class VideoModel(lmms):  # type: ignore[misc] # lmms-eval has no types
    """One prompt at a time, put by the model's own chat template.

    Args:
        pretrained: folder or name on the Hub of a model with its processor; adapters must be merged into it.
        num_frames: uniform frames of each video, as in training.
        dtype: of the weights.
        attn_implementation: of transformers; its own choice when left out.
        device: the first GPU, or the processor's, when left out.
        batch_size: 1.
        max_batch_size: not looked at; lmms-eval passes it.
    """

    def __init__(
        self,
        pretrained: str,
        num_frames: int = 32,
        dtype: str = "bfloat16",
        attn_implementation: str | None = None,
        device: str | None = None,
        batch_size: int = 1,
        max_batch_size: int | None = None,
    ) -> None:
        super().__init__()
        if int(batch_size) != 1:
            raise ValueError(f"batch_size must be 1, got {batch_size}")
        self.accelerator = Accelerator()
        self._rank, self._world_size = self.accelerator.process_index, self.accelerator.num_processes
        self.device = torch.device(device) if device and self.world_size == 1 else self.accelerator.device
        self.num_frames = num_frames
        self.processor = AutoProcessor.from_pretrained(pretrained)
        model = AutoModelForImageTextToText.from_pretrained(
            pretrained, dtype=getattr(torch, dtype), attn_implementation=attn_implementation
        )
        self.model = model.to(self.device).eval()

    def generate_until(self, requests: Sequence[Any]) -> list[str]:
        """What the model says to each request."""
        said = []
        for request in requests:
            text, settings, doc_to_visual, number, task, split = request.args
            said.append(self.answer(text, doc_to_visual(self.task_dict[task][split][number]) or [], settings))
            self.cache_hook.add_partial("generate_until", (text, settings), said[-1])
        return said

    def answer(self, text: str, visuals: Sequence[Any], settings: Mapping[str, Any]) -> str:
        """What the model says to `prompt`, without spaces around it, which a scorer would take for a word."""
        batch = self.prompt(text, visuals).to(self.device, self.model.dtype)
        known = SAMPLING if settings.get("do_sample") else SAMPLING[:3]
        with torch.inference_mode():
            tokens = self.model.generate(**batch, **{name: settings[name] for name in known if name in settings})
        new = tokens[:, batch["input_ids"].shape[1] :]
        return str(self.processor.batch_decode(new, skip_special_tokens=True)[0]).strip()

    def prompt(self, text: str, visuals: Sequence[Any]) -> Any:
        """What the model is given for a text after videos (paths) or pictures: a batch of one."""
        content, videos = [], []
        for visual in visuals:
            if isinstance(visual, str):
                frames, facts = sample_video(visual, self.num_frames)
                content.append({"type": "video", "video": frames})
                videos.append(facts)
            else:
                content.append({"type": "image", "image": visual})
        prompt = [{"role": "user", "content": [*content, {"type": "text", "text": text}]}]
        taken = {"do_sample_frames": False, "video_metadata": videos} if videos else {}
        return self.processor.apply_chat_template(
            [prompt],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            # The template has written all special tokens.
            processor_kwargs={"add_special_tokens": False, **taken},
        )

    def generate_until_multi_round(self, requests: Sequence[Any]) -> list[str]:
        """No task that is scored here asks in rounds."""
        raise NotImplementedError("this model answers single prompts alone")

    def loglikelihood(self, requests: Sequence[Any]) -> list[tuple[float, bool]]:
        """No task that is scored here compares likelihoods."""
        raise NotImplementedError("this model generates answers and weighs none")


if __name__ == "__main__":
    MODEL_REGISTRY_V2.register_manifest(ModelManifest("video", simple_class_path="__main__.VideoModel"))
    cli_evaluate()
