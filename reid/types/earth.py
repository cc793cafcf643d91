"""Distances on the earth."""

from __future__ import annotations

import math

EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG)."""

Position = tuple[float, float]
"""Latitude and longitude in degrees (WGS 84)."""


def great_circle_km(a: Position, b: Position) -> float:
    """Kilometres between two (latitude, longitude) in degrees: the haversine formula."""
    (lat_a, lon_a), (lat_b, lon_b) = ([math.radians(v) for v in p] for p in (a, b))
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, half)))
