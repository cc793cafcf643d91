"""What the page of models shows: bundles, labels, jobs about them, what they would change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reid.batch import TRIAL
from reid.catalogue import Catalogue
from reid.catalogue.doubting import Doubts
from reid.catalogue.jobs import Job, JobState, JobStore
from reid.catalogue.label_counts import LabelCounts, label_counts
from reid.catalogue.promotions import previous
from reid.config import Settings
from reid.consequences import OUTPUT_NAMES, REPLAY, unseen
from reid.consequences.changes import Change, read_change
from reid.errors import ConflictError, ReidError
from reid.labels import Readiness, readiness_of_catalogue
from reid.registry import (
    BundleState,
    Promotion,
    RegisteredBundle,
    Registry,
    Trial,
    trial_now,
)
from service.curves import FOLDER, curve_of
from service.schemas.jobs import JobOut
from service.told_jobs import job_out
from service.web.charts import Chart, charts_of

REEMBED, TRAINING = "re-embed", "training-run"
WHAT = {
    REPLAY: "What would change",
    REEMBED: "Measuring again",
    TRAINING: "Training",
    TRIAL: "Trying",
}
ABOUT, LOOKING = tuple(WHAT), "Labels in doubt"
GATE = "gate.json"
LOOKED_AT = 1000
SHOWN_JOBS = 8
SHOWN_CHANGES = 12


@dataclass(frozen=True, slots=True)
class BundleShown:
    """A bundle in the list: ``parent`` by its label, ``lacking`` annotations without embedding.

    ``trial``: how it stands against the one that serves; ``reasons`` and ``notes`` are its newest
    report's, ``taken`` who took a refused one at its training, and why; ``replay``, ``trying``: its
    newest replay and trial; ``unseen``: what to know before it is promoted where nobody looked at
    what it would change.
    """

    bundle: RegisteredBundle
    parent: str
    lacking: int
    trial: Trial
    lines: tuple[dict[str, Any], ...]
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    taken: tuple[str, str]
    replay: JobOut | None
    trying: JobOut | None
    unseen: str = ""

    @property
    def active(self) -> bool:
        """Whether it serves."""
        return self.bundle.state is BundleState.ACTIVE

    @property
    def kept(self) -> bool:
        """Whether its files are there."""
        return self.bundle.state is not BundleState.FORGOTTEN


@dataclass(frozen=True, slots=True)
class Consequences:
    """A replay that is done: its counts and the changes that matter most."""

    job: JobOut
    bundle: str
    champion: str
    tolerance: float
    counts: dict[str, Any]
    changes: tuple[Change, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Training:
    """The newest training run: its ``charts`` so far, what came out."""

    job: JobOut
    charts: tuple[Chart, ...]

    @property
    def begun(self) -> bool:
        """Whether there is a point of any."""
        return any(chart.points for chart in self.charts)


@dataclass(frozen=True, slots=True)
class Labels:
    """The newest run that looked for labels in doubt: ``found`` as it says them, None before it
    has ended well.
    """

    job: JobOut
    only: bool
    found: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Work:
    """A job of models, and what it does in words."""

    job: JobOut
    what: str


@dataclass(frozen=True, slots=True)
class Models:
    """All of the page. ``older``: to which bundle a roll-back leads, "" where nothing is to undo;
    ``problem``: why the registry could not be read, "" where it was; ``untaken``: queued jobs of
    kinds that no worker takes.
    """

    bundles: tuple[BundleShown, ...]
    promotions: tuple[Promotion, ...]
    labels: LabelCounts
    ready: Readiness
    jobs: tuple[Work, ...]
    workers: int
    consequences: Consequences | None
    training: Training | None
    doubted: Labels | None
    doubts: dict[str, int]
    older: str = ""
    problem: str = ""
    untaken: int = 0

    @property
    def active(self) -> BundleShown | None:
        """The bundle that serves."""
        return next((one for one in self.bundles if one.active), None)


def models_of(catalogue: Catalogue, settings: Settings, *, replay: str = "") -> Models:
    """Everything as it is now; ``replay``: the job to show the consequences of."""
    store = JobStore.of(catalogue)
    about = [job for job in store.jobs(limit=LOOKED_AT) if job.kind in ABOUT]
    problem, promotions, bundles = "", list[Promotion](), list[RegisteredBundle]()
    registry = Registry.of(catalogue, settings)
    try:
        promotions, bundles = registry.promotions(), registry.bundles()
    except ReidError as error:  # this page is where one looks when weights are not well
        problem = str(error)
    return Models(
        tuple(_shown(registry, one, bundles, about) for one in bundles),
        tuple(reversed(promotions)),
        label_counts(catalogue),
        readiness_of_catalogue(catalogue),
        tuple(Work(job_out(job), _what(job)) for job in about[:SHOWN_JOBS]),
        len(store.workers()),
        _consequences(catalogue, about, replay),
        _training(catalogue, about),
        _doubted(about),
        Doubts.of(catalogue).waiting(),
        _older(promotions, bundles),
        problem,
        _untaken(store, about),
    )


def _untaken(store: JobStore, jobs: Sequence[Job]) -> int:
    workers = store.workers()
    queued = [job.kind for job in jobs if job.state is JobState.QUEUED]
    return sum(not any(worker.takes(kind) for worker in workers) for kind in queued)


def _older(promotions: Sequence[Promotion], bundles: Sequence[RegisteredBundle]) -> str:
    try:
        wanted = previous(promotions)
    except ConflictError:
        return ""
    fits = (b for b in bundles if b.sha256 == wanted or (wanted is None and not b.registered))
    found = next(fits, None)
    return f"{found.name} {found.version}" if found else "the one before"


def _shown(
    registry: Registry,
    bundle: RegisteredBundle,
    every: Sequence[RegisteredBundle],
    jobs: Sequence[Job],
) -> BundleShown:
    labels = {one.sha256: one.label for one in every}
    parent = "" if bundle.parent is None else labels.get(bundle.parent, bundle.parent[:12])
    gate = bundle.gate or {}
    lacking = registry.lacking(bundle).count if bundle.state is not BundleState.FORGOTTEN else 0
    active = next((one for one in every if one.state is BundleState.ACTIVE), bundle)
    return BundleShown(
        bundle,
        parent,
        lacking,
        trial_now(bundle, active),
        _gate_lines(registry.catalogue, bundle, jobs),
        tuple(str(one) for one in gate.get("reasons", ())),
        tuple(str(one) for one in gate.get("notes", ())),
        (str(gate.get("overridden_by", "")), str(gate.get("override_reason", ""))),
        _newest(jobs, REPLAY, bundle),
        _newest(jobs, TRIAL, bundle),
        unseen(registry, bundle) if bundle.state is not BundleState.FORGOTTEN else "",
    )


def _newest(jobs: Sequence[Job], kind: str, bundle: RegisteredBundle) -> JobOut | None:
    names = (bundle.sha256, bundle.name, f"{bundle.name}@{bundle.version}")
    mine = (job for job in jobs if job.kind == kind and job.params.get("bundle") in names)
    found = next(mine, None)
    return None if found is None else job_out(found)


def _training(catalogue: Catalogue, jobs: Sequence[Job]) -> Training | None:
    runs = (job for job in jobs if job.kind == TRAINING and not looks_only(job))
    newest = next(runs, None)
    if newest is None:
        return None
    return Training(job_out(newest), charts_of(curve_of(catalogue.data_dir, newest.id)))


def looks_only(job: Job) -> bool:
    """Whether a training run trains nothing: it looks for labels in doubt."""
    return job.params.get("only") == "labels"


def _doubted(jobs: Sequence[Job]) -> Labels | None:
    runs = (job for job in jobs if job.kind == TRAINING)
    newest = next((job for job in runs if looks_only(job) or job.result.get("labels")), None)
    if newest is None:
        return None
    return Labels(job_out(newest), looks_only(newest), newest.result.get("labels"))


def _what(job: Job) -> str:
    return LOOKING if looks_only(job) else WHAT.get(job.kind, job.kind)


def _gate_lines(
    catalogue: Catalogue, bundle: RegisteredBundle, jobs: Sequence[Job]
) -> tuple[dict[str, Any], ...]:
    """The figures of the newest trial; of old ones that kept none, those of the run's report."""
    gate = bundle.gate or {}
    if gate.get("lines"):
        return tuple(one for one in gate["lines"] if isinstance(one, dict))
    for job in jobs:
        made = job.result.get("bundle") if job.kind == TRAINING else None
        if isinstance(made, dict) and made.get("sha256") == bundle.sha256:
            path = catalogue.data_dir / FOLDER / job.id / GATE
            try:
                told = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                break
            return tuple(told.get("lines", ()))
    return tuple(_line(name, one) for name, one in gate.get("figures", {}).items())


def _line(name: str, told: dict[str, Any]) -> dict[str, Any]:
    before, after = told.get("champion"), told.get("challenger")
    measured = isinstance(before, int | float) and isinstance(after, int | float)
    value = after - before if measured else None  # type: ignore[operator]
    interval = {"value": value, "low": told.get("low"), "high": told.get("high")}
    return {
        "where": "held-out",
        "figure": name,
        "champion": before,
        "challenger": after,
        "difference": interval,
    }


def _consequences(catalogue: Catalogue, jobs: Sequence[Job], wanted: str) -> Consequences | None:
    done = [job for job in jobs if job.kind == REPLAY and job.state is JobState.DONE]
    chosen = next((job for job in done if not wanted or job.id == wanted), None)
    if chosen is None:
        return None
    path = catalogue.data_dir / "jobs" / chosen.id / OUTPUT_NAMES[1]
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None  # taken away by hand: the job's counts stand on its own page
    changes = [read_change(one) for one in told["changes"][:SHOWN_CHANGES]]
    return Consequences(
        job_out(chosen),
        told["bundle"],
        told["champion"],
        told["tolerance"],
        told["counts"],
        tuple(changes),
        len(told["changes"]) - len(changes),
    )
