"""What ``reid train --from-catalogue`` does, behind its options."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reid.catalogue import Catalogue
from reid.cli.console import Report, say, show, working
from reid.cli.engines import open_catalogue, read_settings
from reid.errors import BundleRefusedError, ConfigError, InputError
from reid.labels.readiness import told
from reid.registry import Registry
from reid.registry.cause import Cause
from reid.weights import Bundle
from training.lab.champions import champion_of, registered
from training.lab.hooks import Hooks
from training.lab.job_run import register
from training.lab.offering import SHOWN, offer
from training.lab.ready import readiness
from training.lab.recipe import LabRecipe
from training.lab.run import Ask, Done, LabRun
from training.lab.seen import CATALOGUE
from training.lab.sources import Sources
from training.lab.start import content_of_bundle, recipe_of, start_of
from training.lab.training_set import (
    MANIFEST,
    TrainingSet,
    begun,
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
    seed: int | None
    override: str
    by: str
    resume: bool
    init: str
    name: str
    version: str
    threads: int


def retrain(wanted: Wanted) -> None:
    """Say whether it can be done, list doubts, or do all of it."""
    with _catalogue(wanted) as catalogue:
        if wanted.manifest is not None and catalogue is None and not wanted.tables:
            Sources(None).check(read_training_set(wanted.manifest))  # says which tables it was
        sources = Sources.open(catalogue, wanted.tables, wanted.licence)
        if wanted.check:
            found = readiness(sources.gather(), seed=wanted.seed or 0)
            show(*told(found))
            return
        if wanted.out is None:
            raise ConfigError("expected --out, a folder for the run; --check needs none")
        with working() as report:
            run = _begun(wanted, sources, wanted.out, report)
            if wanted.suspicious:
                _doubts(run, catalogue, run.made)
                return
            done = run.go()
            count = 0 if catalogue is None else offer(catalogue, done.suspicions, run.made)
            label = _registered(wanted, catalogue, done, run)
    show(*done.report.read_text(encoding="utf-8").splitlines())
    say(f"written: {done.bundle.directory}" + (f", registered as {label}" if label else ""))
    if count:
        say(f"labels in doubt: {count} pairs offered for review (`reid review next`)")
    if not done.gate.passed and not done.gate.taken:
        raise InputError(
            "the gate refuses this challenger; the report says why. A person can take it all the "
            "same: --override REASON --by NAME --resume"
        )


@contextmanager
def _catalogue(wanted: Wanted) -> Iterator[Catalogue | None]:
    """Open where it is asked for, and where the set to train again has pictures of it."""
    manifest, needed = wanted.manifest, wanted.catalogue
    if manifest is not None and not needed:
        named = wanted.data_dir is not None  # its registry may keep the champion
        needed = named or CATALOGUE in read_training_set(manifest).source_names
    if not needed:
        yield None
        return
    with open_catalogue(wanted.data_dir) as catalogue:
        yield catalogue


def _begun(wanted: Wanted, sources: Sources, out: Path, report: Report) -> LabRun:
    """The run in its folder: of the set that lies there, of ``--manifest``, or of a new one; with
    the recipe and the champion that the set was frozen with.
    """
    settings, made = read_settings(wanted.data_dir), _kept(wanted, out)
    if made is not None:
        sources.check(made)
        _check_seed(wanted, made)
    start = None if made is None else made.start
    recipe = recipe_of(start, wanted.recipe)
    catalogue = sources.catalogue
    registry = None if catalogue is None else Registry.of(catalogue, settings)
    champion = champion_of(start, registry, init=wanted.init, default=settings.bundle)
    if made is None:
        made = _frozen(wanted, sources, out, report)
        made = begun(made, start_of(champion, recipe), wanted.name or recipe.name)
    elif wanted.manifest is not None:
        _copy_masks(wanted.manifest, out)
    write_training_set(made, out)
    return _run(wanted, sources, made, out, recipe, champion, report)


def _kept(wanted: Wanted, out: Path) -> TrainingSet | None:
    """The set of the folder, or of ``--manifest``."""
    named = None if wanted.manifest is None else read_training_set(wanted.manifest)
    if not (out / MANIFEST).is_file():
        return named
    if not wanted.resume:
        raise ConfigError(f"{out}: a run lies there; go on with --resume or choose another --out")
    there = read_training_set(out)
    if named is not None and named.sha256 != there.sha256:
        raise ConfigError(
            f"{out}: expected a run of the set {named.sha256[:12]} of --manifest, found one of "
            f"{there.sha256[:12]}; leave --manifest out to go on with it, or choose another --out"
        )
    return there


def _check_seed(wanted: Wanted, made: TrainingSet) -> None:
    """Who trains and who judges was dealt when the set was frozen."""
    if wanted.seed not in (None, made.seed):
        raise ConfigError(
            f"--seed {wanted.seed}: expected {made.seed}, with which this training set was frozen; "
            "leave --seed out, or freeze a new set (another --out)"
        )


def _frozen(wanted: Wanted, sources: Sources, out: Path, report: Report) -> TrainingSet:
    seed = wanted.seed or 0
    ready = readiness(sources.gather(), seed=seed)
    if not ready.ready and not wanted.suspicious:
        raise InputError("; ".join(ready.refusals))
    return sources.freeze(out, seed=seed, told=report)


def _copy_masks(manifest: Path, out: Path) -> None:
    import shutil

    from training.lab.training_set import MASKS

    folder = manifest if manifest.is_dir() else manifest.parent
    if (folder / MASKS).is_dir():
        shutil.copytree(folder / MASKS, out / MASKS, dirs_exist_ok=True)


def _run(
    wanted: Wanted,
    sources: Sources,
    made: TrainingSet,
    out: Path,
    recipe: LabRecipe,
    champion: Bundle,
    report: Report,
) -> LabRun:
    ask = Ask(
        recipe,
        name=wanted.name or made.name or recipe.name,
        version=wanted.version,
        references=(*read_settings(wanted.data_dir).references, *wanted.references),
        override=wanted.override,
        by=wanted.by,
        threads=wanted.threads,
    )
    return LabRun(made, out, sources.media, champion, ask, Hooks(told=report))


def _registered(wanted: Wanted, catalogue: Catalogue | None, done: Done, run: LabRun) -> str:
    """Keep the challenger in the catalogue's registry; "" where there is none, or it started from
    a bundle that the registry does not know.
    """
    if catalogue is None:
        return ""
    registry = Registry.of(catalogue, read_settings(wanted.data_dir))
    parent = content_of_bundle(run.champion)
    if registered(registry, parent) is None:
        return ""
    try:
        return str(
            register(registry, done, run.made, parent=parent, champion=parent, by=wanted.by)[
                "label"
            ]
        )
    except BundleRefusedError as error:
        if error.cause != Cause.NAME_CLASH:
            raise
        again = f"{error.words}: --version VERSION --resume"
        raise BundleRefusedError(error.cause, again) from error


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
