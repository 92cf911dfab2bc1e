"""How a house looks on one walk: the light that falls into it, the lamps that are on, its finishes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from simsv_generation.geometry import quantize_degrees, require_finite, wrap_degrees
from simsv_generation.scene import House

_STANDARD_AZIMUTH: Final = -60.0
"""Where the sun stands over a house whose record does not say."""
_STANDARD_ELEVATION: Final = 35.0
_MOST_STOPS: Final = 8.0
"""A picture that is further off is black or white."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a simulator may vary when it shows a house, and nothing else: geometry and ids never depend on it.

    Quantised: angles to 0.001 degrees, the rest to 0.001. Raises ValueError, naming the field, for what cannot be.
    """

    sun_azimuth: float
    """Where the sun stands, degrees, counter-clockwise seen from above, 0 along +x, in (-180, 180]."""
    sun_elevation: float
    """Degrees above the horizon; negative at night."""
    cloudiness: float
    """From 0, a clear sky, to 1, overcast: the sun casts no shadow."""
    lit_rooms: tuple[str, ...]
    """Ids of the rooms whose lamps are on."""
    exposure: float = 0.0
    """Stops brighter than metered; negative is darker."""
    material_seed: int = 0
    """0 shows the house's own materials; any other number draws the finishes of floors, walls and furniture anew."""

    def __post_init__(self) -> None:
        require_finite("look", (self.sun_azimuth, self.sun_elevation, self.cloudiness, self.exposure))
        if not -90.0 <= self.sun_elevation <= 90.0:
            raise ValueError(f"sun_elevation must be between -90 and 90 degrees, got {self.sun_elevation}")
        if not 0.0 <= self.cloudiness <= 1.0:
            raise ValueError(f"cloudiness must be between 0 and 1, got {self.cloudiness}")
        if not -_MOST_STOPS <= self.exposure <= _MOST_STOPS:
            raise ValueError(f"exposure must be between -{_MOST_STOPS} and {_MOST_STOPS} stops, got {self.exposure}")
        if not 0 <= self.material_seed < 2**31:
            raise ValueError(f"material_seed must be between 0 and 2^31 - 1, got {self.material_seed}")
        if len(set(self.lit_rooms)) != len(self.lit_rooms):
            raise ValueError(f"lit_rooms names a room twice: {self.lit_rooms}")
        azimuth = quantize_degrees(wrap_degrees(quantize_degrees(self.sun_azimuth)))
        object.__setattr__(self, "sun_azimuth", azimuth)
        object.__setattr__(self, "sun_elevation", quantize_degrees(self.sun_elevation))
        object.__setattr__(self, "cloudiness", round(float(self.cloudiness), 3) + 0.0)
        object.__setattr__(self, "exposure", round(float(self.exposure), 3) + 0.0)

    @classmethod
    def standard(cls, house: House) -> Self:
        """What a house looks like when nothing varies: a clear day, all lamps on.

        The sun stands where ProcTHOR put it, at a moderate height: its own four skies have it at 6, 41, 66 and 82
        degrees, of which the extremes light no room well.
        """
        return cls(_recorded_azimuth(house), _STANDARD_ELEVATION, 0.0, tuple(room.room_id for room in house.rooms))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Inverse of `dataclasses.asdict`, with lists for tuples. Raises KeyError, TypeError or ValueError."""
        return cls(**{**data, "lit_rooms": tuple(data["lit_rooms"])})


def _recorded_azimuth(house: House) -> float:
    """Opposite to where the directional light of a ProcTHOR record shines.

    Unity's light shines along its own +z. Its yaw turns that clockwise from Unity's +z, which is our +y, and its roll
    leaves it where it is.
    """
    for light in house.spec.get("proceduralParameters", {}).get("lights", ()):
        if light["type"] == "directional":
            return wrap_degrees(-90.0 - light["rotation"]["y"])
    return _STANDARD_AZIMUTH
