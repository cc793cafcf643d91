"""Deployments with a start and an end: as told, else as far as their files show."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from reid.survey import Deployment, Survey
from reid.survey.moments import seconds_apart

SHOWN = "Start or end not told: taken from the first and last record."
Span = tuple[datetime, datetime]


def spanned(survey: Survey) -> tuple[dict[str, Deployment], tuple[str, ...]]:
    """Every deployment by id, and a note on those whose effort is not known.

    A span that is only seen is a lower bound of the effort; ``deploymentComments`` say so.
    """
    seen = _seen(survey)
    found: dict[str, Deployment] = {}
    guessed = []
    for one in survey.deployments():
        if one.start is None or one.end is None:
            guessed.append(one.id)
            one = _filled(one, seen.get(one.id))
        found[one.id] = one
    if not guessed:
        return found, ()
    few = ", ".join(guessed[:3])
    return found, (
        f"{len(guessed)} deployments have no start or end ({few}): their first and last record "
        "stand for it, so their effort is too small",
    )


def _filled(one: Deployment, span: Span | None) -> Deployment:
    if span is None:
        return one
    comments = one.extra.get("deploymentComments", "")
    told = comments if SHOWN in comments else f"{comments} {SHOWN}".strip()
    extra = {**one.extra, "deploymentComments": told}
    return replace(one, start=one.start or span[0], end=one.end or span[1], extra=extra)


def _seen(survey: Survey) -> dict[str, Span]:
    found: dict[str, Span] = {}

    def note(deployment: str, at: datetime | None) -> None:
        if at is None:
            return
        first, last = found.get(deployment, (at, at))
        found[deployment] = (
            at if seconds_apart(at, first) > 0 else first,
            at if seconds_apart(last, at) > 0 else last,
        )

    for media in survey.media():
        note(media.deployment, media.at)
    for one in survey.observations():
        note(one.deployment, one.start)
        note(one.deployment, one.end)
    return found
