"""Settings of a process (environment) and of the method (hashed into every answer)."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import platformdirs
from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from reid.errors import ConfigError
from reid.types.checks import require

Precision = Literal["withheld", "0.1", "0.01", "0.001"]
"""How exactly a position is shown: in degrees, or not at all."""
Species = Literal["leopard", "any"]
"""Which animals may speak for a sighting: leopards and what looks like them, or every animal."""

Strips = Literal["no", "yes", "dmy", "mdy"]
"""Whether strips in pictures are read; dmy, mdy: how a date such as 04/12/2015 there is meant."""


SECRETS = Path("/run/secrets")


def _default_data_dir() -> Path:
    return Path(platformdirs.user_data_dir("leopard-reid"))


def _secrets_dir() -> Path | None:
    """Where containers find secrets as files: ``leopard_reid_database_url`` holds that setting."""
    return SECRETS if SECRETS.is_dir() else None


def _paths(told: object) -> object:
    """Paths as ``PATH`` has them; everything else as it is."""
    return [one for one in told.split(os.pathsep) if one.strip()] if isinstance(told, str) else told


class Settings(BaseSettings):
    """Where a process keeps its data and how much it may use; from ``LEOPARD_REID_*``.

    ``database_url`` None means SQLite in ``data_dir``. ``archives_dir`` is the folder below which
    clients of the service may name archives; None: they may name none. ``review_second`` and
    ``review_planted`` are the shares of what reviewers get that is read twice, and whose answer is
    known; ``review_opinion``: whether reviewers see what the machine thinks when they ask for it,
    or only when they have answered. ``places_ROLE`` is how exactly somebody of that role is told
    positions.
    ``uploads_per_minute`` and ``searches_per_minute`` hold for each key and process; 0: no limit.
    ``session_hours`` and ``session_idle_hours`` are how long a browser stays signed in, at most and
    without being used. ``bundle`` is the embedding, by a name of ``reid weights list`` or a path.
    ``species`` "any" is for other animals with a pattern: what looks like no leopard counts too.
    ``localiser`` is what finds and outlines animals, by a name of `reid.detect.LOCALISERS`.
    ``read_strips``: whether the strips that cameras burn into pictures are read (needs the extra
    ``ocr``).
    ``workers`` is how many worker processes the service starts beside itself; ``log_format`` is of
    the log's lines. ``index_dir`` is where this machine keeps the files of its search indexes,
    ``index`` in ``data_dir`` unless it is said: a disk of its own where ``data_dir`` is shared.
    ``references`` are tables (or their folders) of labelled pictures on which no other bundle may
    be worse than the one that serves; in the environment as in ``PATH``, colons between them.
    """

    model_config = SettingsConfigDict(
        env_prefix="LEOPARD_REID_", frozen=True, secrets_dir=_secrets_dir()
    )

    data_dir: Path = Field(default_factory=_default_data_dir)
    database_url: str | None = None
    archives_dir: Path | None = None
    index_dir: Path | None = None
    bundle: str = Field(default="rosette-words", min_length=1)
    species: Species = "leopard"
    localiser: str = Field(default="yolox-saliency", min_length=1)
    threads: int = Field(default=2, ge=1, le=256)
    read_strips: Strips = "no"
    workers: int = Field(default=0, ge=0, le=64)
    log_format: Literal["json", "text"] = "text"
    max_request_bytes: int = Field(default=300_000_000, ge=1)
    max_media_per_sighting: int = Field(default=200, ge=1)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    review_second: float = Field(default=0.1, ge=0, le=0.5)
    review_planted: float = Field(default=0.05, ge=0, le=0.5)
    review_opinion: Literal["asked", "answered"] = "asked"
    places_viewer: Precision = "withheld"
    places_contributor: Precision = "0.1"
    places_reviewer: Precision = "0.01"
    places_admin: Precision = "0.001"
    uploads_per_minute: int = Field(default=60, ge=0, le=100_000)
    searches_per_minute: int = Field(default=30, ge=0, le=100_000)
    session_hours: float = Field(default=168, gt=0, le=24 * 365)
    session_idle_hours: float = Field(default=12, gt=0, le=24 * 365)
    references: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_paths)] = ()


@dataclass(frozen=True, slots=True)
class PipelineConfig:
    """How the answer is reached; stored with every verdict.

    ``prior_same``: prior probability that two sightings show one animal, before the pictures.
    ``max_error``: the share of wrong "same" or "different" that the user accepts.
    ``max_candidates``: how many sightings of the catalogue each route of an identification adds to
    those that are verified.
    ``patience``: so many of them in a row without evidence of sameness end an identification
    whose answer no further one without evidence could change; 0: all are verified.
    ``frames_per_flank``: how many frames of a sighting, best quality first, are matched a flank;
    a burst's frames are near repeats and cost time without adding evidence.
    ``species``: "any" lets every animal speak that is found; it is then said that its species was
    not checked, and that the calibration was made for leopards.
    """

    prior_same: float = 0.5
    max_error: float = 0.01
    bundle: str = "rosette-words"
    localiser: str = "yolox-saliency"
    local: str = "rootsift"
    max_candidates: int = 10
    patience: int = 6
    frames_per_flank: int = 4
    min_box_confidence: float = 0.2
    species: Species = "leopard"

    def __post_init__(self) -> None:
        for name, low, high in (("prior_same", 0.001, 0.999), ("max_error", 0.0001, 0.4)):
            value = getattr(self, name)
            require(
                low <= value <= high,
                f"{name}: expected {low} to {high}, found {value}",
                ConfigError,
            )
        for name, least in (("max_candidates", 1), ("frames_per_flank", 1), ("patience", 0)):
            found = getattr(self, name)
            require(
                found >= least, f"{name}: expected at least {least}, found {found}", ConfigError
            )
        known = get_args(Species)
        require(
            self.species in known,
            f"species: expected one of {', '.join(known)}, found {self.species!r}",
            ConfigError,
        )

    @classmethod
    def of(cls, settings: Settings) -> PipelineConfig:
        """What the settings of a process say of the method; the rest as it ships."""
        return cls(bundle=settings.bundle, species=settings.species, localiser=settings.localiser)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> PipelineConfig:
        """Settings from a mapping.

        Raises:
            ConfigError: for a key that does not exist, naming the nearest that does.
        """
        known = [f.name for f in fields(cls)]
        for key in values:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}"
                raise ConfigError(f"unknown setting {key!r}{hint}")
        return cls(**values)

    def as_dict(self) -> dict[str, Any]:
        """The settings as plain values, for hashing and storage."""
        return asdict(self)
