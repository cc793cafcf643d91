"""What must be so after everything was killed: the client's ledger against what is stored."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reid.catalogue import Catalogue
from reid.catalogue.audit import AuditLog
from reid.catalogue.jobs import ItemState, JobState, JobStore
from reid.errors import ConflictError, ReidError
from reid.pipeline.search import CandidateSearch
from reid.review import Answer
from training.soak.ledger import Ledger

MOST_SEARCHED = 60
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Check:
    """One promise: how much of it was looked at, and what did not hold."""

    name: str
    looked_at: int
    wrong: tuple[str, ...] = ()


def check_all(catalogue: Catalogue, ledger: Ledger, commits: Path) -> list[Check]:
    """Every promise; nothing may be at work on the catalogue."""
    found = [
        _uploads(catalogue, ledger),
        _files(catalogue),
        _decisions(catalogue, ledger),
        _answers(catalogue, ledger),
        _projection(catalogue),
        _audit(catalogue, ledger),
        _jobs(catalogue, ledger),
        _once(commits),
    ]
    return [*found, _index(catalogue)]


def _uploads(catalogue: Catalogue, ledger: Ledger) -> Check:
    """Every acknowledged upload is there with every byte, measured or rejected."""

    def wrong() -> Iterator[str]:
        for sent in ledger.uploads.values():
            try:
                stored = catalogue.load_sighting(sent.id)
            except ReidError as error:
                yield str(error)
                continue
            files = {m.file_name: hashlib.sha256(m.content).hexdigest() for m in stored.media}
            if files != sent.files:
                yield f"{sent.id}: other files"
            if not catalogue.load_prepared(sent.id):
                yield f"{sent.id}: nothing measured"

    return _check("acknowledged uploads whole", len(ledger.uploads), wrong)


def _files(catalogue: Catalogue) -> Check:
    """Every file in place holds what its name says."""
    placed = list(catalogue.media.placed_files())

    def wrong() -> Iterator[str]:
        for sha256 in placed:
            content = catalogue.media.path(sha256).read_bytes()
            if hashlib.sha256(content).hexdigest() != sha256:
                yield f"{sha256} holds something else"

    return _check("media files whole", len(placed), wrong)


def _decisions(catalogue: Catalogue, ledger: Ledger) -> Check:
    """Acknowledged decisions are there once under their number; unsure ones at most once."""
    found: dict[str, list[int]] = {}
    after = 0
    while page := catalogue.events(after=after, limit=PAGE):
        for event in page:
            found.setdefault(event.said.why, []).append(event.number)
        after = page[-1].number

    def wrong() -> Iterator[str]:
        for word, number in ledger.decided.items():
            if found.get(word) != [number]:
                yield f"decision {number}: found {found.get(word)}"
        for word in ledger.unsure:
            if len(found.get(word, [])) > 1:
                yield f"a decision whose answer was lost is there as {found[word]}"
        known = ledger.decided.keys() | ledger.unsure | {""}
        for word in found.keys() - known:
            yield f"events {found[word]} were refused or never asked for"

    return _check("acknowledged decisions", len(ledger.decided), wrong)


def _answers(catalogue: Catalogue, ledger: Ledger) -> Check:
    """Acknowledged readings are there: another answer to the same question is refused."""

    def wrong() -> Iterator[str]:
        for item, said in ledger.answers.items():
            other = next(answer for answer in Answer if answer.value != said)
            by = catalogue.review_item(item).reviewer
            try:
                catalogue.answer_item(item, other, by=by)
            except ConflictError as error:
                if f"({said})" not in str(error):
                    yield f"item {item}: {error}"
            else:
                yield f"item {item}: the answer was lost"

    return _check("acknowledged review answers", len(ledger.answers), wrong)


def _projection(catalogue: Catalogue) -> Check:
    """What is believed is what follows from the history."""
    return Check(
        "identities equal to history", catalogue.last_event(), catalogue.check_identities()
    )


def _audit(catalogue: Catalogue, ledger: Ledger) -> Check:
    """Everything acknowledged stands in the audit log, once."""
    log, after = AuditLog.of(catalogue), 0
    seen: Counter[str] = Counter()
    while page := log.entries(after=after, limit=PAGE):
        seen.update(entry.request_id for entry in page)
        after = page[-1].number
    missing = tuple(r for r in ledger.requests if seen[r] != 1)
    return Check("audit entries", len(ledger.requests), missing)


def _jobs(catalogue: Catalogue, ledger: Ledger) -> Check:
    """Every acknowledged job came to its end with every part done."""
    store = JobStore.of(catalogue)

    def wrong() -> Iterator[str]:
        for name in ledger.jobs:
            job = store.job(name)
            if job.state is not JobState.DONE:
                yield f"job {name} is {job.state}: {job.problem}"
            for stage, counts in store.stages(name).items():
                left = {s.value: n for s, n in counts.items() if n and s is not ItemState.DONE}
                if left:
                    yield f"job {name}, {stage}: {left}"

    return _check("acknowledged jobs done", len(ledger.jobs), wrong)


def _once(commits: Path) -> Check:
    """No part of a job was committed twice."""
    lines = commits.read_text().splitlines() if commits.exists() else []
    counted = Counter(tuple(json.loads(line)) for line in lines)
    twice = tuple(f"{item} {n} times" for item, n in counted.items() if n > 1)
    return Check("job items committed once", len(counted), twice)


def _index(catalogue: Catalogue) -> Check:
    """The index that the killed processes left answers as one made anew from the catalogue."""
    (fingerprint,) = catalogue.fingerprints()
    names = [one.id for one in catalogue.sightings(limit=10_000)]
    asked = names[:: max(1, len(names) // MOST_SEARCHED)]
    some = catalogue.load_prepared(names[0])[0]
    facts: dict[str, Any] = {
        "fingerprint": fingerprint,
        "dim": len(some.embedding.vector),
        "method": some.features.method,
    }

    def wrong() -> Iterator[str]:
        with tempfile.TemporaryDirectory() as empty:
            left = CandidateSearch(catalogue, catalogue.data_dir / "index", **facts)
            anew = CandidateSearch(catalogue, Path(empty), **facts)
            if left.state().word != "current" or left.state().indexed != anew.state().indexed:
                yield f"left {left.state()}, anew {anew.state()}"
            for name in asked:
                queries = catalogue.load_prepared(name)
                others = [n for n in names if n != name]
                if left.propose(queries, others, 10) != anew.propose(queries, others, 10):
                    yield f"{name}: other candidates"

    return _check("searches equal to those of a new index", len(asked), wrong)


def _check(name: str, looked_at: int, wrong: Callable[[], Iterator[str]]) -> Check:
    return Check(name, looked_at, tuple(wrong()))
