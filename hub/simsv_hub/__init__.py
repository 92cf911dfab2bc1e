"""The Hub side of a release: its full card and its publication."""
