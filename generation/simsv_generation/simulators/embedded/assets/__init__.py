"""Furniture made by others, turned into a pack of models that draw fast."""
