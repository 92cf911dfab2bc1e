"""Which of the questions that were asked a release publishes, and what can be guessed of them without the video."""

from simsv_generation.quality.balance import Row
from simsv_generation.quality.curation import Curated, curate

__all__ = ["Curated", "Row", "curate"]
