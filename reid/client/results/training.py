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


class TrainingRun(Result):
    """A run as it stands; ``points`` is its curve, ``passed`` what the gate said (None before)."""

    job: Job
    points: tuple[dict[str, float], ...]
    bundle: str
    passed: bool | None
    reasons: tuple[str, ...]


class TrainingRuns(Result):
    """Runs, newest first."""

    runs: tuple[TrainingRun, ...]
