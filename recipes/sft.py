"""Fine-tune a video model on a release, with TRL.

    python recipes/sft.py --config recipes/qwen2_5_vl/lora.yaml --dataset_name ORG/simsv

The keys of a configuration are those of `trl sft`, and those of `VideoArguments` for what it cannot say. A flag of the
same name overrides a key. The release is streamed: rows come as they are needed, and each video once per machine.
"""

import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from datasets import Dataset, Features, IterableDataset, interleave_datasets, load_dataset
from huggingface_hub.errors import EntryNotFoundError
from transformers import AutoProcessor
from transformers.utils.hub import cached_file, extract_commit_hash
from trl import (
    DatasetMixtureConfig,
    ModelConfig,
    ScriptArguments,
    SFTConfig,
    SFTTrainer,
    TrlParser,
    get_peft_config,
    get_quantization_config,
)
from trl.chat_template_utils import get_training_chat_template, has_generation_markers
from trl.scripts.utils import DatasetConfig

from simsv_dataset import Simsv, load, with_messages
from simsv_dataset.chat import ANSWER_STYLES
from simsv_dataset.downloads import local_video
from simsv_dataset.place import Place, find_release
from simsv_dataset.release import MESSAGES
from simsv_dataset.schema import MESSAGE_SCHEMA, features
from simsv_dataset.video import sample_video

COLUMNS: Final = Features({name: features(MESSAGE_SCHEMA)[name] for name in ("messages", "images")})
"""Of what the trainer is given. By `images`, always empty, TRL knows a model with eyes."""
UNLEARNT: Final = -100
"""The label of a token that is not learned."""


@dataclass
class VideoArguments:
    """What a configuration has besides the keys of `trl sft`."""

    num_frames: int = field(default=64, metadata={"help": "Uniform frames that the model is given; 0 trains it blind."})
    frame_budget: int | None = field(
        default=None, metadata={"help": "Leave out questions about what so many uniform frames do not all show."}
    )
    answer_style: str = field(default="mc_letter", metadata={"help": f"One of {', '.join(ANSWER_STYLES)}."})
    questions_per_conversation: int = field(default=1, metadata={"help": "Most questions about one video at a time."})
    shuffle_buffer: int = field(default=1000, metadata={"help": "Rows among which the next is drawn; 1: in order."})
    dataset_revision: str | None = field(default=None, metadata={"help": "Of dataset_name on the Hub; main otherwise."})


@dataclass(frozen=True)
class Recipe:
    """A configuration, read and checked."""

    script: ScriptArguments
    training: SFTConfig
    model: ModelConfig
    mixture: DatasetMixtureConfig
    video: VideoArguments

    @property
    def batch(self) -> int:
        """Conversations of an optimiser's step."""
        return int(
            self.training.train_batch_size * self.training.gradient_accumulation_steps * self.training.world_size
        )

    @property
    def num_readers(self) -> int:
        """Loader workers of all processes; of fewer shards some would have nothing to read."""
        return int(self.training.world_size * max(self.training.dataloader_num_workers, 1))


@dataclass(frozen=True)
class Source:
    """One data set of the mixture that is trained on."""

    settings: DatasetConfig
    place: Place | None
    """Where it is, if it is a release; otherwise it is a data set with a column `messages` in TRL's form."""
    num_conversations: int | None
    """None when that is not known before it is read."""


