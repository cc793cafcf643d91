"""What ``reid train --from-catalogue`` does, behind its options."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reid.catalogue import Catalogue
from reid.cli.console import Report, say, show, working
from reid.cli.engines import open_catalogue, read_settings
from reid.errors import ConfigError, InputError
from reid.labels.readiness import told
from reid.registry import Registry
from reid.weights import Bundle, load_bundle
from training.lab.hooks import Hooks
from training.lab.job_run import register
from training.lab.offering import SHOWN, offer
from training.lab.ready import readiness
from training.lab.recipe import read_lab_recipe
from training.lab.run import Ask, Done, LabRun
from training.lab.sources import Sources
from training.lab.training_set import (
    MANIFEST,
    TrainingSet,
    read_training_set,
    write_training_set,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of the command."""

    tables: tuple[Path, ...]
    out: Path | None
    recipe: str
    catalogue: bool
    check: bool
    suspicious: bool
    manifest: Path | None
    data_dir: Path | None
    references: tuple[Path, ...]
    licence: str
    seed: int
    override: str
    by: str
    resume: bool
    init: str
    name: str
    threads: int


def retrain(wanted: Wanted) -> None:
    """Say whether it can be done, list doubts, or do all of it."""
    with _catalogue(wanted) as catalogue:
        sources = Sources.open(catalogue, wanted.tables, wanted.licence)
        if wanted.check:
            found = readiness(sources.gather(), seed=wanted.seed)
            show(*told(found))
            return
        if wanted.out is None:
            raise ConfigError("expected --out, a folder for the run; --check needs none")
        with working() as report:
            made = _frozen(wanted, sources, wanted.out, report)
            champion = _champion(wanted, catalogue)
            run = _run(wanted, sources, made, wanted.out, champion, report)
            if wanted.suspicious:
                _doubts(run, catalogue, made)
                return
            done = run.go()
            count = 0 if catalogue is None else offer(catalogue, done.suspicions, made)
            label = _registered(wanted, catalogue, done, made)
    show(*done.report.read_text(encoding="utf-8").splitlines())
    say(f"written: {done.bundle.directory}" + (f", registered as {label}" if label else ""))
    if count:
        say(f"labels in doubt: {count} pairs offered for review (`reid review next`)")
    if not done.gate.passed:
        raise InputError(
            "the gate refuses this challenger; the report says why. A person can take it all the "
            "same: --override REASON --by NAME --resume"
        )


@contextmanager
def _catalogue(wanted: Wanted) -> Iterator[Catalogue | None]:
    if not wanted.catalogue:
        yield None
        return
    with open_catalogue(wanted.data_dir) as catalogue:
        yield catalogue


def _frozen(wanted: Wanted, sources: Sources, out: Path, report: Report) -> TrainingSet:
    """The set of the folder, of ``--manifest``, or a new one."""
    if (out / MANIFEST).is_file():
        if not wanted.resume:
            raise ConfigError(
                f"{out}: a run lies there; go on with --resume or choose another --out"
            )
        return read_training_set(out)
    if wanted.manifest is not None:
        made = read_training_set(wanted.manifest)
        _copy_masks(wanted.manifest, out)
        write_training_set(made, out)
        return made
    ready = readiness(sources.gather(), seed=wanted.seed)
    if not ready.ready and not wanted.suspicious:
        raise InputError("; ".join(ready.refusals))
    made = sources.freeze(out, seed=wanted.seed, told=report)
    write_training_set(made, out)
    return made


def _copy_masks(manifest: Path, out: Path) -> None:
    import shutil

    from training.lab.training_set import MASKS

    folder = manifest if manifest.is_dir() else manifest.parent
    if (folder / MASKS).is_dir():
        shutil.copytree(folder / MASKS, out / MASKS, dirs_exist_ok=True)


def _champion(wanted: Wanted, catalogue: Catalogue | None) -> Bundle:
    """``--init``, else the bundle that serves the catalogue, else the configured one."""
    settings = read_settings(wanted.data_dir)
    if wanted.init or catalogue is None:
        return load_bundle(wanted.init or settings.bundle)
    registry = Registry.of(catalogue, settings)
    return registry.open(registry.active())


def _run(
    wanted: Wanted,
    sources: Sources,
    made: TrainingSet,
    out: Path,
    champion: Bundle,
    report: Report,
) -> LabRun:
    recipe = read_lab_recipe(wanted.recipe)
    ask = Ask(
        recipe,
        name=wanted.name or recipe.name,
        references=(*read_settings(wanted.data_dir).references, *wanted.references),
        override=wanted.override,
        by=wanted.by,
        threads=wanted.threads,
    )
    return LabRun(made, out, sources.media, champion, ask, Hooks(told=report))


def _registered(wanted: Wanted, catalogue: Catalogue | None, done: Done, made: TrainingSet) -> str:
    """Keep the challenger in the catalogue's registry; "" where there is none, or it started from
    a bundle that the registry does not know.
    """
    if catalogue is None or wanted.init:
        return ""
    registry = Registry.of(catalogue, read_settings(wanted.data_dir))
    parent = registry.active().sha256
    return str(register(registry, done, made, parent=parent, by=wanted.by)["label"])


def _doubts(run: LabRun, catalogue: Catalogue | None, made: TrainingSet) -> None:
    found = run.all_suspicions()
    shown = [s for s in found if s.doubted][:SHOWN]
    for one in shown:
        show(f"{one.sighting} ({one.identity}): {one.words()}")
    if not shown:
        show("No label is in doubt: every sighting is nearest to its own individual.")
    if catalogue is not None:
        count = offer(catalogue, found, made)
        say(f"{count} pairs offered for review (`reid review next`)")
