"""Stations and the sightings of each animal on a map: GeoJSON (RFC 7946) and KML 2.2."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from reid.exporters.contract import Writing, Written
from reid.exporters.passages import passages
from reid.exporters.snapshot import GENERALISED
from reid.exporters.tables import write_text
from reid.exporters.tracks import Point, Spans, disputed_spans, line_of, ordered
from reid.survey import Survey

KML = "http://www.opengis.net/kml/2.2"


class GeoJsonMap:
    """``sightings.geojson``: a point a sighting, with who and when, and each animal's way."""

    def write(self, survey: Survey, target: Path, writing: Writing) -> Written:
        """As `Exporter.write`."""
        tracks, lost = tracks_of(survey, writing.species)
        features = [*_features(tracks), *_ways(tracks, disputed_spans(survey))]
        told: dict[str, Any] = {"type": "FeatureCollection", "features": features}
        words = survey.meta(GENERALISED)
        told |= {"dataGeneralizations": words} if words else {}
        text = json.dumps(told, indent=1, ensure_ascii=False)
        return Written((write_text(target / "sightings.geojson", text + "\n"),), _told(lost))


class KmlMap:
    """``sightings.kml``: a folder for each animal, points in time and its way."""

    def write(self, survey: Survey, target: Path, writing: Writing) -> Written:
        """As `Exporter.write`."""
        tracks, lost = tracks_of(survey, writing.species)
        root = Xml.Element("kml", {"xmlns": KML})
        document = Xml.SubElement(root, "Document")
        _named(document, "name", writing.title)
        _named(document, "description", survey.meta(GENERALISED) or "")
        spans = disputed_spans(survey)
        for who, points in tracks.items():
            folder = Xml.SubElement(document, "Folder")
            _named(folder, "name", who or "not identified")
            for point in points:
                _placemark(folder, point)
            if who:
                _way(folder, points, spans)
        Xml.indent(root)
        text = Xml.tostring(root, encoding="unicode")
        declared = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'
        return Written((write_text(target / "sightings.kml", declared),), _told(lost))


def tracks_of(survey: Survey, species: Sequence[str]) -> tuple[dict[str, list[Point]], int]:
    """The sightings of each animal in order of time ("": of nobody known), and how many
    observations have no time, or no position that may be shown.
    """
    placed = {one.id: one for one in survey.deployments() if one.latitude is not None}
    captures, lost = passages(survey, species, placed)
    where = {one.station: (one.longitude or 0.0, one.latitude or 0.0) for one in placed.values()}
    tracks: dict[str, list[Point]] = {}
    for one in captures:
        point = one.at, *where[one.station], one.station, one.sighting, one.note
        tracks.setdefault(one.individual, []).append(point)
    return tracks, lost


def _told(lost: int) -> tuple[str, ...]:
    if not lost:
        return ()
    return (
        f"{lost} observations are on no map: they have no time, or no position that may be shown",
    )


def _features(tracks: Mapping[str, Sequence[Point]]) -> Iterator[dict[str, Any]]:
    for who, points in tracks.items():
        for at, east, north, station, event, note in points:
            yield {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [east, north]},
                "properties": {
                    "individualID": who or None,
                    "eventID": event,
                    "locationID": station,
                    "time": at.isoformat(),
                    "timeNote": note or None,
                },
            }


def _ways(tracks: Mapping[str, Sequence[Point]], spans: Spans) -> Iterator[dict[str, Any]]:
    """A line for each animal that moved; sightings whose order is disputed are on none."""
    for who, points in tracks.items():
        sure, unsure = ordered(points, spans)
        line = line_of(sure) if who else []
        if line:
            yield {
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": [list(at) for at in line]},
                "properties": {
                    "individualID": who,
                    "events": [one[4] for one in sure],
                    "orderDisputed": [one[4] for one in unsure],
                    "from": sure[0][0].isoformat(),
                    "to": sure[-1][0].isoformat(),
                },
            }


def _way(folder: Xml.Element, points: Sequence[Point], spans: Spans) -> None:
    sure, unsure = ordered(points, spans)
    line = line_of(sure)
    if not line:
        return
    mark = Xml.SubElement(folder, "Placemark")
    _named(mark, "name", f"way, {sure[0][0]:%Y-%m-%d} to {sure[-1][0]:%Y-%m-%d}")
    left_out = ", ".join(one[4] for one in unsure)
    said = f" Not on it, for their order is disputed: {left_out}." if left_out else ""
    _named(mark, "description", f"In order of time, straight from sighting to sighting.{said}")
    style = Xml.SubElement(Xml.SubElement(mark, "Style"), "LineStyle")
    _named(style, "color", "ff124b8a")
    _named(style, "width", "2")
    drawn = Xml.SubElement(mark, "LineString")
    _named(drawn, "tessellate", "1")
    _named(drawn, "coordinates", " ".join(f"{east},{north}" for east, north in line))


def _placemark(folder: Xml.Element, point: Point) -> None:
    at, east, north, station, event, note = point
    mark = Xml.SubElement(folder, "Placemark")
    _named(mark, "name", f"{station}, {at:%Y-%m-%d %H:%M}")
    _named(mark, "description", f"{event}; {note}" if note else event)
    _named(Xml.SubElement(mark, "TimeStamp"), "when", at.isoformat())
    _named(Xml.SubElement(mark, "Point"), "coordinates", f"{east},{north}")


def _named(parent: Xml.Element, tag: str, text: str) -> None:
    """An element with a text without what XML cannot hold."""
    Xml.SubElement(parent, tag).text = "".join(c for c in text if c >= " " or c in "\t\n")
