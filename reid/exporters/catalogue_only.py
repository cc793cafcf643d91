"""Sightings that only the catalogue knows, as deployments, media and observations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from reid.catalogue import Catalogue
from reid.catalogue.clock_book import ClockBook
from reid.catalogue.gallery import Frame, Gallery
from reid.catalogue.licences import Licences, Licensed
from reid.catalogue.records import Identification, SightingRecord
from reid.catalogue.sighting_pages import SightingPages
from reid.clocks import Ledger
from reid.exporters.clock_notes import (
    ISSUES,
    corrected_note,
    deployment_told,
    exif_of,
    joined,
    times_note,
)
from reid.exporters.places import Exactness, placed
from reid.survey import Deployment, Media, Observation, Survey
from reid.survey.moments import order_of, seconds_apart, wall
from reid.survey.records import RelativeBox
from reid.types import CandidateTime, Flank

SPECIES = "Panthera pardus"
NO_STATION = "no-station"
_TYPES = {"jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def add_sighting(
    catalogue: Catalogue,
    survey: Survey,
    records: Sequence[SightingRecord],
    exactness: Exactness,
    names: Mapping[str, str],
    said: Mapping[str, Identification],
) -> None:
    """One event-level observation each, and one of every animal that was found in a picture."""
    ids = [record.id for record in records]
    frames = Gallery.of(catalogue).frames(ids)
    times = {card.record.id: card.times for card in SightingPages.of(catalogue).cards(ids)}
    ledger, licensed = ClockBook.of(catalogue).ledger(), Licences.of(catalogue).told(ids)
    for record in records:
        own = frames.get(record.id, [])
        when = times.get(record.id, ())
        deployment = _deployment(record, ledger, disputed=len(when) > 1)
        survey.add(placed(deployment, exactness), replace=len(when) > 1)
        who = names.get(record.id, "")
        comments = joined(_said(when), times_note(when, ledger))
        event = _event(record, deployment.id, when, own, who, said.get(record.id))
        licence = licensed.get(record.id, Licensed())
        survey.add(replace(event, comments=comments, licence=licence.data))
        survey.link(record.id, record.id)
        for sha256, media in _media(record, deployment.id, own, when):
            survey.add(replace(media, licence=licence.media.get(sha256, "")))
        for frame in own:
            one = replace(_framed(frame, deployment.id, when, who), licence=licence.data)
            survey.add(one)
            survey.link(one.id, record.id)


def _deployment(record: SightingRecord, ledger: Ledger, *, disputed: bool) -> Deployment:
    """Stations are all that the catalogue knows: cameras of one are one deployment here."""
    latitude, longitude = record.position or (None, None)
    station = record.station or NO_STATION
    extra = {ISSUES: "true"} if disputed else {}
    one = Deployment(f"catalogue/{station}", station, "", latitude, longitude, extra=extra)
    return deployment_told(one, ledger, None)


def _event(
    record: SightingRecord,
    deployment: str,
    when: Sequence[CandidateTime],
    frames: Sequence[Frame],
    who: str,
    said: Identification | None,
) -> Observation:
    start, end = _span(when, frames)
    others = tuple(f"disputedTime:{time.at.isoformat()}" for time in when[1:])
    flanks = {frame.flank for frame in frames} & {Flank.LEFT, Flank.RIGHT}
    tags = tuple(f"flank:{flank.value}" for flank in sorted(flanks)) if len(flanks) > 1 else ()
    return Observation(
        record.id,
        deployment,
        event=record.id,
        start=start,
        end=end,
        level="event",
        species=SPECIES,
        individual=who,
        flank=next(iter(flanks)).value if len(flanks) == 1 else "",
        method="human" if said else "",
        by=said.by if said else "",
        at=said.at.replace(microsecond=0) if said else None,
        tags=(*tags, *others),
    )


def _span(
    when: Sequence[CandidateTime], frames: Sequence[Frame]
) -> tuple[datetime | None, datetime | None]:
    """From the first of the times given; its end as far as the pictures' clocks tell."""
    if not when:
        return None, None
    start = when[0].at
    clocks = [f.captured_at for f in frames if f.captured_at]
    later = [at for at in clocks if 0 <= seconds_apart(start, at) < 3600]
    if start.tzinfo is None:
        later = [wall(at) for at in later]
    return start, max(later, key=order_of(later), default=start)