def main(arguments: Sequence[str] | None = None) -> SFTTrainer:
    """Train as the command line says; what is wrong in it ends the program with one sentence."""
    try:
        recipe = read_recipe(sys.argv[1:] if arguments is None else arguments)
        sources = find_sources(recipe)
        set_max_steps(recipe, sources)
        stream = open_stream(recipe, sources)
        evaluated = held_out(recipe, sources) if recipe.training.eval_strategy != "no" else None
        collator = load_collator(recipe)
    except (ValueError, OSError) as error:
        print(f"sft.py: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    if recipe.training.process_index == 0:
        write_record(recipe, sources)
    return train(recipe, collator, stream, evaluated)


def read_recipe(arguments: Sequence[str]) -> Recipe:
    """Read a command line and the configuration that it names.

    Raises:
        ValueError: a key is unknown, or a value cannot train on videos.
        OSError: the configuration is not there.
    """
    parser = TrlParser((ScriptArguments, SFTConfig, ModelConfig, DatasetMixtureConfig, VideoArguments))
    recipe = Recipe(*parser.parse_args_and_config(list(arguments)))
    training, video, template = recipe.training, recipe.video, recipe.training.chat_template_path
    if recipe.model.model_name_or_path is None:
        raise ValueError("model_name_or_path is missing")
    if not recipe.mixture.datasets and recipe.script.dataset_name is None:
        raise ValueError("dataset_name is missing; it is the folder of a release or ORG/NAME on the Hub")
    if training.max_length is not None:
        raise ValueError(f"max_length {training.max_length} can cut the tokens of a video; set max_length: null")
    if not training.assistant_only_loss:
        raise ValueError("assistant_only_loss must be true: questions and videos are not to be learned")
    if training.packing or training.padding_free:
        raise ValueError("packing and padding_free do not work with videos; leave them out")
    if (started := int(os.environ.get("WORLD_SIZE", "1"))) != training.world_size:
        raise ValueError(f"each of {started} processes would train by itself; without GPUs set use_cpu: true")
    if video.answer_style not in ANSWER_STYLES:
        raise ValueError(f"answer_style {video.answer_style!r} is none of {', '.join(ANSWER_STYLES)}")
    for name, low in {"num_frames": 0, "questions_per_conversation": 1, "shuffle_buffer": 1}.items():
        if getattr(video, name) < low:
            raise ValueError(f"{name} must be at least {low}, got {getattr(video, name)}")
    if template is not None and not has_generation_markers(Path(template).read_text(encoding="utf-8")):
        raise ValueError(f"chat_template_path {template} marks no answers with {{% generation %}}: nothing is learned")
    fractions = [part.fraction for part in recipe.mixture.datasets]
    if len(fractions) > 1 and not all(fraction and fraction > 0 for fraction in fractions):
        raise ValueError("each of several datasets needs a fraction above 0, its share of the mixture")
    return recipe


def find_sources(recipe: Recipe) -> list[Source]:
    """Find the releases that are trained on; of one on the Hub, only its manifest is fetched.

    Raises:
        ValueError: a release has no such config or split.
        OSError: a release is not there, or the Hub cannot be reached.
    """
    script, video = recipe.script, recipe.video
    if not recipe.mixture.datasets:
        only = DatasetConfig(script.dataset_name, script.dataset_config, split=script.dataset_train_split)
        return [_release(only, find_release(only.path, video.dataset_revision), recipe)]
    sources = []
    for part in recipe.mixture.datasets:
        try:
            sources.append(_release(part, find_release(part.path), recipe))
        except (FileNotFoundError, EntryNotFoundError):
            sources.append(Source(part, None, None))
    return sources


def _release(settings: DatasetConfig, place: Place, recipe: Recipe) -> Source:
    settings = replace(settings, name=settings.name or "3q")
    place.check(settings.name, settings.split)
    if recipe.training.eval_strategy != "no":
        place.check(settings.name, recipe.script.dataset_test_split)
    video = recipe.video
    if settings.name.endswith(MESSAGES) or (video.questions_per_conversation == 1 and video.frame_budget is None):
        return Source(settings, place, place.manifest.configs[settings.name][settings.split].num_rows)
    # How many there are depends on which videos the questions are about, and on what frames show of them.
    return Source(settings, place, len(_load(settings, place, video, streaming=False)))


def set_max_steps(recipe: Recipe, sources: Sequence[Source]) -> None:
    """Give a stream, which has no length, the steps of its epochs, unless `max_steps` is given.

    An epoch of a mixture ends when the first of its data sets would be read again, each at its fraction.

    Raises:
        ValueError: the length of a data set is not known.
    """
    training = recipe.training
    if training.max_steps > 0:
        return
    lengths = []
    for source, share in zip(sources, _shares(sources), strict=True):
        if source.num_conversations is None:
            raise ValueError(f"{source.settings.path} is no release of known length; give max_steps")
        lengths.append(source.num_conversations / share)
    training.max_steps = math.ceil(min(lengths) * training.num_train_epochs / recipe.batch)


def _shares(sources: Sequence[Source]) -> list[float]:
    fractions = [source.settings.fraction or 1.0 for source in sources]
    return [fraction / sum(fractions) for fraction in fractions]


def open_stream(recipe: Recipe, sources: Sequence[Source]) -> IterableDataset:
    """All sources as one endless stream of conversations, shuffled, in shares for all readers.

    Raises:
        ValueError: a data set that is no release has no conversations.
        OSError: a data set is not there, or the Hub cannot be reached.
    """
    seed, buffer = recipe.training.seed, recipe.video.shuffle_buffer
    streams = (_conversations(source, recipe) for source in sources)
    parts = [stream.shuffle(seed=seed, buffer_size=buffer).repeat(None) for stream in streams]
    if len(parts) == 1:
        return parts[0]
    return interleave_datasets(parts, probabilities=_shares(sources), seed=seed)


def _conversations(source: Source, recipe: Recipe) -> IterableDataset:
    """Rows of `COLUMNS`."""
    settings, num_readers = source.settings, recipe.num_readers
    if source.place is None:
        files = {"data_dir": settings.data_dir, "data_files": settings.data_files}
        rows = load_dataset(settings.path, settings.name, **files, split=settings.split, streaming=True)
        columns = list(next(iter(rows)))
        if "messages" not in columns:
            raise ValueError(f"{settings.path} is no release and has no column messages, only {', '.join(columns)}")
        return rows.map(_with_images, remove_columns=columns, features=COLUMNS)
    streaming = recipe.script.dataset_streaming or recipe.mixture.streaming
    rows = _load(settings, source.place, recipe.video, streaming=streaming)
    if isinstance(rows, IterableDataset) and rows.num_shards < num_readers:
        # A small config is one file, of which only one worker would read.
        rows = _load(settings, source.place, recipe.video, streaming=False)
    if not isinstance(rows, IterableDataset):
        rows = rows.to_iterable_dataset(num_shards=min(num_readers, len(rows)))
    return rows.map(_with_video, remove_columns=rows.column_names, features=COLUMNS)


def held_out(recipe: Recipe, sources: Sequence[Source]) -> Dataset:
    """`dataset_test_split` of the first release, as conversations, for the loss during training."""
    settings, place = next((source.settings, source.place) for source in sources if source.place is not None)
    split = replace(settings, split=recipe.script.dataset_test_split)
    rows = _load(split, place, recipe.video, streaming=False)
    return rows.map(_with_video, remove_columns=rows.column_names, features=COLUMNS)


def _load(settings: DatasetConfig, place: Place, video: VideoArguments, *, streaming: bool) -> Any:
    style: Any = None if settings.name.endswith(MESSAGES) else video.answer_style
    if video.frame_budget is not None:
        view = Simsv(settings.name, release=place.name, revision=place.revision, frame_budget=video.frame_budget)
        view.download_and_prepare()
        return with_messages(view.as_dataset(split=settings.split), style, video.questions_per_conversation)
    several = video.questions_per_conversation > 1 and style is not None
    return load(
        place.name,
        settings.name,
        settings.split,
        revision=place.revision,
        streaming=streaming and not several,
        answer_style=style,
        questions_per_conversation=video.questions_per_conversation if several else 1,
    )


def _with_images(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"messages": row["messages"], "images": []}


def _with_video(row: Mapping[str, Any]) -> dict[str, Any]:
    """The conversation with its video by its own address, for which the Hub's cache and token are used."""
    first, *others = row["messages"]
    content = [
        {**part, "video": row["video"]["path"]} if part["type"] == "video" else part for part in first["content"]
    ]
    return {"messages": [{**first, "content": content}, *others], "images": []}


@dataclass(frozen=True)
class Collator:
    """Conversations to the batch of a model: videos are decoded here, in loader workers; answers alone get labels."""

    processor: Any
    chat_template: str
    num_frames: int

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """What the model takes, with `labels` (rows, tokens) of int64, `UNLEARNT` wherever nothing is to be learned.

        Raises:
            ValueError: in one of the conversations nothing would be learned, or a video is damaged.
            FileNotFoundError: a video is not there.
            OSError: a video cannot be fetched.
        """
        metadata: list[dict[str, Any]] = []
        conversations = [[self._shown(message, metadata) for message in row["messages"]] for row in rows]
        videos = {"do_sample_frames": False, "video_metadata": metadata} if metadata else {}
        batch = self.processor.apply_chat_template(
            conversations,
            chat_template=self.chat_template,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            return_assistant_tokens_mask=True,
            # The template has written all special tokens.
            processor_kwargs={"padding": True, "padding_side": "right", "add_special_tokens": False, **videos},
        )
        is_learned = (batch.pop("assistant_masks") == 1) & (batch["attention_mask"] == 1)
        if not is_learned.any(dim=1).all():
            raise ValueError("a conversation has no token to be learned: the chat template marks none of its answers")
        batch["labels"] = batch["input_ids"].masked_fill(~is_learned, UNLEARNT)
        return dict(batch)

    def _shown(self, message: Mapping[str, Any], metadata: list[dict[str, Any]]) -> dict[str, Any]:
        """The message with frames in the place of addresses; `metadata` gets what processors want to know of them."""
        content = []
        for part in message["content"]:
            if part["type"] == "video":
                if not self.num_frames:
                    continue
                frames, facts = sample_video(local_video(part["video"]), self.num_frames)
                metadata.append(facts)
                part = {"type": "video", "video": frames}
            content.append(part)
        return {**message, "content": content}


def load_collator(recipe: Recipe) -> Collator:
    """The processor of the model, with a chat template that marks answers.

    Raises:
        ValueError: the template marks none.
        OSError: the processor cannot be fetched.
    """
    training, model = recipe.training, recipe.model
    name, revision = model.model_name_or_path, model.model_revision
    processor = AutoProcessor.from_pretrained(name, revision=revision, trust_remote_code=training.trust_remote_code)
    if training.chat_template_path is not None:
        processor.chat_template = Path(training.chat_template_path).read_text(encoding="utf-8")
    template = processor.chat_template
    if not has_generation_markers(template):
        try:
            template = get_training_chat_template(processor)
        except ValueError:
            raise ValueError(f"the chat template of {name} marks no answers; give chat_template_path") from None
    collator = Collator(processor, template, recipe.video.num_frames)
    parts = {"user": "How many?", "assistant": "3"}
    collator([{"messages": [{"role": r, "content": [{"type": "text", "text": t}]} for r, t in parts.items()]}])
    return collator


def write_record(recipe: Recipe, sources: Sequence[Source]) -> None:
    """Write `training.json` in `output_dir`: what is trained on and how it is shown, which no checkpoint tells."""
    data = [asdict(source.settings) | {"num_conversations": source.num_conversations} for source in sources]
    for part, place in zip(data, (source.place for source in sources), strict=True):
        part |= {} if place is None else {"revision": place.revision, "sources_digest": place.manifest.sources_digest}
    path = Path(recipe.training.output_dir, "training.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"data": data, "batch": recipe.batch, **asdict(recipe.video)}, indent=2), "utf-8")


def train(recipe: Recipe, collator: Collator, stream: IterableDataset, evaluated: Dataset | None) -> SFTTrainer:
    """Train, from a checkpoint if so configured, and save model and processor in `output_dir`."""
    training, model, adapter = recipe.training, recipe.model, get_peft_config(recipe.model)
    if adapter is not None:
        # Of the model that it is to be merged into; None of a folder.
        config = cached_file(model.model_name_or_path, "config.json", revision=model.model_revision)
        adapter.revision = extract_commit_hash(config, None)
    training.model_init_kwargs = {
        "revision": model.model_revision,
        "trust_remote_code": training.trust_remote_code,
        "attn_implementation": model.attn_implementation,
        "dtype": model.dtype,
        **(training.model_init_kwargs or {}),
    }
    trainer = SFTTrainer(
        model=model.model_name_or_path,
        args=training,
        processing_class=collator.processor,
        data_collator=collator,
        train_dataset=stream,
        eval_dataset=evaluated,
        peft_config=adapter,
        quantization_config=get_quantization_config(model),
    )
    trainer.train(resume_from_checkpoint=training.resume_from_checkpoint)
    trainer.save_model(training.output_dir)
    trainer.save_state()
    if training.push_to_hub:
        trainer.push_to_hub(dataset_name=recipe.script.dataset_name)
    # Nobody leaves while another still saves; and Gloo has cleared away what it gathered, without which the end of its
    # group can wait for ever.
    trainer.accelerator.wait_for_everyone()
    trainer.end()
    return trainer


if __name__ == "__main__":
    main()
