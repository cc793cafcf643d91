"""One event: all media of one passage at one station."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from reid.types.annotation import Annotation, Box
from reid.types.checks import require
from reid.types.features import Embedding, LocalFeatures
from reid.types.image import Image
from reid.types.view import Flank, View


@dataclass(frozen=True, slots=True)
class CandidateTime:
    """When a sighting may have been: several when sources disagree, each with its source.

    ``written`` is what the clock wrote where the recorded correction number ``correction`` changed
    ``at``; None where nothing did.
    """

    at: datetime
    source: str = "given"
    written: datetime | None = None
    correction: int | None = None

    @property
    def said(self) -> str:
        """The source in words, with what the clock wrote."""
        if self.written is None:
            return self.source
        told = self.written.isoformat(sep=" ", timespec="seconds")
        return f"{self.source}, which wrote {told}; correction {self.correction}"


@dataclass(frozen=True, slots=True)
class SightingMedia:
    """One file of a sighting as the user describes it, before it is opened.

    ``content`` is the file's bytes; ``boxes`` are the user's, in pixels of the upright picture
    (empty: the localiser looks). ``flank`` is the user's word, or None. ``licence`` is an SPDX
    expression, "" where nobody stated one.
    """

    file_name: str
    content: bytes = field(repr=False)
    camera: str | None = None
    flank: Flank | None = None
    boxes: tuple[Box, ...] = ()
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a user submits as one event (Camtrap DP ``eventID``).

    ``times`` empty: taken from the pictures. ``position`` is (latitude, longitude) in degrees,
    used only for the journey check and never for likeness. ``licence``: of what is said of it, as
    against its files (Camtrap DP's scope ``data``).
    """

    id: str
    media: tuple[SightingMedia, ...]
    station: str | None = None
    times: tuple[CandidateTime, ...] = ()
    position: tuple[float, float] | None = None
    licence: str = ""

    def __post_init__(self) -> None:
        require(bool(self.id.strip()), "sighting: expected an id, found an empty one")
        if self.position is not None:
            latitude, longitude = self.position
            require(
                abs(latitude) <= 90 and abs(longitude) <= 180,
                f"sighting {self.id}: expected latitude, longitude in degrees, found "
                f"{self.position}",
            )


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class PreparedAnnotation:
    """One animal in one picture with everything measured on it, ready to be compared.

    ``mirrored`` are local features of the animal's picture flipped left to right: the impostor
    that every match is measured against.
    """

    id: str
    sighting_id: str
    image: Image
    annotation: Annotation
    view: View
    embedding: Embedding
    features: LocalFeatures
    mirrored: LocalFeatures
    camera: str | None = None
    flags: tuple[str, ...] = ()
