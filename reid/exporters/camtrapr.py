"""The tables that the R package camtrapR works with."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path, PurePosixPath

from reid.errors import ConfigError
from reid.exporters.clock_notes import time_note
from reid.exporters.contract import Writing, Written
from reid.exporters.effort import usage_by_station
from reid.exporters.histories import sessions_of
from reid.exporters.metres import projected
from reid.exporters.seasons import ALL, Span
from reid.exporters.spans import spanned
from reid.exporters.tables import write_rows
from reid.importers.plan import wanted
from reid.survey import Deployment, Survey

RECORDS = (
    *("Station", "Camera", "Species", "Individual", "DateTimeOriginal", "Date", "Time"),
    *("Directory", "FileName", "Session", "Flank", "EventID", "TimeNote"),
)
CAMERAS = ("Station", "Camera", "Session", "latitude", "longitude", "utm_x", "utm_y")
DATES = ("Setup_date", "Retrieval_date")
Row = dict[str, object]


class CamtrapRTables:
    """``records.csv`` as recordTableIndividual gives it, ``cameras.csv`` for cameraOperation.

    A camera of a station is one row a session; times between its deployments are its problems.
    ``operation.csv``: what cameraOperation makes of it by station, in days a day.
    """

    def write(self, survey: Survey, target: Path, writing: Writing) -> Written:
        """As `Exporter.write`."""
        spans, notes = spanned(survey)
        out = [one for one in spans.values() if one.start and one.end]
        sessions = sessions_of(out, (), writing) if out else []
        rows = _records(survey, spans, writing, sessions)
        records = write_rows(target / "records.csv", RECORDS, rows)
        cameras, crs = _cameras(out, sessions, writing.crs)
        gaps = max((len(row) for row in cameras), default=0) - len(CAMERAS) - len(DATES)
        problems = [f"Problem{n}_{end}" for n in range(1, gaps // 2 + 1) for end in ("from", "to")]
        told = write_rows(target / "cameras.csv", (*CAMERAS, *DATES, *problems), cameras)
        files = (records, told, *_operation(target, out, sessions))
        return Written(files, (*notes, crs))


def _records(
    survey: Survey, spans: Mapping[str, Deployment], writing: Writing, sessions: Sequence[Span]
) -> Iterator[dict[str, str]]:
    """One row a passage of an animal by a camera: the first observation of its event there."""
    seen: set[tuple[str, str, str]] = set()
    for one in survey.by_event():
        media = survey.medium(one.media) if one.media else None
        at = one.start or (media.at if media else None)
        place = spans.get(one.deployment)
        key = one.event or one.media or one.id, one.individual, one.deployment
        if not wanted(one, writing.species) or at is None or place is None or key in seen:
            continue
        seen.add(key)
        path = PurePosixPath(media.path.replace("\\", "/")) if media else PurePosixPath()
        yield {
            "Station": place.station,
            "Camera": place.camera or place.id,
            "Species": one.species or writing.species[0],
            "Individual": one.individual or "unidentified",
            "DateTimeOriginal": f"{at:%Y-%m-%d %H:%M:%S}",
            "Date": f"{at:%Y-%m-%d}",
            "Time": f"{at:%H:%M:%S}",
            "Directory": str(path.parent) if media else "",
            "FileName": path.name,
            "Session": next((s.name for s in sessions if s.holds(at.date())), ""),
            "Flank": one.flank,
            "EventID": one.event,
            "TimeNote": time_note(one),
        }


def _cameras(
    out: Sequence[Deployment], sessions: Iterable[Span], crs: str
) -> tuple[list[Row], str]:
    """A row a camera and session, and which metres they are in."""
    metres, told = _metres(out, crs)
    groups: dict[tuple[str, str], list[Deployment]] = {}
    for one in out:
        groups.setdefault((one.station, one.camera or one.id), []).append(one)
    rows: list[Row] = []
    for (station, camera), group in sorted(groups.items()):
        x, y = metres.get(station, (None, None))
        for session in sessions:
            times = _days_out(group, session)
            if times:
                rows.append(
                    {
                        "Station": station,
                        "Camera": camera,
                        "Session": session.name,
                        "latitude": group[0].latitude,
                        "longitude": group[0].longitude,
                        "utm_x": None if x is None else f"{x:.1f}",
                        "utm_y": None if y is None else f"{y:.1f}",
                        **_dates(times),
                    }
                )
    return rows, told


def _metres(out: Sequence[Deployment], crs: str) -> tuple[dict[str, tuple[float, float]], str]:
    places = {one.station: (one.latitude, one.longitude or 0.0) for one in reversed(out)}
    known = {name: (lat, lon) for name, (lat, lon) in places.items() if lat is not None}
    if not known:
        return {}, "positions are not known or not to be shown: utm_x and utm_y are empty"
    try:
        found, code = projected(known, crs)
    except ConfigError as error:
        return {}, f"utm_x and utm_y are empty: {error}"
    return found, f"utm_x and utm_y are in metres of {code}"


def _days_out(group: Iterable[Deployment], session: Span) -> list[tuple[date, date]]:
    """From day to day, in the session; deployments that touch or overlap are one time."""
    found: list[tuple[date, date]] = []
    spans = sorted((o.start.date(), o.end.date()) for o in group if o.start and o.end)
    for first, last in spans:
        start, end = max(first, session.first), min(last, session.last)
        if start > end:
            continue
        if found and start <= found[-1][1] + timedelta(days=1):
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _dates(times: Sequence[tuple[date, date]]) -> Row:
    """Set up, fetched, and the days between in which it was not out."""
    told: Row = {"Setup_date": times[0][0].isoformat(), "Retrieval_date": times[-1][1].isoformat()}
    for number, (before, after) in enumerate(itertools.pairwise(times), start=1):
        told[f"Problem{number}_from"] = (before[1] + timedelta(days=1)).isoformat()
        told[f"Problem{number}_to"] = (after[0] - timedelta(days=1)).isoformat()
    return told


def _operation(target: Path, out: Sequence[Deployment], sessions: Sequence[Span]) -> Iterator[Path]:
    """Stations by days: the share of the day with a camera out, empty before and after."""
    for session in sessions:
        days = [
            date.fromordinal(n)
            for n in range(session.first.toordinal(), session.last.toordinal() + 1)
        ]
        rows: list[Row] = []
        for station, effort in usage_by_station(out, session).items():
            used = [k for k, share in enumerate(effort) if share]
            row: Row = {"Station": station}
            for k in range(used[0], used[-1] + 1) if used else ():
                row[days[k].isoformat()] = f"{effort[k]:g}"
            rows += [row] if used else []
        name = "operation.csv" if session.name == ALL else f"operation-{session.name}.csv"
        yield write_rows(target / name, ("Station", *map(date.isoformat, days)), rows)
