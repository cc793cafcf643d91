"""How much memory a large Camtrap DP package takes, coming in (a dry run) and going out.

``python -m training.benchmarking.formats [--rows N]`` prints the table alone.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from reid.catalogue import Catalogue
from reid.exporters import Writing, exporter_for, snapshot
from reid.importers import Reading, cut_events, gap_for, importer_for, report_of
from reid.importers.files import Files
from reid.importers.store import SURVEY_FILE
from reid.survey import Problems, Survey
from training.benchmarking.ground import Ground
from training.benchmarking.memory import peak_gib
from training.evaluation.tables import table

FORMAT = "camtrap-dp"
ROWS = (100_000, 1_000_000)
STATIONS, EACH = 100, 5
"""Deployments, and files of one event."""
SEEN = ("Vulpes vulpes", "Panthera pardus", "", "Capra aegagrus")
"""Of events in turn; "" is a blank."""
PEOPLE = 200
"""Every fourth sighting of a leopard has a name, one of so many."""
START = datetime(2020, 1, 1, tzinfo=UTC)
TEXT = """A synthetic Camtrap DP package of so many files and as many observations ({each} files an
event, {stations} deployments, one event in {kinds} a leopard's, ids in no order, no picture lies
there), read as `reid import` does without `--yes`, kept as with it, and written anew as
`reid export camtrap-dp` does. Each in a process of its own; *peak* is the most that it ever held,
its libraries included.

{table}
"""


@dataclass(frozen=True, slots=True)
class Took:
    """One process: seconds, and the most memory that it held."""

    seconds: float
    gib: float


def make_package(folder: Path, rows: int) -> Path:
    """Write a package of ``rows`` files and as many observations; no pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "deployments.csv", _deployments(rows))
    _write(folder / "media.csv", _media(rows))
    _write(folder / "observations.csv", _observations(rows))
    return folder


def measured(folder: Path, rows: int) -> tuple[Took, Took]:
    """A package of so many rows below an empty folder: read, then written anew."""
    package, data_dir = make_package(folder / "package", rows), folder / "data"
    came = _apart(_read, package, data_dir)
    print(f"{rows:,} files read: {came}", file=sys.stderr, flush=True)  # the next takes as long
    return came, _apart(_export, data_dir, folder / "out")


def report(folder: Path, rows: Sequence[int] = ROWS) -> str:
    """The section."""
    cells = []
    for many in rows:
        came, went = measured(folder / str(many), many)
        cells.append((f"{many:,}", *_cells(came), *_cells(went)))
    head = ("files", "in, s", "peak, GiB", "out, s", "peak, GiB")
    return TEXT.format(each=EACH, stations=STATIONS, kinds=len(SEEN), table=table(head, cells))


def formats_section(ground: Ground) -> str:
    """The section of the benchmark."""
    return report(ground.folder(), (200,) if ground.small else ROWS)


def _cells(one: Took) -> tuple[str, str]:
    return f"{one.seconds:.0f}", f"{one.gib:.2f}"


def _apart(work: object, *given: Path) -> Took:
    """Work in a fresh process, whose peak is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_timed, work, *given).result()


def _timed(work: object, *given: Path) -> Took:
    start = time.perf_counter()
    assert callable(work)
    work(*given)
    return Took(time.perf_counter() - start, peak_gib())


def _read(package: Path, data_dir: Path) -> None:
    """The dry run; what it read is kept for the export."""
    with Catalogue.open(data_dir):
        pass
    problems, (kind, importer) = Problems(), importer_for(package)
    with Survey() as survey:
        root = importer.read(package, survey, problems, Reading())
        cut = cut_events(survey, gap_for(kind, None), "")
        found = report_of(survey, problems, Files(root), cut=cut)
        survey.copy_to(data_dir / SURVEY_FILE)
    if not found.observations == found.media > 0:
        raise ValueError(f"expected as many observations as files, found {found}")


def _export(data_dir: Path, target: Path) -> None:
    with Catalogue.open(data_dir) as catalogue, snapshot(catalogue, exactness="exact") as survey:
        exporter_for(FORMAT).write(survey, target, Writing())


def _deployments(rows: int) -> Iterator[dict[str, object]]:
    end = START + timedelta(minutes=rows)
    for number in range(STATIONS):
        yield {
            "deploymentID": f"d{number}",
            "locationID": f"station {number}",
            "latitude": 40 + number / 100,
            "longitude": 54 + number / 100,
            "deploymentStart": START.isoformat(),
            "deploymentEnd": end.isoformat(),
            "cameraID": f"camera {number}",
        }


def _media(rows: int) -> Iterator[dict[str, object]]:
    for number in range(rows):
        yield {
            "mediaID": _id("media", number),
            "deploymentID": _deployment(number),
            "captureMethod": "activityDetection",
            "timestamp": _at(number),
            "filePath": f"{_deployment(number)}/IMG_{number:07}.JPG",
            "filePublic": "false",
            "fileName": f"IMG_{number:07}.JPG",
            "fileMediatype": "image/jpeg",
            "exifData": '{"Make": "RECONYX", "Model": "HYPERFIRE 2 COVERT"}',
        }


def _observations(rows: int) -> Iterator[dict[str, object]]:
    for number in range(rows):
        event = number // EACH
        species = SEEN[event % len(SEEN)]
        named = species == SEEN[1] and event // len(SEEN) % 4 == 0
        yield {
            "observationID": _id("observation", number),
            "deploymentID": _deployment(number),
            "mediaID": _id("media", number),
            "eventID": _id("event", event),
            "eventStart": _at(event * EACH),
            "eventEnd": _at(event * EACH + EACH - 1),
            "observationLevel": "media",
            "observationType": "animal" if species else "blank",
            "scientificName": species,
            "count": 1 if species else "",
            "individualID": f"animal {event % PEOPLE}" if named else "",
            "classificationMethod": "machine",
            "classifiedBy": "a detector",
            "classificationTimestamp": START.isoformat(),
            "classificationProbability": 0.9,
        }


def _deployment(number: int) -> str:
    return f"d{number // EACH % STATIONS}"


def _at(number: int) -> str:
    return (START + timedelta(minutes=number)).isoformat()


def _id(kind: str, number: int) -> str:
    """As those of other tools: the same each time, in no order."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {number}"))


def _write(file: Path, rows: Iterator[dict[str, object]]) -> None:
    first = next(rows)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=list(ROWS))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        print(report(Path(name), asked.rows))


if __name__ == "__main__":
    main()
