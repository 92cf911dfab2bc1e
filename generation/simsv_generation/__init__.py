"""Houses to episodes to questions to a release."""
