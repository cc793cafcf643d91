"""Positions in metres (extra ``formats``: pyproj)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reid.errors import ConfigError, InputError


def projected(
    places: Mapping[str, tuple[float, float]], crs: str = ""
) -> tuple[dict[str, tuple[float, float]], str]:
    """x and y in metres of (latitude, longitude) in degrees, and the EPSG code they are in.

    ``crs`` "": the UTM zone in whose middle the survey lies best; neighbours of it go along.

    Raises:
        InputError: no projected reference system in metres of this code.
        ConfigError: pyproj is not installed.
    """
    proj = _pyproj()
    code = crs or _utm(places)
    try:
        system = proj.CRS.from_user_input(code if ":" in code else f"EPSG:{code}")
    except proj.exceptions.CRSError as error:
        raise InputError(f"--crs: expected an EPSG code such as 32640, found {code!r}") from error
    units = {axis.unit_name for axis in system.axis_info}
    if not system.is_projected or units != {"metre"}:
        raise InputError(f"--crs: expected a projection in metres, found {system.name}")
    turn = proj.Transformer.from_crs("EPSG:4326", system, always_xy=True)
    found = {name: turn.transform(east, north) for name, (north, east) in places.items()}
    return found, f"EPSG:{system.to_epsg() or code}"


def _utm(places: Mapping[str, tuple[float, float]]) -> str:
    north = sum(p[0] for p in places.values()) / len(places)
    east = sum(p[1] for p in places.values()) / len(places)
    zone = int((east + 180) // 6) % 60 + 1
    return str((32600 if north >= 0 else 32700) + zone)


def _pyproj() -> Any:
    try:
        import pyproj
    except ImportError as error:
        raise ConfigError(
            "positions in metres need pyproj: pip install 'leopard-reid[formats]'"
        ) from error
    return pyproj
