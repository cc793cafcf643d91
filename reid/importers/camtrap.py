"""Camtrap DP 1.0: a folder, a datapackage.json, or a zip of them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from reid.errors import TableError
from reid.importers.camtrap_rows import deployment_of, media_of, observation_of
from reid.importers.contract import Reading
from reid.importers.files import DESCRIPTOR, Open, opener, parts_of
from reid.importers.licences import Stated, licences_of
from reid.importers.lines import Line, read_lines
from reid.survey import Deployment, Media, Observation, Problems, Survey
from reid.survey.camtrap import KEYS, TABLES
from reid.survey.licences import spdx_of
from reid.survey.records import Record
from reid.survey.survey import Added

PACKAGE = "camtrap-dp"
"""The name under which a survey keeps a package's metadata."""
KEPT = "reid-kept"
"""Our resource of cells that have no column in the standard: table, id, column, value."""
LICENCE = "reid:licence"
"""Our column there: the licence of one file or observation where not all have the same."""
MOST_BYTES = 1 << 26
"""Of a descriptor; a zip file may hold any number of blanks."""


class CamtrapPackage:
    """Deployments, media, observations; other tables are kept as they are."""

    def matches(self, path: Path) -> bool:
        """A data package by its files."""
        if path.is_dir():
            return (path / DESCRIPTOR).is_file() or (path / "observations.csv").is_file()
        if path.name == DESCRIPTOR:
            return True
        return zipfile.is_zipfile(path) and any(
            name.rpartition("/")[2] == DESCRIPTOR for name in zipfile.ZipFile(path).namelist()
        )

    def read(self, path: Path, survey: Survey, problems: Problems, reading: Reading) -> Path:
        """As `Importer.read`: all tables, in the order in which they refer to each other."""
        where = path.parent if path.name == DESCRIPTOR else path
        open_file, shown = opener(where)
        descriptor = _descriptor(open_file, where.name, problems)
        survey.set_meta(PACKAGE, descriptor)
        resources = _resources(descriptor, problems)
        stated = licences_of(descriptor, DESCRIPTOR, problems)
        for table in TABLES:
            paths = resources.get(table, [f"{table}.csv"])
            lines = _lines(open_file, paths, problems, reading, table)
            _add(lines, table, survey, reading, stated)
        for name, paths in resources.items():
            if name == KEPT:
                _put_back(_lines(open_file, paths, problems, reading), survey, reading)
            elif name not in TABLES:
                _keep(name, _lines(open_file, paths, problems, reading), survey)
        return shown


def _descriptor(open_file: Open, name: str, problems: Problems) -> dict[str, Any]:
    try:
        with open_file(DESCRIPTOR) as file:
            found = json.loads(file.read(MOST_BYTES).decode("utf-8-sig"))
    except OSError:
        problems.add(DESCRIPTOR, 0, "", "expected this file in the package; read without metadata")
        return {}
    except (ValueError, RecursionError) as error:
        raise TableError(f"{name}/{DESCRIPTOR}: expected JSON: {error}") from error
    if not isinstance(found, dict):
        raise TableError(f"{name}/{DESCRIPTOR}: expected an object, found {type(found).__name__}")
    profile = str(found.get("profile", ""))
    if "camtrap-dp/1." not in profile:
        problems.add(DESCRIPTOR, 0, "profile", "expected Camtrap DP 1.0; read as that", profile)
    return found


def _resources(descriptor: dict[str, Any], problems: Problems) -> dict[str, list[str]]:
    """Local paths of each resource; a path out of the package or on the web is noted."""
    found: dict[str, list[str]] = {}
    listed = descriptor.get("resources", [])
    for one in listed if isinstance(listed, list) else []:
        name = str(one.get("name", "")) if isinstance(one, dict) else ""
        stored = one.get("path") if isinstance(one, dict) else None
        paths = [stored] if isinstance(stored, str) else stored
        if not name or not isinstance(paths, list):
            problems.add(DESCRIPTOR, 0, "resources", "expected a name and a path", str(one))
        elif any("://" in str(p) or parts_of(str(p)) is None for p in paths):
            problems.add(DESCRIPTOR, 0, name, "expected a path in the package", str(stored))
        else:
            found[name] = [str(path) for path in paths]
    return found


def _lines(
    open_file: Open,
    paths: Iterable[str],
    problems: Problems,
    reading: Reading,
    table: str = "",
) -> Iterator[Line]:
    required = [name for name, _, limits in TABLES.get(table, []) if limits.get("required")]
    for path in paths:
        if not path.lower().endswith((".csv", ".tsv", ".txt")):
            problems.add(path, 0, "", "expected a CSV table; not read")
            continue

        def opened(path: str = path) -> BinaryIO:
            return open_file(path)

        try:
            yield from read_lines(
                opened, path, problems, required=required, day_first=reading.day_first
            )
        except FileNotFoundError:
            problems.add(path, 0, "", "expected this table in the package, found none")


def _add(
    lines: Iterable[Line], table: str, survey: Survey, reading: Reading, stated: Stated
) -> None:
    for line in lines:
        if not line.text(KEYS[table]):
            line.refuse(KEYS[table], "expected an id; the row is passed over")
            continue
        record = stated.over(_record(line, table, reading.prefix))
        if survey.add(record) is not Added.NEW:
            line.refuse(KEYS[table], "expected each id once; the first row counts")
        _check_references(record, line, survey)


def _record(line: Line, table: str, prefix: str) -> Record:
    if table == "deployments":
        return deployment_of(line, prefix)
    return media_of(line, prefix) if table == "media" else observation_of(line, prefix)


def _check_references(record: Record, line: Line, survey: Survey) -> None:
    if isinstance(record, Deployment):
        return
    if not survey.has(Deployment, record.deployment):
        line.refuse("deploymentID", "expected a deployment of the table deployments")
    if not isinstance(record, Observation) or not record.media:
        return
    if not survey.has(Media, record.media):
        line.refuse("mediaID", "expected a file of the table media")


def _put_back(lines: Iterable[Line], survey: Survey, reading: Reading) -> None:
    """Cells that went out beside the standard's columns go back to where they came from."""
    for line in lines:
        name, cell = line.text("column"), line.cells.get("value", "")
        record = _find(survey, line.text("table"), reading.prefix + line.text("id"))
        if record is None:
            line.refuse("id", "expected the id of a row of that table")
        else:
            survey.add(_with(record, name, cell), replace=True)


def _with(record: Deployment | Media | Observation, name: str, cell: str) -> Record:
    if isinstance(record, Media) and name == "filePath":
        return replace(record, path=cell)
    if isinstance(record, Media | Observation) and name == LICENCE:
        return replace(record, licence=spdx_of(cell))
    if isinstance(record, Observation) and name == "boxPixels":
        x, y, width, height = (float(value) for value in cell.split())
        return replace(record, box_px=(x, y, width, height))
    return replace(record, extra={**record.extra, name: cell})


def _find(survey: Survey, table: str, name: str) -> Deployment | Media | Observation | None:
    find = {
        "deployments": survey.deployment,
        "media": survey.medium,
        "observations": survey.observation,
    }.get(table)
    return None if find is None else find(name)


def _keep(name: str, lines: Iterable[Line], survey: Survey) -> None:
    survey.keep(name, (dict(line.cells) for line in lines))
