"""Wildlife Insights: images.csv and deployments.csv, as they are uploaded in batch or downloaded.

Columns are those of its data dictionary. A row of images is one identification: a picture with two
species has two rows of one ``image_id``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from reid.errors import TableError
from reid.importers.camtrap_rows import position_of, prefixed
from reid.importers.contract import Reading
from reid.importers.files import Open, names_in, opener
from reid.importers.licences import Stated
from reid.importers.lines import Line, read_lines
from reid.importers.vocabulary import AGES, SEXES, individual_of, seen_as
from reid.survey import Deployment, Media, Observation, Problems, Survey
from reid.survey.moments import seconds_apart
from reid.survey.survey import Added

_TABLES = re.compile(r"(images|deployments|cameras|projects|sequences)(_[\w-]+)?\.csv", re.I)
_YES = {"1", "yes", "true", "y", "t"}
_NO = {"0", "no", "false", "n", "f", ""}
_RANKS = ("species", "genus", "family", "order", "class")
_REQUIRED = {"images": ("deployment_id", "image_id"), "deployments": ("deployment_id",)}
_MACHINE = re.compile(r"computer vision|\bcv\b|\bai\b|megadetector|speciesnet", re.I)


class WildlifeInsights:
    """A folder or zip file of its tables, or the table images itself, in its folder."""

    def matches(self, path: Path) -> bool:
        """By the names of the tables; by its columns where a table is named."""
        if path.is_file() and path.suffix.lower() == ".csv":
            if not _TABLES.fullmatch(path.name):
                return False
            with path.open("rb") as file:
                start = file.readline()
            return b"deployment_id" in start and b"image_id" in start
        if not path.is_dir() and path.suffix.lower() != ".zip":
            return False
        kinds = set(_tables(path))
        return {"images", "deployments"} <= kinds

    def read(self, path: Path, survey: Survey, problems: Problems, reading: Reading) -> Path:
        """As `Importer.read`: deployments first, then images; cameras and projects are kept."""
        where = path.parent if path.is_file() and path.suffix.lower() == ".csv" else path
        open_file, shown = opener(where)
        tables = _tables(where)
        if not tables.get("images"):
            raise TableError(f"{path.name}: expected a table images.csv, found none")
        if not tables.get("deployments"):
            problems.add("deployments.csv", 0, "", "expected this table beside images.csv")
        reader = _Reader(open_file, survey, problems, reading)
        for name in tables.get("projects", []):
            reader.project(name)
        for name in tables.get("deployments", []):
            reader.deployments(name)
        repeated = reader.repeated(tables["images"])
        for name in tables["images"]:
            reader.images(name, repeated)
        for kind in ("cameras", "projects", "sequences"):
            for name in tables.get(kind, []):
                survey.keep(f"wildlife-insights-{name[:-4]}", reader.kept(name))
                if kind == "sequences":
                    told = "expected identifications of images; sequences are kept, not read"
                    problems.add(name, 0, "", told)
        return shown


def _tables(where: Path) -> dict[str, list[str]]:
    """Names of the tables by kind; of several projects, several."""
    found: dict[str, list[str]] = {}
    for name in names_in(where):
        told = _TABLES.fullmatch(name)
        if told:
            found.setdefault(told[1].lower(), []).append(name)
    return found


class _Reader:
    """Tables of one package, into a survey."""

    def __init__(
        self, open_file: Open, survey: Survey, problems: Problems, reading: Reading
    ) -> None:
        self.open_file, self.survey = open_file, survey
        self.problems, self.reading = problems, reading
        self.stated: dict[str, Stated] = {}

    def project(self, name: str) -> None:
        """What each project states of its photos, and of its metadata."""
        for line in self._lines(name, ""):
            stated = Stated(line.licence("metadata_license"), line.licence("image_license"))
            self.stated[line.text("project_id")] = stated

    def deployments(self, name: str) -> None:
        """Deployments; those of one placename are one station."""
        for line in self._lines(name, "deployments"):
            if not line.text("deployment_id"):
                line.refuse("deployment_id", "expected an id; the row is passed over")
            elif self.survey.add(self._deployment(line)) is not Added.NEW:
                line.refuse("deployment_id", "expected each id once; the first row counts")

    def repeated(self, names: list[str]) -> set[int]:
        """Hashes of the file names that several images have; messages come with the reading."""
        found: dict[int, int] = {}
        again = set[int]()
        for name in names:
            for line in read_lines(partial(self.open_file, name), name, Problems()):
                file, image = hash(line.text("filename")), hash(line.text("image_id"))
                if found.setdefault(file, image) != image:
                    again.add(file)
        return again

    def images(self, name: str, repeated: set[int]) -> None:
        """Files, and for each row what was identified."""
        for line in self._lines(name, "images"):
            if not line.text("image_id"):
                line.refuse("image_id", "expected an id; the row is passed over")
                continue
            project = self._project(line)
            media = project.over(self._media(line, repeated))
            known = self.survey.medium(media.id)
            if known is not None and known.path != media.path:
                line.refuse("image_id", "expected one file for an id; the first row counts")
                continue
            self.survey.add(media)
            self._check_deployment(line, media)
            self._add(project.over(self._observation(line, media)), line)

    def _project(self, line: Line) -> Stated:
        """By the row's project; where it names none, the only one there is."""
        only = next(iter(self.stated.values())) if len(self.stated) == 1 else Stated()
        return self.stated.get(line.cells.get("project_id", ""), only)

    def kept(self, name: str) -> Iterator[dict[str, str]]:
        """A table as it stands."""
        return (dict(line.cells) for line in self._lines(name, ""))

    def _lines(self, name: str, kind: str) -> Iterator[Line]:
        required = _REQUIRED.get(kind, ())
        day_first = self.reading.day_first
        return read_lines(
            partial(self.open_file, name),
            name,
            self.problems,
            required=required,
            day_first=day_first,
        )

    def _deployment(self, line: Line) -> Deployment:
        latitude, longitude = position_of(line, "latitude", "longitude")
        start, end = line.time("start_date"), line.time("end_date")
        if start and end and seconds_apart(start, end) < 0:
            line.refuse("end_date", "expected an end after the start; left empty")
            end = None
        return Deployment(
            prefixed(self.reading.prefix, line.text("deployment_id")),
            line.text("placename"),
            "",
            latitude,
            longitude,
            start,
            end,
            line.text("camera_id"),
            extra=line.rest(),
        )

    def _media(self, line: Line, repeated: set[int]) -> Media:
        prefix = self.reading.prefix
        extra = {"favorite": "true"} if line.text("highlighted").lower() in _YES else {}
        for column in ("location", "license"):
            if line.text(column):
                extra[column] = line.text(column)
        return Media(
            prefixed(prefix, line.text("image_id")),
            prefixed(prefix, line.text("deployment_id")),
            self._path(line, repeated),
            line.time("timestamp"),
            extra=extra,
            licence=line.licence("license"),
        )

    def _path(self, line: Line, repeated: set[int]) -> str:
        """The file below its deployment's folder, or anywhere if its name is the only one.

        ``location`` is where Wildlife Insights has it, mostly in its own store (gs://).
        """
        name, location = line.text("filename"), line.text("location")
        if location and "://" not in location:
            return location
        if not name:
            return location or line.text("image_id")
        if "/" in name.replace("\\", "/"):
            return name
        inside = f"{line.text('deployment_id')}/{name}"
        return inside if hash(name) in repeated else f"/{inside}"

    def _check_deployment(self, line: Line, media: Media) -> None:
        if not self.survey.has(Deployment, media.deployment):
            line.refuse("deployment_id", "expected a deployment of deployments.csv")

    def _observation(self, line: Line, media: Media) -> Observation:
        kind, species = _seen(line)
        by = line.text("identified_by")
        sequence = line.text("sequence_id") or line.text("external_sequence_id")
        count = line.number_in("number_of_objects", 0)
        extra = _words(line)
        prefix = self.reading.prefix
        return Observation(
            media.id,
            media.deployment,
            media.id,
            prefixed(prefix, sequence),
            media.at,
            media.at,
            type=kind,
            species=species,
            count=int(count) if count else None,
            individual=prefixed(prefix, individual_of(line.text("individual_id"))),
            method=("machine" if _MACHINE.search(by) else "human") if by else "",
            by=by,
            probability=line.number_in("cv_confidence", 0, 1),
            comments=line.text("individual_animal_notes"),
            extra=line.rest() | extra,
        )

    def _add(self, one: Observation, line: Line) -> None:
        """The first identification of a file has the file's id, further ones #2, #3 ..."""
        number = 1
        while (known := self.survey.observation(one.id)) is not None:
            if replace(known, id="") == replace(one, id=""):
                line.refuse("image_id", "expected each identification once; the first row counts")
                return
            number += 1
            one = replace(one, id=f"{one.media}#{number}")
        self.survey.add(one)


def _seen(line: Line) -> tuple[str, str]:
    """Type and species: genus and species, else the lowest rank that was told."""
    blank = line.text("is_blank").lower()
    if blank in _YES:
        return "blank", ""
    if blank not in _NO:
        line.refuse("is_blank", "expected 0 or 1")
    genus, species = line.text("genus"), line.text("species")
    kind, _ = seen_as(line.cells.get("common_name", "") or genus)
    if kind != "animal":
        return kind, ""
    if genus and species and not species.lower().startswith(genus.lower()):
        return "animal", f"{genus} {species}"
    told = next((line.text(rank) for rank in _RANKS if line.text(rank)), "")
    return seen_as(told or line.cells.get("common_name", ""))


def _words(line: Line) -> dict[str, str]:
    """Sex and age in Camtrap DP's words; what has none there is noted and stays as it stands."""
    found = {}
    for column, ours, known in (("sex", "sex", SEXES), ("age", "lifeStage", AGES)):
        told = line.text(column).lower()
        if told in known:
            found[ours] = known[told]
        elif told and told != "unknown":
            line.refuse(column, f"expected one of {', '.join(dict.fromkeys(known.values()))}")
    return found
