"""Training runs in and out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from service.schemas.base import In, Licence, Name, Out
from service.schemas.jobs import JobOut

EXAMPLE: dict[str, Any] = {"recipe": "lab-head", "seed": 0, "by": "Asel"}
LabRecipe = Literal["lab-head", "lab-adapters", "lab-gpu"]


class TrainingIn(In):
    """What to train. The same again on the same labels is the same run."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    recipe: LabRecipe = Field(
        default="lab-head", description="By what the workers' machine has; see docs/retraining.md."
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Who trains and who judges.")
    licence: Licence = Field(
        default="",
        description="SPDX expression for pictures for which nobody stated one; empty: they are "
        "your own, LicenseRef-own-pictures. The weights carry what all that are used ask for.",
    )
    name: Annotated[str, Field(max_length=64, pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]*)?$")] = Field(
        default="", description="What the bundle is called; empty: as the recipe."
    )
    override: str = Field(
        default="",
        max_length=1000,
        description="Take the challenger whatever the gate says, for this reason; needs `by`. A "
        "promotion asks again.",
    )
    by: Name | None = Field(default=None, description="Who asks; kept with the run.")
    only: Literal["labels"] | None = Field(
        default=None,
        description="labels: train nothing; look for labels in doubt, offer them for review, and "
        "say whether there is enough to train on.",
    )


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


class LabelDoubtOut(Out):
    """A sighting that is less like its own individual than like another."""

    sighting: str
    individual: str = Field(description="Who people said it is.")
    nearest: str = Field(description="The sighting of another individual that is most like it.")
    nearest_individual: str
    nearest_own: str = Field(description="The nearest of its own individual's; empty: it has none.")
    kind: Literal["together", "torn"] = Field(
        description="together: two individuals look like one; torn: it is not like its own."
    )
    contradicted: bool = Field(description="Local matches say the other, 99 to 1.")


class LabelsOut(Out):
    """Labels in doubt, as a run found them."""

    looked_at: int = Field(description="Labels: one flank in one sighting each.")
    doubted: int
    contradicted: int = Field(description="By local matches, 99 to 1.")
    offered: int = Field(description="Pairs that reviewers are asked first.")
    doubts: list[LabelDoubtOut] = Field(
        description="The most surprising; all of them are in suspicious.json."
    )


class TrainingRunOut(Out):
    """A run as it stands."""

    job: JobOut
    only: Literal["labels"] | None = Field(
        description="labels: it trains nothing, it looks for labels in doubt."
    )
    labels: LabelsOut | None = Field(description="Labels in doubt; null before.")
    readiness: ReadinessOut | None = Field(
        description="Whether there is enough to train on, as a run of labels found it."
    )
    points: list[dict[str, float]] = Field(description="Its curve so far, oldest first.")
    bundle: str = Field(description="The registered challenger, NAME@VERSION; empty before.")
    passed: bool | None = Field(description="What the gate said; null before.")
    reasons: list[str] = Field(description="Why it refused.")
    notes: list[str] = Field(description="What it could not tell, and which sets could not judge.")
    taken_by: str = Field(description="Who took a refused challenger all the same; else empty.")
    taken_why: str = Field(description="For which reason.")


class TrainingRunsOut(Out):
    """Runs, newest first."""

    runs: list[TrainingRunOut]
