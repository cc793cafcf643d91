"""/v1/sightings/{id}/frames and /likely: what a person looks at to tell who it is."""

from __future__ import annotations

import math

from fastapi import APIRouter

from reid.catalogue import Catalogue
from reid.catalogue.gallery import Frame
from reid.catalogue.sighting_pages import SightingPages
from reid.errors import NotFoundError
from reid.paper.cuts import window_of
from reid.review import OpenPair
from service.schemas.base import Known
from service.schemas.frames import FrameOut, FramesOut, LikelyLine, LikelyOut
from service.state import LibraryNow, ServiceNow
from service.told import time_out
from service.views import crop_at

router = APIRouter(prefix="/v1/sightings", tags=["sightings"])


@router.get("/{sighting_id:known}/frames")
async def frames(sighting_id: Known, service: ServiceNow, library: LibraryNow) -> FramesOut:
    """A sighting with its frames, flank, light and quality; quick, for it opens no picture."""
    return await service.reads.run(lambda: _frames(library.catalogue, sighting_id))


@router.get("/{sighting_id:known}/likely")
async def likely(sighting_id: Known, service: ServiceNow, library: LibraryNow) -> LikelyOut:
    """Others that it may show too, by the last evidence on each pair; searches nothing anew."""
    return await service.reads.run(lambda: _likely(library.catalogue, sighting_id))


def _frames(catalogue: Catalogue, sighting_id: str) -> FramesOut:
    found = SightingPages.of(catalogue).cards([sighting_id])
    if not found:
        raise NotFoundError(f"no sighting {sighting_id!r} in the catalogue; list them or save it")
    (card,) = found
    return FramesOut(
        id=card.record.id,
        station=card.record.station,
        times=[time_out(time) for time in card.times],
        individual=card.record.individual,
        identifiable=card.identifiable,
        version=card.record.version,
        frames=[frame_out(frame) for frame in card.frames],
    )


def _likely(catalogue: Catalogue, sighting_id: str) -> LikelyOut:
    pairs = {_other(pair, sighting_id): pair for pair in catalogue.likely(sighting_id)}
    lines = []
    for card in SightingPages.of(catalogue).cards(list(pairs)):
        pair = pairs[card.record.id]
        lines.append(
            LikelyLine(
                id=card.record.id,
                probability=1 / (1 + math.exp(-max(-50.0, min(50.0, pair.llr)))),
                machine=pair.kind,
                individual=card.record.individual,
                best=None if card.best is None else frame_out(card.best),
            )
        )
    return LikelyOut(likely=lines)


def _other(pair: OpenPair, sighting_id: str) -> str:
    return pair.b if pair.a == sighting_id else pair.a


def frame_out(frame: Frame) -> FrameOut:
    """A frame."""
    return FrameOut(
        id=frame.annotation_id,
        file=frame.file_name,
        camera=frame.camera,
        captured_at=frame.captured_at,
        light=frame.light.value,
        flank=frame.flank.value,
        flank_source=frame.flank_source,
        usable=frame.usable,
        animal_px=frame.animal_px,
        reasons=list(frame.reasons),
        flags=list(frame.flags),
        size_px=frame.size_wh,
        window_px=window_of(frame),
        crop=crop_at(frame),
    )
