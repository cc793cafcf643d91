"""A survey into the catalogue: sightings, who they are, and beside it everything else."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reid.catalogue import Catalogue
from reid.catalogue.licences import Licences
from reid.catalogue.records import Saved
from reid.errors import ConflictError, ImageError, InputError, NotFoundError
from reid.image import probe
from reid.importers.files import Files
from reid.importers.plan import SPECIES, Planned, PlannedFile, plan
from reid.survey import Media, Observation, Problems, Survey
from reid.survey.records import Record
from reid.survey.survey import Added
from reid.types import Box, Flank, Sighting, SightingMedia
from reid.types.licences import together

SURVEY_FILE = "survey.db"
"""Beside the catalogue's media: what came in with sightings and has no place in them."""
MOST_IDS = 1000
_SLASHES = re.compile(r"[/\\]+")
_UNFIT = re.compile(r"[?#%\x00-\x1f\x7f]")
Save = Callable[[Sighting, Sequence[tuple[str, str, str]]], Saved]


@dataclass(slots=True)
class Stored:
    """What an import did; ``known`` were there already, ``left`` could not be stored.

    ``new_ids``: the first of the new sightings, not all of an archive's.
    """

    new: int = 0
    known: int = 0
    left: int = 0
    named: int = 0
    new_ids: list[str] = field(default_factory=list)
    records: Counter[Added] = field(default_factory=Counter)


def store(
    survey: Survey,
    catalogue: Catalogue,
    files: Files,
    problems: Problems,
    *,
    source: str,
    by: str,
    species: Sequence[str] = SPECIES,
    same_names: bool = False,
    replace: bool = False,
    save: Save | None = None,
    in_their_name: bool = True,
) -> Stored:
    """Write every sighting that has a file, who it is, and keep all records of the survey.

    The same again changes nothing; what is stored is not put together anew. ``by`` says who they
    are where the source names nobody. A name that the catalogue knows for other sightings is not
    taken for the same animal unless ``same_names``; what people decided here stays. ``replace``:
    records that changed in the source are taken anew, licences too; what was stored before one was
    stated takes it by itself. ``in_their_name``: decisions are by whom the
    source names; False: by ``by``, with the source's word as the reason. ``save`` stores a
    sighting (``Catalogue.save_sighting`` unless one also measures it).
    """
    writer = _Writer(catalogue, files, problems, source, by, save or _plainly(catalogue))
    writer.in_their_name, writer.replace = in_their_name, replace
    with Survey(catalogue.data_dir / SURVEY_FILE) as book:
        before = book.links()
        kept = set(before.values())
        foreign = set() if same_names else _foreign(catalogue, _named(survey, species, kept))
        for whole in _named(survey, species, kept):
            one = _not_yet(whole, before, writer)
            if one is None:
                writer.done.known += 1
            elif writer.sighting(one):
                if one.individual:
                    writer.identity(one, foreign)
                for seen in one.observations:
                    book.link(seen.id, one.id)
        _merge(survey, book, problems, writer.done, replace=replace)
        book.commit()
    return writer.done


def _named(survey: Survey, species: Sequence[str], kept: Container[str]) -> Iterator[Planned]:
    """The sightings, by ids that fit into addresses; what is stored keeps its own."""
    for one in plan(survey, species):
        yield one if one.id in kept else replace(one, id=fit(one.id))


def fit(name: str) -> str:
    """An id as a part of an address: ``north/IMG_1.JPG`` would be two."""
    return _UNFIT.sub("_", _SLASHES.sub("--", name))


def _not_yet(one: Planned, before: Mapping[str, str], writer: _Writer) -> Planned | None:
    """What no stored sighting shows yet; of files that are stored otherwise put together, the
    others alone, or None: no file comes to stand in two sightings by that.
    """
    held = {before[seen.id] for seen in one.observations if seen.id in before} - {one.id}
    stored = {digest for name in held for digest in writer.content_of(name)}
    if not stored:
        return one
    files = tuple(file for file in one.files if writer.digest_of(file) not in stored)
    if len(files) == len(one.files):
        return one
    stay = "these files are stored as other sightings, which stay as they were put together then"
    writer.problems.add("sightings", 0, one.id, stay, ", ".join(sorted(held)[:3]))
    media = {file.media.id for file in files}
    own = tuple(seen for seen in one.observations if seen.media in media)
    return replace(one, observations=own, files=files) if own else None


def _plainly(catalogue: Catalogue) -> Save:
    return lambda sighting, lost: catalogue.save_sighting(sighting, rejected=lost)


def _foreign(catalogue: Catalogue, planned: Iterable[Planned]) -> set[str]:
    """Names that stand for an animal of other sightings than these."""
    ours: dict[str, set[str]] = {}
    for one in planned:
        ours.setdefault(one.individual, set()).add(one.id)
    held = {one.name: set(one.sighting_ids) for one in catalogue.individuals()}
    return {name for name, ids in ours.items() if held.get(name, set()) - ids}


