"""Training runs: asked for, looked at."""

from __future__ import annotations

from typing import Literal

from reid.client.asking import Asking
from reid.client.operation import Ask, at, given, operation
from reid.client.results import Readiness, TrainingRun, TrainingRuns

RUNS = "/v1/training-runs"
ONE = f"{RUNS}/{{id}}"


class AskTraining(Asking):
    """Bundles of a place's own. Progress, waiting and cancelling are those of the run's job."""

    @operation("POST /v1/training-runs")
    def start_training(
        self,
        *,
        recipe: str = "lab-head",
        seed: int = 0,
        licence: str = "",
        name: str = "",
        override: str = "",
        by: str | None = None,
        only: Literal["labels"] | None = None,
    ) -> TrainingRun:
        """Train a challenger from the catalogue's confirmed identities; labels in doubt are offered
        for review. ``only``: those alone, nothing is trained. ``licence`` (SPDX): of pictures for
        which no import stated one; ``name``: of the bundle, else the recipe's.

        Raises:
            ProblemError: the labels cannot support it; the message has what is missing.
        """
        body = {"recipe": recipe, "seed": seed, "licence": licence, "override": override}
        body |= {"name": name} if name else {}
        return self._result(
            TrainingRun, Ask("POST", RUNS, json={**body, **given(by=by, only=only)})
        )

    def check_labels(self, *, seed: int = 0, by: str | None = None) -> TrainingRun:
        """Look for labels in doubt before training: a run that trains nothing, offers them for
        review, and says whether there is enough to train on.

        Raises:
            ProblemError: nobody has confirmed who is in any sighting.
        """
        return self.start_training(seed=seed, by=by, only="labels")

    @operation("GET /v1/training-runs/readiness")
    def training_readiness(self, *, seed: int = 0) -> Readiness:
        """Whether the labels can support training, and what is missing."""
        return self._result(Readiness, Ask("GET", f"{RUNS}/readiness", {"seed": seed}))

    @operation("GET /v1/training-runs")
    def training_runs(self, *, limit: int = 20) -> TrainingRuns:
        """Runs, newest first."""
        return self._result(TrainingRuns, Ask("GET", RUNS, {"limit": limit}))

    @operation("GET /v1/training-runs/{run_id}")
    def training_run(self, run_id: str) -> TrainingRun:
        """A run as it stands, with its curve so far. Raises MissingError."""
        return self._result(TrainingRun, Ask("GET", at(ONE, id=run_id)))

    @operation("GET /v1/training-runs/{run_id}/files/{name}")
    def training_file(self, run_id: str, name: str) -> bytes:
        """A file that a run left: ``report.md``, ``gate.html``, ``gate.json``, ``suspicious.json``,
        ``manifest.json``.
        """
        return self._bytes(Ask("GET", at(ONE + "/files/{name}", id=run_id, name=name)))
