"""All checks in their order. Nothing is changed: not even older tables are brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from reid.catalogue import Catalogue
from reid.catalogue.health import last_written, revision_at
from reid.catalogue.migrate import newest_revision
from reid.config import Settings
from reid.doctor import machine, models, stored, work
from reid.doctor.finding import Finding, all_of, bad, look, ok


def examine(settings: Settings, *, every: bool = False) -> Iterator[Finding]:
    """Look at everything that ``settings`` lead to; ``every``: read all media and pages.

    Whatever fails is a finding; nothing is raised.
    """
    yield from all_of("python", machine.python)
    yield from all_of("packages", machine.packages)
    yield from all_of("threads", partial(machine.threads, settings))
    yield from all_of("room", partial(machine.room, settings))
    yield from all_of("references", partial(machine.references, settings))
    yield from all_of("weights", partial(models.weights, settings))
    yield from all_of("calibration", partial(models.calibration, settings))
    yield from all_of("database", partial(_catalogue, settings, every))


def _catalogue(settings: Settings, every: bool) -> Iterator[Finding]:
    where = settings.database_url or settings.data_dir
    if settings.database_url is None and stored.written_place(settings) is None:
        yield ok("database", f"none yet in {settings.data_dir}: the first sighting makes one")
        return
    revision = revision_at(where, settings.data_dir)
    if revision != newest_revision():
        yield _other_version(revision)
        return
    with Catalogue.open(where, data_dir=settings.data_dir) as catalogue:
        yield from all_of("clock", lambda: machine.clock(last_written(catalogue)))
        yield from all_of("database", partial(stored.database, catalogue, every=every))
        yield from all_of("media", partial(stored.media, catalogue, every=every))
        yield from all_of("bundle", partial(stored.bundles, catalogue, settings))
        yield from all_of("index", partial(stored.index, catalogue, settings))
        yield from all_of("access", partial(stored.access, catalogue, settings))
        yield from all_of("jobs", partial(work.jobs, catalogue))


def _other_version(revision: str | None) -> Finding:
    words = f"tables of revision {revision or 'none'}, this version writes {newest_revision()}"
    if revision is None or revision > newest_revision():
        return bad("database", words, "upgrade leopard-reid, or name the right database")
    return look("database", words, "back up; the next start brings them up to date")
