"""How an archive is worked through; part of what makes two submissions the same."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from reid.errors import ConfigError
from reid.survey.licences import stated
from reid.types.checks import require


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """Settings of a batch.

    ``gap_s``: a pause that ends a sighting; short, for two animals in one sighting are worse than
    one animal in two. ``station_level``: which level of folders names the station, 0: the whole
    archive is one. ``siblings``: how many other sightings of the batch each one is compared with
    at least. ``skip_empty``: sightings in which nothing looks like a leopard are listed, not
    stored. ``catalogue``: ask also who of the known individuals it is. ``confined``: files outside
    of the archive's folder are refused. ``exif_positions``: stations without a position take
    that of their pictures' EXIF. ``licence``: SPDX, of files and what is said of them where the
    archive states none; "": they are the catalogue owner's own.
    """

    gap_s: float = 120.0
    station_level: int = 1
    siblings: int = 10
    frames_per_video: int = 8
    skip_empty: bool = False
    catalogue: bool = True
    confined: bool = False
    prior_same: float = 0.5
    prior_known: float = 0.5
    max_error: float = 0.01
    exif_positions: bool = False
    licence: str = ""

    def __post_init__(self) -> None:
        bounds = {
            "gap_s": (1, 86_400),
            "station_level": (0, 9),
            "siblings": (1, 100),
            "frames_per_video": (1, 40),
            "prior_same": (0.001, 0.999),
            "prior_known": (0.001, 0.999),
            "max_error": (0.0001, 0.4),
        }
        for name, (low, high) in bounds.items():
            value = getattr(self, name)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            require(
                number and low <= value <= high,
                f"{name}: expected {low} to {high}, found {value!r}",
                ConfigError,
            )
        require(
            isinstance(self.licence, str) and stated(self.licence, "licence") == self.licence,
            f"licence: expected it as SPDX writes it, found {self.licence!r}",
            ConfigError,
        )

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> BatchOptions:
        """Options from plain values.

        Raises:
            ConfigError: an option that does not exist, naming the nearest that does.
        """
        known = [f.name for f in fields(cls)]
        for name in values:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}"
                raise ConfigError(f"unknown option {name!r}{hint}")
        return cls(**values)

    def plain(self) -> dict[str, Any]:
        """The options as plain values, as jobs keep them: begun ones go on, whatever came since."""
        younger = {"exif_positions", "licence"}
        return {name: v for name, v in asdict(self).items() if v or name not in younger}
