"""A sighting of the archive: its files read, its animals measured, all of it stored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from reid.batch.options import BatchOptions
from reid.batch.scan import VIDEO, read_file, sha256_of
from reid.batch.sources import file_of, told_boxes, told_flank
from reid.catalogue import Catalogue, sighting_sha256
from reid.catalogue.licences import Licences
from reid.errors import ImageDamagedError, InputError, InputsChangedError, NotFoundError
from reid.image import open_image
from reid.jobs import UnusableError
from reid.pipeline import Engine, prepare
from reid.pipeline.usable import crowded, speaking
from reid.types import (
    CandidateTime,
    Flank,
    Image,
    PreparedAnnotation,
    Sighting,
    SightingMedia,
)
from reid.types.licences import together
from reid.video import sample_frames

Rejected = list[tuple[str, str, str]]
FRAME_MARK = "@"
NAMED = 8
"""So many files are named where none of a sighting can be opened; the others have rows too."""


def measure_sighting(
    engine: Engine,
    catalogue: Catalogue,
    root: Path,
    planned: dict[str, Any],
    options: BatchOptions,
    check: Callable[[], None],
) -> dict[str, Any]:
    """Measure and store one planned sighting; what is stored already is not measured again.

    ``check`` is called between two files and may raise to stop. Pictures are opened one at a
    time, so memory does not grow with their number.

    Raises:
        InputsChangedError: a file is not what it was when it was scanned.
        UnusableError: none of its files can be opened; it tells which, and why.
        InputError: other content is stored under this id.
    """
    rejected: Rejected = []
    media = tuple(_media(engine, root, planned, options, rejected, check))
    if not media:
        raise _unusable(rejected)
    sighting = Sighting(
        planned["sighting"],
        media,
        planned["station"],
        tuple(CandidateTime(datetime.fromisoformat(at), by) for at, by in planned["times"]),
        tuple(planned["position"]) if planned["position"] else None,
        together(file["told"].get("data_licence", options.licence) for file in planned["files"]),
    )
    stored = _stored(engine, catalogue, sighting)
    if stored is not None:
        Licences.of(catalogue).state(sighting)
        lost = [*rejected, *_rejected_before(catalogue, sighting.id)]
        return told_sighting(stored, lost, stored_before=True)
    animals = list(_animals(engine, sighting, rejected, check))
    if not animals:
        raise _unusable(rejected)
    if options.skip_empty and not speaking(animals) and not crowded(animals):
        return told_sighting(animals, rejected, stored=False)
    catalogue.save_sighting(sighting, animals, rejected)
    catalogue.add_measurements(animals)  # where another model measured it before
    return told_sighting(animals, rejected)


def measure_stored(
    engine: Engine, catalogue: Catalogue, sighting_id: str, check: Callable[[], None]
) -> dict[str, Any]:
    """Look for the animals of a stored sighting where nobody did, and keep what is found.

    Raises:
        NotFoundError: it is not stored, or was measured with other models only.
        UnusableError: none of its files can be opened; it tells which, and why.
    """
    known = catalogue.load_prepared(
        sighting_id, fingerprint=engine.embedder.fingerprint, method=engine.local.method
    )
    if known:
        lost = _rejected_before(catalogue, sighting_id)
        return told_sighting(known, lost, stored_before=True)
    rejected: Rejected = []
    sighting = catalogue.load_sighting(sighting_id)
    animals = list(_animals(engine, sighting, rejected, check))
    catalogue.add_annotations(sighting, animals, rejected)
    if not animals:
        raise _unusable(rejected)
    return told_sighting(animals, rejected)


def _media(
    engine: Engine,
    root: Path,
    planned: dict[str, Any],
    options: BatchOptions,
    rejected: Rejected,
    check: Callable[[], None],
) -> Iterator[SightingMedia]:
    for file in planned["files"]:
        check()
        name, told = file["name"], file["told"]
        path = file_of(root, name, confined=options.confined)
        try:
            if file["kind"] == VIDEO:
                _check_same(sha256_of(path), file, name)
                yield from _frames(engine, path, file, options)
            else:
                content = read_file(path, name)
                _check_same(hashlib.sha256(content).hexdigest(), file, name)
                boxes = told_boxes(told, tuple(file["size_wh"]))
                licence = told.get("licence", options.licence)
                flank = told_flank(told)
                yield SightingMedia(name, content, file["camera"], flank, boxes, licence)
        except InputsChangedError:
            raise
        except InputError as error:
            rejected.append((planned["sighting"], name, str(error)))


def _unusable(rejected: Rejected) -> UnusableError:
    whys = [why for _, _, why in rejected]
    more = f"; and {len(whys) - NAMED} files more" if len(whys) > NAMED else ""
    problem = "; ".join(whys[:NAMED]) or "no picture could be opened"
    return UnusableError(problem + more, told_sighting((), rejected, stored=False))


def _rejected_before(catalogue: Catalogue, sighting_id: str) -> Rejected:
    """Files of a stored sighting that could not be opened when it was measured, and why."""
    stored = catalogue.sighting(sighting_id)
    own = set(stored.file_names)
    return [(sighting_id, name, why) for name, why in stored.rejected if name in own]


def _check_same(found: str, file: dict[str, Any], name: str) -> None:
    if found != file["sha256"]:
        raise InputsChangedError(
            f"{name} was changed while the job ran: put the file back as it was, or begin anew "
            "with --fresh"
        )


def _frames(
    engine: Engine, path: Path, file: dict[str, Any], options: BatchOptions
) -> Iterator[SightingMedia]:
    """Frames of a video as pictures of the sighting, named after their second."""

    def look(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> float:
        image = open_pixels(pixels)
        return max((a.confidence for a in engine.localiser.locate(image)), default=0.0)

    for frame in sample_frames(path, most=options.frames_per_video, look=look):
        name, flank = frame_name(file["name"], frame.at_s), told_flank(file["told"])
        licence = file["told"].get("licence", options.licence)
        yield SightingMedia(name, frame.content, file["camera"], flank, (), licence)


def frame_name(video: str, at_s: float) -> str:
    """What a frame is called, ``at_s`` seconds from the start of its video."""
    return f"{video}{FRAME_MARK}{at_s:07.2f}s.jpg"


def file_named(name: str, files: Collection[str]) -> str:
    """Which of these files a picture is, or is a frame of; any name may have the mark in it."""
    return name if name in files else name.rpartition(FRAME_MARK)[0] or name


def open_pixels(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> Image:
    """Pixels (height, width, 3) RGB as a picture without a file."""
    from reid.image.light import light_of

    return Image(pixels, "0" * 64, "frame", "", light_of(pixels))


def _stored(
    engine: Engine, catalogue: Catalogue, sighting: Sighting
) -> list[PreparedAnnotation] | None:
    """What is stored of the very same sighting, measured by the same models; or None."""
    try:
        if catalogue.sighting(sighting.id).content_sha256 != sighting_sha256(sighting):
            return None
        found = catalogue.load_prepared(
            sighting.id, fingerprint=engine.embedder.fingerprint, method=engine.local.method
        )
        return found or None
    except NotFoundError:
        return None


def _animals(
    engine: Engine, sighting: Sighting, rejected: Rejected, check: Callable[[], None]
) -> Iterator[PreparedAnnotation]:
    """Every animal, measured; its picture is let go as soon as that is done."""
    seen: set[str] = set()
    for number, media in enumerate(sighting.media, start=1):
        check()
        digest = hashlib.sha256(media.content).hexdigest()
        if digest in seen:
            continue
        one = prepare(engine, replace(sighting, media=(media,)))
        rejected += one.rejected
        if not one.rejected:
            seen.add(digest)
        for count, animal in enumerate(one.annotations, start=1):
            name = f"{sighting.id}/{number}-{count}"
            yield replace(animal, id=name, image=without_pixels(animal.image))


def without_pixels(image: Image) -> Image:
    """The picture, black, taking no memory."""
    width, height = image.size_wh
    return replace(image, pixels=np.broadcast_to(np.uint8(0), (height, width, 3)))


def told_sighting(
    animals: Sequence[PreparedAnnotation],
    rejected: Sequence[tuple[str, str, str]],
    *,
    stored: bool = True,
    stored_before: bool = False,
) -> dict[str, Any]:
    """What is told of a measured sighting, as plain values."""
    able = speaking(animals)
    best = max(able, key=lambda a: a.view.quality.usable, default=None)
    sides = (Flank.LEFT, Flank.RIGHT, Flank.UNKNOWN)
    return {
        "stored": stored,
        "stored_before": stored_before,
        "pictures": len({a.image.sha256 for a in animals}),
        "animals": len(animals),
        "leopards": len(able),
        "crowded": len(crowded(animals)),
        "flanks": [s.value for s in sides if any(a.view.flank.best is s for a in able)],
        "usable": round(best.view.quality.usable, 3) if best else 0.0,
        "why_poor": list(best.view.quality.reasons) if best else [],
        "flags": sorted({f for a in animals for f in a.annotation.flags}),
        "rejected": [[name, why] for _, name, why in rejected],
    }


def reopened(
    animals: Sequence[PreparedAnnotation], read: Callable[[str], bytes]
) -> list[PreparedAnnotation]:
    """The animals with their pictures' pixels; ``read`` gives a file's bytes by sha256.

    Raises:
        CatalogueError: a file is missing or was altered.
    """
    opened: dict[str, Image] = {}
    for animal in animals:
        digest = animal.image.sha256
        if digest not in opened:
            opened[digest] = _opened(read(digest), animal.image)
    return [replace(animal, image=opened[animal.image.sha256]) for animal in animals]


def _opened(content: bytes, known: Image) -> Image:
    found = open_image(content, file_name=known.file_name)
    if found.size_wh != known.size_wh:
        raise ImageDamagedError(f"{known.file_name}: expected {known.size_wh} pixels, found other")
    return replace(found, captured_at=known.captured_at, clock_at=known.clock_at, strip=known.strip)
