"""Sightings that only the catalogue knows, as deployments, media and observations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from reid.catalogue import Catalogue
from reid.catalogue.gallery import Frame, Gallery
from reid.catalogue.records import Identification, SightingRecord
from reid.catalogue.sighting_pages import SightingPages
from reid.exporters.places import Exactness, placed
from reid.survey import Deployment, Media, Observation, Survey
from reid.survey.moments import seconds_of
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
    for record in records:
        deployment = _deployment(record)
        survey.add(placed(deployment, exactness))
        own = frames.get(record.id, [])
        when = times.get(record.id, ())
        who = names.get(record.id, "")
        survey.add(_event(record, deployment.id, when, own, who, said.get(record.id)))
        survey.link(record.id, record.id)
        for media in _media(record, deployment.id, own, when):
            survey.add(media)
        for frame in own:
            one = _framed(frame, deployment.id, when, who)
            survey.add(one)
            survey.link(one.id, record.id)


def _deployment(record: SightingRecord) -> Deployment:
    """Stations are all that the catalogue knows: cameras of one are one deployment here."""
    latitude, longitude = record.position or (None, None)
    station = record.station or NO_STATION
    return Deployment(f"catalogue/{station}", station, "", latitude, longitude)


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
        comments=_said(when),
    )


def _span(
    when: Sequence[CandidateTime], frames: Sequence[Frame]
) -> tuple[datetime | None, datetime | None]:
    """From the first of the times given; its end as far as the pictures' clocks tell."""
    if not when:
        return None, None
    start = when[0].at
    clocks = [f.captured_at for f in frames if f.captured_at]
    later = [at for at in clocks if 0 <= seconds_of(at) - seconds_of(start) < 3600]
    if start.tzinfo is None:
        later = [at.replace(tzinfo=None) for at in later]
    return start, max(later, key=seconds_of, default=start)


def _said(when: Sequence[CandidateTime]) -> str:
    if len(when) < 2:
        return ""
    told = "; ".join(f"{time.at.isoformat()} ({time.source})" for time in when)
    return f"Time disputed: {told}"


def _media(
    record: SightingRecord, deployment: str, frames: Sequence[Frame], when: Sequence[CandidateTime]
) -> list[Media]:
    clocks = {frame.media_sha256: frame.captured_at for frame in frames}
    sizes = {frame.media_sha256: frame.size_wh for frame in frames}
    first = when[0].at if when else None
    found = []
    for sha256, name in zip(record.media_sha256, record.file_names, strict=True):
        path = f"media/{sha256[:2]}/{sha256[2:4]}/{sha256}"
        kind = _TYPES.get(name.rpartition(".")[2].lower(), "image/jpeg")
        at = clocks.get(sha256) or first
        extra = {"fileName": name.replace("\\", "/").rpartition("/")[2], "filePublic": "false"}
        found.append(
            Media(
                _media_id(record.id, sha256), deployment, path, at, kind, sizes.get(sha256), extra
            )
        )
    return found


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
    )


def shares_of(frame: Frame) -> RelativeBox:
    """The box in shares of the picture, cut at its edges."""
    width, height = frame.size_wh
    box = frame.box
    left, top = max(0.0, box.x_px / width), max(0.0, box.y_px / height)
    right = min(1.0, (box.x_px + box.width_px) / width)
    bottom = min(1.0, (box.y_px + box.height_px) / height)
    return left, top, right - left, bottom - top
