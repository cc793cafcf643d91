"""A replay as a job: each stored answer once, whatever stops it; then the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reid.catalogue import Catalogue
from reid.catalogue.asked import Identifications
from reid.catalogue.doubting import Doubts
from reid.catalogue.jobs import ItemState, JobItem, NewItem
from reid.consequences.believing import believing
from reid.consequences.changes import VERDICT, Change, change_json, ranked, read_change, weighed
from reid.consequences.doubting import doubts_of
from reid.consequences.measuring import lacking, measure_stored
from reid.consequences.replaying import Replay
from reid.consequences.report import Report, write_report
from reid.errors import InputsChangedError, NotFoundError
from reid.jobs import JobContext
from reid.pipeline import Engine, Library
from reid.pipeline.search import CandidateSearch

EMBEDDING, VERDICTS, IDENTIFICATIONS, REPORT = "embedding", "verdicts", "identifications", "report"
MODELS = "models"
JOBS_FOLDER = "jobs"
AT_ONCE = 8


@dataclass(slots=True)
class Run:
    """One replay in one worker's hands."""

    library: Library
    challenger: Engine
    context: JobContext
    data_dir: Path
    _replay: Replay | None = field(default=None, init=False)

    @property
    def catalogue(self) -> Catalogue:
        """What is replayed."""
        return self.library.catalogue

    @property
    def bundle(self) -> str:
        """The challenger's name and version."""
        return label(self.challenger)

    def all(self) -> dict[str, Any]:
        """From where it stands to the report; returns the counts."""
        self.same_models()
        context, catalogue = self.context, self.catalogue
        context.plan(VERDICTS, lambda: (NewItem(name, {}) for name in _comparisons(catalogue)))
        asked = Identifications.of(catalogue)
        context.plan(IDENTIFICATIONS, lambda: (NewItem(name, {}) for name in asked.ids()))
        if context.store.item_counts(context.job.id, IDENTIFICATIONS)[ItemState.WAITING]:
            context.plan(EMBEDDING, self._unmeasured)
            self.work(EMBEDDING)
        self.work(VERDICTS)
        self.work(IDENTIFICATIONS)
        context.check()
        context.tell(REPORT, 0, 1, now=True)
        return self.report()

    def work(self, stage: str) -> None:
        """Every item of a stage that is not done, alone or as a helper."""
        chunk = AT_ONCE if stage == VERDICTS else 1
        self.context.work(stage, self.doing(stage), chunk=chunk)

    def help(self, stage: str) -> None:
        """Items of a stage of a job that another worker runs, with the same models as that one."""
        self.same_models()
        self.work(stage)

    def doing(self, stage: str) -> Callable[[JobItem], dict[str, Any]]:
        """What is done with an item of a stage."""
        if stage == EMBEDDING:
            return self._measured
        return self._verdicts if stage == VERDICTS else self._identification

    def _engines(self) -> dict[str, Engine]:
        return {"champion": self.library.engine, "challenger": self.challenger}

    def _unmeasured(self) -> Iterator[NewItem]:
        """Sightings, with the engines that lack something of them."""
        wanted: dict[str, list[str]] = {}
        for name, engine in self._engines().items():
            for sighting in lacking(engine, self.catalogue):
                wanted.setdefault(sighting, []).append(name)
        for sighting, names in sorted(wanted.items()):
            yield NewItem(sighting, {"engines": names})

    def _measured(self, item: JobItem) -> dict[str, Any]:
        engines = self._engines()
        rows = (
            measure_stored(engines[name], self.catalogue, item.name)
            for name in item.data["engines"]
        )
        return {"rows": sum(rows)}

    def same_models(self) -> None:
        """Refuse to go on with other models than those it was begun with."""
        now = {
            name: {k: engine.provenance()[k] for k in ("weights", "calibration", "code_version")}
            for name, engine in self._engines().items()
        }
        self.context.note(MODELS, lambda: [NewItem("models", now)])
        (begun,) = self.context.store.items(self.context.job.id, MODELS)
        differs = [name for name, value in begun.data.items() if value != now.get(name)]
        if differs:
            raise InputsChangedError(
                f"job {self.context.job.id} was begun with another {' and '.join(differs)}: its "
                "parts would not be alike. Bring it back, or begin anew (--fresh)"
            )

    def _verdicts(self, item: JobItem) -> dict[str, Any]:
        count, changes = self._replayed().comparison(item.name)
        return {"answers": count, "changes": [change_json(one) for one in changes]}

    def _identification(self, item: JobItem) -> dict[str, Any]:
        asked = Identifications.of(self.catalogue).load(item.name)
        if asked is None:
            raise NotFoundError(f"no identification {item.name!r} in the catalogue any more")
        known = self.catalogue.individuals_of([asked.sighting_id])
        change = self._replayed().identification(asked, known.get(asked.sighting_id))
        return {"answers": 1, "changes": [] if change is None else [change_json(change)]}

    def _replayed(self) -> Replay:
        if self._replay is None:
            library, engine = self.library, self.challenger
            tolerance = float(self.context.job.params["tolerance"])
            self._replay = Replay(
                library.engine, engine, library.catalogue, library.search, self._search(), tolerance
            )
        return self._replay

    def _search(self) -> CandidateSearch:
        """The challenger's index; the champion's where both measure alike."""
        mine, theirs = self.library.engine, self.challenger
        alike = mine.embedder.fingerprint == theirs.embedder.fingerprint
        if alike and mine.local.method == theirs.local.method:
            return self.library.search
        return CandidateSearch(
            self.library.catalogue,
            self.library.search.folder,
            fingerprint=theirs.embedder.fingerprint,
            dim=theirs.embedder.dim,
            method=theirs.local.method,
        )

    def report(self) -> dict[str, Any]:
        """Weigh what changed, hand it to the reviewers, write it down."""
        changes = ranked([weighed(one) for one in believing(self.catalogue, self._changes())])
        doubts = doubts_of(changes, self.bundle)
        Doubts.of(self.catalogue).put(self.bundle, doubts)
        counts = self._counts(changes) | {"for_review": len(doubts)}
        lost = list(self._lost())
        told = Report(
            self.context.job.id,
            self.bundle,
            label(self.library.engine),
            float(self.context.job.params["tolerance"]),
            counts,
            tuple(changes),
            tuple(lost),
        )
        folder = self.data_dir / JOBS_FOLDER / self.context.job.id
        files = write_report(told, folder, self._replayed())
        used = {name: engine.used()["sha256"] for name, engine in self._engines().items()}
        return {**counts, **used, "files": files}

    def _changes(self) -> list[Change]:
        return [
            read_change(told)
            for stage in (VERDICTS, IDENTIFICATIONS)
            for item in self.context.store.items(self.context.job.id, stage, ItemState.DONE)
            for told in (item.result or {})["changes"]
        ]

    def _counts(self, changes: list[Change]) -> dict[str, Any]:
        stages = (VERDICTS, IDENTIFICATIONS)
        answers = {
            stage: sum(
                (item.result or {})["answers"]
                for item in self.context.store.items(self.context.job.id, stage, ItemState.DONE)
            )
            for stage in stages
        }
        about = Counter(one.about for one in changes)
        return {
            "verdicts": answers[VERDICTS],
            "identifications": answers[IDENTIFICATIONS],
            "changed_verdicts": about[VERDICT],
            "changed_identifications": len(changes) - about[VERDICT],
            "contradict_people": sum(one.contradicts for one in changes),
            "touch_confirmed": sum(bool(one.touched) for one in changes),
            "not_replayed": sum(1 for _ in self._lost()),
        }

    def _lost(self) -> Iterator[tuple[str, str, str]]:
        for stage in (EMBEDDING, VERDICTS, IDENTIFICATIONS):
            for item in self.context.store.items(self.context.job.id, stage, ItemState.FAILED):
                yield stage, item.name, item.problem


def label(engine: Engine) -> str:
    """Name and version of an engine's bundle."""
    used = engine.used()
    return f"{used['name']} {used['version']}".strip()


def _comparisons(catalogue: Catalogue) -> Iterator[str]:
    skip = 0
    while page := catalogue.list_comparisons(limit=500, skip=skip):
        yield from (one.id for one in page)
        skip += len(page)
