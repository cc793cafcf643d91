"""The real record, read from datasets/ustyurt-2018: nothing is added to it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[2] / "datasets" / "ustyurt-2018"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of its tables."""
    with (ROOT / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def distance_km() -> float:
    """Kilometres between the two sites, as the note says."""
    package = json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))
    return float(package["reid:distances"][0]["km"])


def facts() -> Iterator[str]:
    """The record as a table's lines: sighting, every date a source gives, place, what is said."""
    places = {row["deploymentID"]: row["locationName"] for row in rows("deployments")}
    comments = {row["deploymentID"]: row["deploymentComments"] for row in rows("deployments")}
    yield "| sighting | when (local; source) | where | of the observation | of the deployment |"
    yield "|---|---|---|---|---|"
    for row in rows("observations"):
        times = [t for t in rows("candidate-times") if t["eventID"] == row["eventID"]]
        when = "; ".join(f"{t['eventStart']} ({t['source']})" for t in times)
        where = row["deploymentID"]
        told = f"{row['observationComments']} | {comments[where]}"
        yield f"| {row['eventID']} | {when} | {places[where]} | {told} |"


def journeys() -> Iterator[str]:
    """November to December under each date that a source gives for November."""
    times = rows("candidate-times")
    last = next(t for t in times if t["eventID"] == "december")
    for one in (t for t in times if t["eventID"] == "november"):
        day = date.fromisoformat(one["eventStart"][:10])
        days = (date.fromisoformat(last["eventStart"][:10]) - day).days
        speed = f"{distance_km() / days:.2f} km a day"
        yield f"- {day} ({one['source']}): {days} days, {distance_km()} km, {speed}"
