"""Formats over HTTP: a source read and told, taken in when confirmed; exports as zip files."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from reid.catalogue import Catalogue
from reid.config import Precision
from reid.errors import InputError
from reid.exporters import Writing, Written, exporter_for, snapshot
from reid.exporters.places import telling
from reid.importers import (
    Importer,
    Reading,
    Stored,
    cut_events,
    gap_for,
    importer_for,
    report_of,
    store,
)
from reid.importers.arrivals import deployments_in, source_in, unpacked
from reid.importers.columns import read_columns
from reid.importers.deployments import TAKING, check_taken
from reid.importers.exif_places import take_exif_positions
from reid.importers.files import Files
from reid.importers.plan import SPECIES
from reid.people import FINEST, Role
from reid.survey import Problems, Survey
from reid.survey.moments import read_zone
from reid.survey.problems import Problem
from service.errors import ForbiddenError
from service.gatekeeper import Person
from service.schemas.imports import DoneOut, ExportAsIn, ImportIn, ImportOut

NOTES = "notes.txt"


def take_in(
    catalogue: Catalogue,
    file: Path,
    asked: ImportIn,
    person: Person,
    precision: Precision,
    deployments: Path | None = None,
) -> ImportOut:
    """Read a source (a file, folder or zip), tell what it holds, and store it where confirmed.

    ``deployments``: a table of them; without, the one in the folder or zip that the source is in.
    """
    with TemporaryDirectory(prefix="import-") as folder:
        zipped = file.is_file() and file.suffix.lower() == ".zip"
        place = unpacked(file, Path(folder)) if zipped else file
        source = source_in(place, asked.format)
        columns = read_columns(asked.columns.encode()) if asked.columns.strip() else None
        kind, importer = importer_for(source, asked.format or ("table" if columns else None))
        if deployments is not None:
            check_taken(kind, "deployments")
        elif kind in TAKING and place.is_dir():
            deployments = deployments_in(place)
        day_first = None if asked.dates is None else asked.dates == "dmy"
        reading = Reading(day_first, asked.prefix, columns=columns, deployments=deployments)
        told = f"{file.name} ({kind})"
        return _read(catalogue, source, (kind, importer, reading), told, asked, person, precision)


def _read(
    catalogue: Catalogue,
    source: Path,
    how: tuple[str, Importer, Reading],
    name: str,
    asked: ImportIn,
    person: Person,
    precision: Precision,
) -> ImportOut:
    kind, importer, reading = how
    if asked.confirm and kind == "table" and reading.columns is None:
        raise InputError("columns: expected how they are meant, before a table is taken in")
    problems, species = Problems(), tuple(asked.species) or SPECIES
    with Survey() as survey:
        files = Files(importer.read(source, survey, problems, reading))
        if asked.licence:
            survey.license_rest(asked.licence)
        if asked.exif_positions:
            take_exif_positions(survey, files, problems)
        cut = cut_events(survey, gap_for(kind, asked.gap_minutes), asked.prefix)
        report, done = report_of(survey, problems, files, species, cut), None
        if asked.confirm:
            _check_role(person, named=bool(report.named_sightings), asked=asked)
            done = store(
                survey,
                catalogue,
                files,
                problems,
                source=name,
                by=asked.by,
                species=species,
                same_names=asked.same_names,
                replace=asked.replace,
                in_their_name=False,
            )
    return ImportOut(
        format=kind,
        deployments=report.deployments,
        media=report.media,
        observations=report.observations,
        types=report.types,
        sightings=report.sightings,
        individuals=report.individuals,
        named_sightings=report.named_sightings,
        files=report.files,
        licences=report.licences,
        lacking=list(report.lacking),
        put_together="" if cut is None else str(cut),
        columns=report.columns,
        problems=[_said(one, precision) for one in problems.kept],
        problem_count=len(problems),
        done=done and _done(done),
    )


def _done(done: Stored) -> DoneOut:
    return DoneOut(
        new=done.new,
        known=done.known,
        left=done.left,
        named=done.named,
        sighting_ids=done.new_ids,
    )


def _check_role(person: Person, *, named: bool, asked: ImportIn) -> None:
    """Who is who is for reviewers to say, and so is what replaces what was kept."""
    if (named or asked.same_names or asked.replace) and not person.role.may(Role.REVIEWER):
        raise ForbiddenError(
            f"this source says who its animals are, or replaces records: expected the role "
            f"{Role.REVIEWER}, found {person.role}; ask a reviewer to confirm it"
        )


def _said(one: Problem, precision: Precision) -> str:
    """A problem; what stood in a column of positions is for those who see them."""
    position = telling(one.column) or "from -90" in one.expected or "from -180" in one.expected
    if position and precision != FINEST:
        one = Problem(one.file, one.row, one.column, one.expected)
    return str(one)


def zipped_export(
    catalogue: Catalogue, name: str, asked: ExportAsIn, precision: Precision, folder: Path
) -> Path:
    """An export in a zip file in ``folder``, with what the format could not say in notes.txt."""
    writing = Writing(
        title=asked.title,
        by=asked.by,
        zone=read_zone(asked.time_zone) if asked.time_zone else None,
        species=tuple(asked.species) or SPECIES,
        occasion_days=asked.occasion_days,
        crs=asked.crs,
        draws=asked.draws,
        seed=asked.seed,
    )
    last = catalogue.last_event() if asked.event is None else asked.event
    target = folder / "files"
    written = _written(catalogue, name, asked, precision, target, writing)
    made = folder / f"{name}.zip"
    digest = hashlib.sha256()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in written.files:
            inside = file.relative_to(target) if file != target else Path(name)
            archive.write(file, inside.as_posix())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        archive.writestr(NOTES, "".join(f"{note}\n" for note in written.notes) or "Nothing lost.\n")
    catalogue.note_export(name, digest.hexdigest(), by=asked.by, up_to=last)
    return made


def _written(
    catalogue: Catalogue,
    name: str,
    asked: ExportAsIn,
    precision: Precision,
    target: Path,
    writing: Writing,
) -> Written:
    """A paper from the catalogue, another format from a snapshot of it."""
    from reid.paper.contract import PAPERS, Asked  # late: papers match stored features

    if name in PAPERS:
        wanted = Asked(precision, asked.title, tuple(asked.individuals), asked.event)
        return PAPERS[name](catalogue, target, wanted)
    if asked.individuals:
        raise InputError(f"individuals: only for {', '.join(PAPERS)}, found them with {name}")
    with snapshot(catalogue, exactness=precision, event=asked.event) as survey:
        return exporter_for(name).write(survey, target, writing)
