"""``reid review proposals``: what a job proposed, one after another, for a person to decide."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reid.cli import options
from reid.cli.console import say, show
from reid.cli.deciding import By, Why, said
from reid.cli.engines import open_catalogue, read_settings
from reid.cli.group import sure_words
from reid.errors import ConflictError, InputError, ReidError

if TYPE_CHECKING:
    from reid.catalogue import Catalogue
    from reid.catalogue.jobs import Job, JobStore
    from reid.identities import Decision, Subject

ANSWERS = "same [NAME], the numbers of those that are one, {}skip or quit"
KNOWN = "same (is {}), new [NAME], the numbers of those that are {}, skip or quit"
ONCE = "new [NAME], skip or quit"


@dataclass(frozen=True, slots=True)
class Question:
    """A proposal as it is asked: ``members`` are those without a name, ``known`` who the others
    are, or who the catalogue search took them for; "" nobody known.
    """

    label: str
    members: tuple[str, ...]
    known: str
    told: Mapping[str, Any]

    @property
    def answers(self) -> str:
        """What may be said."""
        if self.known:
            return KNOWN.format(self.known, self.known)
        if len(self.members) == 1:
            return ONCE
        return ANSWERS.format("different, " if len(self.members) == 2 else "")


def proposals(
    by: By,
    job_id: Annotated[
        str, typer.Argument(metavar="[JOB]", help="Of `reid jobs list`; without: the last one.")
    ] = "",
    several: Annotated[
        bool, typer.Option("--several", help="Leave out sightings that stand alone.")
    ] = False,
    why: Why = "",
    data_dir: options.DataDir = None,
) -> None:
    """Ask about every proposal of a job: is this one animal? Only what you answer is decided.

    Answers are read line by line; the end of them, or "quit", leaves the rest undecided.
    """
    from reid.catalogue.jobs import JobStore

    with open_catalogue(data_dir) as catalogue:
        store = JobStore.of(catalogue)
        job = _job(store, job_id)
        questions = _questions(catalogue, store, job, several=several)
        report = read_settings(data_dir).data_dir / "jobs" / job.id / "report.html"
        show(f"{len(questions)} proposals are open. Their pictures: {report}")
        decided = 0
        for number, one in enumerate(questions, start=1):
            show("", f"{number} of {len(questions)}: {one.label}", *_lines(catalogue, one))
            done = _ask(catalogue, one, _Around(job.id, by, why))
            if done is None:
                show(f"Stopped; {len(questions) - number + 1} are undecided.")
                break
            decided += done
    show(f"{decided} decided by {by}. `reid individuals list` shows who is known now.")


@dataclass(frozen=True, slots=True)
class _Around:
    """What is kept with each decision."""

    job: str
    by: str
    why: str


def _job(store: JobStore, job_id: str) -> Job:
    from reid.batch import BATCH, GROUP

    if job_id:
        job = store.job(job_id)
        if job.kind not in (BATCH, GROUP) or job.state != "done":
            raise InputError(f"job {job.id}: expected one that grouped sightings and is done")
        return job
    for job in store.jobs(limit=1000):
        if job.kind in (BATCH, GROUP) and job.state == "done":
            return job
    raise InputError("no proposals yet; `reid jobs group` makes some")


def _questions(catalogue: Catalogue, store: JobStore, job: Job, *, several: bool) -> list[Question]:
    """What is undecided of the proposals: larger ones first, those seen once last."""
    found = []
    for item in store.items(job.id, "groups"):
        told = item.data
        names = catalogue.individuals_of(told["members"])
        members = tuple(name for name in told["members"] if name not in names)
        known = sorted(set(names.values()))
        if len(known) > 1:
            say(f"{told['label']}: its sightings are {' and '.join(known)}; see "
                f"`reid identities merge {known[0]} {known[1]}`")  # fmt: skip
        elif members and not (several and len(told["members"]) == 1):
            who = known[0] if known else told["individual"] or ""
            found.append(Question(told["label"], members, who, told))
    return sorted(found, key=lambda one: (-len(one.told["members"]), one.label))


def _lines(catalogue: Catalogue, one: Question) -> list[str]:
    """Which sightings, when, where, and what the machine makes of it."""
    lines = []
    for number, name in enumerate(one.members, start=1):
        record = catalogue.sighting(name)
        at = f"{record.times[0].at:%Y-%m-%d %H:%M}" if record.times else "no time"
        files = "1 file" if len(record.file_names) == 1 else f"{len(record.file_names)} files"
        lines.append(f"  {number}  {name}: {record.station or 'no station'}, {at}, {files}")
    if one.known:
        others = len(one.members) < len(one.told["members"])
        lines.append(f"  {'the others are' if others else 'taken for'} {one.known}")
    if len(one.told["members"]) > 1:
        lines.append(f"  that all are one animal: {sure_words(dict(one.told))}")
    for a, b in one.told["conflict"][:3]:
        lines.append(f"  evidence against it: {a} and {b}")
    perhaps = ", ".join(name for name, _ in one.told["perhaps"][:3])
    return [*lines, f"  perhaps also: {perhaps}"] if perhaps else lines


def _ask(catalogue: Catalogue, one: Question, around: _Around) -> int | None:
    """How many decisions came of it; None: no further question is wanted."""
    from reid.identities import subjects

    seen = catalogue.versions([subjects.sighting(name) for name in one.members])
    while True:
        print(f"{one.answers}: ", end="", flush=True)
        line = sys.stdin.readline()
        if not line or line.strip() in ("quit", "q"):
            return None
        if line.strip() in ("skip", "s"):
            return 0
        try:
            return _decided(catalogue, decisions_of(line, one), one, around, seen)
        except ConflictError as error:
            say(f"{error}; of somebody known it is `reid identities confirm SIGHTING NAME`")
        except ReidError as error:
            say(str(error))


def decisions_of(line: str, one: Question) -> list[Decision]:
    """What an answer decides.

    Raises:
        InputError: it is none.
    """
    from reid.identities import Confirm, NewIndividual, Reject

    word, _, rest = line.strip().partition(" ")
    name = rest.strip() or None
    numbers = line.replace(",", " ").split()
    if word == "different" and not name and "different" in one.answers:
        return [Reject(*one.members)]
    if word == "new" and word in one.answers:
        return [NewIndividual(one.members, name)]
    members = one.members
    if numbers and all(n.isdecimal() for n in numbers):
        members, name = _chosen(numbers, members), None
    elif word != "same" or word not in one.answers or (one.known and name not in (None, one.known)):
        raise InputError(f"expected {one.answers}; found {line.strip()!r}")
    if one.known:
        return [Confirm(member, one.known) for member in members]
    return [NewIndividual(members, name)]


def _chosen(numbers: Sequence[str], members: Sequence[str]) -> tuple[str, ...]:
    places = sorted({int(number) for number in numbers})
    if not 1 <= places[0] <= places[-1] <= len(members):
        raise InputError(f"expected numbers from 1 to {len(members)}, found {' '.join(numbers)}")
    return tuple(members[place - 1] for place in places)


def _decided(
    catalogue: Catalogue,
    decisions: Sequence[Decision],
    one: Question,
    around: _Around,
    seen: Mapping[Subject, int],
) -> int:
    from dataclasses import replace

    from reid.cli.deciding import tell
    from reid.identities import Confirm, subjects

    told = said(around.by, around.why or f"looked at {one.label!r} of job {around.job}")
    shown = {
        "job": around.job,
        "proposal": one.label,
        "members": list(one.told["members"]),
        "probability": one.told["probability"],
        "taken for": one.known,
    }
    told = replace(told, shown=shown)
    for decision in decisions:
        own = seen
        if isinstance(decision, Confirm):  # the others' versions move with each of them
            own = {k: v for k, v in seen.items() if k == subjects.sighting(decision.sighting)}
        tell(catalogue.decide(decision, replace(told, seen=own)), as_json=False)
    return len(decisions)