@dataclass(slots=True)
class _Writer:
    """Sightings and identities, one after the other; what is refused is a problem."""

    catalogue: Catalogue
    files: Files
    problems: Problems
    source: str
    by: str
    save: Save
    done: Stored = field(default_factory=Stored)
    in_their_name: bool = True
    replace: bool = False

    def sighting(self, one: Planned) -> bool:
        """Store it; whether it is in the catalogue now."""
        media, lost = [], []
        for file in one.files:
            found = _opened(file, self.files, self.problems)
            if isinstance(found, str):
                lost.append((one.id, file.media.path, found))
            else:
                media.append(found)
        if not media:
            self.done.left += 1
            return False
        sighting = _sighting(one, tuple(media))
        try:
            saved = self.save(sighting, lost)
        except InputError as error:
            self.done.left += 1
            self.problems.add("sightings", 0, one.id, str(error))
            return False
        if not saved.created:
            self._licences(sighting)
        self.done.new += saved.created
        if saved.created and len(self.done.new_ids) < MOST_IDS:
            self.done.new_ids.append(one.id)
        self.done.known += not saved.created
        return True

    def _licences(self, sighting: Sighting) -> None:
        stay = Licences.of(self.catalogue).state(sighting, replace=self.replace)
        if stay:
            told = "its licence stays as it was stated first (--replace)"
            self.problems.add("sightings", 0, sighting.id, told, ", ".join(stay))

    def content_of(self, sighting_id: str) -> tuple[str, ...]:
        """sha256 of the files of a stored sighting; none where it is not stored."""
        try:
            return self.catalogue.sighting(sighting_id).media_sha256
        except NotFoundError:
            return ()

    def digest_of(self, file: PlannedFile) -> str:
        """sha256 of a file of the source, "" where it cannot be read."""
        content = self.files.content(file.media.path)
        return "" if isinstance(content, str) else hashlib.sha256(content).hexdigest()

    def identity(self, one: Planned, foreign: set[str]) -> None:
        """Say who it is, unless somebody decided here, or the name is another animal's."""
        if one.individual in foreign:
            self.problems.add(
                "individuals",
                0,
                one.individual,
                "this name is an animal of other sightings here; say that the names mean the "
                "same (--same-names) or import under a prefix (--prefix)",
            )
            return
        if self.catalogue.history(one.id):
            return
        named = next(seen for seen in one.observations if seen.individual == one.individual)
        by, why = named.by or self.by, _why(named, self.source)
        if not self.in_their_name:
            by, why = self.by, f"{why}, said there by {named.by or 'nobody named'}"
        try:
            self.catalogue.enrol(one.id, one.individual, by=by, why=why)
            self.done.named += 1
        except ConflictError as error:
            self.problems.add("individuals", 0, one.individual, str(error))


def _why(named: Observation, source: str) -> str:
    when = f" at {named.at.isoformat()}" if named.at else ""
    chance = "" if named.probability is None else f", probability {named.probability:g}"
    return f"imported from {source}: {named.method or 'method not told'}{when}{chance}"


def _opened(file: PlannedFile, files: Files, problems: Problems) -> SightingMedia | str:
    content = files.content(file.media.path)
    if isinstance(content, str):
        return content
    try:
        size_wh = probe(content, file_name=file.media.path).size_wh
    except ImageError as error:
        return str(error)
    flank = Flank(file.flank) if file.flank else None
    boxes = _boxes(file, size_wh, problems)
    camera, licence = file.camera or None, file.media.licence
    return SightingMedia(file.media.path, content, camera, flank, boxes, licence)


def _boxes(file: PlannedFile, size_wh: tuple[int, int], problems: Problems) -> tuple[Box, ...]:
    """In pixels; one that lies outside of its picture is noted and left out."""
    width, height = size_wh
    shares = [(x * width, y * height, w * width, h * height) for x, y, w, h in file.boxes]
    found = []
    for values in [*shares, *file.boxes_px]:
        try:
            box = Box(*values)
            box.window(size_wh)
        except InputError as error:
            problems.add("media", 0, file.media.id, str(error))
        else:
            found.append(box)
    return tuple(found)


def _sighting(one: Planned, media: tuple[SightingMedia, ...]) -> Sighting:
    place = one.deployment
    position = None
    if place is not None and place.latitude is not None and place.longitude is not None:
        position = place.latitude, place.longitude
    licence = together(seen.licence for seen in one.observations)
    station = place.station if place else None
    return Sighting(one.id, media, station, one.times, position, licence)


def _merge(
    survey: Survey, book: Survey, problems: Problems, done: Stored, *, replace: bool
) -> None:
    for name in survey.names():
        if book.meta(name) is None or replace:
            book.set_meta(name, survey.meta(name))
    for name in survey.resources():
        book.keep(name, survey.kept(name))
    for records in (survey.deployments(), survey.media(), survey.observations()):
        for record in records:
            _merge_one(record, book, problems, done, replace=replace)


def _merge_one(
    record: Record, book: Survey, problems: Problems, done: Stored, *, replace: bool
) -> None:
    added = book.add(record, replace=replace or _newly_licensed(record, book))
    done.records[added] += 1
    if added is Added.OTHER:
        kind = type(record).__name__.lower()
        expected = f"this {kind} is kept with other content; the first stays (--replace, --prefix)"
        problems.add("survey", 0, record.id, expected)


def _newly_licensed(record: Record, book: Survey) -> bool:
    """Whether it differs from what is kept by a licence alone, where none was stated."""
    if not isinstance(record, Media | Observation) or not record.licence:
        return False
    find = book.medium if isinstance(record, Media) else book.observation
    known = find(record.id)
    return known is not None and known == replace(record, licence="")


def survey_file(catalogue: Catalogue) -> Path:
    """Where a catalogue's survey is, whether or not it is there."""
    return catalogue.data_dir / SURVEY_FILE
