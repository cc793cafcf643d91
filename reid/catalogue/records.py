"""What the catalogue answers with, beside the values of ``reid.types``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from reid.types import CandidateTime, Flank, LocalFeatures


class IdentificationKind(StrEnum):
    """What an identification event says."""

    CONFIRMED = "confirmed"  # the sighting is this known individual
    NEW = "new"  # the sighting is of an individual new to the catalogue
    WITHDRAWN = "withdrawn"  # no longer believed


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did: ``created`` is false when the same content was there already."""

    id: str
    content_sha256: str
    created: bool


@dataclass(frozen=True, slots=True)
class Deployment:
    """A camera at a station, as far as sightings name it; ``camera`` is "" when unnamed."""

    station: str
    camera: str
    position: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class SightingRecord:
    """A stored sighting without its pictures.

    ``individual`` is who it is believed to be now; ``rejected`` are (file name, reason);
    ``version`` is the last event after which who it is looks other.
    """

    id: str
    content_sha256: str
    created_at: datetime
    station: str | None
    position: tuple[float, float] | None
    times: tuple[CandidateTime, ...]
    media_sha256: tuple[str, ...]
    file_names: tuple[str, ...]
    annotation_ids: tuple[str, ...]
    rejected: tuple[tuple[str, str], ...]
    individual: str | None
    version: int = 0


@dataclass(frozen=True, slots=True)
class AnnotationRecord:
    """Where an annotation belongs: ``key`` is its number in an index."""

    key: int
    annotation_id: str
    sighting_id: str
    media_sha256: str
    flank: Flank
    usable: float
    individual: str | None


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingChunk:
    """Some embeddings of one fingerprint: ``keys`` (n,) int64, ``vectors`` (n, dim) float32.

    ``last`` is the row of the last one, ``stamp`` tells it from another of its number.
    """

    last: int
    stamp: str
    keys: NDArray[np.int64]
    flanks: tuple[Flank, ...]
    vectors: NDArray[np.float32] = field(repr=False)
    annotation_ids: tuple[str, ...]
    sighting_ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True, eq=False)
class FeatureChunk:
    """Some animals' local features of one method; ``last`` and ``stamp`` as of `EmbeddingChunk`."""

    last: int
    stamp: str
    keys: tuple[int, ...]
    sighting_ids: tuple[str, ...]
    flanks: tuple[Flank, ...]
    features: tuple[LocalFeatures, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class Individual:
    """A known animal and the sightings that are believed to be it now.

    ``number`` never changes, names may; ``version`` is the last event after which it looks other.
    """

    name: str
    note: str
    created_at: datetime
    sighting_ids: tuple[str, ...]
    number: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Identification:
    """What one event made of who a sighting is; ``id`` is the event's number.

    ``individual`` is the one that it became, or is no more; "" when it never was anybody.
    """

    id: int
    sighting_id: str
    individual: str
    kind: IdentificationKind
    by: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ComparisonSummary:
    """A stored comparison in a line."""

    id: str
    created_at: datetime
    sighting_ids: tuple[str, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class ComparisonRecord:
    """A stored comparison: the answer and everything needed to give it again.

    ``result`` is the answer's JSON form. ``inputs`` has a dict a file: sighting_id, file_name,
    sha256. ``fingerprints``: embedding fingerprints and local-feature methods that were used.
    """

    id: str
    created_at: datetime
    sighting_ids: tuple[str, ...]
    summary: str
    result: dict[str, object] = field(repr=False)
    inputs: tuple[dict[str, str], ...] = field(repr=False)
    fingerprints: dict[str, object]
    configuration: dict[str, object] = field(repr=False)
    code_version: str
    provenance: dict[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Swept:
    """What ``Catalogue.sweep`` removed."""

    files: int
    size_bytes: int