def _said(when: Sequence[CandidateTime]) -> str:
    if len(when) < 2:
        return ""
    told = "; ".join(f"{time.at.isoformat()} ({time.source})" for time in when)
    return f"Time disputed: {told}"


def _media(
    record: SightingRecord, deployment: str, frames: Sequence[Frame], when: Sequence[CandidateTime]
) -> list[tuple[str, Media]]:
    """Its files by their sha256."""
    known = {frame.media_sha256: frame for frame in frames}
    clocks = {sha256: frame.captured_at for sha256, frame in known.items()}
    sizes = {frame.media_sha256: frame.size_wh for frame in frames}
    first = when[0].at if when else None
    found = []
    for sha256, name in zip(record.media_sha256, record.file_names, strict=True):
        path = f"media/{sha256[:2]}/{sha256[2:4]}/{sha256}"
        kind = _TYPES.get(name.rpartition(".")[2].lower(), "image/jpeg")
        at = clocks.get(sha256) or first
        extra = {"fileName": name.replace("\\", "/").rpartition("/")[2], "filePublic": "false"}
        extra |= _told_by_camera(known.get(sha256))
        one = Media(
            _media_id(record.id, sha256), deployment, path, at, kind, sizes.get(sha256), extra
        )
        found.append((sha256, one))
    return found


def _told_by_camera(frame: Frame | None) -> dict[str, str]:
    """What the camera says of the picture, and of its clock."""
    if frame is None:
        return {}
    told = dict(exif_of(frame.note))
    comments = [] if frame.written_at is None else [corrected_note(frame.written_at, None)]
    if frame.strip is not None and frame.strip.at is not None:
        comments.append(f"The strip in the picture says {frame.strip.at.isoformat()}")
    return told | ({"mediaComments": joined(*comments)} if comments else {})


def _media_id(sighting: str, sha256: str) -> str:
    """A file may be of two sightings; within one, of equal files one is enough."""
    return f"{sighting}/{sha256[:16]}"


def _framed(frame: Frame, deployment: str, when: Sequence[CandidateTime], who: str) -> Observation:
    at = frame.captured_at or (when[0].at if when else None)
    return Observation(
        f"{frame.sighting_id}/{frame.annotation_id}",
        deployment,
        _media_id(frame.sighting_id, frame.media_sha256),
        frame.sighting_id,
        at,
        at,
        "media",
        species=SPECIES,
        individual=who,
        flank=frame.flank.value if frame.flank is not Flank.UNKNOWN else "",
        box=shares_of(frame),
        tags=_temperature(frame),
        comments="" if frame.written_at is None else corrected_note(frame.written_at, None),
    )


def _temperature(frame: Frame) -> tuple[str, ...]:
    """By the camera's own note, else by its strip; in degrees Celsius."""
    told = [one.temperature_c for one in (frame.note, frame.strip) if one is not None]
    known = [degrees for degrees in told if degrees is not None]
    return (f"temperature:{known[0]}",) if known else ()


def shares_of(frame: Frame) -> RelativeBox:
    """The box in shares of the picture, cut at its edges."""
    width, height = frame.size_wh
    box = frame.box
    left, top = max(0.0, box.x_px / width), max(0.0, box.y_px / height)
    right = min(1.0, (box.x_px + box.width_px) / width)
    bottom = min(1.0, (box.y_px + box.height_px) / height)
    return left, top, right - left, bottom - top
