"""The stages of a batch, one after another; each goes on where it was left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from reid.batch.inputs import FILES, FRESH, check_unchanged
from reid.batch.match import match_sighting
from reid.batch.measure import measure_sighting, measure_stored
from reid.batch.options import BatchOptions
from reid.batch.outputs import write_outputs
from reid.batch.places import StationPlaces
from reid.batch.propose import Evidence, group_sightings
from reid.batch.reviewable import open_pairs
from reid.batch.scan import scan_file
from reid.batch.siblings import Siblings
from reid.batch.sources import Source, open_source
from reid.catalogue import SightingRecord
from reid.catalogue.jobs import ItemState, JobItem, NewItem
from reid.errors import InputsChangedError
from reid.events.planning import Plan, Planned, Seen, plan_sightings
from reid.events.triggers import Numbered
from reid.jobs import JobContext
from reid.pipeline import Library

SIGHTINGS, MATCHING, GROUPS = "sightings", "matching", "groups"
MODELS, CLOCKS, COPIES, NOTES = "models", "clocks", "copies", "notes"
FILES_AT_ONCE = 50
JOBS_FOLDER = "jobs"


@dataclass(slots=True)
class Run:
    """One job of this kind in one worker's hands."""

    library: Library
    context: JobContext
    data_dir: Path
    _kin: tuple[Siblings, dict[str, int]] | None = field(default=None, init=False)

    @property
    def options(self) -> BatchOptions:
        """The options it was asked with."""
        return BatchOptions.of(self.context.job.params["options"])

    @property
    def source(self) -> Source:
        """The archive.

        Raises:
            InputError: it is not there.
        """
        place = Path(self.context.job.params["source"])
        return open_source(place, station_level=self.options.station_level)

    @property
    def root(self) -> Path:
        """The folder that names of files are relative to."""
        place = Path(self.context.job.params["source"])
        return place if place.is_dir() else place.parent

    def batch(self) -> dict[str, Any]:
        """An archive from its files to proposals; returns the counts."""
        self.same_models()
        source = self.source
        check_unchanged(self.context.store, self.context.job, source)
        self.context.note(NOTES, lambda: [NewItem(note, {}) for note in source.notes])
        self.work(FILES, chunk=FILES_AT_ONCE)
        self.plan()
        self.work(SIGHTINGS)
        self.context.plan(MATCHING, self._measured)
        return self.group()

    def stored(self) -> dict[str, Any]:
        """Stored sightings to proposals, those first measured that nobody did; the counts."""
        self.same_models()
        self.context.plan(SIGHTINGS, self._as_stored)
        self.work(SIGHTINGS)
        self.context.plan(MATCHING, self._measured)
        return self.group()

    def group(self) -> dict[str, Any]:
        """Matching, proposals, report."""
        self.work(MATCHING)
        self.context.check()
        self.propose()
        return self.report()

    def propose(self) -> None:
        """All evidence to proposals, once."""
        self.context.tell(GROUPS, 0, 1, now=True)
        self.context.note(GROUPS, self._groups)

    def report(self) -> dict[str, Any]:
        """Tables and report; the counts."""
        folder = self.data_dir / JOBS_FOLDER / self.job_id
        return write_outputs(self.context.store, self.context.job, self.library, folder)

    @property
    def job_id(self) -> str:
        """The job."""
        return self.context.job.id

    def work(self, stage: str, chunk: int = 1) -> None:
        """Every item of a stage that is not done, alone or as a helper."""
        self.context.work(stage, self.doing(stage), chunk=chunk)

    def help(self, stage: str) -> None:
        """Items of a stage of a job that another worker runs, with the same models as that one."""
        self.same_models()
        self.work(stage)

    def doing(self, stage: str) -> Callable[[JobItem], dict[str, Any]]:
        """What is done with an item of a stage."""
        if stage == FILES:
            root, options = self.root, self.options
            return lambda item: scan_file(
                root, item.name, options, trouble=item.data["told"].get("trouble", "")
            )
        return self._measure if stage == SIGHTINGS else self._match

    def same_models(self) -> None:
        """Refuse to go on with other models than those it was begun with."""
        provenance = self.library.engine.provenance()
        now = {name: provenance[name] for name in ("weights", "calibration", "configuration")}
        self.context.note(MODELS, lambda: [NewItem("models", now)])
        (begun,) = self.context.store.items(self.job_id, MODELS)
        differs = [name for name, value in begun.data.items() if value != now.get(name)]
        if differs:
            raise InputsChangedError(
                f"job {self.job_id} was begun with other {', '.join(differs)}: its parts would "
                f"not be alike. Bring these back, or {FRESH}"
            )

    def plan(self) -> None:
        """Put the files together to sightings, once."""
        context = self.context
        if sum(context.store.item_counts(self.job_id, SIGHTINGS).values()):
            return
        made = plan_sightings(self._seen(), self.options.gap_s)
        context.note(CLOCKS, lambda: _clock_items(made))
        names = self._names()
        context.note(COPIES, lambda: (NewItem(names[a], {"of": names[b]}) for a, b in made.copies))
        context.plan(SIGHTINGS, lambda: self._planned(made))

    def _names(self) -> dict[int, str]:
        return {item.position: item.name for item in self.context.store.items(self.job_id, FILES)}

    def _seen(self) -> Iterator[Seen]:
        """The files that can be used; a camera that nobody names goes by its serial number."""
        for item in self.context.store.items(self.job_id, FILES, ItemState.DONE):
            found, told = item.result or {}, item.data["told"]
            times = told.get("times")
            own = times[0][0] if times and not _disputed(times[0]) else found["at"]
            yield Seen(
                item.position,
                found["sha256"],
                told.get("station"),
                told.get("camera") or found["serial"],
                datetime.fromisoformat(own) if own else None,
                told.get("sighting", ""),
                item.name,
                _numbered(found),
            )

    def _planned(self, plan: Plan) -> Iterable[NewItem]:
        """Everything is read before items are stored: nobody else can write meanwhile."""
        every = {i.position: i for i in self.context.store.items(self.job_id, FILES)}
        places = StationPlaces(every.values())
        return (
            NewItem(
                planned.id, _sighting_data(planned, [every[k] for k in planned.positions], places)
            )
            for planned in plan.sightings
        )

    def _as_stored(self) -> Iterator[NewItem]:
        for name in self.context.job.params["sighting_ids"]:
            yield NewItem(name, _stored_data(self.library.catalogue.sighting(name)))

    def _measure(self, item: JobItem) -> dict[str, Any]:
        library = self.library
        if item.data.get("stored"):
            return measure_stored(library.engine, library.catalogue, item.name, self.context.check)
        return measure_sighting(
            library.engine,
            library.catalogue,
            self.root,
            item.data,
            self.options,
            self.context.check,
        )

    def _measured(self) -> list[NewItem]:
        return [
            NewItem(item.name, {"leopards": found["leopards"]})
            for item in self.context.store.items(self.job_id, SIGHTINGS, ItemState.DONE)
            if (found := item.result or {})["stored"] and (found["leopards"] or found["crowded"])
        ]

    def _match(self, item: JobItem) -> dict[str, Any]:
        siblings, places = self._family()
        found = match_sighting(
            self.library,
            siblings,
            item.name,
            places.keys(),
            lambda names: self._known(item.name, [places[name] for name in names]),
            self.options,
            self.context.check,
        )
        pairs = open_pairs(found, f"batch {self.job_id}")
        if pairs:
            self.library.catalogue.note_evidence(pairs)  # again after a kill: the same
        return found

    def _family(self) -> tuple[Siblings, dict[str, int]]:
        """The sightings that can be compared: the way to read them, and their positions."""
        if self._kin is None:
            store = self.context.store
            items = store.items(self.job_id, MATCHING)
            places = {item.name: item.position for item in items if _comparable(item)}
            offsets = {
                item.name: dict(item.data["offsets_s"])
                for item in store.items(self.job_id, SIGHTINGS)
            }
            library = self.library
            self._kin = Siblings(library.engine, library.catalogue, offsets), places
        return self._kin

    def _known(self, name: str, places: Sequence[int]) -> dict[str, dict[str, Any]]:
        """Edges of this sighting that were found from the other's side, by the other's id."""
        found = self.context.store.results(self.job_id, MATCHING, places)
        return {
            result["sighting"]: edge
            for result in found.values()
            for edge in result["edges"]
            if edge["b"] == name
        }

    def _groups(self) -> Iterable[NewItem]:
        evidence = Evidence()
        for item in self.context.store.items(self.job_id, MATCHING):
            if _comparable(item):
                evidence.ids.append(item.name)
            if item.state is ItemState.DONE and item.result:
                evidence.add(item.name, item.result)
        differ = [pair for pair, llr in evidence.links.items() if llr < 0]
        for pair in self.library.catalogue.across_change(differ):
            del evidence.links[pair]  # a coat that changed: that the pictures differ says nothing
        found = group_sightings(evidence, self.options)
        return (NewItem(group["label"], group) for group in found)


