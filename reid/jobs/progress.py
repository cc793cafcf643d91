"""How fast a job goes and when it will be through. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reid.catalogue.jobs import Job, JobState


@dataclass(frozen=True, slots=True)
class Pace:
    """Items a second in this stage, and seconds left of it; None while nobody can tell."""

    per_s: float | None
    left_s: float | None


def pace(job: Job, now: datetime) -> Pace:
    """The pace of the stage since it last began; what was done before does not count."""
    if job.state is not JobState.RUNNING or job.stage_started_at is None:
        return Pace(None, None)
    seconds = (now - job.stage_started_at).total_seconds()
    new = job.done - job.stage_base
    if seconds <= 0 or new <= 0:
        return Pace(None, None)
    per_s = new / seconds
    return Pace(per_s, max(0, job.total - job.done) / per_s)


def duration(seconds: float) -> str:
    """Seconds in words that a glance takes in: "45 s", "12 min", "3 h 20 min", "2 d 4 h"."""
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 36:
        return f"{hours} h {minutes:02} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h"
