"""What a training job does: freeze once, run, offer labels in doubt, register what came out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reid.config import Settings
from reid.errors import InputError
from reid.jobs import JobContext
from reid.pipeline.engine import code_version
from reid.registry import Lineage, Registry
from training.lab.champions import champion_of, registered
from training.lab.hooks import Hooks
from training.lab.keeping import figures_of, keep_gate
from training.lab.offering import offered
from training.lab.ready import readiness
from training.lab.run import Ask, Done, LabRun
from training.lab.sources import Sources
from training.lab.start import content_of_bundle, recipe_of, start_of
from training.lab.training_set import (
    MANIFEST,
    TrainingSet,
    begun,
    read_training_set,
    write_training_set,
)

if TYPE_CHECKING:
    from reid.pipeline import Library

FOLDER, CACHE, LABELS = "training", "cache", "labels"
FILES = ("report.md", "gate.html", "gate.json", "curve.jsonl", "suspicious.json", MANIFEST)


def run_job(library: Library, data_dir: Path, context: JobContext) -> dict[str, Any]:
    """The job's result: bundle, gate, figures, labels, files; ``only`` labels: those in doubt,
    readiness and files, and nothing is trained.

    Raises:
        InputError: the labels cannot support what was asked for, or the champion that it was begun
            with is gone; says why.
    """
    params, catalogue = context.job.params, library.catalogue
    folder = data_dir / FOLDER / context.job.id
    sources = Sources.open(catalogue, (), params.get("licence", ""))
    settings = Settings(data_dir=data_dir)
    registry = Registry.of(catalogue, settings)
    made = _frozen(sources, registry, folder, context)
    recipe = recipe_of(made.start, "" if made.start else params.get("recipe", ""))
    champion = champion_of(made.start, registry)
    ask = Ask(
        recipe,
        name=made.name or params.get("name") or recipe.name,
        references=settings.references,
        override=params.get("override", ""),
        by=context.job.by,
        cache=data_dir / FOLDER / CACHE,
    )
    run = LabRun(made, folder, sources.media, champion, ask, _hooks(context))
    if params.get("only") == LABELS:
        ready = readiness(sources.gather(), seed=made.seed)
        labels = offered(catalogue, run.all_suspicions(), made)
        return {"readiness": ready.plain(), **_common(made, folder, labels)}
    done, against = run.go(), content_of_bundle(champion)
    known = registered(registry, against)
    labels = offered(catalogue, done.suspicions, made)
    parent = None if known is None else known.sha256  # another default may have been configured
    kept = register(registry, done, made, parent=parent, champion=against, by=context.job.by)
    return {**_result(done, kept), **_common(made, folder, labels)}


def _hooks(context: JobContext) -> Hooks:
    """The job's; a point of the curve is told at once, so that who looks at the job looks anew."""
    last = ("", 0, 0)

    def told(stage: str, done: int, of: int) -> None:
        nonlocal last
        last = (stage, done, of)
        context.tell(*last)

    return Hooks(told, lambda _line: context.tell(*last, now=True), context.check)


def _frozen(sources: Sources, registry: Registry, folder: Path, context: JobContext) -> TrainingSet:
    """The job's set, frozen the first time that it is begun: labels, and the bundle that serves,
    may change meanwhile.
    """
    if (folder / MANIFEST).is_file():
        return read_training_set(folder)
    params = context.job.params
    seed, recipe = int(params.get("seed", 0)), recipe_of(None, params.get("recipe", ""))
    start = start_of(champion_of(None, registry), recipe)
    ready = readiness(sources.gather(), seed=seed)
    if not ready.ready and context.job.params.get("only") != LABELS:
        raise InputError("; ".join(ready.refusals))

    def told(stage: str, done: int, of: int) -> None:
        context.check()
        context.tell(stage, done, of)

    made = sources.freeze(folder, seed=seed, cache=folder.parent / CACHE, told=told)
    made = begun(made, start, params.get("name") or recipe.name)
    write_training_set(made, folder)
    return made


def register(
    registry: Registry,
    done: Done,
    made: TrainingSet,
    *,
    parent: str | None,
    champion: str,
    by: str,
) -> dict[str, Any]:
    """Keep the challenger with its lineage and the gate's report, whatever this says: promotion
    asks for it, and again where a person took at its training what the gate refused.

    ``champion`` is the sha256 of what it was tried against, ``parent`` the same where the registry
    knows it.
    """
    lineage = Lineage(
        data_manifest_sha256=made.sha256,
        code_version=code_version(),
        figures=figures_of(done.gate),
        data_licences=tuple(sorted({s["licence"] for s in made.sources})),
    )
    kept = registry.register(
        done.bundle.directory, by=by or "training", parent=parent, lineage=lineage
    )
    keep_gate(registry, kept, done.gate, champion=champion, seed=made.seed, by=by or "training")
    return {"sha256": kept.sha256, "label": f"{kept.name}@{kept.version}"}


def _common(made: TrainingSet, folder: Path, labels: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "training_set": made.sha256,
        "labels": dict(labels),
        "labels_in_doubt": labels["contradicted"],
        "files": [name for name in FILES if (folder / name).is_file()],
    }


def _result(done: Done, kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "bundle": dict(kept),
        "passed": done.gate.passed,
        "taken_by": done.gate.overridden_by,
        "taken_why": done.gate.override_reason,
        "reasons": list(done.gate.refusals),
        "notes": list(done.gate.notes),
        "figures": figures_of(done.gate),
        "shrink": done.shrink,
    }