def _comparable(item: JobItem) -> bool:
    """Whether a sighting that is to be matched shows anybody that a sibling may be."""
    return bool(item.data.get("leopards", 1))


def _disputed(time: list[str]) -> bool:
    return time[1].startswith("datetime_alt")


def _numbered(found: dict[str, Any]) -> Numbered | None:
    """How the camera counts; files that were read before this was kept say nothing."""
    event, sequence = found.get("event"), found.get("sequence")
    if event is None and sequence is None:
        return None
    counted = (sequence[0], sequence[1]) if sequence else None
    return Numbered(event, counted, found["serial"])


def _clock_items(plan: Plan) -> Iterator[NewItem]:
    for station, clock in plan.clocks:
        data = {
            "station": station,
            "camera": clock.camera,
            "reference": clock.reference,
            "offset_s": clock.offset_s,
            "matched": clock.matched,
            "events": clock.events,
            "word": clock.word,
        }
        yield NewItem(f"{station}, camera {clock.camera or '(unnamed)'}", data)


def _sighting_data(planned: Planned, files: list[JobItem], places: StationPlaces) -> dict[str, Any]:
    """What is to be done for a sighting, as plain values."""
    told = [file.data["told"] for file in files]
    disputed = [time for one in told for time in one.get("times", ()) if _disputed(time)]
    own = [time for one in told for time in one.get("times", ()) if not _disputed(time)]
    times = [[at.isoformat(), by] for at, by in planned.times] or sorted(own)[:1]
    place, oddity = places.of(planned.station, files)
    unique = dict.fromkeys((at, by) for at, by in [*times, *disputed])
    return {
        "sighting": planned.id,
        "station": planned.station,
        "times": [list(pair) for pair in unique],
        "position": list(place) if place else None,
        "offsets_s": [list(pair) for pair in planned.offsets_s],
        "note": "; ".join(filter(None, (planned.note, oddity))),
        "files": [_file_data(file) for file in files],
    }


def _stored_data(record: SightingRecord) -> dict[str, Any]:
    """The same of a stored sighting, as far as tables and report tell it."""
    return {
        "stored": True,
        "sighting": record.id,
        "station": record.station,
        "times": [[one.at.isoformat(), one.source] for one in record.times],
        "offsets_s": [],
        "files": [{"name": name} for name in record.file_names],
    }


def _file_data(file: JobItem) -> dict[str, Any]:
    found, told = file.result or {}, file.data["told"]
    return {
        "name": file.name,
        "sha256": found["sha256"],
        "kind": found["kind"],
        "size_wh": found["size_wh"],
        "camera": told.get("camera") or found["serial"],
        "told": {k: v for k, v in told.items() if k in ("flank", "boxes", "relative_boxes")},
    }
