"""Training runs in and out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from service.schemas.base import In, Name, Out
from service.schemas.jobs import JobOut

EXAMPLE: dict[str, Any] = {"recipe": "lab-head", "seed": 0, "by": "Asel"}
LabRecipe = Literal["lab-head", "lab-adapters", "lab-gpu"]
Licence = Annotated[
    str,
    Field(
        max_length=200,
        pattern=r"^[A-Za-z0-9.+() -]*$",
        description="SPDX expression for the catalogue's own pictures; empty: LicenseRef-own-"
        "pictures. The weights carry it.",
    ),
]


class TrainingIn(In):
    """What to train. The same again on the same labels is the same run."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    recipe: LabRecipe = Field(
        default="lab-head", description="By what the workers' machine has; see docs/retraining.md."
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Who trains and who judges.")
    licence: Licence = ""
    override: str = Field(
        default="",
        max_length=1000,
        description="Take the challenger whatever the gate says, for this reason; needs `by`.",
    )
    by: Name | None = Field(default=None, description="Who asks; kept with the run.")


class ReadinessOut(Out):
    """Whether the labels of the catalogue can support training, and what is missing."""

    ready: bool
    pictures: int = Field(description="Of animals that may train.")
    sightings: int
    individuals: int
    twice: dict[str, int] = Field(
        description="Individuals with two sightings of one flank, by what they would be for: "
        "train, calibration, held-out."
    )
    left_out: dict[str, int] = Field(description="Pictures that do not train, by reason.")
    refusals: list[str] = Field(description="Why training would be refused, with numbers.")
    advice: list[str] = Field(description="What would help.")


class TrainingRunOut(Out):
    """A run as it stands."""

    job: JobOut
    points: list[dict[str, float]] = Field(description="Its curve so far, oldest first.")
    bundle: str = Field(description="The registered challenger, NAME@VERSION; empty before.")
    passed: bool | None = Field(description="What the gate said; null before.")
    reasons: list[str] = Field(description="Why it refused.")


class TrainingRunsOut(Out):
    """Runs, newest first."""

    runs: list[TrainingRunOut]
