"""Jobs as tables and as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.table import Table

from reid.cli.console import plain_table, table_of, words
from reid.cli.watching import line_of

if TYPE_CHECKING:
    from rich.text import Text

    from reid.catalogue.jobs import Job

ALL_KINDS = "start `reid worker` where all of leopard-reid is installed"


def job_json(job: Job) -> dict[str, Any]:
    """A job as plain values; the same as over HTTP."""
    from reid.jobs.progress import pace

    found = pace(job, datetime.now(UTC))
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state.value,
        "cancel_requested": job.cancel,
        "by": job.by,
        "stage": job.stage,
        "done": job.done,
        "total": job.total,
        "per_s": found.per_s,
        "left_s": found.left_s,
        "attempts": job.attempts + job.deaths,
        "problem": job.problem,
        "result": job.result,
        "created_at": job.created_at.isoformat(),
        "started_at": job.started_at.isoformat() if job.started_at else None,
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
    }


def jobs_table(jobs: list[Job]) -> Table:
    """A row for each job."""
    table = table_of("Job", "Kind", "State", "How far", "Asked", "By")
    for job in jobs:
        asked = f"{job.created_at:%Y-%m-%d %H:%M}"
        row = (job.id, job.kind, state_words(job), line_of(job) if job.stage else "", asked, job.by)
        table.add_row(*map(words, row))
    return table


def job_lines(job: Job, stages: dict[str, dict[str, int]], workers: int, takers: int) -> list[Text]:
    """All of one job."""
    rows: dict[str, object] = {
        "Job": job.id,
        "Kind": job.kind,
        "State": state_words(job),
        "How far": line_of(job),
        "Problem": job.problem or "none",
        "Asked": f"{job.created_at:%Y-%m-%d %H:%M} {job.by}".strip(),
    }
    for stage, counts in stages.items():
        rows[f"  {stage}"] = ", ".join(f"{n:,} {state}" for state, n in counts.items() if n)
    if job.state == "queued" and not workers:
        rows["Note"] = "no worker is running; start one with `reid worker`"
    elif job.state == "queued" and not takers:
        rows["Note"] = f"no worker takes jobs of the kind {job.kind}: {ALL_KINDS}"
    return plain_table(rows)


def state_words(job: Job) -> str:
    """The state; that it is to be cancelled; that it waits for another try."""
    if job.cancel and not job.ended:
        return f"{job.state.value}, to be cancelled"
    if job.state == "queued" and job.problem:
        return "queued, to be tried again"
    return job.state.value


def summary_table(job: Job) -> Table:
    """The result of a batch in numbers."""
    table = table_of("What", "How many")
    result = job.result
    rows = {f"files {state}": count for state, count in result["media"].items() if count}
    rows["sightings"] = result["sightings"]
    rows["sightings with a leopard"] = result["with_leopard"]
    rows["proposals of several sightings"] = result["proposals_of_several"]
    rows |= {f"answer: {kind}": count for kind, count in result["answers"].items()}
    for what, count in rows.items():
        table.add_row(words(what), words(f"{count:,}"))
    return table
