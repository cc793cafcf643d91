"""What is stored: database, media, index, who may see it."""

from __future__ import annotations

import random
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from reid.backup.place import hash_file
from reid.catalogue import Catalogue
from reid.catalogue.access_keys import KeyStore
from reid.catalogue.census import Census
from reid.catalogue.health import database_problems, media_rows
from reid.config import PipelineConfig, Settings
from reid.doctor.finding import Finding, all_of, bad, look, ok
from reid.errors import WeightsError
from reid.people import Role
from reid.pipeline.standing import why_active
from reid.registry import BundleState, RegisteredBundle, Registry

SAMPLE = 200
RESTORE = "restore it from a backup (`reid restore` beside, then copy the file)"


def database(catalogue: Catalogue, *, every: bool) -> Iterator[Finding]:
    """Whether it answers, takes writes, holds together, and history and belief agree."""
    catalogue.check()
    catalogue.check_disk()
    catalogue.check_writable()
    problems = database_problems(catalogue, thorough=every)
    if problems:
        yield bad("database", "; ".join(problems[:3]), "restore a backup; keep this one aside")
        return
    kind = catalogue.engine.dialect.name
    counts = Census.of(catalogue).counts()
    words = f"{counts.sightings:,} sightings, {counts.annotations:,} annotations"
    yield ok("database", f"{kind}, takes writes: {words}")
    wrong = catalogue.check_identities()
    if wrong:
        words = f"{len(wrong)} subjects are not what follows from the history, as {wrong[0]}"
        yield bad(
            "identities",
            words,
            "back up, then `Catalogue.rebuild_identities()` makes them again from it",
        )
    else:
        yield ok("identities", f"follow from {catalogue.last_event():,} decisions")


def media(catalogue: Catalogue, *, every: bool) -> Iterator[Finding]:
    """Every file is there with its size; the content of all, or of a sample."""
    rows = media_rows(catalogue)
    store, wrong = catalogue.media, []
    for sha256, size in rows:
        path = store.path(sha256)
        if not path.is_file() or path.stat().st_size != size:
            wrong.append(sha256)
    there = [sha256 for sha256, _ in rows if sha256 not in set(wrong)]
    chosen = there if every else random.sample(there, min(SAMPLE, len(there)))
    wrong += [sha256 for sha256 in chosen if hash_file(store.path(sha256)) != sha256]
    if wrong:
        words = f"{len(wrong)} of {len(rows):,} are missing or altered, as {wrong[0]}"
        yield bad("media", words, RESTORE)
        return
    read = "all read" if every else f"{len(chosen):,} of them read (`--all` reads all)"
    yield ok("media", f"{len(rows):,} files are there, {read}")
    if every:
        yield from _orphans(catalogue, {sha256 for sha256, _ in rows})


def _orphans(catalogue: Catalogue, known: set[str]) -> Iterator[Finding]:
    spare = [name for name in catalogue.media.placed_files() if name not in known]
    if spare:
        yield look(
            "spare files",
            f"{len(spare)} files that no row names, left by a writer that was killed",
            "they do no harm; `Catalogue.sweep()` removes them",
        )


def index(catalogue: Catalogue, settings: Settings) -> Iterator[Finding]:
    """The search index against the catalogue; loads the models."""
    from reid.pipeline import Engine, Library

    registry = Registry.of(catalogue, settings)
    active = registry.active()
    bundle = registry.open(active) if active.registered else None
    config = PipelineConfig.of(settings)
    engine = Engine.load(config, threads=settings.threads, bundle=bundle)
    state = Library(engine, catalogue, settings.data_dir).search.state()
    words = f"{state.word}: {state.indexed:,} of {state.stored:,} vectors"
    if state.word == "other-weights":
        words = f"{state.other_weights:,} vectors were measured with other weights"
        yield look("index", words, "search finds none of them; choose the bundle of before")
    else:
        yield ok("index", words)


def bundles(catalogue: Catalogue, settings: Settings) -> Iterator[Finding]:
    """Which bundle serves and why, whether its files are whole, and what it lacks."""
    registry = Registry.of(catalogue, settings)
    active = registry.active()
    yield ok("bundle", f"{active.label} serves: {why_active(registry)}")
    for one in registry.store.bundles():
        if one.state is not BundleState.FORGOTTEN:
            yield from all_of(f"bundle {one.name}", partial(_bundle, registry, one))
    lacking = registry.lacking(active).count if active.fingerprint else 0
    if lacking:
        words = f"{lacking:,} annotations have no embedding of the bundle that serves"
        yield look(
            "embeddings", words, "`reid bundles re-embed` makes them; until then searches say so"
        )


def _bundle(registry: Registry, bundle: RegisteredBundle) -> Iterator[Finding]:
    try:
        registry.open(bundle)
    except WeightsError as error:
        mend = "restore its folder from a backup, or roll back"
        yield bad(f"bundle {bundle.name}", str(error), mend)


def access(catalogue: Catalogue, settings: Settings) -> Iterator[Finding]:
    """Who gets in, and who can read the files."""
    store = KeyStore.of(catalogue)
    listed = store.keys()
    keys = [key for key in listed if key.valid]
    if not listed:
        yield ok("keys", "none: the service answers this machine alone")
    elif not any(key.role is Role.ADMIN for key in keys):
        words = f"{len(keys)} valid, none of an admin"
        yield look("keys", words, "`reid keys create NAME --role admin`")
    else:
        yield ok("keys", f"{len(keys)} valid")
    mode = settings.data_dir.stat().st_mode
    if mode & stat.S_IROTH:
        words = f"everybody on this machine can read {settings.data_dir}, exact places included"
        yield look("permissions", words, f"chmod o-rwx {settings.data_dir}")
    else:
        yield ok("permissions", "others on this machine cannot read the data")


def written_place(settings: Settings) -> Path | None:
    """The SQLite file, if that is what is used and it is there."""
    path = settings.data_dir / "catalogue.db"
    return path if path.is_file() else None
