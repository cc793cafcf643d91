"""Any registered bundle against the one that serves: nothing is trained, the gate alone judges.

Who judges are the individuals that training holds out, under the same seed, so that a bundle of the
place's own is not judged by animals that it learnt from; then the reference sets.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reid.catalogue import Catalogue
from reid.catalogue.labelled import LabelledAnimals
from reid.config import PipelineConfig, Settings
from reid.errors import InputError
from reid.jobs import JobContext
from reid.labels.dealing import Part, dealt
from reid.pipeline import Engine
from reid.registry import RegisteredBundle, Registry
from training.data import Dataset, Use
from training.lab.freezing import Rights, freeze
from training.lab.from_catalogue import of_catalogue
from training.lab.gate import Gate, judge
from training.lab.gate_page import gate_html
from training.lab.gating import look_at, meet, read_references
from training.lab.hooks import Hooks
from training.lab.judging import Bench, Contender
from training.lab.keeping import figures_of, keep_gate
from training.lab.recipe import LabRecipe, read_lab_recipe
from training.lab.report import counts_of, left_out_words, verdict, write_gate
from training.lab.seen import Gathered
from training.lab.training_set import (
    MANIFEST,
    TrainingSet,
    dataset_of,
    make_training_set,
    read_training_set,
    write_training_set,
)

if TYPE_CHECKING:
    from reid.pipeline import Library

FOLDER, CACHE, PAGE = "training", "cache", "gate.html"
REPLICATES = 1000
NOTHING_LEARNS = Rights((), "", Use.EVALUATION)
"""Who only judges binds no weights by a licence."""


def run_trial(library: Library, data_dir: Path, context: JobContext) -> dict[str, Any]:
    """The job's result: bundle, champion, what the gate says, figures, files.

    Raises:
        InputError: it serves already, or a reference that cannot be used.
        WeightsError: its files are not what was registered.
    """
    params, catalogue = context.job.params, library.catalogue
    settings = Settings(data_dir=data_dir)
    registry = Registry.of(catalogue, settings)
    bundle, active = registry.bundle(params["bundle"]), registry.active()
    if bundle.sha256 == active.sha256:
        raise InputError(f"{bundle.label} serves: there is nothing to try it against")
    seed = seed_of(bundle, params.get("seed"))
    folder, cache = data_dir / "jobs" / context.job.id, data_dir / FOLDER / CACHE
    hooks = Hooks(lambda *told: context.tell(*told), check=context.check)
    references = (*settings.references, *map(Path, params.get("references") or ()))
    made = _frozen(catalogue, folder, cache, hooks, seed)
    recipe = read_lab_recipe(params.get("recipe") or "lab-head")
    bench, tables = _bench(recipe, cache, hooks), read_references(references)
    look_at(bench, tables)
    fitted = bench.engine.fitted()
    champion, challenger = (Contender.of(registry.open(b), fitted) for b in (active, bundle))
    own = _own(catalogue, made, folder)
    met = meet(
        bench, own, recipe, tables, (champion, challenger),
        cache=cache, hooks=hooks, replicates=REPLICATES,
    )  # fmt: skip
    gate = judge(
        met.compared.lines,
        champion=f"{active.name} {active.version}",
        challenger=f"{bundle.name} {bundle.version}",
        omitted=(*met.compared.omitted, *_seeds(active, seed)),
        unjudged=met.unjudged,
    )
    _write(gate, made, folder)
    keep_gate(registry, bundle, gate, champion=active.sha256, seed=seed, by=context.job.by)
    return {
        "bundle": {"sha256": bundle.sha256, "label": f"{bundle.name}@{bundle.version}"},
        "champion": {"sha256": active.sha256, "label": f"{active.name}@{active.version}"},
        "passed": gate.passed,
        "reasons": list(gate.refusals),
        "notes": list(gate.notes),
        "figures": figures_of(gate),
        "files": [PAGE, "gate.json"],
    }


def seed_of(bundle: RegisteredBundle, asked: int | None) -> int:
    """Who judges: as asked, else those whom the bundle's own training held out."""
    kept = (bundle.gate or {}).get("seed", 0)
    return int(kept if asked is None else asked)


def _seeds(active: RegisteredBundle, seed: int) -> tuple[str, ...]:
    other = (active.gate or {}).get("seed", seed)
    if other == seed:
        return ()
    told = f"{active.name} {active.version} was judged under seed {other}, this trial under {seed}"
    return (f"{told}: it may have learnt from who judges here, which flatters it",)


def _frozen(
    catalogue: Catalogue, folder: Path, cache: Path, hooks: Hooks, seed: int
) -> TrainingSet:
    """The held-out individuals as they were when the job was first begun."""
    if (folder / MANIFEST).is_file():
        return read_training_set(folder)
    gathered = of_catalogue(catalogue)
    parts = dealt({(one.source, one.row.identity): one.rank for one in gathered.seen}, seed=seed)
    judges = tuple(s for s in gathered.seen if parts[s.row.identity] is Part.HELD_OUT)

    def told(stage: str, done: int, of: int) -> None:
        hooks.check()
        hooks.told(stage, done, of)

    held_out = Gathered(judges, gathered.left_out, gathered.event)
    try:
        made = freeze(
            held_out, folder, rights=lambda _: NOTHING_LEARNS, seed=seed, cache=cache, told=told
        )
    except InputError:  # nobody of them shows enough: the gate says that they cannot judge
        made = make_training_set(
            (), gathered.left_out, sources=(), licence="", use=Use.EVALUATION, seed=seed,
            event=gathered.event,
        )  # fmt: skip
    write_training_set(made, folder)
    return made


def _own(catalogue: Catalogue, made: TrainingSet, folder: Path) -> Dataset:
    reader = LabelledAnimals.of(catalogue)
    return dataset_of(made, folder, lambda e: reader.media_path(e.media_sha256), (Part.HELD_OUT,))


def _bench(recipe: LabRecipe, cache: Path, hooks: Hooks) -> Bench:
    def progress(stage: str, done: int, of: int) -> None:
        hooks.check()
        hooks.told(stage, done, of)

    return Bench(
        Engine.load(PipelineConfig()),
        cache,
        same_pairs=recipe.same_pairs,
        different_pairs=recipe.different_pairs,
        progress=progress,
    )


def _write(gate: Gate, made: TrainingSet, folder: Path) -> None:
    write_gate(gate, folder)
    page = gate_html(
        gate,
        made,
        [row for row in counts_of(made) if row[0] == Part.HELD_OUT],
        answer=verdict(gate).replace("**", ""),
        left_out=left_out_words(made).strip(),
    )
    (folder / PAGE).write_text(page, encoding="utf-8")
