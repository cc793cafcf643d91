"""Jobs in and out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from service.schemas.base import Id, In, Licence, Name, Out

EXAMPLE: dict[str, Any] = {
    "kind": "group",
    "sighting_ids": ["september", "november", "december"],
    "options": {"siblings": 10},
    "by": "Asel",
}
ArchivePath = Annotated[
    str,
    Field(
        min_length=1,
        max_length=1024,
        pattern=r"^[^/\\\x00-\x1f\x7f][^\\\x00-\x1f\x7f]*$",
        description="A folder, table or Camtrap DP package (its folder or datapackage.json) below "
        "the service's archives folder, with / between.",
        examples=["survey-2026"],
    ),
]
BundleReference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=128,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]*$",
        description="A registered bundle: its name, NAME@VERSION or sha256.",
        examples=["rosette-words"],
    ),
]
Share = Annotated[float, Field(ge=0.001, le=0.999)]


class OptionsIn(In):
    """How the work is done; what is left out has its default."""

    gap_s: float = Field(default=120, ge=1, le=86_400, description="A pause that ends a sighting.")
    station_level: int = Field(
        default=1, ge=0, le=9, description="Which level of folders names the station; 0: none."
    )
    siblings: int = Field(
        default=10, ge=1, le=100, description="How many others each sighting is compared with."
    )
    frames_per_video: int = Field(default=8, ge=1, le=40)
    skip_empty: bool = Field(
        default=False, description="List sightings without a leopard; do not store them."
    )
    exif_positions: bool = Field(
        default=False, description="Stations without a position take that of their EXIF."
    )
    licence: Licence = Field(
        default="", description="SPDX, of what the archive states none for; empty: your own."
    )
    catalogue: bool = Field(default=True, description="Ask also who of the known it may be.")
    prior_same: Share = 0.5
    prior_known: Share = 0.5
    max_error: float = Field(default=0.01, ge=0.0001, le=0.4)


class JobIn(In):
    """What to do. The same again is the same job; one that failed or was cancelled goes on."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    kind: Literal["batch", "group", "rebuild-index", "replay-bundle"] = Field(
        description="batch: work through an archive that lies beside the service; group: compare "
        "stored sightings with the catalogue and with each other, and propose who may be one "
        "animal; rebuild-index: make the search index anew; replay-bundle: give every stored "
        "answer again with another bundle and tell what changes, changing nothing."
    )
    source: ArchivePath | None = Field(default=None, description="The archive, of a batch.")
    sighting_ids: list[Id] = Field(
        default=[], max_length=5000, description="The stored sightings, of a group."
    )
    bundle: BundleReference | None = Field(
        default=None, description="The challenger, of a replay: a bundle of this service."
    )
    tolerance: float | None = Field(
        default=None,
        ge=0,
        le=0.5,
        description="Of a replay: a probability that moves by no more is no change (0.05).",
    )
    options: OptionsIn = Field(default=OptionsIn())
    fresh: bool = Field(
        default=False, description="Begin a batch or a replay anew, whatever was begun before."
    )
    by: Name | None = Field(default=None, description="Who asks; kept with the job.")

    @model_validator(mode="after")
    def _agrees(self) -> JobIn:
        if (self.source is not None) is not (self.kind == "batch"):
            raise ValueError("source: expected for a batch and for nothing else")
        if bool(self.sighting_ids) is not (self.kind == "group"):
            raise ValueError("sighting_ids: expected for a group and for nothing else")
        if (self.bundle is not None) is not (self.kind == "replay-bundle"):
            raise ValueError("bundle: expected for a replay-bundle and for nothing else")
        if self.tolerance is not None and self.kind != "replay-bundle":
            raise ValueError("tolerance: expected for a replay-bundle and for nothing else")
        if len(set(self.sighting_ids)) < len(self.sighting_ids):
            raise ValueError("sighting_ids: expected every sighting once")
        return self


class JobOut(Out):
    """A job as it stands."""

    id: str
    kind: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    cancel_requested: bool = Field(description="It stops after what is in hand.")
    by: str
    stage: str = Field(description="What is being done; empty before it began.")
    done: int = Field(description="Items of the stage that are done.")
    total: int = Field(description="Items of the stage.")
    per_s: float | None = Field(description="Items a second since the stage began.")
    left_s: float | None = Field(description="Seconds left of the stage, at this pace.")
    attempts: int = Field(description="Tries since something was last committed.")
    problem: str = Field(description="Why it failed, or why it is tried again.")
    result: dict[str, Any] = Field(description="Counts, and files under `files`; empty before.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    version: int = Field(description="Grows with every change.")


class StageOut(Out):
    """How many items of a stage are in each state."""

    waiting: int
    claimed: int
    done: int
    failed: int


class JobDetailOut(JobOut):
    """All of a job."""

    stages: dict[str, StageOut]
    workers: int = Field(description="Worker processes; none: start one with `reid worker`.")
    takers: int = Field(
        description="Of these, how many take jobs of this kind; none: start one where the extra "
        "that does such jobs is installed."
    )


class CurveOut(Out):
    """The curve of a training run."""

    points: list[dict[str, float]] = Field(
        description="Oldest first; each names what it measured, such as shrink, map and error."
    )


class JobsOut(Out):
    """Jobs, newest first."""

    jobs: list[JobOut]


class JobsPage(In):
    """Which jobs."""

    limit: int = Field(default=100, ge=1, le=1000)
    skip: int = Field(default=0, ge=0, le=1_000_000)
    state: Literal["queued", "running", "done", "failed", "cancelled"] | None = None
