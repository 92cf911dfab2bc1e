"""simsv: spatial questions about walks through simulated homes."""

__version__ = "0.1.0"
