"""Training runs."""

from __future__ import annotations

from reid.client.results.base import Result
from reid.client.results.work import Job


class Readiness(Result):
    """Whether the labels can support training; ``twice``: individuals with two sightings of one
    flank, by what they would be for.
    """

    ready: bool
    pictures: int
    sightings: int
    individuals: int
    twice: dict[str, int]
    left_out: dict[str, int]
    refusals: tuple[str, ...]
    advice: tuple[str, ...]


class LabelDoubt(Result):
    """A sighting that is less like its own individual than like another; ``kind`` is together (two
    individuals look like one) or torn, ``contradicted`` means by local matches, 99 to 1.
    """

    sighting: str
    individual: str
    nearest: str
    nearest_individual: str
    nearest_own: str
    kind: str
    contradicted: bool


class LabelsInDoubt(Result):
    """Labels in doubt, as a run found them; ``offered`` pairs are asked first in review, ``doubts``
    are the most surprising of those ``doubted``.
    """

    looked_at: int
    doubted: int
    contradicted: int
    offered: int
    doubts: tuple[LabelDoubt, ...]


class TrainingRun(Result):
    """A run as it stands; ``points`` is its curve, ``passed`` what the gate said (None before),
    ``notes`` what it could not tell, ``taken_by`` who took a refused challenger all the same.

    ``only`` labels: it trains nothing; then ``readiness`` says whether there is enough.
    """

    job: Job
    only: str | None
    labels: LabelsInDoubt | None
    readiness: Readiness | None
    points: tuple[dict[str, float], ...]
    bundle: str
    passed: bool | None
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    taken_by: str
    taken_why: str


class TrainingRuns(Result):
    """Runs, newest first."""

    runs: tuple[TrainingRun, ...]
