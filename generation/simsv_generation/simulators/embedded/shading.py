"""Numbers that both renderers shade with."""

MIRROR = 0.5
"""What mirrors less than this head-on is polished rather than a mirror: its reflections are blurred."""
GRAZING = 0.55
"""How much of Fresnel's rise towards grazing angles is left on real, slightly rough surfaces."""
OUTDOORS = 0.3
"""How bright the sky is shown behind a window: a camera that is set for the room would show white."""
