"""What the page of models shows: bundles, labels, jobs about them, what they would change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reid.catalogue import Catalogue
from reid.catalogue.doubting import Doubts
from reid.catalogue.jobs import Job, JobState, JobStore
from reid.catalogue.label_counts import LabelCounts, label_counts
from reid.config import Settings
from reid.consequences import OUTPUT_NAMES, REPLAY
from reid.consequences.changes import Change, read_change
from reid.errors import ReidError
from reid.registry import BundleState, Promotion, PromotionKind, RegisteredBundle, Registry
from service.schemas.jobs import JobOut
from service.told_jobs import job_out

REEMBED, TRAINING = "re-embed", "training-run"
ABOUT = (REPLAY, REEMBED, TRAINING)
LOOKED_AT = 1000
SHOWN_JOBS = 8
SHOWN_CHANGES = 12


@dataclass(frozen=True, slots=True)
class BundleShown:
    """A bundle in the list: ``parent`` by its label, ``lacking`` annotations without embedding.

    ``gate``: "passed", "regression" or "" where none was tried; ``replay``: its newest replay.
    """

    bundle: RegisteredBundle
    parent: str
    lacking: int
    gate: str
    lines: tuple[dict[str, Any], ...]
    reasons: tuple[str, ...]
    replay: JobOut | None

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
class Models:
    """All of the page. ``problem``: why the registry could not be read, "" where it was."""

    bundles: tuple[BundleShown, ...]
    promotions: tuple[Promotion, ...]
    labels: LabelCounts
    jobs: tuple[JobOut, ...]
    workers: int
    consequences: Consequences | None
    doubts: dict[str, int]
    problem: str = ""

    @property
    def active(self) -> BundleShown | None:
        """The bundle that serves."""
        return next((one for one in self.bundles if one.active), None)

    @property
    def older(self) -> bool:
        """Whether a promotion stands that could be rolled back."""
        stands = 0
        for one in self.promotions:
            stands += 1 if one.kind is PromotionKind.PROMOTE else -1
        return stands > 0


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
        tuple(job_out(job) for job in about[:SHOWN_JOBS]),
        len(store.workers()),
        _consequences(catalogue, about, replay),
        Doubts.of(catalogue).waiting(),
        problem,
    )


def _shown(
    registry: Registry,
    bundle: RegisteredBundle,
    every: Sequence[RegisteredBundle],
    jobs: Sequence[Job],
) -> BundleShown:
    labels = {one.sha256: one.label for one in every}
    parent = "" if bundle.parent is None else labels.get(bundle.parent, bundle.parent[:12])
    gate = bundle.gate or {}
    word = "" if not bundle.gate else "regression" if gate.get("regression") else "passed"
    lacking = registry.lacking(bundle).count if bundle.state is not BundleState.FORGOTTEN else 0
    names = (bundle.sha256, bundle.name, f"{bundle.name}@{bundle.version}")
    mine = (j for j in jobs if j.kind == REPLAY and j.params.get("bundle") in names)
    newest = next(mine, None)
    lines = gate.get("lines", ())
    return BundleShown(
        bundle,
        parent,
        lacking,
        word,
        tuple(one for one in lines if isinstance(one, dict)),
        tuple(str(one) for one in gate.get("reasons", ())),
        None if newest is None else job_out(newest),
    )


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
